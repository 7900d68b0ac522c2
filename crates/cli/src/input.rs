//! From what stands on the command line to a ledger.

use std::io::Read;
use std::path::Path;

use formats::Source;
use sources::{File, Memory};
use workings::fault::{Fault, nearest};
use workings::ledger::{Binds, Finding, Ledger};

use crate::args::{Reading, Shared};
use crate::{Ended, diagnose};

/// The most that is read from standard input.
const LARGEST: u64 = 1 << 30;

/// A network worked out, and whether its input was at fault.
pub(crate) struct Worked {
    pub ledger: Ledger,
    pub findings: Vec<Finding>,
    pub ended: Ended,
}

/// Opens a source: standard input, a network that comes along, or a file. A file wins over a network of the same name
/// where it is written as a path.
pub(crate) fn open(source: &str) -> Result<Box<dyn Source>, Fault> {
    if source == "-" {
        return Ok(Box::new(standard_input()?));
    }
    if let Some(network) = sources::network(source) {
        return Ok(Box::new(Memory::new(format!("{source}.net"), network.text.as_bytes())));
    }
    match File::open(Path::new(source)) {
        Ok(file) => Ok(Box::new(file)),
        Err(fault) => Err(match nearest(source, sources::NETWORKS.iter().map(|network| network.name)) {
            Some(near) if !Path::new(source).exists() => {
                Fault::new(format!("there is no file and no network `{source}`"))
                    .hint(format!("did you mean `{near}`?"))
            }
            _ => fault,
        }),
    }
}

fn standard_input() -> Result<Memory, Fault> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| Fault::new(format!("standard input cannot be read: {error}")))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Fault::new("standard input has more than 1 GiB").hint("give the file itself"));
    }
    Ok(Memory::new("standard input", bytes))
}

/// Reads a source and works it out. What is wrong is said on standard error; whatever can be had comes back.
pub(crate) fn work(shared: &Shared, reading: &Reading) -> Result<Worked, Fault> {
    let source = open(&reading.source)?;
    let (model, faults) = formats::read(&*source).map_err(|fault| in_source(&*source, fault))?;
    let text = formats::net::text(&*source).unwrap_or_default();
    for fault in &faults {
        diagnose::fault(shared, fault, Some((source.name(), &text)));
    }
    let binds: Binds = reading.bind.iter().cloned().collect();
    let (ledger, findings) = Ledger::of(model, &binds);
    known(&ledger, &reading.bind)?;
    let unread = ledger.model.layers.iter().any(|layer| layer.op.is_some());
    if !faults.is_empty() && !unread {
        return Err(Fault::new(format!("{}: nothing of it could be worked out", source.name())));
    }
    let findings = from_outside(findings, &ledger);
    for finding in &findings {
        diagnose::finding(shared, finding, source.name(), &text);
    }
    let totals = &ledger.totals;
    let exact = totals.params.exact && totals.macs.exact && totals.statistics.exact;
    let wrong = !faults.is_empty() || !findings.is_empty() || reading.strict && !exact;
    if reading.strict && !exact && findings.is_empty() && faults.is_empty() {
        diagnose::fault(shared, &Fault::new("a total is only \"at least\", and --strict was asked for"), None);
    }
    Ok(Worked { ledger, findings, ended: if wrong { Ended::AtFault } else { Ended::Fine } })
}

/// Leaves out what only says that another line is wrong, which is said there.
fn from_outside(findings: Vec<Finding>, ledger: &Ledger) -> Vec<Finding> {
    let unread = |finding: &Finding| ledger.model.layers.iter().any(|l| l.name == finding.at && l.op.is_none());
    findings.into_iter().filter(|finding| !unread(finding)).collect()
}

/// Every symbol that is bound must be one of the network's.
fn known(ledger: &Ledger, binds: &[(String, i64)]) -> Result<(), Fault> {
    let symbols: Vec<&str> = ledger.symbols.iter().map(|(name, _)| &**name).collect();
    match binds.iter().find(|(name, _)| !symbols.contains(&name.as_str())) {
        None => Ok(()),
        Some((name, _)) => {
            let fault = Fault::new(format!("--bind {name}=…: the network has no symbol `{name}`"));
            Err(match (symbols.is_empty(), nearest(name, symbols.iter().copied())) {
                (true, _) => fault.hint("all its sizes are numbers"),
                (false, Some(near)) => fault.hint(format!("did you mean `{near}`?")),
                (false, None) => fault.hint(format!("it has {}", symbols.join(", "))),
            })
        }
    }
}

/// A fault of a source that has no text to point into says its place in words.
pub(crate) fn in_source(source: &dyn Source, fault: Fault) -> Fault {
    let says = match fault.place {
        Some(place) => format!("{}:{}:{}: {}", source.name(), place.line, place.column, fault.says),
        None => format!("{}: {}", source.name(), fault.says),
    };
    Fault { place: None, says, hint: fault.hint }
}
