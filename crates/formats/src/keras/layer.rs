//! One layer: its class, what stands around it, and the settings that its operator asks for.

use workings::fault::Fault;
use workings::keras::{self, Config, Settings, Value};
use workings::model::{Setting, Size};
use workings::ops::{self, Activation, Operator};

use super::calls::{Call, Tensor};

/// How many wrappers may stand around each other.
const DEEPEST: usize = 8;

/// A layer as its operator sees it.
#[derive(Default)]
pub(super) struct Seen<'v> {
    pub op: Option<&'static Operator>,
    pub settings: Settings,
    pub activation: Option<&'static Activation>,
    pub axes: Option<usize>,
    pub frozen: bool,
    /// Why nothing can be said of it.
    pub unknown: Option<Fault>,
    /// What it takes, in the order in which the rule asks for it.
    pub takes: Vec<Tensor<'v>>,
    /// How many tensors it gives; not known of a class that is not.
    pub gives: Option<usize>,
}

/// A network within a network that is applied to every step of a sequence.
pub(super) fn distributed(entry: &Value) -> Option<&Value> {
    let inner = entry.get("config").get("layer");
    (entry.get("class_name").text() == Some("TimeDistributed") && is_network(inner)).then_some(inner)
}

/// Whether a layer is a network.
pub(super) fn is_network(entry: &Value) -> bool {
    let config = entry.get("config");
    let class = entry.get("class_name").text().unwrap_or_default();
    let layers = matches!(config.get("layers"), Value::List(_)) || matches!(config, Value::List(_));
    layers && (matches!(class, "Functional" | "Model" | "Sequential") || !config.get("output_layers").is_nothing())
}

/// What a layer of the file says; whatever is wrong with it is its own fault.
pub(super) fn seen<'v>(entry: &'v Value, path: &str, call: &Call<'v>, old: bool) -> Seen<'v> {
    let mut takes = call.takes.clone();
    takes.extend(call.named.iter().filter(|(name, _)| !name.contains("mask")).map(|(_, tensor)| tensor.clone()));
    let mut seen = Seen { takes, ..Seen::default() };
    seen.frozen = is_frozen(entry, old);
    match around(entry, path, call, &mut seen, (0, old)) {
        Ok(()) => seen.gives = Some(gives(&seen.settings)),
        Err(fault) => {
            seen.op = None;
            seen.unknown = Some(fault);
        }
    }
    seen
}

/// Whether a layer's weights are kept as they are. For Keras 2 each layer around it has a say
/// (`tf_keras/engine/base_layer.py`, `trainable_weights`). Keras 3 asks only the layer to which a weight itself belongs,
/// once a file is loaded (`keras/src/layers/layer.py`, `trainable_variables`).
fn is_frozen(entry: &Value, old: bool) -> bool {
    let config = entry.get("config");
    let own = config.get("trainable").bool() == Some(false);
    let inner = match entry.get("class_name").text() {
        Some("Bidirectional" | "SpectralNormalization" | "TimeDistributed") => config.get("layer"),
        Some("RNN") => config.get("cell"),
        Some(class) if !old && PARTED.contains(&class) => return false,
        _ => return own,
    };
    old && own || is_frozen(inner, old)
}

/// Layers whose weights belong to layers within them, which are made without a word of whether they are trained
/// (`keras/src/layers/attention/multi_head_attention.py`, `grouped_query_attention.py`; `keras/src/layers/rnn/conv_lstm.py`).
const PARTED: [&str; 6] =
    ["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GroupQueryAttention", "GroupedQueryAttention", "MultiHeadAttention"];

/// Goes through what stands around a layer.
fn around<'v>(
    entry: &'v Value,
    path: &str,
    call: &Call<'v>,
    seen: &mut Seen<'v>,
    (depth, old): (usize, bool),
) -> Result<(), Fault> {
    let class = entry.get("class_name").text().unwrap_or_default();
    let config = entry.get("config");
    if depth > DEEPEST {
        return Err(Fault::new(format!("{path}: more than {DEEPEST} layers stand around one another")));
    }
    let inner = |key: &str| (config.get(key), format!("{path}.config.{key}"));
    match class {
        _ if is_foreign(entry) => {}
        "TimeDistributed" => {
            let (layer, path) = inner("layer");
            around(layer, &path, call, seen, (depth + 1, old))?;
            seen.settings.push(keras::word("each step", "yes"));
            return Ok(());
        }
        "SpectralNormalization" => {
            let (layer, path) = inner("layer");
            around(layer, &path, call, seen, (depth + 1, old))?;
            if seen.settings.iter().any(|setting| *setting == keras::word("kind", "depthwise")) {
                return Err(Fault::new("no rule for SpectralNormalization around a depthwise convolution yet"));
            }
            seen.settings.push(keras::word("spectral", "yes"));
            return Ok(());
        }
        "Bidirectional" => {
            let (layer, inner) = inner("layer");
            around(layer, &inner, call, seen, (depth + 1, old))?;
            if !seen.op.is_some_and(|op| matches!(op.name, "gru" | "lstm" | "rnn")) {
                let inner = layer.get("class_name").text().unwrap_or("nothing");
                return Err(Fault::new(format!("no rule for Bidirectional around {inner} yet")));
            }
            let merge = match config.get("merge_mode") {
                Value::Nothing => "none",
                mode => match mode.text() {
                    Some("concat") => "concat",
                    Some("sum") => "sum",
                    Some("mul") => "mul",
                    Some("ave") => "ave",
                    _ => return Err(Fault::new(format!("{path}.config.merge_mode: {} is not known", mode.says()))),
                },
            };
            let backward = config.get("backward_layer");
            if !backward.is_nothing() && !are_alike(layer, backward, old) {
                return Err(Fault::new("no rule for Bidirectional with two different layers yet"));
            }
            seen.settings.extend([keras::word("directions", "both"), keras::word("merge", merge)]);
            return Ok(());
        }
        "RNN" => return cell(config, path, call, seen),
        _ => {}
    }
    plain(entry, class, path, call, seen)
}

/// A recurrent layer around a cell: with one cell that is known it is that layer (`keras/src/layers/rnn/rnn.py`).
fn cell<'v>(config: &'v Value, path: &str, call: &Call<'v>, seen: &mut Seen<'v>) -> Result<(), Fault> {
    let cell = config.get("cell");
    let class = match cell.get("class_name").text() {
        Some("LSTMCell") => "LSTM",
        Some("GRUCell") => "GRU",
        Some("SimpleRNNCell") => "SimpleRNN",
        other => return Err(Fault::new(format!("no rule for RNN around {} yet", other.unwrap_or("nothing")))),
    };
    plain(cell, class, &format!("{path}.config.cell"), call, seen)?;
    seen.settings.retain(|(key, _)| *key != "steps");
    let all = config.get("return_sequences").bool() == Some(true);
    seen.settings.push(keras::word("steps", if all { "all" } else { "last" }));
    if config.get("return_state").bool() == Some(true) {
        seen.settings.push(keras::word("state", "given"));
    }
    Ok(())
}

/// A class that an operator stands for.
fn plain<'v>(entry: &'v Value, class: &str, path: &str, call: &Call<'v>, seen: &mut Seen<'v>) -> Result<(), Fault> {
    let value = entry.get("config");
    let unknown = |why: &str| Fault::new(format!("no rule for {class}{why}"));
    if is_foreign(entry) {
        let own = "a class of its own, whose code is not in the file, would have to be run";
        return Err(unknown("").hint(own));
    }
    let module = entry.get("module").text().unwrap_or_default();
    let (operation, class) = match (class, module.contains(".ops")) {
        ("TFOpLambda" | "TensorFlowOpLayer" | "SlicingOpLambda", _) => (true, function(value)?),
        (class, operation) => (operation, class),
    };
    let Some((op, spelling)) = ops::by_keras(class, operation) else {
        let why = match class {
            "Lambda" => ": it is code, and is not run",
            _ => " yet",
        };
        return Err(unknown(why).hint("what comes after it is not known either"));
    };
    if value.get("lora_rank").number().is_some() {
        return Err(unknown(" with LoRA yet"));
    }
    if value.get("dtype").get("class_name").text().is_some_and(|policy| policy.contains("Quantized")) {
        return Err(unknown(" with quantised weights yet"));
    }
    let merges = operation && op.name == "merge";
    match (constant(call, operation, merges), merges) {
        (Some(Some(sizes)), true) => {
            seen.settings
                .push(("constant", Setting::Shape(sizes.into_iter().map(|n| Some(Size::Number(n))).collect())));
        }
        (Some(_), _) => return Err(unknown(" with an array among its arguments yet")),
        (None, _) => {}
    }
    let mut given = Vec::new();
    if !spelling.takes.is_empty() {
        (seen.takes, given) = by_name(spelling.takes, call);
    }
    let config =
        Config { class, value, path: format!("{path}.config"), args: call.args, kwargs: call.kwargs, given: &given };
    seen.op = Some(op);
    seen.axes = spelling.axes;
    seen.settings.extend((spelling.settings)(&config)?);
    if spelling.activated {
        let told = value.get("activation");
        seen.activation = keras::function(told).and_then(keras::activation);
        // One that is not known changes no shape; whoever builds the layer again must not leave it out.
        if seen.activation.is_none() && !told.is_nothing() && keras::function(told) != Some("linear") {
            seen.settings.push(keras::word("activation", "not known"));
        }
    }
    if value.get("data_format").text() == Some("channels_first") && (spelling.axes.is_some() || op.name == "resizing") {
        seen.settings.push(("channels axis", Setting::Size(Size::Number(1))));
    }
    if value.get("data_format").text() == Some("channels_first") && op.name == "convlstm" {
        return Err(unknown(" with the channels first yet"));
    }
    Ok(())
}

/// What a class takes by names, in its rule's order. Where all of it is one tensor, that is taken once.
fn by_name<'v>(names: &'static [(&'static str, usize)], call: &Call<'v>) -> (Vec<Tensor<'v>>, Vec<&'static str>) {
    let find = |(name, at): &(&'static str, usize)| {
        let named = call.named.iter().find(|(known, _)| known == name).map(|(_, tensor)| tensor);
        named.or(call.takes.get(*at)).map(|tensor| (tensor.clone(), *name))
    };
    let (tensors, given): (Vec<_>, Vec<_>) = names.iter().filter_map(find).unzip();
    match tensors.first() {
        Some(first) if tensors.iter().all(|tensor| tensor == first) => (vec![first.clone()], given[..1].to_vec()),
        _ => (tensors, given),
    }
}

/// The shape to which the arrays among the arguments stretch, where there are any; nothing where it cannot be told. What is
/// told to a layer by name is a mask, which changes no shape.
fn constant(call: &Call<'_>, operation: bool, lists: bool) -> Option<Option<Vec<i64>>> {
    let by_name = if let (Value::Map(all), true) = (call.kwargs, operation) { &all[..] } else { &[] };
    let all = call.args.iter().chain(call.constants.iter().copied()).chain(by_name.iter().map(|(_, value)| value));
    let arrays = all.flat_map(|value| arrays(value, lists || call.old));
    arrays.reduce(|one, other| {
        let (one, other) = (one?, other?);
        let rank = one.len().max(other.len());
        let size = |sizes: &[i64], axis: usize| (axis + sizes.len()).checked_sub(rank).map_or(1, |at| sizes[at]);
        (0..rank)
            .map(|axis| match (size(&one, axis), size(&other, axis)) {
                (1, size) | (size, 1) => Some(size),
                (size, same) => (size == same).then_some(size),
            })
            .collect()
    })
}

/// The shape of each array within an argument (`keras/src/saving/serialization_lib.py`); a list of numbers is one where
/// `lists` are taken for arrays.
fn arrays(value: &Value, lists: bool) -> Vec<Option<Vec<i64>>> {
    match (value, value.get("class_name").text()) {
        (Value::Map(_), Some("__numpy__" | "__tensor__")) => match sizes(value.get("config").get("value")) {
            Some(scalar) if scalar.is_empty() => Vec::new(),
            sizes => vec![sizes],
        },
        (Value::Map(_), Some(_)) => Vec::new(),
        (Value::Map(all), None) => all.iter().flat_map(|(_, one)| arrays(one, false)).collect(),
        (Value::List(_), _) if lists && sizes(value).is_some() => vec![sizes(value)],
        (Value::List(all), _) => all.iter().flat_map(|one| arrays(one, false)).collect(),
        _ => Vec::new(),
    }
}

/// The sizes of an array, as nested lists have it.
fn sizes(value: &Value) -> Option<Vec<i64>> {
    match value {
        Value::Number(_) | Value::Real(_) | Value::Bool(_) => Some(Vec::new()),
        Value::List(all) => {
            let inner = sizes(all.first()?)?;
            let even = all.iter().all(|one| sizes(one).as_ref() == Some(&inner));
            even.then(|| [all.len() as i64].into_iter().chain(inner).collect())
        }
        _ => None,
    }
}

/// The operation that Keras 2 kept as a function of TensorFlow: `math.multiply`, `__operators__.add`.
fn function(config: &Value) -> Result<&'static str, Fault> {
    let told = config.get("function").text().unwrap_or("a function without a name");
    Ok(match told.rsplit('.').next().unwrap_or(told) {
        "add" | "__add__" | "add_v2" => "Add",
        "subtract" | "__sub__" | "sub" => "Subtract",
        "multiply" | "__mul__" | "mul" => "Multiply",
        "truediv" | "divide" => "Divide",
        "maximum" | "relu" => "Maximum",
        "minimum" => "Minimum",
        "abs" => "Abs",
        "exp" => "Exp",
        "sqrt" => "Sqrt",
        "square" => "Square",
        "cast" => "Cast",
        "identity" => "Identity",
        "stop_gradient" => "StopGradient",
        _ => return Err(Fault::new(format!("no rule for the operation `{told}` yet"))),
    })
}

/// Whether a class is not Keras's own, whatever it is called.
fn is_foreign(entry: &Value) -> bool {
    let own = |module: &str| {
        let first = module.split('.').next().unwrap_or(module);
        matches!(first, "keras" | "tf_keras" | "tensorflow")
    };
    let module = entry.get("module").text().is_some_and(|module| !own(module));
    module || entry.get("registered_name").text().is_some_and(|name| name.contains('>'))
}

/// How many tensors a layer of these settings gives.
fn gives(settings: &Settings) -> usize {
    let is = |key: &str, word: &str| {
        settings.iter().any(|(known, told)| *known == key && matches!(told, Setting::Word(one) if *one == word))
    };
    // An LSTM has two states a direction; no other has more.
    let states = if is("state", "given") { 4 } else { 0 };
    1 + states + usize::from(is("merge", "none")) + usize::from(is("scores", "given"))
}

/// Whether two recurrent layers have as many parameters, and learn as many.
fn are_alike(one: &Value, other: &Value, old: bool) -> bool {
    let same = |one: &Value, other: &Value, keys: &[&str]| keys.iter().all(|key| one.get(key) == other.get(key));
    let (own, others) = (one.get("config"), other.get("config"));
    let (cell, other_cell) = (own.get("cell"), others.get("cell"));
    const SIZES: [&str; 3] = ["units", "use_bias", "reset_after"];
    one.get("class_name") == other.get("class_name")
        && same(own, others, &SIZES)
        && cell.get("class_name") == other_cell.get("class_name")
        && same(cell.get("config"), other_cell.get("config"), &SIZES)
        && is_frozen(one, old) == is_frozen(other, old)
}
