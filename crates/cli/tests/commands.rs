//! The commands as a person uses them: every form of every answer, and where it goes.

mod run;

use expect_test::expect_file;
use run::{show, workings};

const NETWORKS: [&str; 14] = [
    "alexnet",
    "encoder",
    "googlenet",
    "lenet5",
    "mobilenet_v2",
    "q1",
    "q2",
    "q3",
    "q4",
    "q5",
    "resnet18",
    "resnet50",
    "unet",
    "vgg16",
];

/// The answer of a run that went well.
#[track_caller]
fn answer(arguments: &[&str]) -> String {
    let ran = workings(arguments, b"");
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{arguments:?}");
    ran.out
}

#[test]
fn every_network_is_shown_in_every_form() {
    for network in NETWORKS {
        for form in ["terminal", "markdown", "html", "json", "csv", "latex"] {
            let text = answer(&["show", network, "--as", form]);
            assert!(text.len() > 200, "{network} as {form}");
            assert!(text.ends_with('\n'), "{network} as {form} ends its last line");
        }
    }
}

/// The five totals of the worksheet (each network was built in PyTorch 2.15 and counted there).
#[test]
fn the_sheets_have_their_totals() {
    let totals =
        [("q1", "2,747,585"), ("q2", "588,734"), ("q3", "1,197,476"), ("q4", "155,399,050"), ("q5", "1,239,786")];
    for (network, total) in totals {
        for form in ["terminal", "markdown", "html"] {
            assert!(answer(&["show", network, "--as", form]).contains(total), "{network} as {form}");
        }
        let plain = total.replace(',', "");
        assert!(answer(&["show", network, "--as", "json"]).contains(&format!("\"params\": {plain}")), "{network}");
    }
}

/// Without a terminal, a page has 100 columns: no line of any sheet is wider, and the calculation gives way first.
#[test]
fn sheets_fit_a_hundred_columns() {
    for network in NETWORKS {
        for line in answer(&["show", network]).lines() {
            let width = line.chars().count();
            assert!(width <= 100, "{network}: {width} columns in\n{line}");
            assert!(!network.starts_with('q') || !line.contains('…'), "{network}: nothing is cut in\n{line}");
        }
    }
}

#[test]
fn why_goes_down_to_the_settings_of_every_layer() {
    for (network, every) in [("q4", 1), ("encoder", 1), ("googlenet", 13), ("mobilenet_v2", 11)] {
        let json: serde_json::Value = serde_json::from_str(&answer(&["show", network, "--as", "json"])).expect("JSON");
        for row in json["rows"].as_array().expect("rows").iter().step_by(every) {
            let name = row["name"].as_str().expect("a name");
            for (key, line) in row["working"].as_object().expect("workings") {
                let why = answer(&["why", network, &format!("{name}.{key}")]);
                let number = line.as_str().expect("text").rsplit(" = ").next().expect("a result");
                assert!(why.contains(number), "{network} {name}.{key}: {number} is not in\n{why}");
            }
        }
    }
}

#[test]
fn totals_are_explained_too() {
    for (what, number) in [("params", "1,197,476"), ("MACs", "34,222,176"), ("total", "1,197,476")] {
        assert!(answer(&["why", "q3", what]).contains(number), "{what}");
    }
    for form in ["terminal", "markdown", "html", "json", "latex"] {
        answer(&["why", "q4", "conv3.params", "--as", form]);
        answer(&["ops", "--as", form]);
        answer(&["networks", "--as", form]);
    }
}

/// The words of the sheet's own columns are understood.
#[test]
fn why_takes_the_words_that_people_use() {
    for (asked, number) in [("parameters", "18,496"), ("bias", "1 × 64 = 64"), ("kernels", "64"), ("weight", "18,432")]
    {
        assert!(answer(&["why", "q1", &format!("conv2.{asked}")]).contains(number), "{asked}");
    }
}

#[test]
fn symbols_are_formulas_until_they_are_bound() {
    let open = answer(&["show", "encoder", "--as", "json"]);
    assert!(open.contains("\"128*N*L*L + 49152*N*L\""), "{open}");
    let bound = answer(&["show", "encoder", "--as", "json", "--bind", "N=2", "--bind", "L=10"]);
    assert!(bound.contains(&format!("\"macs\": {}", 2 * (128 * 100 + 49_152 * 10))), "{bound}");
}

#[test]
fn shapes_are_written_in_the_order_that_is_asked_for() {
    assert!(answer(&["show", "q1"]).contains("150×150×32"));
    assert!(answer(&["show", "q1", "--layout", "chw"]).contains("32×150×150"));
}

#[test]
fn columns_are_chosen() {
    let text = answer(&["show", "q1", "--columns", "layer,output,params,macs"]);
    assert!(text.contains("MACs") && !text.contains("kernel"), "{text}");
    assert!(text.contains("226,707,904"), "{text}");
}

#[test]
fn colours_stand_on_a_terminal_only_or_where_they_are_asked_for() {
    assert!(!answer(&["show", "q1"]).contains('\x1b'));
    assert!(answer(&["show", "q1", "--color", "always"]).contains('\x1b'));
}

#[test]
fn an_answer_goes_into_a_file() {
    let path = format!("{}/q1.md", env!("CARGO_TARGET_TMPDIR"));
    assert_eq!(answer(&["show", "q1", "--as", "markdown", "-o", &path]), "");
    assert_eq!(std::fs::read_to_string(&path).expect("it is there"), answer(&["show", "q1", "--as", "markdown"]));
}

#[test]
fn a_network_is_put_into_its_one_form() {
    let messy = "network  mine # a comment\ninput 8×8×3\n\n\n\nconv   3 x 3 ,4 , same,relu\nflatten\ndense 10\n";
    let ran = workings(&["fmt", "-"], messy.as_bytes());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let path = format!("{}/mine.net", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&path, messy).expect("it can be written");
    assert_eq!(workings(&["fmt", "--check", &path], b"").code, Some(1));
    assert_eq!(workings(&["fmt", &path], b"").code, Some(0));
    assert_eq!(std::fs::read_to_string(&path).expect("it is there"), ran.out);
    assert_eq!(workings(&["fmt", "--check", &path], b"").code, Some(0));
    assert!(ran.out.contains("# a comment") && ran.out.contains("conv    3x3, 4, same, relu"), "{}", ran.out);
}

#[test]
fn every_shell_gets_a_completion_script() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        assert!(answer(&["completions", shell]).contains("workings"), "{shell}");
    }
}

/// A line that cannot be read is said, and the lines around it are worked out.
#[test]
fn what_can_be_had_is_shown_beside_what_is_wrong() {
    let ran = show("input 8x8x3\nconv 3x3, 4\ncnov 3x3, 8\ndense 10, from conv1\n");
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("did you mean `conv`?"), "{}", ran.err);
    assert!(ran.out.contains("112") && ran.out.contains("at least"), "{}", ran.out);
}

/// The page of formulas is what `workings ops` prints (UPDATE_EXPECT=1 writes it anew).
#[test]
fn the_formula_reference_is_up_to_date() {
    expect_file![concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/ops.md")]
        .assert_eq(&answer(&["ops", "--as", "markdown"]));
}
