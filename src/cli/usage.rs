//! A command line that can't be understood, in one line.

use clap::error::ErrorKind;
use clap::{CommandFactory, Error};

use super::{Cli, complain};

/// Ends the run: with the help or the version where somebody asked for them, else with what is wrong.
pub(super) fn exit(error: &Error) -> ! {
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => error.exit(),
        _ => {
            let command = std::env::args().nth(1).unwrap_or_default();
            complain("error", &one_line(&error.to_string(), &command));
            std::process::exit(2)
        }
    }
}

/// The paragraphs of a message of clap in one line, without its synopsis: what is wrong, what was probably
/// meant, and where the rest is to be read. `command` is the first argument.
fn one_line(message: &str, command: &str) -> String {
    let mut text = String::new();
    let mut in_usage = false;
    for line in message.lines().map(str::trim) {
        in_usage = !line.is_empty() && (in_usage || line.starts_with("Usage:"));
        if in_usage || line.is_empty() || line.starts_with("For more information") {
            continue;
        }
        let line = line.strip_prefix("error: ").unwrap_or(line);
        let part = match line.strip_prefix("tip: ") {
            Some(tip) => meant(tip),
            None => line.trim_matches(['[', ']']).to_owned(),
        };
        if text.ends_with(':') {
            text.push(' ');
        } else if !text.is_empty() {
            text.push_str("; ");
        }
        text.push_str(&part);
    }
    let all = Cli::command();
    let known = all.find_subcommand(command);
    let command = known.map_or_else(String::new, |known| format!(" {}", known.get_name()));
    format!("{text}; see `flint{command} --help`")
}

/// `a similar subcommand exists: 'check'` as a question.
fn meant(tip: &str) -> String {
    let similar = tip.starts_with("a similar ") || tip.starts_with("some similar ");
    match tip
        .split_once("exists: ")
        .or_else(|| tip.split_once("exist: "))
    {
        Some((_, names)) if similar => format!("did you mean {}?", names.replace('\'', "`")),
        _ => tip.to_owned(),
    }
}
