//! Passwords: made into hashes and compared with them, slowly on purpose and in bounded memory.
//!
//! Owns the algorithm (argon2id, 19 MiB and two passes: the least OWASP advises) and what a password
//! must be. Never keeps one, and no error names one.

use crate::error::GateError;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// Characters of a password at least.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// Bytes of one at most: more would only be work.
pub const PASSWORD_BYTES_MAX: usize = 1_024;
/// Passwords compared at once at most: each takes 19 MiB and a core.
const AT_ONCE_MAX: usize = 4;

static PLACES: Semaphore = Semaphore::const_new(AT_ONCE_MAX);
/// The hash of a password nobody has. Compared with where there is none, so that an unknown name
/// takes the same steps as a known one.
static NOBODYS: LazyLock<Option<String>> = LazyLock::new(|| {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).ok()?;
    Argon2::default().hash_password(&bytes).ok().map(|hash| hash.to_string())
});

/// What a password lacks, if it is none to be taken.
pub(crate) fn lacks(password: &str, user: &str) -> Option<String> {
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Some(format!("the password has fewer than {PASSWORD_CHARS_MIN} characters"));
    }
    if password.len() > PASSWORD_BYTES_MAX {
        return Some(format!("the password has more than {PASSWORD_BYTES_MAX} bytes"));
    }
    let mut found: Vec<char> = password.chars().collect();
    found.sort_unstable();
    found.dedup();
    if found.len() < 5 || password.to_lowercase().contains(&user.to_lowercase()) {
        return Some("the password holds the account's name or the same few characters only".to_owned());
    }
    None
}

/// The hash to keep, with a salt of its own.
pub(crate) async fn hash(password: String) -> Result<String, GateError> {
    let _place = PLACES.acquire().await.map_err(|_| closed())?;
    let hash = tokio::task::spawn_blocking(move || {
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
    });
    hash.await?.map_err(|error| GateError::Inconsistent(format!("a password cannot be hashed: {error}")))
}

/// Whether a password is the one of a hash; `None` is nobody's, which none is. Compared in constant time.
pub(crate) async fn is_of(password: String, hash: Option<String>) -> Result<bool, GateError> {
    let _place = PLACES.acquire().await.map_err(|_| closed())?;
    let compared = tokio::task::spawn_blocking(move || {
        let known = hash.is_some();
        let Some(hash) = hash.or_else(|| NOBODYS.clone()) else { return false };
        // Longer ones are nobody's; their work is cut, for known and unknown names alike.
        let bytes = &password.as_bytes()[..password.len().min(PASSWORD_BYTES_MAX + 1)];
        let right = PasswordHash::new(&hash).is_ok_and(|hash| {
            PasswordVerifier::<PasswordHash>::verify_password(&Argon2::default(), bytes, &hash).is_ok()
        });
        right && known
    });
    Ok(compared.await?)
}

fn closed() -> GateError {
    GateError::Inconsistent("the program is ending".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_only_its_own_hash() {
        let (one, two) = (
            hash("correct horse battery".into()).await.unwrap(),
            hash("correct horse battery".into()).await.unwrap(),
        );
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && one != two, "{one}");
        assert!(is_of("correct horse battery".into(), Some(one.clone())).await.unwrap());
        assert!(!is_of("correct horse batterz".into(), Some(one.clone())).await.unwrap());
        assert!(!is_of("correct horse battery".into(), None).await.unwrap());
        assert!(!is_of("correct horse battery".into(), Some("$argon2id$broken".into())).await.unwrap());
    }

    #[test]
    fn some_are_not_taken() {
        for (password, taken) in [
            ("short", false),
            ("aaaaaaaaaaaaaaaaaa", false),
            ("Academic-2026-x", false),
            ("correct horse battery", true),
            ("さくら咲く春の山道を歩く", true),
        ] {
            assert_eq!(lacks(password, "academic").is_none(), taken, "{password}");
        }
        assert!(lacks(&"ab12!".repeat(300), "academic").is_some());
    }
}
