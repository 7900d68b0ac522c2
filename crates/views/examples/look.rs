use views::{show, terminal};
fn main() {
    let mut args = std::env::args().skip(1);
    let (what, file) = (args.next().unwrap(), args.next().unwrap());
    let (model, faults) = formats::net::read(&std::fs::read_to_string(&file).unwrap());
    for f in faults { eprintln!("{f}") }
    let (ledger, findings) = workings::Ledger::of(model, &Default::default());
    let color = std::env::var("COLOR").is_ok();
    let width = std::env::var("COLUMNS").ok().and_then(|w| w.parse().ok()).unwrap_or(100);
    match what.as_str() {
        "show" => {
            let cols: Vec<_> = args.map(|a| show::column(&a).unwrap()).collect();
            let columns = (!cols.is_empty()).then_some(cols);
            let report = show::show(&ledger, &findings, &show::Options { columns, ..Default::default() });
            print!("{}", terminal::render(&report, &terminal::Style { width, color }));
        }
        "why" => match views::why::why(&ledger, &args.next().unwrap()) {
            Ok(report) => print!("{}", terminal::render(&report, &terminal::Style { width, color })),
            Err(fault) => println!("{fault}"),
        },
        "csv" => print!("{}", views::csv::show(&ledger)),
        "md" => print!("{}", views::markdown::render(&show::show(&ledger, &findings, &Default::default()))),
        "mdwhy" => print!("{}", views::markdown::render(&views::why::why(&ledger, &args.next().unwrap()).unwrap())),
        "ops" => {
            let report = match args.next() {
                Some(word) => views::ops::op(&word).unwrap(),
                None => views::ops::ops(workings::ops::OPERATORS),
            };
            print!("{}", terminal::render(&report, &terminal::Style { width, color }));
        }
        "networks" => {
            let entries = [views::networks::Entry { name: "q4", title: "the fourth sheet", ledger: &ledger }];
            print!("{}", terminal::render(&views::networks::networks(&entries), &terminal::Style { width, color }));
        }
        _ => panic!(),
    }
}
