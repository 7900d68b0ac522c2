//! A network as Keras layers, channels last: what both of Keras's exports are written from.
//!
//! A row is one Keras layer under its name, with others before or behind where Keras has no such setting: `conv1_pad` for a
//! padding that is neither `same` nor `valid`, `batchnorm1_relu` for an activation.

use serde_json::{Value, json};
use workings::Fault;
use workings::model::{From, Rules};

use super::plan::{Act, Attention, Conv, Dim, Pads, Plan, Pool, Recurrent, Step, Window};
use super::python::Names;

/// A layer of Keras.
pub(super) struct KerasLayer {
    /// Its class below `keras.layers`; `Input` for an input.
    pub class: String,
    pub name: String,
    /// Its settings beside its name, in the order in which a person gives them.
    pub config: Config,
    /// What it gives: space × channels, without the batch.
    pub shape: Sizes,
    /// The layers that it takes from, by index.
    pub inputs: Vec<usize>,
    /// What a sheet says of it, or why it is there.
    pub comment: String,
    /// The row whose parameters it holds, and which of the row's stacked layers it is.
    pub holds: Option<(usize, usize)>,
}

/// A layer's settings by their names.
type Config = Vec<(&'static str, Value)>;

/// Sizes, as far as they are known.
type Sizes = Vec<Option<i64>>;

impl KerasLayer {
    /// Whether it takes what it takes as one list.
    pub fn joins(&self) -> bool {
        matches!(self.class.as_str(), "Add" | "Concatenate" | "Multiply")
    }
}

/// A network of Keras layers.
pub(super) struct KerasModel {
    /// The layers, the inputs first, each behind those that it takes from.
    pub layers: Vec<KerasLayer>,
    pub inputs: usize,
    pub outputs: Vec<usize>,
    /// The layers that take from each layer.
    pub users: Vec<Vec<usize>>,
}

/// A network as Keras layers.
pub(super) fn of(plan: &Plan) -> Result<KerasModel, Fault> {
    let mut builder =
        Builder { plan, names: Names::of(plan), layers: Vec::new(), ends: Vec::new(), positive: Vec::new() };
    for (input, name) in plan.inputs.iter().zip(&builder.names.inputs) {
        let shape = sizes(&input.shape);
        let mut config = vec![("shape", json!(shape))];
        if input.indices {
            config.push(("dtype", json!("int32")));
        }
        let (class, name, comment) = ("Input".to_owned(), name.clone(), String::new());
        builder.layers.push(KerasLayer { class, name, config, shape, inputs: Vec::new(), comment, holds: None });
    }
    for at in 0..plan.steps.len() {
        builder.step(at)?;
    }
    let outputs = plan.outputs.iter().map(|from| builder.end(*from)).collect();
    let mut users = vec![Vec::new(); builder.layers.len()];
    for (at, layer) in builder.layers.iter().enumerate() {
        for from in &layer.inputs {
            if users[*from].last() != Some(&at) {
                users[*from].push(at);
            }
        }
    }
    Ok(KerasModel { layers: builder.layers, inputs: plan.inputs.len(), outputs, users })
}

/// A shape as Keras has it: space × channels, without the batch.
fn sizes(dims: &[Dim]) -> Sizes {
    dims[2..].iter().chain(&dims[1..2]).map(Dim::known).collect()
}

/// Layers on their way into a model.
struct Builder<'b, 'l> {
    plan: &'b Plan<'l>,
    names: Names,
    layers: Vec<KerasLayer>,
    /// The last layer of each row.
    ends: Vec<usize>,
    /// Whether a row's output is nowhere below zero, so that zeros around it win over nothing in a max pool.
    positive: Vec<bool>,
}

impl Builder<'_, '_> {
    fn end(&self, from: From) -> usize {
        match from {
            From::Input(at) => at as usize,
            From::Layer(at) => self.ends[at as usize],
            _ => unreachable!("a plan is made of layers of the notation alone"),
        }
    }

    fn step(&mut self, at: usize) -> Result<(), Fault> {
        let plan = self.plan;
        let step = &plan.steps[at];
        let name = self.names.layers[at].clone();
        let inputs: Vec<usize> = step.inputs.iter().map(|from| self.end(*from)).collect();
        let mut row = Row { at, step, plan, name, x: inputs[0], inputs, builder: self, activated: false };
        row.act()?;
        if let Some(activation) = step.activation.filter(|_| !row.activated) {
            row.activation(activation, row.builder.names.beside(&row.name, activation), false, String::new())?;
        }
        self.ends.push(self.layers.len() - 1);
        let positive = is_positive(self, step);
        self.positive.push(positive);
        Ok(())
    }

    fn is_positive(&self, from: From) -> bool {
        matches!(from, From::Layer(at) if self.positive[at as usize])
    }
}

/// Whether a row gives nothing below zero.
fn is_positive(builder: &Builder, step: &Step) -> bool {
    let above = |name: &str| matches!(name, "relu" | "relu6" | "sigmoid" | "hardsigmoid" | "softmax" | "softplus");
    let own = if let Act::Activation(name) = step.act { Some(name) } else { None };
    if let Some(name) = step.activation.or(own) {
        return above(name);
    }
    match step.act {
        Act::Add | Act::Multiply | Act::Concat { .. } | Act::Crop { .. } | Act::Dropout { .. } | Act::Flatten => {}
        Act::GlobalPool { .. } | Act::AdaptivePool { .. } | Act::Pool(_) | Act::Reshape => {}
        Act::Upsample { .. } | Act::ZeroPad { .. } => {}
        _ => return false,
    }
    step.inputs.iter().all(|from| builder.is_positive(*from))
}

/// How a window's padding is said in Keras.
#[derive(PartialEq)]
enum Padding {
    Valid,
    Same,
    /// Neither: zeros beforehand.
    Apart,
}

/// A row on its way into the model.
struct Row<'r, 'b, 'l> {
    at: usize,
    step: &'r Step<'l>,
    plan: &'r Plan<'l>,
    name: String,
    /// The layer that the next one takes from.
    x: usize,
    inputs: Vec<usize>,
    builder: &'r mut Builder<'b, 'l>,
    /// Whether the row's own layer has its activation.
    activated: bool,
}

impl Row<'_, '_, '_> {
    /// The row's own layer.
    fn own(&mut self, class: impl Into<String>, config: Config) {
        let inputs = vec![self.x];
        self.own_of(class, config, inputs);
    }

    fn own_of(&mut self, class: impl Into<String>, config: Config, inputs: Vec<usize>) {
        let (name, comment) = (self.name.clone(), self.step.figures());
        let (class, shape, holds) = (class.into(), sizes(&self.step.out), Some((self.at, 0)));
        self.add(KerasLayer { class, name, config, shape, inputs, comment, holds });
    }

    /// A layer beside it, under its name and a word, that gives this shape.
    fn beside(&mut self, class: impl Into<String>, word: &str, config: Config, shape: Sizes, comment: &str) {
        let (name, comment) = (self.builder.names.beside(&self.name, word), comment.to_owned());
        let (class, inputs) = (class.into(), vec![self.x]);
        self.add(KerasLayer { class, name, config, shape, inputs, comment, holds: None });
    }

    fn add(&mut self, layer: KerasLayer) {
        self.builder.layers.push(layer);
        self.x = self.builder.layers.len() - 1;
    }

    /// The shape of what comes next.
    fn shape(&self) -> &Sizes {
        &self.builder.layers[self.x].shape
    }

    fn space(&self) -> usize {
        self.plan.space(self.step.inputs[0])
    }

    /// The activation at the end of the row's line, where its own layer takes it as a setting.
    fn activated(&mut self, config: &mut Config) -> Result<(), Fault> {
        let Some(name) = self.step.activation else { return Ok(()) };
        if let Some(word) = self.word(name, false)? {
            config.push(("activation", json!(word)));
            self.activated = true;
        }
        Ok(())
    }

    /// What Keras calls an activation; nothing where it takes a layer with a setting.
    fn word(&self, name: &str, own_line: bool) -> Result<Option<&'static str>, Fault> {
        Ok(Some(match name {
            "elu" => "elu",
            "gelu" => "gelu",
            "hardsigmoid" if self.plan.rules == Rules::Onnx => {
                return Err(self.step.cannot(
                    "ONNX's hardsigmoid has the slope 0.2, and Keras's has 1/6",
                    "take `rules keras` or another activation",
                ));
            }
            "hardsigmoid" => "hard_sigmoid",
            "hardswish" => "hard_silu",
            "leakyrelu" if !own_line && self.plan.rules == Rules::Keras => "leaky_relu",
            "leakyrelu" => return Ok(None),
            "mish" => "mish",
            "relu6" => "relu6",
            "selu" => "selu",
            "sigmoid" => "sigmoid",
            "silu" => "silu",
            "softmax" => "softmax",
            "softplus" => "softplus",
            "tanh" => "tanh",
            _ => "relu",
        }))
    }

    /// An activation as a layer.
    fn activation(&mut self, activation: &str, name: String, own_line: bool, comment: String) -> Result<(), Fault> {
        let (class, config) = match self.word(activation, own_line)? {
            Some(word) => ("Activation", ("activation", json!(word))),
            None => ("LeakyReLU", ("negative_slope", json!(self.plan.slope(own_line)))),
        };
        let (class, shape) = (class.to_owned(), sizes(&self.step.out));
        let (config, inputs) = (vec![config], vec![self.x]);
        self.add(KerasLayer { class, name, config, shape, inputs, comment, holds: None });
        Ok(())
    }

    fn act(&mut self) -> Result<(), Fault> {
        let (step, plan) = (self.step, self.plan);
        let space = self.space();
        let epsilon = plan.epsilon(&step.act);
        let no = |key: &'static str, has: bool| (!has).then(|| (key, json!(false)));
        match &step.act {
            Act::Activation(name) => {
                self.activation(name, self.name.clone(), true, step.figures())?;
            }
            Act::AdaptivePool { max, size } => match step.even(plan, size) {
                Some(kernel) => self.own(format!("{}Pooling{space}D", mode(*max)), vec![("pool_size", each(&kernel))]),
                None => self.own(format!("Adaptive{}Pooling{space}D", mode(*max)), vec![("output_size", each(size))]),
            },
            Act::Add => self.own_of("Add", Vec::new(), self.inputs.clone()),
            Act::Attention(attention) => self.attention(attention),
            Act::BatchNorm { statistics: false, .. } => {
                return Err(step.cannot(
                    "Keras normalises with stored statistics, and `no statistics` has none",
                    "leave out `no statistics`, or take `instancenorm` or `groupnorm`",
                ));
            }
            Act::BatchNorm { scale, shift, .. } => {
                // Keras's own are 0.99 and 0.001; PyTorch keeps 0.9 of the running statistics.
                let momentum = if plan.rules == Rules::Keras { None } else { Some(("momentum", json!(0.9))) };
                let config = momentum
                    .into_iter()
                    .chain(self.epsilon(epsilon))
                    .chain(no("center", *shift))
                    .chain(no("scale", *scale));
                let config = config.collect();
                self.own("BatchNormalization", config);
            }
            Act::Concat { axis } => {
                let axis = if *axis == 1 { -1 } else { *axis as i64 - 1 };
                let config = if axis == -1 { Vec::new() } else { vec![("axis", json!(axis))] };
                self.own_of("Concatenate", config, self.inputs.clone());
            }
            Act::Conv(conv) => self.conv(conv)?,
            Act::Crop { pads } => self.own(format!("Cropping{space}D"), vec![("cropping", sides(pads))]),
            Act::Dense { units, bias, .. } => {
                let mut config = vec![("units", json!(units))];
                self.activated(&mut config)?;
                config.extend(no("use_bias", *bias));
                self.own("Dense", config);
            }
            Act::Dropout { rate } => {
                let rate: f64 = rate.parse().unwrap_or(0.5);
                self.own("Dropout", vec![("rate", json!(rate))]);
            }
            Act::Embedding { entries, features } => {
                self.own("Embedding", vec![("input_dim", json!(entries)), ("output_dim", json!(features))]);
            }
            Act::Flatten => {
                if plan.rules != Rules::Keras && plan.order_matters(step.inputs[0]) {
                    self.channels_first(space, "order");
                }
                self.own("Flatten", Vec::new());
            }
            Act::GlobalPool { max, flat } => {
                let config = if *flat { Vec::new() } else { vec![("keepdims", json!(true))] };
                self.own(format!("Global{}Pooling{space}D", mode(*max)), config);
            }
            Act::GroupNorm { groups, scale, shift } => {
                let config = [("groups", json!(groups))].into_iter().chain(self.epsilon(epsilon));
                let config = config.chain(no("center", *shift)).chain(no("scale", *scale)).collect();
                self.own("GroupNormalization", config);
            }
            Act::InstanceNorm { affine } => {
                // A group for every channel.
                let config = [("groups", json!(-1))].into_iter().chain(self.epsilon(epsilon));
                let config = config.chain(no("center", *affine)).chain(no("scale", *affine)).collect();
                self.own("GroupNormalization", config);
            }
            Act::LayerNorm { shape, scale, shift } => {
                let config = self.axes(shape).into_iter().chain(self.epsilon(epsilon));
                let config = config.chain(no("center", *shift)).chain(no("scale", *scale)).collect();
                self.own("LayerNormalization", config);
            }
            Act::Multiply => self.own_of("Multiply", Vec::new(), self.inputs.clone()),
            Act::Pool(pool) => self.pool(pool)?,
            Act::Prelu { slopes } => {
                let last = if *slopes == "one" { space + 1 } else { space };
                let shared: Vec<usize> = (1..=last).collect();
                let config = if *slopes == "elements" || shared.is_empty() {
                    Vec::new()
                } else {
                    vec![("shared_axes", json!(shared))]
                };
                self.own("PReLU", config);
            }
            Act::Recurrent(layer) => self.recurrent(layer)?,
            Act::Reshape => self.reshape()?,
            Act::RmsNorm { scale: false, .. } => {
                return Err(step
                    .cannot("Keras's RMSNormalization has a scale, and this layer has none", "leave out `no scale`"));
            }
            Act::RmsNorm { shape, .. } => {
                let config = self.axes(shape).into_iter().chain([("epsilon", json!(epsilon))]).collect();
                self.own("RMSNormalization", config);
            }
            Act::Transposed(conv) => self.transposed(conv)?,
            Act::Upsample { factor } => self.own(format!("UpSampling{space}D"), vec![("size", each(factor))]),
            Act::ZeroPad { pads } => self.own(format!("ZeroPadding{space}D"), vec![("padding", sides(pads))]),
        }
        Ok(())
    }

    /// What is added to a variance, where it is not what Keras adds.
    fn epsilon(&self, epsilon: f64) -> Option<(&'static str, Value)> {
        (epsilon != 1e-3).then(|| ("epsilon", json!(epsilon)))
    }

    /// The axes that are normalised together, where they are more than the last.
    fn axes(&self, shape: &[i64]) -> Option<(&'static str, Value)> {
        (shape.len() > 1).then(|| ("axis", (-(shape.len() as i64)..0).collect()))
    }

    /// The channels before the space: the order in which PyTorch and ONNX count an image's elements.
    fn channels_first(&mut self, space: usize, word: &str) {
        let order: Vec<usize> = std::iter::once(space + 1).chain(1..=space).collect();
        let shape = order.iter().map(|axis| self.shape()[axis - 1]).collect();
        self.beside("Permute", word, vec![("dims", json!(order))], shape, "channels first, as PyTorch flattens");
    }

    /// How the padding of a window is said; `over` is how far the last window reaches beyond it.
    fn padding(&self, window: &Window, over: &[i64]) -> Padding {
        let (input, out) = (self.plan.shape(self.step.inputs[0]), &self.step.out);
        let axis = |axis: usize| {
            let (stride, reach) = (window.stride[axis], window.reach(axis));
            let (before, after) = window.pads[axis];
            let (Some(size), Some(out)) = (input[axis + 2].known(), out[axis + 2].known()) else {
                // Where the size is open, only what does not hang on it is known.
                let same = stride == 1 && before == (reach - 1) / 2 && after == reach - 1 - before;
                return ((before, after) == (0, 0), same);
            };
            let needed = ((out - 1) * stride + reach - size - before).max(0);
            let valid = before == 0 && needed == 0 && size >= reach && (size - reach) / stride + 1 == out;
            let kept = (size + stride - 1) / stride;
            let total = ((kept - 1) * stride + reach - size).max(0);
            (valid, out == kept && before == total / 2 && needed == total - total / 2)
        };
        let axes: Vec<(bool, bool)> = (0..window.kernel.len()).map(axis).collect();
        let overs = over.iter().any(|over| *over > 0);
        match (axes.iter().all(|axis| axis.0), axes.iter().all(|axis| axis.1)) {
            (true, _) if !overs => Padding::Valid,
            (_, true) => Padding::Same,
            _ => Padding::Apart,
        }
    }

    /// The settings of a window, with zeros beforehand where Keras has no word for its padding.
    fn window(&mut self, window: &Window, over: &[i64]) -> Config {
        let mut config = Vec::new();
        if window.stride.iter().any(|stride| *stride != 1) {
            config.push(("strides", each(&window.stride)));
        }
        match self.padding(window, over) {
            Padding::Valid => {}
            Padding::Same => config.push(("padding", json!("same"))),
            Padding::Apart => self.zeros(&window.pads, ""),
        }
        if window.dilation.iter().any(|dilation| *dilation != 1) {
            config.push(("dilation_rate", each(&window.dilation)));
        }
        config
    }

    fn zeros(&mut self, pads: &Pads, comment: &str) {
        let padded = |(size, (before, after)): (&Option<i64>, &(i64, i64))| size.map(|size| size + before + after);
        let kept = self.shape()[pads.len()];
        let shape = self.shape().iter().zip(pads).map(padded).chain([kept]).collect();
        self.beside(format!("ZeroPadding{}D", pads.len()), "pad", vec![("padding", sides(pads))], shape, comment);
    }

    fn both(&self, window: &Window) -> Result<(), Fault> {
        let more = |all: &[i64]| all.iter().any(|n| *n > 1);
        match more(&window.stride) && more(&window.dilation) {
            false => Ok(()),
            true => Err(self.step.cannot("Keras takes a stride or a dilation, not both", "leave out one of them")),
        }
    }

    fn conv(&mut self, conv: &Conv) -> Result<(), Fault> {
        let (window, space) = (&conv.window, conv.window.kernel.len());
        self.both(window)?;
        let even = window.stride.iter().all(|stride| *stride == window.stride[0]);
        if conv.separable && (space == 3 || !even) {
            return Err(self.step.cannot(
                "Keras has separable convolutions of one or two axes, with one stride for both",
                "write a `depthwise` and a `conv 1x1` instead",
            ));
        }
        let settings = self.window(window, &[]);
        let depthwise = !conv.separable && conv.multiplier.is_some() && space < 3 && even;
        let multiplier = conv.multiplier.filter(|multiplier| *multiplier != 1).map(|n| ("depth_multiplier", json!(n)));
        let (class, filters) = match (conv.separable, depthwise) {
            (true, _) => ("SeparableConv", true),
            (_, true) => ("DepthwiseConv", false),
            _ => ("Conv", true),
        };
        let mut config = Vec::new();
        if filters {
            config.push(("filters", json!(conv.c_out)));
        }
        config.push(("kernel_size", each(&window.kernel)));
        config.extend(settings);
        if class != "Conv" {
            config.extend(multiplier);
        } else if conv.groups != 1 {
            config.push(("groups", json!(conv.groups)));
        }
        self.activated(&mut config)?;
        if !conv.bias {
            config.push(("use_bias", json!(false)));
        }
        self.own(format!("{class}{space}D"), config);
        Ok(())
    }

    /// Keras's transposed convolution gives (i − 1)·s + max(K, s) positions; what the padding takes away is cropped behind.
    fn transposed(&mut self, conv: &Conv) -> Result<(), Fault> {
        let (window, space) = (&conv.window, conv.window.kernel.len());
        self.both(window)?;
        if conv.groups != 1 {
            return Err(self.step.cannot("Keras has no transposed convolution in groups", "leave out `groups`"));
        }
        let cut = |axis: usize| {
            let (before, after) = window.pads[axis];
            (before, after - conv.extra[axis] + (window.stride[axis] - window.reach(axis)).max(0))
        };
        let crop: Pads = (0..space).map(cut).collect();
        if crop.iter().any(|(_, after)| *after < 0) {
            return Err(self.step.cannot(
                "Keras adds nothing behind the last window of a transposed convolution, and this layer does",
                "leave out `extra`, and take a `zeropad` behind it",
            ));
        }
        let mut config = vec![("filters", json!(conv.c_out)), ("kernel_size", each(&window.kernel))];
        if window.stride.iter().any(|stride| *stride != 1) {
            config.push(("strides", each(&window.stride)));
        }
        if window.dilation.iter().any(|dilation| *dilation != 1) {
            config.push(("dilation_rate", each(&window.dilation)));
        }
        self.activated(&mut config)?;
        if !conv.bias {
            config.push(("use_bias", json!(false)));
        }
        self.own(format!("Conv{space}DTranspose"), config);
        if crop.iter().any(|cut| *cut != (0, 0)) {
            // Before it is cropped, the row's own layer gives more.
            let shape = std::mem::take(&mut self.builder.layers[self.x].shape);
            let whole = shape.iter().zip(crop.iter().chain([&(0, 0)]));
            self.builder.layers[self.x].shape =
                whole.map(|(size, (before, after))| size.map(|size| size + before + after)).collect();
            let config = vec![("cropping", sides(&crop))];
            self.beside(format!("Cropping{space}D"), "crop", config, shape, "what the padding takes away");
        }
        Ok(())
    }

    fn pool(&mut self, pool: &Pool) -> Result<(), Fault> {
        let (window, space) = (&pool.window, pool.window.kernel.len());
        if window.dilation.iter().any(|dilation| *dilation != 1) {
            return Err(self.step.cannot("Keras has no dilated pool", "leave out `dilation`"));
        }
        let over = pool.over.iter().any(|over| *over > 0);
        let mut config = vec![("pool_size", each(&window.kernel))];
        if window.stride != window.kernel {
            config.push(("strides", each(&window.stride)));
        }
        match self.padding(window, &pool.over) {
            Padding::Valid if !pool.ceil || !pool.over.is_empty() => {}
            // Keras's `same` sees no padding: it wins no maximum and counts in no average.
            Padding::Same if pool.max || self.averages_same(pool) => config.push(("padding", json!("same"))),
            _ if pool.ceil && pool.over.is_empty() => {
                return Err(self.step.cannot(
                    "Keras has no `rounding ceil`, and the size is open",
                    "give the size a number with --bind NAME=N, or write `same` or `rounding floor`",
                ));
            }
            _ if pool.max && self.builder.is_positive(self.step.inputs[0]) => {
                // Nothing is below zero here, so that zeros win over nothing.
                let around: Pads =
                    (0..space).map(|axis| (window.pads[axis].0, window.pads[axis].1 + pool.over[axis])).collect();
                self.zeros(&around, "zeros are as good as nothing: no input is below them");
            }
            _ if pool.max => {
                return Err(self.step.cannot(
                    "Keras pads a max pool in no way but `same`, and zeros beforehand would win over what is negative",
                    "write `same`, leave out the padding, or put a `relu` before the pool",
                ));
            }
            _ if pool.counts && !over => self.zeros(&window.pads, "an average counts the padding here"),
            _ => {
                return Err(self.step.cannot(
                    "Keras pads an average pool in no way but `same`, and this one counts its windows otherwise",
                    "write `same`, leave out the padding, or round down",
                ));
            }
        }
        self.own(format!("{}Pooling{space}D", mode(pool.max)), config);
        Ok(())
    }

    /// Whether `same` gives the average that is meant. Where the padding is not alike on both sides, Keras's backends part:
    /// PyTorch's counts the border twice (`keras/src/backend/torch/nn.py`, `average_pool`). So it is taken there for what
    /// was written by Keras's rules alone.
    fn averages_same(&self, pool: &Pool) -> bool {
        let alike = |(pads, over): (&(i64, i64), &i64)| pads.0 == pads.1 + over;
        let padded = pool.window.pads.iter().any(|pads| *pads != (0, 0));
        let alike = pool.window.pads.iter().zip(&pool.over).all(alike) && !pool.over.is_empty();
        match self.plan.rules {
            Rules::Keras => true,
            _ => alike && (!padded || !pool.counts),
        }
    }

    /// The elements in another shape, in the order in which the network's rules count them.
    fn reshape(&mut self) -> Result<(), Fault> {
        let (step, plan) = (self.step, self.plan);
        let from = step.inputs[0];
        let (before, out) = (plan.shape(from), &step.out);
        if out[1..].iter().filter(|dim| dim.known().is_none()).count() > 1 {
            return Err(
                step.cannot("more than one size of the new shape is open", "give them numbers with --bind NAME=N")
            );
        }
        let size = |dim: &Dim| json!(dim.known().unwrap_or(-1));
        // Where the channels stay, either order counts alike.
        if plan.rules == Rules::Keras || before[1] == out[1] {
            let target: Value = out[2..].iter().chain(&out[1..2]).map(size).collect();
            self.own("Reshape", vec![("target_shape", target)]);
            return Ok(());
        }
        if plan.order_matters(from) {
            self.channels_first(before.len() - 2, "order");
        }
        let target: Value = out[1..].iter().map(size).collect();
        let space = out.len() - 2;
        if space == 0 {
            self.own("Reshape", vec![("target_shape", target)]);
            return Ok(());
        }
        let (config, shape) = (vec![("target_shape", target)], out[1..].iter().map(Dim::known).collect());
        self.beside("Reshape", "first", config, shape, "channels first, as PyTorch counts the elements");
        let back: Value = (2..=space + 1).chain([1]).collect();
        self.own("Permute", vec![("dims", back)]);
        Ok(())
    }

    fn attention(&mut self, of: &Attention) {
        let mut config = vec![("num_heads", json!(of.heads)), ("key_dim", json!(of.key))];
        if of.value != of.key {
            config.push(("value_dim", json!(of.value)));
        }
        if !of.bias {
            config.push(("use_bias", json!(false)));
        }
        // Keras takes the query, the value and then the key, which is the value unless told.
        let (keys, values) = of.places;
        let mut inputs = vec![self.inputs[0], self.inputs[values]];
        if keys != values {
            inputs.push(self.inputs[keys]);
        }
        self.own_of("MultiHeadAttention", config, inputs);
    }

    fn recurrent(&mut self, of: &Recurrent) -> Result<(), Fault> {
        let (class, vectors) = match of.kind {
            "lstm" => ("LSTM", 1),
            "gru" => ("GRU", 2),
            _ => ("SimpleRNN", 1),
        };
        if of.both || of.projection.is_some() {
            let says = if of.both {
                "Keras wraps two layers for two directions, which is not written yet"
            } else {
                "Keras has no projection behind an LSTM"
            };
            return Err(self.step.cannot(says, "write it as layers of one direction without a projection"));
        }
        if of.biases == 2 && vectors == 1 {
            return Err(self.step.cannot(
                format!("Keras's {class} has one bias a gate, and this layer has two"),
                "write `biases 1` or `no bias`",
            ));
        }
        for layer in 1..=of.layers {
            let mut config = vec![("units", json!(of.units))];
            if !of.last || layer < of.layers {
                config.push(("return_sequences", json!(true)));
            }
            if of.biases == 0 {
                config.push(("use_bias", json!(false)));
            }
            if of.kind == "gru" && of.biases == 1 {
                config.push(("reset_after", json!(false)));
            }
            match layer == of.layers {
                true => self.own(class, config),
                false => {
                    let shape = vec![self.shape()[0], Some(of.units)];
                    self.beside(class, &layer.to_string(), config, shape, "");
                }
            }
            self.builder.layers[self.x].holds = Some((self.at, layer as usize - 1));
        }
        Ok(())
    }
}

fn mode(max: bool) -> &'static str {
    if max { "Max" } else { "Average" }
}

/// A number an axis: one number where they are alike.
fn each(all: &[i64]) -> Value {
    match all {
        [first, rest @ ..] if rest.iter().all(|n| n == first) => json!(first),
        all => json!(all),
    }
}

/// Before and after, a pair an axis; one number where all are alike.
fn sides(pads: &Pads) -> Value {
    match pads.as_slice() {
        [(first, _), ..] if pads.iter().all(|(before, after)| before == first && after == first) => json!(first),
        [(before, after)] => json!([before, after]),
        pads => json!(pads),
    }
}
