//! Uses of releases and extracts, as the audit log has them.
//!
//! There is no second book: every answer and every writing is a line already. Lines are read a page at a
//! time. Never gives the place that was asked for.

use crate::error::Error;
use crate::registry::Reads;
use crate::row::{self, Columns};
use gj_model::{ExtractId, Scope};

/// Lines of a page.
const PAGE: u32 = 4096;

/// One answer from a release, or one writing of an extract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UseLine {
    /// Number of the line.
    pub seq: i64,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Who asked or received.
    pub actor: String,
    /// What for.
    pub purpose: String,
    /// What everybody counted or written had allowed.
    pub consent: Scope,
    /// Ids of datasets of which nobody was counted.
    pub left_out: Vec<String>,
    /// The granted project it was asked under.
    pub project: Option<String>,
}

/// Datasets as a line has them: a list, or in older lines `west-1: code code; east-1: code`.
fn left_out(detail: &serde_json::Value) -> Vec<String> {
    if let Some(ids) = detail["left_out"].as_array() {
        return ids.iter().filter_map(|id| id.as_str()).map(str::to_owned).collect();
    }
    let text = detail["datasets_left_out"].as_str().unwrap_or_default();
    text.split("; ").filter_map(|part| part.split_once(": ")).map(|(id, _)| id.to_owned()).collect()
}

impl Reads {
    /// Calls `each` with every answer given from a release (`frequency.read`), or every writing of an extract
    /// (`extract.write`), oldest first. Memory is bounded.
    pub async fn each_use(
        &mut self,
        act: &str,
        subject: &str,
        mut each: impl FnMut(UseLine),
    ) -> Result<(), Error> {
        let sql = "SELECT seq, at, actor, detail FROM audit WHERE subject = $1 AND act = $2 AND \
            outcome IN ('answered', 'written') AND seq > $3 ORDER BY seq LIMIT $4";
        let mut after = 0;
        loop {
            let query = sqlx::query(sql).bind(subject).bind(act).bind(after).bind(i64::from(PAGE));
            let lines = row::all(query.fetch_all(self.db()).await?, |row| {
                let detail: serde_json::Value =
                    serde_json::from_str(&row.text("detail")?).map_err(|_| Error::Stored("detail"))?;
                Ok(UseLine {
                    seq: row.number("seq")?,
                    at: row.text("at")?,
                    actor: row.text("actor")?,
                    purpose: detail["purpose"].as_str().unwrap_or_default().to_owned(),
                    consent: detail["consent"]
                        .as_str()
                        .unwrap_or_default()
                        .parse()
                        .map_err(|_| Error::Stored("detail"))?,
                    left_out: left_out(&detail),
                    project: detail["project"].as_str().map(str::to_owned),
                })
            })?;
            let Some(last) = lines.last() else { return Ok(()) };
            after = last.seq;
            lines.into_iter().for_each(&mut each);
        }
    }

    /// The line of the log with which a withdrawal took effect.
    pub async fn withdrawal_line(&mut self, receipt: &str) -> Result<Option<i64>, Error> {
        let sql = "SELECT seq FROM audit WHERE subject = $1 AND act = 'participant.withdraw' AND \
            outcome = 'masked' ORDER BY seq LIMIT 1";
        Ok(sqlx::query_scalar(sql).bind(receipt).fetch_optional(self.db()).await?)
    }

    /// What everybody in any writing of an extract had allowed, each once.
    pub async fn extract_needs(&mut self, id: &ExtractId) -> Result<Vec<Scope>, Error> {
        let mut needs = Vec::new();
        let each = |line: UseLine| {
            if !needs.contains(&line.consent) {
                needs.push(line.consent);
            }
        };
        self.each_use("extract.write", id.as_str(), each).await?;
        Ok(needs)
    }
}
