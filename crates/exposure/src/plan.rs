//! In which form a list of cells may be answered, or why it waits. Never looks at a count.

use crate::account::Account;
use crate::charge::Charge;
use crate::crowds::{Crowd, Crowds};
use crate::ground::{Form, Ground, Span};
use crate::record::{Cell, Record};
use std::collections::{BTreeMap, BTreeSet};

/// A question: cells of one crowd, known before any count is looked at. Which sites of a region are "there" is itself told by
/// the people in it, so the list comes from the asker or from a public catalogue, never from the panel.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The release lineage: releases that may share people.
    pub lineage: u32,
    /// Who is counted.
    pub crowd: Crowd,
    /// Alleles and floor of this crowd.
    pub ground: &'a Ground,
    /// What is asked.
    pub cells: &'a [Cell],
    /// The most telling form wanted.
    pub finest: Form,
}

/// What may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// All cells in this form; cells that the asker was shown in a finer one stay in that.
    Answer(Form),
    /// Nothing now.
    Wait(Wait),
}

/// Why nothing is answered now, and what changes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The account with this index has less left than the coarsest answer may cost. A smaller list may fit.
    Spent {
        /// Index of the account in the list given.
        account: usize,
        /// What the coarsest answer may cost at most.
        needed: Charge,
        /// What is left.
        left: Charge,
    },
    /// Put beside what was shown of other people, the answer would be about so few that a whole budget does not suffice.
    /// The next batch, in which more have changed, may.
    Difference {
        /// Index of the cell in the list.
        cell: usize,
        /// People of the smallest part set apart.
        people: u32,
    },
    /// Another site of the cell's linkage block is the one that is answered.
    Linked {
        /// Index of the cell in the list.
        cell: usize,
    },
}

/// Decides a question against every account that must pay, each with its whole budget: the user's, the organisation's.
///
/// Depends on what was shown before, on sizes and on the list; on no hidden count. So a refusal tells nothing.
pub fn decide(ask: &Ask, crowds: &Crowds, record: &Record, payers: &[(&Account, Charge)]) -> Decision {
    let mut sites = BTreeMap::new();
    for (cell, index) in ask.cells.iter().zip(0..) {
        let sibling = *sites.entry(cell.block).or_insert(cell.site) != cell.site;
        if sibling || record.is_taken(ask.lineage, *cell) {
            return Decision::Wait(Wait::Linked { cell: index });
        }
        // Shown once is shown again, whatever others were shown since.
        let again = |payer: &Account| payer.form(ask.lineage, *cell, ask.crowd) >= Some(ask.finest);
        if payers.iter().all(|(payer, _)| again(payer)) {
            continue;
        }
        if let Some(people) = ask.part(*cell, crowds, record) {
            let least = ask.ground.worst_of_part(people);
            if payers.iter().any(|(_, budget)| least > *budget) {
                return Decision::Wait(Wait::Difference { cell: index, people });
            }
        }
    }
    let mut wait = None;
    for form in Form::ALL.into_iter().filter(|form| *form <= ask.finest) {
        let short = payers.iter().enumerate().find_map(|(account, (payer, budget))| {
            let (needed, left) = (ask.needed(form, crowds, record, payer), budget.less(payer.spent()));
            (needed > left).then_some(Wait::Spent { account, needed, left })
        });
        let Some(short) = short else { return Decision::Answer(form) };
        wait = Some(short);
    }
    Decision::Wait(wait.expect("every finest form has itself to try"))
}

impl Ask<'_> {
    /// What an answer cost: to be noted in every account that pays, whatever the plan had reserved.
    pub fn charge(&self, cell: Cell, form: Form, span: Span, crowds: &Crowds, record: &Record) -> Charge {
        let own = self.ground.price(form, span);
        let part = self.part(cell, crowds, record).map(|people| self.ground.price_of_part(people, span));
        own.max(part.unwrap_or_default())
    }

    /// The most that this form may add to an account.
    fn needed(&self, form: Form, crowds: &Crowds, record: &Record, payer: &Account) -> Charge {
        let mut sum = Charge::ZERO;
        for cell in self.cells.iter().collect::<BTreeSet<_>>() {
            if payer.form(self.lineage, *cell, self.crowd).is_some_and(|before| before >= form) {
                continue;
            }
            let part = self.part(*cell, crowds, record).map(|people| self.ground.worst_of_part(people));
            let worst = self.ground.worst(form).max(part.unwrap_or_default());
            sum = sum.plus(worst);
        }
        sum
    }

    /// People of the smallest part that this crowd and those shown before set apart. `None` where nobody was shown another.
    fn part(&self, cell: Cell, crowds: &Crowds, record: &Record) -> Option<u32> {
        let mut all: Vec<Crowd> =
            record.crowds(self.lineage, cell).filter(|other| *other != self.crowd).collect();
        if all.is_empty() {
            return None;
        }
        all.push(self.crowd);
        crowds.smallest_part(&all)
    }
}
