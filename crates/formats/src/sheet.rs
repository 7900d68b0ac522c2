//! Filled-in worksheets: tables in Markdown, HTML and separated values, and the free text that a scanner makes of paper.
//!
//! What a file is, its content says first and its extension after. Every reader makes blocks of it, lines and rows in
//! reading order; whole tables are read by `table`, what fell apart by `scan`, and every cell by one grammar, `cell`.
//! What is read is described in `docs/sheets.md`.

mod block;
mod cell;
mod columns;
mod dots;
mod glyph;
mod html;
mod lex;
mod line;
mod parse;
mod plain;
mod scan;
mod table;

use block::Block;
use workings::fault::{Fault, Place};
use workings::worksheet::Sheet;

use crate::Source;

/// The largest text that is read: 100,000 rows take some ten megabytes.
const LARGEST: u64 = 64 << 20;

/// Reads the sheets in a file, and what is to be said of it; or why nothing of it could be read.
pub fn read(source: &dyn Source) -> Result<(Vec<Sheet>, Vec<Fault>), Fault> {
    let size = source.size();
    if size > LARGEST {
        return Err(Fault::new(format!("{size} bytes are too many for worksheets, which have at most {LARGEST}"))
            .hint("give one sheet a file"));
    }
    let bytes = source.read(0..size)?;
    let extension = source.name().rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default();
    let (text, fault) = decoded(bytes)?;
    let (sheets, mut faults) = text_of(&text, &extension)?;
    faults.extend(fault);
    Ok((sheets, faults))
}

/// The sheets in a text, read as a file with this extension.
fn text_of(text: &str, extension: &str) -> Result<(Vec<Sheet>, Vec<Fault>), Fault> {
    if text.trim().is_empty() {
        return Err(Fault::new("nothing is in it, and a worksheet was needed").hint(
            "give a table with columns such as kernel size, input size, no of kernels, calc, output size, params",
        ));
    }
    let blocks = blocks(text, extension);
    let (mut sheets, faults) = if scan::is_scan(&blocks) { scan::sheets(&blocks) } else { table::sheets(&blocks) };
    if sheets.iter().all(|sheet| sheet.rows.is_empty()) {
        return Err(nothing(&blocks));
    }
    sheets.iter_mut().for_each(dots::settle);
    Ok((sheets, faults))
}

/// Lines and rows, by what the content is.
fn blocks(text: &str, extension: &str) -> Vec<Block> {
    let has = |tag: &str| text.as_bytes().windows(tag.len()).any(|at| at.eq_ignore_ascii_case(tag.as_bytes()));
    if has("<table") || has("<tr") {
        return html::html(text);
    }
    let mut bars = false;
    for line in text.lines() {
        if bars && block::rule(line) {
            return block::markdown(text);
        }
        bars = line.contains('|');
    }
    match (extension, block::delimiter(text)) {
        (_, Some(delimiter)) => block::separated(text, delimiter),
        ("csv", None) => {
            let first = text.lines().find(|line| line.contains([',', ';'])).unwrap_or_default();
            let semicolons = first.matches(';').count() > first.matches(',').count();
            block::separated(text, if semicolons { b';' } else { b',' })
        }
        ("tsv" | "tab", None) => block::separated(text, b'\t'),
        _ => block::scanned(text),
    }
}

/// The first bytes of files that are no text, and what they are.
const PICTURES: [(&[u8], &str); 9] = [
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"%PDF", "a PDF"),
    (b"RIFF", "a WebP picture"),
    (b"PK\x03\x04", "a ZIP archive, as spreadsheets and word processors write them"),
];

/// The text in bytes, and what was not text in it.
fn decoded(bytes: Vec<u8>) -> Result<(String, Option<Fault>), Fault> {
    let kind = PICTURES.iter().find(|(magic, _)| bytes.starts_with(magic) && (*magic != b"BM" || bytes.contains(&0)));
    if let Some((_, kind)) = kind {
        let hint = match *kind {
            kind if kind.contains("archive") => "save the table as CSV, or copy it into a Markdown file",
            _ => "give the text of it: from a scanner's OCR, or typed into a Markdown table",
        };
        return Err(Fault::new(format!("this is {kind}, and the text of a worksheet was needed")).hint(hint));
    }
    let wide: Option<fn([u8; 2]) -> u16> = match &bytes[..] {
        [0xff, 0xfe, ..] => Some(u16::from_le_bytes),
        [0xfe, 0xff, ..] => Some(u16::from_be_bytes),
        _ => None,
    };
    if let Some(wide) = wide {
        let units = bytes[2..].chunks_exact(2).map(|pair| wide([pair[0], pair[1]]));
        return Ok((char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect(), None));
    }
    let start = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let bytes = &bytes[start..];
    let zeros = bytes.iter().take(8192).filter(|byte| **byte == 0).count();
    if zeros > 0 {
        return Err(Fault::new("this is no text: there are zero bytes in it, and the text of a worksheet was needed")
            .hint("a picture must go through a scanner's OCR first; a spreadsheet must be saved as CSV"));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok((text.to_owned(), None)),
        Err(error) => {
            let good = error.valid_up_to();
            let line = bytes[..good].iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
            let before = bytes[..good].rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
            let column = String::from_utf8_lossy(before).chars().count() as u32 + 1;
            let fault = Fault::new(format!("byte 0x{:02X} is not UTF-8 text; the rest was read", bytes[good]))
                .at(Place { line, column, length: 1 })
                .hint("save the file as UTF-8");
            Ok((String::from_utf8_lossy(bytes).into_owned(), Some(fault)))
        }
    }
}

/// Why a text is no worksheet.
fn nothing(blocks: &[Block]) -> Fault {
    let columns = "kernel size, input size, no of kernels, calc, output size, params";
    let first = blocks.iter().find_map(|block| match block {
        Block::Row(cells) => Some(cells.iter().map(|cell| glyph::piece(cell)).collect::<Vec<_>>()),
        _ => None,
    });
    match first {
        Some(cells) => {
            let names: Vec<String> = cells.iter().take(8).map(|cell| format!("`{}`", shortened(&cell.text))).collect();
            let place = cells.iter().map(|cell| cell.place).find(|place| place.line > 0).unwrap_or_default();
            Fault::new(format!("no known column with a row under it: the first row has {}", names.join(", ")))
                .at(place)
                .hint(format!("the columns of a worksheet are: {columns}"))
        }
        None => Fault::new("nothing in this text is like a worksheet: no table, and no layer such as `3x3 150x150x3`")
            .hint(format!("give a table with the columns {columns}, or the text that a scanner made of one")),
    }
}

/// The beginning of a text, for a message.
fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(24).map(|c| if c == '\n' { ' ' } else { c }).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
