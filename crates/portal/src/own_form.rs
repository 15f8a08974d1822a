//! Forms that this server's own pages sent: the one way a page takes a POST.
//!
//! Owns the check against forms of other sites, twice over: where the browser says the form came from,
//! and a token only our page to this browser could hold. What fails either is 403, and nothing was read
//! of it. Decides nothing about rights.
//!
//! A page's form includes `form_guard.html`, and its handler takes `OwnForm<Fields>` as its last argument,
//! in the place of `Visit` and `Form<Fields>`.

use crate::desk::Desk;
use crate::trouble;
use crate::visit::Visit;
use axum::Form;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use gj_api::{Problem, origin};
use serde::de::DeserializeOwned;

/// Name of the field with the token.
const FIELD: &str = "csrf";

/// A form of our own, and who sent it.
#[derive(Debug)]
pub(crate) struct OwnForm<T> {
    pub(crate) visit: Visit,
    pub(crate) fields: T,
}

impl<T: DeserializeOwned> FromRequest<Desk> for OwnForm<T> {
    type Rejection = Response;

    async fn from_request(request: Request, desk: &Desk) -> Result<OwnForm<T>, Response> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, desk).await?;
        if !origin::is_own(&visit.headers) {
            return Err(trouble::foreign_form(&visit));
        }
        let unfit = |status| trouble::page(&visit, &Problem::Unfit(status));
        let head = Request::from_parts(parts.clone(), body);
        let bytes = Bytes::from_request(head, &()).await.map_err(|error| unfit(error.status()))?;
        let sent = form_urlencoded::parse(&bytes).find(|(name, _)| name == FIELD);
        if !sent.is_some_and(|(_, token)| desk.sessions.is_form_token(&visit.browser, &token)) {
            return Err(trouble::foreign_form(&visit));
        }
        let whole = Request::from_parts(parts, Body::from(bytes));
        match Form::<T>::from_request(whole, &()).await {
            Ok(Form(fields)) => Ok(OwnForm { visit, fields }),
            Err(error) => Err(unfit(error.into_response().status())),
        }
    }
}
