//! The project's own chores: `cargo xtask` lists them.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

mod contributing;
mod exports;
mod fuzz;

type Done = Result<(), String>;

/// A chore: its name, what it does, and what that is.
type Task = (&'static str, fn() -> Done, &'static str);

const TASKS: &[Task] = &[
    ("bench", bench, "every benchmark, with its ratios"),
    ("ci", ci, "everything that must pass before a change is taken"),
    ("contributing", contributing::follow, "follows CONTRIBUTING's \"add an operator\" word by word in a copy"),
    ("exports", exports::small, "what ONNX Runtime makes of small networks' exports, held to the engine"),
    ("frameworks", exports::all, "what PyTorch, Keras and ONNX Runtime make of every network's exports"),
    ("full", full, "what is too long for every change: benchmarks, frameworks, ten minutes of fuzzing a target"),
    ("fuzz", || fuzz::all(10), "ten seconds of fuzzing a target"),
];

/// Networks that run, which the default build leaves out.
const ENGINE: &str = "workings-cli/engine";

fn main() -> ExitCode {
    env::set_current_dir(root()).expect("the project's folder is there");
    let name = env::args().nth(1);
    let Some((_, task, _)) = TASKS.iter().find(|(task, ..)| Some(*task) == name.as_deref()) else {
        println!("cargo xtask TASK\n");
        TASKS.iter().for_each(|(name, _, says)| println!("  {name:14}{says}"));
        return if name.is_none() { ExitCode::SUCCESS } else { ExitCode::from(2) };
    };
    match task() {
        Ok(()) => ExitCode::SUCCESS,
        Err(says) => {
            eprintln!("xtask: {says}");
            ExitCode::FAILURE
        }
    }
}

fn ci() -> Done {
    if env::var_os("WORKINGS_CORPUS").is_none() {
        println!("!! WORKINGS_CORPUS is not set: tests that need the corpus of real model files are left out");
    }
    run("format", cargo(&["fmt", "--all", "--check"]))?;
    // With the engine first, and everything at once: a choice of crates of its own would build Burn a second time.
    run("lints", clippy(&["--workspace", "--features", ENGINE]))?;
    run("lints of the default build", clippy(&["-p", "workings-cli"]))?;
    run("tests", cargo(&["test", "--workspace", "--features", ENGINE, "--locked"]))?;
    exports::small()?;
    run("tests of the default build", cargo(&["test", "-p", "workings-cli", "--locked"]))?;
    run("docs", cargo(&["doc", "--workspace", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "-D warnings"))?;
    run("no default features", cargo(&["check", "--workspace", "--no-default-features", "--locked"]))?;
    contributing::follow()?;
    fuzz::all(10)
}

fn clippy(what: &[&str]) -> &'static mut Command {
    cargo(&["clippy"]).args(what).args(["--all-targets", "--locked", "--", "-D", "warnings"])
}

fn full() -> Done {
    bench()?;
    // Without optimisation the large ones take minutes.
    let networks =
        ["alexnet", "googlenet", "mobilenet_v2", "q1", "q3", "q4", "q5", "resnet18", "resnet50", "unet", "vgg16"];
    let verify = ["run", "--release", "--locked", "--features", "engine", "--", "verify"];
    run("verify", cargo(&verify).args(networks))?;
    exports::all()?;
    exports::nodes()?;
    exports::speed()?;
    fuzz::all(600)
}

fn bench() -> Done {
    run("release build", cargo(&["build", "--release", "--locked"]))?;
    run("page", cargo(&["bench", "-p", "workings-calc", "--bench", "page", "--locked"]))?;
    run("ledger", cargo(&["bench", "-p", "workings-formats", "--bench", "ledger", "--locked"]))?;
    run("audit", cargo(&["run", "--release", "-p", "workings-trials", "--locked", "--", "audit"]))?;
    run("recover", cargo(&["run", "--release", "-p", "workings-trials", "--locked", "--", "recover"]))?;
    run("show", Command::new("python3").arg("benches/show.py"))
}

/// Runs a step, saying what it is, the command, and how long it took.
fn run(step: &str, command: &mut Command) -> Done {
    let words: Vec<_> =
        std::iter::once(command.get_program()).chain(command.get_args()).map(|w| w.to_string_lossy()).collect();
    println!("── {step}: {}", words.join(" "));
    let start = Instant::now();
    let status = command.status().map_err(|error| format!("{step}: {error}"))?;
    println!("── {step}: {:.0} s", start.elapsed().as_secs_f64());
    if status.success() { Ok(()) } else { Err(format!("{step} failed ({status})")) }
}

fn cargo(arguments: &[&str]) -> &'static mut Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Each crate is built once: what would speed the next build up only fills the disk.
    command.args(arguments).env("CARGO_INCREMENTAL", "0");
    Box::leak(Box::new(command))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask stands in the project").to_owned()
}
