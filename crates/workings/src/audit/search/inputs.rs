//! The inputs that a row's writer may have gone on with.

use smallvec::SmallVec;

use super::{Copied, Rule, Search, State};
use crate::audit::alone::{Dims, Made};
use crate::audit::digest::{Digest, Side};
use crate::audit::evidence::{elements, on_paper};
use crate::audit::hand::{NEVER, stray};
use crate::audit::layers::{Context, Settings};
use crate::audit::mistakes::MISTAKES;

/// What it costs that an input was copied from an earlier row than the one above, or wrongly.
const OLDER: f32 = 6.0;
const MISCOPIED: f32 = 5.0;
/// What it costs that a flattened shape was multiplied out almost rightly.
const NEARLY: f32 = 3.5;
/// How many rows are looked at for the one that an input was copied from.
const ROWS: usize = 40;

/// An input that a row's writer may have gone on with.
pub(super) struct Input {
    pub dims: Dims,
    pub copied: Copied,
    /// The shape that was flattened into it, where one was.
    pub flattened: Option<Dims>,
    pub cost: f32,
}

/// What was handed on from above; and what was read, where that is something else.
pub(super) fn of(search: &Search<'_, '_>, row: usize, state: &State) -> SmallVec<[Input; 3]> {
    let flattened = Some(state.context.flattened.clone()).filter(|dims| !dims.is_empty());
    let mut inputs: SmallVec<[Input; 3]> = SmallVec::new();
    inputs.push(Input { dims: state.own.clone(), copied: Copied::Above, flattened: flattened.clone(), cost: 0.0 });
    let Some(read) = read(&search.sheet.rows[row].input, state.own.len()) else { return inputs };
    if read == state.own {
        return inputs;
    }
    if let Some(before) = &flattened {
        inputs.extend(wrongly_flattened(search, &state.context, before, read[0]));
    }
    let older = || {
        search.older(state.path, ROWS, |row, out| match &flattened {
            Some(_) => (elements(out) == Some(read[0])).then(|| (row, Some(out.clone()))),
            None => (*out == read).then_some((row, None)),
        })
    };
    let input = match older() {
        _ if inputs.len() > 1 => return inputs,
        Some((older, flattened)) => Input { copied: Copied::Older(older), flattened, cost: OLDER, dims: read },
        None => {
            // A product of the right shape that comes out nearly right: a slip, which the row may go on with.
            let near = flattened.is_some() && search.hand.cost(&read[0].to_string(), state.own[0]) < NEVER;
            let cost = MISCOPIED + if near { NEARLY } else { digits(&read, &state.own) };
            Input { copied: Copied::Wrongly, flattened: flattened.filter(|_| near), cost, dims: read }
        }
    };
    inputs.push(input);
    inputs
}

/// What it costs to have copied a shape digit by digit as another one.
fn digits(read: &Dims, own: &Dims) -> f32 {
    let mut other: SmallVec<[i128; 4]> = read.iter().zip(own).filter(|(a, b)| a != b).map(|(n, _)| *n).collect();
    // Height and width are one number, copied once.
    other.dedup();
    other.iter().map(|n| stray(&n.to_string()) - stray("")).sum()
}

/// A shape that a wrong rule flattens into so many features.
fn wrongly_flattened(search: &Search<'_, '_>, context: &Context, before: &Dims, read: i128) -> Option<Input> {
    let rule = flatten_rules(search, before, context, read).into_iter().min_by_key(|&at| MISTAKES[at].rarity)?;
    let shown = (0..before.len()).map(|left_out| {
        let kept = before.iter().enumerate().filter(|(axis, _)| *axis != left_out).map(|(_, n)| *n);
        kept.collect::<Dims>()
    });
    let flattened = shown.into_iter().find(|dims| elements(dims) == Some(read));
    let cost = Rule::Wrong(rule).cost();
    Some(Input { dims: [read].into_iter().collect(), copied: Copied::Flattened(rule), flattened, cost })
}

/// The wrong rules that flatten a shape into so many features.
pub(crate) fn flatten_rules(search: &Search<'_, '_>, before: &Dims, context: &Context, read: i128) -> Vec<usize> {
    let Some(kind) = search.kinds.iter().position(|kind| kind.op == "flatten") else { return Vec::new() };
    let wrongs = search.kinds[kind].wrongly(&search.readers[kind], before, &Settings::default(), context);
    let fits = |made: &Made| matches!(made, Made::Depth(depth) if *depth == read);
    wrongs
        .iter()
        .flat_map(|wrongs| wrongs.iter())
        .filter(|wrong| fits(&wrong.made))
        .map(|wrong| wrong.mistake)
        .collect()
}

/// What the input of a row will cost, with this shape handed on to it: read so, or copied wrongly.
pub(super) fn ahead(search: &Search<'_, '_>, row: usize, own: &Dims) -> f32 {
    let Some(digest) = search.sheet.rows.get(row) else { return 0.0 };
    let sizes = on_paper(own);
    let Some(figures) = digest.input.shapes(sizes.len()).next() else { return 0.0 };
    let mut cost = 0.0;
    for (at, (figure, &size)) in figures.iter().zip(&sizes).enumerate() {
        let again = at > 0 && figures[at - 1].digits == figure.digits && sizes[at - 1] == size;
        cost += if again { 0.0 } else { search.hand.cost(&figure.digits, size).min(stray(&figure.digits)) };
    }
    cost.min(MISCOPIED + 2.0 * (stray("0") - stray("")))
}

/// The input as it was read, channels first.
fn read(cell: &Digest<'_>, sizes: usize) -> Option<Dims> {
    let dims: Dims = match sizes {
        1 => {
            let values = cell.sides().filter_map(|side| match side {
                Side::Figure(figure) => figure.value(),
                Side::Product(_, value) => *value,
                _ => None,
            });
            values.last().into_iter().collect()
        }
        _ => {
            let figures = cell.shapes(sizes).next()?;
            let mut paper: Dims = figures.iter().map(|figure| figure.value()).collect::<Option<_>>()?;
            paper.rotate_right(1);
            paper
        }
    };
    (!dims.is_empty() && dims.iter().all(|&n| n > 0)).then_some(dims)
}
