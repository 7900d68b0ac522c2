//! What a rule sees of a layer, and what it answers.

use std::borrow::Cow;

use calc::{Calc, Qty};
use smallvec::SmallVec;

use crate::call::Given;
use crate::fault::Fault;
use crate::ledger::{Tensor, Told};
use crate::model::{Rounding, Rules, Setting, Size};

/// A shape: batch, channels, then space, as quantities.
pub type Shape<'c> = SmallVec<[Qty<'c>; 5]>;

/// One quantity for each axis of space.
pub type PerAxis<'c> = SmallVec<[Qty<'c>; 3]>;

/// A layer as its rule sees it: its settings and the shapes of its inputs, as quantities on the page.
pub struct Node<'c, 'm> {
    /// The page that the rule writes on.
    pub calc: &'c Calc,
    pub(crate) name: &'m str,
    /// How many axes of space its word says that there are.
    pub(crate) axes: Option<usize>,
    pub(crate) settings: &'m [(&'static str, Setting)],
    pub(crate) inputs: &'m [&'m Shape<'c>],
    pub(crate) rules: Rules,
    pub(crate) rounding: Rounding,
    pub(crate) symbols: &'m dyn Fn(&str) -> Qty<'c>,
    /// Settings that are quantities of the page already: what the shape of a stored tensor says.
    pub(crate) given: &'m [(&'static str, PerAxis<'c>)],
}

/// An input as batch, channels and space, each taken in under its own name.
pub struct Image<'c> {
    /// Batch.
    pub n: Qty<'c>,
    /// Channels, or features.
    pub c: Qty<'c>,
    /// The axes of space: none for a vector, length for a sequence, height and width for an image.
    pub space: PerAxis<'c>,
    /// The shape as it came: what a layer leaves as it is goes on under its own line, so that a join can tell.
    came: Shape<'c>,
}

impl<'c> Image<'c> {
    /// The shape with these channels and this space in its place.
    pub fn shape(&self, c: Qty<'c>, space: impl IntoIterator<Item = Qty<'c>>) -> Shape<'c> {
        [self.came[0], c].into_iter().chain(space).collect()
    }

    /// The shape with this space in its place.
    pub fn with_space(&self, space: impl IntoIterator<Item = Qty<'c>>) -> Shape<'c> {
        self.shape(self.came[1], space)
    }

    /// The shape with these channels in their place.
    pub fn with_channels(&self, c: Qty<'c>) -> Shape<'c> {
        self.shape(c, self.came[2..].iter().copied())
    }

    /// The shape as it came.
    pub fn same(&self) -> Shape<'c> {
        self.came.clone()
    }

    /// How many elements there are.
    pub fn elements(&self) -> Qty<'c> {
        self.n.calc().product([self.n, self.c].into_iter().chain(self.space.iter().copied()))
    }

    /// How many positions there are: batch × space.
    pub fn positions(&self) -> Qty<'c> {
        self.n.calc().product([self.n].into_iter().chain(self.space.iter().copied()))
    }
}

/// The most axes of space that Keras's layers are given here; no array has more.
const MANY: usize = 62;

/// The names of the axes of space, by how many there are.
pub(crate) const AXES: [&[&str]; 4] = [&[], &["L"], &["H", "W"], &["Z", "H", "W"]];

/// The same for an output.
pub(crate) const OUT_AXES: [&[&str]; 4] = [&[], &["L_out"], &["H_out", "W_out"], &["Z_out", "H_out", "W_out"]];

/// The names that a setting has where it differs between axes: one a line, for two and for three axes.
const ON_AXIS: [(&str, [&str; 3]); 6] = [
    ("K", ["K_z", "K_h", "K_w"]),
    ("S", ["S_z", "S_h", "S_w"]),
    ("D", ["D_z", "D_h", "D_w"]),
    ("E", ["E_z", "E_h", "E_w"]),
    ("U", ["U_z", "U_h", "U_w"]),
    ("O", ["O_z", "O_h", "O_w"]),
];

/// What a setting is called on each of some axes, from the first.
fn on_axis(key: &'static str, axes: usize) -> impl Iterator<Item = &'static str> {
    let names = ON_AXIS.iter().find(|(base, _)| *base == key).map_or([key; 3], |(_, names)| *names);
    names.into_iter().skip(3usize.saturating_sub(axes))
}

const PAD_BOTH: [&str; 3] = ["P_z", "P_h", "P_w"];
const PAD_SIDES: [(&str, &str); 3] = [("P_front", "P_back"), ("P_top", "P_bottom"), ("P_left", "P_right")];

impl<'c, 'm> Node<'c, 'm> {
    /// A setting that the layer must have.
    pub fn knob(&self, key: &'static str) -> Result<Qty<'c>, Fault> {
        if let Some(given) = self.given(key) {
            return Ok(self.stored(key, given[0]));
        }
        match self.setting(key) {
            Some(Setting::Size(size)) => Ok(self.size(key, size)),
            _ => Err(Fault::new(format!("{}: `{key}` is not given", self.name))),
        }
    }

    /// A setting, or what it is unless told.
    pub fn knob_or(&self, key: &'static str, default: i64) -> Qty<'c> {
        match self.setting(key) {
            Some(Setting::Size(size)) => self.size(key, size),
            _ => self.calc.given(key, i128::from(default)),
        }
    }

    /// A setting that may be told.
    pub fn knob_if_told(&self, key: &'static str) -> Option<Qty<'c>> {
        match self.setting(key) {
            Some(Setting::Size(size)) => Some(self.size(key, size)),
            _ => None,
        }
    }

    /// A setting that may differ between axes; `None` if it is not told. Where every axis has the same, they share a line.
    pub fn per_axis(&self, key: &'static str, axes: usize) -> Result<Option<PerAxis<'c>>, Fault> {
        if let Some(given) = self.given(key) {
            self.spread(given.len(), axes, key)?;
            let known = |size: &Qty<'c>| self.calc.known(size.line());
            if given.iter().all(|size| known(size).is_some() && known(size) == known(&given[0])) {
                let one = self.stored(key, given[0]);
                return Ok(Some(std::iter::repeat_n(one, axes).collect()));
            }
            return Ok(Some(
                given.iter().zip(on_axis(key, axes)).map(|(size, name)| self.stored(name, *size)).collect(),
            ));
        }
        let Some(Setting::PerAxis(sizes)) = self.setting(key) else { return Ok(None) };
        self.spread(sizes.len(), axes, key)?;
        if sizes.iter().all(|size| *size == sizes[0]) {
            let one = self.size(key, &sizes[0]);
            return Ok(Some(std::iter::repeat_n(one, axes).collect()));
        }
        Ok(Some(sizes.iter().zip(on_axis(key, axes)).map(|(size, name)| self.size(name, size)).collect()))
    }

    /// A size of a stored tensor, as a setting.
    fn stored(&self, key: &'static str, size: Qty<'c>) -> Qty<'c> {
        self.calc.known(size.line()).map_or_else(|| size.taken(key), |n| self.calc.given(key, n))
    }

    fn given(&self, key: &str) -> Option<&'m PerAxis<'c>> {
        self.given.iter().find(|(known, given)| *known == key && !given.is_empty()).map(|(_, given)| given)
    }

    /// The same, or one number for every axis unless told.
    pub fn per_axis_or(&self, key: &'static str, axes: usize, default: i64) -> Result<PerAxis<'c>, Fault> {
        Ok(self.per_axis(key, axes)?.unwrap_or_else(|| {
            let one = self.calc.given(key, i128::from(default));
            std::iter::repeat_n(one, axes).collect()
        }))
    }

    /// The padding before and after, an axis each; none unless told.
    pub fn pads(&self, axes: usize) -> Result<SmallVec<[(Qty<'c>, Qty<'c>); 3]>, Fault> {
        let Some(Setting::Pads(pads)) = self.setting("P") else {
            let none = self.calc.given("P", 0);
            return Ok(std::iter::repeat_n((none, none), axes).collect());
        };
        self.spread(pads.len(), axes, "P")?;
        if pads.iter().all(|pad| *pad == pads[0] && pad.0 == pad.1) {
            let one = self.size("P", &pads[0].0);
            return Ok(std::iter::repeat_n((one, one), axes).collect());
        }
        let each = |axis: usize| if pads.len() == 1 { &pads[0] } else { &pads[axis] };
        let sides = |axis: usize| if axes == 1 { ("P_before", "P_after") } else { PAD_SIDES[3 - axes + axis] };
        Ok((0..axes)
            .map(|axis| match each(axis) {
                (before, after) if before == after => {
                    let both = self.size(PAD_BOTH[3 - axes + axis], before);
                    (both, both)
                }
                (before, after) => (self.size(sides(axis).0, before), self.size(sides(axis).1, after)),
            })
            .collect())
    }

    fn spread(&self, told: usize, axes: usize, key: &str) -> Result<(), Fault> {
        if told == 1 || told == axes {
            return Ok(());
        }
        Err(Fault::new(format!(
            "{}: {} is given for {told} axes, and the input has {axes}",
            self.name,
            crate::glossary::says(key)
        ))
        .hint("give one number for every axis, or one for each"))
    }

    /// A shape as it was written, with the one size to be worked out as `None`.
    pub fn shape(&self, key: &'static str) -> Vec<Option<Qty<'c>>> {
        match self.setting(key) {
            Some(Setting::Shape(sizes)) => sizes.iter().map(|s| s.as_ref().map(|s| self.size(key, s))).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether a setting was written down.
    pub fn told(&self, key: &str) -> bool {
        self.setting(key).is_some()
    }

    /// How many times the rule repeats something.
    pub fn count(&self, key: &str, default: u32) -> u32 {
        match self.setting(key) {
            Some(Setting::Count(n)) => *n,
            _ => default,
        }
    }

    /// A fraction as it was written, on which no number hangs.
    pub fn fraction(&self, key: &str) -> Option<&'m str> {
        match self.setting(key) {
            Some(Setting::Fraction(told)) => Some(told),
            _ => None,
        }
    }

    /// Which of a fixed set of words was chosen.
    pub fn word(&self, key: &str) -> Option<&'static str> {
        match self.setting(key) {
            Some(Setting::Word(word)) => Some(word),
            _ => None,
        }
    }

    /// Whether the layer has something that it may be told to be without: a bias, a scale, a shift.
    pub fn has(&self, key: &str) -> bool {
        self.word(key) != Some("no")
    }

    /// Whose defaults hold where frameworks differ.
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// How the stride rounds.
    pub fn rounding(&self) -> Rounding {
        match self.word("rounding") {
            Some("floor") => Rounding::Floor,
            Some("ceil") => Rounding::Ceil,
            Some("ceil unclipped") => Rounding::CeilUnclipped,
            Some("strict") => Rounding::Strict,
            _ => self.rounding,
        }
    }

    /// How many inputs there are.
    pub fn inputs(&self) -> usize {
        self.inputs.len()
    }

    /// An input's shape as it comes, for rules that take its axes under names of their own.
    pub fn input(&self, index: usize) -> Result<&'m Shape<'c>, Fault> {
        self.inputs.get(index).copied().ok_or_else(|| {
            let (name, found) = (self.name, self.inputs.len());
            Fault::new(format!("{name}: {} inputs are needed, and {found} found", index + 1))
        })
    }

    /// An input as batch, channels and space, taken in as `N`, `c` and `L`, or `H` and `W`, or `Z`, `H` and `W`.
    pub fn image_as(&self, index: usize, c: &'static str) -> Result<Image<'c>, Fault> {
        let shape = self.input(index)?;
        let space = shape.len() - 2;
        // Keras's layers that go element by element, or by features alone, take any number of axes.
        let many = self.rules == Rules::Keras && self.axes.is_none();
        let axes = AXES.get(space).copied().or(many.then_some(&["size"; MANY][..])).ok_or_else(|| {
            Fault::new(format!("{}: the input has {space} axes of space, and at most 3 are known", self.name))
                .hint("reshape it to `DxHxWxC` or less where it is made")
        })?;
        Ok(Image {
            n: shape[0].taken("N"),
            c: shape[1].taken(c),
            space: shape[2..].iter().zip(axes).map(|(size, name)| size.taken(name)).collect(),
            came: shape.clone(),
        })
    }

    /// An input of a layer that keeps its channels.
    pub fn any(&self, index: usize) -> Result<Image<'c>, Fault> {
        self.image_as(index, "C")
    }

    /// An input of a layer that makes other channels of `C_in`, with at least one axis of space.
    pub fn image(&self, index: usize) -> Result<Image<'c>, Fault> {
        self.spacious(index, "C_in")
    }

    /// An input of a layer that keeps its channels, with at least one axis of space.
    pub fn kept(&self, index: usize) -> Result<Image<'c>, Fault> {
        self.spacious(index, "C")
    }

    fn spacious(&self, index: usize, c: &'static str) -> Result<Image<'c>, Fault> {
        let image = self.image_as(index, c)?;
        let (name, found) = (self.name, image.space.len());
        match self.axes {
            Some(axes) if axes != found => {
                Err(Fault::new(format!("{name}: its word needs {axes} axes of space, and the input has {found}"))
                    .hint("take the word without its number, or another input"))
            }
            _ if found > 3 => {
                Err(Fault::new(format!("{name}: the input has {found} axes of space, and at most 3 are known")))
            }
            _ if found == 0 => {
                Err(Fault::new(format!("{name}: the input is a vector, and at least one axis of space is needed"))
                    .hint("give it an image, a sequence or a volume (before any `flatten`)"))
            }
            _ => Ok(image),
        }
    }

    /// An input that is a sequence, its features and its length taken in under these names.
    pub fn sequence(&self, index: usize, c: &'static str, length: &'static str) -> Result<Image<'c>, Fault> {
        let shape = self.input(index)?;
        let found = match shape[..] {
            [n, features, positions] => {
                let space = std::iter::once(positions.taken(length)).collect();
                return Ok(Image { n: n.taken("N"), c: features.taken(c), space, came: shape.clone() });
            }
            [_, _] => "a vector",
            [_, _, _, _] => "an image",
            _ => "a volume",
        };
        Err(Fault::new(format!("{}: the input is {found}, and a sequence is needed", self.name)).hint(
            "bring it to length x features, as with `reshape -1xF`; a recurrent layer above hands on every step with `sequence`",
        ))
    }

    /// The layer's own name, for messages.
    pub fn name(&self) -> &str {
        self.name
    }

    pub(crate) fn setting(&self, key: &str) -> Option<&'m Setting> {
        self.settings.iter().find(|(known, _)| *known == key).map(|(_, setting)| setting)
    }

    fn size(&self, key: &'static str, size: &Size) -> Qty<'c> {
        match size {
            Size::Number(n) => self.calc.given(key, i128::from(*n)),
            Size::Symbol(name) => some(key, self.calc.given_as(key, (self.symbols)(name))),
        }
    }
}

/// What a symbol must be where a number would have to be; `claims` has what to do about it.
pub(crate) const POSITIVE: &str = "a size is 1 or more";

/// A size that was written as a symbol. Numbers were held to their limits where they were read; a symbol gets its number
/// later. Only paddings may be 0.
pub(crate) fn some<'c>(key: &str, size: Qty<'c>) -> Qty<'c> {
    if key.starts_with(['P', 'E']) { size } else { size.positive(POSITIVE) }
}

/// What a tensor of parameters is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Learned, and multiplied by.
    Weight,
    /// Learned, and added.
    Bias,
    /// Stored and counted by the framework, but never learned.
    Statistic,
    /// Stored and computed with, but nobody's parameter: a table, a mask.
    Constant,
}

/// Multiply-adds by what they are part of; nothing else counts as one.
#[derive(Clone, Copy, Default)]
pub struct Macs<'c> {
    /// Of convolutions.
    pub conv: Option<Qty<'c>>,
    /// Of linear layers.
    pub linear: Option<Qty<'c>>,
    /// Of products of two computed matrices.
    pub matmul: Option<Qty<'c>>,
}

/// Elementary operations beside multiply-adds, from which every counting convention is made. `None` is none.
#[derive(Clone, Copy, Default)]
pub struct Costs<'c> {
    /// Multiplications.
    pub multiplications: Option<Qty<'c>>,
    /// Additions and subtractions.
    pub additions: Option<Qty<'c>>,
    /// Comparisons.
    pub comparisons: Option<Qty<'c>>,
    /// Divisions.
    pub divisions: Option<Qty<'c>>,
    /// Calls of exp, tanh, erf, √ and their like.
    pub transcendentals: Option<Qty<'c>>,
}

/// A setting as the rule understood it, in quantities.
pub enum Built<'c> {
    /// One quantity.
    One(Qty<'c>),
    /// One an axis.
    List(Shape<'c>),
    /// Before and after, one pair an axis.
    Pairs(SmallVec<[(Qty<'c>, Qty<'c>); 3]>),
    /// A fraction that no arithmetic hangs on, as written.
    Fraction(Box<str>),
    /// A word.
    Word(&'static str),
}

impl Built<'_> {
    /// As it is kept beside the page.
    fn told(self) -> Told {
        match self {
            Built::One(q) => Told::One(q.line()),
            Built::List(list) => Told::List(list.iter().map(|q| q.line()).collect()),
            Built::Pairs(pairs) => Told::Pairs(pairs.iter().map(|(a, b)| (a.line(), b.line())).collect()),
            Built::Fraction(told) => Told::Fraction(told),
            Built::Word(word) => Told::Word(word),
        }
    }
}

/// What a rule answers.
#[derive(Default)]
pub struct Row<'c> {
    /// The shape of the output.
    pub out: Shape<'c>,
    /// Its parameters, tensor by tensor.
    pub params: Vec<Tensor>,
    /// Its multiply-adds.
    pub macs: Macs<'c>,
    /// What else it does.
    pub costs: Costs<'c>,
    /// Its settings as understood.
    pub settings: Vec<(&'static str, Told)>,
    /// What a node of a graph gives, in place of `out`.
    pub given: SmallVec<[Given<'c>; 1]>,
}

impl<'c> Row<'c> {
    /// A row that only has an output.
    pub fn of(out: impl Into<Shape<'c>>) -> Row<'c> {
        Row { out: out.into(), ..Row::default() }
    }

    /// With a tensor of parameters.
    pub fn param(
        mut self,
        name: impl Into<Cow<'static, str>>,
        role: Role,
        elements: Qty<'c>,
        shape: impl IntoIterator<Item = Qty<'c>>,
    ) -> Row<'c> {
        let shape = shape.into_iter().map(Qty::line).collect();
        self.params.push(Tensor { name: name.into(), role, elements: elements.line(), shape, stored: None });
        self
    }

    /// With a setting.
    pub fn setting(mut self, name: &'static str, built: Built<'c>) -> Row<'c> {
        // Most rows have one or none; what has many makes room for them first.
        self.settings.reserve_exact(usize::from(self.settings.is_empty()));
        self.settings.push((name, built.told()));
        self
    }

    /// With a setting that is `yes` or `no`.
    pub fn setting_of(self, name: &'static str, is: bool) -> Row<'c> {
        self.setting(name, Built::Word(if is { "yes" } else { "no" }))
    }
}
