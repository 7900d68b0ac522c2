//! One row: every state taken through it in every way that is worth looking at.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::inputs::{self, Input};
use super::outs::{self, Out};
use super::{Context, Copied, Search, Seen, Settings, State, Sums, Taken, sums};
use crate::audit::alone::{Dims, Worked, Wrongs};
use crate::audit::evidence::{self, Tally, Want};

/// How far behind the best so far a way may be to be looked at.
const BEHIND: f32 = 12.0;

/// What the cells of a row beside its output cost, under a layer and an input.
struct Beside {
    cost: f32,
    sums: Sums,
}

/// A layer and an input: what a row's cells beside its output hang on.
type Under = (usize, [i128; 2], i128, Dims, bool);

/// A row being worked through.
pub(super) struct Step<'w, 'a, 's> {
    search: &'w Search<'a, 's>,
    row: usize,
    seen: Seen,
    beside: RefCell<HashMap<Under, Rc<Beside>>>,
    next: RefCell<Vec<(State, Option<Taken>)>>,
    best: RefCell<f32>,
}

impl<'w, 'a, 's> Step<'w, 'a, 's> {
    pub fn new(search: &'w Search<'a, 's>, row: usize) -> Step<'w, 'a, 's> {
        let seen = Seen::of(search, row);
        let (beside, next) = (RefCell::default(), RefCell::default());
        Step { search, row, seen, beside, next, best: RefCell::new(f32::INFINITY) }
    }

    /// What the states became.
    pub fn done(self) -> Vec<(State, Option<Taken>)> {
        self.next.into_inner()
    }

    /// Takes a state through the row.
    pub fn take(&self, state: &State) {
        let search = self.search;
        if let Some(stands) = search.stands {
            let mut state = state.clone();
            stands[self.row].silent.iter().for_each(|&silent| pass(search, silent, &mut state));
            match stands[self.row].layer {
                Some(layer) => self.layer(&state, layer, &Settings::default()),
                // A row that the key does not have changes nothing.
                None => self.next.borrow_mut().push((state, None)),
            }
            return;
        }
        for (kind, settings, prior) in search.layers(self.row, state) {
            let mut state = state.clone();
            state.cost += prior;
            if search.kinds[kind].op == "dense" && state.own.len() > 1 {
                flatten(&mut state);
            }
            if state.cost < *self.best.borrow() + BEHIND {
                self.layer(&state, kind, &settings);
            }
        }
    }

    /// A state taken through a layer, with its row on the sheet.
    fn layer(&self, state: &State, kind: usize, settings: &Settings) {
        let search = self.search;
        let layer = &search.kinds[kind];
        let reader = &search.readers[kind];
        let truth = state.truth.as_ref().and_then(|dims| layer.work(reader, dims, settings, &state.context_true));
        let same = state.truth.as_ref() == Some(&state.own) && state.context == state.context_true;
        let (kernel, count) = (layer.kernel(settings), layer.count(settings));
        for Input { dims: input, copied, flattened, cost } in inputs::of(search, self.row, state) {
            let worked = match same && copied == Copied::Above {
                true => truth.clone(),
                false => layer.work(reader, &input, settings, &state.context),
            };
            let Some(worked) = worked else { continue };
            let own = worked.out.clone().or_else(|| truth.as_ref().and_then(|worked| worked.out.clone()));
            let Some(out) = own else { continue };
            let flat = flattened.is_some();
            let around = search.around(self.row, &worked.params, [&input, &out]);
            let want = Want {
                kernel: &kernel,
                input: &input,
                flattened: flattened.as_ref(),
                kernels: count,
                out: &out,
                forms: &worked.forms,
                params: worked.params,
                around: &around,
                shapes: &search.shapes(self.row),
            };
            let wrongly = || layer.wrongly(reader, &input, settings, &state.context);
            let beside = self.beside((kind, settings.kernel, settings.count, input.clone(), flat), &want, wrongly);
            let base = state.cost + cost + beside.cost + beside.sums[0].cost;
            let most = *self.best.borrow() + BEHIND - base;
            if most < 0.0 {
                continue;
            }
            for out in outs::of(search, self.row, &self.seen, &want, most, wrongly) {
                let total = base + out.cost;
                let best = self.best.borrow().min(total);
                *self.best.borrow_mut() = best;
                if total <= best + BEHIND {
                    self.push(state, kind, settings, &input, copied, &flattened, &truth, &worked, &beside, out, total);
                }
            }
        }
    }

    /// What the cells beside the output cost: worked out once for each layer and input.
    fn beside(&self, under: Under, want: &Want<'_>, wrongly: impl FnOnce() -> Option<Wrongs>) -> Rc<Beside> {
        if let Some(known) = self.beside.borrow().get(&under) {
            return known.clone();
        }
        let (hand, digest) = (self.search.hand, &self.search.sheet.rows[self.row]);
        let mut tally = Tally::default();
        evidence::kernel(&mut tally, hand, &digest.kernel, want.kernel);
        evidence::kernels(&mut tally, hand, &digest.kernels, want);
        evidence::input(&mut tally, hand, &digest.input, want);
        let sums = sums::of(self.search, digest, want, wrongly);
        let beside = Rc::new(Beside { cost: tally.cost, sums });
        self.beside.borrow_mut().insert(under, beside.clone());
        beside
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "everything that a row on a path is made of, put together in one place"
    )]
    fn push(
        &self,
        state: &State,
        kind: usize,
        settings: &Settings,
        input: &Dims,
        copied: Copied,
        flattened: &Option<Dims>,
        truth: &Option<Worked>,
        worked: &Worked,
        beside: &Beside,
        out: Out,
        cost: f32,
    ) {
        let out_true = truth.as_ref().and_then(|worked| worked.out.clone());
        let (mut context, mut context_true) = (state.context.clone(), state.context_true.clone());
        onwards(self.search, kind, settings, &mut context, input);
        if let Some(dims) = &state.truth {
            onwards(self.search, kind, settings, &mut context_true, dims);
        }
        let next =
            State { cost, truth: out_true.clone(), own: out.dims.clone(), context_true, context, path: state.path };
        let taken = Taken {
            row: self.row,
            kind,
            settings: *settings,
            input_true: state.truth.clone(),
            input: input.clone(),
            copied,
            flattened: flattened.clone(),
            out_true,
            out: out.dims,
            size: out.size,
            depth: out.depth,
            form: out.form,
            forms: worked.forms.clone(),
            context: state.context.clone(),
            context_true: state.context_true.clone(),
            params_true: truth.as_ref().map(|worked| worked.params).unwrap_or_default(),
            params_own: worked.params,
            sums: beside.sums.clone(),
            chosen: 0,
            before: state.path,
        };
        self.next.borrow_mut().push((next, Some(taken)));
    }
}

/// A state taken through a layer that has no row: the right rule for both shapes.
fn pass(search: &Search<'_, '_>, kind: usize, state: &mut State) {
    let layer = &search.kinds[kind];
    if layer.op == "flatten" {
        return flatten(state);
    }
    let work = |dims: &Dims, context: &Context| {
        layer.work(&search.readers[kind], dims, &Settings::default(), context).and_then(|worked| worked.out)
    };
    let truth = state.truth.as_ref().and_then(|dims| work(dims, &state.context_true));
    let own = work(&state.own, &state.context);
    let before = state.own.clone();
    onwards(search, kind, &Settings::default(), &mut state.context, &before);
    state.own = own.or_else(|| truth.clone()).unwrap_or(before);
    state.truth = truth;
}

/// What stands before the next layer.
fn onwards(search: &Search<'_, '_>, kind: usize, settings: &Settings, context: &mut Context, input: &Dims) {
    let layer = &search.kinds[kind];
    if let Some(window) = layer.window(settings) {
        context.window = Some(window);
    }
    if layer.op == "pool" {
        context.unpooled = input.clone();
    }
    context.flattened = if layer.op == "flatten" { input.clone() } else { Dims::new() };
}

/// A shape flattened on both sides.
fn flatten(state: &mut State) {
    let flat = |dims: &Dims| -> Dims { dims.iter().try_fold(1i128, |p, &n| p.checked_mul(n)).into_iter().collect() };
    if state.own.len() > 1 {
        state.context.flattened = state.own.clone();
        state.own = flat(&state.own);
    }
    if let Some(truth) = state.truth.clone().filter(|truth| truth.len() > 1) {
        state.context_true.flattened = truth.clone();
        state.truth = Some(flat(&truth));
    }
}
