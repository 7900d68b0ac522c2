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
    /// For programs; `show` has the schema `workings/1`, `audit` has `workings/audit/1`, `verify` has `workings/verify/1`
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
        workings verify my.net --as json\n\nBatches of 1 and 2 are run forward and backward; the shape of every output, every \
        parameter and its gradient are held against the sheet. Exit code 0: all of it agrees; 1: something does not.")]
    Verify(Verify),
    /// What a network answers when it runs
    #[command(after_help = "Examples:\n  workings run q5 --random\n  workings run q5 --random --seed 7 --as json")]
    Run(Run),
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
    /// Write calculations in full: paddings of 0 and strides of 1 too
    #[arg(long)]
    pub full: bool,
}

#[derive(clap::Args)]
pub(crate) struct Why {
    #[command(flatten)]
    pub reading: Reading,
    /// A layer by name or number, with the quantity behind a point; or a total (params, macs)
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
    #[command(flatten)]
    pub reading: Reading,
    /// Where the network runs
    #[arg(long, value_name = "DEVICE", default_value = "cpu")]
    pub device: Device,
    /// What to write
    #[arg(long = "as", value_name = "FORM", default_value = "terminal")]
    pub form: As,
}

/// What a build without an engine reads it need not use.
#[cfg_attr(not(feature = "engine"), allow(dead_code))]
#[derive(clap::Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub reading: Reading,
    /// Take random parameters and a random input
    #[arg(long)]
    pub random: bool,
    /// What the random numbers start from
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Where the network runs
    #[arg(long, value_name = "DEVICE", default_value = "cpu")]
    pub device: Device,
    /// What to write
    #[arg(long = "as", value_name = "FORM", default_value = "terminal")]
    pub form: As,
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

fn bind(text: &str) -> Result<(String, i64), String> {
    let Some((name, number)) = text.split_once('=') else {
        return Err("write a symbol, `=` and a number: `N=8`".to_owned());
    };
    match number.trim().parse::<i64>() {
        Ok(n) if n >= 0 => Ok((name.trim().to_owned(), n)),
        _ => Err(format!("`{number}` is not a whole number of 0 or more")),
    }
}
