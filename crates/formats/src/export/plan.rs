//! A network made ready to be written elsewhere: every size a number, every layer with what a framework asks for.
//!
//! Sizes come off the ledger's page, so an export has the sheet's numbers and works nothing out a second time. What is
//! open may stand in a shape (the length of a sequence), never in a setting.

use std::rc::Rc;

use workings::ledger::{Ledger, LedgerRow, Lines, Told};
use workings::model::{From, Layer, Rules, Setting, Size};
use workings::{Fault, Place, Role};

/// The largest size that is written; frameworks index axes with as many bits.
const LARGEST: i64 = i32::MAX as i64;

/// The most elements of a tensor, far above what any machine holds.
const MOST: i64 = 1 << 40;

/// A network, ready to be written.
pub(super) struct Plan<'l> {
    pub name: &'l str,
    pub rules: Rules,
    pub inputs: Vec<Port<'l>>,
    pub steps: Vec<Step<'l>>,
    /// What no layer takes: the network's outputs.
    pub outputs: Vec<From>,
    /// The layers that take each input, and those that take each layer.
    users: [Vec<Vec<usize>>; 2],
}

/// An input of the network.
pub(super) struct Port<'l> {
    pub name: &'l str,
    pub shape: Vec<Dim>,
    /// Whether its elements are numbers of rows in a table, for an embedding.
    pub indices: bool,
}

/// A size on an axis; one that is open has a name where the network gave it one.
#[derive(Clone, PartialEq)]
pub(super) enum Dim {
    Known(i64),
    Open(Option<Rc<str>>),
}

impl Dim {
    /// The number, if it is one.
    pub fn known(&self) -> Option<i64> {
        match self {
            Dim::Known(n) => Some(*n),
            Dim::Open(_) => None,
        }
    }
}

/// A layer, ready to be written.
pub(super) struct Step<'l> {
    pub name: &'l str,
    pub place: Place,
    pub act: Act,
    /// The activation at the end of its line.
    pub activation: Option<&'static str>,
    pub inputs: Vec<From>,
    /// Batch × channels × space.
    pub out: Vec<Dim>,
    pub tensors: Vec<Tensor>,
}

/// A tensor of parameters, in PyTorch's layout.
pub(super) struct Tensor {
    /// Its layer's name, a point, and what PyTorch calls it.
    pub name: String,
    pub role: Role,
    pub shape: Vec<i64>,
}

impl Tensor {
    /// How many elements it has.
    pub fn elements(&self) -> i64 {
        self.shape.iter().product()
    }
}

/// What a layer does.
pub(super) enum Act {
    Activation(&'static str),
    AdaptivePool {
        max: bool,
        size: Vec<i64>,
    },
    Add,
    Attention(Attention),
    BatchNorm {
        scale: bool,
        shift: bool,
        statistics: bool,
    },
    /// The axis as it is with the channels first.
    Concat {
        axis: usize,
    },
    Conv(Conv),
    Crop {
        pads: Pads,
    },
    Dense {
        c_in: i64,
        units: i64,
        bias: bool,
    },
    Dropout {
        rate: String,
    },
    Embedding {
        entries: i64,
        features: i64,
    },
    Flatten,
    GlobalPool {
        max: bool,
        flat: bool,
    },
    GroupNorm {
        groups: i64,
        scale: bool,
        shift: bool,
    },
    InstanceNorm {
        affine: bool,
    },
    /// The sizes of the axes that are normalised, channels last.
    LayerNorm {
        shape: Vec<i64>,
        scale: bool,
        shift: bool,
    },
    Multiply,
    Pool(Pool),
    Prelu {
        slopes: &'static str,
    },
    Recurrent(Recurrent),
    Reshape,
    RmsNorm {
        shape: Vec<i64>,
        scale: bool,
    },
    Transposed(Conv),
    Upsample {
        factor: Vec<i64>,
    },
    ZeroPad {
        pads: Pads,
    },
}

/// Before and after, a pair an axis of space.
pub(super) type Pads = Vec<(i64, i64)>;

/// A convolution, plain, separable or transposed.
pub(super) struct Conv {
    pub c_in: i64,
    pub c_out: i64,
    pub window: Window,
    pub groups: i64,
    pub bias: bool,
    /// Of a depthwise or separable one: how many kernels see each channel.
    pub multiplier: Option<i64>,
    pub separable: bool,
    /// Of a transposed one: what is added at the end of each axis.
    pub extra: Vec<i64>,
}

/// A window that slides.
pub(super) struct Window {
    pub kernel: Vec<i64>,
    pub stride: Vec<i64>,
    pub dilation: Vec<i64>,
    pub pads: Pads,
}

impl Window {
    /// How far it reaches on an axis.
    pub fn reach(&self, axis: usize) -> i64 {
        self.dilation[axis] * (self.kernel[axis] - 1) + 1
    }
}

/// A pool whose window slides.
pub(super) struct Pool {
    pub max: bool,
    pub window: Window,
    /// Whether a last window reaches beyond the padding, as PyTorch's `ceil_mode` has it.
    pub ceil: bool,
    /// How far it does, an axis each; nothing where the size is open.
    pub over: Vec<i64>,
    /// Whether an average counts the padding.
    pub counts: bool,
}

/// Multi-head attention.
pub(super) struct Attention {
    pub heads: i64,
    pub features: i64,
    /// Features of a head's keys and values.
    pub key: i64,
    pub value: i64,
    /// Features of what the keys and the values come from.
    pub keys_from: i64,
    pub values_from: i64,
    pub bias: bool,
    /// The places of the keys and of the values among the inputs.
    pub places: (usize, usize),
    /// Whether keys and values come from elsewhere, so that every projection is a tensor of its own.
    pub apart: bool,
}

/// A recurrent layer.
pub(super) struct Recurrent {
    /// `lstm`, `gru` or `rnn`.
    pub kind: &'static str,
    pub c_in: i64,
    pub units: i64,
    pub layers: i64,
    pub both: bool,
    pub last: bool,
    pub biases: i64,
    pub projection: Option<i64>,
}

impl<'l> Plan<'l> {
    /// The plan of a network that was worked out without a finding.
    pub fn of(ledger: &'l Ledger) -> Result<Plan<'l>, Fault> {
        let model = &ledger.model;
        if let Some(node) = model.layers.iter().find(|layer| layer.raw.is_some()) {
            return Err(Fault::new(format!("{}: a network of {} nodes is not written again", node.name, model.format))
                .hint("export from a `.net` file or a Keras one"));
        }
        let inputs: Vec<Port<'l>> = (0u32..)
            .zip(&model.inputs)
            .map(|(at, input)| {
                let shape = ledger.inputs[at as usize].iter().map(|line| dim(ledger, *line)).collect();
                let indices = |layer: &Layer| is(layer, "embedding") && layer.inputs[..] == [From::Input(at)];
                let shape = checked(shape, &input.name).map_err(|fault| fault.at(input.place))?;
                Ok(Port { name: &input.name, shape, indices: model.layers.iter().any(indices) })
            })
            .collect::<Result<_, Fault>>()?;
        // A row that only names an input is no layer of a framework: whoever takes from it takes the input.
        let (mut steps, mut places): (Vec<Step<'l>>, Vec<From>) = (Vec::new(), Vec::new());
        for (layer, row) in model.layers.iter().zip(&ledger.rows) {
            let place = |from: &From| match from {
                From::Layer(at) => places[*at as usize],
                other => *other,
            };
            let inputs: Vec<From> = layer.inputs.iter().map(place).collect();
            if let (true, [from], true) = (is(layer, "input"), &inputs[..], layer.settings.is_empty()) {
                places.push(*from);
                continue;
            }
            // What comes from a file without lines has no place in one.
            let placed = |fault: Fault| if layer.place == Place::default() { fault } else { fault.at(layer.place) };
            understood(layer, row).map_err(placed)?;
            let step = step(ledger, layer, row).map_err(placed)?;
            places.push(From::Layer(steps.len() as u32));
            steps.push(Step { inputs, ..step });
        }
        if steps.is_empty() {
            return Err(Fault::new("the network has no layers").hint("write one a line below `input`"));
        }
        let mut users = [vec![Vec::new(); inputs.len()], vec![Vec::new(); steps.len()]];
        for (at, step) in steps.iter().enumerate() {
            for from in &step.inputs {
                let own = match from {
                    From::Input(from) => &mut users[0][*from as usize],
                    From::Layer(from) => &mut users[1][*from as usize],
                    _ => unreachable!("a plan is made of layers of the notation alone"),
                };
                // Attention may take one value several times.
                if own.last() != Some(&at) {
                    own.push(at);
                }
            }
        }
        let outputs =
            (0..).zip(&users[1]).filter(|(_, users)| users.is_empty()).map(|(at, _)| From::Layer(at)).collect();
        Ok(Plan { name: &model.name, rules: model.rules, inputs, steps, outputs, users })
    }

    /// The shape of a value: batch × channels × space.
    pub fn shape(&self, from: From) -> &[Dim] {
        match from {
            From::Input(at) => &self.inputs[at as usize].shape,
            From::Layer(at) => &self.steps[at as usize].out,
            _ => unreachable!("a plan is made of layers of the notation alone"),
        }
    }

    /// How many axes of space a value has.
    pub fn space(&self, from: From) -> usize {
        self.shape(from).len() - 2
    }

    /// The layers that take a value, in order.
    pub fn users(&self, from: From) -> &[usize] {
        match from {
            From::Input(at) => &self.users[0][at as usize],
            From::Layer(at) => &self.users[1][at as usize],
            _ => unreachable!("a plan is made of layers of the notation alone"),
        }
    }

    /// What is added to a variance before its root, where a network's rules and no setting say it.
    pub fn epsilon(&self, act: &Act) -> f64 {
        match (self.rules, act) {
            (Rules::Keras, Act::RmsNorm { .. }) => 1e-6,
            (Rules::Keras, _) => 1e-3,
            // PyTorch takes the smallest step of a 32-bit number (`torch/nn/modules/normalization.py`, `RMSNorm`).
            (Rules::Pytorch, Act::RmsNorm { .. }) => f64::from(f32::EPSILON),
            _ => 1e-5,
        }
    }

    /// The slope of a leaky ReLU left of 0. Keras has another one for the layer than for the activation of a layer
    /// (`keras/src/layers/activations/leaky_relu.py`, `keras/src/activations/activations.py`).
    pub fn slope(&self, own_line: bool) -> f64 {
        match (self.rules, own_line) {
            (Rules::Keras, true) => 0.3,
            (Rules::Keras, false) => 0.2,
            _ => 0.01,
        }
    }

    /// Whether the order of an image's elements matters where they are put in a row: then the rules say which it is.
    pub fn order_matters(&self, from: From) -> bool {
        let shape = self.shape(from);
        let one = |dims: &[Dim]| dims.iter().all(|dim| *dim == Dim::Known(1));
        shape.len() > 2 && !one(&shape[1..2]) && !one(&shape[2..])
    }
}

impl Step<'_> {
    /// The elements of its learned tensors.
    pub fn params(&self) -> i64 {
        self.tensors.iter().filter(|tensor| tensor.role != Role::Statistic).map(Tensor::elements).sum()
    }

    /// The window of an adaptive pool whose windows are all of one size and side by side.
    pub fn even(&self, plan: &Plan, size: &[i64]) -> Option<Vec<i64>> {
        let whole = |(dim, size): (&Dim, &i64)| dim.known().filter(|n| n % size == 0).map(|n| n / size);
        plan.shape(*self.inputs.first()?)[2..].iter().zip(size).map(whole).collect()
    }

    /// A fault of this layer: what a framework cannot express, and what to do.
    pub fn cannot(&self, says: impl AsRef<str>, hint: impl Into<String>) -> Fault {
        Fault::new(format!("{}: {}", self.name, says.as_ref())).hint(hint).at(self.place)
    }

    /// The output's shape as it stands on a sheet, and the parameters.
    pub fn figures(&self) -> String {
        match self.params() {
            0 => sheet(&self.out),
            params => format!("{}, {} parameters", sheet(&self.out), grouped(params)),
        }
    }
}

/// A shape as it stands on a sheet: space × channels.
pub(super) fn sheet(shape: &[Dim]) -> String {
    let size = |dim: &Dim| match dim {
        Dim::Known(n) => n.to_string(),
        Dim::Open(Some(name)) => name.to_string(),
        Dim::Open(None) => "?".to_owned(),
    };
    shape[2..].iter().chain(&shape[1..2]).map(size).collect::<Vec<_>>().join("x")
}

/// A number with its thousands apart.
pub(super) fn grouped(n: i64) -> String {
    let digits = n.to_string();
    let lead = (digits.len() + 2) % 3 + 1;
    let (first, rest) = digits.split_at(lead.min(digits.len()));
    let groups = rest.as_bytes().chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());
    std::iter::once(first.to_owned()).chain(groups).collect::<Vec<_>>().join(",")
}

fn is(layer: &Layer, op: &str) -> bool {
    layer.op.is_some_and(|known| known.name == op)
}

/// A size off the page. One that is open is called as the input that it came from unchanged.
fn dim(ledger: &Ledger, line: Line) -> Dim {
    if let Some(known) = number(ledger, line) {
        return Dim::Known(known);
    }
    let named = ledger.inputs.iter().zip(&ledger.model.inputs).find_map(|(lines, input)| {
        let at = lines.iter().position(|own| *own == line)?;
        match &input.shape[at] {
            Size::Symbol(name) if &**name != "?" => Some(name.trim_start_matches('?').into()),
            _ => None,
        }
    });
    Dim::Open(named)
}

/// A shape of which no size is beyond what frameworks take.
fn checked(shape: Vec<Dim>, of: &str) -> Result<Vec<Dim>, Fault> {
    match shape.iter().filter_map(Dim::known).find(|size| *size > LARGEST) {
        None => Ok(shape),
        Some(size) => Err(Fault::new(format!("{of}: a size of {} is too large for any framework", grouped(size)))
            .hint(format!("sizes go up to {}", grouped(LARGEST)))),
    }
}

/// A line of the ledger's page.
type Line = <Lines as IntoIterator>::Item;

fn number(ledger: &Ledger, line: Line) -> Option<i64> {
    ledger.page.known(line).map(|n| i64::try_from(n).unwrap_or(i64::MAX))
}

/// A layer's settings, as its row has them.
struct Settings<'l> {
    ledger: &'l Ledger,
    layer: &'l Layer,
    row: &'l LedgerRow,
}

impl<'l> Settings<'l> {
    fn told(&self, key: &str) -> Option<&'l Told> {
        self.row.settings.iter().find(|(known, _)| *known == key).map(|(_, told)| told)
    }

    fn number(&self, key: &str, line: Line) -> Result<i64, Fault> {
        match number(self.ledger, line) {
            Some(known) if known <= LARGEST => Ok(known),
            Some(_) => Err(Fault::new(format!("{}: its {key} is too large for any framework", self.layer.name))
                .hint(format!("sizes go up to {}", grouped(LARGEST)))),
            None => Err(Fault::new(format!("{}: its {key} hangs on a size that is open", self.layer.name))
                .hint("give the size a number with --bind NAME=N: only shapes may stay open in an export")),
        }
    }

    fn missing(&self, key: &str) -> Fault {
        Fault::new(format!("{}: its {key} is not known", self.layer.name))
    }

    fn one(&self, key: &str) -> Result<i64, Fault> {
        self.one_if(key)?.ok_or_else(|| self.missing(key))
    }

    fn one_if(&self, key: &str) -> Result<Option<i64>, Fault> {
        match self.told(key) {
            Some(Told::One(line)) => self.number(key, *line).map(Some),
            _ => Ok(None),
        }
    }

    fn list(&self, key: &str) -> Result<Vec<i64>, Fault> {
        match self.told(key) {
            Some(Told::List(lines)) => lines.iter().map(|line| self.number(key, *line)).collect(),
            _ => Err(self.missing(key)),
        }
    }

    fn pads(&self, key: &str) -> Result<Pads, Fault> {
        let Some(Told::Pairs(pairs)) = self.told(key) else { return Err(self.missing(key)) };
        pairs.iter().map(|(a, b)| Ok((self.number(key, *a)?, self.number(key, *b)?))).collect()
    }

    fn word(&self, key: &str) -> &'static str {
        match self.told(key) {
            Some(Told::Word(word)) => word,
            _ => "",
        }
    }

    fn has(&self, key: &str) -> bool {
        self.word(key) != "no"
    }

    fn input(&self, at: usize) -> Vec<Dim> {
        let shape = self.layer.inputs.get(at).and_then(|from| self.ledger.shape(*from)).unwrap_or_default();
        shape.iter().map(|line| dim(self.ledger, *line)).collect()
    }

    fn channels(&self, at: usize) -> Result<i64, Fault> {
        self.input(at).get(1).and_then(Dim::known).ok_or_else(|| {
            Fault::new(format!("{}: the channels of its input are open", self.layer.name))
                .hint("give them a number with --bind NAME=N: the parameters hang on them")
        })
    }

    fn window(&self) -> Result<Window, Fault> {
        let [kernel, stride, dilation] = ["kernel", "stride", "dilation"].map(|key| self.list(key));
        Ok(Window { kernel: kernel?, stride: stride?, dilation: dilation?, pads: self.pads("padding")? })
    }
}

/// Settings that only Keras's layers have, and no export writes yet; where one is this word, it makes no difference.
const NOT_WRITTEN: [(&str, &str); 12] = [
    ("activation", ""),
    ("along", ""),
    ("back", ""),
    ("channels axis", ""),
    ("each step", ""),
    ("gate", ""),
    ("merge", "concat"),
    ("scores", ""),
    ("shared", ""),
    ("spectral", ""),
    ("state", ""),
    ("way", ""),
];

/// Whether an export writes all that a layer says.
fn understood(layer: &Layer, row: &LedgerRow) -> Result<(), Fault> {
    let rank = row.out.as_ref().map_or(0, |out| out.len() as i64);
    let other = |key: &str, setting: &Setting| {
        let known = NOT_WRITTEN.iter().find(|(known, _)| *known == key);
        let last = Setting::PerAxis(vec![Size::Number(-1)]);
        if key == "channels axis" && *setting == Setting::Size(Size::Number(rank - 1)) {
            return false;
        }
        let axes = is(layer, "layernorm") || is(layer, "rmsnorm");
        known.is_some_and(|(_, same)| *setting != Setting::Word(same)) || key == "at" && axes && *setting != last
    };
    let wired = layer.inputs.iter().all(|from| matches!(from, From::Input(_) | From::Layer(_)));
    let plain = is(layer, "activation") && !layer.settings.iter().any(|(key, _)| *key == "function");
    let told = layer.settings.iter().find(|(key, setting)| other(key, setting)).map(|(key, _)| *key);
    let why = match (told, layer.tied) {
        (Some(key), _) => key,
        (None, Some(_)) => "a second call of a layer",
        _ if plain => "this function",
        _ if !wired => "one of several outputs",
        _ => return Ok(()),
    };
    Err(Fault::new(format!("{}: no export knows `{why}` of a Keras layer yet", layer.name)))
}

fn step<'l>(ledger: &'l Ledger, layer: &'l Layer, row: &'l LedgerRow) -> Result<Step<'l>, Fault> {
    let settings = Settings { ledger, layer, row };
    let lines = row.out.as_deref().ok_or_else(|| settings.missing("output"))?;
    let out = checked(lines.iter().map(|line| dim(ledger, *line)).collect(), &layer.name)?;
    if layer.inputs.is_empty() {
        return Err(settings.missing("input"));
    }
    let tensor = |tensor: &workings::ledger::Tensor| {
        let sizes = tensor.shape.iter().map(|line| settings.number("parameters", *line));
        let shape = sizes.collect::<Result<Vec<i64>, _>>()?;
        let elements = shape.iter().try_fold(1i64, |product, size| product.checked_mul(*size));
        if elements.is_none_or(|elements| elements > MOST) {
            return Err(Fault::new(format!("{}: it has too many parameters for any framework", layer.name)));
        }
        Ok(Tensor { name: format!("{}.{}", layer.name, tensor.name), role: tensor.role, shape })
    };
    Ok(Step {
        name: &layer.name,
        place: layer.place,
        act: act(&settings, &out)?,
        activation: layer.activation.map(|activation| activation.name),
        inputs: layer.inputs.to_vec(),
        tensors: row.params.iter().map(tensor).collect::<Result<_, Fault>>()?,
        out,
    })
}

fn act(row: &Settings, out: &[Dim]) -> Result<Act, Fault> {
    let op = row.layer.op.map_or("", |op| op.name);
    Ok(match op {
        "activation" => Act::Activation(row.word("function")),
        "add" => Act::Add,
        "attention" => Act::Attention(attention(row)?),
        "batchnorm" => {
            Act::BatchNorm { scale: row.has("scale"), shift: row.has("shift"), statistics: row.has("statistics") }
        }
        "concat" => Act::Concat { axis: along(row.word("axis"), out.len()) },
        "conv" => Act::Conv(conv(row, out)?),
        "crop" => Act::Crop { pads: row.pads("cropping")? },
        "dense" => Act::Dense { c_in: row.channels(0)?, units: row.one("units")?, bias: row.has("bias") },
        "dropout" => Act::Dropout {
            rate: match row.told("rate") {
                Some(Told::Fraction(rate)) => rate.to_string(),
                _ => return Err(row.missing("rate")),
            },
        },
        "embedding" => Act::Embedding { entries: row.one("entries")?, features: row.one("features")? },
        "flatten" => Act::Flatten,
        "groupnorm" => Act::GroupNorm { groups: row.one("groups")?, scale: row.has("scale"), shift: row.has("shift") },
        "gru" => Act::Recurrent(recurrent("gru", row)?),
        "instancenorm" => Act::InstanceNorm { affine: row.word("affine") == "yes" },
        "layernorm" => Act::LayerNorm { shape: last(row)?, scale: row.has("scale"), shift: row.has("shift") },
        "lstm" => Act::Recurrent(recurrent("lstm", row)?),
        "multiply" => Act::Multiply,
        "pool" => pool(row, out)?,
        "prelu" => Act::Prelu { slopes: row.word("slopes") },
        "reshape" => Act::Reshape,
        "rmsnorm" => Act::RmsNorm { shape: last(row)?, scale: row.has("scale") },
        "rnn" => Act::Recurrent(recurrent("rnn", row)?),
        "transposed" => Act::Transposed(conv(row, out)?),
        "upsample" => Act::Upsample { factor: row.list("factor")? },
        "zeropad" => Act::ZeroPad { pads: row.pads("padding")? },
        other => {
            return Err(Fault::new(format!("{}: no export knows the layer `{other}` yet", row.layer.name))
                .hint("its entry belongs into crates/formats/src/export/plan.rs"));
        }
    })
}

fn along(axis: &str, rank: usize) -> usize {
    match axis {
        "length" | "depth" => 2,
        "height" => rank - 2,
        "width" => rank - 1,
        _ => 1,
    }
}

fn conv(row: &Settings, out: &[Dim]) -> Result<Conv, Fault> {
    let window = row.window()?;
    let transposed = row.told("extra").is_some();
    if !transposed {
        let over = over(&window, &row.input(0), out);
        if over.iter().any(|over| *over > 0) {
            let says = format!("{}: its window is larger than its padded input", row.layer.name);
            return Err(Fault::new(says).hint("no framework runs it: give it a smaller kernel or more padding"));
        }
    }
    Ok(Conv {
        c_in: row.channels(0)?,
        c_out: row.one("kernels")?,
        groups: row.one_if("groups")?.unwrap_or(1),
        bias: row.has("bias"),
        multiplier: row.one_if("multiplier")?,
        separable: row.word("kind") == "separable",
        extra: if transposed { row.list("extra")? } else { Vec::new() },
        window,
    })
}

/// How far the last window reaches beyond the padding, an axis each; empty where a size is open.
fn over(window: &Window, input: &[Dim], out: &[Dim]) -> Vec<i64> {
    let axis = |axis: usize| {
        let (size, out) = (input[axis + 2].known()?, out[axis + 2].known()?);
        let (before, after) = window.pads[axis];
        Some(((out - 1) * window.stride[axis] + window.reach(axis) - size - before - after).max(0))
    };
    (0..window.kernel.len()).map(axis).collect::<Option<_>>().unwrap_or_default()
}

fn pool(row: &Settings, out: &[Dim]) -> Result<Act, Fault> {
    let max = row.word("mode") == "max";
    match row.word("extent") {
        "global" => return Ok(Act::GlobalPool { max, flat: row.word("flat") == "yes" }),
        "adaptive" => return Ok(Act::AdaptivePool { max, size: row.list("size")? }),
        _ => {}
    }
    let (window, input, rounding) = (row.window()?, row.input(0), row.word("rounding"));
    let over = over(&window, &input, out);
    // What starts outside the input and its left padding sees nothing: PyTorch, ONNX from opset 22 and Keras leave it out.
    let outside = |axis: usize| {
        let start = out[axis + 2].known().map(|out| (out - 1) * window.stride[axis]);
        start.zip(input[axis + 2].known()).is_some_and(|(start, size)| start >= size + window.pads[axis].0)
    };
    let beyond = over.iter().any(|over| *over > 0);
    if beyond && (0..window.kernel.len()).any(outside) || over.is_empty() && rounding == "ceil unclipped" {
        let says = format!("{}: `rounding {rounding}` gives a last window outside of the input", row.layer.name);
        return Err(Fault::new(says).hint("no framework runs it: write `rounding ceil`"));
    }
    let ceil = beyond || over.is_empty() && rounding == "ceil";
    Ok(Act::Pool(Pool { max, window, ceil, over, counts: row.ledger.model.rules == Rules::Pytorch }))
}

/// The sizes of the axes that are normalised together, channels last.
fn last(row: &Settings) -> Result<Vec<i64>, Fault> {
    let axes = row.one("axes")? as usize;
    let shape = row.input(0);
    let sizes = shape[2..].iter().chain(&shape[1..2]).skip((shape.len() - 1).saturating_sub(axes));
    sizes
        .map(Dim::known)
        .collect::<Option<_>>()
        .ok_or_else(|| row.missing("normalised shape").hint("give its sizes numbers with --bind NAME=N"))
}

fn attention(row: &Settings) -> Result<Attention, Fault> {
    let (heads, features) = (row.one("heads")?, row.channels(0)?);
    let given = |label: &str| row.layer.settings.iter().any(|(key, _)| *key == label);
    // The inputs stand in the order of the word's labels: the query, then the memory, the keys, the values.
    let mut next = 0;
    let mut take = |label: &str| {
        given(label).then(|| {
            next += 1;
            next
        })
    };
    let (memory, keys, values) = (take("memory"), take("keys"), take("values"));
    let keys_at = keys.or(memory).or(values).unwrap_or(0);
    let values_at = values.or(memory).or(keys).unwrap_or(0);
    let key = row.one_if("key")?;
    let each = features / heads.max(1);
    Ok(Attention {
        heads,
        features,
        key: key.unwrap_or(each),
        value: row.one_if("value")?.or(key).unwrap_or(each),
        keys_from: row.channels(keys_at)?,
        values_from: row.channels(values_at)?,
        bias: row.has("bias"),
        places: (keys_at, values_at),
        apart: keys_at > 0 || values_at > 0,
    })
}

fn recurrent(kind: &'static str, row: &Settings) -> Result<Recurrent, Fault> {
    Ok(Recurrent {
        kind,
        c_in: row.channels(0)?,
        units: row.one("units")?,
        layers: row.one("layers")?,
        both: row.word("directions") == "both",
        last: row.word("steps") == "last",
        biases: row.one("biases")?,
        projection: row.one_if("projection")?,
    })
}
