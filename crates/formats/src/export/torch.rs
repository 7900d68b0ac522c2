//! PyTorch: a module in Python, as a person would write it (<https://docs.pytorch.org/docs/stable/nn.html>).
//!
//! Layers with settings are modules in `__init__`, under the ledger's names; what goes where stands in `forward`. Images
//! have their channels first and sequences last, as PyTorch's layers take them.

use workings::Fault;
use workings::model::{From, Rules};

use super::layout::{Layout, Layouts, turn};
use super::plan::{Act, Attention, Conv, Dim, Pads, Plan, Pool, Recurrent, Step, Tensor, grouped, sheet};
use super::python::{Names, class, each, plain, tuple};
use super::{Export, Weights};

/// The format, for the list of exports.
pub(super) const EXPORT: Export = Export {
    name: "torch",
    title: "a PyTorch module, in Python",
    extension: "py",
    is_text: true,
    weights_extension: Some("safetensors"),
    write,
    beside,
};

/// The weights under the names of the module's `state_dict`.
fn beside(plan: &Plan, weights: &Weights) -> Result<Vec<u8>, Fault> {
    let names = Names::of(plan);
    let mut named: Vec<(String, Vec<&Tensor>)> = Vec::new();
    for (step, name) in plan.steps.iter().zip(&names.layers) {
        let together = matches!(&step.act, Act::Attention(of) if of.apart && of.keys_from == of.features && of.values_from == of.features);
        for tensor in &step.tensors {
            let own = &tensor.name[step.name.len()..];
            // Where keys and values have the query's features, PyTorch keeps the three projections in one tensor.
            match own {
                ".q_proj_weight" if together => named.push((format!("{name}.in_proj_weight"), vec![tensor])),
                ".k_proj_weight" | ".v_proj_weight" if together => {
                    named.last_mut().into_iter().for_each(|(_, parts)| parts.push(tensor));
                }
                own => named.push((format!("{name}{own}"), vec![tensor])),
            }
        }
    }
    Ok(weights.renamed(&named))
}

fn write(plan: &Plan, _: Option<&Weights>) -> Result<Vec<u8>, Fault> {
    let (layouts, names) = (Layouts::of(plan), Names::of(plan));
    let (mut made, mut forward) = (Vec::new(), Vec::new());
    for (at, step) in plan.steps.iter().enumerate() {
        let writer = Writer { plan, layouts: &layouts, names: &names, step, name: &names.layers[at], at };
        let Written { module, before, value } = writer.act()?;
        let target = writer.value(From::Layer(at as u32));
        let has_module = module.is_some();
        if let Some(module) = module {
            made.push(format!("self.{} = {module}  # {}", writer.name, step.figures()));
        }
        forward.extend(before);
        let value = match step.activation {
            Some(name) => writer.activation(name, &value, layouts.at(From::Layer(at as u32)), false)?,
            None => value,
        };
        // What has a module has its figures there.
        let figures = if has_module { String::new() } else { format!("  # {}", sheet(&step.out)) };
        forward.push(format!("{target} = {value}{figures}"));
    }
    let values = |all: Vec<String>| all.join(", ");
    let outputs = values(plan.outputs.iter().map(|from| value(plan, &names, *from)).collect());
    let inputs = values((0..plan.inputs.len() as u32).map(|at| value(plan, &names, From::Input(at))).collect());
    // What is only handed on need not be named first.
    match forward.pop() {
        Some(last) if last.starts_with(&format!("{outputs} = ")) && plan.outputs.len() == 1 => {
            forward.push(format!("return {}", &last[outputs.len() + 3..]));
        }
        last => forward.extend(last.into_iter().chain([format!("return {outputs}")])),
    }
    let (params, class) = (plan.steps.iter().map(Step::params).sum(), class(plan.name));
    let indented = |lines: &[String]| lines.iter().map(|line| format!("        {line}\n")).collect::<String>();
    let uses = if forward.iter().any(|line| line.contains("F.")) { "import torch.nn.functional as F\n" } else { "" };
    let ordered = if made.iter().any(|line| line.contains("OrderedDict")) {
        "from collections import OrderedDict\n\n"
    } else {
        ""
    };
    let torch = if forward.iter().any(|line| line.contains("torch.")) { "import torch\n" } else { "" };
    let shapes = (0..).zip(&plan.inputs).map(|(at, input)| {
        let layout = layouts.at(From::Input(at));
        format!("{} ({})", names.inputs[at as usize], axes(&input.shape, layout))
    });
    let taken = shapes.collect::<Vec<_>>().join(" and ");
    Ok(format!(
        "\"\"\"The network {name}: {params} parameters. Written by workings.\n\nIt takes {taken}.\n\"\"\"\n\n\
         {ordered}{torch}from torch import nn\n{uses}\n\n\
         class {class}(nn.Module):\n    def __init__(self):\n        super().__init__()\n{made}\n    \
         def forward(self, {inputs}):\n{forward}\n\n\
         if __name__ == \"__main__\":\n    network = {class}()\n    \
         params = sum(parameter.numel() for parameter in network.parameters())\n    \
         print(f\"{{params:,}} parameters, and {params} on the sheet\")\n",
        name = plain(plan.name),
        params = grouped(params),
        made = indented(&made),
        forward = indented(&forward),
    )
    .into_bytes())
}

/// The axes of a value in words, as PyTorch is to be given them.
fn axes(shape: &[Dim], layout: Layout) -> String {
    let dims = super::layout::held(shape, layout);
    let size = |dim: &Dim| match dim {
        Dim::Known(n) => n.to_string(),
        Dim::Open(Some(name)) => name.to_string(),
        Dim::Open(None) => "any".to_owned(),
    };
    std::iter::once("batch".to_owned()).chain(dims[1..].iter().map(size)).collect::<Vec<_>>().join(" x ")
}

/// What a value is called in `forward`: `x` where the next layer takes it and no other, and else its layer's name.
fn value(plan: &Plan, names: &Names, from: From) -> String {
    let users = plan.users(from);
    let (next, own) = match from {
        From::Input(at) => (0, &names.inputs[at as usize]),
        From::Layer(at) => (at as usize + 1, &names.layers[at as usize]),
        _ => unreachable!("a plan is made of layers of the notation alone"),
    };
    let single = plan.inputs.len() == 1 || !matches!(from, From::Input(_));
    let last = users.is_empty() && next == plan.steps.len();
    if single && (users == [next] || last) { "x".to_owned() } else { own.clone() }
}

/// A layer as it is written.
struct Written {
    /// What makes its module, if it has one.
    module: Option<String>,
    /// Lines of `forward` that stand before its own.
    before: Vec<String>,
    /// What its line is equal to.
    value: String,
}

impl Written {
    /// A layer without a module.
    fn plain(value: String) -> Result<Written, Fault> {
        Ok(Written { module: None, before: Vec::new(), value })
    }
}

struct Writer<'w, 'l> {
    plan: &'w Plan<'l>,
    layouts: &'w Layouts,
    names: &'w Names,
    step: &'w Step<'l>,
    name: &'w str,
    at: usize,
}

impl Writer<'_, '_> {
    fn value(&self, from: From) -> String {
        value(self.plan, self.names, from)
    }

    /// An input, turned into the layout that the layer takes.
    fn input(&self, at: usize) -> String {
        let from = self.step.inputs[at];
        let (value, taken) = (self.value(from), self.layouts.taken(self.plan, self.at));
        match self.plan.shape(from).len() {
            rank if rank == 2 || self.layouts.at(from) == taken => value,
            3 => format!("{value}.transpose(1, 2)"),
            rank => {
                let order = turn(rank, taken);
                format!("{value}.permute{}", tuple(&order))
            }
        }
    }

    /// A layer that is a module of its input.
    fn module(&self, module: String) -> Result<Written, Fault> {
        Ok(Written {
            module: Some(module),
            before: Vec::new(),
            value: format!("self.{}({})", self.name, self.input(0)),
        })
    }

    fn act(&self) -> Result<Written, Fault> {
        let (step, plan) = (self.step, self.plan);
        let from = step.inputs[0];
        let space = plan.space(from);
        let channels = plan.shape(from)[1].known();
        let known =
            || channels.ok_or_else(|| step.cannot("its channels are open", "give them a number with --bind NAME=N"));
        let taken = self.layouts.taken(plan, self.at);
        let epsilon = plan.epsilon(&step.act);
        let eps = |default: f64| if epsilon == default { String::new() } else { format!(", eps={epsilon}") };
        match &step.act {
            Act::Activation(name) => Written::plain(self.activation(name, &self.input(0), taken, true)?),
            Act::AdaptivePool { max, size } => {
                self.module(format!("nn.Adaptive{}Pool{space}d({})", mode(*max), each(size)))
            }
            Act::Add => self.join(" + "),
            Act::Attention(attention) => self.attention(attention),
            Act::BatchNorm { scale, shift, statistics } => {
                let affine = self.both(*scale, *shift)?;
                let dims = space.max(1);
                let kept = if *statistics { "" } else { ", track_running_stats=False" };
                let momentum = if plan.rules == Rules::Keras { ", momentum=0.01" } else { "" };
                self.module(format!("nn.BatchNorm{dims}d({}{}{momentum}{affine}{kept})", known()?, eps(1e-5)))
            }
            Act::Concat { axis } => {
                let rank = step.out.len();
                let held = turn(rank, Layout::Last).iter().position(|from| *from == *axis as i64);
                let axis = if taken == Layout::Last { held.unwrap_or(*axis) } else { *axis };
                let inputs: Vec<String> = (0..step.inputs.len()).map(|at| self.input(at)).collect();
                Written::plain(format!("torch.cat(({}), dim={axis})", inputs.join(", ")))
            }
            Act::Conv(conv) => self.conv(conv),
            Act::Crop { pads } => {
                let cut = |(before, after): &(i64, i64)| match (before, after) {
                    (0, 0) => ":".to_owned(),
                    (before, 0) => format!("{before}:"),
                    (0, after) => format!(":-{after}"),
                    (before, after) => format!("{before}:-{after}"),
                };
                let cuts: Vec<String> = pads.iter().map(cut).collect();
                Written::plain(format!("{}[:, :, {}]", self.input(0), cuts.join(", ")))
            }
            Act::Dense { c_in, units, bias } => self.module(format!("nn.Linear({c_in}, {units}{})", no("bias", *bias))),
            Act::Dropout { rate } => self.module(format!("nn.Dropout({rate})")),
            Act::Embedding { entries, features } => self.module(format!("nn.Embedding({entries}, {features})")),
            Act::Flatten => Written::plain(format!("torch.flatten({}, 1)", self.input(0))),
            Act::GlobalPool { max, flat } => {
                let mut written = self.module(format!("nn.Adaptive{}Pool{space}d(1)", mode(*max)))?;
                if *flat {
                    written.value = format!("torch.flatten({}, 1)", written.value);
                }
                Ok(written)
            }
            Act::GroupNorm { groups, scale, shift } => {
                let affine = self.both(*scale, *shift)?;
                self.module(format!("nn.GroupNorm({groups}, {}{}{affine})", known()?, eps(1e-5)))
            }
            Act::InstanceNorm { affine } => {
                let affine = if *affine { ", affine=True" } else { "" };
                self.module(format!("nn.InstanceNorm{space}d({}{}{affine})", known()?, eps(1e-5)))
            }
            Act::LayerNorm { shape, scale, shift } => {
                let affine = match (scale, shift) {
                    (true, true) => "",
                    (true, false) => ", bias=False",
                    (false, false) => ", elementwise_affine=False",
                    (false, true) => return Err(self.one_alone()),
                };
                self.module(format!("nn.LayerNorm({}{}{affine})", each_or_tuple(shape), eps(1e-5)))
            }
            Act::Multiply => self.join(" * "),
            Act::Pool(pool) => self.pool(pool),
            Act::Prelu { slopes } => match *slopes {
                "one" => self.module("nn.PReLU()".to_owned()),
                "channels" => self.module(format!("nn.PReLU({})", known()?)),
                _ => Err(step.cannot(
                    "PyTorch's PReLU has one slope or one a channel, and this one has one an element",
                    "write `prelu slopes one` or `prelu slopes channels`",
                )),
            },
            Act::Recurrent(layer) => self.recurrent(layer),
            Act::Reshape => {
                let gives = super::layout::held(&step.out, taken);
                if gives[1..].iter().filter(|dim| dim.known().is_none()).count() > 1 {
                    return Err(step.cannot(
                        "more than one size of the new shape is open",
                        "give them numbers with --bind NAME=N",
                    ));
                }
                let sizes: Vec<String> = gives[1..].iter().map(|dim| dim.known().unwrap_or(-1).to_string()).collect();
                let input = self.input(0);
                Written::plain(format!("{input}.reshape({input}.shape[0], {})", sizes.join(", ")))
            }
            Act::RmsNorm { shape, scale } => {
                let affine = if *scale { "" } else { ", elementwise_affine=False" };
                self.module(format!("nn.RMSNorm({}{}{affine})", each_or_tuple(shape), eps(f64::from(f32::EPSILON))))
            }
            Act::Transposed(conv) => self.transposed(conv),
            Act::Upsample { factor } => self.module(format!("nn.Upsample(scale_factor={})", each(factor))),
            Act::ZeroPad { pads } => Written::plain(format!("F.pad({}, {})", self.input(0), padding(pads))),
        }
    }

    /// What PyTorch's normalisations are told where they have no scale and no shift; it has no way to leave out one alone.
    fn both(&self, scale: bool, shift: bool) -> Result<&'static str, Fault> {
        match (scale, shift) {
            (true, true) => Ok(""),
            (false, false) => Ok(", affine=False"),
            _ => Err(self.one_alone()),
        }
    }

    fn one_alone(&self) -> Fault {
        self.step.cannot(
            "PyTorch has a scale and a shift together or neither, and this layer leaves out one",
            "leave out both (`no scale, no shift`) or none",
        )
    }

    fn join(&self, sign: &str) -> Result<Written, Fault> {
        if self.step.inputs.iter().any(|from| self.plan.shape(*from).len() != self.step.out.len()) {
            return Err(self.step.cannot(
                "its inputs have different numbers of axes, which PyTorch lines up in another way",
                "bring them to one rank with `reshape`: a vector of C features to `reshape 1x1xC`",
            ));
        }
        let inputs: Vec<String> = (0..self.step.inputs.len()).map(|at| self.input(at)).collect();
        Written::plain(inputs.join(sign))
    }

    fn conv(&self, conv: &Conv) -> Result<Written, Fault> {
        let (space, window) = (conv.window.kernel.len(), &conv.window);
        let (padding, before) = match window.pads.iter().all(|(before, after)| before == after) {
            true => (window.pads.iter().map(|(before, _)| *before).collect(), None),
            false => (vec![0; space], Some(self.padded(&window.pads, ""))),
        };
        let sliding = sliding(&window.stride, &padding, &window.dilation);
        let bias = no("bias", conv.bias);
        let module = match (conv.separable, conv.multiplier.unwrap_or(1) * conv.c_in) {
            (false, _) => {
                let groups = if conv.groups == 1 { String::new() } else { format!(", groups={}", conv.groups) };
                let (c_in, c_out) = (conv.c_in, conv.c_out);
                format!("nn.Conv{space}d({c_in}, {c_out}, {}{sliding}{groups}{bias})", each(&window.kernel))
            }
            (true, between) => format!(
                "nn.Sequential(OrderedDict(\n            \
                 depthwise=nn.Conv{space}d({c_in}, {between}, {kernel}{sliding}, groups={c_in}, bias=False),\n            \
                 pointwise=nn.Conv{space}d({between}, {c_out}, 1{bias}),\n        ))",
                c_in = conv.c_in,
                c_out = conv.c_out,
                kernel = each(&window.kernel),
            ),
        };
        self.behind(module, before)
    }

    /// A line that pads the input beforehand: PyTorch's modules pad alike on both sides.
    fn padded(&self, pads: &Pads, value: &str) -> String {
        format!("{} = F.pad({}, {}{value})", self.around(), self.input(0), padding(pads))
    }

    /// What the padded input is called: a name of its own where the input is still needed.
    fn around(&self) -> String {
        match self.value(self.step.inputs[0]).as_str() {
            "x" => "x".to_owned(),
            _ => self.names.beside(self.name, "padded"),
        }
    }

    /// A layer that is a module of its input, padded beforehand if a line says so.
    fn behind(&self, module: String, before: Option<String>) -> Result<Written, Fault> {
        let written = self.module(module)?;
        Ok(match before {
            None => written,
            Some(line) => {
                Written { before: vec![line], value: format!("self.{}({})", self.name, self.around()), ..written }
            }
        })
    }

    fn transposed(&self, conv: &Conv) -> Result<Written, Fault> {
        let window = &conv.window;
        let axes = 0..window.kernel.len();
        // What is added at the end takes away from what is cut off there.
        let ends: Pads =
            axes.clone().map(|axis| (window.pads[axis].0, window.pads[axis].1 - conv.extra[axis])).collect();
        let within = |axis: usize| {
            let (before, after) = ends[axis];
            (0..window.stride[axis].max(window.dilation[axis])).contains(&(before - after))
        };
        let as_told = axes.clone().all(within);
        if !as_told && ends.iter().any(|(_, after)| *after < 0) {
            return Err(self.step.cannot(
                "PyTorch adds less at the end than the stride or the dilation, and this layer adds more",
                "take a smaller `extra`, and a `zeropad` behind it",
            ));
        }
        let (padding, extra): (Vec<i64>, Vec<i64>) = match as_told {
            true => ends.iter().map(|(before, after)| (*before, before - after)).unzip(),
            false => axes.map(|_| (0, 0)).unzip(),
        };
        let (space, c_in, c_out) = (window.kernel.len(), conv.c_in, conv.c_out);
        let extra =
            if extra.iter().any(|n| *n > 0) { format!(", output_padding={}", each(&extra)) } else { String::new() };
        let groups = if conv.groups == 1 { String::new() } else { format!(", groups={}", conv.groups) };
        let mut written = self.module(format!(
            "nn.ConvTranspose{space}d({c_in}, {c_out}, {}{}{extra}{groups}{})",
            each(&window.kernel),
            sliding(&window.stride, &padding, &window.dilation),
            no("bias", conv.bias)
        ))?;
        if !as_told {
            let cut: Pads = ends.iter().map(|(before, after)| (-before, -after)).collect();
            written.value = format!("F.pad({}, {})", written.value, self::padding(&cut));
        }
        Ok(written)
    }

    fn pool(&self, pool: &Pool) -> Result<Written, Fault> {
        let (window, space) = (&pool.window, pool.window.kernel.len());
        let symmetric = window.pads.iter().all(|(before, after)| before == after);
        let shy = window.pads.iter().zip(&window.kernel).all(|((before, _), kernel)| before * 2 <= *kernel);
        if !pool.max && window.dilation.iter().any(|d| *d != 1) {
            return Err(self.step.cannot("PyTorch has no dilated average pool", "leave out `dilation`"));
        }
        let asymmetric = !(symmetric && shy);
        if asymmetric && !pool.max && !pool.counts {
            return Err(self.step.cannot(
                "PyTorch counts padding in an average where it is not alike on both sides, and the network's rules do not",
                "pad alike on both sides, or take `rules pytorch`",
            ));
        }
        let (padding, before) = match asymmetric {
            true => {
                let value = if pool.max { ", value=float(\"-inf\")" } else { "" };
                (vec![0; space], Some(self.padded(&window.pads, value)))
            }
            false => (window.pads.iter().map(|(before, _)| *before).collect(), None),
        };
        let stride =
            if window.stride == window.kernel { String::new() } else { format!(", stride={}", each(&window.stride)) };
        let padded = padding.iter().any(|n| *n > 0);
        let pads = if padded { format!(", padding={}", each(&padding)) } else { String::new() };
        let dilation = if window.dilation.iter().all(|d| *d == 1) {
            String::new()
        } else {
            format!(", dilation={}", each(&window.dilation))
        };
        let ceil = if pool.ceil { ", ceil_mode=True" } else { "" };
        let counts = if !pool.max && padded && !pool.counts { ", count_include_pad=False" } else { "" };
        let kind = mode(pool.max);
        let module = format!("nn.{kind}Pool{space}d({}{stride}{pads}{dilation}{ceil}{counts})", each(&window.kernel));
        self.behind(module, before)
    }

    fn attention(&self, of: &Attention) -> Result<Written, Fault> {
        if of.key * of.heads != of.features || of.value * of.heads != of.features {
            return Err(self.step.cannot(
                "PyTorch shares the features out between the heads, and this layer gives each head its own number",
                "leave out `key` and `value`",
            ));
        }
        let sizes = match (of.keys_from == of.features, of.values_from == of.features) {
            (true, true) => String::new(),
            _ => format!(", kdim={}, vdim={}", of.keys_from, of.values_from),
        };
        let (features, heads, bias) = (of.features, of.heads, no("bias", of.bias));
        let (q, k, v) = (self.input(0), self.input(of.places.0), self.input(of.places.1));
        let value = format!("self.{}({q}, {k}, {v}, need_weights=False)[0]", self.name);
        let module = format!("nn.MultiheadAttention({features}, {heads}{bias}{sizes}, batch_first=True)");
        Ok(Written { module: Some(module), before: Vec::new(), value })
    }

    fn recurrent(&self, of: &Recurrent) -> Result<Written, Fault> {
        if of.biases == 1 {
            return Err(self
                .step
                .cannot("PyTorch has two biases a gate, and this layer has one", "write `biases 2` or `no bias`"));
        }
        let kind = match of.kind {
            "lstm" => "LSTM",
            "gru" => "GRU",
            _ => "RNN",
        };
        let layers = if of.layers == 1 { String::new() } else { format!(", num_layers={}", of.layers) };
        let both = if of.both { ", bidirectional=True" } else { "" };
        let projection = of.projection.map_or(String::new(), |size| format!(", proj_size={size}"));
        let bias = no("bias", of.biases > 0);
        let (c_in, units, name) = (of.c_in, of.units, self.name);
        let module = format!("nn.{kind}({c_in}, {units}{layers}{bias}{both}{projection}, batch_first=True)");
        let call = format!("self.{name}({})", self.input(0));
        // The last step of each direction is its final state.
        let (before, value) = match (of.last, of.kind, of.both) {
            (false, ..) => (Vec::new(), format!("{call}[0]")),
            (true, kind, both) => {
                let state = self.names.beside(name, "state");
                let line =
                    if kind == "lstm" { format!("_, ({state}, _) = {call}") } else { format!("_, {state} = {call}") };
                let value =
                    if both { format!("torch.cat(({state}[-2], {state}[-1]), dim=1)") } else { format!("{state}[-1]") };
                (vec![line], value)
            }
        };
        Ok(Written { module: Some(module), before, value })
    }

    fn activation(&self, name: &str, x: &str, layout: Layout, own_line: bool) -> Result<String, Fault> {
        Ok(match name {
            "hardsigmoid" if self.plan.rules == Rules::Onnx => {
                return Err(self.step.cannot(
                    "ONNX's hardsigmoid has the slope 0.2, and PyTorch's has 1/6",
                    "take `rules pytorch` or another activation",
                ));
            }
            "leakyrelu" => match self.plan.slope(own_line) {
                0.01 => format!("F.leaky_relu({x})"),
                slope => format!("F.leaky_relu({x}, {slope})"),
            },
            "softmax" => format!("F.softmax({x}, dim={})", if layout == Layout::First { 1 } else { -1 }),
            "sigmoid" | "tanh" => format!("torch.{name}({x})"),
            name => format!("F.{name}({x})"),
        })
    }
}

fn mode(max: bool) -> &'static str {
    if max { "Max" } else { "Avg" }
}

fn no(what: &str, has: bool) -> String {
    if has { String::new() } else { format!(", {what}=False") }
}

/// The settings of a window that are not what they would be without them.
fn sliding(stride: &[i64], padding: &[i64], dilation: &[i64]) -> String {
    let told = |name: &str, all: &[i64], default: i64| match all.iter().all(|n| *n == default) {
        true => String::new(),
        false => format!(", {name}={}", each(all)),
    };
    told("stride", stride, 1) + &told("padding", padding, 0) + &told("dilation", dilation, 1)
}

/// Paddings in the order of `F.pad`: the last axis first.
fn padding(pads: &Pads) -> String {
    tuple(&pads.iter().rev().flat_map(|(before, after)| [*before, *after]).collect::<Vec<_>>())
}

fn each_or_tuple(shape: &[i64]) -> String {
    if let [one] = shape { one.to_string() } else { tuple(shape) }
}
