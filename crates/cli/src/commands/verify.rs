//! `workings verify`: whether an engine has what the sheet says.

use workings::Fault;

use crate::Ended;
use crate::args::{Shared, Verify};

#[cfg(feature = "engine")]
pub(super) fn run(shared: &Shared, asked: &Verify) -> Result<Ended, Fault> {
    use crate::args::As;
    use crate::{diagnose, input, output};

    if asked.form == As::Csv {
        return Err(output::no_csv());
    }
    let several = asked.sources.len() > 1;
    let (mut all, mut ended) = (Vec::new(), Ended::Fine);
    for worked in input::work_each(shared, &asked.sources, &asked.bind, asked.strict)? {
        let verified = worked.and_then(|worked| match worked.ended {
            Ended::Fine => {
                let verified = engine::verify(&worked.ledger.model, &worked.ledger, asked.device.name(), saved);
                verified.map(Some).map_err(|fault| match several {
                    true => Fault { says: format!("{}: {}", worked.name, fault.says), ..fault },
                    false => fault,
                })
            }
            // Standard error has said why.
            _ => Ok(None),
        });
        match verified {
            Ok(Some(verified)) => all.push(verified),
            Ok(None) => ended = Ended::AtFault,
            Err(fault) => {
                diagnose::fault(shared, &fault);
                ended = Ended::AtFault;
            }
        }
    }
    let Some(first) = all.first() else { return Ok(ended) };
    let text = match (asked.form, several) {
        (As::Json, false) => views::json::verify(first),
        (As::Json, true) => views::json::verify_several(&all),
        (form, false) => output::dressed(shared, form, &views::verify::verify(first))?,
        (form, true) => output::dressed(shared, form, &views::verify::several(&all))?,
    };
    output::write(shared, &text)?;
    Ok(answer(ended, &all))
}

/// How the command ends: a network that could not be run counts for more than one that has something else than its sheet.
#[cfg(feature = "engine")]
fn answer(ended: Ended, all: &[workings::verify::Verified]) -> Ended {
    match ended {
        Ended::Fine if all.iter().any(|verified| !verified.agrees()) => Ended::No,
        ended => ended,
    }
}

/// How many tensors are found in the file that they are saved to.
#[cfg(feature = "engine")]
fn saved(tensors: engine::Tensors) -> Result<usize, Fault> {
    let file = formats::Weights::new(tensors).to_bytes();
    let read = formats::Weights::read(&sources::Memory::new("the saved file", file))?;
    Ok(read.tensors().count())
}

#[cfg(not(feature = "engine"))]
pub(super) fn run(_: &Shared, _: &Verify) -> Result<Ended, Fault> {
    Err(super::no_engine("verify"))
}

#[cfg(all(test, feature = "engine"))]
mod tests {
    use workings::verify::{Held, Verified};

    use super::answer;
    use crate::Ended;

    /// Ledger and engine agree on all that there is to run, so a difference is made here.
    #[test]
    fn the_answer_is_no_where_one_of_them_differs() {
        let held = |expected, found| Held { expected: Some(expected), found: Some(found) };
        let verified = |found| Verified {
            network: String::new(),
            device: String::new(),
            runs: Vec::new(),
            rows: Vec::new(),
            params: held(271, found),
            statistics: held(8, 8),
            saved: held(6, 6),
            peak_memory: None,
        };
        assert!(answer(Ended::Fine, &[verified(271), verified(271)]) == Ended::Fine);
        assert!(answer(Ended::Fine, &[verified(271), verified(272)]) == Ended::No);
        assert!(answer(Ended::AtFault, &[verified(272)]) == Ended::AtFault);
    }
}
