//! The README's examples are run: each block of `console` has commands behind `$`, and below each what it prints.

mod run;

const README: &str = include_str!("../../../README.md");

#[test]
fn what_the_readme_shows_is_what_is_printed() {
    let blocks: Vec<&str> = README.split("```console\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() >= 2, "the README shows real output");
    for example in blocks.iter().flat_map(|block| block.split("$ ").skip(1)) {
        let (command, wanted) = example.split_once('\n').expect("a command and what it prints");
        let mut words = command.split_whitespace();
        assert_eq!(words.next(), Some("workings"), "{command}");
        let ran = run::workings(&words.collect::<Vec<_>>(), b"");
        let lines = |text: &str| text.trim_end().lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
        let (found, wanted) = (lines(&ran.out), lines(wanted));
        // A line of three dots stands for what the README leaves out.
        match wanted.iter().position(|line| line == "…") {
            None => assert_eq!(found, wanted, "{command}"),
            Some(at) => {
                assert_eq!(found[..at], wanted[..at], "{command}");
                let rest = &wanted[at + 1..];
                assert_eq!(&found[found.len() - rest.len()..], rest, "{command}");
            }
        }
    }
}
