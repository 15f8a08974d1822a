//! What a finance officer reads: trial balance, an institution's account, cost per genome, what-if revenue.

use super::{READ, wrong};
use crate::ask::Asker;
use crate::error::GateError;
use crate::gate::Gate;
use chrono::NaiveDate;
use gj_model::InstitutionId;
use gj_money::{
    Account, Contribution, FiscalYear, Forecast, PerUnit, Request, Tariff, TrialBalance, Yen, forecast,
};
use gj_registry::money::Received;
use serde::Serialize;

/// An institution's account.
#[derive(Debug, Clone, Serialize)]
pub struct Statement {
    /// Whose.
    pub institution: InstitutionId,
    /// Its invoices.
    pub invoices: Vec<InvoiceCard>,
    /// Still owed by it, over all invoices.
    pub owed: Yen,
    /// Owed back to it.
    pub owed_back: Yen,
    /// What it gave.
    pub contributions: Vec<Contribution>,
}

/// An invoice with what became of it.
#[derive(Debug, Clone, Serialize)]
pub struct InvoiceCard {
    /// Its number.
    pub invoice: String,
    /// Day of issue.
    pub issued_on: NaiveDate,
    /// Last day to pay.
    pub due_on: NaiveDate,
    /// `open`, `overdue`, `settled` or `written off`.
    pub state: &'static str,
    /// To pay, with tax.
    pub total: Yen,
    /// Taken back, with tax.
    pub credited: Yen,
    /// Still owed.
    pub owed: Yen,
    /// Money received for it.
    pub received: Vec<Received>,
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
    /// Every account with its sums; the difference is zero.
    ///
    /// # Errors
    /// A refusal; when the registry cannot be read.
    pub async fn trial_balance(&self, asker: &Asker) -> Result<TrialBalance, GateError> {
        self.authorise(asker, READ, "trial balance").await?;
        Ok(self.inner.registry.read().await?.trial_balance().await?)
    }

    /// An institution's invoices, debts and contributions.
    ///
    /// # Errors
    /// A refusal; an unknown institution.
    pub async fn statement(
        &self,
        asker: &Asker,
        institution: &InstitutionId,
    ) -> Result<Statement, GateError> {
        self.authorise(asker, READ, institution.as_str()).await?;
        let today = self.inner.clock.today();
        let mut reads = self.inner.registry.read().await?;
        if reads.institution(institution).await?.is_none() {
            return wrong(format!("there is no institution `{institution}`"));
        }
        let mut invoices = Vec::new();
        for stored in reads.invoices_of(institution).await? {
            let number = stored.invoice.number;
            let owed = reads.balance(Account::Receivable, &number).await?;
            let given_up = reads.balance(Account::BadDebt, &number).await?;
            let notes = reads.credit_notes(&number).await?;
            invoices.push(InvoiceCard {
                issued_on: stored.invoice.issued_on,
                due_on: stored.invoice.due_on,
                state: match owed > Yen::ZERO {
                    true if stored.invoice.due_on < today => "overdue",
                    true => "open",
                    false if !given_up.is_zero() => "written off",
                    false => "settled",
                },
                total: stored.total,
                credited: Yen::sum(notes.iter().map(|note| note.totals.total))?,
                owed,
                received: reads.received_for(&number).await?,
                invoice: number,
            });
        }
        Ok(Statement {
            institution: institution.clone(),
            owed: Yen::sum(invoices.iter().map(|card| card.owed))?,
            invoices,
            owed_back: reads.balance(Account::Owed, institution.as_str()).await?.opposite()?,
            contributions: reads.contributions_of(institution).await?,
        })
    }

    /// What was spent for each genome that is held.
    ///
    /// # Errors
    /// A refusal; when the registry cannot be read.
    pub async fn genome_cost(&self, asker: &Asker) -> Result<GenomeCost, GateError> {
        self.authorise(asker, READ, "genome cost").await?;
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

    /// What the quotes that became invoices in a fiscal year would have brought under another tariff, priced
    /// on the days of the quotes or, with `on`, all on one day.
    ///
    /// # Errors
    /// A refusal; every mistake of the file.
    pub async fn forecast(
        &self,
        asker: &Asker,
        year: FiscalYear,
        (text, name): (&str, &str),
        on: Option<NaiveDate>,
    ) -> Result<Forecast, GateError> {
        self.authorise(asker, READ, &format!("forecast {year}")).await?;
        let other = Tariff::parse(text, name)?;
        let quotes = self.inner.registry.read().await?.quotes_of(year).await?;
        let mut past: Vec<(Request, String, Vec<Yen>)> = Vec::new();
        for stored in quotes.into_iter().filter(|stored| stored.invoice.is_some()) {
            let mut request = stored.quote.request;
            request.date = on.unwrap_or(request.date);
            let amounts = stored.quote.lines.iter().map(|line| line.amount).collect();
            past.push((request, stored.quote.class, amounts));
        }
        let past = past.iter().map(|(request, class, amounts)| (request, class.as_str(), amounts.clone()));
        Ok(forecast(past, &other)?)
    }
}
