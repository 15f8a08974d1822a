//! Who is signed in on the portal: random session ids and what each stands for, in memory only.
//!
//! A browser holds the id, which is worth nothing once somebody signed out, half an hour has passed
//! without a request, twelve hours have passed in all, or the server was started anew. What a token or
//! ticket is worth is asked of the gate at every request, so that an account locked or switched off, a
//! password changed or a token issued again ends a session at once. Never decides that itself.

use crate::status::Problem;
use gj_gate::{GateError, Ticket};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Seconds somebody stays signed in at most.
pub const SESSION_SECONDS_MAX: u64 = 12 * 3600;
/// Seconds somebody stays signed in without a request.
const IDLE_SECONDS_MAX: u64 = 30 * 60;
/// Sessions at once at most; the oldest makes room.
const SESSIONS_MAX: usize = 10_000;
/// Sessions of one holder at most, so that one account cannot sign the others out.
const SESSIONS_OF_HOLDER_MAX: usize = 100;
/// Bytes of a session id: 256 bits, as a token has.
const ID_BYTES: usize = 32;

/// The sessions of a server. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub struct Sessions {
    open: Arc<Mutex<HashMap<String, Entry>>>,
    /// What form tokens are made with; another after each start.
    key: [u8; 32],
}

/// What a session stands for.
#[derive(Clone, PartialEq, Eq)]
pub enum Holder {
    /// A token the gate knew.
    Token(String),
    /// Somebody who signed in with a password or by a provider.
    Ticket(Ticket),
}

struct Entry {
    holder: Holder,
    began: Instant,
    last: Instant,
}

impl Default for Sessions {
    fn default() -> Sessions {
        let mut key = [0u8; 32];
        // Without random numbers nobody can sign in either; until then no form token is right.
        let _ = getrandom::fill(&mut key);
        Sessions { open: Arc::default(), key }
    }
}

impl Sessions {
    /// Opens a session; returns its id, which is new whatever the browser had before.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn open(&self, holder: Holder) -> Result<String, Problem> {
        let id = random_id()?;
        self.add(id.clone(), holder, Instant::now());
        Ok(id)
    }

    /// Ends a session; one that is not there is ended already.
    pub fn close(&self, id: &str) {
        self.entries().remove(id);
    }

    /// The token that this server's own pages put into their forms for a browser with this cookie, the
    /// id of a session or, before anybody signed in, of a visit.
    pub fn form_token(&self, cookie: &str) -> String {
        blake3::keyed_hash(&self.key, cookie.as_bytes()).to_string()
    }

    /// Whether a form token is the one of a cookie; compared in constant time.
    pub fn is_form_token(&self, cookie: &str, token: &str) -> bool {
        let right = blake3::keyed_hash(&self.key, cookie.as_bytes());
        blake3::Hash::from_hex(token).is_ok_and(|sent| sent == right)
    }

    /// What a session stands for; asking keeps it from being idle.
    pub(crate) fn holder(&self, id: &str) -> Option<Holder> {
        self.holder_at(id, Instant::now())
    }

    fn holder_at(&self, id: &str, now: Instant) -> Option<Holder> {
        let mut entries = self.entries();
        let entry = entries.get_mut(id).filter(|entry| entry.lasts(now))?;
        entry.last = now;
        Some(entry.holder.clone())
    }

    fn add(&self, id: String, holder: Holder, now: Instant) {
        let mut entries = self.entries();
        entries.retain(|_, entry| entry.lasts(now));
        if entries.values().filter(|entry| entry.holder == holder).count() >= SESSIONS_OF_HOLDER_MAX {
            remove_oldest(&mut entries, |entry| entry.holder == holder);
        }
        if entries.len() >= SESSIONS_MAX {
            remove_oldest(&mut entries, |_| true);
        }
        entries.insert(id, Entry { holder, began: now, last: now });
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        // Entries are inserted and removed whole: a poisoned map is still right.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An id nobody can guess, for a cookie.
///
/// # Errors
/// When the system has no random numbers.
pub fn random_id() -> Result<String, Problem> {
    let mut bytes = [0u8; ID_BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|e| Problem::public(GateError::Inconsistent(format!("no random numbers: {e}"))))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

impl Entry {
    fn lasts(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.began) < Duration::from_secs(SESSION_SECONDS_MAX)
            && now.saturating_duration_since(self.last) < Duration::from_secs(IDLE_SECONDS_MAX)
    }
}

fn remove_oldest(entries: &mut HashMap<String, Entry>, of: impl Fn(&Entry) -> bool) {
    let oldest = entries.iter().filter(|(_, entry)| of(entry)).min_by_key(|(_, entry)| entry.began);
    if let Some(id) = oldest.map(|(id, _)| id.clone()) {
        entries.remove(&id);
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Ids and tokens open doors: neither is for a log.
        f.debug_struct("Sessions").field("open", &self.entries().len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Holder")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str) -> Holder {
        Holder::Token(text.to_owned())
    }

    #[test]
    fn a_session_is_not_its_token_and_ends_when_closed() {
        let sessions = Sessions::default();
        let (one, two) = (sessions.open(token("secret")).unwrap(), sessions.open(token("secret")).unwrap());
        assert!(one != two && one.len() == 2 * ID_BYTES && !one.contains("secret"));
        assert_eq!(sessions.holder(&one), Some(token("secret")));
        assert!(!format!("{sessions:?}").contains("secret"));
        sessions.close(&one);
        assert_eq!((sessions.holder(&one), sessions.holder("secret")), (None, None));
        assert_eq!(sessions.clone().holder(&two), Some(token("secret")));
    }

    #[test]
    fn nobody_stays_signed_in_for_good() {
        let sessions = Sessions::default();
        let began = Instant::now();
        sessions.add("idle".into(), token("secret"), began);
        sessions.add("busy".into(), token("secret"), began);
        let at = |id, seconds| sessions.holder_at(id, began + Duration::from_secs(seconds));
        for seconds in (0..SESSION_SECONDS_MAX).step_by(IDLE_SECONDS_MAX as usize - 1) {
            assert!(at("busy", seconds).is_some(), "{seconds}");
        }
        assert!(at("busy", SESSION_SECONDS_MAX).is_none());
        assert!(at("idle", IDLE_SECONDS_MAX).is_none());
        sessions.add("next".into(), token("other"), began + Duration::from_secs(SESSION_SECONDS_MAX));
        assert_eq!(sessions.entries().len(), 1);
    }

    #[test]
    fn one_account_cannot_crowd_out_another() {
        let sessions = Sessions::default();
        let began = Instant::now();
        let after = |seconds: usize| began + Duration::from_secs(seconds as u64);
        sessions.add("first".into(), token("quiet"), began);
        for i in 1..=SESSIONS_OF_HOLDER_MAX + 50 {
            sessions.add(format!("busy{i}"), token("busy"), after(i));
        }
        assert_eq!(sessions.entries().len(), 1 + SESSIONS_OF_HOLDER_MAX);
        assert!(sessions.entries().contains_key("first") && !sessions.entries().contains_key("busy50"));
        for i in 0..SESSIONS_MAX {
            let (began, last) = (after(1_000), after(1_000));
            sessions.entries().insert(format!("{i}"), Entry { holder: token(&i.to_string()), began, last });
        }
        sessions.add("last".into(), token("last"), after(1_001));
        assert!(!sessions.entries().contains_key("first") && sessions.entries().contains_key("last"));
    }

    #[test]
    fn a_form_token_is_of_one_browser_and_one_start() {
        let (sessions, other) = (Sessions::default(), Sessions::default());
        let token = sessions.form_token("cookie");
        assert!(sessions.is_form_token("cookie", &token) && sessions.clone().is_form_token("cookie", &token));
        for (cookie, sent) in [("cookie", ""), ("cookie", "0"), ("cookies", &token), ("", &token)] {
            assert!(!sessions.is_form_token(cookie, sent));
        }
        assert!(
            !other.is_form_token("cookie", &token) && !other.is_form_token("cookie", &other.form_token(""))
        );
    }
}
