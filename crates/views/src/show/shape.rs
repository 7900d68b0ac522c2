//! Shapes as people write them: 224×224×3.

use calc::{Expr, Line, Value};

use super::Sheet;
use crate::notation;
use crate::report::{Cell, Span};

/// The order in which the sizes of a shape are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// Height × width × channels, as on a worksheet.
    #[default]
    Hwc,
    /// Channels × height × width, as in PyTorch.
    Chw,
}

/// How long a shape with formulas in it may be before each size takes a line of its own.
const LONG: usize = 20;

impl Sheet<'_> {
    /// A shape; the batch is left out where it is 1.
    pub(super) fn shape(&mut self, shape: &[Line]) -> Cell {
        // What the axes of a file's tensors mean is not said: they stay as they are, all of them.
        if self.ledger.model.layout == workings::model::Layout::AsInFile {
            return self.sizes(shape);
        }
        let (batch, sizes) = shape.split_at(1.min(shape.len()));
        let batch = batch.iter().filter(|line| self.ledger.page.known(**line) != Some(1)).copied();
        let mut lines: Vec<Line> = sizes.to_vec();
        if self.layout == Layout::Hwc && lines.len() > 1 {
            lines.rotate_left(1);
        }
        let lines: Vec<Line> = batch.chain(lines).collect();
        self.sizes(&lines)
    }

    /// Sizes joined by ×, `3×3`, or a single one, `73,728`. Among others a comma would stand in the way.
    pub(super) fn sizes(&mut self, lines: &[Line]) -> Cell {
        match *lines {
            [only] if self.ledger.page.known(only).is_some() => {
                vec![vec![notation::amount(&self.ledger.page, &mut self.forms, only)]]
            }
            _ => self.side_by_side(lines),
        }
    }

    pub(super) fn side_by_side(&mut self, lines: &[Line]) -> Cell {
        let sizes: Vec<String> = lines.iter().map(|line| self.size(*line)).collect();
        let open = lines.iter().any(|line| self.ledger.page.value(*line) == Value::Open);
        let text = sizes.join("×");
        if !open || text.chars().count() <= LONG {
            return vec![vec![span(text)]];
        }
        let last = sizes.len() - 1;
        let each = sizes.into_iter().enumerate().map(|(i, size)| if i < last { format!("{size}×") } else { size });
        each.map(|size| vec![span(size)]).collect()
    }

    fn size(&mut self, line: Line) -> String {
        match notation::result(&self.ledger.page, &mut self.forms, line) {
            Some(Expr::Number(n)) => n.to_string(),
            Some(sum @ (Expr::Sum(_) | Expr::Product(_) | Expr::Quotient(..))) => close(&format!("({sum})")),
            Some(size) => close(&size.to_string()),
            None => "…".to_owned(),
        }
    }
}

/// A formula written closely, as a size among others.
fn close(formula: &str) -> String {
    formula.replace(' ', "")
}

fn span(text: String) -> Span {
    if text.contains('?') { Span::Doubt(text) } else { Span::Value(text) }
}
