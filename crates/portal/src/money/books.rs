//! The books: what is owed by age, the trial balance, and the lines of one account.

use super::sheet::{Cell, Section, page, said};
use super::{rights, wording};
use crate::applications::{asker, failed};
use crate::desk::Desk;
use crate::trouble;
use crate::visit::Visit;
use axum::extract::{Path, State};
use axum::response::Response;
use gj_api::Problem;
use gj_gate::acts::money::{Account, Age, Yen};

pub(super) async fn receivables(State(desk): State<Desk>, visit: Visit) -> Response {
    let m = wording(visit.language);
    let found = match desk.gate.receivables(&asker(&visit)).await {
        Ok(found) => found,
        Err(error) => return failed(&visit, error),
    };
    let word = |age: Age| match age {
        Age::NotDue => m.not_due,
        Age::Overdue30 => m.overdue_30,
        Age::Overdue60 => m.overdue_60,
        Age::Overdue90 => m.overdue_90,
        Age::OverdueLonger => m.overdue_longer,
    };
    let mut sums = Section::new(m.by_age);
    sums.facts = found.ages.iter().map(|(age, sum)| (word(*age), said(visit.language, *sum))).collect();
    sums.facts.push((m.sum, said(visit.language, found.owed)));
    let columns = [m.number, m.institution, m.due, m.total, m.open];
    let mut invoices = Section::new(m.open_invoices).table(&columns, &[m.total, m.open]);
    for one in &found.invoices {
        let invoice = &one.invoice;
        let late = one.age != Age::NotDue;
        invoices.rows.push(vec![
            Cell::link(&invoice.invoice, format!("/money/invoice/{}", invoice.invoice)),
            Cell::link(invoice.institution.as_str(), format!("/money/account/{}", invoice.institution)),
            Cell::keep(invoice.due_on.to_string()).flagged(late.then(|| word(one.age))),
            Cell::yen(invoice.total),
            Cell::yen(invoice.owed),
        ]);
    }
    let day = found.on.to_string();
    page(&visit, rights(&desk, &visit).await, (m.receivables, &day, ""), vec![sums, invoices])
}

pub(super) async fn balance(State(desk): State<Desk>, visit: Visit) -> Response {
    let m = wording(visit.language);
    let balance = match desk.gate.trial_balance(&asker(&visit)).await {
        Ok(balance) => balance,
        Err(error) => return failed(&visit, error),
    };
    let columns = [m.ledger, m.debits, m.credits, m.stands_at];
    let mut table = Section::new("").table(&columns, &columns[1..]);
    for line in &balance.lines {
        let name = crate::applications::said(&visit, line.ja, line.en);
        table.rows.push(vec![
            Cell::link(format!("{} {name}", line.code), format!("/money/ledger/{}", line.code)),
            Cell::yen(line.debits),
            Cell::yen(line.credits),
            Cell::yen(line.balance),
        ]);
    }
    table.rows.push(vec![
        Cell::text(m.sum),
        Cell::yen(balance.debits),
        Cell::yen(balance.credits),
        Cell::yen(balance.difference),
    ]);
    page(&visit, rights(&desk, &visit).await, (m.balance, "", m.balance_lead), vec![table])
}

pub(super) async fn ledger(State(desk): State<Desk>, visit: Visit, Path(code): Path<String>) -> Response {
    let m = wording(visit.language);
    let Ok(account) = code.parse::<Account>() else { return trouble::page(&visit, &Problem::NotFound) };
    let about = visit.param("about").unwrap_or_default();
    let from = visit.param("from").and_then(|from| from.parse().ok()).unwrap_or(0);
    let found = match desk.gate.account_page(&asker(&visit), (account, about), from).await {
        Ok(found) => found,
        Err(error) => return failed(&visit, error),
    };
    let columns = [m.entry, m.day, m.what, m.about, m.amount, m.stands_at];
    let mut table = Section::new(about.to_owned()).table(&columns, &columns[4..]);
    let mut stands: Yen = found.before;
    for line in &found.lines {
        // The page's own sum was added up with checks; this is part of it.
        stands = Yen::new(stands.get().saturating_add(line.amount.get()));
        let mut query = form_urlencoded::Serializer::new(String::new());
        let query = query.append_pair("about", &line.about).finish();
        table.rows.push(vec![
            Cell::keep(line.entry.to_string()),
            Cell::keep(line.day.to_string()),
            Cell::text(visit.language.of(&line.words)),
            match line.about.is_empty() {
                true => Cell::default(),
                false => Cell::link(&line.about, format!("/money/ledger/{code}?{query}")),
            },
            Cell::yen(line.amount),
            Cell::yen(stands),
        ]);
    }
    table.notes.push(format!("{}: {}", m.before, said(visit.language, found.before)));
    if let Some(next) = found.next {
        table.links.push((visit.address_with(&[("from", &next.to_string())]), m.next_page));
    }
    let title = format!("{code} {}", crate::applications::said(&visit, account.ja(), account.en()));
    page(&visit, rights(&desk, &visit).await, (&title, m.ledger, ""), vec![table])
}
