//! A row's bytes in three parts, so that the long one is made and written without being copied.

/// What the writer appends to a file, part after part.
pub(crate) struct Encoded {
    /// Everything before the genotypes.
    pub(crate) head: Vec<u8>,
    /// The genotypes.
    pub(crate) body: Vec<u8>,
    /// Everything after them.
    pub(crate) tail: &'static [u8],
}

impl Encoded {
    /// A row that is in one part already.
    pub(crate) fn of(row: Vec<u8>) -> Encoded {
        Encoded { head: row, body: Vec::new(), tail: &[] }
    }

    /// The parts in their order.
    pub(crate) fn parts(&self) -> [&[u8]; 3] {
        [&self.head, &self.body, self.tail]
    }
}
