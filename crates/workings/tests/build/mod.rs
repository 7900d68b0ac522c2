//! Networks put together by hand, so that rules can be tested without a reader.
#![allow(dead_code, reason = "each test file takes what it needs")]

pub mod nodes;

use workings::fault::Place;
use workings::graph::Dtype;
use workings::ledger::Binds;
use workings::model::{From, Input, Layer, Model, Rounding, Rules, Setting, Size};
use workings::{Finding, Ledger, ops};

pub type Settings = Vec<(&'static str, Setting)>;

/// A network of one layer: a word of the notation, its inputs (channels, then space), its settings.
#[derive(Clone, Debug)]
pub struct Case {
    pub rules: Rules,
    pub rounding: Rounding,
    pub batch: i64,
    pub inputs: Vec<Vec<i64>>,
    pub word: &'static str,
    pub settings: Settings,
}

pub fn case(word: &'static str, inputs: &[&[i64]], settings: impl Into<Settings>) -> Case {
    Case {
        rules: Rules::Pytorch,
        rounding: Rounding::Floor,
        batch: 1,
        inputs: inputs.iter().map(|shape| shape.to_vec()).collect(),
        word,
        settings: settings.into(),
    }
}

impl Case {
    pub fn rules(self, rules: Rules) -> Case {
        Case { rules, ..self }
    }

    pub fn rounding(self, rounding: Rounding) -> Case {
        Case { rounding, ..self }
    }

    /// The network with numbers for sizes.
    pub fn model(&self) -> Model {
        self.with(&|_, _, n| Size::Number(n))
    }

    /// The network with a symbol for every size of an input, and the numbers that they stand for.
    pub fn symbolic(&self) -> (Model, Binds) {
        let name = |input: usize, axis: usize| format!("s{input}_{axis}");
        let model = self.with(&|input, axis, _| match axis {
            0 => Size::Symbol("batch".into()),
            _ => Size::Symbol(name(input, axis).into()),
        });
        let sizes = |(input, shape): (usize, &Vec<i64>)| {
            shape.iter().enumerate().map(|(axis, n)| (name(input, axis + 1), *n)).collect::<Vec<_>>()
        };
        let named = self.inputs.iter().enumerate().flat_map(sizes);
        (model, named.chain([("batch".to_owned(), self.batch)]).collect())
    }

    fn with(&self, size: &dyn Fn(usize, usize, i64) -> Size) -> Model {
        let (op, word) = ops::by_word(self.word).expect("a word of the notation");
        let inputs: Vec<Input> = self
            .inputs
            .iter()
            .enumerate()
            .map(|(index, shape)| Input {
                name: format!("in{index}").into(),
                shape: [&self.batch]
                    .into_iter()
                    .chain(shape)
                    .enumerate()
                    .map(|(axis, n)| size(index, axis, *n))
                    .collect(),
                dtype: Dtype::FLOAT32,
                shapeless: false,
                numbers: None,
                place: Place::default(),
            })
            .collect();
        let sets = word.sets.iter().map(|(key, text)| (*key, Setting::Word(text)));
        let layer = Layer {
            name: format!("{}1", self.word).into(),
            op: Some(op),
            inputs: (0..inputs.len() as u32).map(From::Input).collect(),
            settings: sets.chain(self.settings.iter().cloned()).collect(),
            axes: word.axes,
            written: self.word.into(),
            ..Layer::default()
        };
        Model {
            name: "test".into(),
            rules: self.rules,
            rounding: self.rounding,
            inputs,
            layers: vec![layer],
            ..Model::default()
        }
    }

    pub fn ledger(&self) -> (Ledger, Vec<Finding>) {
        Ledger::of(self.model(), &Binds::new())
    }

    /// The output's shape after the batch, if every size of it is known.
    pub fn out(&self) -> Option<Vec<i64>> {
        let (ledger, _) = self.ledger();
        let out = ledger.rows[0].out.as_ref()?;
        out[1..].iter().map(|line| ledger.page.known(*line).map(|n| n as i64)).collect()
    }
}

pub fn size(n: i64) -> Setting {
    Setting::Size(Size::Number(n))
}

pub fn axes(sizes: &[i64]) -> Setting {
    Setting::PerAxis(sizes.iter().map(|n| Size::Number(*n)).collect())
}

pub fn pads(pads: &[(i64, i64)]) -> Setting {
    Setting::Pads(pads.iter().map(|(a, b)| (Size::Number(*a), Size::Number(*b))).collect())
}

pub fn shape(sizes: &[i64]) -> Setting {
    Setting::Shape(sizes.iter().map(|n| (*n >= 0).then_some(Size::Number(*n))).collect())
}

pub fn word(word: &'static str) -> Setting {
    Setting::Word(word)
}

pub fn count(n: u32) -> Setting {
    Setting::Count(n)
}
