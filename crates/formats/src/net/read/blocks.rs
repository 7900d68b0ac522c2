//! Blocks: written once, called by name.

use std::rc::Rc;

use workings::fault::{Fault, Place};
use workings::graph;
use workings::model::{From, Statement};
use workings::ops;

use super::names::{Scope, is_name};
use super::{Reader, STATEMENTS};
use crate::net::args::{self, Parameters, short};
use crate::net::lines::{Line, Word};

/// How deep calls of blocks may stand in one another.
const DEPTH: usize = 64;

/// How many parameters a block may have.
const PARAMETERS: usize = 64;

/// A block as it was written.
pub(super) struct Block<'t> {
    pub parameters: Vec<Rc<str>>,
    pub body: Vec<Line<'t>>,
    /// The line that closes it: only lines below that may call it.
    pub end: u32,
}

/// A call of a block, understood.
struct Call {
    parameters: Parameters,
    times: u32,
    from: Option<From>,
}

/// A block as it is called once.
struct Called<'c> {
    name: &'c str,
    parameters: &'c Parameters,
    /// The line of the network itself.
    statement: &'c Rc<Statement>,
    /// The module that its layers are in.
    module: Rc<graph::Module>,
}

impl<'t> Reader<'t> {
    /// Begins a block. Where its first line cannot be read, the lines up to `end` still belong to it.
    pub(super) fn block(&mut self, line: &Line<'t>) -> Option<(Word<'t>, Block<'t>)> {
        let place = args::place(line);
        let words = line.arguments.first().map_or(&[][..], |first| &first.words);
        let Some((&name, first)) = words.split_first() else {
            self.fault(Fault::new("the block has no name").at(place).hint("write `block NAME PARAMETER, PARAMETER`"));
            return Some((line.word?, Block { parameters: Vec::new(), body: Vec::new(), end: 0 }));
        };
        if ops::by_word(name.text).is_some() || STATEMENTS.contains(&name.text) || self.blocks.contains_key(name.text) {
            let says = format!("`{}` already means something", short(name.text));
            self.fault(Fault::new(says).at(name.place).hint("give the block another name"));
        }
        let rest = line.arguments.iter().skip(1).flat_map(|argument| &argument.words);
        let words: Vec<&Word<'t>> = first.iter().chain(rest).collect();
        if let Some(word) = std::iter::once(&name).chain(words.iter().copied()).find(|word| !is_name(word.text)) {
            let says = format!("`{}` cannot be the name of a block or a parameter", short(word.text));
            self.fault(Fault::new(says).at(word.place).hint("a name is a letter, then letters, digits and `_`"));
        }
        let mut parameters: Vec<Rc<str>> = Vec::new();
        for word in words {
            if parameters.iter().any(|known| **known == *word.text) {
                let says = format!("there are two parameters called `{}`", short(word.text));
                self.fault(Fault::new(says).at(word.place).hint("give one of them another name"));
                break;
            }
            if parameters.len() == PARAMETERS {
                let says = format!("a block has at most {PARAMETERS} parameters");
                self.fault(Fault::new(says).at(word.place).hint("make two blocks of it"));
                break;
            }
            parameters.push(word.text.into());
        }
        Some((name, Block { parameters, body: Vec::new(), end: 0 }))
    }

    pub(super) fn call(
        &mut self,
        line: &Line<'t>,
        word: Word<'t>,
        block: &Rc<Block<'t>>,
        scope: &mut Scope,
        depth: usize,
    ) -> Result<(), Fault> {
        if depth >= DEPTH {
            return Err(
                Fault::new(format!("blocks call one another more than {DEPTH} deep")).hint("write out one of them")
            );
        }
        let call = self.arguments(line, word, block, scope)?;
        let place = Place { line: line.number, ..word.place };
        let own = || Rc::new(Statement { place, written: line.written.clone() });
        let statement = scope.call.clone().unwrap_or_else(own);
        if let Some(from) = call.from {
            scope.at = Some(from);
        }
        let label = line.label.map(|label| label.text.to_owned());
        for time in 1..=call.times {
            self.calls += 1;
            if self.full() {
                return Ok(());
            }
            let name = match &label {
                Some(label) if call.times > 1 => format!("{label}.{time}"),
                Some(label) => label.clone(),
                None => self.name(line, word.text, scope),
            };
            let module = graph::Module::within(scope.module.as_ref(), &name, ".", word.text);
            let called = Called { name: &name, parameters: &call.parameters, statement: &statement, module };
            self.once(block, called, scope, depth)?;
            self.mark(&name, line.label, self.above(scope)?, scope)?;
        }
        match label {
            Some(label) if call.times > 1 => self.mark(&label, line.label, self.above(scope)?, scope),
            _ => Ok(()),
        }
    }

    fn once(
        &mut self,
        block: &Rc<Block<'t>>,
        called: Called<'_>,
        scope: &mut Scope,
        depth: usize,
    ) -> Result<(), Fault> {
        let at = self.above(scope)?;
        let mut inner = Scope {
            prefix: format!("{}{}.", scope.prefix, called.name),
            parameters: called.parameters.clone(),
            at: Some(at),
            call: Some(called.statement.clone()),
            module: Some(called.module),
            ..Scope::default()
        };
        inner.labels.insert("in".to_owned(), at);
        for line in &block.body {
            if self.full() {
                return Ok(());
            }
            self.line(line, &mut inner, depth + 1);
        }
        scope.at = inner.at;
        Ok(())
    }

    /// The arguments of a call: its parameters in order, how many times, and where from.
    fn arguments(&self, line: &Line<'t>, word: Word<'t>, block: &Block<'t>, scope: &Scope) -> Result<Call, Fault> {
        let mut call = Call { parameters: Parameters::new(), times: 1, from: None };
        let (mut times, mut from) = (None, None);
        let mut given = Vec::new();
        for argument in &line.arguments {
            let texts: Vec<&str> = argument.words.iter().map(|word| word.text).collect();
            match texts[..] {
                [] => return Err(args::nothing().at(argument.place)),
                ["times", n] => {
                    let often = args::times(n, &scope.parameters).map_err(|fault| fault.at(argument.place))?;
                    if times.replace(often).is_some() {
                        let fault = Fault::new("`times` is said twice").hint("keep one of them");
                        return Err(fault.at(argument.place));
                    }
                }
                ["from", _] => {
                    args::once(&mut from, argument.words[1]).map_err(|fault| fault.at(argument.place))?;
                }
                [size] => given.push(args::size(size, 0, &scope.parameters).map_err(|fault| fault.at(argument.place))?),
                _ => {
                    let says = format!("`{}` is no argument of a block", short(&texts.join(" ")));
                    return Err(Fault::new(says)
                        .at(argument.place)
                        .hint("give its parameters in order, then `times N` or `from LABEL`"));
                }
            }
        }
        if given.len() != block.parameters.len() {
            let (word, needs, found) = (short(word.text), block.parameters.len(), given.len());
            let plural = if needs == 1 { "" } else { "s" };
            let usage = format!("{word} {}", block.parameters.join(", "));
            return Err(Fault::new(format!("`{word}` takes {needs} parameter{plural}, and {found} are given"))
                .hint(format!("write `{}`", usage.trim_end())));
        }
        call.times = times.unwrap_or(1);
        call.from = from.map(|label| self.find(label, scope)).transpose()?;
        call.parameters.extend(block.parameters.iter().cloned().zip(given));
        Ok(call)
    }
}
