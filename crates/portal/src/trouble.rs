//! Pages for when there is no answer: a refusal with its reasons in both languages, a parameter that
//! cannot be read, a page that is not there, a failure of the server.

use crate::desk::Desk;
use crate::frame::{Frame, render};
use crate::language::Language;
use crate::visit::Visit;
use crate::words::{Words, fill};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use gj_api::Problem;
use gj_gate::GateError;
use gj_model::Reason;

#[derive(Template)]
#[template(path = "refused.html")]
struct RefusedPage {
    frame: Frame,
    w: &'static Words,
    text: &'static str,
    reasons: Vec<Line>,
    offer_sign_in: bool,
    /// The page of what could not be done.
    back: Option<String>,
}

/// A reason, in the page's language and in the other.
pub(crate) struct Line {
    pub(crate) here: String,
    pub(crate) there: String,
    pub(crate) there_code: &'static str,
    pub(crate) source: String,
    /// What would change the result; may be empty.
    pub(crate) change: String,
}

impl Line {
    pub(crate) fn new(visit: &Visit, reason: &Reason) -> Line {
        let (here, there) = match visit.language {
            Language::Ja => (&reason.ja, &reason.en),
            Language::En => (&reason.en, &reason.ja),
        };
        Line {
            here: here.clone(),
            there: there.clone(),
            there_code: visit.language.other().code(),
            source: reason.source.clone(),
            change: change(visit.words(), visit.language, reason),
        }
    }
}

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage {
    frame: Frame,
    w: &'static Words,
    sentence: String,
    expected: Option<String>,
}

/// The page for a problem, with the status the API gives it.
pub(crate) fn page(visit: &Visit, problem: &Problem) -> Response {
    answer(visit, problem, None)
}

/// The same for a step on what has a page of its own.
pub(crate) fn step(visit: &Visit, problem: &Problem, back: String) -> Response {
    answer(visit, problem, Some(back))
}

fn answer(visit: &Visit, problem: &Problem, back: Option<String>) -> Response {
    let request = problem.logged();
    let page = match problem.reasons() {
        Some(reasons) => render(visit, problem.status(), &refused(visit, reasons, back)),
        None => render(visit, problem.status(), &message(visit, problem, &request)),
    };
    let (parts, body) = page.into_parts();
    let mut response = problem.respond(&request, body);
    // Status and request id are the problem's, the rest is the page's.
    response.headers_mut().remove(axum::http::header::CONTENT_TYPE);
    response.headers_mut().extend(parts.headers);
    response
}

/// Nothing has this address: a page, or what the API says under its own paths.
pub(crate) async fn not_found(State(_): State<Desk>, visit: Visit) -> Response {
    if visit.path == "/api" || visit.path.starts_with("/api/") {
        return gj_api::not_found(&visit.path);
    }
    page(&visit, &Problem::NotFound)
}

/// A form that another site sent.
pub(crate) fn foreign_form(visit: &Visit) -> Response {
    let words = visit.words();
    let page = MessagePage {
        frame: Frame::new(visit, words.trouble_title),
        w: words,
        sentence: words.trouble_foreign_form.to_owned(),
        expected: None,
    };
    render(visit, StatusCode::FORBIDDEN, &page).into_response()
}

fn refused(visit: &Visit, reasons: &[Reason], back: Option<String>) -> RefusedPage {
    let words = visit.words();
    let (title, text) = match back {
        Some(_) => (words.step_refused_title, words.step_refused_text),
        None => (words.refused_title, words.refused_text),
    };
    RefusedPage {
        frame: Frame::new(visit, title),
        w: words,
        text,
        back,
        reasons: reasons.iter().map(|reason| Line::new(visit, reason)).collect(),
        offer_sign_in: visit.session.is_none(),
    }
}

/// What would change a refusal: as its rule says, or by the code of a rule of the program itself.
fn change(words: &Words, language: Language, reason: &Reason) -> String {
    let remedy = reason.remedy.as_ref().map(|remedy| match language {
        Language::Ja => remedy.ja.clone(),
        Language::En => remedy.en.clone(),
    });
    let until = reason
        .until
        .map(|until| fill(words.refused_until, &[("until", &until.to_string())]))
        .unwrap_or_default();
    if let Some(remedy) = remedy {
        return remedy + &until;
    }
    let words = match reason.code.as_str() {
        "user-unknown" => words.change_user,
        "role-forbids" => words.change_role,
        "purpose-unknown" => words.change_purpose,
        "purpose-needs-disease" => words.change_disease,
        "freeze-unknown" => words.change_freeze,
        "payment-missing" => words.change_payment,
        "application-follows-opinion-to-approve" | "application-text-given" => words.change_reasons,
        code if code.starts_with("application-") => words.change_step,
        _ => words.change_other,
    };
    words.to_owned()
}

fn message(visit: &Visit, problem: &Problem, request: &str) -> MessagePage {
    let words = visit.words();
    let mut expected = None;
    let mut title = words.trouble_title;
    let sentence = match problem {
        Problem::Parameter(bad) => {
            expected = Some(bad.expected.clone());
            fill(words.trouble_parameter, &[("name", &bad.name), ("found", &bad.found)])
        }
        Problem::NoRelease => words.no_release.to_owned(),
        Problem::NotFound => {
            title = words.not_found_title;
            words.not_found_text.to_owned()
        }
        Problem::Gate { error: GateError::TooManySites { limit }, .. } => {
            fill(words.trouble_too_many, &[("limit", &crate::number::count(*limit as u64))])
        }
        Problem::Gate { error: GateError::Changed, .. } => words.trouble_changed.to_owned(),
        Problem::Gate { error: error @ (GateError::Books(_) | GateError::NoPaper(_)), .. } => {
            error.to_string()
        }
        Problem::Gate {
            error: error @ (GateError::Application(_) | GateError::NoApplication(_) | GateError::Stale(_)),
            ..
        } => crate::applications::problem(visit, error).unwrap_or_else(|| error.to_string()),
        Problem::Gate { error: error @ GateError::Consent(_), .. } => {
            fill(words.trouble_consent, &[("what", &error.to_string())])
        }
        Problem::Gate { error: GateError::Participant(_), .. } => words.trouble_participant.to_owned(),
        Problem::Unfit(_) => problem.to_string(),
        Problem::Gate { .. } => fill(words.trouble_server, &[("request", request)]),
    };
    MessagePage { frame: Frame::new(visit, title), w: words, sentence, expected }
}

/// The sentence of a problem, for a page that can say it beside what was typed.
pub(crate) fn sentence(visit: &Visit, problem: &Problem) -> String {
    let MessagePage { w, sentence, expected, .. } = message(visit, problem, "");
    match expected {
        Some(form) => format!("{sentence} {}: {form}", w.trouble_expected),
        None => sentence,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::visit::tests::visit;

    #[test]
    fn reasons_stand_in_both_languages_with_their_source() {
        let reason = Reason {
            code: "payment-missing".into(),
            ja: "支払いが必要です。".into(),
            en: "A payment is <needed>.".into(),
            source: "規程 第5条".into(),
            ..Reason::default()
        };
        for address in ["/?lang=ja", "/?lang=en"] {
            let html = refused(&visit(address), std::slice::from_ref(&reason), None).render().unwrap();
            assert!(html.contains("支払いが必要です。") && html.contains("A payment is &#60;needed&#62;."));
            assert!(html.contains("規程 第5条") && html.contains("/sign-in?next="));
        }
    }

    #[test]
    fn what_was_typed_stays_text() {
        let bad = gj_api::BadParameter::new("variant", "<script>alert(1)</script>", "chr22-42127941-G-A");
        let html = message(&visit("/"), &bad.into(), "r").render().unwrap();
        assert!(!html.contains("<script"));
    }
}
