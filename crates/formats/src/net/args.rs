//! Arguments into settings, by what the operator's word says may stand there.

use std::collections::HashMap;
use std::rc::Rc;

use workings::fault::{Fault, Place, nearest};
use workings::model::{Setting, Size};
use workings::ops::{ACTIVATIONS, Activation, Arg, Joins, Kind, Word};

use super::lines;

/// What the names of a block's parameters stand for where it is called.
pub(super) type Parameters = HashMap<Rc<str>, Size>;

/// The arguments of a line, understood.
#[derive(Default)]
pub(super) struct Read<'t> {
    pub settings: Vec<(&'static str, Setting)>,
    pub activation: Option<&'static Activation>,
    /// The labels that the line joins or takes, in order.
    pub labels: Vec<lines::Word<'t>>,
    /// Where the line goes on from, if it says so.
    pub from: Option<lines::Word<'t>>,
}

/// How many times a rule may be told to repeat something.
const REPEATS: u32 = 1000;

/// The sizes that a text can hold: shapes of more axes are not known to the notation.
const AXES: usize = 8;

/// Reads the arguments of a line whose word is known.
pub(super) fn read<'t>(word: &'static Word, line: &lines::Line<'t>, names: &Parameters) -> Result<Read<'t>, Fault> {
    let mut read = Read::default();
    read.settings.extend(word.sets.iter().map(|(key, text)| (*key, Setting::Word(text))));
    let mut reader = Reader { word, names, read, told: 0, labels: Vec::new() };
    for argument in &line.arguments {
        reader.argument(argument).map_err(|fault| fault.at(argument.place))?;
    }
    if let Some(missing) = word.takes.get(reader.told) {
        let place = line.word.map(|word| word.place).unwrap_or_default();
        return Err(Fault::new(format!("`{}` needs {}", word.word, missing.word))
            .at(place)
            .hint(format!("write `{}`", usage(word))));
    }
    // Labels stand in the order in which the word lists them, however they were written.
    reader.labels.sort_by_key(|(order, _)| *order);
    let Reader { mut read, labels, .. } = reader;
    read.labels.extend(labels.into_iter().map(|(_, label)| label));
    Ok(read)
}

/// A line of a word as its help shows it.
pub(super) fn usage(word: &Word) -> String {
    let mut takes: Vec<&str> = word.takes.iter().map(|arg| arg.word).collect();
    if word.joins == Joins::Labels {
        takes.push("LABEL, LABEL");
    }
    format!("{} {}", word.word, takes.join(", ")).trim_end().to_owned()
}

struct Reader<'t, 'n> {
    word: &'static Word,
    names: &'n Parameters,
    read: Read<'t>,
    told: usize,
    labels: Vec<(usize, lines::Word<'t>)>,
}

impl<'t> Reader<'t, '_> {
    fn argument(&mut self, argument: &lines::Argument<'t>) -> Result<(), Fault> {
        let texts: Vec<&str> = argument.words.iter().map(|word| word.text).collect();
        let Some((&first, rest)) = texts.split_first() else {
            return Err(nothing());
        };
        let may = self.word.may;
        let phrase = texts.join(" ");
        if let Some(arg) = may.iter().find(|arg| matches!(arg.kind, Kind::Flag(_)) && arg.word == phrase) {
            return self.set(arg, "");
        }
        if let Some(order) = may.iter().position(|arg| !matches!(arg.kind, Kind::Flag(_)) && arg.word == first) {
            return match may[order].kind {
                Kind::Label => self.label(order, &may[order], argument),
                _ => join(rest, may[order].kind).and_then(|value| self.set(&may[order], &value)),
            };
        }
        if first == "from" && argument.words.len() == 2 {
            self.read.from = Some(argument.words[1]);
            return Ok(());
        }
        let activation = ACTIVATIONS.iter().find(|activation| activation.name == phrase);
        if let Some(activation) = activation.filter(|_| self.word.activated || self.word.joins != Joins::Labels) {
            return self.activation(activation);
        }
        if self.word.joins == Joins::Labels && texts.len() == 1 {
            self.read.labels.push(argument.words[0]);
            return Ok(());
        }
        match self.word.takes.get(self.told) {
            Some(arg) => {
                self.told += 1;
                let value = join(&texts, arg.kind);
                value.and_then(|value| self.set(arg, &value)).map_err(|fault| self.unknown(first, fault))
            }
            None => Err(self.stranger(&phrase, first)),
        }
    }

    fn label(&mut self, order: usize, arg: &'static Arg, argument: &lines::Argument<'t>) -> Result<(), Fault> {
        let [_, label] = argument.words[..] else {
            return Err(
                Fault::new(format!("`{}` takes one label", arg.word)).hint(format!("write `{} LABEL`", arg.word))
            );
        };
        self.labels.push((order, label));
        self.put(arg, Setting::Word("given"))
    }

    fn activation(&mut self, activation: &'static Activation) -> Result<(), Fault> {
        if !self.word.activated {
            let (word, name) = (self.word.word, activation.name);
            return Err(
                Fault::new(format!("`{word}` takes no activation")).hint(format!("write `{name}` on the next line"))
            );
        }
        if let Some(first) = self.read.activation {
            return Err(Fault::new(format!("there are two activations: `{}` and `{}`", first.name, activation.name))
                .hint("put the second on a line of its own"));
        }
        self.read.activation = Some(activation);
        Ok(())
    }

    fn set(&mut self, arg: &'static Arg, value: &str) -> Result<(), Fault> {
        let setting = setting(arg, value, self.names)?;
        self.put(arg, setting)
    }

    fn put(&mut self, arg: &'static Arg, setting: Setting) -> Result<(), Fault> {
        let settled = self.word.sets.iter().any(|(key, _)| *key == arg.key);
        if !settled && self.read.settings.iter().any(|(key, _)| *key == arg.key) {
            return Err(Fault::new(format!("`{}` is said twice, or against another setting of the line", arg.word))
                .hint("keep one of them"));
        }
        self.read.settings.push((arg.key, setting));
        Ok(())
    }

    /// A value that does not fit may be a misspelt word.
    fn unknown(&self, first: &str, fault: Fault) -> Fault {
        match first.chars().next() {
            Some(c) if c.is_alphabetic() => match self.near(first) {
                Some(near) => fault.hint(format!("did you mean `{near}`?")),
                None => fault,
            },
            _ => fault,
        }
    }

    fn stranger(&self, phrase: &str, first: &str) -> Fault {
        let word = self.word.word;
        let fault = Fault::new(format!("`{word}` does not know `{}`", short(phrase)));
        if let Some(near) = self.near(phrase).or_else(|| self.near(first)) {
            return fault.hint(format!("did you mean `{near}`?"));
        }
        let may: Vec<String> = self.word.may.iter().map(|arg| format!("`{}`", arg.word)).collect();
        match may.len() {
            0 => fault.hint(format!("write `{}`", usage(self.word))),
            _ => fault.hint(format!("it may have {}", may.join(", "))),
        }
    }

    fn near(&self, text: &str) -> Option<&'static str> {
        let activations = ACTIVATIONS.iter().filter(|_| self.word.activated).map(|activation| activation.name);
        nearest(text, self.word.may.iter().map(|arg| arg.word).chain(activations))
    }
}

/// The words of a value as one: `224 x 224 x 3` is `224x224x3`; a choice keeps its spaces. `3 3` is not 33.
fn join(words: &[&str], kind: Kind) -> Result<String, Fault> {
    const SIGNS: [char; 4] = ['x', '×', '*', ':'];
    if matches!(kind, Kind::OneOf(_)) {
        return Ok(words.join(" "));
    }
    match words.windows(2).find(|pair| !pair[0].ends_with(SIGNS) && !pair[1].starts_with(SIGNS)) {
        Some(pair) => Err(Fault::new(format!("`{} {}` is more than one value", short(pair[0]), short(pair[1])))
            .hint("write `x` between sizes, and a comma between arguments")),
        None => Ok(words.concat()),
    }
}

fn setting(arg: &Arg, text: &str, names: &Parameters) -> Result<Setting, Fault> {
    if text.is_empty() && !matches!(arg.kind, Kind::Flag(_)) {
        return Err(Fault::new(format!("`{}` needs a value", arg.word)).hint(format!(
            "write `{} {}`",
            arg.word,
            example(arg.kind)
        )));
    }
    Ok(match arg.kind {
        Kind::Flag(word) => Setting::Word(word),
        Kind::OneOf(words) => Setting::Word(words.iter().find(|word| **word == text).ok_or_else(|| {
            let fault = Fault::new(format!("`{}` does not know `{}`", arg.word, short(text)));
            match nearest(text, words.iter().copied()) {
                Some(near) => fault.hint(format!("did you mean `{near}`?")),
                None => fault.hint(format!("it takes {}", words.join(", "))),
            }
        })?),
        Kind::Size { least } => Setting::Size(size(text, least, names)?),
        Kind::PerAxis { least } => Setting::PerAxis(
            extents(text, names)?.iter().map(|part| size(part, least, names)).collect::<Result<_, _>>()?,
        ),
        Kind::Pads => {
            Setting::Pads(extents(text, names)?.iter().map(|part| pad(part, names)).collect::<Result<_, _>>()?)
        }
        Kind::Shape => Setting::Shape(shape(text, names)?),
        Kind::Count => Setting::Count(count(text)?),
        Kind::Fraction => Setting::Fraction(fraction(text)?.into()),
        Kind::Label => return Err(Fault::new("a label cannot stand here")),
    })
}

fn example(kind: Kind) -> &'static str {
    match kind {
        Kind::Fraction => "0.5",
        Kind::Shape => "7x7x64",
        Kind::Pads => "1",
        Kind::OneOf(words) => words.first().copied().unwrap_or_default(),
        Kind::Label => "LABEL",
        _ => "2",
    }
}

/// The parts of a shape: `×` and `*` are signs for `x`. A parameter's name is one part, whatever its letters.
fn extents<'t>(text: &'t str, names: &Parameters) -> Result<Vec<&'t str>, Fault> {
    if names.contains_key(text) {
        return Ok(vec![text]);
    }
    let parts: Vec<&str> = text.split(['x', '×', '*']).take(AXES + 1).collect();
    if parts.len() > AXES {
        return Err(Fault::new(format!("a shape has at most {AXES} axes")));
    }
    Ok(parts)
}

fn pad(text: &str, names: &Parameters) -> Result<(Size, Size), Fault> {
    match text.split_once(':') {
        Some((before, after)) => Ok((size(before, 0, names)?, size(after, 0, names)?)),
        None => size(text, 0, names).map(|both| (both.clone(), both)),
    }
}

fn shape(text: &str, names: &Parameters) -> Result<Vec<Option<Size>>, Fault> {
    let sizes: Vec<Option<Size>> = extents(text, names)?
        .into_iter()
        .map(|part| if matches!(part, "-1" | "−1") { Ok(None) } else { size(part, 1, names).map(Some) })
        .collect::<Result<_, _>>()?;
    match sizes.iter().filter(|size| size.is_none()).count() {
        0 | 1 => Ok(sizes),
        n => Err(Fault::new(format!("{n} sizes are -1, and only one can be worked out")).hint("give the others")),
    }
}

/// The sizes of an input, as written.
pub(super) fn input(argument: &lines::Argument<'_>, names: &Parameters) -> Result<Vec<Size>, Fault> {
    let texts: Vec<&str> = argument.words.iter().map(|word| word.text).collect();
    let text = join(&texts, Kind::Shape).map_err(|fault| fault.at(argument.place))?;
    let sizes = extents(&text, names).and_then(|parts| parts.iter().map(|part| size(part, 1, names)).collect());
    sizes.map_err(|fault: Fault| fault.at(argument.place))
}

/// A size: a whole number of at least so much, a symbol, or an unknown.
pub(super) fn size(text: &str, least: i64, names: &Parameters) -> Result<Size, Fault> {
    let first = text.chars().next();
    let plain = |rest: &str| rest.chars().all(|c| c.is_alphanumeric() || c == '_');
    match first {
        Some('?') if plain(&text[1..]) => Ok(Size::Symbol(text.into())),
        Some(c) if (c.is_alphabetic() || c == '_') && plain(text) => match names.get(text) {
            Some(Size::Number(n)) if *n < least => {
                Err(Fault::new(format!("`{}` is {n} here, and below {least}", short(text)))
                    .hint("the number stands where the block is called"))
            }
            Some(known) => Ok(known.clone()),
            None => Ok(Size::Symbol(text.into())),
        },
        _ => number(text, least).map(Size::Number),
    }
}

fn number(text: &str, least: i64) -> Result<i64, Fault> {
    let needed = || format!("a size is a whole number of {least} or more, or a symbol");
    if text.is_empty() {
        return Err(Fault::new("a size is missing").hint(needed()));
    }
    let digits = text.strip_prefix(['-', '−']).unwrap_or(text);
    if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit()) {
        return Err(Fault::new(format!("`{}` is not a size", short(text))).hint(needed()));
    }
    if digits.len() != text.len() {
        return Err(Fault::new(format!("{} is below {least}", short(text))).hint(needed()));
    }
    match digits.parse::<i64>() {
        Ok(n) if n >= least => Ok(n),
        Ok(n) => Err(Fault::new(format!("{n} is below {least}")).hint(needed())),
        Err(_) => Err(Fault::new(format!("`{}` is too large: a size goes up to {}", short(text), i64::MAX))),
    }
}

/// How many times a block is called; the limit on layers holds what this would let through.
pub(super) fn times(text: &str) -> Result<u32, Fault> {
    match number(text, 1).map_err(|fault| fault.hint("write how often as a whole number, 1 or more"))? {
        n @ ..=0xFFFF_FFFF => Ok(n as u32),
        n => Err(Fault::new(format!("{n} times is too often"))),
    }
}

fn count(text: &str) -> Result<u32, Fault> {
    match text.parse::<u32>() {
        Ok(n @ 1..=REPEATS) if !text.starts_with('+') => Ok(n),
        _ => Err(Fault::new(format!("`{}` is not a number from 1 to {REPEATS}", short(text)))),
    }
}

fn fraction(text: &str) -> Result<&str, Fault> {
    match text.parse::<f64>() {
        Ok(n) if (0.0..=1.0).contains(&n) => Ok(text),
        _ => Err(Fault::new(format!("`{}` is not a fraction from 0 to 1", short(text))).hint("write it as `0.5`")),
    }
}

/// The complaint of an argument without a word.
pub(super) fn nothing() -> Fault {
    Fault::new("nothing stands on one side of a comma").hint("take the comma out")
}

/// A text cut so that a message stays readable.
pub(super) fn short(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// The place of an argument, or of the word where there is none.
pub(super) fn place(line: &lines::Line<'_>) -> Place {
    let all = line.word.map(|word| word.place).unwrap_or(Place { line: line.number, column: 1, length: 1 });
    line.arguments.first().map_or(all, |argument| argument.place)
}
