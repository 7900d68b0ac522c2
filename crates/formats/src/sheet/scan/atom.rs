//! What a scanned page is made of: claims one by one, each with what it looks like.

use workings::worksheet::{Cell, Claim, Label, Written};

/// What a claim looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `3x3`
    Kernel,
    /// `150x150x3`
    Shape,
    /// `18 × 18 × 128 = 41472`, or the weights of a kernel without a label.
    ShapeEquation,
    /// A figure alone.
    Count,
    /// A dash.
    Dash,
    /// `(150 − 3)/2 + 1 = 74`
    Formula,
    /// What goes on from the claim before: `= 27`.
    Step,
    /// `WE: 3 x 3 x 3`
    Weights,
    /// `27 x 32 = 864`
    Product,
    /// `Bias: 1 x 32`
    Bias,
    /// `Total = 896`
    Total,
    /// Words, or what is struck out.
    Words,
}

/// What stood above a piece of the page, or before it in its line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Under {
    pub kernel: bool,
    pub input: bool,
    pub kernels: bool,
    pub calculation: bool,
    pub output: bool,
    pub params: bool,
}

impl Under {
    /// Under this heading and no other.
    pub fn only(self, one: Under) -> bool {
        self == one
    }

    /// Under the parameters' heading, and not among the columns before it.
    pub fn of_params(self) -> bool {
        self.params && !self.calculation && !self.kernels
    }
}

/// The params heading alone.
pub(super) const PARAMS: Under =
    Under { params: true, kernel: false, input: false, kernels: false, calculation: false, output: false };

/// The calculation heading alone.
pub(super) const CALCULATION: Under = Under { params: false, calculation: true, ..PARAMS };

/// A claim of the page.
#[derive(Clone, Debug)]
pub(super) struct Atom {
    pub cell: Cell,
    pub kind: Kind,
    pub under: Under,
    /// Which line of the page, or which formula between `$$`.
    pub block: usize,
}

impl Atom {
    pub fn new(cell: Cell, under: Under, block: usize) -> Atom {
        let kind = kind(&cell);
        Atom { cell, kind, under, block }
    }

    pub fn claim(&self) -> Option<&Claim> {
        self.cell.claims.first()
    }

    /// The digits of a figure alone, or of the last side that is one.
    pub fn figure(&self) -> Option<&str> {
        let side = self.claim()?.sides.iter().rev().find_map(Written::figure)?;
        Some(&side.digits)
    }

    /// Whether it is the weights and the bias in one: `27 × 32 + 32 = 896`.
    pub fn is_sum(&self) -> bool {
        self.kind == Kind::Weights
            && self.claim().is_some_and(|claim| claim.sides[0].factors().is_none() && adds_up(&claim.sides[0]))
    }

    /// The first figure of weights and bias that are added and said to come to something: 432 in `432 + 16 = 448`.
    pub fn adds_to(&self) -> Option<&str> {
        let claim = self.claim().filter(|claim| claim.sides.len() > 1 && claim.label.is_none())?;
        first_added(&claim.sides[0])
    }

    /// What weights and bias come to where that is not said: 20490 in `2048 × 10 = 20480 + 10`.
    pub fn unsaid(&self) -> Option<String> {
        let claim = self.claim().filter(|claim| self.kind == Kind::Product && claim.sides.len() > 1)?;
        let last = claim.sides.last()?;
        first_added(last)?;
        Some(last.value()?.whole()?.to_string())
    }

    /// The three factors of a shape in it.
    pub fn shape(&self) -> Option<Vec<&str>> {
        let sides = self.claim()?.sides.iter().rev();
        let mut shapes = sides.filter_map(Written::factors).filter(|factors| factors.len() == 3);
        Some(shapes.next()?.into_iter().map(|figure| &*figure.digits).collect())
    }

    /// The factors of its first side, or of the last one that has three: `(13 − 3)/1 + 1 = 11 × 11 × 32`. Those of weights
    /// with their bias are the weights'.
    pub fn factors(&self) -> Vec<&str> {
        let Some(claim) = self.claim() else { return Vec::new() };
        if self.is_sum() {
            let mut of_weights = Vec::new();
            leading(&claim.sides[0], &mut of_weights);
            return of_weights;
        }
        let factors = |side: &'_ Written| side.factors().map_or(0, |factors| factors.len());
        let side = claim.sides.iter().rev().find(|side| factors(side) >= 3).unwrap_or(&claim.sides[0]);
        let figures = side.factors().unwrap_or_else(|| claim.sides[0].figures());
        figures.into_iter().map(|figure| &*figure.digits).collect()
    }
}

/// The largest kernel that is taken for one, in digits.
const KERNEL_DIGITS: usize = 2;

/// What multiplies, as it is written.
pub(super) const TIMES: [char; 6] = ['x', 'X', '×', '*', '·', '⋅'];

fn kind(cell: &Cell) -> Kind {
    let Some(claim) = cell.claims.first() else {
        return if cell.words.is_empty() && cell.struck.is_empty() { Kind::Dash } else { Kind::Words };
    };
    match claim.label {
        Some(Label::Weights) => return Kind::Weights,
        Some(Label::Bias) => return Kind::Bias,
        Some(Label::Total) => return Kind::Total,
        Some(Label::Output) => return Kind::Formula,
        None if claim.goes_on => return Kind::Step,
        None => {}
    }
    if is_torn(&cell.written) {
        return if cell.written.starts_with('(') { Kind::Formula } else { Kind::Step };
    }
    let factors = claim.sides[0].factors();
    let short =
        |digits: &str| digits.len() <= KERNEL_DIGITS && digits.parse::<u32>().is_ok_and(|n| (1..=31).contains(&n));
    match (factors.as_deref(), claim.sides.len()) {
        (Some([_]), 1) => Kind::Count,
        (Some([a, b]), 1) if short(&a.digits) && short(&b.digits) => Kind::Kernel,
        // `x7x64 = 3136`, whose first figure was lost, and `7x x64 = 3136`.
        (Some([_, _]), 2..) if cell.written.starts_with(TIMES) || is_doubled(&cell.written) => Kind::ShapeEquation,
        (Some([_, _]), _) => Kind::Product,
        (Some([_]), 2..) if cell.written.contains(TIMES) => Kind::Product,
        (Some([_, _, _]), 1) => Kind::Shape,
        (Some([_, _, _, ..]), _) => Kind::ShapeEquation,
        _ if adds_up(&claim.sides[0]) => Kind::Weights,
        _ => Kind::Formula,
    }
}

/// Whether two signs that multiply stand side by side.
fn is_doubled(written: &str) -> bool {
    let shown: Vec<char> = written.chars().filter(|c| !c.is_whitespace()).collect();
    shown.windows(2).any(|pair| pair.iter().all(|c| TIMES.contains(c)))
}

/// Whether a piece is a part of a formula that lost a figure: `(49` and `- + 2)` of `(49 - + 2)/1 + 1`.
fn is_torn(written: &str) -> bool {
    let count = |c: char| written.matches(c).count();
    let rest = written.trim_start_matches(['-', '−', '–', ' ']);
    count('(') != count(')') || rest.starts_with(['+', '/', '÷'])
}

/// The factors of the first terms: 27 and 32 in `27 × 32 + 32`, and in `(27 + 1) × 32`.
fn leading<'w>(side: &'w Written, found: &mut Vec<&'w str>) {
    match side {
        Written::Sum(terms) => terms.iter().take(1).for_each(|(_, term)| leading(term, found)),
        Written::Product(parts) => parts.iter().for_each(|part| leading(part, found)),
        side => found.extend(side.figure().map(|figure| &*figure.digits)),
    }
}

/// The first of two figures that are added.
fn first_added(side: &Written) -> Option<&str> {
    match side {
        Written::Sum(terms) => match &terms[..] {
            [(false, first), (false, second)] => second.figure().and_then(|_| Some(&*first.figure()?.digits)),
            _ => None,
        },
        _ => None,
    }
}

/// Whether it is a sum of products and nothing is taken away or divided: `3 × 3 × 3 × 32 + 32`.
fn adds_up(side: &Written) -> bool {
    let plain = |side: &Written| side.factors().is_some();
    match side {
        Written::Sum(terms) => {
            terms.iter().all(|(minus, term)| !minus && (plain(term) || adds_up(term)))
                && terms.iter().any(|(_, term)| matches!(term, Written::Product(_)))
        }
        Written::Product(parts) => parts.iter().all(|part| match part {
            Written::Sum(terms) => terms.iter().all(|(minus, term)| !minus && plain(term)),
            part => plain(part),
        }),
        _ => false,
    }
}
