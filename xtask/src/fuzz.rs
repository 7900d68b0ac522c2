//! Fuzzing on the stable toolchain: libFuzzer linked as a library, with the compiler's coverage passes switched on by
//! flags that stable has. Every target of `fuzz/` is built once and run for some seconds from its seeds.

use std::path::Path;
use std::process::Command;

use crate::{Done, cargo, run};

/// A target: a file in `fuzz/src/`, the folder of its seeds, and how long its inputs may become.
struct Target {
    name: &'static str,
    seeds: &'static str,
    longest: u32,
}

const TARGETS: [Target; 5] = [
    // Files in which much stands beside what is read; their seeds are made by `fuzz/seeds/make.py`.
    Target { name: "keras", seeds: "fuzz/seeds/keras", longest: 1 << 15 },
    Target { name: "net", seeds: "networks", longest: 4096 },
    Target { name: "onnx", seeds: "fuzz/seeds/onnx", longest: 1 << 15 },
    Target { name: "page", seeds: "fuzz/seeds/page", longest: 4096 },
    Target { name: "sheet", seeds: "worksheets", longest: 4096 },
];

/// What libFuzzer needs of the compiler: counters and tables of the edges taken, and comparisons traced.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing";

/// Fuzzes every target for this many seconds.
pub(crate) fn all(seconds: u32) -> Done {
    let host = host()?;
    let manifest = ["--manifest-path", "fuzz/Cargo.toml", "--locked"];
    let build = cargo(&["build", "--release", "--target", &host]).args(manifest).env("RUSTFLAGS", FLAGS);
    // A folder of its own, wherever Cargo is told to build all else.
    run("fuzz: build", build.env("CARGO_TARGET_DIR", "fuzz/target"))?;
    for Target { name, seeds, longest } in TARGETS {
        let program = format!("fuzz/target/{host}/release/{name}");
        let corpus = format!("fuzz/corpus/{name}");
        std::fs::create_dir_all(&corpus).map_err(|error| format!("{corpus}: {error}"))?;
        if name == "onnx" {
            nodes(&corpus)?;
        }
        let artifacts = format!("-artifact_prefix=fuzz/artifacts/{name}-");
        std::fs::create_dir_all("fuzz/artifacts").map_err(|error| format!("fuzz/artifacts: {error}"))?;
        let mut fuzz = Command::new(program);
        fuzz.arg(corpus);
        if Path::new(seeds).is_dir() {
            fuzz.arg(seeds);
        }
        let limits = [format!("-max_total_time={seconds}"), "-timeout=60".into(), "-rss_limit_mb=2048".into()];
        // A short run begins alike every time: it holds what is known, the long one looks for more.
        if seconds < 60 {
            fuzz.arg("-seed=1");
        }
        fuzz.args(limits).args([&artifacts, "-print_final_stats=1", "-verbosity=0", &format!("-max_len={longest}")]);
        run(&format!("fuzz: {name}"), &mut fuzz)?;
    }
    Ok(())
}

/// ONNX's own node tests as seeds beside the project's: every operator is met. A line of the sample has a name first, and the
/// model's bytes in hexadecimal last.
fn nodes(folder: &str) -> Done {
    const SAMPLE: &str = "tests/data/onnx_nodes.tsv";
    let sample = std::fs::read_to_string(SAMPLE).map_err(|error| format!("{SAMPLE}: {error}"))?;
    for line in sample.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let digits: Vec<u32> =
            line.rsplit('\t').next().into_iter().flat_map(str::chars).map_while(|c| c.to_digit(16)).collect();
        let bytes: Vec<u8> = digits.as_chunks().0.iter().map(|[high, low]| (high << 4 | low) as u8).collect();
        let path = format!("{folder}/{}", line.split('\t').next().unwrap_or_default());
        std::fs::write(&path, bytes).map_err(|error| format!("{path}: {error}"))?;
    }
    Ok(())
}

/// The machine's own target, so that build scripts and macros are built without the flags.
fn host() -> Result<String, String> {
    let output = Command::new("rustc").arg("-vV").output().map_err(|error| format!("rustc: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc does not name its host".to_owned())
}
