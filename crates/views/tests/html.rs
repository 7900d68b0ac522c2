//! Pages: one file each, nothing from elsewhere, and nothing in them but text where text was meant.

use calc::Expr;
use expect_test::{Expect, expect};
use views::html::render;
use views::notation::mathml;
use views::report::{Block, Cell, Column, Equation, Finding, Report, Span, Step, Table};

fn text(text: &str) -> Span {
    Span::Text(text.to_owned())
}

fn number(n: i128) -> Box<Expr> {
    Box::new(Expr::Number(n))
}

/// H_out = ⌊(H − K)/S⌋ + 1 = ⌊(224 − 11)/2⌋ + 1 = 107
fn height() -> Equation {
    let step = |room, by| Expr::Sum(vec![(false, Expr::Floor(Box::new(room), by)), (false, Expr::Number(1))]);
    let room = |size, kernel| Expr::Sum(vec![(false, size), (true, kernel)]);
    Equation {
        name: Some("H_out".to_owned()),
        symbols: Some(step(room(Expr::name("H"), Expr::name("K")), Box::new(Expr::name("S")))),
        numbers: Some(step(room(Expr::Number(224), Expr::Number(11)), number(2))),
        result: Some(Expr::Number(107)),
    }
}

fn column(title: &str, numbers: bool) -> Column {
    Column { title: title.to_owned(), numbers, gives_way: false, leaves: None }
}

fn cell(span: Span) -> Cell {
    vec![vec![span]]
}

fn sample() -> Report {
    let table = Table {
        columns: vec![column("layer", false), column("from", false), column("parameters", true)],
        rows: vec![
            vec![cell(Span::Name("conv1".to_owned())), Cell::new(), cell(Span::Value("23,296".to_owned()))],
            vec![
                cell(Span::Name("odd".to_owned())),
                vec![vec![text("one")], vec![text("two")]],
                cell(Span::Doubt("?".to_owned())),
            ],
        ],
        foot: vec![vec![cell(text("total")), Cell::new(), cell(Span::Doubt("at least 23,296".to_owned()))]],
        chooser: None,
    };
    let leaf = |says: &str| Step { says: vec![text(says)], below: Vec::new() };
    let working =
        Step { says: vec![Span::Math(height())], below: vec![leaf("H = 224, from the input"), leaf("K = 11")] };
    let finding = Finding {
        code: "groups".to_owned(),
        says: vec![text("8 channels do not split into 3 groups")],
        hint: Some(vec![text("try "), Span::Code("groups 4".to_owned())]),
    };
    Report {
        title: "small".to_owned(),
        blocks: vec![
            Block::Heading(1, vec![Span::Name("small".to_owned())]),
            Block::Prose(vec![text("A network of "), Span::Value("2".to_owned()), text(" layers.")]),
            Block::Table(table),
            Block::Working(working),
            Block::Finding(finding.clone()),
            Block::Finding(Finding { hint: None, ..finding }),
            Block::Legend(vec![("H_out".to_owned(), "output height".to_owned())]),
        ],
    }
}

/// What stands between `<main>` and `</main>`.
fn body(page: &str) -> &str {
    let (_, rest) = page.split_once("<main>\n").expect("a page has a main part");
    rest.split_once("</main>").expect("which ends").0
}

#[test]
fn a_report_says_what_everything_is() {
    expect![[r#"
        <h1><bdi class="name">small</bdi></h1>
        <p>A network of <span class="value">2</span> layers.</p>
        <div class="sheet" role="region" aria-label="small" tabindex="0">
        <table>
        <caption>small</caption>
        <thead>
        <tr><th scope="col">layer</th><th scope="col">from</th><th scope="col" class="number">parameters</th></tr>
        </thead>
        <tbody>
        <tr><th scope="row"><div><bdi class="name">conv1</bdi></div></th><td></td><td class="number"><div><span class="value">23,296</span></div></td></tr>
        <tr><th scope="row"><div><bdi class="name">odd</bdi></div></th><td><div>one</div><div>two</div></td><td class="number"><div><em class="doubt">?</em></div></td></tr>
        </tbody>
        <tfoot>
        <tr><th scope="row"><div>total</div></th><td colspan="2" class="number"><div><em class="doubt">at least 23,296</em></div></td></tr>
        </tfoot>
        </table>
        </div>
        <ul class="working">
        <li><details open><summary><math><msub title="output height"><mi>H</mi><mi>out</mi></msub></math><wbr><math><mo form="infix">=</mo><mrow><mo>⌊</mo><mfrac><mrow><mi title="input height">H</mi><mo form="infix">−</mo><mi title="kernel size">K</mi></mrow><mrow><mi title="stride">S</mi></mrow></mfrac><mo>⌋</mo></mrow><mo form="infix">+</mo><mn>1</mn></math><wbr><math><mo form="infix">=</mo><mrow><mo>⌊</mo><mfrac><mrow><mn>224</mn><mo form="infix">−</mo><mn>11</mn></mrow><mrow><mn>2</mn></mrow></mfrac><mo>⌋</mo></mrow><mo form="infix">+</mo><mn>1</mn></math><wbr><math><mo form="infix">=</mo><mn>107</mn></math></summary>
        <ul>
        <li><div>H = 224, from the input</div></li>
        <li><div>K = 11</div></li>
        </ul>
        </details></li>
        </ul>
        <ul class="findings">
        <li><p class="kind">finding <code>groups</code></p>
        <p>8 channels do not split into 3 groups</p>
        <p class="hint">try <code>groups 4</code></p>
        </li>
        <li><p class="kind">finding <code>groups</code></p>
        <p>8 channels do not split into 3 groups</p>
        </li>
        </ul>
        <dl class="legend">
        <div><dt><math><msub><mi>H</mi><mi>out</mi></msub></math></dt><dd>output height</dd></div>
        </dl>
    "#]].assert_eq(body(&render(&sample())));
}

#[test]
fn a_page_loads_nothing_and_runs_nothing() {
    let page = render(&sample());
    for foreign in
        ["http:", "https:", "//", "src=", "href=", "url(", "@import", "<script", "<link", "<iframe", "style="]
    {
        assert!(!page.contains(foreign), "{foreign}");
    }
    assert!(page.starts_with("<!doctype html>\n<html lang=\"en\">"));
    for needed in
        ["Content-Security-Policy", "name=\"viewport\"", "<title>small</title>", "prefers-color-scheme", "@media print"]
    {
        assert!(page.contains(needed), "{needed}");
    }
}

#[test]
fn whatever_a_network_is_called_is_text() {
    const HOSTILE: &str = "</title></style><script>alert('x')</script>\"onload=\"x&amp;\u{0}\u{202e}";
    let span = |make: fn(String) -> Span| make(HOSTILE.to_owned());
    let equation = Equation {
        name: Some(HOSTILE.to_owned()),
        symbols: Some(Expr::name(HOSTILE)),
        numbers: None,
        result: Some(Expr::name(format!("{HOSTILE}_{HOSTILE}"))),
    };
    let all = vec![
        span(Span::Text),
        span(Span::Value),
        span(Span::Name),
        span(Span::Doubt),
        span(Span::Code),
        Span::Math(equation),
    ];
    let table = Table {
        columns: vec![column(HOSTILE, false)],
        rows: vec![vec![vec![all.clone()]]],
        foot: vec![vec![vec![all.clone()]]],
        chooser: None,
    };
    let blocks = vec![
        Block::Heading(1, all.clone()),
        Block::Prose(all.clone()),
        Block::Table(table),
        Block::Working(Step { says: all.clone(), below: vec![Step { says: all.clone(), below: Vec::new() }] }),
        Block::Finding(Finding { code: HOSTILE.to_owned(), says: all.clone(), hint: Some(all) }),
        Block::Legend(vec![(HOSTILE.to_owned(), HOSTILE.to_owned())]),
    ];
    let page = render(&Report { title: HOSTILE.to_owned(), blocks });
    assert!(!page.contains("<script") && !page.contains("\"onload") && !page.contains(['\u{0}', '\u{202e}']));
    assert_eq!(page.matches("</title>").count(), 1);
    assert_eq!(page.matches("</style>").count(), 1);
    balanced(&page);
}

#[test]
fn every_element_ends_where_it_should() {
    balanced(&render(&sample()));
    for net in [
        "input 9x9x3\nconv 3x3, 8\nconv 11, 8\nkonv 3\n",
        "batch N\ninput HxWx3\nconv 3x3, K, stride 2, groups 2, relu\n",
        "",
    ] {
        let (ledger, findings) = workings::Ledger::of(formats::net::read(net).0, &Default::default());
        balanced(&render(&views::show::show(&ledger, &findings, &Default::default())));
    }
}

/// Follows the tags of a page.
fn balanced(page: &str) {
    let (_, after_style) = page.split_once("</style>").expect("a page has a style");
    let mut open: Vec<&str> = vec!["html", "head"];
    for tag in after_style.split('<').skip(1) {
        let name = tag.split([' ', '>', '\n']).next().unwrap_or_default();
        match name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "at <{tag}"),
            None if name == "wbr" => {}
            None => open.push(name),
        }
    }
    assert_eq!(open, [""; 0]);
}

#[test]
fn a_working_may_be_as_deep_as_a_network() {
    let leaf = Step { says: vec![text("the input")], below: Vec::new() };
    let deep = (0..3000).fold(leaf, |below, _| Step { says: vec![text("a layer")], below: vec![below] });
    let page = render(&Report { title: "deep".to_owned(), blocks: vec![Block::Working(deep)] });
    balanced(&page);
    assert_eq!(page.matches("a layer").count(), 3000);
    assert!(page.matches("<details").count() < 20, "browsers stop at some depth");
}

fn check(expr: Expr, expected: &Expect) {
    expected.assert_eq(&mathml::expr(&expr));
}

#[test]
fn expressions_are_mathml() {
    check(
        Expr::Number(-1_234_567),
        &expect![[r#"<math><mrow><mo form="prefix">−</mo><mn>1,234,567</mn></mrow></math>"#]],
    );
    check(
        Expr::name("weights_depthwise"),
        &expect![[
            r#"<math><msub title="weights of the depthwise step"><mi>weights</mi><mi>depthwise</mi></msub></math>"#
        ]],
    );
    check(Expr::Unknown, &expect!["<math><mi>?</mi></math>"]);
    let sum = Expr::Sum(vec![
        (true, Expr::name("a")),
        (true, Expr::Sum(vec![(false, Expr::name("b")), (false, Expr::Number(-1))])),
    ]);
    check(
        sum.clone(),
        &expect![[
            r#"<math><mo form="prefix">−</mo><mi>a</mi><mo form="infix">−</mo><mrow><mo>(</mo><mi>b</mi><mo form="infix">+</mo><mrow><mo>(</mo><mrow><mo form="prefix">−</mo><mn>1</mn></mrow><mo>)</mo></mrow><mo>)</mo></mrow></math>"#
        ]],
    );
    check(
        Expr::Product(vec![sum, Expr::Number(-2), Expr::Quotient(number(6), number(3))]),
        &expect![[
            r#"<math><mrow><mo>(</mo><mo form="prefix">−</mo><mi>a</mi><mo form="infix">−</mo><mrow><mo>(</mo><mi>b</mi><mo form="infix">+</mo><mrow><mo>(</mo><mrow><mo form="prefix">−</mo><mn>1</mn></mrow><mo>)</mo></mrow><mo>)</mo></mrow><mo>)</mo></mrow><mo form="infix">×</mo><mrow><mo>(</mo><mrow><mo form="prefix">−</mo><mn>2</mn></mrow><mo>)</mo></mrow><mo form="infix">×</mo><mfrac><mrow><mn>6</mn></mrow><mrow><mn>3</mn></mrow></mfrac></math>"#
        ]],
    );
    check(
        Expr::Ceil(number(7), number(2)),
        &expect![
            "<math><mrow><mo>⌈</mo><mfrac><mrow><mn>7</mn></mrow><mrow><mn>2</mn></mrow></mfrac><mo>⌉</mo></mrow></math>"
        ],
    );
    check(
        Expr::Min(vec![Expr::name("H"), Expr::Number(3)]),
        &expect![[
            r#"<math><mi>min</mi><mrow><mo>(</mo><mrow><mi title="input height">H</mi></mrow><mo>,</mo><mrow><mn>3</mn></mrow><mo>)</mo></mrow></math>"#
        ]],
    );
}

#[test]
fn a_long_sum_may_be_broken_between_its_terms() {
    let terms = (1..=6).map(|n| (n == 4, Expr::Number(n))).collect();
    let equation = Equation {
        name: Some("params".to_owned()),
        symbols: None,
        numbers: Some(Expr::Sum(terms)),
        result: Some(Expr::Number(13)),
    };
    expect![[r#"<math><mi title="parameters">params</mi></math><wbr><math><mo form="infix">=</mo><mn>1</mn></math><wbr><math><mo form="infix">+</mo><mn>2</mn></math><wbr><math><mo form="infix">+</mo><mn>3</mn></math><wbr><math><mo form="infix">−</mo><mn>4</mn></math><wbr><math><mo form="infix">+</mo><mn>5</mn></math><wbr><math><mo form="infix">+</mo><mn>6</mn></math><wbr><math><mo form="infix">=</mo><mn>13</mn></math>"#]].assert_eq(&mathml::equation(&equation));
}
