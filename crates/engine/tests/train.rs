//! Learning: every step as PyTorch takes it, real digits, and runs that go on where they stopped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use engine::Network;
use engine::train::{AUGMENTATIONS, Images, OPTIMIZERS, Options, SCHEDULES, Trainer};
use image::GrayImage;
use serde_json::Value;
use workings::training::{Epoch, Score, Training};
use workings::{Fault, Ledger};

/// A folder of a test, empty at first.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("train").join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("the folder is made");
    path
}

/// A grey picture in the folder of its class.
fn put(folder: &Path, class: &str, name: usize, (width, height): (u32, u32), bytes: Vec<u8>) {
    let folder = folder.join(class);
    std::fs::create_dir_all(&folder).expect("the folder is made");
    let picture = GrayImage::from_raw(width, height, bytes).expect("as many bytes as pixels");
    picture.save(folder.join(format!("{name:04}.png"))).expect("it is written");
}

fn options(told: &[(&str, &str)]) -> Options {
    let told = told.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Options::of(&told).expect("they are options")
}

fn worked(net: &str) -> Ledger {
    let (model, faults) = formats::net::read(net);
    assert!(faults.is_empty(), "{faults:?}");
    Ledger::of(model, &Default::default()).0
}

fn built(ledger: &Ledger, seed: u64) -> Network {
    let device = engine::device("cpu").expect("the processor is there");
    Network::build(&ledger.model, &Default::default(), seed, &device).expect("it is built")
}

fn images(folder: &Path, network: &Network, options: &Options) -> Result<Images, Fault> {
    let shape = engine::picture::shape(&network.name, &network.inputs)?;
    Images::of(folder, shape, options.held_out, options.seed, &mut |_, _| {})
}

fn trainer(net: &str, folder: &Path, options: Options) -> Result<Trainer, Fault> {
    let ledger = worked(net);
    let network = built(&ledger, options.seed);
    let images = images(folder, &network, &options)?;
    Trainer::new(network, &ledger, images, options, "cpu")
}

fn learned(trainer: &mut Trainer) -> Vec<Epoch> {
    while trainer.goes_on() {
        trainer.epoch(&mut |_| true).expect("it learns").expect("nobody stops it");
    }
    trainer.training.epochs.clone()
}

fn json(of: &Value) -> Vec<f32> {
    of.as_array().expect("a list").iter().map(|n| n.as_f64().expect("a number") as f32).collect()
}

/// Twelve images in one batch, so an epoch is a step, and its loss is the loss before it.
#[test]
fn every_step_is_pytorchs() {
    let text = include_str!("../../../tests/truth/training.json");
    let recorded: Value = serde_json::from_str(text).expect("it is JSON");
    let mut cases = 0;
    for network in recorded["networks"].as_array().expect("networks") {
        let net = network["net"].as_str().expect("a text");
        let place = folder(&format!("pytorch-{}", worked(net).model.name));
        let all = recorded["images"].as_array().expect("images").iter().zip(json(&network["classes"]));
        for (at, (image, class)) in all.enumerate() {
            let bytes = image.as_array().expect("rows").iter().flat_map(json).map(|byte| byte as u8).collect();
            put(&place, &class.to_string(), at, (6, 6), bytes);
        }
        for case in network["cases"].as_array().expect("cases") {
            let mut told: Vec<(String, String)> =
                vec![("validation".into(), "0".into()), ("epochs".into(), "8".into())];
            for (name, value) in case["options"].as_object().expect("options") {
                told.push((name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
            }
            let told: Vec<(&str, &str)> = told.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let (ledger, options) = (worked(net), options(&told));
            let mut own = built(&ledger, 0);
            for (name, elements) in network["weights"].as_object().expect("weights") {
                own.set(name, json(elements)).expect("it is the network's");
            }
            let images = images(&place, &own, &options).expect("they are read");
            let mut trainer = Trainer::new(own, &ledger, images, options, "cpu").expect("it can learn");
            let losses = learned(&mut trainer).into_iter().map(|epoch| epoch.training.loss);
            for (step, (loss, wanted)) in losses.zip(json(&case["losses"])).enumerate() {
                let wanted = f64::from(wanted);
                assert!((loss - wanted).abs() <= 2e-5 * wanted, "{told:?}, step {step}: {loss} and {wanted}");
                cases += 1;
            }
        }
    }
    assert_eq!(cases, 2 * 5 * 8);
    // Each optimiser and each schedule is among them.
    for name in OPTIMIZERS.iter().map(|one| one.name).chain(SCHEDULES.iter().map(|one| one.name)) {
        assert!(text.contains(&format!("\"{name}\"")), "{name}");
    }
}

/// The handwritten digits, unfolded into a folder a class; one of `every` is taken.
fn digits(name: &str, every: usize) -> PathBuf {
    let place = folder(name);
    let lines = include_str!("../../../tests/data/digits.txt").lines().filter(|line| !line.starts_with('#'));
    for (at, line) in lines.enumerate().filter(|(at, _)| at % every == 0) {
        let (digit, elements) = line.split_once(' ').expect("a digit and its elements");
        let grey = |element: char| (element.to_digit(17).expect("0 to g") as f64 * 255.0 / 16.0).round() as u8;
        put(&place, digit, at, (8, 8), elements.chars().map(grey).collect());
    }
    place
}

const DIGITS: &str = "network digits\ninput 8x8x1\nconv 3x3, 16, pad 1, relu\npool 2\nconv 3x3, 32, pad 1, relu\n\
    flatten\ndropout 0.2\ndense 64, relu\ndense 10, softmax\n";

#[test]
fn digits_that_it_never_saw_are_told_apart() {
    let place = digits("digits", 1);
    let told = options(&[("epochs", "14"), ("batch", "16"), ("schedule", "cosine"), ("learning-rate", "0.003")]);
    let mut trainer = trainer(DIGITS, &place, told).expect("it can learn");
    assert_eq!(trainer.training.images, (1438, 359));
    learned(&mut trainer);
    let best = trainer.training.best().and_then(|best| best.validation).expect("some are held out");
    assert!(best.accuracy >= 0.97, "{}", best.accuracy);
}

const SMALL: &[(&str, &str)] = &[("epochs", "3"), ("augment", "flip,shift"), ("batch", "20"), ("seed", "7")];

fn bits(trainer: &Trainer) -> Vec<(String, Vec<u32>)> {
    let (tensors, _) = trainer.checkpoint().expect("it is kept");
    tensors.into_iter().map(|(name, _, elements)| (name, elements.into_iter().map(f32::to_bits).collect())).collect()
}

#[test]
fn the_same_seed_gives_the_same_digits_and_a_run_that_goes_on_does_what_it_would_have_done() {
    let place = digits("again", 12);
    let mut whole = trainer(DIGITS, &place, options(SMALL)).expect("it can learn");
    let epochs = learned(&mut whole);
    let mut again = trainer(DIGITS, &place, options(SMALL)).expect("it can learn");
    again.epoch(&mut |_| true).expect("it learns").expect("nobody stops it");
    let (tensors, texts) = again.checkpoint().expect("it is kept");
    // A running epoch that is stopped leaves nothing behind.
    let stopped = again.epoch(&mut |now| now.step < 3).expect("it learns");
    assert_eq!(stopped, None);

    let mut on = trainer(DIGITS, &place, options(SMALL)).expect("it can learn");
    on.resume("kept", tensors, &texts).expect("it goes on");
    let score = |epoch: &Epoch| (epoch.number, epoch.training, epoch.validation, epoch.learning_rate);
    assert!(learned(&mut on).iter().map(score).eq(epochs.iter().map(score)));
    assert_eq!(bits(&on), bits(&whole));

    let other: Vec<_> = SMALL.iter().copied().map(|(n, v)| if n == "seed" { (n, "8") } else { (n, v) }).collect();
    let mut other = trainer(DIGITS, &place, options(&other)).expect("it can learn");
    assert_ne!(learned(&mut other)[0].training, epochs[0].training);
}

#[test]
fn what_is_no_checkpoint_of_the_run_is_refused() {
    let place = digits("refused", 40);
    let one = [("epochs", "1")];
    let mut whole = trainer(DIGITS, &place, options(&one)).expect("it can learn");
    learned(&mut whole);
    let (tensors, texts) = whole.checkpoint().expect("it is kept");
    let on = || trainer(DIGITS, &place, options(&one)).expect("it can learn");
    let says = |result: Result<(), Fault>| result.expect_err("it is refused").says;

    let without = tensors.iter().filter(|(name, ..)| !name.starts_with("optimizer:second:dense2")).cloned().collect();
    assert_eq!(says(on().resume("kept", without, &texts)), "`kept` is no checkpoint of a run, or not whole");
    let mut half = texts.clone();
    half.remove("train.steps");
    assert_eq!(says(on().resume("kept", tensors.clone(), &half)), "`kept` is no checkpoint of a run, or not whole");

    std::fs::remove_file(place.join("0").join("0000.png")).expect("it was there");
    let mut fewer = trainer(DIGITS, &place, options(&one)).expect("it can learn");
    assert_eq!(
        says(fewer.resume("kept", tensors, &texts)),
        "`kept` is of a run with other images, or divided otherwise"
    );
}

#[test]
fn a_loss_that_is_no_number_ends_the_run_with_its_step() {
    let place = digits("endless", 40);
    let told = options(&[("learning-rate", "1e30"), ("optimizer", "sgd")]);
    let mut trainer = trainer(DIGITS, &place, told).expect("it can learn");
    let fault = trainer.epoch(&mut |_| true).expect_err("no number is left");
    assert!(fault.says.starts_with("the loss is no number any more, in epoch 1 at step "), "{}", fault.says);
    assert!(fault.hint.expect("a hint").contains("a smaller --learning-rate than 1"));
    assert!(trainer.training.epochs.is_empty());
}

#[test]
fn what_a_network_ends_in_must_fit_the_classes() {
    let place = digits("ends", 40);
    let says = |net: &str| {
        let fault = trainer(&format!("input 8x8x1\n{net}"), &place, options(&[])).err().expect("it is refused");
        fault.says
    };
    assert_eq!(says("flatten\ndense 9, softmax"), "dense1: there are 10 classes, and the last layer has 9 units");
    assert_eq!(says("flatten\ndense 1, sigmoid"), "dense1: there are 10 classes, and the last layer has 1 unit");
    assert_eq!(says("flatten\ndense 10, relu"), "dense1: the network ends in `relu`");
    assert_eq!(
        says("flatten\ndense 10, sigmoid"),
        "dense1: the network ends in 10 units with sigmoid, which may all be right at once"
    );
    assert_eq!(
        says("flatten\ndense 1, softmax"),
        "dense1: a softmax of one unit is always 1, so there is nothing to learn"
    );
    assert_eq!(says("conv 8x8, 10, softmax\nflatten"), "conv1: its softmax stands before the last layer, `flatten1`");
    assert_eq!(
        says("flatten\ndense 10, softmax\ndropout 0.5"),
        "dense1: its softmax stands before the last layer, `dropout1`"
    );
    // Batches of one less than there are images leave one over.
    let net = "input 8x8x1\nflatten\ndense 4\nbatchnorm\ndense 10";
    let all = trainer(net, &place, options(&[("batch", "45")])).expect("it can learn").training.images.0;
    let one_less = (all - 1).to_string();
    let fault = trainer(net, &place, options(&[("batch", &one_less)])).err().expect("it is refused");
    assert_eq!(fault.says, "batchnorm1: a batch of one image has one value a channel, which cannot be normalised");
    assert_eq!(says("conv 3x3, 4"), "conv1: the network ends in 4×6×6 numbers (channels, then space)");
    assert_eq!(says("flatten"), "network: it has no parameters, so there is nothing to learn");
}

#[test]
fn folders_that_hold_no_classes_are_refused() {
    let place = folder("folders");
    let net = "input 4x4x1\nflatten\ndense 2, softmax";
    let says = |path: &Path| trainer(net, path, options(&[])).err().expect("it is refused").says;
    let shown = place.display();
    assert_eq!(says(&place.join("none")), format!("there is no folder `{shown}/none`"));
    std::fs::write(place.join("file"), "").expect("it is written");
    assert_eq!(says(&place.join("file")), format!("`{shown}/file` is a file"));
    assert_eq!(says(&place), format!("`{shown}` has no subfolder, so there are no classes"));
    put(&place, "a", 0, (4, 4), vec![0; 16]);
    assert_eq!(says(&place), format!("`{shown}` has one class, `a`, and there is nothing to tell it from"));
    std::fs::create_dir(place.join("b")).expect("it is made");
    assert_eq!(says(&place), format!("the class `{shown}/b` has no image"));
    std::fs::write(place.join("b").join("x.png"), "no image").expect("it is written");
    assert_eq!(
        says(&place),
        format!("the class `{shown}/b` has 1 file and no image: `{shown}/b/x.png`: it is neither PNG nor JPEG")
    );
}

#[test]
fn images_are_divided_by_the_folder_or_by_chance() {
    let by_chance = folder("chance");
    for at in 0..20 {
        put(&by_chance, if at < 5 { "few" } else { "many" }, at, (4, 4), vec![at as u8; 16]);
    }
    let ledger = worked("input 4x4x1\nflatten\ndense 2, softmax");
    let network = built(&ledger, 0);
    let count = |images: &Images| {
        let of = |class| images.validation.iter().filter(|example| example.class == class).count();
        (images.classes.join(" "), images.training.len(), of(0), of(1))
    };
    // A fifth of 5 and of 15.
    let found = images(&by_chance, &network, &options(&[])).expect("they are read");
    assert_eq!(count(&found), ("few many".to_owned(), 16, 1, 3));
    let again = images(&by_chance, &network, &options(&[])).expect("they are read");
    assert_eq!(found.mark(), again.mark());
    let other = images(&by_chance, &network, &options(&[("seed", "1")])).expect("they are read");
    assert_ne!(found.mark(), other.mark());

    // A class may be called `train`.
    let named = folder("named");
    for at in 0..6 {
        put(&named, ["bus", "train"][at % 2], at, (4, 4), vec![0; 16]);
    }
    let found = images(&named, &network, &options(&[])).expect("they are read");
    assert_eq!(found.classes, ["bus", "train"]);

    // `test` is no class beside a `train` that has classes in it, and is not looked at.
    let tested = folder("tested");
    for at in 0..6 {
        put(&tested.join("train"), ["a", "b"][at % 2], at, (4, 4), vec![0; 16]);
        put(&tested.join("test"), ["a", "b"][at % 2], at, (4, 4), vec![0; 16]);
    }
    let found = images(&tested, &network, &options(&[])).expect("they are read");
    assert_eq!(count(&found), ("a b".to_owned(), 4, 1, 1));

    let given = folder("given");
    for at in 0..6 {
        put(&given.join("train"), ["a", "b"][at % 2], at, (4, 4), vec![0; 16]);
        put(&given.join("val"), ["a", "b"][usize::from(at > 0)], at, (4, 4), vec![0; 16]);
    }
    let found = images(&given, &network, &options(&[])).expect("they are read");
    assert_eq!(count(&found), ("a b".to_owned(), 6, 1, 5));
    put(&given.join("val"), "c", 0, (4, 4), vec![0; 16]);
    let fault = images(&given, &network, &options(&[])).expect_err("a class of its own");
    assert!(fault.says.ends_with("has a class `c`, and the images to learn from have none"), "{}", fault.says);
    for class in ["a", "c"] {
        std::fs::remove_dir_all(given.join("val").join(class)).expect("it is taken away");
    }
    let fault = images(&given, &network, &options(&[])).expect_err("a single class");
    let held_out = given.join("val");
    let says = "whose images are held out, has one class, `b`; two or more are needed";
    assert_eq!(fault.says, format!("`{}`, {says}", held_out.display()));
    std::fs::remove_dir_all(held_out).expect("it is taken away");
    let found = images(&given, &network, &options(&[])).expect("as the hint has it");
    assert_eq!(count(&found), ("a b".to_owned(), 4, 1, 1));
}

/// Its folder would be looked for under another name, and not be found.
#[cfg(target_os = "linux")]
#[test]
fn a_class_whose_name_is_no_text_is_refused() {
    use std::os::unix::ffi::OsStrExt;

    let place = folder("no-text");
    for (at, class) in ["a", "b"].into_iter().enumerate() {
        put(&place, class, at, (4, 4), vec![0; 16]);
    }
    std::fs::rename(place.join("b"), place.join(std::ffi::OsStr::from_bytes(b"caf\xe9"))).expect("it is renamed");
    let net = "input 4x4x1\nflatten\ndense 2, softmax";
    let fault = trainer(net, &place, options(&[])).err().expect("it is refused");
    assert_eq!(fault.says, format!("`{}/caf\u{fffd}` is no name for a class: it is not UTF-8", place.display()));
}

#[test]
fn it_ends_early_when_the_held_out_images_get_no_better() {
    let place = digits("early", 40);
    let told = options(&[("epochs", "50"), ("patience", "2"), ("learning-rate", "0.5"), ("optimizer", "adam")]);
    let mut trainer = trainer(DIGITS, &place, told).expect("it can learn");
    let losses: Vec<f64> = learned(&mut trainer).iter().map(|epoch| epoch.validation.expect("some").loss).collect();
    assert!(trainer.training.ended_early && losses.len() < 50);
    let (best, after) = losses.split_at(losses.len() - 2);
    let lowest = best.iter().copied().fold(f64::INFINITY, f64::min);
    assert!(best.ends_with(&[lowest]) && after.iter().all(|loss| *loss >= lowest), "{losses:?}");
}

#[test]
fn the_best_epoch_is_the_most_accurate_then_the_one_with_the_lowest_loss() {
    let epoch = |number, loss, accuracy| Epoch {
        number,
        training: Score { loss: 0.0, accuracy: 0.0 },
        validation: Some(Score { loss, accuracy }),
        learning_rate: 0.0,
        seconds: 0.0,
    };
    let best = |epochs: Vec<Epoch>| {
        let (network, device) = (String::new(), String::new());
        let (classes, options) = (Vec::new(), Vec::new());
        let training = Training { network, device, classes, images: (0, 0), options, epochs, ended_early: false };
        training.best().map(|best| best.number)
    };
    assert_eq!(best(vec![epoch(1, 0.5, 0.8), epoch(2, 0.9, 0.9), epoch(3, 0.7, 0.9), epoch(4, 0.1, 0.8)]), Some(3));
    assert_eq!(best(Vec::new()), None);
}

#[test]
fn lists_are_in_order_and_options_say_what_they_take() {
    assert!(AUGMENTATIONS.windows(2).all(|two| two[0].name < two[1].name));
    assert!(OPTIMIZERS.windows(2).all(|two| two[0].name < two[1].name));
    assert!(SCHEDULES.windows(2).all(|two| two[0].name < two[1].name));
    let says = |name: &str, value: &str| {
        let told = BTreeMap::from([(name.to_owned(), value.to_owned())]);
        let fault = Options::of(&told).expect_err("it is refused");
        format!("{} / {}", fault.says, fault.hint.unwrap_or_default())
    };
    assert_eq!(says("optimizer", "adma"), "there is no optimizer `adma` / did you mean `adam`?");
    assert_eq!(says("schedule", "x"), "there is no schedule `x` / there are constant, cosine, linear");
    assert_eq!(says("augment", "flip,turn"), "there is no augmentation `turn` / there are flip, shift");
    assert_eq!(says("batch", "0"), "--batch 0: a whole number of 1 or more is needed / ");
    assert_eq!(says("learning-rate", "NaN"), "--learning-rate NaN: a number above 0 is needed / ");
    assert_eq!(says("validation", "1"), "--validation 1: a fraction from 0 to below 1 is needed / ");
    let all = options(&[("patience", "3"), ("augment", "shift"), ("seed", "18446744073709551615")]);
    let again: BTreeMap<String, String> =
        all.told().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    assert_eq!(Options::of(&again).expect("they are options").told(), all.told());
}
