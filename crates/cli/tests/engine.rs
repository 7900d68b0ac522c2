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
    use serde_json::{Value, json};

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
        let json: Value = serde_json::from_str(&ran.out).expect("JSON");
        assert_eq!(json["agrees"], true);
        // 4·2·3·3 + 4, then a scale and a shift a channel, then 64·3 + 3.
        assert_eq!(json["totals"]["params"], json!({ "expected": 279, "found": 279 }));
        // Two tensors of each layer with weights, and the normalisation's two statistics.
        assert_eq!(json["totals"]["saved_tensors"], json!({ "expected": 8, "found": 8 }));
        assert_eq!(json["rows"][3]["outputs"][1]["found"], json!([2, 3]));
    }

    #[test]
    fn several_networks_are_verified_in_one_call() {
        for form in ["terminal", "markdown", "html", "latex"] {
            let ran = workings(&["verify", "lenet5", "-", "--as", form], SMALL);
            assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{form}");
            assert!(ran.out.contains("2 networks") && ran.out.contains("lenet5"), "{form}: {}", ran.out);
        }
        // A number is for a symbol of one of them at least; who has no such symbol is not asked for it.
        let ran = workings(&["verify", "-", "encoder", "--bind", "L=4", "--as", "json"], SMALL);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        let json: Value = serde_json::from_str(&ran.out).expect("JSON");
        assert_eq!((&json["schema"], &json["agrees"]), (&json!("workings/verify/1"), &json!(true)));
        let names: Vec<&Value> =
            json["networks"].as_array().expect("a list").iter().map(|each| &each["network"]).collect();
        assert_eq!(names, ["small", "encoder"]);
        let ran = workings(&["verify", "-", "encoder", "--bind", "Z=4"], SMALL);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
        assert!(ran.err.contains("no symbol `Z`"), "{}", ran.err);
    }

    /// Those that can be run are held against their sheets all the same.
    #[test]
    fn of_several_networks_one_cannot_be_run() {
        for (sources, net, says) in [
            (["lenet5", "lenet6"], "", "no network `lenet6`"),
            (
                ["lenet5", "-"],
                "input 8x8x3\navgpool 3x3, dilation 2\n",
                "standard input: avgpool1: the engine does not run",
            ),
            (["-", "lenet5"], "input 8x8x3\nconv 9x9, 4\n", "does not hold"),
        ] {
            let arguments = ["verify", sources[0], sources[1], "--as", "json"];
            let ran = workings(&arguments, net.as_bytes());
            assert_eq!(ran.code, Some(2), "{arguments:?}");
            assert!(ran.err.contains(says), "{arguments:?}: {}", ran.err);
            let json: Value = serde_json::from_str(&ran.out).expect("JSON");
            let networks = json["networks"].as_array().expect("a list");
            assert_eq!((networks.len(), &networks[0]["network"]), (1, &json!("lenet5")), "{arguments:?}");
        }
        let ran = workings(&["verify", "-", "-"], SMALL);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
        assert!(ran.err.contains("standard input cannot be read twice"), "{}", ran.err);
    }

    #[test]
    fn a_network_answers_the_same_each_time() {
        let ask = |seed: &str| workings(&["run", "-", "--random", "--seed", seed, "--as", "json"], SMALL);
        let (one, other) = (ask("7"), ask("8"));
        assert_eq!((one.code, one.err.as_str()), (Some(0), ""));
        assert_eq!(one.out, ask("7").out);
        assert_ne!(one.out, other.out);
        let json: Value = serde_json::from_str(&one.out).expect("JSON");
        let scores = json["answers"][0]["outputs"][0]["values"].as_array().expect("scores");
        let sum: f64 = scores.iter().filter_map(Value::as_f64).sum();
        assert!((sum - 1.0).abs() < 1e-5, "{scores:?} make 1");
    }

    #[test]
    fn what_cannot_run_is_at_fault() {
        for (arguments, net, says) in [
            (&["verify", "-"][..], "input 8x8x3\nconv 9x9, 4\n", "does not hold"),
            (&["verify", "-"], "input 8x8x3\navgpool 3x3, dilation 2\n", "does not run `pool` with a dilation"),
            (&["verify", "-"], "input HxWx3\nconv 3x3, 4\n", "--bind H=8"),
            (&["verify", "q5", "--device", "cuda"], "", "no device `cuda`"),
            (&["verify", "q5", "--device", "tpu"], "", "possible values: cpu, wgpu, cuda"),
            (&["verify"], "", "<SOURCE>..."),
            (&["verify", "q5", "--as", "csv"], "", "no CSV form"),
            (&["run", "q5", "--random", "--device", "wgpu"], "", "--features engine-wgpu"),
            (&["run", "q5"], "", "--input <IMAGE>...|--random"),
            (&["run", "q5", "--random", "--input", "a.png"], "", "cannot be used with"),
        ] {
            let ran = workings(arguments, net.as_bytes());
            assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?}");
            assert!(ran.err.contains(says), "{arguments:?}: {}", ran.err);
        }
    }

    /// A PNG file of 2 × 2 grey pixels, 0 and 51 above 102 and 255, as Python's `zlib` packs it.
    const PICTURE: &[u8] =
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x02\x08\x00\x00\x00\x00W\xddR\xf8\
        \x00\x00\x00\x0eIDATx\x9cc`0fH\xfb\x0f\x00\x02\x9d\x01\x992\x06:u\x00\x00\x00\x00IEND\xaeB`\x82";

    /// Takes a picture of 2 × 2 and gives two scores, which are no probabilities.
    const TINY: &[u8] = b"network tiny\ninput 2x2x1\nflatten\ndense 2\n";

    /// A file of a test's own folder.
    fn place(test: &str, name: &str) -> String {
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("run").join(test);
        std::fs::create_dir_all(&folder).expect("a folder");
        folder.join(name).display().to_string()
    }

    fn written(test: &str, name: &str, bytes: &[u8]) -> String {
        let path = place(test, name);
        std::fs::write(&path, bytes).expect("it is written");
        path
    }

    /// A tensor: its name, its shape, its elements.
    type Tensor = (&'static str, &'static [usize], &'static [f32]);

    /// A safetensors file: the length of its header, the header, the elements.
    fn safetensors(metadata: Value, tensors: &[Tensor]) -> Vec<u8> {
        let (mut header, mut elements) = (json!({ "__metadata__": metadata }), Vec::new());
        for (name, shape, held) in tensors {
            let start = elements.len();
            elements.extend(held.iter().flat_map(|element| element.to_le_bytes()));
            header[name] = json!({ "dtype": "F32", "shape": shape, "data_offsets": [start, elements.len()] });
        }
        let header = header.to_string();
        [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &elements].concat()
    }

    /// Weights of the tiny network. The picture is 0, 0.2, 0.4 and 1: its scores are 0.2 + 0.5 = 0.7 and 0.4 + 1 = 1.4.
    const ITS: [Tensor; 2] =
        [("dense1.weight", &[2, 4], &[0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0]), ("dense1.bias", &[2], &[0.5, 0.0])];

    #[test]
    fn a_picture_is_answered_with_the_weights_that_are_given() {
        let test = "weights";
        let picture = written(test, "a.png", PICTURE);
        let classes = json!({ "classes": r#"["cat", "dog"]"# });
        let weights = written(test, "tiny.safetensors", &safetensors(classes, &ITS));
        let arguments = ["run", "-", "--input", &picture, "--weights", &weights];
        let ran = workings(&[&arguments[..], &["--as", "json"]].concat(), TINY);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        let json: Value = serde_json::from_str(&ran.out).expect("JSON");
        assert_eq!((&json["weights"], &json["seed"]), (&json!(weights), &Value::Null));
        let answer = &json["answers"][0]["outputs"][0];
        assert_eq!((&json["answers"][0]["input"], &answer["activation"]), (&json!(picture), &Value::Null));
        assert_eq!(answer["values"], json!([0.7, 1.4]));
        assert_eq!(answer["class"], json!({ "number": 1, "name": "dog", "score": 1.4 }));
        let ran = workings(&arguments, TINY);
        assert!(ran.out.contains("1  dog          1.400000"), "{}", ran.out);
        assert!(ran.out.contains("score of dense1") && !ran.out.contains("probability"), "{}", ran.out);
        assert!(ran.out.contains("Run on `cpu` with the weights of") && !ran.out.contains("random"), "{}", ran.out);
        // Without weights it runs too, and says what its answer is worth.
        let ran = workings(&["run", "-", "--input", &picture], TINY);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        assert!(ran.out.contains("The parameters are random: what it answers means nothing."), "{}", ran.out);
    }

    /// σ(ln 3) = 3/4, whatever the picture.
    #[test]
    fn one_unit_that_ends_in_a_sigmoid_decides_between_two_classes() {
        let test = "sigmoid";
        let picture = written(test, "a.png", PICTURE);
        let tensors: [Tensor; 2] = [("dense1.weight", &[1, 4], &[0.0; 4]), ("dense1.bias", &[1], &[1.098_612_3])];
        let classes = json!({ "classes": r#"["cat", "dog"]"# });
        let weights = written(test, "one.safetensors", &safetensors(classes, &tensors));
        let net = b"input 2x2x1\nflatten\ndense 1, sigmoid\n";
        let ran = workings(&["run", "-", "--input", &picture, "--weights", &weights], net);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        assert!(ran.out.contains("dense1 gives 0.750000: dog (class 1)."), "{}", ran.out);
    }

    /// What is learned without a sigmoid is the score before it, which halves at 0.
    #[test]
    fn one_unit_without_an_activation_decides_between_the_two_classes_of_its_weights() {
        let test = "bare";
        let picture = written(test, "a.png", PICTURE);
        let says = |net: &str, bias: &'static [f32], metadata: Value| {
            let tensors: [Tensor; 2] = [("dense1.weight", &[1, 4], &[0.0; 4]), ("dense1.bias", &[1], bias)];
            let weights = written(test, "one.safetensors", &safetensors(metadata, &tensors));
            let ran = workings(&["run", "-", "--input", &picture, "--weights", &weights], net.as_bytes());
            assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
            ran.out
        };
        let two = || json!({ "classes": r#"["cat", "dog"]"# });
        let net = "input 2x2x1\nflatten\ndense 1\n";
        let out = says(net, &[0.25], two());
        assert!(out.contains("dense1 gives 0.250000: dog (class 1). Below 0 it is class 0, from"), "{out}");
        assert!(says(net, &[-0.25], two()).contains("dense1 gives -0.250000: cat (class 0)."));
        // Without classes it is a number; behind a sigmoid it is no score any more, which `train` does not take.
        assert!(says(net, &[0.25], json!({})).contains("dense1 gives 0.250000.\n"));
        let out = says("input 2x2x1\nflatten\ndense 1, sigmoid\nflatten\n", &[0.0], two());
        assert!(out.contains("flatten2 gives 0.500000.\n"), "{out}");
    }

    #[test]
    fn weights_that_do_not_fit_are_refused() {
        let test = "refused";
        let picture = written(test, "a.png", PICTURE);
        let refused = |file: Vec<u8>, says: &str| {
            let weights = written(test, "other.safetensors", &file);
            let ran = workings(&["run", "-", "--input", &picture, "--weights", &weights], TINY);
            assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{says}");
            assert!(ran.err.contains(says) && ran.err.contains("other.safetensors"), "{says}: {}", ran.err);
        };
        let tensors = |change: fn(&mut Vec<Tensor>)| {
            let mut tensors = ITS.to_vec();
            change(&mut tensors);
            safetensors(json!({}), &tensors)
        };
        refused(
            tensors(|its| its[1] = ("dense1.bias", &[3], &[0.0; 3])),
            "the tensor `dense1.bias` has the shape 3, and the network's has 2",
        );
        refused(tensors(|its| its.truncate(1)), "there is no tensor `dense1.bias`");
        refused(tensors(|its| its[1].0 = "dense1.bais"), "there is `dense1.bais`");
        refused(tensors(|its| its.push(("dense2.bias", &[1], &[0.0]))), "the network has no tensor `dense2.bias`");
        let whole = tensors(|_| {});
        refused(whole[..whole.len() - 4].to_vec(), "and the file has");
        refused(b"no weights".to_vec(), "its header would have");
        let named = |classes: &str| safetensors(json!({ "classes": classes }), &ITS);
        refused(named(r#"["a", "b", "c"]"#), "its metadata names 3 classes, and dense1 decides between 2");
        refused(named("cat, dog"), "the `classes` of its metadata are no names");
        let ran = workings(&["run", "-", "--input", &picture, "--weights", "nowhere.safetensors"], TINY);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
        assert!(ran.err.contains("there is no file `nowhere.safetensors`"), "{}", ran.err);
        assert!(ran.err.contains("give the file with the network's weights, `.safetensors`"), "{}", ran.err);
    }

    /// The others are answered all the same.
    #[test]
    fn a_picture_that_cannot_be_read_is_named() {
        let test = "named";
        let good = written(test, "good.png", PICTURE);
        let (cut, text) = (written(test, "cut.png", &PICTURE[..45]), written(test, "text.png", b"hello"));
        let all = ["run", "-", "--as", "json", "--input", &cut, &good, &text, "nowhere.png"];
        let ran = workings(&all, TINY);
        assert_eq!(ran.code, Some(2));
        for says in ["cut.png`: it ends before the picture does", "text.png`: it is neither PNG nor JPEG"] {
            assert!(ran.err.contains(says), "{}", ran.err);
        }
        assert!(ran.err.contains("there is no file `nowhere.png`"), "{}", ran.err);
        let json: Value = serde_json::from_str(&ran.out).expect("JSON");
        let answers = json["answers"].as_array().expect("a list");
        assert_eq!((answers.len(), &answers[0]["input"]), (1, &json!(good)));
        let ran = workings(&["run", "-", "--input", &text], TINY);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
        let ran = workings(&["run", "-", "--input", &good], b"input 8\ndense 2\n");
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
        assert!(ran.err.contains("a picture goes into one input of height × width × channels"), "{}", ran.err);
    }

    fn files(folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(folder).expect("a folder");
        let names = entries.map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    #[test]
    fn layers_are_shown_as_pictures() {
        let test = "layers";
        let (one, other) = (written(test, "A.png", PICTURE), written(test, "a.PNG", PICTURE));
        let its = ["00-input.png", "01-flatten1.png", "02-dense1.png"];
        let folder = |name: &str| {
            let folder = place(test, name);
            let _ = std::fs::remove_dir_all(&folder);
            folder
        };
        let single = folder("of/one");
        let ran = workings(&["run", "-", "--input", &one, "--show-layers", &single], TINY);
        assert_eq!((ran.code, ran.err), (Some(0), format!("3 pictures written into `{single}`\n")));
        assert_eq!(files(&single), its);
        for name in its {
            let bytes = std::fs::read(format!("{single}/{name}")).expect("it is there");
            assert!(bytes.starts_with(b"\x89PNG\r\n"), "{name}");
        }
        // A folder for each, also where the names are one but for capitals.
        let several = folder("of-several");
        let ran = workings(&["run", "-", "-q", "--show-layers", &several, "--input", &one, &other], TINY);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        assert_eq!(files(&several), ["A", "a-2"]);
        assert_eq!(files(&format!("{several}/a-2")), its);
        // Of a random input there is the input too.
        let random = folder("of-random");
        let ran = workings(&["run", "encoder", "--bind", "L=4", "--random", "--show-layers", &random], b"");
        assert_eq!((ran.code, files(&random).len()), (Some(0), 11), "{}", ran.err);
        let ran = workings(&["run", "-", "--random", "--show-layers", &one], TINY);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
        assert!(ran.err.contains("the folder") && ran.err.contains("cannot be made"), "{}", ran.err);
    }
}
