//! A few trials of the audit, the same every time: it finds what is planted, and leaves alone what is right.

use trials::audits::{self, Case, Counts};

const SHEETS: u64 = 60;

fn counted(damaged: bool) -> Counts {
    let mut counts = Counts::default();
    for trial in (0..SHEETS).filter(|trial| (trial % 2 == 1) == damaged) {
        let case = Case::of(7, trial);
        counts.add(&audits::count(&case, true, &audits::audited(&case, true)).0);
    }
    counts
}

#[test]
fn what_is_planted_in_undamaged_sheets_is_found() {
    let counts = counted(false);
    let all = counts.all();
    assert_eq!(counts.unread.of, 0);
    assert!(all.found.percent() >= 99.0, "found {}", all.found);
    assert!(all.named_open.percent() >= 95.0, "cause {}", all.named_open);
    assert_eq!(counts.accused.of + counts.open.of, 0, "accused {}, left open {}", counts.accused, counts.open);
}

#[test]
fn what_is_planted_in_damaged_sheets_is_found() {
    let counts = counted(true);
    let all = counts.all();
    assert_eq!(counts.unread.of, 0);
    assert!(all.found.percent() >= 97.0, "found {}", all.found);
    assert!(all.named_open.percent() >= 85.0, "cause {}", all.named_open);
    assert!(counts.accused.percent() <= 0.1, "accused {}", counts.accused);
    assert!(counts.open.percent() <= 0.7, "left open {}", counts.open);
}
