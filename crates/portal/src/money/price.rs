//! What a project would cost, before anybody applies: a form, and the priced lines with their reasons.

use super::sheet::{Field, Form, Section, page};
use super::{invoice, rights, wording};
use crate::applications::{asker, failed, said};
use crate::desk::Desk;
use crate::trouble;
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use gj_api::BadParameter;
use gj_gate::acts::application::Tier;
use gj_gate::acts::money::{Funding, PriceQuestion};
use gj_model::InstitutionId;

/// Months asked for before anything else is said.
const MONTHS: &str = "12";

pub(super) async fn show(State(desk): State<Desk>, visit: Visit) -> Response {
    let m = wording(visit.language);
    let question = match question(&visit) {
        Ok(question) => question,
        Err(bad) => return trouble::page(&visit, &bad.into()),
    };
    let quote = match desk.gate.price_of(&asker(&visit), &question).await {
        Ok(quote) => quote,
        Err(error) => return failed(&visit, error),
    };
    let overview = match desk.gate.overview().await {
        Ok(overview) => overview,
        Err(error) => return failed(&visit, error),
    };
    let held = |name: &str| visit.param(name).unwrap_or_default().to_owned();
    let mut purposes = vec![(String::new(), m.any.to_owned())];
    purposes.extend(overview.get().purposes.iter().map(|purpose| {
        (purpose.code.clone(), format!("{} – {}", purpose.code, visit.language.of(&purpose.name)))
    }));
    let tiers =
        Tier::ALL.iter().map(|tier| (tier.name().to_owned(), said(&visit, tier.ja(), tier.en()).to_owned()));
    let money = [("own", m.own_money), ("public", m.public_money)];
    let money = money.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned()));
    let mut ask = Section::new("");
    ask.forms.push(Form {
        id: "price",
        label: m.show_price,
        action: "/money/price".to_owned(),
        posts: false,
        folded: false,
        hidden: Vec::new(),
        fields: vec![
            Field::choice("tier", m.tier, tiers.collect()).holding(question.tier.name()),
            Field::choice("purpose", m.purpose, purposes).holding(held("purpose")),
            Field::new("months", m.how_long, "number").holding(question.months.to_string()),
            Field::choice("funding", m.funding, money.collect()).holding(held("funding")),
            Field::new("with", m.with, "text").holding(held("with")).optional(),
        ],
    });
    let mut priced = invoice::lines(&visit, m.price, &quote.lines, &quote.totals);
    for line in &quote.lines {
        if let (Some(academic), Some(company)) = (line.academic_unit_price, line.company_unit_price) {
            priced.notes.push(format!("{}: {academic} / {}: {company}", m.academic_price, m.company_price));
        }
        priced.notes.push(format!("{}: {}", m.source, line.rule.source));
    }
    priced.notes.push(m.price_rule.to_owned());
    let rights = rights(&desk, &visit).await;
    page(&visit, rights, (m.price, "", m.price_lead), vec![ask, priced])
}

fn question(visit: &Visit) -> Result<PriceQuestion, BadParameter> {
    let text = |name: &str| visit.param(name).unwrap_or_default();
    let ids = text("with").split([' ', ',', '、', '　']).filter(|id| !id.is_empty());
    let with: Result<Vec<InstitutionId>, _> = ids.map(str::parse).collect();
    let months = visit.param("months").unwrap_or(MONTHS);
    Ok(PriceQuestion {
        institution: None,
        with: with.map_err(|_| BadParameter::new("with", text("with"), "ids of institutions"))?,
        purpose: visit.param("purpose").map(str::to_owned),
        tier: match visit.param("tier") {
            Some(tier) => tier.parse().map_err(|what: String| BadParameter::new("tier", tier, what))?,
            None => Tier::Overview,
        },
        months: months.parse().map_err(|_| BadParameter::new("months", months, "months, as in 12"))?,
        funding: if text("funding") == "public" { Funding::Public } else { Funding::Own },
    })
}
