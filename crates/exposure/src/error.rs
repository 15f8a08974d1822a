//! What can be wrong with what the ledger is given.

/// Why something was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExposureError {
    /// The floor leaves no count that may be shown, or is so low that the prices no longer hold.
    #[error(
        "floor of {floor} alleles for {alleles} alleles: it must be at least {least} and at most a quarter of them"
    )]
    Floor {
        /// What was given.
        floor: u32,
        /// Alleles of the people counted.
        alleles: u32,
        /// The smallest floor for which prices are proven.
        least: u32,
    },
    /// More carriers than alleles.
    #[error("a count of {count} among {alleles} alleles")]
    Count {
        /// What was given.
        count: u32,
        /// Alleles of the people counted.
        alleles: u32,
    },
    /// A part of people that is empty, given twice, or of another size than before.
    #[error(
        "part {part} with {people} people: parts of a crowd are not empty, named once and never change in size"
    )]
    Part {
        /// Its number.
        part: u32,
        /// The people in it.
        people: u32,
    },
    /// Bytes that are no stored state.
    #[error("stored {what} broken at byte {at}: expected {expected}")]
    State {
        /// Which state.
        what: &'static str,
        /// Where, from 0.
        at: usize,
        /// What should have been there.
        expected: &'static str,
    },
}
