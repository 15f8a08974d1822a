//! The ledger as its owners read it: budget, what was spent and what is left, of one user or of all.

use super::GUARDED;
use super::guarded::{FALSE_POSITIVES, account_of, budget};
use crate::ask::{Asker, READ};
use crate::error::{GateError, Refusal};
use crate::gate::Gate;
use chrono::NaiveDate;
use gj_exposure::{Charge, power};
use gj_model::{Bilingual, Effect, InstitutionId, Reason, UserId};
use gj_registry::{ExposureRule, Reads, Regime, ShownSites};
use serde::Serialize;
use serde_json::json;

/// The act of reading everybody's accounts.
const ACT: &str = "exposure.read";

/// One user's account, or one institution's, with what it means in plain words.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExposureCard {
    /// The user; absent on the card of an institution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The institution.
    pub institution: String,
    /// `guarded`, `agreed`, or `none` for who may not read frequencies or while no row holds.
    pub regime: &'static str,
    /// First day of the row in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// Where the row comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Bilingual>,
    /// The guarded account: for guarded users, and whenever something was shown under that regime.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guarded: Option<GuardedAccount>,
    /// The agreed account, in the same way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed: Option<AgreedAccount>,
    /// What remains, in a sentence.
    pub remains: Bilingual,
}

/// What counts shown under the guarded regime add up to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GuardedAccount {
    /// Counts shown, each once in each form.
    pub answers: usize,
    /// One's own budget; on the card of an institution, that of all its users.
    pub own: Budget,
    /// The institution's, on the card of a user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub institution: Option<Budget>,
}

/// A budget in squared shift, and what it means.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Budget {
    /// All of it; zero while no row holds.
    pub budget: f64,
    /// Spent, for ever.
    pub spent: f64,
    /// What remains.
    pub left: f64,
    /// Power at 5% false positives that nobody exceeds who knows what was shown so far …
    pub power: f64,
    /// … and with all of the budget spent.
    pub power_most: f64,
}

/// What tables shown under the agreed regime add up to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgreedAccount {
    /// Distinct sites shown, each release counted anew.
    pub sites: u64,
    /// Sites that a user may be shown; absent: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sites_most: Option<u64>,
    /// By release.
    pub releases: Vec<SitesOf>,
    /// Estimate for the committee of an attacker's power at 5% false positives, if every site shown were independent: the
    /// sum over sites of one by the people counted (Sankararaman et al. 2009). Linked sites tell less, rare ones more.
    pub power_estimate: f64,
}

/// Sites shown of one release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SitesOf {
    /// Its name.
    pub freeze: String,
    /// Distinct sites.
    pub sites: u64,
}

impl Budget {
    fn of(all: Charge, spent: Charge) -> Budget {
        Budget {
            budget: all.squared_shift(),
            spent: spent.squared_shift(),
            left: all.less(spent).squared_shift(),
            power: power(spent, FALSE_POSITIVES),
            power_most: power(all.max(spent), FALSE_POSITIVES),
        }
    }
}

impl Gate {
    /// The asker's own account.
    ///
    /// # Errors
    /// A refusal of who may not read frequencies under any regime; when the registry cannot be read.
    pub async fn exposure(&self, asker: &Asker) -> Result<ExposureCard, GateError> {
        let mut reads = self.inner.registry.read().await?;
        let mut user = match &asker.user {
            Some(id) => reads.user(id).await?.filter(|user| user.active),
            None => None,
        };
        if let Some(id) = &asker.user
            && !reads.acts_of(id).await?.iter().any(|act| act == READ || act == GUARDED)
        {
            user = None;
        }
        let Some(user) = user else {
            drop(reads);
            let refusal = Refusal { refused: vec![no_account()] };
            self.note_refusal(asker, ACT, "own", json!({ "reasons": refusal.codes() })).await?;
            return Err(refusal.into());
        };
        self.card_of_user(&mut reads, user.id.as_str(), &user.institution).await
    }

    /// Whether the asker sees everybody's accounts, so that a page can offer them.
    ///
    /// # Errors
    /// When the registry cannot be read.
    pub async fn may_read_exposures(&self, asker: &Asker) -> Result<bool, GateError> {
        let Some(id) = &asker.user else { return Ok(false) };
        let mut reads = self.inner.registry.read().await?;
        let active = reads.user(id).await?.is_some_and(|user| user.active);
        Ok(active && reads.acts_of(id).await?.iter().any(|act| act == ACT))
    }

    /// Every account in which something was ever shown: users by name, then institutions. For the committee.
    ///
    /// # Errors
    /// A refusal; when the registry cannot be read.
    pub async fn exposures(&self, asker: &Asker) -> Result<Vec<ExposureCard>, GateError> {
        self.authorise(asker, ACT, "exposure").await?;
        let mut reads = self.inner.registry.read().await?;
        let (mut users, mut institutions) =
            (std::collections::BTreeSet::new(), std::collections::BTreeSet::new());
        for (user, institution) in reads.guarded_payers().await? {
            users.insert(user);
            institutions.insert(institution);
        }
        for shown in reads.sites_shown(None).await? {
            if shown.payer_kind == "user" { &mut users } else { &mut institutions }.insert(shown.payer);
        }
        let mut cards = Vec::with_capacity(users.len() + institutions.len());
        for name in users {
            let id: UserId = name.parse().map_err(|_| gj_registry::Error::Stored("payer"))?;
            if let Some(user) = reads.user(&id).await? {
                cards.push(self.card_of_user(&mut reads, &name, &user.institution).await?);
            }
        }
        for name in institutions {
            cards.push(self.card_of_institution(&mut reads, &name).await?);
        }
        Ok(cards)
    }

    async fn card_of_user(
        &self,
        reads: &mut Reads,
        user: &str,
        institution: &InstitutionId,
    ) -> Result<ExposureCard, GateError> {
        let id: UserId = user.parse().map_err(|_| gj_registry::Error::Stored("user"))?;
        let acts = reads.acts_of(&id).await?;
        let holds = |act: &str| acts.iter().any(|held| held == act);
        let regime = match (holds(READ), holds(GUARDED)) {
            (true, _) => Some(Regime::Agreed),
            (false, true) => Some(Regime::Guarded),
            (false, false) => None,
        };
        let [guarded_rule, agreed_rule] = self.rules_in_force(reads).await?;
        let cells = reads.cells_of_user(user).await?;
        let of_institution = reads.cells_of_institution(institution.as_str()).await?;
        let guarded = (regime == Some(Regime::Guarded) || !cells.is_empty()).then(|| GuardedAccount {
            answers: cells.len(),
            own: budget_of(guarded_rule.as_ref(), |rule| rule.budget_user, &cells),
            institution: Some(budget_of(
                guarded_rule.as_ref(),
                |rule| rule.budget_organisation,
                &of_institution,
            )),
        });
        let shown = reads.sites_shown(Some(("user", user))).await?;
        let agreed = (regime == Some(Regime::Agreed) || !shown.is_empty())
            .then(|| agreed_account(agreed_rule.as_ref().and_then(|rule| rule.sites_user), &shown));
        let rule = match regime {
            Some(Regime::Guarded) => guarded_rule,
            Some(Regime::Agreed) => agreed_rule,
            None => None,
        };
        Ok(ExposureCard {
            user: Some(user.to_owned()),
            institution: institution.to_string(),
            regime: rule.as_ref().map_or("none", |rule| rule.regime.name()),
            valid_from: rule.as_ref().map(|rule| rule.valid_from),
            source: rule
                .as_ref()
                .map(|rule| Bilingual { ja: rule.source_ja.clone(), en: rule.source_en.clone() }),
            remains: remains(regime, rule.as_ref(), guarded.as_ref(), agreed.as_ref()),
            guarded,
            agreed,
        })
    }

    async fn card_of_institution(&self, reads: &mut Reads, name: &str) -> Result<ExposureCard, GateError> {
        let [guarded_rule, _] = self.rules_in_force(reads).await?;
        let cells = reads.cells_of_institution(name).await?;
        let guarded = (!cells.is_empty()).then(|| GuardedAccount {
            answers: cells.len(),
            own: budget_of(guarded_rule.as_ref(), |rule| rule.budget_organisation, &cells),
            institution: None,
        });
        let shown = reads.sites_shown(Some(("institution", name))).await?;
        let agreed = (!shown.is_empty()).then(|| agreed_account(None, &shown));
        let regime = guarded.is_some().then_some(Regime::Guarded);
        Ok(ExposureCard {
            user: None,
            institution: name.to_owned(),
            regime: match (&guarded, &agreed) {
                (Some(_), _) => "guarded",
                (None, Some(_)) => "agreed",
                (None, None) => "none",
            },
            valid_from: None,
            source: None,
            remains: remains(
                regime.or(Some(Regime::Agreed)),
                guarded_rule.as_ref(),
                guarded.as_ref(),
                agreed.as_ref(),
            ),
            guarded,
            agreed,
        })
    }

    /// The row of each regime that holds today: guarded, agreed.
    async fn rules_in_force(&self, reads: &mut Reads) -> Result<[Option<ExposureRule>; 2], GateError> {
        let today = self.inner.clock.today();
        Ok([
            reads.exposure_rule(Regime::Guarded, today).await?,
            reads.exposure_rule(Regime::Agreed, today).await?,
        ])
    }
}

fn budget_of(
    rule: Option<&ExposureRule>,
    of: impl Fn(&ExposureRule) -> f64,
    cells: &[gj_registry::ShownCell],
) -> Budget {
    match rule {
        Some(rule) => Budget::of(budget(of(rule)), account_of(rule, cells).spent()),
        None => {
            let sum = cells.iter().map(|cell| Charge::from_billionths(cell.charge));
            Budget::of(Charge::ZERO, sum.fold(Charge::ZERO, Charge::plus))
        }
    }
}

fn agreed_account(sites_most: Option<u64>, shown: &[ShownSites]) -> AgreedAccount {
    let shift: u64 = shown.iter().map(|shown| shown.shift).sum();
    AgreedAccount {
        sites: shown.iter().map(|shown| shown.sites).sum(),
        sites_most,
        releases: shown
            .iter()
            .map(|shown| SitesOf { freeze: shown.freeze.clone(), sites: shown.sites })
            .collect(),
        power_estimate: power(Charge::from_billionths(shift), FALSE_POSITIVES),
    }
}

/// What is left, in plain words.
fn remains(
    regime: Option<Regime>,
    rule: Option<&ExposureRule>,
    guarded: Option<&GuardedAccount>,
    agreed: Option<&AgreedAccount>,
) -> Bilingual {
    let (ja, en) = match (regime, rule) {
        (None, _) => {
            ("頻度を読む権限がありません。".to_owned(), "This account may not read frequencies.".to_owned())
        }
        (Some(Regime::Guarded), None) => (
            "行が定められるまで何も示せません。".to_owned(),
            "Nothing can be shown until a row is set.".to_owned(),
        ),
        (Some(Regime::Agreed), None) => {
            ("制限する行がありません。".to_owned(), "No row limits this.".to_owned())
        }
        (Some(Regime::Guarded), Some(_)) => {
            let share =
                |budget: &Budget| if budget.budget > 0.0 { 100.0 * budget.left / budget.budget } else { 0.0 };
            let own = guarded.map(|account| share(&account.own)).unwrap_or_default();
            let left = guarded
                .and_then(|account| account.institution.as_ref())
                .map_or(own, |theirs| share(theirs).min(own));
            (
                format!(
                    "漏れの予算の{left:.0}%が残っています。よくある変異ほど安く、まれな変異ほど高くつきます。"
                ),
                format!(
                    "{left:.0}% of the privacy budget is left. Common variants cost little, rare ones much."
                ),
            )
        }
        (Some(Regime::Agreed), Some(_)) => match agreed
            .and_then(|account| account.sites_most.map(|most| most.saturating_sub(account.sites)))
        {
            Some(left) => {
                (format!("あと{left}部位を見られます。"), format!("{left} more sites may be shown."))
            }
            None => ("部位数の上限はありません。".to_owned(), "There is no limit on sites.".to_owned()),
        },
    };
    Bilingual { ja, en }
}

fn no_account() -> Reason {
    Reason {
        code: "exposure-none".to_owned(),
        ja: "台帳の口座は、頻度を読める人がサインインして見るものです。".to_owned(),
        en: "Accounts of the ledger belong to who may read frequencies; sign in as one of them.".to_owned(),
        source: "docs/decisions/0035-the-ledger-at-the-door.md".to_owned(),
        effect: Effect::Deny,
        ..Reason::default()
    }
}
