//! A network worked out row by row from the person's own numbers.

use calc::Calc;

use super::style::{Nothing, Style, Sums};
use super::text::Parts;
use super::{Kind, Planted, SLIPS, kind_of};
use crate::audit::alone::{Dims, Made, Params, Reader, Wrongs};
use crate::audit::form::Form;
use crate::audit::layers::{self, Context, Settings};
use crate::audit::mistakes::{self, MISTAKES, Wrong};
use crate::ledger::{Binds, Ledger};
use crate::model::{From, Model, Size};
use crate::worksheet::{Column, Sheet};

/// A network ready to be filled in.
pub(super) struct Filler<'m> {
    pub style: &'m Style,
    input: Dims,
    kinds: Vec<layers::Kind>,
    open: Vec<layers::Kind>,
    /// The layers without a row before each row, and the row's own.
    rows: Vec<(Vec<usize>, usize)>,
}

/// A row, worked out and written down.
pub(super) struct Row {
    layer: usize,
    pub input: Dims,
    pub out: Dims,
    pub params: Params,
    pub texts: [String; 6],
    /// Where what comes in, the output and the parameters began to be other than they should be.
    shape_began: Option<(usize, Column)>,
    out_began: Option<(usize, Column)>,
    sum_began: Option<(usize, Column)>,
}

/// A sheet, worked out and written down.
pub(super) struct Chain {
    pub rows: Vec<Row>,
    pub sum: i128,
    pub total: String,
}

impl Row {
    /// Where a cell that follows from another began.
    pub fn began(&self, column: Column, right: &Row) -> Option<(usize, Column)> {
        match column {
            Column::Input => self.shape_began,
            Column::Output => self.out_began,
            Column::Calculation => self.sum_began.or(self.shape_began),
            Column::Params if self.params.params == right.params.params => None,
            Column::Params => self.sum_began.or(self.shape_began),
            _ => None,
        }
    }

    pub fn began_sum(&self) -> Option<(usize, Column)> {
        self.sum_began.or(self.shape_began)
    }

    /// Whether it comes to the same numbers.
    pub fn same(&self, other: &Row) -> bool {
        (&self.input, &self.out, self.params.params) == (&other.input, &other.out, other.params.params)
    }
}

impl Chain {
    pub fn text(&self, row: usize, column: Column) -> &str {
        match column {
            Column::Total => &self.total,
            column => self.rows.get(row).map_or("", |row| &row.texts[column as usize]),
        }
    }
}

impl<'m> Filler<'m> {
    pub fn of(model: &Model, style: &'m Style) -> Option<Filler<'m>> {
        let in_line = |(at, layer): (usize, &crate::model::Layer)| match layer.inputs[..] {
            [From::Input(0)] => at == 0,
            [From::Layer(before)] => before as usize + 1 == at,
            _ => false,
        };
        if !model.layers.iter().enumerate().all(in_line) {
            return None;
        }
        let (ledger, _) = Ledger::of(model.clone(), &Binds::new());
        let rank = |from: &From| ledger.shape(*from).map_or(3, |lines| lines.len().saturating_sub(1).max(1));
        let ranks: Vec<Vec<usize>> = model.layers.iter().map(|layer| layer.inputs.iter().map(rank).collect()).collect();
        let size = |size: &Size| match size {
            Size::Number(n) => Some(i128::from(*n)),
            Size::Symbol(_) => None,
        };
        let input: Option<Dims> = model.inputs.first()?.shape.get(1..)?.iter().map(size).collect();
        let kinds = layers::of_model(model, &ranks);
        let mut rows = Vec::new();
        let mut silent = Vec::new();
        for (at, kind) in kinds.iter().enumerate() {
            match kind.op {
                "conv" | "pool" | "dense" => rows.push((std::mem::take(&mut silent), at)),
                _ if ledger.rows[at].params.is_empty() => silent.push(at),
                _ => return None,
            }
        }
        Some(Filler { style, input: input?, kinds, open: layers::open(&Sheet::default()), rows })
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The whole sheet.
    pub fn chain(&self, readers: &[Reader<'_>], planted: &[Planted]) -> Option<Chain> {
        self.upto(readers, self.rows.len() + 1, planted)
    }

    /// Its layers, ready to be worked out.
    pub fn readers(&self) -> Vec<Reader<'_>> {
        self.kinds.iter().map(|kind| kind.alone.reader()).collect()
    }

    /// The sheet up to a row, which is not in it.
    pub fn upto(&self, readers: &[Reader<'_>], end: usize, planted: &[Planted]) -> Option<Chain> {
        let mut hold = Hold { own: self.input.clone(), context: Context::default(), began: None };
        let mut rows: Vec<Row> = Vec::new();
        for at in 0..self.rows.len().min(end) {
            let here: Vec<Planted> = planted.iter().filter(|planted| planted.row == at).copied().collect();
            let row = self.row(at, &here, readers, &mut hold, &rows)?;
            rows.push(row);
        }
        let mut chain = Chain { rows, sum: 0, total: String::new() };
        if end > self.rows.len() {
            self.total(&mut chain, planted.iter().find(|planted| planted.row == self.rows.len()))?;
        }
        Some(chain)
    }

    fn row(
        &self,
        at: usize,
        planted: &[Planted],
        readers: &[Reader<'_>],
        hold: &mut Hold,
        done: &[Row],
    ) -> Option<Row> {
        let (silent, layer) = &self.rows[at];
        let kind = &self.kinds[*layer];
        let none = Settings::default();
        let plant = |kind: Kind| planted.iter().find(|planted| kind_of(planted.code) == kind);
        let mut flat = "";
        if let Some(copy) = plant(Kind::Copy) {
            match copy.code {
                "T1" => hold.own = miscopied(&hold.own, copy.pick)?,
                "T2" => hold.own = older(done, &hold.own, copy.pick)?,
                code => flat = code,
            }
            hold.began = Some((at, Column::Input));
        }
        let mut flattened = None;
        for &layer in silent {
            let kind = &self.kinds[layer];
            let mut out = kind.work(&readers[layer], &hold.own, &none, &hold.context)?.out?;
            if kind.op == "flatten" {
                if let Some(mistake) = place(flat) {
                    let wrongs = kind.wrongly(&readers[layer], &hold.own, &none, &hold.context)?;
                    out = [depth_of(&wrongs, mistake)?].into_iter().collect();
                }
                flattened = Some(hold.own.clone());
            }
            self.onwards(layer, hold);
            hold.own = out;
        }
        if !flat.is_empty() && flattened.is_none() {
            return None;
        }
        let input = hold.own.clone();
        let shape_began = hold.began;
        let worked = kind.work(&readers[*layer], &input, &none, &hold.context)?;
        let wrongs = match planted.is_empty() {
            true => Wrongs::default(),
            false => kind.wrongly(&readers[*layer], &input, &none, &hold.context)?,
        };
        let right = worked.forms.first().copied().flatten();
        let (mut out, mut form, mut code) = (worked.out.clone()?, right, "");
        let mut out_began = hold.began;
        if let Some(size) = plant(Kind::Output) {
            code = size.code;
            match place(code) {
                Some(mistake) => match made(&wrongs, mistake)? {
                    Made::Space(space, forms) => {
                        out = out[..1].iter().chain(space.iter()).copied().collect();
                        form = forms.first().copied().flatten();
                    }
                    Made::Depth(depth) => out[0] = *depth,
                    Made::Params(_) => return None,
                },
                None => out[0] = self.channels(at, &input, &out, size.pick)?,
            }
            if worked.out.as_ref() != Some(&out) {
                out_began = Some((at, Column::Output));
            }
        }
        if out.iter().any(|&n| n < 1) {
            return None;
        }
        let mut params = worked.params;
        let mut sum_began = None;
        let mut sum_code = "";
        if let Some(sum) = plant(Kind::Params) {
            sum_code = sum.code;
            // Who takes the wrong shape for the features takes it where it is flattened.
            (flattened.is_some() || !sum_code.starts_with("P12") || sum_code == "P12e").then_some(())?;
            match place(sum_code) {
                Some(mistake) => match made(&wrongs, mistake)? {
                    Made::Params(made) => params = *made,
                    _ => return None,
                },
                None => slip(&mut params, &input, sum)?,
            }
            // What a rule makes of a shape that is not known is below 1.
            params.weights.filter(|n| *n > 0)?;
            let calculated = self.style.sums != Sums::None;
            let column = if calculated { Column::Calculation } else { Column::Params };
            sum_began = Some((at, column)).filter(|_| params.params != worked.params.params);
        }
        let seen = Seen { layer: *layer, input: &input, out: worked.out.as_ref()?, params: &params };
        let calculation = match params.params.unwrap_or(0) {
            0 => String::new(),
            _ => self.style.sums(&self.parts(&seen, sum_code)?, &params),
        };
        let kernel: Vec<String> = kind.kernel.iter().map(i128::to_string).collect();
        let texts = [
            kernel.join(&self.style.times.to_string()),
            self.input_text(&input, flattened.as_ref(), flat),
            kind.count.map_or_else(|| self.dash(), |n| n.to_string()),
            calculation,
            self.output_text(code, form, right, &out),
            match (params.params?, self.style.nothing) {
                (0, Nothing::Zero) => "0".to_owned(),
                (0, Nothing::Dash) => "-".to_owned(),
                (0, Nothing::Blank) => String::new(),
                (n, _) => self.style.number(n),
            },
        ];
        self.onwards(*layer, hold);
        hold.own = out.clone();
        hold.began = out_began;
        Some(Row { layer: *layer, input, out, params, texts, shape_began, out_began, sum_began })
    }

    fn dash(&self) -> String {
        if self.style.nothing == Nothing::Dash { "-".to_owned() } else { String::new() }
    }

    fn input_text(&self, input: &Dims, flattened: Option<&Dims>, code: &str) -> String {
        match (flattened, input.len()) {
            (Some(from), 1) if from.len() == 3 => self.style.flattened(from, input[0], code),
            (_, 1) if !self.style.vectors => String::new(),
            _ => self.style.shape(input),
        }
    }

    fn output_text(&self, code: &str, form: Option<Form>, right: Option<Form>, out: &Dims) -> String {
        match out.len() {
            1 if !self.style.vectors => String::new(),
            1 => self.style.shape(out),
            _ => self.style.output(code, form, right, out),
        }
    }

    /// What stands before the next layer.
    fn onwards(&self, layer: usize, hold: &mut Hold) {
        let kind = &self.kinds[layer];
        if let Some(window) = kind.window(&Settings::default()) {
            hold.context.window = Some(window);
        }
        if kind.op == "pool" {
            hold.context.unpooled = hold.own.clone();
        }
        hold.context.flattened = if kind.op == "flatten" { hold.own.clone() } else { Dims::new() };
    }

    /// The total at the foot.
    fn total(&self, chain: &mut Chain, planted: Option<&Planted>) -> Option<()> {
        chain.sum = match planted {
            None => chain.rows.iter().filter_map(|row| row.params.params).sum(),
            Some(planted) => {
                let Wrong::Total(rule) = mistakes::mistake(planted.code)?.rule else { return None };
                let calc = Calc::new();
                let given = |n: Option<i128>| n.filter(|n| *n > 0).map(|n| calc.given("params", n));
                let elements = |row: &Row| row.out.iter().try_fold(1i128, |product, &n| product.checked_mul(n));
                let column = mistakes::Column {
                    calc: &calc,
                    params: chain.rows.iter().map(|row| given(row.params.params)).collect(),
                    biases: chain.rows.iter().map(|row| given(row.params.biases)).collect(),
                    outputs: chain.rows.iter().map(|row| given(elements(row))).collect(),
                };
                let lines: Vec<_> = rule(&column).into_iter().map(|(_, sum)| sum.line()).collect();
                drop(column);
                let line = *lines.get((planted.pick % lines.len().max(1) as u64) as usize)?;
                calc.into_page().known(line)?
            }
        };
        chain.total = self.style.number(chain.sum);
        Some(())
    }

    /// Channels that belong to another row.
    fn channels(&self, at: usize, input: &Dims, out: &Dims, pick: u64) -> Option<i128> {
        let (c_in, c_out) = (input[0], out[0]);
        let counts = self.rows[..at].iter().filter_map(|(_, layer)| self.kinds[*layer].count);
        let known = [1, c_in, c_out, c_in * c_out, c_in + c_out];
        let mut others: Vec<i128> = counts.chain([self.input[0]]).filter(|n| !known.contains(n)).collect();
        others.dedup();
        (out.len() == 3).then_some(())?;
        others.get((pick % others.len().max(1) as u64) as usize).copied()
    }

    /// Whether a layer of another stride or padding has this output, and whether it would be written so too.
    pub fn otherwise(&self, row: &Row) -> (bool, bool) {
        let kind = &self.kinds[row.layer];
        let at = match kind.op {
            "conv" => layers::kind::CONV,
            "pool" => layers::kind::POOL,
            _ => return (false, false),
        };
        let (open, reader) = (&self.open[at], self.open[at].alone.reader());
        let kernel = [kind.kernel[0], *kind.kernel.last().expect("a kernel has sides")];
        let (pads, strides) = (kernel[0] / 2, kernel[0] + 1);
        let count = kind.count.unwrap_or(0);
        // What adds 0 or divides by 1 tells nothing.
        let plainly = |text: &str| text.replace(" + 0)", ")").replace(")/1", ")");
        let written = plainly(&row.texts[Column::Output as usize]);
        let (mut reached, mut same) = (false, false);
        for (stride, pad) in (1..=strides).flat_map(|stride| (0..=pads).map(move |pad| (stride, pad))) {
            let settings = Settings { kernel, stride, pad, count };
            let worked = open.work(&reader, &row.input, &settings, &Context::default());
            let form = worked.as_ref().and_then(|worked| worked.forms.first().copied().flatten());
            if worked.and_then(|worked| worked.out).as_ref() == Some(&row.out) {
                reached = true;
                same |= plainly(&self.output_text("", form, form, &row.out)) == written;
            }
        }
        (reached, same)
    }

    /// The factors that a working shows.
    fn parts(&self, seen: &Seen<'_>, code: &str) -> Option<Parts> {
        let kind = &self.kinds[seen.layer];
        let all = |factors: &[i128]| factors.iter().map(i128::to_string).collect::<Vec<_>>();
        let c = seen.input[0];
        let n = kind.count.unwrap_or(c);
        let own = |each: Vec<String>, times: &[i128], biases: Option<&[i128]>| {
            Some(Parts { each, times: all(times), biases: biases.map(all) })
        };
        let area = &kind.kernel[..];
        let of_kernel = |channels: i128| all(&[area, &[channels]].concat());
        let bias: Option<&[i128]> = Some(&[1, n]);
        match (kind.op, code) {
            ("dense", "P12e") => own(vec![format!("({} + {n})", self.style.number(c))], &[], None),
            ("dense", _) => {
                let features = match code {
                    "P18d" => seen.params.weights? / n,
                    _ => seen.params.fan_in.unwrap_or(c),
                };
                let (one, inputs) = ([1], [1, c]);
                let biases = match code {
                    "P1" => None,
                    "P4a" => Some(&inputs[..]),
                    "P5" => Some(&one[..]),
                    _ => bias,
                };
                own(vec![self.style.number(features)], &[n], biases)
            }
            ("pool", "P11a") => own(all(&[&seen.out[1..], &seen.out[..1]].concat()), &[], None),
            ("pool", "P11b") => own(all(&[&seen.input[1..], &seen.input[..1]].concat()), &[], None),
            ("pool", "P11c") => own(of_kernel(c), &[c], Some(&[1, c])),
            ("pool", "P11d") => own(all(area), &[c], None),
            ("conv", "P1") => own(of_kernel(c), &[n], None),
            ("conv", "P2") => own(of_kernel(3), &[n], bias),
            ("conv", "P3") => own(all(area), &[n], bias),
            ("conv", "P4a") => own(of_kernel(c), &[n], Some(&[1, c])),
            ("conv", "P4b") => own(of_kernel(n), &[c], Some(&[1, c])),
            ("conv", "P5") => own(of_kernel(c), &[n], Some(&[1])),
            ("conv", "P6") => own(of_kernel(c), &[n], Some(&[c, n])),
            ("conv", "P7a") => own(all(&[area[0], c]), &[n], bias),
            ("conv", "P7b") => own(vec![format!("({})", all(area).join(" + ")), c.to_string()], &[n], bias),
            ("conv", "P8" | "P9b") => {
                let positions = [&[n], &seen.out[1..]].concat();
                own(of_kernel(c), &positions, Some(&positions[..]).filter(|_| code == "P8"))
            }
            ("conv", "P9a") => own(all(&[&seen.input[1..], &[c]].concat()), &[n], bias),
            ("conv", "P10") => own(of_kernel(n), &[n], bias),
            ("conv", code) if code.is_empty() || SLIPS.contains(&code) => own(of_kernel(c), &[n], bias),
            _ => None,
        }
    }
}

/// What the person has in hand.
struct Hold {
    own: Dims,
    context: Context,
    began: Option<(usize, Column)>,
}

struct Seen<'s> {
    layer: usize,
    input: &'s Dims,
    out: &'s Dims,
    params: &'s Params,
}

/// The index of a wrong rule.
fn place(code: &str) -> Option<usize> {
    MISTAKES.iter().position(|mistake| mistake.code == code)
}

fn made(wrongs: &Wrongs, mistake: usize) -> Option<&Made> {
    wrongs.iter().find(|wrong| wrong.mistake == mistake).map(|wrong| &wrong.made)
}

fn depth_of(wrongs: &Wrongs, mistake: usize) -> Option<i128> {
    match made(wrongs, mistake)? {
        Made::Depth(depth) => Some(*depth),
        _ => None,
    }
}

/// A shape with a digit changed: both sides of the space alike, or the channels.
fn miscopied(dims: &Dims, pick: u64) -> Option<Dims> {
    let mut dims = dims.clone();
    let channels = dims.len() < 3 || pick.is_multiple_of(4);
    let n = if channels { dims[0] } else { dims[1] };
    let mut digits = n.to_string().into_bytes();
    let pick = pick / 4;
    let (at, by) = ((pick % digits.len() as u64) as usize, 1 + (pick / 16 % 9) as u8);
    digits[at] = b'0' + (digits[at] - b'0' + by) % 10;
    let other: i128 = String::from_utf8(digits).ok()?.parse().ok()?;
    let kept = other > 0 && other != n && other.to_string().len() == n.to_string().len();
    kept.then_some(())?;
    if channels {
        dims[0] = other;
    } else {
        dims[1..].iter_mut().for_each(|side| *side = other);
    }
    Some(dims)
}

/// An earlier row's output of the same rank.
fn older(done: &[Row], own: &Dims, pick: u64) -> Option<Dims> {
    let (_, earlier) = done.split_last()?;
    let others: Vec<&Dims> =
        earlier.iter().map(|row| &row.out).filter(|out| *out != own && out.len() == own.len()).collect();
    // Most take the row before the last.
    let at =
        if pick.is_multiple_of(2) { others.len().checked_sub(1)? } else { (pick / 2) as usize % others.len().max(1) };
    others.get(at).map(|dims| (*dims).clone())
}

/// A slip in the product of the weights.
fn slip(params: &mut Params, input: &Dims, planted: &Planted) -> Option<()> {
    let (weights, pick) = (params.weights?, planted.pick);
    let digits = weights.to_string();
    let wrong = match planted.code {
        "P18a" => {
            let zeros: Vec<usize> = digits.match_indices('0').map(|(at, _)| at).collect();
            let at = *zeros.get((pick % zeros.len().max(1) as u64) as usize)?;
            [&digits[..at], &digits[at + 1..]].concat().parse().ok()?
        }
        "P18b" => {
            // One digit but the last is one too large or too small.
            let at = 1 + (pick % (digits.len() as u64 - 1).max(1)) as u32;
            let by = 10i128.pow(at) * if pick / 16 % 2 == 0 { 1 } else { -1 };
            weights + by
        }
        "P18c" => {
            let fan_in = params.fan_in.or(Some(input[0]))?;
            let count = (weights % fan_in == 0).then_some(weights / fan_in)?.to_string();
            let places: Vec<(usize, i128)> = count
                .bytes()
                .rev()
                .enumerate()
                .map(|(at, digit)| (at, i128::from(digit - b'0')))
                .filter(|(_, digit)| *digit > 0)
                .collect();
            (places.len() > 1).then_some(())?;
            let (at, digit) = places[(pick % places.len() as u64) as usize];
            weights - digit * fan_in * 10i128.pow(at as u32)
        }
        _ => {
            let features = input[0].to_string();
            (input.len() == 1 && features.len() > 3 && weights % input[0] == 0).then_some(())?;
            let kept: i128 = features[..2 + (pick % (features.len() as u64 - 3)) as usize].parse().ok()?;
            weights / input[0] * kept
        }
    };
    (wrong > 0 && wrong != weights).then_some(())?;
    let biases = params.biases.unwrap_or(0);
    *params = Params { weights: Some(wrong), params: Some(wrong + biases), ..*params };
    Some(())
}
