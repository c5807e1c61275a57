//! What flint says of itself: its version, its manual pages, and what shells complete.

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use clap::builder::PossibleValuesParser;
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::flink::version::Versions;
use crate::linux::kernel::Kernels;
use crate::rules;
use crate::words;

use super::{Cli, Exit, ManArgs, print};

/// Sections of every manual page, in roff. What the help says of options is not repeated.
const SECTIONS: &str = r#".SH "EXIT STATUS"
0 when nothing is wrong, 1 when something is, 2 when flint could not do its job. Notes are advice and
never fail a run. Every output format has the same exit status.
.SH FILES
.TP
\fIflint.toml\fR
Which Flink versions run, which rules speak, and which files belong together: the nearest one above each file.
.SH ENVIRONMENT
.TP
\fBNO_COLOR\fR, \fBFORCE_COLOR\fR, \fBCLICOLOR_FORCE\fR
Whether to use colours, unless \fB\-\-color\fR says so.
.TP
\fBGITHUB_ACTIONS\fR
No links are written when it is set.
"#;

/// The whole command line, with what `--version` prints. `commit` is that of the sources, where whoever
/// built flint said so.
pub(super) fn command(commit: Option<&str>) -> Command {
    Cli::command().long_version(long_version(commit))
}

/// The number, the commit, and what the tables cover.
fn long_version(commit: Option<&str>) -> String {
    let mut text = env!("CARGO_PKG_VERSION").to_owned();
    let commit = commit.filter(|text| !text.is_empty()).unwrap_or("unknown");
    let (flink, linux) = (Versions::ALL, Kernels::ALL);
    // Writing to a text can't fail.
    let _ = write!(
        text,
        "\ncommit: {commit}\noption table: Flink {flink}\nparameter table: Linux {linux}"
    );
    text
}

/// `flint completions SHELL`.
pub(super) fn completions(shell: Shell) -> Result<Exit, String> {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut visible(), "flint", &mut out);
    print(&out, Exit::Clean)
}

/// The command line without what is hidden, which the scripts for shells would offer.
fn visible() -> Command {
    let whole = Cli::command();
    let visible = Command::new("flint")
        .version(env!("CARGO_PKG_VERSION"))
        .disable_help_subcommand(true)
        .args(whole.get_arguments())
        .subcommands(shown(&whole));
    // A page has a name that can be completed; an option of Flink or a message is typed in full.
    let names = rules::all().iter().map(|front| front.name);
    let names = PossibleValuesParser::new(names);
    visible.mut_subcommand("explain", |explain| {
        explain.mut_arg("name", |name| name.value_parser(names))
    })
}

fn shown(whole: &Command) -> impl Iterator<Item = &Command> {
    whole.get_subcommands().filter(|known| !known.is_hide_set())
}

/// `flint man`.
pub(super) fn man(args: &ManArgs) -> Result<Exit, String> {
    let mut whole = Cli::command();
    // Gives each command the name of its page, `flint-check`.
    whole.build();
    if let Some(folder) = &args.into {
        write_pages(&whole, folder)?;
        return Ok(Exit::Clean);
    }
    let wanted = match args.command.as_deref() {
        None => &whole,
        Some(name) => shown(&whole)
            .find(|known| known.get_name() == name)
            .ok_or_else(|| {
                let names: Vec<&str> = shown(&whole).map(Command::get_name).collect();
                format!("man {name}: {}", super::none_of(name, &names))
            })?,
    };
    let (_, text) = page(wanted).map_err(|error| error.to_string())?;
    print(&text, Exit::Clean)
}

fn write_pages(whole: &Command, folder: &Path) -> Result<(), String> {
    let failed =
        |path: &Path, error: &io::Error| format!("{}: {}", path.display(), words::refusal(error));
    if folder.exists() && !folder.is_dir() {
        return Err(format!("{}: it is no folder", folder.display()));
    }
    fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    for command in std::iter::once(whole).chain(shown(whole)) {
        let (name, text) = page(command).map_err(|error| error.to_string())?;
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| failed(&path, &error))?;
    }
    Ok(())
}

/// The name of a page's file, and its text.
fn page(command: &Command) -> io::Result<(String, Vec<u8>)> {
    let page = Man::new(command.clone()).source(concat!("flint ", env!("CARGO_PKG_VERSION")));
    let mut out = Vec::new();
    page.render_title(&mut out)?;
    page.render_name_section(&mut out)?;
    page.render_synopsis_section(&mut out)?;
    page.render_description_section(&mut out)?;
    page.render_options_section(&mut out)?;
    let top = command.get_subcommands().next().is_some();
    if top {
        page.render_subcommands_section(&mut out)?;
    }
    out.extend_from_slice(SECTIONS.as_bytes());
    if !top {
        out.extend_from_slice(b".SH \"SEE ALSO\"\n\\fBflint\\fR(1)\n");
    }
    Ok((page.get_filename(), out))
}
