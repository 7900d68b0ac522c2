//! The free text that a scanner makes of a photographed sheet: tables that fall apart, columns one after the other, halves of
//! rows in different places, equations in LaTeX, and what is printed on the paper in between.

use workings::worksheet::Column;

use crate::rng::Rng;
use crate::sheet::{Paper, Spot};

/// A manner of a scanner: its name, and how it reads the rows with a kernel, the dense ones, and the total.
type Manner = (&'static str, fn(&mut Page, Rows<'_>, Rows<'_>, &str));

const MANNERS: [Manner; 4] = [("table", table), ("columns", columns), ("pieces", pieces), ("halves", halves)];

/// In one of the manners of a scanner, with its name.
pub fn scanned(rng: &mut Rng, paper: &Paper) -> (&'static str, String) {
    let (name, manner) = rng.one(&MANNERS);
    let (space, dense) = paper.rows.split_at(paper.rows.iter().take_while(|row| !row[0].text.is_empty()).count());
    let mut page = Page { out: format!("{}\n\n", paper.name), marks: rng.chance(0.5), stacked: rng.chance(0.5) };
    manner(&mut page, space, dense, &paper.total.text);
    (name, page.out)
}

/// What is being read.
struct Page {
    out: String,
    /// Whether the paper has print on it.
    marks: bool,
    /// Whether fractions are set as such.
    stacked: bool,
}

type Rows<'p> = &'p [[Spot; 6]];

fn at(row: &[Spot; 6], column: Column) -> &str {
    &row[column as usize].text
}

impl Page {
    fn line(&mut self, text: &str) {
        self.out += text;
        self.out.push('\n');
    }

    fn block(&mut self, text: &str) {
        if !text.is_empty() {
            self.line(text);
            self.out.push('\n');
        }
    }

    /// Equations, each by itself or lined up.
    fn equations(&mut self, text: &str, aligned: bool) {
        let lines: Vec<String> = text.lines().map(|line| self.latex(line)).collect();
        match lines.len() {
            0 => {}
            2.. if aligned => {
                let body: Vec<String> = lines.iter().map(|line| format!(" {}", line.replacen('=', "&=", 1))).collect();
                self.block(&format!("$$\\begin{{aligned}}\n{}\n\\end{{aligned}}$$", body.join(" \\\\\n")));
            }
            _ => lines.iter().for_each(|line| self.block(&format!("$${line}$$"))),
        }
    }

    /// A line as LaTeX.
    fn latex(&self, line: &str) -> String {
        let mut out = line.to_owned();
        if let (true, Some(open), Some(close)) = (self.stacked, out.find('('), out.find(")/")) {
            let digits = out[close + 2..].bytes().take_while(u8::is_ascii_digit).count();
            let (over, under) = (out[open + 1..close].to_owned(), out[close + 2..close + 2 + digits].to_owned());
            let fraction = format!("\\left( \\frac{{{over}}}{{{under}}} \\right)");
            out.replace_range(open..close + 2 + digits, &fraction);
        }
        for word in ["WE: ", "Bias: ", "Total: "] {
            out = out.replacen(word, &format!("\\text{{{word}}}"), 1);
        }
        let mut spaced = String::new();
        let chars: Vec<char> = out.chars().collect();
        for (at, &c) in chars.iter().enumerate() {
            let between = at > 0 && chars[..at].iter().rev().find(|c| **c != ' ').is_some_and(char::is_ascii_digit);
            match c {
                'x' | '×' | '*' if between => spaced += " \\times ",
                c => spaced.push(c),
            }
        }
        spaced.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What is printed on the paper.
    fn furniture(&mut self) {
        if self.marks {
            self.block("classmate\nDate _____\nPage _____");
        }
    }

    /// One cell of a table.
    fn cell(&self, text: &str) -> String {
        let lines: Vec<String> = text.lines().map(|line| self.latex(line)).collect();
        match lines.len() {
            0 => String::new(),
            1 if !text.contains(['=', '(']) => text.to_owned(),
            1 => format!("${}$", lines[0]),
            _ => {
                let lines: Vec<String> = lines.iter().map(|line| line.replacen('=', "&=", 1)).collect();
                format!("$\\begin{{aligned}} {} \\end{{aligned}}$", lines.join(" \\\\ "))
            }
        }
    }
}

/// A table for the space, and the dense rows cell by cell, their results at the end.
fn table(page: &mut Page, space: Rows<'_>, dense: Rows<'_>, total: &str) {
    page.line("Kernel Size\tInput Size\tNo of Kernels\tValue\tOutput Size\tParams");
    for row in space {
        let cells: Vec<String> = row.iter().map(|spot| page.cell(&spot.text)).collect();
        page.line(&cells.join("\t"));
    }
    page.block("\nKernel\nsize\n\nInput\nsize\n\nNo of\nKernels\n\nCalc");
    for row in dense {
        page.equations(at(row, Column::Input), true);
        page.block(at(row, Column::Kernels));
        page.equations(at(row, Column::Calculation), false);
    }
    page.block(&format!("Total = {total}"));
    page.furniture();
    page.block("Output size\n\nParams");
    dense.iter().for_each(|row| page.block(at(row, Column::Params)));
}

/// Column after column.
fn columns(page: &mut Page, space: Rows<'_>, dense: Rows<'_>, total: &str) {
    page.block("Kernel Size Input Size No of Kernels");
    for row in space {
        let cells = [Column::Kernel, Column::Input, Column::Kernels].map(|column| at(row, column));
        page.block(cells.join(" ").trim());
    }
    page.block("Calculation");
    for row in space {
        match at(row, Column::Calculation) {
            "" => page.block("-"),
            text => page.equations(text, false),
        }
    }
    page.furniture();
    page.block("Output");
    space.iter().for_each(|row| page.equations(at(row, Column::Output), false));
    page.block("Params");
    for row in space {
        page.block(if at(row, Column::Params).is_empty() { "-" } else { at(row, Column::Params) });
    }
    in_turn(page, dense, total);
}

/// Dense rows, cell after cell.
fn in_turn(page: &mut Page, dense: Rows<'_>, total: &str) {
    for row in dense {
        page.equations(at(row, Column::Input), true);
        page.block(at(row, Column::Kernels));
        page.equations(at(row, Column::Calculation), false);
        page.block(at(row, Column::Params));
    }
    page.block(&format!("$$Total = {total}$$"));
}

/// Tables that break off at every pool, then the outputs.
fn pieces(page: &mut Page, space: Rows<'_>, dense: Rows<'_>, total: &str) {
    page.line("Kernel size\tInput size\tNo of kernels\tCalc");
    let left = [Column::Kernel, Column::Input, Column::Kernels];
    for row in space {
        match at(row, Column::Calculation) {
            "" => page.block(&format!("\n{}", left.map(|column| at(row, column)).join(" ").trim())),
            text => {
                let lines: Vec<String> = text.lines().map(|line| format!("${}$", page.latex(line))).collect();
                let cells: Vec<&str> = left.iter().map(|column| at(row, *column)).collect();
                let line = format!("{}\t{}", cells.join("\t"), lines.join(" "));
                page.line(&line);
            }
        }
    }
    page.furniture();
    page.block("Output size Params");
    for row in space {
        page.equations(at(row, Column::Output), true);
        page.block(at(row, Column::Params));
    }
    page.furniture();
    in_turn(page, dense, total);
}

/// The left half of every row, then the right.
fn halves(page: &mut Page, space: Rows<'_>, dense: Rows<'_>, total: &str) {
    page.block("kernel size\tInput size\tNo of kernels\tCalc");
    for row in space {
        let cells = [Column::Kernel, Column::Input, Column::Kernels].map(|column| at(row, column));
        let mut lines = at(row, Column::Calculation).lines();
        page.block(format!("{} {}", cells.join(" ").trim(), lines.next().unwrap_or_default()).trim());
        for line in lines {
            let line = format!("$${}$$", page.latex(line));
            page.block(&line);
        }
    }
    page.furniture();
    page.block("Output size Params");
    for row in space {
        page.equations(at(row, Column::Output), false);
        page.block(at(row, Column::Params));
    }
    page.furniture();
    for row in dense {
        let mut lines = at(row, Column::Calculation).lines();
        page.block(at(row, Column::Input));
        page.block(format!("{} {}", at(row, Column::Kernels), lines.next().unwrap_or_default()).trim());
        for line in lines {
            page.line(line);
        }
        page.block(&format!("\nParams\n{}", at(row, Column::Params)));
    }
    page.block(&format!("TOTAL params: {total}"));
}
