//! Reads a ledger into the structs of the schema.

use std::borrow::Cow;

use calc::{Forms, Line, Value, Working};
use workings::ledger::{self, LedgerRow, Sums, Told};
use workings::model::{From, Layer, Layout};
use workings::{Ledger, Role, glossary};

use super::contract::{
    self, Costs, Finding, Input, Keyed, Model, Port, Row, Setting, Shape, Show, Tensor, Totals, Version,
};
use super::number::{Number, Symbols};
use crate::notation;

/// A ledger being read.
pub(super) struct Reading<'a> {
    ledger: &'a Ledger,
    symbols: Symbols<'a>,
    forms: Forms<'a>,
    working: Working<'a>,
}

impl<'a> Reading<'a> {
    /// Begins to read a ledger.
    pub fn of(ledger: &'a Ledger) -> Reading<'a> {
        let open = ledger.symbols.iter().filter(|(_, line)| ledger.page.value(*line) == Value::Open);
        let symbols = Symbols::new(open.map(|(name, _)| &**name));
        let (forms, working) = (Forms::new(&ledger.page), Working::plain(&ledger.page, glossary::neutral));
        Reading { ledger, symbols, forms, working }
    }

    /// The whole object.
    pub fn show(mut self, findings: &'a [ledger::Finding]) -> Show<'a> {
        Show {
            schema: Version::One,
            model: self.model(),
            rows: self.ledger.model.layers.iter().zip(0..).map(|(layer, at)| self.row(layer, at)).collect(),
            totals: self.totals(),
            findings: findings.iter().map(finding).collect(),
        }
    }

    fn model(&mut self) -> Model<'a> {
        let (model, shapes) = (&self.ledger.model, &self.ledger.inputs);
        let inputs = model.inputs.iter().zip(shapes);
        Model {
            name: &model.name,
            format: model.format,
            layout: model.layout.word(),
            rules: model.rules.word(),
            rounding: model.rounding.word(),
            inputs: inputs
                .map(|(input, shape)| Input {
                    name: &input.name,
                    shape: self.shape((!input.shapeless).then_some(&shape[..])),
                    dtype: input.dtype.name(),
                })
                .collect(),
            symbols: self.symbols.names().map(str::to_owned).collect(),
        }
    }

    fn row(&mut self, layer: &'a Layer, at: usize) -> Row<'a> {
        let row = &self.ledger.rows[at];
        let Sums { params, weights, biases, statistics, constants, macs, .. } = row.sums;
        Row {
            id: at + 1,
            name: &layer.name,
            op: layer.op.map(|op| op.name),
            module: layer.module_path(),
            settings: Keyed(row.settings.iter().map(|(key, told)| ((*key).into(), self.setting(told))).collect()),
            inputs: layer.inputs.iter().filter(|from| is_handed_on(**from)).map(|from| self.port(*from)).collect(),
            outputs: self.outputs(at),
            params: self.count(row, params),
            weights: self.count(row, weights),
            biases: self.count(row, biases),
            trainable: if layer.frozen { Number::Small(0) } else { self.count(row, params) },
            statistics: self.count(row, statistics),
            constants: self.count(row, constants),
            macs: self.count(row, macs),
            costs: self.costs(row),
            tensors: row.params.iter().map(|tensor| self.tensor(tensor)).collect(),
            receptive_field: None,
            working: self.workings(at),
        }
    }

    fn costs(&mut self, row: &LedgerRow) -> Costs {
        Costs {
            multiplications: self.count(row, row.sums.multiplications),
            additions: self.count(row, row.sums.additions),
            comparisons: self.count(row, row.sums.comparisons),
            divisions: self.count(row, row.sums.divisions),
            transcendentals: self.count(row, row.sums.transcendentals),
            read: self.count(row, row.sums.read),
            written: self.count(row, row.sums.written),
        }
    }

    fn setting(&mut self, told: &Told) -> Setting<'a> {
        match told {
            Told::One(line) => Setting::One(self.number(*line)),
            Told::List(lines) => Setting::List(self.all(lines)),
            Told::Pairs(pairs) => Setting::Pairs(
                pairs.iter().map(|(before, after)| [*before, *after].map(|line| self.number(line))).collect(),
            ),
            // The reader of the format has held that it is a number from 0 to 1.
            Told::Fraction(told) => told.parse().map_or(Setting::One(Number::Unknown), Setting::Fraction),
            Told::Word(word) => Setting::Word(word),
        }
    }

    fn port(&mut self, from: From) -> Port<'a> {
        Port { name: self.ledger.source_name(from), shape: self.shape(self.ledger.shape(from)) }
    }

    /// What a row gives; an output that its node leaves out has no name and is not listed.
    fn outputs(&mut self, at: usize) -> Vec<Port<'a>> {
        let (model, row) = (&self.ledger.model, &self.ledger.rows[at]);
        let shapes = std::iter::once(row.out.as_deref()).chain(row.more.iter().map(|made| made.shape.as_deref()));
        let named = (0u32..).zip(shapes).map(|(output, shape)| (model.output_name(at as u32, output), shape));
        let listed = named.filter(|(name, _)| !name.is_empty());
        listed.map(|(name, shape)| Port { name, shape: self.shape(shape) }).collect()
    }

    fn tensor(&mut self, tensor: &'a ledger::Tensor) -> Tensor<'a> {
        let role = match tensor.role {
            Role::Weight => contract::Role::Weight,
            Role::Bias => contract::Role::Bias,
            Role::Statistic => contract::Role::Statistic,
            Role::Constant => contract::Role::Constant,
        };
        Tensor { name: &tensor.name, role, shape: self.all(&tensor.shape), elements: self.number(tensor.elements) }
    }

    /// Every named step of a row. A key that comes again is numbered.
    fn workings(&mut self, at: usize) -> Keyed<'a, String> {
        let mut steps: Vec<(Cow<'a, str>, String)> = Vec::new();
        let ledger = self.ledger;
        self.working.forget();
        for (name, line) in ledger.steps(at) {
            let key = glossary::term_of(name).map_or(name, |term| term.key);
            let before = |key: &str, steps: &[(Cow<'a, str>, String)]| steps.iter().any(|(known, _)| known == key);
            let mut numbered = Cow::Borrowed(key);
            let mut count = 1;
            while before(&numbered, &steps) {
                count += 1;
                numbered = format!("{key}.{count}").into();
            }
            let mut equation = notation::read(&ledger.page, &self.working, &mut self.forms, line);
            equation.name = Some(name.to_owned());
            steps.push((numbered, notation::text(&equation)));
        }
        Keyed(steps)
    }

    fn totals(&mut self) -> Totals {
        let totals = &self.ledger.totals;
        let all = [totals.params, totals.statistics, totals.macs];
        let broken = |line| matches!(self.ledger.page.value(line), Value::Broken(_));
        Totals {
            params: self.number(totals.params.line),
            trainable: self.number(totals.trainable.line),
            statistics: self.number(totals.statistics.line),
            constants: self.number(totals.constants.line),
            macs: self.number(totals.macs.line),
            exact: all.iter().all(|total| total.exact && !broken(total.line)),
            weight_bytes: Number::Unknown,
            peak_activation_bytes: Number::Unknown,
        }
    }

    /// A shape in the order of its format: Keras writes channels last.
    fn shape(&mut self, shape: Option<&[Line]>) -> Shape {
        let mut sizes = self.all(shape?);
        if self.ledger.model.layout == Layout::ChannelsLast && sizes.len() > 2 {
            sizes[1..].rotate_left(1);
        }
        Some(sizes)
    }

    fn all(&mut self, lines: &[Line]) -> Vec<Number> {
        lines.iter().map(|line| self.number(*line)).collect()
    }

    /// What a row has of something. A row without an output could not be worked out, and knows nothing.
    fn count(&mut self, row: &LedgerRow, line: Option<Line>) -> Number {
        match line {
            Some(line) => self.number(line),
            None if row.out.is_none() => Number::Unknown,
            None => Number::Small(0),
        }
    }

    fn number(&mut self, line: Line) -> Number {
        match self.ledger.page.value(line) {
            Value::Known(n) => n.into(),
            Value::Broken(_) => Number::Unknown,
            Value::Open => self.forms.form(line).map_or(Number::Unknown, |form| match form.constant() {
                Some(n) => n.into(),
                None => self.symbols.put_into(&form),
            }),
        }
    }
}

/// Whether an input comes from somewhere in the network; what stands in the file is among the tensors.
fn is_handed_on(from: From) -> bool {
    !matches!(from, From::Nothing | From::Stored(_))
}

fn finding(finding: &ledger::Finding) -> Finding<'_> {
    Finding { code: finding.code, at: &finding.at, says: &finding.says, hint: finding.hint.as_deref() }
}
