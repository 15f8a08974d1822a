//! Quotes: what was asked for, priced line by line, each with the rule that prices it and why.

use crate::discount::{Discount, GivenDiscount, Purse};
use crate::error::MoneyError;
use crate::fee::{COMPANY, CitedRule, FeeRule, Funding, Wish};
use crate::period::{self, MONTHS_A_YEAR};
use crate::tariff::Tariff;
use crate::tax::{Rounding, TaxClass, Totals, rate_on};
use crate::yen::Yen;
use chrono::NaiveDate;
use gj_model::Bilingual;
use serde::{Deserialize, Serialize};

/// The class whose price is shown as that of academia.
const ACADEMIC: &str = "university";

/// What is to be priced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Which price list.
    pub book: String,
    /// The day whose rules hold.
    #[serde(deserialize_with = "period::read")]
    pub date: NaiveDate,
    /// Institution classes of the applicant, first, and of every collaborator.
    pub classes: Vec<String>,
    /// What for: the code of a purpose.
    pub purpose: Option<String>,
    /// Which tier of data.
    pub tier: Option<String>,
    /// What pays for the project.
    pub funding: Funding,
    /// What is asked for.
    pub lines: Vec<Wanted>,
}

/// One thing asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Which item of the price list.
    pub item: String,
    /// How many units.
    pub quantity: u32,
    /// Of an item by the year, the months it is for instead of whole years; the price is in proportion,
    /// fractions of a yen dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<u32>,
    /// What was paid before for the same months: only the difference is charged.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub paid_before: Yen,
}

fn is_nothing(yen: &Yen) -> bool {
    yen.is_zero()
}

impl Wanted {
    /// So many whole units of an item.
    pub fn new(item: impl Into<String>, quantity: u32) -> Wanted {
        Wanted { item: item.into(), quantity, months: None, paid_before: Yen::ZERO }
    }

    /// What it comes to at a price of one, before discounts and before what was paid already is taken off.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] when it does not fit.
    pub fn amount(&self, unit_price: Yen) -> Result<Yen, MoneyError> {
        let whole = unit_price.times(self.quantity)?;
        match self.months {
            Some(months) => whole.in_proportion(months, MONTHS_A_YEAR),
            None => Ok(whole),
        }
    }

    /// For which months, and what was paid before for them.
    fn extent(&self, before: Yen) -> Option<Bilingual> {
        let months = self.months?;
        let (less_ja, less_en) = match before.is_zero() {
            true => (String::new(), String::new()),
            false => (
                format!("から、同じ期間についてお支払い済みの{before}円を差し引いた額"),
                format!(" less {before} yen paid for the same months"),
            ),
        };
        Some(Bilingual {
            ja: format!("（残り{months}か月分の月割り{less_ja}）"),
            en: format!(" (in proportion for the {months} months left{less_en})"),
        })
    }
}

/// A price, with everything it follows from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// What was asked.
    pub request: Request,
    /// The class whose prices hold: `company` as soon as one company takes part.
    pub class: String,
    /// The lines, in the order asked.
    pub lines: Vec<QuoteLine>,
    /// What becomes of a fraction of a yen of tax.
    pub rounding: Rounding,
    /// What it adds up to.
    pub totals: Totals,
}

/// One line of a quote and of the invoice made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteLine {
    /// Which item.
    pub item: String,
    /// What an invoice calls it.
    pub name: Bilingual,
    /// Of what one is counted.
    pub unit: Bilingual,
    /// How many.
    pub quantity: u32,
    /// Of an item by the year, the months it is for instead of whole years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<u32>,
    /// What was paid before for the same months, taken off the amount.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub paid_before: Yen,
    /// Price of one, without tax.
    pub unit_price: Yen,
    /// Price of all, before discounts.
    pub amount: Yen,
    /// What contributions take off.
    pub discounts: Vec<GivenDiscount>,
    /// To pay, without tax.
    pub net: Yen,
    /// Which tax is added.
    pub tax: TaxClass,
    /// At which rate, in whole per cent.
    pub percent: u8,
    /// Whether having paid it opens the use of data.
    pub opens_use: bool,
    /// The rule that prices it.
    pub rule: CitedRule,
    /// Why this is the price.
    pub reason: Bilingual,
    /// Price of one for academia alone, where the list has one.
    pub academic_unit_price: Option<Yen>,
    /// Price of one once a company takes part, where the list has one.
    pub company_unit_price: Option<Yen>,
}

impl QuoteLine {
    /// What was asked for.
    pub fn wanted(&self) -> Wanted {
        let QuoteLine { item, quantity, months, paid_before, .. } = self;
        Wanted { item: item.clone(), quantity: *quantity, months: *months, paid_before: *paid_before }
    }
}

impl Request {
    /// The class whose prices hold.
    fn class(&self) -> &str {
        if self.classes.iter().any(|class| class == COMPANY) {
            return COMPANY;
        }
        self.classes.first().map_or("", String::as_str)
    }

    fn wish<'a>(&'a self, item: &'a str, class: &'a str) -> Wish<'a> {
        Wish {
            book: &self.book,
            item,
            class,
            purpose: self.purpose.as_deref(),
            tier: self.tier.as_deref(),
            funding: self.funding,
            date: self.date,
        }
    }
}

/// Prices a request by the rules in force on its date. Of several rules that fit, the most particular
/// prices a line; the order of rules, rates and discounts changes nothing.
///
/// # Errors
/// An item that no rule prices, or two equally particular ones do; a price in another currency; no tax
/// rate or issuer in force.
pub fn quote(request: &Request, tariff: &Tariff, discounts: &[Discount]) -> Result<Quote, MoneyError> {
    if request.lines.is_empty() || request.lines.iter().any(|line| line.quantity == 0) {
        return Err(MoneyError::NothingAsked);
    }
    let rounding = tariff.issuer_on(request.date)?.rounding;
    let mut purse = Purse::on(request.date, discounts);
    let class = request.class();
    let mut lines = Vec::with_capacity(request.lines.len());
    for wanted in &request.lines {
        lines.push(line(request, tariff, &mut purse, wanted)?);
    }
    let totals = Totals::of(lines.iter().map(|line| (line.tax, line.percent, line.net)), rounding)?;
    Ok(Quote { class: class.to_owned(), request: request.clone(), lines, rounding, totals })
}

fn line(
    request: &Request,
    tariff: &Tariff,
    purse: &mut Purse,
    wanted: &Wanted,
) -> Result<QuoteLine, MoneyError> {
    let class = request.class();
    let rule = rule_for(&tariff.fees, &request.wish(&wanted.item, class))?;
    let unit_price = rule.price();
    let unit_price =
        unit_price.ok_or_else(|| MoneyError::Currency(rule.id.clone(), rule.currency.clone()))?;
    let whole = wanted.amount(unit_price)?;
    let paid_before = wanted.paid_before.min(whole);
    let amount = whole.minus(paid_before)?;
    let (net, discounts) = purse.take_off(amount)?;
    // For comparison only: a list without such a price has none to show.
    let price_for = |class| {
        let rule = rule_for(&tariff.fees, &request.wish(&wanted.item, class)).ok()?;
        rule.price()
    };
    let mut reason = rule.reason(class);
    if class == COMPANY && request.classes.first().is_some_and(|first| first != COMPANY) {
        reason.ja.push_str("（企業が参加するため企業価格です）");
        reason.en.push_str(" (a company takes part, so its price holds)");
    }
    if let Some(extent) = wanted.extent(paid_before) {
        reason.ja.push_str(&extent.ja);
        reason.en.push_str(&extent.en);
    }
    Ok(QuoteLine {
        item: wanted.item.clone(),
        name: Bilingual { ja: rule.name_ja.clone(), en: rule.name_en.clone() },
        unit: Bilingual { ja: rule.unit_ja.clone(), en: rule.unit_en.clone() },
        quantity: wanted.quantity,
        months: wanted.months,
        paid_before,
        unit_price,
        amount,
        discounts,
        net,
        tax: rule.tax,
        percent: rate_on(&tariff.rates, rule.tax, request.date)?,
        opens_use: rule.opens_use,
        rule: rule.cited(),
        reason,
        academic_unit_price: price_for(ACADEMIC),
        company_unit_price: price_for(COMPANY),
    })
}

/// The most particular rule that prices a wish.
fn rule_for<'a>(rules: &'a [FeeRule], wish: &Wish<'_>) -> Result<&'a FeeRule, MoneyError> {
    let mut best: Option<&FeeRule> = None;
    let mut rival: Option<&FeeRule> = None;
    for rule in rules.iter().filter(|rule| rule.prices(wish)) {
        match best {
            Some(found) if found.particularity() > rule.particularity() => {}
            Some(found) if found.particularity() == rule.particularity() => rival = Some(rule),
            _ => (best, rival) = (Some(rule), None),
        }
    }
    match (best, rival) {
        (Some(one), Some(other)) => {
            let (first, second) = if one.id <= other.id { (one, other) } else { (other, one) };
            Err(MoneyError::Ambiguous(first.id.clone(), second.id.clone(), wish.item.to_owned()))
        }
        (Some(rule), None) => Ok(rule),
        (None, _) => Err(MoneyError::NoRule {
            book: wish.book.to_owned(),
            item: wish.item.to_owned(),
            class: wish.class.to_owned(),
            date: wish.date,
        }),
    }
}
