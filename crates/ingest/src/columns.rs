//! Which sample columns of a file are decoded.

/// The sample columns of a file, and those that are kept.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    kept: Vec<bool>,
    count: usize,
}

impl Columns {
    pub(crate) fn all(total: usize) -> Columns {
        Columns { kept: vec![true; total], count: total }
    }

    /// Keeps `columns` of `total`; indices past the end are ignored.
    pub(crate) fn only(columns: &[usize], total: usize) -> Columns {
        let mut kept = vec![false; total];
        columns.iter().filter(|column| **column < total).for_each(|column| kept[*column] = true);
        let count = kept.iter().filter(|kept| **kept).count();
        Columns { kept, count }
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

    pub(crate) fn keeps(&self, column: usize) -> bool {
        self.kept.get(column).copied().unwrap_or(false)
    }
}
