//! `/about/api`: the operations, from the table the router is made of, and examples. Public.

use crate::desk::Desk;
use crate::frame::{Frame, render};
use crate::language::Language;
use crate::visit::Visit;
use crate::words::Words;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::response::Response;
use gj_api::operations;

#[derive(Template)]
#[template(path = "about_api.html")]
struct AboutApi {
    frame: Frame,
    w: &'static Words,
    operations: Vec<Line>,
    examples: Vec<String>,
}

struct Line {
    verb: &'static str,
    path: &'static str,
    summary: &'static str,
    access: &'static str,
}

/// Questions of the examples: path, and query where there is one.
const EXAMPLES: [&str; 4] = [
    "/api/overview",
    "/api/frequency?region=chr22:42126499-42130865&purpose=GRU&by=stratum",
    "/api/frequency.vcf?region=chr22:42126499-42130865&purpose=GRU",
    "/api/beacon/v2/g_variants?assemblyId=GRCh38&referenceName=22&start=42127940&referenceBases=G&alternateBases=A",
];

pub(crate) async fn show(State(_): State<Desk>, visit: Visit) -> Response {
    let host = visit.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let root = format!("{}://{host}", if visit.is_secure() { "https" } else { "http" });
    let words = visit.words();
    let line = |operation: &gj_api::Operation| Line {
        verb: operation.verb.name(),
        path: operation.path,
        summary: match visit.language {
            Language::Ja => operation.summary_ja,
            Language::En => operation.summary_en,
        },
        access: if operation.public { words.api_public } else { words.api_signed_in },
    };
    let example = |path: &str| format!("curl -H \"Authorization: Bearer $TOKEN\" \\\n  \"{root}{path}\"");
    let page = AboutApi {
        frame: Frame::new(&visit, words.api_title),
        w: words,
        operations: operations().map(line).collect(),
        examples: EXAMPLES.into_iter().map(example).collect(),
    };
    render(&visit, StatusCode::OK, &page)
}
