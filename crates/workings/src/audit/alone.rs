//! A layer on a page of its own: its true rule and every wrong one, ready to be read with the numbers that somebody wrote.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use calc::{Calc, Line, Page, Qty, Reading, Value};
use smallvec::SmallVec;

use super::form::{Form, FormLines};
use super::mistakes::{Before, MISTAKES, Seen, Wrong};
use crate::graph::Dtype;
use crate::ledger::{Binds, Ledger, LedgerRow, Told};
use crate::model::{From, Input, Layer, Model, Rounding, Rules, Size};

/// A shape as a sheet has it: channels, then space. No batch.
pub(crate) type Dims = SmallVec<[i128; 4]>;

/// A layer on a page of its own. Its inputs are symbols; so are settings that were given as symbols.
pub(crate) struct Alone {
    page: Page,
    /// The symbols, in the order in which [`Alone::reader`] takes their numbers.
    leaves: Vec<Line>,
    /// What they are called.
    pub symbols: Vec<Box<str>>,
    row: LedgerRow,
    fan_in: Option<Line>,
    sizes: Vec<FormLines>,
    wrong: Vec<WrongLines>,
}

struct WrongLines {
    mistake: usize,
    /// Size: one line an axis. Depth: one. Parameters: what each kernel has, weights, biases, together.
    lines: Vec<Option<Line>>,
    forms: Vec<Option<FormLines>>,
}

/// What a wrong rule makes of a layer.
#[derive(Clone, Debug)]
pub(crate) struct WrongValue {
    /// Its index in [`MISTAKES`].
    pub mistake: usize,
    /// What it comes to.
    pub made: Made,
}

/// What a rule comes to.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "made by the hundred for every reading: a box would be an allocation each"
)]
pub(crate) enum Made {
    /// The output's space, with the formula of each axis where it has the form that people write.
    Space(SmallVec<[i128; 3]>, SmallVec<[Option<Form>; 3]>),
    /// The output's channels.
    Depth(i128),
    /// The parameters.
    Params(Params),
}

/// The parameters of a row, as its working shows them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Params {
    /// The weights of one kernel or unit.
    pub fan_in: Option<i128>,
    /// The weights.
    pub weights: Option<i128>,
    /// The biases.
    pub biases: Option<i128>,
    /// Both together; 0 for a layer without any.
    pub params: Option<i128>,
}

/// A layer worked out with some numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Worked {
    /// The output, channels first; `None` if it cannot be had.
    pub out: Option<Dims>,
    /// The formula of each axis of space, where the layer has one.
    pub forms: SmallVec<[Option<Form>; 3]>,
    /// Its parameters.
    pub params: Params,
}

/// The names of the input's sizes, channels first, by how many there are.
const INPUT: [&[&str]; 5] = [&[], &["C"], &["C", "L"], &["C", "H", "W"], &["C", "Z", "H", "W"]];
/// What stands before the layer: the shape that was flattened, the shape before the last pool, and the last window.
pub(crate) const CONTEXT: [&str; 9] = ["c_f", "h_f", "w_f", "c_u", "h_u", "w_u", "K_b", "S_b", "P_b"];

impl Alone {
    /// A layer whose inputs have so many sizes each (channels and space), under the rules of its network.
    pub fn of(layer: &Layer, ranks: &[usize], rules: Rules, rounding: Rounding, context: bool) -> Alone {
        let shape = |index: usize, rank: usize| {
            let name = |name: &&str| match index {
                0 => Size::Symbol((*name).into()),
                _ => Size::Symbol(format!("{name}{index}").into()),
            };
            std::iter::once(Size::Number(1)).chain(INPUT[rank.min(4)].iter().map(name)).collect()
        };
        let inputs = ranks.iter().enumerate().map(|(index, &rank)| Input {
            name: format!("input{index}").into(),
            shape: shape(index, rank),
            dtype: Dtype::FLOAT32,
            shapeless: false,
            numbers: None,
            place: layer.place,
        });
        let model = Model {
            rules,
            rounding,
            inputs: inputs.collect(),
            layers: vec![Layer {
                inputs: (0..ranks.len() as u32).map(From::Input).collect(),
                call: None,
                ..layer.clone()
            }],
            ..Model::default()
        };
        let (mut ledger, _) = Ledger::of(model, &Binds::new());
        let mut symbols: Vec<(Box<str>, Line)> =
            ledger.symbols.iter().map(|(name, line)| ((&**name).into(), *line)).collect();
        let fan_in = ledger.steps(0).find(|(name, _)| *name == "fan_in").map(|(_, line)| line);
        let row = ledger.rows.remove(0);
        let inputs = ledger.inputs[0].clone();
        let calc = Calc::on(ledger.page);
        let before = context.then(|| {
            let given: Vec<Qty<'_>> = CONTEXT.iter().map(|name| calc.symbol(name, None)).collect();
            symbols.extend(CONTEXT.iter().zip(&given).map(|(name, q)| ((*name).into(), q.line())));
            Before {
                flattened: given[0..3].to_vec(),
                unpooled: given[3..6].to_vec(),
                window: Some([given[6], given[7], given[8]]),
            }
        });
        let op = layer.op.map_or("", |op| op.name);
        let (wrong, forms) = wrongs(&calc, op, &inputs, &row, before);
        let page = calc.into_page();
        let wrong = wrong
            .into_iter()
            .map(|(mistake, lines)| WrongLines {
                mistake,
                forms: lines.iter().map(|line| line.and_then(|line| FormLines::of(&page, line))).collect(),
                lines,
            })
            .collect();
        let sizes = forms.into_iter().filter_map(|line| FormLines::of(&page, line)).collect();
        let (symbols, leaves) = symbols.into_iter().unzip();
        Alone { page, leaves, symbols, row, fan_in, sizes, wrong }
    }

    /// The page, ready to be read with other numbers.
    pub fn reader(&self) -> Reader<'_> {
        let only = |lines: Vec<Line>| {
            let reading = Reading::only(&self.page, &self.leaves, lines).expect("symbols can be given numbers");
            RefCell::new(reading)
        };
        let sums = &self.row.sums;
        let right = self.row.out.iter().flatten().copied();
        let right =
            right.chain([self.fan_in, sums.weights, sums.biases, sums.params, sums.statistics].into_iter().flatten());
        let right = right.chain(self.sizes.iter().flat_map(FormLines::lines)).collect();
        let wrong = self.wrong.iter().flat_map(|wrong| {
            let forms = wrong.forms.iter().flatten().flat_map(FormLines::lines);
            wrong.lines.iter().flatten().copied().chain(forms)
        });
        Reader { alone: self, right: only(right), wrong: only(wrong.collect()), known: RefCell::default() }
    }

    /// The numbers that a setting has, one an axis or one alone; empty where it is none or not a number.
    pub fn told(&self, name: &str) -> Dims {
        let known = |line: &Line| self.page.known(*line);
        match self.row.settings.iter().find(|(told, _)| *told == name).map(|(_, told)| told) {
            Some(Told::One(line)) => known(line).into_iter().collect(),
            Some(Told::List(lines)) => lines.iter().filter_map(known).collect(),
            Some(Told::Pairs(pairs)) => pairs.iter().filter_map(|(before, _)| known(before)).collect(),
            _ => Dims::new(),
        }
    }

    /// The page itself, for workings.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// The line on which a wrong rule, or the true one, makes an axis of the output or the parameters.
    pub fn line_of(&self, mistake: Option<usize>, axis: usize) -> Option<Line> {
        match mistake {
            None => self.row.out.as_ref()?.get(axis + 2).copied(),
            Some(at) => *self.wrong.iter().find(|wrong| wrong.mistake == at)?.lines.get(axis)?,
        }
    }
}

/// Every wrong rule, written on the page behind the true one; and the formula of each axis as people write it.
#[expect(clippy::type_complexity, reason = "two lists that are taken apart at once")]
fn wrongs<'c>(
    calc: &'c Calc,
    op: &str,
    inputs: &[Line],
    row: &LedgerRow,
    before: Option<Before<'c>>,
) -> (Vec<(usize, Vec<Option<Line>>)>, Vec<Line>) {
    let Some(out) = &row.out else { return (Vec::new(), Vec::new()) };
    let at = |line: &Line| calc.at(*line);
    let op = crate::ops::OPERATORS.iter().find(|known| known.name == op).map_or("", |known| known.name);
    let seen = Seen {
        calc,
        op,
        c_in: at(&inputs[1]).taken("C"),
        space: inputs[2..].iter().map(|line| at(line).taken("W")).collect(),
        c_out: at(&out[1]),
        out: out[2..].iter().map(at).collect(),
        settings: &row.settings,
        tensors: &row.params,
        before,
    };
    let line = |q: Option<Qty<'c>>| q.map(Qty::line);
    let mut wrong = Vec::new();
    for (index, mistake) in MISTAKES.iter().enumerate() {
        let lines = match mistake.rule {
            Wrong::Size(rule) => {
                (0..seen.out.len().min(seen.space.len())).map(|axis| line(rule(&seen, axis))).collect()
            }
            Wrong::Depth(rule) => vec![line(rule(&seen))],
            Wrong::Params(rule) => match rule(&seen) {
                Some(parts) => vec![line(parts.fan_in), line(parts.weights), line(parts.biases), line(parts.params())],
                None => vec![],
            },
            Wrong::Total(_) => vec![],
        };
        if lines.iter().any(Option::is_some) {
            wrong.push((index, lines));
        }
    }
    let forms = (0..seen.out.len()).filter_map(|axis| written_out(&seen, axis)).collect();
    (wrong, forms)
}

/// The formula of an axis as people write it, whatever the padding was called: (W − K + P + P)/S + 1.
fn written_out(seen: &Seen<'_, '_>, axis: usize) -> Option<Line> {
    let (kernel, stride, (before, after)) = (seen.on("kernel", axis)?, seen.on("stride", axis)?, seen.pads(axis)?);
    let reach = match seen.on("dilation", axis) {
        Some(dilation) => (dilation * (kernel - 1) + 1).called("K_eff"),
        None => kernel,
    };
    (seen.op != "transposed")
        .then(|| ((*seen.space.get(axis)? - reach + before + after).floor_div(stride) + 1).line().into())
        .flatten()
}

/// Parameters beyond this are none: sums of them would run over.
const LARGEST: i128 = 1 << 100;

/// What the wrong rules of a layer come to.
pub(crate) type Wrongs = Rc<[WrongValue]>;

/// A layer's page being read with one set of numbers after the other.
pub(crate) struct Reader<'a> {
    pub alone: &'a Alone,
    right: RefCell<Reading<'a>>,
    wrong: RefCell<Reading<'a>>,
    /// What the wrong rules came to: the same numbers come back with every hand that is tried.
    known: RefCell<HashMap<Numbers, Wrongs>>,
}

/// One number for each symbol of a layer, in their order.
pub(crate) type Numbers = SmallVec<[i128; 24]>;

impl Reader<'_> {
    /// Works the layer out with these numbers for its symbols.
    pub fn read(&self, numbers: &Numbers) -> Worked {
        let mut reading = self.right.borrow_mut();
        reading.read(numbers);
        let reading = &*reading;
        let value = |line: Line| reading.value(line).known();
        let row = &self.alone.row;
        let out = row.out.as_ref().and_then(|out| out[1..].iter().map(|&line| value(line)).collect::<Option<Dims>>());
        let sums = &row.sums;
        let had = |line: Option<Line>| line.and_then(value);
        let known = |line: Option<Line>| match line {
            None => Some(0),
            Some(line) => value(line),
        };
        let params = Params {
            fan_in: had(self.alone.fan_in),
            weights: had(sums.weights),
            biases: had(sums.biases),
            params: known(sums.params).zip(known(sums.statistics)).map(|(params, _)| params).filter(|n| *n < LARGEST),
        };
        let forms = self.alone.sizes.iter().map(|form| form.read(reading)).collect();
        Worked { out, forms, params }
    }

    /// Works the layer out by every wrong rule.
    pub fn wrongly(&self, numbers: &Numbers) -> Wrongs {
        if let Some(known) = self.known.borrow().get(numbers) {
            return known.clone();
        }
        let mut reading = self.wrong.borrow_mut();
        reading.read(numbers);
        let wrongs: Wrongs = self.alone.wrong.iter().filter_map(|wrong| wrong.read(&reading)).collect();
        self.known.borrow_mut().insert(numbers.clone(), wrongs.clone());
        wrongs
    }

    /// What a line of the right rule comes to in the last reading.
    pub fn value(&self, line: Line) -> Value {
        self.right.borrow().value(line)
    }
}

impl WrongLines {
    fn read(&self, reading: &Reading<'_>) -> Option<WrongValue> {
        let value = |line: &Option<Line>| line.and_then(|line| reading.value(line).known());
        let made = match MISTAKES[self.mistake].rule {
            Wrong::Size(_) => {
                let space: Option<SmallVec<[i128; 3]>> = self.lines.iter().map(value).collect();
                let forms = self.forms.iter().map(|form| form.as_ref().and_then(|form| form.read(reading))).collect();
                Made::Space(space?, forms)
            }
            Wrong::Depth(_) => Made::Depth(value(&self.lines[0])?),
            Wrong::Params(_) => {
                let [fan_in, weights, biases, params] = [0, 1, 2, 3].map(|at| value(&self.lines[at]));
                Made::Params(Params { fan_in, weights, biases, params: Some(params.filter(|n| *n < LARGEST)?) })
            }
            Wrong::Total(_) => return None,
        };
        Some(WrongValue { mistake: self.mistake, made })
    }
}
