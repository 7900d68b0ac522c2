//! Slips of arithmetic: what may have happened to a product that is almost right.

use super::hand::{Edit, Hand};

/// A slip that leads from a product as it should be to what is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slip {
    /// The id among the readings (P18).
    pub code: &'static str,
    /// The first factor as it was multiplied, where it was cut short.
    pub cut: Option<i128>,
}

/// The slip that leads from `features` × n = `meant` to `wrong`, if it looks like one.
pub(crate) fn slip(wrong: i128, meant: i128, features: Option<i128>) -> Option<Slip> {
    let plain = |code: &'static str| Some(Slip { code, cut: None });
    // Beyond this nothing is worked out by hand, and products would run over.
    const LARGEST: i128 = 1_000_000_000_000_000_000;
    if !(0..LARGEST).contains(&wrong) || !(0..LARGEST).contains(&meant) {
        return None;
    }
    if wrong * 10 == meant || meant * 10 == wrong {
        return plain("P18a");
    }
    let zero = Hand::default().edits(&wrong.to_string(), meant);
    if zero == [Edit::Dropped(0)] || zero == [Edit::Added(0)] {
        return plain("P18a");
    }
    let difference = (wrong - meant).abs();
    // One place off by a little: 854 for 864.
    if (0..30).map(|at| 10i128.pow(at)).any(|power| difference % power == 0 && difference / power < 10) {
        return plain("P18b");
    }
    if matches!(zero[..], [Edit::Swapped(..)]) {
        return plain("T1");
    }
    let features = features.filter(|features| *features > 0 && meant % features == 0)?;
    let count = meant / features;
    // A product of the first digits alone: 56 × 512 for 5670 × 512.
    if wrong > 0 && count > 0 && wrong % count == 0 {
        let cut = wrong / count;
        if cut > 9 && cut < features && features.to_string().starts_with(&cut.to_string()) {
            return Some(Slip { code: "P18d", cut: Some(cut) });
        }
        // 134 for 144 in the first product, or 2700 copied for 7200; the next step goes on with it.
        match Hand::default().edits(&cut.to_string(), features)[..] {
            [Edit::Digit(..)] if cut > 9 => return Some(Slip { code: "P18b", cut: Some(cut) }),
            [Edit::Swapped(..)] => return Some(Slip { code: "T1", cut: Some(cut) }),
            _ => {}
        }
    }
    // A partial product left out or taken twice: one digit of a factor times the other.
    let partial =
        |n: i128| n < LARGEST && (0..9).any(|at| (1..10).any(|digit| difference == digit * n * 10i128.pow(at)));
    if partial(features) || partial(count) { plain("P18c") } else { None }
}

/// Whether a number may have been copied as another: one digit changed, lost or added, or two exchanged.
pub(crate) fn copied(read: i128, meant: i128) -> bool {
    Hand::default().edits(&read.to_string(), meant).len() == 1
}
