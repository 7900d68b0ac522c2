//! What is wrong, on standard error: where, with the line underlined; what was found and needed; what to do.

use std::io::{IsTerminal, Write};

use workings::Fault;
use workings::fault::Place;
use workings::ledger::Finding;

use crate::args::{Color, Shared};

/// Says a fault; with the text that it was found in, its line is shown.
pub(crate) fn fault(shared: &Shared, fault: &Fault, text: Option<(&str, &str)>) {
    let place = fault.place.zip(text);
    say(shared, place.map(|(place, (name, text))| (place, name, text)), &fault.says, fault.hint.as_deref());
}

/// Says a finding under the line of its layer.
pub(crate) fn finding(shared: &Shared, finding: &Finding, name: &str, text: &str) {
    say(shared, Some((finding.place, name, text)), &finding.says, finding.hint.as_deref());
}

fn say(shared: &Shared, place: Option<(Place, &str, &str)>, says: &str, hint: Option<&str>) {
    let paint = Paint { on: colours(shared, std::io::stderr().is_terminal()) };
    let mut out = String::new();
    match place {
        Some((place, name, text)) => {
            out += &format!("{} {says}\n", paint.bold(&format!("{name}:{}:{}:", place.line, place.column)));
            if !shared.quiet {
                out += &excerpt(place, text, &paint);
            }
        }
        None => out += &format!("{} {says}\n", paint.red("error:")),
    }
    if let Some(hint) = hint.filter(|_| !shared.quiet) {
        out += &format!("  {} {hint}\n", paint.bold("→"));
    }
    // Nothing can be done where even standard error is closed.
    let _ = std::io::stderr().lock().write_all(out.as_bytes());
}

/// The line and a row of carets under what is meant; a long line is shown around it.
fn excerpt(place: Place, text: &str, paint: &Paint) -> String {
    const AROUND: usize = 60;
    let Some(line) = text.lines().nth(place.line.saturating_sub(1) as usize) else { return String::new() };
    let column = place.column.saturating_sub(1) as usize;
    let skip = column.saturating_sub(AROUND);
    let shown: String =
        line.chars().skip(skip).take(2 * AROUND).map(|c| if c.is_control() { ' ' } else { c }).collect();
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
