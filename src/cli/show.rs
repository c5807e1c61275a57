//! `flint show`: what is in force in each deployment, and who set it.

use std::path::Path;

use super::session::{FILES, deployments, named_config_yaml, open, tell, tell_files, tell_nothing};
use super::{Exit, ShowArgs, TextFormat, live, print};
use crate::deployment::Deployment;
use crate::linux::running::{OF_FLINK, Running};
use crate::project::Project;
use crate::report::show;

/// Runs the command.
pub(super) fn run(args: &ShowArgs) -> Result<Exit, String> {
    let (text, exit) = report(args, Path::new(live::ROOT))?;
    print(text.as_bytes(), exit)
}

/// What the command prints, on a machine whose kernel shows its parameters below `root`.
fn report(args: &ShowArgs, root: &Path) -> Result<(String, Exit), String> {
    if args.live && !root.is_dir() {
        return Err(format!(
            "--live reads {}, which only Linux has",
            root.display()
        ));
    }
    let found = open(&args.lint, None)?;
    let named = named_config_yaml(&found);
    let project = Project::read(&found.sources, &found.configs, &named);
    let failed = tell(&found, &project.internal_errors);
    let deployments = deployments(&found, &project);
    if args.lint.output.verbose {
        tell_files(&found, &deployments);
    }
    if deployments.is_empty() && !failed {
        tell_nothing(FILES, &args.lint, &found);
    }
    let running = args.live.then(|| running(&deployments, root));
    let text = match args.format {
        TextFormat::Text => show::text(&deployments, running.as_ref()),
        TextFormat::Json => show::json(&deployments, running.as_ref()),
    };
    let exit = if failed { Exit::Failed } else { Exit::Clean };
    Ok((text, exit))
}

/// What the kernel below `root` says of the parameters that the files set, and of those that matter to
/// Flink.
fn running(deployments: &[Deployment], root: &Path) -> Running {
    let set = deployments.iter().flat_map(show::parameters);
    live::read(root, set.chain(OF_FLINK))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Command};

    /// What `flint show` prints of a folder of the test data, on a machine that is one of its folders.
    fn shown(arguments: &[&str]) -> String {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/live");
        let words = ["flint", "show"].iter().chain(arguments);
        let words = words.map(|word| match word.strip_prefix("@") {
            Some(folder) => data.join(folder).display().to_string(),
            None => (*word).to_owned(),
        });
        let Command::Show(args) = Cli::parse_from(words).command else {
            panic!("the command is show");
        };
        let (text, exit) = report(&args, &data.join("sys")).expect("a report");
        assert_eq!(exit, Exit::Clean);
        text
    }

    #[test]
    fn the_readme_shows_what_a_running_machine_says() {
        let text = shown(&["--live", "@host"]);
        let wanted = format!("$ flint show --live\n{text}");
        let readme = include_str!("../../README.md");
        assert!(readme.contains(&wanted), "{wanted}");
    }

    #[test]
    fn a_running_machine_is_asked_only_on_request() {
        assert!(!shown(&["@host"]).contains("machine"));
        assert!(!shown(&["@host", "--format", "json"]).contains("\"live\""));
    }

    #[test]
    fn without_files_for_hosts_the_parameters_of_flink_are_shown() {
        let text = shown(&["--live", "@flink"]);
        assert!(text.contains("this machine   Linux 6.12.107"), "{text}");
        assert!(
            text.contains("  vm.swappiness                 60\n"),
            "{text}"
        );
        assert!(
            text.contains("  vm.max_map_count              missing\n"),
            "{text}"
        );
    }

    #[test]
    fn the_comparison_is_there_as_json() {
        let text = shown(&["--live", "--format", "json", "@host"]);
        let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(json["live"]["kernel"], "6.12.107+deb13-cloud-amd64");
        assert_eq!(json["live"]["parameters"]["vm.swappiness"], "60");
        let set = &json["deployments"][0]["sysctl"];
        assert_eq!(set["vm.swappiness"]["live"]["state"], "different");
        assert_eq!(set["vm.swappiness"]["live"]["value"], "60");
        assert_eq!(set["net.ipv4.tcp_wmem"]["live"]["state"], "same");
        assert_eq!(set["net.ipv4.tcp_tw_recycle"]["live"]["state"], "missing");
    }

    #[test]
    fn where_there_is_no_linux_it_is_said_so() {
        let Command::Show(args) = Cli::parse_from(["flint", "show", "--live"]).command else {
            panic!("the command is show");
        };
        let error = report(&args, Path::new("/no/such/folder")).expect_err("no Linux");
        assert!(error.contains("only Linux has"), "{error}");
    }
}
