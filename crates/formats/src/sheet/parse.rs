//! Tokens into arithmetic. Whatever is no arithmetic is handed back as words; nothing is an error here.

use workings::fault::Place;
use workings::worksheet::{Claim, Column, Figure, Label, Piece, Written};

use super::glyph::{Glyph, piece, place};
use super::lex::{Kind, Token};

/// How deep brackets and divisions may stand in one another; real ones stand four deep.
const DEEPEST: u32 = 32;

/// What a line holds, in order, each with the character behind it.
pub(super) enum Part {
    Claim(Claim),
    Word(Piece),
}

/// The claims of a line, and its words.
pub(super) fn parts(run: &[Glyph], tokens: &[Token], column: Option<Column>) -> Vec<(Part, usize)> {
    let mut parser = Parser { run, tokens, at: 0, column };
    let mut parts = Vec::new();
    while parser.at < tokens.len() {
        let start = parser.at;
        if let Some(claim) = parser.claim() {
            parts.push((Part::Claim(claim), tokens[parser.at - 1].end));
        } else {
            let opens = tokens[start..].iter().take_while(|token| matches!(token.kind, Kind::Open(_))).count();
            // Brackets deeper than are followed open nothing.
            let deep = opens.saturating_sub(DEEPEST as usize);
            let skipped = &tokens[start..parser.at.max(start + 1 + deep)];
            parser.at = start + skipped.len();
            for token in skipped {
                let behind = tokens.get(parser.at).map(|next| &next.kind);
                let ends = matches!(behind, None | Some(Kind::Colon | Kind::Equals | Kind::Break));
                let says = match &token.kind {
                    // A label whose claim is struck out.
                    Kind::Word(word) if ends && lexicon(&word.to_lowercase(), column).is_some() => false,
                    Kind::Word(_) | Kind::Figure(_) => true,
                    Kind::Mark => !matches!(run[token.start].c, '.' | '"' | '\'' | '!' | '?' | '|' | '_' | '^'),
                    _ => false,
                };
                if says {
                    parts.push((Part::Word(piece(&run[token.start..token.end])), token.end));
                }
            }
        }
    }
    parts
}

struct Parser<'t> {
    run: &'t [Glyph],
    tokens: &'t [Token],
    at: usize,
    column: Option<Column>,
}

impl<'t> Parser<'t> {
    fn kind(&self, ahead: usize) -> Option<&'t Kind> {
        self.tokens.get(self.at + ahead).map(|token| &token.kind)
    }

    fn takes(&mut self, kind: &Kind) -> bool {
        let found = self.kind(0) == Some(kind);
        self.at += usize::from(found);
        found
    }

    fn place(&self, start: usize) -> Place {
        let end = self.tokens[start..self.at].last().map_or(0, |token| token.end);
        place(&self.run[self.tokens[start].start..end])
    }

    /// A chain of equations, with its label; leaves `at` behind what was skipped where there is none.
    fn claim(&mut self) -> Option<Claim> {
        let start = self.at;
        let label = self.label();
        let labelled = self.at > start;
        let goes_on = if labelled {
            while self.takes(&Kind::Equals) || self.takes(&Kind::Colon) {}
            false
        } else {
            self.takes(&Kind::Equals)
        };
        // `* 64`: the sign of what stood on the line before.
        if self.kind(0) == Some(&Kind::Times) {
            self.at += 1;
        }
        let mut sides = vec![self.sum(0)?];
        loop {
            // A bracket that was never opened closes nothing.
            while self.kind(0) == Some(&Kind::Close) {
                self.at += 1;
            }
            if self.kind(0) != Some(&Kind::Equals) {
                break;
            }
            let before = self.at;
            self.at += 1;
            match self.sum(0) {
                Some(side) => sides.push(side),
                None => {
                    self.at = before + 1;
                    break;
                }
            }
        }
        if matches!(sides[..], [Written::Name(_)]) {
            self.at = start + 1;
            return None;
        }
        let place = self.place(start);
        let label = label.or_else(|| self.label_behind());
        Some(Claim { label, goes_on, sides, place })
    }

    /// `Weights:`, `Bias =`, `Total 896`.
    fn label(&mut self) -> Option<Label> {
        let mut words = String::new();
        let mut found = None;
        let mut at = self.at;
        while let Some(Token { kind: Kind::Word(word), .. }) = self.tokens.get(at).filter(|_| at < self.at + 3) {
            words += &word.to_lowercase();
            at += 1;
            let next = self.tokens.get(at).map(|token| &token.kind);
            let sign = matches!(next, Some(Kind::Colon | Kind::Equals))
                || (next == Some(&Kind::Minus) && words.chars().count() > 3);
            let operand = matches!(next, Some(Kind::Figure(_) | Kind::Open(_)));
            if let Some(label) = lexicon(&words, self.column)
                && (sign || (operand && words.chars().count() > 1))
            {
                found = Some((label, at + usize::from(next == Some(&Kind::Minus))));
            }
        }
        let (label, at) = found?;
        self.at = at;
        Some(label)
    }

    /// `32 bias`, `896 total`
    fn label_behind(&mut self) -> Option<Label> {
        let Some(Kind::Word(word)) = self.kind(0) else { return None };
        let ends = matches!(self.kind(1), None | Some(Kind::Break | Kind::Comma(_) | Kind::Close));
        let label = lexicon(&word.to_lowercase(), self.column).filter(|_| ends && word.chars().count() > 3)?;
        self.at += 1;
        Some(label)
    }

    fn sum(&mut self, depth: u32) -> Option<Written> {
        let start = self.at;
        let minus = self.kind(0) == Some(&Kind::Minus);
        if minus || self.kind(0) == Some(&Kind::Plus) {
            self.at += 1;
        }
        let Some(first) = self.product(depth) else {
            self.at = start;
            return None;
        };
        let mut terms = vec![(minus, first)];
        while let Some(sign @ (Kind::Plus | Kind::Minus)) = self.kind(0) {
            self.at += 1;
            let Some(term) = self.product(depth) else {
                self.at -= 1;
                break;
            };
            terms.push((*sign == Kind::Minus, term));
        }
        match &terms[..] {
            [(false, _)] => terms.pop().map(|(_, term)| term),
            _ => Some(Written::Sum(terms)),
        }
    }

    fn product(&mut self, depth: u32) -> Option<Written> {
        let mut product = vec![self.primary(depth)?];
        let mut quotients = 0;
        while let Some(token) = self.tokens.get(self.at) {
            let divides = match &token.kind {
                Kind::Over | Kind::FloorOver => true,
                // `(224 − 7) : 2`
                Kind::Colon => {
                    self.at > 0
                        && self.tokens[self.at - 1].kind == Kind::Close
                        && matches!(self.kind(1), Some(Kind::Figure(_) | Kind::Open(_)))
                }
                _ => false,
            };
            let before = self.at;
            if divides {
                self.at += 1;
                quotients += 1;
                let Some(under) = self.primary(depth).filter(|_| quotients < DEEPEST) else {
                    self.at = before;
                    break;
                };
                let over = Box::new(one(std::mem::take(&mut product)));
                let quotient = Written::Quotient(over, Box::new(under));
                let floors = token.kind == Kind::FloorOver;
                product.push(if floors { Written::Floor(Box::new(quotient)) } else { quotient });
                continue;
            }
            if !self.multiplies(token, depth) {
                break;
            }
            if matches!(token.kind, Kind::Times | Kind::Comma(_)) {
                self.at += 1;
            }
            // `7 × 7 × × 6`: a factor was lost.
            while self.kind(0) == Some(&Kind::Times) {
                self.at += 1;
            }
            let Some(factor) = self.primary(depth) else {
                self.at = before;
                break;
            };
            product.push(factor);
        }
        Some(one(product))
    }

    /// Whether this token, or nothing before it, multiplies what stands before it with what comes.
    fn multiplies(&self, token: &Token, depth: u32) -> bool {
        let last = self.at.checked_sub(1).map(|at| &self.tokens[at].kind);
        let figure = matches!(last, Some(Kind::Figure(_)));
        let next_figure = matches!(self.kind(1), Some(Kind::Figure(_)));
        match &token.kind {
            Kind::Times => true,
            // `150,150,3`; with space only where a shape belongs, or in brackets.
            Kind::Comma(spaced) => {
                let shapes = matches!(self.column, Some(Column::Kernel | Column::Input | Column::Output));
                (figure || last == Some(&Kind::Close)) && next_figure && (!spaced || shapes || depth > 0)
            }
            Kind::Open(c) => token.glued && !matches!(c, '⌊' | '⌈') && (figure || last == Some(&Kind::Close)),
            // `2P`
            Kind::Word(word) => {
                let one = word.chars().count() == 1;
                let goes_on = matches!(self.kind(1), Some(Kind::Close | Kind::Plus | Kind::Minus | Kind::Over));
                figure && one && (token.glued || goes_on)
            }
            // `[150 150 3]`
            Kind::Figure(_) => depth > 0 && figure && !token.glued,
            _ => false,
        }
    }

    fn primary(&mut self, depth: u32) -> Option<Written> {
        let start = self.at;
        let token = self.tokens.get(self.at)?;
        match &token.kind {
            Kind::Figure(digits) => {
                self.at += 1;
                let place = self.place(start);
                let figure = Written::Figure(Figure { digits: digits.as_str().into(), place });
                Some(self.power(figure))
            }
            Kind::Open(c) => {
                self.at += 1;
                let inner = self.bracket(depth, start)?;
                Some(match c {
                    '⌊' => Written::Floor(Box::new(inner)),
                    '⌈' => Written::Ceil(Box::new(inner)),
                    _ => inner,
                })
            }
            Kind::Word(word) => {
                let lower = word.to_lowercase();
                let opens = matches!(self.kind(1), Some(Kind::Open('(' | '[')));
                if opens && ["floor", "int", "trunc", "ceil"].contains(&&*lower) {
                    self.at += 2;
                    let inner = Box::new(self.bracket(depth, start)?);
                    return Some(if lower == "ceil" { Written::Ceil(inner) } else { Written::Floor(inner) });
                }
                // A name stands between signs; a word elsewhere is a word.
                let sign = |kind: Option<&Kind>| {
                    matches!(kind, Some(Kind::Plus | Kind::Minus | Kind::Times | Kind::Over | Kind::Open(_)))
                };
                let before = start.checked_sub(1).map(|at| &self.tokens[at].kind);
                let equals = self.kind(1) == Some(&Kind::Equals);
                let named = sign(before) || sign(self.kind(1)) && !opens || equals || figure(before) && token.glued;
                if !named || word.chars().count() > 4 {
                    return None;
                }
                self.at += 1;
                Some(Written::Name(word.as_str().into()))
            }
            _ => None,
        }
    }

    /// What stands in a bracket, behind its opening; one that is never closed ends where its line does.
    fn bracket(&mut self, depth: u32, start: usize) -> Option<Written> {
        let inner = if depth < DEEPEST { self.sum(depth + 1) } else { None };
        let Some(inner) = inner else {
            self.at = start;
            return None;
        };
        self.takes(&Kind::Close);
        Some(inner)
    }

    /// `3^2` is `3 × 3`.
    fn power(&mut self, base: Written) -> Written {
        let raised = self.tokens.get(self.at).is_some_and(|token| self.run[token.start].c == '^');
        let Some(Kind::Figure(digits)) = self.kind(1).filter(|_| raised) else { return base };
        let Ok(times @ 2..=4) = digits.parse::<usize>() else { return base };
        self.at += 2;
        Written::Product(vec![base; times])
    }
}

fn figure(kind: Option<&Kind>) -> bool {
    matches!(kind, Some(Kind::Figure(_)))
}

/// A product, or the one thing that it is.
fn one(mut factors: Vec<Written>) -> Written {
    if factors.len() == 1 { factors.remove(0) } else { Written::Product(factors) }
}

/// What a word before a claim says that it is about.
pub(super) fn lexicon(word: &str, column: Option<Column>) -> Option<Label> {
    let output = column == Some(Column::Output);
    Some(match word {
        "w" | "n" if output => return None,
        "we" | "w" | "wt" | "wts" | "wgt" | "wgts" | "weight" | "weights" | "n" | "wta" | "wei" => Label::Weights,
        "b" | "bias" | "biases" | "bi" | "bs" => Label::Bias,
        "t" | "tp" | "total" | "totals" | "params" | "param" | "parameters" | "parans" | "totalparams"
        | "totalparam" | "totalparameters" | "tot" | "totalno" => Label::Total,
        "ow" | "oh" | "os" | "o" | "out" | "output" | "outputs" | "outputsize" | "outputshape" | "outsize" => {
            Label::Output
        }
        _ => return None,
    })
}
