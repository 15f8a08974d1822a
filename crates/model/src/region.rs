//! Places on the genome: a position and an interval, both 1-based, ends included, as people type them.

use crate::contig::{Contig, UnknownContig};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A 1-based position on a contig.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position(u32);

impl Position {
    /// `None` for 0: the first base of a contig is 1.
    pub fn new(one_based: u32) -> Option<Position> {
        (one_based > 0).then_some(Position(one_based))
    }

    /// The 1-based number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An interval of one contig, 1-based, both ends included: `chr22:42126499-42130865`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Region {
    /// The contig.
    pub contig: Contig,
    /// First base, 1-based.
    pub start: Position,
    /// Last base, 1-based, included.
    pub end: Position,
}

/// Why a text is not a region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    /// Not of the form `contig:start-end`, and no contig.
    #[error("`{0}` is not a region; write it as `chr22:42126499-42130865` (1-based, both ends included)")]
    Form(String),
    /// The contig is not known.
    #[error(transparent)]
    Contig(#[from] UnknownContig),
    /// The interval is empty, starts at 0 or leaves the contig.
    #[error("`{start}-{end}` is not an interval of {contig}, which has bases 1 to {length}")]
    Bounds {
        /// The contig asked for.
        contig: Contig,
        /// First base as typed.
        start: u64,
        /// Last base as typed.
        end: u64,
        /// Length of the contig.
        length: u32,
    },
}

impl Region {
    /// The interval `start..=end`, clipped to nothing: both ends must lie on the contig.
    ///
    /// # Errors
    /// [`RegionError::Bounds`] when the interval is empty or leaves the contig.
    pub fn new(contig: Contig, start: u64, end: u64) -> Result<Region, RegionError> {
        let length = contig.length();
        let bounds = RegionError::Bounds { contig, start, end, length };
        if start == 0 || start > end || start > u64::from(length) {
            return Err(bounds);
        }
        // A region typed generously past the end of the contig means "to the end".
        let end = end.min(u64::from(length)) as u32;
        match (Position::new(start as u32), Position::new(end)) {
            (Some(start), Some(end)) => Ok(Region { contig, start, end }),
            _ => Err(bounds),
        }
    }

    /// The whole contig.
    pub fn whole(contig: Contig) -> Region {
        Region { contig, start: Position(1), end: Position(contig.length()) }
    }

    /// Number of bases.
    pub fn span(&self) -> u32 {
        self.end.0 - self.start.0 + 1
    }

    /// Whether a 1-based position of the contig lies inside.
    pub fn contains(&self, contig: Contig, position: u32) -> bool {
        contig == self.contig && (self.start.0..=self.end.0).contains(&position)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}-{}", self.contig, self.start, self.end)
    }
}

impl FromStr for Region {
    type Err = RegionError;

    /// Thousands separators are accepted (`chr22:42,126,499-42,130,865`), a single position, and a
    /// contig alone (`chr22`), which is all of it.
    fn from_str(text: &str) -> Result<Region, RegionError> {
        let form = || RegionError::Form(text.chars().take(80).collect());
        let Some((contig, span)) = text.split_once(':') else {
            return text.parse().map(Region::whole).map_err(|_: UnknownContig| form());
        };
        let number = |part: &str| part.replace(',', "").parse::<u64>().map_err(|_| form());
        let (start, end) = match span.split_once('-') {
            Some((start, end)) => (number(start)?, number(end)?),
            None => (number(span)?, number(span)?),
        };
        Region::new(contig.parse()?, start, end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_read_back_as_written() {
        let region: Region = "chr22:42126499-42130865".parse().unwrap();
        assert_eq!(region.to_string(), "chr22:42126499-42130865");
        assert_eq!(region.span(), 4367);
        assert_eq!("22:42,126,499-42,130,865".parse(), Ok(region));
        assert_eq!("chr22:5".parse::<Region>().unwrap().span(), 1);
    }

    #[test]
    fn a_contig_alone_is_all_of_it() {
        for (text, whole) in
            [("chr22", "chr22:1-50818468"), ("1", "chr1:1-248956422"), ("MT", "chrM:1-16569")]
        {
            assert_eq!(text.parse::<Region>().unwrap().to_string(), whole);
        }
    }

    #[test]
    fn impossible_intervals_are_refused() {
        for text in [
            "",
            "chr",
            "chr99",
            "chr22:",
            "chr22:0-5",
            "chr22:9-5",
            "chr22:a-b",
            "chr99:1-2",
            "chr22:60000000-60000001",
        ] {
            assert!(text.parse::<Region>().is_err(), "{text}");
        }
    }
}
