//! Consents: what a person allowed, in versions, each from a day on, with who gave it and how.
//!
//! Owns the rows. The newest version that has begun holds; nothing is ever overwritten.

use crate::error::Error;
use crate::instant;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use chrono::NaiveDate;
use gj_model::Scope;
use sqlx::any::AnyRow;
use std::fmt;
use std::str::FromStr;

/// One version of a person's consent.
#[derive(Clone, PartialEq, Eq)]
pub struct Consent {
    /// 1 for the first.
    pub version: i64,
    /// What is allowed.
    pub scope: Scope,
    /// First day.
    pub valid_from: NaiveDate,
    /// The form or file it was read from; never the name of a person.
    pub source: String,
    /// How it was given; `None` where it came with a sample sheet.
    pub signature: Option<Signature>,
}

/// How a version was given.
#[derive(Clone, PartialEq, Eq)]
pub struct Signature {
    /// Id and version of the form; `None` for a lapse, which nobody signs.
    pub form: Option<(String, i64)>,
    /// Who gave it.
    pub by: GivenBy,
    /// What a proxy is to the person: `mother`, `legal guardian`.
    pub relation: Option<String>,
    /// Whether a minor agreed, too.
    pub assent: bool,
    /// The day on which a minor becomes an adult: a proxy's word ends there.
    pub adult_on: Option<NaiveDate>,
    /// How it came.
    pub channel: Channel,
    /// Number of the paper, or of the electronic record.
    pub document: Option<String>,
    /// When it was signed.
    pub signed_on: NaiveDate,
    /// When it was recorded, RFC 3339 in UTC.
    pub recorded_at: String,
    /// Who recorded it.
    pub recorded_by: String,
}

// Relations and papers are about a person: a debug print ends in logs.
impl fmt::Debug for Consent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consent").field("version", &self.version).finish_non_exhaustive()
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signature").field("by", &self.by).finish_non_exhaustive()
    }
}

/// Words of a column with few values.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $what:literal, $($(#[$of:meta])* $variant:ident = $word:literal),+) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$of])* $variant),+ }

        impl $name {
            /// The word in rows, commands and receipts.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<$name, String> {
                match text {
                    $($word => Ok($name::$variant),)+
                    _ => Err(format!(concat!("`{}` is not ", $what), text.escape_debug())),
                }
            }
        }
    };
}

words! {
    /// Who gave a consent.
    GivenBy, "who gives consent; write self or proxy",
    /// The participant.
    Myself = "self",
    /// Somebody who may speak for the participant.
    Proxy = "proxy",
    /// Nobody: a proxy's word ended when the participant became an adult.
    Lapse = "lapse"
}

words! {
    /// How a consent came.
    Channel, "a channel; write paper or digital",
    /// On paper, kept under a number.
    Paper = "paper",
    /// Signed electronically.
    Digital = "digital",
    /// By the calendar.
    Calendar = "calendar"
}

/// The scope of `people p` on the day of the statement's first parameter; no row: nothing allowed. A later
/// version holds whatever the dates say: a clock set back undoes no change of mind.
macro_rules! scope_on_day {
    () => {
        "COALESCE((SELECT c.scope FROM consents c WHERE c.person_key = p.person_key AND c.valid_from <= $1 \
        ORDER BY c.version DESC LIMIT 1), '') AS scope"
    };
}
pub(crate) use scope_on_day;

fn signature(row: &AnyRow) -> Result<Option<Signature>, Error> {
    let Some(by) = row.maybe_text("given_by")? else { return Ok(None) };
    let form = match row.maybe_text("form")? {
        Some(form) => Some((form, row.number("form_version")?)),
        None => None,
    };
    Ok(Some(Signature {
        form,
        by: by.parse().map_err(|_| Error::Stored("given_by"))?,
        relation: row.maybe_text("relation")?,
        assent: row.flag("assent")?,
        adult_on: row.maybe_date("adult_on")?,
        channel: row.parsed("channel")?,
        document: row.maybe_text("document")?,
        signed_on: row.parsed("signed_on")?,
        recorded_at: row.text("recorded_at")?,
        recorded_by: row.text("recorded_by")?,
    }))
}

impl Reads {
    /// Every version of a person's consent, oldest first.
    pub async fn consents(&mut self, person_key: i64) -> Result<Vec<Consent>, Error> {
        let sql = "SELECT version, scope, valid_from, source, form, form_version, given_by, relation, assent, \
            adult_on, channel, document, signed_on, recorded_at, recorded_by FROM consents \
            WHERE person_key = $1 ORDER BY version";
        let rows = sqlx::query(sql).bind(person_key).fetch_all(self.db()).await?;
        row::all(rows, |row| {
            Ok(Consent {
                version: row.number("version")?,
                scope: row.parsed("scope")?,
                valid_from: row.parsed("valid_from")?,
                source: row.text("source")?,
                signature: signature(row)?,
            })
        })
    }

    /// People for whom a proxy speaks and who become adults on a day up to `day`, by that day, each with
    /// the day; none who have withdrawn.
    pub async fn proxied_until(&mut self, day: NaiveDate) -> Result<Vec<(i64, NaiveDate)>, Error> {
        let sql = "SELECT c.person_key, c.adult_on FROM consents c JOIN people p ON p.person_key = c.person_key \
            WHERE c.adult_on <= $1 AND c.given_by = 'proxy' AND p.withdrawn_at IS NULL AND NOT EXISTS \
            (SELECT 1 FROM consents n WHERE n.person_key = c.person_key AND n.version > c.version) \
            ORDER BY c.adult_on, c.person_key";
        let rows = sqlx::query(sql).bind(day.to_string()).fetch_all(self.db()).await?;
        row::all(rows, |row| Ok((row.number("person_key")?, row.parsed("adult_on")?)))
    }

    /// People whose consent by proxy has lapsed and who have not consented themselves since, each with the
    /// day; none who have withdrawn.
    pub async fn lapsed(&mut self) -> Result<Vec<(i64, NaiveDate)>, Error> {
        let sql = "SELECT c.person_key, c.adult_on FROM consents c JOIN people p ON p.person_key = c.person_key \
            WHERE c.adult_on IS NOT NULL AND c.given_by = 'lapse' AND p.withdrawn_at IS NULL AND NOT EXISTS \
            (SELECT 1 FROM consents n WHERE n.person_key = c.person_key AND n.version > c.version) \
            ORDER BY c.adult_on, c.person_key";
        let rows = sqlx::query(sql).fetch_all(self.db()).await?;
        row::all(rows, |row| Ok((row.number("person_key")?, row.parsed("adult_on")?)))
    }
}

impl Tx {
    /// Adds the next version of a person's consent and returns its number.
    pub async fn add_consent(
        &mut self,
        person_key: i64,
        scope: Scope,
        valid_from: NaiveDate,
        source: &str,
    ) -> Result<i64, Error> {
        let sql = "SELECT COALESCE(MAX(version), 0) + 1 FROM consents WHERE person_key = $1";
        let version: i64 = sqlx::query_scalar(sql).bind(person_key).fetch_one(self.db()).await?;
        let sql = "INSERT INTO consents (person_key, version, scope, valid_from, source) VALUES ($1, $2, $3, $4, $5)";
        sqlx::query(sql)
            .bind(person_key)
            .bind(version)
            .bind(scope.to_string())
            .bind(valid_from.to_string())
            .bind(source)
            .execute(self.db())
            .await?;
        Ok(version)
    }

    /// Notes how a version was given.
    pub async fn sign_consent(
        &mut self,
        person_key: i64,
        version: i64,
        signature: &Signature,
    ) -> Result<(), Error> {
        let (form, form_version) = signature.form.clone().unzip();
        let sql = "UPDATE consents SET form = $3, form_version = $4, given_by = $5, relation = $6, assent = $7, \
            adult_on = $8, channel = $9, document = $10, signed_on = $11, recorded_at = $12, recorded_by = $13 \
            WHERE person_key = $1 AND version = $2";
        sqlx::query(sql)
            .bind(person_key)
            .bind(version)
            .bind(form)
            .bind(form_version)
            .bind(signature.by.name())
            .bind(signature.relation.as_deref())
            .bind(i64::from(signature.assent))
            .bind(signature.adult_on.map(|day| day.to_string()))
            .bind(signature.channel.name())
            .bind(signature.document.as_deref())
            .bind(signature.signed_on.to_string())
            .bind(instant::utc(&signature.recorded_at)?)
            .bind(signature.recorded_by.as_str())
            .execute(self.db())
            .await?;
        Ok(())
    }
}
