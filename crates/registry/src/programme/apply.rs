//! Making the registry's programme that of a file, in one change, whole or nothing.
//!
//! A row the file leaves out goes, unless something refers to it: contributors that arrived with a
//! sample sheet stay, and so do a consent form that somebody signed and, switched off, an account that
//! stands in the audit log or receives an extract.

use super::{Change, ChangeKind, Programme, Settings, changes};
use crate::error::Error;
use crate::registry::Tx;
use gj_model::InstitutionId;

impl Tx {
    /// Applies a checked programme and tells what it changed. Tokens stay as they are.
    pub async fn apply_programme(&mut self, next: &Programme) -> Result<Vec<Change>, Error> {
        let current = self.programme().await?;
        let mut changes = changes::between(current.as_ref(), next);
        self.put_settings(&next.programme).await?;
        // Rows before those that refer to them.
        for institution in &next.institutions {
            self.put_institution(institution).await?;
        }
        for role in &next.roles {
            self.put_role(role).await?;
        }
        for user in &next.users {
            self.put_user(user).await?;
        }
        for payment in &next.payments {
            // What an invoice opened follows the books and not a file.
            if !self.is_invoice(&payment.id).await? {
                self.put_payment(payment).await?;
            }
        }
        for form in &next.consent_forms {
            self.put_consent_form(form).await?;
        }
        self.replace_purposes(&next.purposes).await?;
        self.replace_rules(&next.rules).await?;
        self.replace_datasets(&next.datasets, &next.terms, &next.windows).await?;
        self.replace_trainings(&next.trainings).await?;
        self.replace_agreements(&next.agreements).await?;
        self.replace_sanctions(&next.sanctions).await?;
        // A file of before there was a ledger does not lift every limit; `valid_to` ends a row.
        if !next.exposures.is_empty() {
            self.replace_exposure_rules(&next.exposures).await?;
        }
        // A file of before deadlines were rows of it does not take them all away.
        if !next.deadlines.is_empty() {
            self.replace_deadlines(&next.deadlines).await?;
        }
        // And gone after them: payments and users let go of roles and institutions.
        for table in ["consent_form", "payment", "user", "role", "institution"] {
            for change in changes.iter_mut().filter(|c| c.table == table && c.kind == ChangeKind::Removed) {
                change.kind = self.remove_row(table, &change.id).await?;
            }
        }
        Ok(changes)
    }

    async fn remove_row(&mut self, table: &str, id: &str) -> Result<ChangeKind, Error> {
        match table {
            "payment" if self.is_invoice(id).await? => return Ok(ChangeKind::Kept),
            "payment" => self.remove_payment(id).await?,
            "consent_form" => {
                let (form, version) = id.rsplit_once(' ').ok_or(Error::Stored("id"))?;
                let version = version.parse().map_err(|_| Error::Stored("version"))?;
                if !self.remove_consent_form(form, version).await? {
                    return Ok(ChangeKind::Kept);
                }
            }
            "user"
                if self.has_acted(id).await?
                    || self.receives_extracts(id).await?
                    || self.takes_part(id).await? =>
            {
                self.switch_off_user(id).await?;
                return Ok(ChangeKind::Kept);
            }
            "user" => self.remove_user(id).await?,
            "role" => self.remove_role(id).await?,
            _ => {
                let institution: InstitutionId = id.parse().map_err(|_| Error::Stored("id"))?;
                if self.institution_is_used(&institution).await? {
                    return Ok(ChangeKind::Kept);
                }
                self.remove_institution(id).await?;
            }
        }
        Ok(ChangeKind::Removed)
    }

    async fn put_settings(&mut self, settings: &Settings) -> Result<(), Error> {
        let min_cell = settings.min_cell.to_string();
        let values = [
            ("name_ja", settings.name_ja.as_str()),
            ("name_en", settings.name_en.as_str()),
            ("build", settings.build.as_str()),
            ("min_cell", min_cell.as_str()),
            ("profile", settings.profile.as_str()),
        ];
        let sql = "INSERT INTO programme (name, value) VALUES ($1, $2) \
            ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        for (name, value) in values {
            sqlx::query(sql).bind(name).bind(value).execute(self.db()).await?;
        }
        Ok(())
    }
}
