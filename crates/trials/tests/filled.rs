//! Filled sheets: every number is what the text beside it comes to, and what is said to be true of a cell is.

use formats::sheet;
use sources::Memory;
use trials::audits::{self, Case};
use trials::render;
use trials::rng::Rng;
use trials::sheet::{Paper, style};
use workings::audit::{Verdict, audit};
use workings::worksheet::fill::{self, Formulas, Nothing, Planted, Style, Sums, Truth};
use workings::worksheet::{Column, Sheet, Written};

const NET: &str =
    "network small\ninput 26x26x3\n\nconv 3x3, 8, pad 1, relu\npool 2x2\nconv 5x5, 16\n\nflatten\ndense 10\n";

fn texts(planted: &[Planted], style: &Style) -> Vec<String> {
    let filled = fill::fill(&audits::model_of(NET), style, planted).expect("it can be filled in");
    let rows = filled.rows.iter().map(|row| row.each_ref().map(|entry| entry.text.replace('\n', "; ")).join(" | "));
    rows.chain([filled.total.text]).collect()
}

#[test]
fn a_sheet_without_mistakes() {
    assert_eq!(
        texts(&[], &Style::default()),
        [
            "3x3 | 26x26x3 | 8 | WE: 3 x 3 x 3 = 27; 27 x 8 = 216; Bias: 1 x 8 = 8; Total: 224 | (26 - 3 + 2)/1 + 1 = 26; 26x26x8 | 224",
            "2x2 | 26x26x8 |  |  | (26 - 2 + 0)/2 + 1 = 13; 13x13x8 | ",
            "5x5 | 13x13x8 | 16 | WE: 5 x 5 x 8 = 200; 200 x 16 = 3200; Bias: 1 x 16 = 16; Total: 3216 | (13 - 5 + 0)/1 + 1 = 9; 9x9x16 | 3216",
            " | 9 x 9 x 16 = 1296 | 10 | WE: 1296 x 10 = 12960; Bias: 1 x 10 = 10; Total: 12970 | 10 | 12970",
            "16410",
        ]
    );
}

#[test]
fn a_mistake_is_carried_forward() {
    let style = Style { formulas: Formulas::Plain, sums: Sums::Line, nothing: Nothing::Dash, ..Style::default() };
    let planted = [Planted { row: 0, code: "S2", pick: 0 }, Planted { row: 2, code: "P5", pick: 0 }];
    assert_eq!(
        texts(&planted, &style),
        [
            "3x3 | 26x26x3 | 8 | 3 x 3 x 3 x 8 + 8 = 224 | (26 - 3 + 1) + 1 = 25; 25x25x8 | 224",
            "2x2 | 25x25x8 | - | - | (25 - 2)/2 + 1 = 12; 12x12x8 | -",
            "5x5 | 12x12x8 | 16 | 5 x 5 x 8 x 16 + 1 = 3201 | (12 - 5) + 1 = 8; 8x8x16 | 3201",
            " | 8 x 8 x 16 = 1024 | 10 | 1024 x 10 + 10 = 10250 | 10 | 10250",
            "13675",
        ]
        .map(|line| line.replace("| - | - |", "| - |  |"))
    );
    let filled = fill::fill(&audits::model_of(NET), &style, &planted).expect("it can be filled in");
    let truth = |row: usize, column: Column| filled.rows[row][column as usize].truth;
    assert_eq!(truth(0, Column::Output), Truth::Wrong("S2"));
    assert_eq!(truth(1, Column::Output), Truth::Carried(0, Column::Output));
    assert_eq!(truth(2, Column::Calculation), Truth::Wrong("P5"));
    assert_eq!(truth(2, Column::Params), Truth::Carried(2, Column::Calculation));
    assert_eq!(truth(3, Column::Params), Truth::Carried(0, Column::Output));
    assert_eq!(truth(3, Column::Kernels), Truth::Right);
    assert_eq!(filled.outcomes[0].alike, Vec::<&str>::new());
}

/// A rule whose numbers come from its page and whose text comes from its factors: both must say the same.
#[test]
fn every_step_that_is_written_comes_to_what_is_written() {
    for trial in (0..160).step_by(2) {
        let case = Case::of(11, trial);
        // Slips do not come to what is written, and a division may be rounded in any way.
        let slipped = |row: usize| {
            case.filled
                .outcomes
                .iter()
                .any(|outcome| outcome.planted.row == row && outcome.planted.code.starts_with("P18"))
        };
        let sheet = case.sheet().expect("it is a sheet");
        for (at, row) in sheet.rows.iter().enumerate().filter(|(at, _)| !slipped(*at)) {
            for claim in &row.cell(Column::Calculation).claims {
                let values: Vec<_> = claim.sides.iter().map(Written::value).collect();
                assert!(values.windows(2).all(|pair| pair[0] == pair[1]), "trial {trial} row {}: {claim:?}", at + 1);
            }
        }
    }
}

#[test]
fn a_right_sheet_is_right_in_every_form_and_hand() {
    for trial in 0..24 {
        let mut rng = Rng::of(5, trial);
        let model = audits::model_of(&trials::network::network(&mut rng, "right"));
        let filled = fill::fill(&model, &style(&mut rng), &[]).expect("it can be filled in");
        let paper = Paper::of(&filled);
        for (name, text) in
            [("a.md", render::markdown(&paper)), ("a.csv", render::csv(&paper)), ("a.html", render::html(&paper))]
        {
            let (sheets, _) = sheet::read(&Memory::new(name, text.clone().into_bytes())).expect("a sheet");
            let [sheet]: &[Sheet; 1] = sheets[..].try_into().expect("one sheet");
            for cell in audit(sheet, Some(&model)).cells {
                let fine = matches!(cell.verdict, Verdict::Right | Verdict::Blank);
                assert!(fine, "{name} {}.{}: {:?}\n{text}", cell.row, cell.column.name(), cell);
            }
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_trial() {
    let text = |seed: u64| render::markdown(&Case::of(seed, 3).paper);
    assert_eq!(text(1), text(1));
    assert_ne!(text(1), text(2));
}
