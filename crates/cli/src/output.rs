//! The answer, on standard output or in a file.

use std::io::{ErrorKind, IsTerminal, Write};
use std::path::Path;

use views::report::Report;
use views::terminal::Style;
use workings::Fault;

use crate::args::{As, Shared};
use crate::diagnose::colours;

/// What the name of a file begins with while it is written.
const UNFINISHED: &str = ".workings.";

/// Whether it is the name of a file that some run of this command has not finished writing.
#[cfg(feature = "engine")]
pub(crate) fn is_unfinished(name: &std::ffi::OsStr) -> bool {
    let process = name.to_str().and_then(|name| name.strip_prefix(UNFINISHED));
    process.is_some_and(|process| !process.is_empty() && process.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The width of a page that is no terminal.
const WIDTH: usize = 100;

/// A report in a form that people read.
pub(crate) fn dressed(shared: &Shared, form: As, report: &Report) -> Result<String, Fault> {
    Ok(match form {
        As::Terminal => views::terminal::render(report, &style(shared)),
        As::Markdown => views::markdown::render(report),
        As::Html => views::html::render(report),
        As::Latex => views::latex::render(report),
        As::Json => views::json::report(report),
        As::Csv => return Err(no_csv()),
    })
}

/// What is said where a page is asked for as a table.
pub(crate) fn no_csv() -> Fault {
    Fault::new("this answer has no CSV form").hint("its forms are terminal, markdown, html, latex and json")
}

fn style(shared: &Shared) -> Style {
    let terminal = shared.output.is_none() && std::io::stdout().is_terminal();
    let width = match terminal_size::terminal_size() {
        Some((terminal_size::Width(width), _)) if terminal => usize::from(width).max(40),
        _ => WIDTH,
    };
    Style { width, color: colours(shared, terminal) }
}

/// Writes the answer. A reader that has seen enough (a closed pipe) is no error.
pub(crate) fn write(shared: &Shared, text: &str) -> Result<(), Fault> {
    match &shared.output {
        Some(path) => to_file(path, text.as_bytes()),
        None => to_standard(text),
    }
}

/// A fault where the answer could not be written: said before long work, and not behind it.
#[cfg(feature = "engine")]
pub(crate) fn can_write(shared: &Shared) -> Result<(), Fault> {
    let Some(path) = &shared.output else { return Ok(()) };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match folder.is_dir() && !path.is_dir() {
        true => Ok(()),
        false => Err(Fault::new(format!("`{}` cannot be written", path.display()))
            .hint("its folder must be there already, and it may be none itself")),
    }
}

/// Writes to standard output, whatever file was given.
pub(crate) fn to_standard(text: &str) -> Result<(), Fault> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Fault::new(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes a file whole or not at all: beside it first, then in its place. What is no ordinary file is written straight.
pub(crate) fn to_file(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let cannot = |error: std::io::Error| {
        let hint = match error.kind() {
            ErrorKind::NotFound => "the folder must be there already",
            ErrorKind::PermissionDenied => "check the permissions of it and of its folder",
            ErrorKind::StorageFull => "make room on the disk",
            _ => "give another place with -o",
        };
        Fault::new(format!("`{}` cannot be written: {error}", path.display())).hint(hint)
    };
    if path.metadata().is_ok_and(|kind| !kind.is_file()) {
        return std::fs::OpenOptions::new().write(true).open(path).and_then(|mut f| f.write_all(bytes)).map_err(cannot);
    }
    // A link is followed: what it leads to is written, and the link stays. A file keeps its permissions.
    let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let allowed = place.metadata().map(|kind| kind.permissions()).ok();
    if allowed.as_ref().is_some_and(std::fs::Permissions::readonly) {
        return Err(cannot(ErrorKind::PermissionDenied.into()));
    }
    let beside = place.with_file_name(format!("{UNFINISHED}{}", std::process::id()));
    // On the disk before it takes the old one's place: a power cut leaves the one or the other.
    let written = std::fs::File::create(&beside)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| allowed.map_or(Ok(()), |allowed| std::fs::set_permissions(&beside, allowed)))
        .and_then(|()| std::fs::rename(&beside, &place));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&beside);
        cannot(error)
    })
}
