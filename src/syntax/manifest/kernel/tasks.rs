//! Kernel parameters that Ansible sets: tasks of its module `sysctl`, in playbooks and in the tasks and
//! handlers of roles.
//!
//! The module writes `name=value` into `sysctl_file`, and makes 1 and 0 of the words for true and false
//! (`ansible.posix`, `plugins/modules/sysctl.py`). A loop counts where its items are written down.

use super::{Collected, inner, setting};
use crate::syntax::manifest::child;
use crate::syntax::yaml::tree::{Node, NodeId, Shape, Tree};
use crate::syntax::{Scope, Setting};
use crate::text::Span;

/// The names of the module.
const MODULES: [&str; 4] = [
    "sysctl",
    "ansible.posix.sysctl",
    "ansible.builtin.sysctl",
    "ansible.legacy.sysctl",
];

/// Lists of tasks of a play.
const LISTS: [&str; 4] = ["pre_tasks", "tasks", "post_tasks", "handlers"];

/// Lists of tasks of a block.
const BLOCKS: [&str; 3] = ["block", "rescue", "always"];

/// Keys of a task whose value is a loop.
const LOOPS: [&str; 4] = ["loop", "with_items", "with_list", "with_dict"];

/// How deep blocks are looked into.
const DEPTH: usize = 16;

/// What the tasks of a file set: each play's together, and those of a file of tasks.
pub(in crate::syntax::manifest) fn of_root(tree: &Tree, root: NodeId) -> Vec<Collected> {
    let mut all = Vec::new();
    if !matches!(tree.node(root).shape, Shape::List { .. }) {
        return all;
    }
    let mut own = Vec::new();
    for item in tree.children(root) {
        if child(tree, item, "hosts").is_some() {
            let mut of_play = Vec::new();
            for list in LISTS.iter().filter_map(|key| child(tree, item, key)) {
                of_list(tree, list, 0, &mut of_play);
            }
            all.extend(collected(item, of_play));
        } else {
            of_task(tree, item, 0, &mut own);
        }
    }
    all.extend(collected(root, own));
    all
}

fn collected(node: NodeId, mut settings: Vec<Setting>) -> Option<Collected> {
    // Tasks have conditions, and handlers run when something has changed.
    super::without_doubles(&mut settings);
    let sets_any = !settings.is_empty();
    sets_any.then_some(Collected {
        node,
        settings,
        scope: Scope::Machine,
        key: "tasks",
    })
}

fn of_list(tree: &Tree, list: NodeId, depth: usize, out: &mut Vec<Setting>) {
    if depth < DEPTH && matches!(tree.node(list).shape, Shape::List { .. }) {
        for item in tree.children(list) {
            of_task(tree, item, depth, out);
        }
    }
}

fn of_task(tree: &Tree, task: NodeId, depth: usize, out: &mut Vec<Setting>) {
    for block in BLOCKS.iter().filter_map(|key| child(tree, task, key)) {
        of_list(tree, block, depth + 1, out);
    }
    for arguments in MODULES.iter().filter_map(|key| child(tree, task, key)) {
        let node = tree.node(arguments);
        if node.is_scalar() {
            out.extend(in_words(node));
        } else {
            of_arguments(tree, task, arguments, out);
        }
    }
}

/// The arguments of the module as a mapping, once for each item of a loop.
fn of_arguments(tree: &Tree, task: NodeId, arguments: NodeId, out: &mut Vec<Setting>) {
    let get = |names: &[&str]| names.iter().find_map(|name| child(tree, arguments, name));
    let Some(name) = get(&["name", "key"]) else {
        return;
    };
    let Some(value) = get(&["value", "val"]) else {
        return;
    };
    let state = get(&["state"]).map(|state| tree.node(state));
    if state.is_some_and(|state| state.value == "absent") {
        return;
    }
    let is_open = state.is_some_and(|state| state.value != "present");
    let mut found: Vec<Setting> = Vec::new();
    if let Some(field) = item_of(tree.node(name)) {
        let lists = LOOPS.iter().find_map(|key| child(tree, task, key));
        let of_value = item_of(tree.node(value));
        for item in lists.map(|list| items(tree, list)).unwrap_or_default() {
            let Some(key) = item.get(tree, field) else {
                continue;
            };
            let own = of_value.and_then(|field| item.get(tree, field));
            match (of_value, own) {
                (Some(_), Some(own)) => found.extend(of_nodes(tree.node(key), tree.node(own))),
                (Some(_), None) => {}
                // One value of several parameters is no place for an edit of one of them.
                (None, _) => found.extend(of_nodes(tree.node(key), tree.node(value)).map(
                    |mut setting| {
                        setting.value_at = setting.key_at;
                        setting.whole = tree.node(key).span;
                        setting
                    },
                )),
            }
        }
    } else {
        found.extend(of_nodes(tree.node(name), tree.node(value)));
    }
    for setting in &mut found {
        setting.known &= !is_open;
    }
    out.extend(found);
}

/// `{{ item }}`, `{{ item.name }}`, `{{ item['name'] }}`: which field of an item of the loop it is; an empty
/// name for the item itself.
fn item_of<'a>(node: &'a Node) -> Option<&'a str> {
    let text = node.value.trim();
    let inside = text.strip_prefix("{{")?.strip_suffix("}}")?.trim();
    let rest = inside.strip_prefix("item")?;
    let quoted = || {
        let inner = rest.strip_prefix('[')?.strip_suffix(']')?.trim();
        let unquoted = |quote: char| inner.strip_prefix(quote)?.strip_suffix(quote);
        unquoted('\'').or_else(|| unquoted('"'))
    };
    let field = match rest {
        "" => Some(""),
        _ => rest.strip_prefix('.').or_else(quoted),
    };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    field.filter(|field| field.bytes().all(is_name))
}

/// An item of a loop.
enum Item {
    Node(NodeId),
    /// Of a mapping (`with_dict`).
    Pair(NodeId, NodeId),
}

impl Item {
    fn get(&self, tree: &Tree, field: &str) -> Option<NodeId> {
        match (self, field) {
            (Item::Node(node), "") => Some(*node),
            (Item::Node(node), _) => child(tree, *node, field),
            (Item::Pair(key, _), "key") => Some(*key),
            (Item::Pair(_, value), "value") => tree.resolve(*value),
            (Item::Pair(..), _) => None,
        }
    }
}

fn items(tree: &Tree, list: NodeId) -> Vec<Item> {
    match tree.node(list).shape {
        Shape::List { .. } => {
            let items = tree.children(list).filter_map(|item| tree.resolve(item));
            items.map(Item::Node).collect()
        }
        Shape::Map { .. } => {
            let pairs = tree.pairs(list);
            pairs.map(|(key, value)| Item::Pair(key, value)).collect()
        }
        _ => Vec::new(),
    }
}

/// What a name and a value say; nothing where the name is filled in.
fn of_nodes(name: &Node, value: &Node) -> Option<Setting> {
    let is_text = name.is_scalar() && value.is_scalar() && is_key(&name.value);
    is_text.then(|| {
        let text = as_written(&value.value);
        let whole = name.span.join(value.span);
        let mut setting = setting(&name.value, text, inner(name), inner(value), whole);
        setting.known &= value.shape != Shape::Plain || is_plain_text(&value.value);
        setting
    })
}

fn is_key(text: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/*".contains(&byte);
    text.contains(['.', '/']) && text.bytes().all(is_name)
}

/// What the module makes of a value.
fn as_written(value: &str) -> &str {
    const TRUE: [&str; 5] = ["y", "yes", "on", "true", "t"];
    const FALSE: [&str; 5] = ["n", "no", "off", "false", "f"];
    let value = value.trim();
    let is_one = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(value));
    match value {
        _ if is_one(&TRUE) => "1",
        _ if is_one(&FALSE) => "0",
        other => other,
    }
}

/// Whether YAML hands an unquoted value on as it is written: no number in another base, with underscores or
/// with a fraction.
fn is_plain_text(value: &str) -> bool {
    let value = value.trim();
    let digits = value.strip_prefix('-').unwrap_or(value);
    let starts_number = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_decimal = is_number && (digits == "0" || !digits.starts_with('0'));
    !starts_number || is_decimal || value.contains(' ')
}

/// `name=vm.swappiness value=10 state=present` on one line.
fn in_words(node: &Node) -> Option<Setting> {
    let is_plain = node.shape == Shape::Plain && !node.value.contains(['"', '\'', '\n', '{']);
    let text = node.value.as_ref();
    if !is_plain || node.span.range().len() != text.len() {
        return None;
    }
    let get = |names: &[&str]| {
        let mut at = 0;
        let words = text.split(' ').map(|word| {
            let start = at;
            at += word.len() + 1;
            (start, word)
        });
        let mut found = words.filter_map(|(start, word)| {
            let (name, value) = word.split_once('=')?;
            let from = node.span.range().start + start + name.len() + 1;
            let is_it = names.contains(&name);
            is_it.then(|| (value, Span::new(from, from + value.len())))
        });
        found.next()
    };
    let (name, value) = (get(&["name", "key"])?, get(&["value", "val"])?);
    let state = get(&["state"]).map_or("present", |state| state.0);
    let sets = state == "present" && is_key(name.0);
    sets.then(|| setting(name.0, as_written(value.0), name.1, value.1, node.span))
}

#[cfg(test)]
mod tests {
    use crate::syntax::{Space, manifest};
    use crate::text::{Source, SourceId};

    /// Key, value and whether it is known of all that a file of tasks sets.
    fn set(text: &str) -> Vec<(String, String, bool)> {
        let source = Source::new(SourceId(0), "tasks/main.yml", text);
        let documents = manifest::parse(&source);
        let settings = documents.iter().flat_map(|document| {
            assert_eq!(document.space, Space::Sysctl);
            &document.settings
        });
        settings
            .map(|setting| {
                assert_eq!(source.text(setting.key_at), setting.key, "{text}");
                (setting.key.clone(), setting.value.clone(), setting.known)
            })
            .collect()
    }

    fn own(key: &str, value: &str, known: bool) -> (String, String, bool) {
        (key.to_owned(), value.to_owned(), known)
    }

    #[test]
    fn a_task_sets_what_its_module_makes_of_it() {
        for (arguments, value, known) in [
            ("sysctl: {name: vm.x, value: 5}", "5", true),
            (
                "ansible.posix.sysctl:\n    name: vm.x\n    value: '5 6'\n    state: present",
                "5 6",
                true,
            ),
            (
                "sysctl: name=vm.x value=5 state=present reload=yes",
                "5",
                true,
            ),
            ("sysctl:\n    key: vm.x\n    val: yes", "1", true),
            ("sysctl: {name: vm.x, value: \"{{ y }}\"}", "{{ y }}", false),
            (
                "sysctl: {name: vm.x, value: 5, state: \"{{ y }}\"}",
                "5",
                false,
            ),
            ("sysctl: {name: vm.x, value: 010}", "010", false),
        ] {
            let text = format!("- name: tune\n  {arguments}\n  become: true\n");
            assert_eq!(set(&text), [own("vm.x", value, known)], "{text}");
        }
    }

    #[test]
    fn what_sets_nothing_or_something_unknown_is_left_out() {
        for arguments in [
            "sysctl: {name: vm.x, value: 5, state: absent}",
            "sysctl: {name: \"{{ y }}\", value: 5}",
            "sysctl: {name: \"{{ item.name }}\", value: \"{{ item.value }}\"}\n  loop: \"{{ all }}\"",
            "sysctl: name={{ y }} value=5",
            "sysctl: {enabled: true}",
            "debug: {name: vm.x, value: 5}",
        ] {
            assert_eq!(set(&format!("- {arguments}\n")), [], "{arguments}");
        }
        assert_eq!(set("sysctl: {name: vm.x, value: 5}\n"), []);
    }

    #[test]
    fn a_loop_counts_where_its_items_are_written_down() {
        let head = "- sysctl: {name: '{{ item.name }}', value: \"{{ item['value'] }}\"}\n";
        let list = format!(
            "{head}  with_items:\n  - {{name: vm.x, value: 1}}\n  - name: vm.y\n    value: '2'\n"
        );
        let both = [own("vm.x", "1", true), own("vm.y", "2", true)];
        assert_eq!(set(&list), both);
        let dict = "- sysctl: {name: '{{ item.key }}', value: '{{ item.value }}'}\n  with_dict:\n    vm.x: 1\n    vm.y: 2\n";
        assert_eq!(set(dict), both);
        let same = "- sysctl: {name: '{{ item }}', value: 0}\n  loop: [vm.x, vm.y]\n";
        assert_eq!(set(same), [own("vm.x", "0", true), own("vm.y", "0", true)]);
    }

    #[test]
    fn plays_are_apart_and_blocks_are_not() {
        let text = "- hosts: a\n  tasks:\n  - block:\n    - sysctl: {name: vm.x, value: 1}\n    rescue:\n    - sysctl: {name: vm.x, value: 2}\n- hosts: b\n  handlers:\n  - sysctl: {name: vm.x, value: 3}\n";
        let known: Vec<bool> = set(text).into_iter().map(|own| own.2).collect();
        assert_eq!(known, [false, false, true]);
        let source = Source::new(SourceId(0), "site.yml", text);
        assert_eq!(manifest::parse(&source).len(), 2);
    }
}
