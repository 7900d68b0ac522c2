//! A report: what people read, as blocks that say what they mean. Each surface dresses them in its own way.

use calc::Expr;

/// A report, from top to bottom.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// What it is about, for a page's title.
    pub title: String,
    /// Its blocks.
    pub blocks: Vec<Block>,
}

/// A block of a report.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A heading; 1 is the report's own.
    Heading(u8, Phrase),
    /// A paragraph.
    Prose(Phrase),
    /// A table.
    Table(Table),
    /// A working, from the number down to where it comes from.
    Working(Step),
    /// Something that is wrong.
    Finding(Finding),
    /// What the names in the report mean.
    Legend(Vec<(String, String)>),
}

/// A run of text in which every piece says what it is.
pub type Phrase = Vec<Span>;

/// A piece of text.
#[derive(Clone, Debug, PartialEq)]
pub enum Span {
    /// Plain words.
    Text(String),
    /// A number that was worked out.
    Value(String),
    /// What somebody called something: a layer, a network, a file.
    Name(String),
    /// What is not known, or only in part.
    Doubt(String),
    /// Something to type: a command, a line of a network.
    Code(String),
    /// An equation.
    Math(Equation),
    /// What is said of something that somebody wrote.
    Mark(Mark),
}

/// A mark beside something that somebody wrote. It is a sign and a word, so that no colour is needed to tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Right.
    Right,
    /// Right, and a step before it is not.
    Slip,
    /// Follows from something earlier.
    Carried,
    /// Right under another convention.
    Convention,
    /// Wrong, and it is known why.
    Wrong,
    /// Read wrongly.
    Misread,
    /// Wrong in one of two ways.
    Ambiguous,
    /// Wrong, and nothing explains it.
    Unexplained,
    /// Nothing stands there, and something should.
    Blank,
    /// The place itself is missing.
    Missing,
}

impl Mark {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Mark; 10] = [
        Mark::Right,
        Mark::Wrong,
        Mark::Carried,
        Mark::Misread,
        Mark::Ambiguous,
        Mark::Unexplained,
        Mark::Slip,
        Mark::Convention,
        Mark::Blank,
        Mark::Missing,
    ];

    /// Its sign, one column wide.
    pub fn sign(self) -> &'static str {
        match self {
            Mark::Right => "✓",
            Mark::Slip => "≈",
            Mark::Carried => "→",
            Mark::Convention => "~",
            Mark::Wrong => "✗",
            Mark::Misread => "⇄",
            Mark::Ambiguous => "?",
            Mark::Unexplained => "!",
            Mark::Blank => "∅",
            Mark::Missing => "…",
        }
    }

    /// What it says, in a word or a few.
    pub fn word(self) -> &'static str {
        match self {
            Mark::Right => "right",
            Mark::Slip => "right, with a slip in its steps",
            Mark::Carried => "follows from an earlier cell",
            Mark::Convention => "right under another convention",
            Mark::Wrong => "wrong",
            Mark::Misread => "read wrongly",
            Mark::Ambiguous => "wrong in one of two ways",
            Mark::Unexplained => "wrong, unexplained",
            Mark::Blank => "empty",
            Mark::Missing => "missing",
        }
    }
}

/// `name = symbols = numbers = result`; what says nothing new is left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Equation {
    /// The quantity.
    pub name: Option<String>,
    /// How it is worked out, in names.
    pub symbols: Option<Expr>,
    /// The same in numbers.
    pub numbers: Option<Expr>,
    /// What it comes to: a number, a closed form, or unknown.
    pub result: Option<Expr>,
}

impl Equation {
    /// A name alone.
    pub fn named(name: &str) -> Equation {
        Equation { name: Some(name.to_owned()), symbols: None, numbers: None, result: None }
    }
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, a cell a column.
    pub rows: Vec<Vec<Cell>>,
    /// Rows that sum up.
    pub foot: Vec<Vec<Cell>>,
    /// What other columns are asked for by, where they can be: `--columns`.
    pub chooser: Option<String>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its heading.
    pub title: String,
    /// Whether it holds numbers, which stand on the right.
    pub numbers: bool,
    /// Whether it may be shortened where the page is too narrow; the widest such column goes first.
    pub gives_way: bool,
    /// Whether it may be left out where there is no room even so; the lowest goes first.
    pub leaves: Option<u8>,
}

/// A cell: lines of text.
pub type Cell = Vec<Phrase>;

/// A step of a working and the steps that it rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The step.
    pub says: Phrase,
    /// What it rests on.
    pub below: Vec<Step>,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What kind of thing it is.
    pub code: String,
    /// Where, what was found and what was needed.
    pub says: Phrase,
    /// What to do.
    pub hint: Option<Phrase>,
}
