//! A set of the people of one batch. Nothing reads genotypes without one.

use std::ops::Range;

/// A set of sample indices `0..len` of one batch.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SampleSet {
    words: Vec<u64>,
    len: usize,
}

impl Clone for SampleSet {
    fn clone(&self) -> SampleSet {
        SampleSet { words: self.words.clone(), len: self.len }
    }

    /// In the memory that is there, for one row after another.
    fn clone_from(&mut self, other: &SampleSet) {
        self.words.clone_from(&other.words);
        self.len = other.len;
    }
}

impl SampleSet {
    /// Nobody of a batch of `len` samples.
    pub fn none(len: usize) -> SampleSet {
        SampleSet { words: vec![0; len.div_ceil(64)], len }
    }

    /// Everybody of a batch of `len` samples.
    pub fn all(len: usize) -> SampleSet {
        let mut words = vec![u64::MAX; len.div_ceil(64)];
        if let (Some(last), 1..) = (words.last_mut(), len % 64) {
            *last = u64::MAX >> (64 - len % 64);
        }
        SampleSet { words, len }
    }

    /// Size of the batch, not of the set.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the batch has no samples at all.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds a sample; an index past the batch is ignored.
    pub fn insert(&mut self, index: usize) {
        if index < self.len {
            self.words[index / 64] |= 1 << (index % 64);
        }
    }

    /// Removes a sample.
    pub fn remove(&mut self, index: usize) {
        if index < self.len {
            self.words[index / 64] &= !(1 << (index % 64));
        }
    }

    /// Whether the sample is in the set.
    pub fn contains(&self, index: usize) -> bool {
        index < self.len && self.words[index / 64] & (1 << (index % 64)) != 0
    }

    /// Number of samples in the set.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Leaves only samples that are in the other set, too.
    pub fn keep(&mut self, other: &SampleSet) {
        let others = other.words.iter().copied().chain(std::iter::repeat(0));
        self.words.iter_mut().zip(others).for_each(|(word, other)| *word &= other);
    }

    /// Adds the samples of the other set, as far as they are of this batch.
    pub fn unite(&mut self, other: &SampleSet) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
        if let (Some(last), 1..) = (self.words.last_mut(), self.len % 64) {
            *last &= u64::MAX >> (64 - self.len % 64);
        }
    }

    /// Runs of neighbouring indices in the set, ascending, split at multiples of 64 where that is easier:
    /// whole words are one step, for kernels that fill them.
    pub fn runs(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.words.iter().enumerate().flat_map(|(word, bits)| {
            let mut left = *bits;
            std::iter::from_fn(move || {
                let start = left.trailing_zeros();
                let length = left.checked_shr(start)?.trailing_ones();
                left &= u64::MAX.checked_shl(start + length).unwrap_or(0);
                Some(word * 64 + start as usize..word * 64 + (start + length) as usize)
            })
        })
    }

    /// Indices in the set, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.runs().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inserts_and_removes() {
        let mut set = SampleSet::all(130);
        assert_eq!(set.count(), 130);
        set.remove(64);
        set.remove(9000);
        assert!(!set.contains(64) && set.contains(129) && !set.contains(130));
        assert_eq!(set.iter().count(), 129);
    }

    #[test]
    fn keeps_and_unites() {
        let of = |len, step| {
            let mut set = SampleSet::none(len);
            (0..len).step_by(step).for_each(|index| set.insert(index));
            set
        };
        let (twos, threes) = (of(200, 2), of(200, 3));
        let (mut both, mut either) = (twos.clone(), twos);
        both.keep(&threes);
        either.unite(&threes);
        assert!(both.iter().eq((0..200).filter(|index| index % 6 == 0)));
        assert!(either.iter().eq((0..200).filter(|index| index % 2 == 0 || index % 3 == 0)));
        let mut short = of(70, 1);
        short.keep(&of(200, 5));
        short.unite(&SampleSet::all(200));
        assert_eq!(short, SampleSet::all(70));
    }

    #[test]
    fn runs_are_the_same_indices() {
        let mut sets = vec![SampleSet::none(0), SampleSet::none(70), SampleSet::all(64), SampleSet::all(200)];
        for gaps in [1, 2, 3, 7, 63, 64, 65] {
            let mut set = SampleSet::all(300);
            (0..300).step_by(gaps).for_each(|index| set.remove(index));
            sets.push(set);
            let mut set = SampleSet::none(300);
            (0..300).step_by(gaps).for_each(|index| set.insert(index));
            sets.push(set);
        }
        for set in sets {
            assert!(set.iter().eq((0..set.len()).filter(|index| set.contains(*index))));
            assert!(set.runs().all(|run| !run.is_empty()));
        }
    }
}
