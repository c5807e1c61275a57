//! What tree-sitter's grammars call a call.

use std::collections::BTreeMap;
use std::ops::Range;

use flint::syntax::code::Language;
use tree_sitter::{Node, Parser};

/// What tree-sitter finds in one source.
pub struct Theirs {
    /// The number of arguments of each call, by the place of its name.
    pub calls: BTreeMap<usize, usize>,
    /// The bytes that it has no good tree for.
    pub errors: Vec<Range<usize>>,
}

impl Theirs {
    /// Parses a source.
    pub fn read(text: &str, language: Language) -> Self {
        let mut parser = Parser::new();
        let grammar = match language {
            Language::Java => tree_sitter_java::LANGUAGE.into(),
            Language::Scala => tree_sitter_scala::LANGUAGE.into(),
            Language::Kotlin => tree_sitter_kotlin_ng::LANGUAGE.into(),
            Language::Python => tree_sitter_python::LANGUAGE.into(),
        };
        parser
            .set_language(&grammar)
            .expect("a grammar of this version");
        let tree = parser
            .parse(text, None)
            .expect("a tree, without a limit of time");
        let mut found = Theirs {
            calls: BTreeMap::new(),
            errors: Vec::new(),
        };
        let mut open = vec![tree.root_node()];
        while let Some(node) = open.pop() {
            if node.is_error() || node.is_missing() {
                found.errors.push(around(node, text));
            }
            found.note(node, text, language);
            let mut cursor = node.walk();
            open.extend(node.children(&mut cursor));
        }
        found
    }

    fn note(&mut self, node: Node, text: &str, language: Language) {
        let call = match language {
            Language::Java => java(node),
            Language::Scala => scala(node),
            Language::Kotlin => kotlin(node),
            Language::Python => python(node),
        };
        // `this(...)` calls another constructor of the same class.
        let is_name = |name: Node| match &text[name.byte_range()] {
            "" => false,
            "this" | "super" => language == Language::Python,
            _ => true,
        };
        if let Some((name, args)) = call
            && is_name(name)
        {
            self.calls.insert(name.start_byte(), args);
        }
    }
}

/// An error spoils the statement that it stands in, or its own lines where that is most of the file.
fn around(node: Node, text: &str) -> Range<usize> {
    let mut range = node.byte_range();
    if let Some(parent) = node.parent() {
        let own = parent.byte_range();
        let is_body = parent.kind().ends_with("body")
            || matches!(
                parent.kind(),
                "program" | "source_file" | "module" | "compilation_unit" | "block"
            );
        if !is_body {
            range = own;
        }
    }
    let start = text[..range.start]
        .rfind('\n')
        .map_or(0, |newline| newline + 1);
    let end = text[range.end..]
        .find('\n')
        .map_or(text.len(), |newline| range.end + newline);
    start..end
}

fn args(list: Node) -> usize {
    let mut cursor = list.walk();
    let own = list.named_children(&mut cursor);
    own.filter(|child| !child.kind().ends_with("comment"))
        .count()
}

fn is_parens(node: Node) -> bool {
    node.child(0).is_some_and(|first| first.kind() == "(")
}

fn child<'t>(node: Node<'t>, kind: &str) -> Option<Node<'t>> {
    let mut cursor = node.walk();
    node.children(&mut cursor)
        .find(|child| child.kind() == kind)
}

fn java(node: Node) -> Option<(Node, usize)> {
    let list = node.child_by_field_name("arguments")?;
    let name = match node.kind() {
        "method_invocation" => node.child_by_field_name("name")?,
        "object_creation_expression" => last_type(node.child_by_field_name("type")?)?,
        _ => return None,
    };
    Some((name, args(list)))
}

/// The name of a type without package and arguments.
fn last_type(node: Node) -> Option<Node> {
    match node.kind() {
        "generic_type" | "annotated_type" => {
            let mut cursor = node.walk();
            let found = node.named_children(&mut cursor).find(|child| {
                matches!(
                    child.kind(),
                    "type_identifier" | "scoped_type_identifier" | "stable_type_identifier"
                )
            });
            last_type(found?)
        }
        "scoped_type_identifier" | "stable_type_identifier" => node.named_child(
            u32::try_from(node.named_child_count())
                .ok()?
                .checked_sub(1)? as usize,
        ),
        _ => Some(node),
    }
}

fn scala(node: Node) -> Option<(Node, usize)> {
    if node.kind() == "instance_expression" {
        let list = child(node, "arguments")?;
        let mut cursor = node.walk();
        let mut types = node.named_children(&mut cursor);
        let name = types.find(|one| one.kind().contains("type"))?;
        return Some((last_type(name)?, args(list)));
    }
    if node.kind() != "call_expression" {
        return None;
    }
    let list = node
        .child_by_field_name("arguments")
        .filter(|list| is_parens(*list))?;
    let mut name = node.child_by_field_name("function")?;
    loop {
        name = match name.kind() {
            "generic_function" => name.child_by_field_name("function")?,
            "field_expression" => name.child_by_field_name("field")?,
            // `a -> b[Int](c)`
            "infix_expression" => name.child_by_field_name("right")?,
            "identifier" => return Some((name, args(list))),
            _ => return None,
        };
    }
}

fn kotlin(node: Node) -> Option<(Node, usize)> {
    if node.kind() != "call_expression" {
        return None;
    }
    let list = child(node, "value_arguments")?;
    let mut name = node.named_child(0)?;
    while name.kind() == "navigation_expression" {
        let count = name.named_child_count();
        name = name.named_child(count.checked_sub(1)?)?;
    }
    (name.kind() == "identifier").then(|| (name, args(list)))
}

fn python(node: Node) -> Option<(Node, usize)> {
    if node.kind() != "call" {
        return None;
    }
    let list = node.child_by_field_name("arguments")?;
    let name = node.child_by_field_name("function")?;
    let name = match name.kind() {
        "identifier" => name,
        "attribute" => name.child_by_field_name("attribute")?,
        _ => return None,
    };
    let count = if list.kind() == "argument_list" {
        args(list)
    } else {
        1
    };
    Some((name, count))
}
