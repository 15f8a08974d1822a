//! What belongs to an application beside its events: reports that are due, papers and patents, invoices,
//! sanctions and extracts.

use crate::error::Error;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use chrono::NaiveDate;
use gj_casework::Event;
use gj_model::{ApplicationId, ExtractId, UserId};
use serde::Serialize;

/// A report that is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Obligation {
    /// Of which application.
    pub application: ApplicationId,
    /// The act that fulfils it.
    pub act: String,
    /// Until when.
    pub due: NaiveDate,
    /// When it was done, RFC 3339 in UTC.
    pub done_at: Option<String>,
}

/// A paper or patent of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Publication {
    /// `paper` or `patent`.
    pub kind: String,
    /// As it is cited.
    pub reference: String,
    /// The version of the scope it rests on.
    pub scope: u32,
    /// The release whose numbers it uses.
    pub release: Option<String>,
    /// When it was registered, RFC 3339 in UTC.
    pub registered_at: String,
}

/// An invoice for an application; the books have its lines and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApplicationInvoice {
    /// Its number, as in the books.
    pub id: String,
    /// The version of the scope.
    pub scope: u32,
    /// Who pays.
    pub institution: String,
    /// Whole yen, without consumption tax.
    pub amount_yen: i64,
    /// When it was issued.
    pub issued_on: NaiveDate,
    /// When it was paid.
    pub paid_on: Option<NaiveDate>,
    /// What the amount rests on.
    pub source: String,
}

fn number(row: &sqlx::any::AnyRow, column: &'static str) -> Result<u32, Error> {
    u32::try_from(row.number(column)?).map_err(|_| Error::Stored(column))
}

impl Reads {
    /// Reports of an application, or of all, by due day.
    pub async fn obligations(&mut self, of: Option<&ApplicationId>) -> Result<Vec<Obligation>, Error> {
        let sql = "SELECT application, act, due, done_at FROM application_obligations \
            WHERE $1 = '' OR application = $1 ORDER BY due, application, act";
        let query = sqlx::query(sql).bind(of.map_or("", ApplicationId::as_str));
        row::all(query.fetch_all(self.db()).await?, |row| {
            Ok(Obligation {
                application: row.parsed("application")?,
                act: row.text("act")?,
                due: row.parsed("due")?,
                done_at: row.maybe_text("done_at")?,
            })
        })
    }

    /// Reports that were due before a day: those of projects an account applied for, and reports of
    /// deletion of any project its institution applied for.
    pub async fn obligations_overdue(
        &mut self,
        user: &str,
        institution: &str,
        today: NaiveDate,
    ) -> Result<u32, Error> {
        let sql = "SELECT COUNT(*) FROM application_obligations o JOIN applications a ON a.id = o.application \
            WHERE o.done_at IS NULL AND o.due < $3 AND (a.applicant = $1 AND o.act LIKE 'report-%' \
            OR a.institution = $2 AND o.act = 'report-deletion')";
        let query = sqlx::query_scalar(sql).bind(user).bind(institution).bind(today.to_string());
        let count: i64 = query.fetch_one(self.db()).await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Whether any version of the scope that was granted was one of detailed use.
    pub async fn was_granted_detailed(&mut self, id: &ApplicationId) -> Result<bool, Error> {
        let sql = "SELECT COUNT(*) FROM application_events e JOIN application_scopes s \
            ON s.application = e.application AND s.number = e.scope \
            WHERE e.application = $1 AND e.act = 'grant' AND s.tier = 'detailed'";
        let count: i64 = sqlx::query_scalar(sql).bind(id.as_str()).fetch_one(self.db()).await?;
        Ok(count > 0)
    }

    /// Whether an account is barred from applications on a day.
    pub async fn is_sanctioned(&mut self, user: &str, today: NaiveDate) -> Result<bool, Error> {
        let sql = "SELECT COUNT(*) FROM application_sanctions \
            WHERE user_id = $1 AND valid_from <= $2 AND valid_to >= $2";
        let query = sqlx::query_scalar(sql).bind(user).bind(today.to_string());
        let count: i64 = query.fetch_one(self.db()).await?;
        Ok(count > 0)
    }

    /// Papers and patents of an application, oldest first.
    pub async fn publications(&mut self, id: &ApplicationId) -> Result<Vec<Publication>, Error> {
        let sql = "SELECT kind, reference, scope, release, registered_at FROM application_publications \
            WHERE application = $1 ORDER BY number";
        row::all(sqlx::query(sql).bind(id.as_str()).fetch_all(self.db()).await?, |row| {
            Ok(Publication {
                kind: row.text("kind")?,
                reference: row.text("reference")?,
                scope: number(row, "scope")?,
                release: row.maybe_text("release")?,
                registered_at: row.text("registered_at")?,
            })
        })
    }

    /// Invoices of an application, oldest first.
    pub async fn application_invoices(
        &mut self,
        id: &ApplicationId,
    ) -> Result<Vec<ApplicationInvoice>, Error> {
        let sql = "SELECT id, scope, institution, amount_yen, issued_on, paid_on, source \
            FROM application_invoices WHERE application = $1 ORDER BY issued_on, id";
        row::all(sqlx::query(sql).bind(id.as_str()).fetch_all(self.db()).await?, |row| {
            Ok(ApplicationInvoice {
                id: row.text("id")?,
                scope: number(row, "scope")?,
                institution: row.text("institution")?,
                amount_yen: row.number("amount_yen")?,
                issued_on: row.parsed("issued_on")?,
                paid_on: row.maybe_date("paid_on")?,
                source: row.text("source")?,
            })
        })
    }

    /// Applications whose granted scope names a user, by id: the grant may have ended since.
    pub async fn granted_to(&mut self, user: &UserId) -> Result<Vec<ApplicationId>, Error> {
        let sql = "SELECT a.id FROM applications a JOIN application_members m ON m.application = a.id \
            AND m.scope = a.granted_scope WHERE m.user_id = $1 ORDER BY a.id";
        let rows = sqlx::query(sql).bind(user.as_str()).fetch_all(self.db()).await?;
        row::all(rows, |row| row.parsed("id"))
    }

    /// The application whose grant an extract rests on.
    pub async fn application_of_extract(&mut self, id: &ExtractId) -> Result<Option<ApplicationId>, Error> {
        let sql = "SELECT application FROM application_extracts WHERE extract_id = $1";
        let row = sqlx::query(sql).bind(id.as_str()).fetch_optional(self.db()).await?;
        row.map(|row| row.parsed("application")).transpose()
    }
}

impl Tx {
    /// Adds a report that will be due; the same one twice stays one.
    pub async fn put_obligation(
        &mut self,
        id: &ApplicationId,
        act: &str,
        due: NaiveDate,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO application_obligations (application, act, due) VALUES ($1, $2, $3) \
            ON CONFLICT (application, act, due) DO NOTHING";
        let query = sqlx::query(sql).bind(id.as_str()).bind(act).bind(due.to_string());
        query.execute(self.db()).await?;
        Ok(())
    }

    /// Asks for the review of a proposed publication, be it that another was asked for on the same day.
    pub async fn ask_for_review(&mut self, id: &ApplicationId, due: NaiveDate) -> Result<(), Error> {
        let sql = "INSERT INTO application_obligations (application, act, due) \
            VALUES ($1, 'clear-publication', $2) \
            ON CONFLICT (application, act, due) DO UPDATE SET done_at = NULL";
        sqlx::query(sql).bind(id.as_str()).bind(due.to_string()).execute(self.db()).await?;
        Ok(())
    }

    /// Takes away reports that are not done and whose period is replaced by a new grant.
    pub async fn drop_obligations(&mut self, id: &ApplicationId, from: NaiveDate) -> Result<(), Error> {
        let sql = "DELETE FROM application_obligations WHERE application = $1 AND done_at IS NULL AND due >= $2 \
            AND act LIKE 'report-%'";
        sqlx::query(sql).bind(id.as_str()).bind(from.to_string()).execute(self.db()).await?;
        Ok(())
    }

    /// Marks the earliest open report of a kind as done.
    pub async fn fulfil_obligation(&mut self, id: &ApplicationId, act: &str, at: &str) -> Result<(), Error> {
        let sql = "UPDATE application_obligations SET done_at = $3 WHERE application = $1 AND act = $2 \
            AND due = (SELECT MIN(due) FROM application_obligations \
                WHERE application = $1 AND act = $2 AND done_at IS NULL)";
        sqlx::query(sql).bind(id.as_str()).bind(act).bind(at).execute(self.db()).await?;
        Ok(())
    }

    /// Registers a paper or patent.
    pub async fn insert_publication(&mut self, id: &ApplicationId, paper: &Publication) -> Result<(), Error> {
        let count = self.publications(id).await?.len() as i64;
        let sql = "INSERT INTO application_publications (application, number, kind, reference, scope, release, \
            registered_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        sqlx::query(sql)
            .bind(id.as_str())
            .bind(count + 1)
            .bind(paper.kind.as_str())
            .bind(paper.reference.as_str())
            .bind(i64::from(paper.scope))
            .bind(paper.release.clone())
            .bind(paper.registered_at.as_str())
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Records which invoice was issued for an application.
    pub async fn insert_application_invoice(
        &mut self,
        id: &ApplicationId,
        invoice: &ApplicationInvoice,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO application_invoices (id, application, scope, institution, amount_yen, issued_on, \
            source) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        sqlx::query(sql)
            .bind(invoice.id.as_str())
            .bind(id.as_str())
            .bind(i64::from(invoice.scope))
            .bind(invoice.institution.as_str())
            .bind(invoice.amount_yen)
            .bind(invoice.issued_on.to_string())
            .bind(invoice.source.as_str())
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Marks the open invoices of a version of the scope as paid.
    pub async fn pay_invoices(
        &mut self,
        id: &ApplicationId,
        scope: u32,
        paid_on: NaiveDate,
        reference: &str,
    ) -> Result<(), Error> {
        let sql = "UPDATE application_invoices SET paid_on = $3, reference = $4 \
            WHERE application = $1 AND scope = $2 AND paid_on IS NULL";
        let query = sqlx::query(sql).bind(id.as_str()).bind(i64::from(scope)).bind(paid_on.to_string());
        query.bind(reference).execute(self.db()).await?;
        Ok(())
    }

    /// Notes what was granted, for the public register.
    pub async fn set_granted(&mut self, id: &ApplicationId, event: &Event) -> Result<(), Error> {
        let sql = "UPDATE applications SET granted_scope = $2, granted_until = $3 WHERE id = $1";
        sqlx::query(sql)
            .bind(id.as_str())
            .bind(i64::from(event.scope))
            .bind(event.until.map(|day| day.to_string()))
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Bars an account from applications.
    pub async fn insert_sanction(
        &mut self,
        id: &ApplicationId,
        user: &str,
        days: (NaiveDate, NaiveDate),
        source: &str,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO application_sanctions (user_id, application, valid_from, valid_to, source) \
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (user_id, application, valid_from) DO NOTHING";
        sqlx::query(sql)
            .bind(user)
            .bind(id.as_str())
            .bind(days.0.to_string())
            .bind(days.1.to_string())
            .bind(source)
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Notes under whose grant an extract may be written.
    pub async fn link_extract(&mut self, extract: &ExtractId, id: &ApplicationId) -> Result<(), Error> {
        let sql = "INSERT INTO application_extracts (extract_id, application) VALUES ($1, $2)";
        sqlx::query(sql).bind(extract.as_str()).bind(id.as_str()).execute(self.db()).await?;
        Ok(())
    }
}
