//! Accounts: what opens one besides a token, who locked it, and its e-mail address.
//!
//! Owns the hash of a password, locks, and links to identities of a provider. Never sees a password,
//! never checks one, and never decides who may sign in.

use crate::error::Error;
use crate::instant;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use gj_model::UserId;

/// How an account is opened; what a session was opened by must still be so at every request.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub user: UserId,
    /// The password's hash as a PHC string; `None`: no password opens it.
    pub password: Option<String>,
    /// When the password was last set, RFC 3339 in UTC.
    pub password_at: Option<String>,
    /// When it was locked, RFC 3339 in UTC.
    pub locked_at: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
}

impl std::fmt::Debug for Account {
    // A hash can be guessed at: it is not for a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("user", &self.user).finish_non_exhaustive()
    }
}

const ACCOUNTS: &str = "SELECT u.id, p.hash, p.changed_at, l.locked_at, e.email FROM users u \
    LEFT JOIN user_passwords p ON p.user_id = u.id LEFT JOIN user_locks l ON l.user_id = u.id \
    LEFT JOIN user_emails e ON e.user_id = u.id";

fn read(row: &sqlx::any::AnyRow) -> Result<Account, Error> {
    Ok(Account {
        user: row.parsed("id")?,
        password: row.maybe_text("hash")?,
        password_at: row.maybe_text("changed_at")?,
        locked_at: row.maybe_text("locked_at")?,
        email: row.maybe_text("email")?,
    })
}

impl Reads {
    /// Every account, by name.
    pub async fn accounts(&mut self) -> Result<Vec<Account>, Error> {
        let sql = format!("{ACCOUNTS} ORDER BY u.id");
        row::all(sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(self.db()).await?, read)
    }

    /// How one account is opened; `None` when there is no such user.
    pub async fn account(&mut self, user: &UserId) -> Result<Option<Account>, Error> {
        let sql = format!("{ACCOUNTS} WHERE u.id = $1");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(user.as_str());
        query.fetch_optional(self.db()).await?.as_ref().map(read).transpose()
    }

    /// The account an identity of a provider is linked to.
    pub async fn user_by_identity(&mut self, issuer: &str, subject: &str) -> Result<Option<UserId>, Error> {
        let sql = "SELECT user_id FROM user_identities WHERE issuer = $1 AND subject = $2";
        let row = sqlx::query(sql).bind(issuer).bind(subject).fetch_optional(self.db()).await?;
        row.map(|row| row.parsed("user_id")).transpose()
    }

    /// The account with an e-mail address, which is compared in small letters.
    pub async fn user_by_email(&mut self, email: &str) -> Result<Option<UserId>, Error> {
        let sql = "SELECT user_id FROM user_emails WHERE email = $1";
        let row = sqlx::query(sql).bind(email.to_ascii_lowercase()).fetch_optional(self.db()).await?;
        row.map(|row| row.parsed("user_id")).transpose()
    }
}

impl Tx {
    /// Sets the password of an account by its hash; sessions opened by the one before end.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such account.
    pub async fn set_password(&mut self, user: &UserId, hash: &str, at: &str) -> Result<(), Error> {
        self.known_user(user).await?;
        let sql = "INSERT INTO user_passwords (user_id, hash, changed_at) VALUES ($1, $2, $3) \
            ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at";
        let query = sqlx::query(sql).bind(user.as_str()).bind(hash).bind(instant::utc(at)?);
        query.execute(self.db()).await?;
        Ok(())
    }

    /// Locks an account: nothing opens it until it is unlocked. One that is locked stays as it was.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such account.
    pub async fn lock_account(&mut self, user: &UserId, by: &str, at: &str) -> Result<(), Error> {
        self.known_user(user).await?;
        let sql = "INSERT INTO user_locks (user_id, locked_at, locked_by) VALUES ($1, $2, $3) \
            ON CONFLICT (user_id) DO NOTHING";
        let query = sqlx::query(sql).bind(user.as_str()).bind(instant::utc(at)?).bind(by);
        query.execute(self.db()).await?;
        Ok(())
    }

    /// Takes the lock away.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such account.
    pub async fn unlock_account(&mut self, user: &UserId) -> Result<(), Error> {
        self.known_user(user).await?;
        sqlx::query("DELETE FROM user_locks WHERE user_id = $1")
            .bind(user.as_str())
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Sets an account's e-mail address.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such account, [`Error::Taken`] when another has the address.
    pub async fn set_email(&mut self, user: &UserId, email: &str) -> Result<(), Error> {
        self.known_user(user).await?;
        let email = email.to_ascii_lowercase();
        if self.user_by_email(&email).await?.is_some_and(|other| other != *user) {
            return Err(Error::Taken { kind: "e-mail address", id: email });
        }
        let sql = "INSERT INTO user_emails (user_id, email) VALUES ($1, $2) \
            ON CONFLICT (user_id) DO UPDATE SET email = excluded.email";
        sqlx::query(sql).bind(user.as_str()).bind(email).execute(self.db()).await?;
        Ok(())
    }

    /// Links an identity of a provider to an account. The first link stays: an account has one identity
    /// a provider, an identity one account; `false` when either is linked otherwise.
    pub async fn link_identity(
        &mut self,
        issuer: &str,
        subject: &str,
        user: &UserId,
        at: &str,
    ) -> Result<bool, Error> {
        let sql = "INSERT INTO user_identities (issuer, subject, user_id, linked_at) VALUES ($1, $2, $3, $4) \
            ON CONFLICT DO NOTHING";
        let query = sqlx::query(sql).bind(issuer).bind(subject).bind(user.as_str()).bind(instant::utc(at)?);
        let added = query.execute(self.db()).await?.rows_affected() > 0;
        Ok(added || self.user_by_identity(issuer, subject).await?.as_ref() == Some(user))
    }

    /// Removes what opens an account, before the account itself goes or is switched off.
    pub(crate) async fn remove_account(&mut self, user: &str) -> Result<(), Error> {
        for sql in [
            "DELETE FROM user_passwords WHERE user_id = $1",
            "DELETE FROM user_locks WHERE user_id = $1",
            "DELETE FROM user_emails WHERE user_id = $1",
            "DELETE FROM user_identities WHERE user_id = $1",
            "DELETE FROM participant_accounts WHERE user_id = $1",
        ] {
            sqlx::query(sql).bind(user).execute(self.db()).await?;
        }
        Ok(())
    }

    async fn known_user(&mut self, user: &UserId) -> Result<(), Error> {
        match self.user(user).await? {
            Some(_) => Ok(()),
            None => Err(Error::Unknown { kind: "user", id: user.to_string() }),
        }
    }
}
