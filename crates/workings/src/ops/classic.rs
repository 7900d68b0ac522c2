//! Learning without networks, as ONNX has it in a set of its own: features brought into shape, and linear models of them.
//!
//! - Shape: the input's, or with one place a category as one more axis (operators `Binarizer`, `CategoryMapper`, `Imputer`,
//!   `LabelEncoder`, `Normalizer`, `OneHotEncoder`, `Scaler` of ONNX's operator set `ai.onnx.ml`, `docs/Operators-ml.md`);
//!   features that are chosen (`ArrayFeatureExtractor`) or put side by side (`FeatureVectorizer`).
//! - A linear model: examples × targets (`LinearRegressor`), or the class of each example, and its scores, examples ×
//!   classes (`LinearClassifier`). Weights: features for each row of coefficients; they stand among the node's attributes.
//!   Multiply-adds: every weight once an example.
//! - Trees: the same shapes (`TreeEnsemble`, `TreeEnsembleRegressor`, `TreeEnsembleClassifier`). They compare and add up, and
//!   multiply nothing. What was learned of them are thresholds, leaves and the trees themselves: how many parameters that is
//!   nobody has settled.

use calc::Qty;

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call, Given, Stop};
use crate::graph::{Attribute, Dtype};
use crate::node::{Macs, Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "classic",
    title: "Classic learning",
    onnx: &[
        Onnx::word("ArrayFeatureExtractor", chosen).of(CLASSIC),
        Onnx::word("Binarizer", tensor::same).of(CLASSIC),
        Onnx::word("CategoryMapper", mapped).of(CLASSIC),
        Onnx::word("FeatureVectorizer", side_by_side).of(CLASSIC),
        Onnx::word("Imputer", tensor::same).of(CLASSIC),
        Onnx::word("LabelEncoder", mapped).of(CLASSIC),
        Onnx::word("LinearClassifier", classified).of(CLASSIC),
        Onnx::word("LinearRegressor", regressed).of(CLASSIC),
        Onnx::word("Normalizer", floats).of(CLASSIC),
        Onnx::word("OneHotEncoder", places).of(CLASSIC),
        Onnx::word("Scaler", floats).of(CLASSIC),
        Onnx::word("TreeEnsemble", trees).of(CLASSIC),
        Onnx::word("TreeEnsembleClassifier", voted).of(CLASSIC),
        Onnx::word("TreeEnsembleRegressor", trees).of(CLASSIC),
    ],
    ..Operator::NEW
};

const CLASSIC: &str = "ai.onnx.ml";
const TEXT: Dtype = Dtype::STRING;

fn floats<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    Ok(Row::giving([Given::of(call.shape(0)?.clone(), Dtype::FLOAT32)]))
}

/// Each element becomes another, of the type that the attributes are of; a mapper turns texts into numbers or back.
fn mapped<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let has = |name: &str| call.attribute(name).is_some();
    let dtype = match call.attribute("values_tensor") {
        Some(Attribute::Tensor(stored)) => stored.dtype,
        _ if &*call.raw.kind == "CategoryMapper" && call.dtype(0) == TEXT => Dtype::INT64,
        _ if &*call.raw.kind == "CategoryMapper" => TEXT,
        _ if has("values_int64s") => Dtype::INT64,
        _ if has("values_floats") => Dtype::FLOAT32,
        _ if has("values_strings") => TEXT,
        _ => Dtype::UNKNOWN,
    };
    Ok(Row::giving([Given::of(call.shape(0)?.clone(), dtype)]))
}

/// How many elements an attribute has.
fn count(call: &Call<'_, '_>, name: &str) -> Option<usize> {
    match call.attribute(name)? {
        Attribute::Ints(all) => Some(all.len()),
        Attribute::Floats(all) => Some(all.len()),
        Attribute::Texts(all) => Some(all.len()),
        _ => None,
    }
}

fn places<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let mut out = call.shape(0)?.clone();
    let Some(entries) = count(call, "cats_int64s").or_else(|| count(call, "cats_strings")) else {
        return Err(call.wrong("it has no categories"));
    };
    out.push(call.given("entries", entries as i64));
    Ok(Row::giving([Given::of(out, Dtype::FLOAT32)]))
}

/// The indices choose from the last axis; a vector counts as one example.
fn chosen<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let (shape, indices) = (call.shape_of(0, 1)?, call.shape(1)?);
    let before = if shape.len() == 1 { vec![call.calc.literal(1)] } else { shape[..shape.len() - 1].to_vec() };
    let out: Shape<'c> = before.into_iter().chain([tensor::product(call, indices)]).collect();
    Ok(Row::giving([tensor::given(call, out)]))
}

/// Examples × features; a vector counts as one example.
fn examples<'c>(call: &Call<'c, '_>, input: usize) -> Result<[Qty<'c>; 2], Stop> {
    match call.shape(input)?[..] {
        [features] => Ok([call.calc.literal(1), features]),
        [examples, features] => Ok([examples, features]),
        ref other => {
            Err(call.wrong(format!("its input {} has {} axes, and 1 or 2 are needed", input + 1, other.len())))
        }
    }
}

fn side_by_side<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let all = (0..call.inputs()).map(|input| examples(call, input)).collect::<Result<Vec<_>, _>>()?;
    let Some([rows, _]) = all.first().copied() else { return Err(call.wrong("it has nothing to join")) };
    let features = all.iter().map(|[_, features]| *features).reduce(|a, b| a + b).unwrap_or(rows);
    Ok(Row::giving([Given::of(Shape::from_slice(&[rows, features]), Dtype::FLOAT32)]))
}

fn regressed<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let [rows, features] = examples(call, 0)?;
    let targets = call.given("units", call.int("targets", 1));
    let row = Row::giving([Given::of(Shape::from_slice(&[rows, targets]), Dtype::FLOAT32)]);
    Ok(weighed(call, row, [rows, features], targets))
}

/// A class for each example, and its scores.
fn judged<'c>(call: &Call<'c, '_>, rows: Qty<'c>, ints: &str) -> Result<Row<'c>, Stop> {
    let (ints, texts) = (count(call, ints).filter(|n| *n > 0), count(call, "classlabels_strings"));
    let classes = ints.or(texts).ok_or_else(|| call.unknown("how many classes it knows is not said"))?;
    let label = Given::of(Shape::from_slice(&[rows]), if ints.is_some() { Dtype::INT64 } else { TEXT });
    let scores = Shape::from_slice(&[rows, call.given("units", classes as i64)]);
    Ok(Row::giving([label, Given::of(scores, Dtype::FLOAT32)].into_iter().take(call.outputs().max(1))))
}

/// Two classes may share one row of coefficients.
fn classified<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let [rows, features] = examples(call, 0)?;
    let told = count(call, "coefficients").ok_or_else(|| call.wrong("it has no coefficients"))?;
    let Some(each) = call.known(features).filter(|features| *features > 0) else {
        return Err(call.unknown("how many features it weighs is only known when it runs"));
    };
    let row = judged(call, rows, "classlabels_ints")?;
    Ok(weighed(call, row, [rows, features], call.given("units", told as i64 / each)))
}

fn trees<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let [rows, _] = examples(call, 0)?;
    let dtype = if &*call.raw.kind == "TreeEnsemble" { call.dtype(0) } else { Dtype::FLOAT32 };
    let targets = call.given("units", call.int("n_targets", 1));
    Ok(grown(call, Row::giving([Given::of(Shape::from_slice(&[rows, targets]), dtype)])))
}

fn voted<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let [rows, _] = examples(call, 0)?;
    Ok(grown(call, judged(call, rows, "classlabels_int64s")?))
}

/// Trees hold numbers that were learned.
fn grown<'c>(call: &Call<'c, '_>, row: Row<'c>) -> Row<'c> {
    let why = format!("{}: how many parameters trees have is not settled", call.name());
    row.param("trees", Role::Weight, call.calc.broken(&why), [])
}

/// So many rows of coefficients, and a bias each where there are any.
fn weighed<'c>(call: &Call<'c, '_>, row: Row<'c>, [rows, features]: [Qty<'c>; 2], units: Qty<'c>) -> Row<'c> {
    let weights = (features * units).called("weights");
    let mut row = row.param("coefficients", Role::Weight, weights, [units, features]);
    if let Some(biases) = count(call, "intercepts").filter(|biases| *biases > 0) {
        let biases = call.given("biases", biases as i64);
        row = row.param("intercepts", Role::Bias, biases, [biases]);
        row.costs.additions = Some(rows * biases);
    }
    row.macs = Macs { linear: Some(rows * weights), ..Macs::default() };
    row
}
