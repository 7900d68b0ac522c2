//! Names become what they stand for: inputs, tensors of the file, what nodes give.

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt, HashSet};

use workings::graph::{Attribute, Body, Dtype, Formal, Graph, Raw, Said, Stored};
use workings::model::{From, Input, Inputs, Layer, Layout, Model, Rules, Size};
use workings::{Fault, ops};

use super::parse::{self, Function, Kind, NODES, Name, Names, Node, Told, Value};
use super::scope::Scopes;
use crate::Read;

/// The most calls of functions: one may come to no node at all.
const CALLED: usize = 1 << 17;

/// How deep functions may call one another, with the graphs that their calls stand in.
const CALLS: usize = 64;

/// The newest operator set that the rules are held to (onnx 1.23), also for files that do not say theirs.
const NEWEST: i64 = 28;

/// A network as its file has it, every name looked up.
pub(super) fn model(source: &str, parsed: parse::Model, mut faults: Vec<Fault>) -> Read {
    let parse::Model { graph, functions, versions, names } = parsed;
    let Some(mut graph) = graph else {
        return Err(Fault::new("there is no graph in it").hint("give a model as ONNX writes it, not one of its parts"));
    };
    let functions: HashMap<_, _> =
        functions.into_iter().map(|one| ((one.domain.clone(), one.name.clone()), Rc::new(one))).collect();
    let file = source.rsplit(['/', '\\']).next().unwrap_or(source);
    let stem = file.strip_suffix(".onnx").unwrap_or(file);
    let mut linker = Linker {
        model: Model {
            name: stem.into(),
            format: "onnx",
            rules: Rules::Onnx,
            layout: Layout::AsInFile,
            graph: Graph::default(),
            ..Model::default()
        },
        functions: &functions,
        names: &names,
        scopes: Scopes::default(),
        blank: Layer::default(),
        faults: Vec::new(),
        calls: Vec::new(),
        lost: None,
        depth: 0,
        called: 0,
        circle: HashSet::default(),
        full: false,
    };
    let mut known = Known { versions: versions.clone(), tables: vec![Table::Dense(vec![None; names.len()])] };
    linker.versions(&versions);
    linker.inputs(&mut graph, &mut known);
    linker.stored(std::mem::take(&mut graph.stored), &mut known);
    linker.said(&graph);
    let nodes = std::mem::take(&mut graph.nodes);
    linker.nodes(nodes, &mut known, &None);
    for output in &graph.outputs {
        match known.find(output.name) {
            Some(from) => linker.model.graph.outputs.push((names.name(output.name).clone(), from)),
            None => linker.faults.push(
                Fault::new(format!("the graph gives `{}`, and nothing makes that", names.name(output.name)))
                    .hint(MISSING),
            ),
        }
    }
    faults.append(&mut linker.faults);
    Ok((linker.model, faults))
}

/// What to do where a tensor comes from nowhere.
const MISSING: &str = "a part of the graph is missing; export the network again";

/// Where the tensors of a graph come from.
enum Table {
    /// The network's own graph: by the number of the name.
    Dense(Vec<Option<From>>),
    /// A graph within it.
    Sparse(HashMap<Name, From>),
}

/// What names mean where one stands: the innermost graph's last.
struct Known {
    versions: Vec<(Rc<str>, i64)>,
    tables: Vec<Table>,
}

impl Known {
    fn find(&self, name: Name) -> Option<From> {
        self.tables.iter().rev().find_map(|table| match table {
            Table::Dense(all) => all.get(name as usize).copied().flatten(),
            Table::Sparse(some) => some.get(&name).copied(),
        })
    }

    /// Gives a name its meaning; whether it had none in this graph.
    fn set(&mut self, name: Name, from: From) -> bool {
        match self.tables.last_mut() {
            _ if name == 0 => true,
            Some(Table::Dense(all)) => all[name as usize].replace(from).is_none(),
            Some(Table::Sparse(some)) => some.insert(name, from).is_none(),
            None => true,
        }
    }

    fn version(&self, domain: &str) -> i64 {
        let own = |domain: &str| domain.is_empty() || domain == "ai.onnx";
        let found = self.versions.iter().find(|(known, _)| **known == *domain || own(known) && own(domain));
        found.map_or(NEWEST, |(_, version)| *version)
    }
}

struct Linker<'p> {
    model: Model,
    functions: &'p HashMap<(Rc<str>, Rc<str>), Rc<Function>>,
    names: &'p Names,
    scopes: Scopes,
    /// A layer with nothing in it, to make others from.
    blank: Layer,
    faults: Vec<Fault>,
    /// The functions that are being put in the place of their calls.
    calls: Vec<(Rc<str>, Rc<str>)>,
    /// What stands for a tensor that nothing makes.
    lost: Option<From>,
    depth: u32,
    /// How many calls of functions there were.
    called: usize,
    /// What nodes give that wait for themselves, which has been said.
    circle: HashSet<Name>,
    full: bool,
}

impl Linker<'_> {
    /// Versions of ONNX's own operators that the rules know nothing of.
    fn versions(&mut self, versions: &[(Rc<str>, i64)]) {
        let own = versions.iter().filter(|(domain, _)| domain.is_empty() || **domain == *"ai.onnx");
        let odd = own.map(|(_, version)| *version).find(|version| !(1..=NEWEST).contains(version));
        self.faults.extend(odd.map(|version| {
            let says =
                format!("the file's operator set is version {version}, and the rules know those from 1 to {NEWEST}");
            Fault::new(says)
                .hint("numbers may be others where an operator has changed; export the network for one of these")
        }));
    }

    fn inputs(&mut self, graph: &mut parse::Graph, known: &mut Known) {
        let stored: HashSet<Name> = graph.stored.iter().map(|(name, _)| *name).collect();
        let values = std::mem::take(&mut graph.inputs);
        // Files of the first years list what is stored among the inputs too.
        for value in values.iter().filter(|value| !stored.contains(&value.name)) {
            let at = self.model.inputs.len();
            let name = self.names.name(value.name);
            let (dtype, shape) = match &value.kind {
                Kind::Tensor(dtype, shape) => (*dtype, shape.as_ref()),
                Kind::Unknown | Kind::Other => (Dtype::UNKNOWN, None),
            };
            let sizes =
                shape.map(|shape| shape.iter().enumerate().map(|(axis, size)| open(size, at, name, axis)).collect());
            self.model.inputs.push(Input {
                name: name.to_string().into(),
                shapeless: sizes.is_none(),
                numbers: None,
                shape: sizes.unwrap_or_default(),
                dtype,
                place: Default::default(),
            });
            if !known.set(value.name, From::Input(at as u32)) {
                self.twice(value.name);
            }
        }
    }

    fn stored(&mut self, stored: Vec<(Name, Stored)>, known: &mut Known) {
        for (name, stored) in stored {
            let at = self.model.graph.stored.len() as u32;
            self.model.graph.stored.push(stored);
            if !known.set(name, From::Stored(at)) {
                self.twice(name);
            }
        }
    }

    fn twice(&mut self, name: Name) {
        self.faults.push(
            Fault::new(format!("two tensors are called `{}`", self.names.name(name)))
                .hint("the later one is taken; export the network again"),
        );
    }

    /// What the file says of tensors between its nodes.
    fn said(&mut self, graph: &parse::Graph) {
        for Value { name, kind } in graph.values.iter().chain(&graph.outputs) {
            if let Kind::Tensor(dtype, shape) = kind {
                let shape = shape.as_ref().and_then(|shape| shape.iter().cloned().collect::<Option<Vec<Size>>>());
                self.model.graph.said.insert(self.names.name(*name).clone(), Said { dtype: *dtype, shape });
            }
        }
    }

    /// The nodes of a graph, each after those that it takes from. `prefix` is the call that they stand in the place of.
    fn nodes(&mut self, nodes: Vec<Node>, known: &mut Known, call: &Option<Call>) {
        let nodes = self.ordered(nodes, known);
        self.model.layers.reserve(nodes.len());
        for node in nodes {
            self.node(node, known, call);
        }
    }

    /// Nodes as they stand, or, where one takes what only a later one makes, in an order in which none does.
    fn ordered(&mut self, nodes: Vec<Node>, known: &Known) -> Vec<Node> {
        let mut makers: HashMap<Name, usize> = HashMap::default();
        let mut early = false;
        let missing = |name: Name| name != 0 && known.find(name).is_none();
        for (at, node) in nodes.iter().enumerate() {
            early |= node.inputs.iter().any(|name| missing(*name) && !makers.contains_key(name));
            makers.extend(node.outputs.iter().filter(|name| **name != 0).map(|name| (*name, at)));
        }
        if !early {
            return nodes;
        }
        // Each node as soon as all that it waits for are there; what is left waits for itself.
        let mut waits: Vec<usize> = vec![0; nodes.len()];
        let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
        for (at, node) in nodes.iter().enumerate() {
            for maker in node.inputs.iter().filter(|name| missing(**name)).filter_map(|name| makers.get(name)) {
                waits[at] += 1;
                waiting[*maker].push(at);
            }
        }
        let mut ready: std::collections::BTreeSet<usize> = (0..nodes.len()).filter(|at| waits[*at] == 0).collect();
        let mut order = Vec::with_capacity(nodes.len());
        while let Some(at) = ready.pop_first() {
            order.push(at);
            for &next in &waiting[at] {
                waits[next] -= 1;
                if waits[next] == 0 {
                    ready.insert(next);
                }
            }
        }
        let placed: HashSet<usize> = order.iter().copied().collect();
        let circle: Vec<usize> = (0..nodes.len()).filter(|at| !placed.contains(at)).collect();
        if let Some(first) = circle.first() {
            let name = self.called(&nodes[*first], 0);
            self.faults.push(
                Fault::new(format!(
                    "{name}: it waits for its own output; {} nodes stand in a circle or behind one",
                    circle.len()
                ))
                .hint("the graph of a network runs one way; export it again"),
            );
        }
        self.circle.extend(circle.iter().flat_map(|at| &nodes[*at].outputs));
        order.extend(circle);
        let mut nodes: Vec<Option<Node>> = nodes.into_iter().map(Some).collect();
        order.into_iter().filter_map(|at| nodes[at].take()).collect()
    }

    /// What a node is called: by its own name, or by what it gives.
    fn called(&self, node: &Node, at: usize) -> Box<str> {
        let first = || node.outputs.iter().find(|name| **name != 0).map(|name| self.names.name(*name).to_string());
        match node.name.is_empty() {
            false => node.name.clone(),
            true => first().unwrap_or_else(|| format!("{}_{}", node.kind, at + 1)).into(),
        }
    }

    fn node(&mut self, mut node: Node, known: &mut Known, call: &Option<Call>) {
        if self.model.layers.len() >= NODES || self.called >= CALLED {
            if !std::mem::replace(&mut self.full, true) {
                self.model.complete = false;
                let fault =
                    Fault::new(format!("the network comes to more than {NODES} nodes, or {CALLED} calls of functions"));
                self.faults.push(
                    fault.hint("functions that call functions are written out, each time; those behind are left out"),
                );
            }
            return;
        }
        let key = (!self.functions.is_empty()).then(|| (node.domain.clone(), node.kind.clone()));
        if let Some(function) = key.and_then(|key| self.functions.get(&key).cloned())
            && ops::onnx(&node.domain, &node.kind).is_none()
        {
            return self.function(node, &function, known, call);
        }
        let scope = self.scopes.of(&node).or_else(|| call.as_ref().and_then(|call| call.scope.clone()));
        let name = match node.name.is_empty() {
            false => std::mem::take(&mut node.name),
            true => self.called(&node, self.model.layers.len()),
        };
        let name: Box<str> = match call {
            Some(call) => format!("{}/{name}", call.name).into(),
            None => name,
        };
        let inputs: Inputs = node.inputs.iter().map(|input| self.taken(*input, known, &name)).collect();
        let version = known.version(&node.domain);
        let (scanned, axes) = if &*node.kind == "Scan" { scan(&node.attributes) } else { Default::default() };
        let holds = Holder { kind: &node.kind, version, inputs: &inputs, scanned, axes: &axes };
        let mut settled = |(key, told): (Rc<str>, Told)| match told {
            Told::Known(attribute) => Some((key, attribute)),
            Told::Caller(caller) => {
                let told = call.as_ref().and_then(|call| call.attributes.iter().find(|(name, _)| *name == caller));
                told.map(|(_, attribute)| (key, attribute.clone()))
            }
            Told::Graph(graph) => {
                let body = self.body(key.clone(), *graph, &holds, known, call);
                Some((key, Attribute::Graph(Rc::new(body))))
            }
        };
        let attributes = node.attributes.into_iter().filter_map(&mut settled).collect();
        let layer = self.model.layers.len() as u32;
        let outputs = node.outputs.iter().map(|name| self.names.name(*name).clone()).collect();
        for (at, output) in (0u32..).zip(&node.outputs) {
            if !known.set(*output, if at == 0 { From::Layer(layer) } else { From::Output(layer, at) }) {
                self.twice(*output);
            }
        }
        let raw = Raw { domain: node.domain, kind: node.kind, version, attributes, outputs, depth: self.depth };
        self.model.layers.push(Layer {
            name,
            op: ops::by_onnx(&raw.domain, &raw.kind),
            inputs,
            scope,
            raw: Some(Box::new(raw)),
            ..self.blank.clone()
        });
    }

    fn taken(&mut self, name: Name, known: &Known, node: &str) -> From {
        if name == 0 {
            return From::Nothing;
        }
        known.find(name).unwrap_or_else(|| {
            if !self.circle.contains(&name) {
                let says = format!("{node}: it takes `{}`, and nothing makes that", self.names.name(name));
                self.faults.push(Fault::new(says).hint(MISSING));
            }
            self.lost()
        })
    }

    fn lost(&mut self) -> From {
        let formals = &mut self.model.graph.formals;
        *self.lost.get_or_insert_with(|| {
            formals.push(Formal::Whole(None));
            From::Formal(formals.len() as u32 - 1)
        })
    }

    /// A graph within the network: its layers come before the one that it belongs to.
    fn body(
        &mut self,
        key: Rc<str>,
        mut graph: parse::Graph,
        holds: &Holder<'_>,
        known: &mut Known,
        call: &Option<Call>,
    ) -> Body {
        self.depth += 1;
        known.tables.push(Table::Sparse(HashMap::new()));
        let first = self.model.graph.formals.len() as u32;
        let (formals, states) = formals(holds, &graph);
        for (value, formal) in graph.inputs.iter().zip(formals) {
            let at = self.model.graph.formals.len() as u32;
            self.model.graph.formals.push(formal);
            known.set(value.name, From::Formal(at));
        }
        let last = self.model.graph.formals.len() as u32;
        self.stored(std::mem::take(&mut graph.stored), known);
        let begins = self.model.layers.len() as u32;
        self.nodes(std::mem::take(&mut graph.nodes), known, call);
        let ends = self.model.layers.len() as u32;
        let outputs = graph.outputs.iter().map(|value| self.taken(value.name, known, &graph.name)).collect();
        known.tables.pop();
        let depth = self.depth;
        self.depth -= 1;
        let states = states.into_iter().map(|(formal, output)| (first + formal, output)).collect();
        Body { depth, name: key, layers: begins..ends, formals: first..last, outputs, states }
    }

    /// The nodes of a function in the place of its call.
    fn function(&mut self, node: Node, function: &Rc<Function>, known: &mut Known, call: &Option<Call>) {
        let key = (function.domain.clone(), function.name.clone());
        let name = self.called(&node, self.model.layers.len());
        let itself = self.calls.contains(&key);
        if itself || self.calls.len() + self.depth as usize >= CALLS {
            let why = match itself {
                true => "calls itself".to_owned(),
                false => format!("stands more than {CALLS} calls and graphs deep"),
            };
            let fault = Fault::new(format!("{name}: the function {} {why}", function.name));
            self.faults.push(fault.hint("nothing can be said of the call; export the network again"));
            self.model.complete = false;
            let lost = self.lost();
            for output in &node.outputs {
                known.set(*output, lost);
            }
            return;
        }
        let name: Box<str> = match call {
            Some(call) => format!("{}/{name}", call.name).into(),
            None => name,
        };
        let mut table = HashMap::new();
        for (at, own) in function.inputs.iter().enumerate() {
            let from = node.inputs.get(at).map_or(From::Nothing, |input| self.taken(*input, known, &name));
            table.insert(*own, from);
        }
        let mut attributes: Vec<(Rc<str>, Attribute)> = Vec::new();
        for (key, told) in node.attributes {
            match told {
                Told::Known(attribute) => attributes.push((key, attribute)),
                Told::Caller(caller) => {
                    let told = call.as_ref().and_then(|call| call.attributes.iter().find(|(name, _)| *name == caller));
                    attributes.extend(told.map(|(_, attribute)| (key, attribute.clone())));
                }
                Told::Graph(_) => {}
            }
        }
        for (key, told) in &function.defaults {
            if let (Told::Known(default), false) = (told, attributes.iter().any(|(known, _)| known == key)) {
                attributes.push((key.clone(), default.clone()));
            }
        }
        let scope = module(call, &name, &function.name);
        let inner = Some(Call { name, attributes, scope });
        // A function sees its own inputs and nothing of what is around its call.
        let mut own = Known { versions: function.versions.clone(), tables: vec![Table::Sparse(table)] };
        self.called += 1;
        self.calls.push(key);
        self.nodes(copied(&function.nodes), &mut own, &inner);
        self.calls.pop();
        for (own_name, given) in function.outputs.iter().zip(&node.outputs) {
            let from = own.find(*own_name).unwrap_or_else(|| self.lost());
            known.set(*given, from);
        }
    }
}

/// A call of a function that its nodes stand in the place of.
struct Call {
    name: Box<str>,
    attributes: Vec<(Rc<str>, Attribute)>,
    scope: Option<Rc<workings::graph::Scope>>,
}

/// A call is a module: its name, and the function as its class.
fn module(call: &Option<Call>, name: &str, function: &str) -> Option<Rc<workings::graph::Scope>> {
    let around = call.as_ref().and_then(|call| call.scope.clone()).unwrap_or_default();
    let own = name.rsplit('/').next().unwrap_or(name);
    Some(Rc::new(around.with(own, "/", function)))
}

/// A function may be called often.
fn copied(nodes: &[Node]) -> Vec<Node> {
    nodes.iter().map(Node::copy).collect()
}

/// What the inputs of a graph within the network are, and which of them are the state of a loop, with the output that is their
/// next turn's (operators `If`, `Loop`, `Scan`, `SequenceMap`).
fn formals(holds: &Holder<'_>, graph: &parse::Graph) -> (Vec<Formal>, Vec<(u32, usize)>) {
    let (count, inputs) = (graph.inputs.len(), holds.inputs);
    match holds.kind {
        "Loop" => {
            let formal = |at: usize| match at {
                0 => Formal::Counter(Dtype::INT64),
                1 => Formal::Counter(Dtype::BOOL),
                _ => Formal::Whole(inputs.get(at).copied()),
            };
            ((0..count).map(formal).collect(), (2..count as u32).map(|at| (at, at as usize - 1)).collect())
        }
        "Scan" => {
            let states = count.saturating_sub(holds.scanned);
            // The first version of the operator had the lengths of its sequences before its inputs, and a batch before all.
            let (before, axis) = if holds.version < 9 { (1, 1) } else { (0, 0) };
            let formal = |at: usize| match inputs.get(at + before) {
                Some(from) if at >= states => {
                    let told = holds.axes.get(at - states).copied().unwrap_or(axis);
                    Formal::Slice(*from, told)
                }
                from => Formal::Whole(from.copied()),
            };
            ((0..count).map(formal).collect(), (0..states as u32).map(|at| (at, at as usize)).collect())
        }
        _ => ((0..count).map(|_| Formal::Whole(None)).collect(), Vec::new()),
    }
}

/// The node that a graph within the network belongs to.
struct Holder<'n> {
    kind: &'n str,
    version: i64,
    inputs: &'n [From],
    /// How many of a scan's inputs are gone through slice by slice …
    scanned: usize,
    /// … and along which axes.
    axes: &'n [i64],
}

/// How many inputs a scan goes through slice by slice, and along which axes.
fn scan(attributes: &[(Rc<str>, Told)]) -> (usize, Box<[i64]>) {
    let (mut scanned, mut axes) = (0, Box::default());
    for (key, told) in attributes {
        match (&**key, told) {
            ("num_scan_inputs", Told::Known(Attribute::Int(n))) => scanned = usize::try_from(*n).unwrap_or(0),
            ("scan_input_axes", Told::Known(Attribute::Ints(told))) => axes = told.clone(),
            _ => {}
        }
    }
    (scanned, axes)
}

/// A size of an input that the file leaves open gets a name.
fn open(size: &Option<Size>, input: usize, name: &str, axis: usize) -> Size {
    match (size, axis, input) {
        (Some(size), ..) => size.clone(),
        (None, 0, _) => Size::Symbol("batch".into()),
        (None, _, 0) => Size::Symbol(format!("d{axis}").into()),
        (None, ..) => Size::Symbol(format!("{name}_d{axis}").into()),
    }
}
