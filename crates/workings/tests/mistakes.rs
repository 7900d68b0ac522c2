//! The wrong rules: each gives the number that it should, worked out by hand beside it; and the list is in order.

mod build;

use std::collections::BTreeSet;
use std::path::Path;

use build::{Case, axes, case, count, pads, size, word};
use calc::{Calc, Line, Qty, Value};
use workings::audit::mistakes::{Before, Column, MISTAKES, READINGS, Seen, Wrong, mistake, reading};
use workings::ledger::{Binds, Lines};
use workings::model::{Rounding, Rules};
use workings::{Ledger, Model};

/// What stands before a layer, in numbers.
#[derive(Default)]
struct Above {
    flattened: Vec<i128>,
    unpooled: Vec<i128>,
    window: Option<[i128; 3]>,
}

/// What a wrong rule makes of a layer: an axis each, or the one number. Empty where it does not apply.
fn made(model: Model, binds: &Binds, above: &Above, code: &str) -> Vec<Value> {
    let op = model.layers[0].op.unwrap().name;
    let (Ledger { page, inputs, rows, .. }, _) = Ledger::of(model, binds);
    let (row, input) = (&rows[0], &inputs[0]);
    let out = row.out.as_ref().unwrap();
    let calc = Calc::on(page);
    let lines = {
        let at = |lines: &Lines| lines[2..].iter().map(|line| calc.at(*line)).collect::<Vec<_>>();
        let given = |numbers: &[i128]| numbers.iter().map(|n| calc.literal(*n)).collect::<Vec<_>>();
        let seen = Seen {
            calc: &calc,
            op,
            c_in: calc.at(input[1]),
            space: at(input),
            c_out: calc.at(out[1]),
            out: at(out),
            settings: &row.settings,
            tensors: &row.params,
            before: Some(Before {
                flattened: given(&above.flattened),
                unpooled: given(&above.unpooled),
                window: above.window.map(|window| window.map(|n| calc.literal(n))),
            }),
        };
        let line = |q: Option<Qty<'_>>| q.map(Qty::line);
        let lines: Vec<Option<Line>> = match mistake(code).unwrap_or_else(|| panic!("{code}")).rule {
            Wrong::Size(rule) => (0..seen.out.len()).map(|axis| line(rule(&seen, axis))).collect(),
            Wrong::Depth(rule) => vec![line(rule(&seen))],
            Wrong::Params(rule) => vec![line(rule(&seen).and_then(|parts| parts.params()))],
            Wrong::Total(_) => Vec::new(),
        };
        lines
    };
    let page = calc.into_page();
    lines.into_iter().flatten().map(|line| page.value(line)).collect()
}

fn known(values: Vec<Value>) -> Vec<i128> {
    values.iter().map(|value| value.known().unwrap()).collect()
}

/// The same of a layer of numbers.
fn below(case: &Case, above: &Above, code: &str) -> Vec<i128> {
    known(made(case.model(), &Binds::new(), above, code))
}

/// The same of a layer that stands alone.
fn alone(case: &Case, code: &str) -> Vec<i128> {
    below(case, &Above::default(), code)
}

/// The parameters as they are.
fn params(case: &Case) -> i128 {
    let (ledger, _) = case.ledger();
    ledger.value(ledger.rows[0].sums.params).known().unwrap()
}

/// The output's space as it is.
fn space(case: &Case) -> Vec<i128> {
    case.out().unwrap()[1..].iter().map(|n| i128::from(*n)).collect()
}

/// Wrong rules with one number each give these.
#[track_caller]
fn makes(case: &Case, above: &Above, table: &[(&str, i128)]) {
    for (code, value) in table {
        assert_eq!(below(case, above, code), [*value], "{code}");
    }
}

fn conv(c_in: i64, side: i64, kernel: i64, kernels: i64, stride: i64, padding: i64) -> Case {
    let settings =
        [("K", axes(&[kernel])), ("C_out", size(kernels)), ("S", axes(&[stride])), ("P", pads(&[(padding, padding)]))];
    case("conv", &[&[c_in, side, side]], settings)
}

fn pool(c: i64, side: i64, kernel: i64, stride: i64) -> Case {
    case("pool", &[&[c, side, side]], [("K", axes(&[kernel])), ("S", axes(&[stride]))])
}

/// Three layers that tell wrong rules apart more or less well: A, a convolution of 256 by 11, stride 2, padding 3 (room
/// 256 − 11 + 6 = 251); B, the commonest, 26 by 3, stride 1, padding 1 (room 25); C, a pool of 109 by 2, stride 2 (room 107).
fn abc() -> [Case; 3] {
    [conv(3, 256, 11, 64, 2, 3), conv(32, 26, 3, 64, 1, 1), pool(32, 109, 2, 2)]
}

/// What the rules make of A, B and C.
const SIZES: &[(&str, [i128; 3])] = &[
    // ⌊245/2⌋ + 1, 23 + 1, ⌊107/2⌋ + 1
    ("S1", [123, 24, 54]),
    // ⌊248/2⌋ + 1, 24 + 1, as it is
    ("S2", [125, 25, 54]),
    // ⌊251/2⌋, 25, ⌊107/2⌋
    ("S3", [125, 25, 53]),
    // 251 + 1, 25 + 1, 107 + 1
    ("S4", [252, 26, 108]),
    // ⌈251/2⌉ + 1, 25 + 1, ⌈107/2⌉ + 1
    ("S5a", [127, 26, 55]),
    // 126.5, 26, 54.5, each rounded half up
    ("S6", [127, 26, 55]),
    // 256/2, 26/1, ⌈109/2⌉
    ("S7", [128, 26, 55]),
    // 256/2, 26/1, ⌊109/2⌋
    ("S8", [128, 26, 54]),
    // 125 − 1, 25 − 1, 53 − 1
    ("S9", [124, 24, 52]),
    // ⌊273/2⌋ + 1, 31 + 1, ⌊111/2⌋ + 1
    ("S10", [137, 32, 56]),
    // ⌊262/2⌋ + 1, 28 + 1, ⌊109/2⌋ + 1
    ("S11", [132, 29, 55]),
    // ⌊252/2⌋ + 1, 26 + 1, ⌊108/2⌋ + 1
    ("S12", [127, 27, 55]),
    // ⌊252/2⌋, 26, ⌊108/2⌋
    ("S13", [126, 26, 54]),
    ("S14", [256, 26, 109]),
    // ⌊239/2⌋ + 1, 21 + 1, as it is
    ("S15", [120, 22, 54]),
];

#[test]
fn sizes_of_three_layers() {
    for (code, values) in SIZES {
        for (case, value) in abc().iter().zip(values) {
            assert_eq!(alone(case, code), [*value; 2], "{code} of {case:?}");
        }
    }
}

#[test]
fn the_commonest_layer_hides_seven_of_fifteen() {
    let truths = abc().map(|case| space(&case)[0]);
    assert_eq!(truths, [126, 26, 54]);
    let hidden = |at: usize| -> Vec<&str> {
        SIZES.iter().filter(|(_, values)| values[at] == truths[at]).map(|(code, _)| *code).collect()
    };
    assert_eq!(hidden(0), ["S13"]);
    assert_eq!(hidden(1), ["S4", "S5a", "S6", "S7", "S8", "S13", "S14"]);
    assert_eq!(hidden(2), ["S1", "S2", "S8", "S13", "S15"]);
    assert_eq!(SIZES.iter().map(|(_, values)| values[0]).collect::<BTreeSet<_>>().len(), 11);
}

#[test]
fn where_quotients_are_rounded_up() {
    // ⌈107/2⌉ + 1 = 55, and the last window starts at 108, inside.
    let up = pool(32, 109, 2, 2).rounding(Rounding::Ceil);
    assert_eq!(space(&up), [55, 55]);
    assert_eq!(alone(&up, "S5b"), [54, 54]);
    assert!(alone(&up, "S5a").is_empty());
    assert!(alone(&pool(32, 109, 2, 2), "S5b").is_empty());
    // Every other rule keeps to the rounding: ⌈107/2⌉.
    assert_eq!(alone(&up, "S3"), [54, 54]);
    // 5 by 2, stride 3, padding 1: ⌈5/3⌉ + 1 = 3 windows at 0, 3 and 6; the input and the zero before it end at 6.
    let clipped = case("pool", &[&[4, 5]], [("K", axes(&[2])), ("S", axes(&[3])), ("P", pads(&[(1, 1)]))]);
    let clipped = clipped.rounding(Rounding::Ceil);
    assert_eq!(space(&clipped), [2]);
    assert_eq!(alone(&clipped, "S20a"), [3]);
    assert!(alone(&clipped.rounding(Rounding::CeilUnclipped), "S20a").is_empty());
}

#[test]
fn each_side_of_an_axis_has_its_own_padding() {
    // 10 by 3, 2 before and 1 after: 10 − 3 + 3 = 10, so 11; once: 10 − 3 + 2 + 1; none: 8; taken away: 10 − 3 − 3 + 1.
    let uneven = case("conv", &[&[1, 10]], [("K", axes(&[3])), ("C_out", size(1)), ("P", pads(&[(2, 1)]))]);
    assert_eq!(space(&uneven), [11]);
    assert_eq!(["S1", "S2", "S15"].map(|code| alone(&uneven, code)[0]), [8, 10, 5]);
}

#[test]
fn sizes_of_dilated_kernels() {
    // 26 by 3, dilation 2: it reaches over 2·2 + 1 = 5, so 22; without dilation 24; with 2·3 = 6, 21.
    let dilated = case("conv", &[&[1, 26]], [("K", axes(&[3])), ("C_out", size(1)), ("D", axes(&[2]))]);
    assert_eq!(space(&dilated), [22]);
    assert_eq!(["S16a", "S16b"].map(|code| alone(&dilated, code)[0]), [24, 21]);
    // 4 by 3, dilation 2, stride 2: 3·2 + 5 = 11; 3·2 + 3 = 9; 3·2 + 6 = 12.
    let settings = [("K", axes(&[3])), ("C_out", size(1)), ("D", axes(&[2])), ("S", axes(&[2]))];
    let transposed = case("transposed", &[&[1, 4]], settings);
    assert_eq!(space(&transposed), [11]);
    assert_eq!(["S16a", "S16b"].map(|code| alone(&transposed, code)[0]), [9, 12]);
}

#[test]
fn sizes_with_settings_from_the_wrong_place() {
    // 20×12 by 3, stride 2, padding 1: ⌊19/2⌋ + 1 = 10, ⌊11/2⌋ + 1 = 6.
    let settings = [("K", axes(&[3])), ("C_out", size(1)), ("S", axes(&[2])), ("P", pads(&[(1, 1)]))];
    let layer = case("conv", &[&[1, 20, 12]], settings);
    assert_eq!(space(&layer), [10, 6]);
    let above = Above { window: Some([5, 1, 2]), ..Above::default() };
    // ⌊17/2⌋ + 1, ⌊9/2⌋ + 1
    assert_eq!(below(&layer, &above, "S17a"), [9, 5]);
    // 19 + 1, 11 + 1
    assert_eq!(below(&layer, &above, "S17b"), [20, 12]);
    // ⌊21/2⌋ + 1, ⌊13/2⌋ + 1
    assert_eq!(below(&layer, &above, "S17c"), [11, 7]);
    assert!(alone(&layer, "S17a").is_empty() && alone(&layer, "S17b").is_empty() && alone(&layer, "S17c").is_empty());
    // ⌊(20 − 2 + 2)/3⌋ + 1, ⌊(12 − 2 + 2)/3⌋ + 1
    assert_eq!(alone(&layer, "S17d"), [7, 5]);
    assert_eq!(alone(&layer, "S17e"), [6, 10]);
    assert!(alone(&layer, "S17f").is_empty());
    // (109 − 2)/1 + 1, which is what a line without the division gives.
    let pool = pool(32, 109, 2, 2);
    assert_eq!(alone(&pool, "S17f"), [108, 108]);
    assert_eq!(alone(&pool, "S17f"), alone(&pool, "S4"));
    assert!(mistake("S17f").unwrap().rarity > mistake("S4").unwrap().rarity);
}

#[test]
fn depths() {
    // 32 channels, 64 kernels.
    makes(&conv(32, 75, 3, 64, 1, 1), &Above::default(), &[("S18a", 32), ("S18c", 2_048), ("S18d", 96)]);
    makes(&pool(64, 75, 2, 2), &Above::default(), &[("S18b", 1)]);
    assert!(alone(&pool(64, 75, 2, 2), "S18a").is_empty());
}

#[test]
fn sizes_of_transposed_convolutions() {
    // 4 by 3, stride 2, padding 1, extra 1: 3·2 + 3 − 2 + 1 = 8.
    let settings =
        [("K", axes(&[3])), ("C_out", size(1)), ("S", axes(&[2])), ("P", pads(&[(1, 1)])), ("E", axes(&[1]))];
    let doubling = case("transposed", &[&[1, 4]], settings);
    assert_eq!(space(&doubling), [8]);
    // ⌊(4 − 3 + 2)/2⌋ + 1 = 2; 8 − 1; 8 + 2; 4·2, which hides here.
    assert_eq!(["S19a", "S19b", "S19c", "S19d"].map(|code| alone(&doubling, code)[0]), [2, 7, 10, 8]);
    // 4 by 5, stride 2: 3·2 + 5 = 11, and 4·2 = 8.
    let larger = case("transposed", &[&[1, 4]], [("K", axes(&[5])), ("C_out", size(1)), ("S", axes(&[2]))]);
    assert_eq!(space(&larger), [11]);
    assert_eq!(alone(&larger, "S19d"), [8]);
    assert_eq!(alone(&larger, "S14"), [4]);
    assert!(alone(&larger, "S1").is_empty());
}

#[test]
fn pools_whose_output_is_given() {
    // ⌊(14 − 7)/7⌋ + 1 for 7.
    let adaptive = case("adaptivepool", &[&[512, 14, 14]], [("O", axes(&[7]))]);
    assert_eq!((space(&adaptive), alone(&adaptive, "S20b")), (vec![7, 7], vec![2, 2]));
    let global = case("globalpool", &[&[512, 7, 7]], []);
    assert_eq!((space(&global), alone(&global, "S20c")), (vec![1, 1], vec![7, 7]));
    assert!(alone(&global, "S20b").is_empty() && alone(&adaptive, "S20c").is_empty());
    assert!(alone(&global, "S1").is_empty() && alone(&global, "S14").is_empty());
}

#[test]
fn features_of_a_flatten() {
    // 9·10·8 = 720; 10·8, 9·8, 9·10.
    let image = case("flatten", &[&[8, 9, 10]], []);
    assert_eq!(image.out(), Some(vec![720]));
    makes(&image, &Above::default(), &[("S20d", 80), ("S20e", 72), ("S20f", 90)]);
    // A sequence of 12 × 8 has no height and no width to lose, but its channels.
    let sequence = case("flatten", &[&[8, 12]], []);
    makes(&sequence, &Above::default(), &[("S20f", 12)]);
    assert!(["S20d", "S20e"].iter().all(|code| alone(&sequence, code).is_empty()));
}

#[test]
fn parameters_of_a_convolution() {
    // 75×75×32 by 3, 64 kernels: (3·3·32)·64 + 64 = 288·64 + 64.
    let layer = conv(32, 75, 3, 64, 1, 1);
    assert_eq!(params(&layer), 18_496);
    let table = [
        ("P1", 18_432),       // 288·64
        ("P2", 1_792),        // (9·3)·64 + 64
        ("P3", 640),          // 9·64 + 64
        ("P4a", 18_464),      // 288·64 + 32
        ("P4b", 18_464),      // (9·64)·32 + 32
        ("P5", 18_433),       // 288·64 + 1
        ("P6", 20_480),       // (9 + 1)·32·64
        ("P7a", 6_208),       // (3·32)·64 + 64
        ("P7b", 12_352),      // (6·32)·64 + 64
        ("P8", 104_040_000),  // 18,496 · 75·75
        ("P9a", 11_520_064),  // (75·75·32)·64 + 64
        ("P9b", 103_680_000), // 288·64 · 75·75
        ("P10", 36_928),      // (9·64)·64 + 64
    ];
    makes(&layer, &Above::default(), &table);
    assert!(["P11a", "P12e", "P14a", "P15a", "P16a", "P17a"].iter().all(|code| alone(&layer, code).is_empty()));
    // CS231n's first layer: 55·55·96 neurons of 11·11·3 + 1.
    assert_eq!(alone(&conv(3, 227, 11, 96, 4, 0), "P8"), [105_705_600]);
}

#[test]
fn parameters_of_a_convolution_without_biases_or_of_one_axis() {
    let settings = [("K", axes(&[3])), ("C_out", size(64)), ("bias", word("no"))];
    let bare = case("conv", &[&[32, 75]], settings);
    // 3·32·64
    assert_eq!(params(&bare), 6_144);
    makes(&bare, &Above::default(), &[("P2", 576), ("P3", 192), ("P8", 6_144 * 73), ("P10", 12_288)]);
    // It has no bias that could be wrong, and one side.
    assert!(["P1", "P4a", "P4b", "P5", "P6", "P7a", "P7b"].iter().all(|code| alone(&bare, code).is_empty()));
}

#[test]
fn parameters_where_there_are_none() {
    // A pool to 18×18×128, and the flatten below: 41,472.
    let last = pool(128, 37, 2, 2).rounding(Rounding::Floor);
    assert_eq!(space(&last), [18, 18]);
    makes(
        &last,
        &Above::default(),
        &[
            ("P11a", 41_472),  // 18·18·128
            ("P11b", 175_232), // 37·37·128
            ("P11c", 65_664),  // (2·2·128)·128 + 128
            ("P11d", 512),     // 2·2·128
        ],
    );
    // 36·36·128, where the size of the pool above was not divided by its stride.
    makes(&case("relu", &[&[128, 36, 36]], []), &Above::default(), &[("P11a", 165_888)]);
    let flatten = case("flatten", &[&[128, 18, 18]], []);
    makes(&flatten, &Above::default(), &[("P11a", 41_472)]);
    assert!(["P11b", "P11c", "P11d"].iter().all(|code| alone(&flatten, code).is_empty()));
}

#[test]
fn parameters_of_a_dense_layer() {
    // 18×18×128 flattened, 64 units: 41,472·64 + 64.
    let layer = case("dense", &[&[41_472]], [("units", size(64))]);
    assert_eq!(params(&layer), 2_654_272);
    let above = Above { flattened: vec![128, 18, 18], unpooled: vec![128, 37, 37], window: None };
    let table = [
        ("P1", 2_654_208),    // 41,472·64
        ("P4a", 2_695_680),   // 2,654,208 + 41,472
        ("P5", 2_654_209),    // 2,654,208 + 1
        ("P12a", 8_256),      // 128·64 + 64
        ("P12b", 20_800),     // 18·18·64 + 64
        ("P12c", 147_520),    // 18·128·64 + 64
        ("P12d", 11_214_912), // 37·37·128·64 + 64
        ("P12e", 41_536),     // 41,472 + 64
    ];
    makes(&layer, &above, &table);
    assert!(["P2", "P3", "P10", "P11a"].iter().all(|code| alone(&layer, code).is_empty()));
    assert!(["P12a", "P12b", "P12c", "P12d"].iter().all(|code| alone(&layer, code).is_empty()));
    // A factor cut short is a slip, not a rule.
    assert_eq!((64 * 41, reading("P18d").is_some()), (2_624, true));
}

#[test]
fn parameters_of_groups() {
    // 4 to 8 by 3 in 2 groups: (9·2)·8 + 8 = 152.
    let grouped = case("conv", &[&[4, 9, 9]], [("K", axes(&[3])), ("C_out", size(8)), ("G", size(2))]);
    assert_eq!(params(&grouped), 152);
    // (9·4)·8 + 8; (9·2)·4 + 8; (9·2)·4 + 4
    makes(&grouped, &Above::default(), &[("P13a", 296), ("P13b", 80), ("P13c", 76)]);
    // In the transposed direction too: 4·(9·4) + 8 = 152, and 4·(9·8) + 8.
    let settings = [("K", axes(&[3])), ("C_out", size(8)), ("G", size(2))];
    let transposed = case("transposed", &[&[4, 9, 9]], settings);
    assert_eq!(params(&transposed), 152);
    makes(&transposed, &Above::default(), &[("P13a", 296), ("P1", 144), ("P5", 145)]);
    // Depthwise, 32 channels by 3: 9·32 + 32 = 320; in full 9·32·32 + 32.
    let depthwise = case("depthwise", &[&[32, 9, 9]], [("K", axes(&[3]))]);
    assert_eq!(params(&depthwise), 320);
    makes(&depthwise, &Above::default(), &[("P13d", 9_248)]);
    assert!(alone(&depthwise, "P13a").is_empty() && alone(&grouped, "P13d").is_empty());
    // Separable to 64: 9·32 + 32·64 + 64 = 2,400; in full 9·32·64 + 64.
    let separable = case("separable", &[&[32, 9, 9]], [("K", axes(&[3])), ("C_out", size(64))]);
    assert_eq!(params(&separable), 2_400);
    makes(&separable, &Above::default(), &[("P13d", 18_496), ("P1", 2_336)]);
    assert!(alone(&separable, "P2").is_empty());
}

#[test]
fn parameters_of_normalisation() {
    // 64 channels, a scale and a shift each.
    let layer = case("batchnorm", &[&[64, 9, 9]], []);
    assert_eq!(params(&layer), 128);
    makes(&layer, &Above::default(), &[("P14a", 256), ("P14b", 64)]);
    let unscaled = case("batchnorm", &[&[64, 9, 9]], [("scale", word("no"))]);
    assert_eq!(params(&unscaled), 64);
    makes(&unscaled, &Above::default(), &[("P14a", 256), ("P14c", 128)]);
    assert!(alone(&layer, "P14c").is_empty() && alone(&unscaled, "P14b").is_empty());
}

#[test]
fn parameters_of_recurrent_layers() {
    // 20 units of 10 features; PyTorch has two vectors of biases: 4·20·(10 + 20) + 2·4·20 = 2,400 + 160.
    let lstm = case("lstm", &[&[10, 7]], [("units", size(20))]);
    assert_eq!(params(&lstm), 2_560);
    let table = [
        ("P15a", 640),   // 20·30 + 2·20
        ("P15b", 1_760), // 4·20·20 + 160
        ("P15c", 960),   // 4·20·10 + 160
        ("P15d", 2_480), // 2,400 + 80
        ("P1", 2_400),
    ];
    makes(&lstm, &Above::default(), &table);
    // Keras has one: 2,480.
    let keras = lstm.clone().rules(Rules::Keras);
    assert_eq!(params(&keras), 2_480);
    // 20·30 + 20; 4·20·20 + 80; 4·20·10 + 80
    makes(&keras, &Above::default(), &[("P15a", 620), ("P15b", 1_680), ("P15c", 880)]);
    assert!(alone(&keras, "P15d").is_empty());
    // 3·20·30 + 2·60 = 1,920; 4·20·30 + 2·80; 1,800 + 60; one gate: 20·30 + 40.
    let gru = case("gru", &[&[10, 7]], [("units", size(20))]);
    assert_eq!(params(&gru), 1_920);
    makes(&gru, &Above::default(), &[("P16a", 2_560), ("P16b", 1_860), ("P15a", 640)]);
    assert!(alone(&gru, "P15d").is_empty() && alone(&lstm, "P16a").is_empty());
    // Two layers, both directions: (80·(10 + 20) + 160)·2 + (80·(40 + 20) + 160)·2; a gate of them is a quarter.
    let stacked = case("lstm", &[&[10, 7]], [("units", size(20)), ("layers", count(2)), ("directions", word("both"))]);
    assert_eq!(params(&stacked), 15_040);
    makes(&stacked, &Above::default(), &[("P15a", 3_760), ("P15d", 14_720)]);
    // A projection to 5 has no gates: 80·(10 + 5) + 5·20 + 160 = 1,460; 20·15 + 100 + 40.
    let projected = case("lstm", &[&[10, 7]], [("units", size(20)), ("projection", size(5))]);
    assert_eq!(params(&projected), 1_460);
    makes(&projected, &Above::default(), &[("P15a", 440)]);
}

#[test]
fn parameters_of_attention() {
    // 64 features, 8 heads: 4·64·64 + 4·64 = 16,384 + 256.
    let layer = case("attention", &[&[64, 9]], [("h", size(8))]);
    assert_eq!(params(&layer), 16_640);
    let table = [
        ("P17a", 132_672), // 3·64·512 + 512·64 + 3·512 + 64
        ("P17b", 12_480),  // 3·64·64 + 3·64
        ("P17c", 133_120), // 16,640·8
        ("P17d", 16_384),  // 4·64·64
    ];
    makes(&layer, &Above::default(), &table);
    // Keys and values of 32 features: 64·64 + 2·32·64 + 64·64 + 256 = 12,544.
    let cross = case("attention", &[&[64, 9], &[32, 9]], [("h", size(8)), ("memory", word("given"))]);
    assert_eq!(params(&cross), 12_544);
    // 64·512 + 2·32·512 + 512·64 + 3·512 + 64
    makes(&cross, &Above::default(), &[("P17a", 99_904), ("P17b", 8_384)]);
}

#[test]
fn totals() {
    // A convolution, a pool, another and a dense layer: 896 + 18,496 + 65 = 19,457.
    let calc = Calc::new();
    let given = |numbers: [i128; 4]| numbers.map(|n| (n > 0).then(|| calc.literal(n))).to_vec();
    let column = Column {
        calc: &calc,
        params: given([896, 0, 18_496, 65]),
        biases: given([32, 0, 64, 1]),
        outputs: given([720_000, 180_000, 360_000, 1]),
    };
    let sums = |code: &str| match mistake(code).unwrap().rule {
        Wrong::Total(rule) => rule(&column).into_iter().map(|(row, sum)| (row, sum.line())).collect::<Vec<_>>(),
        _ => panic!("{code}"),
    };
    let lines = ["T4a", "T4b", "T4c", "T4d"].map(sums);
    let nothing = Column { calc: &calc, params: given([0; 4]), biases: given([0; 4]), outputs: Vec::new() };
    for mistake in MISTAKES {
        if let Wrong::Total(rule) = mistake.rule {
            assert!(rule(&nothing).is_empty());
        }
    }
    let page = calc.into_page();
    let values =
        lines.map(|lines| lines.iter().map(|(row, line)| (*row, page.known(*line).unwrap())).collect::<Vec<_>>());
    // Less 896, 18,496 and 65; less 97; the same added; plus 1,260,001.
    assert_eq!(values[0], [(Some(0), 18_561), (Some(2), 961), (Some(3), 19_392)]);
    assert_eq!(values[1], [(None, 19_360)]);
    assert_eq!(values[2], [(Some(0), 20_353), (Some(2), 37_953), (Some(3), 19_522)]);
    assert_eq!(values[3], [(None, 1_279_458)]);
}

/// Layers on which every rule but those of totals has something to go wrong with.
fn samples() -> Vec<Case> {
    let mut samples = abc().to_vec();
    samples.extend([
        pool(4, 9, 2, 2).rounding(Rounding::Ceil),
        case("conv", &[&[4, 9, 10]], [("K", axes(&[3, 2])), ("C_out", size(8)), ("G", size(2)), ("D", axes(&[1, 2]))]),
        case("conv3d", &[&[4, 5, 6, 7]], [("K", axes(&[3])), ("C_out", size(8)), ("padding", word("same"))]),
        case("depthwise", &[&[4, 9]], [("K", axes(&[3]))]),
        case("separable", &[&[4, 9]], [("K", axes(&[3])), ("C_out", size(8))]),
        case("transposed", &[&[4, 9, 9]], [("K", axes(&[3])), ("C_out", size(8)), ("S", axes(&[2]))]),
        case("adaptivepool", &[&[4, 9, 9]], [("O", axes(&[4]))]),
        case("globalpool", &[&[4, 9, 9]], [("axes", word("dropped"))]),
        case("globalpool", &[&[4, 9, 9]], []),
        case("flatten", &[&[4, 9, 9]], []),
        case("relu", &[&[4, 9, 9]], []),
        case("upsample", &[&[4, 9, 9]], [("U", axes(&[2]))]),
        case("dense", &[&[324]], [("units", size(10))]),
        case("batchnorm", &[&[4, 9, 9]], []),
        case("batchnorm", &[&[4, 9, 9]], [("shift", word("no"))]),
        case("layernorm", &[&[4, 9]], []),
        case("prelu", &[&[4, 9]], []),
        case("lstm", &[&[10, 7]], [("units", size(20))]),
        case("gru", &[&[10, 7]], [("units", size(20))]),
        case("rnn", &[&[10, 7]], [("units", size(20))]),
        case("attention", &[&[12, 7]], [("h", size(3)), ("d_k", size(5))]),
        case("embedding", &[&[12]], [("entries", size(9)), ("features", size(3))]),
        case("add", &[&[4, 9], &[4, 9]], []),
    ]);
    samples
}

#[test]
fn every_rule_applies_somewhere_and_says_a_number_where_it_does() {
    let above = || Above { flattened: vec![4, 9, 9], unpooled: vec![4, 18, 18], window: Some([5, 1, 2]) };
    for mistake in MISTAKES.iter().filter(|mistake| !matches!(mistake.rule, Wrong::Total(_))) {
        let mut applies = false;
        for sample in samples() {
            let values = made(sample.model(), &Binds::new(), &above(), mistake.code);
            applies |= !values.is_empty();
            assert!(values.iter().all(|value| value.known().is_some()), "{} of {sample:?}", mistake.code);
            // Whether a rule applies does not hang on numbers.
            let (symbolic, binds) = sample.symbolic();
            assert_eq!(made(symbolic, &binds, &above(), mistake.code), values, "{} of {sample:?}", mistake.code);
        }
        assert!(applies, "{} never applies", mistake.code);
    }
}

#[test]
fn figures_that_a_sheet_showed() {
    // 150×150×3 by 3, padding 1; the pools below it; 75×75×32 by 3, padding 1.
    assert_eq!(alone(&conv(3, 150, 3, 32, 1, 1), "S3"), [149, 149]);
    assert_eq!([150, 75, 37].map(|side| alone(&pool(32, side, 2, 2), "S4")[0]), [149, 74, 36]);
    assert_eq!(alone(&conv(32, 75, 3, 64, 1, 1), "S1"), [73, 73]);
    assert_eq!(alone(&conv(64, 37, 3, 128, 1, 1), "P2"), [3_584]);
    // 26×26×128 by 3, padding 1: 24 by two rules, 25 by another.
    let hidden = conv(128, 26, 3, 256, 1, 1);
    assert_eq!(["S1", "S9", "S2", "S3"].map(|code| alone(&hidden, code)[0]), [24, 24, 25, 25]);
    // 109×109 pooled by 2: 51 needs another input, (104 − 2)/2.
    assert_eq!([109, 104].map(|side| alone(&pool(32, side, 2, 2), "S3")[0]), [53, 51]);
    assert_eq!(alone(&conv(32, 27, 3, 32, 1, 1), "P1"), [9_216]);
    assert_eq!(alone(&pool(32, 13, 2, 2), "P11a"), [1_152]);
}

/// An id in parts: family, number, letter.
fn parts(code: &str) -> (char, u32, String) {
    let family = code.chars().next().unwrap();
    let digits: String = code[1..].chars().take_while(char::is_ascii_digit).collect();
    (family, digits.parse().unwrap(), code[1 + digits.len()..].to_owned())
}

#[test]
fn the_lists_are_in_order_and_each_id_is_there_once() {
    let order = |code: &str| {
        let (family, number, letter) = parts(code);
        ("SPTX".find(family).unwrap(), number, letter)
    };
    let of = |codes: Vec<&'static str>| {
        assert!(codes.windows(2).all(|two| order(two[0]) < order(two[1])), "{codes:?}");
        codes
    };
    let rules = of(MISTAKES.iter().map(|mistake| mistake.code).collect());
    let readings = of(READINGS.iter().map(|reading| reading.code).collect());
    let ids: BTreeSet<(char, u32)> =
        rules.iter().chain(&readings).map(|code| parts(code)).map(|(family, number, _)| (family, number)).collect();
    let all = [('S', 20), ('P', 18), ('T', 8), ('X', 12)];
    assert_eq!(ids, all.iter().flat_map(|(family, last)| (1..=*last).map(|number| (*family, number))).collect());
    // Where one id has several rules, they are lettered from a on.
    for (family, number) in &ids {
        let letters: String = rules
            .iter()
            .chain(&readings)
            .map(|code| parts(code))
            .filter(|(f, n, _)| (f, n) == (family, number))
            .map(|(.., letter)| letter)
            .collect();
        assert!(
            letters.is_empty() || letters.len() > 1 && "abcdefgh".starts_with(&letters),
            "{family}{number}{letters}"
        );
    }
    assert_eq!(rules.iter().chain(&readings).collect::<BTreeSet<_>>().len(), rules.len() + readings.len());
    assert!(rules.iter().all(|code| reading(code).is_none()));
    assert!(mistake("S0").is_none() && reading("X0").is_none());
}

#[test]
fn every_file_says_what_it_is_and_every_rule_is_in_the_list() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/audit/mistakes");
    let mut rules = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("//! "), "{file:?} opens with what it is");
        rules += text.matches(": Mistake = Mistake {").count();
    }
    assert_eq!(rules, MISTAKES.len());
}

/// Nobody is spoken to or of: what is said is about the line.
#[test]
fn texts_are_about_the_line() {
    let mut names = BTreeSet::new();
    let texts =
        MISTAKES.iter().flat_map(|m| [m.name, m.does, m.here]).chain(READINGS.iter().flat_map(|r| [r.name, r.says]));
    for text in texts {
        let words = text.to_lowercase();
        let words: Vec<&str> = words.split(|c: char| !c.is_alphanumeric()).collect();
        for word in ["you", "your", "student", "he", "she", "forgot", "forgets", "i", "we", "mistake"] {
            assert!(!words.contains(&word), "“{word}” in “{text}”");
        }
        assert!(text.trim() == text && !text.contains("  ") && !text.contains('!'), "“{text}”");
    }
    let starts = |text: &str, upper: bool| text.chars().next().is_some_and(|c| c.is_uppercase() == upper);
    for mistake in MISTAKES {
        let (code, does) = (mistake.code, mistake.does);
        let verb = does.split(' ').next().unwrap();
        assert!(verb.ends_with('s') && starts(does, false) && !does.ends_with('.'), "{code}: the line {does}");
        assert!(starts(mistake.here, true) && !mistake.here.ends_with('.'), "{code}: {}", mistake.here);
        assert!(starts(mistake.name, false) && mistake.name.chars().count() <= 60, "{code}: {}", mistake.name);
        assert!(mistake.rarity <= 6, "{code}");
        assert!(names.insert(mistake.name), "{code}: two are called {}", mistake.name);
    }
    for reading in READINGS {
        assert!(starts(reading.says, true) && reading.says.ends_with('.'), "{}: {}", reading.code, reading.says);
        assert!(starts(reading.name, false) && names.insert(reading.name), "{}: {}", reading.code, reading.name);
    }
}
