//! One audit line per act, committed with it. Details never name a person or hold a genotype.

use crate::error::GateError;
use crate::gate::Gate;
use gj_registry::audit::sha256_hex;
use gj_registry::{Entry, Tx, anchor};
use serde_json::Value;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// Answers are frequent: while they come, the anchor moves this often, and once more at closing.
const ANCHOR_EVERY: Duration = Duration::from_secs(1);

/// Characters of one text in a detail at most; longer ones are kept as length and digest.
const TEXT_CHARS_MAX: usize = 200;
/// Hexadecimal digits of that digest.
const DIGEST_DIGITS: usize = 16;

/// A line to be written.
pub(crate) struct Note<'a> {
    pub(crate) actor: &'a str,
    pub(crate) act: &'a str,
    pub(crate) subject: &'a str,
    pub(crate) outcome: &'a str,
    pub(crate) detail: Value,
}

impl Gate {
    /// Adds the line to an act's transaction.
    pub(crate) async fn note(&self, tx: &mut Tx, note: Note<'_>) -> Result<i64, GateError> {
        let at = self.inner.clock.at();
        let Note { actor, act, subject, outcome, detail } = note;
        Ok(tx.audit(&Entry { at: &at, actor, act, subject, outcome, detail }).await?)
    }

    /// Commits an act with its line, then moves the anchor that would betray a shortened log.
    ///
    /// An error means that nothing was done. An anchor that cannot be moved is therefore a warning: the
    /// act has taken effect, and the next line moves the anchor past it.
    pub(crate) async fn commit(&self, tx: Tx) -> Result<(), GateError> {
        let Some(head) = tx.commit().await? else { return Ok(()) };
        if let Err(error) = anchor::write(&self.anchor_path(), &head) {
            tracing::warn!(%error, "the audit anchor stays behind");
        }
        Ok(())
    }

    /// Commits the line of an answer; the anchor follows with a later one, or when the gate closes. No
    /// answer is given while it cannot be anchored.
    pub(crate) async fn commit_answer(&self, tx: Tx) -> Result<(), GateError> {
        let Some(head) = tx.commit().await? else { return Ok(()) };
        let last = || self.inner.anchored.lock().unwrap_or_else(PoisonError::into_inner);
        if last().is_some_and(|at| at.elapsed() < ANCHOR_EVERY) {
            return Ok(());
        }
        *last() = Some(Instant::now());
        if let Err(error) = anchor::write(&self.anchor_path(), &head) {
            // Until it can be moved again, no answer passes.
            *last() = None;
            return Err(error.into());
        }
        Ok(())
    }
}

/// A detail whose long texts are replaced by their length and the start of their SHA-256: who has the
/// text can show that it was this one.
pub(crate) fn bounded(mut detail: Value) -> Value {
    for value in detail.as_object_mut().into_iter().flat_map(|fields| fields.values_mut()) {
        if let Value::String(text) = value {
            let length = text.chars().count();
            if length > TEXT_CHARS_MAX {
                let digest = sha256_hex(text.as_bytes());
                *text = format!("{length} characters, sha256:{}", &digest[..DIGEST_DIGITS]);
            }
        }
    }
    detail
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn long_texts_become_their_length_and_digest() {
        let short = json!({ "place": "chr1-1-A-C", "reasons": "x", "n": 3 });
        assert_eq!(bounded(short.clone()), short);
        let long = bounded(json!({ "place": "A".repeat(100_000) }));
        let place = long["place"].as_str().unwrap();
        assert!(place.starts_with("100000 characters, sha256:") && place.len() < 60, "{place}");
        assert_eq!(bounded(json!({ "place": "あ".repeat(200) }))["place"], "あ".repeat(200));
    }
}
