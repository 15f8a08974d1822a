//! Extracts of genotypes: approved by the data access committee for one recipient, purpose and place,
//! listed, revoked. Writing one is in [`write`]; nothing else lets a genotype out of the house.

mod files;
mod people;
mod write;

pub use gj_export::Format;
pub use write::{WriteReport, WriteRequest};

use crate::ask::Asker;
use crate::audit::{Note, bounded};
use crate::error::GateError;
use crate::gate::Gate;
use crate::random;
use chrono::NaiveDate;
use gj_model::{ApplicationId, ExtractId, FreezeName, InstitutionId, Purpose, Region, UserId};
use gj_policy::ExtractFact;
use gj_policy::Vocabulary;
use gj_registry::{Extract, Reads, Writing};
use serde::Serialize;
use serde_json::json;

const APPROVE: &str = "extract.approve";
const WRITE: &str = "extract.write";
const READ: &str = "extract.read";
/// Characters of the committee's reference at most, so that the audit log keeps it as it is.
const REFERENCE_CHARS_MAX: usize = 200;

/// What the committee approves.
#[derive(Debug, Clone)]
pub struct ApprovalRequest {
    /// The release whose people it is of.
    pub freeze: FreezeName,
    /// Who writes and receives it.
    pub recipient: UserId,
    /// What for.
    pub purpose: Purpose,
    /// Where; at least one.
    pub regions: Vec<Region>,
    /// People of these strata only; empty: of all.
    pub strata: Vec<String>,
    /// People of these contributors only; empty: of all.
    pub institutions: Vec<InstitutionId>,
    /// Whether the files tell each person's sex.
    pub sex: SexTold,
    /// Last day on which it may be written.
    pub valid_to: NaiveDate,
    /// The committee's decision, as cited; one line.
    pub reference: String,
    /// The application whose grant it rests on: it ends when that does.
    pub application: Option<ApplicationId>,
}

/// Whether an extract tells the sex of each person; ploidy on X needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SexTold {
    /// It does.
    #[default]
    Yes,
    /// Every column says `unknown`.
    No,
}

/// An approval as the committee sees it.
#[derive(Debug, Clone, Serialize)]
pub struct ExtractCard {
    /// Its id.
    pub extract: ExtractId,
    /// `approved`, `expired` or `revoked`.
    pub state: &'static str,
    /// The release.
    pub release: FreezeName,
    /// Who writes and receives it.
    pub recipient: UserId,
    /// What for.
    pub purpose: Purpose,
    /// Where.
    pub regions: Vec<String>,
    /// Strata; empty: all.
    pub strata: Vec<String>,
    /// Contributors; empty: all.
    pub institutions: Vec<InstitutionId>,
    /// Whether sex is told.
    pub tells_sex: bool,
    /// Last day.
    pub valid_to: NaiveDate,
    /// The committee's decision.
    pub reference: String,
    /// Who approved, and when.
    pub approved_by: UserId,
    /// RFC 3339.
    pub approved_at: String,
    /// When it was revoked, RFC 3339.
    pub revoked_at: Option<String>,
    /// What was written.
    pub writings: Vec<Writing>,
    /// Columns of people who have withdrawn since: the recipient is to be told to remove them.
    pub columns_to_remove: Vec<String>,
}

impl Gate {
    /// Records an approval and returns its id.
    ///
    /// # Errors
    /// A refusal; [`GateError::Extract`] when what is approved could not be written.
    pub async fn approve_extract(
        &self,
        asker: &Asker,
        request: ApprovalRequest,
    ) -> Result<ExtractId, GateError> {
        let mut reads = self.inner.registry.read().await?;
        let mut facts = self.facts(&mut reads, asker, APPROVE).await?;
        facts.freeze_exists = reads.freeze(&request.freeze).await?.is_some();
        facts.extract = Some(ExtractFact {
            recipient: Some(request.recipient.to_string()),
            revoked: false,
            valid_to: request.valid_to,
            same_purpose: true,
        });
        drop(reads);
        self.admit(asker, APPROVE, request.freeze.as_str(), &facts).await?;
        let mut tx = self.inner.registry.begin().await?;
        self.check_approval(&mut tx, &request).await?;
        if let Some(application) = &request.application {
            self.check_grant(&mut tx, application, &request).await?;
        }
        let application = request.application.clone();
        let id: ExtractId = format!("E-{}", random::digits::<10>()?)
            .parse()
            .map_err(|error| GateError::Inconsistent(format!("{error}")))?;
        let by: UserId = asker.name().parse().map_err(|error| GateError::Inconsistent(format!("{error}")))?;
        let extract = Extract {
            id: id.clone(),
            freeze: request.freeze,
            recipient: request.recipient,
            purpose: request.purpose,
            regions: merged(request.regions),
            strata: request.strata,
            institutions: request.institutions,
            tells_sex: request.sex == SexTold::Yes,
            valid_to: request.valid_to,
            reference: request.reference,
            approved_by: by,
            approved_at: self.inner.clock.at(),
            revoked_at: None,
        };
        tx.insert_extract(&extract, &random::digits::<32>()?).await?;
        if let Some(application) = &application {
            tx.link_extract(&id, application).await?;
        }
        let detail = bounded(json!({
            "application": application,
            "release": extract.freeze,
            "recipient": extract.recipient,
            "purpose": extract.purpose.to_string(),
            "regions": places(&extract.regions).join(","),
            "strata": extract.strata.join(","),
            "institutions": extract.institutions,
            "sex": extract.tells_sex,
            "valid_to": extract.valid_to,
            "reference": extract.reference,
        }));
        let note =
            Note { actor: asker.name(), act: APPROVE, subject: id.as_str(), outcome: "approved", detail };
        self.note(&mut tx, note).await?;
        self.commit(tx).await?;
        Ok(id)
    }

    /// Whether an approval means something: its recipient, purpose, people and day exist.
    async fn check_approval(&self, reads: &mut Reads, request: &ApprovalRequest) -> Result<(), GateError> {
        let wrong = |what: String| Err(GateError::Extract(what));
        let today = self.inner.clock.today();
        let reference = &request.reference;
        if reference.trim().is_empty() || reference.chars().any(char::is_control) {
            return wrong("the reference must name the committee's decision, on one line".to_owned());
        }
        if reference.chars().count() > REFERENCE_CHARS_MAX {
            return wrong(format!("the reference must have at most {REFERENCE_CHARS_MAX} characters"));
        }
        if request.valid_to < today {
            return wrong(format!("`{}` is past; name a day from {today} on", request.valid_to));
        }
        if request.regions.is_empty() {
            return wrong("an extract needs at least one region, such as chr22:42126499-42130865".to_owned());
        }
        let recipient = &request.recipient;
        if !reads.user(recipient).await?.is_some_and(|user| user.active) {
            return wrong(format!("`{recipient}` is not an active user; add the account to the programme"));
        }
        if !reads.acts_of(recipient).await?.iter().any(|act| act == WRITE) {
            return wrong(format!("no role of `{recipient}` has the act `{WRITE}`; give one that has it"));
        }
        let purpose = self.purpose_fact(reads, &request.purpose).await?;
        if !purpose.known || purpose.needs_disease == purpose.diseases.is_empty() {
            return wrong(format!("purpose `{}` is not one of the programme's today", request.purpose));
        }
        if matches!(purpose.vocabulary, Vocabulary::Unknown | Vocabulary::Obsolete) {
            return wrong(format!(
                "the disease of `{}` is not in use in the vocabulary loaded",
                request.purpose
            ));
        }
        let people = reads.people_counts().await?;
        for institution in &request.institutions {
            if !people.iter().any(|count| count.institution == *institution) {
                return wrong(format!("`{institution}` has contributed nobody"));
            }
        }
        for stratum in &request.strata {
            if !people.iter().any(|count| count.stratum == *stratum) {
                return wrong(format!("nobody is of the stratum `{}`", stratum.escape_debug()));
            }
        }
        Ok(())
    }

    /// Takes an approval back: from the commit on nothing is written under it.
    ///
    /// # Errors
    /// A refusal; [`GateError::Extract`] when there is none, or it was revoked before.
    pub async fn revoke_extract(&self, asker: &Asker, id: &ExtractId) -> Result<(), GateError> {
        self.authorise(asker, APPROVE, id.as_str()).await?;
        let mut tx = self.inner.registry.begin().await?;
        match tx.extract(id).await? {
            None => return Err(GateError::Extract(format!("there is no extract `{id}`"))),
            Some(Extract { revoked_at: Some(at), .. }) => {
                return Err(GateError::Extract(format!("extract `{id}` was revoked at {at}")));
            }
            Some(_) => {}
        }
        tx.revoke_extract(id, asker.name(), &self.inner.clock.at()).await?;
        let detail = json!({});
        let note =
            Note { actor: asker.name(), act: APPROVE, subject: id.as_str(), outcome: "revoked", detail };
        self.note(&mut tx, note).await?;
        self.commit(tx).await
    }

    /// Every approval, what was written under it, and which columns its recipient must remove.
    ///
    /// # Errors
    /// A refusal; when the registry cannot be read.
    pub async fn extracts(&self, asker: &Asker) -> Result<Vec<ExtractCard>, GateError> {
        self.authorise(asker, READ, "extracts").await?;
        let today = self.inner.clock.today();
        let mut reads = self.inner.registry.read().await?;
        let mut cards = Vec::new();
        for extract in reads.extracts().await? {
            let secret = reads.extract_secret(&extract.id).await?;
            let gone = reads.extract_leavers(&extract.id).await?;
            cards.push(ExtractCard {
                writings: reads.extract_writings(&extract.id).await?,
                columns_to_remove: gone.iter().map(|key| people::pseudonym(&secret, *key)).collect(),
                state: match &extract {
                    Extract { revoked_at: Some(_), .. } => "revoked",
                    Extract { valid_to, .. } if *valid_to < today => "expired",
                    _ => "approved",
                },
                regions: places(&extract.regions),
                extract: extract.id,
                release: extract.freeze,
                recipient: extract.recipient,
                purpose: extract.purpose,
                strata: extract.strata,
                institutions: extract.institutions,
                tells_sex: extract.tells_sex,
                valid_to: extract.valid_to,
                reference: extract.reference,
                approved_by: extract.approved_by,
                approved_at: extract.approved_at,
                revoked_at: extract.revoked_at,
            });
        }
        Ok(cards)
    }
}

fn places(regions: &[Region]) -> Vec<String> {
    regions.iter().map(ToString::to_string).collect()
}

/// The same places in ascending order, none twice.
fn merged(mut regions: Vec<Region>) -> Vec<Region> {
    regions.sort_by_key(|region| (region.contig, region.start, region.end));
    let mut merged: Vec<Region> = Vec::with_capacity(regions.len());
    for region in regions {
        match merged.last_mut() {
            Some(last) if last.contig == region.contig && region.start <= last.end => {
                last.end = last.end.max(region.end);
            }
            _ => merged.push(region),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_read_once_and_in_order() {
        let given = ["chr2:5-9", "chr1:7-20", "chr1:1-8", "chr2:10-11", "chr1:3-4"];
        let regions = merged(given.iter().map(|text| text.parse().unwrap()).collect());
        assert_eq!(places(&regions), ["chr1:1-20", "chr2:5-9", "chr2:10-11"]);
    }
}
