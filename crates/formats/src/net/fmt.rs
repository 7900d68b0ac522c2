//! The formatter: one way to write a network, with every comment kept.

use super::lines::{Argument, Line, lines};

/// A network in its one form: words lined up within a paragraph, one space behind each comma, `x` between sizes, four
/// spaces inside a block, at most one empty line in a row. Formatting twice changes nothing more.
pub fn format(text: &str) -> String {
    // Each line, and whether an empty one stands above it.
    let mut written: Vec<(bool, Line<'_>)> = Vec::new();
    let mut blank = true;
    for line in lines(text) {
        match line.is_empty() && line.comment.is_none() {
            true => blank = true,
            false => written.push((std::mem::take(&mut blank), line)),
        }
    }
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    let mut widths = None;
    for (at, (blank, line)) in written.iter().enumerate() {
        if *blank && !out.is_empty() {
            out.push('\n');
        }
        let word = line.word.map_or("", |word| word.text);
        if *blank || !belongs(line) {
            widths = None;
        }
        let width = match lined_up(word) {
            true => *widths.get_or_insert_with(|| paragraph(&written[at..])),
            false => Widths::default(),
        };
        inside &= word != "end";
        let width = if line.label.is_some() { width.labelled } else { width.plain };
        write(&mut out, line, if inside { "    " } else { "" }, width);
        inside |= word == "block";
    }
    out
}

/// Whether the arguments of a word stand below those of its neighbours.
fn lined_up(word: &str) -> bool {
    !matches!(word, "network" | "input" | "batch" | "rounding" | "rules" | "from" | "block" | "end" | "")
}

/// Whether a line goes on with the paragraph above it.
fn belongs(line: &Line<'_>) -> bool {
    line.word.map_or(line.is_empty() && line.comment.is_some(), |word| lined_up(word.text))
}

/// How wide the heads of a paragraph are set.
#[derive(Clone, Copy, Default)]
struct Widths {
    plain: usize,
    labelled: usize,
}

/// The longest head (label and word) among the lines from here to the end of the paragraph. Where only some lines have a
/// label, those stand free.
fn paragraph(lines: &[(bool, Line<'_>)]) -> Widths {
    const WIDEST: usize = 16;
    let mut widths = Widths::default();
    let goes_on = |(at, (blank, line)): &(usize, &(bool, Line<'_>))| belongs(line) && (*at == 0 || !*blank);
    let lines = lines.iter().enumerate().take_while(goes_on).map(|(_, (_, line))| line);
    for line in lines.filter(|line| line.word.is_some()) {
        let width = if line.label.is_some() { &mut widths.labelled } else { &mut widths.plain };
        *width = Some(head(line).chars().count()).filter(|n| *n <= WIDEST).unwrap_or(0).max(*width);
    }
    if widths.plain > 0 {
        widths.labelled = 0;
    }
    widths
}

fn head(line: &Line<'_>) -> String {
    let label = line.label.map(|label| format!("{}: ", label.text)).unwrap_or_default();
    format!("{label}{}", line.word.map_or("", |word| word.text)).trim_end().to_owned()
}

fn write(out: &mut String, line: &Line<'_>, indent: &str, width: usize) {
    let word = line.word.map_or("", |word| word.text);
    let arguments: Vec<String> = line.arguments.iter().map(|argument| formed(argument, word)).collect();
    let head = head(line);
    let mut code = match word {
        // A name is kept as it is.
        "network" if line.label.is_none() => {
            format!("{head} {}", line.written.strip_prefix("network").unwrap_or_default().trim()).trim_end().to_owned()
        }
        "" => format!("{head} {}", arguments.join(", ")).trim().to_owned(),
        _ if arguments.is_empty() => head,
        _ => format!("{head:width$} {}", arguments.join(", ")),
    };
    if let Some(comment) = line.comment {
        let comment = match comment.strip_prefix('#') {
            Some(text) if !text.starts_with('#') => format!("# {}", text.trim()).trim_end().to_owned(),
            _ => comment.to_owned(),
        };
        code = if code.is_empty() { comment } else { format!("{code}  {comment}") };
    }
    out.push_str(format!("{indent}{code}").trim_end());
    out.push('\n');
}

/// An argument with single spaces, and sizes joined by `x`: `224 × 224 × 3` is `224x224x3`.
fn formed(argument: &Argument<'_>, of: &str) -> String {
    const SIGNS: [char; 4] = ['x', '×', '*', ':'];
    let number = |token: &str| token.starts_with(|c: char| c.is_ascii_digit());
    let sizes = |token: &str| of == "input" || (of != "block" && number(token));
    let mut tokens: Vec<String> = Vec::new();
    let last = argument.words.len().saturating_sub(1);
    for (at, word) in argument.words.iter().map(|word| word.text).enumerate() {
        let joins = at < last || word.chars().count() > 1;
        match tokens.last_mut().filter(|token| sizes(token)) {
            Some(token) if token.ends_with(SIGNS) || (word.starts_with(SIGNS) && joins) => token.push_str(word),
            _ => tokens.push(word.to_owned()),
        }
    }
    for token in &mut tokens {
        if sizes(token) {
            *token = token.replace(['×', '*'], "x");
        }
    }
    tokens.join(" ")
}
