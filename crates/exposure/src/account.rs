//! What one user, or one organisation, was ever shown, and what that cost.

use crate::charge::Charge;
use crate::crowds::Crowd;
use crate::ground::Form;
use crate::record::Cell;
use std::collections::BTreeMap;

/// Cells shown, for ever. An organisation's is the merger of its users', so what two of them asked counts once.
///
/// Its size is bounded by the budget: every entry cost at least the smallest price there is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// By lineage, cell and crowd: the charge of each form, by its number; zero where it was not shown.
    shown: BTreeMap<(u32, Cell, Crowd), [Charge; 3]>,
    spent: Charge,
}

impl Account {
    /// The sum over cells. Crowds of one cell count once, at the dearest, because the price of a later one is that of all
    /// together. Forms of one cell and crowd are summed: who may stop at a band, or go on to the count as the band advises,
    /// gains by the choice.
    pub fn spent(&self) -> Charge {
        self.spent
    }

    /// The most telling form in which a cell was shown for this crowd: to be shown in again, at no cost.
    pub fn form(&self, lineage: u32, cell: Cell, crowd: Crowd) -> Option<Form> {
        let charges = self.shown.get(&(lineage, cell, crowd))?;
        Form::ALL.into_iter().find(|form| charges[*form as usize] > Charge::ZERO)
    }

    /// What a cell cost so far.
    fn charged(&self, lineage: u32, cell: Cell) -> Charge {
        let all = (lineage, cell, Crowd(0))..=(lineage, cell, Crowd(u32::MAX));
        let sum = |charges: &[Charge; 3]| charges.iter().fold(Charge::ZERO, |sum, charge| sum.plus(*charge));
        self.shown.range(all).map(|(_, charges)| sum(charges)).max().unwrap_or_default()
    }

    /// Notes an answer and its charge. Noting again changes nothing; of two charges the dearer counts.
    pub fn note(&mut self, lineage: u32, cell: Cell, crowd: Crowd, form: Form, charge: Charge) {
        let before = self.charged(lineage, cell);
        let entry = &mut self.shown.entry((lineage, cell, crowd)).or_default()[form as usize];
        *entry = (*entry).max(charge);
        self.spent = self.spent.less(before).plus(self.charged(lineage, cell));
    }

    /// Adds what another account was shown. In any order, any number of times, the result is the same.
    pub fn merge(&mut self, other: &Account) {
        for ((lineage, cell, crowd), charges) in &other.shown {
            for form in Form::ALL.into_iter().filter(|form| charges[*form as usize] > Charge::ZERO) {
                self.note(*lineage, *cell, *crowd, form, charges[form as usize]);
            }
        }
    }

    /// Entries.
    pub fn len(&self) -> usize {
        self.shown.len()
    }

    /// Whether nothing was shown.
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }
}
