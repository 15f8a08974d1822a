//! Checking the audit chain, from the first line to the anchored end.
//!
//! Reads every line once, in bounded memory. Never repairs: a broken chain is for people to explain.

use super::{GENESIS, Head};
use crate::anchor;
use crate::error::Error;
use crate::registry::{Reads, Registry};
use std::path::Path;

const LINES_A_PAGE: u32 = 1_000;

/// A chain that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Number of lines.
    pub lines: i64,
    /// Its end.
    pub head: Head,
    /// Number of lines that were already anchored outside the database; 0 without an anchor file.
    /// Lines after it were checked against each other only.
    pub anchored: i64,
}

/// The first thing that is wrong with a chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// A number is missing.
    #[error("line {expected} is missing; the next line says it is line {found}")]
    Gap {
        /// The number that should have come.
        expected: i64,
        /// The number that came.
        found: i64,
    },
    /// The line does not continue the one before.
    #[error("line {0} does not follow from the line before it: one of them was changed or replaced")]
    Link(i64),
    /// The line's hash is not that of its text.
    #[error("line {0} was changed after it was written: its hash is not that of its text")]
    Text(i64),
    /// The anchor knows more lines than the log.
    #[error("the log ends at line {found}, but line {anchored} was written: the end was cut off")]
    Truncated {
        /// The last line known to have been written.
        anchored: i64,
        /// The last line there is.
        found: i64,
    },
    /// The anchored line is another than the one written.
    #[error("line {0} is not the line that was anchored: the log was rewritten up to there or further")]
    Anchor(i64),
    /// The anchor file does not read.
    #[error("the anchor file does not hold a line number and a hash: it was changed or damaged")]
    AnchorForm,
}

impl Registry {
    /// Checks the whole chain against itself and against the anchor file.
    ///
    /// # Errors
    /// [`Error::Chain`] with the first fault.
    pub async fn verify_audit(&self, anchor: &Path) -> Result<Verified, Error> {
        // INVARIANT: the anchor is read before the moment is fixed, so a writer at work between the
        // two cannot make the log look cut off.
        let anchored = anchor::read(anchor)?;
        self.read().await?.verify_audit(anchored.as_ref()).await
    }
}

impl Reads {
    /// Checks the chain of this moment against itself and against an anchored end.
    ///
    /// # Errors
    /// [`Error::Chain`] with the first fault.
    pub async fn verify_audit(&mut self, anchored: Option<&Head>) -> Result<Verified, Error> {
        let mut head = Head { seq: 0, hash: GENESIS.to_owned() };
        loop {
            let page = self.audit_lines(head.seq, LINES_A_PAGE).await?;
            if page.is_empty() {
                break;
            }
            for line in page {
                let expected = head.seq + 1;
                if line.seq != expected {
                    return Err(ChainFault::Gap { expected, found: line.seq }.into());
                }
                if line.prev_hash != head.hash {
                    return Err(ChainFault::Link(line.seq).into());
                }
                if line.hash != line.computed_hash() {
                    return Err(ChainFault::Text(line.seq).into());
                }
                if anchored.is_some_and(|anchor| anchor.seq == line.seq && anchor.hash != line.hash) {
                    return Err(ChainFault::Anchor(line.seq).into());
                }
                head = Head { seq: line.seq, hash: line.hash };
            }
        }
        let anchored = anchored.map_or(0, |anchor| anchor.seq);
        if anchored > head.seq {
            return Err(ChainFault::Truncated { anchored, found: head.seq }.into());
        }
        Ok(Verified { lines: head.seq, head, anchored })
    }
}
