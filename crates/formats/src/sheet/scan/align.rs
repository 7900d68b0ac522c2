//! Columns that were printed apart are put beside their rows: both are in order, so it is the cheapest monotonic way.

/// The most pairs of items and rows that are weighed; beyond, the order alone decides.
const MOST: usize = 250_000;

/// The row of each item. `cost` is how ill an item fits a row, `skip` what it costs that a row gets none, and `share` what
/// it costs that a row gets another one.
pub(super) fn align(
    items: usize,
    rows: usize,
    cost: impl Fn(usize, usize) -> u32,
    skip: impl Fn(usize) -> u32,
    share: u32,
) -> Vec<usize> {
    if rows == 0 {
        return Vec::new();
    }
    if items.saturating_mul(rows) > MOST {
        return (0..items).map(|item| item.min(rows - 1)).collect();
    }
    // What it costs to skip all rows before one.
    let mut skipped = vec![0];
    for row in 0..rows {
        skipped.push(skipped[row] + skip(row));
    }
    let mut best: Vec<u32> = Vec::new();
    let mut from: Vec<Vec<u32>> = Vec::with_capacity(items);
    for item in 0..items {
        let mut next = Vec::with_capacity(rows);
        let mut came = Vec::with_capacity(rows);
        // The cheapest row above this one for the item before, with what is skipped from there counted from the top.
        let mut above: Option<(u32, usize)> = None;
        for row in 0..rows {
            let (reached, row_before) = if item == 0 {
                (skipped[row], row)
            } else {
                let shared = best[row] + share;
                let better = above.map(|(cost, at)| (cost + skipped[row] - skipped[at + 1], at));
                if let Some((cost, at)) = better.filter(|(cost, _)| *cost <= shared) {
                    (cost, at)
                } else {
                    (shared, row)
                }
            };
            next.push(reached + cost(item, row));
            came.push(row_before as u32);
            if item > 0 {
                // Compared where both have skipped up to here.
                let here = best[row];
                let keeps = above.is_some_and(|(cost, at)| cost + skipped[row + 1] - skipped[at + 1] <= here);
                if !keeps {
                    above = Some((here, row));
                }
            }
        }
        from.push(came);
        best = next;
    }
    let last = (0..rows).min_by_key(|row| best.get(*row).map_or(0, |cost| cost + skipped[rows] - skipped[row + 1]));
    let mut row = last.unwrap_or(0);
    let mut rows_of = vec![0; items];
    for item in (0..items).rev() {
        rows_of[item] = row;
        row = from[item][row] as usize;
    }
    rows_of
}

#[cfg(test)]
mod tests {
    use super::align;

    #[test]
    fn the_cheapest_way_in_order_is_found() {
        // Held against every way there is.
        let costs = [[3, 0, 5, 1], [0, 4, 2, 2], [6, 1, 0, 3]];
        let skip = [1, 0, 2, 1];
        let total = |way: &[usize]| {
            let fits: u32 = way.iter().enumerate().map(|(item, row)| costs[item][*row]).sum();
            let skipped: u32 = (0..4).filter(|row| !way.contains(row)).map(|row| skip[row]).sum();
            fits + skipped + way.windows(2).filter(|pair| pair[0] == pair[1]).count() as u32
        };
        let all = (0..4).flat_map(|a| (a..4).flat_map(move |b| (b..4).map(move |c| [a, b, c])));
        let least = all.map(|way| total(&way)).min();
        let way = align(3, 4, |item, row| costs[item][row], |row| skip[row], 1);
        assert_eq!(Some(total(&way)), least, "{way:?}");
    }
}
