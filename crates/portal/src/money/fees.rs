//! `/fees`: what use costs and who says so, and who has a head start on which data until when. Public.

use super::sheet::{Cell, Section, page};
use super::{rights, wording};
use crate::applications::{failed, said_of};
use crate::desk::Desk;
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use std::collections::BTreeMap;

pub(super) async fn show(State(desk): State<Desk>, visit: Visit) -> Response {
    let m = wording(visit.language);
    let (fees, windows) = match (desk.gate.fees(None).await, desk.gate.priority_windows().await) {
        (Ok(fees), Ok(windows)) => (fees, windows),
        (Err(error), _) | (_, Err(error)) => return failed(&visit, error),
    };
    let mut starts =
        Section::new(m.windows).table(&[m.dataset, m.institution, m.from, m.hard_end, m.source], &[]);
    for window in &windows {
        starts.rows.push(vec![
            Cell::keep(&window.dataset),
            Cell::keep(&window.institution),
            Cell::keep(window.valid_from.to_string()),
            Cell::keep(window.valid_to.to_string()),
            Cell::text(&window.source),
        ]);
    }
    let mut lists: BTreeMap<&str, Section> = BTreeMap::new();
    let columns = [m.item, m.for_whom, m.amount, m.source];
    for fee in &fees {
        let list = lists
            .entry(&fee.book)
            .or_insert_with(|| Section::new(fee.book.clone()).table(&columns, &[m.amount]));
        let name = said_of(&visit, &fee.name_ja, &fee.name_en);
        let unit = said_of(&visit, &fee.unit_ja, &fee.unit_en);
        let amount = crate::number::count(fee.amount.unsigned_abs());
        let mut whom = if fee.classes.is_empty() { m.everybody.to_owned() } else { fee.classes.join(", ") };
        if let Some(purpose) = &fee.purpose {
            whom = format!("{whom} ({purpose})");
        }
        list.rows.push(vec![
            Cell::text(name).flagged(fee.illustrative.then_some(m.illustrative)),
            Cell::text(whom),
            Cell { text: format!("{} {amount} / {unit}", fee.currency), number: true, ..Cell::default() },
            Cell::text(&fee.source).under(format!("{} {} {}", fee.id, m.from, fee.valid_from)),
        ]);
    }
    let mut sections = vec![starts];
    sections.extend(lists.into_values());
    page(&visit, rights(&desk, &visit).await, (m.fees, "", m.fees_lead), sections)
}
