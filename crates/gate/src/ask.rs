//! Who asks what, and whether they may.

use crate::audit::{Note, bounded};
use crate::error::{GateError, Refusal};
use crate::gate::Gate;
use crate::grant::Grant;
use crate::view::Place;
use gj_model::{Bilingual, FreezeName, Grouping, InstitutionId, Purpose, Scope, UserId};
use gj_policy::{Applicant, Decision, Facts, PurposeFact, RuleText, Terms, decide, needed_scope};
use gj_registry::{Freeze, PanelState, Reads, Rule, User};
use serde_json::json;

/// The act of reading frequencies.
pub(crate) const READ: &str = "frequency.read";

/// Somebody at the door: signed in, named by the local operator, or nobody.
#[derive(Debug, Clone)]
pub struct Asker {
    pub(crate) user: Option<UserId>,
}

/// A person signed in with a token.
#[derive(Debug, Clone)]
pub struct Session {
    /// Account name.
    pub id: UserId,
    /// Name to show.
    pub name: Bilingual,
    /// The asker to pass on.
    pub asker: Asker,
}

/// A question about frequencies.
#[derive(Debug, Clone)]
pub struct Question {
    /// The release.
    pub freeze: FreezeName,
    /// Where.
    pub place: Place,
    /// How to split.
    pub by: Grouping,
    /// Why.
    pub purpose: Purpose,
}

impl Asker {
    /// Nobody: refused everywhere but on public pages, with a line in the log.
    pub fn nobody() -> Asker {
        Asker { user: None }
    }

    /// The name in audit lines.
    pub(crate) fn name(&self) -> &str {
        self.user.as_ref().map_or("nobody", UserId::as_str)
    }
}

impl Gate {
    /// Somebody who works on the machine itself and says as whom (`--as`): the operating system
    /// already let them at the data directory. Endpoints must use [`Gate::sign_in`].
    pub fn local(&self, user: &UserId) -> Asker {
        Asker { user: Some(user.clone()) }
    }

    /// The person a token belongs to.
    ///
    /// # Errors
    /// When the registry cannot be read.
    pub async fn sign_in(&self, token: &str) -> Result<Option<Session>, GateError> {
        let user = self.inner.registry.read().await?.user_by_token(token).await?;
        Ok(user.filter(|user| user.active).map(|user| Session {
            asker: Asker { user: Some(user.id.clone()) },
            id: user.id,
            name: Bilingual { ja: user.name_ja, en: user.name_en },
        }))
    }

    /// Asks to read the frequencies of a release.
    ///
    /// # Errors
    /// [`GateError::Refused`] with every reason; the refusal is in the audit log by then.
    pub async fn ask(&self, asker: &Asker, question: &Question) -> Result<Grant, GateError> {
        self.lapse_due().await?;
        let mut reads = self.inner.registry.read().await?;
        let freeze = reads.freeze(&question.freeze).await?;
        let mut facts = self.facts(&mut reads, asker, READ).await?;
        facts.purpose = Some(self.purpose_fact(&mut reads, &question.purpose).await?);
        facts.freeze_exists = freeze.is_some();
        if let Some(freeze) = &freeze {
            let scope = needed_scope(&facts);
            facts.someone_allows = self.someone_allows(&mut reads, freeze, scope).await?;
        }
        let consent_acts = reads.consent_acts().await?;
        drop(reads);
        match (decide(&facts), freeze) {
            (Decision::Allow(terms), Some(freeze)) => {
                Ok(grant(asker, question, &freeze, &terms, consent_acts))
            }
            // The rule `freeze-unknown` denies before this can happen.
            (Decision::Allow(_), None) => Err(GateError::Changed),
            (Decision::Deny(refused), _) => {
                let refusal = Refusal { refused };
                let detail = json!({
                    "purpose": question.purpose.to_string(),
                    "place": question.place.to_string(),
                    "by": question.by.name(),
                    "reasons": refusal.codes(),
                });
                self.note_refusal(asker, READ, question.freeze.as_str(), detail).await?;
                Err(refusal.into())
            }
        }
    }

    /// Authorises an administrative act; a refusal is written to the audit log.
    pub(crate) async fn authorise(&self, asker: &Asker, act: &str, subject: &str) -> Result<(), GateError> {
        let facts = self.facts(&mut self.inner.registry.read().await?, asker, act).await?;
        self.admit(asker, act, subject, &facts).await
    }

    /// The same for an act on behalf of an institution.
    pub(crate) async fn authorise_for(
        &self,
        asker: &Asker,
        act: &str,
        institution: &InstitutionId,
    ) -> Result<(), GateError> {
        let mut facts = self.facts(&mut self.inner.registry.read().await?, asker, act).await?;
        facts.on_behalf_of = Some(institution.to_string());
        self.admit(asker, act, institution.as_str(), &facts).await
    }

    pub(crate) async fn admit(
        &self,
        asker: &Asker,
        act: &str,
        subject: &str,
        facts: &Facts,
    ) -> Result<(), GateError> {
        match decide(facts) {
            Decision::Allow(_) => Ok(()),
            Decision::Deny(refused) => {
                let refusal = Refusal { refused };
                self.note_refusal(asker, act, subject, json!({ "reasons": refusal.codes() })).await?;
                Err(refusal.into())
            }
        }
    }

    pub(crate) async fn note_refusal(
        &self,
        asker: &Asker,
        act: &str,
        subject: &str,
        detail: serde_json::Value,
    ) -> Result<(), GateError> {
        let mut tx = self.inner.registry.begin().await?;
        // Anybody may be refused, and as often as they like: what they send is not kept at any length.
        let detail = bounded(detail);
        self.note(&mut tx, Note { actor: asker.name(), act, subject, outcome: "refused", detail }).await?;
        self.commit_answer(tx).await
    }

    pub(crate) async fn facts(
        &self,
        reads: &mut Reads,
        asker: &Asker,
        act: &str,
    ) -> Result<Facts, GateError> {
        let today = self.inner.clock.today();
        let settings = self.settings(reads).await?;
        let user = match &asker.user {
            Some(id) => reads.user(id).await?,
            None => None,
        };
        let applicant = match user {
            Some(user) => Some(self.applicant(reads, user).await?),
            None => None,
        };
        let rules = reads.rules_on(&settings.profile, today).await?;
        Ok(Facts {
            today,
            applicant,
            act: act.to_owned(),
            on_behalf_of: None,
            purpose: None,
            freeze_exists: true,
            someone_allows: true,
            extract: None,
            smallest_cell: settings.min_cell,
            rules: rules.into_iter().map(rule_text).collect::<Result<_, _>>()?,
        })
    }

    /// Whether a release holds anybody who allowed `scope`.
    async fn someone_allows(
        &self,
        reads: &mut Reads,
        freeze: &Freeze,
        scope: Scope,
    ) -> Result<bool, GateError> {
        let (classes, people) = self.sizes_of(reads, freeze).await?;
        Ok(classes.iter().zip(people).any(|(class, people)| people > 0 && class.scope.covers(scope)))
    }

    async fn applicant(&self, reads: &mut Reads, user: User) -> Result<Applicant, GateError> {
        let today = self.inner.clock.today();
        let acts = reads.acts_of(&user.id).await?;
        let institution = reads.institution(&user.institution).await?;
        let paid = !reads.payments_covering(&user.institution, today).await?.is_empty();
        let (institution_class, country) = match institution {
            Some(institution) => (institution.class.name().to_owned(), institution.country),
            None => (String::new(), String::new()),
        };
        Ok(Applicant {
            user: user.id.to_string(),
            active: user.active,
            institution: user.institution.to_string(),
            institution_class,
            country,
            acts,
            paid,
        })
    }

    pub(crate) async fn purpose_fact(
        &self,
        reads: &mut Reads,
        purpose: &Purpose,
    ) -> Result<PurposeFact, GateError> {
        let term = reads.purpose(&purpose.code, self.inner.clock.today()).await?;
        let has_disease = purpose.disease.is_some();
        Ok(match term {
            // A disease on a purpose that takes none is a purpose nobody registered.
            Some(term) => PurposeFact {
                known: term.needs_disease || !has_disease,
                needs_disease: term.needs_disease,
                has_disease,
                needs_scope: term.needs_scope,
            },
            None => PurposeFact { known: false, needs_disease: false, has_disease, needs_scope: Scope::NONE },
        })
    }
}

fn grant(asker: &Asker, question: &Question, freeze: &Freeze, terms: &Terms, consent_acts: u64) -> Grant {
    Grant {
        asker: asker.clone(),
        purpose: question.purpose.clone(),
        freeze: freeze.name.clone(),
        digest: freeze.digest.clone(),
        panel: freeze.panel.clone(),
        stale: freeze.state == PanelState::Stale,
        consent_acts,
        needs_scope: terms.needs_scope,
        smallest_cell: terms.smallest_cell,
    }
}

/// A row of the programme as the policy reads it; its parameters are `classes`, `scope` and `home`.
fn rule_text(rule: Rule) -> Result<RuleText, GateError> {
    let list = |name: &str| -> Vec<String> {
        let value = rule.parameters.get(name).and_then(|value| value.as_array());
        value.into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let text = |name: &str| rule.parameters.get(name).and_then(|value| value.as_str()).unwrap_or("");
    let needs: Result<Scope, String> = text("scope").parse();
    let needs = needs.map_err(|what| GateError::Inconsistent(format!("rule `{}`: {what}", rule.code)))?;
    let (classes, home) = (list("classes"), text("home").to_owned());
    Ok(RuleText {
        words: Bilingual { ja: rule.ja, en: rule.en },
        source: rule.source,
        code: rule.code,
        classes,
        needs,
        home,
    })
}
