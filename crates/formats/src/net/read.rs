//! Statements into a model: names, blocks, and where every line goes on from.

mod blocks;
mod names;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use workings::fault::{Fault, Place, nearest};
use workings::graph::{Dtype, Member};
use workings::model::{From, Input, Inputs, Layer, Model, Rounding, Rules, Setting, Size, Statement};
use workings::ops::{self, Joins};

use super::args::{self, short};
use super::lines::{Line, Word, lines};
use super::meant::meant;
use blocks::Block;
use names::{Scope, near};
pub(super) use names::{is_letter, is_name};

/// How many layers a network may have, blocks and stacked layers written out.
const LAYERS: usize = 200_000;

/// How many bytes the lines of a network may have, blocks written out, names included.
const TEXT: usize = super::LARGEST as usize;

/// How many faults are listed before reading stops.
const FAULTS: usize = 20;

/// Reads a network. What could not be read becomes a fault with its place, and a layer without an operator where a line
/// stood, so that whatever can be worked out still is.
pub fn read(text: &str) -> (Model, Vec<Fault>) {
    let mut reader = Reader::new(text);
    reader.read();
    if reader.too_large() {
        let says = format!(
            "with its blocks and stacked layers written out, the network has more than {LAYERS} layers, as many calls, or {} MiB of text",
            TEXT >> 20
        );
        reader.fault(Fault::new(says).hint("repeat its blocks fewer times"));
    }
    reader.finish()
}

struct Reader<'t> {
    text: &'t str,
    model: Model,
    /// The lines that spoke for the whole network: `network`, `batch`, `rounding`, `rules`.
    spoken: HashMap<&'t str, u32>,
    batch: Size,
    blocks: HashMap<&'t str, Rc<Block<'t>>>,
    faults: Vec<Fault>,
    calls: usize,
    /// Whether a layer has been met.
    begun: bool,
    /// The full names so far.
    names: HashSet<String>,
    /// Layers that `layers N` stacks upon those that stand for themselves.
    stacked: usize,
    /// Bytes of the lines read so far, with the names of their layers.
    bytes: usize,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Reader<'t> {
        Reader {
            text,
            model: Model::default(),
            spoken: HashMap::new(),
            batch: Size::Number(1),
            blocks: HashMap::new(),
            faults: Vec::new(),
            calls: 0,
            begun: false,
            names: HashSet::new(),
            stacked: 0,
            bytes: 0,
        }
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
        for input in &mut self.model.inputs {
            input.shape[0] = self.batch.clone();
        }
        self.model.complete = self.faults.is_empty();
        if self.faults.len() >= FAULTS {
            self.faults.truncate(FAULTS);
            self.faults.push(Fault::new(format!("there may be more: reading stopped after {FAULTS}")));
        }
        (self.model, self.faults)
    }

    /// Whether it makes no sense to read on.
    fn full(&self) -> bool {
        self.faults.len() >= FAULTS || self.too_large()
    }

    fn too_large(&self) -> bool {
        self.model.layers.len() + self.stacked > LAYERS || self.calls > LAYERS || self.bytes > TEXT
    }

    /// What was said of a place already: a line of a block is not looked into as often as the block is called.
    fn said(&self, place: Place) -> Option<&Fault> {
        self.faults.iter().find(|fault| fault.place == Some(place))
    }

    /// Keeps a fault, once: a line of a block is read as often as the block is called.
    fn fault(&mut self, fault: Fault) {
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
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
            "network" | "batch" | "rounding" | "rules" => self.whole(line, word, scope),
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

    /// A line that speaks for the whole network: it does so once, and before it matters.
    fn whole(&mut self, line: &Line<'t>, word: Word<'t>, scope: &Scope) -> Result<(), Fault> {
        let name = word.text;
        if !scope.prefix.is_empty() {
            let says = format!("`{name}` speaks for the whole network and cannot stand in a block");
            return Err(Fault::new(says).hint("write it above the first layer"));
        }
        if let Some(first) = self.spoken.get(name) {
            let says = format!("there are two lines `{name}`, and the other is line {first}");
            return Err(Fault::new(says).hint("keep one of them"));
        }
        if self.begun && name != "network" {
            let says = format!("`{name}` stands below a layer, and speaks for the whole network");
            return Err(Fault::new(says).hint("write it above the first layer"));
        }
        match name {
            "network" => self.network(line),
            "batch" => self.batch(line, scope),
            "rounding" => self.rounding(line),
            _ => self.rules(line),
        }?;
        self.spoken.insert(name, line.number);
        Ok(())
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
        self.batch = args::size(argument.text, 1, &scope.parameters).map_err(|fault| fault.at(argument.place))?;
        self.model.batch = Some(Statement { place: args::place(line), written: line.written.clone() });
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
        let name = line.label.map_or("input", |label| label.text);
        let from = match input_shape(line, scope) {
            Ok(shape) => {
                self.model.inputs.push(Input {
                    name: name.into(),
                    shape,
                    dtype: Dtype::FLOAT32,
                    shapeless: false,
                    numbers: None,
                    place: args::place(line),
                });
                From::Input(self.model.inputs.len() as u32 - 1)
            }
            Err(fault) => {
                let Some(word) = line.word else { return Err(fault) };
                self.fault(fault.at(word.place));
                // The lines below still go on from it.
                self.model.layers.push(Layer {
                    name: name.into(),
                    place: word.place,
                    written: line.written.clone(),
                    ..Layer::default()
                });
                From::Layer(self.model.layers.len() as u32 - 1)
            }
        };
        scope.at = Some(from);
        self.mark(name, line.label.or(line.word), from, scope)
    }

    fn from(&mut self, line: &Line<'t>, scope: &mut Scope) -> Result<(), Fault> {
        scope.at = Some(self.find(only(line, "from LABEL")?, scope)?);
        Ok(())
    }

    /// What a line goes on from.
    fn above(&self, scope: &Scope) -> Result<From, Fault> {
        scope.at.ok_or_else(|| {
            Fault::new("no input stands above this line").hint("write `input 224x224x3` above the first layer")
        })
    }

    fn layer(&mut self, line: &Line<'t>, word: Word<'t>, scope: &mut Scope) -> Result<(), Fault> {
        self.begun = true;
        let known = ops::by_word(word.text);
        let name = self.name(line, known.map_or("line", |_| word.text), scope);
        let from = From::Layer(self.model.layers.len() as u32);
        let mut layer = Layer {
            name: format!("{}{name}", scope.prefix).into(),
            place: Place { line: line.number, ..word.place },
            axes: known.and_then(|(_, means)| means.axes),
            written: line.written.clone(),
            call: scope.call.clone(),
            member: Member::of(scope.module.clone()),
            ..Layer::default()
        };
        let read = self.understand(line, word, known, scope, &mut layer);
        self.stacked += layer.settings.iter().map(|(name, told)| stacked(name, told)).sum::<usize>();
        self.model.layers.push(layer);
        scope.at = Some(from);
        // Only now: a layer does not know itself.
        let marked = self.mark(&name, line.label, from, scope);
        read.and(marked)
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
        let mut labels = Inputs::new();
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
        if let Some(said) = self.said(word.place) {
            return said.clone();
        }
        let fault = Fault::new(format!("no layer is called `{}`", short(word.text))).at(word.place);
        if let Some(block) = self.blocks.get(word.text) {
            if block.body.first().is_some_and(|first| first.number <= word.place.line) {
                let says = format!("the block `{}` cannot call itself", short(word.text));
                return Fault::new(says)
                    .at(word.place)
                    .hint("write out what it should repeat, or call it with `times N`");
            }
            return fault.hint(format!("the block ends in line {}; it can be called below that", block.end));
        }
        if let Some(meant) = meant(word.text).filter(|meant| ops::by_word(meant).is_some()) {
            return fault.hint(format!("did you mean `{meant}`?"));
        }
        let mut known: Vec<&str> = ops::words().chain(STATEMENTS).collect();
        known.extend(self.blocks.keys());
        match near(word.text, known) {
            Some(near) => fault.hint(format!("did you mean `{near}`?")),
            None => fault.hint("`workings ops` lists the layers there are"),
        }
    }
}

/// The words that begin a line and are no layers.
const STATEMENTS: [&str; 8] = ["network", "input", "batch", "rounding", "rules", "from", "block", "end"];

/// The sizes of an input, batch first.
fn input_shape(line: &Line<'_>, scope: &Scope) -> Result<Vec<Size>, Fault> {
    let [argument] = &line.arguments[..] else {
        return Err(Fault::new("an input needs one shape").hint("write `input 224x224x3`"));
    };
    let mut sizes = args::input(argument, &scope.parameters)?;
    if sizes.len() > 4 {
        let says = format!("an input has at most four axes (DxHxWxC), and this one has {}", sizes.len());
        return Err(Fault::new(says).at(argument.place));
    }
    let channels = sizes.pop().unwrap_or(Size::Number(1));
    // The batch is known when all lines are read.
    Ok([Size::Number(1), channels].into_iter().chain(sizes).collect())
}

/// How many layers a setting stacks upon the first.
fn stacked(name: &str, told: &Setting) -> usize {
    match told {
        Setting::Count(n) if name == "layers" => *n as usize - 1,
        _ => 0,
    }
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
