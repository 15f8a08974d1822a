//! Fee rules: what a thing costs whom, since when, and who says so.

use crate::period;
use crate::tax::TaxClass;
use crate::yen::Yen;
use chrono::NaiveDate;
use gj_model::Bilingual;
use serde::{Deserialize, Serialize};

/// The institution class whose part in a project makes the price a company's.
pub const COMPANY: &str = "company";

/// What pays for a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Funding {
    /// The institution's own or private money.
    #[default]
    Own,
    /// A public grant.
    Public,
}

/// One row of a price list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeeRule {
    /// Its id; with `valid_from` it names the row.
    pub id: String,
    /// The price list it belongs to.
    pub book: String,
    /// What is priced.
    pub item: String,
    /// What an invoice calls it, in Japanese.
    pub name_ja: String,
    /// In English.
    pub name_en: String,
    /// Of what one is counted, in Japanese.
    pub unit_ja: String,
    /// In English.
    pub unit_en: String,
    /// Institution classes that pay it; empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// Purpose it is for; absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Data tier it is for; absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// Which money it is for; absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub funding: Option<Funding>,
    /// Of the amount; only yen are invoiced.
    #[serde(default = "yen", skip_serializing_if = "is_yen")]
    pub currency: String,
    /// Whole units of the currency, without tax.
    pub amount: i64,
    /// Which tax is added.
    #[serde(default)]
    pub tax: TaxClass,
    /// Whether having paid it opens the use of data for the days the invoice covers.
    #[serde(default)]
    pub opens_use: bool,
    /// Whether the amount is an example and nobody's published fee.
    #[serde(default)]
    pub illustrative: bool,
    /// First day.
    #[serde(deserialize_with = "period::read")]
    pub valid_from: NaiveDate,
    /// Last day; absent: open.
    #[serde(default, deserialize_with = "period::read_maybe", skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Who published it.
    pub source: String,
}

fn yen() -> String {
    "JPY".to_owned()
}

fn is_yen(currency: &str) -> bool {
    currency == "JPY"
}

/// A rule as a quote and an invoice cite it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CitedRule {
    /// Its id.
    pub id: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    pub valid_to: Option<NaiveDate>,
    /// Who published it.
    pub source: String,
    /// Whether the amount is an example.
    pub illustrative: bool,
}

/// What a rule is looked up with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish<'a> {
    pub(crate) book: &'a str,
    pub(crate) item: &'a str,
    pub(crate) class: &'a str,
    pub(crate) purpose: Option<&'a str>,
    pub(crate) tier: Option<&'a str>,
    pub(crate) funding: Funding,
    pub(crate) date: NaiveDate,
}

impl FeeRule {
    /// Whether the amount can be invoiced.
    pub fn in_yen(&self) -> bool {
        is_yen(&self.currency)
    }

    /// The amount, if it is in yen.
    pub fn price(&self) -> Option<Yen> {
        self.in_yen().then_some(Yen::new(self.amount))
    }

    /// Whether it is in force on a day.
    pub fn is_valid(&self, day: NaiveDate) -> bool {
        period::covers(self.valid_from, self.valid_to, day)
    }

    /// How to cite it.
    pub fn cited(&self) -> CitedRule {
        CitedRule {
            id: self.id.clone(),
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            source: self.source.clone(),
            illustrative: self.illustrative,
        }
    }

    pub(crate) fn prices(&self, wish: &Wish<'_>) -> bool {
        self.book == wish.book
            && self.item == wish.item
            && self.is_valid(wish.date)
            && (self.classes.is_empty() || self.classes.iter().any(|class| class == wish.class))
            && self.purpose.as_deref().is_none_or(|purpose| wish.purpose == Some(purpose))
            && self.tier.as_deref().is_none_or(|tier| wish.tier == Some(tier))
            && self.funding.is_none_or(|funding| funding == wish.funding)
    }

    /// How particular it is: a rule for a class before one for a purpose, a tier, a kind of money.
    pub(crate) fn particularity(&self) -> u8 {
        let said =
            [!self.classes.is_empty(), self.purpose.is_some(), self.tier.is_some(), self.funding.is_some()];
        said.into_iter().fold(0, |sum, said| sum * 2 + u8::from(said))
    }

    /// Why this is the price, for whoever is to pay it.
    pub(crate) fn reason(&self, class: &str) -> Bilingual {
        let (until_ja, until_en) = match self.valid_to {
            Some(to) => (format!("{to}まで"), format!("until {to}")),
            None => ("期限なし".to_owned(), "open".to_owned()),
        };
        let (example_ja, example_en) =
            if self.illustrative { ("【例示】", "illustrative; ") } else { ("", "") };
        let amount = Yen::new(self.amount);
        Bilingual {
            ja: format!(
                "{example_ja}料金表「{}」の規則 {}（{}から、{until_ja}）：{}は{}あたり{amount}円。出典：{}",
                self.book,
                self.id,
                self.valid_from,
                class_ja(class),
                self.unit_ja,
                self.source
            ),
            en: format!(
                "{example_en}rule {} of price list `{}` (from {}, {until_en}): {amount} yen a {} for a {class}. Source: {}",
                self.id, self.book, self.valid_from, self.unit_en, self.source
            ),
        }
    }
}

/// An institution class in Japanese.
pub(crate) fn class_ja(class: &str) -> &str {
    match class {
        "national-centre" => "国立の中央機関",
        "hospital" => "病院",
        "university" => "大学",
        "research-institute" => "研究機関",
        "company" => "企業",
        "state-body" => "国の機関",
        other => other,
    }
}
