//! The search: which layers, which rules and which copies explain a sheet best, row after row.
//!
//! A state is what the writer had in hand after a row: the shape as it should be, and the shape as it was written down. Each
//! row takes a state on under every layer that it may be, every way in which the input may have been copied, and every
//! rule, right or wrong, whose result is seen; what is on the paper then says what that costs. The cheapest few states go
//! on. The total at the foot chooses between what is left.

mod inputs;
mod outs;
mod row;
mod seen;
mod sums;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use smallvec::SmallVec;

use super::alone::{Dims, Params, Reader};
use super::digest::{SheetDigest, Side};
use super::evidence::on_paper;
use super::form::Form;
use super::hand::Hand;
use super::layers::{Context, Kind, Settings};
use super::mistakes::MISTAKES;
use super::{candidates, total};

pub(crate) use inputs::flatten_rules;
pub(crate) use seen::Seen;

/// What it costs to say that somebody followed a wrong rule: 1 row in 100, and more for the rarer ones.
pub(super) const WRONG: f32 = 4.6;
/// What a slip of arithmetic costs, beside its figure.
const SLIP: f32 = 5.5;
/// How many states go on from a row.
const BEAM: usize = 8;
/// How far behind the best a state may be to go on.
const BEHIND: f32 = 12.0;

/// A rule that was followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Rule {
    /// The right one.
    True,
    /// A wrong one, by its index.
    Wrong(usize),
    /// None that is known: the number is as it was read.
    Free,
}

impl Rule {
    fn cost(self) -> f32 {
        match self {
            Rule::True => 0.0,
            Rule::Wrong(at) => WRONG + f32::from(MISTAKES[at].rarity),
            Rule::Free => SLIP,
        }
    }
}

/// Where an input came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Copied {
    /// The row above.
    Above,
    /// An earlier row's output.
    Older(usize),
    /// The row above, flattened by a wrong rule.
    Flattened(usize),
    /// It is as read, and the row goes on with it.
    Wrongly,
}

/// A way to have come by a row's parameters: what it costs, what they are, by which rule, and which rule the working shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sum {
    pub cost: f32,
    pub params: Params,
    pub rule: Rule,
    pub text: Rule,
    /// The parameters that the working shows.
    pub shown: Params,
}

/// The ways to have come by a row's parameters, the cheapest first.
pub(crate) type Sums = Rc<[Sum]>;

/// A row on a path.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub row: usize,
    pub kind: usize,
    pub settings: Settings,
    pub input_true: Option<Dims>,
    pub input: Dims,
    pub copied: Copied,
    /// The shape that was flattened into the input, as its writer had it.
    pub flattened: Option<Dims>,
    pub out_true: Option<Dims>,
    pub out: Dims,
    pub size: Rule,
    pub depth: Rule,
    /// The formula that its rule has.
    pub form: Option<Form>,
    /// The right formula of each axis.
    pub forms: SmallVec<[Option<Form>; 3]>,
    pub context: Context,
    pub context_true: Context,
    /// The parameters with the right rule on the right input.
    pub params_true: Params,
    /// The parameters with the right rule on the writer's own input.
    pub params_own: Params,
    pub sums: Sums,
    /// The index into `sums` that the total chose.
    pub chosen: usize,
    before: Option<usize>,
}

impl Taken {
    /// How its writer came by the parameters.
    pub fn sum(&self) -> &Sum {
        &self.sums[self.chosen]
    }
}

/// A state: what the writer had in hand, and the row that led here, not yet kept.
#[derive(Clone, Debug)]
struct State {
    cost: f32,
    truth: Option<Dims>,
    own: Dims,
    context_true: Context,
    context: Context,
    path: Option<usize>,
}

/// A sheet explained.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    pub cost: f32,
    pub rows: Vec<Taken>,
    /// The total as it should be, and as it was summed up.
    pub total_true: Option<i128>,
    pub total: i128,
    pub total_rule: total::Summed,
}

/// Where a row stands in a network that is known: layers without a row of their own, then the row's own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stand {
    pub silent: Vec<usize>,
    pub layer: Option<usize>,
}

/// What the search knows.
pub(crate) struct Search<'a, 's> {
    pub sheet: &'a SheetDigest<'s>,
    pub kinds: &'s [Kind],
    pub readers: &'a [Reader<'s>],
    pub hand: &'a Hand,
    /// Each row's place in the key, if there is one.
    pub stands: Option<&'a [Stand]>,
    /// Numbers that may stray into another row's cell: the parameters as read, each with its row.
    strays: Vec<(usize, i128)>,
    arena: RefCell<Vec<Taken>>,
}

impl<'a, 's> Search<'a, 's> {
    pub fn new(
        sheet: &'a SheetDigest<'s>,
        kinds: &'s [Kind],
        readers: &'a [Reader<'s>],
        hand: &'a Hand,
        stands: Option<&'a [Stand]>,
    ) -> Search<'a, 's> {
        let rows = sheet.rows.iter().enumerate();
        let read = rows.flat_map(|(at, row)| row.params.alone().filter_map(move |figure| Some((at, figure.value()?))));
        let strays = read.filter(|(_, n)| *n > 99).collect();
        Search { sheet, kinds, readers, hand, stands, strays, arena: RefCell::default() }
    }

    /// The best explanation of the sheet that begins with one of these inputs; `None` where it would cost more than `most`.
    pub fn run(&self, inputs: &[(Dims, f32)], most: f32) -> Option<Path> {
        let start = |(dims, cost): &(Dims, f32)| State {
            cost: *cost,
            truth: Some(dims.clone()),
            own: dims.clone(),
            context: Context::default(),
            context_true: Context::default(),
            path: None,
        };
        let mut states: Vec<State> = inputs.iter().map(start).collect();
        for row in 0..self.sheet.rows.len() {
            let step = row::Step::new(self, row);
            states.iter().for_each(|state| step.take(state));
            let next = step.done();
            if !next.is_empty() {
                states = self.keep(row, next);
            }
            // No row costs less than nothing.
            if states.iter().all(|state| state.cost > most) {
                return None;
            }
        }
        let paths = states.iter().map(|state| self.finish(state));
        paths.min_by(|a, b| a.cost.total_cmp(&b.cost))
    }

    /// The cheapest states, each pair of shapes once; what led to them is kept. A state is worth what it cost, and what the
    /// input of the row below will cost it.
    fn keep(&self, row: usize, states: Vec<(State, Option<Taken>)>) -> Vec<State> {
        let mut ahead: HashMap<Dims, f32> = HashMap::new();
        let mut ranked: Vec<(f32, State, Option<Taken>)> = Vec::with_capacity(states.len());
        for (state, taken) in states {
            let more = *ahead.entry(state.own.clone()).or_insert_with(|| inputs::ahead(self, row + 1, &state.own));
            ranked.push((state.cost + more, state, taken));
        }
        ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut kept: Vec<State> = Vec::new();
        let worst = ranked[0].0 + BEHIND;
        let mut arena = self.arena.borrow_mut();
        for (worth, mut state, taken) in ranked {
            if kept.len() >= BEAM || worth > worst {
                break;
            }
            if !kept.iter().any(|other| other.own == state.own && other.truth == state.truth) {
                if let Some(taken) = taken {
                    arena.push(taken);
                    state.path = Some(arena.len() - 1);
                }
                kept.push(state);
            }
        }
        kept
    }

    fn finish(&self, state: &State) -> Path {
        let arena = self.arena.borrow();
        let mut rows = Vec::new();
        let mut at = state.path;
        while let Some(index) = at {
            rows.push(arena[index].clone());
            at = arena[index].before;
        }
        rows.reverse();
        let (cost, total, total_rule) = total::settle(self.hand, &self.sheet.total, &mut rows);
        let total_true = rows.iter().try_fold(0i128, |sum, row| sum.checked_add(row.params_true.params?));
        Path { cost: state.cost + cost, rows, total_true, total, total_rule }
    }

    /// The numbers of other cells that may stand in a cell of this row.
    pub fn around(&self, row: usize, params: &Params, shapes: [&Dims; 2]) -> SmallVec<[i128; 32]> {
        let own = [params.fan_in, params.weights, params.params].into_iter().flatten().filter(|n| *n > 9);
        let others = self.strays.iter().filter(|(at, _)| *at != row && at.abs_diff(row) < 8).map(|(_, n)| *n);
        let elements = shapes.into_iter().filter_map(|dims| dims.iter().try_fold(1i128, |p, &n| p.checked_mul(n)));
        own.chain(elements).chain(others.take(24)).collect()
    }

    /// The sizes in the shapes of the rows near by, which may stand in this one's.
    pub fn shapes(&self, row: usize) -> SmallVec<[i128; 8]> {
        let rows = &self.sheet.rows;
        let output = [row.wrapping_sub(1), row + 1].into_iter().filter_map(|at| rows.get(at)).map(|row| &row.output);
        let input = [row + 2].into_iter().filter_map(|at| rows.get(at)).map(|row| &row.input);
        let sizes = output.chain(input).flat_map(|cell| cell.shapes(3)).filter_map(|figures| figures[0].value());
        sizes.filter(|n| *n > 9).take(8).collect()
    }

    /// Whether no figure shows the size that a row gives: neither its own cell nor the input of the row below.
    pub fn unseen(&self, row: usize) -> bool {
        let below = self.sheet.rows.get(row + 1).is_none_or(|below| below.input.is_blank());
        self.sheet.rows[row].output.is_blank() && below
    }

    /// The last rows of a path that ends here that fit, the latest first; only so many are looked at.
    fn older<T>(&self, end: Option<usize>, most: usize, fits: impl Fn(usize, &Dims) -> Option<T>) -> Option<T> {
        let arena = self.arena.borrow();
        let rows = std::iter::successors(end, |&index| arena[index].before);
        rows.take(most).skip(1).find_map(|index| fits(arena[index].row, &arena[index].out))
    }

    /// Whether a row has a number that is easily misread for this one among these cells.
    fn seen_in(&self, n: i128, cells: &[&super::digest::Digest<'s>]) -> bool {
        cells.iter().flat_map(|cell| cell.sides()).any(|side| match side {
            Side::Figure(figure) => self.hand.cost(&figure.digits, n) < 6.0,
            Side::Product(_, value) => *value == Some(n),
            Side::Formula(_, value, _) => value.and_then(|value| value.whole()) == Some(n),
            Side::Names => false,
        })
    }

    /// The layers that a row may be, with what it costs to say so.
    fn layers(&self, row: usize, state: &State) -> candidates::Layers {
        candidates::layers(self, row, &state.own, state.truth.as_ref())
    }
}

/// A shape as people write it: `150x150x3`.
pub(crate) fn written(dims: &Dims) -> String {
    on_paper(dims).iter().map(|n| n.to_string()).collect::<Vec<_>>().join("x")
}
