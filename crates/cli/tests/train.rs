//! Learning, as a person asks for it: what is kept, what is said, and that nothing is lost.

mod run;

#[cfg(not(feature = "engine"))]
#[test]
fn a_build_without_an_engine_says_which_command_makes_one() {
    let ran = run::workings(&["train", "q5", "--data", "photos"], b"");
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains("cargo build --release --features engine"), "{}", ran.err);
}

#[cfg(feature = "engine")]
mod with_one {
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::process::{Child, Command, Stdio};
    use std::time::Duration;

    use super::run::{Ran, workings};

    const NET: &str = "network digits\ninput 8x8x1\nconv 3x3, 8, pad 1, relu\npool 2\nflatten\ndense 10, softmax\n";

    /// A folder of a test with a network and every twelfth handwritten digit in it.
    struct Place {
        folder: PathBuf,
    }

    impl Place {
        fn new(name: &str) -> Place {
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("train").join(name);
            let _ = fs::remove_dir_all(&folder);
            let place = Place { folder };
            let lines = include_str!("../../../tests/data/digits.txt").lines().filter(|line| !line.starts_with('#'));
            for (at, line) in lines.enumerate().filter(|(at, _)| at % 12 == 0) {
                let (digit, elements) = line.split_once(' ').expect("a digit and its elements");
                let grey = |element: char| (element.to_digit(17).expect("0 to g") * 255 / 16) as u8;
                let class = place.folder.join("data").join(digit);
                fs::create_dir_all(&class).expect("the folder is made");
                let picture = image::GrayImage::from_raw(8, 8, elements.chars().map(grey).collect());
                picture.expect("64 pixels").save(class.join(format!("{at:04}.png"))).expect("it is written");
            }
            fs::write(place.folder.join("digits.net"), NET).expect("it is written");
            place
        }

        fn path(&self, name: &str) -> String {
            self.folder.join(name).display().to_string()
        }

        /// `train` on the digits, kept in this folder.
        fn arguments(&self, save: &str, more: &[&str]) -> Vec<String> {
            let first = ["train", &self.path("digits.net"), "--data", &self.path("data"), "--save", &self.path(save)];
            first.into_iter().chain(more.iter().copied()).map(str::to_owned).collect()
        }

        fn train(&self, save: &str, more: &[&str]) -> Ran {
            let arguments = self.arguments(save, more);
            workings(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), b"")
        }

        fn begin(&self, save: &str, more: &[&str]) -> Child {
            let mut command = Command::new(env!("CARGO_BIN_EXE_workings"));
            command.args(self.arguments(save, more)).stdout(Stdio::null()).stderr(Stdio::piped());
            command.spawn().expect("the command starts")
        }

        fn kept(&self, save: &str, name: &str) -> Vec<u8> {
            fs::read(self.folder.join(save).join(name)).expect("it is kept")
        }

        /// The lines of the metrics without their seconds.
        fn metrics(&self, save: &str) -> Vec<serde_json::Value> {
            let text = String::from_utf8(self.kept(save, "metrics.jsonl")).expect("it is text");
            let line = |line: &str| {
                let mut line: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
                assert!(line["seconds"].take().is_number());
                line
            };
            text.lines().map(line).collect()
        }
    }

    #[test]
    fn a_network_learns_and_everything_is_kept() {
        let place = Place::new("learns");
        let ran = place.train("kept", &["--epochs", "3", "--as", "json"]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert_eq!(ran.err.lines().filter(|line| line.starts_with("epoch ")).count(), 3, "{}", ran.err);
        let json: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        // A fifth of each class of the 150, to a whole image.
        let count = |of: &str| json[of].as_u64().expect("a count");
        assert_eq!(count("training_images") + count("validation_images"), 150);
        assert!((25..=35).contains(&count("validation_images")));
        assert_eq!(json["epochs"].as_array().map(Vec::len), Some(3));
        assert_eq!(place.metrics("kept").len(), 3);
        let svg = String::from_utf8(place.kept("kept", "curves.svg")).expect("it is text");
        assert!(svg.starts_with("<svg") && svg.contains("accuracy in %"));
        let png = image::load_from_memory(&place.kept("kept", "curves.png")).expect("it is a picture");
        assert_eq!((png.width(), png.height()), (1520, 1120));

        // Safetensors: the header's length, the header.
        let weights = place.kept("kept", "weights.safetensors");
        let length = u64::from_le_bytes(weights[..8].try_into().expect("eight bytes")) as usize;
        let header: serde_json::Value = serde_json::from_slice(&weights[8..8 + length]).expect("JSON");
        let shape = |name: &str| header[name]["shape"].clone();
        assert_eq!(shape("conv1.weight"), serde_json::json!([8, 1, 3, 3]));
        assert_eq!(shape("conv1.bias"), serde_json::json!([8]));
        assert_eq!(shape("dense1.weight"), serde_json::json!([10, 128]));
        assert_eq!(header.as_object().map(serde_json::Map::len), Some(5), "{header}");
        assert_eq!(header["__metadata__"]["classes"], r#"["0","1","2","3","4","5","6","7","8","9"]"#);
        let net = header["__metadata__"]["net"].as_str().expect("the network's text");
        let own = workings(&["fmt", "-"], NET.as_bytes()).out;
        assert!(net.lines().filter(|line| !line.is_empty()).eq(own.lines()), "{net}");

        for (form, has) in [("markdown", "| epoch"), ("html", "<table"), ("latex", "tabular"), ("terminal", "epoch")] {
            let ran = place.train(form, &["--epochs", "1", "--as", form]);
            assert!(ran.code == Some(0) && ran.out.contains(has), "{form}: {}{}", ran.out, ran.err);
        }
    }

    #[test]
    fn a_run_that_is_killed_again_and_again_ends_as_if_it_never_was() {
        const OPTIONS: [&str; 6] = ["--epochs", "8", "--augment", "shift", "--batch", "4"];
        let place = Place::new("killed");
        let whole = place.train("whole", &OPTIONS);
        assert_eq!(whole.code, Some(0), "{}", whole.err);
        fs::create_dir_all(place.folder.join("cut")).expect("the folder is made");
        fs::write(place.folder.join("cut/.workings.1"), "left by one that was killed").expect("it is written");
        let (mut wait, mut chance, mut killed) = (20.0, 1u64, 0);
        loop {
            let resume = place.folder.join("cut").join("checkpoint.safetensors").exists();
            let more: Vec<&str> = OPTIONS.into_iter().chain(resume.then_some("--resume")).collect();
            let mut child = place.begin("cut", &more);
            // Some moment, later and later, so that it ends on the slowest machine.
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            std::thread::sleep(Duration::from_millis((wait * (chance >> 40) as f64 / (1u64 << 24) as f64) as u64));
            wait *= 1.25;
            if child.try_wait().expect("it can be asked").is_none() {
                child.kill().expect("it can be killed");
                killed += 1;
            }
            let ended = child.wait_with_output().expect("it ends");
            if ended.status.success() {
                break;
            }
            let err = String::from_utf8_lossy(&ended.stderr);
            assert!(!err.contains("error") && !err.contains("panicked"), "{err}");
        }
        assert!(killed > 3, "{killed}");
        assert_eq!(place.kept("cut", "weights.safetensors"), place.kept("whole", "weights.safetensors"));
        assert_eq!(place.metrics("cut"), place.metrics("whole"));
        let left: Vec<_> = fs::read_dir(place.folder.join("cut")).expect("it is there").flatten().collect();
        assert_eq!(left.len(), 6, "{left:?}");
    }

    #[cfg(unix)]
    #[test]
    fn ctrl_c_stops_it_and_says_where_the_checkpoint_is() {
        use std::io::{BufRead, BufReader};

        let place = Place::new("stopped");
        let mut child = place.begin("kept", &["--epochs", "100000"]);
        let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines().map_while(Result::ok);
        assert!(lines.by_ref().any(|line| line.starts_with("epoch 1/")));
        let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill is there");
        assert!(sent.success());
        let rest: Vec<String> = lines.collect();
        assert_eq!(child.wait().expect("it ends").code(), Some(130), "{rest:?}");
        let last = rest.last().expect("it says that it stops");
        let checkpoint = place.path("kept/checkpoint.safetensors");
        assert!(last.contains(&checkpoint) && last.contains("--resume"), "{last}");
        let done = place.metrics("kept").len();
        let on = place.train("kept", &["--resume", "--epochs", &(done + 1).to_string()]);
        assert_eq!(on.code, Some(0), "{}", on.err);
        assert_eq!(place.metrics("kept").len(), done + 1);
    }

    /// Whoever reads what it says may go away; the run goes on.
    #[test]
    fn nobody_need_listen() {
        let place = Place::new("unheard");
        let mut child = place.begin("kept", &["--epochs", "4"]);
        drop(child.stderr.take());
        assert_eq!(child.wait().expect("it ends").code(), Some(0));
        assert_eq!(place.metrics("kept").len(), 4);
    }

    /// A limit on the size of files stands for a disk that is full: a write fails in the middle of a file.
    #[cfg(unix)]
    #[test]
    fn a_write_that_fails_leaves_the_old_checkpoint_whole() {
        let place = Place::new("full");
        assert_eq!(place.train("kept", &["--epochs", "1"]).code, Some(0));
        let before = place.kept("kept", "checkpoint.safetensors");
        let limited = format!("trap '' XFSZ; ulimit -f 4; exec {} \"$@\"", env!("CARGO_BIN_EXE_workings"));
        let arguments = place.arguments("kept", &["--resume", "--epochs", "2"]);
        let ended = Command::new("sh").args(["-c", &limited, "sh"]).args(arguments).output().expect("sh is there");
        let err = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(2), "{err}");
        assert!(err.contains("cannot be written") && err.contains("--resume goes on from it"), "{err}");
        assert_eq!(place.kept("kept", "checkpoint.safetensors"), before);
        let on = place.train("kept", &["--resume", "--epochs", "2"]);
        assert_eq!(on.code, Some(0), "{}", on.err);
        // Where the weights are gone, the best ones may be made again from a checkpoint of the same epoch.
        fs::remove_file(place.folder.join("kept/weights.safetensors")).expect("it was there");
        let again = place.train("kept", &["--resume", "--epochs", "2"]);
        assert_eq!(again.code, Some(0), "{}", again.err);
        let whole = place.train("whole", &["--epochs", "2"]);
        assert_eq!(whole.code, Some(0), "{}", whole.err);
        assert_eq!(place.kept("kept", "weights.safetensors"), place.kept("whole", "weights.safetensors"));
    }

    #[test]
    fn what_is_no_image_is_named_and_left_out_or_stops_it() {
        let place = Place::new("odd");
        let digit = fs::read_dir(place.folder.join("data/1")).expect("it is there").flatten().next().expect("an image");
        let whole = fs::read(digit.path()).expect("it can be read");
        fs::write(place.folder.join("data/0/cut.png"), &whole[..whole.len() / 2]).expect("it is written");
        fs::write(place.folder.join("data/0/notes.txt"), "seen on Monday").expect("it is written");
        fs::write(place.folder.join("data/0/.hidden"), "").expect("it is written");
        #[cfg(unix)]
        assert!(Command::new("mkfifo").arg(place.folder.join("data/0/pipe")).status().is_ok_and(|made| made.success()));
        let ran = place.train("kept", &["--epochs", "1"]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert!(ran.err.contains("cut.png` is left out: "), "{}", ran.err);
        assert!(ran.err.contains("notes.txt` is left out: it is neither PNG nor JPEG"), "{}", ran.err);
        #[cfg(unix)]
        assert!(ran.err.contains("pipe` is left out: it is no ordinary file"), "{}", ran.err);
        assert!(ran.err.contains("left out in all, 150 images remain"), "{}", ran.err);
        let ran = place.train("strict", &["--strict"]);
        assert_eq!(ran.code, Some(2), "{}", ran.err);
        assert!(ran.err.contains("cut.png`: ") && ran.err.contains("without --strict"), "{}", ran.err);
    }

    #[test]
    fn what_cannot_be_learned_or_gone_on_with_is_refused_and_nothing_is_lost() {
        let place = Place::new("refused");
        let says = |save: &str, more: &[&str]| {
            let ran = place.train(save, more);
            assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{save} {more:?}: {}", ran.err);
            ran.err
        };
        assert!(says("none", &["--resume"]).contains("there is no checkpoint"));
        assert!(says("none", &["--batch", "many"]).contains("--batch many: a whole number of 1 or more is needed"));
        assert!(says("none", &["--device", "cuda"]).contains("this build has no device `cuda`"));
        assert!(says("none/below/it", &["--batch", "0"]).contains("--batch 0"));
        assert!(!place.folder.join("none").exists());
        assert_eq!(place.train("kept", &["--epochs", "1"]).code, Some(0));
        let before = place.kept("kept", "checkpoint.safetensors");
        let err = says("kept", &["--epochs", "1"]);
        assert!(err.contains("is there already") && err.contains("--resume goes on with it"), "{err}");
        assert!(says("kept", &["--as", "csv"]).contains("no CSV form"));
        assert!(says("kept", &["--resume", "-o", &place.path("nowhere/answer.txt")]).contains("cannot be written"));
        // A run that is over gives its answer again; 10 epochs is what is taken where nothing is said.
        let again = place.train("kept", &["--resume", "--epochs", "1"]);
        assert!(again.code == Some(0) && again.out.contains("weights.safetensors"), "{}", again.err);
        assert!(says("data/kept", &[]).contains("lies among the images"));
        assert!(!place.folder.join("data/kept").exists());
        fs::create_dir_all(place.folder.join("alone")).expect("it is made");
        fs::write(place.folder.join("alone/weights.safetensors"), "somebody's").expect("it is written");
        assert!(says("alone", &[]).contains("alone/weights.safetensors` is there already"));
        assert_eq!(fs::read_dir(place.folder.join("alone")).expect("it stays").count(), 1);
        assert!(says("none", &["--validation", "0", "--patience", "2"]).contains("none are held out"));
        assert!(!place.folder.join("none").exists());
        let err = says("kept", &["--resume", "--epochs", "2", "--batch", "64"]);
        assert!(err.contains("--batch 64: the run in") && err.contains("began with 32"), "{err}");
        assert_eq!(place.kept("kept", "checkpoint.safetensors"), before);

        let whole = before.len();
        fs::write(place.folder.join("kept/checkpoint.safetensors"), &before[..whole / 2]).expect("it is written");
        assert!(says("kept", &["--resume", "--epochs", "2"]).contains("stands at bytes"));
        // A digit of a weight that turned over on the disk.
        let mut turned = before.clone();
        turned[whole - 1] ^= 1;
        fs::write(place.folder.join("kept/checkpoint.safetensors"), &turned).expect("it is written");
        assert!(says("kept", &["--resume", "--epochs", "2"]).contains("not whole"));
        fs::write(place.folder.join("kept/checkpoint.safetensors"), &before).expect("it is written");

        let changed = NET.replace("8, pad 1", "9, pad 1");
        fs::write(place.folder.join("digits.net"), changed).expect("it is written");
        assert!(says("kept", &["--resume", "--epochs", "2"]).contains("is not of this network"));
        fs::write(place.folder.join("digits.net"), NET.replace("dense 10", "dense 9")).expect("it is written");
        let err = says("few", &[]);
        assert!(err.contains("digits.net:6:1: dense1: there are 10 classes, and the last layer has 9 units"), "{err}");
        fs::write(place.folder.join("digits.net"), NET.replace("8x8x1", "8x8x2")).expect("it is written");
        assert!(says("two", &[]).contains("its input has 2 channels, and a picture has 1 (grey) or 3"));
        fs::write(place.folder.join("digits.net"), NET.replace("8x8x1", "1000x1000x1")).expect("it is written");
        let err = says("large", &["--batch", "100000"]);
        assert!(
            err.contains("GiB are free")
                && err.contains(": --batch ")
                && !place.folder.join("large/checkpoint.safetensors").exists(),
            "{err}"
        );
    }
}
