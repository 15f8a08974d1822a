//! Roles: a name for the acts somebody may do.
//!
//! Owns which acts exist and which role holds which. Never decides a request.

use crate::error::Error;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use serde::{Deserialize, Serialize};

/// Every act the programme knows; a role holds some of them.
pub const ACTS: [&str; 35] = [
    "programme.edit",
    "samples.import",
    "genomes.submit",
    "release.freeze",
    "frequency.read",
    "frequency.guarded",
    "exposure.read",
    "participant.withdraw",
    "audit.read",
    "overview.read",
    "institution.any",
    "store.compact",
    "extract.approve",
    "extract.write",
    "extract.read",
    "money.quote",
    "money.book",
    "money.edit",
    "money.read",
    "money.own",
    "application.apply",
    "application.handle",
    "application.review",
    "application.opine",
    "application.decide",
    "application.bill",
    "application.agree",
    "application.read",
    "account.edit",
    "consent.change",
    "consent.read",
    "ontology.load",
    "annotation.load",
    "consent.own",
    "phenotypes.import",
];

/// One role with its acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Its id.
    pub id: String,
    /// Name in Japanese.
    pub name_ja: String,
    /// Name in English.
    pub name_en: String,
    /// What a holder may do, out of [`ACTS`], in alphabetical order when read from the registry.
    pub acts: Vec<String>,
}

impl Reads {
    /// Every role with its acts, by id.
    pub async fn roles(&mut self) -> Result<Vec<Role>, Error> {
        let sql = "SELECT id, name_ja, name_en FROM roles ORDER BY id";
        let rows = sqlx::query(sql).fetch_all(self.db()).await?;
        let mut roles = row::all(rows, |row| {
            Ok(Role {
                id: row.text("id")?,
                name_ja: row.text("name_ja")?,
                name_en: row.text("name_en")?,
                acts: Vec::new(),
            })
        })?;
        for role in &mut roles {
            let sql = "SELECT act FROM role_acts WHERE role = $1 ORDER BY act";
            role.acts = sqlx::query_scalar(sql).bind(role.id.as_str()).fetch_all(self.db()).await?;
        }
        Ok(roles)
    }
}

impl Tx {
    /// Adds the role, or brings its row and its acts up to date.
    pub async fn put_role(&mut self, role: &Role) -> Result<(), Error> {
        let sql = "INSERT INTO roles (id, name_ja, name_en) VALUES ($1, $2, $3) \
            ON CONFLICT (id) DO UPDATE SET name_ja = excluded.name_ja, name_en = excluded.name_en";
        sqlx::query(sql)
            .bind(role.id.as_str())
            .bind(role.name_ja.as_str())
            .bind(role.name_en.as_str())
            .execute(self.db())
            .await?;
        self.remove_acts(&role.id).await?;
        for act in &role.acts {
            sqlx::query("INSERT INTO role_acts (role, act) VALUES ($1, $2)")
                .bind(role.id.as_str())
                .bind(act.as_str())
                .execute(self.db())
                .await?;
        }
        Ok(())
    }

    pub(crate) async fn remove_role(&mut self, id: &str) -> Result<(), Error> {
        self.remove_acts(id).await?;
        sqlx::query("DELETE FROM roles WHERE id = $1").bind(id).execute(self.db()).await?;
        Ok(())
    }

    async fn remove_acts(&mut self, role: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM role_acts WHERE role = $1").bind(role).execute(self.db()).await?;
        Ok(())
    }
}
