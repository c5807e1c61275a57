//! Arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    // A rule that panics costs that rule; its one line is written by the command, not by the hook.
    std::panic::set_hook(Box::new(|_| {}));
    // Whoever builds a release says of which commit; a build from a source archive has no git to ask.
    ExitCode::from(flint::cli::run(option_env!("COMMIT_OF_FLINT")))
}
