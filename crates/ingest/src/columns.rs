//! Which sample columns of a file are decoded.

/// The sample columns of a file, and those that are kept.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    kept: Vec<bool>,
    /// For each column how many before it are kept.
    places: Vec<u32>,
    count: usize,
}

impl Columns {
    pub(crate) fn all(total: usize) -> Columns {
        Columns { kept: vec![true; total], places: (0..total as u32).collect(), count: total }
    }

    /// Keeps `columns` of `total`; indices past the end are ignored.
    pub(crate) fn only(columns: &[usize], total: usize) -> Columns {
        let mut kept = vec![false; total];
        columns.iter().filter(|column| **column < total).for_each(|column| kept[*column] = true);
        let mut count = 0;
        let place = |kept: &bool| {
            count += usize::from(*kept);
            (count - usize::from(*kept)) as u32
        };
        let places = kept.iter().map(place).collect();
        Columns { kept, places, count }
    }

    /// Columns of the file.
    pub(crate) fn total(&self) -> usize {
        self.kept.len()
    }

    /// Columns kept.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    pub(crate) fn is_all(&self) -> bool {
        self.count == self.kept.len()
    }

    /// The place of a column among those kept.
    pub(crate) fn place(&self, column: usize) -> Option<u32> {
        self.keeps(column).then(|| self.places[column])
    }

    pub(crate) fn keeps(&self, column: usize) -> bool {
        self.kept.get(column).copied().unwrap_or(false)
    }
}
