//! Whose account is whose: a participant's own, or that of somebody who speaks for them.
//!
//! Owns the rows. Never says until when somebody may speak for another.

use crate::error::Error;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use gj_model::UserId;

/// An account and a person it may look at and decide for.
#[derive(Clone, PartialEq, Eq)]
pub struct ParticipantAccount {
    /// The registry's number of the person.
    pub person_key: i64,
    /// What a proxy is to the person; `None`: the participant's own account.
    pub relation: Option<String>,
    /// Stands for the person in forms; without meaning.
    pub handle: String,
}

impl Reads {
    /// The people of an account, as linked.
    pub async fn people_of_account(&mut self, user: &UserId) -> Result<Vec<ParticipantAccount>, Error> {
        let sql = "SELECT person_key, relation, handle FROM participant_accounts WHERE user_id = $1 \
            ORDER BY linked_at, handle";
        row::all(sqlx::query(sql).bind(user.as_str()).fetch_all(self.db()).await?, |row| {
            Ok(ParticipantAccount {
                person_key: row.number("person_key")?,
                relation: row.maybe_text("relation")?,
                handle: row.text("handle")?,
            })
        })
    }

    /// Strata of a person's samples, each once.
    pub async fn strata_of(&mut self, person_key: i64) -> Result<Vec<String>, Error> {
        let sql = "SELECT DISTINCT stratum FROM samples WHERE person_key = $1 ORDER BY stratum";
        Ok(sqlx::query_scalar(sql).bind(person_key).fetch_all(self.db()).await?)
    }
}

impl Tx {
    /// Links an account to a person; a link there was is replaced.
    pub async fn link_account(
        &mut self,
        user: &UserId,
        link: &ParticipantAccount,
        by: &str,
        at: &str,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO participant_accounts (user_id, person_key, relation, handle, linked_at, linked_by) \
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_id, person_key) DO UPDATE SET \
            relation = excluded.relation, handle = excluded.handle, linked_at = excluded.linked_at, \
            linked_by = excluded.linked_by";
        sqlx::query(sql)
            .bind(user.as_str())
            .bind(link.person_key)
            .bind(link.relation.as_deref())
            .bind(link.handle.as_str())
            .bind(at)
            .bind(by)
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Takes a link away; `false` when there was none.
    pub async fn unlink_account(&mut self, user: &UserId, person_key: i64) -> Result<bool, Error> {
        let sql = "DELETE FROM participant_accounts WHERE user_id = $1 AND person_key = $2";
        let done = sqlx::query(sql).bind(user.as_str()).bind(person_key).execute(self.db()).await?;
        Ok(done.rows_affected() > 0)
    }
}
