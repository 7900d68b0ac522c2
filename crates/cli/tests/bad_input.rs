//! Whatever is wrong with an input ends in one clear message and exit code 2, never in a panic, a hang or a wrong number;
//! and what can still be had is shown.

mod run;

use run::{Ran, show, workings};

/// The run was refused, and says all of this on standard error.
#[track_caller]
fn refused(ran: &Ran, says: &[&str]) {
    assert_eq!(ran.code, Some(2), "{}{}", ran.out, ran.err);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    for words in says {
        assert!(ran.err.contains(words), "{words:?} is not in\n{}", ran.err);
    }
}

/// The same; and these rows are still there.
#[track_caller]
fn refused_but_shown(net: &str, says: &[&str], shown: &[&str]) {
    let ran = show(net);
    refused(&ran, says);
    for words in shown {
        assert!(ran.out.contains(words), "{words:?} is not in\n{}", ran.out);
    }
}

#[test]
fn a_kernel_larger_than_its_padded_input() {
    let net = "input 4x4x3\nconv 3x3, 8, pad 1\nconv 7x7, 16\n";
    refused_but_shown(
        net,
        &["conv2", "the window fits inside the padded input", "3:1", "smaller kernel"],
        &["224", "6,288"],
    );
}

#[test]
fn settings_of_zero() {
    for (line, says) in [
        ("conv 3x3, 8, stride 0", "0 is below 1"),
        ("conv 0x3, 8", "0 is below 1"),
        ("conv 3x3, 0", "0 is below 1"),
        ("conv 3x3, 8, groups 0", "0 is below 1"),
        ("pool 0", "0 is below 1"),
        ("dense 0", "0 is below 1"),
    ] {
        refused(&show(&format!("input 8x8x4\n{line}\n")), &[says, "standard input:2:"]);
    }
}

#[test]
fn symbols_bound_to_zero() {
    let ran = workings(&["show", "-", "--bind", "S=0"], b"input 8x8x4\nconv 3x3, 8, stride S\n");
    refused(&ran, &["conv1", "a size is 1 or more", "2:1"]);
    let ran = workings(&["show", "-", "--bind", "H=0"], b"input Hx8x4\nconv 3x3, 8, same\n");
    refused(&ran, &["input: ", "a size is 1 or more", "1:7"]);
    let padding = workings(&["show", "-", "--bind", "P=0"], b"input 8x8x4\nconv 3x3, 8, pad P\n");
    assert_eq!(padding.code, Some(0), "{}", padding.err);
}

#[test]
fn negative_and_fractional_sizes() {
    refused(&show("input -8x8x4\nconv 3, 8\n"), &["-8 is below 1", "1:7"]);
    refused(&show("input 8x8x4\nconv 2.5, 8\n"), &["`2.5` is not a size", "2:6"]);
    refused(&show("input 8x8x4\nconv 3, 8, pad -1\n"), &["-1 is below 0"]);
}

#[test]
fn channels_that_do_not_divide_into_groups() {
    refused_but_shown(
        "input 8x8x64\nconv 3x3, 96, groups 48\n",
        &["conv1", "64 = 1 × 48 + 16", "32 or 64"],
        &["conv1"],
    );
}

#[test]
fn sizes_whose_product_passes_127_bits() {
    let net = "input 4000000000000000000x4000000000000000000x4000000000000000000\nconv 1, 9000000000000000000\n";
    refused_but_shown(
        net,
        &["2^127", "conv1"],
        &[
            "at least",
            "4,000,000,000,000,000,000",
            "Left out, for want of room: kernel, input, kernels, output",
            "36,000,000,000,000,000,009,000,000,000,000,000,000",
        ],
    );
}

#[test]
fn words_that_nobody_knows() {
    refused(&show("input 8x8x4\ncnov 3x3, 8\n"), &["no layer is called `cnov`", "did you mean `conv`", "2:1"]);
    refused(&show("input 8x8x4\nconv 3x3, 8, strid 2\n"), &["`strid 2`", "did you mean `stride`", "2:14"]);
    refused(&show("input 8x8x4\nconv 3x3, 8, rellu\n"), &["did you mean `relu`"]);
    refused(&show("input 8x8x4\nstem: conv 3x3, 4, same\nadd stme\n"), &["`stme`", "did you mean `stem`"]);
    refused(&workings(&["show", "resnet81"], b""), &["resnet81", "did you mean `resnet18`"]);
    refused(&workings(&["show", "nothing-like-it.net"], b""), &["nothing-like-it.net", "workings networks"]);
    refused(&workings(&["why", "q4", "conv9.params"], b""), &["conv9"]);
    refused(&workings(&["why", "q4", "conv3.parms"], b""), &["parms", "params"]);
    refused(&workings(&["show", "q4", "--bind", "M=3"], b""), &["no symbol `M`"]);
    refused(&workings(&["show", "q4", "--columns", "layer,parms"], b""), &["parms", "params"]);
}

#[test]
fn labels_alike_and_labels_before_they_stand() {
    refused(&show("input 8x8x4\na: relu\na: relu\n"), &["two lines called `a`", "3:1"]);
    refused(&show("input 8x8x4\nadd later\nlater: relu\n"), &["`later`", "line 3", "2:5"]);
}

#[test]
fn shapes_that_do_not_join() {
    let net = "input 8x8x4\na: conv 3x3, 4\nb: conv 3x3, 8, same, from input\n";
    refused_but_shown(&format!("{net}add a, b\n"), &["add1"], &["148", "296"]);
    refused_but_shown(&format!("{net}concat a, b\n"), &["concat1"], &["148", "296"]);
}

#[test]
fn files_that_are_no_network() {
    refused(&show(""), &["no network", "input 224x224x3"]);
    refused(&show("# only a comment\n\n"), &["no network"]);
    refused(&show("input 8x8x3\n"), &["no layers"]);
    refused(&workings(&["show", "-"], b"input 8x8x3\nconv \xff\xfe, 4\n"), &["0xFF", "UTF-8", "2:6"]);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    refused(&workings(&["show", folder], b""), &["is a folder"]);
}

/// Ten megabytes that look like nothing: the first lines are named, and reading stops.
#[test]
fn ten_megabytes_of_noise() {
    let mut state = 1u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        match (state >> 57) as u8 {
            0..2 => b'\n',
            byte => b' ' + byte % 94,
        }
    })
    .take(10 << 20)
    .collect();
    let ran = workings(&["show", "-"], &noise);
    refused(&ran, &["standard input:"]);
    assert!(ran.err.len() < 20_000, "{} bytes of messages", ran.err.len());
    let bytes: Vec<u8> = noise.iter().map(|byte| byte.wrapping_mul(37)).collect();
    refused(&workings(&["show", "-"], &bytes), &["UTF-8"]);
}

#[test]
fn a_line_of_a_million_characters() {
    for line in ["x".repeat(1_000_000), format!("conv {}", "3x".repeat(500_000)), "conv 3,".repeat(140_000)] {
        let ran = show(&format!("input 8x8x3\n{line}\n"));
        refused(&ran, &["standard input:2:"]);
        assert!(ran.err.len() < 5_000, "{} bytes of messages", ran.err.len());
    }
}

#[test]
fn blocks_without_end() {
    refused(&show("input 8x8x3\nblock b\nrelu\n"), &["not closed", "2:7"]);
    refused(&show("input 8x8x3\nblock b\nblock c\nend\nend\nrelu\n"), &["inside a block"]);
    refused(&show("input 8x8x3\nblock b\nrelu\nend\nb times 1000000\n"), &["200000"]);
    let mut nested = String::from("input 8x8x3\nblock b0\nrelu\nend\n");
    for i in 1..100 {
        nested += &format!("block b{i}\nb{}\nb{}\nend\n", i - 1, i - 1);
    }
    let ran = show(&format!("{nested}b99\n"));
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    let blocks = "block b\n".repeat(1_000_000);
    refused(&show(&blocks), &["inside a block"]);
}

#[test]
fn an_output_that_cannot_be_written() {
    refused(
        &workings(&["show", "q1", "-o", "/no/such/folder/q1.md"], b""),
        &["/no/such/folder/q1.md", "cannot be written"],
    );
    let folder = env!("CARGO_TARGET_TMPDIR");
    refused(&workings(&["show", "q1", "-o", folder], b""), &["cannot be written"]);
    if std::path::Path::new("/dev/full").exists() {
        refused(&workings(&["show", "q1", "-o", "/dev/full"], b""), &["cannot be written"]);
    }
}

#[test]
fn a_reader_that_has_seen_enough_ends_it_quietly() {
    let program = env!("CARGO_BIN_EXE_workings");
    let output = std::process::Command::new("sh")
        .args(["-c", &format!("'{program}' show googlenet | head -n 1; '{program}' ops --as html | true")])
        .output()
        .expect("a shell");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_file_that_cannot_be_formatted_stays_as_it_is() {
    let path = format!("{}/broken.net", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&path, "input 8x8x3\ncnov   3\n").expect("it can be written");
    refused(&workings(&["fmt", &path], b""), &["left as it is", "cnov"]);
    assert_eq!(std::fs::read_to_string(&path).expect("it is there"), "input 8x8x3\ncnov   3\n");
}

#[test]
fn quietly_each_thing_that_is_wrong_takes_one_line() {
    let ran = workings(&["show", "-", "--quiet"], b"input 8x8x3\nconv 3x3, 8\ncnov 3x3, 8\n");
    refused(&ran, &["no layer is called `cnov`"]);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
}

/// What could not be read is in every form of the answer, and no total is called exact beside it.
#[test]
fn what_could_not_be_read_is_in_the_answer_too() {
    let net = b"input 9x9x3\nconv 3, 4\nconv 3, 4, strid 2\nfrom nowhere\n";
    let ran = workings(&["show", "-", "--as", "json"], net);
    refused(&ran, &["strid 2", "nowhere"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(json["totals"]["exact"], false);
    assert_eq!(json["findings"].as_array().map(Vec::len), Some(2), "{}", json["findings"]);
    let markdown = workings(&["show", "-", "--as", "markdown"], net);
    assert!(markdown.out.contains("strid 2") && markdown.out.contains("at least"), "{}", markdown.out);
}

#[test]
fn many_findings_are_said_in_few_lines() {
    let net = format!("input 9x9x3\n{}", "conv 3, 4, groups 2, from input\n".repeat(5_000));
    let ran = show(&net);
    refused(&ran, &["4980 more findings"]);
    assert!(ran.err.len() < 20_000, "{} bytes of messages", ran.err.len());
}

#[test]
fn what_moves_a_cursor_does_not_reach_the_terminal() {
    let ran = show("input 9x9x3\ncon\u{1b}[31mv\u{202e} 3, 4\nrelu\n");
    refused(&ran, &["no layer is called"]);
    assert!(!ran.err.contains(['\u{1b}', '\u{202e}']), "{:?}", ran.err);
}

#[test]
fn a_symbol_has_one_number() {
    let ran = workings(&["show", "encoder", "--bind", "N=2", "--bind", "N=3"], b"");
    refused(&ran, &["two numbers, 2 and 3"]);
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_permissions_and_a_link_stays_a_link() {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = format!("{}/permissions", env!("CARGO_TARGET_TMPDIR"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    let (file, link) = (format!("{folder}/net.net"), format!("{folder}/link.net"));
    fs::write(&file, "input 9x9x3\nconv   3,4\n").expect("a file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("permissions");
    symlink(&file, &link).expect("a link");
    assert_eq!(workings(&["fmt", &link], b"").code, Some(0));
    assert_eq!(fs::read_to_string(&file).expect("text"), "input 9x9x3\nconv 3, 4\n");
    assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
    assert_eq!(fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).expect("permissions");
    refused(&workings(&["show", "q1", "-o", &file], b""), &["cannot be written", "permissions"]);
}
