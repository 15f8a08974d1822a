//! What a change of mind or a withdrawal does: the same numbers before it is confirmed and on the receipt.
//!
//! Holds only what the participant may see: names and public sizes of releases, how often they were used,
//! numbers of extracts. Never a genotype or a count of one.

use super::{Intent, Standing};
use crate::error::GateError;
use crate::gate::Gate;
use gj_model::{ExtractId, FreezeName, Scope, ScopeItem};
use gj_registry::{ConsentSpan, Reads, UseLine};
use serde_json::{Value, json};

/// What changes.
pub(super) struct Effect {
    pub(super) person_key: i64,
    pub(super) before: Scope,
    pub(super) after: Scope,
    /// Releases that count the person for something no longer allowed.
    pub(super) releases: Vec<ReleaseEffect>,
    /// Extracts written for something no longer allowed.
    pub(super) extracts: Vec<ExtractId>,
    /// Approved extracts of these releases that may still be written: without the person, if they need what
    /// is no longer allowed.
    approvals: Vec<ExtractId>,
    batches: usize,
}

/// A release that counts the person for less.
pub(super) struct ReleaseEffect {
    pub(super) name: FreezeName,
    before: Scope,
    after: Scope,
    /// Answers that counted the person for what is no longer allowed.
    answers: u64,
}

/// People and variants of a release, as anybody may see them.
pub(super) type PublicSize = (Option<u32>, Option<u64>);

impl Gate {
    /// What it does to allow `after`, at this moment of the registry.
    pub(super) async fn effect(
        &self,
        reads: &mut Reads,
        standing: &Standing,
        after: Scope,
    ) -> Result<Effect, GateError> {
        let (person_key, before) = (standing.person.person_key, standing.scope());
        let history = reads.scope_history().await?;
        let mut releases = Vec::new();
        for name in reads.freezes_of_person(person_key).await? {
            let Some(freeze) = reads.freeze(&name).await? else { continue };
            let span = ConsentSpan { until: history.changes(), ..freeze.consents };
            let counted = history.scope(person_key, span).unwrap_or(before).for_counting();
            let left = counted.and(after);
            if !counted.allows(ScopeItem::Research) || left == counted {
                continue;
            }
            let mut answers = 0;
            let each = |line: UseLine| {
                answers += u64::from(counted.covers(line.consent) && !left.covers(line.consent));
            };
            reads.each_use("frequency.read", name.as_str(), each).await?;
            releases.push(ReleaseEffect { name, before: counted, after: left, answers });
        }
        let mut extracts = Vec::new();
        for id in reads.extracts_of_person(person_key).await? {
            let needs = reads.extract_needs(&id).await?;
            if needs.iter().any(|need| before.covers(*need) && !after.covers(*need)) {
                extracts.push(id);
            }
        }
        let today = self.inner.clock.today();
        let approved = reads.extracts().await?.into_iter().filter(|extract| {
            let open = extract.revoked_at.is_none() && extract.valid_to >= today;
            open && releases.iter().any(|release| release.name == extract.freeze)
        });
        let approvals = approved.map(|extract| extract.id).collect();
        let batches = reads.batches_of_person(person_key).await?.len();
        Ok(Effect { person_key, before, after, releases, extracts, approvals, batches })
    }

    /// The public sizes of the releases concerned, in their order. A change itself opens no file.
    pub(super) async fn public_sizes(
        &self,
        reads: &mut Reads,
        effect: &Effect,
    ) -> Result<Vec<PublicSize>, GateError> {
        let mut sizes = Vec::with_capacity(effect.releases.len());
        for release in &effect.releases {
            let freeze = reads.freeze(&release.name).await?.ok_or(GateError::Changed)?;
            sizes.push((self.shown_people(reads, &freeze).await?, self.variants_of(reads, &freeze).await?));
        }
        Ok(sizes)
    }
}

impl Effect {
    /// The receipt of a change, but for what only its recording knows.
    pub(super) fn document(&self) -> Value {
        let answers: u64 = self.releases.iter().map(|release| release.answers).sum();
        json!({
            "kind": "change-of-mind",
            "state": "masked",
            "before": self.before,
            "after": self.after,
            "stops": titles(self.before.without(self.after)),
            "begins": titles(self.after.without(self.before)),
            "effect": {
                "ja": "この時点以降、やめた利用のための新しい回答には含まれません。新たに認めた利用には、今後作られるリリースから含まれます。認められている利用のデータは消去されません。",
                "en": "From this moment no new answer counts this person for what was stopped. What was newly allowed counts in releases made from now on. Nothing that is still allowed is erased.",
            },
            "releases": self.releases.iter().map(|release| release.name.as_str()).collect::<Vec<_>>(),
            "batches": self.batches,
            "not_recallable": {
                "answers_given_from_these_releases": answers,
                "extracts": self.extracts,
                "ja": "すでに渡された集計値と、渡された遺伝子型の切り出し（上記の番号）は回収できません。切り出しの受領者には、該当する列の削除を求めます。",
                "en": "Counts and extracts of genotypes (numbers above) already handed out cannot be called back. Who received an extract is to be told which column to remove.",
            },
            "repaired": null,
        })
    }

    /// What is shown before somebody confirms.
    pub(super) fn preview(&self, intent: &Intent, sizes: &[PublicSize]) -> Value {
        let release = |(release, size): (&ReleaseEffect, &PublicSize)| {
            json!({
                "release": release.name,
                "counted_for": release.before,
                "then_counted_for": release.after,
                "people": size.0,
                "variants_recounted_at_most": size.1,
                "answers_given": release.answers,
            })
        };
        let withdrawal = matches!(intent, Intent::Withdraw);
        let (ja, en) = if withdrawal {
            (
                "確認すると直ちに、すべての新しい回答から除かれ、保存された遺伝子型も消去されます。取り消せません。",
                "Once confirmed, no new answer counts this person, at once, and their genotypes are erased. It cannot be undone.",
            )
        } else {
            (
                "確認すると直ちに、やめた利用のための新しい回答から除かれます。新たに認めた利用は、今後作られるリリースから数えられます。何も消去されません。",
                "Once confirmed, no new answer counts this person for what is stopped, at once. What is newly allowed counts in releases made later. Nothing is erased.",
            )
        };
        json!({
            "kind": if withdrawal { "withdrawal" } else { "change-of-mind" },
            "state": "preview",
            "before": self.before,
            "after": self.after,
            "stops": titles(self.before.without(self.after)),
            "begins": titles(self.after.without(self.before)),
            "effect": { "ja": ja, "en": en },
            "releases": self.releases.iter().zip(sizes).map(release).collect::<Vec<_>>(),
            "batches_rewritten": if withdrawal { self.batches } else { 0 },
            "approved_extracts_then_without_the_person": self.approvals,
            "not_recallable": {
                "answers_given_from_these_releases":
                    self.releases.iter().map(|release| release.answers).sum::<u64>(),
                "extracts": self.extracts,
                "ja": "すでに渡された集計値と遺伝子型の切り出しは回収できません。",
                "en": "Counts and extracts of genotypes already handed out cannot be called back.",
            },
        })
    }
}

/// What is allowed, in words.
fn titles(scope: Scope) -> Value {
    let items: Vec<_> = scope.items().map(|item| (item.name(), item.title())).collect();
    json!({
        "scope": scope,
        "ja": items.iter().map(|(_, title)| title.ja.as_str()).collect::<Vec<_>>(),
        "en": items.iter().map(|(_, title)| title.en.as_str()).collect::<Vec<_>>(),
    })
}
