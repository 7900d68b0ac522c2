//! The modules that a node was part of when its network was written in Python.

use std::rc::Rc;

use foldhash::HashMap;

use workings::graph::{Module, Scope};

use super::parse::Node;

/// The names of modules and their classes, as they are written.
type Listed = (Rc<str>, Rc<str>);

/// The most modules that are told apart in a name.
const DEEPEST: usize = 64;

/// The most bytes that modules within calls of functions may take: those behind stand in their call alone.
const JOINED: usize = 1 << 27;

/// Scopes that were met, by how the file writes them.
#[derive(Default)]
pub(super) struct Scopes {
    /// Names and classes, as PyTorch's newer exporter writes them …
    listed: HashMap<Listed, Option<Rc<Scope>>>,
    /// … and as the older one writes them into a node's name.
    named: HashMap<Box<str>, Rc<Scope>>,
    /// The last ones that were put within a call of a function: the call's, the node's own, and both …
    joined: Option<[Rc<Scope>; 3]>,
    /// … and about how many bytes all of them took.
    size: usize,
}

impl Scopes {
    /// The modules around a node.
    pub fn of(&mut self, node: &Node) -> Option<Rc<Scope>> {
        if node.scopes.is_empty() {
            return self.named(&node.name);
        }
        let key = (node.scopes.clone(), node.classes.clone());
        self.listed.entry(key).or_insert_with(|| exported(&node.scopes, &node.classes).map(Rc::new)).clone()
    }

    /// The modules of a node within those of the call that it stands in the place of. Those that both name are the same.
    pub fn within(&mut self, around: &Rc<Scope>, own: &Rc<Scope>) -> Rc<Scope> {
        if let Some([call, node, both]) = &self.joined
            && Rc::ptr_eq(call, around)
            && Rc::ptr_eq(node, own)
        {
            return both.clone();
        }
        let path = around.modules.last().map_or("", |module| &*module.path);
        let shared = around.modules.iter().zip(&own.modules).take_while(|(one, other)| one.path == other.path).count();
        let further = &own.modules[shared..];
        if self.are_full(further.iter().map(|module| path.len() + module.path.len() + 64).sum()) {
            return around.clone();
        }
        let inner = further.iter().map(|module| {
            Rc::new(Module { path: format!("{path}/{}", module.path).into(), class: module.class.clone() })
        });
        let both = Rc::new(Scope { modules: around.modules.iter().cloned().chain(inner).collect() });
        self.joined = Some([around.clone(), own.clone(), both.clone()]);
        both
    }

    /// Whether modules within calls take too much once so many more bytes are written.
    pub fn are_full(&mut self, more: usize) -> bool {
        self.size += more;
        self.size > JOINED
    }

    /// PyTorch's older exporter writes modules into the name: `/encoder/layers.0/conv/Conv`.
    fn named(&mut self, name: &str) -> Option<Rc<Scope>> {
        let (modules, _) = name.strip_prefix('/')?.rsplit_once('/')?;
        Some(self.path(modules, 0))
    }

    fn path(&mut self, path: &str, depth: usize) -> Rc<Scope> {
        if let Some(known) = self.named.get(path) {
            return known.clone();
        }
        let scope = match path.rsplit_once('/').filter(|_| depth < DEEPEST) {
            Some((around, own)) => self.path(around, depth + 1).with(own, "/", ""),
            None => Scope::default().with(path, "/", ""),
        };
        let scope = Rc::new(scope);
        self.named.insert(path.into(), scope.clone());
        scope
    }
}

/// `['', 'encoder', 'encoder.layers', 'conv2d']` beside `['models.ViT', 'models.Encoder', 'nn.Sequential', 'aten.conv2d']`:
/// names that grow from module to module, the operator's own last.
fn exported(scopes: &str, classes: &str) -> Option<Scope> {
    let (names, classes) = (listed(scopes), listed(classes));
    let named = names.iter().enumerate().take(names.len().saturating_sub(1)).filter(|(_, name)| !name.is_empty());
    let module = |(at, name): (usize, &&str)| {
        let class = classes.get(at).copied().unwrap_or_default();
        Rc::new(Module { path: (*name).into(), class: class.into() })
    };
    let modules: Vec<Rc<Module>> = named.map(module).collect();
    (!modules.is_empty()).then_some(Scope { modules })
}

/// The texts of a list as Python prints it.
fn listed(list: &str) -> Vec<&str> {
    let inner = list.trim().trim_start_matches('[').trim_end_matches(']');
    inner.split(", ").map(|text| text.trim_matches(['\'', '"'])).collect()
}
