//! What must hold of the house itself: which crate may know which, and which do no I/O.

use std::path::Path;
use std::process::Command;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Each crate and the crates of the project that it may depend on.
const MAY: &[(&str, &[&str])] = &[
    ("workings", &["workings-calc"]),
    ("workings-calc", &[]),
    ("workings-cli", &["workings", "workings-engine", "workings-formats", "workings-sources", "workings-views"]),
    ("workings-engine", &["workings", "workings-calc"]),
    ("workings-formats", &["workings"]),
    ("workings-sources", &["workings", "workings-formats"]),
    ("workings-trials", &["workings", "workings-formats", "workings-sources"]),
    ("workings-views", &["workings", "workings-calc"]),
    ("xtask", &[]),
];

#[test]
fn dependencies_point_one_way() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(ROOT)
        .output()
        .expect("cargo is there");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    let mut names: Vec<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, MAY.iter().map(|(name, _)| *name).collect::<Vec<_>>(), "every crate has its line in this test");
    for package in packages {
        let name = package["name"].as_str().expect("a name");
        let may = MAY.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, may)| may);
        for dependency in package["dependencies"].as_array().expect("a list of dependencies") {
            // What only tests need does not point anywhere.
            let inner = dependency["path"].is_string() && dependency["kind"].is_null();
            let on = dependency["name"].as_str().expect("a name");
            assert!(!inner || may.contains(&on), "{name} may not depend on {on}");
        }
    }
}

#[test]
fn the_core_does_no_input_or_output() {
    const DOORS: [&str; 8] =
        ["std::fs", "std::env", "std::net", "std::process", "std::time", "std::io::std", "println!", "File::open"];
    for name in ["calc", "formats", "views", "workings"] {
        visit(&Path::new(ROOT).join("crates").join(name).join("src"), &mut |path, text| {
            for door in DOORS {
                assert!(!text.contains(door), "{} has `{door}`", path.display());
            }
        });
    }
}

fn visit(folder: &Path, each: &mut impl FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("it can be listed").path();
        match path.is_dir() {
            true => visit(&path, each),
            false => each(&path, &std::fs::read_to_string(&path).expect("text")),
        }
    }
}
