//! The same sheet in every form of table.

use expect_test::{Expect, expect};

use crate::shown::read;

fn same() -> Expect {
    expect![[r#"
        # q1
        1. kernel [3 × 3] input [150 × 150 × 3] kernels [32] calculation [weights: 3 × 3 × 3 = 27 | 27 × 32 = 864 | bias: 1 × 32 = 32 | total: 896] output [(150 − 3 + 2)/1 + 1 = 150 | 150 × 150 × 32] params [896]
        2. kernel [2 × 2] input [150 × 150 × 32] kernels [~~64~~] calculation [‘-’] output [(150 − 2)/2 + 1 = 75 | 75 × 75 × 32]
        3. input [75 × 75 × 32 = 180000] kernels [10] calculation [weights: 180000 × 10 = 1800000 | bias: 10 | total: 1800010] output [10] params [1800010]
        total [total: 1800906]
    "#]]
}

const MARKDOWN: &str = "\
# network q1

| Kernel Size | Input Size | No of Kernels | Calc | Output size | Params |
|---|---|--:|---|---|---|
| 3x3 | 150x150x3 | 32 | WE: 3x3x3 = 27<br>27x32 = 864; Bias: 1x32 = 32<br>Total: 896 | (150 - 3 + 2)/1 + 1 = 150<br>150x150x32 | 896 |
| 2x2 | 150x150x32 | ~~64~~ | - | (150-2)/2 + 1 = 75 <br> 75x75x32 | |
| | 75 × 75 × 32 = 180,000 | 10 | WE: 180000 x 10 = 1,800,000<br>B: 10<br>T: 1800010 | 10 | 1800010 |

Total = 1,800,906
";

#[test]
fn markdown() {
    same().assert_eq(&read("q1.md", MARKDOWN));
}

#[test]
fn latex_in_cells() {
    let text = r"
**q1**

Ks | Is | No. of K | Value | Os | Parans
---|---|---|---|---|---
$3 \times 3$ | $150 \times 150 \times 3$ | 32 | $\begin{aligned} \text{WE: } 3 \times 3 \times 3 &= 27 \\ 27 \times 32 &= 864 \\ \text{Bias: } 1 \times 32 &= 32 \\ \text{Total: } &896 \end{aligned}$ | $\begin{aligned} \frac{150 - 3 + 2}{1} + 1 &= 150 \\ 150 \times 150 \times 32 \end{aligned}$ | 896
$2 \times 2$ | $150\times150\times32$ | $\cancel{64}$ | - | $\left(\frac{150-2}{2}\right) + 1 = 75 \\ 75 \times 75 \times 32$ |
| | $75\times75\times32 = 180{,}000$ | 10 | $WE: 180000 \times 10 = 1{,}800{,}000 \\ B: 10 \\ T: 1800010$ | 10 | 1800010
**Total** | | | | | 1800906
";
    same().assert_eq(&read("sheet", text));
}

#[test]
fn separated() {
    for (delimiter, name) in [(",", "q1.csv"), ("\t", "q1.tsv"), (";", "-")] {
        let text = r#"network q1
Kernel Size,Input Size,#filters,Working,Output Shape,Parameters
3x3,"(150, 150, 3)",32,"WE: 3x3x3 = 27
27x32 = 864
Bias: 1x32 = 32
Total: 896","(150 - 3 + 2)/1 + 1 = 150
150x150x32",896
2x2,150x150x32,~~64~~,-,"(150-2)/2 + 1 = 75
75x75x32",
,"75x75x32 = 180000",10,"WE: 180000 * 10 = 1'800'000
B: 10
T: 1800010",10,1800010
Total,,,,,1800906
"#;
        let mut quoted = false;
        let other = |c: char| {
            quoted ^= c == '"';
            if c == ',' && !quoted { delimiter.to_owned() } else { c.to_string() }
        };
        let text: String = text.chars().map(other).collect();
        let text = text.replace('\n', "\r\n");
        same().assert_eq(&read(name, &text));
    }
}

#[test]
fn html() {
    let text = "<html><head><style>td {a: b}</style></head><body><h2>q1</h2><table>
<tr><th>Output size</th><th>kernal size<th>Inputs</th><th>Filters</th><th>Calculations</th><th>Params</th></tr>
<tr><td>(150 &minus; 3 + 2)/1 + 1 = 150<br>150&times;150&times;32<td>3x3<td>150 by 150 by 3<td>32
 <td>WE: 3x3x3 = 27<br>27x32 = 864<br/>Bias: 1x32 = 32<br>Total: 896<td>896</tr>
<tr><td>(150-2)/2 + 1 = 75<br>75x75x32</td><td>2x2</td><td>[150 150 32]</td><td><del>64</del></td><td>-</td></tr>
<tr><td>10<td><td>75x75x32 = 180000<td>10<td>WE: 180000 x 10 = 1800000<br>B: 10<br>T: 1800010<td>1800010
<tr><td colspan=5>Total<td>1800906
</table></body></html>";
    same().assert_eq(&read("q1.html", text));
}

/// Every heading that people and frameworks write over a column stands for it.
#[test]
fn headings_as_they_are_written() {
    let of = |heading: &str| {
        let text = read("one.md", &format!("| Input | Output | {heading} |\n|---|---|---|\n| 8x8x3 | 6 | 5 |\n"));
        let cell = text.lines().nth(1).and_then(|row| row.strip_prefix("1. ")).unwrap_or_default();
        cell.replace("input [8 × 8 × 3]", "").replace("output [6]", "").replace("[5]", "").trim().to_owned()
    };
    let params = [
        "Param #",
        "Params #",
        "Num params",
        "Number of parameters",
        "Parameter count",
        "Trainable params",
        "# Params",
        "Trainable parameters",
        "No. of params",
        "Param count",
    ];
    let kernels = [
        "Out channels",
        "Output channels",
        "out_channels",
        "Filters #",
        "Depth",
        "Units",
        "Neurons",
        "Num filters",
        "Number of units",
        "# filters",
    ];
    for (column, headings) in [("params", params), ("kernels", kernels)] {
        for heading in headings {
            assert_eq!(of(heading), column, "{heading}");
        }
    }
    // What is near a heading and means something else is none.
    for heading in ["Width", "Height", "Non-trainable params", "In channels", "Memory", "FLOPs"] {
        assert_eq!(of(heading), "", "{heading}");
    }
}

/// `F` is the filter's size, as in (W − F + 2P)/S; beside a column of sizes it is their number.
#[test]
fn the_heading_f() {
    let cells = |head: &str| {
        let text = read("f.md", &format!("| {head} |\n|---|---|---|\n| 8x8x3 | 5 | 7 |\n"));
        text.lines().nth(1).unwrap_or_default().to_owned()
    };
    assert_eq!(cells("Input | F | S"), "1. stride [7] kernel [5] input [8 × 8 × 3]");
    assert_eq!(cells("Input | Kernel size | F"), "1. kernel [5] input [8 × 8 × 3] kernels [7]");
    assert_eq!(cells("Input | F | Units"), "1. kernel [5] input [8 × 8 × 3] kernels [7]");
}

/// What Keras prints of a model, as a table: shapes begin with the batch, which is open.
#[test]
fn a_summary_of_keras() {
    let summary = "\
| Layer (type) | Output Shape | Param # |
|---|---|---|
| conv2d (Conv2D) | (None, 26, 26, 32) | 320 |
| flatten (Flatten) | (None, 21632) | 0 |
| dense (Dense) | (None, 10) | 216,330 |

Total params: 216,650
";
    let expected = expect![[r#"
        # (no name)
        1. label [“conv2d” | “Conv2D”] output [26 × 26 × 32 | “None”] params [320]
        2. label [“flatten” | “Flatten”] output [21632 | “None”] params [0]
        3. label [“dense” | “Dense”] output [10 | “None”] params [216330]
        total [total: 216650]
    "#]];
    expected.assert_eq(&read("keras.md", summary));
}
