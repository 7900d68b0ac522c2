//! A sheet that was audited, as people and programs read it. The verdicts are made by hand: one of each kind.

use expect_test::{Expect, expect, expect_file};
use serde_json::Value;
use views::report::Mark;
use views::terminal::{self, Style};
use views::{audit, explain, html, json, latex, markdown};
use workings::Place;
use workings::audit::mistakes::{MISTAKES, READINGS};
use workings::audit::{Audit, Cause, Judged, Misreading, Score, Verdict};
use workings::claims::CODES;
use workings::worksheet::{Claim, Column, Figure, Label, Piece, Sheet, SheetRow, Written};

const COLUMNS: [Column; 7] = [
    Column::Kernel,
    Column::Input,
    Column::Kernels,
    Column::Calculation,
    Column::Output,
    Column::Params,
    Column::Total,
];

/// Rows of a sheet: kernel, input, kernels, calculation, output, parameters.
fn sheet(name: &str, rows: &[[&str; 6]], total: &str) -> Sheet {
    let mut sheet = Sheet { name: Some(name.into()), ..Sheet::default() };
    for (at, cells) in rows.iter().enumerate() {
        let mut row = SheetRow { place: place(at + 5, 1), ..SheetRow::default() };
        for (column, text) in COLUMNS.into_iter().zip(cells) {
            row.cell_mut(column).written = (*text).to_owned();
        }
        sheet.rows.push(row);
    }
    sheet.total.written = total.to_owned();
    sheet
}

fn place(line: usize, column: u32) -> Place {
    Place { line: line as u32, column, length: 1 }
}

/// Every cell right or rightly blank.
fn all_right(sheet: &Sheet) -> Audit {
    let cell = |(row, column, read): (usize, Column, &str)| Judged {
        row,
        column,
        read: read.to_owned(),
        place: if read.is_empty() { Place::default() } else { place(row + 4, 10 * column as u32 + 1) },
        verdict: if read.is_empty() { Verdict::Blank } else { Verdict::Right },
        right: (!read.is_empty()).then(|| read.to_owned()),
        cause: None,
        rivals: Vec::new(),
        began_at: None,
        confidence: 1.0,
        says: String::new(),
    };
    let rows = sheet.rows.iter().enumerate().flat_map(|(at, row)| {
        Column::OF_ROW.into_iter().map(move |column| (at + 1, column, &*row.cell(column).written))
    });
    let total = (sheet.rows.len() + 1, Column::Total, &*sheet.total.written);
    let cells: Vec<Judged> = rows.chain([total]).map(cell).collect();
    let score = Score { right: cells.len(), of: cells.len() };
    Audit { network: "q1".to_owned(), cells, strict: score, carried: score, ..Audit::default() }
}

fn judge<'a>(audit: &'a mut Audit, row: usize, column: Column, verdict: Verdict, right: &str) -> &'a mut Judged {
    let cell = audit.cells.iter_mut().find(|cell| (cell.row, cell.column) == (row, column)).expect("it is there");
    cell.verdict = verdict;
    cell.right = Some(right.to_owned()).filter(|right| !right.is_empty());
    cell
}

fn cause(rule: &'static str, says: &str) -> Cause {
    Cause { rule, says: says.to_owned() }
}

/// A sheet with one cell of every verdict.
fn sample() -> (Sheet, Audit) {
    let sheet = sheet(
        "Question 1",
        &[
            [
                "3x3",
                "150x150x3",
                "32",
                "WE: 3x3x3 = 27\n27x32 = 864\nBias: 1x32 = 32\nTotal: 896",
                "(150-3+2)+1 = 149\n= 150x150x32",
                "896",
            ],
            ["2x2", "150x150x32", "", "", "(150-2)+1 = 149\n149x149x32", ""],
            [
                "3x3",
                "149x149x32",
                "64",
                "WE: 3x3x3 = 27\n27x64 = 1728\nBias: 1x64 = 64\nTotal: 1792",
                "(149-3+2)+1 = 149\n149x149x64",
                "12996",
            ],
            ["2x2", "149x149x64", "", "", "(149-2)/2+1 = 75\n75x75x64", ""],
            ["3x3", "75x75x64", "128", "", "75x75x128", "73856"],
            ["", "75x75x128 = 720000", "", "64x720000\nTotal = 35536", "", "46080064"],
        ],
        "2717585",
    );
    let mut audit = all_right(&sheet);
    judge(&mut audit, 1, Column::Output, Verdict::RightWithSlip, "(150 − 3 + 2)/1 + 1 = 150; 150x150x32").says =
        "150x150x32 is right, but 149 is 150 − 3 + 2 before the 1 is added.".into();
    let wrong = judge(&mut audit, 2, Column::Output, Verdict::Wrong, "⌊(150 − 2)/2⌋ + 1 = 75; 75x75x32");
    wrong.cause = Some(cause("S4", "The line does not divide by the stride."));
    wrong.says =
        "(150-2)+1 = 149 does not divide by the stride. A window of stride 2 stands at every second position, \
                  so ⌊148/2⌋ + 1 = 75."
            .into();
    for (row, column, right) in [
        (3, Column::Input, "75x75x32"),
        (3, Column::Output, "75x75x64"),
        (4, Column::Input, "75x75x64"),
        (4, Column::Output, "37x37x64"),
        (5, Column::Input, "37x37x64"),
        (6, Column::Input, "18x18x128 = 41472"),
        (7, Column::Total, "2747585"),
    ] {
        judge(&mut audit, row, column, Verdict::Carried, right).began_at = Some((2, Column::Output));
    }
    let two = judge(&mut audit, 3, Column::Calculation, Verdict::Ambiguous, "3x3x32 = 288; 288x64 = 18432; 18496");
    two.cause = Some(cause("P2", "The image's 3 channels are taken for the input's 32."));
    two.rivals = vec![cause("X10", "The first row was read in the place of this one.")];
    two.confidence = 0.55;
    two.says =
        "27 fits 3 channels where the input has 32, and so does row 1 read a second time: `3x3x32` is 288.".into();
    let read = judge(&mut audit, 3, Column::Params, Verdict::Misread, "18496");
    read.cause = Some(cause("X1", "8 was read as 2, and 4 as 9."));
    read.says = "12996 was read; 18496 makes the row and the total right.".into();
    judge(&mut audit, 5, Column::Calculation, Verdict::Blank, "3x3x64 = 576; 576x128 = 73728; 73856").says =
        "The working is not there; 73856 is right.".into();
    judge(&mut audit, 5, Column::Output, Verdict::Convention, "37x37x128").says =
        "75 is right where a division rounds up, and every row rounds up.".into();
    judge(&mut audit, 6, Column::Kernels, Verdict::Blank, "64");
    judge(&mut audit, 6, Column::Calculation, Verdict::Unexplained, "41472x64 = 2654208").says =
        "35536 fits no rule that is known; the units and the input give 2654208.".into();
    audit.cells.insert(
        36,
        Judged {
            row: 7,
            column: Column::Params,
            read: String::new(),
            place: Place::default(),
            verdict: Verdict::Missing,
            says: "The key has one more layer, which the sheet has not.".into(),
            right: Some("65".into()),
            ..audit.cells[0].clone()
        },
    );
    audit.strict = Score { right: 25, of: 43 };
    audit.carried = Score { right: 34, of: 43 };
    let misreading =
        |written: &str, read: &str, times| Misreading { written: written.into(), read: read.into(), times };
    audit.misreadings = vec![misreading("4", "9", 3), misreading("8", "2", 1), misreading("", "1", 1)];
    audit.unplaced = vec![
        Piece { text: "classmate".into(), place: place(31, 1) },
        Piece { text: "Date ____ | Page <3>".into(), place: place(32, 5) },
    ];
    audit.notes = vec!["The sheet leaves open whether `pool 2x2` rounds up.".into()];
    (sheet, audit)
}

fn terminal(sheet: &Sheet, audit: &Audit, width: usize) -> String {
    terminal::render(&audit::audit(sheet, audit), &Style { width, color: false })
}

fn check(found: &str, expected: Expect) {
    expected.assert_eq(found);
}

#[test]
fn a_sheet_with_one_cell_of_every_verdict() {
    let (sheet, audit) = sample();
    check(
        &terminal(&sheet, &audit, 120),
        expect![[r#"
            Question 1

            1 cell is wrong, 1 is wrong in one of two ways, 1 is wrong without an explanation, 7 follow from row 2's output, 1 was
            read wrongly, 1 is right after a step that is not, 1 is right under another convention, 2 are empty and 1 is missing.
            Mend row 2's output and 7 more turn right. It was held against q1.

            The sheet leaves open whether pool 2x2 rounds up.

            The sheet

            row  kernel  input                 kernels  calculation           output                       parameters
            ─────────────────────────────────────────────────────────────────────────────────────────────────────────
            1    3x3     150x150x3                  32  WE: 3x3x3 = 27        ≈ (150-3+2)+1 = 149                 896
                                                        27x32 = 864             = 150x150x32
                                                        Bias: 1x32 = 32       ✓ (150 − 3 + 2)/1 + 1 = 150
                                                        Total: 896              150x150x32

            2    2x2     150x150x32                                           ✗ (150-2)+1 = 149
                                                                                149x149x32
                                                                              ✓ ⌊(150 − 2)/2⌋ + 1 = 75
                                                                                75x75x32

            3    3x3     → 149x149x32               64  ? WE: 3x3x3 = 27      → (149-3+2)+1 = 149             ⇄ 12996
                         ✓ 75x75x32                       27x64 = 1728          149x149x64                    ✓ 18496
                                                          Bias: 1x64 = 64     ✓ 75x75x64
                                                          Total: 1792
                                                        ✓ 3x3x32 = 288
                                                          288x64 = 18432
                                                          18496

            4    2x2     → 149x149x64                                         → (149-2)/2+1 = 75
                         ✓ 75x75x64                                             75x75x64
                                                                              ✓ 37x37x64

            5    3x3     → 75x75x64                128  ∅                     ~ 75x75x128                       73856
                         ✓ 37x37x64                     ✓ 3x3x64 = 576        ✓ 37x37x128
                                                          576x128 = 73728
                                                          73856

            6            → 75x75x128 = 720000        ∅  ! 64x720000                                          46080064
                         ✓ 18x18x128 = 41472      ✓ 64    Total = 35536
                                                        ✓ 41472x64 = 2654208

            …                                                                                                       …
                                                                                                                 ✓ 65
            ─────────────────────────────────────────────────────────────────────────────────────────────────────────
            total                                                                                → 2717585  ✓ 2747585

            ✗ wrong · → follows from an earlier cell · ⇄ read wrongly · ? wrong in one of two ways · ! wrong, unexplained · ≈ right,
            with a slip in its steps · ~ right under another convention · ∅ empty · … missing · ✓ what is right

            What is not right

            cell                        code  what is said of it
            ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
            ≈ row 1, output                   150x150x32 is right, but 149 is 150 − 3 + 2 before the 1 is added.
            ✗ row 2, output             S4    (150-2)+1 = 149 does not divide by the stride. A window of stride 2 stands at every
                                              second position, so ⌊148/2⌋ + 1 = 75.
            → rows 3–6; the total             Worked out rightly from row 2's output; turn right once that is mended.
            ? row 3, calculation        P2    27 fits 3 channels where the input has 32, and so does row 1 read a second time:
                                                3x3x32 is 288. (confidence 0.55)
                                              or X10: The first row was read in the place of this one.
            ⇄ row 3, parameters         X1    12996 was read; 18496 makes the row and the total right.
            ∅ row 5, calculation              The working is not there; 73856 is right.
            ~ row 5, output                   75 is right where a division rounds up, and every row rounds up.
            ∅ row 6, number of kernels        Nothing stands here; 64 belongs here.
            ! row 6, calculation              35536 fits no rule that is known; the units and the input give 2654208.
            … row 7, parameters               The key has one more layer, which the sheet has not.

            Figures that were read wrongly

            written  read as  times
            ───────────────────────
            4        9            3
            8        2            1
            nothing  1            1

            Score

            counted                         right  what counts as right
            ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
            strictly                     25 of 43  what stands there as it should
            with errors carried forward  34 of 43  also what follows rightly from an earlier cell; and in doubt a slip in a step,
                                                   another convention, a misreading

            What found no place

            line  what was read there
            ──────────────────────────
              31  classmate
              32  Date ____ | Page <3>
        "#]],
    );
}

#[test]
fn on_a_narrow_page_every_column_stays() {
    let (sheet, audit) = sample();
    let narrow = terminal(&sheet, &audit, 80);
    assert!(narrow.lines().all(|line| line.chars().count() <= 80), "{narrow}");
    let table = narrow.split("\n\n").find(|block| block.starts_with("row")).expect("a table");
    check(
        table,
        expect![[r#"
        row  kernel  input           kernels  calculation     output          parameters
        ────────────────────────────────────────────────────────────────────────────────
        1    3x3     150x150x3            32  WE: 3x3x3 = 27  ≈ (150-3+2)+1          896
                                              27x32 = 864         = 149
                                              Bias: 1x32 =      = 150x150x32
                                                32            ✓ (150 − 3 +
                                              Total: 896          2)/1 + 1 =
                                                                  150
                                                                150x150x32"#]],
    );
    let (_, rest) = narrow.split_once("What is not right\n\n").expect("a section");
    check(
        rest.split_once("\n\n").expect("another").0,
        expect![[r#"
            cell                        code  what is said of it
            ────────────────────────────────────────────────────────────────────────────────
            ≈ row 1, output                   150x150x32 is right, but 149 is 150 − 3 + 2
                                              before the 1 is added.
            ✗ row 2, output             S4    (150-2)+1 = 149 does not divide by the stride.
                                              A window of stride 2 stands at every second
                                              position, so ⌊148/2⌋ + 1 = 75.
            → rows 3–6; the total             Worked out rightly from row 2's output; turn
                                              right once that is mended.
            ? row 3, calculation        P2    27 fits 3 channels where the input has 32, and
                                                so does row 1 read a second time: 3x3x32 is
                                                288. (confidence 0.55)
                                              or X10: The first row was read in the place of
                                                this one.
            ⇄ row 3, parameters         X1    12996 was read; 18496 makes the row and the
                                              total right.
            ∅ row 5, calculation              The working is not there; 73856 is right.
            ~ row 5, output                   75 is right where a division rounds up, and
                                              every row rounds up.
            ∅ row 6, number of kernels        Nothing stands here; 64 belongs here.
            ! row 6, calculation              35536 fits no rule that is known; the units
                                              and the input give 2654208.
            … row 7, parameters               The key has one more layer, which the sheet
                                              has not."#]],
    );
}

#[test]
fn nothing_is_said_against_a_sheet_that_is_right() {
    let rows = [["3x3", "8x8x3", "4", "3x3x3 = 27", "6x6x4", "112"], ["2x2", "6x6x4", "", "", "3x3x4", ""]];
    let sheet = sheet("Small", &rows, "112");
    let audit = all_right(&sheet);
    assert!(audit::is_right(&audit));
    assert!(!audit::is_right(&sample().1));
    check(
        &terminal(&sheet, &audit, 80),
        expect![[r#"
            Small

            Every cell is right. It was held against q1.

            The sheet

            row  kernel  input  kernels  calculation  output  parameters
            ────────────────────────────────────────────────────────────
            1 ✓  3x3     8x8x3        4  3x3x3 = 27   6x6x4          112
            2 ✓  2x2     6x6x4                        3x3x4
            ────────────────────────────────────────────────────────────
            total                                                    112

            Score

            counted                         right  what counts as right
            ────────────────────────────────────────────────────────────────────────────────
            strictly                     13 of 13  what stands there as it should
            with errors carried forward  13 of 13  also what follows rightly from an earlier
                                                   cell; and in doubt a slip in a step,
                                                   another convention, a misreading
        "#]],
    );
}

/// The columns that a sheet has of its own are shown; what was set for a page is shown as it reads.
#[test]
fn a_sheet_has_its_own_columns() {
    let figure = |digits: &str| Written::Figure(Figure { digits: digits.into(), place: Place::default() });
    let product = Written::Product(vec![figure("3"), figure("3"), figure("3")]);
    let mut sheet = sheet("", &[["3x3", "8x8x3", "4", "$$3 \\times 3 \\times 3 = 27$$", "4x4x4", ""]], "");
    sheet.name = None;
    let row = &mut sheet.rows[0];
    (row.label.written, row.stride.written, row.padding.written) = ("conv1".into(), "2".into(), "same".into());
    row.cell_mut(Column::Calculation).claims = vec![
        Claim { label: Some(Label::Weights), goes_on: false, sides: vec![product, figure("27")], place: place(5, 1) },
        Claim { label: None, goes_on: true, sides: vec![figure("27")], place: place(5, 1) },
    ];
    let mut audit = all_right(&sheet);
    judge(&mut audit, 1, Column::Calculation, Verdict::Right, "");
    check(
        &terminal(&sheet, &audit, 80),
        expect![[r#"
            q1

            Every cell is right.

            The sheet

            row  layer  kernel  stride  input  kernels  calculation       output  parameters
            ────────────────────────────────────────────────────────────────────────────────
            1 ✓  conv1  3x3     2       8x8x3        4  weights: 3 × 3 ×  4x4x4
                                                          3 = 27
                                                        = 27

            Left out, for want of room: padding.

            Score

            counted                       right  what counts as right
            ────────────────────────────────────────────────────────────────────────────────
            strictly                     7 of 7  what stands there as it should
            with errors carried forward  7 of 7  also what follows rightly from an earlier
                                                 cell; and in doubt a slip in a step,
                                                 another convention, a misreading
        "#]],
    );
}

#[test]
fn where_several_errors_begin_the_widest_is_named_first() {
    let cells = ["3x3", "8x8x3", "4", "", "7x7x4", "112"];
    let sheet = sheet("Small", &[cells; 9], "1");
    let mut audit = all_right(&sheet);
    judge(&mut audit, 1, Column::Input, Verdict::Wrong, "9x9x3").says = "9x9x3 is given.".into();
    judge(&mut audit, 4, Column::Output, Verdict::Wrong, "6x6x4").says = "1 is added twice.".into();
    judge(&mut audit, 1, Column::Output, Verdict::Carried, "6x6x4").began_at = Some((1, Column::Input));
    for row in [5, 6, 7, 9] {
        judge(&mut audit, row, Column::Input, Verdict::Carried, "6x6x4").began_at = Some((4, Column::Output));
    }
    judge(&mut audit, 10, Column::Total, Verdict::Carried, "2").began_at = Some((4, Column::Output));
    let text = terminal(&sheet, &audit, 100);
    check(
        text.lines().nth(2).unwrap_or_default(),
        expect!["2 cells are wrong and 6 follow from earlier cells. Mend row 4's output and 5 more turn right; mend"],
    );
    check(
        text.split_once("What is not right\n\n").expect("a section").1,
        expect![[r#"
            cell                      code  what is said of it
            ────────────────────────────────────────────────────────────────────────────────────────────────────
            ✗ row 1, input                  9x9x3 is given.
            → row 1, output                 Worked out rightly from row 1's input; turns right once that is
                                            mended.
            ✗ row 4, output                 1 is added twice.
            → rows 5–7, 9; the total        Worked out rightly from row 4's output; turn right once that is
                                            mended.

            Score

            counted                         right  what counts as right
            ────────────────────────────────────────────────────────────────────────────────────────────────────
            strictly                     55 of 55  what stands there as it should
            with errors carried forward  55 of 55  also what follows rightly from an earlier cell; and in doubt
                                                   a slip in a step, another convention, a misreading
        "#]],
    );
}

#[test]
fn several_sheets_come_after_a_line_each() {
    let (one, audit) = sample();
    let two = sheet("Question 2", &[["3x3", "8x8x3", "4", "", "6x6x4", "112"]], "112");
    let right = all_right(&two);
    let report = audit::audits(&[(&one, &audit), (&two, &right)]);
    let text = terminal::render(&report, &Style { width: 80, color: false });
    check(
        text.split("\n\nQuestion 1").next().unwrap_or_default(),
        expect![[r#"
        2 sheets

        sheet         held against  right, strictly  with errors carried forward
        ────────────────────────────────────────────────────────────────────────
        ✗ Question 1  q1                   25 of 43                     34 of 43
        ✓ Question 2  q1                     7 of 7                       7 of 7"#]],
    );
    let html = html::render(&report);
    assert_eq!((html.matches("<h1>").count(), html.matches("<h2>").count()), (1, 2));
    let json: Value = serde_json::from_str(&json::audit(&[(&one, &audit), (&two, &right)])).expect("JSON");
    assert_eq!(json["sheets"].as_array().map(Vec::len), Some(2));
    assert_eq!(json["sheets"][1]["scores"]["strict"], serde_json::json!({ "right": 7, "of": 7 }));
}

/// No mark is told by its colour alone, and colours change nothing else.
#[test]
fn marks_are_signs_and_words() {
    for (at, mark) in Mark::ALL.iter().enumerate() {
        assert_eq!(mark.sign().chars().count(), 1);
        for other in &Mark::ALL[..at] {
            assert!(other.sign() != mark.sign() && other.word() != mark.word(), "{mark:?} and {other:?}");
        }
    }
    let (sheet, audit) = sample();
    let report = audit::audit(&sheet, &audit);
    let mut painted = terminal::render(&report, &Style { width: 80, color: true });
    while let Some(from) = painted.find('\x1b') {
        let to = from + painted[from..].find('m').unwrap();
        painted.replace_range(from..=to, "");
    }
    assert_eq!(painted, terminal(&sheet, &audit, 80));
    let html = html::render(&report);
    for cell in &audit.cells {
        let sign = Mark::ALL.iter().find(|mark| format!("{mark:?}") == kind(cell.verdict)).expect("a mark");
        assert!(html.contains(&format!("title=\"{}\"", sign.word())), "{sign:?}");
    }
}

fn kind(verdict: Verdict) -> String {
    match verdict {
        Verdict::RightWithSlip => "Slip".to_owned(),
        verdict => format!("{verdict:?}"),
    }
}

#[test]
fn a_cell_in_html() {
    let (sheet, audit) = sample();
    let page = html::render(&audit::audit(&sheet, &audit));
    let row = page.lines().find(|line| line.contains("12996")).expect("a row");
    check(
        &row.replace("</td>", "</td>\n"),
        expect![[r#"
        <tr><th scope="row"><div><bdi class="name">3</bdi></div></th><td class="wide"><div>3x3</div></td>
        <td class="wide"><div><span class="mark carried" role="img" aria-label="follows from an earlier cell" title="follows from an earlier cell">→</span> 149x149x32</div><div><span class="mark right" role="img" aria-label="right" title="right">✓</span> <span class="value">75x75x32</span></div></td>
        <td class="number wide"><div>64</div></td>
        <td class="wide"><div><span class="mark open" role="img" aria-label="wrong in one of two ways" title="wrong in one of two ways">?</span> WE: 3x3x3 = 27</div><div>  27x64 = 1728</div><div>  Bias: 1x64 = 64</div><div>  Total: 1792</div><div><span class="mark right" role="img" aria-label="right" title="right">✓</span> <span class="value">3x3x32 = 288</span></div><div>  <span class="value">288x64 = 18432</span></div><div>  <span class="value">18496</span></div></td>
        <td class="wide"><div><span class="mark carried" role="img" aria-label="follows from an earlier cell" title="follows from an earlier cell">→</span> (149-3+2)+1 = 149</div><div>  149x149x64</div><div><span class="mark right" role="img" aria-label="right" title="right">✓</span> <span class="value">75x75x64</span></div></td>
        <td class="number wide"><div><span class="mark misread" role="img" aria-label="read wrongly" title="read wrongly">⇄</span> 12996</div><div><span class="mark right" role="img" aria-label="right" title="right">✓</span> <span class="value">18496</span></div></td>
        </tr>"#]],
    );
    let total = page.lines().find(|line| line.contains("2717585")).expect("a row");
    check(
        total,
        expect![[
            r#"<tr><th scope="row" colspan="3"><div>total</div></th><td colspan="4" class="number wide"><div><span class="mark carried" role="img" aria-label="follows from an earlier cell" title="follows from an earlier cell">→</span> 2717585  <span class="mark right" role="img" aria-label="right" title="right">✓</span> <span class="value">2747585</span></div></td></tr>"#
        ]],
    );
}

#[test]
fn markdown_and_latex_have_the_signs() {
    let (sheet, audit) = sample();
    let report = audit::audit(&sheet, &audit);
    let page = markdown::render(&report);
    check(
        page.lines().find(|line| line.contains("12996")).unwrap_or_default(),
        expect![
            "| 3         | 3x3    | → 149x149x32<br>✓ 75x75x32 |      64 | ? WE: 3x3x3 = 27<br>  27x64 = 1728<br>  Bias: 1x64 = 64<br>  Total: 1792<br>✓ 3x3x32 = 288<br>  288x64 = 18432<br>  18496 | → (149-3+2)+1 = 149<br>  149x149x64<br>✓ 75x75x64 |       ⇄ 12996<br>✓ 18496 |"
        ],
    );
    assert!(page.contains("Page \\<3>"), "{page}");
    let document = latex::render(&report);
    check(
        document.lines().find(|line| line.contains("12996")).unwrap_or_default(),
        expect![[
            r#"\name{3} & 3x3 & \lines{\ensuremath{\to} 149x149x32 \\ \ensuremath{\surd} 75x75x32} & 64 & \lines{? WE: 3x3x3 = 27 \\   27x64 = 1728 \\   Bias: 1x64 = 64 \\   Total: 1792 \\ \ensuremath{\surd} 3x3x32 = 288 \\   288x64 = 18432 \\   18496} & \lines{\ensuremath{\to} (149-3+2)+1 = 149 \\   149x149x64 \\ \ensuremath{\surd} 75x75x64} & \lines{\ensuremath{\rightleftharpoons} 12996 \\ \ensuremath{\surd} 18496} \\"#
        ]],
    );
    assert!(!document.contains("[U+"), "{document}");
}

#[test]
fn what_programs_read() {
    let (sheet, audit) = sample();
    let text = json::audit(&[(&sheet, &audit)]);
    let (head, cells) = text.split_once("    {\n").expect("cells");
    check(
        head,
        expect![[r#"
        {
          "schema": "workings/audit/1",
          "sheet": "Question 1",
          "network": "q1",
          "cells": [
    "#]],
    );
    // Without their indent: an expected text has none.
    let lines = |cell: &str| cell.lines().map(|line| line.trim().to_owned() + "\n").collect::<String>();
    let cell = |at: usize| lines(cells.split("    {\n").nth(at).expect("a cell"));
    check(
        &[10, 15, 17].map(cell).concat(),
        expect![[r#"
            "row": 2,
            "column": "output",
            "read": "(150-2)+1 = 149\n149x149x32",
            "verdict": "wrong",
            "right": "⌊(150 − 2)/2⌋ + 1 = 75; 75x75x32",
            "cause": {"rule": "S4", "says": "The line does not divide by the stride."},
            "rivals": [],
            "began_at": null,
            "confidence": 1.0,
            "says": "(150-2)+1 = 149 does not divide by the stride. A window of stride 2 stands at every second position, so ⌊148/2⌋ + 1 = 75.",
            "place": {"line": 6, "column": 41}
            },
            "row": 3,
            "column": "calculation",
            "read": "WE: 3x3x3 = 27\n27x64 = 1728\nBias: 1x64 = 64\nTotal: 1792",
            "verdict": "ambiguous",
            "right": "3x3x32 = 288; 288x64 = 18432; 18496",
            "cause": {"rule": "P2", "says": "The image's 3 channels are taken for the input's 32."},
            "rivals": [{"rule": "X10", "says": "The first row was read in the place of this one."}],
            "began_at": null,
            "confidence": 0.55,
            "says": "27 fits 3 channels where the input has 32, and so does row 1 read a second time: `3x3x32` is 288.",
            "place": {"line": 7, "column": 31}
            },
            "row": 3,
            "column": "params",
            "read": "12996",
            "verdict": "misread",
            "right": 18496,
            "cause": {"rule": "X1", "says": "8 was read as 2, and 4 as 9."},
            "rivals": [],
            "began_at": null,
            "confidence": 1.0,
            "says": "12996 was read; 18496 makes the row and the total right.",
            "place": {"line": 7, "column": 51}
            },
        "#]],
    );
    check(
        &text[text.find("  \"scores\"").expect("scores")..],
        expect![[r#"
          "scores": {
            "strict": {
              "right": 25,
              "of": 43
            },
            "carried": {
              "right": 34,
              "of": 43
            }
          },
          "misreadings": [
            {
              "written": "4",
              "read": "9",
              "times": 3
            },
            {
              "written": "8",
              "read": "2",
              "times": 1
            },
            {
              "written": "",
              "read": "1",
              "times": 1
            }
          ],
          "unplaced": [
            {
              "text": "classmate",
              "line": 31,
              "column": 1
            },
            {
              "text": "Date ____ | Page <3>",
              "line": 32,
              "column": 5
            }
          ],
          "notes": [
            "The sheet leaves open whether `pool 2x2` rounds up."
          ]
        }
    "#]],
    );
}

/// A number stands where the column holds numbers and it is one that every reader keeps.
#[test]
fn what_is_right_is_a_number_where_it_can_be() {
    let (sheet, mut audit) = sample();
    for (column, right, wanted) in [
        (Column::Params, "18496", Value::from(18496)),
        (Column::Params, "3x3 = 9", Value::from("3x3 = 9")),
        (Column::Params, "9007199254740992", Value::from("9007199254740992")),
        (Column::Kernels, "64", Value::from(64)),
        (Column::Kernel, "3", Value::from("3")),
        (Column::Output, "10", Value::from("10")),
        (Column::Params, "", Value::Null),
    ] {
        judge(&mut audit, 1, column, Verdict::Wrong, right);
        let json: Value = serde_json::from_str(&json::audit(&[(&sheet, &audit)])).expect("JSON");
        assert_eq!(json["cells"][column as usize]["right"], wanted);
    }
}

#[test]
fn the_schema_is_the_one_that_is_kept() {
    expect_file!["../schema/workings-audit-1.schema.json"].assert_eq(&json::audit_schema());
    let schema: Value = serde_json::from_str(&json::audit_schema()).expect("the schema is JSON");
    let schema = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let (sheet, audit) = sample();
    let empty = (Sheet::default(), Audit::default());
    let one = [(&sheet, &audit)];
    let several = [(&sheet, &audit), (&empty.0, &empty.1)];
    for all in [&one[..], &several, &several[1..]] {
        let json: Value = serde_json::from_str(&json::audit(all)).expect("JSON");
        let wrong: Vec<_> = schema.iter_errors(&json).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
    let wrong = |change: fn(&mut Value)| {
        let mut json = serde_json::from_str(&json::audit(&one)).expect("JSON");
        change(&mut json);
        !schema.is_valid(&json)
    };
    assert!(wrong(|json| json["schema"] = "workings/1".into()));
    assert!(wrong(|json| json["cells"][0]["verdict"] = "correct".into()));
    assert!(wrong(|json| json["cells"][0]["column"] = "size".into()));
    assert!(wrong(|json| json["scores"]["strict"]["right"] = 1.5.into()));
    assert!(wrong(|json| json["cells"][0]["right"] = 1.5.into()));
    assert!(wrong(|json| json.as_object_mut().map_or((), |all| drop(all.remove("network")))));
}

/// What audits print of real sheets: with their networks, with another one's, and, of two, by themselves.
#[test]
fn audits_of_the_worksheets_are_in_the_schema() {
    let schema: Value = serde_json::from_str(&json::audit_schema()).expect("the schema is JSON");
    let schema = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let names = ["q1", "q2", "q3", "q4", "q5"];
    let keys = names.map(|name| formats::read(&File::of(&format!("networks/{name}.net"))).expect("a network").0);
    for (at, name) in names.iter().enumerate() {
        let (sheets, _) = formats::sheet::read(&File::of(&format!("worksheets/{name}.md"))).expect("a sheet");
        let alone = matches!(*name, "q1" | "q3").then_some(None);
        for key in [Some(&keys[at]), Some(&keys[(at + 1) % keys.len()])].into_iter().chain(alone) {
            let audits: Vec<Audit> = sheets.iter().map(|sheet| workings::audit::audit(sheet, key)).collect();
            let all: Vec<(&Sheet, &Audit)> = sheets.iter().zip(&audits).collect();
            let json: Value = serde_json::from_str(&json::audit(&all)).expect("JSON");
            assert!(json["cells"].as_array().is_some_and(|cells| cells.len() > 30), "{name}");
            let wrong: Vec<_> = schema.iter_errors(&json).map(|e| format!("{}: {e}", e.instance_path())).collect();
            assert!(wrong.is_empty(), "{name}: {wrong:#?}");
        }
    }
}

/// A file of the project.
struct File {
    name: String,
    bytes: Vec<u8>,
}

impl File {
    fn of(path: &str) -> File {
        let bytes = std::fs::read(format!("{}/../../{path}", env!("CARGO_MANIFEST_DIR"))).expect("it is there");
        File { name: path.to_owned(), bytes }
    }
}

impl formats::Source for File {
    fn name(&self) -> &str {
        &self.name
    }

    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read(&self, range: std::ops::Range<u64>) -> Result<Vec<u8>, workings::Fault> {
        Ok(self.bytes[range.start as usize..range.end as usize].to_vec())
    }
}

/// Whatever was read, a page keeps its width and nothing in it is a command.
#[test]
fn what_was_read_does_no_harm() {
    let long = "9".repeat(1_000_000);
    let lines = "1 + 1 = 2\n".repeat(5_000);
    let odd = "\x1b[31m|`<script>\u{202e}\\input{x}";
    let sheet = sheet(odd, &[[odd, &long, &long, &lines, odd, &long]], &long);
    let mut audit = all_right(&sheet);
    for cell in &mut audit.cells {
        (cell.verdict, cell.right, cell.says) = (Verdict::Wrong, Some("3x3".into()), odd.into());
    }
    audit.unplaced = vec![Piece { text: long[..2000].into(), place: place(1, 1) }; 1000];
    audit.notes = vec![odd.into()];
    for width in [40, 60, 80, 120] {
        let text = terminal(&sheet, &audit, width);
        assert!(!text.contains(['\x1b', '\u{202e}']));
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(width < 80 || widest <= Some(width), "{widest:?} of {width}");
        assert!(text.len() < 60_000 && text.contains("960 more are not shown here"), "{}", text.len());
    }
    let report = audit::audit(&sheet, &audit);
    assert!(!html::render(&report).contains("<script>"));
    assert!(!markdown::render(&report).contains("|`<"));
    assert!(!latex::render(&report).contains("\\input{x}"));
    let json: Value = serde_json::from_str(&json::audit(&[(&sheet, &audit)])).expect("JSON");
    assert_eq!(json["unplaced"].as_array().map(Vec::len), Some(1000));
    assert_eq!(json["cells"][5]["read"].as_str().map(str::len), Some(1_000_000));
}

#[test]
fn what_is_struck_out_is_said_so() {
    let sheet = sheet("struck", &[["3x3", "8x8x3", "~~64~~ 32", "a ~~ b", "6x6x32", ""]], "");
    let text = terminal(&sheet, &all_right(&sheet), 120);
    assert!(text.contains("64 (struck out) 32") && text.contains("a ~~ b"), "{text}");
}

#[test]
fn a_confidence_is_a_weight() {
    let said = terminal::render(&explain::explain(Some("confidence")).expect("it is known"), &Style::default());
    assert!(said.contains("0.5 says") && said.contains("no probability"), "{said}");
    let all = terminal::render(&explain::explain(None).expect("all"), &Style { width: 80, color: false });
    assert!(all.contains("confidence  How far"), "{all}");
    assert!(all.lines().all(|line| line.chars().count() <= 80), "{all}");
}

#[test]
fn every_code_is_explained() {
    let all = terminal::render(&explain::explain(None).expect("all"), &Style::default());
    let mistakes = MISTAKES.iter().map(|mistake| mistake.code);
    let readings = READINGS.iter().map(|reading| reading.code);
    let findings = CODES.iter().map(|code| code.code);
    for code in mistakes.chain(readings).chain(findings).chain(["right-with-slip", "missing"]) {
        assert!(all.lines().any(|line| line.split_whitespace().take(2).any(|word| word == code)), "{code}");
        let one = explain::explain(Some(code)).expect("it is known");
        let said = terminal::render(&one, &Style::default());
        assert!(said.lines().count() > 3 && !said.contains(".."), "{said}");
    }
    let one = explain::explain(Some("s1")).expect("case does not matter");
    check(
        &terminal::render(&one, &Style::default()),
        expect![[r#"
        S1

        The padding left out: such a line leaves the padding out.

        The padding is added on both sides before the window moves.

        A wrong rule for the size of an output.
    "#]],
    );
    let reading = explain::explain(Some("X1")).expect("it is known");
    check(
        &terminal::render(&reading, &Style::default()),
        expect![[r#"
        X1

        A digit read as another.

        One digit was read as another that looks like it.

        A misreading: what is on the paper may well be right.
    "#]],
    );
    check(
        &explain::explain(Some("unexplaned")).unwrap_err().to_string(),
        expect!["there is no code “unexplaned” — did you mean `unexplained`?"],
    );
    check(
        &explain::explain(Some("Q99999")).unwrap_err().to_string(),
        expect!["there is no code “Q99999” — `workings explain` lists them all"],
    );
    for (asked, offered) in [
        ("P11", "did you mean `P11a`, `P11b`, `P11c` or `P11d`?"),
        ("conf", "did you mean `confidence`?"),
        ("+1", "did you mean `S3`?"),
        ("batch", "did you mean `T5`?"),
        ("", "`workings explain` lists them all"),
    ] {
        let fault = explain::explain(Some(asked)).unwrap_err();
        assert_eq!(fault.hint.as_deref(), Some(offered), "{asked}");
    }
}

/// Words, and what is struck out, are something that stands there: only a cell without either is empty.
#[test]
fn a_cell_without_a_number_is_not_always_empty() {
    let mut sheet = sheet("Words", &[["3x3", "8x8x3", "ten `a`", "", "6x6x4", ""]], "112");
    let piece = |text: &str| Piece { text: text.into(), place: place(5, 21) };
    sheet.rows[0].cell_mut(Column::Kernels).words = vec![piece("ten"), piece("a")];
    let struck = sheet.rows[0].cell_mut(Column::Params);
    (struck.written, struck.struck) = ("~~112~~".to_owned(), vec![piece("112")]);
    let mut audit = all_right(&sheet);
    for (column, right) in [(Column::Kernels, "4"), (Column::Calculation, "27x4 = 108"), (Column::Params, "112")] {
        judge(&mut audit, 1, column, Verdict::Blank, right);
    }
    let text = terminal(&sheet, &audit, 140);
    assert!(text.contains("\n2 cells hold no number that can be read and 1 is empty. "), "{text}");
    for says in [
        "“ten 'a'” stands here, and no number was read in it; 4 belongs here.",
        "Nothing stands here; 27x4 = 108 belongs here.",
        "What stands here is struck out; 112 belongs here.",
    ] {
        assert!(text.contains(says), "{says:?} is not in\n{text}");
    }
}

/// What follows in one row is named cell by cell, and the total is none of its cells; of several rows it is the rows.
#[test]
fn what_follows_says_where_it_stands() {
    let cells = ["3x3", "8x8x3", "4", "", "7x7x4", "112"];
    let follow = |followers: &[(usize, Column)]| {
        let sheet = sheet("Small", &[cells; 3], "1");
        let mut audit = all_right(&sheet);
        judge(&mut audit, 1, Column::Input, Verdict::Wrong, "9x9x3").says = "9x9x3 is given.".into();
        for (row, column) in followers {
            judge(&mut audit, *row, *column, Verdict::Carried, "2").began_at = Some((1, Column::Input));
        }
        let text = terminal(&sheet, &audit, 140);
        let line = text.lines().find(|line| line.contains("Worked out rightly")).expect("a sentence");
        line.split("  ").next().unwrap_or_default().to_owned()
    };
    use Column::{Input, Output, Params, Total};
    assert_eq!(follow(&[(1, Params), (4, Total)]), "→ row 1, parameters; the total");
    assert_eq!(follow(&[(1, Output), (1, Params)]), "→ row 1, output, parameters");
    assert_eq!(follow(&[(1, Output), (2, Input), (4, Total)]), "→ rows 1–2; the total");
    assert_eq!(follow(&[(4, Total)]), "→ total");
}
