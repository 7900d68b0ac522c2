//! What a layer of Keras says of itself: its class, its configuration and what it is called on, as plain values.
//!
//! A reader of files makes these values; each operator's file says how a class's configuration becomes its settings.
//! Source: Keras 3, `keras/src/saving/serialization_lib.py`; Keras 2, `tf_keras/src/engine/base_layer.py`, `get_config`.

use crate::fault::Fault;
use crate::model::{Setting, Size};
use crate::node::Node;

/// Settings by the names that a rule asks for.
pub type Settings = Vec<(&'static str, Setting)>;

/// The largest size that is taken: more elements than any machine holds.
const LARGEST: i64 = 1 << 40;

/// A value of a configuration.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`.
    Nothing,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A number with a fraction, or one too large to be whole here.
    Real(f64),
    /// A text.
    Text(Box<str>),
    /// Values in order.
    List(Vec<Value>),
    /// Values by name, in the order of the file.
    Map(Vec<(Box<str>, Value)>),
}

impl Value {
    /// What stands under a name; nothing where this is no map, or has no such name.
    pub fn get(&self, key: &str) -> &Value {
        match self {
            Value::Map(all) => {
                all.iter().find(|(known, _)| **known == *key).map_or(&Value::Nothing, |(_, value)| value)
            }
            _ => &Value::Nothing,
        }
    }

    /// What stands at a place of a list.
    pub fn at(&self, index: usize) -> &Value {
        self.list().get(index).unwrap_or(&Value::Nothing)
    }

    /// The values of a list; none where this is no list.
    pub fn list(&self) -> &[Value] {
        if let Value::List(all) = self { all } else { &[] }
    }

    /// The text, where this is one.
    pub fn text(&self) -> Option<&str> {
        if let Value::Text(text) = self { Some(text) } else { None }
    }

    /// The whole number, where this is one; `2.0` is one too.
    pub fn number(&self) -> Option<i64> {
        match self {
            Value::Number(n) => Some(*n),
            Value::Real(real) if real.fract() == 0.0 && real.abs() < 9e15 => Some(*real as i64),
            _ => None,
        }
    }

    /// Yes or no, where this says so.
    pub fn bool(&self) -> Option<bool> {
        match self {
            Value::Bool(is) => Some(*is),
            Value::Number(n @ (0 | 1)) => Some(*n == 1),
            _ => None,
        }
    }

    /// Whether this is `null`, or is not there.
    pub fn is_nothing(&self) -> bool {
        *self == Value::Nothing
    }

    /// What kind of value this is, for messages.
    pub fn says(&self) -> String {
        match self {
            Value::Nothing => "nothing".to_owned(),
            Value::Bool(is) => is.to_string(),
            Value::Number(n) => n.to_string(),
            Value::Real(real) => real.to_string(),
            Value::Text(text) => format!("“{}”", text.chars().take(40).collect::<String>()),
            Value::List(all) => format!("a list of {}", all.len()),
            Value::Map(_) => "an object".to_owned(),
        }
    }
}

/// A layer's class, its configuration and what it is called on.
pub struct Config<'v> {
    /// Its class: `Conv2D`.
    pub class: &'v str,
    /// Its configuration.
    pub value: &'v Value,
    /// Where that stands in the file: `config.layers[3].config`.
    pub path: String,
    /// What it is called on, by position; tensors stand as the file has them.
    pub args: &'v [Value],
    /// The same by name.
    pub kwargs: &'v Value,
    /// Which of the inputs that its class names are there.
    pub given: &'v [&'static str],
}

impl<'v> Config<'v> {
    /// What stands under a name.
    pub fn get(&self, key: &str) -> &'v Value {
        self.value.get(key)
    }

    /// A fault of what stands under a name: what is needed there.
    pub fn wrong(&self, key: &str, needed: &str) -> Fault {
        Fault::new(format!("{}.{key}: {needed} is needed, and {} found", self.path, self.get(key).says()))
    }

    /// A layer that no rule is written for.
    pub fn unknown(&self, why: &str) -> Fault {
        Fault::new(format!("no rule for {} {why}", self.class))
    }

    /// Whether something is switched on; `default` unless told.
    pub fn is(&self, key: &str, default: bool) -> bool {
        self.get(key).bool().unwrap_or(default)
    }

    /// A size from `least` on.
    pub fn size(&self, key: &str, least: i64) -> Result<Size, Fault> {
        let size = self.get(key).number().filter(|n| (least..=LARGEST).contains(n));
        size.map(Size::Number).ok_or_else(|| self.wrong(key, &format!("a whole number from {least} to 2^40")))
    }

    /// The same as a setting of its own name here.
    pub fn knob(&self, key: &str, setting: &'static str) -> Result<(&'static str, Setting), Fault> {
        Ok((setting, Setting::Size(self.size(key, 1)?)))
    }

    /// Whole numbers: one, or a list of them.
    pub fn numbers(&self, key: &str) -> Result<Vec<i64>, Fault> {
        let value = self.get(key);
        let listed = || value.list().iter().map(Value::number).collect::<Option<Vec<i64>>>();
        let told = match value {
            Value::List(_) => listed(),
            one => one.number().map(|n| vec![n]),
        };
        let told = told.filter(|all| all.iter().all(|n| (-LARGEST..=LARGEST).contains(n)));
        told.ok_or_else(|| self.wrong(key, "a whole number, or a list of them,"))
    }

    /// One size from `least` on, or one an axis.
    pub fn per_axis(&self, key: &str, least: i64) -> Result<Setting, Fault> {
        let all = self.numbers(key)?;
        if all.is_empty() || all.len() > 3 || all.iter().any(|n| *n < least) {
            return Err(self.wrong(key, &format!("one number from {least}, or one an axis,")));
        }
        Ok(Setting::PerAxis(all.into_iter().map(Size::Number).collect()))
    }

    /// The same as a setting, where it says something else than 1.
    pub fn unless_one(&self, key: &str, setting: &'static str, into: &mut Settings) -> Result<(), Fault> {
        if self.get(key).is_nothing() || self.numbers(key)?.iter().all(|n| *n == 1) {
            return Ok(());
        }
        into.push((setting, self.per_axis(key, 1)?));
        Ok(())
    }

    /// Paddings before and after, as Keras writes them: `1`, `[1, 2]` an axis of space, `[[1, 2], [3, 4]]`; on a single
    /// axis, `[1, 2]` is before and after.
    pub fn pads(&self, key: &str, axes: usize) -> Result<Setting, Fault> {
        let value = self.get(key);
        let needed = || self.wrong(key, "a number, one an axis, or before and after,");
        let size =
            |value: &Value| value.number().filter(|n| (0..=LARGEST).contains(n)).map(Size::Number).ok_or_else(needed);
        let pair = |value: &Value| match value.list() {
            [before, after] => Ok((size(before)?, size(after)?)),
            [] => size(value).map(|both| (both.clone(), both)),
            _ => Err(needed()),
        };
        match value {
            Value::List(all) if axes == 1 && all.len() == 2 && all[0].list().is_empty() => {
                Ok(Setting::Pads(vec![pair(value)?]))
            }
            Value::List(all) if all.len() == axes => Ok(Setting::Pads(all.iter().map(pair).collect::<Result<_, _>>()?)),
            Value::List(_) => Err(needed()),
            _ => Ok(Setting::Pads(vec![pair(value)?])),
        }
    }

    /// Axes, as a setting that [`Node::keras_axes`] reads.
    pub fn axes(&self, key: &str, setting: &'static str) -> Result<(&'static str, Setting), Fault> {
        Ok((setting, Setting::PerAxis(self.numbers(key)?.into_iter().map(Size::Number).collect())))
    }

    /// The rate of what is dropped.
    pub fn fraction(&self, key: &str, setting: &'static str) -> Settings {
        let told = match self.get(key) {
            Value::Number(n @ (0 | 1)) => n.to_string(),
            Value::Real(real) if (0.0..=1.0).contains(real) => real.to_string(),
            _ => return Vec::new(),
        };
        vec![(setting, Setting::Fraction(told.into()))]
    }
}

/// A setting that is one of a fixed set of words.
pub fn word(key: &'static str, word: &'static str) -> (&'static str, Setting) {
    (key, Setting::Word(word))
}

/// What a layer says of a bias, unless it has one.
pub fn bias(config: &Config<'_>, settings: &mut Settings) {
    if !config.is("use_bias", true) {
        settings.push(word("bias", "no"));
    }
}

/// The padding, by its word.
pub fn padding(config: &Config<'_>, settings: &mut Settings) -> Result<(), Fault> {
    match config.get("padding") {
        Value::Nothing => {}
        value => match value.text().map(str::to_lowercase).as_deref() {
            Some("valid") => {}
            Some("same") => settings.push(word("padding", "same")),
            Some("causal") => settings.push(word("padding", "causal")),
            _ => return Err(config.wrong("padding", "“valid”, “same” or “causal”")),
        },
    }
    Ok(())
}

/// No settings.
pub fn nothing(_: &Config<'_>) -> Result<Settings, Fault> {
    Ok(Vec::new())
}

/// The name that Keras's functions have here, for those that are known: `keras/src/activations/__init__.py`.
pub fn activation(name: &str) -> Option<&'static crate::ops::Activation> {
    let ours = match name {
        "hard_sigmoid" => "hardsigmoid",
        "hard_silu" | "hard_swish" => "hardswish",
        "leaky_relu" => "leakyrelu",
        "swish" => "silu",
        same => same,
    };
    crate::ops::activation_by_name(ours)
}

/// The name of a function as a configuration has it: a text, or an object with the text or the class in it.
pub fn function(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        Value::Map(_) => match (value.get("class_name").text(), value.get("config")) {
            (Some("function"), config) => config.text(),
            (Some("Activation"), config) => function(config.get("activation")),
            (Some("ReLU"), _) => Some("relu"),
            (Some("LeakyReLU"), _) => Some("leaky_relu"),
            (Some("ELU"), _) => Some("elu"),
            (Some("Softmax"), _) => Some("softmax"),
            _ => None,
        },
        _ => None,
    }
}

impl Node<'_, '_> {
    /// Whole numbers that are no sizes; `None` where they are not told.
    pub fn numbers(&self, key: &str) -> Option<Vec<i64>> {
        let Some(Setting::PerAxis(told)) = self.setting(key) else { return None };
        told.iter().map(|size| if let Size::Number(n) = size { Some(*n) } else { None }).collect()
    }

    /// Every setting that is a shape of numbers, with its name.
    pub fn shapes(&self) -> impl Iterator<Item = (&'static str, Vec<i64>)> {
        let number = |size: &Option<Size>| if let Some(Size::Number(n)) = size { *n } else { 0 };
        self.settings.iter().filter_map(move |(name, setting)| match setting {
            Setting::Shape(sizes) => Some((*name, sizes.iter().map(number).collect())),
            _ => None,
        })
    }

    /// Axes as Keras counts them, the batch first and the channels last, as they stand here; `None` where they are not told.
    /// Rank is how many axes there are.
    pub fn keras_axes(&self, key: &str, rank: usize) -> Result<Option<Vec<usize>>, Fault> {
        let Some(Setting::PerAxis(told)) = self.setting(key) else { return Ok(None) };
        let placed = |size: &Size| match size {
            Size::Number(told) => {
                let axis = if *told < 0 { told + rank as i64 } else { *told };
                let axis = usize::try_from(axis).ok().filter(|axis| *axis < rank).ok_or_else(|| {
                    Fault::new(format!("{}: its axis is {told}, and the input has {rank} axes", self.name))
                })?;
                Ok(match axis {
                    0 => 0,
                    last if last == rank - 1 => 1,
                    axis => axis + 1,
                })
            }
            Size::Symbol(_) => Err(Fault::new(format!("{}: an axis is a number", self.name))),
        };
        told.iter().map(placed).collect::<Result<_, _>>().map(Some)
    }
}
