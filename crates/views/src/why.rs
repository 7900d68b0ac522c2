//! The working behind one number, down to the network's own settings.

use workings::ledger::{QUANTITIES, Subtotal};
use workings::{Fault, Ledger, glossary};

use crate::notation;
use crate::report::{Block, Equation, Phrase, Report, Span, Step};
use crate::show::legend;

mod alike;
mod ask;
mod settings;
mod total;
mod tree;

use ask::{Asked, Quantity};
use tree::Tree;

/// How many layers are unfolded in one answer.
const LAYERS: usize = 200;

/// The working behind what is asked for: a layer (by name, or by number from 1), a quantity of a layer (`conv2.H_out`,
/// `conv2.output.height`, `conv2.macs`), a module's sum (`layer1.params`), or a total (`params`, `macs`, `statistics`, `total`).
pub fn why(ledger: &mut Ledger, query: &str) -> Result<Report, Fault> {
    let asked = match ask::ask(ledger, query.trim()) {
        Ok(asked) => asked,
        Err(fault) => return ask::module(ledger, query.trim()).map(|asked| module(ledger, asked)).ok_or(fault),
    };
    Ok(match asked {
        Asked::Total(name) => total(ledger, name),
        Asked::Layer(row) => layer(ledger, row),
        Asked::Quantity(quantity) => unfolded(ledger, &quantity),
        Asked::Nothing(row, name) => {
            let layer = &ledger.model.layers[row].name;
            let says = vec![
                Span::Name(layer.to_string()),
                text(" has no "),
                text(&name),
                text(": 0, and nothing to work out."),
            ];
            Report { title: format!("{layer}.{name}"), blocks: vec![Block::Prose(says)] }
        }
    })
}

fn text(text: &str) -> Span {
    Span::Text(text.to_owned())
}

fn name(name: &str) -> Span {
    Span::Math(Equation::named(name))
}

/// Names, a comma apart.
fn names(names: &[String]) -> Phrase {
    let apart = |(i, one): (usize, &String)| [(i > 0).then(|| text(", ")), Some(name(one))];
    names.iter().enumerate().flat_map(apart).flatten().collect()
}

fn report(title: String, about: Option<&str>, blocks: Vec<Block>, tree: &Tree<'_>) -> Report {
    let mut heading = vec![Span::Name(title.clone())];
    heading.extend(about.map(|about| text(&format!(", {about}"))));
    let names = legend(&tree.names);
    let names = (!names.is_empty()).then_some(Block::Legend(names));
    let blocks = [Block::Heading(1, heading)].into_iter().chain(blocks).chain(names).collect();
    Report { title, blocks }
}

/// Every named quantity of a layer, an equation each.
fn layer(ledger: &Ledger, row: usize) -> Report {
    let mut tree = Tree::new(ledger);
    let layer = &ledger.model.layers[row];
    let mut below: Vec<Step> = Vec::new();
    let used = tree.used(row);
    for (name, line) in ledger.steps(row).filter(|(_, line)| used.contains(line)) {
        let says = vec![tree.equation(line, name)];
        if below.iter().all(|step| step.says != says) {
            below.push(Step { says, below: Vec::new() });
        }
    }
    below.extend(tree.complaint(row));
    let says = [vec![Span::Name(layer.name.to_string())], tree.written(row)].concat();
    let names: Vec<String> = below.iter().filter_map(worked_out).collect();
    let asked = EXAMPLES.iter().find(|name| names.iter().any(|known| known == *name)).map(|name| (*name).to_owned());
    let asked = asked.or_else(|| names.first().cloned());
    let mut blocks = vec![Block::Working(Step { says, below })];
    if let Some(name) = asked {
        let code = Span::Code(format!("{}.{name}", layer.name));
        let further = text(" to follow one of them down to the network’s own settings.");
        blocks.push(Block::Prose(vec![text("Ask for "), code, further]));
    }
    let op = layer.op.map(|op| op.title.to_lowercase());
    report(layer.name.to_string(), op.as_deref(), blocks, &tree)
}

/// What is asked for as an example, where a layer has it.
const EXAMPLES: [&str; 5] = ["params", "H_out", "L_out", "Z_out", "MACs"];

/// The name of a step, if something is worked out in it.
fn worked_out(step: &Step) -> Option<String> {
    match step.says.first() {
        Some(Span::Math(Equation { name, symbols: Some(_), .. })) => name.clone(),
        _ => None,
    }
}

/// A quantity of a layer with everything that it rests on, layer by layer back to the input.
fn unfolded(ledger: &Ledger, quantity: &Quantity) -> Report {
    let mut tree = Tree::new(ledger);
    let mut blocks: Vec<Block> =
        quantity.lines.iter().map(|line| Block::Working(tree.root(*line, &quantity.name))).collect();
    while let Some((line, likewise)) = tree.next() {
        if blocks.len() >= LAYERS {
            blocks.push(Block::Prose(go_on(ledger, &tree, line)));
            break;
        }
        let name = notation::name_of(&ledger.page, line).unwrap_or_default().to_owned();
        let mut step = tree.root(line, &name);
        if !likewise.is_empty() {
            step.says.extend([vec![text(", and ")], names(&likewise), vec![text(" likewise")]].concat());
        }
        blocks.push(Block::Working(step));
    }
    blocks.extend(settings::path(ledger, &quantity.lines));
    let about = glossary::term_of(&quantity.name).map(|term| term.says);
    report(format!("{}.{}", ledger.model.layers[quantity.row].name, quantity.name), about, blocks, &tree)
}

fn go_on(ledger: &Ledger, tree: &Tree<'_>, line: calc::Line) -> Phrase {
    let layer = ledger.row_of(line).map_or("", |row| &*ledger.model.layers[row].name);
    let from = Span::Code(format!("{layer}.{}", notation::name_of(&ledger.page, line).unwrap_or_default()));
    let left = tree.left() + 1;
    let more = if left == 1 { "one more begins".to_owned() } else { format!("{left} more begin") };
    vec![text(&format!("{LAYERS} steps are unfolded, and {more} here. Ask for ")), from, text(" to go on.")]
}

/// What the rows of a module come to together.
fn module(ledger: &Ledger, (module, quantity): (Subtotal, usize)) -> Report {
    let mut tree = Tree::new(ledger);
    let (path, called) = (module.module.path.to_string(), QUANTITIES[quantity].called);
    let rows = calc::grouped(module.rows.len() as i128);
    let unknown = module.totals[quantity].and_then(|total| match ledger.page.step(total.line) {
        calc::Step::Broken { why } => Some(why),
        _ => None,
    });
    let blocks = match (unknown, module.totals[quantity]) {
        (Some(why), _) => vec![Block::Prose(vec![text(&format!("It is not known: {why}."))])],
        (None, Some(total)) => {
            let working = Block::Working(tree.total(called, total));
            [Some(working), (!total.exact).then(at_least)].into_iter().flatten().collect()
        }
        (None, None) => vec![Block::Prose(vec![text(&format!("None of its {rows} rows has any."))])],
    };
    report(format!("{path}.{called}"), Some(&format!("{} of a module", glossary::says(called))), blocks, &tree)
}

/// Why a sum is not all.
fn at_least() -> Block {
    let doubt = Span::Doubt("at least".to_owned());
    Block::Prose(vec![text("This is "), doubt, text(": a layer whose part is not known is left out.")])
}

/// A total, and what every layer has of it.
fn total(ledger: &Ledger, name: &'static str) -> Report {
    let mut tree = Tree::new(ledger);
    let total = match name {
        "MACs" => ledger.totals.macs,
        "statistics" => ledger.totals.statistics,
        _ => ledger.totals.params,
    };
    let mut blocks = vec![Block::Working(tree.total(name, total))];
    if !total.exact {
        blocks.push(at_least());
    }
    let title = format!("{} of {}", glossary::says(name), ledger.model.name);
    report(title, None, blocks, &tree)
}
