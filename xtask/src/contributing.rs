//! Follows CONTRIBUTING's "add an operator" word by word in a copy of the project: the file is written, the lines are
//! put where the text says, and the command is run.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::{Done, cargo, run};

const COPY: &str = "target/contributing";
const FOLDERS: [&str; 6] = ["crates", "networks", "tests", "xtask", "docs", ".cargo"];
const FILES: [&str; 4] = ["Cargo.toml", "Cargo.lock", "rustfmt.toml", "README.md"];

pub(crate) fn follow() -> Done {
    let text = read("CONTRIBUTING.md")?;
    let section = text.split("## Add an operator").nth(1).ok_or("CONTRIBUTING has no section \"Add an operator\"")?;
    copy()?;
    let (mut blocks, mut commands) = (0, Vec::new());
    for block in section.split("```").skip(1).step_by(2) {
        let (kind, body) = block.split_once('\n').ok_or("an empty block")?;
        match kind {
            "rust" | "markdown" => apply(body)?,
            "console" => commands.extend(body.lines().filter_map(|line| line.strip_prefix("$ "))),
            other => return Err(format!("a block of `{other}` that nothing follows")),
        }
        blocks += 1;
    }
    if blocks != 5 {
        return Err(format!("the example has {blocks} blocks, and 5 are followed"));
    }
    let manifest = format!("{COPY}/Cargo.toml");
    let tests = ["test", "--quiet", "-p", "workings", "--locked", "--manifest-path", &manifest, "--test", "rules"];
    run("contributing: the operators' own rules", cargo(&tests).env("CARGO_TARGET_DIR", "target/contributing/target"))?;
    let build = ["build", "--quiet", "--locked", "--manifest-path", &manifest];
    run("contributing: build", cargo(&build).env("CARGO_TARGET_DIR", "target/contributing/target"))?;
    commands.iter().try_for_each(|command| answers(command, "768"))
}

/// A block that begins with where it goes: a file of its own, or after a line of one that is there.
fn apply(block: &str) -> Done {
    let (place, body) = block.split_once('\n').ok_or("a block without a first line")?;
    let place = place.strip_prefix("// ").or_else(|| place.strip_prefix("<!-- "));
    let place = place.ok_or("a block that does not say where it goes")?.trim_end_matches(" -->");
    match place.split_once(", after ") {
        None => write(&format!("{COPY}/{place}"), body),
        Some((file, after)) => {
            let (quote, end) = if after.starts_with('‘') { ('‘', '’') } else { ('`', '`') };
            let after =
                after.strip_prefix(quote).and_then(|after| after.split(end).next()).ok_or("a place without a line")?;
            let path = format!("{COPY}/{file}");
            let text = read(&path)?;
            // The line that begins so; the block follows its end.
            let at = text.find(&format!("\n{after}")).ok_or_else(|| format!("{file} has no line `{after}`"))? + 1;
            let at = at + text[at..].find('\n').map_or(0, |end| end + 1);
            write(&path, &format!("{}{body}{}", &text[..at], &text[at..]))
        }
    }
}

fn answers(command: &str, wanted: &str) -> Done {
    println!("── contributing: {command}");
    let command = command.replace("workings ", "target/contributing/target/debug/workings ");
    let output = Command::new("sh").args(["-c", &command]).output().map_err(|error| format!("sh: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    match output.status.success() && said.contains(wanted) {
        true => Ok(()),
        false => Err(format!("it says\n{said}{}and not {wanted}", String::from_utf8_lossy(&output.stderr))),
    }
}

/// The project's own files, without what was built from them.
fn copy() -> Done {
    for folder in FOLDERS {
        let (from, to) = (Path::new(folder), Path::new(COPY).join(folder));
        if to.exists() {
            fs::remove_dir_all(&to).map_err(|error| format!("{}: {error}", to.display()))?;
        }
        folder_to(from, &to).map_err(|error| format!("{folder}: {error}"))?;
    }
    FILES.iter().try_for_each(|file| write(&format!("{COPY}/{file}"), &read(file)?))
}

fn folder_to(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            folder_to(&entry.path(), &to)?
        } else {
            fs::copy(entry.path(), to).map(drop)?
        }
    }
    Ok(())
}

fn read(path: &str) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))
}

fn write(path: &str, text: &str) -> Done {
    fs::write(path, text).map_err(|error| format!("{path}: {error}"))
}
