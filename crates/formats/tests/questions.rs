//! Questions that had to be settled before names were frozen: can one formula over quantities say it, in numbers and in
//! symbols? Each is answered by a small piece that runs. The expected forms are worked out by hand in the comments.

use calc::{Calc, Forms, Line, Qty};
use workings::Ledger;
use workings::ledger::Binds;

fn ledger(net: &str, binds: &[(&str, i64)]) -> Ledger {
    let (model, faults) = formats::net::read(net);
    assert_eq!(faults, []);
    let binds: Binds = binds.iter().map(|(name, n)| (name.to_string(), *n)).collect();
    let (ledger, findings) = Ledger::of(model, &binds);
    assert_eq!(findings, []);
    ledger
}

fn form(ledger: &Ledger, line: Line) -> String {
    Forms::new(&ledger.page).form(line).expect("it has a closed form").to_string()
}

/// Four projections of 64 × 64 at each of L positions, and Q·Kᵀ and scores·V with L × L × 64 each:
/// N·(4·64·64·L + 2·64·L²) = N·(16,384·L + 128·L²).
#[test]
fn a_symbolic_length_goes_through_attention() {
    let net = "batch N\ninput Lx64\nattention 8";
    let open = ledger(net, &[]);
    assert_eq!(form(&open, open.totals.macs.line), "128*N*L*L + 16384*N*L");
    let bound = ledger(net, &[("N", 2), ("L", 10)]);
    assert_eq!(bound.page.known(bound.totals.macs.line), Some(2 * (16_384 * 10 + 128 * 100)));
}

/// An image of H × W × 64 in rows of 16: what is left over is H·W·64/16 = 4·H·W.
#[test]
fn reshape_works_out_the_size_that_is_left() {
    let open = ledger("input HxWx64\nreshape -1x16", &[]);
    let out = open.rows[0].out.clone().expect("it has a shape");
    assert_eq!(form(&open, out[2]), "4*H*W");
    let bound = ledger("input 7x6x64\nreshape -1x16", &[]);
    assert_eq!(bound.page.known(bound.rows[0].out.as_ref().expect("a shape")[2]), Some(168));
}

/// A gate of 1 × 1 × C joins an image of H × W × C: each axis is equal or 1, and the larger of the two.
#[test]
fn broadcasting_is_a_claim_and_a_maximum() {
    let net = "input 8x6x32\nx: relu\nglobalpool\ng: sigmoid\nmultiply x, g";
    let worked = ledger(net, &[]);
    let out = worked.rows[3].out.as_ref().expect("a shape").iter().map(|line| worked.page.known(*line));
    assert_eq!(out.collect::<Vec<_>>(), [Some(1), Some(32), Some(8), Some(6)]);
    let (model, _) = formats::net::read("a: input 8x6x32\nb: input 8x5x32\nadd a, b");
    let (_, findings) = Ledger::of(model, &Binds::new());
    assert_eq!(findings.len(), 1, "{findings:?}");
}

/// Two stacked bidirectional layers of 20 units on 10 features, PyTorch: 15,040 parameters
/// (`torch.nn.LSTM(10, 20, num_layers=2, bidirectional=True)`, PyTorch 2.15).
#[test]
fn recurrent_layers_repeat_their_rule() {
    let worked = ledger("input Tx10\nlstm 20, layers 2, bidirectional", &[]);
    assert_eq!(worked.page.known(worked.totals.params.line), Some(15_040));
}

/// What an exported graph does to flatten a batch of feature maps: Shape, Gather the batch, Concat it with −1, Reshape; and
/// to double a map: Shape, Slice the space, Mul by 2, Resize. The small integer tensors are vectors of quantities.
#[test]
fn small_integer_tensors_are_vectors_of_quantities() {
    let calc = Calc::new();
    let shape: Vec<Qty<'_>> = ["N", "H", "W"].iter().map(|name| calc.symbol(name, None)).collect();
    let (n, space) = (shape[0], &shape[1..]);
    let tensor = [n, calc.literal(64), space[0], space[1]];

    let rest = calc.product(tensor) / calc.product([n]);
    let doubled: Vec<Qty<'_>> = space.iter().map(|size| *size * 2).collect();

    let lines = [rest.line(), doubled[0].line(), doubled[1].line()];
    let page = calc.into_page();
    let mut forms = Forms::new(&page);
    let forms = lines.map(|line| forms.form(line).expect("it has a closed form").to_string());
    assert_eq!(forms, ["64*H*W", "2*H", "2*W"]);
}
