//! Expected income by month, of open invoices and applications under way, and what another fee table
//! would bring.

use super::sheet::{Cell, Field, Form, Section, page, said};
use super::{rights, wording};
use crate::applications::{asker, failed};
use crate::desk::Desk;
use crate::own_form::OwnForm;
use crate::trouble;
use crate::visit::Visit;
use crate::words::fill;
use axum::extract::State;
use axum::response::Response;
use gj_api::BadParameter;
use gj_gate::acts::money::{Certainty, Expected, FiscalYear, Forecast};
use std::collections::BTreeMap;

pub(super) async fn show(State(desk): State<Desk>, visit: Visit) -> Response {
    let asker = asker(&visit);
    let expected = match desk.gate.expected_income(&asker, None).await {
        Ok(expected) => expected,
        Err(error) => return failed(&visit, error),
    };
    let tariff = match desk.gate.export_tariff(&asker).await {
        Ok(tariff) => tariff,
        Err(error) => return failed(&visit, error),
    };
    let mut sections = sections(&visit, &expected, false);
    sections.push(form(&visit, tariff, desk.gate.fiscal_year().year().to_string()));
    let m = wording(visit.language);
    page(&visit, rights(&desk, &visit).await, (m.expected, "", m.expected_lead), sections)
}

/// `POST /money/expected`: the same under another tariff, beside what a year's invoices would have brought.
pub(super) async fn what_if(
    State(desk): State<Desk>,
    form_sent: OwnForm<BTreeMap<String, String>>,
) -> Response {
    let OwnForm { visit, fields } = form_sent;
    let text = |name: &str| fields.get(name).map_or("", |value| value.trim());
    let asker = asker(&visit);
    let Some(year) = text("year").parse().ok().and_then(FiscalYear::beginning_in) else {
        let bad = BadParameter::new("year", text("year"), "a fiscal year, as in 2026");
        return trouble::page(&visit, &bad.into());
    };
    // A browser sends line ends as CR LF, which TOML reads, too.
    let other = (text("fees"), "fees");
    let past = match desk.gate.forecast(&asker, year, other, None).await {
        Ok(past) => past,
        Err(error) => return failed(&visit, error),
    };
    let expected = match desk.gate.expected_income(&asker, Some(other)).await {
        Ok(expected) => expected,
        Err(error) => return failed(&visit, error),
    };
    let mut all = vec![of_year(&visit, year, &past)];
    all.extend(sections(&visit, &expected, true));
    all.push(form(&visit, text("fees").to_owned(), year.year().to_string()));
    let m = wording(visit.language);
    page(&visit, rights(&desk, &visit).await, (m.what_if, "", m.what_if_lead), all)
}

fn form(visit: &Visit, tariff: String, year: String) -> Section {
    let m = wording(visit.language);
    let mut section = Section::new("");
    section.forms.push(Form {
        id: "whatif",
        label: m.what_if,
        action: "/money/expected".to_owned(),
        posts: true,
        folded: true,
        hidden: Vec::new(),
        fields: vec![
            Field::new("year", m.fiscal_year, "number").holding(year),
            Field::new("fees", m.fee_table, "area").holding(tariff),
        ],
    });
    section
}

fn sections(visit: &Visit, expected: &Expected, other: bool) -> Vec<Section> {
    let m = wording(visit.language);
    let mut columns = vec![m.month, m.invoiced, m.decided, m.pending];
    columns.extend(other.then_some(m.then));
    let mut months = Section::new(m.by_month).table(&columns, &columns[1..]);
    for month in &expected.months {
        let mut row = vec![Cell::keep(&month.month), Cell::yen(month.invoiced)];
        row.extend([Cell::yen(month.decided), Cell::yen(month.pending)]);
        row.extend(other.then(|| Cell::yen(month.then)));
        months.rows.push(row);
    }
    months.notes = expected.unpriced.clone();
    let mut columns = vec![m.expected_on, m.of, m.institution, m.amount];
    columns.extend(other.then_some(m.then));
    let mut lines = Section::new(m.lines).table(&columns, &columns[3..]);
    for line in &expected.lines {
        let word = match line.certainty {
            Certainty::Invoiced => m.invoiced,
            Certainty::Decided => m.decided,
            Certainty::Pending => m.pending,
        };
        let of = match (&line.invoice, &line.application) {
            (Some(invoice), _) => Cell::link(invoice, format!("/money/invoice/{invoice}")),
            (None, Some(id)) => Cell::link(id.as_str(), format!("/application/{id}")),
            (None, None) => Cell::default(),
        };
        let mut row = vec![Cell::keep(line.on.to_string()), of.under(word)];
        row.extend([Cell::text(line.institution.as_str()), Cell::yen(line.now)]);
        row.extend(other.then(|| Cell::yen(line.then)));
        lines.rows.push(row);
    }
    vec![months, lines]
}

fn of_year(visit: &Visit, year: FiscalYear, past: &Forecast) -> Section {
    let m = wording(visit.language);
    let yen = |amount| said(visit.language, amount);
    let columns = [m.item, m.class, m.quantity, m.now, m.then];
    let title = fill(m.year, &[("year", &year.year().to_string())]);
    let mut section = Section::new(title).table(&columns, &columns[2..]);
    section.facts =
        vec![(m.now, yen(past.now)), (m.then, yen(past.then)), (m.difference, yen(past.difference))];
    for line in &past.lines {
        section.rows.push(vec![
            Cell::text(&line.item).under(&line.book),
            Cell::text(&line.class),
            Cell { text: crate::number::count(line.units), number: true, ..Cell::default() },
            Cell::yen(line.now),
            Cell::yen(line.then),
        ]);
    }
    section.notes = past.unpriced.clone();
    section
}
