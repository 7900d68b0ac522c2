//! What every format is first made into: lines, and rows of tables, in reading order.

use super::glyph::{Run, glyphs, lines, space, text, trim};

/// A piece of a page.
#[derive(Clone, Debug)]
pub(super) enum Block {
    /// A line outside a table.
    Line(Run),
    /// A row of a table.
    Row(Vec<Run>),
    /// The end of a table.
    End,
}

/// Markdown: lines with `|` are rows where a line of dashes says so; what stands elsewhere are lines.
pub(super) fn markdown(source: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let all: Vec<(u32, &str)> = lines(source).collect();
    let (mut at, mut table, mut comment) = (0, None, false);
    while let Some(&(number, line)) = all.get(at) {
        at += 1;
        // A comment is not on the page.
        if comment || line.trim_start().starts_with("<!--") {
            comment = !line.contains("-->");
            continue;
        }
        let next = all.get(at).map_or("", |(_, next)| next);
        if table.is_none() && line.contains('|') && rule(next) {
            table = Some(bars(next).len());
        } else if table.is_some() && rule(line) && at >= 2 && all[at - 2].1.contains('|') {
            continue;
        }
        match table {
            Some(columns) if line.contains('|') => {
                let mut run = glyphs(line, number, 1);
                // A cell of several lines: the row is not yet at its end.
                let opens = line.trim_start().starts_with('|');
                while opens && run.last().is_none_or(|last| last.c != '|') && cells(&run).len() < columns {
                    let Some(&(number, line)) = all.get(at).filter(|(_, line)| !line.trim_start().starts_with('|'))
                    else {
                        break;
                    };
                    if line.trim().is_empty() || run.len() > MOST_IN_CELLS {
                        break;
                    }
                    run.push(glyphs("\n", number - 1, 1)[0]);
                    run.extend(glyphs(line.trim_end(), number, 1));
                    at += 1;
                }
                blocks.push(Block::Row(cells(&run)));
            }
            _ => {
                if table.take().is_some() {
                    blocks.push(Block::End);
                }
                blocks.push(Block::Line(glyphs(line, number, 1)));
            }
        }
    }
    blocks
}

/// How long a row may grow line by line: each line is looked at from the row's beginning.
const MOST_IN_CELLS: usize = 20_000;

/// Whether a line is `|---|:--:|`.
pub(super) fn rule(line: &str) -> bool {
    line.contains("--") && line.contains('|') && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\t' | '\r'))
}

fn bars(line: &str) -> Vec<&str> {
    line.trim().trim_matches('|').split('|').collect()
}

/// The cells between the bars; `\|` is no bar.
fn cells(run: &[super::glyph::Glyph]) -> Vec<Run> {
    let run = trim(run);
    let run = &run[usize::from(run.first().is_some_and(|glyph| glyph.c == '|'))..];
    let mut cells = vec![Run::new()];
    let mut escaped = false;
    for glyph in run {
        if glyph.c == '|' && !escaped {
            cells.push(Run::new());
        } else if let Some(cell) = cells.last_mut() {
            cell.push(*glyph);
        }
        escaped = glyph.c == '\\' && !escaped;
    }
    if cells.len() > 1 && cells.last().is_some_and(|cell| trim(cell).is_empty()) {
        cells.pop();
    }
    cells
}

/// The text of a scanner: a line with tabs is a row, mathematics between `$$` is one line.
pub(super) fn scanned(source: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Run> = None;
    for (number, line) in lines(source) {
        let run = glyphs(line, number, 1);
        let odd = line.matches("$$").count() % 2 == 1;
        // A formula that is never closed is not the rest of the page.
        if let Some(mut math) = open.take() {
            if !line.trim().is_empty() || math.len() < 2000 {
                math.push(glyphs("\n", number - 1, 1)[0]);
                math.extend(run);
                if odd {
                    blocks.push(Block::Line(math));
                } else if math.len() > 200_000 {
                    blocks.extend(math.split(|glyph| glyph.c == '\n').map(|line| Block::Line(line.to_vec())));
                } else {
                    open = Some(math);
                }
                continue;
            }
            blocks.extend(math.split(|glyph| glyph.c == '\n').map(|line| Block::Line(line.to_vec())));
        }
        if odd {
            open = Some(run);
        } else if line.contains('\t') {
            blocks.push(Block::Row(run.split(|glyph| glyph.c == '\t').map(<[_]>::to_vec).collect()));
        } else {
            blocks.push(Block::Line(run));
        }
    }
    if let Some(math) = open {
        blocks.extend(math.split(|glyph| glyph.c == '\n').map(|line| Block::Line(line.to_vec())));
    }
    blocks
}

/// Separated values. Records of one field are lines.
pub(super) fn separated(source: &str, delimiter: u8) -> Vec<Block> {
    let mut reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
    let mut places = super::glyph::Places::new(source);
    let bytes = source.as_bytes();
    let (mut blocks, mut record, mut at) = (Vec::new(), Vec::new(), 0);
    let mut out = vec![0; bytes.len().min(1 << 16) + 16];
    let mut start = 0;
    loop {
        let (result, read, _) = reader.read_field(&bytes[at..], &mut out);
        at += read;
        match result {
            // What is written is of no use here: the text itself is kept, for its places.
            csv_core::ReadFieldResult::InputEmpty if at < bytes.len() => {}
            csv_core::ReadFieldResult::InputEmpty | csv_core::ReadFieldResult::OutputFull => {}
            csv_core::ReadFieldResult::Field { record_end } => {
                record.push(unquoted(places.run(start, at), delimiter));
                start = at;
                if record_end {
                    blocks.push(row(std::mem::take(&mut record)));
                }
            }
            csv_core::ReadFieldResult::End => break,
        }
    }
    blocks
}

fn row(mut record: Vec<Run>) -> Block {
    let filled = record.iter().filter(|field| field.iter().any(|glyph| !space(glyph.c))).count();
    match filled {
        0 => Block::End,
        1 if record.len() == 1 => Block::Line(record.remove(0)),
        _ => Block::Row(record),
    }
}

/// A field without its quotes, delimiter and line end.
fn unquoted(run: Run, delimiter: u8) -> Run {
    let start = run.iter().position(|glyph| !matches!(glyph.c, '\n' | '\r')).unwrap_or(run.len());
    let mut run = &run[start..];
    while let Some((last, before)) = run.split_last() {
        if !matches!(last.c, '\n' | '\r') {
            break;
        }
        run = before;
    }
    if let Some((last, before)) = run.split_last()
        && last.c == char::from(delimiter)
    {
        run = before;
    }
    let Some((_, inner)) = run.split_first().filter(|(first, _)| first.c == '"') else { return run.to_vec() };
    let mut out = Run::with_capacity(inner.len());
    let mut quoted = false;
    for glyph in inner {
        // The first of two quotes is the mark of the second, and one alone ends the field.
        quoted = glyph.c == '"' && !quoted;
        if !quoted {
            out.push(*glyph);
        }
    }
    out
}

/// Which character parts the fields of a text, if it is a table throughout: its heading is known, and every record but
/// titles has as many fields.
pub(super) fn delimiter(source: &str) -> Option<u8> {
    [b',', b';', b'\t'].into_iter().find(|&delimiter| {
        let known =
            |fields: &[Run]| fields.iter().filter(|field| super::columns::exact(text(field).trim()).is_some()).count();
        // Cheap first: a line that is a heading.
        let heading = source.lines().take(200).any(|line| {
            let count = line.split(char::from(delimiter)).count();
            count >= 3
                && known(
                    &line
                        .split(char::from(delimiter))
                        .map(|f| glyphs(f.trim().trim_matches('"'), 1, 1))
                        .collect::<Vec<_>>(),
                ) >= 3
        });
        heading && consistent(source, delimiter)
    })
}

fn consistent(source: &str, delimiter: u8) -> bool {
    let mut width = None;
    separated(source, delimiter).iter().all(|block| match block {
        Block::Row(fields) => *width.get_or_insert(fields.len()) == fields.len(),
        Block::Line(line) => !line.iter().any(|glyph| glyph.c == '×' || glyph.c == '$'),
        Block::End => true,
    })
}
