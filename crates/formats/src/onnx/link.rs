//! Names become what they stand for: inputs, tensors of the file, what nodes give.

use std::collections::hash_map::Entry;
use std::rc::Rc;

use foldhash::{HashMap, HashMapExt, HashSet};

use workings::graph::{Attribute, Body, Dtype, Formal, Graph, Member, Module, Raw, Said, Stored};
use workings::model::{From, Input, Inputs, Layer, Layout, Model, Rules, Size};
use workings::{Fault, ops};

use super::parse::{self, Beside, Function, Kind, NODES, Name, Names, Node, Told, Value};
use super::scope::Scopes;
use crate::Read;

/// The most calls of functions: one may come to no node at all.
const CALLED: usize = 1 << 17;

/// The most bytes that long names within calls may take, which are written out for every call; those behind lose their end …
const WRITTEN: usize = 1 << 27;

/// … and have so many letters left of the call's name, and so many of their own.
const LETTERS: usize = 100;

/// How deep functions may call one another, with the graphs that their calls stand in.
const CALLS: usize = 64;

/// The newest operator set that the rules are held to (onnx 1.23), also for files that do not say theirs.
const NEWEST: i64 = 28;

/// The first version of the format in which a stored tensor that is listed among the inputs may be another one when the
/// network runs; before, every stored tensor had to be listed (<https://onnx.ai/onnx/repo-docs/IR.html>, "Graphs").
const DEFAULTS: i64 = 4;

/// A network as its file has it, every name looked up.
pub(super) fn model(source: &str, parsed: parse::Model, mut faults: Vec<Fault>) -> Read {
    let parse::Model { format, graph, functions, versions, names } = parsed;
    let Some(mut graph) = graph else {
        return Err(Fault::new("there is no graph in it").hint("give a model as ONNX writes it, not one of its parts"));
    };
    let mut said = vec![recorded(&names, graph.values.iter().chain(&graph.outputs))];
    let functions = functions_by(functions, &names, &mut said, &mut faults);
    let file = source.rsplit(['/', '\\']).next().unwrap_or(source);
    let stem = file.strip_suffix(".onnx").unwrap_or(file);
    let mut linker = Linker {
        model: Model {
            name: stem.into(),
            format: "onnx",
            rules: Rules::Onnx,
            layout: Layout::AsInFile,
            graph: Graph { said, ..Graph::default() },
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
        said: 0,
        beside: HashMap::new(),
        begins: HashMap::new(),
        modules: HashMap::new(),
        called: 0,
        written: 0,
        circle: HashSet::default(),
        full: false,
    };
    let mut known = Known { versions: versions.clone(), tables: vec![Table::Dense(vec![None; names.len()])] };
    linker.versions(&versions);
    linker.inputs(&mut graph, &mut known, format >= DEFAULTS);
    linker.stored(std::mem::take(&mut graph.stored), None, &mut known);
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

/// What the file says of tensors, by name.
fn recorded<'v>(names: &Names, values: impl Iterator<Item = &'v Value>) -> HashMap<Rc<str>, Said> {
    let mut all = HashMap::new();
    for Value { name, kind } in values {
        if let Kind::Tensor(dtype, shape) = kind {
            let shape = shape.as_ref().and_then(|shape| shape.iter().cloned().collect::<Option<Vec<Size>>>());
            all.insert(names.name(*name).clone(), Said { dtype: *dtype, shape });
        }
    }
    all
}

/// What tells a function from others: its operator set, its name, and its overload.
type Key = (Rc<str>, Rc<str>, Option<Rc<str>>);

/// The file's own functions, each with the place of what is said of its tensors.
fn functions_by(
    functions: Vec<Function>,
    names: &Names,
    said: &mut Vec<HashMap<Rc<str>, Said>>,
    faults: &mut Vec<Fault>,
) -> HashMap<Key, (Function, u32)> {
    let mut all = HashMap::new();
    for function in functions {
        let mut own = recorded(names, function.values.iter());
        // A name for a size is another size in every call.
        let sizes = own.values_mut().filter_map(|said| said.shape.as_mut()).flatten();
        sizes.filter(|size| matches!(size, Size::Symbol(_))).for_each(|size| *size = Size::Symbol("?".into()));
        let (key, at) =
            ((function.domain.clone(), function.name.clone(), function.overload.clone()), said.len() as u32);
        said.push(own);
        let name = function.name.clone();
        if all.insert(key, (function, at)).is_some() {
            let fault = Fault::new(format!("two functions are called `{name}`, and nothing tells them apart"));
            faults.push(fault.hint("the later one is taken; export the network again"));
        }
    }
    all
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
    functions: &'p HashMap<Key, (Function, u32)>,
    names: &'p Names,
    scopes: Scopes,
    /// A layer with nothing in it, to make others from.
    blank: Layer,
    faults: Vec<Fault>,
    /// The functions that are being put in the place of their calls, by the places of what is said of their tensors.
    calls: Vec<u32>,
    /// What stands for a tensor that nothing makes.
    lost: Option<From>,
    depth: u32,
    /// Which of [`Graph::said`] is of the names that one stands among.
    said: u32,
    /// The first of the tensors whose elements begin at a place outside of the file.
    beside: HashMap<Beside, u32>,
    /// Where the tensors of a function's graph begin among the network's, once they stand there, by the graph's place.
    begins: HashMap<u64, u32>,
    /// The paths of modules that calls of functions are, and how many calls there were of each.
    modules: HashMap<Rc<str>, u32>,
    /// How many calls of functions there were.
    called: usize,
    /// How many bytes long names within calls have taken.
    written: usize,
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

    fn inputs(&mut self, graph: &mut parse::Graph, known: &mut Known, defaults: bool) {
        let stored: HashSet<Name> = graph.stored.iter().map(|(name, ..)| *name).collect();
        let values = std::mem::take(&mut graph.inputs);
        if defaults {
            let listed: HashSet<Name> = values.iter().map(|value| value.name).collect();
            let both = (0..).zip(&graph.stored).filter(|(_, (name, ..))| listed.contains(name));
            self.model.graph.defaults = both.map(|(at, _)| at).collect();
        }
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

    /// The tensors of a graph; `begin` is where they stand already, where they come again with another call of a function.
    fn stored(&mut self, stored: Vec<(Name, Stored, Option<Beside>)>, begin: Option<u32>, known: &mut Known) {
        let first = begin.unwrap_or(self.model.graph.stored.len() as u32);
        for (at, (name, stored, beside)) in (first..).zip(stored) {
            if begin.is_none() {
                self.model.graph.stored.push(stored);
            }
            let at = beside.map_or(at, |beside| self.same(beside, at));
            if !known.set(name, From::Stored(at)) {
                self.twice(name);
            }
        }
    }

    /// The first tensor that is made of the same bytes of another file: one under two names stands there once. What may be
    /// another one when the network runs is a tensor of its own.
    fn same(&mut self, beside: Beside, at: u32) -> u32 {
        let first = *self.beside.entry(beside).or_insert(at);
        let Graph { stored, defaults, .. } = &self.model.graph;
        let (one, other) = (&stored[first as usize], &stored[at as usize]);
        let fixed = [first, at].iter().all(|at| defaults.binary_search(at).is_err());
        if fixed && one.dtype == other.dtype && one.shape == other.shape { first } else { at }
    }

    fn twice(&mut self, name: Name) {
        self.faults.push(
            Fault::new(format!("two tensors are called `{}`", self.names.name(name)))
                .hint("the later one is taken; export the network again"),
        );
    }

    /// The nodes of a graph, each after those that it takes from. `call` is the one that they stand in the place of.
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
        // A node waits for what its graphs take from around them, too.
        let later = |at: usize, name: Name| makers.get(&name).is_some_and(|maker| *maker > at) && missing(name);
        let holds = || nodes.iter().enumerate().filter(|(_, node)| node.holds);
        if !early && !holds().any(|(at, node)| mentions(node, &|name| later(at, name))) {
            return nodes;
        }
        // Each node as soon as all that it waits for are there; what is left waits for itself.
        let mut waits: Vec<usize> = vec![0; nodes.len()];
        let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
        for (at, node) in nodes.iter().enumerate() {
            let mut takes = node.inputs.to_vec();
            captured(node, &mut Vec::new(), &mut takes);
            for maker in takes.iter().filter(|name| missing(**name)).filter_map(|name| makers.get(name)) {
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

    /// The name of what stands within a call: the call's own before it.
    fn within(&mut self, call: &str, name: &str) -> Box<str> {
        let name = name.trim_start_matches('/');
        let length = call.len() + name.len() + 1;
        self.written += length.saturating_sub(2 * LETTERS);
        match self.written > WRITTEN && length > 2 * LETTERS {
            true => format!("{}/{}", shortened(call), shortened(name)).into(),
            false => format!("{call}/{name}").into(),
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
        let key = || (node.domain.clone(), node.kind.clone(), node.overload.clone());
        let functions = self.functions;
        if let Some((function, said)) = (!functions.is_empty()).then(key).and_then(|key| functions.get(&key))
            && ops::onnx(&node.domain, &node.kind).is_none()
        {
            return self.function(node, function, *said, known, call);
        }
        let member = self.member(&node, call);
        let name = match node.name.is_empty() {
            false => std::mem::take(&mut node.name),
            true => self.called(&node, self.model.layers.len()),
        };
        let name = match call {
            Some(call) => self.within(&call.name, &name),
            None => name,
        };
        let inputs: Inputs = node.inputs.iter().map(|input| self.taken(*input, known, &name)).collect();
        let version = known.version(&node.domain);
        let (scanned, axes) = if &*node.kind == "Scan" { scan(&node.attributes, call) } else { Default::default() };
        let holds = Holder { kind: &node.kind, version, inputs: &inputs, scanned, axes: &axes };
        let mut settled = |(key, told): (Rc<str>, Told)| match told {
            Told::Known(attribute) => Some((key, attribute)),
            Told::Caller(caller) => of_call(call, &caller).map(|attribute| (key, attribute.clone())),
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
        let (depth, said) = (self.depth, self.said);
        let raw = Raw { domain: node.domain, kind: node.kind, version, attributes, outputs, depth, said };
        self.model.layers.push(Layer {
            name,
            op: ops::by_onnx(&raw.domain, &raw.kind),
            inputs,
            member,
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
        // A function's graphs come again with each of its calls; what they store stands in the file once.
        let (stored, here) = (std::mem::take(&mut graph.stored), self.model.graph.stored.len() as u32);
        let again = call.as_ref().filter(|_| !stored.is_empty()).and_then(|_| match self.begins.entry(graph.place) {
            Entry::Occupied(begin) => Some(*begin.get()),
            Entry::Vacant(none) => {
                none.insert(here);
                None
            }
        });
        self.stored(stored, again, known);
        // What is said of the tensors of a function says the function, for all graphs in it.
        let around = self.said;
        if call.is_none() {
            self.said = self.model.graph.said.len() as u32;
            self.model.graph.said.push(recorded(self.names, graph.values.iter().chain(&graph.outputs)));
        }
        let begins = self.model.layers.len() as u32;
        self.nodes(std::mem::take(&mut graph.nodes), known, call);
        let ends = self.model.layers.len() as u32;
        let outputs = graph.outputs.iter().map(|value| self.taken(value.name, known, &graph.name)).collect();
        known.tables.pop();
        self.said = around;
        let depth = self.depth;
        self.depth -= 1;
        let states = states.into_iter().map(|(formal, output)| (first + formal, output)).collect();
        Body { depth, name: key, layers: begins..ends, formals: first..last, outputs, states }
    }

    /// The nodes of a function in the place of its call.
    fn function(&mut self, node: Node, function: &Function, said: u32, known: &mut Known, call: &Option<Call>) {
        let name = self.called(&node, self.model.layers.len());
        let itself = self.calls.contains(&said);
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
        let name = match call {
            Some(call) => self.within(&call.name, &name),
            None => name,
        };
        let around = self.member(&node, call).module(&node.name);
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
                    attributes.extend(of_call(call, &caller).map(|attribute| (key, attribute.clone())));
                }
                Told::Graph(_) => {}
            }
        }
        for (key, told) in &function.defaults {
            if let (Told::Known(default), false) = (told, attributes.iter().any(|(known, _)| known == key)) {
                attributes.push((key.clone(), default.clone()));
            }
        }
        let module = self.call(around, &name, &function.name);
        let inner = Some(Call { name, attributes, module });
        // A function sees its own inputs and nothing of what is around its call.
        let mut own = Known { versions: function.versions.clone(), tables: vec![Table::Sparse(table)] };
        self.called += 1;
        self.calls.push(said);
        let around = std::mem::replace(&mut self.said, said);
        self.nodes(copied(&function.nodes), &mut own, &inner);
        self.said = around;
        self.calls.pop();
        for (own_name, given) in function.outputs.iter().zip(&node.outputs) {
            let from = own.find(*own_name).unwrap_or_else(|| self.lost());
            known.set(*given, from);
        }
    }

    /// The module of a node: within a call, its own within that of the call.
    fn member(&mut self, node: &Node, call: &Option<Call>) -> Member {
        let own = self.scopes.of(node);
        match call.as_ref().and_then(|call| call.module.as_ref()) {
            None => own,
            Some(around) => Member::Of(match own.module(&node.name) {
                Some(own) => self.scopes.within(around, &own),
                None => around.clone(),
            }),
        }
    }

    /// A call is a module: its name, with a number behind it where there is one of that name, and the function as its class.
    fn call(&mut self, around: Option<Rc<Module>>, name: &str, function: &str) -> Option<Rc<Module>> {
        let taken = around.as_ref().map_or(0, |module| module.path.len()) + name.len();
        if self.scopes.are_full(taken) {
            return around;
        }
        let own = name.rsplit('/').find(|part| !part.is_empty()).unwrap_or(name);
        let within = |name: &str| Module::within(around.as_ref(), name, "/", function);
        let mut module = within(own);
        let first = module.path.clone();
        let mut times = self.modules.get(&first).copied().unwrap_or(0);
        while self.modules.contains_key(&module.path) {
            times += 1;
            module = within(&format!("{own}_{times}"));
        }
        self.modules.insert(module.path.clone(), 1);
        self.modules.insert(first, times.max(1));
        Some(module)
    }
}

/// Whether the graphs among a node's attributes take something of such a name, from around them or from within.
fn mentions(node: &Node, is: &dyn Fn(Name) -> bool) -> bool {
    let takes = |inner: &Node| inner.inputs.iter().any(|name| is(*name)) || inner.holds && mentions(inner, is);
    graphs(node).any(|graph| graph.nodes.iter().any(takes) || graph.outputs.iter().any(|value| is(value.name)))
}

/// What the graphs among a node's attributes take from around them; `own` are the names of those that they stand in.
fn captured(node: &Node, own: &mut Vec<HashSet<Name>>, takes: &mut Vec<Name>) {
    for graph in graphs(node) {
        let made = graph.nodes.iter().flat_map(|inner| inner.outputs.iter().copied());
        let named = graph.inputs.iter().map(|value| value.name).chain(graph.stored.iter().map(|(name, ..)| *name));
        own.push(made.chain(named).collect());
        for inner in &graph.nodes {
            takes.extend(inner.inputs.iter().filter(|name| !own.iter().any(|own| own.contains(name))));
            captured(inner, own, takes);
        }
        let given = graph.outputs.iter().map(|value| value.name);
        takes.extend(given.filter(|name| !own.iter().any(|own| own.contains(name))));
        own.pop();
    }
}

fn graphs(node: &Node) -> impl Iterator<Item = &parse::Graph> {
    node.attributes.iter().filter_map(|(_, told)| match told {
        Told::Graph(graph) => Some(&**graph),
        _ => None,
    })
}

/// An attribute of the call that one stands in the place of.
fn of_call<'c>(call: &'c Option<Call>, name: &str) -> Option<&'c Attribute> {
    call.as_ref()?.attributes.iter().find(|(known, _)| **known == *name).map(|(_, attribute)| attribute)
}

/// A call of a function that its nodes stand in the place of.
struct Call {
    name: Box<str>,
    attributes: Vec<(Rc<str>, Attribute)>,
    module: Option<Rc<Module>>,
}

/// The beginning of a name that is too long to be written out again and again.
fn shortened(name: &str) -> String {
    match name.len() > LETTERS {
        true => format!("{}…", &name[..name.floor_char_boundary(LETTERS)]),
        false => name.to_owned(),
    }
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
fn scan(attributes: &[(Rc<str>, Told)], call: &Option<Call>) -> (usize, Box<[i64]>) {
    let (mut scanned, mut axes) = (0, Box::default());
    for (key, told) in attributes {
        let attribute = match told {
            Told::Known(attribute) => Some(attribute),
            Told::Caller(caller) => of_call(call, caller),
            Told::Graph(_) => None,
        };
        match (&**key, attribute) {
            ("num_scan_inputs", Some(Attribute::Int(n))) => scanned = usize::try_from(*n).unwrap_or(0),
            ("scan_input_axes", Some(Attribute::Ints(told))) => axes = told.clone(),
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
