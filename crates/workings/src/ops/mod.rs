//! The operators, one (or a close family) a file, and what an operator is.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::call::{Answer, Call};
use crate::fault::Fault;
use crate::node::{Node, Role, Row};

mod activation;
mod add;
pub(crate) mod attention;
mod batchnorm;
mod cast;
mod concat;
mod constant;
pub(crate) mod conv;
pub(crate) mod crop;
mod dense;
mod dropout;
mod einsum;
mod elementwise;
mod embedding;
mod expand;
mod flatten;
mod gather;
mod groupnorm;
mod gru;
mod instancenorm;
pub(crate) mod join;
mod layernorm;
mod lstm;
pub(crate) mod matmul;
mod multiply;
mod norm;
mod pad;
pub(crate) mod pool;
mod prelu;
pub(crate) mod recurrent;
mod reduce;
pub(crate) mod reshape;
mod rmsnorm;
mod rnn;
mod scatter;
mod sequence;
mod shape;
mod slice;
pub(crate) mod split;
mod squeeze;
mod tensor;
mod transpose;
pub(crate) mod transposed;
mod upsample;
pub(crate) mod window;
mod zeropad;

pub use activation::{ACTIVATIONS, Activation};
pub(crate) use window::elements;

/// Every operator. A new one is a file, its `mod` line above and its line here, both in alphabetical order.
pub const OPERATORS: &[Operator] = &[
    activation::OPERATOR,
    add::OPERATOR,
    attention::OPERATOR,
    batchnorm::OPERATOR,
    cast::OPERATOR,
    concat::OPERATOR,
    constant::OPERATOR,
    conv::OPERATOR,
    crop::OPERATOR,
    dense::OPERATOR,
    dropout::OPERATOR,
    einsum::OPERATOR,
    elementwise::OPERATOR,
    embedding::OPERATOR,
    expand::OPERATOR,
    flatten::OPERATOR,
    gather::OPERATOR,
    groupnorm::OPERATOR,
    gru::OPERATOR,
    instancenorm::OPERATOR,
    layernorm::OPERATOR,
    lstm::OPERATOR,
    matmul::OPERATOR,
    multiply::OPERATOR,
    pad::OPERATOR,
    pool::OPERATOR,
    prelu::OPERATOR,
    reduce::OPERATOR,
    reshape::OPERATOR,
    rmsnorm::OPERATOR,
    rnn::OPERATOR,
    scatter::OPERATOR,
    sequence::OPERATOR,
    shape::OPERATOR,
    slice::OPERATOR,
    split::OPERATOR,
    squeeze::OPERATOR,
    transpose::OPERATOR,
    transposed::OPERATOR,
    upsample::OPERATOR,
    zeropad::OPERATOR,
];

/// An operator: what it is called, how it is written, and its rule.
#[derive(Debug)]
pub struct Operator {
    /// Its name in ledgers and JSON.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// The words of the notation `.net` that mean it.
    pub words: &'static [Word],
    /// Its rule for them.
    pub rule: for<'c> fn(&Node<'c, '_>) -> Result<Row<'c>, Fault>,
    /// Its words in ONNX, each with its rule there.
    pub onnx: &'static [Onnx],
    /// Keras's classes that mean it.
    pub keras: &'static [Keras],
}

impl Operator {
    /// An operator that no format has a word for.
    const NEW: Operator = Operator { name: "", title: "", words: &[], rule: unwritten, onnx: &[], keras: &[] };
}

fn unwritten<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    Err(Fault::new(format!("{}: it has no word in the notation", node.name())))
}

/// A word of ONNX for an operator.
#[derive(Clone, Copy, Debug)]
pub struct Onnx {
    /// The operator set: empty for ONNX's own.
    pub domain: &'static str,
    /// The word: `Conv`.
    pub kind: &'static str,
    /// Its rule.
    pub rule: for<'c> fn(&Call<'c, '_>) -> Answer<'c>,
    /// What each input is for, where it stands in the file.
    pub roles: &'static [Option<Role>],
    /// The first input of which only the shape or the type is looked at, and all after it: they are not used there.
    pub peeks: usize,
}

/// ONNX Runtime's operator set.
pub const MICROSOFT: &str = "com.microsoft";

impl Onnx {
    /// A word of ONNX's own operator set.
    const fn word(kind: &'static str, rule: for<'c> fn(&Call<'c, '_>) -> Answer<'c>) -> Onnx {
        Onnx { domain: "", kind, rule, roles: &[], peeks: usize::MAX }
    }

    /// With what its inputs are for.
    const fn with(self, roles: &'static [Option<Role>]) -> Onnx {
        Onnx { roles, ..self }
    }

    /// With inputs of which only the shape or the type is looked at, from this one on.
    const fn peeks(self, from: usize) -> Onnx {
        Onnx { peeks: from, ..self }
    }

    /// The same word in ONNX Runtime's operator set.
    const fn microsoft(self) -> Onnx {
        Onnx { domain: MICROSOFT, ..self }
    }
}

/// The word of ONNX of this name, its operator set written as files write it.
pub fn onnx(domain: &str, kind: &str) -> Option<&'static Onnx> {
    ONNX.get(&(own(domain), kind)).map(|(_, spelling)| *spelling)
}

/// The operator that a word of ONNX means.
pub fn by_onnx(domain: &str, kind: &str) -> Option<&'static Operator> {
    ONNX.get(&(own(domain), kind)).map(|(operator, _)| *operator)
}

/// ONNX's own operator set by the name that it has here.
fn own(domain: &str) -> &str {
    if domain == "ai.onnx" { "" } else { domain }
}

/// A word with its operator set before it, where that is not ONNX's own.
pub fn spelled(domain: &str, kind: &str) -> String {
    if own(domain).is_empty() { kind.to_owned() } else { format!("{domain}.{kind}") }
}

/// A class of Keras for an operator.
#[derive(Debug)]
pub struct Keras {
    /// The class: `Conv2D`.
    pub class: &'static str,
}

type Spelled = HashMap<(&'static str, &'static str), (&'static Operator, &'static Onnx)>;

static ONNX: LazyLock<Spelled> = LazyLock::new(|| {
    let all = OPERATORS.iter().flat_map(|op| op.onnx.iter().map(move |word| ((word.domain, word.kind), (op, word))));
    all.collect()
});

/// A word of the notation `.net` and what may follow it.
#[derive(Debug)]
pub struct Word {
    /// The word.
    pub word: &'static str,
    /// The arguments that it must have, in order.
    pub takes: &'static [Arg],
    /// The arguments that it may have, in any order.
    pub may: &'static [Arg],
    /// What the word alone settles.
    pub sets: &'static [(&'static str, &'static str)],
    /// The axes of space that it fixes.
    pub axes: Option<usize>,
    /// Whether an activation may stand at the end of its line.
    pub activated: bool,
    /// What it takes from other lines.
    pub joins: Joins,
}

/// Where a layer's inputs come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joins {
    /// The line above alone.
    Above,
    /// The labels that it names; with a single one, the line above is the first.
    Labels,
}

impl Word {
    /// A word without arguments.
    pub const PLAIN: Word =
        Word { word: "", takes: &[], may: &[], sets: &[], axes: None, activated: false, joins: Joins::Above };
    /// A word whose line may end in an activation.
    pub const ACTIVATED: Word = Word { activated: true, ..Word::PLAIN };
}

/// An argument of a word.
#[derive(Clone, Copy, Debug)]
pub struct Arg {
    /// What introduces it (`stride`), or, where it stands by its position, what it is called in help (`KERNEL`).
    pub word: &'static str,
    /// The setting that it becomes.
    pub key: &'static str,
    /// What it may be.
    pub kind: Kind,
}

/// What an argument may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One size, at least this.
    Size {
        /// The smallest that makes sense.
        least: i64,
    },
    /// One size, or one an axis, each at least this.
    PerAxis {
        /// The smallest that makes sense.
        least: i64,
    },
    /// A padding: one number, one an axis, or before and after.
    Pads,
    /// A shape in which one size may be −1.
    Shape,
    /// A whole number that the rule repeats something by, from 1.
    Count,
    /// A fraction from 0 to 1.
    Fraction,
    /// Nothing: the phrase itself is the setting's word.
    Flag(&'static str),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// The label of another line: one more input, in the order of `may`.
    Label,
}

impl Arg {
    /// An argument that stands by its position.
    pub const fn told(word: &'static str, key: &'static str, kind: Kind) -> Arg {
        Arg { word, key, kind }
    }

    /// An argument that a word introduces.
    pub const fn keyed(word: &'static str, key: &'static str, kind: Kind) -> Arg {
        Arg { word, key, kind }
    }

    /// A phrase that sets a setting to a word.
    pub const fn flag(phrase: &'static str, key: &'static str, word: &'static str) -> Arg {
        Arg { word: phrase, key, kind: Kind::Flag(word) }
    }
}

/// The operator and the word that a word of the notation means.
pub fn by_word(word: &str) -> Option<(&'static Operator, &'static Word)> {
    OPERATORS.iter().find_map(|op| op.words.iter().find(|w| w.word == word).map(|w| (op, w)))
}

/// Every word of the notation.
pub fn words() -> impl Iterator<Item = &'static str> {
    OPERATORS.iter().flat_map(|op| op.words.iter().map(|w| w.word))
}
