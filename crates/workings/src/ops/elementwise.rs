//! Functions of each element alone, and of the elements of several tensors that stand at one place.
//!
//! - Shape: the input's, or the one to which the inputs stretch (ONNX, `docs/Broadcasting.md`).
//! - No parameters, no multiply-adds. Elementary costs an element, by the definition of each (ONNX, `docs/Operators.md`).
//! - Whole numbers that shapes hang on are worked out: sums, products, quotients, comparisons. A quotient of whole numbers is
//!   cut off towards zero, which for sizes is the floor. Numbers with a fraction are rounded after each function, as their type
//!   is.

use calc::Qty;
use smallvec::SmallVec;

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call, Given, Stop, Values};
use crate::graph::Dtype;
use crate::node::{Built, Costs, Row, Shape};

macro_rules! words {
    ($rule:ident: $($kind:literal)*) => { [$(Onnx::word($kind, $rule)),*] };
}

pub(super) const OPERATOR: Operator =
    Operator { name: "elementwise", title: "Elementwise", onnx: &ALL, ..Operator::NEW };

const ALL: [Onnx; 1 + ONE.len() + SEVERAL.len()] = {
    let mut all = [Onnx::word("Clip", one).settings(&[1, 2]); 1 + ONE.len() + SEVERAL.len()];
    let mut at = 0;
    while at < all.len() - 1 {
        all[at] = if at < ONE.len() { ONE[at] } else { SEVERAL[at - ONE.len()] };
        at += 1;
    }
    all
};

const ONE: [Onnx; 26] = words!(one: "Abs" "Acos" "Acosh" "Asin" "Asinh" "Atan" "Atanh" "BitwiseNot" "Ceil" "Cos" "Cosh" "Erf" "Exp"
    "Floor" "IsInf" "IsNaN" "Log" "Neg" "Not" "Reciprocal" "Round" "Sign" "Sin" "Sinh" "Sqrt" "Tan");

const SEVERAL: [Onnx; 21] = words!(several: "And" "BitShift" "BitwiseAnd" "BitwiseOr" "BitwiseXor" "Div" "Equal" "Greater"
    "GreaterOrEqual" "Less" "LessOrEqual" "Max" "Mean" "Min" "Mod" "Or" "Pow" "Sub" "Sum" "Where" "Xor");

/// A function of one tensor.
fn one<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape(0)?;
    let elements = tensor::product(call, shape);
    let kind = &*call.raw.kind;
    let dtype = if matches!(kind, "IsInf" | "IsNaN" | "Not") { Dtype::BOOL } else { call.dtype(0) };
    let value = match kind {
        "Ceil" | "Floor" | "Round" if call.whole(0).is_some() => call.arg(0)?.value.clone(),
        _ => alone(call, kind),
    };
    let mut row = Row::giving([Given { value, ..Given::of(shape.clone(), dtype) }]);
    row.costs = costs(kind, elements);
    Ok(row)
}

fn alone<'c>(call: &Call<'c, '_>, kind: &str) -> Option<Values<'c>> {
    if let Some(whole) = call.whole(0) {
        let each = |q: Qty<'c>| -> Option<Qty<'c>> {
            Some(match kind {
                "Neg" => call.calc.literal(0) - q,
                "Abs" => call.calc.literal(call.known(q)?.checked_abs()?.into()),
                "Sign" => call.calc.literal(call.known(q)?.signum().into()),
                "Not" => call.calc.literal((call.known(q)? == 0).into()),
                "Clip" => {
                    let above = call.whole(1).and_then(|all| all.first().copied());
                    let below = call.whole(2).and_then(|all| all.first().copied());
                    if call.has(1) && above.is_none() || call.has(2) && below.is_none() {
                        return None;
                    }
                    let q = above.map_or(q, |least| q.at_least(least));
                    below.map_or(q, |most| q.at_most(most))
                }
                _ => return None,
            })
        };
        return whole.into_iter().map(each).collect::<Option<Vec<_>>>().map(|all| Values::Whole(all.into()));
    }
    let function: fn(f64) -> f64 = match kind {
        "Abs" => f64::abs,
        "Ceil" => f64::ceil,
        "Exp" => f64::exp,
        "Floor" => f64::floor,
        "Log" => f64::ln,
        "Neg" => |x| -x,
        "Reciprocal" => |x| 1.0 / x,
        "Round" => f64::round_ties_even,
        "Sqrt" => f64::sqrt,
        _ => return None,
    };
    let rounded = rounding(call.dtype(0))?;
    call.real(0).map(|all| Values::Real(all.into_iter().map(|x| rounded(function(x))).collect()))
}

/// A function of several tensors, stretched to one shape.
pub(super) fn several<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let needed = match &*call.raw.kind {
        "Max" | "Mean" | "Min" | "Sum" => 1,
        "Where" => 3,
        _ => 2,
    };
    for input in 0..needed {
        call.arg(input)?;
    }
    let inputs: SmallVec<[usize; 3]> = (0..call.inputs()).collect();
    let shapes = inputs.iter().map(|at| before_7(call, *at)).collect::<Result<SmallVec<[_; 2]>, Stop>>()?;
    let out = tensor::stretched(call, &shapes.iter().collect::<SmallVec<[_; 2]>>());
    let elements = tensor::product(call, &out);
    let kind = &*call.raw.kind;
    let dtype = match kind {
        "And" | "Equal" | "Greater" | "GreaterOrEqual" | "Less" | "LessOrEqual" | "Or" | "Xor" => Dtype::BOOL,
        "Where" => call.dtype(1),
        _ => call.dtype(0),
    };
    let value = worked(call, kind, &inputs, &out);
    let mut row = Row::giving([Given { value, ..Given::of(out, dtype) }]);
    row.costs = match (kind, inputs.len()) {
        ("Mean", _) => Costs { divisions: Some(elements), ..costs("Sum", elements * (inputs.len() as i64 - 1).max(1)) },
        (_, 0..=2) | ("Where", _) => costs(kind, elements),
        (_, more) => costs(kind, elements * (more as i64 - 1)),
    };
    if matches!(kind, "Add" | "Sub" | "Mul" | "Div") {
        return Ok(row);
    }
    Ok(row.setting("function", Built::Word(word(kind))))
}

/// Up to version 6 the second tensor of a pair lay where the attribute `axis` said, and not at the end.
fn before_7<'c>(call: &Call<'c, '_>, at: usize) -> Result<Shape<'c>, Stop> {
    let shape = call.shape(at)?.clone();
    if at == 0 || call.version() >= 7 || !call.raw.domain.is_empty() {
        return Ok(shape);
    }
    let Some(axis) = call.int_if_told("axis") else { return Ok(shape) };
    let rank = call.shape(0)?.len();
    let axis = call.axis(axis, rank)?;
    let missing = (rank - axis).saturating_sub(shape.len());
    Ok(shape.into_iter().chain(std::iter::repeat_n(call.calc.literal(1), missing)).collect())
}

/// The numbers that shapes hang on.
fn worked<'c>(call: &Call<'c, '_>, kind: &str, inputs: &[usize], out: &Shape<'c>) -> Option<Values<'c>> {
    let all = match tensor::together(call, inputs, out) {
        Some(all) => all,
        None => return real(call, kind, out),
    };
    let truth = |is: bool| call.calc.literal(is.into());
    let known = |q: Qty<'c>| call.known(q);
    // Sizes are computed with in fractions too.
    let dtype = call.dtype(0);
    let each = |of: Vec<Qty<'c>>| -> Option<Qty<'c>> {
        let (a, b) = (of[0], *of.get(1).unwrap_or(&of[0]));
        Some(match kind {
            "Add" | "Sum" => of.into_iter().reduce(|a, b| a + b)?,
            "Sub" => a - b,
            "Mul" => of.into_iter().reduce(|a, b| a * b)?,
            "Max" => of.into_iter().reduce(|a, b| a.at_least(b))?,
            "Min" => of.into_iter().reduce(|a, b| a.at_most(b))?,
            "Div" => match (known(a), known(b)) {
                (_, Some(0)) => return None,
                (Some(a), Some(b)) if !dtype.is_float() || a.checked_rem(b) == Some(0) => {
                    call.calc.literal((i128::from(a)) / i128::from(b))
                }
                _ if dtype.is_float() => return None,
                _ => a.floor_div(b),
            },
            "Mod" => match (known(a), known(b)) {
                (_, Some(0)) => return None,
                (Some(a), Some(b)) if call.is("fmod") => call.calc.literal(i128::from(a) % i128::from(b)),
                _ => a - a.floor_div(b) * b,
            },
            "Pow" => call.calc.literal(known(a)?.checked_pow(u32::try_from(known(b)?).ok()?)?.into()),
            "Equal" if a.line() == b.line() => truth(true),
            "Equal" => match (known(a), known(b)) {
                (Some(a), Some(b)) => truth(a == b),
                // A size is never -1, which is what graphs compare one with, nor 0; what was made of sizes may be.
                (None, Some(b)) if b < call.calc.least(a.line()).unwrap_or(0) => truth(false),
                (Some(a), None) if a < call.calc.least(b.line()).unwrap_or(0) => truth(false),
                _ => return None,
            },
            "Greater" => truth(known(a)? > known(b)?),
            "GreaterOrEqual" => truth(known(a)? >= known(b)?),
            "Less" => truth(known(a)? < known(b)?),
            "LessOrEqual" => truth(known(a)? <= known(b)?),
            "And" => truth(known(a)? != 0 && known(b)? != 0),
            "Or" => truth(known(a)? != 0 || known(b)? != 0),
            "Xor" => truth((known(a)? != 0) != (known(b)? != 0)),
            "Where" => {
                if known(a)? != 0 {
                    b
                } else {
                    *of.get(2)?
                }
            }
            _ => return None,
        })
    };
    let exact = |q: &Qty<'c>| known(*q).is_none_or(|n| dtype.has_whole(n));
    let worked = all.into_iter().map(|of| each(of).filter(exact)).collect::<Option<Vec<_>>>();
    match worked {
        None if dtype.is_float() => real(call, kind, out),
        worked => worked.map(|all| Values::Whole(all.into())),
    }
}

/// What a type makes of a number that was worked out; `None` where that is not known.
pub(super) fn rounding(dtype: Dtype) -> Option<fn(f64) -> f64> {
    match dtype.name() {
        "float32" => Some(|x| f64::from(x as f32)),
        "float64" => Some(|x| x),
        _ => None,
    }
}

/// Two tensors of numbers with a fraction.
fn real<'c>(call: &Call<'c, '_>, kind: &str, out: &Shape<'c>) -> Option<Values<'c>> {
    let (a, b) = (call.real(0)?, call.real(1)?);
    let function: fn(f64, f64) -> f64 = match kind {
        "Add" => |a, b| a + b,
        "Sub" => |a, b| a - b,
        "Mul" => |a, b| a * b,
        "Div" => |a, b| a / b,
        _ => return None,
    };
    let rounded = rounding(call.dtype(0)).filter(|_| call.inputs() == 2)?;
    let (sizes, count) = tensor::few(call, out)?;
    let (one, other) = (tensor::few(call, call.shape(0).ok()?)?.0, tensor::few(call, call.shape(1).ok()?)?.0);
    let at = |of: &[f64], own: &[usize], flat: usize| of.get(tensor::place(flat, &sizes, own)).copied();
    let each = |flat: usize| Some(rounded(function(at(&a, &one, flat)?, at(&b, &other, flat)?)));
    Some(Values::Real((0..count).map(each).collect::<Option<_>>()?))
}

/// What one function costs over so many elements.
pub(super) fn costs<'c>(kind: &str, elements: Qty<'c>) -> Costs<'c> {
    let all = Some(elements);
    match kind {
        "Add" | "Sub" | "Sum" | "Neg" => Costs { additions: all, ..Costs::default() },
        "Mul" => Costs { multiplications: all, ..Costs::default() },
        "Div" | "Reciprocal" | "Mod" => Costs { divisions: all, ..Costs::default() },
        "And" | "BitShift" | "BitwiseAnd" | "BitwiseNot" | "BitwiseOr" | "BitwiseXor" | "IsInf" | "IsNaN" | "Not"
        | "Or" | "Where" | "Xor" => Costs::default(),
        "Clip" => Costs { comparisons: Some(elements * 2), ..Costs::default() },
        "Abs" | "Ceil" | "Equal" | "Floor" | "Greater" | "GreaterOrEqual" | "Less" | "LessOrEqual" | "Max" | "Min"
        | "Round" | "Sign" => Costs { comparisons: all, ..Costs::default() },
        _ => Costs { transcendentals: all, ..Costs::default() },
    }
}

/// A word of ONNX as a setting.
fn word(kind: &str) -> &'static str {
    ALL.iter().find(|known| known.kind == kind).map_or("", |known| known.kind)
}
