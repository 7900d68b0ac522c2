//! The layers that a row may be: those of a key, or of every kind that a sheet can have, their settings open.

use super::alone::{Alone, CONTEXT, Dims, Numbers, Reader, Worked, Wrongs};
use crate::model::{Layer, Model, Rounding, Rules, Setting, Size};
use crate::ops;
use crate::worksheet::{Column, Sheet, SheetRow};

/// The settings of a layer whose page leaves them open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Settings {
    pub kernel: [i128; 2],
    pub stride: i128,
    pub pad: i128,
    /// Kernels or units.
    pub count: i128,
}

/// What stands before a layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Context {
    /// The shape that was flattened into its input, channels first.
    pub flattened: Dims,
    /// The shape before the last pool.
    pub unpooled: Dims,
    /// Kernel, stride and padding of the last window.
    pub window: Option<[i128; 3]>,
}

/// A layer that a row may be.
pub(crate) struct Kind {
    /// The operator's name.
    pub op: &'static str,
    /// What the layer is called: for an open kind, its word in the notation.
    pub word: Box<str>,
    pub alone: Alone,
    slots: Vec<Slot>,
    /// The kernel, where it is settled.
    pub kernel: Dims,
    /// How many kernels or units, where that is settled.
    pub count: Option<i128>,
    /// Whether its settings are open.
    pub open: bool,
    /// How many sizes its input has.
    pub rank: usize,
}

/// What a symbol of the page stands for.
#[derive(Clone, Copy)]
enum Slot {
    Input(usize),
    Kernel(usize),
    Stride,
    Pad,
    Count,
    Context(usize),
    /// A symbol of the key's own, or a further input: it stays what it is.
    Other,
}

/// The names of open settings.
const OPEN: [&str; 5] = ["Kh", "Kw", "St", "Pd", "Cn"];

impl Kind {
    fn new(layer: Layer, ranks: &[usize], rules: Rules, rounding: Rounding, open: bool) -> Kind {
        let op = layer.op.map_or("", |op| op.name);
        let word = layer.name.to_string().into();
        let alone = Alone::of(&layer, ranks, rules, rounding, true);
        let slot = |name: &str| {
            let input = ["C", "Z", "H", "W", "L"].contains(&name).then(|| match (name, ranks[0]) {
                ("C", _) => 0,
                ("W", 3) | ("H", 4) => 2,
                ("W", _) => 3,
                _ => 1,
            });
            let context = CONTEXT.iter().position(|known| *known == name);
            match (input, context, OPEN.iter().position(|known| open && *known == name)) {
                (Some(at), ..) => Slot::Input(at),
                (_, Some(at), _) => Slot::Context(at),
                (.., Some(at @ (0 | 1))) => Slot::Kernel(at),
                (.., Some(2)) => Slot::Stride,
                (.., Some(3)) => Slot::Pad,
                (.., Some(_)) => Slot::Count,
                _ => Slot::Other,
            }
        };
        let slots = alone.symbols.iter().map(|name| slot(name)).collect();
        let kernel = alone.told("kernel");
        let count = ["kernels", "units"].iter().find_map(|name| alone.told(name).first().copied());
        Kind { op, word, alone, slots, kernel, count, open, rank: ranks[0] }
    }

    /// Works the layer out.
    pub fn work(&self, reader: &Reader<'_>, input: &[i128], settings: &Settings, context: &Context) -> Option<Worked> {
        Some(reader.read(&self.numbers(input, settings, context)?))
    }

    /// Works the layer out by every wrong rule.
    pub fn wrongly(
        &self,
        reader: &Reader<'_>,
        input: &[i128],
        settings: &Settings,
        context: &Context,
    ) -> Option<Wrongs> {
        Some(reader.wrongly(&self.numbers(input, settings, context)?))
    }

    /// The numbers of its symbols; `None` for an input of another rank.
    fn numbers(&self, input: &[i128], settings: &Settings, context: &Context) -> Option<Numbers> {
        let number = |slot: &Slot| match *slot {
            Slot::Input(at) => input[at],
            Slot::Kernel(at) => settings.kernel[at],
            Slot::Stride => settings.stride,
            Slot::Pad => settings.pad,
            Slot::Count => settings.count,
            Slot::Context(at) => context.number(at),
            Slot::Other => 0,
        };
        (input.len() == self.rank).then(|| self.slots.iter().map(number).collect())
    }

    /// The kernel under some settings; empty for a layer without one.
    pub fn kernel(&self, settings: &Settings) -> Dims {
        match (self.open, self.op) {
            (true, "conv" | "pool") => Dims::from_slice(&settings.kernel),
            _ => self.kernel.clone(),
        }
    }

    /// Kernels or units under some settings.
    pub fn count(&self, settings: &Settings) -> Option<i128> {
        match (self.open, self.op) {
            (true, "conv" | "dense") => Some(settings.count),
            (true, _) => None,
            _ => self.count,
        }
    }

    /// Kernel, stride and padding of its window.
    pub fn window(&self, settings: &Settings) -> Option<[i128; 3]> {
        if !matches!(self.op, "conv" | "pool" | "transposed") {
            return None;
        }
        if self.open {
            return Some([settings.kernel[0], settings.stride, settings.pad]);
        }
        let one = |name: &str| self.alone.told(name).first().copied();
        Some([one("kernel")?, one("stride")?, one("padding").unwrap_or(0)])
    }
}

impl Context {
    /// A number of [`CONTEXT`]; where it is not known, one so large that no rule comes to anything with it.
    fn number(&self, at: usize) -> i128 {
        const UNKNOWN: i128 = i128::MAX / 4;
        let of = |dims: &Dims, at: usize| dims.get(at).copied().unwrap_or(UNKNOWN);
        match at {
            0..3 => of(&self.flattened, at),
            3..6 => of(&self.unpooled, at - 3),
            _ => self.window.map_or(UNKNOWN, |window| window[at - 6]),
        }
    }
}

/// The layers of a network, each on a page of its own; what each takes in, by rank, is known from the network itself.
pub(crate) fn of_model(model: &Model, ranks: &[Vec<usize>]) -> Vec<Kind> {
    let layers = model.layers.iter().zip(ranks);
    layers.map(|(layer, ranks)| Kind::new(layer.clone(), ranks, model.rules, model.rounding, false)).collect()
}

/// Layers that a row's label alone can tell: what the label has in it, and the word of the notation. They keep the shape.
const LABELLED: [(&str, &str); 9] = [
    ("relu", "relu"),
    ("sigmoid", "sigmoid"),
    ("tanh", "tanh"),
    ("softmax", "softmax"),
    ("activation", "relu"),
    ("drop", "dropout"),
    ("norm", "batchnorm"),
    ("bn", "batchnorm"),
    ("gelu", "gelu"),
];

/// The word for a row that its label tells to be no convolution, pool or dense layer.
pub(crate) fn labelled(row: &SheetRow) -> Option<&'static str> {
    let label = row.label.written.to_lowercase();
    let works = ["conv", "pool", "dense", "linear", "fully", "fc", "flat"].iter().any(|word| label.contains(word));
    let window = !row.cell(Column::Kernel).is_blank() || !row.cell(Column::Kernels).is_blank();
    let told = || LABELLED.iter().find(|(known, _)| label.contains(known)).map(|(_, word)| *word);
    if works || window { None } else { told() }
}

/// The kinds of layer that a sheet alone can tell: convolution, pool, average pool, dense, flatten; and those of its labels.
pub(crate) fn open(sheet: &Sheet) -> Vec<Kind> {
    let symbol = |at: usize| Size::Symbol(OPEN[at].into());
    let kernel = ("K", Setting::PerAxis(vec![symbol(0), symbol(1)]));
    let stride = ("S", Setting::PerAxis(vec![symbol(2)]));
    let pads = ("P", Setting::Pads(vec![(symbol(3), symbol(3))]));
    let window = vec![kernel.clone(), stride.clone(), pads.clone()];
    let count = |key: &'static str| (key, Setting::Size(symbol(4)));
    let with = |word: &str, settings: Vec<(&'static str, Setting)>, rank: usize| {
        Kind::new(layer(word, settings), &[rank], Rules::Pytorch, Rounding::Floor, true)
    };
    let mut kinds = vec![
        with("conv", [vec![count("C_out")], window.clone()].concat(), 3),
        with("pool", window.clone(), 3),
        with("avgpool", window, 3),
        with("dense", vec![count("units")], 1),
        with("flatten", vec![], 3),
    ];
    let mut words: Vec<&str> = sheet.rows.iter().filter_map(labelled).collect();
    words.sort_unstable();
    words.dedup();
    kinds.extend(words.into_iter().flat_map(|word| [with(word, vec![], 3), with(word, vec![], 1)]));
    kinds
}

/// The kinds of [`open`], by index.
pub(crate) mod kind {
    pub(crate) const CONV: usize = 0;
    pub(crate) const POOL: usize = 1;
    pub(crate) const AVGPOOL: usize = 2;
    pub(crate) const DENSE: usize = 3;
    pub(crate) const FLATTEN: usize = 4;
}

/// A layer of a word of the notation.
pub(crate) fn layer(word: &str, settings: Vec<(&'static str, Setting)>) -> Layer {
    let (op, known) = ops::by_word(word).expect("a word of the notation");
    let sets = known.sets.iter().map(|&(key, word)| (key, Setting::Word(word)));
    Layer {
        name: word.into(),
        op: Some(op),
        settings: settings.into_iter().chain(sets).collect(),
        axes: known.axes,
        ..Layer::default()
    }
}
