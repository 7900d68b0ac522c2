//! What people read: on a terminal, in Markdown, in a spreadsheet.

use expect_test::{Expect, expect};
use views::terminal::{self, Style};
use views::{csv, markdown, networks, ops, show, why};
use workings::{Finding, Ledger};

#[path = "text/arithmetic.rs"]
mod arithmetic;

const SMALL: &str = "# three layers
network small
input 150x150x3

conv  3x3, 32, stride 2, relu
pool  2x2
flatten
dense 10, softmax
";

const OPEN: &str = "network open
batch N
input HxWx3
conv 3x3, 8, stride 2
flatten
dense 4
";

const BROKEN: &str = "network broken
input 8x8x3
conv 3x3, 4
conv 9x9, 6
dense 10
";

fn ledger(text: &str) -> (Ledger, Vec<Finding>) {
    let (model, faults) = formats::net::read(text);
    assert!(faults.is_empty(), "{faults:?}");
    Ledger::of(model, &Default::default())
}

fn shown(text: &str, options: &show::Options) -> String {
    let (ledger, findings) = ledger(text);
    terminal::render(&show::show(&ledger, &findings, options), &Style::default())
}

fn asked(text: &str, query: &str) -> String {
    match why::why(&mut ledger(text).0, query) {
        Ok(report) => terminal::render(&report, &Style::default()),
        Err(fault) => format!("{fault}\n"),
    }
}

fn check(found: &str, expected: Expect) {
    expected.assert_eq(found);
}

#[test]
fn a_sheet() {
    check(
        &shown(SMALL, &show::Options::default()),
        expect![[r#"
            small

            layer     kernel  input      kernels  calculation             output    parameters
            ──────────────────────────────────────────────────────────────────────────────────
            conv1     3×3     150×150×3       32  3 × 3 × 3 = 27          74×74×32         896
                                                  27 × 32 = 864
                                                  bias 1 × 32 = 32
                                                  total 896
                                                  ⌊(150 − 3)/2⌋ + 1 = 74

            pool1     2×2     74×74×32            ⌊(74 − 2)/2⌋ + 1 = 37   37×37×32           0

            flatten1          37×37×32            37 × 37 × 32 = 43,808   43,808             0

            dense1            43,808          10  43,808 × 10 = 438,080   10           438,090
                                                  bias 1 × 10 = 10
                                                  total 438,090
            ──────────────────────────────────────────────────────────────────────────────────
            total parameters                                                           438,986
            total MACs                                                               5,169,344
        "#]],
    );
}

#[test]
fn a_sheet_with_symbols() {
    check(
        &shown(OPEN, &show::Options::default()),
        expect![[r#"
            open

            layer     kernel  input              kernels  calculation        output                   parameters
            ────────────────────────────────────────────────────────────────────────────────────────────────────
            conv1     3×3     N×H×W×3                  8  3 × 3 × 3 = 27     N×                              224
                                                          27 × 8 = 216       (⌊(H+1)/2⌋−1)×
                                                          bias 1 × 8 = 8     (⌊(W+1)/2⌋−1)×
                                                          total 224          8
                                                          height ⌊(H
                                                            − 3)/2⌋ + 1
                                                            = ⌊(H + 1)/2⌋
                                                            − 1
                                                          width ⌊(W − 3)/2⌋
                                                            + 1 = ⌊(W
                                                            + 1)/2⌋ − 1

            flatten1          N×                          (⌊(H + 1)/2⌋ − 1…  N×                                0
                              (⌊(H+1)/2⌋−1)×                                 (8×⌊(H+1)/2⌋×⌊(W…
                              (⌊(W+1)/2⌋−1)×
                              8

            dense1            N×                       4  (8 × ⌊(H + 1)/2⌋…  N×4                32 × ⌊(H + 1)/2⌋
                              (8×⌊(H+1)/2⌋×⌊(W…           bias 1 × 4 = 4                         × ⌊(W + 1)/2⌋ −
                                                          total 32 × ⌊(H                        32 × ⌊(H + 1)/2⌋
                                                          + 1)/2⌋ × ⌊(W                             − 32 × ⌊(W +
                                                          + 1)/2⌋ − 32                                1)/2⌋ + 36
                                                          × ⌊(H + 1)/2⌋
                                                          − 32 × ⌊(W
                                                          + 1)/2⌋ + 36
            ────────────────────────────────────────────────────────────────────────────────────────────────────
            total parameters          32 × ⌊(H + 1)/2⌋ × ⌊(W + 1)/2⌋ − 32 × ⌊(H + 1)/2⌋ − 32 × ⌊(W + 1)/2⌋ + 260
            total MACs  248 × N × ⌊(H + 1)/2⌋ × ⌊(W + 1)/2⌋ − 248 × N × ⌊(H + 1)/2⌋ − 248 × N × ⌊(W + 1)/2⌋ +
                        248 × N
        "#]],
    );
}

#[test]
fn a_sheet_of_a_network_that_does_not_work() {
    check(
        &shown(BROKEN, &show::Options::default()),
        expect![[r#"
        broken

        layer   kernel  input  kernels  calculation       output      parameters
        ────────────────────────────────────────────────────────────────────────
        conv1   3×3     8×8×3        4  3 × 3 × 3 = 27    6×6×4              112
                                        27 × 4 = 108
                                        bias 1 × 4 = 4
                                        total 112
                                        8 − 3 + 1 = 6

        conv2   9×9     6×6×4        6  9 × 9 × 4 = 324   ?×?×6            1,950
                                        324 × 6 = 1,944
                                        bias 1 × 6 = 6
                                        total 1,950
                                        6 − 9 + 1 = ?

        dense1          ?×?×6       10  6 × 10 = 60       ?×?×10              70
                                        bias 1 × 10 = 10
                                        total 70
        ────────────────────────────────────────────────────────────────────────
        total parameters                                                   2,132
        total MACs                                                at least 3,888

        window  line 4: conv2: “the window fits inside the padded input” does not hold: 6 − 9 = −3 is not at
          least 0
          → take a smaller kernel, pad more, or feed a larger input
    "#]],
    );
}

#[test]
fn a_sheet_with_other_columns() {
    let names = ["number", "layer", "op", "stride", "padding", "output", "macs", "parameters"];
    let columns = names.iter().map(|name| show::column(name).unwrap()).collect();
    let options = show::Options { columns: Some(columns), layout: show::Layout::Chw, ..Default::default() };
    check(
        &shown(SMALL, &options),
        expect![[r#"
            small

            number  layer     op       stride  padding  output         MACs  parameters
            ───────────────────────────────────────────────────────────────────────────
                 1  conv1     conv     2×2     0×0      32×74×74  4,731,264         896
                 2  pool1     pool     2×2     0×0      32×37×37          0           0
                 3  flatten1  flatten                   43,808            0           0
                 4  dense1    dense                     10          438,080     438,090
            ───────────────────────────────────────────────────────────────────────────
             total                                                5,169,344     438,986
        "#]],
    );
    check(
        &show::column("parms").unwrap_err().to_string(),
        expect!["there is no column “parms” — did you mean `params`?"],
    );
}

#[test]
fn a_narrow_page_leaves_out_what_the_calculation_says_and_says_so() {
    let (ledger, findings) = ledger(SMALL);
    let report = show::show(&ledger, &findings, &Default::default());
    for width in 40..120 {
        let text = terminal::render(&report, &Style { width, color: false });
        assert!(text.lines().all(|line| line.chars().count() <= width), "{width}:\n{text}");
        assert!(text.contains("kernels"), "{width}:\n{text}");
    }
    check(
        &terminal::render(&report, &Style { width: 60, color: false }),
        expect![[r#"
            small

            layer     input      calculation        output    parameters
            ────────────────────────────────────────────────────────────
            conv1     150×150×3  3 × 3 × 3 = 27     74×74×32         896
                                 27 × 32 = 864
                                 bias 1 × 32 = 32
                                 total 896
                                 ⌊(150 − 3)/2⌋ + 1
                                   = 74

            pool1     74×74×32   ⌊(74 − 2)/2⌋ + 1   37×37×32           0
                                   = 37

            flatten1  37×37×32   37 × 37 × 32       43,808             0
                                   = 43,808

            dense1    43,808     43,808 × 10        10           438,090
                                   = 438,080
                                 bias 1 × 10 = 10
                                 total 438,090
            ────────────────────────────────────────────────────────────
            total parameters                                     438,986
            total MACs                                         5,169,344

            Left out, for want of room: kernel, kernels. To see them:
            --columns layer,kernel,kernels
        "#]],
    );
}

#[test]
fn words_go_on_in_the_next_line() {
    let (ledger, _) = ledger(SMALL);
    let title = "a network of three layers that says which of ten things an image shows";
    let entries = [networks::Entry { name: "small", title, ledger: &ledger }];
    check(
        &terminal::render(&networks::networks(&entries), &Style { width: 60, color: false }),
        expect![[r#"
            name   what it is              layers  parameters       MACs
            ────────────────────────────────────────────────────────────
            small  a network of three           4     438,986  5,169,344
                   layers that says which
                   of ten things an image
                   shows

            To see one of them: workings show small. A file of your own
            goes in the same place.
        "#]],
    );
}

#[test]
fn a_step_that_repeats_another_is_left_out() {
    let columns = ["layer", "calculation"].iter().map(|name| show::column(name).unwrap()).collect();
    check(
        &shown(
            "input 8x8x16\ndepthwise 3x3, same, no bias\n",
            &show::Options { columns: Some(columns), ..Default::default() },
        ),
        expect![[r#"
            network

            layer             calculation
            ─────────────────────────────────────
            depthwise1        3 × 3 × (16/16) = 9
                              9 × 16 = 144
                              ⌈8/1⌉ = 8
            ─────────────────────────────────────
            total parameters  144
            total MACs        9,216
        "#]],
    );
}

#[test]
fn names_and_code_are_more_than_text() {
    let (mut whole, _) = ledger(SMALL);
    let page = views::latex::render(&why::why(&mut whole, "conv1.H_out").unwrap());
    assert!(page.contains(r"$\displaystyle K = 3$, written in line 5"), "{page}");
    let page = views::latex::render(&why::why(&mut whole, "dense1.params").unwrap());
    assert!(page.contains(r", and $\displaystyle W_{\mathrm{out}}$ likewise"), "{page}");

    let (broken, findings) = ledger("input 8x8x3\npool 2x2, pad 2\n");
    let page = markdown::render(&show::show(&broken, &findings, &Default::default()));
    assert!(page.contains("put a `zeropad` before it"), "{page}");
}

#[test]
fn every_step_in_full() {
    let columns = ["layer", "calculation"].iter().map(|name| show::column(name).unwrap()).collect();
    check(
        &shown(SMALL, &show::Options { columns: Some(columns), full: true, ..Default::default() }),
        expect![[r#"
        small

        layer             calculation
        ────────────────────────────────────────────────
        conv1             3 × 3 × (3/1) = 27
                          27 × 32 = 864
                          bias 1 × 32 = 32
                          total 896
                          K_eff = 1 × (3 − 1) + 1 = 3
                          ⌊(150 − 3 + 0 + 0)/2⌋ + 1 = 74

        pool1             K_eff = 1 × (2 − 1) + 1 = 2
                          ⌊(74 − 2 + 0 + 0)/2⌋ + 1 = 37

        flatten1          37 × 37 × 32 = 43,808

        dense1            43,808 × 10 = 438,080
                          bias 1 × 10 = 10
                          total 438,090
        ────────────────────────────────────────────────
        total parameters  438,986
        total MACs        5,169,344

        K_eff  how far the kernel reaches
    "#]],
    );
}

#[test]
fn the_working_behind_a_number() {
    check(
        &asked(SMALL, "dense1.params"),
        expect![[r#"
            dense1.params, parameters

            dense1: params = weights + biases = 438,080 + 10 = 438,090
            ├─ weights = C_in × units = 43,808 × 10 = 438,080
            │  ├─ C_in = 43,808, the features of flatten1
            │  └─ units = 10, written in line 8: dense 10, softmax
            └─ biases = 1 × units = 1 × 10 = 10
               └─ units = 10, written in line 8: dense 10, softmax

            flatten1: features = H × W × C = 37 × 37 × 32 = 43,808
            ├─ H = 37, the output height of pool1
            ├─ W = 37, the output width of pool1
            └─ C = 32, the output channels of conv1, written in line 5: conv 3x3, 32, stride 2, relu

            pool1: H_out = ⌊(H − K)/K⌋ + 1 = ⌊(74 − 2)/2⌋ + 1 = 37, and W_out likewise
            ├─ H = 74, the output height of conv1
            └─ K = 2, written in line 6: pool 2x2

            conv1: H_out = ⌊(H − K)/S⌋ + 1 = ⌊(150 − 3)/2⌋ + 1 = 74
            ├─ H = 150, the input height, written in line 3: input 150x150x3
            ├─ K = 3, written in line 5: conv 3x3, 32, stride 2, relu
            └─ S = 2, in the same line

            It hangs on 5 lines of the network:

            line  written                       says
            ──────────────────────────────────────────────────────
               3  input 150x150x3               H 150, W 150
               5  conv 3x3, 32, stride 2, relu  K 3, S 2, C_out 32
               6  pool 2x2                      K 2
               7  flatten
               8  dense 10, softmax             units 10

            params  parameters
            C_in    input channels
            H       input height
            W       input width
            C       channels
            H_out   output height
            K       kernel size
            S       stride
        "#]],
    );
}

#[test]
fn the_quantities_of_a_layer() {
    check(
        &asked(SMALL, "2"),
        expect![[r#"
        pool1, pooling

        pool1, written in line 6: pool 2x2
        ├─ H_out = ⌊(H − K)/K⌋ + 1 = ⌊(74 − 2)/2⌋ + 1 = 37
        ├─ W_out = ⌊(W − K)/K⌋ + 1 = ⌊(74 − 2)/2⌋ + 1 = 37
        ├─ outputs = C × H_out × W_out = 32 × 37 × 37 = 43,808
        ├─ comparisons = outputs × (K × K − 1) = 43,808 × (2 × 2 − 1) = 131,424
        ├─ read = C_out × H_out × W_out = 32 × 74 × 74 = 175,232
        └─ written = C_out × H_out × W_out = 32 × 37 × 37 = 43,808

        Ask for pool1.H_out to follow one of them down to the network’s own settings.

        H_out    output height
        H        input height
        K        kernel size
        W_out    output width
        W        input width
        outputs  output elements
        C        channels
        read     elements read
        C_out    output channels
        written  elements written
    "#]],
    );
}

#[test]
fn the_working_behind_a_total() {
    check(
        &asked(SMALL, "total"),
        expect![[r#"
        parameters of small

        params = 896 + 438,090 = 438,986
        ├─ conv1: params = weights + biases = 864 + 32 = 896
        └─ dense1: params = weights + biases = 438,080 + 10 = 438,090

        params  parameters
    "#]],
    );
}

#[test]
fn the_working_behind_a_number_that_cannot_be_had() {
    check(
        &asked(BROKEN, "conv2.output.height"),
        expect![[r#"
            conv2.H_out, output height

            conv2: H_out = H − K + 1 = 6 − 9 + 1 = ?
            ├─ H = 6, the output height of conv1
            ├─ K = 9, written in line 4: conv 9x9, 6
            └─ “the window fits inside the padded input” does not hold: H − K = 6 − 9 = −3 is not at least 0

            conv1: H_out = H − K + 1 = 8 − 3 + 1 = 6
            ├─ H = 8, the input height, written in line 2: input 8x8x3
            └─ K = 3, written in line 3: conv 3x3, 4

            It hangs on 3 lines of the network:

            line  written      says
            ───────────────────────
               2  input 8x8x3  H 8
               3  conv 3x3, 4  K 3
               4  conv 9x9, 6  K 9

            H_out  output height
            H      input height
            K      kernel size
        "#]],
    );
}

#[test]
fn a_question_that_is_misspelt() {
    check(
        &asked(SMALL, "dens1.params"),
        expect![[r#"
        small has no layer “dens1.params” — did you mean `dense1`?
    "#]],
    );
    check(
        &asked(SMALL, "dense1.parms"),
        expect![[r#"
        dense1 has no “parms” — did you mean `params`? It has C_out, MACs, N, additions, biases, comparisons, divisions, outputs, params, read, transcendentals, weights, written
    "#]],
    );
    check(
        &asked(SMALL, "9"),
        expect![[r#"
        small has no layer “9” — its layers have the numbers 1 to 4
    "#]],
    );
    check(
        &asked(SMALL, "pool1.biases"),
        expect![[r#"
        pool1 has no biases: 0, and nothing to work out.
    "#]],
    );
}

#[test]
fn a_layer_whose_name_has_dots() {
    let text = "network dots\ninput 8x8x3\nblock cell K\nconv KxK, 4\nend\ncell 3\nb: conv 3x3, 4\nb.c: conv 3x3, 4\n";
    assert!(asked(text, "b.c.H_out").starts_with("b.c.H_out, output height\n"));
    assert!(asked(text, "b.H_out").starts_with("b.H_out, output height\n"));
    assert!(asked(text, "CELL1.CONV1.h_out").contains("8 − 3 + 1 = 6"), "{}", asked(text, "CELL1.CONV1.h_out"));
}

#[test]
fn a_long_chain_is_cut_and_says_how_to_go_on() {
    let text = format!("network long\ninput 32x32x8\n{}", "conv 3x3, 8, pad 1\n".repeat(10_000));
    let said = asked(&text, "conv10000.H_out");
    assert!(said.contains("200 steps are unfolded, and one more begins here. Ask for conv9800.H_out to go on."));
    assert!(said.contains("It hangs on 10,001 lines of the network:"), "{said}");
}

#[test]
fn markdown_of_a_sheet() {
    let (ledger, findings) = ledger(SMALL);
    check(
        &markdown::render(&show::show(&ledger, &findings, &Default::default())),
        expect![[r#"
            # small

            | layer                | kernel | input     | kernels | calculation           | output   |    parameters |
            | -------------------- | ------ | --------- | ------: | --------------------- | -------- | ------------: |
            | conv1                | 3×3    | 150×150×3 |      32 | 3 × 3 × 3 = 27<br>27 × 32 = 864<br>bias 1 × 32 = 32<br>total 896<br>⌊(150 − 3)/2⌋ + 1 = 74 | 74×74×32 |           896 |
            | pool1                | 2×2    | 74×74×32  |         | ⌊(74 − 2)/2⌋ + 1 = 37 | 37×37×32 |             0 |
            | flatten1             |        | 37×37×32  |         | 37 × 37 × 32 = 43,808 | 43,808   |             0 |
            | dense1               |        | 43,808    |      10 | 43,808 × 10 = 438,080<br>bias 1 × 10 = 10<br>total 438,090 | 10       |       438,090 |
            | **total parameters** |        |           |         |                       |          |   **438,986** |
            | **total MACs**       |        |           |         |                       |          | **5,169,344** |
        "#]],
    );
}

#[test]
fn markdown_of_a_working() {
    check(
        &markdown::render(&why::why(&mut ledger(BROKEN).0, "conv2.H_out").unwrap()),
        expect![[r#"
            # conv2.H_out, output height

            - conv2: H_out = H − K + 1 = 6 − 9 + 1 = ?
              - H = 6, the output height of conv1
              - K = 9, written in line 4: `conv 9x9, 6`
              - “the window fits inside the padded input” does not hold: H − K = 6 − 9 = −3 is not at least 0

            - conv1: H_out = H − K + 1 = 8 − 3 + 1 = 6
              - H = 8, the input height, written in line 2: `input 8x8x3`
              - K = 3, written in line 3: `conv 3x3, 4`

            It hangs on 3 lines of the network:

            | line | written       | says |
            | ---: | ------------- | ---- |
            |    2 | `input 8x8x3` | H 8  |
            |    3 | `conv 3x3, 4` | K 3  |
            |    4 | `conv 9x9, 6` | K 9  |

            - `H_out`: output height
            - `H`: input height
            - `K`: kernel size
        "#]],
    );
}

#[test]
fn a_spreadsheet() {
    check(
        &csv::show(&ledger(SMALL).0),
        expect![[r#"
        id,name,op,kernel,stride,padding,dilation,groups,input,output,params,weights,biases,statistics,macs,params_calculation,macs_calculation
        1,conv1,conv,3x3,2x2,0:0x0:0,1x1,1,1x3x150x150,1x32x74x74,896,864,32,0,4731264,params = weights + biases = 864 + 32 = 896,"MACs = outputs × fan_in = 175,232 × 27 = 4,731,264"
        2,pool1,pool,2x2,2x2,0:0x0:0,1x1,,1x32x74x74,1x32x37x37,0,0,0,0,0,,
        3,flatten1,flatten,,,,,,1x32x37x37,1x43808,0,0,0,0,0,,
        4,dense1,dense,,,,,,1x43808,1x10,438090,438080,10,0,438080,"params = weights + biases = 438,080 + 10 = 438,090","MACs = units × C_in = 10 × 43,808 = 438,080"
    "#]],
    );
    check(
        &csv::show(&ledger(OPEN).0),
        expect![[r#"
        id,name,op,kernel,stride,padding,dilation,groups,input,output,params,weights,biases,statistics,macs,params_calculation,macs_calculation
        1,conv1,conv,3x3,2x2,0:0x0:0,1x1,1,Nx3xHxW,Nx8x((H + 1)//2 - 1)x((W + 1)//2 - 1),224,216,8,0,216*N*((H + 1)//2)*((W + 1)//2) - 216*N*((H + 1)//2) - 216*N*((W + 1)//2) + 216*N,params = weights + biases = 216 + 8 = 224,MACs = outputs × fan_in = (8 × N × ⌊(H + 1)/2⌋ × ⌊(W + 1)/2⌋ − 8 × N × ⌊(H + 1)/2⌋ − 8 × N × ⌊(W + 1)/2⌋ + 8 × N) × 27 = 216 × N × ⌊(H + 1)/2⌋ × ⌊(W + 1)/2⌋ − 216 × N × ⌊(H + 1)/2⌋ − 216 × N × ⌊(W + 1)/2⌋ + 216 × N
        2,flatten1,flatten,,,,,,Nx8x((H + 1)//2 - 1)x((W + 1)//2 - 1),Nx(8*((H + 1)//2)*((W + 1)//2) - 8*((H + 1)//2) - 8*((W + 1)//2) + 8),0,0,0,0,0,,
        3,dense1,dense,,,,,,Nx(8*((H + 1)//2)*((W + 1)//2) - 8*((H + 1)//2) - 8*((W + 1)//2) + 8),Nx4,32*((H + 1)//2)*((W + 1)//2) - 32*((H + 1)//2) - 32*((W + 1)//2) + 36,32*((H + 1)//2)*((W + 1)//2) - 32*((H + 1)//2) - 32*((W + 1)//2) + 32,4,0,32*N*((H + 1)//2)*((W + 1)//2) - 32*N*((H + 1)//2) - 32*N*((W + 1)//2) + 32*N,params = weights + biases = 32 × ⌊(H + 1)/2⌋ × ⌊(W + 1)/2⌋ − 32 × ⌊(H + 1)/2⌋ − 32 × ⌊(W + 1)/2⌋ + 32 + 4 = 32 × ⌊(H + 1)/2⌋ × ⌊(W + 1)/2⌋ − 32 × ⌊(H + 1)/2⌋ − 32 × ⌊(W + 1)/2⌋ + 36,MACs = outputs × C_in = 4 × N × (8 × ⌊(H + 1)/2⌋ × ⌊(W + 1)/2⌋ − 8 × ⌊(H + 1)/2⌋ − 8 × ⌊(W + 1)/2⌋ + 8) = 32 × N × ⌊(H + 1)/2⌋ × ⌊(W + 1)/2⌋ − 32 × N × ⌊(H + 1)/2⌋ − 32 × N × ⌊(W + 1)/2⌋ + 32 × N
    "#]],
    );
    check(
        &csv::show(&ledger(BROKEN).0),
        expect![[r#"
        id,name,op,kernel,stride,padding,dilation,groups,input,output,params,weights,biases,statistics,macs,params_calculation,macs_calculation
        1,conv1,conv,3x3,1x1,0:0x0:0,1x1,1,1x3x8x8,1x4x6x6,112,108,4,0,3888,params = weights + biases = 108 + 4 = 112,"MACs = outputs × fan_in = 144 × 27 = 3,888"
        2,conv2,conv,9x9,1x1,0:0x0:0,1x1,1,1x4x6x6,1x6x?x?,1950,1944,6,0,,"params = weights + biases = 1,944 + 6 = 1,950",
        3,dense1,dense,,,,,,1x6x?x?,1x10x?x?,70,60,10,0,,params = weights + biases = 60 + 10 = 70,
    "#]],
    );
}

#[test]
fn a_name_does_no_harm() {
    let (mut model, _) = formats::net::read(SMALL);
    model.layers[0].name = "=HYPERLINK(\"http://x\")|`a`\x1b[31m\n".into();
    let (ledger, findings) = Ledger::of(model, &Default::default());
    let report = show::show(&ledger, &findings, &Default::default());
    let terminal = terminal::render(&report, &Style::default());
    assert!(!terminal.contains('\x1b'), "{terminal}");
    assert!(markdown::render(&report).contains("\\|\\`a\\`"));
    assert!(csv::show(&ledger).contains("\"'=HYPERLINK"));
}

#[test]
fn colours_change_nothing_but_the_colour() {
    let (ledger, findings) = ledger(BROKEN);
    let report = show::show(&ledger, &findings, &Default::default());
    let plain = terminal::render(&report, &Style { width: 100, color: false });
    let mut painted = terminal::render(&report, &Style { width: 100, color: true });
    while let Some(from) = painted.find('\x1b') {
        let to = from + painted[from..].find('m').unwrap();
        painted.replace_range(from..=to, "");
    }
    assert_eq!(plain, painted);
}

#[test]
fn a_sheet_fits_its_page() {
    let wide = "network wide\ninput 1024x1024x512\n\
        model.layers.23.attention.query_projection: conv 3x3, 4096, pad 1\n\
        model.layers.23.attention.key_projection: conv 7x5, 8192, stride 2\nflatten\nout: dense 1000\n";
    for text in [SMALL, BROKEN, OPEN, wide] {
        for line in shown(text, &show::Options::default()).lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
}

#[test]
fn the_reference_of_an_operator() {
    let report = ops::op("conv2d").unwrap();
    check(
        &terminal::render(&report, &Style::default()),
        expect![[r#"
            Convolution

            conv2d KERNEL, KERNELS [, stride S] [, pad P] [, same] [, same lower] [, causal] [, dilation D]
              [, groups G] [, no bias] [, ACTIVATION]
            ├─ K_eff = D × (K − 1) + 1
            ├─ H_out = ⌊(H − K_eff + 2 × P)/S⌋ + 1, and W_out likewise
            ├─ fan_in = K × K × (C_in/G)
            ├─ weights = fan_in × C_out
            ├─ outputs = N × C_out × H_out × W_out
            ├─ biases = 1 × C_out
            ├─ params = weights + biases
            ├─ MACs = outputs × fan_in
            ├─ additions = outputs
            ├─ with same or same lower
            │  ├─ P_total = max((⌈H/S⌉ − 1) × S + K_eff − H, 0)
            │  └─ H_out = ⌈H/S⌉, and W_out likewise
            ├─ with causal
            │  ├─ P_before = K_eff − 1
            │  └─ H_out = ⌊(H − K_eff + P_before)/S⌋ + 1, and W_out likewise
            └─ with no bias
               └─ params = weights

            K_eff      how far the kernel reaches
            D          dilation
            K          kernel size
            H_out      output height
            H          input height
            P          padding on each side
            S          stride
            fan_in     weights of one kernel
            C_in       input channels
            G          groups
            C_out      output channels
            outputs    output elements
            N          batch size
            W_out      output width
            params     parameters
            MACs       multiply-adds
            additions  additions and subtractions
            P_total    padding on both sides together
            P_before   padding before
        "#]],
    );
    check(&ops::op("cnov").unwrap_err().to_string(), expect!["there is no operator “cnov” — did you mean `conv`?"]);
}

#[test]
fn every_operator_has_a_reference() {
    let all = markdown::render(&ops::ops(workings::ops::OPERATORS));
    for word in workings::ops::words() {
        assert!(all.contains(&format!("`{word}")), "{word} is not in the reference");
        let report = ops::op(word).unwrap();
        let said = terminal::render(&report, &Style::default());
        assert!(!said.contains('?'), "the rule of {word} could not be run with symbols:\n{said}");
    }
}

#[test]
fn what_comes_along() {
    let (small, open) = (ledger(SMALL).0, ledger(OPEN).0);
    let entries = [
        networks::Entry { name: "small", title: "three layers", ledger: &small },
        networks::Entry { name: "open", title: "with symbols", ledger: &open },
    ];
    check(
        &terminal::render(&networks::networks(&entries), &Style::default()),
        expect![[r#"
            name   what it is    layers                           parameters                                MACs
            ────────────────────────────────────────────────────────────────────────────────────────────────────
            small  three layers       4                              438,986                           5,169,344
            open   with symbols       3  32 × ⌊(H + 1)/2⌋ × ⌊(W + 1)/2⌋ − 32       248 × N × ⌊(H + 1)/2⌋ × ⌊(W +
                                          × ⌊(H + 1)/2⌋ − 32 × ⌊(W + 1)/2⌋ +     1)/2⌋ − 248 × N × ⌊(H + 1)/2⌋ −
                                                                         260     248 × N × ⌊(W + 1)/2⌋ + 248 × N

            To see one of them: workings show small. A file of your own goes in the same place.
        "#]],
    );
}
