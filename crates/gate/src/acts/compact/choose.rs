//! Which batches of a group become one: bounded in people and bytes, and rewriting little for what it gains.

use crate::config::Compaction;
use gj_store::Batch;

/// What is weighed of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    /// Columns.
    pub(super) people: u64,
    /// Of genotypes.
    pub(super) bytes: u64,
    /// Whether it was compacted before.
    pub(super) sorted: bool,
    /// Whether it was made of gVCFs.
    pub(super) is_gvcf: bool,
}

/// When to compact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Eagerness {
    /// Whatever becomes fewer or smaller.
    Everything,
    /// When enough has come in, and older batches only if they are no larger than that.
    WhenWorthwhile,
}

impl Size {
    pub(super) fn of(batch: &Batch) -> Size {
        Size {
            people: batch.samples() as u64,
            bytes: batch.manifest().genotype_bytes(),
            sorted: batch.is_sorted(),
            is_gvcf: batch.has_callability(),
        }
    }
}

/// Batches that are to become one, by index, ascending; `None` when there is nothing to do. Sizes come
/// in the order of arrival.
pub(super) fn choose(sizes: &[Size], limits: &Compaction, eagerness: Eagerness) -> Option<Vec<usize>> {
    match eagerness {
        Eagerness::Everything => everything(sizes, limits),
        Eagerness::WhenWorthwhile => worthwhile(sizes, limits),
    }
}

/// Batches being gathered.
#[derive(Default)]
struct Bin {
    chosen: Vec<usize>,
    people: u64,
    bytes: u64,
}

impl Bin {
    /// Adds a batch if there is room; one alone always has.
    fn add(&mut self, index: usize, size: &Size, limits: &Compaction) -> bool {
        let fits =
            self.people + size.people <= limits.people_max && self.bytes + size.bytes <= limits.bytes_max;
        if !self.chosen.is_empty() && !fits {
            return false;
        }
        self.chosen.push(index);
        self.people += size.people;
        self.bytes += size.bytes;
        true
    }
}

fn everything(sizes: &[Size], limits: &Compaction) -> Option<Vec<usize>> {
    let gains = |bin: &Bin| bin.chosen.len() > 1 || bin.chosen.iter().any(|index| !sizes[*index].sorted);
    let mut bin = Bin::default();
    for (index, size) in sizes.iter().enumerate() {
        if !bin.add(index, size, limits) {
            if gains(&bin) {
                return Some(bin.chosen);
            }
            bin = Bin::default();
            bin.add(index, size, limits);
        }
    }
    gains(&bin).then_some(bin.chosen)
}

fn worthwhile(sizes: &[Size], limits: &Compaction) -> Option<Vec<usize>> {
    let came: Vec<usize> = (0..sizes.len()).filter(|index| !sizes[*index].sorted).collect();
    let bytes: u64 = came.iter().map(|index| sizes[*index].bytes).sum();
    if came.is_empty() || (came.len() < limits.batches_min && bytes < limits.bytes_min) {
        return None;
    }
    let mut bin = Bin::default();
    for index in came {
        bin.add(index, &sizes[index], limits);
    }
    // A batch is rewritten again only to at least double: over its life, a few times.
    let mut older: Vec<usize> = (0..sizes.len()).filter(|index| sizes[*index].sorted).collect();
    older.sort_by_key(|index| sizes[*index].people);
    for index in older {
        if sizes[index].people <= bin.people {
            bin.add(index, &sizes[index], limits);
        }
    }
    bin.chosen.sort_unstable();
    Some(bin.chosen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn size(people: u64, sorted: bool) -> Size {
        Size { people, bytes: people * 10, sorted, is_gvcf: false }
    }

    fn limits() -> Compaction {
        Compaction {
            people_max: 100,
            bytes_max: 10_000,
            batches_min: 3,
            bytes_min: 500,
            ..Compaction::default()
        }
    }

    #[test]
    fn in_the_background_it_waits_until_it_is_worthwhile() {
        let choose = |sizes: &[Size]| choose(sizes, &limits(), Eagerness::WhenWorthwhile);
        assert_eq!(choose(&[size(1, false), size(1, false)]), None);
        assert_eq!(choose(&[size(1, false); 3]), Some(vec![0, 1, 2]));
        assert_eq!(choose(&[size(50, false)]), Some(vec![0]), "many bytes");
        // A large older batch is left alone, a small one joins.
        let sizes = [size(90, true), size(2, true), size(1, false), size(1, false), size(1, false)];
        assert_eq!(choose(&sizes), Some(vec![1, 2, 3, 4]));
        assert_eq!(choose(&[size(90, true), size(5, true)]), None);
    }

    proptest! {
        /// Compacting again and again ends, within the limits, and every batch is in it.
        #[test]
        fn compacting_everything_ends(people in proptest::collection::vec((1u64..150, any::<bool>()), 0..20)) {
            let mut sizes: Vec<Size> = people.into_iter().map(|(people, sorted)| size(people, sorted)).collect();
            let total: u64 = sizes.iter().map(|size| size.people).sum();
            let mut runs = 0;
            while let Some(chosen) = choose(&sizes, &limits(), Eagerness::Everything) {
                let sum: u64 = chosen.iter().map(|index| sizes[*index].people).sum();
                prop_assert!(sum <= 100 || chosen.len() == 1);
                for index in chosen[1..].iter().rev() {
                    sizes.remove(*index);
                }
                sizes[chosen[0]] = size(sum, true);
                runs += 1;
                prop_assert!(runs <= 40);
            }
            prop_assert_eq!(sizes.iter().map(|size| size.people).sum::<u64>(), total);
            prop_assert!(sizes.iter().all(|size| size.sorted));
            prop_assert!(sizes.windows(2).all(|pair| pair[0].people + pair[1].people > 100));
        }
    }
}
