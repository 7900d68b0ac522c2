//! Which words of a format have a rule, and which have none.

use workings::Fault;
use workings::fault::nearest;
use workings::onnx_words::ONNX_WORDS;
use workings::ops::{OPERATORS, by_onnx, spelled};

use super::text;
use crate::report::{Block, Column, Report, Span, Table};

/// A format and the words that it has: each with what it means here, if anything.
type Vocabulary = (&'static str, fn() -> Vec<(String, Option<&'static str>)>);

/// The formats whose words are known, in alphabetical order.
const VOCABULARIES: [Vocabulary; 3] = [("keras", keras), ("net", net), ("onnx", onnx)];

/// The words of this format with the operators that they mean.
///
/// # Errors
///
/// There is no such format.
pub fn coverage(format: &str) -> Result<Report, Fault> {
    let Some((name, words)) = VOCABULARIES.iter().find(|(name, _)| *name == format) else {
        let names = || VOCABULARIES.iter().map(|(name, _)| *name);
        let fault = Fault::new(format!("no format “{format}” has words for operators"));
        return Err(match nearest(format, names()) {
            Some(near) => fault.hint(format!("did you mean `{near}`?")),
            None => fault.hint(format!("there are {}", names().collect::<Vec<_>>().join(", "))),
        });
    };
    let mut words = words();
    words.sort_by_key(|(word, _)| word.to_lowercase());
    words.dedup();
    let (all, ruled) = (words.len(), words.iter().filter(|(_, operator)| operator.is_some()).count());
    let row = |(word, operator): (String, Option<&'static str>)| {
        let operator = operator.map_or(Span::Doubt("no rule".to_owned()), |operator| Span::Text(operator.to_owned()));
        vec![vec![vec![Span::Code(word)]], vec![vec![operator]]]
    };
    let column = |title: &str| Column { title: title.to_owned(), numbers: false, gives_way: false, leaves: None };
    let table = Table {
        columns: vec![column("word"), column("operator")],
        rows: words.into_iter().map(row).collect(),
        ..Table::default()
    };
    let title = format!("The operators of {name}");
    let says = match all == ruled {
        true => format!("{all} words, each with a rule."),
        false => format!("{ruled} of {all} words have a rule. A layer of any other is a row that says so."),
    };
    let blocks = vec![Block::Heading(1, vec![text(&title)]), Block::Table(table), Block::Prose(vec![text(&says)])];
    Ok(Report { title, blocks })
}

fn keras() -> Vec<(String, Option<&'static str>)> {
    let spelled = |class: &str, operation| if operation { format!("keras.ops.{class}") } else { class.to_owned() };
    let of = |op: &'static workings::ops::Operator| {
        op.keras.iter().map(move |one| (spelled(one.class, one.operation), Some(op.title)))
    };
    OPERATORS.iter().flat_map(of).collect()
}

fn net() -> Vec<(String, Option<&'static str>)> {
    let of =
        |op: &'static workings::ops::Operator| op.words.iter().map(move |word| (word.word.to_owned(), Some(op.title)));
    OPERATORS.iter().flat_map(of).collect()
}

/// Every word of ONNX's own operator set, and those of others that have a rule.
fn onnx() -> Vec<(String, Option<&'static str>)> {
    let own = ONNX_WORDS.split(' ').map(|word| (word.to_owned(), by_onnx("", word).map(|op| op.title)));
    let of = |op: &'static workings::ops::Operator| {
        op.onnx.iter().map(move |word| (spelled(word.domain, word.kind), Some(op.title)))
    };
    own.chain(OPERATORS.iter().flat_map(of)).collect()
}
