//! The inputs that a row's writer may have gone on with.

use smallvec::SmallVec;

use super::{Copied, Search, State};
use crate::audit::alone::Dims;
use crate::audit::digest::{Digest, Side};
use crate::audit::evidence::on_paper;
use crate::audit::hand::stray;

/// What it costs that an input was copied from an earlier row than the one above, or wrongly.
const OLDER: f32 = 6.0;
const MISCOPIED: f32 = 5.0;

/// What was handed on from above; and what was read, where that is something else.
pub(super) fn of(search: &Search<'_, '_>, row: usize, state: &State) -> SmallVec<[(Dims, Copied, f32); 3]> {
    let mut inputs: SmallVec<[(Dims, Copied, f32); 3]> = SmallVec::new();
    inputs.push((state.own.clone(), Copied::Above, 0.0));
    let Some(read) = read(&search.sheet.rows[row].input, state.own.len()) else { return inputs };
    if read == state.own {
        return inputs;
    }
    let other = read.iter().zip(&state.own).filter(|(a, b)| a != b).map(|(n, _)| *n);
    // Height and width are one number, copied once.
    let mut other: SmallVec<[i128; 4]> = other.collect();
    other.dedup();
    let digits: f32 = other.iter().map(|n| stray(&n.to_string()) - stray("")).sum();
    let older = search.path(state.path).iter().rev().skip(1).find(|(_, out)| *out == read).map(|(row, _)| *row);
    inputs.push(match older {
        Some(older) => (read, Copied::Older(older), OLDER),
        None => (read, Copied::Wrongly, MISCOPIED + digits),
    });
    inputs
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
