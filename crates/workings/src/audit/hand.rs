//! How figures are misread: what it costs to take one number for another, in natural-log units of improbability.
//!
//! The rates are those of a scanner that read a handwritten sheet: 41 substitutions, 5 dropped digits and 1 added one in
//! some 1,500 digits. A person who copies also swaps neighbours (Verhoeff 1969, "Error Detecting Decimal Codes": 10 to
//! 20 % of the errors of a human hand). What one writer's digits look like is learned from the sheet itself.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

/// What a wrong digit costs before anything is known of the hand: 1 in 33 digits goes wrong, into one of nine others.
const WRONG_DIGIT: f32 = 5.7;
/// What a digit costs that was dropped.
const DROPPED: f32 = 5.7;
/// What a digit costs that was never written.
const ADDED: f32 = 8.0;
/// What two swapped neighbours cost.
const SWAPPED: f32 = 7.0;
/// What it costs that only the beginning of a number was read.
const CUT: f32 = 7.0;
/// The least that a misreading costs, however often it happens.
const LEAST: f32 = 0.7;
/// What a number costs that nothing explains, and each of its digits.
const STRAY: f32 = 6.2;
const STRAY_DIGIT: f32 = 2.3;
const STRAY_DIGITS: usize = 5;
/// A misreading that costs no more than this is a habit.
const OFTEN: f32 = 2.5;
/// Longer figures than this are compared for equality alone.
const LONGEST: usize = 13;

/// More than anything costs that can be.
pub(crate) const NEVER: f32 = 1e6;

/// A change from what was written to what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Edit {
    /// A digit read as another: written, read.
    Digit(u8, u8),
    /// A digit that was not read.
    Dropped(u8),
    /// A digit that was not written.
    Added(u8),
    /// Two neighbours the other way round.
    Swapped(u8, u8),
    /// Only the beginning was read.
    Cut,
}

impl Edit {
    /// The id of the misreading.
    pub fn code(self) -> &'static str {
        match self {
            Edit::Digit(..) => "X1",
            Edit::Dropped(_) | Edit::Added(_) => "X2",
            Edit::Swapped(..) => "X3",
            Edit::Cut => "X4",
        }
    }
}

/// What is known of a hand and its reader: the cost of every misread digit.
#[derive(Debug)]
pub(crate) struct Hand {
    digit: [[f32; 10]; 10],
    /// Whether it misreads any digit again and again.
    has_habits: bool,
    /// What has been asked before: figures and numbers come back again and again.
    memo: RefCell<HashMap<Asked, f32, BuildHasherDefault<Mix>>>,
}

/// A figure of up to 18 digits, how many there are, and a number.
type Asked = (u64, u8, u64);

/// A quick hash for small numbers that nobody chooses to collide.
#[derive(Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 29
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(5) ^ n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Clone for Hand {
    /// The same hand; what it has been asked does not go along.
    fn clone(&self) -> Hand {
        Hand::of(self.digit)
    }
}

impl Default for Hand {
    fn default() -> Hand {
        Hand::of([[WRONG_DIGIT; 10]; 10])
    }
}

impl Hand {
    fn of(digit: [[f32; 10]; 10]) -> Hand {
        let has_habits = digit.iter().flatten().any(|cost| *cost <= OFTEN);
        Hand { digit, has_habits, memo: RefCell::default() }
    }

    /// The hand in which these misreadings were seen so often, of so many digits that were written of each kind.
    pub fn learned(seen: &BTreeMap<(u8, u8), usize>, written: &[usize; 10]) -> Hand {
        let mut digit = Hand::default().digit;
        for (&(from, to), &times) in seen {
            // The first sight of a misreading may be chance; from the second on it says something of the hand.
            let share = (times as f32 - 0.7) / (written[usize::from(from)].max(times) as f32 + 1.0);
            let cost = (-share.max(1e-6).ln()).clamp(LEAST, WRONG_DIGIT);
            digit[usize::from(from)][usize::from(to)] = cost;
        }
        Hand::of(digit)
    }

    /// The same hand with a misreading taken as common, to try.
    pub fn with(&self, from: u8, to: u8, cost: f32) -> Hand {
        let mut digit = self.digit;
        digit[usize::from(from)][usize::from(to)] = cost;
        Hand::of(digit)
    }

    /// The misreadings of a digit that are cheap with this hand: what may have been written where a digit was read.
    pub fn habits(&self) -> impl Iterator<Item = (u8, u8)> + '_ {
        (0..10u8)
            .flat_map(move |from| (0..10u8).map(move |to| (from, to)))
            .filter(|&(from, to)| self.digit[usize::from(from)][usize::from(to)] < WRONG_DIGIT - 1.0)
    }

    /// What it costs to take a number for these digits; [`NEVER`] if nothing leads there.
    pub fn cost(&self, read: &str, meant: i128) -> f32 {
        let bytes = read.as_bytes();
        if !bytes.iter().all(u8::is_ascii_digit) {
            // A decimal is no whole number with a digit misread.
            return NEVER;
        }
        // Nearly all that is asked is answered here, without a look at single digits.
        if let (true, Ok(small)) = (bytes.len() <= 18, u64::try_from(meant)) {
            let number = bytes.iter().fold(0u64, |n, digit| n * 10 + u64::from(digit.wrapping_sub(b'0')));
            let length = small.checked_ilog10().map_or(1, |log| log as usize + 1);
            if number == small && length == bytes.len() {
                return 0.0;
            }
            if bytes.len().abs_diff(length) > 2 && (length < bytes.len() || number < 10) {
                return NEVER;
            }
            if length <= 18 {
                let asked = (number, bytes.len() as u8, small);
                if let Some(&known) = self.memo.borrow().get(&asked) {
                    return known;
                }
                let cost = self.work_out(bytes, meant);
                self.memo.borrow_mut().insert(asked, cost);
                return cost;
            }
        }
        self.work_out(bytes, meant)
    }

    fn work_out(&self, read: &[u8], meant: i128) -> f32 {
        let mut buffer = [0u8; 40];
        let Some(meant) = digits(meant, &mut buffer) else { return NEVER };
        if read == meant {
            return 0.0;
        }
        if read.len() > LONGEST || meant.len() > LONGEST || read.len().abs_diff(meant.len()) > 2 {
            return cut(read, meant).unwrap_or(NEVER);
        }
        let most = ((meant.len().max(read.len()) - 1) / 2).max(1);
        if let Some(cost) = self.at_a_glance(read, meant, most) {
            return cut(read, meant).map_or(cost, |cut| cost.min(cut));
        }
        let (cost, changes) = self.table(read, meant, None);
        // From half of its digits on a number says nothing of another.
        let cost = if changes > most { NEVER } else { cost };
        cut(read, meant).map_or(cost, |cut| cost.min(cut))
    }

    /// The cost where it can be told without comparing every digit with every other: one change, or far too many.
    fn at_a_glance(&self, read: &[u8], meant: &[u8], most: usize) -> Option<f32> {
        let begin = read.iter().zip(meant).take_while(|(r, m)| r == m).count();
        let shorter = read.len().min(meant.len());
        let end = read.iter().rev().zip(meant.iter().rev()).take_while(|(r, m)| r == m).count().min(shorter - begin);
        let (r, m) = (read.len() - begin - end, meant.len() - begin - end);
        match (r, m) {
            (1, 1) => {
                let digit = |byte: u8| usize::from(byte.wrapping_sub(b'0').min(9));
                Some(self.digit[digit(meant[begin])][digit(read[begin])])
            }
            (0, 1) => Some(DROPPED),
            (1, 0) => Some(ADDED),
            // With one change allowed, only a swap is left, and habits.
            (2, 2) if read[begin] == meant[begin + 1] && read[begin + 1] == meant[begin] => None,
            _ if most == 1 && !(r == m && self.has_habits) => Some(NEVER),
            // What lies between must be changed digit by digit or shifted; a change reaches one digit, a shift costs two.
            _ if r.abs_diff(m) > most.max(1) => Some(NEVER),
            _ => None,
        }
    }

    /// The changes that lead from a number to these digits.
    pub fn edits(&self, read: &str, meant: i128) -> Vec<Edit> {
        let mut buffer = [0u8; 40];
        let Some(meant) = digits(meant, &mut buffer) else { return Vec::new() };
        let read = read.as_bytes();
        if read == meant || !read.iter().all(u8::is_ascii_digit) {
            return Vec::new();
        }
        if read.len() > LONGEST || meant.len() > LONGEST || read.len().abs_diff(meant.len()) > 2 {
            return vec![Edit::Cut];
        }
        let mut edits = Vec::new();
        let (cost, _) = self.table(read, meant, Some(&mut edits));
        if cut(read, meant).is_some_and(|cut| cut < cost) { vec![Edit::Cut] } else { edits }
    }

    /// The cheapest way from `meant` to `read` (optimal string alignment), how many changes it takes, and which.
    fn table(&self, read: &[u8], meant: &[u8], edits: Option<&mut Vec<Edit>>) -> (f32, usize) {
        const N: usize = LONGEST + 1;
        let mut costs = [[(0f32, 0usize); N]; N];
        let digit = |byte: u8| byte.wrapping_sub(b'0').min(9);
        let step = |i: usize, j: usize, costs: &[[(f32, usize); N]; N]| {
            let mut best = (NEVER, 0, None);
            let mut take = |(cost, count): (f32, usize), more: f32, edit: Option<Edit>| {
                if cost + more < best.0 {
                    // What this hand does again and again says nothing against a number.
                    best = (cost + more, count + usize::from(edit.is_some() && more > OFTEN), edit);
                }
            };
            if i > 0 && j > 0 {
                let (m, r) = (digit(meant[i - 1]), digit(read[j - 1]));
                match meant[i - 1] == read[j - 1] {
                    true => take(costs[i - 1][j - 1], 0.0, None),
                    false => {
                        take(costs[i - 1][j - 1], self.digit[usize::from(m)][usize::from(r)], Some(Edit::Digit(m, r)))
                    }
                }
                if i > 1 && j > 1 && meant[i - 1] == read[j - 2] && meant[i - 2] == read[j - 1] && m != r {
                    take(costs[i - 2][j - 2], SWAPPED, Some(Edit::Swapped(digit(meant[i - 2]), m)));
                }
            }
            if i > 0 {
                take(costs[i - 1][j], DROPPED, Some(Edit::Dropped(digit(meant[i - 1]))));
            }
            if j > 0 {
                take(costs[i][j - 1], ADDED, Some(Edit::Added(digit(read[j - 1]))));
            }
            best
        };
        for i in 0..=meant.len() {
            for j in 0..=read.len() {
                if i + j > 0 {
                    let (cost, count, _) = step(i, j, &costs);
                    costs[i][j] = (cost, count);
                }
            }
        }
        if let Some(edits) = edits {
            let (mut i, mut j) = (meant.len(), read.len());
            while i + j > 0 {
                let (_, _, edit) = step(i, j, &costs);
                edits.extend(edit);
                (i, j) = match edit {
                    None | Some(Edit::Digit(..)) => (i - 1, j - 1),
                    Some(Edit::Dropped(_)) => (i - 1, j),
                    Some(Edit::Added(_)) => (i, j - 1),
                    Some(Edit::Swapped(..)) => (i - 2, j - 2),
                    Some(Edit::Cut) => break,
                };
            }
            edits.reverse();
        }
        costs[meant.len()][read.len()]
    }
}

/// What a figure costs that nothing explains.
pub(crate) fn stray(read: &str) -> f32 {
    STRAY + STRAY_DIGIT * read.len().min(STRAY_DIGITS) as f32
}

/// What it costs that only the beginning of a number was read, its last digit perhaps wrongly.
fn cut(read: &[u8], meant: &[u8]) -> Option<f32> {
    if read.len() < 2 || meant.len() <= read.len() {
        return None;
    }
    let (_, beginning) = read.split_last()?;
    match (meant.starts_with(read), read.len() > 3 && meant.starts_with(beginning)) {
        (true, _) => Some(CUT),
        (_, true) => Some(CUT + WRONG_DIGIT),
        _ => None,
    }
}

fn digits(n: i128, buffer: &mut [u8; 40]) -> Option<&[u8]> {
    if n < 0 {
        return None;
    }
    let mut at = buffer.len();
    let mut rest = n as u128;
    loop {
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            return Some(&buffer[at..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_was_read_right_costs_nothing() {
        assert_eq!(Hand::default().cost("18496", 18496), 0.0);
        assert!(Hand::default().edits("18496", 18496).is_empty());
    }

    #[test]
    fn two_misread_digits_are_found() {
        // The first sheet's third row: 18,496 written, 12996 read.
        let hand = Hand::default();
        assert_eq!(hand.edits("12996", 18496), [Edit::Digit(8, 2), Edit::Digit(4, 9)]);
        assert_eq!(hand.cost("12996", 18496), 2.0 * WRONG_DIGIT);
    }

    #[test]
    fn dropped_added_swapped_and_cut() {
        let hand = Hand::default();
        assert_eq!(hand.edits("15099692", 150_996_992), [Edit::Dropped(9)]);
        assert_eq!(hand.edits("108", 10), [Edit::Added(8)]);
        assert_eq!(hand.edits("4861", 4681), [Edit::Swapped(6, 8)]);
        assert_eq!(hand.edits("41", 41472), [Edit::Cut]);
        assert_eq!(hand.cost("7", 123), NEVER);
    }

    #[test]
    fn a_hand_is_learned() {
        let seen = BTreeMap::from([((4, 9), 9), ((8, 2), 1)]);
        let hand = Hand::learned(&seen, &[0, 0, 0, 0, 20, 0, 0, 0, 10, 0]);
        assert!(hand.cost("9", 4) < 1.5);
        assert!(hand.cost("12", 18) > 3.0);
        assert_eq!(hand.cost("13", 18), WRONG_DIGIT);
    }
}
