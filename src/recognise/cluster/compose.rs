//! Services of a compose file (the Compose Specification, and the versions 1 to 3 before it).

use std::borrow::Cow;

use super::dockerfile::ENTRYPOINT;
use super::node::{Value, Word};
use super::roles::own_script;
use super::sets::Variable;
use super::{
    Arguments, Facts, Kind, Mount, PROPERTIES, Properties, Role, Runs, Sets, Stated, Workload,
    is_certain_target, is_conf_target, joined, parent, shell, starts_itself,
};
use crate::flink::sizes;
use crate::flink::version::{Image, Versions};
use crate::syntax::is_placeholder;
use crate::syntax::yaml::tree::{KEY_LIMIT, Tree};
use crate::text::Span;

mod container;

/// The first version that flint knows, up to which the entrypoint of the image always sets the slots
/// (flink-docker, `dev-1.13`).
const ONE_SLOT: Versions = Versions::from_bits(1);

/// The variable that says how many.
const SLOTS: &str = "TASK_MANAGER_NUMBER_OF_TASK_SLOTS";

/// How many services extend each other at most.
const CHAIN: usize = 8;

/// `None` for a file that turns out to be none.
pub(super) fn read(path: &str, text: &str, by_name: bool) -> Option<Facts> {
    let tree = Tree::parse(text, KEY_LIMIT);
    let root = tree.roots.first().and_then(|id| Value::new(&tree, *id));
    let Some(root) = root.filter(|root| tree.failures.is_empty() && root.is_map()) else {
        return by_name.then(|| Facts::unreadable(Kind::Compose));
    };
    let is_service = |value: Value| value.get("image").is_some() || value.get("build").is_some();
    let services = match root.get("services") {
        Some(services) => services,
        // The first format had services only.
        None if by_name => root,
        None => return None,
    };
    let all = services.entries();
    if !by_name && !all.iter().any(|entry| is_service(entry.value)) {
        return None;
    }
    let mut facts = Facts::new(Kind::Compose);
    for entry in &all {
        if entry.value.is_map() {
            let service = Service::new(entry.key, entry.value, services);
            let workload = service.workload(entry.key_at, root, parent(path));
            facts.workloads.push(workload);
        }
    }
    Some(facts)
}

/// Whether a path in a container is that of a script which decides with what options Flink starts.
fn starts_flink(target: &str) -> bool {
    const SCRIPTS: [&str; 8] = [
        ENTRYPOINT,
        "config.sh",
        "flink-console.sh",
        "flink-daemon.sh",
        "jobmanager.sh",
        "standalone-job.sh",
        "taskmanager.sh",
        "bin",
    ];
    let (folder, name) = target
        .trim_end_matches('/')
        .rsplit_once('/')
        .unwrap_or(("", target));
    SCRIPTS.contains(&name) && (name == ENTRYPOINT || folder.contains("flink"))
}

/// A service with those of the file that it extends.
struct Service<'a, 't> {
    name: &'a str,
    layers: Vec<Value<'a, 't>>,
    /// Whether it extends one that another file holds.
    elsewhere: bool,
}

impl<'a, 't> Service<'a, 't> {
    fn new(name: &'a str, own: Value<'a, 't>, services: Value<'a, 't>) -> Self {
        let mut layers = vec![own];
        let mut elsewhere = false;
        let mut last = own;
        while let Some(base) = last.get("extends") {
            let file = base.get("file").is_some();
            let name = base.text().or_else(|| base.get("service")?.text());
            let found = name.and_then(|name| services.get(name));
            let Some(found) = found.filter(|_| !file && layers.len() < CHAIN) else {
                elsewhere = true;
                break;
            };
            layers.push(found);
            last = found;
        }
        Service {
            name,
            layers,
            elsewhere,
        }
    }

    fn at(&self, path: &[&str]) -> Option<Value<'a, 't>> {
        let mut found = self.layers.iter().filter_map(|layer| layer.at(path));
        found.find(|value| !value.is_null())
    }

    /// The items of a list that layers add to.
    fn items(&self, key: &str) -> impl Iterator<Item = Value<'a, 't>> {
        let lists = self.layers.iter().filter_map(|layer| layer.get(key));
        lists.flat_map(Value::items)
    }

    fn words(&self, key: &str) -> Vec<Word<'a>> {
        self.at(&[key]).map(Value::words).unwrap_or_default()
    }

    /// The environment, an inner layer before what it extends.
    fn environment(&self) -> Vec<Variable<'a>> {
        let mut all: Vec<Variable> = Vec::new();
        for layer in &self.layers {
            let Some(environment) = layer.get("environment") else {
                continue;
            };
            for entry in environment.entries() {
                let value = entry.value.text().filter(|_| !entry.value.is_null());
                all.push((
                    entry.key,
                    value.map(Cow::Borrowed),
                    entry.key_at.join(entry.value.span()),
                ));
            }
            for item in environment.items() {
                if let Some(text) = item.text() {
                    let (name, value) = match text.split_once('=') {
                        Some((name, value)) => (name, Some(Cow::Borrowed(value))),
                        None => (text, None),
                    };
                    all.push((name.trim(), value, item.span()));
                }
                // `- FLINK_PROPERTIES=key: value` is a mapping to YAML.
                for entry in item.entries() {
                    let (name, start) = entry.key.split_once('=').unwrap_or((entry.key, ""));
                    let rest = entry.value.text().unwrap_or_default();
                    let value = Cow::Owned(format!("{start}: {rest}"));
                    all.push((name, Some(value), item.span()));
                }
            }
        }
        all
    }

    fn workload(&self, at: Span, root: Value, folder: &str) -> Workload {
        let owner = format!("service {}", self.name);
        let mut words = self.words("entrypoint");
        words.extend(self.words("command"));
        let environment = self.environment();
        let mut role = Role::of(&words);
        let mode = environment.iter().find(|(name, ..)| *name == "FLINK_MODE");
        if let (Role::Unknown, Some((_, Some(mode), at))) = (role, mode) {
            role = Role::of(&[Word {
                text: mode,
                at: *at,
            }]);
        }
        // Whatever script hands in a job, it starts no process.
        let submits = self.name.contains("submit");
        let is_client = words.is_empty() && Role::is_client_name(self.name) || submits;
        if role == Role::Unknown && is_client {
            role = Role::Other;
        }
        let mounts = self.mounts(root, folder);
        let image = self.at(&["image"]).and_then(Value::text);
        let is_image = image.is_some_and(|image| Image::parse(image).is_some());
        let mut sets = self.sets(role, &words, &environment, &owner);
        // The entrypoint of these images writes one slot where no variable says another number.
        let versions = image.and_then(Image::parse).and_then(|own| own.versions);
        if versions.is_some_and(|own| own.overlaps(ONE_SLOT)) && !mounts.is_empty() {
            sets.variable(SLOTS, Some("1"), at, &owner);
        }
        let says_flink = |name: &str| name.starts_with("FLINK_");
        let is_flink = is_image
            || matches!(role, Role::JobManager | Role::TaskManager)
            || mounts
                .iter()
                .any(|mount| matches!(mount, Mount::Path(_, true)))
            || environment.iter().any(|(name, ..)| says_flink(name));
        Workload {
            at,
            role,
            is_flink,
            mounts,
            elsewhere: self.elsewhere(folder),
            single: self.is_single(),
            replicas: self.replicas(),
            memory: self.memory(),
            sets,
            arguments: Arguments::of(
                &words,
                ["entrypoint", "command"]
                    .into_iter()
                    .filter_map(|key| Some(self.at(&[key])?.span())),
                &owner,
            ),
            properties: Properties::of(&environment, &owner),
            starts_itself: self
                .at(&["entrypoint"])
                .is_some_and(|entrypoint| starts_itself(&entrypoint.joined())),
            runs: self.runs(is_image, folder),
            namespace: None,
            container: self.container(root),
            name: owner,
        }
    }

    fn runs(&self, is_image: bool, folder: &str) -> Runs {
        let Some(build) = self.at(&["build"]) else {
            return match self.at(&["image"]) {
                None => Runs::Unsaid,
                Some(_) if is_image => Runs::Stock,
                Some(_) => Runs::Other,
            };
        };
        let field = |key: &str| build.get(key).and_then(Value::text);
        let context = build.text().or_else(|| field("context")).unwrap_or(".");
        let context = joined(folder, context).filter(|_| !is_placeholder(context));
        let file = field("dockerfile").unwrap_or("Dockerfile");
        let path = context.and_then(|context| joined(&context, file));
        path.map_or(Runs::Other, Runs::Built)
    }

    fn sets(&self, role: Role, words: &[Word], environment: &[Variable], owner: &str) -> Sets {
        let mut sets = Sets::default();
        for (name, value, at) in environment {
            if *name != PROPERTIES {
                sets.variable(name, value.as_deref(), *at, owner);
            }
        }
        // A client's own way to be started changes nothing of the cluster.
        if role == Role::Other {
            return sets;
        }
        for key in ["entrypoint", "command"] {
            if let Some(value) = self.at(&[key]) {
                shell::read(&value.joined(), value.span(), owner, &mut sets);
            }
        }
        if let Some(script) = own_script(words) {
            sets.opaque(script.at, format!("{} of {owner}", script.text));
        }
        if let Some(file) = self.at(&["env_file"]) {
            sets.opaque(file.span(), format!("env_file of {owner}"));
        }
        let replaced = self.volumes().find(|(.., target)| starts_flink(target));
        if let Some((at, _, target)) = replaced {
            sets.opaque(at, format!("{target} of {owner}"));
        }
        if self.elsewhere {
            let at = self.layers[0].span();
            let at = self.at(&["extends"]).map_or(at, Value::span);
            sets.opaque(at, format!("extends of {owner}"));
        }
        sets
    }

    /// Whether `docker compose up --scale` can't start a second one: it would have the same name, or the
    /// same port of the host.
    fn is_single(&self) -> bool {
        let is_of_host = |port: Value| match port.text() {
            // `8081` is a port of the container, `8081:8081` one of the host, `8081-8090:8081` several.
            Some(text) => match text.rsplit_once(':') {
                Some((host, _)) => !host.contains('-') && !is_placeholder(host),
                None => false,
            },
            None => port
                .get("published")
                .and_then(Value::text)
                .is_some_and(|text| !text.contains('-')),
        };
        self.at(&["container_name"]).is_some() || self.items("ports").any(is_of_host)
    }

    fn replicas(&self) -> Stated<u32> {
        let profiles = self.at(&["profiles"]).is_some();
        let mode = self.at(&["deploy", "mode"]).and_then(Value::text);
        if profiles || mode.is_some_and(|mode| mode != "replicated") {
            return Stated::Unknown;
        }
        self.stated(
            [
                (&["deploy", "replicas"], "deploy.replicas"),
                (&["scale"], "scale"),
            ],
            |text| text.parse().ok(),
        )
    }

    fn memory(&self) -> Stated<u64> {
        const DEPLOY: &[&str] = &["deploy", "resources", "limits", "memory"];
        self.stated(
            [
                (DEPLOY, "deploy.resources.limits.memory"),
                (&["mem_limit"], "mem_limit"),
            ],
            sizes::compose,
        )
    }

    /// A number that may stand at either of two places. Compose refuses two that differ.
    fn stated<T: PartialEq>(
        &self,
        places: [(&[&str], &'static str); 2],
        read: impl Fn(&str) -> Option<T>,
    ) -> Stated<T> {
        let mut found = Stated::No;
        for (path, what) in places {
            let Some(value) = self.at(path) else { continue };
            let text = value.text().unwrap_or_default().trim();
            let Some(number) = read(text).filter(|_| !is_placeholder(text)) else {
                return Stated::Unknown;
            };
            match &found {
                Stated::Known { value, .. } if *value != number => return Stated::Unknown,
                Stated::Known { .. } => {}
                _ => {
                    found = Stated::Known {
                        value: number,
                        text: text.to_owned(),
                        at: value.span(),
                        what,
                    }
                }
            }
        }
        match found {
            Stated::No if self.elsewhere => Stated::Unknown,
            found => found,
        }
    }

    /// What is mounted from where to where, each with its place.
    fn volumes(&self) -> impl Iterator<Item = (Span, &'a str, &'a str)> {
        self.items("volumes").filter_map(|volume| {
            let (source, target) = if let Some(text) = volume.text() {
                let mut parts = text.split(':');
                (parts.next()?, parts.next()?)
            } else {
                let field = |key: &str| volume.get(key)?.text();
                (field("source")?, field("target")?)
            };
            Some((volume.span(), source, target))
        })
    }

    /// What of the tree is mounted, and where to.
    fn binds(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.volumes().filter_map(|(_, source, target)| {
            // Anything else is the name of a volume, or lies outside of the tree.
            let is_path = source == "." || source.starts_with("./") || source.starts_with("../");
            is_path.then_some((source, target))
        })
    }

    /// Files and folders of the tree that stand where Flink does not look for its configuration.
    fn elsewhere(&self, folder: &str) -> Vec<String> {
        let others = self.binds().filter(|(_, target)| !is_conf_target(target));
        others
            .filter_map(|(source, _)| joined(folder, source))
            .collect()
    }

    /// Files and folders of the tree that stand where Flink looks for its configuration.
    fn mounts(&self, root: Value, folder: &str) -> Vec<Mount> {
        let volumes = self.binds().filter(|(_, target)| is_conf_target(target));
        let configs = self.items("configs").filter_map(|config| {
            let target = config.get("target")?.text()?;
            let name = config.get("source")?.text()?;
            let file = root.at(&["configs", name, "file"])?.text()?;
            is_conf_target(target).then_some((file, target))
        });
        volumes
            .chain(configs)
            .filter(|(source, _)| !is_placeholder(source))
            .filter_map(|(source, target)| {
                let path = joined(folder, source)?;
                Some(Mount::Path(path, is_certain_target(target)))
            })
            .collect()
    }
}
