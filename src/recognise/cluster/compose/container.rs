//! What a service of a compose file has from outside.

use super::super::container::{Container, Port, Variable, Volume, VolumeKind};
use super::super::node::Value;
use super::Service;
use crate::syntax::is_placeholder;
use crate::text::Span;

impl Service<'_, '_> {
    /// What the service has from outside. Its volumes are known as far as it says them itself.
    pub(super) fn container(&self, root: Value) -> Container {
        let text = |key: &str| self.at(&[key]).and_then(Value::text);
        let mut container = Container {
            image: text("image").map(str::to_owned),
            open: self.elsewhere || self.at(&["volumes_from"]).is_some(),
            names: self.names(),
            host_network: text("network_mode") == Some("host"),
            read_only: text("read_only") == Some("true"),
            ..Container::default()
        };
        for item in self.items("volumes") {
            match volume(item) {
                Some(volume) => container.volumes.push(volume),
                None => container.open = true,
            }
        }
        for layer in &self.layers {
            let Some(tmpfs) = layer.get("tmpfs") else {
                continue;
            };
            let one = tmpfs.text().map(|_| tmpfs);
            for item in one.into_iter().chain(tmpfs.items()) {
                let path = item.text().and_then(|text| text.split(':').next());
                container.volumes.extend(path.map(|path| Volume {
                    path: path.to_owned(),
                    kind: VolumeKind::Tmpfs,
                    name: String::new(),
                    read_only: false,
                    at: item.span(),
                }));
            }
        }
        let configs = self.items("configs");
        container.volumes.extend(configs.filter_map(|config| {
            let name = config.get("source")?.text()?;
            Some(Volume {
                path: config.get("target")?.text()?.to_owned(),
                kind: VolumeKind::Other,
                name: name.to_owned(),
                // A file is mounted to be read only; a text is copied into the container.
                read_only: root.at(&["configs", name, "file"]).is_some(),
                at: config.span(),
            })
        }));
        container.ports = self.items("ports").filter_map(port).collect();
        for (name, value, at) in self.environment() {
            if container.variable(name).is_none() {
                container.variables.push(Variable {
                    name: name.to_owned(),
                    value: value.map(std::borrow::Cow::into_owned),
                    at,
                    // Behind the name, whatever stands between them.
                    value_at: Span::new(at.start as usize + name.len(), at.end as usize),
                });
            }
        }
        container
    }

    /// The names under which other services reach it.
    fn names(&self) -> Vec<String> {
        let mut names = vec![self.name.to_owned()];
        for key in ["hostname", "container_name"] {
            let text = self.at(&[key]).and_then(Value::text);
            names.extend(text.map(str::to_owned));
        }
        let networks = self.layers.iter().filter_map(|layer| layer.get("networks"));
        for network in networks.flat_map(Value::entries) {
            let aliases = network.value.get("aliases");
            let aliases = aliases.into_iter().flat_map(Value::items);
            names.extend(aliases.filter_map(Value::text).map(str::to_owned));
        }
        names
    }
}

/// `None` for a mount whose place is filled in by something.
fn volume(item: Value) -> Option<Volume> {
    let at = item.span();
    if let Some(text) = item.text() {
        if is_placeholder(text) {
            return placed(text, at);
        }
        let mut parts = text.split(':');
        let first = parts.next()?;
        let Some(target) = parts.next() else {
            return Some(Volume {
                path: first.to_owned(),
                kind: VolumeKind::Anonymous,
                name: String::new(),
                read_only: false,
                at,
            });
        };
        return Some(Volume {
            path: target.to_owned(),
            kind: kind_of(first),
            name: first.to_owned(),
            read_only: parts
                .next()
                .is_some_and(|mode| mode.split(',').any(|one| one == "ro")),
            at,
        });
    }
    let field = |key: &str| item.get(key).and_then(Value::text);
    let path = field("target").filter(|path| !is_placeholder(path))?;
    let source = field("source").unwrap_or_default();
    let kind = match field("type") {
        Some("tmpfs") => VolumeKind::Tmpfs,
        Some("bind") => VolumeKind::Bind,
        Some("volume") if source.is_empty() => VolumeKind::Anonymous,
        Some("volume") => VolumeKind::Named,
        _ => VolumeKind::Other,
    };
    Some(Volume {
        path: path.to_owned(),
        kind,
        name: source.to_owned(),
        read_only: field("read_only") == Some("true"),
        at,
    })
}

/// `${DATA:-./data}:/opt/flink/data`: the place is known where it alone follows the last brace.
fn placed(text: &str, at: Span) -> Option<Volume> {
    let (source, target) = text.rsplit_once("}:")?;
    let mut parts = target.split(':');
    let path = parts
        .next()
        .filter(|path| path.starts_with('/') && !is_placeholder(path))?;
    Some(Volume {
        path: path.to_owned(),
        kind: VolumeKind::Other,
        name: source.to_owned(),
        read_only: parts.next() == Some("ro"),
        at,
    })
}

fn kind_of(source: &str) -> VolumeKind {
    match source.as_bytes().first() {
        Some(b'.' | b'/' | b'~') => VolumeKind::Bind,
        _ => VolumeKind::Named,
    }
}

/// A port of the host; `None` for one that is not fixed, or several.
fn port(item: Value) -> Option<Port> {
    let at = item.span();
    if let Some(text) = item.text() {
        let text = text.split('/').next().unwrap_or(text);
        let (host, container) = text.rsplit_once(':')?;
        let (address, host) = match host.rsplit_once(':') {
            Some((address, host)) => (Some(address.to_owned()), host),
            None => (None, host),
        };
        return Some(Port {
            address,
            host: host.parse().ok(),
            container: container.parse().ok()?,
            at,
        });
    }
    let field = |key: &str| item.get(key).and_then(Value::text);
    Some(Port {
        address: field("host_ip").map(str::to_owned),
        host: field("published")?.parse().ok(),
        container: field("target")?.parse().ok()?,
        at,
    })
}
