//! Signing in by OpenID Connect: to the provider with a question only this browser can bring the answer
//! to, and back with a code that becomes an identity.
//!
//! Owns the flow (authorization code with PKCE, state and nonce), the checks of the provider's word, and
//! the one outbound connection of the program: to the issuer that `gj.toml` names, and nowhere else.
//! Never believes a claim before its signature, issuer, audience, nonce and dates.

use crate::config::{AccountClaim, Provider};
use crate::error::GateError;
use crate::gate::Gate;
use crate::sign_in::SignIn;
use gj_model::UserId;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdTokenClaims, CoreJwsSigningAlgorithm, CoreProviderMetadata,
};
use openidconnect::http::Uri;
use openidconnect::reqwest::{Client, redirect};
use openidconnect::{
    AsyncHttpClient, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpClientError, HttpRequest,
    HttpResponse, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
};
use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Where the provider sends the browser back to, under our own address.
pub const RETURN_PATH: &str = "/sign-in/provider/return";
/// Seconds somebody may take at the provider.
pub const AWAY_SECONDS_MAX: u64 = 600;
/// People on their way at most; the oldest makes room.
const AWAY_MAX: usize = 1_000;
/// Seconds a request to the provider may take.
const REQUEST_SECONDS_MAX: u64 = 10;
/// Bytes of an answer of the provider at most.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// Who is on the way to the provider: state, and what their return is compared with.
#[derive(Default)]
pub(crate) struct Away(Mutex<HashMap<String, Trip>>);

struct Trip {
    /// The cookie of the browser that left.
    browser: String,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    metadata: Box<CoreProviderMetadata>,
    next: String,
    began: Instant,
}

/// Where a browser goes.
#[derive(Debug, Clone)]
pub struct Departure {
    /// The provider's page, with the question.
    pub url: String,
}

/// What came of a return.
#[derive(Debug)]
pub struct Arrival {
    /// Whether somebody is in.
    pub sign_in: SignIn,
    /// Where they wanted to go.
    pub next: String,
}

impl Gate {
    /// The provider that is set up.
    pub fn provider(&self) -> Option<&Provider> {
        self.inner.config.provider.as_ref()
    }

    /// Begins a way to the provider for the browser with a cookie.
    ///
    /// # Errors
    /// [`GateError::Provider`] when none is set up or it does not answer as it should.
    pub async fn depart(&self, browser: &str, next: String) -> Result<Departure, GateError> {
        let provider = self.provider().ok_or_else(|| failed("none is set up"))?;
        let outbound = Outbound::to(provider)?;
        let issuer =
            IssuerUrl::new(provider.issuer.clone()).map_err(|_| failed("its issuer is no address"))?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &outbound).await.map_err(told)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = CoreClient::from_provider_metadata(metadata.clone(), self.client_id(provider), None)
            .set_redirect_uri(redirect_url(provider)?);
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .set_pkce_challenge(challenge);
        for scope in ["profile", "email"] {
            request = request.add_scope(Scope::new(scope.to_owned()));
        }
        let (url, state, nonce) = request.url();
        let trip = Trip {
            browser: browser.to_owned(),
            nonce,
            verifier,
            metadata: Box::new(metadata),
            next,
            began: Instant::now(),
        };
        self.inner.away.begin(state.secret().clone(), trip);
        Ok(Departure { url: url.to_string() })
    }

    /// Takes somebody in who comes back with a code. A state works once, in the browser that left.
    ///
    /// # Errors
    /// [`GateError::Provider`] when the provider does not answer; when the registry fails.
    pub async fn arrive(&self, browser: &str, state: &str, code: String) -> Result<Arrival, GateError> {
        let provider = self.provider().ok_or_else(|| failed("none is set up"))?;
        let Some(trip) = self.inner.away.end(state, browser) else {
            let why = "an unknown, old or used state";
            return self.turned_away(provider, why, "/".to_owned()).await;
        };
        let outbound = Outbound::to(provider)?;
        let secret = secret_of(&self.inner.dir, provider)?;
        let client = CoreClient::from_provider_metadata(*trip.metadata, self.client_id(provider), secret)
            .set_redirect_uri(redirect_url(provider)?);
        let exchange = client.exchange_code(AuthorizationCode::new(code)).map_err(told)?;
        let answer = match exchange.set_pkce_verifier(trip.verifier).request_async(&outbound).await {
            Ok(answer) => answer,
            Err(openidconnect::RequestTokenError::ServerResponse(_)) => {
                return self.turned_away(provider, "the provider refused the code", trip.next).await;
            }
            Err(error) => return Err(told(error)),
        };
        let verifier = client.id_token_verifier().set_allowed_algs(SIGNATURES);
        let claims = match answer.id_token().map(|token| token.claims(&verifier, &trip.nonce)) {
            Some(Ok(claims)) => claims,
            Some(Err(error)) => {
                // What exactly was wrong is for the operator; nothing of the token is in it.
                tracing::warn!(%error, "a provider's word was refused");
                return self.turned_away(provider, "the provider's word does not hold", trip.next).await;
            }
            None => return self.turned_away(provider, "the provider gave no word", trip.next).await,
        };
        let account = match self.account_named(provider, claims).await? {
            Ok(account) => account,
            Err(why) => return self.turned_away(provider, why, trip.next).await,
        };
        let subject = claims.subject().as_str();
        let sign_in = self.sign_in_by_identity(&provider.issuer, subject, account).await?;
        Ok(Arrival { sign_in, next: trip.next })
    }

    /// The account the claims name, for an identity that is linked to none yet; an error when the
    /// identity may not come in at all.
    async fn account_named(
        &self,
        provider: &Provider,
        claims: &CoreIdTokenClaims,
    ) -> Result<Result<Option<UserId>, &'static str>, GateError> {
        let email = claims.email().map(|email| email.as_str());
        let verified = claims.email_verified() == Some(true);
        if !provider.email_domains.is_empty() {
            let own = |email: &str| crate::acts::account::is_of_domain(email, &provider.email_domains);
            if !verified || !email.is_some_and(own) {
                return Ok(Err("no verified e-mail address of an allowed domain"));
            }
        }
        Ok(Ok(match provider.account_claim {
            AccountClaim::None => None,
            AccountClaim::PreferredUsername => {
                claims.preferred_username().and_then(|name| name.as_str().to_lowercase().parse().ok())
            }
            // An address nobody verified is whatever its owner typed.
            AccountClaim::Email => match email.filter(|_| verified) {
                Some(email) => self.inner.registry.read().await?.user_by_email(email).await?,
                None => None,
            },
        }))
    }

    async fn turned_away(&self, provider: &Provider, why: &str, next: String) -> Result<Arrival, GateError> {
        self.note_turned_away(&provider.issuer, why).await?;
        Ok(Arrival { sign_in: SignIn::Wrong, next })
    }

    fn client_id(&self, provider: &Provider) -> ClientId {
        ClientId::new(provider.client_id.clone())
    }
}

/// Signatures believed: by a key that only the provider has. Not those by a secret we know, too.
const SIGNATURES: [CoreJwsSigningAlgorithm; 8] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

fn redirect_url(provider: &Provider) -> Result<RedirectUrl, GateError> {
    let address = provider.own_address.trim_end_matches('/');
    RedirectUrl::new(format!("{address}{RETURN_PATH}")).map_err(|_| failed("`own_address` is no address"))
}

fn secret_of(dir: &std::path::Path, provider: &Provider) -> Result<Option<ClientSecret>, GateError> {
    let Some(file) = &provider.client_secret_file else { return Ok(None) };
    let path = dir.join(file);
    let text = std::fs::read_to_string(&path).map_err(GateError::io(&path))?;
    Ok(Some(ClientSecret::new(text.trim().to_owned())))
}

fn failed(what: &str) -> GateError {
    GateError::Provider(what.to_owned())
}

fn told(error: impl std::error::Error) -> GateError {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    GateError::Provider(text)
}

impl Away {
    fn begin(&self, state: String, trip: Trip) {
        let mut trips = self.trips();
        trips.retain(|_, trip| trip.began.elapsed() < Duration::from_secs(AWAY_SECONDS_MAX));
        if trips.len() >= AWAY_MAX
            && let Some(oldest) =
                trips.iter().min_by_key(|(_, trip)| trip.began).map(|(state, _)| state.clone())
        {
            trips.remove(&oldest);
        }
        trips.insert(state, trip);
    }

    /// Ends a trip: whatever comes of it, its state works no more.
    fn end(&self, state: &str, browser: &str) -> Option<Trip> {
        let trip = self.trips().remove(state)?;
        let fresh = trip.began.elapsed() < Duration::from_secs(AWAY_SECONDS_MAX);
        (fresh && !browser.is_empty() && trip.browser == browser).then_some(trip)
    }

    fn trips(&self) -> MutexGuard<'_, HashMap<String, Trip>> {
        // Trips are inserted and removed whole: a poisoned map is still right.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Away {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Away").field("trips", &self.trips().len()).finish()
    }
}

/// The way out: to the issuer's own host, through no proxy, following nothing.
struct Outbound {
    client: Client,
    issuer: Uri,
}

#[derive(Debug, thiserror::Error)]
enum OutboundError {
    #[error("`{0}` is not on the host of the issuer in gj.toml")]
    Elsewhere(String),
    #[error("the answer is longer than a megabyte")]
    Long,
    #[error(transparent)]
    Http(#[from] HttpClientError<openidconnect::reqwest::Error>),
}

impl Outbound {
    fn to(provider: &Provider) -> Result<Outbound, GateError> {
        let issuer: Uri = provider.issuer.parse().map_err(|_| failed("its issuer is no address"))?;
        let near = matches!(issuer.host(), Some("127.0.0.1" | "localhost" | "[::1]"));
        if issuer.scheme_str() != Some("https") && !near {
            return Err(failed("its issuer is not https"));
        }
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(Duration::from_secs(REQUEST_SECONDS_MAX))
            .build()
            .map_err(told)?;
        Ok(Outbound { client, issuer })
    }

    fn reaches(&self, address: &Uri) -> bool {
        address.scheme() == self.issuer.scheme() && address.authority() == self.issuer.authority()
    }
}

impl<'c> AsyncHttpClient<'c> for Outbound {
    type Error = OutboundError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, OutboundError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            if !self.reaches(request.uri()) {
                let host = request.uri().host().unwrap_or_default().to_owned();
                return Err(OutboundError::Elsewhere(host));
            }
            let response = self.client.call(request).await?;
            if response.body().len() > ANSWER_BYTES_MAX {
                return Err(OutboundError::Long);
            }
            Ok(response)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_way_out() {
        let provider = |issuer: &str| Provider {
            issuer: issuer.to_owned(),
            client_id: "gj".to_owned(),
            client_secret_file: None,
            own_address: "https://gj.example.jp".to_owned(),
            account_claim: AccountClaim::None,
            email_domains: vec![],
            name_ja: "A".to_owned(),
            name_en: "A".to_owned(),
        };
        let out = Outbound::to(&provider("https://id.example.jp/realm")).unwrap();
        let reaches = |address: &'static str| out.reaches(&Uri::from_static(address));
        assert!(reaches("https://id.example.jp/realm/.well-known/openid-configuration"));
        for address in [
            "http://id.example.jp/token",
            "https://id.example.jp:8443/token",
            "https://id.example.jp.evil.example/token",
            "https://evil.example/token",
            "http://169.254.169.254/latest",
        ] {
            assert!(!reaches(address), "{address}");
        }
        assert!(Outbound::to(&provider("http://id.example.jp")).is_err());
        assert!(Outbound::to(&provider("http://127.0.0.1:5000")).is_ok());
    }
}
