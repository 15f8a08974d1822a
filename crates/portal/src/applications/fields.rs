//! The fields of a draft: what may be chosen, what was chosen, and what a browser sends back. The same for a
//! new draft, for one that is edited, and for a change of what was granted.

use super::said;
use crate::group_name;
use crate::visit::Visit;
use gj_api::BadParameter;
use gj_gate::Overview;
use gj_gate::acts::application::{Draft, Tier};
use gj_model::UserId;
use std::collections::BTreeMap;

/// Fields of a form as a browser sends them, all texts; of a name sent several times, all of them.
pub(crate) type Sent = Vec<(String, String)>;
/// The same by name, several values with a space between.
pub(crate) type Values = BTreeMap<String, String>;

/// Names of what a draft says.
pub(crate) const NAMES: [&str; 9] =
    ["title", "purpose", "disease", "tier", "dataset", "people", "from", "until", "plan"];

pub(crate) struct DraftFields {
    /// Stands before the ids of the fields, so that a page can hold several forms.
    pub(crate) prefix: &'static str,
    pub(crate) title: String,
    pub(crate) purposes: Vec<Choice>,
    pub(crate) disease: String,
    pub(crate) tiers: Vec<Choice>,
    pub(crate) datasets: Vec<Choice>,
    /// Datasets that are not among those to choose from.
    pub(crate) others: String,
    pub(crate) people: String,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) plan: String,
}

pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) selected: bool,
}

pub(crate) fn by_name(sent: Sent) -> Values {
    let mut values = Values::new();
    for (name, value) in sent {
        let place = values.entry(name).or_default();
        if !place.is_empty() {
            place.push(' ');
        }
        place.push_str(&value);
    }
    values
}

/// The fields with what was chosen so far.
pub(crate) fn draft_fields(
    visit: &Visit,
    overview: &Overview,
    prefix: &'static str,
    values: &Values,
) -> DraftFields {
    let value = |name: &str| values.get(name).cloned().unwrap_or_default();
    let purpose = value("purpose");
    let (code, disease) = purpose.split_once(':').unwrap_or((&purpose, ""));
    let purposes = overview.purposes.iter().map(|purpose| Choice {
        label: format!("{} – {}", purpose.code, visit.language.of(&purpose.name)),
        selected: purpose.code == code,
        value: purpose.code.clone(),
    });
    let tiers = Tier::ALL.iter().map(|tier| Choice {
        value: tier.name().to_owned(),
        label: said(visit, tier.ja(), tier.en()).to_owned(),
        selected: tier.name() == value("tier"),
    });
    let datasets = value("dataset");
    let mut others: Vec<&str> = datasets.split_whitespace().collect();
    let mut choice = |id: &str, label: String| {
        let selected = others.contains(&id);
        others.retain(|other| *other != id);
        Choice { value: id.to_owned(), label, selected }
    };
    let release = fill_release(visit);
    let releases =
        overview.freezes.iter().map(|freeze| (freeze.name.to_string(), release(&freeze.name.to_string())));
    let newest = overview.freezes.first().map_or(&[][..], |freeze| &freeze.contributors);
    let contributors =
        newest.iter().map(|group| (group.id.clone(), group_name::shown(visit.language, group)));
    let choices: Vec<Choice> = releases.chain(contributors).map(|(id, label)| choice(&id, label)).collect();
    DraftFields {
        prefix,
        title: value("title"),
        purposes: purposes.collect(),
        disease: if disease.is_empty() { value("disease") } else { disease.to_owned() },
        tiers: tiers.collect(),
        datasets: choices,
        others: others.join(" "),
        people: value("people"),
        from: value("from"),
        until: value("until"),
        plan: value("plan"),
    }
}

fn fill_release(visit: &Visit) -> impl Fn(&str) -> String {
    let sentence = super::wording(visit.language).release_whole;
    move |name| crate::words::fill(sentence, &[("release", name)])
}

/// The draft that a form means.
///
/// # Errors
/// The field that cannot be read.
pub(crate) fn draft(values: &Values) -> Result<Draft, BadParameter> {
    let text = |name: &str| values.get(name).map_or("", |value| value.trim());
    let day = |name: &str| {
        text(name).parse().map_err(|_| BadParameter::new(name, text(name), "a day, as in 2027-03-31"))
    };
    let mut purpose = text("purpose").to_owned();
    if !text("disease").is_empty() && !purpose.contains(':') {
        purpose = format!("{purpose}:{}", text("disease"));
    }
    let people: Result<Vec<UserId>, _> = text("people").split_whitespace().map(str::parse).collect();
    Ok(Draft {
        title: text("title").to_owned(),
        purpose: purpose
            .parse()
            .map_err(|_| BadParameter::new("purpose", &purpose, "GRU, HMB, POA, DS:MONDO:0005148"))?,
        tier: text("tier").parse().map_err(|what: String| BadParameter::new("tier", text("tier"), what))?,
        datasets: text("dataset").split_whitespace().map(str::to_owned).collect(),
        people: people
            .map_err(|_| BadParameter::new("people", text("people"), "user ids, separated by spaces"))?,
        from: day("from")?,
        until: day("until")?,
        plan: text("plan").to_owned(),
    })
}
