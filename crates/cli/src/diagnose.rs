//! What is wrong, on standard error: where, with the line underlined; what was found and needed; what to do.

use std::io::{IsTerminal, Write};

use workings::Fault;
use workings::fault::Place;
use workings::ledger::Finding;

use crate::args::{Color, Shared};

/// How many findings are said; every form but the terminal's has them all.
const SAID: usize = 20;

/// Says a fault of the call.
pub(crate) fn fault(shared: &Shared, fault: &Fault) {
    say(shared, &[(None, &fault.says, fault.hint.as_deref())]);
}

/// Says what was done, where the answer does not. Quietly, nothing.
#[cfg(feature = "engine")]
pub(crate) fn note(shared: &Shared, says: &str) {
    if !shared.quiet {
        // Nothing can be done where even standard error is closed.
        let _ = writeln!(std::io::stderr().lock(), "{}", harmless(says));
    }
}

/// Says faults under the lines of a text that they were found in.
pub(crate) fn faults(shared: &Shared, faults: &[Fault], name: &str, text: &str) {
    let lines: Vec<&str> = text.lines().collect();
    let said = |fault: &Fault| fault.place.map(|place| Excerpt { place, name, line: line(&lines, place) });
    let all: Vec<Said<'_>> = faults.iter().map(|f| (said(f), f.says.as_str(), f.hint.as_deref())).collect();
    say(shared, &all);
}

/// Says findings under the lines of their layers.
pub(crate) fn findings(shared: &Shared, findings: &[Finding], name: &str, text: &str) {
    let lines: Vec<&str> = text.lines().collect();
    let said = |finding: &Finding| {
        let place = finding.place;
        (place.line > 0).then(|| Excerpt { place, name, line: line(&lines, place) })
    };
    let all: Vec<Said<'_>> =
        findings.iter().take(SAID).map(|f| (said(f), f.says.as_str(), f.hint.as_deref())).collect();
    say(shared, &all);
    if let Some(more) = findings.len().checked_sub(SAID).filter(|more| *more > 0) {
        let says = format!("{more} more findings are not said here");
        say(shared, &[(None, &says, Some("`show --as json` has them all"))]);
    }
}

fn line<'t>(lines: &[&'t str], place: Place) -> &'t str {
    lines.get((place.line as usize).wrapping_sub(1)).copied().unwrap_or_default()
}

/// A place in a text, with its line.
struct Excerpt<'t> {
    place: Place,
    name: &'t str,
    line: &'t str,
}

/// Something to say: where, what, and what to do.
type Said<'t> = (Option<Excerpt<'t>>, &'t str, Option<&'t str>);

fn say(shared: &Shared, all: &[Said<'_>]) {
    let paint = Paint { on: colours(shared, std::io::stderr().is_terminal()) };
    let mut out = String::new();
    for (excerpt, says, hint) in all {
        let says = harmless(says);
        match excerpt {
            Some(Excerpt { place, name, line }) => {
                let at = format!("{}:{}:{}:", harmless(name), place.line, place.column);
                out += &format!("{} {says}\n", paint.bold(&at));
                if !shared.quiet {
                    out += &underlined(*place, line, &paint);
                }
            }
            None => out += &format!("{} {says}\n", paint.red("error:")),
        }
        if let Some(hint) = hint.filter(|_| !shared.quiet) {
            out += &format!("  {} {}\n", paint.bold("→"), harmless(hint));
        }
    }
    // Nothing can be done where even standard error is closed.
    let _ = std::io::stderr().lock().write_all(out.as_bytes());
}

/// A text without what would move a terminal's cursor or turn its writing round.
fn harmless(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if c.is_control() || turns(c) { '\u{fffd}' } else { c }).collect()
}

/// The line and a row of carets under what is meant; a long line is shown around it.
fn underlined(place: Place, line: &str, paint: &Paint) -> String {
    const AROUND: usize = 60;
    let column = place.column.saturating_sub(1) as usize;
    let skip = column.saturating_sub(AROUND);
    let shown: String = harmless(&line.chars().skip(skip).take(2 * AROUND).collect::<String>());
    let (before, after) =
        (if skip > 0 { "…" } else { "" }, if line.chars().nth(skip + 2 * AROUND).is_some() { "…" } else { "" });
    let left = before.chars().count() + column - skip;
    let room = (shown.chars().count() + before.chars().count()).saturating_sub(left).max(1);
    let carets = "^".repeat((place.length.max(1) as usize).min(room));
    let number = place.line.to_string();
    let margin = " ".repeat(number.len());
    format!("  {number} │ {before}{shown}{after}\n  {margin} │ {}{}\n", " ".repeat(left), paint.red(&carets))
}

struct Paint {
    on: bool,
}

impl Paint {
    fn red(&self, text: &str) -> String {
        self.paint("31;1", text)
    }

    fn bold(&self, text: &str) -> String {
        self.paint("1", text)
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.on { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Whether to use colours: only on a terminal, and not against NO_COLOR (<https://no-color.org>).
pub(crate) fn colours(shared: &Shared, terminal: bool) -> bool {
    match shared.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    }
}
