//! A report as one page of HTML: no script, nothing from elsewhere, equations in MathML.

mod table;

use crate::notation::mathml::{self, escaped};
use crate::report::{Block, Finding, Mark, Phrase, Report, Span, Step};

/// How the page looks.
const STYLE: &str = include_str!("html/page.css");

/// Nothing is loaded, nothing runs, nothing is sent.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// How many levels of a working stand further in than the one above them.
const LEVELS: usize = 12;

/// The report as one file.
pub fn render(report: &Report) -> String {
    let title = escaped(&report.title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" content=\"workings\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{}</main>\n</body>\n</html>\n",
        blocks(report)
    )
}

fn blocks(report: &Report) -> String {
    let mut body = String::new();
    let mut about = report.title.clone();
    for (i, block) in report.blocks.iter().enumerate() {
        let beside = |at: Option<usize>| matches!(at.and_then(|at| report.blocks.get(at)), Some(Block::Finding(_)));
        match block {
            Block::Heading(level, words) => {
                about = plain(words);
                let level = (*level).clamp(1, 6);
                body.push_str(&format!("<h{level}>{}</h{level}>\n", phrase(words)));
            }
            Block::Prose(words) => body.push_str(&format!("<p>{}</p>\n", phrase(words))),
            Block::Table(table) => body.push_str(&table::html(table, &about)),
            Block::Working(step) => body.push_str(&working(step)),
            Block::Finding(one) => {
                body.push_str(if beside(i.checked_sub(1)) { "" } else { "<ul class=\"findings\">\n" });
                body.push_str(&finding(one));
                body.push_str(if beside(Some(i + 1)) { "" } else { "</ul>\n" });
            }
            Block::Legend(names) => body.push_str(&legend(names)),
        }
    }
    body
}

/// A phrase, each piece by what it says.
fn phrase(words: &Phrase) -> String {
    words.iter().map(span).collect()
}

fn span(span: &Span) -> String {
    match span {
        Span::Text(text) => escaped(text),
        Span::Value(text) => format!("<span class=\"value\">{}</span>", escaped(text)),
        Span::Name(text) => format!("<bdi class=\"name\">{}</bdi>", breakable(text)),
        Span::Doubt(text) => format!("<em class=\"doubt\">{}</em>", escaped(text)),
        Span::Code(text) => format!("<code>{}</code>", escaped(text)),
        Span::Math(equation) => mathml::equation(equation),
        Span::Mark(one) => mark(*one),
    }
}

/// A mark: its sign to look at, its word to point at and to listen to.
fn mark(mark: Mark) -> String {
    let class = match mark {
        Mark::Right => "right",
        Mark::Wrong | Mark::Unexplained | Mark::Blank | Mark::Missing => "wrong",
        Mark::Carried => "carried",
        Mark::Misread => "misread",
        Mark::Ambiguous | Mark::Slip | Mark::Convention => "open",
    };
    let (sign, word) = (escaped(mark.sign()), escaped(mark.word()));
    format!("<span class=\"mark {class}\" role=\"img\" aria-label=\"{word}\" title=\"{word}\">{sign}</span>")
}

/// A name that may be broken where it is made up of parts.
fn breakable(name: &str) -> String {
    let parts = name.split_inclusive(['.', '_', '/', ':']).map(escaped);
    parts.collect::<Vec<_>>().join("<wbr>")
}

/// A phrase without any dress.
fn plain(words: &Phrase) -> String {
    words
        .iter()
        .map(|span| match span {
            Span::Text(text) | Span::Value(text) | Span::Name(text) | Span::Doubt(text) | Span::Code(text) => {
                text.clone()
            }
            Span::Math(equation) => crate::notation::text(equation),
            Span::Mark(mark) => mark.sign().to_owned(),
        })
        .collect()
}

/// What is still to be written of a working.
enum Next<'s> {
    Step(&'s Step, usize),
    End(&'static str),
}

/// A working as a list in lists. It is written without recursion: a network may be thousands of layers deep.
fn working(step: &Step) -> String {
    let mut body = String::from("<ul class=\"working\">\n");
    let mut ahead = vec![Next::End("</ul>\n"), Next::Step(step, 0)];
    while let Some(next) = ahead.pop() {
        match next {
            Next::End(end) => body.push_str(end),
            Next::Step(step, level) if step.below.is_empty() || level == LEVELS => {
                body.push_str(&format!("<li><div>{}</div></li>\n", phrase(&step.says)));
                ahead.extend(step.below.iter().rev().map(|below| Next::Step(below, level)));
            }
            Next::Step(step, level) => {
                body.push_str(&format!("<li><details open><summary>{}</summary>\n<ul>\n", phrase(&step.says)));
                ahead.push(Next::End("</ul>\n</details></li>\n"));
                ahead.extend(step.below.iter().rev().map(|below| Next::Step(below, level + 1)));
            }
        }
    }
    body
}

fn finding(finding: &Finding) -> String {
    let hint = finding.hint.as_ref().map_or(String::new(), |hint| format!("<p class=\"hint\">{}</p>\n", phrase(hint)));
    format!(
        "<li><p class=\"kind\">finding <code>{}</code></p>\n<p>{}</p>\n{hint}</li>\n",
        escaped(&finding.code),
        phrase(&finding.says)
    )
}

fn legend(names: &[(String, String)]) -> String {
    let pair = |(name, says): &(String, String)| {
        format!("<div><dt>{}</dt><dd>{}</dd></div>\n", mathml::name(name), escaped(says))
    };
    format!("<dl class=\"legend\">\n{}</dl>\n", names.iter().map(pair).collect::<String>())
}
