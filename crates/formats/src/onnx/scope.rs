//! The modules that a node was part of when its network was written in Python.

use std::rc::Rc;

use foldhash::HashMap;

use workings::graph::{Member, Module};

use super::parse::Node;

/// The names of modules and their classes, as they are written.
type Listed = (Rc<str>, Rc<str>);

/// The most modules that are told apart in a name.
const DEEPEST: usize = 64;

/// The most bytes that modules within calls of functions may take: those behind stand in their call alone.
const JOINED: usize = 1 << 27;

/// Modules that were met.
#[derive(Default)]
pub(super) struct Scopes {
    /// By their names and classes, as PyTorch's newer exporter writes them.
    listed: HashMap<Listed, Option<Rc<Module>>>,
    /// The last ones that were put within a call of a function: the call's, the node's own, and both …
    joined: Option<[Rc<Module>; 3]>,
    /// … and about how many bytes all of them took.
    size: usize,
}

impl Scopes {
    /// The innermost module around a node.
    pub fn of(&mut self, node: &Node) -> Member {
        if node.scopes.is_empty() {
            return if node.name.starts_with('/') { Member::Named } else { Member::None };
        }
        let key = (node.scopes.clone(), node.classes.clone());
        let listed = self.listed.entry(key).or_insert_with(|| exported(&node.scopes, &node.classes)).clone();
        Member::of(listed)
    }

    /// The module of a node within that of the call that it stands in the place of. Those that both name are the same.
    pub fn within(&mut self, around: &Rc<Module>, own: &Rc<Module>) -> Rc<Module> {
        if let Some([call, node, both]) = &self.joined
            && Rc::ptr_eq(call, around)
            && node == own
        {
            return both.clone();
        }
        let inwards = |module: &Rc<Module>| {
            let mut all: Vec<Rc<Module>> = module.outwards().cloned().collect();
            all.reverse();
            all
        };
        let (outer, mut inner) = (inwards(around), inwards(own));
        let shared = outer.iter().zip(&inner).take_while(|(one, other)| one.path == other.path).count();
        let further = inner.split_off(shared);
        if self.are_full(further.iter().map(|module| around.path.len() + module.path.len() + 64).sum()) {
            return around.clone();
        }
        let both = further.iter().fold(around.clone(), |within, module| {
            let path = format!("{}/{}", around.path, module.path).into();
            Rc::new(Module { path, class: module.class.clone(), around: Some(within) })
        });
        self.joined = Some([around.clone(), own.clone(), both.clone()]);
        both
    }

    /// Whether modules within calls take too much once so many more bytes are written.
    pub fn are_full(&mut self, more: usize) -> bool {
        self.size += more;
        self.size > JOINED
    }
}

/// `['', 'encoder', 'encoder.layers', 'conv2d']` beside `['models.ViT', 'models.Encoder', 'nn.Sequential', 'aten.conv2d']`:
/// names that grow from module to module, the operator's own last.
fn exported(scopes: &str, classes: &str) -> Option<Rc<Module>> {
    let (names, classes) = (listed(scopes), listed(classes));
    let named = names.iter().enumerate().take(names.len().saturating_sub(1)).filter(|(_, name)| !name.is_empty());
    named.take(DEEPEST).fold(None, |around, (at, name)| {
        let class = classes.get(at).copied().unwrap_or_default();
        Some(Rc::new(Module { path: (*name).into(), class: class.into(), around }))
    })
}

/// The texts of a list as Python prints it.
fn listed(list: &str) -> Vec<&str> {
    let inner = list.trim().trim_start_matches('[').trim_end_matches(']');
    inner.split(", ").map(|text| text.trim_matches(['\'', '"'])).collect()
}
