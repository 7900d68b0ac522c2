//! The sheets that come along, each audited and held against the verdicts that are argued beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use formats::Source;
use workings::Fault;
use workings::audit::{self, Audit};
use workings::worksheet::Column;

struct Text(String, Vec<u8>);

impl Source for Text {
    fn name(&self) -> &str {
        &self.0
    }

    fn size(&self) -> u64 {
        self.1.len() as u64
    }

    fn read(&self, range: std::ops::Range<u64>) -> Result<Vec<u8>, Fault> {
        Ok(self.1[range.start as usize..range.end as usize].to_vec())
    }
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)
}

fn open(path: &Path) -> Text {
    Text(path.display().to_string(), std::fs::read(path).expect("a file"))
}

fn audited(sheet: &Path, key: Option<&Path>) -> Audit {
    let (sheets, faults) = formats::sheet::read(&open(sheet)).expect("a sheet");
    assert!(faults.is_empty(), "{}: {faults:?}", sheet.display());
    let key = key.map(|key| formats::read(&open(key)).expect("a network").0);
    audit::audit(&sheets[0], key.as_ref())
}

/// Row, column, verdict, causes: each line of a file of verdicts.
fn verdicts(path: &Path) -> BTreeMap<(usize, String), (String, String)> {
    let text = std::fs::read_to_string(path).expect("verdicts");
    text.lines()
        .map(|line| line.split('#').next().unwrap_or_default().split_whitespace().collect::<Vec<_>>())
        .filter(|words| words.len() >= 3)
        .map(|words| {
            let cause = words.get(3).copied().unwrap_or_default();
            ((words[0].parse().expect("a row"), words[1].to_owned()), (words[2].to_owned(), cause.to_owned()))
        })
        .collect()
}

fn compare(name: &str, key: Option<&str>) -> Vec<String> {
    let sheet = folder("worksheets").join(format!("{name}.md"));
    let key = key.map(folder);
    let audit = audited(&sheet, key.as_deref());
    let mut expected = verdicts(&folder("worksheets").join(format!("{name}.verdicts")));
    let mut differ = Vec::new();
    for cell in &audit.cells {
        let Some((verdict, cause)) = expected.remove(&(cell.row, cell.column.name().to_owned())) else {
            differ.push(format!("{name} {} {}: no verdict expected", cell.row, cell.column.name()));
            continue;
        };
        let causes: Vec<&str> = cell
            .cause
            .iter()
            .chain(cell.rivals.iter().filter(|_| cause.contains('/')))
            .map(|cause| cause.rule)
            .collect();
        if cell.verdict.name() != verdict || causes.join("/") != cause {
            differ.push(format!(
                "{name} {} {}: {} {} and not {verdict} {cause}: {:?} → {:?}\n    {}",
                cell.row,
                cell.column.name(),
                cell.verdict.name(),
                causes.join("/"),
                cell.read,
                cell.right,
                cell.says,
            ));
        }
    }
    differ.extend(expected.keys().map(|(row, column)| format!("{name} {row} {column}: not judged")));
    assert_eq!(Column::Total.name(), "total");
    differ
}

#[test]
fn every_cell_has_the_verdict_that_is_argued_for_it() {
    let mut differ = Vec::new();
    for name in ["q1", "q2", "q3", "q4", "q5"] {
        differ.extend(compare(name, None));
        differ.extend(compare(name, Some(&format!("networks/{name}.net"))));
    }
    for name in ["teach-channels", "teach-padding", "teach-total"] {
        differ.extend(compare(name, Some(&format!("worksheets/{name}.net"))));
    }
    assert!(differ.is_empty(), "{} cells:\n{}", differ.len(), differ.join("\n"));
}
