//! ONNX, opset 22: a graph of operators with their parameters inside (<https://onnx.ai/onnx/operators/>).
//!
//! Initializers are the ledger's tensors and nothing else, under the ledger's names (`conv1.weight`) and in PyTorch's
//! layout; what an operator wants otherwise is turned by nodes, which a runtime folds away. Every layer's output has the
//! layer's name and the ledger's shape. Without weights the initializers hold small random values, the same in every run.

mod graph;
mod recurrent;
mod wire;

use workings::model::{From, Rules};
use workings::{Fault, Role};

use super::layout::{Layout, Layouts, held, turn};
use super::plan::{Act, Attention, Conv, Pads, Plan, Pool, Step, Tensor, grouped};
use super::{Export, Weights};
use graph::Attribute::{Float, Int, Ints, Text};
use graph::{Attribute, FLOAT, Graph, INT64};

/// The format, for the list of exports.
pub(super) const EXPORT: Export = Export {
    name: "onnx",
    title: "ONNX, opset 22, with the weights inside",
    extension: "onnx",
    is_text: false,
    weights_extension: None,
    write,
    beside: |_, _| Err(Fault::new("an ONNX file has its weights inside, and none beside it")),
};

fn write(plan: &Plan, weights: Option<&Weights>) -> Result<Vec<u8>, Fault> {
    let layouts = Layouts::of(plan);
    let mut graph = Graph::default();
    for (at, input) in (0..).zip(&plan.inputs) {
        let kind = if input.indices { INT64 } else { FLOAT };
        graph.input(input.name, kind, &held(&input.shape, layouts.at(From::Input(at))));
    }
    for (at, step) in plan.steps.iter().enumerate() {
        graph.layer = step.name.to_owned();
        let taken = layouts.taken(plan, at);
        let mut writer = Writer { plan, graph: &mut graph, layouts: &layouts, step, taken };
        let value = writer.act()?;
        let gives = layouts.at(From::Layer(at as u32));
        let value = match step.activation {
            Some(name) => writer.activation(name, &value, gives, false),
            None => value,
        };
        graph.call(value);
        let shape = held(&step.out, gives);
        match plan.outputs.contains(&From::Layer(at as u32)) {
            true => graph.output(step.name, &shape),
            false => graph.value(step.name, &shape),
        }
    }
    let params: i64 = plan.steps.iter().map(Step::params).sum();
    let source = match weights {
        Some(_) => "Its initializers are the weights that were given.",
        None => "Its initializers are small random values, the same in every run: it is not trained.",
    };
    let says = format!("The network {}, {} parameters, written by workings. {source}", plan.name, grouped(params));
    let tensors: Vec<&Tensor> = plan.steps.iter().flat_map(|step| &step.tensors).collect();
    graph.file(plan.name, &says, &tensors, |tensor, bytes| match weights {
        Some(weights) => bytes.extend(weights.of(&tensor.name)),
        None => fill(tensor, bytes),
    })
}

/// Values to begin with, the same in every run: uniform with a variance of 2 ÷ fan-in (He and others 2015, arXiv
/// 1502.01852), so that what goes through a deep network neither dies out nor grows; biases 0, scales and variances 1.
fn fill(tensor: &Tensor, bytes: &mut Vec<u8>) {
    let flat = |x: f32, bytes: &mut Vec<u8>| (0..tensor.elements()).for_each(|_| bytes.extend(x.to_le_bytes()));
    match tensor.role {
        Role::Weight if tensor.shape.len() > 1 => {}
        Role::Weight | Role::Constant => return flat(1.0, bytes),
        Role::Statistic if tensor.name.ends_with("var") => return flat(1.0, bytes),
        Role::Bias | Role::Statistic => return flat(0.0, bytes),
    }
    let fan_in = tensor.shape[1..].iter().product::<i64>().max(1);
    let bound = (6.0 / fan_in as f64).sqrt() as f32;
    // FNV-1a of the name, then SplitMix64.
    let mut state =
        tensor.name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
    for _ in 0..tensor.elements() {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let unit = ((z ^ (z >> 31)) >> 40) as f32 / (1u32 << 24) as f32;
        bytes.extend(((2.0 * unit - 1.0) * bound).to_le_bytes());
    }
}

/// A layer on its way into the graph.
struct Writer<'w, 'l> {
    plan: &'w Plan<'l>,
    graph: &'w mut Graph,
    layouts: &'w Layouts,
    step: &'w Step<'l>,
    taken: Layout,
}

impl Writer<'_, '_> {
    fn node(&mut self, operator: &'static str, inputs: &[&str], attributes: &[(&str, Attribute)]) -> String {
        self.graph.node(operator, inputs, attributes)
    }

    /// An input, turned into the layout that the layer takes.
    fn input(&mut self, at: usize) -> String {
        let from = self.step.inputs[at];
        let name = match from {
            From::Input(at) => self.plan.inputs[at as usize].name,
            From::Layer(at) => self.plan.steps[at as usize].name,
            _ => unreachable!("a plan is made of layers of the notation alone"),
        };
        let shape = self.plan.shape(from);
        if shape.len() == 2 || self.layouts.at(from) == self.taken {
            return name.to_owned();
        }
        self.node("Transpose", &[name], &[("perm", Ints(turn(shape.len(), self.taken)))])
    }

    /// The name of a tensor of the layer; nothing if it has none of that name.
    fn tensor(&self, name: &str) -> String {
        let full = format!("{}.{name}", self.step.name);
        if self.step.tensors.iter().any(|tensor| tensor.name == full) { full } else { String::new() }
    }

    /// A tensor of the layer, or where the layer goes without it, one that does nothing.
    fn tensor_or(&mut self, name: &str, x: f32, shape: &[i64]) -> String {
        match self.tensor(name) {
            none if none.is_empty() => self.graph.filled(x, shape),
            found => found,
        }
    }

    fn act(&mut self) -> Result<String, Fault> {
        let step = self.step;
        let x = self.input(0);
        let from = step.inputs[0];
        let channels = self.plan.shape(from)[1].known().unwrap_or(1);
        let epsilon = self.plan.epsilon(&step.act);
        Ok(match &step.act {
            Act::Activation(name) => self.activation(name, &x, self.taken, true),
            Act::AdaptivePool { max, size } => self.adaptive(&x, *max, size)?,
            Act::Add => self.join("Add", x)?,
            Act::Attention(attention) => self.attention(attention, x),
            Act::BatchNorm { statistics: false, .. } => {
                return Err(step.cannot(
                    "ONNX normalises with stored statistics, and `no statistics` has none",
                    "leave out `no statistics`, or take `instancenorm` or `groupnorm`",
                ));
            }
            Act::BatchNorm { .. } => {
                let scale = self.tensor_or("weight", 1.0, &[channels]);
                let shift = self.tensor_or("bias", 0.0, &[channels]);
                let inputs = [x, scale, shift, self.tensor("running_mean"), self.tensor("running_var")];
                self.node("BatchNormalization", &inputs.each_ref().map(String::as_str), &[("epsilon", Float(epsilon))])
            }
            Act::Concat { axis } => {
                let rank = step.out.len();
                let axis = turn(rank, self.taken)
                    .iter()
                    .position(|from| *from == *axis as i64)
                    .filter(|_| self.taken == Layout::Last)
                    .unwrap_or(*axis);
                let inputs: Vec<String> =
                    std::iter::once(x).chain((1..step.inputs.len()).map(|at| self.input(at))).collect();
                let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
                self.node("Concat", &inputs, &[("axis", Int(axis as i64))])
            }
            Act::Conv(conv) => self.conv(conv, &x),
            Act::Crop { pads } => {
                let axes: Vec<i64> = (2..2 + pads.len() as i64).collect();
                let starts: Vec<i64> = pads.iter().map(|(before, _)| *before).collect();
                let ends: Vec<i64> = pads.iter().map(|(_, after)| if *after > 0 { -after } else { i64::MAX }).collect();
                let [starts, ends, axes] = [starts, ends, axes].map(|all| self.graph.ints(&all));
                self.node("Slice", &[&x, &starts, &ends, &axes], &[])
            }
            Act::Dense { .. } => self.dense(&x, "weight", "bias", self.plan.space(from) > 0),
            Act::Dropout { rate } => {
                let rate = self.graph.float(rate.parse().unwrap_or(0.5));
                self.node("Dropout", &[&x, &rate], &[])
            }
            Act::Embedding { .. } => self.node("Gather", &[&self.tensor("weight"), &x], &[]),
            Act::Flatten => self.node("Flatten", &[&x], &[("axis", Int(1))]),
            Act::GlobalPool { max, flat } => {
                let pooled = self.node(if *max { "GlobalMaxPool" } else { "GlobalAveragePool" }, &[&x], &[]);
                if *flat { self.node("Flatten", &[&pooled], &[("axis", Int(1))]) } else { pooled }
            }
            Act::GroupNorm { groups, .. } => {
                let scale = self.tensor_or("weight", 1.0, &[channels]);
                let shift = self.tensor_or("bias", 0.0, &[channels]);
                let attributes = [("epsilon", Float(epsilon)), ("num_groups", Int(*groups))];
                self.node("GroupNormalization", &[&x, &scale, &shift], &attributes)
            }
            Act::InstanceNorm { .. } => {
                let scale = self.tensor_or("weight", 1.0, &[channels]);
                let shift = self.tensor_or("bias", 0.0, &[channels]);
                self.node("InstanceNormalization", &[&x, &scale, &shift], &[("epsilon", Float(epsilon))])
            }
            Act::LayerNorm { shape, .. } => {
                let scale = self.tensor_or("weight", 1.0, shape);
                let shift = self.tensor("bias");
                let inputs = if shift.is_empty() { vec![&*x, &*scale] } else { vec![&*x, &*scale, &*shift] };
                let attributes = [("axis", Int(-(shape.len() as i64))), ("epsilon", Float(epsilon))];
                self.node("LayerNormalization", &inputs, &attributes)
            }
            Act::Multiply => self.join("Mul", x)?,
            Act::Pool(pool) => self.pool(pool, &x),
            Act::Prelu { slopes } => {
                let slope = self.tensor("weight");
                // A slope a channel stands beside the channels, not beside the last axis.
                let slope = match (*slopes, self.plan.space(from)) {
                    ("channels", space @ 1..) => {
                        let axes = self.graph.ints(&(1..=space as i64).collect::<Vec<_>>());
                        self.node("Unsqueeze", &[&slope, &axes], &[])
                    }
                    _ => slope,
                };
                self.node("PRelu", &[&x, &slope], &[])
            }
            Act::Recurrent(layer) => self.recurrent(layer, &x)?,
            Act::Reshape => {
                let gives = held(&step.out, self.taken);
                let open = gives[1..].iter().filter(|dim| dim.known().is_none()).count();
                if open > 1 {
                    return Err(step.cannot(
                        "more than one size of the new shape is open",
                        "give them numbers with --bind NAME=N",
                    ));
                }
                // 0 keeps the batch as it is, -1 is what the others leave.
                let sizes: Vec<i64> =
                    std::iter::once(0).chain(gives[1..].iter().map(|dim| dim.known().unwrap_or(-1))).collect();
                let sizes = self.graph.ints(&sizes);
                self.node("Reshape", &[&x, &sizes], &[])
            }
            Act::RmsNorm { shape, .. } => {
                let axes = self.graph.ints(&(-(shape.len() as i64)..0).collect::<Vec<_>>());
                let epsilon = self.graph.float(epsilon);
                let square = self.node("Mul", &[&x, &x], &[]);
                let mean = self.node("ReduceMean", &[&square, &axes], &[]);
                let above = self.node("Add", &[&mean, &epsilon], &[]);
                let root = self.node("Sqrt", &[&above], &[]);
                let normal = self.node("Div", &[&x, &root], &[]);
                match self.tensor("weight") {
                    none if none.is_empty() => normal,
                    scale => self.node("Mul", &[&normal, &scale], &[]),
                }
            }
            Act::Transposed(conv) => {
                let mut attributes = window(conv);
                attributes.push(("output_padding", Ints(conv.extra.clone())));
                let (weight, bias) = (self.tensor("weight"), self.tensor("bias"));
                self.node("ConvTranspose", &with(&[&x, &weight], &bias), &attributes)
            }
            Act::Upsample { factor } => {
                let raw: Vec<u8> = [1, 1].iter().chain(factor).flat_map(|n| (*n as f32).to_le_bytes()).collect();
                let scales = wire::Message::default().ints(1, &[factor.len() as i64 + 2]).int(2, FLOAT).bytes(9, raw);
                let scales = self.node("Constant", &[], &[("value", Attribute::Tensor(scales))]);
                let attributes = [
                    ("mode", Text("nearest")),
                    ("coordinate_transformation_mode", Text("asymmetric")),
                    ("nearest_mode", Text("floor")),
                ];
                self.node("Resize", &[&x, "", &scales], &attributes)
            }
            Act::ZeroPad { pads } => {
                let sides = |side: fn(&(i64, i64)) -> i64| [0, 0].into_iter().chain(pads.iter().map(side));
                let pads: Vec<i64> = sides(|pad| pad.0).chain(sides(|pad| pad.1)).collect();
                let pads = self.graph.ints(&pads);
                self.node("Pad", &[&x, &pads], &[])
            }
        })
    }

    fn join(&mut self, operator: &'static str, first: String) -> Result<String, Fault> {
        let step = self.step;
        if step.inputs.iter().any(|from| self.plan.shape(*from).len() != step.out.len()) {
            return Err(step.cannot(
                "its inputs have different numbers of axes, which ONNX lines up in another way",
                "bring them to one rank with `reshape`: a vector of C features to `reshape 1x1xC`",
            ));
        }
        let mut sum = first;
        for at in 1..step.inputs.len() {
            let next = self.input(at);
            sum = self.node(operator, &[&sum, &next], &[]);
        }
        Ok(sum)
    }

    /// A linear layer over the last axis.
    fn dense(&mut self, x: &str, weight: &str, bias: &str, of_positions: bool) -> String {
        let (weight, bias) = (self.tensor(weight), self.tensor(bias));
        if !of_positions {
            return self.node("Gemm", &with(&[x, &weight], &bias), &[("transB", Int(1))]);
        }
        let turned = self.node("Transpose", &[&weight], &[("perm", Ints(vec![1, 0]))]);
        let product = self.node("MatMul", &[x, &turned], &[]);
        if bias.is_empty() { product } else { self.node("Add", &[&product, &bias], &[]) }
    }

    fn conv(&mut self, conv: &Conv, x: &str) -> String {
        if !conv.separable {
            let (weight, bias) = (self.tensor("weight"), self.tensor("bias"));
            return self.node("Conv", &with(&[x, &weight], &bias), &window(conv));
        }
        let (depthwise, pointwise, bias) =
            (self.tensor("depthwise.weight"), self.tensor("pointwise.weight"), self.tensor("pointwise.bias"));
        let mut attributes = window(conv);
        attributes.retain(|(name, _)| *name != "group");
        attributes.push(("group", Int(conv.c_in)));
        let between = self.node("Conv", &[x, &depthwise], &attributes);
        self.node("Conv", &with(&[&between, &pointwise], &bias), &[])
    }

    fn pool(&mut self, pool: &Pool, x: &str) -> String {
        let window = &pool.window;
        let mut attributes = vec![
            ("kernel_shape", Ints(window.kernel.clone())),
            ("strides", Ints(window.stride.clone())),
            ("pads", Ints(sides(&window.pads))),
            ("ceil_mode", Int(i64::from(pool.ceil))),
        ];
        if window.dilation.iter().any(|d| *d != 1) {
            attributes.push(("dilations", Ints(window.dilation.clone())));
        }
        if pool.max {
            return self.node("MaxPool", &[x], &attributes);
        }
        attributes.push(("count_include_pad", Int(i64::from(pool.counts))));
        self.node("AveragePool", &[x], &attributes)
    }

    fn adaptive(&mut self, x: &str, max: bool, size: &[i64]) -> Result<String, Fault> {
        let kernel = self.step.even(self.plan, size).ok_or_else(|| {
            self.step.cannot(
                "ONNX has no adaptive pool, and its windows are not all of one size here",
                "give the input a size that the output's divides, or take a `pool` with a kernel",
            )
        })?;
        let attributes = [("kernel_shape", Ints(kernel.clone())), ("strides", Ints(kernel))];
        Ok(self.node(if max { "MaxPool" } else { "AveragePool" }, &[x], &attributes))
    }

    /// softmax(Q Kᵀ/√d_k) V in heads, between its projections. Batch and length stay open.
    fn attention(&mut self, of: &Attention, x: String) -> String {
        let (key, value) = (of.heads * of.key, of.heads * of.value);
        let parts = [key, key, value];
        let sizes = self.graph.ints(&parts);
        let [q, k, v] = match of.apart {
            false => {
                let together = self.dense(&x, "in_proj_weight", "in_proj_bias", true);
                let split = self.graph.nodes("Split", &[&together, &sizes], &[("axis", Int(-1))], 3);
                [split[0].clone(), split[1].clone(), split[2].clone()]
            }
            true => {
                let bias = self.tensor("in_proj_bias");
                let biases = match bias.is_empty() {
                    true => vec![String::new(); 3],
                    false => self.graph.nodes("Split", &[&bias, &sizes], &[("axis", Int(0))], 3),
                };
                let sources = [x, self.input(of.places.0), self.input(of.places.1)];
                let weights = ["q_proj_weight", "k_proj_weight", "v_proj_weight"];
                [0, 1, 2].map(|at| {
                    let product = self.dense(&sources[at], weights[at], "", true);
                    if biases[at].is_empty() { product } else { self.node("Add", &[&product, &biases[at]], &[]) }
                })
            }
        };
        // Each head apart: batch × heads × length × features.
        let heads = |writer: &mut Self, x: &str, each: i64, perm: [i64; 4]| {
            let shape = writer.graph.ints(&[0, -1, of.heads, each]);
            let apart = writer.node("Reshape", &[x, &shape], &[]);
            writer.node("Transpose", &[&apart], &[("perm", Ints(perm.to_vec()))])
        };
        let q = heads(self, &q, of.key, [0, 2, 1, 3]);
        let k = heads(self, &k, of.key, [0, 2, 3, 1]);
        let v = heads(self, &v, of.value, [0, 2, 1, 3]);
        let scale = self.graph.float((of.key as f64).sqrt().recip());
        let scaled = self.node("Mul", &[&q, &scale], &[]);
        let scores = self.node("MatMul", &[&scaled, &k], &[]);
        let weights = self.node("Softmax", &[&scores], &[("axis", Int(-1))]);
        let taken = self.node("MatMul", &[&weights, &v], &[]);
        let back = self.node("Transpose", &[&taken], &[("perm", Ints(vec![0, 2, 1, 3]))]);
        let shape = self.graph.ints(&[0, -1, value]);
        let joined = self.node("Reshape", &[&back, &shape], &[]);
        self.dense(&joined, "out_proj.weight", "out_proj.bias", true)
    }

    fn activation(&mut self, name: &str, x: &str, layout: Layout, own_line: bool) -> String {
        let hard = if self.plan.rules == Rules::Onnx { 0.2 } else { 1.0 / 6.0 };
        match name {
            "elu" => self.node("Elu", &[x], &[]),
            "gelu" => self.node("Gelu", &[x], &[]),
            "hardsigmoid" => self.node("HardSigmoid", &[x], &[("alpha", Float(hard)), ("beta", Float(0.5))]),
            "hardswish" => self.node("HardSwish", &[x], &[]),
            "leakyrelu" => self.node("LeakyRelu", &[x], &[("alpha", Float(self.plan.slope(own_line)))]),
            "mish" => self.node("Mish", &[x], &[]),
            "relu6" => {
                let [least, most] = [0.0, 6.0].map(|x| self.graph.float(x));
                self.node("Clip", &[x, &least, &most], &[])
            }
            "selu" => self.node("Selu", &[x], &[]),
            "sigmoid" => self.node("Sigmoid", &[x], &[]),
            "silu" => {
                let sigmoid = self.node("Sigmoid", &[x], &[]);
                self.node("Mul", &[x, &sigmoid], &[])
            }
            "softmax" => {
                let axis = if layout == Layout::First { 1 } else { -1 };
                self.node("Softmax", &[x], &[("axis", Int(axis))])
            }
            "softplus" => self.node("Softplus", &[x], &[]),
            "tanh" => self.node("Tanh", &[x], &[]),
            _ => self.node("Relu", &[x], &[]),
        }
    }
}

/// Inputs, and one more where there is one.
fn with<'a>(inputs: &[&'a str], last: &'a str) -> Vec<&'a str> {
    inputs.iter().copied().chain((!last.is_empty()).then_some(last)).collect()
}

/// All that stands before, then all that stands after.
fn sides(pads: &Pads) -> Vec<i64> {
    pads.iter().map(|pad| pad.0).chain(pads.iter().map(|pad| pad.1)).collect()
}

fn window(conv: &Conv) -> Vec<(&'static str, Attribute<'static>)> {
    vec![
        ("kernel_shape", Ints(conv.window.kernel.clone())),
        ("strides", Ints(conv.window.stride.clone())),
        ("dilations", Ints(conv.window.dilation.clone())),
        ("pads", Ints(sides(&conv.window.pads))),
        ("group", Int(conv.groups)),
    ]
}
