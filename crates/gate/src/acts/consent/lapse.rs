//! Minors who become adults: a proxy's word ends on that day, and the person is asked again.
//!
//! Nobody needs to press a key at midnight: whoever asks, writes or freezes first records the lapse before
//! anything is decided. Nothing is erased: the person may consent again. Being contacted stays allowed, so
//! that they can be asked.

use super::{READ, Standing};
use crate::ask::Asker;
use crate::audit::Note;
use crate::error::GateError;
use crate::gate::Gate;
use chrono::NaiveDate;
use gj_model::{Scope, ScopeItem};
use gj_registry::{Channel, GivenBy, Signature};
use serde::Serialize;
use serde_json::json;

/// Somebody whose own consent is needed from a day on.
#[derive(Debug, Clone, Serialize)]
pub struct Due {
    /// The participant.
    pub participant: String,
    /// The day.
    pub adult_on: NaiveDate,
}

impl Gate {
    /// Ends every consent by proxy of somebody who is an adult today.
    pub(crate) async fn lapse_due(&self) -> Result<(), GateError> {
        let today = self.inner.clock.today();
        if self.inner.registry.read().await?.proxied_until(today).await?.is_empty() {
            return Ok(());
        }
        let mut tx = self.inner.registry.begin().await?;
        // Looked up again under the write lock: of two who ask first, one records it.
        for (person_key, adult_on) in tx.proxied_until(today).await? {
            let Some(person) = tx.person(person_key).await? else { continue };
            let standing = Standing { person, versions: tx.consents(person_key).await? };
            let kept = standing.scope().and(Scope::NONE.with(ScopeItem::Recontact));
            let effect = self.effect(&mut tx, &standing, kept).await?;
            let mut document = effect.document();
            document["kind"] = json!("lapse");
            document["effect"] = json!({
                "ja": "代諾による同意は成人の日に終わりました。本人があらためて同意するまで、新しい回答には含まれません。何も消去されません。",
                "en": "Consent by proxy ended on the day the person became an adult. Until they consent themselves no new answer counts them. Nothing is erased.",
            });
            let signature = Signature {
                form: None,
                by: GivenBy::Lapse,
                relation: None,
                assent: false,
                adult_on: Some(adult_on),
                channel: Channel::Calendar,
                document: None,
                signed_on: adult_on,
                recorded_at: self.inner.clock.at(),
                recorded_by: "system".to_owned(),
            };
            self.record(&mut tx, &effect, &signature, "lapse of a proxy's consent", document).await?;
        }
        self.commit(tx).await
    }

    /// Who becomes an adult up to a day and has not consented themselves: whom to ask.
    ///
    /// # Errors
    /// A refusal; when the registry cannot be read.
    pub async fn consents_due(&self, asker: &Asker, until: NaiveDate) -> Result<Vec<Due>, GateError> {
        self.authorise(asker, READ, "due").await?;
        self.lapse_due().await?;
        let mut tx = self.inner.registry.begin().await?;
        let mut due = Vec::new();
        let mut keys = tx.lapsed().await?;
        keys.extend(tx.proxied_until(until).await?);
        for (person_key, adult_on) in keys {
            if let Some(person) = tx.person(person_key).await? {
                due.push(Due { participant: person.participant, adult_on });
            }
        }
        let detail = json!({ "until": until, "people": due.len() });
        let note = Note { actor: asker.name(), act: READ, subject: "due", outcome: "shown", detail };
        self.note(&mut tx, note).await?;
        self.commit(tx).await?;
        Ok(due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acts::consent::Statement;
    use crate::acts::init::NewDirectory;
    use crate::acts::submit::{BlockFloor, Progress, SubmitRequest, Unconsented};
    use crate::ask::Question;
    use crate::clock::Clock;
    use crate::view::Place;
    use gj_model::{Grouping, Region};
    use std::path::Path;
    use std::sync::Arc;

    const PEOPLE: usize = 12;

    struct Unwatched;

    impl Progress for Unwatched {
        fn resuming(&self, _done: u64, _total: u64, _rows: u64) {}
        fn reading(&self, _done: u64, _total: u64, _rows: u64) {}
        fn writing(&self, _rows: u64, _total: u64) {}
    }

    fn at(moment: &str) -> Clock {
        Clock::Fixed(chrono::DateTime::parse_from_rfc3339(moment).unwrap().to_utc())
    }

    /// A directory with one release of twelve people.
    async fn released(dir: &Path, clock: Clock) -> Gate {
        let gate = Gate::init(&dir.join("data"), NewDirectory::default(), clock).await.unwrap();
        let manager = gate.local(&"datamanager".parse().unwrap());
        let mut sheet =
            "sample\tparticipant\tsex\tfamily\tfather\tmother\tstratum\tconsent\tdiseases\n".to_owned();
        let mut vcf = "##fileformat=VCFv4.2\n##FORMAT=<ID=GT,Number=1,Type=String,Description=\"G\">\n\
            ##contig=<ID=chr2>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT"
            .to_owned();
        for person in 0..PEOPLE {
            sheet += &format!("S{person}\tP{person}\tfemale\t\t\t\tJPT\tresearch,recontact\t\n");
            vcf += &format!("\tS{person}");
        }
        vcf += &format!("\nchr2\t1000\t.\tA\tC\t.\tPASS\t.\tGT{}\n", "\t0/1".repeat(PEOPLE));
        std::fs::write(dir.join("a.vcf"), vcf).unwrap();
        let centre = "centre".parse().unwrap();
        gate.import_samples(&manager, &centre, "sheet.tsv", sheet.as_bytes()).await.unwrap();
        let request = SubmitRequest {
            institution: centre,
            files: vec![dir.join("a.vcf")],
            reference: None,
            floor: BlockFloor::default(),
            unconsented: Unconsented::Refuse,
        };
        gate.submit(&manager, request, Arc::new(Unwatched)).await.unwrap();
        gate.freeze(&manager, &"r1".parse().unwrap()).await.unwrap();
        gate
    }

    async fn reopened(gate: Gate, clock: Clock) -> Gate {
        let dir = gate.inner.dir.clone();
        gate.close().await;
        Gate::open(&dir, clock).await.unwrap()
    }

    /// People counted at the one site of a release.
    async fn people(gate: &Gate, release: &str) -> u32 {
        let asker = gate.local(&"academic".parse().unwrap());
        let question = Question {
            project: None,
            freeze: release.parse().unwrap(),
            place: Place::Region("chr2:1-2000".parse::<Region>().unwrap()),
            by: Grouping::None,
            purpose: "GRU".parse().unwrap(),
        };
        let grant = gate.ask(&asker, &question).await.unwrap();
        let view = gate.view(&grant).await.unwrap();
        let finding = tokio::task::spawn_blocking(move || view.sites(&question.place)).await.unwrap();
        let sites = finding.unwrap().value;
        sites[0].counts.iter().map(|counts| counts.people).sum()
    }

    fn signed(by: GivenBy, adult_on: Option<&str>) -> Statement {
        Statement {
            scope: "research,recontact".parse().unwrap(),
            form: "main".to_owned(),
            by,
            relation: Some("mother".to_owned()),
            assent: true,
            adult_on: adult_on.map(|day| day.parse().unwrap()),
            channel: Channel::Paper,
            document: Some("K-1".to_owned()),
            signed_on: None,
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_proxys_word_ends_with_childhood_and_the_adult_may_consent_again() {
        let folder = tempfile::tempdir().unwrap();
        // The last evening in Japan before the birthday: 23:59.
        let eve = at("2027-03-31T14:59:00Z");
        let gate = released(folder.path(), eve).await;
        let desk = gate.local(&"participant-desk".parse().unwrap());
        let by_proxy = signed(GivenBy::Proxy, Some("2027-04-01"));
        let receipt = gate.change_consent(&desk, "P3", &by_proxy).await.unwrap().receipt;
        assert_eq!(receipt["signature"]["consent_again_from"], "2027-04-01");
        assert_eq!((people(&gate, "r1").await, receipt["releases"].as_array().unwrap().len()), (12, 0));
        assert!(gate.consents_due(&desk, "2027-03-31".parse().unwrap()).await.unwrap().is_empty());
        assert_eq!(gate.consents_due(&desk, "2027-04-01".parse().unwrap()).await.unwrap().len(), 1);
        // Two minutes later nobody counts them, by no act but the question itself.
        let gate = reopened(gate, at("2027-03-31T15:01:00Z")).await;
        assert_eq!(people(&gate, "r1").await, 11);
        assert_eq!(gate.repair().await.unwrap(), 0);
        assert_eq!(people(&gate, "r1").await, 11);
        let manager = gate.local(&"datamanager".parse().unwrap());
        assert_eq!(gate.freeze(&manager, &"r2".parse().unwrap()).await.unwrap().people, 11);
        gate.verify().await.unwrap();
        let due = gate.consents_due(&desk, "2027-04-01".parse().unwrap()).await.unwrap();
        assert_eq!((due.len(), due[0].participant.as_str()), (1, "P3"));
        // No proxy speaks for an adult; the adult does, for releases to come.
        let late = gate.change_consent(&desk, "P3", &signed(GivenBy::Proxy, None)).await;
        assert!(matches!(late, Err(GateError::Consent(what)) if what.contains("is an adult by now")));
        gate.change_consent(&desk, "P3", &signed(GivenBy::Myself, None)).await.unwrap();
        assert_eq!((people(&gate, "r1").await, people(&gate, "r2").await), (11, 11));
        assert_eq!(gate.freeze(&manager, &"r3".parse().unwrap()).await.unwrap().people, 12);
        assert_eq!(people(&gate, "r3").await, 12);
        assert!(gate.consents_due(&desk, "2099-01-01".parse().unwrap()).await.unwrap().is_empty());
        gate.verify().await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_release_notices_who_changes_their_mind_while_it_is_counted() {
        let folder = tempfile::tempdir().unwrap();
        let gate = released(folder.path(), at("2027-01-05T00:00:00Z")).await;
        let batches: Vec<_> =
            gate.inner.registry.read().await.unwrap().freezes().await.unwrap()[0].batches.clone();
        let allowed = crate::acts::members::Allowed::Now;
        let desk = gate.local(&"participant-desk".parse().unwrap());
        let more = Statement {
            scope: "research,recontact,foreign".parse().unwrap(),
            ..signed(GivenBy::Myself, None)
        };
        // Counting waits for the registry's write lock at its end; the change had it first.
        let mut tx = gate.inner.registry.begin().await.unwrap();
        let counting = tokio::spawn({
            let gate = gate.clone();
            async move {
                gate.count_panel(&batches, allowed)
                    .await
                    .map(|counted| (counted.consents, counted.seal.manifest.classes))
            }
        });
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        let standing = super::super::standing(&mut tx, "P5").await.unwrap();
        let (_, signature) = gate.checked(&mut tx, &standing, &more, desk.name()).await.unwrap();
        let effect = gate.effect(&mut tx, &standing, more.scope).await.unwrap();
        gate.record(&mut tx, &effect, &signature, "test", effect.document()).await.unwrap();
        gate.commit(tx).await.unwrap();
        let (consents, classes) = counting.await.unwrap().unwrap();
        assert_eq!(consents, 1);
        let foreign = classes.iter().filter(|class| class.scope.allows(ScopeItem::Foreign)).count();
        assert_eq!(foreign, 1, "counted again, with what is allowed now");
    }
}
