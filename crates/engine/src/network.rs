//! A network that runs: its layers, built from a model, and its parameters.

use std::cell::RefCell;
use std::collections::BTreeMap;

use burn_tensor::{Device, Tensor};
use workings::ledger::Binds;
use workings::model::From;
use workings::{Fault, Ledger, Model, weights};

use crate::memory;
use crate::ops::{self, Activation, Run};
use crate::params::{Param, Params, leaf};
use crate::random::Random;
use crate::site::{Site, sizes};
use crate::values::{Values, asked, mapped};

/// A network that runs, on the device that it was built for.
pub struct Network {
    /// What it is called.
    pub name: String,
    /// Its parameters, in the order of the layers.
    pub params: Vec<Param>,
    /// The shapes that its inputs have for one example: channels, then space.
    pub inputs: Vec<Vec<usize>>,
    layers: Vec<Layer>,
    /// Of each layer, the last that takes from it, if any does.
    last_use: Vec<Option<usize>>,
    device: Device,
    random: Random,
}

/// Tensors as files have them: of each its name, its shape, and its elements, the last axis running fastest.
pub type Tensors = Vec<(String, Vec<usize>, Vec<f32>)>;

/// A layer that is built.
struct Layer {
    name: String,
    from: Vec<From>,
    /// Channels and number of axes of each input, which its parameters are made for.
    takes: Vec<(usize, usize)>,
    run: Run,
    /// The activation that is still to be done behind `run`.
    activation: Option<Activation>,
    /// The activation that its output has been through.
    ends_in: Option<&'static str>,
    /// Whether it is an activation and nothing else.
    alone: bool,
    /// Whether it looks its inputs up in a table.
    entries: bool,
}

/// What a pass is to give.
#[derive(Clone, Copy)]
enum Wanted {
    /// The output of every layer.
    All,
    /// The outputs of the ends.
    Ends,
    /// The outputs of the ends, that of one without its activation.
    Scores(usize),
}

/// What a layer sees while the network runs.
pub(crate) struct Pass<'p> {
    params: &'p [Values],
    /// Whether the network learns: dropout drops, and batches are normalised by their own statistics.
    pub training: bool,
    pub random: RefCell<Random>,
    /// Statistics to be kept once the pass is over: their places in the list, and what they become.
    pub updates: RefCell<Vec<(usize, Values)>>,
}

impl Pass<'_> {
    /// A parameter by its place in the list.
    pub fn param(&self, at: usize) -> &Values {
        &self.params[at]
    }

    /// A parameter that was entered with so many axes.
    pub fn tensor<const D: usize>(&self, at: usize) -> Tensor<D> {
        let values = self.params[at].clone();
        let shape = ops::array(&values.shape());
        values.shaped(shape)
    }
}

impl Network {
    /// Builds a network, with parameters as PyTorch starts them: the same seed gives the same digits on every machine.
    ///
    /// The settings of its layers are those of the model's own ledger; `binds` has numbers for its symbols, of which the
    /// batch needs none. A fault where the network is not whole, where a size is open, where the engine cannot run a layer,
    /// which it names with its operator, and where the parameters would not fit the memory that is free.
    pub fn build(model: &Model, binds: &Binds, seed: u64, device: &Device) -> Result<Network, Fault> {
        let (ledger, findings) = Ledger::of(model.clone(), binds);
        if let Some(finding) = findings.first() {
            let hint = "a network runs once `show` finds nothing wrong with it";
            return Err(Fault::new(&finding.says).at(finding.place).hint(finding.hint.as_deref().unwrap_or(hint)));
        }
        if !model.complete || model.layers.is_empty() {
            return Err(Fault::new(format!("{}: it has no layer, or a line of it could not be read", model.name)));
        }
        // What other formats may say of a layer (an axis of its own, parameters that are shared) is not built here.
        if model.format != "net" {
            return Err(Fault::new(format!("{}: a network of the format {} cannot be run", model.name, model.format))
                .hint("write it in the notation, as a `.net` file; `show` and `why` take it as it is"));
        }
        settled(&ledger)?;
        room(&ledger)?;
        let mut params = Params { all: Vec::new(), device, random: Random::new(seed) };
        let mut layers = Vec::with_capacity(model.layers.len());
        for (index, layer) in model.layers.iter().enumerate() {
            let site = Site::new(&ledger, index);
            let run = ops::build(&site, &mut params)?;
            let activation = layer.activation.map(|activation| Activation::of(&site, activation.name, false));
            let takes = (0..layer.inputs.len()).map(|at| site.input(at).map(|shape| (shape[0], shape.len() + 1)));
            let told = layer.activation.map(|activation| activation.name);
            let alone = layer.op.is_some_and(|op| op.name == "activation");
            layers.push(Layer {
                name: layer.name.to_string(),
                from: layer.inputs.to_vec(),
                takes: takes.collect::<Result<_, _>>()?,
                run,
                activation: activation.transpose()?.filter(|_| !ops::rectifies(&site)),
                ends_in: told.or(site.word("function").filter(|_| alone)),
                alone,
                entries: layer.op.is_some_and(|op| op.name == "embedding"),
            });
        }
        let inputs = ledger.inputs.iter().filter_map(|lines| sizes(&ledger, lines)).collect();
        let random = params.random.clone();
        let (name, params, last_use) = (model.name.to_string(), params.all, last_use(&layers));
        Ok(Network { name, params, inputs, layers, last_use, device: device.clone(), random })
    }

    /// Puts elements into the parameter of this name, the last axis running fastest.
    ///
    /// A fault where there is no such parameter, or it has another number of elements.
    pub fn set(&mut self, name: &str, elements: Vec<f32>) -> Result<(), Fault> {
        let Some(param) = self.params.iter_mut().find(|param| param.name == name) else {
            return Err(Fault::new(format!("{}: there is no parameter `{name}`", self.name)));
        };
        let (shape, found) = (param.values.shape(), elements.len());
        if param.values.elements() != found {
            return Err(Fault::new(format!("`{name}` has the shape {shape:?}, and {found} elements came")));
        }
        param.values = leaf(Values::new(&shape, elements, &self.device)?, param.role);
        Ok(())
    }

    /// Puts tensors into its parameters, by name: each of them must be there with its shape, statistics too, and no other,
    /// but PyTorch's `num_batches_tracked`. `from` is the file that they come from.
    ///
    /// A fault where they are those of another network, with the first tensor that tells; then nothing was changed.
    pub fn load(
        &mut self,
        from: &str,
        tensors: impl Iterator<Item = (String, Vec<usize>, Vec<f32>)>,
    ) -> Result<(), Fault> {
        let wide = |shape: &[usize]| shape.iter().map(|size| *size as i64).collect::<Vec<_>>();
        let mut elements = BTreeMap::new();
        let mut shapes = BTreeMap::new();
        for (name, shape, held) in tensors {
            if shape.iter().product::<usize>() != held.len() {
                let found = held.len();
                return Err(Fault::new(format!("{from}: `{name}` has the shape {shape:?} and {found} elements")));
            }
            shapes.insert(name.clone(), wide(&shape));
            elements.insert(name, held);
        }
        let own: Vec<Vec<i64>> = self.params.iter().map(|param| wide(&param.values.shape())).collect();
        let wanted: Vec<_> = self.params.iter().zip(&own).map(|(param, shape)| (&*param.name, &shape[..])).collect();
        weights::fit(from, &wanted, &shapes.iter().map(|(name, shape)| (&**name, &shape[..])).collect())?;
        for param in &mut self.params {
            if let Some(elements) = elements.remove(&param.name) {
                param.values = leaf(Values::new(&param.values.shape(), elements, &self.device)?, param.role);
            }
        }
        Ok(())
    }

    /// Its parameters as a file has them, in order. A fault if the device could not give them.
    pub fn tensors(&self) -> Result<Tensors, Fault> {
        self.params.iter().map(|param| Ok((param.name.clone(), param.values.shape(), param.values.to_vec()?))).collect()
    }

    /// Runs a batch and gives the output of every layer, in order: batch × channels × space.
    ///
    /// `inputs` has one tensor for each input of the network, batch first. While `training`, dropout drops, batches are
    /// normalised by their own statistics, which move the running ones, and what the outputs hang on is kept for
    /// [`gradients`](Network::gradients). A fault where an input is missing or has another shape.
    pub fn forward(&mut self, inputs: &[Values], training: bool) -> Result<Vec<Values>, Fault> {
        self.passed(inputs, training, Wanted::All)
    }

    /// Runs a batch and gives the outputs of its [`ends`](Network::ends) alone, in their order: what other layers give is
    /// freed once no layer takes from it any more.
    pub fn answer(&mut self, inputs: &[Values]) -> Result<Vec<Values>, Fault> {
        self.passed(inputs, false, Wanted::Ends)
    }

    /// Runs a batch and gives what comes to the last activation of an end: scores, which softmax or sigmoid would turn into
    /// fractions.
    pub(crate) fn scores(&mut self, end: usize, inputs: &[Values], training: bool) -> Result<Values, Fault> {
        let at = self.ends().iter().position(|other| *other == end).unwrap_or(0);
        Ok(self.passed(inputs, training, Wanted::Scores(end))?.swap_remove(at))
    }

    /// The activation that a layer ends in.
    pub(crate) fn ends_in(&self, layer: usize) -> Option<&'static str> {
        self.layers[layer].ends_in
    }

    /// Lets all chance of later passes start from here.
    pub(crate) fn restart(&mut self, random: Random) {
        self.random = random;
    }

    fn passed(&mut self, inputs: &[Values], training: bool, wanted: Wanted) -> Result<Vec<Values>, Fault> {
        self.enters(inputs)?;
        let as_wanted = |values: &Values| if training { values.clone() } else { values.clone().plain() };
        let params: Vec<Values> = self.params.iter().map(|param| as_wanted(&param.values)).collect();
        let inputs: Vec<Values> = inputs.iter().map(|input| self.brought(input, training)).collect();
        let pass =
            Pass { params: &params, training, random: RefCell::new(self.random.clone()), updates: RefCell::default() };
        let mut outputs: Vec<Option<Values>> = Vec::with_capacity(self.layers.len());
        for (at, layer) in self.layers.iter().enumerate() {
            let taken = layer.from.iter().map(|from| came(*from, &inputs, &outputs)).collect::<Result<Vec<_>, _>>()?;
            let bare = matches!(wanted, Wanted::Scores(end) if end == at);
            outputs.push(Some(if bare { layer.bare(&taken, &pass)? } else { layer.run(&taken, &pass)? }));
            let done = layer.from.iter().filter_map(|from| match from {
                From::Layer(from) if self.last_use[*from as usize] == Some(at) => Some(*from as usize),
                _ => None,
            });
            if !matches!(wanted, Wanted::All) {
                done.for_each(|from| outputs[from] = None);
            }
        }
        let Pass { random, updates, .. } = pass;
        self.random = random.into_inner();
        for (at, values) in updates.into_inner() {
            self.params[at].values = leaf(values, self.params[at].role);
        }
        Ok(outputs.into_iter().flatten().collect())
    }

    /// The gradient of a loss for each parameter, in their order; none for statistics and for what the loss does not hang
    /// on. The loss is one number, made from the outputs of a forward pass while training.
    pub fn gradients(&self, loss: &Tensor<1>) -> Vec<Option<Values>> {
        // Burn panics where nothing leads back; so it is with a network that has nothing to learn.
        if !loss.is_tracked() {
            return vec![None; self.params.len()];
        }
        let mut gradients = loss.backward();
        let of = |param: &Param| -> Option<Values> {
            asked!(&param.values, tensor => tensor.grad_remove(&mut gradients).map(Values::from))
        };
        self.params.iter().map(of).collect()
    }

    /// The layers that no other takes from: where the network's answers come out.
    pub fn ends(&self) -> Vec<usize> {
        (0..self.layers.len()).filter(|at| self.last_use[*at].is_none()).collect()
    }

    /// A batch of random inputs: numbers from 0 to 1, as the pixels of an image, or where an embedding takes them, whole
    /// numbers that are entries of its table.
    pub fn random_inputs(&self, batch: usize, seed: u64) -> Result<Vec<Values>, Fault> {
        let mut random = Random::new(seed);
        let input = |(at, shape): (usize, &Vec<usize>)| {
            let shape: Vec<usize> = std::iter::once(batch).chain(shape.iter().copied()).collect();
            let count = shape.iter().product();
            let entries = self.entries(From::Input(at as u32));
            let elements = (0..count).map(|_| match entries {
                Some(entries) => random.below(entries) as f32,
                None => random.uniform(),
            });
            Values::new(&shape, elements.collect(), &self.device)
        };
        self.inputs.iter().enumerate().map(input).collect()
    }

    /// How many entries the smallest table has that takes from here.
    fn entries(&self, from: From) -> Option<usize> {
        let tables = self.layers.iter().enumerate().filter(|(_, layer)| layer.entries && layer.from.contains(&from));
        let rows = |(at, _): (usize, &Layer)| {
            self.params.iter().find(|param| param.layer == at).map(|table| table.values.shape()[0])
        };
        tables.filter_map(rows).min()
    }

    /// Where it runs.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// An input on the network's own device, and while training where what hangs on it can be kept.
    fn brought(&self, input: &Values, training: bool) -> Values {
        let input = mapped!(input.clone(), tensor => tensor.inner().to_device(&self.device.clone().inner()));
        if training { mapped!(input, tensor => tensor.autodiff()) } else { input }
    }

    fn enters(&self, inputs: &[Values]) -> Result<(), Fault> {
        let (needed, found) = (self.inputs.len(), inputs.len());
        if needed != found {
            return Err(Fault::new(format!("{}: {needed} inputs are needed, and {found} found", self.name)));
        }
        let batch = inputs.first().map_or(0, |input| input.shape()[0]);
        for (needed, input) in self.inputs.iter().zip(inputs) {
            let found = input.shape();
            if found[1..] != needed[..] || found[0] != batch || batch == 0 {
                let needed: Vec<usize> = std::iter::once(batch.max(1)).chain(needed.iter().copied()).collect();
                return Err(Fault::new(format!(
                    "{}: an input of shape {needed:?} is needed, and {found:?} came",
                    self.name
                )));
            }
        }
        Ok(())
    }
}

impl Layer {
    fn run(&self, inputs: &[Values], pass: &Pass<'_>) -> Result<Values, Fault> {
        if self.alone {
            return (self.run)(inputs, pass);
        }
        let output = self.bare(inputs, pass)?;
        Ok(match self.activation {
            Some(activation) => activation.run(output),
            None => output,
        })
    }

    /// Without its activation.
    fn bare(&self, inputs: &[Values], pass: &Pass<'_>) -> Result<Values, Fault> {
        let found = inputs.iter().map(|input| (input.shape().get(1).copied().unwrap_or(0), input.shape().len()));
        // Should a rule and the engine not agree above, that is said here, and not by an arithmetic of another size.
        if let Some((needed, found)) = self.takes.iter().copied().zip(found).find(|(needed, found)| needed != found) {
            let says = |(channels, axes)| format!("{channels} channels and {axes} axes");
            return Err(Fault::new(format!(
                "{}: it was built for {}, and {} came",
                self.name,
                says(needed),
                says(found)
            )));
        }
        if self.alone { Ok(inputs[0].clone()) } else { (self.run)(inputs, pass) }
    }
}

fn came(from: From, inputs: &[Values], outputs: &[Option<Values>]) -> Result<Values, Fault> {
    let found = match from {
        From::Input(at) => inputs.get(at as usize),
        From::Layer(at) => outputs.get(at as usize).and_then(Option::as_ref),
        // A network of nodes is refused before it is built.
        _ => None,
    };
    found.cloned().ok_or_else(|| Fault::new(format!("{from:?} has given nothing that a layer after it could take")))
}

/// Of each layer, the last that takes from it.
fn last_use(layers: &[Layer]) -> Vec<Option<usize>> {
    let mut last = vec![None; layers.len()];
    for (at, layer) in layers.iter().enumerate() {
        for from in &layer.from {
            if let From::Layer(from) = from {
                last[*from as usize] = Some(at);
            }
        }
    }
    last
}

/// Every size but the batch must be a number.
fn settled(ledger: &Ledger) -> Result<(), Fault> {
    let open = |lines: &workings::ledger::Lines| sizes(ledger, lines).is_none();
    let layer = ledger.rows.iter().zip(&ledger.model.layers).find(|(row, _)| row.out.as_ref().is_none_or(open));
    let input = ledger.inputs.iter().zip(&ledger.model.inputs).find(|(lines, _)| open(lines));
    let name = input.map(|(_, input)| &input.name).or(layer.map(|(_, layer)| &layer.name));
    match name {
        None => Ok(()),
        Some(name) => {
            let symbols: Vec<&str> = ledger.symbols.iter().map(|(name, _)| &**name).collect();
            let fault =
                Fault::new(format!("{name}: a size of it is open or too large, and a network that runs has numbers"));
            Err(match symbols.first() {
                Some(symbol) => {
                    fault.hint(format!("give numbers, as with `--bind {symbol}=8`: {}", symbols.join(", ")))
                }
                None => fault,
            })
        }
    }
}

/// The parameters and one example's outputs must fit the memory that is free, or the machine would be brought down.
fn room(ledger: &Ledger) -> Result<(), Fault> {
    let held = ledger.rows.iter().filter_map(|row| row.out.as_deref()).map(|out| memory::elements(ledger, &out[1..]));
    let params = ledger.page.known(ledger.totals.params.line).unwrap_or(0);
    // Parameters beside their gradients, outputs beside theirs.
    let needed = held.fold(params, i128::saturating_add).saturating_mul(2 * memory::BYTES);
    match memory::free().map(i128::from) {
        Some(free) if needed > free => Err(Fault::new(format!(
            "{}: it takes {:.1} GiB to run one example, and {:.1} GiB are free",
            ledger.model.name,
            memory::gib(needed),
            memory::gib(free)
        ))),
        _ => Ok(()),
    }
}
