//! An entry: postings that add up to zero, or no entry at all.

use crate::account::Account;
use crate::error::MoneyError;
use crate::yen::Yen;
use chrono::NaiveDate;
use gj_model::Bilingual;
use serde::Serialize;

/// One side of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Posting {
    /// Where.
    pub account: Account,
    /// The invoice, institution, contribution or budget line it is about; may be empty.
    pub about: String,
    /// Above zero a debit (借方), below zero a credit (貸方).
    pub amount: Yen,
}

impl Posting {
    /// A debit.
    pub fn debit(account: Account, about: &str, amount: Yen) -> Posting {
        Posting { account, about: about.to_owned(), amount }
    }

    /// A credit; `amount` as it is said, above zero.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] for the one number that has no opposite.
    pub fn credit(account: Account, about: &str, amount: Yen) -> Result<Posting, MoneyError> {
        Ok(Posting::debit(account, about, amount.opposite()?))
    }
}

/// A balanced entry. It cannot be made otherwise, nor changed:
///
/// ```compile_fail
/// fn lose(entry: &mut gj_money::Entry) {
///     entry.postings.clear();
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    day: NaiveDate,
    act: String,
    words: Bilingual,
    postings: Vec<Posting>,
    reverses: Option<u64>,
}

impl Entry {
    /// An entry on a day. Postings of nothing are left out.
    ///
    /// # Errors
    /// [`MoneyError::Unbalanced`] when the postings do not add up to zero, [`MoneyError::Empty`] when
    /// there are none.
    pub fn new(
        day: NaiveDate,
        act: &str,
        words: Bilingual,
        postings: impl IntoIterator<Item = Posting>,
    ) -> Result<Entry, MoneyError> {
        let postings: Vec<Posting> =
            postings.into_iter().filter(|posting| !posting.amount.is_zero()).collect();
        if postings.is_empty() {
            return Err(MoneyError::Empty);
        }
        match Yen::sum(postings.iter().map(|posting| posting.amount))? {
            Yen::ZERO => Ok(Entry { day, act: act.to_owned(), words, postings, reverses: None }),
            sum => Err(MoneyError::Unbalanced(sum)),
        }
    }

    /// The entry that undoes this one, which has the number `number` in the ledger.
    ///
    /// # Errors
    /// [`MoneyError::Reversed`] when this is a reversal itself.
    pub fn reversal(&self, number: u64, day: NaiveDate, why: Bilingual) -> Result<Entry, MoneyError> {
        if let Some(reversed) = self.reverses {
            return Err(MoneyError::Reversed(reversed));
        }
        let opposite =
            |posting: &Posting| Ok(Posting { amount: posting.amount.opposite()?, ..posting.clone() });
        let postings: Vec<Posting> = self.postings.iter().map(opposite).collect::<Result<_, MoneyError>>()?;
        Ok(Entry { reverses: Some(number), ..Entry::new(day, "reverse", why, postings)? })
    }

    /// The day it is booked on.
    pub fn day(&self) -> NaiveDate {
        self.day
    }

    /// Which act it is of: `invoice`, `pay` …
    pub fn act(&self) -> &str {
        &self.act
    }

    /// What happened, in words.
    pub fn words(&self) -> &Bilingual {
        &self.words
    }

    /// Its postings.
    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }

    /// The entry it undoes.
    pub fn reverses(&self) -> Option<u64> {
        self.reverses
    }
}
