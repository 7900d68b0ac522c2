//! The grammar of a cell: the ways in which people and scanners write numbers, and what they mean.

use formats::sheet::read as read_sheets;
use workings::worksheet::{Cell, Column, Written};

use crate::shown::{Text, claims};

/// The cell of a column that holds this text, in a table of one row.
fn cell(column: Column, text: &str) -> Cell {
    let quoted = text.replace('"', "\"\"");
    let mut fields = ["3x3", "9x9x1", "1", "1", "1", "1"].map(str::to_owned);
    fields[column as usize] = format!("\"{quoted}\"");
    let table = format!("Kernel,Input,Filters,Calc,Output,Params\n{}\n", fields.join(","));
    let (sheets, _) = read_sheets(&Text("cell.csv", table.as_bytes())).expect("a sheet");
    sheets[0].rows[0].cell(column).clone()
}

#[test]
fn what_is_written_means() {
    use Column::{Calculation as C, Input as I, Kernel as K, Kernels as N, Output as O, Params as P};
    // Each meaning is read off the text by eye.
    let cases = [
        (K, "3x3", "3 × 3"),
        (K, "3 X 3", "3 × 3"),
        (K, "(3, 3)", "3 × 3"),
        (K, "3 by 3", "3 × 3"),
        (K, "$3 \\times 3$", "3 × 3"),
        (K, "① 3x3", "3 × 3 | “①”"),
        (K, "max pool", "“max” | “pool”"),
        (I, "150x150x3", "150 × 150 × 3"),
        (I, "150,150,3", "150 × 150 × 3"),
        (I, "(150, 150, 3)", "150 × 150 × 3"),
        (I, "[150 150 3]", "150 × 150 × 3"),
        (I, "150 by 150 by 3", "150 × 150 × 3"),
        (I, "(224,224,128)", "224 × 224 × 128"),
        (I, "41,472", "41472"),
        (I, "18 × 18 × 128 = 41472", "18 × 18 × 128 = 41472"),
        (I, "18 · 18 · 128\n= 41 472", "18 × 18 × 128 | .. = 41 | 472"),
        (N, "~~64~~ 32", "32 | ~~64~~"),
        (N, "-", "‘-’"),
        (N, "n/a", "‘n/a’"),
        (C, "WE: 3x3x3 = 27; 27x32 = 864", "weights: 3 × 3 × 3 = 27 | 27 × 32 = 864"),
        (C, "Weights = 7×7×3\n= 147", "weights: 7 × 7 × 3 | .. = 147"),
        (C, "Bias 32<br>Total = 896", "bias: 32 | total: 896"),
        (C, "B: 1*32 T: 896", "bias: 1 × 32 | total: 896"),
        (C, "32 bias", "bias: 32"),
        (C, "(3*3*3 + 1) * 32 = 896", "(3 × 3 × 3 + 1) × 32 = 896"),
        (C, "3^2 × 3", "3 × 3 × 3"),
        (C, "2(2) + 5 \\cdot 2", "2 × 2 + 5 × 2"),
        (C, "27x32 = 864, bias 32", "27 × 32 = 864 | bias: 32"),
        (C, "~~3x3 = 9~~ 3x3x3 = 27", "3 × 3 × 3 = 27 | ~~3x3 = 9~~"),
        (C, "$\\cancel{12}\\ 13$", "13 | ~~12~~"),
        (O, "(150 - 3 + 2)/1 + 1 = 150", "(150 − 3 + 2)/1 + 1 = 150"),
        (O, "\\frac{224-7}{4} + 1 = 55.25 \\approx 55", "(224 − 7)/4 + 1 = 55.25 = 55"),
        (O, "\\left\\lfloor \\frac{55-3}{2} \\right\\rfloor + 1", "⌊(55 − 3)/2⌋ + 1"),
        (O, "⌊(55 − 3) ÷ 2⌋ + 1", "⌊(55 − 3)/2⌋ + 1"),
        (O, "floor((55-3)/2)+1", "⌊(55 − 3)/2⌋ + 1"),
        (O, "ceil((55-3)/2)+1", "⌈(55 − 3)/2⌉ + 1"),
        (O, "(55-3)//2+1", "⌊(55 − 3)/2⌋ + 1"),
        (O, "{55-3 \\over 2} + 1", "(55 − 3)/2 + 1"),
        (O, "(55-3) : 2 + 1", "(55 − 3)/2 + 1"),
        (O, "Ow = (W - F + 2P)/S + 1", "output: (W − F + 2 × P)/S + 1"),
        (O, "O_w = \\left(\\frac{W-F+2P}{S}\\right)+1", "output: (W − F + 2 × P)/S + 1"),
        (O, "= 149 \\\\ 149 \\times 149 \\times 32 = 73856", ".. = 149 | 149 × 149 × 32 = 73856"),
        (O, "(150 - 2 &+ 1 \\\\ &= 149", "150 − 2 + 1 | .. = 149"),
        (O, "((150 - 2)) + 1) = 149", "(150 − 2) + 1 = 149"),
        (O, "same", "“same”"),
        (O, "−1 + 2", "−1 + 2"),
        (P, "2,747,585", "2747585"),
        (P, "2 747 585", "2747585"),
        (P, "2'747'585", "2747585"),
        (P, "2.747.585", "2747585"),
        (P, "$2{,}747{,}585$", "2747585"),
        (P, "54.25", "54.25"),
        (N, "３２", "32"),
        (I, "（３２， ３２， ３）", "32 × 32 × 3"),
        (C, "３ｘ３×３＝２７", "3 × 3 × 3 = 27"),
        (N, "thirty", "“thirty”"),
        (O, "(None, 26, 26, 32)", "26 × 26 × 32 | “None”"),
        (O, "(None, 5408)", "5408 | “None”"),
        (P, "1180\n160", "1180 | 160"),
        (P, "**896**", "896"),
        (P, "—", "‘—’"),
    ];
    for (column, text, meaning) in cases {
        assert_eq!(claims(&cell(column, text)), meaning, "{text:?} in {}", column.name());
    }
}

#[test]
fn deep_and_endless_cells_are_read() {
    let long = ["(", "9"].map(|text| text.repeat(1_000_000));
    let pieces =
        [")", "(1+", "1(", "1/", "1x", "1-", r"\frac{", "~~", "1 ", "a ", "= ", "1,", "<", "-", "&", "$", "W:", "x"];
    let short = pieces.map(|text| text.repeat(10_001 / text.len()));
    for text in long.into_iter().chain(short) {
        for column in [Column::Input, Column::Calculation] {
            let cell = cell(column, &text);
            assert!(cell.figures().all(|figure| figure.place.line > 0));
            // What is read can be shown and worked out.
            for side in cell.claims.iter().flat_map(|claim| &claim.sides) {
                let _ = (side.value(), Written::to_string(side));
            }
        }
    }
}

/// The figures of a sheet of one row, by column.
fn figures(cells: [&str; 6], total: &str) -> String {
    let fields = cells.map(|cell| format!("\"{cell}\"")).join(",");
    let table = format!("Kernel,Input,Filters,Calc,Output,Params\n{fields}\nTotal,,,,,{total}\n");
    let (sheets, _) = read_sheets(&Text("dots.csv", table.as_bytes())).expect("a sheet");
    let row = sheets[0].rows[0].cells.iter().map(claims).collect::<Vec<_>>().join(" ; ");
    format!("{row} ; {}", claims(&sheets[0].total).trim_start_matches("total: "))
}

/// Counts are whole numbers: three digits behind every dot of a sheet are thousands there. What a window leaves is a
/// quotient, so 227/3 = 75.666 says nothing, unless a number with two dots shows that this hand parts thousands so. One
/// figure with other than three digits behind its dot, or a 0 before it, shows that dots are decimal points.
#[test]
fn dots_part_thousands_where_all_of_them_can() {
    let dense = |params| ["", "14.400", "1.024", "14.400x1.024 = 14.745.600", "1.024", params];
    let conv = |output, params| ["3x3", "", "16", "9x100 = 900", output, params];
    let cases = [
        (dense("14.746.624"), "1", "; 14400 ; 1024 ; 14400 × 1024 = 14745600 ; 1024 ; 14746624 ; 1"),
        (conv("227/3 = 75.666", "14.400"), "14.400", "3 × 3 ;  ; 16 ; 9 × 100 = 900 ; 227/3 = 75.666 ; 14400 ; 14400"),
        (conv("9.216", "14.400"), "2.747.585", "3 × 3 ;  ; 16 ; 9 × 100 = 900 ; 9216 ; 14400 ; 2747585"),
        (conv("149/2 = 74.5", "14.400"), "1", "3 × 3 ;  ; 16 ; 9 × 100 = 900 ; 149/2 = 74.5 ; 14.400 ; 1"),
        (conv("1", "14.400"), "12.34", "3 × 3 ;  ; 16 ; 9 × 100 = 900 ; 1 ; 14.400 ; 12.34"),
        (conv("1", "0.125"), "1", "3 × 3 ;  ; 16 ; 9 × 100 = 900 ; 1 ; 0.125 ; 1"),
        (conv("1", "1440.125"), "1", "3 × 3 ;  ; 16 ; 9 × 100 = 900 ; 1 ; 1440.125 ; 1"),
    ];
    for (cells, total, meaning) in cases {
        assert_eq!(figures(cells, total).trim(), meaning, "{cells:?}");
    }
}
