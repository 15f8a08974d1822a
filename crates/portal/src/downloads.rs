//! `/downloads`: the files of each release, as `/api/download` sends them, with what is in them and on which
//! terms. Public; the files themselves are not.

use crate::browser_words::{self, Words as BrowserWords};
use crate::desk::Desk;
use crate::frame::{Frame, render};
use crate::trouble;
use crate::visit::Visit;
use crate::words::Words;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use gj_api::Problem;
use gj_model::Grouping;

#[derive(Template)]
#[template(path = "downloads.html")]
struct DownloadsPage {
    frame: Frame,
    w: &'static Words,
    b: &'static BrowserWords,
    releases: Vec<Release>,
}

/// A file: its name, what it is, its address.
type FileLine = (&'static str, &'static str, String);

struct Release {
    name: String,
    digest: String,
    /// Split in words, and the files so split: name, what it is, address.
    splits: Vec<(&'static str, Vec<FileLine>)>,
}

pub(crate) async fn show(State(desk): State<Desk>, visit: Visit) -> Response {
    let overview = match desk.gate.overview().await {
        Ok(overview) => overview,
        Err(error) => return trouble::page(&visit, &Problem::public(error)),
    };
    let (words, b) = (visit.words(), browser_words::of(visit.language));
    let files =
        [("sites.vcf.gz", b.file_vcf), ("sites.vcf.gz.tbi", b.file_tabix), ("sites.parquet", b.file_parquet)];
    let splits = [
        (Grouping::Stratum, words.by_stratum),
        (Grouping::Contributor, words.by_contributor),
        (Grouping::Sex, words.by_sex),
    ];
    let release = |card: &gj_gate::acts::overview::FreezeCard| Release {
        name: card.name.to_string(),
        digest: card.digest.clone(),
        splits: splits
            .iter()
            .map(|(by, label)| {
                let address = |file: &str| format!("/api/download/{}/{file}?by={}", card.name, by.name());
                let files = files.iter().map(|(file, what)| (*file, *what, address(file)));
                (*label, files.collect())
            })
            .collect(),
    };
    let page = DownloadsPage {
        frame: Frame::new(&visit, b.downloads_title),
        w: words,
        b,
        releases: overview.get().freezes.iter().map(release).collect(),
    };
    render(&visit, StatusCode::OK, &page)
}
