//! A set of the people of one batch. Nothing reads genotypes without one.

/// A set of sample indices `0..len` of one batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleSet {
    words: Vec<u64>,
    len: usize,
}

impl SampleSet {
    /// Nobody of a batch of `len` samples.
    pub fn none(len: usize) -> SampleSet {
        SampleSet { words: vec![0; len.div_ceil(64)], len }
    }

    /// Everybody of a batch of `len` samples.
    pub fn all(len: usize) -> SampleSet {
        let mut set = SampleSet::none(len);
        (0..len).for_each(|index| set.insert(index));
        set
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

    /// Indices in the set, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.len).filter(|index| self.contains(*index))
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
}
