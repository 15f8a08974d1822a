//! Quotes: what something would cost an institution and those it works with, and why.

use super::{QUOTE, StoredQuote, wrong};
use crate::ask::Asker;
use crate::error::GateError;
use crate::gate::Gate;
use chrono::NaiveDate;
use gj_casework::Tier;
use gj_model::InstitutionId;
use gj_money::{Funding, MONTHS_A_YEAR, Quote, Request, Tariff, Wanted, quote};
use gj_registry::Reads;
use serde_json::json;

/// Months that can be asked for at most.
const MONTHS_MAX: u32 = 600;

/// What is to be priced for whom.
#[derive(Debug, Clone)]
pub struct QuoteRequest {
    /// Who would pay.
    pub institution: InstitutionId,
    /// Who else takes part; a company among them makes it a company's price.
    pub with: Vec<InstitutionId>,
    /// Which price list; absent: the programme's own, of its profile.
    pub book: Option<String>,
    /// What for: the code of a purpose.
    pub purpose: Option<String>,
    /// Which tier of data.
    pub tier: Option<String>,
    /// What pays for the project.
    pub funding: Funding,
    /// What is asked for.
    pub lines: Vec<Wanted>,
}

/// Prices a request by the tariff of a day, less what the payer's contributions take off. Reads only: for
/// a quote, for an application's draft before it is sent, and inside any transaction.
///
/// # Errors
/// An unknown institution; an item without a price.
pub async fn price(reads: &mut Reads, request: &QuoteRequest, day: NaiveDate) -> Result<Quote, GateError> {
    let tariff = reads.tariff().await?;
    price_by(reads, request, day, &tariff).await
}

/// The same by a tariff that need not be the one in force.
pub(crate) async fn price_by(
    reads: &mut Reads,
    request: &QuoteRequest,
    day: NaiveDate,
    tariff: &Tariff,
) -> Result<Quote, GateError> {
    let mut classes = Vec::with_capacity(request.with.len() + 1);
    for id in std::iter::once(&request.institution).chain(&request.with) {
        match reads.institution(id).await? {
            Some(institution) => classes.push(institution.class.name().to_owned()),
            None => return wrong(format!("there is no institution `{id}`; add it to the programme")),
        }
    }
    let book = match &request.book {
        Some(book) => book.clone(),
        None => {
            let profile = reads.settings().await?.map(|settings| settings.profile).unwrap_or_default();
            format!("genomics-japan/{profile}")
        }
    };
    let mut discounts = Vec::new();
    for contribution in reads.contributions_of(&request.institution).await? {
        let used = reads.discount_used(&contribution.id).await?;
        discounts.push(contribution.discount(used)?);
    }
    let asked = Request {
        book,
        date: day,
        classes,
        purpose: request.purpose.clone(),
        tier: request.tier.clone(),
        funding: request.funding,
        lines: request.lines.clone(),
    };
    Ok(quote(&asked, tariff, &discounts)?)
}

/// What a project would cost, before anybody applies.
#[derive(Debug, Clone)]
pub struct PriceQuestion {
    /// Who would pay; absent: the asker's institution.
    pub institution: Option<InstitutionId>,
    /// Who else takes part.
    pub with: Vec<InstitutionId>,
    /// What for: the code of a purpose.
    pub purpose: Option<String>,
    /// How closely the data are looked at.
    pub tier: Tier,
    /// For how many months; the fee is by the years begun.
    pub months: u32,
    /// What pays for the project.
    pub funding: Funding,
}

impl Gate {
    /// What a project of so many months would cost, with the reason of every line. Keeps nothing but a line
    /// of the log.
    ///
    /// # Errors
    /// A refusal; what [`price`] says.
    pub async fn price_of(&self, asker: &Asker, question: &PriceQuestion) -> Result<Quote, GateError> {
        let own = match &asker.user {
            Some(user) => self.inner.registry.read().await?.user(user).await?.map(|user| user.institution),
            None => None,
        };
        let Some(institution) = question.institution.clone().or(own) else {
            self.authorise(asker, QUOTE, "price").await?;
            return Err(GateError::Changed);
        };
        self.authorise_for(asker, QUOTE, &institution).await?;
        if !(1..=MONTHS_MAX).contains(&question.months) {
            return wrong(format!("expected 1 to {MONTHS_MAX} months, found {}", question.months));
        }
        let item = if question.tier == Tier::Detailed { "detailed-year" } else { "panel-year" };
        let request = QuoteRequest {
            institution,
            with: question.with.clone(),
            book: None,
            purpose: question.purpose.clone(),
            tier: Some(question.tier.name().to_owned()),
            funding: question.funding,
            lines: vec![Wanted::new(item, question.months.div_ceil(MONTHS_A_YEAR))],
        };
        let mut reads = self.inner.registry.read().await?;
        let quote = price(&mut reads, &request, self.inner.clock.today()).await?;
        drop(reads);
        self.note_reading((asker, QUOTE), request.institution.as_str()).await?;
        Ok(quote)
    }

    /// Prices a request and keeps the quote, so that an invoice can be made of it.
    ///
    /// # Errors
    /// A refusal; what [`price`] says.
    pub async fn quote(&self, asker: &Asker, request: &QuoteRequest) -> Result<StoredQuote, GateError> {
        self.authorise_for(asker, QUOTE, &request.institution).await?;
        let mut tx = self.inner.registry.begin().await?;
        let quote = price(&mut tx, request, self.inner.clock.today()).await?;
        let at = self.inner.clock.at();
        let number = tx.insert_quote(&quote, &request.institution, asker.name(), &at).await?;
        let detail = json!({
            "institution": request.institution,
            "class": quote.class,
            "list": quote.request.book,
            "net": quote.totals.net,
            "total": quote.totals.total,
        });
        self.note_money(&mut tx, (asker, QUOTE), (&number, "quoted"), detail).await?;
        self.commit(tx).await?;
        Ok(StoredQuote { number, institution: request.institution.clone(), quote, invoice: None })
    }
}
