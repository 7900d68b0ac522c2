//! Documents: what pdfLaTeX takes, and nothing in them but text where text was meant.

use calc::Expr;
use expect_test::{Expect, expect};
use views::latex::render;
use views::notation::latex;
use views::report::{Block, Cell, Column, Equation, Finding, Report, Span, Step, Table};

fn text(text: &str) -> Span {
    Span::Text(text.to_owned())
}

fn number(n: i128) -> Box<Expr> {
    Box::new(Expr::Number(n))
}

fn column(title: &str, numbers: bool, gives_way: bool) -> Column {
    Column { title: title.to_owned(), numbers, gives_way, leaves: None }
}

fn cell(span: Span) -> Cell {
    vec![vec![span]]
}

fn body(document: &str) -> &str {
    let (_, rest) = document.split_once("\\begin{document}\n").expect("a document begins");
    rest.split_once("\\end{document}").expect("and ends").0
}

fn table(layer: &str) -> Table {
    let sum = Equation {
        name: None,
        symbols: None,
        numbers: Some(Expr::Product(vec![Expr::Number(3), Expr::Number(1000)])),
        result: Some(Expr::Number(3000)),
    };
    Table {
        columns: vec![
            column("layer", false, true),
            column("calculation", false, true),
            column("parameters", true, false),
        ],
        rows: vec![
            vec![
                cell(Span::Name(layer.to_owned())),
                vec![vec![text("bias "), Span::Math(sum.clone())], vec![Span::Math(sum)]],
                cell(Span::Value("3,000".to_owned())),
            ],
            vec![cell(Span::Name("relu1".to_owned())), Cell::new(), cell(Span::Value("0".to_owned()))],
        ],
        foot: vec![vec![cell(text("total parameters")), Cell::new(), cell(Span::Doubt("at least 3,000".to_owned()))]],
        chooser: None,
    }
}

#[test]
fn a_report_is_a_document() {
    let leaf = |says: &str| Step { says: vec![text(says)], below: Vec::new() };
    let report = Report {
        title: "small".to_owned(),
        blocks: vec![
            Block::Heading(1, vec![Span::Name("small_net".to_owned())]),
            Block::Prose(vec![text("100 % of "), Span::Code("conv 3x3".to_owned())]),
            Block::Table(table("conv1")),
            Block::Working(Step { says: vec![text("H = 224")], below: vec![leaf("from the input")] }),
            Block::Finding(Finding { code: "groups".to_owned(), says: vec![text("8 = 2 × 3 + 2")], hint: None }),
            Block::Legend(vec![("H_out".to_owned(), "output height".to_owned())]),
        ],
    };
    expect![[r#"

        \section*{\name{small\_\allowbreak{}net}}

        100 \% of \code{conv 3x3}\par

        {\footnotesize
        \begin{longtable}[l]{@{}llr@{}}
        \toprule
        layer & calculation & parameters \\
        \midrule
        \endhead
        \bottomrule
        \endfoot
        \name{conv1} & \lines{bias $\displaystyle 3 \times 1{,}000 = 3{,}000$ \\ $\displaystyle 3 \times 1{,}000 = 3{,}000$} & 3,000 \\
        \addlinespace
        \name{relu1} &  & 0 \\
        \midrule
        \multicolumn{2}{@{}l}{total parameters} & \multicolumn{1}{r@{}}{\doubt{at least 3,000}} \\
        \end{longtable}
        }

        \step{0}{H = 224}
        \step{1}{from the input}

        \finding{groups}{8 = 2 \ensuremath{\times} 3 + 2}{}

        \begin{longtable}[l]{@{}ll@{}}
        $H_{\mathrm{out}}$ & output height \\
        \end{longtable}

    "#]].assert_eq(body(&render(&report)));
}

#[test]
fn a_table_that_is_too_wide_turns_the_page_and_then_gives_way() {
    let wide = |layer: &str| render(&Report { title: String::new(), blocks: vec![Block::Table(table(layer))] });
    assert!(wide("conv1").starts_with("\\documentclass[a4paper]{article}"));
    assert!(wide(&"conv".repeat(30)).starts_with("\\documentclass[a4paper,landscape]{article}"));
    assert!(wide(&"conv".repeat(60)).contains("p{"));
}

#[test]
fn whatever_a_network_is_called_is_text() {
    const HOSTILE: &str = r"\input{/etc/passwd} $x$ }{ %&#_^~ \end{document} 中文 ?";
    let equation =
        Equation { name: Some(HOSTILE.to_owned()), symbols: None, numbers: None, result: Some(Expr::name(HOSTILE)) };
    let all = vec![text(HOSTILE), Span::Name(HOSTILE.to_owned()), Span::Code(HOSTILE.to_owned()), Span::Math(equation)];
    let blocks = vec![
        Block::Heading(1, all.clone()),
        Block::Prose(all.clone()),
        Block::Table(table(HOSTILE)),
        Block::Finding(Finding { code: HOSTILE.to_owned(), says: all.clone(), hint: Some(all) }),
        Block::Legend(vec![(HOSTILE.to_owned(), HOSTILE.to_owned())]),
    ];
    let document = render(&Report { title: HOSTILE.to_owned(), blocks });
    assert!(!document.contains("\\input") && !document.contains("passwd}"));
    assert_eq!(document.matches("\\end{document}").count(), 1);
    let mut depth = 0;
    let signs: Vec<char> = document.replace("\\\\", "").chars().collect();
    for (i, sign) in signs.iter().enumerate().filter(|(i, _)| *i == 0 || signs[i - 1] != '\\') {
        depth += match sign {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        assert!(depth >= 0, "a brace too many at {i}");
    }
    assert_eq!(depth, 0);
}

fn check(expr: Expr, expected: &Expect) {
    expected.assert_eq(&latex::expr(&expr));
}

#[test]
fn expressions_are_latex() {
    check(Expr::Number(-1_234_567), &expect!["-1{,}234{,}567"]);
    check(Expr::name("H_out"), &expect![[r#"H_{\mathrm{out}}"#]]);
    check(Expr::name("?k"), &expect![[r#"\text{?k}"#]]);
    check(Expr::name("batch_size"), &expect![[r#"\mathrm{batch}_{\mathrm{size}}"#]]);
    check(Expr::Unknown, &expect!["{?}"]);
    let sum = Expr::Sum(vec![
        (true, Expr::name("a")),
        (true, Expr::Sum(vec![(false, Expr::name("b")), (false, Expr::Number(-1))])),
    ]);
    check(sum.clone(), &expect![[r#"-a - \left(b + \left(-1\right)\right)"#]]);
    check(
        Expr::Product(vec![sum, Expr::Number(-2), Expr::Quotient(number(6), number(3))]),
        &expect![[r#"\left(-a - \left(b + \left(-1\right)\right)\right) \times \left(-2\right) \times \frac{6}{3}"#]],
    );
    check(Expr::Floor(number(7), number(2)), &expect![[r#"\left\lfloor \frac{7}{2} \right\rfloor"#]]);
    check(
        Expr::Max(vec![Expr::name("H"), Expr::Ceil(number(7), number(2))]),
        &expect![[r#"\max\left(H, \left\lceil \frac{7}{2} \right\rceil\right)"#]],
    );
}
