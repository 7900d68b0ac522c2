//! Arithmetic that remembers how it was done.
//!
//! A [`Calc`] is a page being written. A [`Qty`] is a small handle to one of its lines; `a * b` writes a line and works it
//! out at once, exactly, in checked integers. The finished [`Page`] can be read in several ways: look at a value, walk
//! the named steps , collect what is open into a polynomial (`Forms`), or read it again with other numbers.
//!
//! ```
//! use calc::{Calc, Value};
//!
//! let calc = Calc::new();
//! let (size, kernel, stride) = (calc.given("H", 224), calc.given("K", 11), calc.given("S", 2));
//! let out = ((size - kernel).floor_div(stride) + 1).called("H_out").line();
//! assert_eq!(calc.into_page().value(out), Value::Known(107));
//! ```
//!
//! This crate knows no neural network.

mod arithmetic;
mod expr;
mod page;
mod poly;
mod qty;
mod reread;
mod value;
mod working;
mod writing;

pub use expr::{Expr, grouped};
pub use page::{Claim, LINES, Line, Page, Pair, Relation, Step};
pub use poly::{Atom, Forms, NoForm, Poly};
pub use qty::{Operand, Qty};
pub use reread::{Answers, NotALeaf, Reading, Tape};
pub use value::Value;
pub use working::Working;
pub use writing::Calc;
