//! Sheets that somebody filled in, as a person audits and recovers them: answers, exit codes, and whatever is no sheet.

mod run;

use run::{Ran, workings};

const WORKSHEETS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../worksheets/");

/// By hand: (8 − 3)/1 + 1 = 6, 27 · 4 + 4 = 112; (6 − 2)/2 + 1 = 3; 36 · 10 + 10 = 370; together 482.
const RIGHT: &str = "# Small

| Kernel size | Input size | No of kernels | Calculation | Output size | Params |
| --- | --- | --- | --- | --- | --- |
| 3x3 | 8x8x3 | 4 | 3 × 3 × 3 = 27<br>27 × 4 = 108<br>Bias: 1 × 4 = 4<br>Total: 112 | (8 - 3)/1 + 1 = 6<br>6 × 6 × 4 | 112 |
| 2x2 | 6x6x4 | | | (6 - 2)/2 + 1 = 3<br>3 × 3 × 4 | |
| | 3 × 3 × 4 = 36 | 10 | 36 × 10 = 360<br>Bias: 1 × 10 = 10<br>Total: 370 | 10 | 370 |

Total = 482
";

const NETWORK: &str = "network small\ninput 8x8x3\nconv 3x3, 4\npool 2x2\nflatten\ndense 10\n";

/// A file of this text, and its path.
fn file(name: &str, text: &[u8]) -> String {
    let path = format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&path, text).expect("it can be written");
    path
}

fn audit(sheet: &str) -> Ran {
    workings(&["audit", "-"], sheet.as_bytes())
}

/// The run was refused without an answer, and says all of this on standard error.
#[track_caller]
fn refused(ran: &Ran, says: &[&str]) {
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    assert!(ran.err.contains('→'), "it says what to do: {}", ran.err);
    for words in says {
        assert!(ran.err.contains(words), "{words:?} is not in\n{}", ran.err);
    }
}

#[test]
fn a_sheet_that_is_right() {
    let network = file("small.net", NETWORK.as_bytes());
    for arguments in [&["audit", "-"][..], &["audit", "-", "--against", &network]] {
        let ran = workings(arguments, RIGHT.as_bytes());
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
        assert!(ran.out.starts_with("Small\n\nEvery cell is right."), "{}", ran.out);
    }
}

#[test]
fn a_sheet_that_is_not() {
    let sheet = format!("{WORKSHEETS}teach-padding.md");
    let network = format!("{WORKSHEETS}teach-padding.net");
    let ran = workings(&["audit", &sheet, "--against", &network], b"");
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""), "{}", ran.out);
    for words in ["✗ row 2, output", "S2", "28x28x16", "Mend row 2's output"] {
        assert!(ran.out.contains(words), "{words:?} is not in\n{}", ran.out);
    }
}

#[test]
fn every_form_of_an_answer() {
    let wrong = RIGHT.replace("482", "472");
    for form in ["terminal", "markdown", "html", "json", "latex"] {
        let ran = workings(&["audit", "-", "--as", form], wrong.as_bytes());
        assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""), "{form}");
        assert!(ran.out.contains("Small") && ran.out.contains("482") && ran.out.ends_with('\n'), "{form}: {}", ran.out);
        let explained = workings(&["explain", "--as", form], b"");
        assert_eq!((explained.code, explained.err.as_str()), (Some(0), ""), "{form}");
    }
    let json = workings(&["audit", "-", "--as", "json"], wrong.as_bytes()).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["schema"], "workings/audit/1");
    let total = json["cells"].as_array().and_then(|cells| cells.iter().find(|cell| cell["column"] == "total"));
    assert_eq!(total.expect("it is there")["right"], 482);
    refused(&workings(&["audit", "-", "--as", "csv"], wrong.as_bytes()), &["no CSV form", "json"]);
}

#[test]
fn two_sheets_in_one_file() {
    let two = format!("{RIGHT}\n{}", RIGHT.replace("# Small", "# Other").replace("482", "472"));
    let ran = audit(&two);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.out.contains("✓ Small") && ran.out.contains("✗ Other"), "{}", ran.out);
    let json = workings(&["audit", "-", "--as", "json"], two.as_bytes()).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["sheets"].as_array().map(Vec::len), Some(2));
}

/// An audit against the network of another sheet says so, and what to do.
#[test]
fn a_key_for_another_network() {
    let ran = workings(&["audit", "-", "--against", "q4"], RIGHT.as_bytes());
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.out.contains("another sheet") && ran.out.contains("recover"), "{}", ran.out);
}

#[test]
fn what_is_no_sheet() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
    for command in ["audit", "recover"] {
        refused(&workings(&[command, "-"], b""), &["standard input", "nothing is in it"]);
        refused(&workings(&[command, "-"], png), &["PNG picture"]);
        refused(&workings(&[command, "-"], b"Dear all,\n\nhere is nothing to see.\n"), &["nothing in this text"]);
        refused(
            &workings(&[command, "-"], b"| name | age |\n| --- | --- |\n| a | 3 |\n"),
            &["no known column", "`name`"],
        );
        refused(&workings(&[command, "q1"], b""), &["no file `q1`", "--against q1"]);
        refused(&workings(&[command, "nothing-like-it.md"], b""), &["no file `nothing-like-it.md`"]);
        refused(&workings(&[command, WORKSHEETS], b""), &["is a folder"]);
    }
}

#[test]
fn what_is_no_network_to_hold_a_sheet_against() {
    let against = |key: &str| workings(&["audit", "-", "--against", key], RIGHT.as_bytes());
    refused(&against("q9"), &["no file and no network `q9`", "did you mean `q1`"]);
    refused(&against(&file("broken.net", b"input 8x8x3\ncnov 3x3, 4\n")), &["did you mean `conv`", "nothing was held"]);
    refused(&against("-"), &["both the sheet and its network"]);
}

#[test]
fn a_long_cell() {
    let long = RIGHT.replace("3 × 3 × 3 = 27", &"3 × 3 ".repeat(300));
    let ran = audit(&long);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.out.len() < 50_000 && ran.out.contains("370"), "{} bytes", ran.out.len());
}

#[test]
fn codes_are_explained() {
    for (code, says) in
        [("P1", "biases"), ("s3", "+ 1"), ("X8", "struck"), ("misread", "read wrongly"), ("window", "fit")]
    {
        let ran = workings(&["explain", code], b"");
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert!(ran.out.to_lowercase().contains(says), "{says:?} is not in\n{}", ran.out);
    }
    refused(&workings(&["explain", "misraed"], b""), &["misraed", "did you mean `misread`"]);
}
