//! The operators, one (or a close family) a file, and what an operator is.

#![allow(
    clippy::needless_update,
    reason = "an operator that has everything may still say that the rest is as in others"
)]

use std::sync::LazyLock;

use crate::call::{Answer, Call};
use crate::fault::Fault;
use crate::node::{Node, Role, Row};

mod activation;
mod add;
mod along;
pub(crate) mod attention;
mod batchnorm;
mod biasgelu;
mod blockwise;
mod cast;
mod causalconv;
mod classic;
mod col2im;
mod concat;
mod constant;
mod control;
pub(crate) mod conv;
mod convlstm;
pub(crate) mod crop;
mod deformconv;
mod dense;
mod determinant;
mod dotattention;
mod dotproduct;
mod dropout;
mod einsum;
mod einsumdense;
mod elementwise;
mod embedding;
mod embednorm;
mod encoding;
mod expand;
mod experts;
mod flatten;
mod fusedattention;
mod gather;
mod grid;
mod groupedattention;
mod groupnorm;
mod gru;
mod input;
mod instancenorm;
pub(crate) mod join;
mod layernorm;
mod linearattention;
mod loss;
mod lstm;
pub(crate) mod matmul;
mod merge;
mod multiply;
mod norm;
mod normalization;
mod optimizer;
mod optional;
mod pad;
mod passed;
mod permute;
mod pick;
pub(crate) mod pool;
mod prelu;
mod quantize;
mod quantized;
mod rearrange;
pub(crate) mod recurrent;
mod reduce;
mod regions;
mod relativebias;
mod repeat;
pub(crate) mod reshape;
mod resize;
mod resizing;
mod rmsnorm;
mod rnn;
mod scaling;
mod scatter;
mod sequence;
mod shape;
mod signal;
mod skipnorm;
mod slice;
pub(crate) mod split;
mod squeeze;
mod stored;
mod swiglu;
mod tensor;
mod text;
mod transpose;
pub(crate) mod transposed;
mod unitnorm;
mod unpool;
mod upsample;
pub(crate) mod window;
mod zeropad;

pub use activation::{ACTIVATIONS, Activation, by_name as activation_by_name};
pub(crate) use window::elements;

/// Every operator. A new one is a file, its `mod` line above and its line here, both in alphabetical order.
pub const OPERATORS: &[Operator] = &[
    activation::OPERATOR,
    add::OPERATOR,
    along::OPERATOR,
    attention::OPERATOR,
    batchnorm::OPERATOR,
    biasgelu::OPERATOR,
    blockwise::OPERATOR,
    cast::OPERATOR,
    causalconv::OPERATOR,
    classic::OPERATOR,
    col2im::OPERATOR,
    concat::OPERATOR,
    constant::OPERATOR,
    control::OPERATOR,
    conv::OPERATOR,
    convlstm::OPERATOR,
    crop::OPERATOR,
    deformconv::OPERATOR,
    dense::OPERATOR,
    determinant::OPERATOR,
    dotattention::OPERATOR,
    dotproduct::OPERATOR,
    dropout::OPERATOR,
    einsum::OPERATOR,
    einsumdense::OPERATOR,
    elementwise::OPERATOR,
    embedding::OPERATOR,
    embednorm::OPERATOR,
    encoding::OPERATOR,
    expand::OPERATOR,
    experts::OPERATOR,
    flatten::OPERATOR,
    fusedattention::OPERATOR,
    gather::OPERATOR,
    grid::OPERATOR,
    groupedattention::OPERATOR,
    groupnorm::OPERATOR,
    gru::OPERATOR,
    input::OPERATOR,
    instancenorm::OPERATOR,
    layernorm::OPERATOR,
    linearattention::OPERATOR,
    loss::OPERATOR,
    lstm::OPERATOR,
    matmul::OPERATOR,
    merge::OPERATOR,
    multiply::OPERATOR,
    normalization::OPERATOR,
    optimizer::OPERATOR,
    optional::OPERATOR,
    pad::OPERATOR,
    passed::OPERATOR,
    permute::OPERATOR,
    pick::OPERATOR,
    pool::OPERATOR,
    prelu::OPERATOR,
    quantize::OPERATOR,
    quantized::OPERATOR,
    rearrange::OPERATOR,
    reduce::OPERATOR,
    regions::OPERATOR,
    relativebias::OPERATOR,
    repeat::OPERATOR,
    reshape::OPERATOR,
    resize::OPERATOR,
    resizing::OPERATOR,
    rmsnorm::OPERATOR,
    rnn::OPERATOR,
    scaling::OPERATOR,
    scatter::OPERATOR,
    sequence::OPERATOR,
    shape::OPERATOR,
    signal::OPERATOR,
    skipnorm::OPERATOR,
    slice::OPERATOR,
    split::OPERATOR,
    squeeze::OPERATOR,
    stored::OPERATOR,
    swiglu::OPERATOR,
    text::OPERATOR,
    transpose::OPERATOR,
    transposed::OPERATOR,
    unitnorm::OPERATOR,
    unpool::OPERATOR,
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
    /// The inputs that are settings: bounds, factors, regions. What stands in the file for one is nobody's parameter.
    pub settings: &'static [usize],
}

/// ONNX Runtime's operator set.
pub const MICROSOFT: &str = "com.microsoft";

impl Onnx {
    /// A word of ONNX's own operator set.
    const fn word(kind: &'static str, rule: for<'c> fn(&Call<'c, '_>) -> Answer<'c>) -> Onnx {
        Onnx { domain: "", kind, rule, roles: &[], peeks: usize::MAX, settings: &[] }
    }

    /// With what its inputs are for.
    const fn with(self, roles: &'static [Option<Role>]) -> Onnx {
        Onnx { roles, ..self }
    }

    /// With inputs of which only the shape or the type is looked at, from this one on.
    const fn peeks(self, from: usize) -> Onnx {
        Onnx { peeks: from, ..self }
    }

    /// With inputs that are settings.
    const fn settings(self, settings: &'static [usize]) -> Onnx {
        Onnx { settings, ..self }
    }

    /// The same word in ONNX Runtime's operator set.
    const fn microsoft(self) -> Onnx {
        self.of(MICROSOFT)
    }

    /// The same word in another operator set.
    const fn of(self, domain: &'static str) -> Onnx {
        Onnx { domain, ..self }
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
    /// Whether it is an operation (`keras.ops`) and no layer: some share their names.
    pub operation: bool,
    /// The axes of space that it fixes.
    pub axes: Option<usize>,
    /// Whether its `activation` is applied to its output, and so belongs to its row.
    pub activated: bool,
    /// The names of its inputs, in the order in which the rule takes them, each with its place among Keras's arguments;
    /// none where it takes what it is given, one after the other.
    pub takes: &'static [(&'static str, usize)],
    /// How its configuration becomes the settings that the rule asks for.
    pub settings: Configured,
}

/// How a class's configuration becomes settings.
pub type Configured = fn(&crate::keras::Config<'_>) -> Result<crate::keras::Settings, Fault>;

impl Keras {
    /// A layer.
    const fn layer(class: &'static str, settings: Configured) -> Keras {
        Keras { class, operation: false, axes: None, activated: false, takes: &[], settings }
    }

    /// An operation.
    const fn operation(class: &'static str, settings: Configured) -> Keras {
        Keras { operation: true, ..Keras::layer(class, settings) }
    }

    /// With so many axes of space.
    const fn over(self, axes: usize) -> Keras {
        Keras { axes: Some(axes), ..self }
    }

    /// With an activation at its end.
    const fn activated(self) -> Keras {
        Keras { activated: true, ..self }
    }

    /// With inputs that have names.
    const fn taking(self, takes: &'static [(&'static str, usize)]) -> Keras {
        Keras { takes, ..self }
    }
}

/// The operator that a class of Keras means.
pub fn by_keras(class: &str, operation: bool) -> Option<(&'static Operator, &'static Keras)> {
    KERAS.get(&(class, operation)).copied()
}

type Classes = foldhash::HashMap<(&'static str, bool), (&'static Operator, &'static Keras)>;

static KERAS: LazyLock<Classes> = LazyLock::new(|| {
    let all = OPERATORS.iter().flat_map(|op| op.keras.iter().map(move |one| ((one.class, one.operation), (op, one))));
    all.collect()
});

type Spelled = foldhash::HashMap<(&'static str, &'static str), (&'static Operator, &'static Onnx)>;

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
