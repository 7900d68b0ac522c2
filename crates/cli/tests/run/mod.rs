//! Runs the command as a person does.

use std::io::Write;
use std::process::{Command, Stdio};

/// What a run left behind.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// Runs `workings` with these arguments and this on standard input.
pub fn workings(arguments: &[&str], input: &[u8]) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_workings"))
        .args(arguments)
        .env_remove("NO_COLOR")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    let bytes = input.to_vec();
    let writer = std::thread::spawn(move || {
        // A command that does not read its input closes the pipe.
        let _ = pipe.write_all(&bytes);
    });
    let output = child.wait_with_output().expect("the command ends");
    writer.join().expect("the input is written");
    Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("the answer is text"),
        err: String::from_utf8(output.stderr).expect("what is wrong is text"),
    }
}

/// Shows a network that is written here.
#[allow(dead_code, reason = "each test file is a program of its own, and not all of them use it")]
pub fn show(net: &str) -> Ran {
    workings(&["show", "-"], net.as_bytes())
}
