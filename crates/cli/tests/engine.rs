//! Networks that run, as a person asks for it: with an engine, and in a build without one.

mod run;

use run::workings;

#[cfg(not(feature = "engine"))]
#[test]
fn a_build_without_an_engine_says_which_command_makes_one() {
    for arguments in [&["verify", "q5"][..], &["run", "q5", "--random"]] {
        let ran = workings(arguments, b"");
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(ran.err.contains("cargo build --release --features engine"), "{}", ran.err);
    }
}

#[cfg(feature = "engine")]
mod with_one {
    use super::workings;

    const SMALL: &[u8] = b"network small\ninput 6x6x2\nconv 3x3, 4, relu\nbatchnorm\nflatten\ndense 3, softmax\n";

    #[test]
    fn a_network_is_verified_in_every_form() {
        for form in ["terminal", "markdown", "html", "latex", "json"] {
            let ran = workings(&["verify", "-", "--as", form], SMALL);
            assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{form}");
            assert!(ran.out.contains("batchnorm1"), "{form}: {}", ran.out);
        }
        let ran = workings(&["verify", "-", "--as", "json"], SMALL);
        let json: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        assert_eq!(json["agrees"], true);
        // 4·2·3·3 + 4, then a scale and a shift a channel, then 64·3 + 3.
        assert_eq!(json["totals"]["params"], serde_json::json!({ "expected": 279, "found": 279 }));
        assert_eq!(json["rows"][3]["outputs"][1]["found"], serde_json::json!([2, 3]));
    }

    #[test]
    fn a_network_answers_the_same_each_time() {
        let ask = |seed: &str| workings(&["run", "-", "--random", "--seed", seed, "--as", "json"], SMALL);
        let (one, other) = (ask("7"), ask("8"));
        assert_eq!((one.code, one.err.as_str()), (Some(0), ""));
        assert_eq!(one.out, ask("7").out);
        assert_ne!(one.out, other.out);
        let json: serde_json::Value = serde_json::from_str(&one.out).expect("JSON");
        let scores = json["outputs"][0]["values"].as_array().expect("scores");
        let sum: f64 = scores.iter().filter_map(serde_json::Value::as_f64).sum();
        assert!((sum - 1.0).abs() < 1e-5, "{scores:?} make 1");
    }

    #[test]
    fn what_cannot_run_is_at_fault() {
        for (arguments, net, says) in [
            (&["verify", "-"][..], "input 8x8x3\nconv 9x9, 4\n", "does not hold"),
            (&["verify", "-"], "input 8x8x3\navgpool 3x3, dilation 2\n", "does not run `pool` with a dilation"),
            (&["verify", "-"], "input HxWx3\nconv 3x3, 4\n", "--bind H=8"),
            (&["verify", "q5", "--device", "cuda"], "", "no device `cuda`"),
            (&["run", "q5"], "", "take `--random`"),
            (&["verify", "q5", "--as", "csv"], "", "no CSV form"),
        ] {
            let ran = workings(arguments, net.as_bytes());
            assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?}");
            assert!(ran.err.contains(says), "{arguments:?}: {}", ran.err);
        }
    }
}
