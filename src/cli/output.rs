//! Where reports go: to standard output, and to files that are whole or as they were.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{complain, stdout_refused};
use crate::discover::{Found, relative};
use crate::finding::Finding;
use crate::report::{OutputFormat, Report, Style, render};
use crate::text::SourceId;
use crate::words::{self, nearest};

/// A format, and the file that it goes to if that is not standard output.
pub(super) type Output = (OutputFormat, Option<PathBuf>);

/// Reads `F` or `F=FILE`.
pub(super) fn parse(text: &str) -> Result<Output, String> {
    let (name, file) = match text.split_once('=') {
        Some((name, file)) => (name, Some(file)),
        None => (text, None),
    };
    let names = OutputFormat::ALL.map(OutputFormat::name);
    let Some(format) = OutputFormat::parse(name) else {
        let near = nearest(name, names.into_iter());
        let hint = near.map(|near| format!("; did you mean `{near}`?"));
        return Err(format!(
            "it is none of {}{}",
            names.join(", "),
            hint.unwrap_or_default()
        ));
    };
    match file {
        Some("" | "-") => Err(format!(
            "the file has no name; write `{name}` alone for standard output"
        )),
        file => Ok((format, file.map(PathBuf::from))),
    }
}

/// Whether the outputs can be told apart and the files be written, as far as can be seen before the work.
pub(super) fn check(outputs: &[Output]) -> Result<(), String> {
    let printed = outputs.iter().filter(|(_, file)| file.is_none());
    let printed: Vec<OutputFormat> = printed.map(|(format, _)| *format).collect();
    let distinct: BTreeSet<OutputFormat> = printed.iter().copied().collect();
    if let Some(name) = printed.iter().map(|format| format.name()).next()
        && distinct.len() < printed.len()
    {
        return Err(format!(
            "standard output would get one report twice; give --format {name} once"
        ));
    }
    if printed.len() > 1
        && let Some(document) = printed.iter().find(|format| !format.is_log())
    {
        let name = document.name();
        return Err(format!(
            "{name} is a document of its own, but standard output has another report; write --format {name}=FILE"
        ));
    }
    let mut seen: Vec<(PathBuf, OutputFormat)> = Vec::new();
    for (format, file) in outputs {
        let Some(file) = file else { continue };
        let place = place(file)?;
        if let Some((_, other)) = seen.iter().find(|(known, _)| *known == place) {
            return Err(format!(
                "{}: --format {} and --format {} go to one file; give each its own",
                file.display(),
                other.name(),
                format.name()
            ));
        }
        seen.push((place, *format));
    }
    Ok(())
}

/// A file without links, as far as it exists.
fn place(file: &Path) -> Result<PathBuf, String> {
    let shown = file.display();
    if file.is_dir() {
        return Err(format!("{shown}: it is a folder; name a file in it"));
    }
    if let Ok(real) = file.canonicalize() {
        return Ok(real);
    }
    let folder = folder(file);
    let name = file.file_name();
    let name = name.ok_or_else(|| format!("{shown}: it is not the name of a file"))?;
    match folder.canonicalize() {
        Ok(real) if real.is_dir() => Ok(real.join(name)),
        Ok(_) => Err(format!("{shown}: {} is no folder", folder.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(format!(
            "{shown}: there is no folder {0}; make it first: mkdir -p {0}",
            folder.display()
        )),
        Err(error) => Err(format!("{shown}: {}", words::refusal(&error))),
    }
}

fn folder(file: &Path) -> &Path {
    let parent = file.parent();
    let parent = parent.filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

/// Refuses to write a report over a file that was read: it is somebody's configuration.
pub(super) fn spare_sources(outputs: &[Output], found: &Found) -> Result<(), String> {
    for file in outputs.iter().filter_map(|(_, file)| file.as_ref()) {
        let Ok(real) = file.canonicalize() else {
            continue;
        };
        let is_read = found
            .files
            .iter()
            .filter(|source| source.file_name() == real.file_name())
            .any(|source| source.canonicalize().is_ok_and(|source| source == real));
        if is_read {
            return Err(format!(
                "{}: a report would take the place of a file that is checked; name another one",
                file.display()
            ));
        }
    }
    Ok(())
}

/// Writes every output, standard output first. A closed pipe ends silently. What can't be written keeps
/// nothing else from being written.
pub(super) fn write(outputs: &[Output], report: &Report<'_>, style: &Style) -> Result<(), String> {
    let default = [(OutputFormat::Full, None)];
    let outputs = match outputs {
        [] => default.as_slice(),
        outputs => outputs,
    };
    let mut failed: Vec<String> = Vec::new();
    let (printed, files): (Vec<&Output>, Vec<&Output>) =
        outputs.iter().partition(|(_, file)| file.is_none());
    for (format, _) in printed {
        match render(*format, report, style, &mut io::stdout().lock()) {
            Ok(remark) => remark.iter().for_each(|text| complain("warning", text)),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            Err(error) => failed.push(stdout_refused(&error)),
        }
    }
    // The same whatever terminal flint runs in.
    let plain = Style {
        quiet: style.quiet,
        ..Style::default()
    };
    for (format, file) in files {
        let file = file.as_deref().unwrap_or(Path::new(""));
        let mut bytes = Vec::new();
        let written = render(*format, report, &plain, &mut bytes)
            .and_then(|remark| put(file, &bytes).map(|()| remark));
        match written {
            Ok(remark) => remark.iter().for_each(|text| complain("warning", text)),
            Err(error) => failed.push(format!("{}: {}", file.display(), words::refusal(&error))),
        }
    }
    let Some(last) = failed.pop() else {
        return Ok(());
    };
    for error in failed {
        complain("error", &error);
    }
    Err(last)
}

/// Writes a file: a new one takes its name when it is whole. What is no plain file, such as a pipe, is
/// written to.
fn put(file: &Path, bytes: &[u8]) -> io::Result<()> {
    // Such as `/dev/stdout`, which may lead to a plain file that is open.
    let is_device = file.starts_with("/dev");
    let old = match fs::metadata(file) {
        Ok(old) if is_device || !old.is_file() => {
            let mut out = OpenOptions::new().append(true).open(file)?;
            return out.write_all(bytes);
        }
        Ok(old) => Some(old),
        // A link to a file that is not there yet stays one.
        Err(_) if file.is_symlink() => return fs::write(file, bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    if old.as_ref().is_some_and(|old| old.permissions().readonly()) {
        return Err(io::Error::other("it is read-only; make it writable first"));
    }
    // So does one to a file that is there.
    let target = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    match replace(&target, bytes, old.as_ref()) {
        // A file that others own, or that is mounted, can't be replaced but may be written to. On a disk that
        // is full that would only take the old report away.
        Err(error) if old.is_some() && !is_full(&error) => fs::write(&target, bytes),
        written => written,
    }
}

/// Whether there is no room for what was to be written.
fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

fn replace(target: &Path, bytes: &[u8], old: Option<&Metadata>) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".flint-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Less what the user's mask takes away, as for any new file.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut temporary = builder.tempfile_in(folder(target))?;
    temporary.write_all(bytes)?;
    if let Some(old) = old {
        same_owner(&temporary.as_file().metadata()?, old)?;
        temporary.as_file().set_permissions(old.permissions())?;
    }
    temporary.as_file().sync_all()?;
    temporary.persist(target)?;
    Ok(())
}

/// Whether a file may take another one's place without changing whose it is.
#[cfg(unix)]
fn same_owner(new: &Metadata, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    if (new.uid(), new.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    Err(io::ErrorKind::PermissionDenied.into())
}

#[cfg(not(unix))]
fn same_owner(_new: &Metadata, _old: &Metadata) -> io::Result<()> {
    Ok(())
}

/// What the files of findings are called from the root of the repository, where that is not their path:
/// the project is only a part of it, or the file is reached through a link.
pub(super) fn paths(found: &Found, findings: &[Finding]) -> BTreeMap<SourceId, String> {
    let folders = found.root.ancestors();
    let git = folders.into_iter().find(|own| own.join(".git").exists());
    let top = match git {
        Some(top) => top.to_owned(),
        None => std::env::current_dir().unwrap_or_default(),
    };
    let real_top = top.canonicalize().unwrap_or_else(|_| top.clone());
    let sources: BTreeSet<SourceId> = findings
        .iter()
        .flat_map(|finding| {
            let related = finding.related.iter().map(|related| related.at.source);
            let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
            let edits = edits.map(|edit| edit.source);
            related.chain(edits).chain([finding.at.source])
        })
        .collect();
    let mut paths = BTreeMap::new();
    for id in sources {
        let file = &found.files[id.0 as usize];
        let real = found.real_file(id);
        let path = match &real {
            real if real.starts_with(&real_top) => relative(&real_top, real),
            _ if file.starts_with(&top) => relative(&top, file),
            _ => continue,
        };
        if path != found.sources.get(id).path {
            paths.insert(id, path);
        }
    }
    paths
}
