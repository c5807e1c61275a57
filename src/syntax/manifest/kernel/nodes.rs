//! Kernel parameters in what makes nodes: the node configuration of GKE and AKS, machines of Talos, clusters of
//! kOps, and files that cloud-init, Ansible and their like write.

use super::{Collected, inner, pair, scripts, setting};
use crate::syntax::arguments::Word;
use crate::syntax::manifest::{child, command};
use crate::syntax::yaml::tree::{Node, NodeId, Shape, Tree};
use crate::syntax::{Scope, Setting};
use crate::text::Span;

/// Mappings of parameters, each below a key of its holder: GKE's system configuration, Config Connector's
/// `ContainerNodePool`, Talos' machine, and the settings of Bottlerocket in files of eksctl.
const MAPS: [(&str, &str); 4] = [
    ("linuxConfig", "sysctl"),
    ("linuxNodeConfig", "sysctls"),
    ("machine", "sysctls"),
    ("kernel", "sysctl"),
];

/// What holds AKS' parameters (`LinuxOSConfig` of its API), whichever way it is spelt.
const AKS: &str = "linuxOSConfig";

/// kOps' list of `key=value`.
const LIST: &str = "sysctlParameters";

/// AKS' names of parameters and the kernel's (`SysctlConfig` of its API).
const NAMES: [(&str, &str); 28] = [
    ("fsAioMaxNr", "fs.aio-max-nr"),
    ("fsFileMax", "fs.file-max"),
    ("fsInotifyMaxUserWatches", "fs.inotify.max_user_watches"),
    ("fsNrOpen", "fs.nr_open"),
    ("kernelThreadsMax", "kernel.threads-max"),
    ("netCoreNetdevMaxBacklog", "net.core.netdev_max_backlog"),
    ("netCoreOptmemMax", "net.core.optmem_max"),
    ("netCoreRmemDefault", "net.core.rmem_default"),
    ("netCoreRmemMax", "net.core.rmem_max"),
    ("netCoreSomaxconn", "net.core.somaxconn"),
    ("netCoreWmemDefault", "net.core.wmem_default"),
    ("netCoreWmemMax", "net.core.wmem_max"),
    ("netIpv4IpLocalPortRange", "net.ipv4.ip_local_port_range"),
    (
        "netIpv4NeighDefaultGcThresh1",
        "net.ipv4.neigh.default.gc_thresh1",
    ),
    (
        "netIpv4NeighDefaultGcThresh2",
        "net.ipv4.neigh.default.gc_thresh2",
    ),
    (
        "netIpv4NeighDefaultGcThresh3",
        "net.ipv4.neigh.default.gc_thresh3",
    ),
    ("netIpv4TcpFinTimeout", "net.ipv4.tcp_fin_timeout"),
    ("netIpv4TcpkeepaliveIntvl", "net.ipv4.tcp_keepalive_intvl"),
    ("netIpv4TcpKeepaliveProbes", "net.ipv4.tcp_keepalive_probes"),
    ("netIpv4TcpKeepaliveTime", "net.ipv4.tcp_keepalive_time"),
    ("netIpv4TcpMaxSynBacklog", "net.ipv4.tcp_max_syn_backlog"),
    ("netIpv4TcpMaxTwBuckets", "net.ipv4.tcp_max_tw_buckets"),
    ("netIpv4TcpTwReuse", "net.ipv4.tcp_tw_reuse"),
    (
        "netNetfilterNfConntrackBuckets",
        "net.netfilter.nf_conntrack_buckets",
    ),
    (
        "netNetfilterNfConntrackMax",
        "net.netfilter.nf_conntrack_max",
    ),
    ("vmMaxMapCount", "vm.max_map_count"),
    ("vmSwappiness", "vm.swappiness"),
    ("vmVfsCachePressure", "vm.vfs_cache_pressure"),
];

/// Scripts that nodes run when they start, of Karpenter and others.
const SCRIPTS: [&str; 3] = ["userData", "user_data", "UserData"];

/// Lists of commands that nodes run when they start: of cloud-init, eksctl and Cluster API.
const COMMANDS: [&str; 5] = [
    "runcmd",
    "bootcmd",
    "preBootstrapCommands",
    "preKubeadmCommands",
    "postKubeadmCommands",
];

/// What a mapping sets as the configuration of nodes.
pub(in crate::syntax::manifest) fn of_map(tree: &Tree, read: &str, map: NodeId) -> Vec<Collected> {
    let mut all = Vec::new();
    for (key, value) in tree.pairs(map) {
        let Some(value) = tree.resolve(value) else {
            continue;
        };
        let name = tree.node(key).value.as_ref();
        let known = MAPS.iter().find(|(holder, _)| *holder == name);
        let found = if let Some((_, below)) = known {
            child(tree, value, below).map(|own| (own, *below, parameters(tree, own)))
        } else if name.eq_ignore_ascii_case(AKS) {
            child(tree, value, super::KEY).map(|own| (own, super::KEY, renamed(tree, own)))
        } else if name == super::KEY && is_aks(tree, value) {
            Some((value, super::KEY, renamed(tree, value)))
        } else if name == LIST {
            Some((value, LIST, listed(tree, value)))
        } else if let Some(key) = SCRIPTS.iter().find(|key| **key == name) {
            Some((value, *key, script(read, tree.node(value))))
        } else {
            let key = COMMANDS.iter().find(|key| **key == name);
            key.map(|key| (value, *key, commands(tree, read, value)))
        };
        all.extend(found.filter(|(.., settings)| !settings.is_empty()).map(
            |(node, key, settings)| Collected {
                node,
                settings,
                scope: Scope::Machine,
                key,
            },
        ));
    }
    all
}

/// Whether a mapping has nothing but AKS' names: the file of `--linux-os-config`.
fn is_aks(tree: &Tree, map: NodeId) -> bool {
    let mut pairs = tree.pairs(map).peekable();
    let is_map = matches!(tree.node(map).shape, Shape::Map { .. });
    is_map && pairs.peek().is_some() && pairs.all(|(key, _)| real(&tree.node(key).value).is_some())
}

fn real(name: &str) -> Option<&'static str> {
    let mut names = NAMES.iter();
    names
        .find(|(own, _)| own.eq_ignore_ascii_case(name))
        .map(|(_, key)| *key)
}

/// Key and value of all pairs of scalars.
fn scalars<'a, 't>(
    tree: &'a Tree<'t>,
    map: NodeId,
) -> impl Iterator<Item = (&'a Node<'t>, &'a Node<'t>)> {
    let is_map = matches!(tree.node(map).shape, Shape::Map { .. });
    let pairs = is_map.then(|| tree.pairs(map)).into_iter().flatten();
    let nodes =
        pairs.filter_map(|(key, value)| Some((tree.node(key), tree.node(tree.resolve(value)?))));
    nodes.filter(|(key, value)| key.is_scalar() && value.is_scalar() && !value.is_absent())
}

/// A mapping whose keys are parameters as procps has them.
fn parameters(tree: &Tree, map: NodeId) -> Vec<Setting> {
    let own = scalars(tree, map).filter(|(key, _)| key.value.contains(['.', '/']));
    own.map(|(key, value)| {
        let whole = key.span.join(value.span);
        setting(&key.value, &value.value, inner(key), inner(value), whole)
    })
    .collect()
}

/// A mapping with AKS' names.
fn renamed(tree: &Tree, map: NodeId) -> Vec<Setting> {
    let own = scalars(tree, map).filter_map(|(key, value)| Some((key, real(&key.value)?, value)));
    own.map(|(key, real, value)| {
        let text = match value.value.as_ref() {
            "true" => "1",
            "false" => "0",
            other => other,
        };
        let whole = key.span.join(value.span);
        Setting {
            written: Some(key.value.to_string()),
            ..setting(real, text, inner(key), inner(value), whole)
        }
    })
    .collect()
}

fn script(read: &str, node: &Node) -> Vec<Setting> {
    let mut settings = scripts::parse(read, node).settings(read);
    super::without_doubles(&mut settings);
    settings
}

/// What a list of commands sets, each a text for a shell or a list of words.
fn commands(tree: &Tree, read: &str, list: NodeId) -> Vec<Setting> {
    let is_list = |id: NodeId| matches!(tree.node(id).shape, Shape::List { .. });
    let mut settings = Vec::new();
    let items = is_list(list)
        .then(|| tree.children(list))
        .into_iter()
        .flatten();
    for item in items.filter_map(|item| tree.resolve(item)) {
        if is_list(item) {
            let words = tree.children(item).filter_map(|word| tree.resolve(word));
            let words: Vec<Word> = words
                .map(|word| command::word(read, tree.node(word)))
                .collect();
            let set = super::commands::settings(read, &words);
            settings.extend(set.into_iter().map(|(setting, _)| setting));
        } else {
            settings.extend(scripts::parse(read, tree.node(item)).settings(read));
        }
    }
    super::without_doubles(&mut settings);
    settings
}

fn listed(tree: &Tree, list: NodeId) -> Vec<Setting> {
    let is_list = matches!(tree.node(list).shape, Shape::List { .. });
    let items = is_list.then(|| tree.children(list)).into_iter().flatten();
    let items = items
        .filter_map(|item| tree.resolve(item))
        .map(|item| tree.node(item));
    items
        .filter(|item| matches!(item.shape, Shape::Plain | Shape::Single | Shape::Double))
        // They become lines of a file, comments among them.
        .filter(|item| !item.value.starts_with(['#', ';']))
        .filter_map(|item| pair(item, inner(item)))
        .collect()
}

/// The text that a mapping writes into a file of sysctl, with the path of that and all that says so:
/// `write_files` of cloud-init, `files` of Cluster API and of Butane, and tasks of Ansible.
pub(in crate::syntax::manifest) fn written<'a>(
    tree: &'a Tree,
    map: NodeId,
) -> Option<(NodeId, &'a str, Span)> {
    let path = ["path", "dest"]
        .iter()
        .find_map(|key| child(tree, map, key))?;
    let path = tree.node(path);
    if !path.is_scalar() || !is_read(&path.value) || child(tree, map, "encoding").is_some() {
        return None;
    }
    let own = ["content", "block", "line"].iter();
    let own = own.filter_map(|key| {
        let mut pairs = tree.pairs(map);
        pairs.find(|(name, _)| tree.node(*name).value == *key)
    });
    let below = child(tree, map, "contents").and_then(|contents| {
        let mut pairs = tree.pairs(contents);
        pairs.find(|(name, _)| tree.node(*name).value == "inline")
    });
    let (key, value) = own.chain(below).next()?;
    let text = tree.node(tree.resolve(value)?);
    let holder = tree.node(key).span.join(tree.node(value).span);
    let says = text.is_scalar() && !text.is_absent();
    says.then_some((value, path.value.as_ref(), holder))
}

/// Whether the loaders read a file of this path.
fn is_read(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or_default();
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    let in_folder = folder.ends_with("/sysctl.d") && extension == Some("conf");
    in_folder || path.ends_with("/etc/sysctl.conf")
}

#[cfg(test)]
mod tests {
    use crate::syntax::{Format, Scope, Space, manifest};
    use crate::text::{Source, SourceId};

    fn set(path: &str, text: &str) -> Vec<(Format, String, String)> {
        let source = Source::new(SourceId(0), path, text);
        let documents = manifest::parse(&source);
        let mut all = Vec::new();
        for document in &documents {
            assert_eq!(
                (document.space, document.scope),
                (Space::Sysctl, Scope::Machine)
            );
            for setting in &document.settings {
                let key = setting.written.as_ref().unwrap_or(&setting.key);
                assert_eq!(source.text(setting.key_at), *key, "{text}");
                all.push((document.format, setting.key.clone(), setting.value.clone()));
            }
        }
        all
    }

    #[test]
    fn configuration_of_nodes_is_read_whoever_makes_them() {
        for (path, text) in [
            (
                "gke.yaml",
                "kubeletConfig: {}\nlinuxConfig:\n  sysctl:\n    vm.swappiness: '1'\n",
            ),
            (
                "pool.yaml",
                "kind: ContainerNodePool\nspec:\n  nodeConfig:\n    linuxNodeConfig:\n      sysctls: {vm.swappiness: \"1\"}\n",
            ),
            (
                "talos.yaml",
                "version: v1alpha1\nmachine:\n  sysctls:\n    vm.swappiness: 1\n",
            ),
            (
                "kops.yaml",
                "kind: Cluster\nspec:\n  sysctlParameters:\n  - vm.swappiness=1\n",
            ),
            (
                "aks.json",
                "{\"linuxOSConfig\": {\"sysctls\": {\"vmSwappiness\": 1, \"other\": 2}}}",
            ),
            (
                "os.json",
                "{\"transparentHugePageEnabled\": \"always\", \"sysctls\": {\"vmSwappiness\": 1}}",
            ),
            (
                "eks.yaml",
                "nodeGroups:\n- bottlerocket:\n    settings:\n      kernel:\n        sysctl:\n          vm.swappiness: \"1\"\n",
            ),
        ] {
            let own = (
                Format::Arguments,
                "vm.swappiness".to_owned(),
                "1".to_owned(),
            );
            assert_eq!(set(path, text), [own], "{text}");
        }
    }

    #[test]
    fn files_that_others_write_are_files() {
        for text in [
            "#cloud-config\nwrite_files:\n- path: /etc/sysctl.d/99-x.conf\n  content: |\n    vm.swappiness = 1\n",
            "- copy:\n    dest: /etc/sysctl.conf\n    content: vm.swappiness=1\n",
            "- lineinfile: {path: /etc/sysctl.conf, line: vm.swappiness=1}\n",
            "storage:\n  files:\n  - path: /etc/sysctl.d/90-x.conf\n    contents:\n      inline: |\n        vm.swappiness=1\n",
        ] {
            let own = (Format::Sysctl, "vm.swappiness".to_owned(), "1".to_owned());
            assert_eq!(set("user-data.yaml", text), [own], "{text}");
        }
    }

    #[test]
    fn similar_things_are_something_else() {
        for text in [
            "sysctls: {vmSwappiness: 1, other: 2}\n",
            "machine:\n  sysctls: [a]\n",
            "sysctl: {vm.swappiness: 1}\n",
            "write_files:\n- path: /etc/sysctl.d/99-x.conf\n  encoding: b64\n  content: dm0uc3dhcHBpbmVzcz0x\n",
            "write_files:\n- path: /etc/nginx.conf # sysctl\n  content: |\n    vm.swappiness = 1\n",
        ] {
            assert_eq!(set("a.yaml", text), [], "{text}");
        }
    }
}
