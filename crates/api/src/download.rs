//! `GET /api/download/{freeze}/{file}`: a whole release as `sites.vcf.gz`, its index `sites.vcf.gz.tbi`, or
//! `sites.parquet`, with the numbers of the pages and the same cells hidden. Ranges, so that an interrupted
//! one goes on and `bcftools view -r` reads what it needs.
//!
//! HTTP semantics: RFC 9110, sections 13.1 (`If-None-Match`, `If-Range`) and 14 (ranges).

mod body;
mod range;

use crate::frequency::ask::{PURPOSE_DEFAULT, parsed};
use crate::operations::JSON;
use crate::status::{BadParameter, Problem};
use crate::who::{self, Counter};
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    IF_RANGE, RANGE,
};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use body::FileBody;
use gj_gate::{FileQuestion, GateError, ReleaseFile};
use range::{Asked, asked};
use std::time::Duration;

/// Times a delivery is tried again because somebody left meanwhile.
const TRIES: usize = 3;

pub(crate) async fn send(
    State(counter): State<Counter>,
    Path((freeze, file)): Path<(String, String)>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let question = question(&freeze, &file, query.as_deref().unwrap_or_default())?;
    let session = who::session(&headers, &counter.gate, &counter.sessions).await.map_err(Problem::public)?;
    let asker = who::asker(session.as_ref());
    // Less than a request may take, so that who waits is told that it goes on.
    let wait_max = Duration::from_secs(counter.gate.config().limits.request_seconds_max) / 2;
    let mut sent = counter.gate.download(&asker, &question, wait_max).await;
    for _ in 1..TRIES {
        if matches!(sent, Err(GateError::Changed | GateError::Store(gj_gate::StoreError::Missing { .. }))) {
            sent = counter.gate.download(&asker, &question, wait_max).await;
        }
    }
    let sent = sent.map_err(|error| Problem::Gate { error, signed_in: session.is_some() })?.into_inner();
    let (length, tag) = (sent.length(), format!("\"{}\"", sent.digest()));
    let header = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let common = [
        (ETAG, tag.clone()),
        (ACCEPT_RANGES, "bytes".to_owned()),
        (CONTENT_TYPE, media(question.file).to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{}.{}\"", question.freeze, file)),
    ];
    if header(IF_NONE_MATCH).is_some_and(|tags| tags == "*" || tags.split(',').any(|t| t.trim() == tag)) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    // A range of another state of the release would be glued to the wrong beginning.
    let same = header(IF_RANGE).is_none_or(|of| of == tag);
    let ranged = header(RANGE).filter(|_| same).map_or(Asked::Whole, |text| asked(text, length));
    Ok(match ranged {
        Asked::Whole => {
            let body = Body::new(FileBody::new(sent, 0, length));
            (common, [(CONTENT_LENGTH, length.to_string())], body).into_response()
        }
        Asked::Part { start, end } => {
            let about = [
                (CONTENT_LENGTH, (end - start).to_string()),
                (CONTENT_RANGE, format!("bytes {start}-{}/{length}", end - 1)),
            ];
            let body = Body::new(FileBody::new(sent, start, end));
            (StatusCode::PARTIAL_CONTENT, common, about, body).into_response()
        }
        Asked::Beyond => {
            let about = [(CONTENT_RANGE, format!("bytes */{length}")), (CONTENT_TYPE, JSON.to_owned())];
            (StatusCode::RANGE_NOT_SATISFIABLE, about).into_response()
        }
    })
}

fn media(file: ReleaseFile) -> &'static str {
    match file {
        ReleaseFile::Vcf => "application/gzip",
        ReleaseFile::Tabix => "application/octet-stream",
        ReleaseFile::Parquet => "application/vnd.apache.parquet",
    }
}

fn question(freeze: &str, file: &str, query: &str) -> Result<FileQuestion, Problem> {
    let mut question = FileQuestion {
        freeze: parsed("freeze", freeze)?,
        file: ReleaseFile::named(file).ok_or(Problem::NotFound)?,
        by: parsed("by", "stratum")?,
        purpose: parsed("purpose", PURPOSE_DEFAULT)?,
        project: None,
    };
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        match key.as_ref() {
            "by" => question.by = parsed("by", &value)?,
            "purpose" => question.purpose = parsed("purpose", &value)?,
            // A form sends the choice of none as an empty one.
            "project" if value.is_empty() => {}
            "project" => question.project = Some(parsed("project", &value)?),
            _ => return Err(BadParameter::new(&key, &value, "by, purpose or project").into()),
        }
    }
    Ok(question)
}
