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

fn audit_against(sheet: &str, network: &str) -> Ran {
    workings(&["audit", "-", "--against", network], sheet.as_bytes())
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
    for words in ["✗ row 2, output", "S2", "28x28x16", "Mend row 2's output and 6 more turn right"] {
        assert!(ran.out.contains(words), "{words:?} is not in\n{}", ran.out);
    }
    // The lines of a cell are parted, and the rule comes with its numbers.
    let json = workings(&["audit", &sheet, "--against", &network, "--as", "json"], b"").out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let cells = json["cells"].as_array().expect("cells");
    let wrong = cells.iter().find(|cell| cell["verdict"] == "wrong").expect("one is wrong");
    assert_eq!(
        wrong["says"],
        "`(28 - 7 + 3)/1 + 1 = 25; 25 × 25 × 16` comes to 25x25x16, which fits “the padding added once”. The padding \
         stands on both sides, so it is added twice: 28 − 7 + 2 × 3 + 1 = 28. Here it is 28x28x16. 6 cells follow from it."
    );
    let sheet = format!("{WORKSHEETS}teach-channels.md");
    let ran = workings(&["audit", &sheet, "--as", "json"], b"");
    let sum = "from the layer before: 3 × 3 × 16 = 144; 144 × 32 = 4608; 1 × 32 = 32; together 4640. 2 cells follow";
    assert!(ran.code == Some(1) && ran.out.contains(sum), "{}", ran.out);
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
    refused(
        &workings(&["audit", "-", "--as", "csv"], wrong.as_bytes()),
        &["no CSV form", "markdown, html, latex and json"],
    );
}

/// A form that an answer does not have is not offered; `show` has it.
#[test]
fn only_forms_that_there_are_are_offered() {
    for (command, csv) in [("show", true), ("audit", false), ("explain", false), ("why", false), ("ops", false)] {
        let help = workings(&[command, "--help"], b"");
        assert_eq!((help.code, help.out.contains("- csv:")), (Some(0), csv), "{command}: {}", help.out);
        assert!(help.out.contains("- latex:"), "{command}: {}", help.out);
    }
    let unknown = workings(&["explain", "--as", "cvs"], b"");
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.err.contains("[possible values: terminal, markdown, html, json, latex]"), "{}", unknown.err);
}

/// 2,001 rows are one more than are judged: that is said, nothing is shown, and no file is begun. A sheet beside it is judged.
#[test]
fn a_sheet_that_is_too_long() {
    let long = format!("# Long\n\n| Kernel | Input |\n| --- | --- |\n{}", "| 3x3 | 8x8x3 |\n".repeat(2001));
    let path = format!("{}/too-long.html", env!("CARGO_TARGET_TMPDIR"));
    for arguments in [&["audit", "-"][..], &["recover", "-"], &["audit", "-", "--as", "html", "-o", &path]] {
        refused(&workings(arguments, long.as_bytes()), &["2001 rows", "up to 2000", "a row is a layer"]);
    }
    assert!(!std::path::Path::new(&path).exists());
    let ran = audit(&format!("{RIGHT}\n{long}"));
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(ran.out.starts_with("Small\n\nEvery cell is right.") && !ran.out.contains("Long"), "{}", ran.out);
}

/// A file of two sheets gives a file of two networks; `show` takes one.
#[test]
fn several_networks_are_written_to_a_file() {
    let path = format!("{}/two.net", env!("CARGO_TARGET_TMPDIR"));
    let two = format!("{RIGHT}\n{}", RIGHT.replace("# Small", "# Other"));
    let ran = workings(&["recover", "-", "-o", &path], two.as_bytes());
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), "", ""));
    let one = |name: &str| format!("network {name}\ninput 8x8x3\n\nconv    3, 4\npool    2\nflatten\ndense   10\n");
    let written = std::fs::read_to_string(&path).expect("it is there");
    assert_eq!(written, format!("{}\n{}", one("small"), one("other")));
    assert_eq!(workings(&["show", &path], b"").code, Some(2));
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

/// An audit against the network of another sheet says so, and what to do; in JSON too.
#[test]
fn a_key_for_another_network() {
    let sheet = format!("{WORKSHEETS}teach-padding.md");
    for (arguments, input, says) in [
        (&["audit", "-", "--against", "q4"][..], RIGHT, "of 3 rows look like the network q4"),
        (&["audit", &sheet, "--against", "q1"], "", "Only 0 of 4 rows look like the network q1"),
        (&["audit", &sheet, "--against", "q1", "--as", "json"], "", "rows look like the network `q1`"),
    ] {
        let ran = workings(arguments, input.as_bytes());
        assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""), "{}", ran.out);
        let said = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
        for words in [says, "the key of another sheet", "workings recover"] {
            assert!(said.contains(words), "{words:?} is not in\n{}", ran.out);
        }
    }
}

/// What is recovered is a network: its own sheet's cells are right when they are held against it.
#[test]
fn a_network_is_recovered() {
    let ran = workings(&["recover", "-"], RIGHT.as_bytes());
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    assert_eq!(ran.out, "network small\ninput 8x8x3\n\nconv    3, 4\npool    2\nflatten\ndense   10\n");
    let network = file("recovered.net", ran.out.as_bytes());
    assert_eq!(audit_against(RIGHT, &network).code, Some(0));
    assert_eq!(workings(&["show", &network], b"").code, Some(0));
}

#[test]
fn what_a_recovery_repaired_or_chose_is_said() {
    let repaired = workings(&["recover", &format!("{WORKSHEETS}teach-padding.md")], b"");
    assert_eq!((repaired.code, repaired.err.as_str()), (Some(1), ""), "{}", repaired.out);
    for words in
        ["# row 2: the sheet goes on as with “the padding added once”\nconv    7, 16, pad 3", "29546 follows from"]
    {
        assert!(repaired.out.contains(words), "{words:?} is not in\n{}", repaired.out);
    }
    // Without the formula, two strides of the pool lead to the same size.
    let chosen = workings(&["recover", "-"], RIGHT.replace("(6 - 2)/2 + 1 = 3<br>", "").as_bytes());
    assert_eq!((chosen.code, chosen.err.as_str()), (Some(1), ""), "{}", chosen.out);
    assert!(chosen.out.contains("# row 2: the sheet does not decide"), "{}", chosen.out);
}

/// A sheet of which nothing can be told is said, and the others of its file are answered.
#[test]
fn one_of_two_sheets_holds_too_little() {
    let two = format!("{RIGHT}\n# Other\n\n| Kernel | Input |\n| --- | --- |\n| 3x3 | |\n");
    for (command, answer) in [("recover", "network small"), ("audit", "✓ Small")] {
        let ran = workings(&[command, "-"], two.as_bytes());
        assert_eq!(ran.code, Some(2), "{}", ran.out);
        assert!(ran.out.contains(answer), "{}", ran.out);
        for words in ["standard input:11:1: the sheet “Other” holds too little", "→ it takes at least an input size"]
        {
            assert!(ran.err.contains(words), "{words:?} is not in\n{}", ran.err);
        }
    }
    let both = workings(&["recover", "-"], format!("{RIGHT}\n{}", RIGHT.replace("Small", "Other")).as_bytes());
    assert_eq!(both.code, Some(0), "{}", both.err);
    assert!(both.out.starts_with("network small\n") && both.out.contains("\n\nnetwork other\n"), "{}", both.out);
}

/// A network is no sheet, and is told from one.
#[test]
fn a_network_given_as_a_sheet() {
    let network = file("given.net", NETWORK.as_bytes());
    for command in ["audit", "recover"] {
        let ran = workings(&[command, &network], b"");
        assert_eq!(ran.code, Some(2), "{}", ran.out);
        assert!(ran.err.contains("holds too little") || ran.err.contains("network"), "{}", ran.err);
        assert!(ran.err.contains("→ "), "{}", ran.err);
    }
}

#[test]
fn what_is_no_sheet() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
    let (empty, picture) = (file("empty.md", b""), file("picture.md", png));
    for command in ["audit", "recover"] {
        refused(&workings(&[command, &empty], b""), &["empty.md", "nothing is in it", "kernel size"]);
        refused(&workings(&[command, &picture], b""), &["picture.md", "PNG picture", "the text of it"]);
        refused(&workings(&[command, "-"], b""), &["standard input", "nothing is in it"]);
        refused(&workings(&[command, "-"], png), &["PNG picture"]);
        refused(&workings(&[command, "-"], b"Dear all,\n\nhere is nothing to see.\n"), &["nothing in this text"]);
        refused(
            &workings(&[command, "-"], b"| name | age |\n| --- | --- |\n| a | 3 |\n"),
            &["standard input:1:", "no known column", "`name`, `age`", "kernel size, input size"],
        );
        refused(&workings(&[command, "q1"], b""), &["no file `q1`", "--against q1"]);
        refused(&workings(&[command, "nothing-like-it.md"], b""), &["no file `nothing-like-it.md`", "standard input"]);
        refused(&workings(&[command, WORKSHEETS], b""), &["is a folder", "one of the files in it"]);
    }
}

#[test]
fn what_is_no_network_to_hold_a_sheet_against() {
    let against = |key: &str| workings(&["audit", "-", "--against", key], RIGHT.as_bytes());
    refused(&against("q9"), &["no file and no network `q9`", "did you mean `q1`"]);
    refused(&against(&file("broken.net", b"input 8x8x3\ncnov 3x3, 4\n")), &["did you mean `conv`", "nothing was held"]);
    let open = file("open.net", b"input HxWx3\nconv 3x3, 4\n");
    refused(&against(&open), &["open.net: its input has the open size `H`", "write numbers"]);
    refused(&against("-"), &["both the sheet and its network"]);
}

#[test]
fn a_long_cell() {
    let long = RIGHT.replace("3 × 3 × 3 = 27", &"3 × 3 ".repeat(20_000));
    let ran = audit(&long);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.out.len() < 50_000 && ran.out.contains("370"), "{} bytes", ran.out.len());
    assert!(ran.out.contains("Row 1, calculation:"), "what was not looked at is said:\n{}", ran.out);
}

#[test]
fn codes_are_explained() {
    for (code, says) in [
        ("P1", "biases"),
        ("s3", "+ 1"),
        ("X8", "struck"),
        ("misread", "read wrongly"),
        ("window", "fit"),
        ("Confidence", "no probability"),
    ] {
        let ran = workings(&["explain", code], b"");
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert!(ran.out.to_lowercase().contains(says), "{says:?} is not in\n{}", ran.out);
    }
    refused(&workings(&["explain", "misraed"], b""), &["misraed", "did you mean `misread`"]);
    refused(&workings(&["explain", "P11"], b""), &["P11", "did you mean `P11a`, `P11b`, `P11c` or `P11d`?"]);
}
