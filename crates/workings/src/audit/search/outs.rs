//! The outputs that a row's writer may have gone on with.

use smallvec::SmallVec;

use super::{Rule, SLIP, Search, Seen};
use crate::audit::alone::{Dims, Made, Wrongs};
use crate::audit::evidence::{self, Tally, Want};
use crate::audit::form::Form;
use crate::audit::hand::stray;

/// How many different outputs a row hands on.
const KEPT: usize = 8;

/// How far behind the best a rule may begin.
const FAR: f32 = 8.0;

/// What it costs, beside the slip, that a right formula is worked out wrongly.
const AFTER_FORMULA: f32 = 3.0;
/// What it costs that somebody followed a wrong rule who shows the right formula.
const AGAINST: f32 = 2.0;
/// The least that it costs that a size is shown nowhere.
const SHOWN: f32 = 4.0;

/// An output, the rules that lead there, and what its cell costs under them.
#[derive(Clone, Debug)]
pub(super) struct Out {
    pub dims: Dims,
    pub size: Rule,
    pub depth: Rule,
    pub form: Option<Form>,
    pub cost: f32,
}

type Size = (SmallVec<[i128; 3]>, Rule, Option<Form>);

/// The outputs that cost no more than `most`, the cheapest first. `wrongly` works the row out by every wrong rule; it is asked only where the right one
/// does not explain every figure.
pub(super) fn of<'s>(
    search: &Search<'_, 's>,
    row: usize,
    seen: &Seen,
    want: &Want<'_>,
    most: f32,
    wrongly: impl FnOnce() -> Option<Wrongs>,
) -> SmallVec<[Out; 4]> {
    let cell = &search.sheet.rows[row].output;
    let right = want.out;
    let form = want.forms.first().copied().flatten();
    let cost = |dims: &Dims, form: Option<&Form>| {
        let mut tally = Tally::default();
        evidence::output(&mut tally, search.hand, cell, &Want { out: dims, ..want.clone() }, form);
        tally.cost
    };
    let plain =
        Out { dims: right.clone(), size: Rule::True, depth: Rule::True, form, cost: cost(right, form.as_ref()) };
    if plain.cost == 0.0 && seen.agrees(right) {
        return [plain].into_iter().collect();
    }
    let mut sizes: SmallVec<[Size; 24]> = [(right[1..].into(), Rule::True, form)].into_iter().collect();
    let mut depths: SmallVec<[(i128, Rule); 4]> = [(right[0], Rule::True)].into_iter().collect();
    for wrong in wrongly().iter().flat_map(|wrongs| wrongs.iter()) {
        let rule = Rule::Wrong(wrong.mistake);
        match &wrong.made {
            Made::Space(space, forms)
                if right.len() > 1
                    && space[..] != right[1..]
                    && space.iter().all(|&n| n > 0)
                    && seen.size(search.hand, space[0]) =>
            {
                let own = forms.first().copied().flatten();
                // Of the rules with one result and one formula the likeliest speaks for all.
                match sizes.iter_mut().find(|(known, _, form)| known == space && *form == own) {
                    Some((_, known, _)) if known.cost() <= rule.cost() => {}
                    Some((_, known, _)) => *known = rule,
                    None => sizes.push((space.clone(), rule, own)),
                }
            }
            Made::Depth(depth) if *depth != right[0] && *depth > 0 && seen.depth(search.hand, *depth) => {
                depths.push((*depth, rule));
            }
            _ => {}
        }
    }
    if let Some(free) = seen.free(right.len()) {
        if !sizes.iter().any(|(space, ..)| space[..] == free[1..]) {
            sizes.push((free[1..].into(), Rule::Free, None));
        }
        if !depths.iter().any(|(depth, _)| *depth == free[0]) {
            depths.push((free[0], Rule::Free));
        }
    }
    let slipped = form.is_some_and(|form| evidence::shows(cell, search.hand, &form));
    let mut outs: SmallVec<[Out; 24]> = SmallVec::new();
    let mut best = plain.cost;
    for (space, size, own_form) in &sizes {
        for &(channels, depth) in &depths {
            // The size must be read from something, or the cell shows what another step gives.
            let shown = seen.cost(search.hand, space.first().copied().unwrap_or(0)).min(SHOWN);
            let least = size.cost() + depth.cost();
            if least > best + FAR || least + if *size == Rule::True { 0.0 } else { shown } > most {
                continue;
            }
            let dims: Dims = std::iter::once(channels).chain(space.iter().copied()).collect();
            let right_form = form;
            let form = own_form.or(form);
            let free = |rule: Rule, n: i128| if rule == Rule::Free { stray(&n.to_string()) - SLIP } else { 0.0 };
            let size_free = match size {
                Rule::Free if slipped => AFTER_FORMULA,
                Rule::Wrong(_) if slipped && own_form.is_some() && *own_form != right_form => AGAINST,
                size => free(*size, space.first().copied().unwrap_or(0)),
            };
            let rules = size.cost() + depth.cost() + size_free + free(depth, channels);
            let cost = rules + cost(&dims, form.as_ref());
            best = best.min(cost);
            outs.push(Out { dims, size: *size, depth, form, cost });
        }
    }
    outs.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    let mut kept: SmallVec<[Out; 4]> = SmallVec::new();
    for out in outs {
        // Of the rules that lead to one result the likeliest stands; the others are its rivals.
        if kept.len() < KEPT && !kept.iter().any(|other| other.dims == out.dims) {
            kept.push(out);
        }
    }
    kept
}
