//! The README's examples are run: each block of `console` has commands behind `$`, and below each what a terminal shows.

use std::path::Path;
use std::process::Command;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const README: &str = include_str!("../../../README.md");

/// What a shell shows of a command.
fn terminal(command: &str) -> String {
    let folder = Path::new(env!("CARGO_BIN_EXE_workings")).parent().expect("the command stands in a folder");
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    let output =
        Command::new("sh").args(["-c", &format!("{command} 2>&1")]).env("PATH", path).current_dir(ROOT).output();
    String::from_utf8(output.expect("a shell").stdout).expect("text")
}

#[test]
fn what_the_readme_shows_is_what_is_printed() {
    let blocks: Vec<&str> = README.split("```console\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(blocks.len(), 4, "the README shows a sheet, a working, a mistake and an audit with what it recovers");
    for example in blocks.iter().flat_map(|block| block.split("$ ").skip(1)) {
        let (command, wanted) = example.split_once('\n').expect("a command and what it prints");
        let lines = |text: &str| text.trim_end().lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
        let (found, wanted) = (lines(&terminal(command)), lines(wanted));
        // A line of three dots stands for what the README leaves out.
        let mut parts = wanted.split(|line| line == "…");
        let first = parts.next().unwrap_or_default();
        assert_eq!(found[..first.len().min(found.len())], *first, "{command}");
        let mut at = first.len();
        for part in parts {
            let next = (at..=found.len()).find(|&next| found[next..].starts_with(part));
            at = next.unwrap_or_else(|| panic!("{command}: {found:#?} has not, or not there, {part:#?}")) + part.len();
        }
        assert!(at == found.len() || wanted.last().is_some_and(|line| line == "…"), "{command} goes on: {found:#?}");
    }
}
