//! What is printed is true: an evaluator of its own reads each equation and works it out.

use calc::Forms;
use views::report::{Block, Report, Span, Step};
use views::{notation, show, why};
use workings::Ledger;

const NETWORKS: [&str; 4] = [
    super::SMALL,
    "network image
input 57x43x8
stem: conv 7x5, 16, pad 3:2x1:0, stride 2x1, dilation 1
batchnorm relu
pool 3x3, stride 2, pad 1, rounding ceil
a: conv 3x3, 16, same, groups 4, no bias
b: depthwise 3x3, multiplier 2, same, stride 1
conv 1x1, 16
add conv1, a, relu
concat add1, a, pool1
separable 3x3, 24, dilation 2, pad 2
transposed 4x4, 12, stride 2, pad 1, extra 1
avgpool 2x3
groupnorm 3
upsample 2x3
prelu
zeropad 1:2x0:1
adaptivepool 5x7
globalpool
flatten
dense 10, no bias
",
    "network sequence
input 96
embedding 500, 32
attention 4
layernorm
lstm 16, layers 3, bidirectional
gru 12
rnn 9
conv1d 3, 20, causal, dilation 4
rmsnorm
dense 6
",
    super::BROKEN,
];

/// The networks that come along.
fn come_along() -> impl Iterator<Item = String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../networks");
    let files = std::fs::read_dir(folder).expect("the project has a folder of networks");
    files.map(|file| std::fs::read_to_string(file.expect("it can be listed").path()).expect("text"))
}

#[test]
fn every_equation_is_true() {
    for text in NETWORKS.map(str::to_owned).into_iter().chain(come_along()) {
        let (mut ledger, findings) = super::ledger(&text);
        let mut checked = every_step(&ledger);
        for full in [false, true] {
            let report = show::show(&ledger, &findings, &show::Options { full, ..Default::default() });
            checked += every_span(&report);
        }
        for at in 0..ledger.rows.len() {
            let name = ledger.model.layers[at].name.clone();
            checked += every_span(&why::why(&mut ledger, &name).unwrap());
        }
        for total in ["params", "macs", "statistics"] {
            checked += every_span(&why::why(&mut ledger, total).unwrap());
        }
        assert!(checked > 5 * ledger.rows.len(), "only {checked} equations of {}", ledger.model.name);
    }
}

fn every_step(ledger: &Ledger) -> usize {
    let mut forms = Forms::new(&ledger.page);
    let steps = (0..ledger.rows.len()).flat_map(|row| ledger.steps(row));
    steps.filter(|(name, line)| is_true(&notation::text(&notation::equation(ledger, &mut forms, *line, name)))).count()
}

fn every_span(report: &Report) -> usize {
    let mut spans: Vec<&Span> = Vec::new();
    for block in &report.blocks {
        match block {
            Block::Prose(phrase) | Block::Heading(_, phrase) => spans.extend(phrase),
            Block::Table(table) => spans.extend(table.rows.iter().chain(&table.foot).flatten().flatten().flatten()),
            Block::Working(step) => collect(step, &mut spans),
            Block::Finding(_) | Block::Legend(_) => {}
        }
    }
    let equations =
        spans.iter().filter_map(|span| if let Span::Math(math) = span { Some(notation::text(math)) } else { None });
    equations.filter(|equation| is_true(equation)).count()
}

fn collect<'r>(step: &'r Step, spans: &mut Vec<&'r Span>) {
    spans.extend(&step.says);
    step.below.iter().for_each(|step| collect(step, spans));
}

/// Whether there is something to check; what is checked must be true.
fn is_true(equation: &str) -> bool {
    let sides: Vec<&str> = equation.split(" = ").collect();
    let [.., left, right] = &*sides else { return false };
    if right.contains('?') || sides.len() < 3 && work_out(left).is_none() {
        return false;
    }
    let found = work_out(left).unwrap_or_else(|| panic!("cannot read {left} in {equation}"));
    assert_eq!(Some(found), work_out(right), "{equation}");
    true
}

/// Numbers for the symbols of the networks that come along.
const SYMBOLS: [(&str, i128); 2] = [("N", 7), ("L", 13)];

/// A number as a fraction in lowest terms.
type Number = (i128, i128);

fn work_out(text: &str) -> Option<Number> {
    // The comma between two arguments has a space after it, the one between groups of digits has none.
    let tokens: Vec<char> = text.replace(", ", ";").chars().filter(|c| *c != ' ').collect();
    let mut reader = Reader { text: &tokens, at: 0 };
    let number = reader.sum()?;
    (reader.at == tokens.len()).then_some(number)
}

struct Reader<'t> {
    text: &'t [char],
    at: usize,
}

impl Reader<'_> {
    fn take(&mut self, c: char) -> bool {
        let taken = self.text.get(self.at) == Some(&c);
        self.at += usize::from(taken);
        taken
    }

    fn sum(&mut self) -> Option<Number> {
        let minus = self.take('−');
        let (n, d) = self.product()?;
        let mut sum = (if minus { -n } else { n }, d);
        loop {
            let sign = if self.take('+') {
                1
            } else if self.take('−') {
                -1
            } else {
                return Some(sum);
            };
            let (n, d) = self.product()?;
            sum = lowest(sum.0 * d + sign * n * sum.1, sum.1 * d);
        }
    }

    fn product(&mut self) -> Option<Number> {
        let mut product = self.factor()?;
        loop {
            if self.take('×') {
                let (n, d) = self.factor()?;
                product = lowest(product.0 * n, product.1 * d);
            } else if self.take('/') {
                let (n, d) = self.factor()?;
                product = lowest(product.0 * d, product.1 * n);
            } else {
                return Some(product);
            }
        }
    }

    fn factor(&mut self) -> Option<Number> {
        if self.take('(') {
            return self.sum().filter(|_| self.take(')'));
        }
        if self.take('⌊') {
            let (n, d) = self.sum().filter(|_| self.take('⌋'))?;
            return Some((n.div_euclid(d), 1));
        }
        if self.take('⌈') {
            let (n, d) = self.sum().filter(|_| self.take('⌉'))?;
            return Some((-(-n).div_euclid(d), 1));
        }
        for (word, least) in [("min(", true), ("max(", false)] {
            let letters: Vec<char> = word.chars().collect();
            if self.text[self.at..].starts_with(&letters) {
                self.at += letters.len();
                return self.choice(least);
            }
        }
        self.symbol().or_else(|| self.number())
    }

    /// A symbol of the networks that come along; both sides must hold for any number in its place.
    fn symbol(&mut self) -> Option<Number> {
        let name: String = self.text[self.at..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').collect();
        let (_, number) = SYMBOLS.iter().find(|(symbol, _)| *symbol == name)?;
        self.at += name.chars().count();
        Some((*number, 1))
    }

    fn choice(&mut self, least: bool) -> Option<Number> {
        let mut best = self.sum()?;
        while self.take(';') {
            let next = self.sum()?;
            let less = next.0 * best.1 < best.0 * next.1;
            best = if less == least { next } else { best };
        }
        self.take(')').then_some(best)
    }

    /// Digits in groups of three.
    fn number(&mut self) -> Option<Number> {
        let mut digits = String::new();
        loop {
            match self.text.get(self.at) {
                Some(c) if c.is_ascii_digit() => digits.push(*c),
                Some(',') => {}
                _ => break,
            }
            self.at += 1;
        }
        digits.parse().ok().map(|n| (n, 1))
    }
}

fn lowest(n: i128, d: i128) -> Number {
    let (mut a, mut b) = (n.abs(), d.abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    let sign = if d < 0 { -1 } else { 1 };
    (sign * n / a.max(1), sign * d / a.max(1))
}
