//! The ways to have come by a row's parameters.

use smallvec::SmallVec;

use super::{Rule, SLIP, Search, Sum, Sums};
use crate::audit::alone::{Made, Params, Wrongs};
use crate::audit::digest::RowDigest;
use crate::audit::evidence::{self, Tally, Want};
use crate::audit::hand::stray;
use crate::audit::slips::{copied, slip};

/// What it costs that a working shows another rule than the one that its row went on with.
const OTHER_TEXT: f32 = 6.0;
/// What it costs that a slip of the pen came behind steps that are right.
const COPIED: f32 = 2.0;
/// What a slip costs that looks like one, beyond what every slip does.
const LIKE_A_SLIP: f32 = 3.5;
/// How many ways are kept for the total to choose from.
const KEPT: usize = 6;

/// The ways, the cheapest first. `wrongly` works the row out by every wrong rule; it is asked only where the right one does
/// not explain every figure.
pub(super) fn of<'s>(
    search: &Search<'_, 's>,
    digest: &RowDigest<'s>,
    want: &Want<'_>,
    wrongly: impl FnOnce() -> Option<Wrongs>,
) -> Sums {
    let right = plain(search, digest, want);
    if right.cost == 0.0 {
        return Sums::from([right]);
    }
    let mut ways: SmallVec<[(Rule, Params); 8]> = SmallVec::new();
    ways.push((Rule::True, want.params));
    let near = |n: Option<i128>| n.is_some_and(|n| search.seen_in(n, &[&digest.calculation, &digest.params]));
    for wrong in wrongly().iter().flat_map(|wrongs| wrongs.iter()) {
        let Made::Params(params) = wrong.made else { continue };
        let shown = near(params.params) || near(params.weights) || params.fan_in.is_some() && near(params.fan_in);
        if shown && params.params != want.params.params {
            ways.push((Rule::Wrong(wrong.mistake), params));
        }
    }
    let slipped = slipped(digest, want);
    let like = slipped.is_some_and(|(_, like)| like);
    ways.extend(slipped.map(|(params, _)| (Rule::Free, params)));
    let text: SmallVec<[f32; 8]> = ways.iter().map(|(_, params)| working(search, digest, want, params)).collect();
    let mut sums: Vec<Sum> = Vec::new();
    for (rule, params) in &ways {
        let cell = cell(search, digest, want, params);
        let texts = ways.iter().zip(&text).map(|((shown, parts), cost)| {
            let other = match (shown == rule, shown) {
                (true, _) => 0.0,
                // The steps are right, and their result was copied wrongly.
                (false, Rule::True) if *rule == Rule::Free => COPIED,
                (false, Rule::Free) => OTHER_TEXT + SLIP,
                (false, _) => OTHER_TEXT,
            };
            (cost + other, *shown, *parts)
        });
        let Some((text, shown, parts)) = texts.min_by(|a, b| a.0.total_cmp(&b.0)) else { continue };
        // A number that no rule leads to is dear, unless it looks like a slip.
        let free = match *rule {
            Rule::Free if like => LIKE_A_SLIP,
            Rule::Free => stray(&params.params.unwrap_or(0).to_string()) - SLIP,
            _ => 0.0,
        };
        sums.push(Sum {
            cost: rule.cost() + free + cell + text,
            params: *params,
            rule: *rule,
            text: shown,
            shown: parts,
        });
    }
    sums.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    sums.truncate(KEPT);
    sums.into()
}

/// The right rule, as it stands.
fn plain<'s>(search: &Search<'_, 's>, digest: &RowDigest<'s>, want: &Want<'_>) -> Sum {
    let cost = working(search, digest, want, &want.params) + cell(search, digest, want, &want.params);
    Sum { cost, params: want.params, rule: Rule::True, text: Rule::True, shown: want.params }
}

fn working<'s>(search: &Search<'_, 's>, digest: &RowDigest<'s>, want: &Want<'_>, params: &Params) -> f32 {
    let mut tally = Tally::default();
    evidence::calculation(&mut tally, search.hand, &digest.calculation, &Want { params: *params, ..want.clone() });
    tally.cost
}

fn cell<'s>(search: &Search<'_, 's>, digest: &RowDigest<'s>, want: &Want<'_>, params: &Params) -> f32 {
    let mut tally = Tally::default();
    evidence::sum(&mut tally, search.hand, &digest.params, params.params.unwrap_or(0), want.around);
    tally.cost
}

/// Parameters as read, where no rule leads to them: a slip in the product or in the sum. And whether it looks like one.
fn slipped(digest: &RowDigest<'_>, want: &Want<'_>) -> Option<(Params, bool)> {
    let right = &want.params;
    let read = digest.params.alone().last()?.value()?;
    let biases = right.biases.unwrap_or(0);
    if Some(read) == right.params || read <= biases || read >= 1 << 100 || right.params? <= 0 {
        return None;
    }
    let slip = slip(read - biases, right.weights?, want.features());
    let fan_in = slip.and_then(|slip| slip.cut).or(right.fan_in);
    // Or the sum was copied into its cell with a digit changed.
    let like = slip.is_some() || copied(read, right.params?);
    Some((Params { fan_in, weights: Some(read - biases), params: Some(read), ..*right }, like))
}
