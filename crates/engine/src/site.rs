//! What a layer is built from: its settings as its ledger has them, in plain numbers.

use calc::Line;
use workings::ledger::{LedgerRow, Lines, Told};
use workings::model::{Layer, Rules, Setting};
use workings::{Fault, Ledger};

/// A layer of a ledger.
pub(crate) struct Site<'l> {
    pub ledger: &'l Ledger,
    pub index: usize,
    pub layer: &'l Layer,
    pub row: &'l LedgerRow,
}

impl<'l> Site<'l> {
    pub fn new(ledger: &'l Ledger, index: usize) -> Site<'l> {
        Site { ledger, index, layer: &ledger.model.layers[index], row: &ledger.rows[index] }
    }

    /// Where its parameters belong.
    pub fn place(&self) -> (usize, &'l str) {
        (self.index, &self.layer.name)
    }

    /// A fault of this layer.
    pub fn fault(&self, says: impl std::fmt::Display) -> Fault {
        Fault::new(format!("{}: {says}", self.layer.name)).at(self.layer.place)
    }

    /// A fault that says what the engine cannot do.
    pub fn unsupported(&self, what: impl std::fmt::Display) -> Fault {
        let op = self.layer.op.map_or("?", |op| op.name);
        self.fault(format!("the engine does not run `{op}` with {what}"))
    }

    /// Whose defaults hold.
    pub fn rules(&self) -> Rules {
        self.ledger.model.rules
    }

    fn told(&self, key: &str) -> Option<&'l Told> {
        self.row.settings.iter().find(|(known, _)| *known == key).map(|(_, told)| told)
    }

    fn known(&self, line: Line) -> Result<usize, Fault> {
        known(self.ledger, line).ok_or_else(|| self.fault("a size of it is not a number that the engine can take"))
    }

    /// A setting of one number.
    pub fn number(&self, key: &str) -> Result<usize, Fault> {
        self.number_if_told(key)?.ok_or_else(|| self.fault(format!("`{key}` is not given")))
    }

    /// A setting of one number that may not be there.
    pub fn number_if_told(&self, key: &str) -> Result<Option<usize>, Fault> {
        match self.told(key) {
            Some(Told::One(line)) => self.known(*line).map(Some),
            _ => Ok(None),
        }
    }

    /// A setting of one number an axis.
    pub fn list(&self, key: &str) -> Result<Vec<usize>, Fault> {
        match self.told(key) {
            Some(Told::List(lines)) => lines.iter().map(|line| self.known(*line)).collect(),
            _ => Err(self.fault(format!("`{key}` is not given"))),
        }
    }

    /// A setting of two numbers an axis: before and after.
    pub fn pairs(&self, key: &str) -> Result<Vec<(usize, usize)>, Fault> {
        match self.told(key) {
            Some(Told::Pairs(pairs)) => pairs.iter().map(|(a, b)| Ok((self.known(*a)?, self.known(*b)?))).collect(),
            _ => Err(self.fault(format!("`{key}` is not given"))),
        }
    }

    /// A setting that is a fraction from 0 to 1.
    pub fn fraction(&self, key: &str) -> Option<f32> {
        match self.told(key) {
            Some(Told::Fraction(told)) => told.parse().ok(),
            _ => None,
        }
    }

    /// A setting that is a word, as understood.
    pub fn word(&self, key: &str) -> Option<&'static str> {
        match self.told(key) {
            Some(Told::Word(word)) => Some(word),
            _ => None,
        }
    }

    /// Whether a setting is `yes`.
    pub fn has(&self, key: &str) -> bool {
        self.word(key) == Some("yes")
    }

    /// A word as it was written; of a padding, the numbers that it came to stand in the ledger, and the word here.
    pub fn written(&self, key: &str) -> Option<&'static str> {
        self.layer.settings.iter().find_map(|(known, setting)| match setting {
            Setting::Word(word) if *known == key => Some(*word),
            _ => None,
        })
    }

    /// The shape that an input has for one example: channels, then space.
    pub fn input(&self, at: usize) -> Result<Vec<usize>, Fault> {
        let from = self.layer.inputs.get(at).copied();
        let shape = from.and_then(|from| self.ledger.shape(from));
        let shape = shape.ok_or_else(|| self.fault("the shape of an input is not known"))?;
        shape[1..].iter().map(|line| self.known(*line)).collect()
    }

    /// The channels of its first input.
    pub fn channels(&self) -> Result<usize, Fault> {
        Ok(self.input(0)?[0])
    }
}

/// A line's value as a size.
pub(crate) fn known(ledger: &Ledger, line: Line) -> Option<usize> {
    ledger.page.known(line).and_then(|n| usize::try_from(n).ok())
}

/// The lines of a shape as sizes, its batch left out.
pub(crate) fn sizes(ledger: &Ledger, lines: &Lines) -> Option<Vec<usize>> {
    lines[1..].iter().map(|line| known(ledger, *line)).collect()
}
