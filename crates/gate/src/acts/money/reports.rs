//! What a finance officer reads: trial balance, the lines of one account, cost per genome.

use crate::ask::Asker;
use crate::error::GateError;
use crate::gate::Gate;
use gj_money::{Account, FiscalYear, PerUnit, TrialBalance, Yen};
use gj_registry::money::AccountLine;
use serde::Serialize;

/// Lines of an account on one page.
pub const ACCOUNT_LINES_MAX: u32 = 100;

/// Part of an account of the ledger.
#[derive(Debug, Clone, Serialize)]
pub struct AccountPage {
    /// Which account.
    pub account: Account,
    /// Its number in the chart.
    pub code: &'static str,
    /// Which invoice, institution, contribution or budget line; empty: all.
    pub about: String,
    /// What it stood at before the first line.
    pub before: Yen,
    /// The lines, in the order they were booked.
    pub lines: Vec<AccountLine>,
    /// What it stands at after the last line.
    pub after: Yen,
    /// The entry from which the next page begins, if there is one.
    pub next: Option<u64>,
}

/// What a genome has cost.
#[derive(Debug, Clone, Serialize)]
pub struct GenomeCost {
    /// Genomes that are held.
    pub genomes: u64,
    /// Spent in all.
    pub spent: Yen,
    /// For each genome; absent while there is none.
    pub per_genome: Option<PerUnit>,
    /// The same by category.
    pub categories: Vec<CategoryCost>,
}

/// What one kind of cost comes to.
#[derive(Debug, Clone, Serialize)]
pub struct CategoryCost {
    /// Which kind.
    pub category: String,
    /// Spent.
    pub spent: Yen,
    /// For each genome.
    pub per_genome: Option<PerUnit>,
}

impl Gate {
    /// The fiscal year of today.
    pub fn fiscal_year(&self) -> FiscalYear {
        FiscalYear::of(self.inner.clock.today())
    }

    /// Every account with its sums; the difference is zero.
    ///
    /// # Errors
    /// A refusal; when the registry cannot be read.
    pub async fn trial_balance(&self, asker: &Asker) -> Result<TrialBalance, GateError> {
        self.read_books(asker, "trial balance").await?;
        Ok(self.inner.registry.read().await?.trial_balance().await?)
    }

    /// The lines of an account, about one thing or (empty) everything, from an entry on, a page at a time.
    /// A page ends between entries.
    ///
    /// # Errors
    /// A refusal; when the registry cannot be read.
    pub async fn account_page(
        &self,
        asker: &Asker,
        (account, about): (Account, &str),
        from_entry: u64,
    ) -> Result<AccountPage, GateError> {
        self.read_books(asker, &format!("account {account}")).await?;
        let mut reads = self.inner.registry.read().await?;
        let wanted = (account, about);
        let (before, mut lines) = reads.account_lines(wanted, from_entry, ACCOUNT_LINES_MAX + 1).await?;
        let mut next = None;
        if lines.len() > ACCOUNT_LINES_MAX as usize {
            // INVARIANT: an entry has far fewer postings to one account than a page has lines.
            next = lines.last().map(|line| line.entry);
            lines.retain(|line| Some(line.entry) != next);
        }
        let after = before.plus(Yen::sum(lines.iter().map(|line| line.amount))?)?;
        let (code, about) = (account.code(), about.to_owned());
        Ok(AccountPage { account, code, about, before, lines, after, next })
    }

    /// What was spent for each genome that is held.
    ///
    /// # Errors
    /// A refusal; when the registry cannot be read.
    pub async fn genome_cost(&self, asker: &Asker) -> Result<GenomeCost, GateError> {
        self.read_books(asker, "genome cost").await?;
        let mut reads = self.inner.registry.read().await?;
        let genomes = reads.genome_count().await?;
        let costs = reads.costs_by_category().await?;
        let spent = Yen::sum(costs.iter().map(|(_, spent)| *spent))?;
        let category = |(category, spent): (String, Yen)| CategoryCost {
            category,
            spent,
            per_genome: spent.over(genomes),
        };
        Ok(GenomeCost {
            genomes,
            spent,
            per_genome: spent.over(genomes),
            categories: costs.into_iter().map(category).collect(),
        })
    }
}
