//! From what stands on the command line to a ledger.

use std::ffi::OsStr;
#[cfg(feature = "engine")]
use std::ffi::OsString;
use std::io::Read;
use std::mem::ManuallyDrop;
use std::path::Path;

use formats::{Source, Weights};
use sources::{File, Memory};
use workings::audit::MOST_ROWS;
use workings::fault::{Fault, nearest};
use workings::graph::{Dtype, Graph, Numbers};
use workings::ledger::{Binds, Finding, Ledger};
use workings::model::{Layout, Size};
use workings::worksheet::Sheet;
use workings::{Model, Place};

use crate::args::{Reading, Shared};
use crate::{Ended, diagnose};

/// The most that is read from standard input.
const LARGEST: u64 = 1 << 30;

/// A network worked out, and whether its input was at fault.
pub(crate) struct Worked {
    /// What its source is called, and its text, for what is said of it later.
    pub name: String,
    pub text: String,
    /// Never freed: the process ends when it was shown, and a million little pieces take as long to give back as to make.
    pub ledger: ManuallyDrop<Ledger>,
    pub findings: Vec<Finding>,
    pub ended: Ended,
}

/// Opens a source: standard input, a network that comes along, or a file. A file wins over a network of the same name
/// where it is written as a path.
pub(crate) fn open(source: &OsStr) -> Result<Box<dyn Source>, Fault> {
    if source == "-" {
        return Ok(Box::new(standard_input()?));
    }
    let name = source.to_string_lossy();
    if let Some(network) = sources::network(&name) {
        return Ok(Box::new(Memory::new(format!("{name}.net"), network.text.as_bytes())));
    }
    let path = Path::new(source);
    match file(path) {
        Err(_) if !path.exists() => {
            let fault = Fault::new(format!("there is no file and no network `{name}`"));
            Err(match nearest(&name, sources::NETWORKS.iter().map(|network| network.name)) {
                Some(near) => fault.hint(format!("did you mean `{near}`?")),
                None => fault.hint("`workings networks` lists those that come along; `-` reads standard input"),
            })
        }
        opened => opened,
    }
}

/// A file; one that says that it is empty may still have something to read, as those of `/proc` have.
pub(crate) fn file(path: &Path) -> Result<Box<dyn Source>, Fault> {
    let file = File::open(path)?;
    if file.size() > 0 {
        return Ok(Box::new(file));
    }
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(LARGEST).read_to_end(&mut bytes));
    read.map_err(|error| Fault::new(format!("`{}` cannot be read: {error}", path.display())))?;
    Ok(Box::new(Memory::new(file.name(), bytes)))
}

/// A file that an option names; `what` says what it should be, should it not be there.
fn named(path: &Path, what: &str) -> Result<Box<dyn Source>, Fault> {
    file(path).map_err(|fault| match path.exists() {
        true => fault,
        false => Fault { hint: Some(format!("give {what}")), ..fault },
    })
}

/// All of a picture's file.
#[cfg(feature = "engine")]
pub(crate) fn picture(path: &Path) -> Result<Vec<u8>, Fault> {
    let source = named(path, "a picture, PNG or JPEG")?;
    source.read(0..source.size())
}

/// The weights of a file.
pub(crate) fn weights(path: &Path) -> Result<Weights, Fault> {
    Weights::read(&*named(path, "the file with the network's weights, `.safetensors`")?)
}

fn standard_input() -> Result<Memory, Fault> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| Fault::new(format!("standard input cannot be read: {error}")))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Fault::new("standard input has more than 1 GiB").hint("give the file itself"));
    }
    Ok(Memory::new("standard input", bytes))
}

/// Reads a source and works it out. What is wrong is said on standard error; whatever can be had comes back.
pub(crate) fn work(shared: &Shared, reading: &Reading) -> Result<Worked, Fault> {
    let read = read(&reading.source, &binds(&reading.bind)?, &Told::of(reading))?;
    known(&[&read.ledger], &reading.bind)?;
    worked(shared, read, reading.strict)
}

/// Reads several sources and works each out, or says why nothing of it could be had. A number is for a symbol of one of them
/// at least.
#[cfg(feature = "engine")]
pub(crate) fn work_each<'s>(
    shared: &'s Shared,
    sources: &[OsString],
    bind: &[(String, i64)],
    strict: bool,
) -> Result<impl Iterator<Item = Result<Worked, Fault>> + use<'s>, Fault> {
    if sources.iter().filter(|source| *source == "-").count() > 1 {
        return Err(Fault::new("standard input cannot be read twice").hint("give `-` once"));
    }
    let told = binds(bind)?;
    let all: Vec<Result<Unsaid, Fault>> = sources.iter().map(|source| read(source, &told, &Told::default())).collect();
    let ledgers: Vec<&Ledger> = all.iter().flatten().map(|read| &read.ledger).collect();
    // What could not be read may have had the symbol.
    if ledgers.len() == all.len() {
        known(&ledgers, bind)?;
    }
    Ok(all.into_iter().map(move |read| worked(shared, read?, strict)))
}

/// A source that was read and worked out, and of which nothing was said yet.
struct Unsaid {
    name: String,
    text: String,
    ledger: Ledger,
    /// What could not be read, and what was found in the rest.
    faults: Vec<Fault>,
    found: Vec<Finding>,
}

/// What is told of a source beside its name.
#[derive(Default)]
struct Told<'r> {
    format: Option<&'r str>,
    shapes: &'r [(String, Vec<String>)],
    data: &'r [(String, Vec<f64>)],
}

impl<'r> Told<'r> {
    fn of(reading: &'r Reading) -> Told<'r> {
        Told { format: reading.format.as_deref(), shapes: &reading.input_shape, data: &reading.input_data }
    }
}

fn read(source: &OsStr, binds: &Binds, told: &Told<'_>) -> Result<Unsaid, Fault> {
    let source = open(source)?;
    let read = match told.format {
        Some(format) => formats::read_as(&*source, format),
        None => formats::read(&*source),
    };
    let (mut model, faults) = read.map_err(|fault| in_source(&*source, fault))?;
    reshape(&mut model, told.shapes)?;
    fill(&mut model, told.data)?;
    let text = text(&*source, &model);
    let (ledger, found) = Ledger::of(model, binds);
    Ok(Unsaid { name: source.name().to_owned(), text, ledger, faults, found })
}

/// What faults of a network point into: the notation's text; other formats have none, and are not read whole for it.
fn text(source: &dyn Source, model: &Model) -> String {
    match model.format {
        "net" => formats::net::text(source).unwrap_or_default(),
        _ => String::new(),
    }
}

/// Gives inputs their elements.
fn fill(model: &mut Model, data: &[(String, Vec<f64>)]) -> Result<(), Fault> {
    for (name, numbers) in data {
        if default(model, name, numbers)? {
            continue;
        }
        let at = input(model, "--input-data", name)?;
        let input = &mut model.inputs[at];
        let sizes = input.shape.iter().map(|size| match size {
            Size::Number(n) => Some(*n),
            Size::Symbol(_) => None,
        });
        let elements = sizes.collect::<Option<Vec<i64>>>();
        // Sizes of a hostile file may multiply to more than there are numbers: then they are not as many as were given.
        if let Some(sizes) = elements.as_ref().filter(|_| !input.shapeless) {
            as_many(name, numbers, sizes)?;
        }
        input.numbers = Some(told(input.dtype, numbers));
        if elements.is_none() && input.shape.len() == 1 {
            input.shape = vec![Size::Number(numbers.len() as i64)];
        }
        model.graph.said.clear();
    }
    Ok(())
}

/// That an input is given as many numbers as it has.
fn as_many(name: &str, numbers: &[f64], sizes: &[i64]) -> Result<(), Fault> {
    // Sizes of a hostile file may multiply to more than there are numbers: then they are not as many as were given.
    let elements = sizes.iter().try_fold(1i64, |all, size| all.checked_mul(*size)).unwrap_or(i64::MAX);
    let found = numbers.len();
    match elements == found as i64 {
        true => Ok(()),
        false => {
            Err(Fault::new(format!("--input-data {name}=…: {found} numbers are given, and the input has {elements}"))
                .hint("give every element, row by row"))
        }
    }
}

fn told(dtype: Dtype, numbers: &[f64]) -> Numbers {
    match !dtype.is_float() && numbers.iter().all(|number| number.fract() == 0.0) {
        true => Numbers::Whole(numbers.iter().map(|number| *number as i64).collect()),
        false => Numbers::Real(numbers.into()),
    }
}

/// Gives an input other elements than those that stand in the file unless it is told; whether there is such an input.
fn default(model: &mut Model, name: &str, numbers: &[f64]) -> Result<bool, Fault> {
    let Graph { stored, defaults, said, .. } = &mut model.graph;
    let Some(at) = defaults.iter().find(|at| *stored[**at as usize].name == *name) else { return Ok(false) };
    let stored = &mut stored[*at as usize];
    as_many(name, numbers, &stored.shape)?;
    stored.numbers = Some(told(stored.dtype, numbers));
    said.clear();
    Ok(true)
}

/// The input of this name, by its number.
fn input(model: &Model, option: &str, name: &str) -> Result<usize, Fault> {
    let names = || model.inputs.iter().map(|input| &*input.name);
    model.inputs.iter().position(|input| *input.name == *name).ok_or_else(|| {
        let fault = Fault::new(format!("{option} {name}=…: the network has no input `{name}`"));
        fault.hint(format!("it has {}", names().collect::<Vec<_>>().join(", ")))
    })
}

/// Gives inputs other shapes. What the file says of tensors behind them need not hold then.
fn reshape(model: &mut Model, shapes: &[(String, Vec<String>)]) -> Result<(), Fault> {
    for (name, shape) in shapes {
        let at = input(model, "--input-shape", name)?;
        let input = &mut model.inputs[at];
        if !input.shapeless && input.shape.len() != shape.len() {
            let (has, told) = (input.shape.len(), shape.len());
            return Err(Fault::new(format!(
                "--input-shape {name}=…: {told} sizes are given, and the input has {has} axes"
            ))
            .hint("give one size an axis, in the order of the file, the batch too"));
        }
        let size = |told: &String| told.parse().map_or_else(|_| Size::Symbol(told.as_str().into()), Size::Number);
        let mut shape: Vec<Size> = shape.iter().map(size).collect();
        // The notation and Keras write the channels last; inside they come after the batch.
        if model.layout != Layout::AsInFile && shape.len() > 2 {
            shape[1..].rotate_right(1);
        }
        (input.shape, input.shapeless) = (shape, false);
        model.graph.said.clear();
    }
    Ok(())
}

fn worked(shared: &Shared, read: Unsaid, strict: bool) -> Result<Worked, Fault> {
    let Unsaid { name, text, ledger, faults, found } = read;
    let findings: Vec<Finding> = faults.into_iter().map(|fault| unread(&ledger, fault)).chain(found).collect();
    diagnose::findings(shared, &findings, &name, &text);
    if !findings.is_empty() && ledger.model.layers.iter().all(|layer| layer.op.is_none()) {
        return Err(Fault::new(format!("{name}: nothing of it could be worked out")));
    }
    let totals = &ledger.totals;
    let exact = totals.params.exact && totals.macs.exact && totals.statistics.exact;
    let wrong = !findings.is_empty() || strict && !exact;
    if wrong && findings.is_empty() {
        diagnose::fault(shared, &Fault::new("a total is only \"at least\", and --strict was asked for"));
    }
    let ended = if wrong { Ended::AtFault } else { Ended::Fine };
    Ok(Worked { name, text, ledger: ManuallyDrop::new(ledger), findings, ended })
}

/// Reads a source that is to be held against something: all of it must be readable.
pub(crate) fn network(shared: &Shared, source: &OsStr) -> Result<Model, Fault> {
    let source = open(source)?;
    let (model, faults) = formats::read(&*source).map_err(|fault| in_source(&*source, fault))?;
    // The rules that explain a sheet's mistakes are those of the notation's layers.
    if model.format != "net" {
        let says = format!("{}: a sheet is not held against a network of the format {}", source.name(), model.format);
        return Err(Fault::new(says)
            .hint("write the network in the notation, as a `.net` file; `recover` writes the sheet's own"));
    }
    if faults.is_empty() {
        // A sheet has numbers, which an input of open sizes cannot be held against.
        let open = model.inputs.iter().flat_map(|input| input.shape.iter().skip(1)).find_map(|size| match size {
            Size::Number(_) => None,
            Size::Symbol(name) => Some(name.clone()),
        });
        return match open {
            None => Ok(model),
            Some(open) => Err(Fault::new(format!("{}: its input has the open size `{open}`", source.name()))
                .hint("write numbers for the sizes of the input, as the sheet has them")),
        };
    }
    let text = text(&*source, &model);
    diagnose::faults(shared, &faults, source.name(), &text);
    Err(Fault::new(format!("{}: it cannot be read, so nothing was held against it", source.name()))
        .hint("mend the lines above first"))
}

/// The sheets of a file, its name and its text, and whether it was at fault.
pub(crate) struct Sheets {
    pub name: String,
    pub text: String,
    pub sheets: Vec<Sheet>,
    pub ended: Ended,
}

/// Reads the sheets of a file, of which there is at least one. What could not be read is said on standard error.
pub(crate) fn sheets(shared: &Shared, source: &OsStr) -> Result<Sheets, Fault> {
    let source = sheet(source)?;
    let (sheets, faults) = formats::sheet::read(&*source).map_err(|fault| in_source(&*source, fault))?;
    let bytes = source.read(0..source.size()).unwrap_or_default();
    let (name, text) = (source.name().to_owned(), String::from_utf8_lossy(&bytes).into_owned());
    diagnose::faults(shared, &faults, &name, &text);
    if sheets.is_empty() {
        return Err(Fault::new(format!("{name}: there is no sheet in it")).hint(
            "a sheet is a table with the columns kernel, input, kernels, calculation, output and parameters, or some of them",
        ));
    }
    Ok(Sheets { name, text, sheets, ended: if faults.is_empty() { Ended::Fine } else { Ended::AtFault } })
}

/// What is said of a sheet that does not tell its network, so that nothing in it can be checked or recovered.
pub(crate) fn too_little(sheet: &Sheet, name: &str) -> Fault {
    if let Some(fault) = too_many(sheet, name) {
        return fault;
    }
    let called = sheet.name.as_deref().map_or("this sheet".to_owned(), |name| format!("the sheet “{name}”"));
    let fault =
        Fault::new(format!("{called} holds too little to tell its network")).hint(match name.ends_with(".net") {
            true => "a `.net` file is a network: `show` prints its sheet, and `audit FILE --against` takes it",
            false => "it takes at least an input size and, for a row, its kernel, its output or its parameters",
        });
    placed(sheet, name, fault)
}

/// What is said of a sheet of which nothing could be held against its network.
pub(crate) fn unheld(sheet: &Sheet, name: &str, key: &Model) -> Fault {
    if let Some(fault) = too_many(sheet, name) {
        return fault;
    }
    let fault = Fault::new(format!("no row of this sheet could be held against the network `{}`", key.name));
    placed(sheet, name, fault.hint("`recover` tells which network the sheet is about"))
}

/// What is said of a sheet with more rows than are looked at.
fn too_many(sheet: &Sheet, name: &str) -> Option<Fault> {
    let says = || format!("this sheet has {} rows; up to {MOST_ROWS} are taken", sheet.rows.len());
    (sheet.rows.len() > MOST_ROWS).then(|| {
        let hint = "a row is a layer: a list of another kind, or many sheets in one, is not taken for one sheet";
        placed(sheet, name, Fault::new(says()).hint(hint))
    })
}

/// A fault where its sheet begins, or else in its file.
fn placed(sheet: &Sheet, name: &str, fault: Fault) -> Fault {
    match sheet.place == Place::default() {
        true => Fault { says: format!("{name}: {}", fault.says), ..fault },
        false => fault.at(sheet.place),
    }
}

/// Opens a file that holds sheets. A network that comes along is none.
fn sheet(source: &OsStr) -> Result<Box<dyn Source>, Fault> {
    let (name, path) = (source.to_string_lossy(), Path::new(source));
    if source == "-" || path.exists() {
        return if source == "-" { open(source) } else { file(path) };
    }
    let fault = Fault::new(format!("there is no file `{name}`"));
    Err(match sources::network(&name) {
        Some(_) => {
            fault.hint(format!("`{name}` is a network; to hold a sheet against it: `audit FILE --against {name}`"))
        }
        None => fault.hint("give a file with a sheet, or `-` for standard input"),
    })
}

/// What could not be read, as a finding about the layer of its line, or about the network.
fn unread(ledger: &Ledger, fault: Fault) -> Finding {
    let place = fault.place.unwrap_or_default();
    let layer = ledger.model.layers.iter().find(|layer| layer.place.line == place.line);
    let at = layer.map_or_else(|| ledger.model.name.clone(), |layer| layer.name.clone());
    Finding { code: "notation", at, place, says: fault.says, hint: fault.hint }
}

/// Numbers for symbols, each told once.
fn binds(told: &[(String, i64)]) -> Result<Binds, Fault> {
    let mut binds = Binds::new();
    for (name, number) in told {
        if let Some(first) = binds.insert(name.clone(), *number).filter(|first| first != number) {
            return Err(
                Fault::new(format!("--bind gives `{name}` two numbers, {first} and {number}")).hint("keep one of them")
            );
        }
    }
    Ok(binds)
}

/// Every symbol that is bound must be one of a network's.
fn known(ledgers: &[&Ledger], binds: &[(String, i64)]) -> Result<(), Fault> {
    let symbols: Vec<&str> = ledgers.iter().flat_map(|ledger| &ledger.symbols).map(|(name, _)| &**name).collect();
    match binds.iter().find(|(name, _)| !symbols.contains(&name.as_str())) {
        None => Ok(()),
        Some((name, _)) => {
            let fault = Fault::new(format!("--bind {name}=…: the network has no symbol `{name}`"));
            Err(match (symbols.is_empty(), nearest(name, symbols.iter().copied())) {
                (true, _) => fault.hint("all its sizes are numbers"),
                (false, Some(near)) => fault.hint(format!("did you mean `{near}`?")),
                (false, None) => fault.hint(format!("it has {}", symbols.join(", "))),
            })
        }
    }
}

/// A fault of a source that has no text to point into says its place in words.
pub(crate) fn in_source(source: &dyn Source, fault: Fault) -> Fault {
    let says = match fault.place {
        Some(place) => format!("{}:{}:{}: {}", source.name(), place.line, place.column, fault.says),
        None => format!("{}: {}", source.name(), fault.says),
    };
    Fault { place: None, says, hint: fault.hint }
}
