//! Budgets by fiscal year and ministry with the costs against them, and what a genome has cost.

use super::sheet::{Cell, Section, page, said};
use super::{rights, wording};
use crate::applications::{asker, failed};
use crate::desk::Desk;
use crate::visit::Visit;
use crate::words::fill;
use axum::extract::State;
use axum::response::Response;
use gj_gate::acts::money::{BudgetReport, GenomeCost, Yen};
use std::collections::BTreeMap;

pub(super) async fn show(State(desk): State<Desk>, visit: Visit) -> Response {
    let m = wording(visit.language);
    let asker = asker(&visit);
    let (budgets, each) = match (desk.gate.budgets(&asker).await, desk.gate.genome_cost(&asker).await) {
        (Ok(budgets), Ok(each)) => (budgets, each),
        (Err(error), _) | (_, Err(error)) => return failed(&visit, error),
    };
    let mut sections = vec![genomes(&visit, &each)];
    let mut years: BTreeMap<i32, Vec<BudgetReport>> = BTreeMap::new();
    for report in budgets {
        years.entry(report.line.fiscal_year).or_default().push(report);
    }
    for (year, reports) in years.iter().rev() {
        sections.push(of_year(&visit, *year, reports));
        for report in reports.iter().filter(|report| !report.costs.is_empty()) {
            sections.push(costs(&visit, report));
        }
    }
    page(&visit, rights(&desk, &visit).await, (m.budgets, "", ""), sections)
}

fn genomes(visit: &Visit, cost: &GenomeCost) -> Section {
    let m = wording(visit.language);
    let each = |per: Option<gj_gate::acts::money::PerUnit>| {
        per.map_or("–".to_owned(), |p| said(visit.language, p.each))
    };
    let mut section = Section::new(m.genome_cost);
    section.facts = vec![
        (m.genomes, crate::number::count(cost.genomes)),
        (m.spent, said(visit.language, cost.spent)),
        (m.per_genome, each(cost.per_genome)),
    ];
    if !cost.categories.is_empty() {
        section = section.table(&[m.category, m.spent, m.per_genome], &[m.spent, m.per_genome]);
    }
    for category in &cost.categories {
        let per = category.per_genome.map_or(Yen::ZERO, |per| per.each);
        section.rows.push(vec![Cell::text(&category.category), Cell::yen(category.spent), Cell::yen(per)]);
    }
    section
}

/// The lines of a year, and a sum for each ministry.
fn of_year(visit: &Visit, year: i32, reports: &[BudgetReport]) -> Section {
    let m = wording(visit.language);
    let columns = [m.line, m.ministry, m.allotted, m.spent, m.left];
    let mut section =
        Section::new(fill(m.year, &[("year", &year.to_string())])).table(&columns, &columns[2..]);
    // What is left and what is spent are what was allotted.
    let allotted = |left: Yen, spent: Yen| Yen::new(left.get().saturating_add(spent.get()));
    let mut ministries: BTreeMap<&str, (Yen, Yen)> = BTreeMap::new();
    for report in reports {
        let name = crate::applications::said_of(visit, &report.line.name_ja, &report.line.name_en);
        let sums = ministries.entry(&report.line.ministry).or_default();
        *sums = (allotted(sums.0, report.left), allotted(sums.1, report.spent));
        section.rows.push(vec![
            Cell::keep(&report.line.id).under(name),
            Cell::text(&report.line.ministry),
            Cell::yen(allotted(report.left, report.spent)),
            Cell::yen(report.spent),
            Cell::yen(report.left),
        ]);
    }
    for (ministry, (left, spent)) in ministries {
        section.rows.push(vec![
            Cell::text(m.sum),
            Cell::text(ministry),
            Cell::yen(allotted(left, spent)),
            Cell::yen(spent),
            Cell::yen(left),
        ]);
    }
    section
}

fn costs(visit: &Visit, report: &BudgetReport) -> Section {
    let m = wording(visit.language);
    let title = format!("{} – {}", report.line.id, m.costs);
    let mut section = Section::new(title).table(&[m.day, m.category, m.what, m.amount], &[m.amount]);
    for cost in &report.costs {
        section.rows.push(vec![
            Cell::keep(cost.spent_on.to_string()),
            Cell::text(&cost.category),
            Cell::text(&cost.what).under(&cost.source),
            Cell::yen(cost.amount),
        ]);
    }
    section
}
