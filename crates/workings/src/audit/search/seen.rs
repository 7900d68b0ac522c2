//! What is seen of a row's output: in its own cell, and in the input of the row below.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::audit::alone::Dims;
use crate::audit::digest::{Digest, Side};
use crate::audit::hand::Hand;

use super::Search;

/// What a size costs at most that nothing on the sheet shows.
const NOWHERE: f32 = 11.0;

/// The figures that may show a row's output.
pub(crate) struct Seen {
    sizes: Vec<Box<str>>,
    depths: Vec<Box<str>>,
    shapes: Vec<Dims>,
    below: Option<Dims>,
    memo: RefCell<HashMap<i128, f32>>,
}

impl Seen {
    pub fn of(search: &Search<'_, '_>, row: usize) -> Seen {
        let mut seen =
            Seen { sizes: Vec::new(), depths: Vec::new(), shapes: Vec::new(), below: None, memo: RefCell::default() };
        let rows = &search.sheet.rows;
        seen.cell(&rows[row].output);
        let own = seen.shapes.len();
        if let Some(below) = rows.get(row + 1) {
            seen.cell(&below.input);
            seen.below = seen.shapes.get(own).cloned();
            let formulas = below.output.sides().filter_map(|side| match side {
                Side::Formula(Some(form), ..) => form.first.figure,
                _ => None,
            });
            seen.sizes.extend(formulas.map(|figure| figure.digits.clone()));
        }
        seen
    }

    fn cell(&mut self, cell: &Digest<'_>) {
        for side in cell.sides() {
            match side {
                Side::Figure(figure) => {
                    self.sizes.push(figure.digits.clone());
                    self.depths.push(figure.digits.clone());
                }
                Side::Product(figures, _) if figures.len() <= 6 => {
                    let (last, space) = figures.split_last().expect("a product has factors");
                    self.sizes.extend(space.iter().map(|figure| figure.digits.clone()));
                    self.depths.push(last.digits.clone());
                    if figures.len() == 2 {
                        self.sizes.push(last.digits.clone());
                    }
                    let paper: Option<Dims> = figures.iter().map(|figure| figure.value()).collect();
                    self.shapes.extend(paper.filter(|paper| paper.iter().all(|&n| n > 0)).map(|mut paper| {
                        paper.rotate_right(1);
                        paper
                    }));
                }
                _ => {}
            }
        }
    }

    /// Whether the row below takes this shape up, as far as it shows one.
    pub fn agrees(&self, out: &Dims) -> bool {
        self.below.as_ref().is_none_or(|below| below == out || below.len() != out.len())
    }

    /// Whether a size, or one that it is easily misread for, is seen.
    pub fn size(&self, hand: &Hand, n: i128) -> bool {
        self.cost(hand, n) < 6.0
    }

    /// Whether a depth, or one that it is easily misread for, is seen.
    pub fn depth(&self, hand: &Hand, n: i128) -> bool {
        self.depths.iter().any(|digits| hand.cost(digits, n) < 6.0)
    }

    /// The last shape of so many sizes, as read.
    pub fn free(&self, sizes: usize) -> Option<Dims> {
        self.shapes.iter().rev().find(|shape| shape.len() == sizes).cloned()
    }

    /// What it costs at least that a size is what the row gave.
    pub fn cost(&self, hand: &Hand, n: i128) -> f32 {
        if self.sizes.is_empty() {
            return 0.0;
        }
        let least = || self.sizes.iter().map(|digits| hand.cost(digits, n)).fold(NOWHERE, f32::min);
        *self.memo.borrow_mut().entry(n).or_insert_with(least)
    }
}
