//! `/fees`: what use costs and who says so, and who has a head start on which data until when. Public.

use super::sheet::{Cell, Section, page};
use super::{rights, wording};
use crate::applications::{failed, said_of};
use crate::desk::Desk;
use crate::money::wording::Words;
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use gj_model::InstitutionClass;
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
    let columns = [m.item, m.for_whom, m.fee, m.source];
    for fee in &fees {
        let list = lists
            .entry(&fee.book)
            .or_insert_with(|| Section::new(fee.book.clone()).table(&columns, &[m.fee]));
        let name = said_of(&visit, &fee.name_ja, &fee.name_en);
        let unit = said_of(&visit, &fee.unit_ja, &fee.unit_en);
        let amount = crate::number::count(fee.amount.unsigned_abs());
        let classes: Vec<&str> = fee.classes.iter().map(|class| class_name(m, class)).collect();
        let mut whom = if classes.is_empty() { m.everybody.to_owned() } else { classes.join(m.and) };
        if let Some(purpose) = &fee.purpose {
            whom = format!("{whom} ({purpose})");
        }
        list.rows.push(vec![
            Cell::text(name).flagged(fee.illustrative.then_some(m.illustrative)),
            Cell::text(whom),
            Cell {
                text: format!("{} / {unit}", money(&fee.currency, &amount)),
                number: true,
                ..Cell::default()
            },
            Cell::text(&fee.source).under(format!("{} {} {}", fee.id, m.from, fee.valid_from)),
        ]);
    }
    let mut sections = vec![starts];
    sections.extend(lists.into_values());
    page(&visit, rights(&desk, &visit).await, (m.fees, "", m.fees_lead), sections)
}

/// An amount as people write it.
fn money(currency: &str, amount: &str) -> String {
    if currency == "JPY" { format!("¥{amount}") } else { format!("{currency} {amount}") }
}

/// What a class of institutions is called; the tariff's own word for one that this version does not know.
fn class_name<'a>(m: &'a Words, class: &'a str) -> &'a str {
    match class.parse() {
        Ok(InstitutionClass::NationalCentre) => m.national_centre,
        Ok(InstitutionClass::Hospital) => m.hospital,
        Ok(InstitutionClass::University) => m.university,
        Ok(InstitutionClass::ResearchInstitute) => m.research_institute,
        Ok(InstitutionClass::Company) => m.company,
        Ok(InstitutionClass::StateBody) => m.state_body,
        Err(_) => class,
    }
}
