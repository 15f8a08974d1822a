//! One invoice: its lines with their reasons, what became of it, its paper, and for finance what can be
//! booked on it.

use super::sheet::{Cell, Field, Form, Section, page, said};
use super::{rights, wording};
use crate::applications::{asker, failed};
use crate::desk::Desk;
use crate::own_form::OwnForm;
use crate::trouble;
use crate::visit::Visit;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use gj_api::{BadParameter, Problem};
use gj_gate::acts::money::{
    CreditRequest, InvoiceSheet, MoneyRights, PaymentRequest, QuoteLine, Totals, Yen,
};
use std::collections::BTreeMap;

pub(super) async fn show(State(desk): State<Desk>, visit: Visit, Path(number): Path<String>) -> Response {
    let sheet = match desk.gate.invoice_sheet(&asker(&visit), &number).await {
        Ok(sheet) => sheet,
        Err(error) => return failed(&visit, error),
    };
    let m = wording(visit.language);
    let rights = rights(&desk, &visit).await;
    let sections = sections(&visit, &sheet, rights);
    page(&visit, rights, (m.invoice, &number, ""), sections)
}

fn sections(visit: &Visit, sheet: &InvoiceSheet, rights: MoneyRights) -> Vec<Section> {
    let m = wording(visit.language);
    let (card, invoice) = (&sheet.card, &sheet.invoice);
    let yen = |amount| said(visit.language, amount);
    let mut head = Section::new(invoice.subject.clone());
    head.flag = (card.state == "overdue").then_some(m.is_overdue);
    head.facts = vec![(m.total, yen(card.total)), (m.open, yen(card.owed))];
    head.lines = vec![
        (m.institution, visit.language.of(&invoice.recipient.name).to_owned()),
        (m.issued, invoice.issued_on.to_string()),
        (m.due, invoice.due_on.to_string()),
        (m.covers, format!("{} – {}", invoice.covers_from, invoice.covers_to)),
        (m.issuer, format!("{} ({})", invoice.issuer.name_ja, invoice.issuer.registration_number)),
        (m.bank, invoice.issuer.bank.clone()),
    ];
    head.links = vec![(paper(&card.invoice), m.download)];
    let mut moved = Section::new(m.movements).table(&[m.entry, m.day, m.what, m.amount], &[m.amount]);
    for line in &sheet.movements {
        moved.rows.push(vec![
            Cell::keep(line.entry.to_string()),
            Cell::keep(line.day.to_string()),
            Cell::text(visit.language.of(&line.words)),
            Cell::yen(line.amount),
        ]);
    }
    let mut all = vec![head, lines(visit, m.lines, &invoice.lines, &invoice.totals), moved];
    if !sheet.credit_notes.is_empty() {
        let mut notes = Section::new(m.credit_notes).table(&[m.number, m.day, m.reason, m.total], &[m.total]);
        for note in &sheet.credit_notes {
            notes.rows.push(vec![
                Cell::link(&note.number, paper(&note.number)),
                Cell::keep(note.issued_on.to_string()),
                Cell::text(&note.reason),
                Cell::yen(note.totals.total),
            ]);
        }
        all.push(notes);
    }
    if rights.book {
        all.push(booking(visit, sheet));
    }
    all
}

fn paper(number: &str) -> String {
    format!("/api/money/paper.pdf?number={number}")
}

/// Priced lines with their reasons and sums, of a quote or an invoice.
pub(super) fn lines(visit: &Visit, title: &'static str, lines: &[QuoteLine], totals: &Totals) -> Section {
    let m = wording(visit.language);
    let numbers = [m.quantity, m.unit_price, m.amount, m.rate];
    let mut section =
        Section::new(title).table(&[m.item, m.quantity, m.unit_price, m.amount, m.rate], &numbers);
    let number = |text: String| Cell { text, number: true, ..Cell::default() };
    for line in lines {
        let quantity = match line.months {
            Some(months) => format!("{months} {}", m.months),
            None => format!("{} {}", line.quantity, visit.language.of(&line.unit)),
        };
        section.rows.push(vec![
            Cell::text(visit.language.of(&line.name)).under(visit.language.of(&line.reason)),
            number(quantity),
            Cell::yen(line.unit_price),
            Cell::yen(line.amount),
            number(format!("{} %", line.percent)),
        ]);
        for discount in &line.discounts {
            section.rows.push(vec![
                Cell::text(visit.language.of(&discount.reason)),
                Cell::default(),
                Cell::default(),
                Cell::yen(Yen::new(-discount.amount.get())),
                Cell::default(),
            ]);
        }
    }
    section.lines = totals
        .rates
        .iter()
        .map(|rate| {
            let sums = format!("{} % × {} → {}", rate.percent, rate.net, said(visit.language, rate.tax));
            (m.tax, sums)
        })
        .collect();
    section.facts = vec![
        (m.net, said(visit.language, totals.net)),
        (m.tax, said(visit.language, totals.tax)),
        (m.total, said(visit.language, totals.total)),
    ];
    section
}

fn booking(visit: &Visit, sheet: &InvoiceSheet) -> Section {
    let m = wording(visit.language);
    let form = |id: &'static str, label: &'static str, fields: Vec<Field>| Form {
        id,
        label,
        action: format!("/money/invoice/{}/act", sheet.card.invoice),
        posts: true,
        folded: true,
        hidden: vec![("act", id.to_owned())],
        fields,
    };
    let amount = |yen: Yen| Field::new("amount", m.yen, "number").holding(yen.get().to_string());
    let mut section = Section::new(m.book);
    if sheet.card.owed > Yen::ZERO {
        let fields = vec![
            amount(sheet.card.owed),
            Field::new("reference", m.reference, "text"),
            Field::new("received_on", m.received_on, "date").optional(),
        ];
        section.forms.push(form("pay", m.pay, fields));
        if sheet.owed_back > Yen::ZERO {
            let most = sheet.owed_back.min(sheet.card.owed);
            section.forms.push(form("set-off", m.set_off, vec![amount(most)]));
        }
    }
    let lines = Field::new("lines", m.credit_lines, "text").optional();
    let reason = Field::new("reason", m.reason, "text");
    section.forms.push(form("credit", m.credit, vec![reason, lines]));
    if sheet.owed_back > Yen::ZERO {
        section.forms.push(form("refund", m.refund, vec![amount(sheet.owed_back)]));
    }
    section
}

/// `POST /money/invoice/{number}/act`: one booking on an invoice.
pub(super) async fn act(
    State(desk): State<Desk>,
    Path(number): Path<String>,
    form: OwnForm<BTreeMap<String, String>>,
) -> Response {
    let OwnForm { visit, fields } = form;
    let text = |name: &str| fields.get(name).map_or("", |value| value.trim()).to_owned();
    let asker = asker(&visit);
    let amount = || {
        let found = text("amount");
        let bad = BadParameter::new("amount", &found, "whole yen, as in 7800000");
        found.parse().map(Yen::new).map_err(|_| bad)
    };
    let done = match text("act").as_str() {
        "pay" => {
            let day = text("received_on");
            let received_on = match (day.is_empty(), day.parse()) {
                (true, _) => None,
                (false, Ok(day)) => Some(day),
                (false, Err(_)) => {
                    let bad = BadParameter::new("received_on", &day, "a day, as in 2026-11-22");
                    return trouble::page(&visit, &bad.into());
                }
            };
            let amount = match amount() {
                Ok(amount) => amount,
                Err(bad) => return trouble::page(&visit, &bad.into()),
            };
            let request =
                PaymentRequest { invoice: number.clone(), amount, received_on, reference: text("reference") };
            desk.gate.pay(&asker, &request).await.map(drop)
        }
        "credit" => {
            let lines: Option<Vec<(usize, Yen)>> = text("lines").split_whitespace().map(line).collect();
            let Some(lines) = lines else {
                let bad = BadParameter::new("lines", &text("lines"), "LINE=YEN, separated by spaces");
                return trouble::page(&visit, &bad.into());
            };
            let request = CreditRequest { invoice: number.clone(), lines, reason: text("reason") };
            desk.gate.credit(&asker, &request).await.map(drop)
        }
        act @ ("set-off" | "refund") => {
            let amount = match amount() {
                Ok(amount) => amount,
                Err(bad) => return trouble::page(&visit, &bad.into()),
            };
            match act {
                "set-off" => desk.gate.set_off(&asker, &number, amount).await.map(drop),
                _ => match desk.gate.invoice_sheet(&asker, &number).await {
                    Ok(sheet) => desk.gate.refund(&asker, &sheet.institution, amount).await.map(drop),
                    Err(error) => Err(error),
                },
            }
        }
        _ => return trouble::page(&visit, &Problem::NotFound),
    };
    match done {
        Ok(()) => Redirect::to(&format!("/money/invoice/{number}")).into_response(),
        Err(error) => failed(&visit, error),
    }
}

/// `2=5000`: of the second line 5,000 yen.
fn line(text: &str) -> Option<(usize, Yen)> {
    let (line, yen) = text.split_once('=')?;
    Some((line.parse().ok()?, Yen::new(yen.parse().ok()?)))
}
