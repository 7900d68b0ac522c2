//! Fuzzing on the stable toolchain: libFuzzer linked as a library, with the compiler's coverage passes switched on by
//! flags that stable has. Every target of `fuzz/` is built once and run for some seconds from its seeds.

use std::path::Path;
use std::process::Command;

use crate::{Done, cargo, run};

/// The targets, each a file in `fuzz/src/` and its folder of seeds.
const TARGETS: [&str; 3] = ["net", "page", "sheet"];

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
    for target in TARGETS {
        let program = format!("fuzz/target/{host}/release/{target}");
        let corpus = format!("fuzz/corpus/{target}");
        std::fs::create_dir_all(&corpus).map_err(|error| format!("{corpus}: {error}"))?;
        let artifacts = format!("-artifact_prefix=fuzz/artifacts/{target}-");
        std::fs::create_dir_all("fuzz/artifacts").map_err(|error| format!("fuzz/artifacts: {error}"))?;
        let mut fuzz = Command::new(program);
        fuzz.arg(corpus);
        let seeds = match target {
            "net" => "networks",
            "sheet" => "worksheets",
            _ => "fuzz/seeds/page",
        };
        if Path::new(seeds).is_dir() {
            fuzz.arg(seeds);
        }
        let limits = [format!("-max_total_time={seconds}"), "-timeout=60".into(), "-rss_limit_mb=2048".into()];
        // A short run begins alike every time: it holds what is known, the long one looks for more.
        if seconds < 60 {
            fuzz.arg("-seed=1");
        }
        fuzz.args(limits).args([&artifacts, "-print_final_stats=1", "-verbosity=0", "-max_len=4096"]);
        run(&format!("fuzz: {target}"), &mut fuzz)?;
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
