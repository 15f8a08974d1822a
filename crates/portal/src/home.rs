//! `/`: what this is, the current release, who is in it, how to search and how to cite. Public.

use crate::bars::Bar;
use crate::citation;
use crate::date;
use crate::desk::Desk;
use crate::frame::{Frame, render};
use crate::group_name;
use crate::language::Language;
use crate::number;
use crate::trouble;
use crate::visit::Visit;
use crate::words::{Words, fill};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use gj_api::Problem;
use gj_gate::Overview;
use gj_gate::acts::overview::{FreezeCard, GroupSize};

/// Characters of a digest that are shown first.
const DIGEST_SHORT: usize = 12;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    w: &'static Words,
    build: String,
    release: Option<Card>,
    older: Vec<Card>,
    progress: Progress,
    query: String,
}

struct Card {
    name: String,
    date: String,
    people: String,
    variants: String,
    digest: String,
    digest_short: String,
    contributors: Vec<Bar>,
    strata: Vec<Bar>,
    citation: String,
}

struct Progress {
    sentence: String,
    bar: Bar,
}

pub(crate) async fn show(State(desk): State<Desk>, visit: Visit) -> Response {
    match desk.gate.overview().await {
        Ok(overview) => render(&visit, StatusCode::OK, &home(&visit, overview.get())),
        Err(error) => trouble::page(&visit, &Problem::public(error)),
    }
}

fn home(visit: &Visit, overview: &Overview) -> Home {
    let mut cards = overview.freezes.iter().map(|freeze| card(visit.language, overview, freeze));
    Home {
        frame: Frame::new(visit, visit.language.of(&overview.name)),
        w: visit.words(),
        build: overview.build.clone(),
        release: cards.next(),
        older: cards.collect(),
        progress: progress(visit.words(), overview),
        query: String::new(),
    }
}

fn card(language: Language, overview: &Overview, freeze: &FreezeCard) -> Card {
    let words = language.words();
    let date = date::day(&freeze.created_at);
    let citation = citation::sentence(language, overview, &freeze.name, &freeze.digest);
    Card {
        name: freeze.name.to_string(),
        people: number::shown(freeze.people, words),
        variants: freeze.variants.map_or_else(|| words.hidden.to_owned(), number::count),
        digest: freeze.digest.clone(),
        digest_short: freeze.digest.chars().take(DIGEST_SHORT).collect(),
        contributors: bars(language, &freeze.contributors),
        strata: bars(language, &freeze.strata),
        date,
        citation,
    }
}

fn bars(language: Language, groups: &[GroupSize]) -> Vec<Bar> {
    let top = groups.iter().filter_map(|group| group.people).max().unwrap_or(1);
    let bar = |group: &GroupSize| {
        let text = number::shown(group.people, language.words());
        Bar::new(group_name::shown(language, group), text, group.people.map(f64::from), f64::from(top))
    };
    groups.iter().map(bar).collect()
}

fn progress(words: &Words, overview: &Overview) -> Progress {
    let counts = &overview.progress;
    let released = counts.batches.saturating_sub(counts.batches_waiting);
    let (batches, waiting) = (number::count(counts.batches), number::count(counts.batches_waiting));
    let sentence = if counts.batches_waiting == 0 { words.progress_none } else { words.progress_waiting };
    let contributors = number::count(counts.contributors);
    let values = [("batches", batches.as_str()), ("waiting", &waiting), ("contributors", &contributors)];
    let text = format!("{} / {batches}", number::count(released));
    let bar = Bar::new(words.progress_bar.to_owned(), text, Some(released as f64), counts.batches as f64);
    Progress { sentence: fill(sentence, &values), bar }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::visit::tests::visit;
    use gj_gate::acts::overview::Progress as Counts;
    use gj_model::Bilingual;

    fn both(text: &str) -> Bilingual {
        Bilingual { ja: text.to_owned(), en: text.to_owned() }
    }

    #[test]
    fn names_from_sample_sheets_cannot_become_markup() {
        let group = GroupSize { id: "x".into(), name: both("<script>alert(1)</script>"), people: None };
        let overview = Overview {
            name: both("Programme"),
            build: "GRCh38".into(),
            smallest_cell: 10,
            freezes: vec![FreezeCard {
                name: "2026.1".parse().unwrap(),
                digest: "0123456789abcdef".into(),
                created_at: "2026-04-01T00:00:00Z".into(),
                people: Some(3_202),
                variants: Some(12_345),
                contributors: vec![group.clone()],
                strata: vec![group],
            }],
            purposes: vec![],
            progress: Counts { contributors: 4, batches: 4, batches_waiting: 1 },
        };
        for address in ["/?lang=ja", "/?lang=en"] {
            let html = home(&visit(address), &overview).render().unwrap();
            assert!(!html.contains("<script"), "{html}");
            assert!(
                html.contains("&#60;script&#62;") && html.contains("3,202") && html.contains("0123456789ab")
            );
        }
    }
}
