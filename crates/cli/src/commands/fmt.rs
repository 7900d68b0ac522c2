//! `workings fmt`: a network in its one form.

use std::ffi::OsStr;
use std::path::Path;

use formats::Source;
use workings::Fault;

use crate::args::{Fmt, Shared};
use crate::{Ended, diagnose, input, output};

pub(super) fn run(shared: &Shared, fmt: &Fmt) -> Result<Ended, Fault> {
    if fmt.files.len() > 1 && shared.output.is_some() {
        return Err(Fault::new("several files cannot go into one").hint("leave out -o: each is rewritten in place"));
    }
    let mut ended = Ended::Fine;
    for file in &fmt.files {
        match one(shared, fmt, file) {
            Ok(Ended::Fine) => {}
            Ok(other) if ended == Ended::Fine => ended = other,
            Ok(_) => {}
            Err(fault) => {
                diagnose::fault(shared, &fault);
                ended = Ended::AtFault;
            }
        }
    }
    Ok(ended)
}

fn one(shared: &Shared, fmt: &Fmt, file: &OsStr) -> Result<Ended, Fault> {
    let source: Box<dyn Source> = if file == "-" { input::open(file)? } else { input::file(Path::new(file))? };
    let text = formats::net::text(&*source).map_err(|fault| input::in_source(&*source, fault))?;
    let (_, faults) = formats::net::read(&text);
    if !faults.is_empty() {
        diagnose::faults(shared, &faults, source.name(), &text);
        return Err(Fault::new(format!("`{}` was left as it is", source.name())).hint("mend the lines above first"));
    }
    let formed = formats::net::format(&text);
    if fmt.check {
        return Ok(match formed == text {
            true => Ended::Fine,
            false => {
                output::write(shared, &format!("{} is not in its one form\n", source.name()))?;
                Ended::No
            }
        });
    }
    match file {
        _ if file == "-" || shared.output.is_some() => output::write(shared, &formed)?,
        _ if formed == text => {}
        path => output::to_file(Path::new(path), formed.as_bytes())?,
    }
    Ok(Ended::Fine)
}
