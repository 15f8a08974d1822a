//! A provider of OpenID Connect on loopback: discovery, keys, authorisation, tokens signed with RS256. It
//! asks nobody for a password, checks what a provider checks, and lies when told to.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use openidconnect::core::{CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey};
use openidconnect::{JsonWebKeyId, PkceCodeChallenge, PkceCodeVerifier, PrivateSigningKey};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

pub const CLIENT: &str = "genomics-japan";
pub const SECRET: &str = "a secret of the client";
pub const RETURN: &str = "https://gj.example.jp/sign-in/provider/return";

/// How a token is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    None,
    OtherNonce,
    NoNonce,
    OtherAudience,
    OtherIssuer,
    Expired,
    OtherKey,
    ChangedClaims,
    NoSignature,
    SignedWithSecret,
    NoToken,
}

/// A running provider, until the test ends.
pub struct Provider {
    pub issuer: String,
    inner: Arc<Inner>,
}

struct Inner {
    issuer: String,
    says: Mutex<(Lie, Value)>,
    /// What a code was given for: nonce and challenge. Each works once.
    codes: Mutex<HashMap<String, (String, String)>>,
    endpoint: Mutex<Option<String>>,
}

impl Provider {
    pub fn start() -> Provider {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Inner {
            issuer: issuer.clone(),
            says: Mutex::new((Lie::None, json!({}))),
            codes: Mutex::default(),
            endpoint: Mutex::default(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .with_state(inner.clone());
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
            runtime.unwrap().block_on(async move {
                axum::serve(tokio::net::TcpListener::from_std(listener).unwrap(), router).await.unwrap();
            });
        });
        Provider { issuer, inner }
    }

    /// What it says of everybody from now on.
    pub fn say(&self, lie: Lie, claims: Value) {
        *self.inner.says.lock().unwrap() = (lie, claims);
    }

    /// Names another address for tokens.
    pub fn name_token_endpoint(&self, address: Option<&str>) {
        *self.inner.endpoint.lock().unwrap() = address.map(str::to_owned);
    }
}

fn key(lie: Lie) -> CoreRsaPrivateSigningKey {
    let pem = match lie {
        Lie::OtherKey => include_str!("../../fixtures/stranger.pem"),
        _ => include_str!("../../fixtures/provider.pem"),
    };
    // A stranger calls its key by the same name.
    CoreRsaPrivateSigningKey::from_pem(pem, Some(JsonWebKeyId::new("k1".to_owned()))).unwrap()
}

async fn discovery(State(inner): State<Arc<Inner>>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", inner.issuer);
    let tokens = inner.endpoint.lock().unwrap().clone().unwrap_or_else(|| at("/token"));
    Json(json!({
        "issuer": inner.issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": tokens,
        "jwks_uri": at("/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
    }))
}

async fn keys() -> Json<Value> {
    Json(json!({ "keys": [key(Lie::None).as_verification_key()] }))
}

async fn authorize(State(inner): State<Arc<Inner>>, Query(q): Query<HashMap<String, String>>) -> Response {
    let has = |name: &str, value: &str| q.get(name).is_some_and(|found| found == value);
    let fits = has("response_type", "code")
        && has("client_id", CLIENT)
        && has("redirect_uri", RETURN)
        && has("code_challenge_method", "S256")
        && q["scope"].split(' ').any(|scope| scope == "openid");
    if !fits {
        return (StatusCode::BAD_REQUEST, format!("{q:?}")).into_response();
    }
    let code = format!("code-{}", inner.codes.lock().unwrap().len());
    inner.codes.lock().unwrap().insert(code.clone(), (q["nonce"].clone(), q["code_challenge"].clone()));
    Redirect::to(&format!("{RETURN}?code={code}&state={}", q["state"])).into_response()
}

async fn token(
    State(inner): State<Arc<Inner>>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let basic =
        format!("Basic {}", base64(format!("{CLIENT}:{}", SECRET.replace(' ', "+")).as_bytes(), true));
    let given = inner.codes.lock().unwrap().remove(form.get("code").map_or("", String::as_str));
    let verifier = PkceCodeVerifier::new(form.get("code_verifier").cloned().unwrap_or_default());
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
    let known = headers.get("authorization").is_some_and(|sent| sent == basic.as_str());
    let (Some((nonce, expected)), true) = (given, known) else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    };
    if challenge.as_str() != expected || form.get("redirect_uri").is_none_or(|sent| sent != RETURN) {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    }
    let (lie, claims) = inner.says.lock().unwrap().clone();
    let mut answer = json!({ "access_token": "an access token", "token_type": "Bearer", "expires_in": 60 });
    if lie != Lie::NoToken {
        answer["id_token"] = json!(id_token(&inner.issuer, &nonce, lie, claims));
    }
    Json(answer).into_response()
}

fn id_token(issuer: &str, nonce: &str, lie: Lie, more: Value) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let mut claims = json!({
        "iss": if lie == Lie::OtherIssuer { "http://127.0.0.1:9" } else { issuer },
        "aud": if lie == Lie::OtherAudience { "somebody-else" } else { CLIENT },
        "exp": if lie == Lie::Expired { now - 60 } else { now + 300 },
        "iat": now - 120,
        "nonce": if lie == Lie::OtherNonce { "another" } else { nonce },
    });
    if lie == Lie::NoNonce {
        claims.as_object_mut().unwrap().remove("nonce");
    }
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let alg = match lie {
        Lie::NoSignature => "none",
        Lie::SignedWithSecret => "HS256",
        _ => "RS256",
    };
    let head = json!({ "alg": alg, "typ": "JWT", "kid": "k1" });
    let part = |value: &Value| base64(value.to_string().as_bytes(), false);
    let text = format!("{}.{}", part(&head), part(&claims));
    let signature = match lie {
        Lie::NoSignature => Vec::new(),
        Lie::SignedWithSecret => openidconnect::core::CoreHmacKey::new(SECRET)
            .sign(&CoreJwsSigningAlgorithm::HmacSha256, text.as_bytes())
            .unwrap(),
        _ => key(lie).sign(&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, text.as_bytes()).unwrap(),
    };
    let text = match lie {
        Lie::ChangedClaims => {
            let mut claims = claims;
            claims["sub"] = json!("somebody-else");
            format!("{}.{}", part(&head), part(&claims))
        }
        _ => text,
    };
    format!("{text}.{}", base64(&signature, false))
}

fn base64(bytes: &[u8], padded: bool) -> String {
    let letters: &[u8; 64] = match padded {
        true => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        false => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    };
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits =
            chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for n in 0..=chunk.len() {
            text.push(char::from(letters[(bits >> (18 - 6 * n) & 63) as usize]));
        }
        if padded {
            text.push_str(&"=".repeat(3 - chunk.len()));
        }
    }
    text
}
