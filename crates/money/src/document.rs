//! Invoices and credit notes as documents: one content, shown as text, as a page, and as PDF.
//!
//! In Japanese, as the law's terms are, with the English beside the headings. Same document, same bytes.

mod html;
mod pdf;
mod text;
mod width;

pub use html::html;
pub use pdf::pdf;
pub use text::text;

use crate::credit::CreditNote;
use crate::fee::CitedRule;
use crate::invoice::Invoice;
use crate::issuer::Issuer;
use crate::period::in_japanese;
use crate::tax::{Rounding, TaxClass, Totals};
use crate::yen::Yen;

/// What stands on the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// `請求書` or `返還請求書`.
    pub title: &'static str,
    /// The same in English.
    pub title_en: &'static str,
    /// Number and days, each with its label.
    pub facts: Vec<(&'static str, String)>,
    /// Who it is for.
    pub recipient: String,
    /// Who issues it: name, address, registration number.
    pub issuer: Vec<String>,
    /// What it is about.
    pub subject: String,
    /// Label of the amount.
    pub due_label: &'static str,
    /// The amount, with tax.
    pub due: Yen,
    /// The lines.
    pub rows: Vec<Row>,
    /// Sums by rate: what, without tax, tax.
    pub rates: Vec<(String, Yen, Yen)>,
    /// What it adds up to: label and yen.
    pub sums: Vec<(&'static str, Yen)>,
    /// What else is to be said.
    pub notes: Vec<String>,
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What.
    pub name: String,
    /// How many of what; empty on a discount.
    pub quantity: String,
    /// Price of one.
    pub unit_price: Option<Yen>,
    /// Price of all; below zero on a discount.
    pub amount: Yen,
    /// Tax rate.
    pub rate: String,
}

impl Document {
    /// The paper of an invoice.
    pub fn of_invoice(invoice: &Invoice) -> Document {
        let mut rows = Vec::new();
        let mut notes = notes(invoice.rounding, &invoice.totals);
        for line in &invoice.lines {
            rows.push(Row {
                name: format!("{}{}", line.name.ja, mark(line.tax)),
                quantity: match line.months {
                    Some(months) => format!("{months}か月"),
                    None => format!("{}{}", Yen::new(line.quantity.into()), line.unit.ja),
                },
                unit_price: Some(line.unit_price),
                amount: Yen::new(line.amount.get() + line.paid_before.get()),
                rate: rate(line.tax, line.percent),
            });
            if !line.paid_before.is_zero() {
                rows.push(Row {
                    name: "　同じ期間についてお支払い済みの額".to_owned(),
                    quantity: String::new(),
                    unit_price: None,
                    amount: Yen::new(-line.paid_before.get()),
                    rate: rate(line.tax, line.percent),
                });
            }
            for discount in &line.discounts {
                rows.push(Row {
                    name: format!("　拠出 {} による減額", discount.contribution),
                    quantity: String::new(),
                    unit_price: None,
                    amount: Yen::new(-discount.amount.get()),
                    rate: rate(line.tax, line.percent),
                });
            }
        }
        notes.extend(grounds(invoice));
        notes.push(format!("振込先：{}（振込手数料はご負担ください）", invoice.issuer.bank));
        Document {
            title: "請求書",
            title_en: "Invoice",
            facts: vec![
                ("請求書番号", invoice.number.clone()),
                ("発行日", in_japanese(invoice.issued_on)),
                (
                    "利用期間",
                    format!("{} ～ {}", in_japanese(invoice.covers_from), in_japanese(invoice.covers_to)),
                ),
                ("お支払期限", in_japanese(invoice.due_on)),
            ],
            recipient: format!("{} 御中", invoice.recipient.name.ja),
            issuer: issuer(&invoice.issuer),
            subject: invoice.subject.clone(),
            due_label: "ご請求金額（税込）",
            due: invoice.totals.total,
            rows,
            rates: rates(&invoice.totals),
            sums: sums(&invoice.totals),
            notes,
        }
    }

    /// The paper of a credit note.
    pub fn of_credit_note(note: &CreditNote) -> Document {
        let row = |line: &crate::CreditLine| Row {
            name: format!("{}{}", line.name.ja, mark(line.tax)),
            quantity: format!("請求書の{}行目", line.line),
            unit_price: None,
            amount: line.net,
            rate: rate(line.tax, line.percent),
        };
        Document {
            title: "返還請求書",
            title_en: "Credit note",
            facts: vec![
                ("番号", note.number.clone()),
                ("発行日", in_japanese(note.issued_on)),
                ("元の請求書", note.invoice.clone()),
                ("元の発行日", in_japanese(note.invoiced_on)),
            ],
            recipient: format!("{} 御中", note.recipient.name.ja),
            issuer: issuer(&note.issuer),
            subject: note.reason.clone(),
            due_label: "返還金額（税込）",
            due: note.totals.total,
            rows: note.lines.iter().map(row).collect(),
            rates: rates(&note.totals),
            sums: sums(&note.totals),
            notes: notes(note.rounding, &note.totals),
        }
    }
}

/// Which rules price the lines, once for each source.
fn grounds(invoice: &Invoice) -> Vec<String> {
    let mut grounds: Vec<(&CitedRule, Vec<&str>)> = Vec::new();
    for rule in invoice.lines.iter().map(|line| &line.rule) {
        let alike = |(of, _): &&mut (&CitedRule, Vec<&str>)| {
            (&of.source, of.valid_from, of.valid_to) == (&rule.source, rule.valid_from, rule.valid_to)
        };
        match grounds.iter_mut().find(alike) {
            Some((_, ids)) if ids.contains(&rule.id.as_str()) => {}
            Some((_, ids)) => ids.push(&rule.id),
            None => grounds.push((rule, vec![&rule.id])),
        }
    }
    let said = |(rule, ids): (&CitedRule, Vec<&str>)| {
        let until = rule.valid_to.map_or(String::new(), |to| format!("{to}まで"));
        format!("料金規則 {}（{}から{until}）。出典：{}", ids.join("、"), rule.valid_from, rule.source)
    };
    grounds.into_iter().map(said).collect()
}

fn issuer(issuer: &Issuer) -> Vec<String> {
    vec![issuer.name_ja.clone(), issuer.address.clone(), format!("登録番号 {}", issuer.registration_number)]
}

fn mark(class: TaxClass) -> &'static str {
    if class == TaxClass::Reduced { " ※" } else { "" }
}

fn rate(class: TaxClass, percent: u8) -> String {
    match class {
        TaxClass::Untaxed => "対象外".to_owned(),
        _ => format!("{percent}%"),
    }
}

fn rates(totals: &Totals) -> Vec<(String, Yen, Yen)> {
    let row = |rate: &crate::RateTotal| {
        let what = match rate.class {
            TaxClass::Standard => format!("{}%対象", rate.percent),
            TaxClass::Reduced => format!("{}%対象（軽減税率）※", rate.percent),
            TaxClass::Untaxed => "対象外".to_owned(),
        };
        (what, rate.net, rate.tax)
    };
    totals.rates.iter().map(row).collect()
}

fn sums(totals: &Totals) -> Vec<(&'static str, Yen)> {
    vec![("小計（税抜）", totals.net), ("消費税", totals.tax), ("合計（税込）", totals.total)]
}

fn notes(rounding: Rounding, totals: &Totals) -> Vec<String> {
    let mut notes = vec![format!(
        "消費税額は、税率ごとの合計額に対して一回だけ端数処理（{}）しています。",
        rounding.ja()
    )];
    if totals.rates.iter().any(|rate| rate.class == TaxClass::Reduced) {
        notes.push("※は軽減税率の対象です。".to_owned());
    }
    notes
}
