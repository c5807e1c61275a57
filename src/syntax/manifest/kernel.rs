//! Kernel parameters in manifests: `sysctls` of a service of compose or of a pod, and files of sysctl in
//! config maps. Those of what does not run Flink are nobody's business here.

use std::collections::HashMap;

use super::child;
use super::name::Owner;
use crate::syntax::yaml::Outer;
use crate::syntax::yaml::tree::{Node, NodeId, Shape, Tree};
use crate::syntax::{
    Document, Format, Kind, Layer, Problem, ProblemKind, Scope, Setting, Space, is_placeholder,
    sysctl,
};
use crate::text::{Source, Span};

pub(super) mod commands;
pub(super) mod nodes;
mod scripts;
pub(super) mod tasks;

/// The word without which a text holds no kernel parameters.
pub(super) const WORD: &str = "sysctl";

/// Where the parameters are files that a script may write to.
pub(super) const PROC: &str = "/proc/sys/";

/// Kernel parameters that stand here and there below a node, and are set together.
pub(super) struct Collected {
    /// The node.
    pub(super) node: NodeId,
    /// In the order in which they are set.
    pub(super) settings: Vec<Setting>,
    /// Whose they are.
    pub(super) scope: Scope,
    /// What to call what sets them.
    pub(super) key: &'static str,
}

/// The key of such a list or mapping.
pub(super) const KEY: &str = "sysctls";

/// How many nodes of a service or a pod are searched for Flink.
const NODES: usize = 2000;

/// The `sysctls` of a mapping that is a service or the specification of a pod, with the keys that lead there.
pub(super) fn find(
    tree: &Tree,
    map: NodeId,
    is_flinks: bool,
) -> Option<(NodeId, &'static [&'static str])> {
    let is_service = ["image", "build"]
        .iter()
        .any(|key| child(tree, map, key).is_some());
    let found = if is_service {
        (child(tree, map, KEY)?, &[KEY][..])
    } else {
        let context = child(tree, map, "securityContext")?;
        (child(tree, context, KEY)?, &["securityContext", KEY][..])
    };
    (is_flinks || runs_flink(tree, map)).then_some(found)
}

/// Which namespaces a service or a pod has of the host's, so that it may not set their parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shared {
    network: bool,
    ipc: bool,
}

impl Shared {
    /// What a service of compose or the specification of a pod says.
    pub(super) fn of(tree: &Tree, map: NodeId) -> Self {
        let says = |key: &str, value: &str| {
            child(tree, map, key).is_some_and(|own| tree.node(own).value == value)
        };
        // A privileged container of Docker is another matter.
        let is_plain = !says("privileged", "true");
        Shared {
            network: says("hostNetwork", "true") || is_plain && says("network_mode", "host"),
            ipc: says("hostIPC", "true") || is_plain && says("ipc", "host"),
        }
    }

    /// What is refused of some settings.
    pub(super) fn refused(self, settings: &[Setting]) -> Vec<Problem> {
        let ipc = ["kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue."];
        let of_host = |key: &str| match key {
            _ if self.network && key.starts_with("net.") => Some("network"),
            _ if self.ipc && ipc.iter().any(|group| key.starts_with(group)) => Some("IPC"),
            _ => None,
        };
        let refused = settings.iter().filter_map(|setting| {
            let namespace = of_host(&setting.key)?;
            let message = format!("the {namespace} namespace is the host's");
            Some(Problem {
                key: Some(setting.key.clone()),
                ..Problem::new(ProblemKind::OfHostNamespace, setting.whole, message)
            })
        });
        refused.collect()
    }
}

/// Whether anything in a mapping says Flink.
pub(super) fn runs_flink(tree: &Tree, map: NodeId) -> bool {
    let mut open = vec![map];
    let mut seen = 0;
    while let Some(id) = open.pop().filter(|_| seen < NODES) {
        seen += 1;
        let node = tree.node(id);
        if node.is_scalar() && says_flink(&node.value) {
            return true;
        }
        open.extend(tree.children(id));
    }
    false
}

fn says_flink(text: &str) -> bool {
    ["flink", "Flink", "FLINK"]
        .iter()
        .any(|word| text.contains(word))
}

/// Whether a key of a config map has the name of a file with kernel parameters, and holds some: in the
/// directory `sysctl.d` any name will do.
pub(super) fn is_file(name: &str, text: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    let is_named = name.ends_with("sysctl.conf") || extension == Some("sysctl");
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    let is_numbered = digits == 2 && name[digits..].starts_with('-') && extension == Some("conf");
    let is_parameter = |line: &str| {
        let groups = ["net.", "vm.", "kernel.", "fs.", "net/", "vm/"];
        let line = line.trim_start();
        line.contains('=') && groups.iter().any(|group| line.starts_with(group))
    };
    (is_named || is_numbered) && text.lines().any(is_parameter)
}

/// Whether a text is a profile of tuned with kernel parameters: in a config map under its name, or the data
/// of a profile of `OpenShift`'s.
pub(super) fn is_profile(owner: &Owner, name: &str, text: &str) -> bool {
    let is_named = name == "tuned.conf" || name == "data" && owner.is("Tuned");
    is_named && text.lines().any(|line| line.trim().starts_with("[sysctl"))
}

/// What a list of parameters says: `- net.x=1` of compose, or `{name: net.x, value: "1"}` of pods.
pub(super) fn items(source: &Source, outer: &Outer, list: NodeId) -> Document {
    let tree = outer.tree;
    let mut document = Document::new(source, Format::Arguments, Space::Sysctl, Layer::Host);
    for item in tree.children(list).filter_map(|item| tree.resolve(item)) {
        let node = tree.node(item);
        let setting = if node.is_scalar() {
            pair(node, inner(node))
        } else {
            named(tree, item)
        };
        document.settings.extend(setting);
    }
    outer.filled(document)
}

/// A setting with its key as procps has it: with dots.
fn setting(key: &str, value: &str, key_at: Span, value_at: Span, whole: Span) -> Setting {
    let dotted = sysctl::dotted(key);
    Setting {
        written: (dotted != key).then(|| key.to_owned()),
        key: dotted,
        value: value.to_owned(),
        kind: Kind::Text,
        known: !is_placeholder(value),
        key_at,
        value_at,
        whole,
    }
}

/// `key=value` in a scalar; `within` are its bytes without quotes, if the text stands there as it is.
fn pair(node: &Node, within: Span) -> Option<Setting> {
    let (key, value) = node.value.split_once('=')?;
    let places = if within.range().len() == node.value.len() {
        let inner = within.range();
        let equals = inner.start + key.len();
        let trimmed = value.trim_start();
        let start = equals + 1 + (value.len() - trimmed.len());
        let end = start + trimmed.trim_end().len();
        let key_at = Span::new(inner.start, inner.start + key.trim_end().len());
        (key_at, Span::new(start, end))
    } else {
        (node.span, node.span)
    };
    let (key, value) = (key.trim(), value.trim());
    Some(setting(key, value, places.0, places.1, node.span))
}

fn named(tree: &Tree, item: NodeId) -> Option<Setting> {
    let (name, value) = (child(tree, item, "name")?, child(tree, item, "value")?);
    of_nodes(tree.node(name), tree.node(value))
}

/// What two scalars say.
fn of_nodes(name: &Node, value: &Node) -> Option<Setting> {
    let whole = name.span.join(value.span);
    let is_text = name.is_scalar() && value.is_scalar();
    is_text.then(|| setting(&name.value, &value.value, inner(name), inner(value), whole))
}

/// The bytes of a scalar without its quotes.
fn inner(node: &Node) -> Span {
    let quotes = usize::from(matches!(node.shape, Shape::Single | Shape::Double));
    let range = node.span.range();
    Span::new(
        range.start + quotes,
        range.end.saturating_sub(quotes).max(range.start + quotes),
    )
}

/// Makes parameters that several settings name unknown: which of them is applied last, or at all, says more
/// than the text.
fn without_doubles(settings: &mut [Setting]) {
    let mut count: HashMap<String, usize> = HashMap::new();
    for setting in &*settings {
        *count.entry(setting.key.clone()).or_default() += 1;
    }
    for setting in settings {
        setting.known &= count[&setting.key] == 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::manifest;
    use crate::text::{SourceId, apply};

    fn read(text: &str) -> (Source, Vec<Document>) {
        let source = Source::new(SourceId(0), "compose.yaml", text);
        let documents = manifest::parse(&source);
        (source, documents)
    }

    const LIST: &str = "services:\n  tm:\n    image: flink\n    sysctls:\n      - net.core.somaxconn=1024\n      - 'vm/swappiness=1' # low\n";
    const MAP: &str = "services:\n  tm:\n    image: flink\n    sysctls:\n      net.core.somaxconn: 1024\n      vm.swappiness: 1\n";
    const POD: &str = "kind: Pod\nspec:\n  securityContext:\n    sysctls:\n      - {name: net.core.somaxconn, value: '1024'}\n      - name: vm.swappiness\n        value: \"1\"\n  containers:\n    - image: flink\n";
    const FILE: &str = "kind: ConfigMap\ndata:\n  99-flink.conf: |\n    net.core.somaxconn = 1024\n    vm.swappiness=1\n";

    #[test]
    fn parameters_are_read_and_written_wherever_they_stand() {
        for text in [LIST, MAP, POD, FILE] {
            let (source, documents) = read(text);
            let [document] = &documents[..] else {
                panic!("{text}: {documents:#?}")
            };
            assert_eq!(
                (document.space, document.layer),
                (Space::Sysctl, Layer::Host)
            );
            let settings = document.settings.iter();
            let said: Vec<_> = settings
                .map(|setting| {
                    assert_eq!(source.text(setting.key_at).replace('/', "."), setting.key);
                    assert_eq!(source.text(setting.value_at), setting.value);
                    (setting.key.as_str(), setting.value.as_str())
                })
                .collect();
            assert_eq!(
                said,
                [("net.core.somaxconn", "1024"), ("vm.swappiness", "1")]
            );
            let edit = document.set(&source, &document.settings[0], "4096");
            let after = apply(&source.bytes, &[&edit.expect("an edit")]);
            assert_eq!(after, text.replace("1024", "4096").as_bytes());
        }
    }

    #[test]
    fn those_of_others_are_left_alone() {
        for text in [
            LIST.replace("flink", "redis"),
            POD.replace("flink", "redis"),
            FILE.replace("99-flink.conf", "nginx.conf"),
            FILE.replace("net.core.somaxconn = 1024", "# x")
                .replace("vm.swappiness=1", "listen = 80"),
        ] {
            assert_eq!(read(&text).1, [], "{text}");
        }
    }
}
