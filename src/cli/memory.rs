//! `flint memory`: what Flink will make of the sizes.

use std::path::{Path, PathBuf};

use super::git::{self, Repository};
use super::mirror::Mirror;
use super::session::{deployments, named_config_yaml, open, style, tell, tell_files, tell_nothing};
use super::{Exit, LintArgs, MemoryArgs, MemoryFormat, ModeChoice, complain, print};
use crate::deployment::Deployment;
use crate::discover::Found;
use crate::flink::memory::{Key, Mode};
use crate::flink::options;
use crate::flink::version::Versions;
use crate::project::Project;
use crate::report::memory::{Asked, Format, View, pair, render, render_comparison};
use crate::syntax::{Kind, Space};
use crate::typed::{self, Form, Given};

/// Runs the command.
pub(super) fn run(args: &MemoryArgs) -> Result<Exit, String> {
    let asked = asked(args)?;
    let found = open(&args.lint, None)?;
    let (views, mut failed) = views(&found, &asked, args.lint.output.verbose);
    let look = style(&args.lint.output);
    let look = crate::report::Style {
        ascii: args.ascii || !shows_unicode(),
        ..look
    };
    let format = args.format.into();
    let text = match &args.compare {
        None => {
            if views.is_empty() && !failed {
                tell_nothing(NOTHING, &args.lint, &found);
            }
            let views: Vec<View> = views.into_iter().map(|(_, view)| view).collect();
            render(format, &views, &look)
        }
        Some(other) => {
            // What is tried is tried here: the other side is as it is.
            let untouched = Asked {
                changes: Vec::new(),
                ..asked
            };
            let (others, did_fail) = others(args, other, &untouched, &found)?;
            failed |= did_fail;
            if views.is_empty() && others.is_empty() && !failed {
                tell_nothing(NOTHING, &args.lint, &found);
            }
            render_comparison(format, &pair(views, others), other, &look)
        }
    };
    let exit = if failed { Exit::Failed } else { Exit::Clean };
    print(text.as_bytes(), exit)
}

/// The flag whose value is a path or a revision of git.
pub(super) const COMPARE: &str = "--compare";

/// What is said where there is no memory to compute.
const NOTHING: &str = "configuration of a Flink cluster";

impl From<MemoryFormat> for Format {
    fn from(format: MemoryFormat) -> Self {
        match format {
            MemoryFormat::Text => Format::Text,
            MemoryFormat::Json => Format::Json,
            MemoryFormat::Svg => Format::Svg,
            MemoryFormat::Markdown => Format::Markdown,
        }
    }
}

/// Reads and checks what is to be tried; of several values of one key the last counts.
fn asked(args: &MemoryArgs) -> Result<Asked, String> {
    let versions = args.lint.flink_version.unwrap_or(Versions::ALL);
    let mut changes: Vec<(String, String)> = Vec::new();
    for (key, value) in &args.set {
        check(key, value, versions)?;
        changes.retain(|(own, _)| own != key);
        changes.push((key.clone(), value.clone()));
    }
    let mode = args.mode.map(|mode| match mode {
        ModeChoice::Standalone => Mode::Standalone,
        ModeChoice::Container => Mode::Container,
    });
    Ok(Asked { mode, changes })
}

/// Refuses a key that Flink does not have and a value that none of the versions can read.
fn check(key: &str, value: &str, versions: Versions) -> Result<(), String> {
    if !options::is_known(key, versions) {
        let near = options::nearest(key, versions)
            .or_else(|| options::nearest_names(key, 1).first().copied())
            .filter(|near| *near != key);
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        return Err(format!(
            "--set: Flink {versions} has no option `{key}`{hint}"
        ));
    }
    let mut refused = None;
    for version in versions.iter() {
        let Some(kind) = options::kind(key, version) else {
            continue;
        };
        let meanings = options::meanings(key).filter(|spec| spec.versions.overlaps(version));
        let names: Vec<&str> = meanings.flat_map(|spec| spec.enum_values()).collect();
        let given = Given {
            text: value,
            kind: Kind::Text,
            form: Form::Legacy,
        };
        match typed::read(kind, &names, given, version) {
            Ok(_) => return Ok(()),
            Err(error) => refused = Some(error),
        }
    }
    if let Some(error) = refused {
        return Err(format!("--set {key}: {error}"));
    }
    Ok(())
}

/// Tells which of the settings that are tried do not take part in memory, or not in these deployments.
fn tell_idle(asked: &Asked, deployments: &[Deployment]) {
    let deployments = deployments.iter();
    let all = deployments.fold(Versions::NONE, |all, own| all.or(own.versions));
    for (key, _) in &asked.changes {
        if !all.is_empty() && !options::is_known(key, all) {
            let message = format!("--set: Flink {all} does not know `{key}`");
            complain("warning", &message);
        }
        let mut of_sizes = Key::ALL.iter().flat_map(|key| key.names());
        let takes_part = key.starts_with("state.backend") || of_sizes.any(|name| name == key);
        if !takes_part {
            complain(
                "warning",
                &format!("--set: `{key}` takes no part in memory"),
            );
        }
    }
}

/// The memory of the deployments asked about, each with its name below what was named, and whether
/// something could not be read.
fn views(found: &Found, asked: &Asked, verbose: bool) -> (Vec<(String, View)>, bool) {
    let project = Project::read(&found.sources, &found.configs, &named_config_yaml(found));
    let failed = tell(found, &project.internal_errors);
    let mut deployments = deployments(found, &project);
    if verbose {
        tell_files(found, &deployments);
    }
    // Files and sources of jobs and hosts say nothing about memory.
    deployments.retain(|deployment| deployment.job.is_none());
    deployments.retain(|deployment| {
        let mut own = deployment.documents.iter().chain(&deployment.unread);
        // A session job runs in processes that its cluster has started.
        own.any(|document| document.space == Space::Flink)
            && deployment.resource("FlinkSessionJob").is_none()
    });
    tell_idle(asked, &deployments);
    let deployments = deployments.into_iter().map(Deployment::as_if_read);
    let views = deployments
        .map(|deployment| {
            let name = local(found, &deployment.name).to_owned();
            (name, View::of(&deployment, asked))
        })
        .collect();
    (views, failed)
}

/// A deployment's name below the one path that was named.
fn local<'n>(found: &Found, name: &'n str) -> &'n str {
    let [scope] = found.scope.as_slice() else {
        return name;
    };
    match name.strip_prefix(scope.as_str()) {
        Some(rest) => rest.trim_start_matches('/'),
        None => name,
    }
}

/// The memory of what is compared with, and whether something of it could not be read: another file or
/// folder, or the same files as git has them.
fn others(
    args: &MemoryArgs,
    other: &str,
    asked: &Asked,
    here: &Found,
) -> Result<(Vec<(String, View)>, bool), String> {
    let verbose = args.lint.output.verbose;
    if !Path::new(other).exists() {
        let (found, prefix) = then(args, other, here)?;
        let (mut views, failed) = views(&found, asked, verbose);
        for (name, _) in &mut views {
            if let Some(own) = name.strip_prefix(&prefix) {
                *name = own.to_owned();
            }
        }
        return Ok((views, failed));
    }
    let lint = LintArgs {
        paths: vec![PathBuf::from(other)],
        stdin_filename: None,
        ..args.lint.clone()
    };
    let found = open(&lint, None)?;
    Ok(views(&found, asked, verbose))
}

/// The same files as git has them in a revision.
fn then(args: &MemoryArgs, reference: &str, here: &Found) -> Result<(Found, String), String> {
    let current = [PathBuf::from(".")];
    let paths = match &args.lint.stdin_filename {
        Some(name) if args.lint.paths == [Path::new("-")] => std::slice::from_ref(name),
        _ if args.lint.paths.is_empty() => &current,
        _ => args.lint.paths.as_slice(),
    };
    let asked = git::Asked {
        flag: COMPARE,
        reference,
    };
    let near = Repository::around(&paths[0], asked)?;
    // The project decides, even where one of its folders is a repository of its own.
    let repository = Repository::around(&here.root, asked).unwrap_or(near);
    let tree = repository.tree(asked)?;
    let mirror = Mirror::of(asked, &repository, &tree, paths, &args.lint, here)?;
    for path in paths {
        if !mirror.place(path)?.exists() {
            let message = format!("it has no configuration in {}", path.display());
            return Err(asked.error(&message));
        }
    }
    mirror.read(paths, &args.lint, here)
}

/// Whether the locale says that the terminal shows more than ASCII.
fn shows_unicode() -> bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"];
    let mut set = names.into_iter().filter_map(std::env::var_os);
    match set.find(|value| !value.is_empty()) {
        Some(locale) => {
            let locale = locale.to_string_lossy().to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        }
        // There are no locales in the environment of Windows, and its terminals show Unicode.
        None => cfg!(windows),
    }
}
