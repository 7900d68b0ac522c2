//! The short answer: how much is not right, and where it began.

use std::cmp::Reverse;

use workings::audit::{Audit, Judged, Verdict};
use workings::worksheet::{Column, Sheet};

use super::{cell_is_right, is_unread, owned, text};
use crate::report::{Phrase, Span};

/// How many beginnings the answer names; the sentences below have all of them.
const NAMED: usize = 3;

/// What is counted together, and what is said of one and of several.
const COUNTED: [(Verdict, &str, &str); 9] = [
    (Verdict::Wrong, "is wrong", "are wrong"),
    (Verdict::Ambiguous, "is wrong in one of two ways", "are wrong in one of two ways"),
    (Verdict::Unexplained, "is wrong without an explanation", "are wrong without an explanation"),
    (Verdict::Carried, "follows", "follow"),
    (Verdict::Misread, "was read wrongly", "were read wrongly"),
    (Verdict::RightWithSlip, "is right after a step that is not", "are right after a step that is not"),
    (Verdict::Convention, "is right under another convention", "are right under another convention"),
    (Verdict::Blank, "is empty", "are empty"),
    (Verdict::Missing, "is missing", "are missing"),
];

/// What is said of cells that are not empty, and in which no number was read.
const UNREAD: (&str, &str) = ("holds no number that can be read", "hold no number that can be read");

/// What is wrong and where it began, in a sentence or two.
pub(super) fn answer(sheet: &Sheet, audit: &Audit) -> Vec<Phrase> {
    let mut answer = if audit.cells.is_empty() {
        vec![Span::Doubt("No cell of it could be judged.".to_owned())]
    } else {
        counts(sheet, audit)
    };
    answer.extend(mends(audit));
    if !audit.network.is_empty() && sheet.name.as_deref().is_some_and(|name| *name != *audit.network) {
        answer.extend([text(" It was held against "), Span::Name(audit.network.clone()), text(".")]);
    }
    vec![answer]
}

/// How many cells are what.
fn counts(sheet: &Sheet, audit: &Audit) -> Phrase {
    let begun = beginnings(audit);
    let from = match &begun[..] {
        [((row, column), _)] => format!(" from {}", owned(*row, *column)),
        _ => " from earlier cells".to_owned(),
    };
    let mut parts: Vec<Phrase> = Vec::new();
    let counted = COUNTED.into_iter().flat_map(|(verdict, one, several)| {
        let unread = (verdict == Verdict::Blank).then_some((verdict, true, UNREAD));
        unread.into_iter().chain([(verdict, false, (one, several))])
    });
    for (verdict, unread, (singular, plural)) in counted {
        let of = |cell: &&Judged| cell.verdict == verdict && is_unread(sheet, cell) == unread && !cell_is_right(cell);
        let against = audit.cells.iter().filter(of).count();
        if against == 0 {
            continue;
        }
        let noun = match (parts.is_empty(), against) {
            (false, _) => " ",
            (true, 1) => " cell ",
            (true, _) => " cells ",
        };
        let from = if verdict == Verdict::Carried { &from } else { "" };
        let says = format!("{noun}{}{from}", if against == 1 { singular } else { plural });
        parts.push(vec![Span::Value(against.to_string()), Span::Text(says)]);
    }
    let last = parts.len().saturating_sub(1);
    let joined = parts.into_iter().enumerate().flat_map(|(at, part)| {
        let before = match at {
            0 => None,
            at if at == last => Some(text(" and ")),
            _ => Some(text(", ")),
        };
        before.into_iter().chain(part)
    });
    match joined.collect::<Phrase>() {
        none if none.is_empty() => vec![text("Every cell is right.")],
        some => [some, vec![text(".")]].concat(),
    }
}

/// Which cells to mend, those first from which the most follows.
fn mends(audit: &Audit) -> Phrase {
    let mut begun = beginnings(audit);
    begun.sort_by_key(|(_, follow)| Reverse(follow.len()));
    let mut phrase = Phrase::new();
    for (at, ((row, column), follow)) in begun.iter().take(NAMED).enumerate() {
        let turn = if follow.len() == 1 { " more turns right" } else { " more turn right" };
        let lead = if at == 0 { " Mend " } else { "; mend " };
        phrase.extend([
            Span::Text(format!("{lead}{} and ", owned(*row, *column))),
            Span::Value(follow.len().to_string()),
            text(turn),
        ]);
    }
    phrase.extend((!begun.is_empty()).then(|| text(".")));
    phrase
}

/// A cell at which an error began, and the cells that follow from it.
pub(super) type Beginning<'a> = ((usize, Column), Vec<&'a Judged>);

/// The cells from which others follow, in the order of the first that does.
pub(super) fn beginnings(audit: &Audit) -> Vec<Beginning<'_>> {
    let mut begun: Vec<Beginning<'_>> = Vec::new();
    let several = several(audit);
    for cell in audit.cells.iter().filter(|cell| cell.verdict == Verdict::Carried) {
        let Some(began_at) = cell.began_at.filter(|_| cell.column != Column::Total || !several) else { continue };
        match begun.iter_mut().find(|(known, _)| *known == began_at) {
            Some((_, follow)) => follow.push(cell),
            None => begun.push((began_at, vec![cell])),
        }
    }
    begun
}

/// Whether parameters went wrong in several places, so that mending one of them does not mend the total.
fn several(audit: &Audit) -> bool {
    let params = audit.cells.iter().filter(|cell| cell.column == Column::Params);
    let mut begun: Vec<(usize, Column)> = params
        .filter_map(|cell| match cell.verdict {
            Verdict::Carried => cell.began_at,
            Verdict::Wrong | Verdict::Ambiguous | Verdict::Unexplained => Some((cell.row, cell.column)),
            _ => None,
        })
        .collect();
    begun.dedup();
    begun.len() > 1
}
