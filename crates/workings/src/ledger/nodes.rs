//! Writing the rows of a graph's nodes: tensors that stand in the file, graphs within the network, and what is counted of
//! both.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use calc::{Line, Qty};
use smallvec::SmallVec;

use super::write::{Outputs, Writer, kept, lines, made, sums};
use super::{LedgerRow, Sums, Tensor};
use crate::call::{Call, Given, Inner, Stop, Values, carried};
use crate::graph::{Attribute, Body, Dtype, Formal, Raw, Said, Stored};
use crate::model::{From, Layer, Size};
use crate::node::{Macs, Role, Shape};
use crate::ops::{self, Onnx};

/// How often the body of a loop is gone through again because the shapes of its state change from turn to turn: every time
/// at least one size is let go. As often again every shape that still changes is, and then those of all its states.
const TURNS: usize = 8;

/// How many layers are gone through again in all, for each that there is, and beside that: loops within loops would take the
/// product of their turns. When it is used up, nothing is known of the state of a loop.
const AGAIN: (usize, usize) = (8, 4096);

/// Layers that may be gone through again, in a network of so many.
pub(super) fn again(layers: usize) -> usize {
    layers.saturating_mul(AGAIN.0).saturating_add(AGAIN.1)
}

/// Puts what stands in the file, and what a graph within the network names for itself, onto the page where a layer first
/// takes it.
pub(super) fn meet(writer: &mut Writer<'_, '_>, inputs: &[From]) {
    for from in inputs {
        match *from {
            From::Stored(at) if writer.stored[at as usize].is_none() => {
                let stored = &writer.model.graph.stored[at as usize];
                let shape: Shape<'_> = stored.shape.iter().map(|&n| writer.calc.given("size", i128::from(n))).collect();
                let value = stored.numbers.as_ref().map(carried);
                let given = Given { value, fixed: true, ..Given::of(shape, stored.dtype) };
                writer.stored[at as usize] = Some(given);
            }
            From::Formal(at) if writer.formals[at as usize].is_none() => {
                let given = formal(writer, at);
                writer.formals[at as usize] = Some(given);
            }
            _ => {}
        }
    }
}

fn formal<'c>(writer: &mut Writer<'c, '_>, at: u32) -> Given<'c> {
    match &writer.model.graph.formals[at as usize] {
        Formal::Whole(None) => Given::unknown(Dtype::UNKNOWN),
        // Whenever the body runs, the condition was true.
        Formal::Counter(dtype) => {
            let value = (*dtype == Dtype::BOOL).then(|| Values::Told([1].into()));
            Given { value, ..Given::of(Shape::new(), *dtype) }
        }
        Formal::Whole(Some(from)) => {
            meet(writer, &[*from]);
            // What it is on the first turn need not be what it is on the next.
            let Some(given) = writer.known(*from).cloned() else { return Given::unknown(Dtype::UNKNOWN) };
            let shape = given.shape.filter(|_| writer.again > 0);
            Given { shape, dtype: given.dtype, value: None, fixed: false }
        }
        Formal::Slice(from, axis) => {
            meet(writer, &[*from]);
            let Some(given) = writer.known(*from).cloned() else { return Given::unknown(Dtype::UNKNOWN) };
            let sliced = given.shape.and_then(|mut shape| {
                let axis = if *axis < 0 { axis + shape.len() as i64 } else { *axis };
                let axis = usize::try_from(axis).ok().filter(|axis| *axis < shape.len())?;
                shape.remove(axis);
                Some(shape)
            });
            Given { shape: sliced, dtype: given.dtype, value: None, fixed: false }
        }
    }
}

/// Goes through the bodies of a layer again as long as the shape of a state is another one at their end: what changes from
/// turn to turn is then a size that the file leaves open.
pub(super) fn settle(writer: &mut Writer<'_, '_>, index: usize, raw: &Raw) {
    for body in bodies(raw) {
        let first = body.layers.start as usize;
        // What it gives may be what it took in, which none of its layers need have met.
        body.states.iter().for_each(|(at, _)| meet(writer, &[From::Formal(*at)]));
        meet(writer, &body.outputs);
        for turn in 0.. {
            let spent = turn >= 2 * TURNS || writer.again == 0;
            let lets = if spent {
                Lets::All
            } else if turn >= TURNS {
                Lets::Shapes
            } else {
                Lets::Sizes
            };
            if !let_go(writer, index, body, lets) {
                break;
            }
            // What stands behind this body before its node is another body of it, and is gone through again too.
            go_back(writer, first);
            writer.again = writer.again.saturating_sub(index - first);
            for at in first..index {
                writer.layer(at, &writer.model.layers[at]);
            }
        }
    }
}

/// Takes the rows from this layer on back, with what they counted, said and met.
fn go_back(writer: &mut Writer<'_, '_>, first: usize) {
    for (row, layer) in writer.rows[first..].iter().zip(&writer.model.layers[first..]) {
        for stored in row.params.iter().filter_map(|tensor| tensor.stored) {
            writer.counted[stored as usize] = false;
        }
        // What graphs further within name for themselves is what this one makes of its state.
        for body in layer.raw.iter().flat_map(|raw| bodies(raw)) {
            writer.formals[body.formals.start as usize..body.formals.end as usize].fill(None);
        }
    }
    if let Some(&begin) = writer.begins.get(first) {
        writer.given.truncate(begin);
    }
    writer.begins.truncate(first);
    writer.rows.truncate(first);
    // They stand in the order of their layers.
    writer.faults.truncate(writer.faults.partition_point(|(at, _)| *at < first));
}

/// What is let go of a state that is another one at the end of a turn.
#[derive(Clone, Copy, PartialEq)]
enum Lets {
    /// The sizes that are others.
    Sizes,
    /// Its shape.
    Shapes,
    /// The shapes of all states, whether they are others or not.
    All,
}

/// Lets go of what is another at the end of a turn; whether there was anything.
fn let_go(writer: &mut Writer<'_, '_>, index: usize, body: &Body, lets: Lets) -> bool {
    let mut changed = Vec::new();
    for (place, &(at, output)) in body.states.iter().enumerate() {
        let Some(own) = writer.formals[at as usize].as_ref().and_then(|before| before.shape.as_ref()) else { continue };
        let from = body.outputs.get(output).copied();
        let after = from.and_then(|from| writer.known(from)).and_then(|given| given.shape.as_ref());
        let after = after.filter(|after| after.len() == own.len());
        let sizes = after.map(|after| {
            let sizes = own.iter().zip(after).enumerate();
            sizes.map(|(axis, (one, other))| {
                let known = writer.calc.known(one.line());
                let same = one.line() == other.line() || known.is_some() && known == writer.calc.known(other.line());
                if same { *one } else { turned(writer, (index, place), from, axis) }
            })
        });
        let shape = sizes.map(|sizes| sizes.collect::<Shape<'_>>());
        let same = |shape: &Shape<'_>| shape.iter().zip(own).all(|(one, own)| one.line() == own.line());
        if !shape.as_ref().is_some_and(same) {
            changed.push((at, shape.filter(|_| lets == Lets::Sizes)));
        }
    }
    let any = !changed.is_empty();
    if any && lets == Lets::All {
        changed = body.states.iter().map(|(at, _)| (*at, None)).collect();
    }
    for (at, shape) in changed {
        if let Some(before) = &mut writer.formals[at as usize] {
            before.shape = shape;
        }
    }
    any
}

/// A size of a state that is another one every turn, by the name of what the turn before has made. What the loop gives in the
/// end has a symbol of its own.
fn turned<'c>(writer: &Writer<'c, '_>, node: (usize, usize), from: Option<From>, axis: usize) -> Qty<'c> {
    let maker = match from {
        Some(From::Layer(layer)) => (layer as usize, 0),
        Some(From::Output(layer, output)) => (layer as usize, output as usize),
        _ => node,
    };
    let size = writer.turned_size(node, maker, axis);
    writer.makers.borrow_mut().insert(size.line(), node.0);
    size
}

/// A size that a layer leaves open, and who made it.
fn opened<'c>(writer: &Writer<'c, '_>, index: usize, output: usize, axis: usize) -> Qty<'c> {
    let size = writer.open_size(index, output, axis);
    writer.makers.borrow_mut().insert(size.line(), index);
    size
}

/// What was found of a layer's body while its rule asked which lines vary.
#[derive(Default)]
struct Varying {
    /// The body's first layer.
    first: OnceCell<Option<usize>>,
    /// Whether each line from there on varies.
    found: RefCell<Vec<bool>>,
}

/// Whether a line hangs on a size that is only known when the body of a layer runs, and so may be another one every turn.
fn varies(writer: &Writer<'_, '_>, index: usize, raw: &Raw, line: Line, varying: &Varying) -> bool {
    if writer.open.borrow().is_empty() {
        return false;
    }
    let first = varying.first.get_or_init(|| bodies(raw).map(|body| body.layers.start as usize).min());
    let Some(first) = *first else { return false };
    let begins = writer.rows.get(first).map_or(writer.calc.len(), |row| row.lines.start);
    let makers = writer.makers.borrow();
    let own = |symbol| {
        let maker = || makers.get(&symbol).is_some_and(|maker| (first..=index).contains(maker));
        writer.is_open_size(writer.calc.at(symbol)) && maker()
    };
    writer.calc.hangs_on(line, begins, &mut varying.found.borrow_mut(), own)
}

fn bodies(raw: &Raw) -> impl Iterator<Item = &Body> {
    raw.attributes.iter().filter_map(|(_, attribute)| match attribute {
        Attribute::Graph(body) => Some(&**body),
        _ => None,
    })
}

/// A node worked out by its rule.
pub(super) fn worked<'c, 'm>(
    writer: &Writer<'c, 'm>,
    index: usize,
    layer: &'m Layer,
    raw: &'m Raw,
) -> Result<(LedgerRow, Outputs<'c>), Stop> {
    let Some(spelling) = ops::onnx(&raw.domain, &raw.kind) else {
        return Err(Stop::Unknown(match raw.kind.is_empty() {
            true => "the node does not say its operator".to_owned(),
            false => format!("no rule for {} yet", ops::spelled(&raw.domain, &raw.kind)),
        }));
    };
    let args: SmallVec<[Option<&Given<'c>>; 4]> = layer.inputs.iter().map(|from| writer.known(*from)).collect();
    let (odd, varying) = (RefCell::new(None), Varying::default());
    let call = Call {
        calc: writer.calc,
        raw,
        layer,
        args: &args,
        open: &|output, axis| opened(writer, index, output, axis),
        varies: &|line| varies(writer, index, raw, line, &varying),
        inner: &|name| bodies(raw).find(|body| *body.name == *name).map(|body| inner(writer, body)),
        odd: &odd,
    };
    let row = (spelling.rule)(&call);
    if let Some(odd) = odd.take() {
        return Err(call.wrong(odd));
    }
    let mut row = row?;
    let sizes = row.given.iter().filter_map(|given| given.shape.as_ref()).flatten();
    if let Some(size) = sizes.filter_map(|size| call.known(*size)).find(|size| *size < 0) {
        return Err(call.wrong(format!("it would give an axis of the size {size}")));
    }
    let fixed = !args.is_empty() && args.iter().flatten().all(|given| given.fixed);
    row.given.iter_mut().for_each(|given| given.fixed |= fixed);
    // A tensor that a row before this one has counted, or this one under another name, is not counted again.
    let mut own: SmallVec<[u32; 4]> = SmallVec::new();
    row.params.retain(|tensor| {
        tensor.stored.is_none_or(|stored| {
            let first = !writer.counted[stored as usize] && !own.contains(&stored);
            own.push(stored);
            first
        })
    });
    row.params.iter_mut().for_each(|tensor| {
        if let Some(stored) = tensor.stored {
            tensor.name = writer.model.graph.stored[stored as usize].name.to_string().into();
        }
    });
    let shapes = args.iter().flatten().filter(|given| !given.fixed).filter_map(|given| given.shape.as_ref());
    for (at, from) in layer.inputs.iter().enumerate().take(spelling.peeks) {
        if let From::Stored(stored) = *from {
            let own = row.params.iter().any(|tensor| tensor.stored == Some(stored));
            if !own && let Some(tensor) = tensor(writer, stored, Some(spelling), at) {
                row.params.push(tensor);
            }
        }
    }
    let sums = sums(writer.calc, shapes, &row);
    Ok(kept(row, sums))
}

/// A tensor of the file that no row has counted yet, as it is counted where no rule says more of it.
fn tensor(writer: &Writer<'_, '_>, at: u32, word: Option<&Onnx>, input: usize) -> Option<Tensor> {
    let stored = &writer.model.graph.stored[at as usize];
    if writer.counted[at as usize] {
        return None;
    }
    let role = word.and_then(|word| word.roles.get(input).copied().flatten()).filter(|_| !stored.constant);
    let role = match role.or_else(|| spoken(stored))? {
        Role::Weight if word.is_some_and(|word| word.settings.contains(&input)) => Role::Constant,
        role => role,
    };
    let shape = writer.stored[at as usize].as_ref()?.shape.as_ref()?;
    let elements = writer.calc.product(shape.iter().copied());
    Some(Tensor {
        name: stored.name.to_string().into(),
        role,
        elements: elements.line(),
        shape: lines(shape),
        stored: Some(at),
    })
}

/// What a tensor is for of which its node does not say so. Floating-point numbers that were somebody's parameter keep their
/// name when a network is exported; numbers that the exporter put in got a name from it, or a node of their own.
fn spoken(stored: &Stored) -> Option<Role> {
    if !stored.dtype.is_float() {
        return None;
    }
    match stored.constant || is_generated(&stored.name) {
        _ if stored.shape.is_empty() && !stored.name.contains('.') => None,
        true if stored.shape.is_empty() => None,
        true => Some(Role::Constant),
        false => Some(Role::Weight),
    }
}

/// Whether a name is one that exporters make up: `val_12`, `onnx::Mul_345`, `const_fold_opt__12`, `/layer/Constant_output_0`, a
/// bare number.
fn is_generated(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    last.chars().all(|c| c.is_ascii_digit())
        || last.contains("const")
        || last.strip_prefix("val_").is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '_'))
        || last.starts_with("onnx::")
}

/// The row of a node with what it stores, also where no rule could say anything of it.
pub(super) fn counted(writer: &mut Writer<'_, '_>, layer: &Layer, row: LedgerRow) -> LedgerRow {
    let mut row = row;
    if row.params.is_empty() && row.sums.params.is_some_and(|params| writer.calc.is_broken(params)) {
        row = stored_only(writer, layer, row);
    }
    for tensor in &row.params {
        if let Some(stored) = tensor.stored {
            writer.counted[stored as usize] = true;
        }
    }
    row
}

/// The row of a node of which no rule says anything, with the shapes that the file itself has recorded.
pub(super) fn said<'c>(
    writer: &Writer<'c, '_>,
    index: usize,
    raw: &Raw,
    (row, _): (LedgerRow, Outputs<'c>),
) -> (LedgerRow, Outputs<'c>) {
    let recorded = writer.model.graph.said.get(raw.said as usize);
    let size = |output, axis, size: &Size| match size {
        Size::Symbol(name) if **name == *"?" => writer.open_size(index, output, axis),
        _ => writer.size("size", size),
    };
    let given = |(output, name): (usize, &Rc<str>)| match recorded.and_then(|recorded| recorded.get(name)) {
        Some(Said { dtype, shape: Some(shape) }) => {
            let sizes = shape.iter().enumerate().map(|(axis, one)| size(output, axis, one));
            Given::of(sizes.collect::<Shape<'_>>(), *dtype)
        }
        Some(Said { dtype, shape: None }) => Given::unknown(*dtype),
        None => Given::unknown(Dtype::UNKNOWN),
    };
    let given: Outputs<'c> = raw.outputs.iter().enumerate().map(given).collect();
    let Some(first) = given.first() else { return (row, std::iter::once(Given::unknown(Dtype::UNKNOWN)).collect()) };
    let more = given[1..].iter().map(made).collect();
    (LedgerRow { out: first.shape.as_ref().map(lines), dtype: first.dtype, more, ..row }, given)
}

/// A node that no rule knows has parameters all the same, if tensors of the file are among its inputs.
fn stored_only(writer: &Writer<'_, '_>, layer: &Layer, row: LedgerRow) -> LedgerRow {
    let known = layer.raw.as_ref().and_then(|raw| ops::onnx(&raw.domain, &raw.kind));
    let peeks = known.map_or(usize::MAX, |known| known.peeks);
    let mut params = Vec::new();
    for (at, from) in layer.inputs.iter().enumerate().take(peeks) {
        if let From::Stored(stored) = *from {
            params.extend(tensor(writer, stored, known, at));
        }
    }
    let bare = crate::node::Row { params, ..Default::default() };
    let Sums { params: known, weights, biases, statistics, constants, .. } =
        sums(writer.calc, std::iter::empty(), &bare);
    let sums = Sums { params: known, weights, biases, statistics, constants, ..row.sums };
    LedgerRow { params: bare.params, sums, ..row }
}

/// A graph within the network: what it gives, and what one turn through it multiplies.
fn inner<'c>(writer: &Writer<'c, '_>, body: &Body) -> Inner<'c> {
    let given = |from: &From| writer.known(*from).cloned().unwrap_or(Given::unknown(Dtype::UNKNOWN));
    let rows = &writer.rows[body.layers.start as usize..body.layers.end as usize];
    // A row of a graph further within is part of the row that it belongs to.
    let own = rows
        .iter()
        .zip(&writer.model.layers[body.layers.start as usize..])
        .filter(|(_, layer)| layer.depth() == body.depth);
    let own: Vec<&Sums> = own.map(|(row, _)| &row.sums).collect();
    let sum = |of: fn(&Sums) -> Option<Line>| {
        own.iter().filter_map(|sums| of(sums)).map(|line| writer.calc.at(line)).reduce(|a, b| a + b)
    };
    let whole = sum(|sums| sums.macs);
    let macs = match whole.is_some_and(|sum| writer.calc.is_broken(sum.line())) {
        true => Macs { conv: whole, ..Macs::default() },
        false => Macs {
            conv: sum(|sums| sums.conv_macs),
            linear: sum(|sums| sums.linear_macs),
            matmul: sum(|sums| sums.matmul_macs),
        },
    };
    Inner { outputs: body.outputs.iter().map(given).collect(), macs }
}
