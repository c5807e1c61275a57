//! Names before a bracket that are declared, and call nothing.

use super::calls::Calls;
use super::lex::Kind as Token_;
use super::{Language, Receiver};

/// Words after which a name stands in an expression of Java, and not in a declaration.
const BEFORE_EXPRESSIONS: [&str; 12] = [
    "return",
    "throw",
    "else",
    "case",
    "assert",
    "yield",
    "in",
    "instanceof",
    "do",
    "when",
    "await",
    "not",
];

/// Words after which a name is declared.
pub(super) const DECLARE: [&str; 21] = [
    "def",
    "fun",
    "class",
    "object",
    "trait",
    "interface",
    "record",
    "enum",
    "extends",
    "with",
    "package",
    "import",
    "val",
    "var",
    "case",
    "type",
    "given",
    "is",
    "as",
    "implements",
    "constructor",
];

impl Calls<'_> {
    /// `case class`, `case object`
    pub(super) fn declares_case(&self, at: usize) -> bool {
        let next = self.tokens.get(at + 1);
        next.is_some_and(|next| next.kind == Token_::Word)
            && matches!(self.word(at + 1), "class" | "object")
    }

    pub(super) fn begins_enum(&self, at: usize) -> bool {
        let head = self.tokens[at.saturating_sub(24)..at]
            .iter()
            .enumerate()
            .rev();
        let base = at.saturating_sub(24);
        for (offset, token) in head {
            match token.kind {
                Token_::Word if self.word(base + offset) == "enum" => return true,
                Token_::Mark if token.byte == b';' => return false,
                Token_::Open | Token_::Close if matches!(token.byte, b'{' | b'}') => return false,
                _ => {}
            }
        }
        false
    }

    pub(super) fn is_annotation(&self, first: usize) -> bool {
        self.language != Language::Python && self.before(first, b'@').is_some()
    }

    /// Whether a name with parameters is declared and not called.
    pub(super) fn is_declaration(
        &self,
        name: usize,
        touches: bool,
        close: usize,
        in_enum: bool,
    ) -> bool {
        let Some(before) = name.checked_sub(1) else {
            return false;
        };
        let token = self.tokens[before];
        let next = self.tokens.get(close + 1);
        let opens_body = next.is_some_and(|next| next.is(b'{'));
        match self.language {
            Language::Java => {
                if token.kind == Token_::Word {
                    return !BEFORE_EXPRESSIONS.contains(&self.word(before));
                }
                // `List<String> name(`, `int[] name(`
                if token.is(b']') || self.is_end_of_type(before) {
                    return true;
                }
                let throws = next.is_some_and(|next| next.kind == Token_::Word)
                    && self.word(close + 1) == "throws";
                let constant = in_enum && (token.is(b'{') || token.is(b','));
                (opens_body || throws || constant) && !self.is_annotation(name)
            }
            Language::Scala => {
                token.kind == Token_::Word
                    && (DECLARE.contains(&self.word(before))
                        || !touches && !self.tokens[name].breaks)
                    && !BEFORE_EXPRESSIONS.contains(&self.word(before))
            }
            Language::Kotlin => {
                let accessor = matches!(self.word(name), "get" | "set")
                    && self.tokens[name].breaks
                    && next.is_some_and(|next| next.is(b'{') || next.is(b'=') || next.is(b':'));
                let generic = token.is(b'>')
                    && self
                        .before_angles(before)
                        .is_some_and(|word| self.word(word) == "fun");
                let constant = in_enum && (token.is(b'{') || token.is(b','));
                let supertype = token.is(b':') && self.before(before, b'?').is_none();
                accessor
                    || generic
                    || constant
                    || supertype
                    || token.kind == Token_::Word
                        && (DECLARE.contains(&self.word(before))
                            && !matches!(self.word(before), "is" | "case"))
            }
            Language::Python => {
                token.kind == Token_::Word
                    && (matches!(self.word(before), "def" | "class")
                        || token.breaks && self.word(before) == "case")
            }
        }
    }

    /// Whether a name without receiver is called, and not applied like an operator or annotated.
    pub(super) fn is_bare_call(&self, name: usize, touches: bool) -> bool {
        if self.is_annotation(name) {
            return false;
        }
        let Some(before) = name.checked_sub(1) else {
            return true;
        };
        // `extension (order: Order) def total = ...`
        if self.language == Language::Scala && !touches && self.word(name) == "extension" {
            return false;
        }
        let after_operand = !matches!(self.tokens[before].kind, Token_::Mark | Token_::Open);
        let infix = matches!(self.language, Language::Scala | Language::Kotlin)
            && after_operand
            && !self.tokens[name].breaks
            && !touches;
        !infix
    }

    /// Whether a word before a dotted name declares it.
    pub(super) fn declares(&self, word: &str, receiver: &Receiver) -> bool {
        let is_name = matches!(receiver, Receiver::Name(_));
        is_name
            && match self.language {
                Language::Java => matches!(word, "extends" | "implements" | "package" | "import"),
                Language::Python => matches!(word, "def" | "class" | "case"),
                Language::Scala | Language::Kotlin => DECLARE.contains(&word),
            }
    }

    /// Whether what stands before a dot is the type that a function of Kotlin extends:
    /// `fun <T> DataStream<T>.keys(`.
    pub(super) fn is_extension(&self, dot: usize) -> bool {
        if self.language != Language::Kotlin {
            return false;
        }
        let mut at = dot;
        while let Some(before) = at.checked_sub(1) {
            let token = self.tokens[before];
            at = match token.kind {
                Token_::Word if self.word(before) == "fun" => return true,
                Token_::Word if self.is_word(at) => return false,
                Token_::Word => before,
                Token_::Mark if matches!(token.byte, b'?' | b'.') => before,
                Token_::Mark if token.byte == b'>' => match self.before_angles(before) {
                    Some(name) => name + 1,
                    None => return false,
                },
                _ => return false,
            };
        }
        false
    }

    /// Whether a mark ends the arguments of a type: `List<String>`, and neither `->` nor a comparison.
    fn is_end_of_type(&self, at: usize) -> bool {
        let name = self.tokens[at].is(b'>').then(|| self.before_angles(at));
        name.flatten().is_some()
    }
}
