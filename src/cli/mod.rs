//! The commands, reading like the manual.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::discover::ConfigSource;
use crate::finding::Severity;
use crate::flink::version::Versions;
use crate::rules::Group;
use crate::words;

mod about;
mod baseline;
mod check;
mod checkout;
mod config;
mod explain;
mod fix;
mod git;
mod live;
mod memory;
mod migrate;
mod mirror;
mod output;
mod policies;
mod session;
mod show;
mod since;
mod stdin;
mod usage;

/// Reads the configuration of Apache Flink deployments, says what is wrong with it, and writes the
/// patch.
#[derive(Debug, Parser)]
#[command(
    name = "flint",
    version,
    disable_help_subcommand = true,
    max_term_width = 100
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Report problems
    Check(CheckArgs),
    /// Apply safe fixes; --dry-run prints the suggested patch and writes nothing
    Fix(FixArgs),
    /// Show what is in force in each deployment, and who set it
    Show(ShowArgs),
    /// Show what is in force of flint.toml, and which file or flag says it
    Config(ConfigArgs),
    /// Show the memory that Flink computes for each process, and which setting decided it
    Memory(MemoryArgs),
    /// Write config.yaml from flink-conf.yaml: same settings, same comments, as YAML
    Migrate(MigrateArgs),
    /// Explain a rule, a Flink option, a kernel parameter, or a message from a log
    Explain(ExplainArgs),
    /// List the rules; --test runs the examples of your own
    Rules(RulesArgs),
    /// Print shell completions
    #[command(hide = true)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page of flint, or of one of its commands
    #[command(hide = true)]
    Man(ManArgs),
}

/// What and how to lint.
#[derive(Clone, Debug, Args)]
struct LintArgs {
    /// Files and folders to work on; `-` reads standard input [default: .]
    #[arg(value_name = "PATHS")]
    paths: Vec<PathBuf>,
    /// Flink versions the deployment runs on: 1.20, 1.19.., 1.18..1.20
    #[arg(long, value_name = "V", value_parser = parse_versions)]
    flink_version: Option<Versions>,
    /// Use this flint.toml for every file
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    config: Option<PathBuf>,
    /// Use no flint.toml
    #[arg(long)]
    isolated: bool,
    /// Run only these rules or groups
    #[arg(long, value_name = "N,..", value_delimiter = ',')]
    select: Vec<String>,
    /// Do not run these rules or groups
    #[arg(long, value_name = "N,..", value_delimiter = ',')]
    ignore: Vec<String>,
    /// The file's path when it comes from standard input; manifests need none
    #[arg(long, value_name = "PATH")]
    stdin_filename: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
}

/// How output looks.
#[derive(Clone, Debug, Args)]
struct OutputArgs {
    /// When to use colours
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    color: ColorChoice,
    /// Print problems only: no notes, no summary
    #[arg(short, long)]
    quiet: bool,
    /// Say which files were read, as what, and with which Flink version
    #[arg(short, long)]
    verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ColorChoice {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Args)]
struct CheckArgs {
    #[command(flatten)]
    lint: LintArgs,
    /// Output format: full, concise, json, sarif, github, gitlab, junit, rdjson or markdown; into a file with
    /// =FILE. May be given several times [default: full]
    #[arg(long, value_name = "F[=FILE]", value_parser = output::parse)]
    format: Vec<output::Output>,
    /// Report only what is new since this revision of git, and what was fixed: compared with the files
    /// of the last commit that it and HEAD both come from
    #[arg(long, value_name = "REF")]
    since: Option<String>,
    /// Least severity for exit code 1: note, warning, error or never [default: warning]
    #[arg(long, value_name = "SEVERITY", value_parser = parse_threshold)]
    error_on: Option<Threshold>,
    /// Do not report what this file lists [default: `baseline` of flint.toml]
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write what is found into the baseline; with PATHS, only the lines about these
    #[arg(long)]
    write_baseline: bool,
    /// Also show what comments and the baseline silence
    #[arg(long)]
    show_ignored: bool,
    /// Count the findings of each rule; full and concise print nothing else, json has the counts, too
    #[arg(long)]
    statistics: bool,
}

#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "flags are independent switches"
)]
struct FixArgs {
    #[command(flatten)]
    lint: LintArgs,
    /// Print every suggestion, safe and unsafe, as one patch; write nothing
    #[arg(long)]
    dry_run: bool,
    /// With --dry-run: only what `flint fix` would write
    #[arg(long, requires = "dry_run", conflicts_with = "unsafe_")]
    safe: bool,
    /// Apply unsafe fixes, too
    #[arg(long = "unsafe")]
    unsafe_: bool,
    /// Leave alone what this file lists [default: `baseline` of flint.toml]
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Exit with 1 if a file was changed
    #[arg(long)]
    fail_on_change: bool,
}

#[derive(Debug, Args)]
struct ShowArgs {
    #[command(flatten)]
    lint: LintArgs,
    /// Compare kernel parameters with those of this machine (reads /proc/sys, writes nothing)
    #[arg(long)]
    live: bool,
    /// Output format: text or json
    #[arg(long, value_enum, default_value = "text", value_name = "F")]
    format: TextFormat,
}

#[derive(Debug, Args)]
struct ConfigArgs {
    #[command(flatten)]
    lint: LintArgs,
    /// Output format: text or json
    #[arg(long, value_enum, default_value = "text", value_name = "F")]
    format: TextFormat,
}

#[derive(Debug, Args)]
// Memory has no rules to choose from.
#[command(
    mut_arg("select", |arg| arg.hide(true)),
    mut_arg("ignore", |arg| arg.hide(true)),
    mut_arg("quiet", |arg| arg.help("Print the tables only: no bars"))
)]
struct MemoryArgs {
    #[command(flatten)]
    lint: LintArgs,
    /// Output format
    #[arg(long, value_enum, default_value = "text", value_name = "F")]
    format: MemoryFormat,
    /// Who starts the processes [default: what the configuration shows]
    #[arg(long, value_enum, value_name = "MODE")]
    mode: Option<ModeChoice>,
    /// Try this value in place of the one in the files; may be given several times
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_setting)]
    set: Vec<(String, String)>,
    /// Show it beside that of another file or folder, or of the same files at a git revision
    #[arg(long, value_name = "REF|FILE")]
    compare: Option<String>,
    /// Draw bars in ASCII, as where the locale is not UTF-8
    #[arg(long)]
    ascii: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MemoryFormat {
    /// Tables and bars
    Text,
    /// One JSON document
    Json,
    /// A picture
    Svg,
    /// Tables for a pull request
    Markdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ModeChoice {
    /// Flink's scripts
    Standalone,
    /// Flink itself, on Kubernetes or YARN
    Container,
}

#[derive(Debug, Args)]
struct MigrateArgs {
    /// The folder of a flink-conf.yaml, or the file; config.yaml is written beside it
    #[arg(value_name = "DIR")]
    path: PathBuf,
    /// Flink versions to write for, from 1.19 on [default: that of flint.toml, else the newest]
    #[arg(long, value_name = "V", value_parser = parse_versions)]
    flink_version: Option<Versions>,
    /// Print the new file and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Keep dotted keys in the order of the old file
    #[arg(long)]
    flat: bool,
    /// Print problems only: no notes, no summary
    #[arg(short, long)]
    quiet: bool,
}

/// Where the configuration comes from.
#[derive(Debug, Args)]
struct ConfigurationArgs {
    /// Use this flint.toml [default: the nearest one upwards]
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    config: Option<PathBuf>,
    /// Use no flint.toml
    #[arg(long)]
    isolated: bool,
}

impl ConfigurationArgs {
    fn source(&self) -> ConfigSource {
        match (&self.config, self.isolated) {
            (Some(file), _) => ConfigSource::File(file.clone()),
            (None, true) => ConfigSource::Isolated,
            (None, false) => ConfigSource::Nearest,
        }
    }
}

#[derive(Debug, Args)]
struct ExplainArgs {
    /// A rule, a Flink option, a kernel parameter, or a message from a log
    name: String,
    #[command(flatten)]
    configuration: ConfigurationArgs,
    /// Flink version whose meaning is shown
    #[arg(long, value_name = "V", value_parser = parse_versions)]
    flink_version: Option<Versions>,
    /// Output format: text or json
    #[arg(long, value_enum, default_value = "text", value_name = "F")]
    format: TextFormat,
}

#[derive(Debug, Args)]
struct RulesArgs {
    /// With --test: pages of policies, or folders of them [default: those that flint.toml names]
    #[arg(value_name = "PATHS", requires = "test")]
    paths: Vec<PathBuf>,
    /// Run the examples of your own rules: a bad one must be found, a good one must not
    #[arg(long, conflicts_with_all = ["group", "format"])]
    test: bool,
    #[command(flatten)]
    configuration: ConfigurationArgs,
    /// Only the rules of this group
    #[arg(long, value_name = "GROUP", value_parser = parse_group)]
    group: Option<Group>,
    /// Output format: text or json
    #[arg(long, value_enum, default_value = "text", value_name = "F")]
    format: TextFormat,
}

#[derive(Debug, Args)]
struct ManArgs {
    /// The command
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
    /// Write all pages into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    into: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TextFormat {
    Text,
    Json,
}

/// `--error-on`: `None` inside is `never`.
#[derive(Clone, Copy, Debug)]
struct Threshold(Option<Severity>);

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// Nothing at or above the threshold.
    Clean,
    /// Something is.
    Found,
    /// The job could not be done.
    Failed,
}

impl Exit {
    /// What the process ends with.
    fn code(self) -> u8 {
        match self {
            Exit::Clean => 0,
            Exit::Found => 1,
            Exit::Failed => 2,
        }
    }
}

/// Runs the command line; the exit code is 0, 1 or 2. `commit` is that of the sources, if it is known.
pub fn run(commit: Option<&str>) -> u8 {
    let matches = about::command(commit).try_get_matches();
    let cli = matches.and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = cli.unwrap_or_else(|error| usage::exit(&error));
    let outcome = std::panic::catch_unwind(|| command(&cli.command)).unwrap_or_else(|_| {
        let version = env!("CARGO_PKG_VERSION");
        Err(format!(
            "internal error in flint {version}; nothing more was done, please report this"
        ))
    });
    match outcome {
        Ok(exit) => exit.code(),
        Err(message) => {
            complain("error", &message);
            2
        }
    }
}

fn command(command: &Command) -> Result<Exit, String> {
    match command {
        Command::Check(args) => check::run(args),
        Command::Fix(args) => fix::run(args),
        Command::Show(args) => show::run(args),
        Command::Config(args) => config::run(args),
        Command::Memory(args) => memory::run(args),
        Command::Migrate(args) => migrate::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Rules(args) if args.test => policies::run(args),
        Command::Rules(args) => explain::list(args),
        Command::Completions { shell } => about::completions(*shell),
        Command::Man(args) => about::man(args),
    }
}

/// Writes to standard output. A closed pipe ends silently with the code the run had reached.
fn print(bytes: &[u8], exit: Exit) -> Result<Exit, String> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(stdout_refused(&error)),
        _ => Ok(exit),
    }
}

fn stdout_refused(error: &io::Error) -> String {
    format!("standard output: {}", words::refusal(error))
}

/// One line on standard error. If even that is closed there is nobody to tell.
fn complain(kind: &str, message: &str) {
    let line = format!("{kind}: {}\n", crate::report::plain(message));
    let _ = io::stderr().lock().write_all(line.as_bytes());
}

fn parse_versions(text: &str) -> Result<Versions, String> {
    Versions::parse(text).map_err(|error| error.to_string())
}

fn parse_setting(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

fn parse_group(text: &str) -> Result<Group, String> {
    Group::parse(text).ok_or_else(|| {
        let names: Vec<&str> = Group::ALL.iter().map(|group| group.name()).collect();
        none_of(text, &names)
    })
}

/// What is said of a word where only some are known.
fn none_of(text: &str, names: &[&str]) -> String {
    let near = words::nearest(text, names.iter().copied());
    let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    format!("it is none of {}{hint}", names.join(", "))
}

fn parse_threshold(text: &str) -> Result<Threshold, String> {
    if text == "never" {
        return Ok(Threshold(None));
    }
    match Severity::parse(text) {
        Some(severity) => Ok(Threshold(Some(severity))),
        None => Err(none_of(text, &["note", "warning", "error", "never"])),
    }
}
