//! `flint migrate`: config.yaml from flink-conf.yaml.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Exit, MigrateArgs, complain, print};
use crate::discover::{ConfigSource, discover};
use crate::fix::write::create;
use crate::flink::version::Versions;
use crate::migrate::{Layout, Remark, migrate};
use crate::recognise;
use crate::report::plain;
use crate::syntax::Format;
use crate::text::{MAX_BYTES, Source, SourceId};
use crate::words;

/// The file that Flink reads up to 1.20.
const OLD: &str = "flink-conf.yaml";
/// The file that Flink reads from 1.19 on.
const NEW: &str = "config.yaml";

/// Runs the command.
pub(super) fn run(args: &MigrateArgs) -> Result<Exit, String> {
    let old = old_file(&args.path)?;
    let new = old.with_file_name(NEW);
    if !args.dry_run && new.symlink_metadata().is_ok() {
        return Err(format!(
            "{} exists already; move it away, or compare it with what --dry-run prints",
            new.display()
        ));
    }
    let target = target(args, &old)?;
    let source = read(&old)?;
    let layout = if args.flat {
        Layout::Flat
    } else {
        Layout::Nested
    };
    let name = old.display().to_string();
    let migrated = match migrate(&source, target, layout) {
        Ok(migrated) => migrated,
        Err(reasons) => {
            tell("error", &name, &reasons);
            let wrote = if args.dry_run { "printed" } else { "written" };
            complain(
                "error",
                &format!("{name} was not migrated; nothing was {wrote}"),
            );
            return Ok(Exit::Found);
        }
    };
    if !args.quiet {
        tell("note", &name, &migrated.notes);
    }
    if args.dry_run {
        return print(migrated.text.as_bytes(), Exit::Clean);
    }
    create(&old, &new, migrated.text.as_bytes())
        .map_err(|why| format!("{}: {why}; nothing was written", new.display()))?;
    if args.quiet {
        return Ok(Exit::Clean);
    }
    let count = migrated.settings;
    let s = if count == 1 { "" } else { "s" };
    let (shown, written) = (plain(&name), new.display().to_string());
    let written = plain(&written);
    let mut said = format!("Wrote {count} setting{s} for Flink {target} to {written}.\n");
    if old.file_name().is_some_and(|name| name == OLD) {
        said.push_str(&format!(
            "Flink 1.19 and 1.20 read {shown} as long as it is there; 2.0 and later read {NEW} only.\n"
        ));
    }
    let asked: Vec<&str> = target.names().collect();
    said.push_str(&format!(
        "flint check --flink-version {} {written} reports what this Flink makes of them.\n",
        asked.join(",")
    ));
    print(said.as_bytes(), Exit::Clean)
}

/// The file to read: the one named, or the one in the folder named.
fn old_file(path: &Path) -> Result<PathBuf, String> {
    if !path.exists() {
        // It knows the nearest name.
        let missing = discover(&[path.to_owned()], &ConfigSource::Isolated);
        return Err(missing.map_or_else(
            |error| error.to_string(),
            |_| format!("{}: no such file or folder", path.display()),
        ));
    }
    let file = if path.is_dir() {
        path.join(OLD)
    } else {
        path.to_owned()
    };
    if !file.exists() {
        return Err(format!("{} holds no {OLD}", path.display()));
    }
    Ok(file)
}

fn read(file: &Path) -> Result<Source, String> {
    let shown = file.display();
    let error = |error: std::io::Error| format!("{shown}: {}", words::refusal(&error));
    let metadata = fs::metadata(file).map_err(error)?;
    // To read a pipe may take for ever.
    if !metadata.is_file() {
        return Err(format!("{shown} is no regular file"));
    }
    if metadata.len() > MAX_BYTES {
        return Err(format!("{shown}: more than {} MiB", MAX_BYTES >> 20));
    }
    let bytes = fs::read(file).map_err(error)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let source = Source::new(SourceId(0), name, bytes);
    let read = recognise::read(&source, false, false);
    if !matches!(read.as_slice(), [document] if document.format == Format::FlinkConf && !document.is_part())
    {
        return Err(format!("{shown} is no {OLD}"));
    }
    Ok(source)
}

/// The versions to write for: those asked for, those of flint.toml, else the newest.
fn target(args: &MigrateArgs, file: &Path) -> Result<Versions, String> {
    if let Some(asked) = args.flink_version {
        let target = asked.and(Versions::YAML);
        return if target.is_empty() {
            Err(format!(
                "Flink {asked} does not read {NEW}; name a version from 1.19 on"
            ))
        } else {
            Ok(target)
        };
    }
    let found = discover(&[file.to_owned()], &ConfigSource::Nearest);
    let found = found.map_err(|error| error.to_string())?;
    let stated = found.scope.first().and_then(|path| {
        let config = found.configs.of(path);
        config.flink_version
    });
    let target = stated.map_or(Versions::NONE, |stated| stated.and(Versions::YAML));
    if !target.is_empty() {
        return Ok(target);
    }
    let newest = Versions::YAML.iter().last();
    Ok(newest.unwrap_or(Versions::YAML))
}

fn tell(kind: &str, file: &str, remarks: &[Remark]) {
    for remark in remarks {
        let place = match remark.line {
            0 => file.to_owned(),
            line => format!("{file}:{line}"),
        };
        complain(kind, &format!("{place}: {}", remark.message));
    }
}
