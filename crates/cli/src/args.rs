//! The command line, as clap reads it.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand, ValueEnum};

/// Every number in a neural network, with its workings.
#[derive(Parser)]
#[command(name = "workings", version, about, long_about = LONG, max_term_width = 100)]
#[command(propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub shared: Shared,
}

const LONG: &str = "Every number in a neural network, with its workings: the size of every tensor, the parameters and \
multiply-adds of every layer, each with the arithmetic that makes it.\n\nA SOURCE is a file, `-` for standard input, or the \
name of a network that comes along (`workings networks` lists them).";

/// What every command understands.
#[derive(clap::Args)]
pub(crate) struct Shared {
    /// Write the answer to FILE instead of standard output
    #[arg(short, long, value_name = "FILE", global = true)]
    pub output: Option<PathBuf>,
    /// When to use colours; NO_COLOR is honoured too
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub color: Color,
    /// Say what is wrong in one line each, and nothing else, on standard error
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum As {
    /// For a terminal of any width
    Terminal,
    /// A Markdown page
    Markdown,
    /// One HTML file that needs nothing else
    Html,
    /// For programs; `show` has the schema `workings/1`, others their own: `workings/audit/1`, `workings/verify/1`
    Json,
    /// One line a layer, for a spreadsheet
    Csv,
    /// A LaTeX document
    Latex,
}

/// The forms of a page: all but CSV, which is not offered; who asks for it all the same is told what there is.
#[derive(Clone)]
struct Page;

impl TypedValueParser for Page {
    type Value = As;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<As, clap::Error> {
        if value == "csv" {
            return Ok(As::Csv);
        }
        let offered = PossibleValuesParser::new(self.possible_values().into_iter().flatten());
        let name = offered.parse_ref(command, argument, value)?;
        Ok(As::from_str(&name, false).unwrap_or(As::Terminal))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let forms = As::value_variants().iter().filter(|form| **form != As::Csv);
        Some(Box::new(forms.filter_map(As::to_possible_value)))
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Layout {
    /// Height × width × channels, as on paper
    Hwc,
    /// Channels × height × width, as in PyTorch and ONNX
    Chw,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// The sheet of a network: every layer with its calculation, and the total
    #[command(after_help = "Examples:\n  workings show q4\n  workings show q4 --columns layer,output,params,macs\n  \
        workings show encoder --bind L=128 --bind N=8\n  workings show my.net --as html -o my.html")]
    Show(Show),
    /// The working behind one number, down to the network's own settings
    #[command(after_help = "Examples:\n  workings why q4 conv3.params\n  workings why q4 pool2.H_out\n  \
        workings why q4 conv3      every named quantity of a layer\n  workings why q4 params     the network's total")]
    Why(Why),
    /// What is wrong in a sheet that somebody filled in, where it began, and what explains it
    #[command(after_help = "Examples:\n  workings audit sheet.md\n  workings audit sheet.md --against q1\n  \
        workings audit scan.txt --as html -o marked.html\n  workings explain S3                what a code of the answer means\n\n\
        A sheet is a table in Markdown, CSV or HTML, or the text of a scanner, with the worksheet's columns: kernel, input, \
        kernels, calculation, output, parameters. Exit code 0: every cell is right; 1: something is not; 2: the file holds \
        no sheet, or not all of it could be read or judged (what could is judged all the same).")]
    Audit(Audit),
    /// The network behind a sheet, also a damaged one, as `.net`
    #[command(after_help = "Examples:\n  workings recover sheet.md\n  workings recover scan.txt -o found.net\n  \
        workings show found.net                   where the file held one sheet\n\n\
        Several sheets give several networks, one after the other with an empty line between them; `show` and \
        `audit --against` take one.\n\nWhat was repaired, and what the sheet does not decide, stands in comments. \
        Exit code 0: nothing was repaired or left open; 1: something was; 2: no network could be told for some sheet, or \
        not all of the file could be read (what could is recovered all the same).")]
    Recover(Recover),
    /// The network for a framework: ONNX, PyTorch, Keras
    #[command(after_help = "Examples:\n  workings export q4 -o q4.onnx\n  workings export q4 -o q4.py --to torch\n  \
        workings export q4 -o q4.py --to keras\n  workings export q4 -o q4.json        for keras.models.model_from_json\n  \
        workings export q4 --to torch        to standard output\n  \
        workings export q4 -o q4.onnx --weights q4.safetensors\n\n\
        What a framework cannot express is refused with the layer: an export is the same network or none. Without weights, an \
        ONNX file holds small random ones, the same in every run.")]
    Export(Export),
    /// Whether an engine that builds and runs the network has what the sheet says
    #[command(after_help = "Examples:\n  workings verify q5\n  workings verify encoder --bind L=16\n  \
        workings verify q1 q2 q3 q4 q5\n  workings verify my.net --as json\n\n\
        Batches of 1 and 2 are run forward and backward; the shape of every output, every parameter, its gradient, and how many \
        tensors a file has that they are saved to are held against the sheet. Exit code 0: all of it agrees; 1: something does \
        not; 2: not every network could be run (what could is held against its sheet all the same).")]
    Verify(Verify),
    /// What a network answers when it runs
    // A usage that began with the pictures would have the network taken for the last of them.
    #[command(override_usage = "workings run [OPTIONS] <SOURCE> <--input <IMAGE>...|--random>")]
    #[command(after_help = "Examples:\n  workings run q5 --input cat.png dog.jpg --weights q5.safetensors\n  \
        workings run q5 --input cat.png --show-layers layers\n  workings run q5 --random --seed 7 --as json\n\n\
        A picture is stretched to the size of the network's input, by linear interpolation over the area that shrinks to a \
        pixel; grey and colour are made of each other, as the input has 1 or 3 channels; transparency is dropped; black is 0 \
        and white 1. Exit code 0: it ran; 2: a picture could not be read (the others ran all the same), or something else is \
        at fault.")]
    Run(Run),
    /// Lets a network learn from images, and keeps its weights
    #[command(after_help = "Examples:\n  workings train q5 --data photos\n  \
        workings train q5 --data photos --epochs 30 --schedule cosine --augment flip,shift --patience 5\n  \
        workings train q5 --data photos --resume         goes on where it stopped\n  \
        workings run q5 --input a.png --weights q5-trained/weights.safetensors\n\n\
        FOLDER has one subfolder of images (PNG, JPEG) a class, or `train` and `val` with such subfolders. Every epoch is kept \
        when it is over; Ctrl-C stops, and at most the running epoch is lost. The last layer says what is learned: one unit \
        with sigmoid tells two classes apart, a unit a class with softmax any number. Exit code 0: it learned; 2: something \
        is at fault; 130: it was stopped.")]
    Train(Train),
    /// The networks that come along
    Networks(Listing),
    /// Puts a `.net` file into its one form, comments kept
    Fmt(Fmt),
    /// The formula reference: every layer, how it is written, and its rules
    Ops(Ops),
    /// What a code means: a verdict, a wrong rule, a misreading, a finding
    #[command(after_help = "Examples:\n  workings explain            all of them\n  workings explain P2\n  \
        workings explain misread")]
    Explain(Explain),
    /// A completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// How to read a source.
#[derive(clap::Args)]
pub(crate) struct Reading {
    /// A file, `-` for standard input, or a network that comes along
    pub source: OsString,
    /// A number for a symbol of the network
    #[arg(long, value_name = "NAME=N", value_parser = bind)]
    pub bind: Vec<(String, i64)>,
    /// Another shape for an input, in the order of the file: x=1x3x640x640; a size may be a symbol
    #[arg(long, value_name = "NAME=SHAPE", value_parser = input_shape)]
    pub input_shape: Vec<(String, Vec<String>)>,
    /// The elements of an input that shapes hang on: axes=0,2
    #[arg(long, value_name = "NAME=N,…", value_parser = input_data)]
    pub input_data: Vec<(String, Vec<f64>)>,
    /// What format it is, where neither its bytes nor its name tell: net, onnx, keras
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Make it an error (exit code 2) if a total is only "at least"
    #[arg(long)]
    pub strict: bool,
}

#[derive(clap::Args)]
pub(crate) struct Show {
    #[command(flatten)]
    pub reading: Reading,
    /// What to write
    #[arg(long = "as", value_name = "FORM", default_value = "terminal")]
    pub form: As,
    /// The order in which shapes are written
    #[arg(long, value_name = "ORDER", default_value = "hwc")]
    pub layout: Layout,
    /// Which columns, in which order: layer, kernel, input, kernels, calculation, output, params, macs, …
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    pub columns: Vec<String>,
    /// Write calculations in full: paddings of 0 and strides of 1 too, and rows that only compute sizes
    #[arg(long)]
    pub full: bool,
    /// Only layers whose name or operator has this in it
    #[arg(long, value_name = "TEXT")]
    pub only: Option<String>,
    /// The largest first, by a column of numbers: params, macs, read, …
    #[arg(long, value_name = "COLUMN")]
    pub sort: Option<String>,
    /// So many layers at most
    #[arg(long, value_name = "N")]
    pub top: Option<usize>,
    /// Rows folded into the modules that the file names, with subtotals: 1 for the outermost
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub depth: Option<u32>,
}

#[derive(clap::Args)]
pub(crate) struct Why {
    #[command(flatten)]
    pub reading: Reading,
    /// A layer by name or number, with the quantity behind a point; a module's sum (layer1.params); or a total (params, macs)
    #[arg(value_name = "LAYER[.QUANTITY]")]
    pub what: String,
    /// What to write
    #[arg(long = "as", value_name = "FORM", default_value = "terminal", value_parser = Page)]
    pub form: As,
}

#[derive(clap::Args)]
pub(crate) struct Audit {
    /// A file with one sheet or several, or `-` for standard input
    pub sheet: OsString,
    /// The network that the sheet is about; without it, the one that explains most of the sheet
    #[arg(long, value_name = "SOURCE")]
    pub against: Option<OsString>,
    /// What to write
    #[arg(long = "as", value_name = "FORM", default_value = "terminal", value_parser = Page)]
    pub form: As,
}

#[derive(clap::Args)]
pub(crate) struct Recover {
    /// A file with one sheet or several, or `-` for standard input
    pub sheet: OsString,
}

/// Where networks run.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Device {
    /// The processor
    Cpu,
    /// A graphics card through WebGPU, if compiled in
    Wgpu,
    /// A graphics card through CUDA, if compiled in
    Cuda,
}

#[cfg(feature = "engine")]
impl Device {
    /// What the engine calls it.
    pub fn name(self) -> &'static str {
        match self {
            Device::Cpu => "cpu",
            Device::Wgpu => "wgpu",
            Device::Cuda => "cuda",
        }
    }
}

/// What a build without an engine reads it need not use.
#[cfg_attr(not(feature = "engine"), allow(dead_code))]
#[derive(clap::Args)]
pub(crate) struct Verify {
    /// Files, `-` for standard input, or networks that come along
    #[arg(value_name = "SOURCE", required = true)]
    pub sources: Vec<OsString>,
    /// A number for a symbol of the networks
    #[arg(long, value_name = "NAME=N", value_parser = bind)]
    pub bind: Vec<(String, i64)>,
    /// Make it an error (exit code 2) if a total is only "at least"
    #[arg(long)]
    pub strict: bool,
    /// Where the network runs
    #[arg(long, value_name = "DEVICE", default_value = "cpu")]
    pub device: Device,
    /// What to write
    #[arg(long = "as", value_name = "FORM", default_value = "terminal", value_parser = Page)]
    pub form: As,
}

/// What a build without an engine reads it need not use.
#[cfg_attr(not(feature = "engine"), allow(dead_code))]
#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("runs on").args(["input", "random"]).required(true)))]
pub(crate) struct Run {
    #[command(flatten)]
    pub reading: Reading,
    /// Run it on these pictures, PNG or JPEG
    #[arg(long, value_name = "IMAGE", num_args = 1..)]
    pub input: Vec<PathBuf>,
    /// Run it on a random input
    #[arg(long)]
    pub random: bool,
    /// Weights as safetensors, under the ledger's names and in PyTorch's layout; without them the parameters are random
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// Write what every layer gives as pictures into FOLDER: its maps beside each other, or its units
    #[arg(long, value_name = "FOLDER")]
    pub show_layers: Option<PathBuf>,
    /// What the random numbers start from
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Where the network runs
    #[arg(long, value_name = "DEVICE", default_value = "cpu")]
    pub device: Device,
    /// What to write
    #[arg(long = "as", value_name = "FORM", default_value = "terminal", value_parser = Page)]
    pub form: As,
}

/// What a build without an engine reads it need not use.
#[cfg_attr(not(feature = "engine"), allow(dead_code))]
#[derive(clap::Args)]
pub(crate) struct Train {
    /// A file, `-` for standard input, or a network that comes along
    pub source: OsString,
    /// A number for a symbol of the network
    #[arg(long, value_name = "NAME=N", value_parser = bind)]
    pub bind: Vec<(String, i64)>,
    /// The images: one subfolder a class, or `train` and `val` with such subfolders
    #[arg(long, value_name = "FOLDER")]
    pub data: PathBuf,
    /// Where the run is kept [default: NETWORK-trained]
    #[arg(long, value_name = "FOLDER")]
    pub save: Option<PathBuf>,
    /// Go on from the checkpoint in the --save folder, with the options it began with
    #[arg(long)]
    pub resume: bool,
    /// How steps are made of gradients: adam, adamw, sgd (momentum 0.9) [default: adam]
    #[arg(long, value_name = "NAME")]
    pub optimizer: Option<String>,
    /// How long steps are [default: 0.001; sgd: 0.01]
    #[arg(long, value_name = "N")]
    pub learning_rate: Option<String>,
    /// How that changes: constant, cosine (down to 0), linear (down to 0) [default: constant]
    #[arg(long, value_name = "NAME")]
    pub schedule: Option<String>,
    /// How much of a parameter goes at each step, times the learning rate [default: 0; adamw: 0.01]
    #[arg(long, value_name = "N")]
    pub weight_decay: Option<String>,
    /// How many images a step is made of [default: 32]
    #[arg(long, value_name = "N")]
    pub batch: Option<String>,
    /// How many times all images are seen [default: 10]
    #[arg(long, value_name = "N")]
    pub epochs: Option<String>,
    /// End after so many epochs without a lower loss on the held-out images [default: never]
    #[arg(long, value_name = "EPOCHS")]
    pub patience: Option<String>,
    /// Change images by chance: flip (left and right), shift (by up to a tenth)
    #[arg(long, value_name = "NAME,…")]
    pub augment: Option<String>,
    /// The fraction of each class that is held out, where the folder has no `val` [default: 0.2]
    #[arg(long, value_name = "FRACTION")]
    pub validation: Option<String>,
    /// What all chance starts from: the same seed on the same machine gives the same digits [default: 0]
    #[arg(long, value_name = "N")]
    pub seed: Option<String>,
    /// Stop at a file that is no image, instead of leaving it out
    #[arg(long)]
    pub strict: bool,
    /// Where the network runs
    #[arg(long, value_name = "DEVICE", default_value = "cpu")]
    pub device: Device,
    /// What to write when it is over
    #[arg(long = "as", value_name = "FORM", default_value = "terminal", value_parser = Page)]
    pub form: As,
}

#[cfg(feature = "engine")]
impl Train {
    /// How to read its network.
    pub fn reading(&self) -> Reading {
        Reading {
            source: self.source.clone(),
            bind: self.bind.clone(),
            input_shape: Vec::new(),
            input_data: Vec::new(),
            format: None,
            strict: false,
        }
    }

    /// The options that were given, by name.
    pub fn options(&self) -> std::collections::BTreeMap<String, String> {
        let all = [
            ("augment", &self.augment),
            ("batch", &self.batch),
            ("epochs", &self.epochs),
            ("learning-rate", &self.learning_rate),
            ("optimizer", &self.optimizer),
            ("patience", &self.patience),
            ("schedule", &self.schedule),
            ("seed", &self.seed),
            ("validation", &self.validation),
            ("weight-decay", &self.weight_decay),
        ];
        all.into_iter().filter_map(|(name, told)| Some((name.to_owned(), told.clone()?))).collect()
    }
}

#[derive(clap::Args)]
pub(crate) struct Explain {
    /// The code; without it, all of them
    pub code: Option<String>,
    /// What to write
    #[arg(long = "as", value_name = "FORM", default_value = "terminal", value_parser = Page)]
    pub form: As,
}

#[derive(clap::Args)]
pub(crate) struct Export {
    #[command(flatten)]
    pub reading: Reading,
    /// What to write, where the file's ending does not say it: torch, keras, keras-json, onnx
    #[arg(long, value_name = "FORMAT")]
    pub to: Option<String>,
    /// Weights as safetensors, under the ledger's names and in PyTorch's layout
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
}

#[derive(clap::Args)]
pub(crate) struct Listing {
    /// What to write
    #[arg(long = "as", value_name = "FORM", default_value = "terminal", value_parser = Page)]
    pub form: As,
}

#[derive(clap::Args)]
pub(crate) struct Ops {
    /// Only the layer that this word writes
    pub word: Option<String>,
    /// Which words of a format have a rule, and which have none: net, onnx, keras
    #[arg(long, value_name = "FORMAT", conflicts_with = "word")]
    pub format: Option<String>,
    /// What to write
    #[arg(long = "as", value_name = "FORM", default_value = "terminal", value_parser = Page)]
    pub form: As,
}

#[derive(clap::Args)]
pub(crate) struct Fmt {
    /// The files, each rewritten in place unless -o says otherwise; `-` reads standard input and writes standard output
    #[arg(required = true)]
    pub files: Vec<OsString>,
    /// Change nothing; exit code 1 if a file is not in its one form
    #[arg(long)]
    pub check: bool,
}

/// `NAME=N,…`: numbers with commas between them; none at all is an empty tensor.
fn input_data(told: &str) -> Result<(String, Vec<f64>), String> {
    let wrong = || "write the input's name, = and its elements: axes=0,2, or scales=1,1,2.5,2.5".to_owned();
    let (name, numbers) = told.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or_else(wrong)?;
    let numbers = numbers.split(',').filter(|number| !number.is_empty());
    let numbers = numbers.map(|number| number.trim().parse().map_err(|_| wrong()));
    Ok((name.to_owned(), numbers.collect::<Result<_, _>>()?))
}

/// `NAME=SHAPE`: sizes with an x between them, numbers or symbols.
fn input_shape(told: &str) -> Result<(String, Vec<String>), String> {
    let wrong = || "write the input's name, = and its sizes: x=1x3x640x640, or x=Nx3xHxW".to_owned();
    let (name, shape) = told.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or_else(wrong)?;
    let fits = |size: &&str| match size.parse::<i64>() {
        Ok(n) => n > 0,
        Err(_) => size.starts_with(char::is_alphabetic) && size.chars().all(|c| c.is_alphanumeric() || c == '_'),
    };
    let sizes: Vec<&str> = shape.split(['x', '×']).collect();
    match sizes.iter().all(fits) {
        true => Ok((name.to_owned(), sizes.into_iter().map(str::to_owned).collect())),
        false => Err(wrong()),
    }
}

fn bind(text: &str) -> Result<(String, i64), String> {
    let Some((name, number)) = text.split_once('=') else {
        return Err("write a symbol, `=` and a number: `N=8`".to_owned());
    };
    match number.trim().parse::<i64>() {
        Ok(n) if n >= 0 => Ok((name.trim().to_owned(), n)),
        _ => Err(format!("`{number}` is not a whole number of 0 or more")),
    }
}
