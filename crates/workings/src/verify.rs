//! What an engine has of a network, held against the ledger: plain data, which the engine fills in and a view shows.

/// What the ledger says of a thing, and what the engine has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held<T> {
    /// What the ledger says; `None` if it knows of no such thing.
    pub expected: Option<T>,
    /// What the engine has; `None` if it has no such thing.
    pub found: Option<T>,
}

impl<T: PartialEq> Held<T> {
    /// Whether both have it, and alike.
    pub fn agrees(&self) -> bool {
        self.expected.is_some() && self.expected == self.found
    }
}

/// A network that was run, held against its ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    /// The network.
    pub network: String,
    /// The device that it ran on: `cpu`, `wgpu`, `cuda`.
    pub device: String,
    /// The batches that were run, each forward and backward.
    pub runs: Vec<Run>,
    /// A row a layer, in order.
    pub rows: Vec<Row>,
    /// Elements of learned tensors, of all layers.
    pub params: Held<i128>,
    /// Elements stored and never learned, of all layers.
    pub statistics: Held<i128>,
    /// The tensors of parameters in a file that they were saved to.
    pub saved: Held<i128>,
    /// The most bytes that the process held at once while the network ran; `None` where the system does not tell.
    pub peak_memory: Option<u64>,
}

/// A batch that was run.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// How many examples it had.
    pub batch: u64,
    /// Seconds that it took forward.
    pub forward: f64,
    /// Seconds that it took backward, from a loss to the gradient of every parameter.
    pub backward: f64,
    /// Multiply-adds forward, as the ledger counts them; `None` if it does not know.
    pub macs: Option<i128>,
}

impl Run {
    /// Multiply-adds a second, forward.
    pub fn macs_per_second(&self) -> Option<f64> {
        let macs = self.macs? as f64;
        (self.forward > 0.0).then(|| macs / self.forward)
    }
}

/// A layer that was run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// Its operator.
    pub operator: String,
    /// Its output in each batch that was run.
    pub outputs: Vec<Output>,
    /// Its parameters, tensor by tensor.
    pub params: Vec<Param>,
}

/// What a layer gave in a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// How many examples the batch had.
    pub batch: u64,
    /// The shape: batch, channels, space.
    pub shape: Held<Vec<i128>>,
}

/// A tensor of parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// What PyTorch calls it, without its layer: `weight`.
    pub name: String,
    /// How many elements it has.
    pub elements: Held<i128>,
    /// Its shape, in PyTorch's order.
    pub shape: Held<Vec<i128>>,
    /// Whether a gradient comes to it: to what is learned one must, and to a statistic none.
    pub gradient: Held<bool>,
}

/// Something on which ledger and engine do not agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The layer or its parameter: `conv1`, `conv1.weight`; of the whole network, its name.
    pub at: String,
    /// What of it.
    pub what: String,
    /// What the ledger says.
    pub expected: String,
    /// What the engine has.
    pub found: String,
}

impl Verified {
    /// Whether ledger and engine agree on everything.
    pub fn agrees(&self) -> bool {
        self.differences().is_empty()
    }

    /// Everything on which they do not agree, from the first layer to the totals.
    pub fn differences(&self) -> Vec<Difference> {
        let mut all: Vec<Difference> = self.rows.iter().flat_map(Row::differences).collect();
        all.extend(self.params.difference(&self.network, "parameters in all", i128::to_string));
        all.extend(self.statistics.difference(&self.network, "statistics in all", i128::to_string));
        all.extend(self.saved.difference(&self.network, "tensors in the saved file", i128::to_string));
        all
    }
}

impl Row {
    /// Elements of the learned tensors that the engine has.
    pub fn learned(&self) -> i128 {
        let learned = self.params.iter().filter(|param| param.gradient.expected != Some(false));
        learned.filter_map(|param| param.elements.found).sum()
    }

    /// How many gradients came, and how many should.
    pub fn gradients(&self) -> (usize, usize) {
        let count = |side: fn(&Held<bool>) -> Option<bool>| {
            self.params.iter().filter(|param| side(&param.gradient) == Some(true)).count()
        };
        (count(|gradient| gradient.found), count(|gradient| gradient.expected))
    }

    /// Everything about the layer on which ledger and engine do not agree.
    pub fn differences(&self) -> Vec<Difference> {
        let output = |output: &Output| {
            output
                .shape
                .difference(&self.name, &format!("output of a batch of {}", output.batch), |shape| shaped(shape))
        };
        let mut all: Vec<Difference> = self.outputs.iter().filter_map(output).collect();
        for param in &self.params {
            let at = format!("{}.{}", self.name, param.name);
            all.extend(param.shape.difference(&at, "shape", |shape| shaped(shape)));
            all.extend(param.elements.difference(&at, "elements", i128::to_string));
            all.extend(param.gradient.difference(&at, "gradient", |is| if *is { "there" } else { "none" }.to_owned()));
        }
        all
    }
}

impl<T: PartialEq> Held<T> {
    fn difference(&self, at: &str, what: &str, says: impl Fn(&T) -> String) -> Option<Difference> {
        let told = |side: &Option<T>| side.as_ref().map_or_else(|| "nothing".to_owned(), &says);
        (!self.agrees()).then(|| Difference {
            at: at.to_owned(),
            what: what.to_owned(),
            expected: told(&self.expected),
            found: told(&self.found),
        })
    }
}

fn shaped(shape: &[i128]) -> String {
    shape.iter().map(i128::to_string).collect::<Vec<_>>().join("×")
}
