//! `trials audit|recover|read [--sheets N] [--seed S]`: how much of what is planted is found, how much comes back, and
//! how much of a scanner's text is read into the cells that it was written in.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use trials::audits::{self, Case, Counts, Failure};
use trials::recovers::{self, Came, Form};
use trials::render;

struct Options {
    sheets: u64,
    seed: u64,
    failures: bool,
    one: Option<u64>,
    modes: Vec<bool>,
}

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let task = words.next().unwrap_or_default();
    let mut options = Options { sheets: 0, seed: 1, failures: false, one: None, modes: vec![true, false] };
    while let Some(word) = words.next() {
        let mut number = || words.next().and_then(|n| n.parse().ok());
        match &*word {
            "--sheets" => options.sheets = number().unwrap_or(0),
            "--seed" => options.seed = number().unwrap_or(1),
            "--one" => options.one = number(),
            "--failures" => options.failures = true,
            "--key" => options.modes = vec![true],
            "--alone" => options.modes = vec![false],
            other => {
                eprintln!("trials: {other}?");
                return ExitCode::from(2);
            }
        }
    }
    match &*task {
        "audit" => audit(&options),
        "recover" => recover(&options),
        "read" => read(&options),
        _ => {
            println!("trials audit|recover|read [--sheets N] [--seed S] [--failures] [--one TRIAL]");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn recover(options: &Options) {
    let sheets = if options.sheets == 0 { 300 } else { options.sheets };
    for form in [Form::Markdown, Form::Scan] {
        if let Some(trial) = options.one {
            let case = recovers::Case::of(options.seed, trial, form);
            let recovered = case.recovered();
            println!("{}\n{}\n{:?}", case.net, case.text, recovers::came(&case, &recovered));
            show(&case);
            if let Ok(Some(recovered)) = &recovered {
                println!("{}", formats::net::write(&recovered.model, &recovered.notes));
            }
            continue;
        }
        let mut kinds: BTreeMap<Came, Vec<u64>> = BTreeMap::new();
        let mut times = Vec::new();
        let mut torn: Vec<u64> = Vec::new();
        let mut manners: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for trial in 0..sheets {
            let case = recovers::Case::of(options.seed, trial, form);
            let start = Instant::now();
            let recovered = case.recovered();
            times.push(start.elapsed());
            let whole = case.rows().0 == case.rows().1;
            torn.extend(Some(trial).filter(|_| !whole));
            let came = recovers::came(&case, &recovered);
            if options.failures && !(whole && matches!(came, Came::Exact | Came::Undecided)) {
                let (read, written) = case.rows();
                println!("   trial {trial}, {}: {read} of {written} rows, {came:?}", case.manner);
            }
            let (good, all) = manners.entry(case.manner).or_default();
            *good += usize::from(matches!(came, Came::Exact | Came::Undecided));
            *all += 1;
            kinds.entry(came).or_default().push(trial);
        }
        times.sort();
        let of = |kind: &Came| kinds.get(kind).map_or(0, Vec::len);
        let good = of(&Came::Exact) + of(&Came::Undecided);
        println!(
            "\n── recovered from {form:?}: {sheets} sheets, {:.1?} each (median), {:.1?} at most",
            times[times.len() / 2],
            times[times.len() - 1]
        );
        println!("   the same, or said to be undecided: {:.2} %", good as f64 * 100.0 / sheets as f64);
        println!(
            "   {:5} not read as so many rows as were written: trials {:?}",
            torn.len(),
            &torn[..torn.len().min(8)]
        );
        manners.iter().for_each(|(manner, (good, all))| println!("   {manner}: {good} of {all}"));
        for (kind, trials) in &kinds {
            println!("   {:5} {kind:?}: trials {:?}", trials.len(), &trials[..trials.len().min(8)]);
        }
    }
}

/// The rows of a sheet as they are read.
fn show(case: &recovers::Case) {
    match case.sheet() {
        Err(says) => println!("{says}"),
        Ok(sheet) => {
            for (at, row) in sheet.rows.iter().enumerate() {
                let cells: Vec<String> = row.cells.iter().map(|cell| cell.written.replace('\n', "; ")).collect();
                println!("{:3} | {}", at + 1, cells.join(" | "));
            }
            let left: Vec<&str> = sheet.unplaced.iter().map(|piece| &*piece.text).collect();
            println!("total {:?}; left over {left:?}", sheet.total.written);
        }
    }
}

/// Sheets in the right rows; cells that hold what was written in them.
#[derive(Default)]
struct Reads {
    sheets: usize,
    rows: usize,
    cells: usize,
    right: usize,
}

fn read(options: &Options) {
    let mut manners: BTreeMap<&str, Reads> = BTreeMap::new();
    for trial in 0..if options.sheets == 0 { 1000 } else { options.sheets } {
        let trial = options.one.unwrap_or(trial);
        let case = recovers::Case::of(options.seed, trial, Form::Scan);
        let (read, written) = case.rows();
        let wrong = case.strays();
        let reads = manners.entry(case.manner).or_default();
        reads.sheets += 1;
        reads.rows += usize::from(read == written);
        reads.cells += case.cells();
        reads.right += case.cells() - wrong.len();
        if options.one.is_some() {
            println!("{}", case.text);
            show(&case);
            return wrong.iter().for_each(|stray| println!("{stray}"));
        }
        if options.failures && !wrong.is_empty() {
            let style = (case.style.sums, case.style.labels, case.style.chained);
            println!("   trial {trial}, {} {style:?}: {read} of {written} rows, {} stray", case.manner, wrong.len());
        }
    }
    let percent = |part: usize, all: usize| part as f64 * 100.0 / all.max(1) as f64;
    for (manner, reads) in manners {
        println!(
            "   {manner:8} {:4} sheets, {:5.1} % in the right rows, {:6.2} % of the cells hold what was written",
            reads.sheets,
            percent(reads.rows, reads.sheets),
            percent(reads.right, reads.cells)
        );
    }
}

const MODES: [(&str, bool, bool); 4] = [
    ("against the network, undamaged", true, false),
    ("against the network, damaged", true, true),
    ("from the sheet alone, undamaged", false, false),
    ("from the sheet alone, damaged", false, true),
];

/// By mode and kind: how large the sheet is, its trial, and what failed.
type Failed = BTreeMap<(usize, String), Vec<(usize, u64, Failure)>>;

fn audit(options: &Options) {
    if let Some(trial) = options.one {
        return one(options.seed, trial);
    }
    let sheets = if options.sheets == 0 { 2000 } else { options.sheets };
    let mut counts: Vec<Counts> = vec![Counts::default(); 4];
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); 4];
    let mut failed: Failed = BTreeMap::new();
    for trial in 0..sheets {
        let case = Case::of(options.seed, trial);
        for (at, &(_, key, damaged)) in MODES.iter().enumerate() {
            if case.damaged != damaged || !options.modes.contains(&key) {
                continue;
            }
            let start = Instant::now();
            let said = audits::audited(&case, key);
            times[at].push(start.elapsed());
            let (counted, failures) = audits::count(&case, key, &said);
            counts[at].add(&counted);
            for failure in failures {
                let size = render::markdown(&case.paper).len() + 4000 * (case.filled.outcomes.len() - 1);
                failed.entry((at, failure.kind.clone())).or_default().push((size, trial, failure));
            }
        }
    }
    for (at, (name, ..)) in MODES.iter().enumerate() {
        let times = &mut times[at];
        times.sort();
        let (Some(median), Some(most)) = (times.get(times.len() / 2), times.last()) else { continue };
        let (counts, all) = (&counts[at], counts[at].all());
        println!("\n── {name}: {} sheets, {median:.1?} each (median), {most:.1?} at most", times.len());
        println!("   found {}; called wrong {}", all.found, all.blamed);
        println!("   cause named first or second {}; where nothing hides it {}", all.named, all.named_open);
        println!("   masked ones said {}; hidden behind another network, said {}", all.masked, all.otherwise);
        println!(
            "   right cells accused {}, left unexplained {}; slips seen in right cells {}",
            counts.accused, counts.open, counts.slips
        );
        println!(
            "   carried cells blamed {}; their beginning right {}; unread {}",
            counts.blamed, counts.began, counts.unread
        );
        for (code, found) in &counts.codes {
            println!(
                "   {code:5} found {:20} wrong {:20} named {:20} open {:20} masked {:18} hidden {}",
                found.found.to_string(),
                found.blamed.to_string(),
                found.named.to_string(),
                found.named_open.to_string(),
                found.masked.to_string(),
                found.otherwise
            );
        }
    }
    if options.failures {
        let mut groups: Vec<_> = failed.into_iter().collect();
        groups.sort_by_key(|(_, list)| std::cmp::Reverse(list.len()));
        for ((at, kind), mut list) in groups {
            list.sort_by_key(|(size, ..)| *size);
            println!("{:4} {} · {kind}", list.len(), MODES[at].0);
            for (_, trial, failure) in list.iter().take(4) {
                println!("       trial {trial} {}.{}: {}", failure.cell.0, failure.cell.1.name(), failure.says);
            }
        }
    }
}

/// One trial, shown whole.
fn one(seed: u64, trial: u64) {
    let case = Case::of(seed, trial);
    println!("{}\n{}\n{:?}", case.net, render::markdown(&case.paper), case.style);
    for outcome in &case.filled.outcomes {
        println!("{outcome:?}");
    }
    for (row, cells) in case.filled.rows.iter().enumerate() {
        for cell in cells.iter().filter(|cell| cell.truth != audits::RIGHT) {
            println!("{}: {:?} {:?}", row + 1, cell.truth, cell.text);
        }
    }
    println!("total {:?}", case.filled.total);
    for key in [true, false] {
        let said = audits::audited(&case, key);
        let (_, failures) = audits::count(&case, key, &said);
        println!("── {}", if key { "against the network" } else { "alone" });
        if let Ok(audit) = &said {
            for cell in audit.cells.iter().filter(|cell| !["right", "blank"].contains(&cell.verdict.name())) {
                let rivals: Vec<_> = cell.rivals.iter().map(|cause| cause.rule).collect();
                println!(
                    "   {}.{} {} {} {rivals:?} began {:?} right {:?}",
                    cell.row,
                    cell.column.name(),
                    cell.verdict.name(),
                    cell.cause.as_ref().map_or("-", |cause| cause.rule),
                    cell.began_at,
                    cell.right
                );
            }
        }
        for failure in failures {
            println!("   !! {} at {}.{}: {}", failure.kind, failure.cell.0, failure.cell.1.name(), failure.says);
        }
    }
}
