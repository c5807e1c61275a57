//! `flint show`: what is in force in each deployment, and who set it.

use super::session::{deployments, named_config_yaml, open, tell, tell_files};
use super::{Exit, ShowArgs, TextFormat, complain, print};
use crate::lint::Linted;
use crate::project::Project;
use crate::report::show;

/// Runs the command.
pub(super) fn run(args: &ShowArgs) -> Result<Exit, String> {
    let found = open(&args.lint, None)?;
    let named = named_config_yaml(&found);
    let project = Project::read(&found.sources, &found.configs, &named);
    let failed = tell(&found, &Linted::default());
    let deployments = deployments(&found, &project);
    if args.lint.output.verbose {
        tell_files(&found, &deployments);
    }
    if deployments.is_empty() {
        complain("warning", "no Flink, sysctl or job files here");
    }
    let text = match args.format {
        TextFormat::Text => show::text(&deployments),
        TextFormat::Json => show::json(&deployments),
    };
    print(
        text.as_bytes(),
        if failed { Exit::Failed } else { Exit::Clean },
    )
}
