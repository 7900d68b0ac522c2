//! Lines that are worked out in the very same way: the height and the width of a square image.

use std::hash::{DefaultHasher, Hash, Hasher};

use calc::{Line, Page, Step};

/// A mark for every line of a page; lines with the same mark are made by the same arithmetic from the same numbers.
pub(super) struct Alike(Vec<u64>);

impl Alike {
    pub fn of(page: &Page) -> Alike {
        let mut marks: Vec<u64> = Vec::with_capacity(page.len());
        for line in page.lines() {
            let mark = match page.step(line) {
                Step::Literal | Step::Given { of: None, .. } => hash(&page.known(line)),
                Step::Symbol { name } => hash(&name),
                Step::Broken { .. } => hash(&("broken", line)),
                Step::Pair { pair, a, b } => hash(&(pair, marks[a.index()], marks[b.index()])),
                Step::Given { of: Some(of), .. } | Step::Called { of, .. } | Step::Taken { of, .. } => {
                    marks[of.index()]
                }
                Step::Claimed { claim } => marks[claim.subject.index()],
            };
            marks.push(mark);
        }
        Alike(marks)
    }

    /// The mark of a line.
    pub fn mark(&self, line: Line) -> u64 {
        self.0[line.index()]
    }
}

fn hash(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}
