//! Kernel parameters in the scripts that nodes run when they start: `sysctl -w`, lines that `echo` puts into a
//! file of sysctl, and here-documents that become one.

use super::commands::{self, assignment};
use super::setting;
use crate::syntax::arguments::{Breaks, Word};
use crate::syntax::manifest::command;
use crate::syntax::yaml::tree::Node;
use crate::syntax::{Setting, sysctl};
use crate::text::Span;

/// A script as a shell sees it.
pub(super) struct Script {
    /// Its words, without comments and here-documents.
    pub(super) words: Vec<Word>,
    /// The lines of its here-documents that become files of sysctl.
    files: Vec<Here>,
}

/// A here-document.
struct Here {
    body: Span,
    /// Whether the shell leaves it as it is.
    literal: bool,
}

/// Reads a script; one without the word that all need has none.
pub(super) fn parse(read: &str, item: &Node) -> Script {
    let mut script = Script {
        words: Vec::new(),
        files: Vec::new(),
    };
    let sets = [super::WORD, super::PROC];
    let mut sets = sets.iter().map(|word| item.value.contains(word));
    if !item.is_scalar() || !sets.any(|has| has) {
        return script;
    }
    let Some(inner) = command::inside(read, item) else {
        return script;
    };
    let folded = command::is_folded(read, item);
    let start = inner.start;
    let mut masked = read.get(inner).unwrap_or_default().as_bytes().to_vec();
    mask(&mut masked, !folded, &mut script.files);
    for here in &mut script.files {
        let body = here.body.range();
        here.body = Span::new(start + body.start, start + body.end);
    }
    if let Ok(masked) = String::from_utf8(masked) {
        script.words = command::words_of(&masked, start, folded, Breaks::Command);
    }
    script
}

/// Puts blanks in place of comments and here-documents. Where lines are joined into one, a comment is as long
/// as the rest.
fn mask(text: &mut [u8], has_lines: bool, files: &mut Vec<Here>) {
    let (mut quote, mut before, mut at, mut line) = (None, b' ', 0, 0);
    let stop = text.len();
    let mut open: Option<(Vec<u8>, bool)> = None;
    while at < stop {
        let byte = text[at];
        match (quote, byte) {
            (None, b'#') if before.is_ascii_whitespace() || before == b';' => {
                let end = if has_lines {
                    line_end(text, at, stop)
                } else {
                    stop
                };
                text[at..end].fill(b' ');
                at = end;
                before = b' ';
                continue;
            }
            (None | Some(b'"'), b'\\') => at += 1,
            (None, b'\'' | b'"') => quote = Some(byte),
            (Some(own), _) if own == byte => quote = None,
            (None, b'<') if has_lines && text[at..stop].starts_with(b"<<") => {
                let rest = &text[at + 2..line_end(text, at, stop)];
                if !rest.starts_with(b"<") {
                    open = heredoc(rest).or(open);
                }
                at += 1;
            }
            (None, b'\n') => {
                if let Some((mark, literal)) = open.take() {
                    let end = end_of_heredoc(text, at + 1, stop, &mark);
                    if is_for_loaders(&String::from_utf8_lossy(&text[line..at])) {
                        files.push(Here {
                            body: Span::new(at + 1, end),
                            literal,
                        });
                    }
                    let rest = line_end(text, end, stop);
                    let masked = text[at + 1..rest].iter_mut();
                    masked
                        .filter(|byte| **byte != b'\n')
                        .for_each(|byte| *byte = b' ');
                    at = rest.saturating_sub(1);
                }
                line = at + 1;
            }
            _ => {}
        }
        before = byte;
        at += 1;
    }
}

/// The mark behind `<<`, and whether it is quoted.
fn heredoc(rest: &[u8]) -> Option<(Vec<u8>, bool)> {
    let rest = rest.strip_prefix(b"-").unwrap_or(rest).trim_ascii_start();
    let literal = matches!(rest.first(), Some(b'\'' | b'"' | b'\\'));
    let name = &rest[usize::from(literal)..];
    let length = name
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_');
    let mark = name[..length.count()].to_vec();
    (!mark.is_empty()).then_some((mark, literal))
}

/// Where the line of the mark starts.
fn end_of_heredoc(text: &[u8], from: usize, end: usize, mark: &[u8]) -> usize {
    let mut at = from;
    while at < end {
        let stop = line_end(text, at, end);
        if text[at..stop].trim_ascii() == mark {
            return at;
        }
        at = stop + 1;
    }
    end
}

fn line_end(text: &[u8], at: usize, end: usize) -> usize {
    let at = at.min(end);
    memchr::memchr(b'\n', &text[at..end]).map_or(end, |found| at + found)
}

/// Whether a line names a file of sysctl.
fn is_for_loaders(text: &str) -> bool {
    let quotes = |c: char| c.is_whitespace() || "\"'>|;&".contains(c);
    text.split(quotes).any(is_file)
}

fn is_file(path: &str) -> bool {
    path.ends_with("/etc/sysctl.conf") || path.contains("/sysctl.d/")
}

impl Script {
    /// What it sets, in the order of the text.
    pub(super) fn settings(&self, read: &str) -> Vec<Setting> {
        let called = commands::settings(read, &self.words);
        let mut all: Vec<Setting> = called.into_iter().map(|(setting, _)| setting).collect();
        all.extend(self.echoed(read));
        for here in &self.files {
            all.extend(here.settings(read));
        }
        all.sort_by_key(|setting| setting.whole);
        all
    }

    /// `echo vm.swappiness=1 >> /etc/sysctl.conf`, also through `tee`.
    fn echoed(&self, read: &str) -> Vec<Setting> {
        let commands: Vec<&[Word]> = self.words.split_inclusive(|word| word.ends).collect();
        let mut found = Vec::new();
        for (index, command) in commands.iter().enumerate() {
            let skipped = command.iter().take_while(|word| word.text == "sudo");
            let command = &command[skipped.count()..];
            if command.first().is_none_or(|word| word.name() != "echo") {
                continue;
            }
            let redirected = command.iter().position(|word| word.text.starts_with('>'));
            let said = &command[1..redirected.unwrap_or(command.len())];
            let writes = match redirected {
                Some(at) => command[at..].iter().any(|word| is_file(&word.text)),
                None => commands.get(index + 1).is_some_and(|next| {
                    let by_tee = next.iter().take(2).any(|word| word.name() == "tee");
                    by_tee && next.iter().any(|word| is_file(&word.text))
                }),
            };
            if let ([word], true) = (said, writes)
                && !word.text.contains(['\\', '\n'])
            {
                found.extend(assignment(read, word));
            }
        }
        found
    }
}

impl Here {
    /// The lines of it.
    fn settings(&self, read: &str) -> Vec<Setting> {
        let body = self.body.range();
        let mut at = body.start;
        let lines = read.get(body).unwrap_or_default().split('\n').map(|line| {
            let start = at;
            at += line.len() + 1;
            (start, line)
        });
        lines
            .filter_map(|(start, line)| self.line(start, line))
            .collect()
    }

    fn line(&self, start: usize, line: &str) -> Option<Setting> {
        sysctl::read_line(line.as_bytes())?;
        let content = line.trim();
        let start = start + (line.len() - line.trim_start().len());
        let (key, value) = content.split_once('=')?;
        let from = content.len() - value.trim_start().len();
        let (key, value) = (key.trim_end(), value.trim());
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/*".contains(&byte);
        if value.is_empty() || !key.bytes().all(is_name) || key.starts_with('-') {
            return None;
        }
        let value_at = Span::new(start + from, start + from + value.len());
        let key_at = Span::new(start, start + key.len());
        let mut setting = setting(key, value, key_at, value_at, key_at.join(value_at));
        setting.known &= self.literal || !value.contains(['$', '`', '\\']);
        Some(setting)
    }
}

#[cfg(test)]
mod tests {
    use crate::syntax::manifest;
    use crate::text::{Source, SourceId};

    fn set(text: &str) -> Vec<(String, String, bool)> {
        let source = Source::new(SourceId(0), "nodes.yaml", text);
        let documents = manifest::parse(&source);
        let settings = documents.iter().flat_map(|document| &document.settings);
        settings
            .map(|setting| {
                assert_eq!(source.text(setting.key_at), setting.key, "{text}");
                if setting.known {
                    assert_eq!(source.text(setting.value_at), setting.value, "{text}");
                }
                (setting.key.clone(), setting.value.clone(), setting.known)
            })
            .collect()
    }

    fn own(key: &str, value: &str, known: bool) -> (String, String, bool) {
        (key.to_owned(), value.to_owned(), known)
    }

    #[test]
    fn scripts_of_nodes_set_what_they_write() {
        let text = "kind: EC2NodeClass\nspec:\n  userData: |\n    --//\n    Content-Type: text/x-shellscript\n\n    #!/bin/bash\n    # don't: sysctl -w vm.x=0\n    echo 'net.ipv4.tcp_rmem=4096 87380 134217728' >> /etc/sysctl.conf # room\n    echo \"vm.x = 1\" | sudo tee -a /etc/sysctl.d/99-x.conf\n    echo vm.none=1 > /tmp/x\n    sysctl -w vm.y=2 && sysctl -p\n    cat <<EOF > /etc/sysctl.d/90-z.conf\n    # it's\n    vm.z = 3\n    vm.v=$V\n    EOF\n    cat <<EOF > /etc/other\n    vm.other=1\n    EOF\n    sysctl -w vm.w=4\n";
        let expected = [
            own("net.ipv4.tcp_rmem", "4096 87380 134217728", true),
            own("vm.x", "1", true),
            own("vm.y", "2", true),
            own("vm.z", "3", true),
            own("vm.v", "$V", false),
            own("vm.w", "4", true),
        ];
        assert_eq!(set(text), expected);
        assert_eq!(set(&text.replace('\n', "\r\n")), expected);
    }

    #[test]
    fn lists_of_commands_are_scripts() {
        let text = "#cloud-config\nruncmd:\n- sysctl -w vm.x=1\n- [sysctl, -w, vm.y=2]\n- \"echo 'vm.z=3' >> /etc/sysctl.conf\"\n- echo \"vm.x=5\"\n";
        let expected = [
            own("vm.x", "1", true),
            own("vm.y", "2", true),
            own("vm.z", "3", true),
        ];
        assert_eq!(set(text), expected);
        let eks = "managedNodeGroups:\n- preBootstrapCommands:\n  - |\n    sysctl -w vm.x=1\n";
        assert_eq!(set(eks), [own("vm.x", "1", true)]);
    }

    #[test]
    fn texts_that_break_off_are_read_all_the_same() {
        for text in [
            "userData: |\n  cat <<EOF > /etc/sysctl.conf",
            "userData: |\n  cat <<EOF > /etc/sysctl.conf\n",
            "userData: |\n  echo '/etc/sysctl.conf",
            "userData: |\n  sysctl \\",
            "userData: '#sysctl'",
            "userData: |-\n",
        ] {
            assert_eq!(set(text), [], "{text}");
        }
    }
}
