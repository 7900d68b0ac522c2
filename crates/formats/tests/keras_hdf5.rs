//! HDF5 files of Keras, made here: a whole model's configuration, weights of Keras 3 and of Keras 2, and files that are
//! neither, cut off or damaged.

use std::collections::BTreeMap;
use std::ops::Range;

use formats::Source;
use hdf5_pure::{AttrValue, FileBuilder, make_f32_type};
use workings::fault::Fault;
use workings::ledger::{Binds, Ledger};

struct Bytes(Vec<u8>);

impl Source for Bytes {
    fn name(&self) -> &str {
        "m.h5"
    }

    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, Fault> {
        let bytes = self.0.get(range.start as usize..range.end as usize);
        bytes.map(<[u8]>::to_vec).ok_or_else(|| Fault::new("outside"))
    }
}

fn worked(bytes: Vec<u8>) -> Result<Ledger, Fault> {
    formats::read(&Bytes(bytes)).map(|(model, _)| Ledger::of(model, &Binds::new()).0)
}

/// Tensors by their paths: a group for all but the last name.
fn weights(tensors: &[(&[&str], &[u64])]) -> Vec<u8> {
    let mut file = FileBuilder::new();
    for (path, shape) in tensors {
        let count = shape.iter().product::<u64>();
        let (last, groups) = path.split_last().unwrap();
        let mut open: Vec<_> = groups.iter().map(|name| file.create_group(name)).collect();
        let inner = open.last_mut().unwrap();
        inner.create_dataset(last).with_raw_data(make_f32_type(), vec![0; 4 * count as usize], count).with_shape(shape);
        while let Some(inner) = open.pop() {
            match open.last_mut() {
                Some(outer) => {
                    outer.add_group(inner.finish());
                }
                None => {
                    file.add_group(inner.finish());
                    break;
                }
            }
        }
    }
    file.finish().unwrap()
}

/// The rows with their parameters, the totals of parameters and of multiply-adds, and whether those are all.
type Known = (Vec<(String, Option<i128>)>, Option<i128>, Option<i128>, bool);

fn known(ledger: &Ledger) -> Known {
    let rows = ledger.model.layers.iter().zip(&ledger.rows);
    let rows = rows.map(|(layer, row)| {
        let params = row.sums.params.map_or(Some(0), |line| ledger.page.known(line));
        (layer.name.to_string(), params)
    });
    let total = |line| ledger.page.known(line);
    let totals = &ledger.totals;
    (rows.collect(), total(totals.params.line), total(totals.statistics.line), totals.macs.exact)
}

#[test]
fn weights_alone_have_parameters_and_no_wiring() {
    // 3 · 3 · 3 · 4 of the convolution; 4 a vector.
    let three = weights(&[(&["layers", "conv2d", "vars", "0"], &[3, 3, 3, 4])]);
    assert_eq!(known(&worked(three).unwrap()), (vec![("conv2d".into(), Some(108))], Some(108), Some(0), false));
    // Keras 2 says which are statistics.
    let two = weights(&[(&["bn", "bn", "moving_mean:0"], &[4])]);
    assert_eq!(known(&worked(two).unwrap()), (vec![("bn".into(), Some(0))], Some(0), Some(4), false));
    // A layer of a model within the model; the optimiser's state and random generators are nobody's parameters.
    let inner = weights(&[(&["layers", "base", "layers", "dense", "vars", "0"], &[5, 2])]);
    assert_eq!(known(&worked(inner).unwrap()).0, [("base/dense".to_owned(), Some(10))]);
    let aside = weights(&[(&["optimizer", "vars", "0"], &[5])]);
    assert!(worked(aside).is_err_and(|fault| fault.says.contains("neither")));
    let seed = weights(&[(&["layers", "dropout", "seed_generator", "vars", "0"], &[2])]);
    assert!(worked(seed).is_err_and(|fault| fault.says.contains("neither")));
}

/// A tensor by its path, and its sizes.
type Below<'t> = (&'t [&'t str], &'t [u64]);

/// A group with all that is below it.
fn group(name: &str, below: &[Below]) -> hdf5_pure::FinishedGroup {
    let mut made = FileBuilder::new().create_group(name);
    let mut inner: BTreeMap<&str, Vec<Below>> = BTreeMap::new();
    for (path, shape) in below {
        match path {
            [last] => {
                let count = shape.iter().product::<u64>();
                let raw = vec![0; 4 * count as usize];
                made.create_dataset(last).with_raw_data(make_f32_type(), raw, count).with_shape(shape);
            }
            [first, rest @ ..] => inner.entry(first).or_default().push((rest, shape)),
            [] => {}
        }
    }
    inner.iter().for_each(|(name, below)| made.add_group(group(name, below)));
    made.finish()
}

/// As Keras 3.15.1 writes the weights of SpectralNormalization around Dense(3) with 6 features, each step; around Embedding(7, 5);
/// around Conv2D(5, 3) with 6 channels and no bias. It says 24, 40 and 275 parameters, of which 3, 5 and 5 are not trained.
#[test]
fn a_kernel_that_stands_there_twice_is_counted_once() {
    let steps: [Below; 4] = [
        (&["s", "layer", "layer", "vars", "0"], &[6, 3]),
        (&["s", "layer", "layer", "vars", "1"], &[3]),
        (&["s", "layer", "vars", "0"], &[6, 3]),
        (&["s", "layer", "vars", "1"], &[1, 3]),
    ];
    let table: [Below; 3] =
        [(&["s", "layer", "vars", "0"], &[7, 5]), (&["s", "vars", "0"], &[7, 5]), (&["s", "vars", "1"], &[1, 5])];
    let conv: [Below; 3] = [
        (&["s", "layer", "vars", "0"], &[3, 3, 6, 5]),
        (&["s", "vars", "0"], &[3, 3, 6, 5]),
        (&["s", "vars", "1"], &[1, 5]),
    ];
    for (tensors, learned, kept) in [(&steps[..], 21, 3), (&table[..], 35, 5), (&conv[..], 270, 5)] {
        let mut file = FileBuilder::new();
        file.add_group(group("layers", tensors));
        let ledger = worked(file.finish().unwrap()).unwrap();
        assert_eq!(known(&ledger), (vec![("s".into(), Some(learned))], Some(learned), Some(kept), false));
    }
    // A layer of one's own with a layer within it is no such thing.
    let own: [Below; 3] =
        [(&["s", "layer", "vars", "0"], &[6, 3]), (&["s", "vars", "0"], &[6, 3]), (&["s", "vars", "1"], &[1, 4])];
    let mut file = FileBuilder::new();
    file.add_group(group("layers", &own));
    assert_eq!(known(&worked(file.finish().unwrap()).unwrap()).1, Some(18 + 18 + 4));
}

#[test]
fn a_whole_model_is_its_configuration() {
    let config = r#"{"class_name": "Sequential", "config": {"name": "s", "layers": [
        {"class_name": "Dense", "config": {"name": "d", "units": 3, "batch_input_shape": [null, 4]}}]}}"#;
    let mut file = FileBuilder::new();
    file.set_attr("model_config", AttrValue::String(config.to_owned()));
    let bytes = file.finish().unwrap();
    assert_eq!(known(&worked(bytes.clone()).unwrap()), (vec![("d".into(), Some(15))], Some(15), Some(0), true));
    // Cut off or damaged anywhere: an answer, or a message.
    for end in (0..bytes.len()).step_by(7) {
        assert!(worked(bytes[..end].to_vec()).is_err(), "{end}");
    }
    for at in 0..bytes.len() {
        let mut broken = bytes.clone();
        broken[at] ^= 0x55;
        let _ = worked(broken);
    }
}

/// A file of which it is counted how much is read.
struct Counted {
    bytes: Vec<u8>,
    read: std::cell::Cell<usize>,
}

impl Source for Counted {
    fn name(&self) -> &str {
        "m.h5"
    }

    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, Fault> {
        let bytes = &self.bytes[range.start as usize..range.end as usize];
        self.read.set(self.read.get() + bytes.len());
        Ok(bytes.to_vec())
    }
}

#[test]
fn weights_are_left_where_they_are() {
    // Thirty layers of a million bytes each.
    let names: Vec<String> = (0..30).map(|at| format!("dense_{at}")).collect();
    let paths: Vec<[&str; 3]> = names.iter().map(|name| [name.as_str(), name.as_str(), "kernel:0"]).collect();
    let tensors: Vec<(&[&str], &[u64])> = paths.iter().map(|path| (&path[..], &[250, 1000][..])).collect();
    let file = Counted { bytes: weights(&tensors), read: Default::default() };
    let (model, _) = formats::read(&file).unwrap();
    let (ledger, _) = Ledger::of(model, &Binds::new());
    assert_eq!(ledger.page.known(ledger.totals.params.line), Some(30 * 250_000));
    // What says how it is built takes some pages a layer at most, of 64 KiB each.
    let (read, size) = (file.read.get(), file.bytes.len());
    assert!(size > 30_000_000 && read < size / 3, "{read} of {size} bytes");
}

#[test]
fn links_lead_nowhere() {
    // Groups that stand in themselves; links that lead out of the file and to themselves, and a tensor of 2^80 elements
    // (fuzz/seeds/make.py).
    let circles = include_bytes!("../../../fuzz/seeds/keras/circles.h5").to_vec();
    let said = worked(circles).err().map(|fault| fault.says).unwrap_or_default();
    assert!(
        said.starts_with("`layers/again/again/") && said.ends_with("stand in one another without an end"),
        "{said}"
    );
    let links = worked(include_bytes!("../../../fuzz/seeds/keras/links.h5").to_vec()).unwrap();
    let rows = vec![("d".to_owned(), Some(1 << 80)), ("e".to_owned(), Some(3))];
    assert_eq!(known(&links), (rows, Some((1 << 80) + 3), Some(0), false));
}
