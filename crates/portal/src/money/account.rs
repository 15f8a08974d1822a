//! An institution's account: invoices, contributions with what is left of their discounts, head starts.

use super::sheet::{Cell, Section, page, said};
use super::{rights, wording};
use crate::applications::{asker, failed};
use crate::desk::Desk;
use crate::trouble;
use crate::visit::Visit;
use axum::extract::{Path, State};
use axum::response::Response;
use gj_api::Problem;
use gj_gate::acts::money::{InvoiceCard, Statement};
use gj_model::InstitutionId;

pub(super) async fn own(State(desk): State<Desk>, visit: Visit) -> Response {
    shown(&desk, &visit, None).await
}

pub(super) async fn of(State(desk): State<Desk>, visit: Visit, Path(id): Path<String>) -> Response {
    match id.parse::<InstitutionId>() {
        Ok(id) => shown(&desk, &visit, Some(id)).await,
        Err(_) => trouble::page(&visit, &Problem::NotFound),
    }
}

async fn shown(desk: &Desk, visit: &Visit, institution: Option<InstitutionId>) -> Response {
    let statement = match desk.gate.statement(&asker(visit), institution.as_ref()).await {
        Ok(statement) => statement,
        Err(error) => return failed(visit, error),
    };
    let m = wording(visit.language);
    let crumb = statement.institution.to_string();
    let rights = rights(desk, visit).await;
    let title = if rights.read { m.account_of } else { m.account };
    page(visit, rights, (title, &crumb, ""), sections(visit, &statement))
}

fn sections(visit: &Visit, statement: &Statement) -> Vec<Section> {
    let m = wording(visit.language);
    let yen = |amount| said(visit.language, amount);
    let mut sums = Section::new("");
    sums.facts = vec![(m.owed, yen(statement.owed)), (m.owed_back, yen(statement.owed_back))];
    let mut invoices =
        Section::new(m.invoices).table(&[m.number, m.issued, m.due, m.total, m.open], &[m.total, m.open]);
    invoices.rows = statement.invoices.iter().rev().map(|card| invoice(visit, card)).collect();
    let columns = [m.number, m.kind, m.given_on, m.value, m.discount_left, m.discount_to];
    let mut given = Section::new(m.contributions).table(&columns, &[m.value, m.discount_left]);
    for card in &statement.contributions {
        let one = &card.contribution;
        let kind = crate::applications::said(visit, one.kind.ja(), one.kind.name());
        given.rows.push(vec![
            Cell::keep(&one.id),
            Cell::text(kind).under(&one.source),
            Cell::keep(one.given_on.to_string()),
            Cell::yen(one.value),
            Cell::yen(card.discount_left),
            Cell::keep(one.discount_to.to_string()),
        ]);
    }
    let mut windows = Section::new(m.windows).table(&[m.dataset, m.from, m.hard_end, m.source], &[]);
    for window in &statement.windows {
        windows.rows.push(vec![
            Cell::keep(&window.dataset),
            Cell::keep(window.valid_from.to_string()),
            Cell::keep(window.valid_to.to_string()),
            Cell::text(&window.source),
        ]);
    }
    vec![sums, invoices, given, windows]
}

fn invoice(visit: &Visit, card: &InvoiceCard) -> Vec<Cell> {
    let m = wording(visit.language);
    let state = match card.state {
        "open" => m.is_open,
        "overdue" => m.is_overdue,
        "written off" => m.is_written_off,
        _ => m.is_settled,
    };
    let overdue = card.state == "overdue";
    vec![
        Cell::link(&card.invoice, format!("/money/invoice/{}", card.invoice)),
        Cell::keep(card.issued_on.to_string()),
        Cell::keep(card.due_on.to_string()).flagged(overdue.then_some(state)),
        Cell::yen(card.total),
        Cell::yen(card.owed).under(if overdue { "" } else { state }),
    ]
}
