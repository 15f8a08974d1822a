//! Who is signed in on the portal: random session ids and the token each stands for, in memory only.
//!
//! A browser holds the id, which is worth nothing once somebody signed out, twelve hours have passed or
//! the server was started anew. What the token is worth is asked of the gate at every request, so that
//! an account switched off or a token issued again ends a session at once. Never decides that itself.

use crate::status::Problem;
use gj_gate::GateError;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Seconds somebody stays signed in at most.
pub const SESSION_SECONDS_MAX: u64 = 12 * 3600;
/// Sessions at once at most; the oldest makes room.
const SESSIONS_MAX: usize = 10_000;
/// Sessions of one token at most, so that one account cannot sign the others out.
const SESSIONS_OF_TOKEN_MAX: usize = 100;
/// Bytes of a session id: 256 bits, as a token has.
const ID_BYTES: usize = 32;

/// The sessions of a server. Cheap to clone; all clones are the same.
#[derive(Clone, Default)]
pub struct Sessions {
    open: Arc<Mutex<HashMap<String, Entry>>>,
}

struct Entry {
    token: String,
    began: Instant,
}

impl Sessions {
    /// Opens a session for a token the gate knows; returns its id.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn open(&self, token: &str) -> Result<String, Problem> {
        let mut bytes = [0u8; ID_BYTES];
        getrandom::fill(&mut bytes)
            .map_err(|e| Problem::public(GateError::Inconsistent(format!("no random numbers: {e}"))))?;
        let id: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        self.add(id.clone(), token, Instant::now());
        Ok(id)
    }

    /// Ends a session; one that is not there is ended already.
    pub fn close(&self, id: &str) {
        self.entries().remove(id);
    }

    /// The token a session stands for.
    pub(crate) fn token(&self, id: &str) -> Option<String> {
        self.token_at(id, Instant::now())
    }

    fn token_at(&self, id: &str, now: Instant) -> Option<String> {
        self.entries().get(id).filter(|entry| entry.lasts(now)).map(|entry| entry.token.clone())
    }

    fn add(&self, id: String, token: &str, now: Instant) {
        let mut entries = self.entries();
        entries.retain(|_, entry| entry.lasts(now));
        if entries.values().filter(|entry| entry.token == token).count() >= SESSIONS_OF_TOKEN_MAX {
            remove_oldest(&mut entries, |entry| entry.token == token);
        }
        if entries.len() >= SESSIONS_MAX {
            remove_oldest(&mut entries, |_| true);
        }
        entries.insert(id, Entry { token: token.to_owned(), began: now });
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        // Entries are inserted and removed whole: a poisoned map is still right.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn lasts(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.began) < Duration::from_secs(SESSION_SECONDS_MAX)
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
        f.debug_struct("Sessions").field("open", &self.entries().len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_not_its_token_and_ends_when_closed() {
        let sessions = Sessions::default();
        let (one, two) = (sessions.open("secret").unwrap(), sessions.open("secret").unwrap());
        assert!(one != two && one.len() == 2 * ID_BYTES && !one.contains("secret"));
        assert_eq!(sessions.token(&one).as_deref(), Some("secret"));
        assert!(!format!("{sessions:?}").contains("secret"));
        sessions.close(&one);
        assert_eq!((sessions.token(&one), sessions.token("secret")), (None, None));
        assert_eq!(sessions.clone().token(&two).as_deref(), Some("secret"));
    }

    #[test]
    fn nobody_stays_signed_in_for_good() {
        let sessions = Sessions::default();
        let began = Instant::now();
        sessions.add("id".into(), "secret", began);
        let at = |seconds| sessions.token_at("id", began + Duration::from_secs(seconds));
        assert!(at(SESSION_SECONDS_MAX - 1).is_some() && at(SESSION_SECONDS_MAX).is_none());
        sessions.add("next".into(), "other", began + Duration::from_secs(SESSION_SECONDS_MAX));
        assert_eq!(sessions.entries().len(), 1);
    }

    #[test]
    fn one_account_cannot_crowd_out_another() {
        let sessions = Sessions::default();
        let began = Instant::now();
        let after = |seconds: usize| began + Duration::from_secs(seconds as u64);
        sessions.add("first".into(), "quiet", began);
        for i in 1..=SESSIONS_OF_TOKEN_MAX + 50 {
            sessions.add(format!("busy{i}"), "busy", after(i));
        }
        assert_eq!(sessions.entries().len(), 1 + SESSIONS_OF_TOKEN_MAX);
        assert!(sessions.entries().contains_key("first") && !sessions.entries().contains_key("busy50"));
        for i in 0..SESSIONS_MAX {
            sessions.entries().insert(format!("{i}"), Entry { token: i.to_string(), began: after(1_000) });
        }
        sessions.add("last".into(), "last", after(1_001));
        assert!(!sessions.entries().contains_key("first") && sessions.entries().contains_key("last"));
    }
}
