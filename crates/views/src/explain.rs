//! What a code means: a verdict on a cell, its confidence, a wrong rule, a misreading, or a finding about a network.

use workings::Fault;
use workings::audit::Verdict;
use workings::audit::mistakes::{MISTAKES, Misread, Mistake, READINGS, Wrong};
use workings::claims::{CODES, Code};
use workings::fault::nearest;

use crate::audit::mark;
use crate::report::{Block, Cell, Column, Phrase, Report, Span, Table};

/// Every verdict, in the order in which they are explained, with what it means.
const VERDICTS: [(Verdict, &str); 10] = [
    (Verdict::Right, "The cell holds what it should, and its steps lead there."),
    (Verdict::RightWithSlip, "The result is right, and a step that is shown does not lead to it."),
    (
        Verdict::Carried,
        "It is worked out rightly from an earlier cell that is wrong: mend that one, and this one is right.",
    ),
    (
        Verdict::Convention,
        "It is right under another convention (another rounding, say) that the whole sheet keeps to.",
    ),
    (
        Verdict::Wrong,
        "A wrong rule or a slip gives exactly this value, and it alone does, or it does so in several rows.",
    ),
    (Verdict::Misread, "A figure was read wrongly: the rest of the sheet shows which one was written."),
    (Verdict::Ambiguous, "It is wrong, and two explanations fit equally well. The working would tell them apart."),
    (Verdict::Unexplained, "It is wrong, and nothing that is known explains it."),
    (Verdict::Blank, "Nothing stands in the cell."),
    (Verdict::Missing, "The cell's row is not on the sheet."),
];

/// What the number beside a cause means.
const CONFIDENCE: [&str; 3] = [
    "How far the cause that is named stands ahead of what else could explain the cell, from 0 to 1.",
    "Every explanation has a cost: how rare such a rule is, and how much would have to be misread for it. Where two rules \
     lead to the same number, 0.5 says that they cost the same, and nearly 1 that the other one is far behind. Where nothing \
     competes, it is a fixed rank of the verdict and its cause.",
    "It is a weight and no probability: the costs are judged, not counted, so it ranks explanations and does not say how \
     often such a one is right. Below 0.7 an audit says it beside the cause.",
];

/// How many codes are offered for one that is not known.
const OFFERED: usize = 6;

/// Something that has a code.
#[derive(Clone, Copy)]
enum Known {
    Verdict(Verdict, &'static str),
    Confidence,
    Mistake(&'static Mistake),
    Reading(&'static Misread),
    Finding(&'static Code),
}

/// What a code means, or, without one, what all of them do.
pub fn explain(code: Option<&str>) -> Result<Report, Fault> {
    match code {
        None => Ok(all()),
        Some(code) => match known().find(|known| known.code().eq_ignore_ascii_case(code)) {
            Some(known) => Ok(Report { title: known.code().to_owned(), blocks: known.at_length() }),
            None => {
                let fault = Fault::new(format!("there is no code “{code}”"));
                Err(match alike(code) {
                    Some(alike) => fault.hint(format!("did you mean {alike}?")),
                    None => fault.hint("`workings explain` lists them all"),
                })
            }
        },
    }
}

/// The codes that may be meant: those that begin so (`P11`), else those whose names have it in them (`stride`), else the nearest.
fn alike(code: &str) -> Option<String> {
    let small = |text: &str| text.to_lowercase().replace(' ', "");
    let asked = small(code);
    let listed = |of: &dyn Fn(&Known) -> bool| -> Vec<&'static str> { known().filter(of).map(Known::code).collect() };
    let begin = listed(&|known| !asked.is_empty() && small(known.code()).starts_with(&asked));
    let named = listed(&|known| asked.len() > 1 && small(known.name()).contains(&asked));
    let near: Vec<&str> = nearest(code, known().map(Known::code)).into_iter().collect();
    let found = [begin, named, near].into_iter().find(|codes| (1..=OFFERED).contains(&codes.len()))?;
    let quoted: Vec<String> = found.iter().map(|code| format!("`{code}`")).collect();
    Some(match quoted.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => quoted.concat(),
    })
}

fn known() -> impl Iterator<Item = Known> {
    let verdicts = VERDICTS.into_iter().map(|(verdict, says)| Known::Verdict(verdict, says));
    verdicts
        .chain([Known::Confidence])
        .chain(MISTAKES.iter().map(Known::Mistake))
        .chain(READINGS.iter().map(Known::Reading))
        .chain(CODES.iter().map(Known::Finding))
}

fn all() -> Report {
    let title = "What the codes mean".to_owned();
    let mut blocks = vec![Block::Heading(1, vec![text(&title)])];
    let mut section = |name: &str, says: &str, of: fn(&Known) -> bool| {
        let rows: Vec<Vec<Cell>> = known().filter(of).map(|known| known.in_short()).collect();
        let column =
            |title: &str, gives_way| Column { title: title.to_owned(), numbers: false, gives_way, leaves: None };
        let columns = vec![column("code", false), column("what it means", true)];
        blocks.extend([
            Block::Heading(2, vec![text(name)]),
            Block::Prose(vec![text(says)]),
            Block::Table(Table { columns, rows, ..Table::default() }),
        ]);
    };
    section("Verdicts", "What an audit says of a cell.", |known| matches!(known, Known::Verdict(..)));
    section("How sure", "What stands beside a cause.", |known| matches!(known, Known::Confidence));
    section("Wrong rules", "What explains a cell that is wrong.", |known| matches!(known, Known::Mistake(_)));
    section("Slips and misreadings", "What happens to a figure in arithmetic, in copying and in reading.", |known| {
        matches!(known, Known::Reading(_))
    });
    section("Findings", "What can be wrong with a network.", |known| matches!(known, Known::Finding(_)));
    blocks.push(Block::Prose(vec![
        text("One of them at length: "),
        Span::Code("workings explain S3".to_owned()),
        text("."),
    ]));
    Report { title, blocks }
}

impl Known {
    fn code(self) -> &'static str {
        match self {
            Known::Verdict(verdict, _) => verdict.name(),
            Known::Confidence => "confidence",
            Known::Mistake(mistake) => mistake.code,
            Known::Reading(reading) => reading.code,
            Known::Finding(code) => code.code,
        }
    }

    /// What it is, shortly.
    fn name(self) -> &'static str {
        match self {
            Known::Verdict(_, says) => says,
            Known::Confidence => CONFIDENCE[0],
            Known::Mistake(mistake) => mistake.name,
            Known::Reading(reading) => reading.name,
            Known::Finding(code) => code.says,
        }
    }

    /// A row of the list.
    fn in_short(self) -> Vec<Cell> {
        vec![vec![self.head()], vec![vec![text(self.name())]]]
    }

    fn head(self) -> Phrase {
        let code = Span::Name(self.code().to_owned());
        match self {
            Known::Verdict(verdict, _) => vec![Span::Mark(mark(verdict)), text(" "), code],
            _ => vec![code],
        }
    }

    fn at_length(self) -> Vec<Block> {
        let (kind, says) = match self {
            Known::Verdict(_, says) => ("A verdict on a cell.", vec![says.to_owned()]),
            Known::Confidence => ("A weight beside a cause.", CONFIDENCE.map(str::to_owned).to_vec()),
            Known::Mistake(mistake) => (
                wrong(mistake),
                vec![
                    format!("{}: such a line {}.", capital(mistake.name), mistake.does),
                    format!("{}.", mistake.here.trim_end_matches('.')),
                ],
            ),
            Known::Reading(reading) => (
                match reading.code.starts_with('X') {
                    true => "A misreading: what is on the paper may well be right.",
                    false => "A slip in arithmetic or in copying.",
                },
                vec![format!("{}.", capital(reading.name)), reading.says.to_owned()],
            ),
            Known::Finding(code) => ("A finding about a network.", vec![code.says.to_owned()]),
        };
        let kind = Block::Prose(vec![text(kind)]);
        let says = says.iter().map(|says| Block::Prose(vec![text(says)]));
        [Block::Heading(1, self.head())].into_iter().chain(says).chain([kind]).collect()
    }
}

/// What a wrong rule gets wrong.
fn wrong(mistake: &Mistake) -> &'static str {
    match mistake.rule {
        Wrong::Size(_) => "A wrong rule for the size of an output.",
        Wrong::Depth(_) => "A wrong rule for the channels of an output.",
        Wrong::Params(_) => "A wrong rule for the parameters of a row.",
        Wrong::Total(_) => "A wrong rule for the total.",
    }
}

/// A phrase as the beginning of a sentence.
fn capital(says: &str) -> String {
    let mut chars = says.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

fn text(text: &str) -> Span {
    Span::Text(text.to_owned())
}
