//! What is no sheet is said to be none, with what to do; what is fine beside it is kept.

use std::fmt::Write;

use formats::sheet::read;
use workings::fault::Fault;

use crate::shown::{Text, sheets, shown};

fn fails(name: &str, bytes: &[u8]) -> Fault {
    match read(&Text(name, bytes)) {
        Err(fault) => fault,
        Ok((sheets, _)) => panic!("{name} was read: {sheets:?}"),
    }
}

#[test]
fn what_is_no_sheet_says_so() {
    let cases: [(&str, &[u8], &str); 10] = [
        ("empty", b"", "nothing is in it"),
        ("space", b" \n\t\r\n", "nothing is in it"),
        ("photo", b"\x89PNG\r\n\x1a\n\0\0", "a PNG picture"),
        ("photo.md", b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG picture"),
        ("scan", b"%PDF-1.7", "a PDF"),
        ("q1.xlsx", b"PK\x03\x04\x14\0", "a ZIP archive"),
        ("bytes", b"ab\0cd", "zero bytes"),
        ("prose", b"It was a dark and stormy night.\nThe rain fell.\n", "nothing in this text is like a worksheet"),
        ("people.md", b"| Name | Age |\n|---|---|\n| Ann | 30 |\n", "no known column with a row"),
        ("people.csv", b"name,age\nAnn,30\n", "no known column with a row"),
    ];
    for (name, bytes, says) in cases {
        let fault = fails(name, bytes);
        assert!(fault.says.contains(says), "{name}: {fault}");
        assert!(fault.hint.is_some(), "{name}: {fault}");
    }
}

#[test]
fn columns_that_are_not_known_are_kept() {
    let text = "| Kernel | Input | Colour | Params | Moon phase |\n|---|---|---|---|---|\n| 3x3 | 9x9x1 | blue 7 | 10 | full |\n";
    let (sheets, faults) = read(&Text("x.md", text.as_bytes())).expect("a sheet");
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(
        faults[0].says.contains("Colour") && faults[0].place.is_some_and(|place| (place.line, place.column) == (1, 20))
    );
    let unplaced: Vec<&str> = sheets[0].unplaced.iter().map(|piece| &*piece.text).collect();
    assert_eq!(unplaced, ["blue 7", "full"]);
}

#[test]
fn a_byte_that_is_no_text_leaves_the_rest() {
    let (sheets, faults) = read(&Text("x.csv", b"Kernel,Input,Params\n3x3,9x9x1,10\xff\n")).expect("a sheet");
    assert_eq!(sheets[0].rows.len(), 1);
    assert_eq!(faults[0].place.map(|place| (place.line, place.column)), Some((2, 13)), "{faults:?}");
}

#[test]
fn several_sheets_in_a_file() {
    let table =
        "| Kernel | Input | Params |\n|---|---|---|\n| 3x3 | 9x9x1 | 10 |\n| 3x3 | 9x9x3 | 11 |\n\nTotal = 21\n\n";
    let text = format!("# First\n\n{table}# Second\n\n{table}{table}");
    let names: Vec<_> = sheets("x.md", &text).into_iter().map(|sheet| (sheet.name, sheet.rows.len())).collect();
    assert_eq!(names, [(Some("First".into()), 2), (Some("Second".into()), 2), (None, 2)]);
}

#[test]
fn spanned_cells_keep_the_others_in_their_columns() {
    let text = "<table><tr><th>Kernel<th>Input<th>Filters<th>Params</tr>
        <tr><td rowspan=2>3x3<td>9x9x1<td>4<td>40</tr><tr><td>9x9x4<td>5<td>185</tr>
        <tr><td colspan=2>2x2<td>-<td>0</table>";
    let sheet = &sheets("x.html", text)[0];
    assert_eq!(
        shown(sheet),
        "# (no name)\n1. kernel [3 × 3] input [9 × 9 × 1] kernels [4] params [40]\n2. input [9 × 9 × 4] kernels [5] params \
         [185]\n3. kernel [2 × 2] kernels [‘-’] params [0]\n"
    );
}

#[test]
fn a_hundred_thousand_rows() {
    let mut markdown = "| Kernel | Input | Params |\n|---|---|---|\n".to_owned();
    let (mut csv, mut scan) = ("Kernel,Input,Filters,Calc,Output,Params\n".to_owned(), String::new());
    for row in 0..100_000 {
        markdown += "| 3x3 | 9x9x4 | 148 |\n";
        if row % 50 == 0 {
            csv += "3x3,9x9x4,4,WE: 3x3x4 = 36; 36x4 = 144,(9-3)/1 + 1 = 7,148\n";
            write!(scan, "3x3 9x9x4 4\nWE: 3x3x4 = 36\n36x4 = 144\nB: 4\nT: 148\n(9-3)/1 + 1 = 7\n7x7x4\n148\n")
                .expect("a text");
        }
    }
    for (name, text, rows) in [("x.md", &markdown, 100_000), ("x.csv", &csv, 2_000), ("x.txt", &scan, 2_000)] {
        let sheets = sheets(name, text);
        assert_eq!(sheets.iter().map(|sheet| sheet.rows.len()).sum::<usize>(), rows, "{name}");
    }
}

#[test]
fn endless_columns_are_read() {
    let mut apart = "Kernel size\n".to_owned() + &"3x3\n".repeat(2_000) + "Input size\n" + &"9x9x4\n".repeat(2_000);
    apart +=
        &("Calc\n".to_owned() + &"WE: 3x3x4 = 36\nB: 4\nT: 148\n".repeat(2_000) + "Params\n" + &"148\n".repeat(2_000));
    assert_eq!(sheets("x.txt", &apart)[0].rows.len(), 2_000);
    for line in
        ["148\n", "T: 148\n", "= 7\n", "classmate\n", "10 x 10 = 100\n", "10\n2x2x4 = 16\n", "-\n", "a\n", "3x3\t4\n"]
    {
        let text = "3x3 9x9x4 4\n1x1x1 = 1\n".to_owned() + &line.repeat(2_000);
        assert!(!sheets("x.txt", &text).is_empty());
    }
}
