//! A network into its text: the reader's other direction.

use std::collections::{HashMap, HashSet};

use workings::model::{From, Layer, Model, Rounding, Rules, Setting, Size};
use workings::ops::{ACTIVATIONS, Arg, Joins, Kind, Word};

use super::fmt::format;
use super::read::{is_letter, is_name};

/// How long the lines of a comment are.
const WIDTH: usize = 96;

/// A network as `.net` text in its one form, with something to say of it: notes of the whole stand below its first line,
/// and those of a layer above the layer's. Blocks are written out, and what they made is named as they named it.
///
/// What the notation has no word for is left as a comment: a layer that could not be read, and what rounds towards zero.
pub fn write(model: &Model, notes: &[(Option<usize>, String)]) -> String {
    let mut text = format!("network {}\n", title(&model.name));
    let said_of = |at: Option<usize>| notes.iter().filter(move |(of, _)| *of == at).map(|(_, says)| says.as_str());
    said_of(None).for_each(|says| comment(&mut text, says));
    whole(&mut text, model);

    let names = Names::of(model);
    for (name, input) in names.inputs.iter().zip(&model.inputs) {
        let label = if name == "input" { String::new() } else { format!("{name}: ") };
        // Batch and channels first, and the channels last on paper.
        let channels = input.shape.iter().skip(1).take(1);
        let shape: Vec<String> = input.shape.iter().skip(2).chain(channels).map(size).collect();
        text.push_str(&format!("{label}input {}\n", shape.join("x")));
    }
    text.push('\n');
    for (at, layer) in model.layers.iter().enumerate() {
        said_of(Some(at)).for_each(|says| comment(&mut text, says));
        match line(model, &names, at) {
            Some(line) => text.push_str(&format!("{line}\n")),
            None => comment(&mut text, &format!("there is no word for {}: {}", layer.name, layer.written)),
        }
    }
    format(&text)
}

/// A name that stands on one line.
fn title(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_control() || c == '#' { ' ' } else { c }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    if words.is_empty() { "network".to_owned() } else { words.join(" ") }
}

/// What is said, in as many lines as it takes.
fn comment(text: &mut String, says: &str) {
    for paragraph in says.lines() {
        let mut line = String::from("#");
        for word in paragraph.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
            if line.len() > 1 && line.chars().count() + word.chars().count() >= WIDTH {
                text.push_str(&format!("{line}\n"));
                line = String::from("#");
            }
            line.push(' ');
            line.push_str(word);
        }
        text.push_str(&format!("{line}\n"));
    }
}

/// The lines for the whole network, where it is not as it would be without them.
fn whole(text: &mut String, model: &Model) {
    match model.inputs.first().and_then(|input| input.shape.first()) {
        None | Some(Size::Number(1)) => {}
        Some(batch) => text.push_str(&format!("batch {}\n", size(batch))),
    }
    match model.rounding {
        Rounding::Floor => {}
        Rounding::TowardsZero => comment(text, "rounding towards zero"),
        rounding => text.push_str(&format!("rounding {}\n", rounding.word())),
    }
    if model.rules != Rules::default() {
        text.push_str(&format!("rules {}\n", model.rules.word()));
    }
}

/// What everything is called in the text.
struct Names {
    inputs: Vec<String>,
    layers: Vec<String>,
    /// Whether a layer must say its name, because the reader would call it something else.
    labelled: Vec<bool>,
}

impl Names {
    fn of(model: &Model) -> Names {
        let mut taken = HashSet::new();
        let inputs = model.inputs.iter().map(|input| free(&input.name, &mut taken)).collect();
        let mut names = Names { inputs, layers: Vec::new(), labelled: Vec::new() };
        // The reader counts the lines of each word that have no label, and passes over labels that stand above.
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        for layer in &model.layers {
            let Some(word) = word(layer) else {
                names.layers.push(free(&layer.name, &mut taken));
                names.labelled.push(true);
                continue;
            };
            let number = numbers.entry(word.word).or_default();
            let next = (*number + 1..).find(|n| !taken.contains(&format!("{}{n}", word.word))).unwrap_or(u32::MAX);
            let own = format!("{}{next}", word.word) == *layer.name;
            if own {
                *number = next;
            }
            names.layers.push(free(&layer.name, &mut taken));
            names.labelled.push(!own);
        }
        names
    }

    fn from(&self, from: From) -> Option<&str> {
        match from {
            From::Input(at) => self.inputs.get(at as usize),
            From::Layer(at) => self.layers.get(at as usize),
            _ => None,
        }
        .map(String::as_str)
    }
}

/// A name as a label that nothing else has: what no label has in it becomes `_`.
fn free(name: &str, taken: &mut HashSet<String>) -> String {
    let mut label: String = name.chars().map(|c| if is_letter(c) || c == '.' { c } else { '_' }).collect();
    if !is_name(label.split('.').next().unwrap_or_default()) {
        label.insert(0, '_');
    }
    // `add relu` is no join.
    while taken.contains(&label) || ACTIVATIONS.iter().any(|activation| activation.name == label) {
        label.push('_');
    }
    taken.insert(label.clone());
    label
}

/// A layer's line. `None` where the notation has no word for it.
fn line(model: &Model, names: &Names, at: usize) -> Option<String> {
    let layer = &model.layers[at];
    let word = word(layer)?;
    let set: Vec<&str> = word.sets.iter().map(|(key, _)| *key).collect();
    let position = |key: &str| word.takes.iter().position(|arg| arg.key == key);
    let mut told: Vec<(usize, String)> = Vec::new();
    let mut said: Vec<String> = Vec::new();
    let (above, labels) = inputs(model, names, at, word);
    let mut labels = labels.into_iter();
    // Those of `keys` and `values` stand in the order in which the word lists them.
    let named =
        word.may.iter().filter(|arg| arg.kind == Kind::Label && layer.settings.iter().any(|(k, _)| *k == arg.key));
    let named: Vec<(&str, String)> = named.map(|arg| arg.key).zip(labels.by_ref()).collect();
    for (key, setting) in layer.settings.iter().filter(|(key, _)| !set.contains(key)) {
        match position(key) {
            Some(position) => told.push((position, value(setting))),
            None => said.push(phrase(word, key, setting, &named)?),
        }
    }
    told.sort_by_key(|(position, _)| *position);
    let told = told.into_iter().map(|(_, value)| value);
    let activation = layer.activation.map(|activation| activation.name.to_owned());
    let from = above.map(|from| format!("from {from}"));
    let arguments: Vec<String> = told.chain(labels).chain(said).chain(activation).chain(from).collect();
    let label = if names.labelled[at] { format!("{}: ", names.layers[at]) } else { String::new() };
    Some(format!("{label}{} {}", word.word, arguments.join(", ")).trim_end().to_owned())
}

/// Where a line goes on from, if it must say so, and the labels that it takes besides, in order.
fn inputs(model: &Model, names: &Names, at: usize, word: &Word) -> (Option<String>, Vec<String>) {
    let layer = &model.layers[at];
    let before = match at.checked_sub(1) {
        Some(before) => Some(From::Layer(before as u32)),
        None => model.inputs.len().checked_sub(1).map(|last| From::Input(last as u32)),
    };
    let name = |from: &From| names.from(*from).unwrap_or("input").to_owned();
    let mut labels: Vec<String> = layer.inputs.iter().skip(1).map(name).collect();
    let first = layer.inputs.first();
    let elsewhere = first.filter(|from| Some(**from) != before).map(name);
    match (elsewhere, word.joins) {
        // What joins several names all of them, unless the line above is the first of two.
        (Some(first), Joins::Labels) => labels.insert(0, first),
        (None, Joins::Labels) if layer.inputs.len() > 2 => labels.splice(0..0, first.map(name)).for_each(drop),
        (elsewhere, _) => return (elsewhere, labels),
    }
    (None, labels)
}

/// The word of the notation that has all of a layer's settings.
fn word(layer: &Layer) -> Option<&'static Word> {
    let has = |key: &str| layer.settings.iter().find(|(known, _)| *known == key).map(|(_, setting)| setting);
    let sets = |word: &Word| word.sets.iter().all(|(key, set)| has(key) == Some(&Setting::Word(set)));
    let known = |word: &Word, key: &str, setting: &Setting| {
        word.sets.iter().any(|(set, _)| *set == key)
            || word.takes.iter().any(|arg| arg.key == key)
            || word.may.iter().any(|arg| is_said_by(arg, key, setting))
    };
    layer.op?.words.iter().find(|word| {
        word.axes == layer.axes
            && sets(word)
            && word.takes.iter().all(|arg| has(arg.key).is_some())
            && layer.settings.iter().all(|(key, setting)| known(word, key, setting))
    })
}

/// Whether an argument says this setting.
fn is_said_by(arg: &Arg, key: &str, setting: &Setting) -> bool {
    arg.key == key
        && match (arg.kind, setting) {
            (Kind::Flag(flag), Setting::Word(word)) => flag == *word,
            (Kind::Flag(_), _) => false,
            _ => true,
        }
}

/// A setting that a word introduces; one that names a line, with its label.
fn phrase(word: &Word, key: &str, setting: &Setting, named: &[(&str, String)]) -> Option<String> {
    let arg = word.may.iter().find(|arg| is_said_by(arg, key, setting))?;
    match arg.kind {
        Kind::Flag(_) => Some(arg.word.to_owned()),
        Kind::Label => {
            let (_, label) = named.iter().find(|(of, _)| *of == key)?;
            Some(format!("{} {label}", arg.word))
        }
        _ => Some(format!("{} {}", arg.word, value(setting))),
    }
}

fn value(setting: &Setting) -> String {
    let joined = |parts: Vec<String>| parts.join("x");
    match setting {
        Setting::Size(one) => size(one),
        Setting::PerAxis(sizes) => joined(sizes.iter().map(size).collect()),
        Setting::Pads(pairs) => joined(pairs.iter().map(pad).collect()),
        Setting::Shape(sizes) => joined(sizes.iter().map(|one| one.as_ref().map_or("-1".to_owned(), size)).collect()),
        Setting::Count(n) => n.to_string(),
        Setting::Fraction(written) => written.to_string(),
        Setting::Word(word) => (*word).to_owned(),
    }
}

fn pad((before, after): &(Size, Size)) -> String {
    if before == after { size(before) } else { format!("{}:{}", size(before), size(after)) }
}

fn size(size: &Size) -> String {
    match size {
        Size::Number(n) => n.to_string(),
        Size::Symbol(name) => name.to_string(),
    }
}
