//! Whole audits of small sheets: what is said of the cells, argued by hand.

use formats::sheet;
use sources::Memory;
use workings::audit::{Audit, Verdict, audit};
use workings::worksheet::Column;

const HEAD: &str = "| Layer | Kernel size | Input size | No of kernels | Calculation | Output size | Params |\n\
                    | --- | --- | --- | --- | --- | --- | --- |\n";

fn audited(rows: &[&str], total: &str) -> Audit {
    let text = format!("{HEAD}{}\n\nTotal = {total}\n", rows.join("\n"));
    let (sheets, faults) = sheet::read(&Memory::new("a.md", text.as_bytes().to_vec())).expect("a sheet");
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(sheets.len(), 1);
    audit(&sheets[0], None)
}

/// The cells that are not right or blank: row, column, verdict, cause.
fn said(audit: &Audit) -> Vec<(usize, Column, Verdict, &'static str)> {
    let cells = audit.cells.iter().filter(|cell| !matches!(cell.verdict, Verdict::Right | Verdict::Blank));
    cells
        .map(|cell| (cell.row, cell.column, cell.verdict, cell.cause.as_ref().map_or("", |cause| cause.rule)))
        .collect()
}

const CONV: &str = "| conv | 3x3 | 32x32x3 | 16 | 3x3x3x16 + 16 = 448 | (32 - 3)/1 + 1 = 30; 30x30x16 | 448 |";

#[test]
fn rows_that_keep_the_shape_are_right() {
    // Batch normalisation learns a scale and a shift for each of 16 channels, 32; the others learn nothing. A flatten row's
    // product is its features, 15 · 15 · 16 = 3,600, not parameters. 448 + 32 + 36,010 = 36,490.
    let rows = [
        CONV,
        "| batch norm | | 30x30x16 | | 2 x 16 = 32 | 30x30x16 | 32 |",
        "| relu | | 30x30x16 | | | 30x30x16 | 0 |",
        "| max pool | 2x2 | 30x30x16 | | | 15x15x16 | 0 |",
        "| dropout | | 15x15x16 | | | 15x15x16 | 0 |",
        "| flatten | | 15x15x16 | | 15x15x16 = 3600 | 3600 | 0 |",
        "| dense | | 3600 | 10 | 3600x10 + 10 = 36010 | 10 | 36010 |",
        "| softmax | | 10 | | | 10 | 0 |",
    ];
    assert_eq!(said(&audited(&rows, "36490")), []);
}

#[test]
fn a_grey_image_without_its_channel_and_an_oblong_are_right() {
    // 28 - 3 + 1 = 26; 3 · 3 · 1 · 8 + 8 = 80.
    let grey = "| conv | 3x3 | 28x28 | 8 | 3x3x1x8 + 8 = 80 | 26x26x8 | 80 |";
    assert_eq!(said(&audited(&[grey], "80")), []);
    // Each side by its own formula: 32 - 3 + 1 = 30, 48 - 3 + 1 = 46.
    let oblong =
        "| conv | 3x3 | 32x48x3 | 16 | 3x3x3x16 + 16 = 448 | (32-3)/1+1 = 30; (48-3)/1+1 = 46; 30x46x16 | 448 |";
    assert_eq!(said(&audited(&[oblong], "448")), []);
}

#[test]
fn a_column_that_is_not_there_is_not_missed() {
    let text = "| Kernel | Input | Kernels | Output | Params |\n|---|---|---|---|---|\n\
                | 3x3 | 32x32x3 | 16 | 30x30x16 | 448 |\n| 2x2 | 30x30x16 | | 15x15x16 | 0 |\n\nTotal = 448\n";
    let (sheets, _) = sheet::read(&Memory::new("a.md", text.as_bytes().to_vec())).expect("a sheet");
    let audit = audit(&sheets[0], None);
    assert_eq!(said(&audit), []);
    assert_eq!(audit.strict.right, audit.strict.of, "nothing is wanted of the calculation");
}

#[test]
fn a_decimal_is_no_whole_number() {
    // 37,434 = 366 · 102 + 102; 12.34 has nothing to do with it.
    let row = "| dense | | 366 | 102 | 366x102 + 102 = 37434 | 102 | 12.34 |";
    let said = said(&audited(&[row], "12.34"));
    assert!(said.contains(&(1, Column::Params, Verdict::Unexplained, "")), "{said:?}");
}

#[test]
fn slips_inside_a_row_are_found_where_they_began() {
    let pool = "| pool | 2x2 | 30x30x16 | | | 15x15x16 | 0 |";
    // 15 · 15 · 16 = 3,600, not 3,500; the row goes on with 3,500, and the total has 448 + 35,010.
    let flat = "| dense | | 15x15x16 = 3500 | 10 | 3500 x 10 = 35000; 1 x 10 = 10; Total: 35010 | 10 | 35010 |";
    let found = said(&audited(&[CONV, pool, flat], "35458"));
    assert_eq!(found[0], (3, Column::Input, Verdict::Wrong, "T1"), "{found:?}");
    assert!(found[1..].iter().all(|cell| cell.2 == Verdict::Carried), "{found:?}");
    // 3,600 copied as 6,300 into the calculation: the steps go on with it, and so does the total.
    let copied = "| dense | | 15x15x16 = 3600 | 10 | 6300 x 10 = 63000; 1 x 10 = 10; Total: 63010 | 10 | 63010 |";
    let found = said(&audited(&[CONV, pool, copied], "63458"));
    assert_eq!(found[0], (3, Column::Calculation, Verdict::Wrong, "T1"), "{found:?}");
    // 36,010 in the steps and 36,100 in the cell, which the total has: 448 + 36,100.
    let cell = "| dense | | 15x15x16 = 3600 | 10 | 3600 x 10 = 36000; 1 x 10 = 10; Total: 36010 | 10 | 36100 |";
    let found = said(&audited(&[CONV, pool, cell], "36548"));
    assert_eq!(found[0], (3, Column::Params, Verdict::Wrong, "T1"), "{found:?}");
}

#[test]
fn convolutions_without_biases_are_a_convention() {
    // 3 · 3 · 3 · 16 = 432 and 3 · 3 · 16 · 32 = 4,608 throughout; 13 · 13 · 32 = 5,408 features, 5,408 · 10 + 10 = 54,090.
    // 30 / 2 = 15, 15 - 3 + 1 = 13. 432 + 4,608 + 54,090 = 59,130.
    let rows = [
        "| conv | 3x3 | 32x32x3 | 16 | 3x3x3x16 = 432 | 30x30x16 | 432 |",
        "| pool | 2x2 | 30x30x16 | | | 15x15x16 | 0 |",
        "| conv | 3x3 | 15x15x16 | 32 | 3x3x16x32 = 4608 | 13x13x32 | 4608 |",
        "| dense | | 13x13x32 = 5408 | 10 | 5408x10 + 10 = 54090 | 10 | 54090 |",
    ];
    let found = said(&audited(&rows, "59130"));
    assert!(!found.is_empty() && found.iter().all(|cell| cell.2 == Verdict::Convention), "{found:?}");
}

#[test]
fn a_pool_with_another_depth_stays_a_pool() {
    // A pool keeps its 16 channels; 32 is wrong, and the rows after it go on with 32. No kernels, no sum and no parameters
    // stand in the row, and the total is that of the others: 448 + 72,010.
    let rows = [
        CONV,
        "| pool | 2x2 | 30x30x16 | | | 15x15x32 | |",
        "| dense | | 15x15x32 = 7200 | 10 | 7200x10 + 10 = 72010 | 10 | 72010 |",
    ];
    let audit = audited(&rows, "72458");
    let found = said(&audit);
    assert_eq!((found[0].0, found[0].1), (2, Column::Output), "{found:?}");
    assert!(matches!(found[0].2, Verdict::Wrong | Verdict::Ambiguous), "{found:?}");
    let total = audit.cells.last().expect("a total");
    assert_eq!((total.verdict, total.right.as_deref()), (Verdict::Carried, Some("36458")));
}

#[test]
fn what_is_taken_away_as_shown_needs_no_other_padding() {
    // 97 - 3 + 1 = 95 without padding is right. 95 - 5 - 4 + 1 = 87 takes the padding away instead of adding it (S15), with
    // padding 2 on both sides: there is no reason to suppose padding in the first row.
    let rows = [
        "| conv | 3x3 | 97x97x3 | 8 | 3x3x3x8 + 8 = 224 | (97 - 3) + 1 = 95; 95x95x8 | 224 |",
        "| conv | 5x5 | 95x95x8 | 4 | 5x5x8x4 + 4 = 804 | (95 - 5 - 4) + 1 = 87; 87x87x4 | 804 |",
        "| pool | 3x3 | 87x87x4 | | | (87 - 3)/3 + 1 = 29; 29x29x4 | 0 |",
    ];
    let found = said(&audited(&rows, "1028"));
    assert!(found.iter().all(|cell| cell.0 != 1), "{found:?}");
}
