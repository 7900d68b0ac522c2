//! What a column's heading means, however it is written.

use workings::fault::nearest;
use workings::worksheet::Column;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heading {
    /// A cell of the worksheet.
    Cell(Column),
    /// What the layer is called, or its number.
    Name,
    /// The stride.
    Stride,
    /// The padding.
    Padding,
}

use Heading::{Cell, Name, Padding, Stride};

/// The headings that people write, in lower case and without marks.
const HEADINGS: &[(&str, Heading)] = &[
    ("kernel size", Cell(Column::Kernel)),
    ("kernel", Cell(Column::Kernel)),
    ("filter size", Cell(Column::Kernel)),
    ("kernel shape", Cell(Column::Kernel)),
    ("filter", Cell(Column::Kernel)),
    ("ks", Cell(Column::Kernel)),
    ("k size", Cell(Column::Kernel)),
    ("k", Cell(Column::Kernel)),
    ("window", Cell(Column::Kernel)),
    ("input size", Cell(Column::Input)),
    ("input shape", Cell(Column::Input)),
    ("input", Cell(Column::Input)),
    ("inputs", Cell(Column::Input)),
    ("in", Cell(Column::Input)),
    ("is", Cell(Column::Input)),
    ("no of kernels", Cell(Column::Kernels)),
    ("number of kernels", Cell(Column::Kernels)),
    ("num kernels", Cell(Column::Kernels)),
    ("no of k", Cell(Column::Kernels)),
    ("no of ks", Cell(Column::Kernels)),
    ("nok", Cell(Column::Kernels)),
    ("noth", Cell(Column::Kernels)),
    ("#kernels", Cell(Column::Kernels)),
    ("# kernels", Cell(Column::Kernels)),
    ("# of kernels", Cell(Column::Kernels)),
    ("kernels", Cell(Column::Kernels)),
    ("filters", Cell(Column::Kernels)),
    ("#filters", Cell(Column::Kernels)),
    ("# filters", Cell(Column::Kernels)),
    ("no of filters", Cell(Column::Kernels)),
    ("number of filters", Cell(Column::Kernels)),
    ("units", Cell(Column::Kernels)),
    ("neurons", Cell(Column::Kernels)),
    ("no of units", Cell(Column::Kernels)),
    ("no of neurons", Cell(Column::Kernels)),
    ("channels", Cell(Column::Kernels)),
    ("no of channels", Cell(Column::Kernels)),
    ("output channels", Cell(Column::Kernels)),
    ("out channels", Cell(Column::Kernels)),
    ("output depth", Cell(Column::Kernels)),
    ("depth", Cell(Column::Kernels)),
    ("kernels #", Cell(Column::Kernels)),
    ("filters #", Cell(Column::Kernels)),
    ("filter #", Cell(Column::Kernels)),
    ("num filters", Cell(Column::Kernels)),
    ("# of filters", Cell(Column::Kernels)),
    ("filter count", Cell(Column::Kernels)),
    ("kernel count", Cell(Column::Kernels)),
    ("num units", Cell(Column::Kernels)),
    ("number of units", Cell(Column::Kernels)),
    ("number of neurons", Cell(Column::Kernels)),
    ("number of channels", Cell(Column::Kernels)),
    ("calc", Cell(Column::Calculation)),
    ("calcs", Cell(Column::Calculation)),
    ("calculation", Cell(Column::Calculation)),
    ("calculations", Cell(Column::Calculation)),
    ("value", Cell(Column::Calculation)),
    ("values", Cell(Column::Calculation)),
    ("working", Cell(Column::Calculation)),
    ("workings", Cell(Column::Calculation)),
    ("weights", Cell(Column::Calculation)),
    ("weight calculation", Cell(Column::Calculation)),
    ("output size", Cell(Column::Output)),
    ("output shape", Cell(Column::Output)),
    ("output", Cell(Column::Output)),
    ("outputs", Cell(Column::Output)),
    ("out", Cell(Column::Output)),
    ("os", Cell(Column::Output)),
    ("params", Cell(Column::Params)),
    ("param", Cell(Column::Params)),
    ("parameters", Cell(Column::Params)),
    ("parameter", Cell(Column::Params)),
    ("parans", Cell(Column::Params)),
    ("total params", Cell(Column::Params)),
    ("total parameters", Cell(Column::Params)),
    ("no of params", Cell(Column::Params)),
    ("no of parameters", Cell(Column::Params)),
    ("number of parameters", Cell(Column::Params)),
    ("#params", Cell(Column::Params)),
    ("# params", Cell(Column::Params)),
    ("param #", Cell(Column::Params)),
    ("params #", Cell(Column::Params)),
    ("# of params", Cell(Column::Params)),
    ("# of parameters", Cell(Column::Params)),
    ("# parameters", Cell(Column::Params)),
    ("num params", Cell(Column::Params)),
    ("num parameters", Cell(Column::Params)),
    ("number of params", Cell(Column::Params)),
    ("param count", Cell(Column::Params)),
    ("params count", Cell(Column::Params)),
    ("parameter count", Cell(Column::Params)),
    ("parameters count", Cell(Column::Params)),
    ("trainable params", Cell(Column::Params)),
    ("trainable parameters", Cell(Column::Params)),
    ("layer", Name),
    ("layers", Name),
    ("layer name", Name),
    ("layer type", Name),
    ("type", Name),
    ("name", Name),
    ("operation", Name),
    ("op", Name),
    ("#", Name),
    ("no", Name),
    ("s no", Name),
    ("sr no", Name),
    ("sl no", Name),
    ("row", Name),
    ("stride", Stride),
    ("strides", Stride),
    ("s", Stride),
    ("padding", Padding),
    ("pad", Padding),
    ("p", Padding),
];

/// Words that are near one of a heading, and are none: a height is no misspelt weight.
const OTHERS: [&str; 2] = ["height", "heights"];

/// The longest heading that is looked at, in characters.
const LONGEST: usize = 60;

/// A heading without marks, brackets and capitals.
fn simple(written: &str) -> String {
    let mut out = String::new();
    let mut depth = 0u32;
    for c in written.chars().take(LONGEST) {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            '#' => out.push('#'),
            c if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            _ => out.push(' '),
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a heading means, written exactly in one of the ways that people write it.
pub(super) fn exact(written: &str) -> Option<Heading> {
    // No heading has a figure in it, and most cells are figures.
    if written.len() > 4 * LONGEST || written.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let simple = simple(written);
    HEADINGS.iter().find(|(words, _)| *words == simple).map(|(_, heading)| *heading)
}

/// Whether a word, in lower case, stands in a heading that people write.
pub(super) fn is_word(word: &str) -> bool {
    HEADINGS.iter().any(|(words, _)| words.split(' ').any(|known| known == word))
}

/// What a heading means, misspelt ones too.
pub(super) fn heading(written: &str) -> Option<Heading> {
    if written.chars().count() > LONGEST || written.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    exact(written).or_else(|| {
        let simple = simple(written);
        let words: Vec<&str> = simple.split(' ').collect();
        // Word by word: `manual parameter` is not `total parameters`. Short words have near neighbours by chance.
        let near = |known: &str| {
            let known: Vec<&str> = known.split(' ').collect();
            let misspelt =
                |a: &str, b: &str| b.len() > 4 && a.len() > 3 && !OTHERS.contains(&a) && nearest(a, [b]).is_some();
            let alike = |(a, b): (&&str, &&str)| a == b || misspelt(a, b);
            known.len() == words.len() && words.iter().zip(&known).all(alike)
        };
        let one = |known: &str| known.len() > 4 && known.replace(' ', "") == simple;
        let (_, heading) = HEADINGS.iter().find(|(known, _)| one(known) || near(known))?;
        Some(*heading)
    })
}

/// The headings that stand in one line: `Kernel Size Input Size No of Kernels`. None where a word of it is no heading.
pub(super) fn headings(line: &str) -> Option<Vec<Heading>> {
    let words: Vec<&str> = line.split_whitespace().collect();
    if words.is_empty() || words.len() > 16 {
        return None;
    }
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        // What is written exactly comes before what is near.
        let counts = || (1..=4.min(words.len() - at)).rev();
        let one = |count: usize| words[at..at + count].join(" ");
        let known = counts().find_map(|count| exact(&one(count)).map(|heading| (heading, count)));
        let longest = known.or_else(|| counts().find_map(|count| heading(&one(count)).map(|heading| (heading, count))));
        let (heading, count) = longest?;
        found.push(heading);
        at += count;
    }
    Some(found)
}
