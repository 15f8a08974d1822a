//! Users: accounts of this machine, their institution, roles and token.
//!
//! Owns who somebody is. Only the SHA-256 of a token is kept, so a copy of the registry opens no
//! account. Never makes a token and never decides what somebody may do.

use crate::audit::sha256_hex;
use crate::error::Error;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use gj_model::{InstitutionId, UserId};
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;

/// One account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// Account name.
    pub id: UserId,
    /// Name in Japanese.
    pub name_ja: String,
    /// Name in English.
    pub name_en: String,
    /// The institution they act for.
    pub institution: InstitutionId,
    /// Ids of the roles they hold, in alphabetical order when read from the registry.
    pub roles: Vec<String>,
    /// Whether the account may be used. Accounts that have acted are switched off, never deleted.
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

fn read(row: &AnyRow) -> Result<User, Error> {
    Ok(User {
        id: row.parsed("id")?,
        name_ja: row.text("name_ja")?,
        name_en: row.text("name_en")?,
        institution: row.parsed("institution")?,
        roles: Vec::new(),
        active: row.flag("active")?,
    })
}

impl Reads {
    /// Every account, by id.
    pub async fn users(&mut self) -> Result<Vec<User>, Error> {
        let sql = "SELECT id, name_ja, name_en, institution, active FROM users ORDER BY id";
        let mut users = row::all(sqlx::query(sql).fetch_all(self.db()).await?, read)?;
        for user in &mut users {
            user.roles = self.roles_of(user.id.as_str()).await?;
        }
        Ok(users)
    }

    /// One account, active or not.
    pub async fn user(&mut self, id: &UserId) -> Result<Option<User>, Error> {
        let sql = "SELECT id, name_ja, name_en, institution, active FROM users WHERE id = $1";
        self.one_user(sql, id.as_str()).await
    }

    /// The active account a token belongs to; none while it is locked.
    pub async fn user_by_token(&mut self, token: &str) -> Result<Option<User>, Error> {
        let sql = "SELECT id, name_ja, name_en, institution, active FROM users \
            WHERE token_hash = $1 AND active = 1 AND id NOT IN (SELECT user_id FROM user_locks)";
        self.one_user(sql, &sha256_hex(token.as_bytes())).await
    }

    /// What the account's roles allow, each act once; nothing when it is unknown or switched off.
    pub async fn acts_of(&mut self, id: &UserId) -> Result<Vec<String>, Error> {
        let sql = "SELECT DISTINCT a.act FROM users u JOIN user_roles r ON r.user_id = u.id \
            JOIN role_acts a ON a.role = r.role WHERE u.id = $1 AND u.active = 1 ORDER BY a.act";
        Ok(sqlx::query_scalar(sql).bind(id.as_str()).fetch_all(self.db()).await?)
    }

    async fn one_user(&mut self, sql: &'static str, key: &str) -> Result<Option<User>, Error> {
        let Some(row) = sqlx::query(sql).bind(key).fetch_optional(self.db()).await? else { return Ok(None) };
        let mut user = read(&row)?;
        user.roles = self.roles_of(user.id.as_str()).await?;
        Ok(Some(user))
    }

    async fn roles_of(&mut self, user: &str) -> Result<Vec<String>, Error> {
        let sql = "SELECT role FROM user_roles WHERE user_id = $1 ORDER BY role";
        Ok(sqlx::query_scalar(sql).bind(user).fetch_all(self.db()).await?)
    }
}

impl Tx {
    /// Adds the account, or brings its row and roles up to date; its token stays as it is.
    pub async fn put_user(&mut self, user: &User) -> Result<(), Error> {
        let sql = "INSERT INTO users (id, name_ja, name_en, institution, active) VALUES ($1, $2, $3, $4, $5) \
            ON CONFLICT (id) DO UPDATE SET name_ja = excluded.name_ja, name_en = excluded.name_en, \
            institution = excluded.institution, active = excluded.active";
        sqlx::query(sql)
            .bind(user.id.as_str())
            .bind(user.name_ja.as_str())
            .bind(user.name_en.as_str())
            .bind(user.institution.as_str())
            .bind(i64::from(user.active))
            .execute(self.db())
            .await?;
        self.remove_roles(user.id.as_str()).await?;
        for role in &user.roles {
            sqlx::query("INSERT INTO user_roles (user_id, role) VALUES ($1, $2)")
                .bind(user.id.as_str())
                .bind(role.as_str())
                .execute(self.db())
                .await?;
        }
        Ok(())
    }

    /// Gives the account a new token; the one before stops working.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such account.
    pub async fn set_token(&mut self, id: &UserId, token: &str) -> Result<(), Error> {
        let done = sqlx::query("UPDATE users SET token_hash = $2 WHERE id = $1")
            .bind(id.as_str())
            .bind(sha256_hex(token.as_bytes()))
            .execute(self.db())
            .await?;
        match done.rows_affected() {
            0 => Err(Error::Unknown { kind: "user", id: id.to_string() }),
            _ => Ok(()),
        }
    }

    /// Takes everything from an account that must stay because it has acted: it may not be used, has
    /// no roles, no token and no password.
    pub(crate) async fn switch_off_user(&mut self, id: &str) -> Result<(), Error> {
        self.remove_roles(id).await?;
        self.remove_account(id).await?;
        let sql = "UPDATE users SET active = 0, token_hash = NULL WHERE id = $1";
        sqlx::query(sql).bind(id).execute(self.db()).await?;
        Ok(())
    }

    pub(crate) async fn remove_user(&mut self, id: &str) -> Result<(), Error> {
        self.remove_roles(id).await?;
        self.remove_account(id).await?;
        sqlx::query("DELETE FROM users WHERE id = $1").bind(id).execute(self.db()).await?;
        Ok(())
    }

    async fn remove_roles(&mut self, user: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM user_roles WHERE user_id = $1").bind(user).execute(self.db()).await?;
        Ok(())
    }
}
