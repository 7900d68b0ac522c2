//! The order in which layers stand: that of the file, as far as each stands behind what it takes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The steps in the order of the file as far as each stands behind what it takes; what goes in a circle comes last.
pub(super) fn order(steps: usize, needs: impl Fn(usize) -> Vec<usize>) -> Vec<usize> {
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); steps];
    let mut open: Vec<usize> = vec![0; steps];
    for (id, open) in open.iter_mut().enumerate() {
        for need in needs(id) {
            users[need].push(id);
            *open += 1;
        }
    }
    let mut ready: BinaryHeap<Reverse<usize>> = (0..steps).filter(|id| open[*id] == 0).map(Reverse).collect();
    let mut order = Vec::with_capacity(steps);
    while let Some(Reverse(id)) = ready.pop() {
        order.push(id);
        for user in &users[id] {
            open[*user] -= 1;
            if open[*user] == 0 {
                ready.push(Reverse(*user));
            }
        }
    }
    order.extend((0..steps).filter(|id| open[*id] > 0));
    order
}
