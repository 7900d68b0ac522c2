//! Rules against a second way of getting the same number: windows placed one by one, kernels laid down one by one, and
//! every symbolic page read again with numbers.

mod build;

use std::collections::HashSet;

use build::{Case, axes, case, count, pads, shape, size, word};
use calc::{Forms, Line, Reading, Value};
use proptest::prelude::*;
use workings::Ledger;
use workings::ledger::{LedgerRow, Told};
use workings::model::{Rounding, Rules, Setting};

/// An axis with a window on it, in plain numbers.
#[derive(Clone, Copy, Debug)]
struct Axis {
    size: i64,
    kernel: i64,
    stride: i64,
    dilation: i64,
    before: i64,
    after: i64,
}

impl Axis {
    fn reach(&self) -> i64 {
        self.dilation * (self.kernel - 1) + 1
    }

    /// The positions that the window starting here touches, from the first padded one, which is 0.
    fn touched(&self, start: i64) -> impl Iterator<Item = i64> + use<> {
        let Axis { kernel, dilation, .. } = *self;
        (0..kernel).map(move |tap| start + tap * dilation)
    }

    /// The starts of all windows that stay on an axis with so many positions appended at its end.
    fn starts(&self, appended: i64) -> Vec<i64> {
        let end = self.before + self.size + self.after + appended;
        (0..).map(|step| step * self.stride).take_while(|start| self.touched(*start).all(|at| at < end)).collect()
    }

    /// How many windows there are under a rounding; nothing where the rule should claim that it cannot be.
    fn windows(&self, rounding: Rounding) -> Option<i64> {
        let plain = self.starts(0);
        let windows = match rounding {
            // PyTorch takes one window back, the last, if it starts beyond the input and the padding before it.
            Rounding::Ceil => {
                let all = self.starts(self.stride - 1);
                all.len() - usize::from(*all.last()? >= self.before + self.size)
            }
            Rounding::CeilUnclipped => self.starts(self.stride - 1).len(),
            Rounding::Strict => {
                let last = plain.last()? + self.reach();
                (last == self.before + self.size + self.after).then_some(plain.len())?
            }
            _ => plain.len(),
        };
        (windows > 0).then_some(windows as i64)
    }

    fn case(&self, word: &'static str) -> Case {
        let settings = vec![
            ("K", axes(&[self.kernel])),
            ("S", axes(&[self.stride])),
            ("D", axes(&[self.dilation])),
            ("P", pads(&[(self.before, self.after)])),
            ("C_out", size(2)),
        ];
        // ONNX's rules know neither PyTorch's limits on padding nor Keras's on stride and dilation.
        case(word, &[&[3, self.size]], settings).rules(Rules::Onnx)
    }
}

fn axis() -> impl Strategy<Value = Axis> {
    (1..40i64, 1..8i64, 1..6i64, 1..4i64, 0..4i64, 0..4i64).prop_map(
        |(size, kernel, stride, dilation, before, after)| Axis { size, kernel, stride, dilation, before, after },
    )
}

/// The one axis of space of the output, if it is known.
fn length(case: &Case) -> Option<i64> {
    case.out().map(|out| out[1])
}

/// The padding that a row worked out for its one axis of space.
fn padding(case: &Case) -> (i64, i64) {
    let (ledger, _) = case.ledger();
    let (_, told) = ledger.rows[0].settings.iter().find(|(name, _)| *name == "padding").expect("a padding");
    let Told::Pairs(pairs) = told else { panic!("pairs") };
    let known = |line: Line| ledger.page.known(line).expect("a number") as i64;
    (known(pairs[0].0), known(pairs[0].1))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_window_stands_wherever_it_fits(axis in axis()) {
        // ONNX divides towards zero, which is another rule where the window is larger than the input.
        let fits = !axis.starts(0).is_empty();
        let rules = if fits { Rules::Onnx } else { Rules::Pytorch };
        prop_assert_eq!(length(&axis.case("conv").rules(rules)), axis.windows(Rounding::Floor));
    }

    #[test]
    fn a_pool_rounds_as_it_is_told(axis in axis(), upto in prop_oneof![
        Just(Rounding::Ceil), Just(Rounding::CeilUnclipped), Just(Rounding::Strict)
    ]) {
        for word in ["pool", "avgpool"] {
            prop_assert_eq!(length(&axis.case(word).rounding(upto)), axis.windows(upto), "{:?}", upto);
        }
    }

    #[test]
    fn same_keeps_a_position_for_every_stride(axis in axis(), lower: bool) {
        let mut case = Axis { before: 0, after: 0, ..axis }.case("conv");
        case.settings.push(("padding", word(if lower { "same lower" } else { "same" })));
        let kept = (0..axis.size).step_by(axis.stride as usize).count() as i64;
        prop_assert_eq!(length(&case), Some(kept));

        // With the padding that it worked out, exactly so many windows fit, and the odd zero is where it should be.
        let (before, after) = padding(&case);
        prop_assert_eq!(Axis { before, after, ..axis }.windows(Rounding::Floor), Some(kept));
        let odd = if lower { before - after } else { after - before };
        prop_assert!(odd == 0 || odd == 1, "{} before, {} after", before, after);
        // One zero less would lose the last window.
        if before + after > 0 {
            prop_assert_eq!(Axis { before, after: after - 1, ..axis }.windows(Rounding::Floor).unwrap_or(0), kept - 1);
        }
    }

    #[test]
    fn a_causal_window_sees_nothing_ahead(axis in axis()) {
        let mut case = Axis { before: 0, after: 0, ..axis }.case("conv");
        case.settings.push(("padding", word("causal")));
        let (before, after) = padding(&case);
        prop_assert_eq!((before, after), (axis.reach() - 1, 0));
        let starts = Axis { before, after, ..axis }.starts(0);
        prop_assert_eq!(length(&case), Some(starts.len() as i64));
        for (step, start) in starts.iter().enumerate() {
            let ahead = axis.touched(*start).map(|at| at - before).max();
            prop_assert_eq!(ahead, Some(step as i64 * axis.stride));
        }
    }

    #[test]
    fn transposed_convolution_lays_kernels_and_is_undone_by_convolution(axis in axis(), extra in 0..5i64) {
        let extra = extra % axis.stride.max(axis.dilation);
        let mut case = axis.case("transposed").rules(Rules::Pytorch);
        case.settings.push(("E", axes(&[extra])));

        // Every input element lays the kernel down at its own stride; the padding is taken off both ends.
        let laid: HashSet<i64> = (0..axis.size).flat_map(|at| axis.touched(at * axis.stride)).collect();
        let full = laid.iter().max().unwrap() + 1;
        let out = full - axis.before - axis.after + extra;
        prop_assert_eq!(length(&case), (out > 0).then_some(out));
        if out <= 0 || extra >= axis.stride {
            return Ok(());
        }
        // A convolution of that output with the same window has the input's size again.
        prop_assert_eq!(Axis { size: out, ..axis }.windows(Rounding::Floor), Some(axis.size));
    }

    #[test]
    fn what_a_stride_left_over_is_the_extra_that_brings_it_back(axis in axis()) {
        let Some(windows) = axis.windows(Rounding::Floor) else { return Ok(()) };
        let unread = axis.before + axis.size + axis.after - (axis.starts(0).last().unwrap() + axis.reach());
        let mut case = Axis { size: windows, ..axis }.case("transposed");
        case.settings.push(("E", axes(&[unread])));
        prop_assert_eq!(length(&case), Some(axis.size));
    }

    #[test]
    fn pooling_costs_what_its_windows_join(axis in axis()) {
        let Some(windows) = axis.windows(Rounding::Floor) else { return Ok(()) };
        let joined: i64 = axis.starts(0).iter().map(|start| axis.touched(*start).count() as i64 - 1).sum();
        let (ledger, _) = axis.case("pool").ledger();
        prop_assert_eq!(ledger.value(ledger.rows[0].sums.comparisons), Value::Known(i128::from(3 * joined)));
        let (ledger, _) = axis.case("avgpool").ledger();
        prop_assert_eq!(ledger.value(ledger.rows[0].sums.additions), Value::Known(i128::from(3 * joined)));
        prop_assert_eq!(ledger.value(ledger.rows[0].sums.divisions), Value::Known(i128::from(3 * windows)));
    }

    #[test]
    fn adaptive_pooling_costs_what_its_windows_join(input in 1..60i64, out in 1..60i64) {
        let joined: i64 = (0..out).map(|j| ((j + 1) * input + out - 1) / out - j * input / out - 1).sum();
        let gcd = (1..=input).rev().find(|d| input % d == 0 && out % d == 0).unwrap();
        let over = if input % out == 0 { 0 } else { gcd - 1 };
        let (ledger, _) = case("adaptivepool", &[&[1, input]], [("O", axes(&[out]))]).ledger();
        prop_assert_eq!(ledger.value(ledger.rows[0].sums.additions), Value::Known(i128::from(joined + over)));
    }

    #[test]
    fn a_reshape_keeps_its_elements(from in prop::collection::vec(1..7i64, 1..=4), to in prop::collection::vec(1..7i64, 1..=4), open in 0..5usize) {
        let elements: i64 = from.iter().product();
        let mut told = to.clone();
        if let Some(size) = told.get_mut(open) {
            *size = -1;
        }
        let others: i64 = told.iter().filter(|n| **n > 0).product();
        let out = case("reshape", &[&from], [("size", shape(&told))]).out();
        match told.iter().position(|n| *n < 0) {
            Some(at) => {
                told[at] = elements / others;
                prop_assert_eq!(out.is_some(), elements % others == 0);
            }
            None => prop_assert_eq!(out.is_some(), elements == others),
        }
        if let Some(out) = out {
            told.rotate_right(1);
            prop_assert_eq!(out, told);
        }
    }

    #[test]
    fn a_symbolic_page_read_with_numbers_is_the_page_of_those_numbers(case in any_layer()) {
        let (concrete, _) = case.ledger();
        let (model, binds) = case.symbolic();
        let (bound, _) = Ledger::of(model.clone(), &binds);
        let (symbolic, _) = Ledger::of(model, &Default::default());
        let leaves: Vec<Line> = symbolic.symbols.iter().map(|(_, line)| *line).collect();
        let numbers: Vec<i128> = symbolic.symbols.iter().map(|(name, _)| i128::from(binds[&**name])).collect();
        let mut reading = Reading::of(&symbolic.page, &leaves).unwrap();
        reading.read(&numbers);
        let mut forms = Forms::new(&symbolic.page);

        let (here, there) = (lines(&concrete.rows[0]), lines(&symbolic.rows[0]));
        let also = lines(&bound.rows[0]);
        prop_assert_eq!(here.len(), there.len());
        for ((line, open), bound_line) in here.into_iter().zip(there).zip(also) {
            let value = concrete.page.value(line).known();
            prop_assert_eq!(value, reading.value(open).known(), "read again");
            prop_assert_eq!(value, bound.page.value(bound_line).known(), "bound");
            if let (Some(n), Ok(form)) = (value, forms.form(open)) {
                let symbol = |name: &str| binds.get(name).map(|n| i128::from(*n));
                prop_assert_eq!(form.evaluate(&symbol), Some(n), "collected: {:?}", form);
            }
        }
    }

    #[test]
    fn a_tensor_has_as_many_elements_as_its_shape(case in any_layer()) {
        let (ledger, _) = case.ledger();
        for tensor in &ledger.rows[0].params {
            let sizes: Option<Vec<i128>> = tensor.shape.iter().map(|line| ledger.page.known(*line)).collect();
            let product = sizes.map(|sizes| sizes.into_iter().product::<i128>());
            if let Some(elements) = ledger.page.known(tensor.elements) {
                prop_assert_eq!(Some(elements), product, "{}", tensor.name);
            }
        }
        let names: HashSet<&str> = ledger.rows[0].params.iter().map(|tensor| &*tensor.name).collect();
        prop_assert_eq!(names.len(), ledger.rows[0].params.len(), "each tensor has a name of its own");
    }
}

/// Every line that a row answers with.
fn lines(row: &LedgerRow) -> Vec<Line> {
    let sums = &row.sums;
    let sums = [
        sums.params,
        sums.weights,
        sums.biases,
        sums.statistics,
        sums.macs,
        sums.conv_macs,
        sums.linear_macs,
        sums.matmul_macs,
        sums.multiplications,
        sums.additions,
        sums.comparisons,
        sums.divisions,
        sums.transcendentals,
        sums.read,
        sums.written,
    ];
    let tensors =
        row.params.iter().flat_map(|tensor| [tensor.elements].into_iter().chain(tensor.shape.iter().copied()));
    row.out.iter().flatten().copied().chain(sums.into_iter().flatten()).chain(tensors).collect()
}

fn any_rules() -> impl Strategy<Value = Rules> {
    prop_oneof![Just(Rules::Pytorch), Just(Rules::Keras), Just(Rules::Onnx)]
}

fn any_rounding() -> impl Strategy<Value = Rounding> {
    prop_oneof![Just(Rounding::Floor), Just(Rounding::Ceil), Just(Rounding::CeilUnclipped), Just(Rounding::Strict)]
}

/// Channels, then up to three axes of space.
fn any_shape(axes: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Vec<i64>> {
    (1..13i64, prop::collection::vec(1..20i64, axes)).prop_map(|(c, space)| [c].into_iter().chain(space).collect())
}

/// A setting or nothing.
fn perhaps(
    key: &'static str,
    setting: impl Strategy<Value = Setting>,
) -> impl Strategy<Value = Vec<(&'static str, Setting)>> {
    prop::option::of(setting).prop_map(move |setting| setting.map(|setting| (key, setting)).into_iter().collect())
}

fn flag(key: &'static str, of: &'static [&'static str]) -> impl Strategy<Value = Vec<(&'static str, Setting)>> {
    perhaps(key, prop::sample::select(of).prop_map(Setting::Word))
}

fn any_size(upto: i64) -> impl Strategy<Value = Setting> {
    (1..=upto).prop_map(size)
}

/// A number for every axis, or one for each of so many.
fn any_axes(least: i64, upto: i64, space: usize) -> impl Strategy<Value = Setting> {
    prop_oneof![
        (least..=upto).prop_map(|n| axes(&[n])),
        prop::collection::vec(least..=upto, space).prop_map(|each| axes(&each)),
    ]
}

fn any_pads(space: usize) -> impl Strategy<Value = Setting> {
    prop_oneof![
        (0..4i64).prop_map(|n| pads(&[(n, n)])),
        prop::collection::vec((0..4i64, 0..4i64), space).prop_map(|each| pads(&each)),
    ]
}

type Parts = (Vec<Vec<i64>>, Vec<Vec<(&'static str, Setting)>>);

fn windowed() -> impl Strategy<Value = (&'static str, Parts)> {
    let words = vec![
        "conv",
        "depthwise",
        "separable",
        "transposed",
        "pool",
        "avgpool",
        "globalpool",
        "adaptivepool",
        "zeropad",
        "crop",
        "upsample",
    ];
    (prop::sample::select(words), any_shape(1..=3)).prop_flat_map(|(word, shape)| {
        let space = shape.len() - 1;
        let told = (
            (any_axes(1, 5, space), any_axes(1, 5, space), any_axes(1, 3, space)),
            (perhaps("S", any_axes(1, 4, space)), perhaps("D", any_axes(1, 3, space)), perhaps("P", any_pads(space))),
            (perhaps("E", any_axes(0, 3, space)), perhaps("G", any_size(3)), perhaps("M", any_size(3)), any_size(8)),
            (
                flag("padding", &["same", "same lower", "causal", "same undilated"]),
                flag("bias", &["no"]),
                flag("axes", &["dropped"]),
            ),
        );
        told.prop_map(move |((k, o, u), (s, d, p), (e, g, m, c_out), (padding, bias, dropped))| {
            let own = vec![("K", k), ("O", o), ("U", u), ("C_out", c_out)];
            (word, (vec![shape.clone()], vec![own, s, d, p, e, g, m, padding, bias, dropped]))
        })
    })
}

fn elementwise() -> impl Strategy<Value = (&'static str, Parts)> {
    let words = vec![
        "dense",
        "flatten",
        "relu",
        "gelu",
        "softmax",
        "prelu",
        "batchnorm",
        "layernorm",
        "groupnorm",
        "instancenorm",
        "rmsnorm",
        "embedding",
    ];
    let told = (
        (any_size(9), any_size(6), 1..4u32),
        (flag("bias", &["no"]), flag("scale", &["no"]), flag("shift", &["no"]), flag("statistics", &["no"])),
        (flag("affine", &["yes"]), flag("slopes", &["one", "channels", "elements"])),
    );
    (prop::sample::select(words), any_shape(0..=3), told).prop_map(|(word, shape, (sizes, flags, others))| {
        let (units, groups, axes) = sizes;
        let own = vec![
            ("units", units.clone()),
            ("entries", units.clone()),
            ("features", units),
            ("G", groups),
            ("axes", count(axes)),
        ];
        (word, (vec![shape], vec![own, flags.0, flags.1, flags.2, flags.3, others.0, others.1]))
    })
}

fn recurrent() -> impl Strategy<Value = (&'static str, Parts)> {
    let told = (
        (any_size(9), perhaps("projection", any_size(6)), perhaps("layers", (1..4u32).prop_map(count))),
        (
            perhaps("biases", (1..3u32).prop_map(count)),
            flag("bias", &["no"]),
            flag("directions", &["both"]),
            flag("steps", &["last", "all"]),
        ),
    );
    (prop::sample::select(&["rnn", "lstm", "gru"][..]), any_shape(1..=1), told).prop_map(
        |(word, shape, (sizes, flags))| {
            (word, (vec![shape], vec![vec![("units", sizes.0)], sizes.1, sizes.2, flags.0, flags.1, flags.2, flags.3]))
        },
    )
}

fn attention() -> impl Strategy<Value = (&'static str, Parts)> {
    let told = (any_size(4), perhaps("d_k", any_size(5)), perhaps("d_v", any_size(5)), flag("bias", &["no"]));
    (any_shape(1..=1), 1..12i64, 1..12i64, 1..20i64, 0..3usize, told).prop_map(
        |(query, c_k, c_v, l, labels, (h, k, v, bias))| {
            let (inputs, given) = match labels {
                0 => (vec![query], vec![]),
                1 => (vec![query, vec![c_k, l]], vec![("memory", word("given"))]),
                _ => {
                    (vec![query, vec![c_k, l], vec![c_v, l]], vec![("keys", word("given")), ("values", word("given"))])
                }
            };
            ("attention", (inputs, vec![vec![("h", h)], k, v, bias, given]))
        },
    )
}

fn joined() -> impl Strategy<Value = (&'static str, Parts)> {
    let axis = flag("axis", &["channels", "length", "height", "width", "depth"]);
    let ones = prop::collection::vec(any::<bool>(), 4);
    (prop::sample::select(&["add", "multiply", "concat"][..]), any_shape(0..=3), ones, 2..4usize, axis).prop_map(
        |(word, shape, ones, inputs, axis)| {
            let narrow = shape.iter().zip(&ones).map(|(n, one)| if *one { 1 } else { *n }).collect();
            let inputs = std::iter::repeat_n(shape, inputs - 1).chain([narrow]).collect();
            (word, (inputs, vec![axis]))
        },
    )
}

/// Any layer with any settings, sound or not.
fn any_layer() -> impl Strategy<Value = Case> {
    let layers = prop_oneof![4 => windowed(), 3 => elementwise(), 1 => recurrent(), 1 => attention(), 2 => joined()];
    (layers, any_rules(), any_rounding(), 1..4i64).prop_map(|((word, (inputs, settings)), rules, rounding, batch)| {
        Case { rules, rounding, batch, inputs, word, settings: settings.concat() }
    })
}
