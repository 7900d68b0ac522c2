//! Pages that fell apart, worked out by hand: which figure belongs to which row is argued beside each.

use formats::sheet::read;
use workings::worksheet::{Column, Sheet};

use crate::shown::{Text, claims, sheets};

fn one(text: &str) -> Sheet {
    let mut sheets = sheets("page.txt", text);
    assert_eq!(sheets.len(), 1, "{text}");
    sheets.remove(0)
}

fn column(sheet: &Sheet, column: Column) -> Vec<String> {
    sheet.rows.iter().map(|row| claims(row.cell(column))).collect()
}

use Column::{Calculation, Input, Kernel, Kernels, Output, Params};

/// `A × B + B = C` says weights, bias and result: it ends a working, so the next one is another row's.
#[test]
fn a_sum_in_one_line_is_a_whole_working() {
    let sheet = one(
        "Kernel size\tInput size\tNo of kernels\tCalc\n3x3\t9x9x1\t2\t$3 \\times 3 \\times 1 \\times 2 + 2 = 20$\n\n\
         Output size Params\n\n$$(9 - 3)/1 + 1 = 7$$\n\n$$7 \\times 7 \\times 2$$\n\n20\n\n\
         $$7 \\times 7 \\times 2 = 98$$\n\n10\n\n$$98 \\times 10 + 10 = 990$$\n\n990\n\n\
         5\n\n$$10 \\times 5 + 5 = 55$$\n\n55\n\n$$Total = 1065$$\n",
    );
    assert_eq!(column(&sheet, Calculation), ["3 × 3 × 1 × 2 + 2 = 20", "98 × 10 + 10 = 990", "10 × 5 + 5 = 55"]);
    assert_eq!(column(&sheet, Input), ["9 × 9 × 1", "7 × 7 × 2 = 98", ""]);
    assert_eq!(column(&sheet, Kernels), ["2", "10", "5"]);
    assert_eq!(column(&sheet, Params), ["20", "990", "55"]);
    assert_eq!(claims(&sheet.total), "total: 1065");
}

/// Two figures stand between two workings: the one like the total above is its parameters, the other the next one's count,
/// though both look like a factor behind them (1320 and 120 differ by a digit).
#[test]
fn parameters_and_the_next_count() {
    let sheet = one(
        "3x3 4x4x1 2 WE: 3x3x1 = 9\n9x2 = 18\nBias: 1x2 = 2\nTotal: 20\n\n2x2x2 = 8\n120\nWE: 8x120 = 960\nBias: 1x120 = 120\n\
         Total: 1080\n1080\n32\nWE: 120x32 = 3840\nBias: 1x32 = 32\nTotal: 3872\n3872\nTotal = 4972\n",
    );
    assert_eq!(column(&sheet, Kernels), ["2", "120", "32"]);
    assert_eq!(column(&sheet, Params), ["", "1080", "3872"]);
    assert_eq!(claims(&sheet.total), "total: 4972");
}

/// A count before a working is that row's however it was misread: 18 stands where the product says 10.
#[test]
fn a_misread_count_keeps_its_place() {
    let sheet =
        one("3x3 4x4x1 2 WE: 3x3x1 = 9\n9x2 = 18\nBias: 1x2 = 2\nTotal: 20\n2x2x2 = 8\n70\n8x18 + 18 = 162\n162\n");
    assert_eq!(column(&sheet, Kernels), ["2", "70"]);
    assert_eq!(column(&sheet, Params), ["", "162"]);
}

/// A column of workings without labels: three layers have kernels to count, so three workings are theirs, also the
/// second, whose first line lost a factor, and the third, whose kernel is misread. A dash is the pool's.
#[test]
fn a_column_of_workings_without_labels() {
    let sheet = one(
        "Kernel Size Input Size No of Kernels\n\n3x3 9x9x1 2\n\n2x2 7x7x2\n\n3x3 6x6x2 4\n\n3x3 4x4x4 6\n\n\
         Calculation\n\n$$3 \\times 3 \\times 1 = 9$$\n\n$$9 \\times 2 = 18$$\n\n$$1 \\times 2 = 2$$\n\n$$20$$\n\n-\n\n\
         $$3 \\times 8 = 18$$\n\n$$18 \\times 4 = 72$$\n\n$$1 \\times 4 = 4$$\n\n$$76$$\n\n\
         $$3 \\times 9 \\times 4 = 36$$\n\n$$36 \\times 6 = 216$$\n\n$$7 \\times 6 = 6$$\n\n$$222$$\n\n\
         Output\n\n$$7 \\times 7 \\times 2$$\n\n$$6 \\times 6 \\times 2$$\n\n$$4 \\times 4 \\times$$\n\n$$2 \\times 2 \\times 6$$\n\n\
         Params\n\n20\n\n0\n\n76\n\n222\n\n$$2 \\times 2 \\times 6 = 24$$\n\n10\n\n$$24 \\times 10 = 240$$\n\n\
         $$1 \\times 10 = 10$$\n\n$$250$$\n\n250\n\n$$Total = 568$$\n",
    );
    assert_eq!(
        column(&sheet, Calculation),
        [
            "3 × 3 × 1 = 9 | 9 × 2 = 18 | 1 × 2 = 2 | 20",
            "‘-’",
            "3 × 8 = 18 | 18 × 4 = 72 | 1 × 4 = 4 | 76",
            "3 × 9 × 4 = 36 | 36 × 6 = 216 | 7 × 6 = 6 | 222",
            "24 × 10 = 240 | 1 × 10 = 10 | 250",
        ]
    );
    assert_eq!(column(&sheet, Output), ["7 × 7 × 2", "6 × 6 × 2", "4 × 4", "2 × 2 × 6", ""]);
    assert_eq!(column(&sheet, Params), ["20", "0", "76", "222", "250"]);
    // The sign whose factor was lost says nothing, and is listed.
    assert_eq!(sheet.unplaced.iter().map(|piece| &*piece.text).collect::<Vec<_>>(), ["×"]);
}

/// First in its line and before a shape stands a kernel: `0x2`, `x3` and `2x` lost or changed a digit.
#[test]
fn torn_kernels_begin_rows() {
    let sheet = one("Kernel Size Input Size No of Kernels\n\n3x3 9x9x1 2\n\n0x2 7x7x2\n\nx3 6x6x2 4\n\n2x 4x4x4\n\n\
         Output\n\n(9 - 3) + 1 = 7\n\n7x7x2\n\n(7 - 2) + 1 = 6\n\n6x6x2\n\n(6 - 3) + 1 = 4\n\n4x4x4\n\n(4 - 2)/2 + 1 = 2\n\n2x2x4\n");
    assert_eq!(column(&sheet, Input), ["9 × 9 × 1", "7 × 7 × 2", "6 × 6 × 2", "4 × 4 × 4"]);
    assert_eq!(column(&sheet, Kernels), ["2", "", "4", ""]);
    assert_eq!(column(&sheet, Kernel).len(), 4);
    assert_eq!(column(&sheet, Output)[3], "(4 − 2)/2 + 1 = 2 | 2 × 2 × 4");
}

/// Printed row by row, a figure behind an output is that row's, also a 0 that three rows could have.
#[test]
fn parameters_stand_beside_their_outputs() {
    let sheet = one(
        "kernel size\tInput size\tNo of kernels\tCalc\n\n3x3 9x9x1 2 3x3x1x2 + 2 = 20\n\n2x2 7x7x2\n\n2x2 6x6x2\n\n\
         Output size Params\n\n7x7x2\n\n20\n\n6x6x2\n\n0\n\n5x5x2\n\n0\n",
    );
    assert_eq!(column(&sheet, Output), ["7 × 7 × 2", "6 × 6 × 2", "5 × 5 × 2"]);
    assert_eq!(column(&sheet, Params), ["20", "0", "0"]);
}

/// Three channels within a network begin no other: the shape is no wider than the one before.
#[test]
fn three_channels_within_a_network() {
    let sheet = one("3x3 32x32x3 4 3x3x3x4 + 4 = 112\n\n2x2 30x30x4\n\n3x3 15x15x3 8 3x3x4x8 + 8 = 296\n");
    assert_eq!(sheet.rows.len(), 3);
}

/// Prose beside tables of other things is no worksheet, whatever figures are in it.
#[test]
fn prose_is_no_sheet() {
    let text = "# Notes\n\n| files | what they are |\n| --- | --- |\n| `q1.md` | five sheets of 3 x 3 kernels |\n\n## How\n\n\
        The second `2048` of the third sheet (in the input) and the `3x3` of another one were left as they are.\n\
        Others were read by eye, since 64 x 363 = 23232 is what somebody wrote there in pencil.\n";
    let fault = read(&Text("notes.md", text.as_bytes())).expect_err("it is no sheet");
    assert!(fault.says.contains("no known column") && fault.hint.is_some(), "{fault}");
    assert!(fault.says.contains("files"), "{fault}");
}

/// A table of other things behind a sheet is said not to be read, and what stands in it is listed.
#[test]
fn a_table_of_other_things_is_listed() {
    let text = "| Kernel | Input | Params |\n|---|---|---|\n| 3x3 | 9x9x1 | 10 |\n\nMarks:\n\n| who | mark |\n|---|---|\n| Ann | 7 |\n";
    let (sheets, faults) = read(&Text("x.md", text.as_bytes())).expect("a sheet");
    assert_eq!((sheets.len(), sheets[0].rows.len()), (1, 1));
    assert!(faults.len() == 1 && faults[0].says.contains("`who`, `mark`"), "{faults:?}");
    let mut left: Vec<&str> = sheets[0].unplaced.iter().map(|piece| &*piece.text).collect();
    left.sort_unstable();
    assert_eq!(left, ["7", "Ann", "Marks:", "mark", "who"]);
}

/// A header row that is written again begins another sheet where its rows do: counted from 1 again, after a total, with a
/// kernel behind a dense layer, or with the same first input; else the table goes on over the page.
#[test]
fn headings_again() {
    let head = "| Layer | Kernel | Input | Units | Output | Params |\n|---|---|---|---|---|---|\n";
    let rows = |text: &str| {
        let read = sheets("x.md", text);
        read.iter().map(|sheet| sheet.rows.len()).collect::<Vec<_>>()
    };
    let first = "| 1 | 3x3 | 9x9x4 | 2 | 7x7x2 | 74 |\n| 2 | 2x2 | 7x7x2 | | 6x6x2 | |\n";
    let bare = "| | 3x3 | 9x9x4 | 2 | 7x7x2 | 74 |\n| | 2x2 | 7x7x2 | | 6x6x2 | |\n";
    let dense = "| | | 6x6x2 = 72 | 10 | 10 | 730 |\n";
    let more = "| | 3x3 | 6x6x2 | 4 | 4x4x4 | 76 |\n";
    assert_eq!(rows(&format!("{head}{first}\n{head}{first}")), [2, 2]);
    assert_eq!(rows(&format!("{head}{bare}{head}{bare}")), [2, 2]);
    assert_eq!(rows(&format!("{head}{bare}\nTotal = 74\n\n{head}{more}\nTotal = 76\n")), [2, 1]);
    assert_eq!(rows(&format!("{head}{bare}{dense}\n{head}{more}")), [3, 1]);
    assert_eq!(rows(&format!("{head}{bare}\n{head}{more}{dense}")), [4]);
    assert_eq!(rows(&format!("# A\n\n{head}{bare}\n# B\n\n{head}{more}")), [2, 1]);
}

/// Numbers whose thousands lost or got a digit are numbers; what stands between signs has no separators else.
#[test]
fn thousands_that_lost_a_digit() {
    let sheet = one(
        "3x3 4x4x1 2 3x3x1x2 + 2 = 20\n\n2x2x2 = 8\n\n512\n\n8 x 512 + 512 = 4,08\n\n4,08\n\n10\n\n5,12 x 10 + 10 = 5,130\n\n07,130\n",
    );
    assert_eq!(column(&sheet, Calculation)[1..], ["8 × 512 + 512 = 408", "512 × 10 + 10 = 5130"]);
    assert_eq!(column(&sheet, Params)[1..], ["408", "07130"]);
}

/// No text is looked at from its beginning for each of its lines: these would take minutes.
#[test]
fn long_pages() {
    let rows = 20_000;
    for row in ["10\n10 x 10 = 100\n", "3x3x4 = 36\n36x4 = 144\n1 x 4\n148\n", "3x3\t4\n", "x 3 9x9x4\n"] {
        let rows = rows / row.lines().count();
        for head in [
            "3x3 9x9x4 4\n3x3 9x9x4 4\n",
            "Kernel size Input size No of kernels\n3x3 9x9x4 4\n3x3 9x9x4 4\nCalculation\n",
        ] {
            assert!(!sheets("x.txt", &(head.to_owned() + &row.repeat(rows / 10))).is_empty());
        }
    }
}

#[test]
fn long_tables_and_long_cells() {
    let rows = 20_000;
    let table = "Kernel,Input,Calc\n".to_owned() + &"3x3,9x9x4,36x4 = 144\n".repeat(rows);
    assert_eq!(sheets("x.csv", &table)[0].rows.len(), rows);
    for piece in ["3 x ", "1,234,", "3**1 "] {
        let cell = piece.repeat(200_000 / piece.len());
        assert_eq!(sheets("x.csv", &format!("Kernel,Input,Calc\n3x3,9x9x4,\"{cell}\"\n"))[0].rows.len(), 1);
    }
}

/// One line a row, as plain text. `432 + 16 = 448` begins with what the product before it came to: it adds the bias, and is
/// of the calculation. `2048 × 10 = 20480 + 10` has its weights and its bias and comes to 20490, which stands behind it:
/// the total below is unlike it, and no layer comes after, so it is the sheet's: 448 + 4640 + 20490 = 25578.
#[test]
fn rows_in_lines_of_text() {
    let text = "Question 7\n\n\
        3x3 32x32x3 16 27 x 16 = 432, 432 + 16 = 448 (32-3+2)/1+1 = 32 32x32x16 448\n\
        2x2 32x32x16 (32-2)/2+1 = 16 16x16x16\n\
        3x3 16x16x16 32 144 x 32 = 4608, 4608+32 = 4640 (16-3+2)/1+1 = 16 16x16x32 4640\n\
        2x2 16x16x32 (16-2)/2+1 = 8 8x8x32\n\
        8x8x32 = 2048 10 2048x10 = 20480 + 10 20490\n\nTotal = 25578\n";
    let sheet = one(text);
    let first = ["27 × 16 = 432 | 432 + 16 = 448", "", "144 × 32 = 4608 | 4608 + 32 = 4640", ""];
    assert_eq!(column(&sheet, Calculation)[..4], first);
    assert_eq!(column(&sheet, Calculation)[4], "2048 × 10 = 20480 + 10");
    let output = ["(32 − 3 + 2)/1 + 1 = 32 | 32 × 32 × 16", "(32 − 2)/2 + 1 = 16 | 16 × 16 × 16"];
    assert_eq!(column(&sheet, Output)[..2], output);
    assert_eq!(column(&sheet, Params), ["448", "", "4640", "", "20490"]);
    assert_eq!(claims(&sheet.total), "total: 25578");
    // Its own total, a digit misread, stays with its calculation.
    let own = one(&text.replace(" 20490", "").replace("25578", "20990\n\nTotal = 25578"));
    assert_eq!(column(&own, Calculation)[4], "2048 × 10 = 20480 + 10 | total: 20990");
    assert_eq!(claims(&own.total), "total: 25578");
}
