//! Exports in the frameworks that they are for: a virtual environment of Python below the target folder, with the packages
//! that a list in `tests/truth/` names, and the script there that holds what they answer to what the engine does.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::{Done, ENGINE, cargo, run};

/// Networks that the engine runs in some seconds without optimisation, and the small ones of odd settings.
const SMALL: [&str; 6] = ["lenet5", "encoder", "q2", "q5", "mobilenet_v2", "odd"];

/// ONNX files of small networks, by ONNX Runtime alone.
pub(crate) fn small() -> Done {
    let python = environment("onnxruntime")?;
    // As the tests are built, so that Burn is not built again.
    run(
        "engine's answers",
        cargo(&["build", "--workspace", "--features", ENGINE, "--locked", "--bins", "--examples"]),
    )?;
    let mut held = Command::new(python);
    held.arg("tests/truth/export_onnx.py").args(SMALL).env("WORKINGS", target().join("debug/workings"));
    run("small networks in ONNX Runtime", &mut held)
}

/// Every export of every network, by PyTorch, Keras and ONNX Runtime.
pub(crate) fn all() -> Done {
    let python = environment("frameworks")?;
    let of = ["-p", "workings-cli", "-p", "workings-engine", "--features", ENGINE];
    run("engine's answers", cargo(&["build", "--release", "--locked", "--bins", "--example", "answers"]).args(of))?;
    let mut held = Command::new(python);
    held.arg("tests/truth/export.py").env("WORKINGS", target().join("release/workings"));
    run("every network in every framework", &mut held)
}

/// The shapes of ONNX's own node tests.
pub(crate) fn nodes() -> Done {
    let python = environment("frameworks")?;
    run("release build", cargo(&["build", "--release", "--locked"]))?;
    let mut held = Command::new(python);
    held.arg("tests/truth/onnx_nodes.py").env("WORKINGS", target().join("release/workings"));
    run("ONNX's node tests", &mut held)
}

/// The engine beside PyTorch.
pub(crate) fn speed() -> Done {
    let python = environment("frameworks")?;
    run("benchmark", cargo(&["build", "--release", "--locked", "-p", "workings-engine", "--example", "step"]))?;
    run("the engine beside PyTorch", Command::new(python).arg("benches/engine.py"))
}

/// The Python of an environment with the packages of a list.
fn environment(list: &str) -> Result<PathBuf, String> {
    let folder = target().join("python").join(list);
    run(&format!("{list}: environment"), Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let python = folder.join("bin/python");
    let packages = format!("tests/truth/{list}.txt");
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", &packages];
    run(&format!("{list}: packages"), Command::new(&python).args(install))?;
    Ok(python)
}

/// Where Cargo builds.
fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from)
}
