//! Arguments into settings, by what the operator's word says may stand there.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use workings::fault::{Fault, Place, nearest};
use workings::model::{Setting, Size};
use workings::ops::{ACTIVATIONS, Activation, Arg, Joins, Kind, Word};

use super::lines;
use super::meant::meant;

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
const REPEATS: u32 = 64;

/// Settings of one line that say the same thing in two ways, and what to do about it.
const EXCLUDE: &[(&str, &str, &str)] = &[
    ("P", "padding", "`pad` gives the padding, the other works it out: keep one of them"),
    ("bias", "biases", "`no bias` leaves all of them out: keep one of them"),
    ("memory", "keys", "`memory` gives both keys and values: keep it, or write `keys LABEL, values LABEL`"),
    ("memory", "values", "`memory` gives both keys and values: keep it, or write `keys LABEL, values LABEL`"),
];

/// The sizes that a text can hold: shapes of more axes are not known to the notation.
const AXES: usize = 8;

/// Reads the arguments of a line whose word is known.
pub(super) fn read<'t>(word: &'static Word, line: &lines::Line<'t>, names: &Parameters) -> Result<Read<'t>, Fault> {
    let mut read = Read::default();
    read.settings.extend(word.sets.iter().map(|(key, text)| (*key, Setting::Word(text))));
    let mut reader = Reader { word, names, read, told: Vec::new(), said: Vec::new(), labels: Vec::new() };
    for argument in &line.arguments {
        reader.argument(argument).map_err(|fault| fault.at(argument.place))?;
    }
    if let Some(missing) = word.takes.get(reader.told.len()) {
        let place = line.word.map(|word| word.place).unwrap_or_default();
        return Err(Fault::new(format!("`{}` needs {}", word.word, missing.word))
            .at(place)
            .hint(format!("write `{}`", usage(word))));
    }
    // Labels stand in the order in which the word lists them, however they were written.
    reader.labels.sort_by_key(|(order, _)| *order);
    let Reader { mut read, labels, .. } = reader;
    read.labels.extend(labels.into_iter().map(|(_, label)| label));
    if let Some(from) = read.from.filter(|_| word.joins == Joins::Labels && read.labels.len() > 1) {
        let says = format!("`{}` names all that it joins, and `from {}` besides", word.word, short(from.text));
        return Err(Fault::new(says).at(from.place).hint("take `from` out, or name it among the labels"));
    }
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
    /// The arguments so far that stand by their position.
    told: Vec<String>,
    /// The arguments so far that a word introduces: the setting and the word.
    said: Vec<(&'static str, &'static str)>,
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
                kind => {
                    self.alone(first, rest)?;
                    join(rest, kind).and_then(|value| self.set(&may[order], &value))
                }
            };
        }
        if first == "from" && argument.words.len() == 2 {
            return once(&mut self.read.from, argument.words[1]);
        }
        let activation = ACTIVATIONS.iter().find(|activation| activation.name == phrase);
        if let Some(activation) = activation.filter(|_| self.word.activated || self.word.joins != Joins::Labels) {
            return self.activation(activation);
        }
        if self.word.joins == Joins::Labels && texts.len() == 1 {
            self.read.labels.push(argument.words[0]);
            return Ok(());
        }
        match self.word.takes.get(self.told.len()) {
            Some(_) if texts.len() == 1 && self.misspelt(first) => Err(self.stranger(&phrase, first)),
            Some(arg) => {
                let value = join(&texts, arg.kind).map_err(|fault| self.unknown(first, fault))?;
                let read = self.set(arg, &value).map_err(|fault| self.unknown(first, self.swapped(arg, &value, fault)));
                self.told.push(value);
                read
            }
            None => Err(self.stranger(&phrase, first)),
        }
    }

    /// Whether what stands where a size is due is rather another word of the layer, misspelt. Single letters and names in
    /// capitals are symbols.
    fn misspelt(&self, text: &str) -> bool {
        let word = text.chars().count() > 2 && text.starts_with(char::is_alphabetic) && !self.names.contains_key(text);
        word && match text.chars().any(char::is_uppercase) {
            true => self.known().any(|known| known.eq_ignore_ascii_case(text)),
            false => {
                let foreign = meant(text).is_some_and(|meant| self.known().any(|known| known == meant));
                text == VALID || foreign || nearest(text, self.known()).is_some()
            }
        }
    }

    /// A phrase that stands for itself is no value of another: `pad same`.
    fn alone(&self, first: &str, rest: &[&str]) -> Result<(), Fault> {
        let phrase = rest.join(" ");
        let flag = self.word.may.iter().any(|arg| matches!(arg.kind, Kind::Flag(_)) && arg.word == phrase);
        match flag && !self.names.contains_key(&*phrase) {
            true => Err(Fault::new(format!("`{first}` needs a value, and `{phrase}` is a setting of its own"))
                .hint(format!("write `{phrase}` alone"))),
            false => Ok(()),
        }
    }

    /// Whether the kernel stands where the number of kernels should.
    fn swapped(&self, arg: &Arg, value: &str, fault: Fault) -> Fault {
        let before = self.told.last().filter(|before| size(before, 1, self.names).is_ok());
        match (before, size(value, 1, self.names), extents(value, self.names)) {
            (Some(before), Err(_), Ok(parts))
                if (arg.key, parts.len() > 1) == ("C_out", true)
                    && parts.iter().all(|part| size(part, 1, self.names).is_ok()) =>
            {
                let (word, value) = (self.word.word, parts.join("x"));
                fault.hint(format!("kernel and number of kernels look swapped: write `{word} {value}, {before}`"))
            }
            _ => fault,
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
        for &(key, word) in &self.said {
            if (key, word) == (arg.key, arg.word) {
                return Err(Fault::new(format!("`{word}` is said twice")).hint("keep one of them"));
            }
            let hint = match EXCLUDE.iter().find(|(a, b, _)| [(*a, *b), (*b, *a)].contains(&(key, arg.key))) {
                Some((_, _, hint)) => hint,
                None if key == arg.key => "keep one of them",
                None => continue,
            };
            return Err(Fault::new(format!("`{word}` and `{}` contradict each other", arg.word)).hint(hint));
        }
        self.said.push((arg.key, arg.word));
        self.read.settings.push((arg.key, setting));
        Ok(())
    }

    /// A value that does not fit may be a misspelt word.
    fn unknown(&self, first: &str, fault: Fault) -> Fault {
        match first.starts_with(char::is_alphabetic).then(|| self.advice(first)).flatten() {
            Some(hint) => fault.hint(hint),
            None => fault,
        }
    }

    fn stranger(&self, phrase: &str, first: &str) -> Fault {
        let word = self.word.word;
        let fault = Fault::new(format!("`{word}` does not know `{}`", short(phrase)));
        // `padding same` and `padding="same"` mean `same`, whatever stands before it.
        let last = phrase.rsplit([' ', '=']).next().unwrap_or_default().trim_matches(['"', '\'']);
        if self.word.may.iter().any(|arg| matches!(arg.kind, Kind::Flag(_)) && arg.word == last) {
            return fault.hint(format!("write `{last}` alone"));
        }
        if let Some(hint) = self.advice(phrase).or_else(|| self.advice(first)) {
            return fault.hint(hint);
        }
        let may: Vec<String> = self.word.may.iter().map(|arg| format!("`{}`", arg.word)).collect();
        match may.len() {
            0 => fault.hint(format!("write `{}`", usage(self.word))),
            _ => fault.hint(format!("it may have {}", may.join(", "))),
        }
    }

    /// What to write instead of a word that is not known here, as far as one can guess: `padding=2`, `filters 64`.
    fn advice(&self, text: &str) -> Option<String> {
        let name = text.split([' ', '=']).next().unwrap_or_default();
        if name == VALID || text.ends_with(&format!("={VALID}")) || text.ends_with(&format!(" {VALID}")) {
            return Some("leave it out: padding is none unless told".to_owned());
        }
        match meant(name) {
            Some(meant) if self.known().any(|known| known == meant) => Some(format!("did you mean `{meant}`?")),
            Some(meant) if self.word.takes.iter().any(|arg| arg.word == meant) => {
                Some(format!("{meant} stands without a word: write `{}`", usage(self.word)))
            }
            _ => nearest(text, self.known()).map(|near| format!("did you mean `{near}`?")),
        }
    }

    /// The words that may follow this one.
    fn known(&self) -> impl Iterator<Item = &'static str> + use<'t, '_> {
        let activations = ACTIVATIONS.iter().filter(|_| self.word.activated).map(|activation| activation.name);
        self.word.may.iter().map(|arg| arg.word).chain(activations)
    }
}

/// What other notations call no padding.
const VALID: &str = "valid";

/// Where something goes on from, told once.
pub(super) fn once<'t>(from: &mut Option<lines::Word<'t>>, label: lines::Word<'t>) -> Result<(), Fault> {
    if let Some(first) = from {
        let says = format!("the line goes on from two others, `{}` and `{}`", short(first.text), short(label.text));
        return Err(Fault::new(says).hint("keep one `from`"));
    }
    *from = Some(label);
    Ok(())
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
        Kind::Count => Setting::Count(count(text, names)?),
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
pub(super) fn times(text: &str, names: &Parameters) -> Result<u32, Fault> {
    match number(&told(text, names), 1).map_err(|fault| fault.hint("write how often as a whole number, 1 or more"))? {
        n @ ..=0xFFFF_FFFF => Ok(n as u32),
        n => Err(Fault::new(format!("{n} times is too often"))),
    }
}

fn count(text: &str, names: &Parameters) -> Result<u32, Fault> {
    let text = told(text, names);
    match text.parse::<u32>() {
        Ok(n @ 1..=REPEATS) if !text.starts_with('+') => Ok(n),
        _ => Err(Fault::new(format!("`{}` is not a number from 1 to {REPEATS}", short(&text)))),
    }
}

/// What a text says where only a number may stand: a parameter of the block says what was given for it.
fn told<'t>(text: &'t str, names: &'t Parameters) -> Cow<'t, str> {
    match names.get(text) {
        Some(Size::Number(n)) => n.to_string().into(),
        Some(Size::Symbol(name)) => Cow::Borrowed(name),
        None => text.into(),
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
