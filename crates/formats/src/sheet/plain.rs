//! Marked-up text made plain: LaTeX, Markdown and HTML become the characters that a person sees, in their places.
//!
//! Fractions become `((a)/(b))`, rows of an array lines, `~~64~~` and `\cancel{64}` struck characters. It is one pass
//! with a list for the open groups, so neither depth nor length matters.

use super::glyph::{Glyph, Run, SOFT};

/// What an open `{` is, so that its `}` does the right thing.
#[derive(Clone, Copy, PartialEq)]
enum Group {
    /// `\text{…}`: nothing but its contents.
    Contents,
    /// `{…}`: bracketed.
    Bracketed,
    /// Above the line of a fraction.
    Above,
    /// Below it.
    Below,
    /// Struck out.
    Struck,
}

/// A run as a person sees it.
pub(super) fn plain(run: &[Glyph]) -> Run {
    let mut out = Run::with_capacity(run.len());
    // An odd `~~` at the end strikes nothing out.
    let mut strikes = strikes(run);
    let mut plain = Plain { run, at: 0, out: &mut out, groups: Vec::new(), expects: None, struck: 0, tilde: false };
    while let Some(&glyph) = run.get(plain.at) {
        plain.at += 1;
        let next = run.get(plain.at).map(|glyph| glyph.c);
        match glyph.c {
            '~' if next == Some('~') => {
                plain.at += 1;
                if plain.tilde || strikes > 1 {
                    plain.tilde = !plain.tilde;
                }
                strikes = strikes.saturating_sub(1);
                plain.push(glyph, ' ');
            }
            '~' => plain.push(glyph, ' '),
            '\\' => plain.command(glyph),
            '{' => plain.open(glyph),
            '}' => plain.close(glyph),
            '$' => plain.push(glyph, SOFT),
            '&' => plain.entity(glyph),
            '<' => plain.tag(glyph),
            '*' if next == Some('*') => {
                // `3**1` lost a figure; what is bold has no figure on both sides of its marks.
                let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
                if digit(plain.out.last().map(|last| last.c)) && digit(run.get(plain.at + 1).map(|glyph| glyph.c)) {
                    plain.push(glyph, '×');
                }
                plain.at += 1;
            }
            '`' | '_' => {}
            '^' => plain.raised(glyph),
            '\t' => plain.push(glyph, SOFT),
            c => plain.push(glyph, c),
        }
    }
    out
}

/// How many `~~` there are.
fn strikes(run: &[Glyph]) -> usize {
    let (mut count, mut half) = (0, false);
    for glyph in run {
        (count, half) = match (glyph.c, half) {
            ('~', true) => (count + 1, false),
            ('~', false) => (count, true),
            _ => (count, false),
        };
    }
    count
}

struct Plain<'r> {
    run: &'r [Glyph],
    at: usize,
    out: &'r mut Run,
    groups: Vec<Group>,
    /// What the next `{` is.
    expects: Option<Group>,
    struck: u32,
    tilde: bool,
}

impl Plain<'_> {
    fn push(&mut self, from: Glyph, c: char) {
        if !c.is_whitespace() {
            self.expects = None;
        }
        self.out.push(Glyph { c, struck: from.struck || self.tilde || self.struck > 0, ..from });
    }

    fn open(&mut self, glyph: Glyph) {
        // `2{,}747{,}585` is how LaTeX is kept from a space after the comma.
        let digit = self.out.last().is_some_and(|last| last.c.is_ascii_digit());
        let comma = matches!(self.run.get(self.at..self.at + 2), Some([a, b]) if a.c == ',' && b.c == '}');
        let plain = if digit && comma { Group::Contents } else { Group::Bracketed };
        let group = self.expects.take().unwrap_or(plain);
        match group {
            Group::Contents => {}
            Group::Bracketed | Group::Below => self.push(glyph, '('),
            Group::Above => {
                self.push(glyph, '(');
                self.push(glyph, '(');
            }
            Group::Struck => self.struck += 1,
        }
        self.groups.push(group);
    }

    fn close(&mut self, glyph: Glyph) {
        match self.groups.pop() {
            None | Some(Group::Contents) => {}
            Some(Group::Bracketed) => self.push(glyph, ')'),
            Some(Group::Above) => {
                self.push(glyph, ')');
                self.push(glyph, '/');
                self.expects = Some(Group::Below);
            }
            Some(Group::Below) => {
                self.push(glyph, ')');
                self.push(glyph, ')');
            }
            Some(Group::Struck) => self.struck = self.struck.saturating_sub(1),
        }
    }

    /// `^2` stays; the `^` of `^{classmate}` says nothing.
    fn raised(&mut self, glyph: Glyph) {
        let braced = self.run.get(self.at).is_some_and(|next| next.c == '{');
        let what = self.run.get(self.at + usize::from(braced));
        if what.is_some_and(|next| next.c.is_ascii_digit()) {
            self.push(glyph, '^');
        }
        if braced {
            self.expects = Some(Group::Contents);
        }
    }

    fn command(&mut self, glyph: Glyph) {
        let start = self.at;
        while self.run.get(self.at).is_some_and(|next| next.c.is_ascii_alphabetic()) {
            self.at += 1;
        }
        if self.at > start {
            let name: String = self.run[start..self.at].iter().take(24).map(|glyph| glyph.c).collect();
            return self.named(&name, glyph, start);
        }
        let Some(&next) = self.run.get(self.at) else { return };
        self.at += 1;
        match next.c {
            '\\' => {
                self.push(glyph, '\n');
                self.skip_length();
            }
            ',' | ';' | ':' | '!' | ' ' | '\n' => self.push(next, if next.c == '\n' { '\n' } else { ' ' }),
            '(' | ')' | '[' | ']' => self.push(next, SOFT),
            // What Markdown keeps from being a mark.
            c => self.push(next, c),
        }
    }

    fn named(&mut self, name: &str, glyph: Glyph, start: usize) {
        let c = match name {
            "times" | "cdot" | "ast" | "star" => '×',
            "div" => '/',
            "lfloor" => '⌊',
            "rfloor" => '⌋',
            "lceil" => '⌈',
            "rceil" => '⌉',
            "lbrace" | "lbrack" => '(',
            "rbrace" | "rbrack" => ')',
            "approx" | "simeq" | "cong" | "equiv" | "Rightarrow" | "rightarrow" | "to" | "implies" => '=',
            // `{a \over b}`: what is above the line began with the group.
            "over" if self.groups.last() == Some(&Group::Bracketed) => {
                for c in [')', '/', '('] {
                    self.push(glyph, c);
                }
                return;
            }
            "over" => '/',
            "newline" | "cr" | "tabularnewline" => '\n',
            "quad" | "qquad" | "space" | "left" | "right" | "big" | "Big" | "bigg" | "Bigg" | "bigl" | "bigr"
            | "Bigl" | "Bigr" | "displaystyle" | "limits" | "hline" | "therefore" | "because" => ' ',
            "frac" | "dfrac" | "tfrac" | "cfrac" => return self.fraction(glyph),
            "text" | "mathrm" | "mathbf" | "mathit" | "mathsf" | "mathtt" | "textbf" | "textit" | "textrm"
            | "operatorname" | "mbox" | "hbox" | "boxed" | "underline" | "overline" | "bf" | "rm" | "it"
            | "textcircled" | "circled" => {
                self.expects = Some(Group::Contents);
                return;
            }
            "cancel" | "bcancel" | "xcancel" | "sout" | "st" | "strike" => {
                self.expects = Some(Group::Struck);
                return;
            }
            "begin" | "end" => return self.environment(glyph, name),
            // An unknown command is a word like any other: it is not dropped.
            _ => {
                for at in start..self.at {
                    let glyph = self.run[at];
                    self.push(glyph, glyph.c);
                }
                return;
            }
        };
        self.push(glyph, c);
    }

    /// `\frac{a}{b}`, and `\frac12`.
    fn fraction(&mut self, glyph: Glyph) {
        let mut ahead = self.at;
        while self.run.get(ahead).is_some_and(|next| next.c == ' ') {
            ahead += 1;
        }
        match (self.run.get(ahead), self.run.get(ahead + 1)) {
            (Some(a), Some(b)) if a.c.is_ascii_digit() && b.c.is_ascii_digit() => {
                let (a, b) = (*a, *b);
                self.at = ahead + 2;
                for (from, c) in [(glyph, '('), (a, a.c), (a, '/'), (b, b.c), (b, ')')] {
                    self.push(from, c);
                }
            }
            _ => self.expects = Some(Group::Above),
        }
    }

    /// `\begin{array}{lll}` says nothing that is read; it ends a line.
    fn environment(&mut self, glyph: Glyph, name: &str) {
        let array = self.run.get(self.at..).is_some_and(|rest| {
            let name: String = rest.iter().take(8).map(|glyph| glyph.c).collect();
            name.starts_with("{array") || name.starts_with("{tabular")
        });
        for _ in 0..1 + usize::from(array && name == "begin") {
            let close = self.run[self.at..].iter().take(40).position(|glyph| glyph.c == '}');
            if let (Some('{'), Some(close)) = (self.run.get(self.at).map(|glyph| glyph.c), close) {
                self.at += close + 1;
            }
        }
        self.push(glyph, SOFT);
    }

    /// `\\[4pt]`
    fn skip_length(&mut self) {
        let ahead: String = self.run[self.at..].iter().take(9).map(|glyph| glyph.c).collect();
        if let Some(inner) = ahead.strip_prefix('[').and_then(|rest| rest.split_once(']'))
            && ["pt", "em", "ex", "mm"].iter().any(|unit| inner.0.ends_with(unit))
        {
            self.at += inner.0.chars().count() + 2;
        }
    }

    /// `&times;`; the `&` that LaTeX aligns with says nothing.
    fn entity(&mut self, glyph: Glyph) {
        let ahead: String = self.run[self.at..].iter().take(10).map(|glyph| glyph.c).collect();
        let Some((name, _)) = ahead.split_once(';') else { return };
        let number = name.strip_prefix('#').and_then(|number| match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => number.parse().ok(),
        });
        let c = match (number.and_then(char::from_u32), name) {
            (Some(c), _) => c,
            (_, "times") => '×',
            (_, "divide") => '÷',
            (_, "minus" | "ndash" | "mdash") => '−',
            (_, "sdot" | "middot") => '·',
            (_, "nbsp" | "thinsp" | "ensp" | "emsp") => ' ',
            (_, "lt") => '<',
            (_, "gt") => '>',
            (_, "amp") => '&',
            (_, "quot") => '"',
            (_, "apos") => '\'',
            (_, "lfloor") => '⌊',
            (_, "rfloor") => '⌋',
            (_, "lceil") => '⌈',
            (_, "rceil") => '⌉',
            _ => return,
        };
        self.at += name.chars().count() + 1;
        self.push(glyph, c);
    }

    /// `<br>`, `<del>`; another tag says nothing.
    fn tag(&mut self, glyph: Glyph) {
        let rest = &self.run[self.at..];
        let first = rest.first().map_or(' ', |glyph| glyph.c);
        let close = rest.iter().take(120).position(|glyph| glyph.c == '>' || glyph.c == '<');
        let (true, Some(close)) = (first.is_ascii_alphabetic() || first == '/', close) else {
            return self.push(glyph, '<');
        };
        if rest[close].c == '<' {
            return self.push(glyph, '<');
        }
        let inner: String = rest[..close].iter().map(|glyph| glyph.c.to_ascii_lowercase()).collect();
        self.at += close + 1;
        let name = inner.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        match (name, inner.starts_with('/')) {
            ("del" | "s" | "strike", false) => self.struck += 1,
            ("del" | "s" | "strike", true) => self.struck = self.struck.saturating_sub(1),
            ("br" | "p" | "div" | "li" | "tr" | "hr", _) => self.push(glyph, '\n'),
            ("sup" | "sub" | "b" | "i" | "em" | "strong" | "u" | "span" | "mark", _) => {}
            _ => self.push(glyph, ' '),
        }
    }
}
