//! Statements into a model: names, blocks, and where every line goes on from.

use std::collections::HashMap;
use std::rc::Rc;

use workings::fault::{Fault, Place, nearest};
use workings::model::{From, Input, Layer, Model, Rounding, Rules, Size};
use workings::ops::{self, Joins};

use super::args::{self, Parameters, short};
use super::lines::{Line, Word, lines};

/// How many layers a network may have, blocks written out.
pub const LAYERS: usize = 200_000;

/// How many bytes the lines of a network may have, blocks written out, names included.
const TEXT: usize = super::LARGEST as usize;

/// How many faults are listed before reading stops.
const FAULTS: usize = 20;

/// How deep calls of blocks may stand in one another.
const DEPTH: usize = 64;

/// How many parameters a block may have.
const PARAMETERS: usize = 64;

/// Among how many names the nearest to a misspelt one is looked for.
const NAMES: usize = 10_000;

/// Reads a network. What could not be read becomes a fault with its place, and a layer without an operator where a line
/// stood, so that whatever can be worked out still is.
pub fn read(text: &str) -> (Model, Vec<Fault>) {
    let mut reader = Reader::new(text);
    reader.read();
    if reader.too_large() {
        let says = format!(
            "with its blocks written out, the network has more than {LAYERS} layers, as many calls, or {} MiB of text",
            TEXT >> 20
        );
        reader.fault(Fault::new(says).hint("repeat its blocks fewer times"));
    }
    reader.finish()
}

/// A block as it was written.
struct Block<'t> {
    parameters: Vec<Rc<str>>,
    body: Vec<Line<'t>>,
    /// The line that closes it: only lines below that may call it.
    end: u32,
}

/// What names mean where a line stands: the network itself, or one call of a block.
#[derive(Default)]
struct Scope {
    prefix: String,
    labels: HashMap<String, From>,
    numbers: HashMap<String, u32>,
    parameters: Parameters,
    /// What the next line goes on from.
    at: Option<From>,
}

struct Reader<'t> {
    text: &'t str,
    model: Model,
    batch: Size,
    blocks: HashMap<&'t str, Rc<Block<'t>>>,
    faults: Vec<Fault>,
    calls: usize,
    /// Bytes of the lines read so far, with the names of their layers.
    bytes: usize,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Reader<'t> {
        let model = Model {
            name: "network".into(),
            format: "net",
            rules: Rules::default(),
            rounding: Rounding::default(),
            inputs: Vec::new(),
            layers: Vec::new(),
        };
        Reader { text, model, batch: Size::Number(1), blocks: HashMap::new(), faults: Vec::new(), calls: 0, bytes: 0 }
    }

    fn read(&mut self) {
        let mut scope = Scope::default();
        let mut open: Option<(Word<'t>, Block<'t>)> = None;
        let mut within = 0;
        for line in lines(self.text) {
            if self.full() {
                return;
            }
            let word = line.word.map_or("", |word| word.text);
            if let Some(label) = line.label.filter(|_| STATEMENTS.contains(&word) && word != "input") {
                let says = format!("`{word}` is no layer and takes no label");
                self.fault(Fault::new(says).at(label.place).hint("take the label out"));
            }
            match (word, &mut open) {
                ("", _) if line.is_empty() => {}
                ("block", None) => open = self.block(&line),
                ("block", Some((name, _))) => {
                    within += 1;
                    let says = format!("a block cannot stand inside a block (`{}` is still open)", short(name.text));
                    self.fault(Fault::new(says).at(args::place(&line)).hint("close it with `end` first"));
                }
                ("end", None) => {
                    self.fault(Fault::new("`end` without a block").at(args::place(&line)).hint("take it out"));
                }
                ("end", Some(_)) if within > 0 => within -= 1,
                ("end", Some(_)) => {
                    if let Some((name, mut block)) = open.take() {
                        block.end = line.number;
                        self.blocks.insert(name.text, Rc::new(block));
                    }
                }
                (_, Some((_, block))) => block.body.push(line),
                (_, None) => self.line(&line, &mut scope, 0),
            }
        }
        if let Some((name, _)) = open {
            let says = format!("the block `{}` is not closed", short(name.text));
            self.fault(Fault::new(says).at(name.place).hint("write `end` behind its last line"));
        }
        if self.faults.is_empty() && self.model.layers.is_empty() && !self.too_large() {
            let says =
                if self.model.inputs.is_empty() { "there is no network in it" } else { "the network has no layers" };
            self.fault(Fault::new(says).hint("a network begins with `input 224x224x3` and then has one layer a line"));
        }
    }

    fn finish(mut self) -> (Model, Vec<Fault>) {
        self.faults.truncate(FAULTS);
        (self.model, self.faults)
    }

    /// Whether it makes no sense to read on.
    fn full(&self) -> bool {
        self.faults.len() >= FAULTS || self.too_large()
    }

    fn too_large(&self) -> bool {
        self.model.layers.len() > LAYERS || self.calls > LAYERS || self.bytes > TEXT
    }

    /// Keeps a fault, once: a line of a block is read as often as the block is called.
    fn fault(&mut self, fault: Fault) {
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// Begins a block. Where its first line cannot be read, the lines up to `end` still belong to it.
    fn block(&mut self, line: &Line<'t>) -> Option<(Word<'t>, Block<'t>)> {
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

    /// Reads a line that is no part of a block's definition.
    fn line(&mut self, line: &Line<'t>, scope: &mut Scope, depth: usize) {
        self.bytes = self.bytes.saturating_add(line.written.len() + scope.prefix.len());
        let Some(word) = line.word else {
            self.fault(match line.label {
                Some(label) => Fault::new(format!("the label `{}` stands alone", short(label.text)))
                    .at(label.place)
                    .hint("write the layer behind it"),
                None => Fault::new("the line begins with a comma")
                    .at(Place { line: line.number, column: 1, length: 1 })
                    .hint("take it out, or write the layer before it"),
            });
            return;
        };
        let done = match word.text {
            "network" => self.network(line),
            "batch" => self.batch(line, scope),
            "rounding" => self.rounding(line),
            "rules" => self.rules(line),
            "input" => self.input(line, scope),
            "from" => self.from(line, scope),
            _ => match self.blocks.get(word.text).filter(|block| block.end < line.number).cloned() {
                Some(block) => self.call(line, word, &block, scope, depth),
                None => self.layer(line, word, scope),
            },
        };
        if let Err(fault) = done {
            self.fault(fault.at(word.place));
        }
    }

    fn network(&mut self, line: &Line<'t>) -> Result<(), Fault> {
        let name = line.written.strip_prefix("network").unwrap_or_default().trim();
        if name.is_empty() {
            return Err(Fault::new("the network has no name").hint("write `network NAME`"));
        }
        self.model.name = short(name).into();
        Ok(())
    }

    fn batch(&mut self, line: &Line<'t>, scope: &Scope) -> Result<(), Fault> {
        let argument = only(line, "batch 8")?;
        let size = args::size(argument.text, 1, &scope.parameters).map_err(|fault| fault.at(argument.place))?;
        for input in &mut self.model.inputs {
            input.shape[0] = size.clone();
        }
        self.batch = size;
        Ok(())
    }

    fn rounding(&mut self, line: &Line<'t>) -> Result<(), Fault> {
        const ALL: [Rounding; 4] = [Rounding::Floor, Rounding::Ceil, Rounding::CeilUnclipped, Rounding::Strict];
        self.model.rounding = choice(line, &ALL, Rounding::word)?;
        Ok(())
    }

    fn rules(&mut self, line: &Line<'t>) -> Result<(), Fault> {
        self.model.rules = choice(line, &[Rules::Pytorch, Rules::Keras, Rules::Onnx], Rules::word)?;
        Ok(())
    }

    fn input(&mut self, line: &Line<'t>, scope: &mut Scope) -> Result<(), Fault> {
        if !scope.prefix.is_empty() {
            return Err(
                Fault::new("an input cannot stand in a block").hint("inside a block, `in` is what it was given")
            );
        }
        let [argument] = &line.arguments[..] else {
            return Err(Fault::new("an input needs one shape").hint("write `input 224x224x3`"));
        };
        let mut sizes = args::input(argument, &scope.parameters)?;
        if sizes.len() > 4 {
            let says = format!("an input has at most four axes (DxHxWxC), and this one has {}", sizes.len());
            return Err(Fault::new(says).at(argument.place));
        }
        let channels = sizes.pop().unwrap_or(Size::Number(1));
        let name = line.label.map_or("input", |label| label.text);
        let from = From::Input(self.model.inputs.len() as u32);
        self.mark(name, line.label.or(line.word), from, scope)?;
        let shape = [self.batch.clone(), channels].into_iter().chain(sizes).collect();
        self.model.inputs.push(Input { name: name.into(), shape, place: args::place(line) });
        scope.at = Some(from);
        Ok(())
    }

    fn from(&mut self, line: &Line<'t>, scope: &mut Scope) -> Result<(), Fault> {
        scope.at = Some(self.find(only(line, "from LABEL")?, scope)?);
        Ok(())
    }

    /// Where a label stands.
    fn find(&self, label: Word<'t>, scope: &Scope) -> Result<From, Fault> {
        if let Some(&from) = scope.labels.get(label.text) {
            return Ok(from);
        }
        let fault = Fault::new(format!("there is no `{}` above this line", short(label.text))).at(label.place);
        let stands = |text: &str| {
            text.trim_start().strip_prefix(label.text).is_some_and(|rest| rest.trim_start().starts_with(':'))
        };
        let found = self.text.lines().zip(1..).filter(|(text, _)| stands(text)).map(|(_, number)| number);
        if let Some(number) = found.min_by_key(|&number: &u32| (number < label.place.line, number)) {
            return Err(fault.hint(if !scope.prefix.is_empty() {
                format!("line {number} has one, but a block knows `in` and its own labels above alone")
            } else if number < label.place.line {
                format!("line {number} has one, but the labels of a block are its own")
            } else {
                format!("it stands in line {number}; a label must stand before it is used")
            }));
        }
        Err(match near(label.text, scope.labels.keys().map(String::as_str)) {
            Some(near) => fault.hint(format!("did you mean `{near}`?")),
            None => fault.hint("write the label and a colon before the layer that you mean: `stem: conv 3x3, 64`"),
        })
    }

    /// Gives a name to what stands on a line.
    fn mark(&self, name: &str, at: Option<Word<'t>>, from: From, scope: &mut Scope) -> Result<(), Fault> {
        let fault = |says: String| match at {
            Some(word) => Fault::new(says).at(word.place),
            None => Fault::new(says),
        };
        let first = name.split('.').next().unwrap_or_default();
        if at.is_some() && !(is_name(first) && name.chars().all(|c| is_letter(c) || c == '.')) {
            let says = format!("`{}` cannot be a label", short(name));
            return Err(fault(says).hint("a label is a letter, then letters, digits, `_` and `.`"));
        }
        if scope.labels.contains_key(name) {
            return Err(
                fault(format!("there are two lines called `{}`", short(name))).hint("give one of them another label")
            );
        }
        scope.labels.insert(name.to_owned(), from);
        Ok(())
    }

    /// The name of a line: its label, or its word and number. Numbers pass over labels that look the same.
    fn name(&self, line: &Line<'t>, word: &str, scope: &mut Scope) -> String {
        match line.label {
            Some(label) => label.text.to_owned(),
            None => loop {
                let number = scope.numbers.entry(word.to_owned()).or_default();
                *number += 1;
                let name = format!("{word}{number}");
                if !scope.labels.contains_key(&name) {
                    return name;
                }
            },
        }
    }

    /// What a line goes on from.
    fn above(&self, scope: &Scope) -> Result<From, Fault> {
        scope.at.ok_or_else(|| {
            Fault::new("no input stands above this line").hint("write `input 224x224x3` above the first layer")
        })
    }

    fn layer(&mut self, line: &Line<'t>, word: Word<'t>, scope: &mut Scope) -> Result<(), Fault> {
        let known = ops::by_word(word.text);
        let name = self.name(line, known.map_or("line", |_| word.text), scope);
        let from = From::Layer(self.model.layers.len() as u32);
        let mut layer = Layer {
            name: format!("{}{name}", scope.prefix).into(),
            op: None,
            inputs: Vec::new(),
            settings: Vec::new(),
            activation: None,
            place: Place { line: line.number, ..word.place },
            axes: known.and_then(|(_, means)| means.axes),
            written: line.written.clone(),
        };
        let read = self.understand(line, word, known, scope, &mut layer);
        self.model.layers.push(layer);
        scope.at = Some(from);
        // Only now: a layer does not know itself.
        read.and(self.mark(&name, line.label, from, scope))
    }

    /// Fills a layer from its line. Only when everything is understood does it get its operator.
    fn understand(
        &self,
        line: &Line<'t>,
        word: Word<'t>,
        known: Option<(&'static ops::Operator, &'static ops::Word)>,
        scope: &Scope,
        layer: &mut Layer,
    ) -> Result<(), Fault> {
        let (operator, means) = known.ok_or_else(|| self.unknown(word))?;
        let read = args::read(means, line, &scope.parameters)?;
        let above = match read.from {
            Some(label) => self.find(label, scope),
            None => self.above(scope),
        };
        let mut labels = Vec::new();
        for label in read.labels {
            labels.push(self.find(label, scope)?);
        }
        layer.inputs = match (means.joins, labels.len()) {
            (Joins::Above, _) => std::iter::once(above?).chain(labels).collect(),
            (Joins::Labels, 0) => {
                let says = format!("`{}` needs the labels of what it joins", means.word);
                return Err(Fault::new(says).hint(format!("write `{}`", args::usage(means))));
            }
            (Joins::Labels, 1) => std::iter::once(above?).chain(labels).collect(),
            (Joins::Labels, _) => labels,
        };
        layer.settings = read.settings;
        layer.activation = read.activation;
        layer.op = Some(operator);
        Ok(())
    }

    fn unknown(&self, word: Word<'t>) -> Fault {
        let fault = Fault::new(format!("no layer is called `{}`", short(word.text))).at(word.place);
        if let Some(block) = self.blocks.get(word.text) {
            return fault.hint(format!("the block ends in line {}; it can be called below that", block.end));
        }
        let mut known: Vec<&str> = ops::words().chain(STATEMENTS).collect();
        known.extend(self.blocks.keys());
        match near(word.text, known) {
            Some(near) => fault.hint(format!("did you mean `{near}`?")),
            None => fault.hint("`workings ops` lists the layers there are"),
        }
    }

    fn call(
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
            self.once(block, &name, &call.parameters, scope, depth)?;
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
        name: &str,
        parameters: &Parameters,
        scope: &mut Scope,
        depth: usize,
    ) -> Result<(), Fault> {
        let at = self.above(scope)?;
        let mut inner = Scope {
            prefix: format!("{}{name}.", scope.prefix),
            parameters: parameters.clone(),
            at: Some(at),
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
        let mut given = Vec::new();
        for argument in &line.arguments {
            let texts: Vec<&str> = argument.words.iter().map(|word| word.text).collect();
            match texts[..] {
                [] => return Err(args::nothing().at(argument.place)),
                ["times", n] => call.times = args::times(n).map_err(|fault| fault.at(argument.place))?,
                ["from", _] => call.from = Some(self.find(argument.words[1], scope)?),
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
        call.parameters.extend(block.parameters.iter().cloned().zip(given));
        Ok(call)
    }
}

/// The words that begin a line and are no layers.
const STATEMENTS: [&str; 8] = ["network", "input", "batch", "rounding", "rules", "from", "block", "end"];

/// The nearest to a misspelt name, the same in every run, if there are few enough to look at all of them.
fn near<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let mut names: Vec<&str> = names.into_iter().take(NAMES + 1).collect();
    if names.len() > NAMES {
        return None;
    }
    names.sort_unstable();
    nearest(word, names)
}

/// Whether a word can be a name.
fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_') && word.chars().all(is_letter)
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A call of a block, understood.
struct Call {
    parameters: Parameters,
    times: u32,
    from: Option<From>,
}

/// The one word that a statement takes.
fn only<'t>(line: &Line<'t>, example: &str) -> Result<Word<'t>, Fault> {
    match &line.arguments[..] {
        [argument] if argument.words.len() == 1 => Ok(argument.words[0]),
        _ => Err(Fault::new("this line needs one word").hint(format!("write `{example}`")).at(args::place(line))),
    }
}

/// One of some choices, by its words.
fn choice<T: Copy>(line: &Line<'_>, all: &[T], word: fn(T) -> &'static str) -> Result<T, Fault> {
    let words = line.arguments.iter().flat_map(|argument| &argument.words).map(|word| word.text);
    let text = words.collect::<Vec<_>>().join(" ");
    all.iter().copied().find(|&one| word(one) == text).ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(|&one| word(one)).collect();
        let hint = match nearest(&text, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it is one of {}", known.join(", ")),
        };
        Fault::new(format!("`{}` is not known here", short(&text))).at(args::place(line)).hint(hint)
    })
}
