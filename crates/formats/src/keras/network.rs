//! A network's configuration into layers: sequences, graphs, and networks within networks, each layer a row for every time
//! that it is called.
//!
//! Source: `keras/src/models/functional.py`, `functional_from_config`; `sequential.py`, `from_config`.

use std::collections::HashMap;
use std::rc::Rc;

use workings::fault::Fault;
use workings::graph::{Dtype, Member, Module};
use workings::keras::{Value, word};
use workings::model::{From, Input, Layer, Layout, Model, Rules, Size};
use workings::ops;

use super::calls::{self, Call, Tensor};
use super::layer::{self, Seen};
use super::order::order;
use super::survey::{self, Survey};

/// How deep networks may stand in one another.
const DEEPEST: usize = 24;

/// The most rows that a network may come to.
const MOST: usize = 200_000;

/// Reads a configuration.
pub(super) fn read(value: &Value, name: &str) -> Result<Model, Fault> {
    let config = value.get("config");
    if !layer::is_network(value) {
        let class = value.get("class_name").text();
        return Err(match (class, config) {
            (None, _) => Fault::new("it has no `class_name`, which every model of Keras has")
                .hint("give a file that `model.save` or `model.to_json()` wrote"),
            (Some(class), Value::Map(_)) => Fault::new(format!("config: a {class} of its own class does not say how its layers are wired"))
                .hint("only sequential and functional models keep their wiring; their weights can be shown from `.weights.h5`"),
            (Some(class), other) => Fault::new(format!("config: an object is needed for a {class}, and {} found", other.says())),
        });
    }
    let name = config.get("name").text().unwrap_or(name);
    let model = Model {
        name: name.into(),
        format: super::FORMAT.name,
        rules: Rules::Keras,
        layout: Layout::ChannelsLast,
        ..Model::default()
    };
    let survey = survey::survey(value);
    // Keras 3 forgets of a sequential model that it was not to be trained; its layers say it themselves.
    let frozen = is_frozen(value) && (survey.old || !config.get("output_layers").is_nothing());
    let mut reading = Reading { model, survey, met: HashMap::new(), first: HashMap::new(), opened: false };
    let at = Within { path: String::new(), prefix: String::new(), module: None, frozen, depth: 0 };
    let outputs = reading.network(value, &at, None)?;
    let names = outputs.iter().map(|from| std::rc::Rc::from(reading.name_of(*from)));
    reading.model.graph.outputs = names.zip(outputs.iter().copied()).collect();
    Ok(reading.model)
}

fn is_frozen(entry: &Value) -> bool {
    entry.get("config").get("trainable").bool() == Some(false)
}

/// A model on its way.
struct Reading {
    model: Model,
    survey: Survey,
    /// How often each layer was called, by its path.
    met: HashMap<String, usize>,
    /// The first row of each layer, by the path where it is met first.
    first: HashMap<String, u32>,
    /// Whether an input with open sizes beside the batch was met.
    opened: bool,
}

/// Where a network stands.
struct Within {
    /// In the file: `config.layers[3].`.
    path: String,
    /// Among the rows: `outer/`.
    prefix: String,
    /// The innermost model around it, if it is in one.
    module: Option<Rc<Module>>,
    frozen: bool,
    depth: usize,
}

impl Within {
    fn path(&self, rest: &str) -> String {
        format!("{}{rest}", self.path)
    }

    /// Where a network within this one stands. For Keras 3 it does not matter whether it is to be trained: its layers say so
    /// (`keras/src/models/functional.py`, where it is told before it has its layers).
    fn inner(&self, entry: &Value, name: &str, path: &str, old: bool) -> Within {
        let class = entry.get("class_name").text().unwrap_or_default();
        Within {
            path: format!("{path}."),
            prefix: format!("{}{name}/", self.prefix),
            module: Some(Module::within(self.module.as_ref(), name, "/", class)),
            frozen: self.frozen || old && is_frozen(entry),
            depth: self.depth + 1,
        }
    }
}

/// A layer's name: Keras 3 has it in the configuration, Keras 2 beside it too.
fn name_of(entry: &Value) -> Option<&str> {
    entry.get("name").text().or(entry.get("config").get("name").text())
}

impl Reading {
    fn name_of(&self, from: From) -> Box<str> {
        match from {
            From::Input(at) => self.model.inputs[at as usize].name.clone(),
            From::Layer(at) | From::Output(at, _) => self.model.layers[at as usize].name.clone(),
            _ => "output".into(),
        }
    }

    /// The layers of a network, which takes these tensors; the outermost takes the model's inputs.
    fn network(&mut self, entry: &Value, at: &Within, takes: Option<Vec<From>>) -> Result<Vec<From>, Fault> {
        if at.depth > DEEPEST {
            return Err(Fault::new(format!(
                "{}: more than {DEEPEST} networks stand in one another",
                at.path("config")
            ))
            .hint("no network that Keras writes is so deep"));
        }
        let config = entry.get("config");
        let layers = survey::layers(entry);
        if layers.is_empty() {
            return Err(Fault::new(format!("{}: there are no layers", at.path("config.layers"))));
        }
        match config.get("output_layers").is_nothing() {
            true => self.sequence(entry, layers, at, takes),
            false => self.graph(config, layers, at, takes),
        }
    }

    /// One layer after the other.
    fn sequence(
        &mut self,
        entry: &Value,
        layers: &[Value],
        at: &Within,
        takes: Option<Vec<From>>,
    ) -> Result<Vec<From>, Fault> {
        let config = entry.get("config");
        let mut before = takes;
        for (index, one) in layers.iter().enumerate() {
            let path = at.path(&format!("config.layers[{index}]"));
            let input = one.get("class_name").text() == Some("InputLayer");
            if before.is_none() && !input {
                let first = one.get("config");
                let said = [
                    first.get("batch_shape"),
                    first.get("batch_input_shape"),
                    config.get("build_input_shape"),
                    entry.get("build_config").get("input_shape"),
                ];
                let said = said.into_iter().find(|shape| !shape.is_nothing());
                // Keras 2 leaves it to a network that stands first to say what goes in.
                if said.is_some() || !layer::is_network(one) {
                    before = Some(vec![self.input("input", said.unwrap_or(&Value::Nothing), first, &path)?]);
                }
            }
            before = Some(match before {
                _ if input => {
                    self.input_layer(one, at, &path, before.as_deref().and_then(|all| all.first().copied()))?
                }
                Some(from) => self.call(one, at, &path, &Call::NONE, &|_| None, Some(from))?,
                None => {
                    let name = name_of(one).unwrap_or("layer");
                    self.network(one, &at.inner(one, name, &path, self.survey.old), None)?
                }
            });
            // A sequence hands one tensor on.
            before.iter_mut().for_each(|all| all.truncate(1));
        }
        Ok(before.unwrap_or_default())
    }

    /// Layers that are wired.
    fn graph(
        &mut self,
        config: &Value,
        layers: &[Value],
        at: &Within,
        takes: Option<Vec<From>>,
    ) -> Result<Vec<From>, Fault> {
        let mut by_name: HashMap<&str, usize> = HashMap::new();
        let mut steps: Vec<(usize, usize)> = Vec::new();
        let mut all_calls = Vec::new();
        for (index, one) in layers.iter().enumerate() {
            let path = at.path(&format!("config.layers[{index}]"));
            let name = name_of(one).ok_or_else(|| Fault::new(format!("{path}: a layer without a name")))?;
            if by_name.insert(name, index).is_some() {
                return Err(Fault::new(format!("{path}: a second layer is called `{name}`")));
            }
            let told = calls::calls(one.get("inbound_nodes"));
            let told = told.map_err(|why| Fault::new(format!("{path}.inbound_nodes: {why}")))?;
            // An input is there without being called.
            let own =
                if told.is_empty() && one.get("class_name").text() == Some("InputLayer") { 1 } else { told.len() };
            steps.extend((0..own).map(|call| (index, call)));
            all_calls.push(told);
        }
        let ids: HashMap<(usize, usize), usize> = steps.iter().enumerate().map(|(id, step)| (*step, id)).collect();
        let none = Call::NONE;
        let call_of = |id: usize| {
            let (layer, call) = steps[id];
            all_calls[layer].get(call).unwrap_or(&none)
        };
        let outputs = calls::ends(config.get("output_layers"));
        let before = before_calls(layers, &by_name, &all_calls, &outputs);
        let step_of = |tensor: &Tensor<'_>| {
            let index = *by_name.get(tensor.layer)?;
            ids.get(&(index, tensor.call.checked_sub(before[index].of_calls)?)).copied()
        };

        let ends = calls::ends(config.get("input_layers"));
        let mut given: HashMap<&str, From> = HashMap::new();
        if let Some(takes) = &takes {
            given.extend(ends.iter().map(|end| end.layer).zip(takes.iter().copied()));
        }
        let mut made: Vec<Option<Vec<From>>> = vec![None; steps.len()];
        for id in order(steps.len(), |id| call_of(id).tensors().filter_map(step_of).collect()) {
            let (index, _) = steps[id];
            let (one, path) = (&layers[index], at.path(&format!("config.layers[{index}]")));
            let outputs = if one.get("class_name").text() == Some("InputLayer") {
                let from = name_of(one).and_then(|name| given.get(name).copied());
                if takes.is_some() && from.is_none() {
                    return Err(Fault::new(format!("{path}: the network within takes more than it is given")));
                }
                self.input_layer(one, at, &path, from)?
            } else {
                let find = |tensor: &Tensor<'_>| -> Option<From> {
                    let all = made[step_of(tensor)?].as_ref()?;
                    all.get(tensor.output).copied()
                };
                self.call(one, at, &path, call_of(id), &find, None)?
            };
            made[id] = Some(outputs);
        }
        let found = outputs.iter().map(|end| {
            let index = by_name.get(end.layer).copied();
            let call = end.call.saturating_sub(index.map_or(0, |index| before[index].of_outputs));
            let step = index.and_then(|index| ids.get(&(index, call)).copied());
            let all = step.and_then(|id| made[id].as_ref());
            all.and_then(|all| all.get(end.output).copied())
                .ok_or_else(|| Fault::new(format!("{}: `{}` is not there", at.path("config.output_layers"), end.layer)))
        });
        found.collect()
    }

    /// A call of a layer, or of a network; `alone` is what a layer of a sequence takes.
    fn call(
        &mut self,
        entry: &Value,
        at: &Within,
        path: &str,
        call: &Call<'_>,
        find: &dyn Fn(&Tensor<'_>) -> Option<From>,
        alone: Option<Vec<From>>,
    ) -> Result<Vec<From>, Fault> {
        let name = name_of(entry).unwrap_or("layer");
        if layer::is_network(entry) || layer::distributed(entry).is_some() {
            let network = layer::distributed(entry).unwrap_or(entry);
            let takes = alone.or_else(|| call.inputs(network).into_iter().map(find).collect::<Option<Vec<_>>>());
            let Some(takes) = takes else {
                let seen = Seen { unknown: Some(missing(call, find)), ..Seen::default() };
                return self.row(entry, at, path, name, seen, Vec::new());
            };
            return match layer::distributed(entry) {
                None => self.network(entry, &at.inner(entry, name, path, self.survey.old), Some(takes)),
                Some(inner) => self.each_step(entry, inner, at, path, name, takes),
            };
        }
        let mut seen = layer::seen(entry, path, call, self.survey.old);
        if self.survey.partly.contains(path) {
            let says = "no rule for SpectralNormalization around a layer that stands elsewhere too";
            seen = Seen { op: None, unknown: Some(Fault::new(says)), ..seen };
        }
        let takes = match alone {
            Some(takes) => takes,
            None => {
                let found: Option<Vec<From>> = seen.takes.iter().map(find).collect();
                if found.is_none() && seen.unknown.is_none() {
                    seen = Seen { op: None, unknown: Some(missing(call, find)), ..seen };
                }
                found.unwrap_or_default()
            }
        };
        self.row(entry, at, path, name, seen, takes)
    }

    /// A network that every step of a sequence goes through: the steps become examples before it, and steps again after it.
    fn each_step(
        &mut self,
        entry: &Value,
        inner: &Value,
        at: &Within,
        path: &str,
        name: &str,
        takes: Vec<From>,
    ) -> Result<Vec<From>, Fault> {
        let whole = takes.first().copied();
        let input = ops::by_keras("InputLayer", false).map(|(op, _)| op);
        let fold = |steps| Seen { op: input, settings: vec![word("steps", steps)], gives: Some(1), ..Seen::default() };
        let folded = self.row(entry, at, &format!("{path}.config"), &format!("{name}/steps"), fold("folded"), takes)?;
        let old = self.survey.old;
        let within = at.inner(inner, name, &format!("{path}.config.layer"), old);
        let frozen = within.frozen || old && is_frozen(entry);
        let outputs = self.network(inner, &Within { frozen, ..within }, Some(folded))?;
        let out = outputs.first().copied().into_iter().chain(whole).collect();
        self.row(entry, at, path, name, fold("unfolded"), out)
    }

    /// An input: the network's own, or what a network within it is given.
    fn input_layer(&mut self, entry: &Value, at: &Within, path: &str, from: Option<From>) -> Result<Vec<From>, Fault> {
        let config = entry.get("config");
        let name = name_of(entry).unwrap_or("input");
        let from = match from {
            Some(from) => from,
            None => {
                let said = ["batch_shape", "batch_input_shape"].map(|key| config.get(key));
                let shape = said.into_iter().find(|shape| !shape.is_nothing()).unwrap_or(&Value::Nothing);
                self.input(name, shape, config, path)?
            }
        };
        let op = ops::by_keras("InputLayer", false).map(|(op, _)| op);
        self.row(entry, at, path, name, Seen { op, gives: Some(1), ..Seen::default() }, vec![from])
    }

    /// An input of the model.
    fn input(&mut self, name: &str, shape: &Value, config: &Value, path: &str) -> Result<From, Fault> {
        let dtype = config.get("dtype");
        let dtype = dtype.text().or(dtype.get("config").get("name").text()).map_or(Dtype::FLOAT32, dtype_of);
        let mut open = false;
        let size = |(axis, value): (usize, &Value)| match value {
            Value::Nothing if axis == 0 => Ok(Size::Symbol("batch".into())),
            Value::Nothing => {
                open = true;
                // Sizes of two inputs that are open need not be one another's.
                let name = if self.opened { format!("{}_d{axis}", letters(name)) } else { format!("d{axis}") };
                Ok(Size::Symbol(name.into()))
            }
            value => match value.number() {
                Some(n) if (1..=1 << 40).contains(&n) => Ok(Size::Number(n)),
                _ => Err(Fault::new(format!(
                    "{path}.config: a size from 1 to 2^40 is needed, and {} found",
                    value.says()
                ))),
            },
        };
        let mut sizes = shape.list().iter().enumerate().map(size).collect::<Result<Vec<_>, _>>()?;
        self.opened |= open;
        let shapeless = sizes.is_empty();
        if sizes.len() > 1 {
            // As written the channels come last; inside they come second.
            sizes[1..].rotate_right(1);
        }
        let at = self.model.inputs.len() as u32;
        self.model.inputs.push(Input {
            name: name.into(),
            shape: sizes,
            dtype,
            shapeless,
            numbers: None,
            place: Default::default(),
        });
        Ok(From::Input(at))
    }

    /// Puts a row, and says what it gives.
    fn row(
        &mut self,
        entry: &Value,
        at: &Within,
        path: &str,
        name: &str,
        seen: Seen<'_>,
        inputs: Vec<From>,
    ) -> Result<Vec<From>, Fault> {
        let index = self.model.layers.len() as u32;
        if index as usize >= MOST {
            return Err(Fault::new(format!("the network comes to more than {MOST} layers"))
                .hint("networks that are called within networks again and again are written out, each time"));
        }
        let times = self.met.entry(path.to_owned()).or_insert(0);
        *times += 1;
        let object = self.survey.first.get(path).map_or(path, String::as_str);
        let first = *self.first.entry(object.to_owned()).or_insert(index);
        let tied = (first != index).then_some(first);
        let name = match *times {
            1 => format!("{}{name}", at.prefix),
            times => format!("{}{name} #{times}", at.prefix),
        };
        let class = entry.get("class_name").text().unwrap_or("layer");
        let unknown = seen.unknown.map(|fault| Box::new(Fault { says: named(&name, &fault.says), ..fault }));
        // A class that is not known may give any number of tensors, none of which is known.
        let gives = if unknown.is_some() { None } else { seen.gives };
        self.model.layers.push(Layer {
            name: name.into(),
            op: seen.op,
            inputs: inputs.into(),
            settings: seen.settings,
            activation: seen.activation,
            axes: seen.axes,
            written: class.into(),
            member: Member::of(at.module.clone()),
            tied,
            frozen: seen.frozen || at.frozen,
            unknown,
            ..Layer::default()
        });
        Ok(match gives {
            Some(gives) => {
                (0..gives as u32).map(|k| if k == 0 { From::Layer(index) } else { From::Output(index, k) }).collect()
            }
            None => vec![From::Layer(index); ANY],
        })
    }
}

/// How many calls are counted of a layer before those that the file has.
#[derive(Clone, Copy, Default)]
struct Before {
    of_calls: usize,
    of_outputs: usize,
}

/// A functional network has a call of its own before all others: Keras 2 counts it wherever it names a call, where the network
/// begins with an input (`tf_keras/engine/functional.py`, `_should_skip_first_node`), and Keras 3 only where it names the
/// outputs (`keras/src/models/functional.py`, `get_config`). A file of Keras 2 shows by itself which it is: every call that it
/// has is used, so the least number is that of the first.
fn before_calls(
    layers: &[Value],
    by_name: &HashMap<&str, usize>,
    calls: &[Vec<Call<'_>>],
    outputs: &[Tensor<'_>],
) -> Vec<Before> {
    let old = calls.iter().flatten().any(|call| call.old);
    let mut least = vec![usize::MAX; layers.len()];
    for tensor in calls.iter().flatten().flat_map(Call::tensors).chain(outputs) {
        if let Some(index) = by_name.get(tensor.layer) {
            least[*index] = least[*index].min(tensor.call);
        }
    }
    let before = |(entry, least): (&Value, usize)| {
        let functional = usize::from(!entry.get("config").get("output_layers").is_nothing());
        match (layer::is_network(entry), old) {
            (false, _) => Before::default(),
            (true, true) => Before { of_calls: least.min(1), of_outputs: least.min(1) },
            (true, false) => Before { of_calls: 0, of_outputs: functional },
        }
    };
    layers.iter().zip(least).map(before).collect()
}

/// How many tensors a class that is not known may give.
const ANY: usize = 64;

/// A fault under its layer's name.
fn named(name: &str, says: &str) -> String {
    format!("{name}: {says}")
}

/// What a layer takes that is not there.
fn missing(call: &Call<'_>, find: &dyn Fn(&Tensor<'_>) -> Option<From>) -> Fault {
    let says = match call.tensors().find(|tensor| find(tensor).is_none()) {
        Some(Tensor { layer, call: 0, output: 0 }) => {
            format!("it takes from `{layer}`, which is not there or takes from it")
        }
        Some(Tensor { layer, call, output }) => {
            format!("it takes output {output} of call {call} of `{layer}`, which is not there or takes from it")
        }
        None => "what it takes is not there".to_owned(),
    };
    Fault::new(says).hint("the file is not as Keras writes it; save the model again")
}

/// A name as part of a symbol.
fn letters(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect()
}

fn dtype_of(name: &str) -> Dtype {
    Dtype::named(name).unwrap_or(Dtype::UNKNOWN)
}
