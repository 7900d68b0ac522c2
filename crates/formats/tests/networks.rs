//! The networks that come along, against what their own frameworks and the worksheet say of them.

use calc::Forms;
use workings::Ledger;
use workings::ledger::{Binds, Total};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../networks/");

/// A network, its parameters, its BatchNorm statistics, its multiply-adds and the shape that it gives.
type Headline = (&'static str, i128, i128, i128, &'static str);

const HEADLINES: [Headline; 13] = [
    // Parameters and MACs: torchvision's metadata of the weights (`num_params`, `_ops`). Statistics: BatchNorm's buffers
    // without `num_batches_tracked`, PyTorch 2.15; GoogLeNet's without the 2 · 2 · 128 of its two auxiliary heads.
    ("alexnet", 61_100_840, 0, 714_188_480, "1000"),
    ("googlenet", 6_624_904, 14_560, 1_498_376_192, "1000"),
    ("mobilenet_v2", 3_504_872, 34_112, 300_774_272, "1000"),
    ("resnet18", 11_689_512, 9_600, 1_814_073_344, "1000"),
    ("resnet50", 25_557_032, 53_120, 4_089_184_256, "1000"),
    ("vgg16", 138_357_544, 0, 15_470_264_320, "1000"),
    // PyTorch 2.15, the same layers in `nn.Sequential`: `parameters()`, and `FlopCounterMode` / 2. The totals of
    // parameters are those that the worksheet comes to.
    ("q1", 2_747_585, 0, 226_707_904, "1"),
    ("q2", 588_734, 0, 7_582_750, "100"),
    ("q3", 1_197_476, 0, 34_222_176, "100"),
    ("q4", 155_399_050, 0, 2_389_892_288, "10"),
    ("q5", 1_239_786, 0, 140_003_680, "10"),
    // The same; by hand 117,600 + 240,000 + 48,000 + 10,080 + 840 MACs.
    ("lenet5", 61_706, 0, 416_520, "10"),
    // The same, as an `nn.Module` after the paper's figure 1.
    ("unet", 31_030_658, 0, 150_428_424_448, "388x388x2"),
];

fn text(name: &str) -> String {
    std::fs::read_to_string(format!("{FOLDER}{name}.net")).expect("the network comes along")
}

/// A network worked out, with nothing to say about it.
fn worked(text: &str) -> Ledger {
    let (model, faults) = formats::net::read(text);
    assert_eq!(faults, [], "{}", model.name);
    let (ledger, findings) = Ledger::of(model, &Binds::new());
    assert_eq!(findings, [], "{}", ledger.model.name);
    ledger
}

fn known(ledger: &Ledger, total: Total) -> i128 {
    assert!(total.exact, "every row of {} says its part", ledger.model.name);
    ledger.page.known(total.line).expect("no symbol is open")
}

fn params(text: &str) -> i128 {
    let ledger = worked(text);
    known(&ledger, ledger.totals.params)
}

/// What a row gives, as people write it: space, then channels.
fn shape(ledger: &Ledger, row: usize) -> String {
    let out = ledger.rows[row].out.as_deref().expect("it has a shape");
    let [_, c, space @ ..] = out else { panic!("batch and channels") };
    let sizes = space.iter().chain([c]).map(|&line| ledger.page.known(line).expect("no symbol is open").to_string());
    sizes.collect::<Vec<_>>().join("x")
}

#[test]
fn every_network_has_its_parameters_its_statistics_and_its_macs() {
    for (name, params, statistics, macs, gives) in HEADLINES {
        let ledger = worked(&text(name));
        let totals = &ledger.totals;
        let found = [totals.params, totals.statistics, totals.macs].map(|total| known(&ledger, total));
        assert_eq!(found, [params, statistics, macs], "{name}");
        assert_eq!(shape(&ledger, ledger.rows.len() - 1), gives, "{name}");
    }
}

#[test]
fn no_network_is_left_out_and_each_is_written_in_its_one_form() {
    let mut names: Vec<String> = std::fs::read_dir(FOLDER)
        .expect("the project has a folder of networks")
        .map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().replace(".net", ""))
        .collect();
    names.sort();
    let mut held: Vec<&str> = HEADLINES.iter().map(|(name, ..)| *name).chain(["encoder"]).collect();
    held.sort();
    assert_eq!(names, held);
    for name in held {
        let text = text(name);
        assert_eq!(formats::net::format(&text), text, "{name}");
        assert_eq!(*formats::net::read(&text).0.name, *name);
        assert!(text.starts_with("# "), "{name} says first what it is");
        assert!(text.lines().all(|line| line.chars().count() <= 120), "{name} has a line of more than 120 characters");
    }
}

/// PyTorch 2.15, `TransformerEncoderLayer(64, 8, 256)`: 49,984 parameters. Its MACs by hand, for N sequences of L
/// positions: 4 projections of 64 × 64 and dense layers of 64 × 256 and 256 × 64 at each position, 49,152·N·L; then
/// Q·Kᵀ and scores·V with L × L × 64 each, 128·N·L².
#[test]
fn the_encoder_is_answered_with_a_formula() {
    let ledger = worked(&text("encoder"));
    assert_eq!(known(&ledger, ledger.totals.params), 49_984);
    let macs = Forms::new(&ledger.page).form(ledger.totals.macs.line).expect("it has a closed form");
    assert_eq!(macs.to_string(), "128*N*L*L + 49152*N*L");

    let binds: Binds = [("N".to_owned(), 2), ("L".to_owned(), 10)].into();
    let (bound, findings) = Ledger::of(formats::net::read(&text("encoder")).0, &binds);
    assert_eq!(findings, []);
    assert_eq!(known(&bound, bound.totals.macs), 2 * (49_152 * 10 + 128 * 100));
    assert_eq!(shape(&bound, bound.rows.len() - 1), "10x64");
}

/// A sheet's layers that have parameters, and what every layer gives.
struct Sheet {
    name: &'static str,
    params: &'static [i128],
    sizes: &'static [&'static str],
}

/// What the worksheet comes to, as PyTorch 2.15 and Keras 3.15.1 run it: `count_params()` and `output.shape` of every layer.
const SHEETS: [Sheet; 5] = [
    Sheet {
        name: "q1",
        params: &[896, 18_496, 73_856, 2_654_272, 65],
        sizes: &["150x150x32", "75x75x32", "75x75x64", "37x37x64", "37x37x128", "18x18x128", "41472", "64", "1"],
    },
    Sheet {
        name: "q2",
        params: &[700, 7_910, 15_800, 461_824, 102_500],
        sizes: &["74x74x25", "37x37x25", "18x18x35", "9x9x35", "7x7x50", "3x3x50", "450", "1024", "100"],
    },
    Sheet {
        name: "q3",
        params: &[4_736, 18_496, 73_856, 1_049_088, 51_300],
        sizes: &["55x55x32", "27x27x32", "25x25x64", "12x12x64", "10x10x128", "4x4x128", "2048", "512", "100"],
    },
    Sheet {
        name: "q4",
        params: &[23_296, 204_928, 295_168, 590_080, 1_180_160, 150_996_992, 2_098_176, 10_250],
        sizes: &[
            "107x107x64",
            "53x53x64",
            "53x53x128",
            "26x26x128",
            "26x26x256",
            "26x26x256",
            "26x26x512",
            "12x12x512",
            "73728",
            "2048",
            "1024",
            "10",
        ],
    },
    Sheet {
        name: "q5",
        params: &[4_736, 25_632, 9_248, 9_248, 1_180_672, 10_250],
        sizes: &[
            "109x109x32",
            "54x54x32",
            "54x54x32",
            "27x27x32",
            "27x27x32",
            "13x13x32",
            "13x13x32",
            "6x6x32",
            "1152",
            "1024",
            "10",
        ],
    },
];

#[test]
fn every_cell_of_the_worksheet_stands() {
    for Sheet { name, params, sizes } in SHEETS {
        let ledger = worked(&text(name));
        let found: Vec<i128> = ledger.rows.iter().filter_map(|row| ledger.page.known(row.sums.params?)).collect();
        assert_eq!(found, params, "{name}");
        let found: Vec<String> = (0..ledger.rows.len()).map(|row| shape(&ledger, row)).collect();
        assert_eq!(found, sizes, "{name}");
    }
}

/// The same sheets where nothing is left unread: PyTorch 2.15 with `ceil_mode=True` on every pool, and Keras 3.15.1 with
/// `padding="same"`. (Rounding the convolutions up as well changes no total of these five.)
#[test]
fn the_worksheet_under_other_roundings_is_other_networks() {
    let others = [
        ("q1", 3_050_689, 3_050_689),
        ("q2", 947_134, 947_134),
        ("q3", 1_787_300, 2_508_196),
        ("q4", 181_613_450, 209_925_002),
        ("q5", 1_665_770, 1_665_770),
    ];
    for (name, ceil, same) in others {
        let text = text(name);
        assert_eq!(params(&format!("rounding ceil\n{text}")), ceil, "{name}");
        let pools: Vec<String> =
            text.lines().map(|line| line.to_owned() + if line.starts_with("pool") { ", same" } else { "" }).collect();
        assert_eq!(params(&pools.join("\n")), same, "{name}");
    }
}
