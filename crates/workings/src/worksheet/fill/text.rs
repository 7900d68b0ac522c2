//! What is written in a cell: the wrong rule's own formula, and its parts.

use super::style::{Formulas, Style, Sums};
use crate::audit::alone::{Dims, Params};
use crate::audit::form::Form;

/// The factors of a row's parameters, as they are written.
pub(super) struct Parts {
    /// Those of one kernel or unit.
    pub each: Vec<String>,
    /// What these are multiplied by.
    pub times: Vec<String>,
    /// The factors of the biases.
    pub biases: Option<Vec<String>>,
}

impl Style {
    /// A number in a working.
    pub(super) fn number(&self, n: i128) -> String {
        let digits = n.to_string();
        if !self.thousands || digits.len() < 4 {
            return digits;
        }
        let mut out = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        out
    }

    fn sign(&self) -> String {
        if self.spaced { format!(" {} ", self.times) } else { self.times.to_string() }
    }

    fn product(&self, factors: &[String]) -> String {
        factors.join(&self.sign())
    }

    /// A shape: space, then channels.
    pub(super) fn shape(&self, dims: &Dims) -> String {
        let sizes: Vec<String> = dims[1..].iter().chain(&dims[..1]).map(i128::to_string).collect();
        sizes.join(&self.times.to_string())
    }

    /// An input that is flattened in its cell, by a rule that may leave a side out.
    pub(super) fn flattened(&self, dims: &Dims, to: i128, code: &str) -> String {
        let sizes: &[i128] = match code {
            "S20d" => &[dims[2], dims[0]],
            "S20e" => &[dims[1], dims[0]],
            "S20f" => &dims[1..],
            _ => &[dims[1], dims[2], dims[0]],
        };
        let sizes: Vec<String> = sizes.iter().map(i128::to_string).collect();
        format!("{} = {}", self.product(&sizes), self.number(to))
    }

    /// The output's cell: formula, size and shape.
    pub(super) fn output(&self, code: &str, form: Option<Form>, right: Option<Form>, out: &Dims) -> String {
        let shape = self.shape(out);
        let Some(formula) = self.formula(code, form, right) else { return shape };
        match self.chained {
            true => format!("{formula} = {shape}"),
            false => format!("{formula} = {}\n{shape}", out[1]),
        }
    }

    fn formula(&self, code: &str, form: Option<Form>, right: Option<Form>) -> Option<String> {
        // Who rounds otherwise writes the right formula.
        let form = if matches!(code, "S5a" | "S5b" | "S6") { right? } else { form? };
        let pads = right?.plus;
        if self.formulas == Formulas::None || code == "S14" {
            return None;
        }
        let full = self.formulas == Formulas::Full;
        if matches!(code, "S7" | "S8") {
            return (full || form.by != 1).then(|| format!("{}/{}", form.first, form.by));
        }
        // Two terms where the rule has two: S10 adds the kernel, S12 and S13 another 1, S15 takes the padding away.
        let mut terms = vec![(false, form.first)];
        let split = |sum: i128| if sum > pads && pads > 0 { vec![sum - pads, pads] } else { vec![sum] };
        match code {
            "S15" => terms.extend(split(form.minus).into_iter().map(|n| (true, n))),
            _ if form.minus != 0 => terms.push((true, form.minus)),
            _ => {}
        }
        match code {
            "S1" | "S15" => {}
            "S10" | "S12" | "S13" => terms.extend(split(form.plus).into_iter().map(|n| (false, n))),
            _ if full || form.plus != 0 => terms.push((false, form.plus)),
            _ => {}
        }
        let mut inside = String::new();
        for (at, (minus, n)) in terms.iter().enumerate() {
            let double = self.doubled && *n == pads && pads > 0 && at > 0 && !minus && code != "S2";
            let n = if double { format!("2{}{}", self.sign(), pads / 2) } else { n.to_string() };
            let sign = match (at, minus) {
                (0, _) => "",
                (_, true) => " - ",
                (_, false) => " + ",
            };
            inside += &format!("{sign}{n}");
        }
        let divided = code != "S4" && (full || form.by != 1);
        let mut formula = if divided { format!("({inside})/{}", form.by) } else { format!("({inside})") };
        match form.outside {
            0 => {}
            n if n < 0 => formula += &format!(" - {}", -n),
            n => formula += &format!(" + {n}"),
        }
        let room = form.first - form.minus + form.plus;
        if self.decimals && divided && room > 0 && room % form.by != 0 && form.outside == 1 {
            let hundredths = (room % form.by * 100 / form.by).to_string();
            formula += &format!(" = {}.{:0>2}", room / form.by + 1, hundredths);
        }
        Some(formula)
    }

    /// The working of a row's parameters.
    pub(super) fn sums(&self, parts: &Parts, made: &Params) -> String {
        let bias = |factors: &Vec<String>| match &factors[..] {
            [one, n] if one == "1" && self.sums == Sums::Line => n.clone(),
            factors => self.product(factors),
        };
        let total = made.params.unwrap_or(0);
        match self.sums {
            Sums::None => String::new(),
            Sums::Line => {
                let all: Vec<String> = parts.each.iter().chain(&parts.times).cloned().collect();
                let biases = parts.biases.as_ref().map(|factors| format!(" + {}", bias(factors))).unwrap_or_default();
                format!("{}{biases} = {}", self.product(&all), self.number(total))
            }
            Sums::Steps => {
                let mut lines = Vec::new();
                let label = |word: &str| if self.labels { format!("{word}: ") } else { String::new() };
                let weights = made.weights.unwrap_or(0);
                match (made.fan_in, parts.times.is_empty()) {
                    (Some(fan_in), false) if parts.each.len() > 1 => {
                        lines.push(format!("{}{} = {}", label("WE"), self.product(&parts.each), self.number(fan_in)));
                        let all: Vec<String> =
                            std::iter::once(self.number(fan_in)).chain(parts.times.iter().cloned()).collect();
                        lines.push(format!("{} = {}", self.product(&all), self.number(weights)));
                    }
                    _ => {
                        let all: Vec<String> = parts.each.iter().chain(&parts.times).cloned().collect();
                        lines.push(format!("{}{} = {}", label("WE"), self.product(&all), self.number(weights)));
                    }
                }
                if let (Some(factors), Some(biases)) = (&parts.biases, made.biases) {
                    let result = if factors.len() > 1 { format!(" = {}", self.number(biases)) } else { String::new() };
                    lines.push(format!("{}{}{result}", label("Bias"), self.product(factors)));
                }
                lines.push(format!("{}{}", label("Total"), self.number(total)));
                lines.join("\n")
            }
        }
    }
}
