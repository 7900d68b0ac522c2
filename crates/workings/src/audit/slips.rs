//! Slips of arithmetic: what may have happened to a product that is almost right.

use super::alone::Params;
use super::hand::{Edit, Hand};

/// The slip that leads from what should be to what is, if it looks like one (P18).
pub(super) fn slip(read: &str, wrong: i128, meant: i128, own: &Params) -> Option<&'static str> {
    if wrong * 10 == meant || meant * 10 == wrong {
        return Some("P18a");
    }
    let zero = Hand::default().edits(read, meant);
    if zero == [Edit::Dropped(0)] || zero == [Edit::Added(0)] {
        return Some("P18a");
    }
    let difference = (wrong - meant).abs();
    // One place off by a little: 854 for 864.
    let power = (0..30).map(|at| 10i128.pow(at)).find(|power| difference % power == 0 && difference / power < 10);
    if power.is_some() {
        return Some("P18b");
    }
    // A partial product: one digit of a factor times the other.
    let fan_in = own.fan_in?;
    let partial = |n: i128| (0..9).any(|at| (1..10).any(|digit| n == digit * fan_in * 10i128.pow(at)));
    partial(difference).then_some("P18c")
}
