//! `/datasets`: whose data there are, how many people as disclosed, on which terms, in which releases, until when
//! somebody has a head start, and how to cite them. Public.

use crate::browser_words::{self, Words as BrowserWords};
use crate::citation;
use crate::date;
use crate::desk::Desk;
use crate::frame::{Frame, render};
use crate::group_name;
use crate::number;
use crate::trouble;
use crate::visit::Visit;
use crate::words::{Words, fill};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{NaiveDate, Utc};
use gj_api::Problem;
use gj_gate::acts::overview::FreezeCard;
use gj_gate::{Asker, DatasetCard, Gate, Overview};

#[derive(Template)]
#[template(path = "datasets.html")]
struct DatasetsPage {
    frame: Frame,
    w: &'static Words,
    b: &'static BrowserWords,
    contributors: Vec<Contributor>,
    datasets: Vec<Dataset>,
    windows: Vec<[String; 5]>,
    citations: Vec<Citation>,
}

struct Contributor {
    name: String,
    people: String,
    is_shown: bool,
    releases: String,
}

struct Dataset {
    id: String,
    name: String,
    contributor: String,
    tier: &'static str,
    terms: String,
    from: String,
    clock: String,
    releases: Vec<String>,
}

struct Citation {
    release: String,
    plain: String,
    bibtex: String,
}

pub(crate) async fn show(State(desk): State<Desk>, visit: Visit) -> Response {
    match page(&desk.gate, &visit).await {
        Ok(page) => render(&visit, StatusCode::OK, &page),
        Err(problem) => trouble::page(&visit, &problem),
    }
}

async fn page(gate: &Gate, visit: &Visit) -> Result<DatasetsPage, Problem> {
    let overview = gate.overview().await.map_err(Problem::public)?;
    let asker = visit.session.as_ref().map_or_else(Asker::nobody, |session| session.asker.clone());
    let cards = gate.datasets_shown(&asker).await.map_err(Problem::public)?;
    let windows = gate.priority_windows().await.map_err(Problem::public)?;
    // The clock counts days in Japan, as the programme's rules do.
    let today = date::day(&Utc::now().to_rfc3339()).parse().unwrap_or_default();
    let b = browser_words::of(visit.language);
    let overview = overview.get();
    Ok(DatasetsPage {
        frame: Frame::new(visit, b.datasets_title),
        w: visit.words(),
        b,
        contributors: contributors(visit, overview),
        datasets: cards.get().iter().map(|card| dataset(visit, b, card, today)).collect(),
        windows: windows
            .into_iter()
            .map(|window| {
                let left = clock(b, window.valid_to, today);
                let days = [window.valid_from, window.valid_to].map(|day| day.to_string());
                let [from, to] = days;
                [window.dataset, window.institution, from, to, left]
            })
            .collect(),
        citations: overview.freezes.iter().map(|freeze| cited(visit, overview, freeze)).collect(),
    })
}

/// The contributors of any release, with their people in the newest.
fn contributors(visit: &Visit, overview: &Overview) -> Vec<Contributor> {
    let mut seen: Vec<Contributor> = Vec::new();
    let mut ids: Vec<&str> = Vec::new();
    for group in overview.freezes.iter().flat_map(|freeze| &freeze.contributors) {
        if ids.contains(&group.id.as_str()) {
            continue;
        }
        ids.push(&group.id);
        let of = |freeze: &FreezeCard| freeze.contributors.iter().any(|other| other.id == group.id);
        let releases =
            overview.freezes.iter().filter(|freeze| of(freeze)).map(|freeze| freeze.name.to_string());
        let newest = overview.freezes.first().and_then(|freeze| {
            freeze.contributors.iter().find(|other| other.id == group.id).map(|group| group.people)
        });
        seen.push(Contributor {
            name: group_name::shown(visit.language, group),
            people: newest.map_or_else(|| "–".to_owned(), |people| number::shown(people, visit.words())),
            is_shown: newest.is_none_or(|people| people.is_some()),
            releases: releases.collect::<Vec<_>>().join(", "),
        });
    }
    seen
}

fn dataset(visit: &Visit, b: &BrowserWords, card: &DatasetCard, today: NaiveDate) -> Dataset {
    let term = |(code, about): &(String, String)| {
        if about.is_empty() { code.clone() } else { format!("{code} ({about})") }
    };
    let release = |(name, people): &(gj_model::FreezeName, Option<u32>)| {
        format!("{name}: {}", number::shown(*people, visit.words()))
    };
    Dataset {
        id: card.id.clone(),
        name: visit.language.of(&card.name).to_owned(),
        contributor: visit.language.of(&card.contributor_name).to_owned(),
        tier: match card.tier.as_str() {
            "overview" => b.tier_overview,
            "detailed" => b.tier_detailed,
            _ => b.tier_public,
        },
        terms: if card.duo.is_empty() {
            b.terms_none.to_owned()
        } else {
            card.duo.iter().map(term).collect::<Vec<_>>().join(", ")
        },
        from: card.starting_point.to_string(),
        clock: format!("{} ({})", card.restricted_until, clock(b, card.restricted_until, today)),
        releases: card.releases.iter().map(release).collect(),
    }
}

/// How long until a day is over.
fn clock(b: &BrowserWords, end: NaiveDate, today: NaiveDate) -> String {
    match (end - today).num_days() {
        days if days >= 0 => fill(b.days_left, &[("days", &number::count(days.unsigned_abs()))]),
        _ => b.window_over.to_owned(),
    }
}

fn cited(visit: &Visit, overview: &Overview, freeze: &FreezeCard) -> Citation {
    let day = date::day(&freeze.created_at);
    let name = visit.language.of(&overview.name);
    let year = day.get(..4).unwrap_or_default();
    // Braces keep the capitals of a name, and what would end the entry is taken out.
    let plain = |text: &str| text.replace(['{', '}', '\\'], "");
    Citation {
        release: freeze.name.to_string(),
        plain: citation::sentence(visit.language, overview, &freeze.name, &freeze.digest),
        bibtex: format!(
            "@misc{{release-{0},\n  title = {{{{{1}}}}},\n  version = {{{0}}},\n  year = {{{year}}},\n  note = {{{day}, digest {2}}}\n}}",
            plain(freeze.name.as_str()),
            plain(name),
            freeze.digest
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::visit::tests::visit;
    use gj_gate::acts::overview::Progress;
    use gj_model::Bilingual;

    #[test]
    fn a_clock_counts_down_and_stops() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let b = browser_words::of(crate::language::Language::En);
        assert_eq!(clock(b, day("2026-04-11"), day("2026-04-01")), "10 days");
        assert_eq!(clock(b, day("2026-04-01"), day("2026-04-01")), "0 days");
        assert_eq!(clock(b, day("2026-03-31"), day("2026-04-01")), "over");
    }

    #[test]
    fn a_citation_stays_one_entry() {
        let freeze = FreezeCard {
            name: "2026.1".parse().unwrap(),
            digest: "abc".into(),
            created_at: "2026-04-01T00:00:00Z".into(),
            people: None,
            variants: None,
            contributors: vec![],
            strata: vec![],
        };
        let name = Bilingual { ja: "事業".into(), en: "A } programme {".into() };
        let overview = Overview {
            name,
            build: "GRCh38".into(),
            smallest_cell: 10,
            freezes: vec![],
            purposes: vec![],
            progress: Progress { contributors: 0, batches: 0, batches_waiting: 0 },
        };
        let bibtex = cited(&visit("/?lang=en"), &overview, &freeze).bibtex;
        assert_eq!(bibtex.matches('{').count(), bibtex.matches('}').count());
        assert!(bibtex.starts_with("@misc{release-2026.1,") && bibtex.contains("year = {2026}"), "{bibtex}");
    }
}
