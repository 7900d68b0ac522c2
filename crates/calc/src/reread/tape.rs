//! Reading a page with a thousand bindings at once.

use std::collections::BTreeMap;
use std::ops::Range;

use super::lanes::{Act, By, LANES, Registers, What};
use super::maker::{Maker, Source, share_registers};
use super::proof::{Span, is_small, proven};
use super::{NotALeaf, Reading};
use crate::page::{Line, Page};
use crate::value::{Value, Word};

/// A page read again with a thousand bindings at once.
///
/// The lines between the leaves and the wanted lines become a list of acts on registers of plain `i64`: names vanish, what
/// does not depend on a leaf is a constant, and a register is used again as soon as its last reader is done. Before each
/// run the range of every column is followed through the acts, to prove that no number can grow too large for them. A
/// binding for which that cannot be proven, or which breaks somewhere, goes to a [`Reading`] instead: the values are the same.
pub struct Tape<'p> {
    careful: Reading<'p>,
    acts: Vec<Act>,
    wanted: Box<[Line]>,
    /// What a wanted line comes to in every binding that does not break, where that is known beforehand.
    fixed: Box<[Option<Value>]>,
    /// A constant of more than 62 bits is used, so that nothing can be proven.
    hopeless: bool,
    registers: Registers,
    ranges: Vec<Span>,
    numbers: Vec<i128>,
}

/// What a tape came to: a value for each wanted line and each binding.
pub struct Answers {
    bindings: usize,
    words: Vec<Word>,
    bigs: Vec<i128>,
}

impl Answers {
    /// How many bindings were read.
    pub fn bindings(&self) -> usize {
        self.bindings
    }

    /// What a wanted line came to with a binding, both counted from 0 in the order in which they were given.
    pub fn value(&self, wanted: usize, binding: usize) -> Value {
        assert!(binding < self.bindings, "binding {binding} of {}", self.bindings);
        self.words[wanted * self.bindings + binding].value(&self.bigs)
    }

    fn set(&mut self, wanted: usize, bindings: Range<usize>, value: Value) {
        let word = match value {
            Value::Known(n) => Word::number(n, &mut self.bigs),
            Value::Open => Word::OPEN,
            Value::Broken(line) => Word::broken(line),
        };
        self.words[wanted * self.bindings..][bindings].fill(word);
    }
}

impl<'p> Tape<'p> {
    /// The way from these leaves (symbols, or settings that are numbers) to the wanted lines.
    pub fn new(page: &'p Page, leaves: &[Line], wanted: &[Line]) -> Result<Tape<'p>, NotALeaf> {
        let careful = Reading::of(page, leaves)?;
        let mut needed = vec![false; page.len()];
        let mut asked: BTreeMap<Line, Vec<u32>> = BTreeMap::new();
        for (&line, to) in wanted.iter().zip(0..) {
            needed[line.index()] = true;
            asked.entry(line).or_default().push(to);
        }
        for line in careful.below.iter().rev() {
            if needed[line.index()] {
                page.uses(*line).for_each(|used| needed[used.index()] = true);
            }
        }

        let mut maker = Maker::default();
        let mut sources: Vec<Source> = page.lines().map(|line| Source::Fixed(page.value(line))).collect();
        for leaf in leaves {
            sources[leaf.index()] = Source::Register(maker.register());
        }
        for &line in leaves.iter().chain(&careful.below).filter(|line| needed[line.index()]) {
            let source = maker.source(page, line, &sources);
            sources[line.index()] = source;
            // An answer goes out at once, so that it does not hold its register to the end.
            if let (Source::Register(a), Some(to)) = (source, asked.get(&line)) {
                maker.acts.extend(to.iter().map(|&to| Act { what: What::Answer, to, a, b: By::Number(0) }));
            }
        }

        let fixed = wanted.iter().map(|line| sources[line.index()].fixed()).collect();
        let Maker { mut acts, registers, hopeless } = maker;
        let count = share_registers(&mut acts, leaves.len(), registers as usize);
        let (registers, ranges) = (Registers::new(count), vec![(0, 0); count]);
        Ok(Tape { careful, acts, wanted: wanted.into(), fixed, hopeless, registers, ranges, numbers: Vec::new() })
    }

    /// Reads the page with every binding: a column of numbers for each leaf, in the order in which the leaves were named.
    ///
    /// # Panics
    ///
    /// If there are more or fewer columns than leaves, or they are not equally long.
    pub fn read(&mut self, columns: &[&[i64]]) -> Answers {
        assert_eq!(columns.len(), self.careful.leaves.len(), "one column for each leaf");
        let bindings = columns.first().map_or(0, |column| column.len());
        assert!(columns.iter().all(|column| column.len() == bindings), "columns of one length");
        let mut answers = Answers { bindings, words: vec![Word::OPEN; bindings * self.wanted.len()], bigs: Vec::new() };
        for wanted in 0..self.wanted.len() {
            if let Some(value) = self.fixed[wanted] {
                answers.set(wanted, 0..bindings, value);
            }
        }
        self.read_some(columns, 0..bindings, &mut answers);
        answers
    }

    /// Side by side where that can be proven right, if need be for one half and then the other.
    fn read_some(&mut self, columns: &[&[i64]], some: Range<usize>, answers: &mut Answers) {
        if some.is_empty() {
            return;
        }
        if self.proven(columns, &some) {
            for start in some.clone().step_by(LANES) {
                self.read_side_by_side(columns, start..some.end.min(start + LANES), answers);
            }
        } else if some.len() > LANES && !self.hopeless {
            let middle = some.start + some.len() / 2;
            self.read_some(columns, some.start..middle, answers);
            self.read_some(columns, middle..some.end, answers);
        } else {
            some.for_each(|binding| self.read_carefully(columns, binding, answers));
        }
    }

    fn read_side_by_side(&mut self, columns: &[&[i64]], some: Range<usize>, answers: &mut Answers) {
        let count = some.len();
        for (column, register) in columns.iter().zip(&mut self.registers.at) {
            register[..count].copy_from_slice(&column[some.clone()]);
            // Lanes left over repeat the last binding, for which everything has been proven.
            register[count..].fill(column[some.end - 1]);
        }
        self.registers.failed.fill(0);
        for act in &self.acts {
            if act.what == What::Answer {
                let words = &mut answers.words[act.to as usize * answers.bindings..][some.clone()];
                for (word, &n) in words.iter_mut().zip(&*self.registers.at[act.a as usize]) {
                    *word = Word::small(n).unwrap_or(Word::OPEN);
                }
            } else {
                self.registers.act(act);
            }
        }
        for binding in some.clone() {
            if self.registers.failed[binding - some.start] != 0 {
                self.read_carefully(columns, binding, answers);
            }
        }
    }

    fn read_carefully(&mut self, columns: &[&[i64]], binding: usize, answers: &mut Answers) {
        self.numbers.clear();
        self.numbers.extend(columns.iter().map(|column| i128::from(column[binding])));
        self.careful.read(&self.numbers);
        for (wanted, &line) in self.wanted.iter().enumerate() {
            answers.set(wanted, binding..binding + 1, self.careful.value(line));
        }
    }

    /// Whether every act is exact for all these bindings, as long as they do not fail.
    fn proven(&mut self, columns: &[&[i64]], some: &Range<usize>) -> bool {
        let ranges = &mut self.ranges;
        for (column, range) in columns.iter().zip(ranges.iter_mut()) {
            let start = (i64::MAX, i64::MIN);
            *range = column[some.clone()].iter().fold(start, |(low, high), &n| (low.min(n), high.max(n)));
            if !is_small(*range) {
                return false;
            }
        }
        !self.hopeless && self.acts.iter().all(|act| proven(act, ranges).is_some())
    }
}
