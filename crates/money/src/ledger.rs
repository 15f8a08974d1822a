//! The ledger in memory: entries are added and never changed, balances follow.
//!
//! The registry keeps entries as rows; this is the same book for proofs, forecasts and tests.

use crate::account::Account;
use crate::entry::Entry;
use crate::error::MoneyError;
use crate::yen::Yen;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Entries and what they add up to.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: Vec<Entry>,
    reversed: BTreeSet<u64>,
    balances: BTreeMap<Account, (Yen, Yen)>,
    subsidiary: BTreeMap<(Account, String), Yen>,
}

/// Every account with what was debited and credited, and the difference of all, which is zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrialBalance {
    /// By account.
    pub lines: Vec<TrialLine>,
    /// All debits.
    pub debits: Yen,
    /// All credits, above zero.
    pub credits: Yen,
    /// The one less the other: zero.
    pub difference: Yen,
}

/// One account of a trial balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrialLine {
    /// Its number in the chart.
    pub code: &'static str,
    /// Its name in Japanese.
    pub ja: &'static str,
    /// Its name in English.
    pub en: &'static str,
    /// Debited in all.
    pub debits: Yen,
    /// Credited in all, above zero.
    pub credits: Yen,
    /// The one less the other.
    pub balance: Yen,
}

impl TrialBalance {
    /// Adds up what was debited and credited in each account.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] when a sum does not fit.
    pub fn of(sums: impl IntoIterator<Item = (Account, Yen, Yen)>) -> Result<TrialBalance, MoneyError> {
        let mut lines = Vec::new();
        let (mut debits, mut credits) = (Yen::ZERO, Yen::ZERO);
        for (account, debit, credit) in sums {
            (debits, credits) = (debits.plus(debit)?, credits.plus(credit)?);
            lines.push(TrialLine {
                code: account.code(),
                ja: account.ja(),
                en: account.en(),
                debits: debit,
                credits: credit,
                balance: debit.minus(credit)?,
            });
        }
        Ok(TrialBalance { lines, debits, credits, difference: debits.minus(credits)? })
    }
}

impl Ledger {
    /// Adds an entry and returns its number, from 1.
    ///
    /// # Errors
    /// [`MoneyError::Reversed`], [`MoneyError::NoEntry`] for a reversal of what was reversed or is not
    /// there; [`MoneyError::TooLarge`]. Then nothing was added.
    pub fn book(&mut self, entry: Entry) -> Result<u64, MoneyError> {
        if let Some(number) = entry.reverses() {
            self.entry(number).ok_or(MoneyError::NoEntry(number))?;
            if self.reversed.contains(&number) {
                return Err(MoneyError::Reversed(number));
            }
        }
        let mut sums = BTreeMap::new();
        for posting in entry.postings() {
            let sum = sums.entry(posting.account);
            let sum: &mut (Yen, Yen) =
                sum.or_insert_with(|| self.balances.get(&posting.account).copied().unwrap_or_default());
            match posting.amount > Yen::ZERO {
                true => sum.0 = sum.0.plus(posting.amount)?,
                false => sum.1 = sum.1.plus(posting.amount.opposite()?)?,
            }
        }
        self.balances.extend(sums);
        for posting in entry.postings() {
            let key = (posting.account, posting.about.clone());
            let balance = self.subsidiary.entry(key).or_default();
            // INVARIANT: within what the account's own sums hold, which fit.
            *balance = balance.plus(posting.amount)?;
        }
        self.reversed.extend(entry.reverses());
        self.entries.push(entry);
        Ok(self.entries.len() as u64)
    }

    /// An entry by its number.
    pub fn entry(&self, number: u64) -> Option<&Entry> {
        self.entries.get(usize::try_from(number).ok()?.checked_sub(1)?)
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The balance of an account about one invoice, institution, contribution or budget line.
    pub fn balance(&self, account: Account, about: &str) -> Yen {
        self.subsidiary.get(&(account, about.to_owned())).copied().unwrap_or_default()
    }

    /// Every account with its sums.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] when a sum does not fit.
    pub fn trial_balance(&self) -> Result<TrialBalance, MoneyError> {
        TrialBalance::of(
            self.balances.iter().map(|(account, (debits, credits))| (*account, *debits, *credits)),
        )
    }
}
