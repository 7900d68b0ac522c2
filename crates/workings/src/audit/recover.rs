//! The network behind a sheet: the settings of the explanation that costs least, and what is to be said beside them.

use super::Recovered;
use super::alone::{Dims, Reader};
use super::candidates::{self, bounds};
use super::digest::SheetDigest;
use super::evidence::Fate;
use super::explain::{Explained, explain};
use super::judge;
use super::layers::{self, Kind, Settings, kind};
use super::mistakes::MISTAKES;
use super::search::{Copied, Rule, Search, Taken, written};
use super::total::Summed;
use crate::graph::Dtype;
use crate::model::{From, Input, Layer, Model, Setting, Size};
use crate::worksheet::{Column, Sheet};

/// How much more other settings may cost for the sheet to leave the choice open.
const UNDECIDED: f32 = 2.0;

/// The network that explains most of a sheet; `None` where it holds too little to tell.
pub(super) fn recover(sheet: &Sheet) -> Option<Recovered> {
    let digest = SheetDigest::of(sheet);
    let kinds = layers::open(sheet);
    let explained = explain(&digest, &kinds, None, &[])?;
    if explained.path.rows.is_empty() {
        return None;
    }
    let readers: Vec<Reader<'_>> = kinds.iter().map(|kind| kind.alone.reader()).collect();
    let search = Search::new(&digest, &kinds, &readers, &explained.hand, None);
    let mut recovered =
        Recovered { model: empty(sheet, &explained), notes: Vec::new(), repaired: false, decided: true };
    for taken in &explained.path.rows {
        let flattened = recovered.model.layers.last().and_then(|layer| layer.op).is_some_and(|op| op.name == "flatten");
        if kinds[taken.kind].op == "dense" && taken.flattened.is_some() && !flattened {
            recovered.model.layers.push(layers::layer("flatten", Vec::new()));
        }
        let at = recovered.model.layers.len();
        recovered.model.layers.push(layer(&kinds[taken.kind], taken));
        repairs(&search, taken, at, &mut recovered);
        choices(&search, taken, at, &mut recovered);
    }
    skipped(sheet, &explained, &mut recovered);
    total(sheet, &explained, &mut recovered);
    wire(&mut recovered.model);
    Some(recovered)
}

fn empty(sheet: &Sheet, explained: &Explained) -> Model {
    let first = explained.path.rows.first().and_then(|taken| taken.input_true.clone()).unwrap_or_default();
    let shape = std::iter::once(1).chain(first).map(number).collect();
    Model {
        name: name(sheet).into(),
        inputs: vec![Input {
            name: "input".into(),
            shape,
            dtype: Dtype::FLOAT32,
            shapeless: false,
            numbers: None,
            place: sheet.place,
        }],
        ..Model::default()
    }
}

/// A name from the sheet's title: letters and digits, the rest as hyphens.
fn name(sheet: &Sheet) -> String {
    let title = sheet.name.as_deref().unwrap_or_default().to_lowercase();
    let words: Vec<&str> = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    match words.first() {
        Some(first) if first.starts_with(|c: char| c.is_ascii_alphabetic()) => words.join("-"),
        _ => "sheet".to_owned(),
    }
}

fn number(n: i128) -> Size {
    Size::Number(i64::try_from(n).unwrap_or(i64::MAX))
}

fn layer(kind: &Kind, taken: &Taken) -> Layer {
    let settings = &taken.settings;
    let [h, w] = settings.kernel;
    let kernel = ("K", Setting::PerAxis(if h == w { vec![number(h)] } else { vec![number(h), number(w)] }));
    let stride = ("S", Setting::PerAxis(vec![number(settings.stride)]));
    let pads = ("P", Setting::Pads(vec![(number(settings.pad), number(settings.pad))]));
    let usual = if kind.op == "pool" { h } else { 1 };
    let mut given = Vec::new();
    let (word, takes) = match taken.kind {
        kind::CONV => ("conv", vec![kernel, ("C_out", Setting::Size(number(settings.count)))]),
        kind::POOL => ("pool", vec![kernel]),
        kind::AVGPOOL => ("avgpool", vec![kernel]),
        kind::DENSE => ("dense", vec![("units", Setting::Size(number(settings.count)))]),
        // A sheet does not say how many elements are left out; no number hangs on it.
        _ if kind.op == "dropout" => ("dropout", vec![("rate", Setting::Fraction("0.5".into()))]),
        _ => (&*kind.word, vec![]),
    };
    given.extend(takes);
    if matches!(kind.op, "conv" | "pool") {
        given.extend((settings.stride != usual || h != w && kind.op == "pool").then_some(stride));
        given.extend((settings.pad != 0).then_some(pads));
    }
    layers::layer(word, given)
}

/// Names and connects the layers, one behind the other.
fn wire(model: &mut Model) {
    let mut times: Vec<(String, usize)> = Vec::new();
    for at in 0..model.layers.len() {
        let word = model.layers[at].name.to_string();
        let known = times.iter().position(|(known, _)| *known == word).unwrap_or_else(|| {
            times.push((word.clone(), 0));
            times.len() - 1
        });
        times[known].1 += 1;
        model.layers[at].name = format!("{word}{}", times[known].1).into();
        model.layers[at].inputs =
            [if at == 0 { From::Input(0) } else { From::Layer(at as u32 - 1) }].into_iter().collect();
    }
}

/// What had to be repaired in a row, figure by figure.
fn repairs(search: &Search<'_, '_>, taken: &Taken, at: usize, recovered: &mut Recovered) {
    let row = taken.row + 1;
    let notes = judge::notes(search, taken);
    let mut said: Vec<String> = Vec::new();
    for (column, notes) in Column::OF_ROW.iter().zip(&notes.cells) {
        for note in notes {
            let read = note.figure.map(|figure| figure.digits.to_string()).unwrap_or_default();
            let meant = note.meant.map(|n| n.to_string()).unwrap_or_default();
            let line = note.figure.map(|figure| figure.place.line).filter(|line| *line > 0);
            let place = line.map(|line| format!(" (line {line})")).unwrap_or_default();
            let says = match note.fate {
                Fate::Misread => format!("row {row}, {}: {read} read for {meant}{place}", column.name()),
                Fate::Garbled => {
                    format!("row {row}, {}: {read} cannot be read; {meant} stands beside it{place}", column.name())
                }
                Fate::Split => format!("row {row}, {}: {read} is a piece of {meant}{place}", column.name()),
                _ if note.last && note.figure.is_some() && !meant.is_empty() && meant != read => {
                    format!("row {row}, {}: {read} stands where {meant} belongs{place}", column.name())
                }
                Fate::OtherRow | Fate::Elsewhere if note.figure.is_some() => {
                    format!("row {row}, {}: {read} is the number of another cell{place}", column.name())
                }
                Fate::Stray if note.figure.is_some() => {
                    format!("row {row}, {}: nothing leads to {read}{place}", column.name())
                }
                _ => continue,
            };
            if !said.contains(&says) {
                said.push(says);
            }
        }
    }
    for rule in [taken.size, taken.depth, taken.sum().rule] {
        match rule {
            Rule::Wrong(mistake) => {
                said.push(format!("row {row}: the sheet goes on as with “{}”", MISTAKES[mistake].name))
            }
            Rule::Free => {
                said.push(format!("row {row}: the sheet goes on with a number that these settings do not give"))
            }
            Rule::True => {}
        }
    }
    if taken.copied != Copied::Above {
        said.push(format!("row {row}: the input {} is not what the row above gives", written(&taken.input)));
    }
    recovered.repaired |= !said.is_empty();
    recovered.notes.extend(said.into_iter().map(|says| (Some(at), says)));
}

/// Other settings within bounds that the row's figures allow as well.
fn choices(search: &Search<'_, '_>, taken: &Taken, at: usize, recovered: &mut Recovered) {
    let layer = &search.kinds[taken.kind];
    let (Some(truth), Some(input)) = (&taken.out_true, &taken.input_true) else { return };
    if !matches!(layer.op, "conv" | "pool") {
        return;
    }
    let kernel = taken.settings.kernel;
    let (pads, strides) = bounds(kernel[0].max(kernel[1]));
    let shown = |settings: &Settings| candidates::shown(search, taken.row, settings);
    let own = shown(&taken.settings);
    let mut others: Vec<(i128, i128)> = Vec::new();
    for stride in 1..=strides {
        for pad in 0..=pads.min(kernel[0].min(kernel[1]) / 2) {
            let settings = Settings { stride, pad, ..taken.settings };
            if settings == taken.settings || shown(&settings) > own + UNDECIDED {
                continue;
            }
            let worked = layer.work(&search.readers[taken.kind], input, &settings, &taken.context_true);
            let out: Option<Dims> = worked.and_then(|worked| worked.out);
            if out.as_ref() == Some(truth) {
                others.push((stride, pad));
            }
        }
    }
    if search.unseen(taken.row) {
        recovered.decided = false;
        let settings = &taken.settings;
        let says = format!(
            "row {}: nothing on the sheet shows the size of its output; stride {} and pad {} are the likeliest that go on",
            taken.row + 1,
            settings.stride,
            settings.pad
        );
        recovered.notes.push((Some(at), says));
    }
    if !others.is_empty() {
        recovered.decided = false;
        let list: Vec<String> = others.iter().map(|(stride, pad)| format!("stride {stride} with pad {pad}")).collect();
        let says = format!(
            "row {}: the sheet does not decide; {} to {} also goes with {}",
            taken.row + 1,
            written(input),
            written(truth),
            list.join(", or ")
        );
        recovered.notes.push((Some(at), says));
    }
}

/// Rows that no layer was found for.
fn skipped(sheet: &Sheet, explained: &Explained, recovered: &mut Recovered) {
    let taken: Vec<usize> = explained.path.rows.iter().map(|taken| taken.row).collect();
    for row in (0..sheet.rows.len()).filter(|row| !taken.contains(row)) {
        recovered.repaired = true;
        recovered.decided = false;
        recovered.notes.push((None, format!("row {}: no layer that fits was found; it is left out", row + 1)));
    }
}

/// What the total says of it.
fn total(sheet: &Sheet, explained: &Explained, recovered: &mut Recovered) {
    let Some(right) = explained.path.total_true else { return };
    let read = sheet.total.figures().last().map(|figure| figure.digits.to_string());
    let says = match (&read, explained.path.total_rule) {
        (None, _) => return,
        (Some(read), Summed::Right) if *read == right.to_string() => return,
        (Some(read), Summed::Wrong(mistake, _)) => {
            format!("total: {read} is read, as with “{}”", MISTAKES[mistake].name)
        }
        // The rows have a mistake of their own, and the total follows from them.
        (Some(read), Summed::Right) if *read == explained.path.total.to_string() => {
            format!("total: {read} follows from the rows as they stand; this network has {right}")
        }
        (Some(read), _) => format!("total: {read} read for {right}"),
    };
    recovered.repaired = true;
    recovered.notes.push((None, says));
}
