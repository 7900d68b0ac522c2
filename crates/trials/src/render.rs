//! A sheet as a file.

pub mod scan;

use crate::sheet::Paper;

const HEADINGS: [&str; 6] = ["Kernel size", "Input size", "No of kernels", "Calculation", "Output size", "Params"];

/// As Markdown.
pub fn markdown(paper: &Paper) -> String {
    let mut out = format!("# {}\n\n| {} |\n|{}\n", paper.name, HEADINGS.join(" | "), " --- |".repeat(6));
    for row in &paper.rows {
        let cells: Vec<String> = row.iter().map(|spot| spot.text.replace('\n', "<br>")).collect();
        out += &format!("| {} |\n", cells.join(" | "));
    }
    out + &format!("\nTotal = {}\n", paper.total.text.replace('\n', " "))
}

/// As separated values.
pub fn csv(paper: &Paper) -> String {
    let cell = |text: &str| match text.contains([',', '"', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    };
    let mut out = format!("{}\n", HEADINGS.join(","));
    for row in &paper.rows {
        out += &format!("{}\n", row.each_ref().map(|spot| cell(&spot.text)).join(","));
    }
    out + &format!("Total,,,,,{}\n", cell(&paper.total.text))
}

/// As HTML.
pub fn html(paper: &Paper) -> String {
    let mut out = format!("<h1>{}</h1>\n<table>\n<tr><th>{}</th></tr>\n", paper.name, HEADINGS.join("</th><th>"));
    for row in &paper.rows {
        out += &format!("<tr><td>{}</td></tr>\n", row.each_ref().map(|spot| struck(&spot.text)).join("</td><td>"));
    }
    out + &format!("</table>\n<p>Total = {}</p>\n", struck(&paper.total.text))
}

fn struck(text: &str) -> String {
    text.replacen("~~", "<del>", 1).replacen("~~", "</del>", 1).replace('\n', "<br>")
}
