//! The guarded regime: one count of everybody, in the form that what is left allows, decided before it is looked at.

use super::answer::GuardedCount;
use super::crowd::{ALL, Crowd};
use super::shown::{Payer, ShownAt};
use super::{Accounting, refused};
use crate::error::GateError;
use crate::gate::Gate;
use crate::release::FrequencyAnswer;
use crate::view::{Finding, Place, SiteCounts};
use gj_exposure::{Account, Ask, Cell, Charge, Decision, Form, Ground, Record, Span, Wait, decide, power};
use gj_model::{Cells, Effect, Region, SiteFrequency, Variant};
use gj_registry::{ExposureRule, Finest, Reads, ShownCell, Tx};
use std::collections::BTreeMap;
use std::sync::Arc;

/// All releases of a directory may share people: one lineage.
const LINEAGE: u32 = 1;
/// Numbers of crowds that are not at the cell asked for.
const ELSEWHERE: u32 = 1 << 20;
/// Contigs with two copies in everybody, the first ones.
const AUTOSOMES: u8 = 22;
/// Share of false positives for which power is told.
pub(super) const FALSE_POSITIVES: f64 = 0.05;

/// What was decided, to be decided again when it is noted.
#[derive(Debug)]
pub(crate) struct Plan {
    form: Form,
    ground: Ground,
    /// In alleles.
    floor: u32,
}

/// Everything that a decision depends on, as it stands at one moment.
struct Books {
    crowds: gj_exposure::Crowds,
    record: Record,
    user: Account,
    organisation: Account,
    crowd: gj_exposure::Crowd,
    cell: Cell,
}

/// A budget of a row.
pub(super) fn budget(squared_shift: f64) -> Charge {
    Charge::from_billionths((squared_shift * 1e9).round() as u64)
}

/// The number of the block of linkage of a position.
fn block(rule: &ExposureRule, contig: u32, position: u32) -> u32 {
    contig << 20 | (u64::from(position) / rule.block_bases) as u32
}

fn form_of(number: u8) -> Form {
    match number {
        0 => Form::Broad,
        1 => Form::Fine,
        _ => Form::Exact,
    }
}

fn number_of(form: Form) -> u8 {
    match form {
        Form::Broad => 0,
        Form::Fine => 1,
        Form::Exact => 2,
    }
}

/// An account out of the rows of what was shown.
pub(super) fn account_of(rule: &ExposureRule, cells: &[ShownCell]) -> Account {
    let mut sites = BTreeMap::new();
    cells.iter().for_each(|cell| _ = number(&mut sites, &cell.variant));
    account(rule, cells, &mut sites, &|crowd| gj_exposure::Crowd(ELSEWHERE + crowd))
}

fn number<'a>(sites: &mut BTreeMap<&'a str, u32>, variant: &'a str) -> u32 {
    let next = sites.len() as u32;
    *sites.entry(variant).or_insert(next)
}

fn account<'a>(
    rule: &ExposureRule,
    cells: &'a [ShownCell],
    sites: &mut BTreeMap<&'a str, u32>,
    crowd: &dyn Fn(u32) -> gj_exposure::Crowd,
) -> Account {
    let mut account = Account::default();
    for shown in cells {
        let site = number(sites, &shown.variant);
        let cell = Cell { block: block(rule, shown.contig, shown.position), site };
        let charge = Charge::from_billionths(shown.charge);
        account.note(LINEAGE, cell, crowd(shown.crowd), form_of(shown.form), charge);
    }
    account
}

impl Accounting {
    fn finest(&self) -> Form {
        match self.rule.finest {
            Finest::Broad => Form::Broad,
            Finest::Fine => Form::Fine,
            Finest::Exact => Form::Exact,
        }
    }

    fn ask<'a>(&self, books: &'a Books, ground: &'a Ground) -> Ask<'a> {
        let cells = std::slice::from_ref(&books.cell);
        Ask { lineage: LINEAGE, crowd: books.crowd, ground, cells, finest: self.finest() }
    }

    fn decide(&self, books: &Books, ground: &Ground) -> Decision {
        let budgets = [budget(self.rule.budget_user), budget(self.rule.budget_organisation)];
        let payers = [(&books.user, budgets[0]), (&books.organisation, budgets[1])];
        decide(&self.ask(books, ground), &books.crowds, &books.record, &payers)
    }

    fn deny(&self, code: &str, ja: &str, en: &str) -> GateError {
        refused(self.reason(code, Effect::Deny, ja.to_owned(), en.to_owned()))
    }

    fn wait(&self, wait: Wait) -> GateError {
        match wait {
            Wait::Difference { .. } => refused(self.reason(
                "exposure-withheld",
                Effect::Ask,
                "以前に別の人々について示した数と並べると、少ない人のことが分かるため示しません。違いがより多くの人になるリリースを待ってください。".to_owned(),
                "Beside what was shown of other people before, this would tell of too few: it waits for a release in which more people differ.".to_owned(),
            )),
            Wait::Linked { .. } => self.deny(
                "exposure-linked",
                "近くの別のバリアントがすでに示されています。連鎖するブロックごとに一つだけ答えます。",
                "Another variant nearby is answered already: of each block of linked sites it is one, the same for everybody.",
            ),
            Wait::Spent { account, needed, left } => {
                let (ja, en) = if account == 0 { ("あなた", "you") } else { ("あなたの機関", "your institution") };
                let (most, now) = (power(needed, FALSE_POSITIVES), power(left, FALSE_POSITIVES));
                refused(self.reason(
                    "exposure-spent",
                    Effect::Deny,
                    format!("{ja}の漏れの予算が足りません（必要{:.6}、残り{:.6}）。", needed.squared_shift(), left.squared_shift()),
                    format!(
                        "Of the privacy budget, {en} have less left than the answer may cost: {:.6} needed, {:.6} left (power {most:.3} and {now:.3} at 5% false positives).",
                        needed.squared_shift(),
                        left.squared_shift()
                    ),
                ))
            }
        }
    }
}

impl Gate {
    /// Decides a guarded question, on what was shown before and on sizes alone.
    pub(super) async fn plan_guarded(
        &self,
        reads: &mut Reads,
        accounting: &Accounting,
        place: &Place,
    ) -> Result<Plan, GateError> {
        let Place::Variant(variant) = place else {
            return Err(accounting.deny(
                "exposure-list",
                "登録利用者の問いはバリアントを名指してください。範囲にどの部位があるかは、それ自体が人のことを語ります。",
                "Name a variant: which sites of a region are there is itself told by the people in the release.",
            ));
        };
        if variant.contig.index() >= AUTOSOMES {
            return Err(accounting.deny(
                "exposure-autosomes",
                "登録利用者には常染色体のバリアントだけを示します。",
                "Registered users are shown variants of autosomes only.",
            ));
        }
        let alleles = 2 * accounting.crowd.people;
        let floor = (accounting.rule.floor * f64::from(alleles)).ceil() as u32;
        let ground = Ground::new(alleles, floor).map_err(|_| {
            accounting.deny(
                "exposure-few",
                "数えられる人が少なすぎるため、登録利用者には示せません。",
                "Too few people are counted for registered users to be shown anything.",
            )
        })?;
        if accounting.withholds() {
            let mut shown = self.shown_at(reads).await?;
            let leave = self.leave(reads, &mut shown, accounting, &place.region()).await?;
            if !leave.shows_everybody() {
                return Err(refused(accounting.withheld()));
            }
        }
        let books = self.books(reads, accounting, variant).await?;
        match accounting.decide(&books, &ground) {
            Decision::Answer(form) => Ok(Plan { form, ground, floor }),
            Decision::Wait(wait) => Err(accounting.wait(wait)),
        }
    }

    /// What a decision on a variant depends on.
    async fn books(
        &self,
        reads: &mut Reads,
        accounting: &Accounting,
        variant: &Variant,
    ) -> Result<Books, GateError> {
        let rule = &accounting.rule;
        let (contig, position) = (u32::from(variant.contig.index()), variant.position.get());
        let cells_of_user = reads.cells_of_user(&accounting.user).await?;
        let cells_of_institution = reads.cells_of_institution(&accounting.institution).await?;
        let first = u64::from(position) / rule.block_bases * rule.block_bases;
        let to_position = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let there =
            reads.cells_at(contig, to_position(first), to_position(first + rule.block_bases - 1)).await?;
        let text = variant.to_string();
        let mut numbers: Vec<u32> =
            there.iter().filter(|cell| cell.variant == text).map(|cell| cell.crowd).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let own = reads.crowd_numbered(&accounting.crowd.digest).await?;
        numbers.retain(|number| Some(*number) != own);
        let mut at_cell: Vec<Arc<Crowd>> = Vec::new();
        for number in &numbers {
            at_cell.push(self.stored_crowd(reads, *number).await?);
        }
        at_cell.push(accounting.crowd.clone());
        let divided = tokio::task::spawn_blocking(move || Crowd::divide(&at_cell)).await?;
        let (people, held) = divided;
        let mut crowds = gj_exposure::Crowds::default();
        let mut known = BTreeMap::new();
        let wrong = |error| GateError::Inconsistent(format!("crowds: {error}"));
        for (held, number) in held.iter().zip(numbers.iter().map(|number| Some(*number)).chain([own])) {
            let parts: Vec<(u32, u32)> = people
                .iter()
                .zip(0..)
                .zip(held)
                .filter(|(_, held)| **held)
                .map(|((people, part), _)| (part, *people))
                .collect();
            let crowd = crowds.add(&parts).map_err(wrong)?;
            number.map(|number| known.insert(number, crowd));
            known.insert(u32::MAX, crowd);
        }
        let crowd = known[&u32::MAX];
        let of = |number: u32| known.get(&number).copied().unwrap_or(gj_exposure::Crowd(ELSEWHERE + number));
        let mut sites = BTreeMap::new();
        let cell = Cell { block: block(rule, contig, position), site: number(&mut sites, &text) };
        let mut record = Record::default();
        for shown in &there {
            let site = number(&mut sites, &shown.variant);
            record.note(LINEAGE, Cell { site, ..cell }, of(shown.crowd));
        }
        let user = account(rule, &cells_of_user, &mut sites, &of);
        let organisation = account(rule, &cells_of_institution, &mut sites, &of);
        Ok(Books { crowds, record, user, organisation, crowd, cell })
    }

    /// Looks at the count, and makes the answer of it.
    pub(crate) async fn show_guarded(
        &self,
        (tx, shown): (&mut Tx, &mut ShownAt<'_>),
        (accounting, plan): (&Accounting, &Plan),
        (finding, counted): (&Finding<Vec<SiteCounts>>, &[bool]),
        place: &Place,
        answer: &mut FrequencyAnswer,
    ) -> Result<ShownCell, GateError> {
        let Place::Variant(variant) = place else { return Err(GateError::Changed) };
        // Decided again under the write lock: what others spent or were shown meanwhile counts.
        let region: Region = place.region();
        if accounting.withholds() && !self.leave(tx, shown, accounting, &region).await?.shows_everybody() {
            return Err(GateError::Changed);
        }
        let books = self.books(tx, accounting, variant).await?;
        if accounting.decide(&books, &plan.ground) != Decision::Answer(plan.form) {
            return Err(GateError::Changed);
        }
        let site = finding.value.iter().find(|site| site.variant == *variant);
        let of_class = |site: &SiteCounts| {
            site.counts
                .iter()
                .zip(counted)
                .filter(|(_, counted)| **counted)
                .map(|(counts, _)| counts.ac)
                .sum()
        };
        let count: u32 = site.map_or(0, of_class);
        let text = variant.to_string();
        let bits = self.secret(tx).await?.bits(&text, &accounting.crowd.digest);
        // Shown in a finer form before, it stays in that: to both who pay, or it costs the one who was not.
        let before = |account: &Account| account.form(LINEAGE, books.cell, books.crowd);
        let form = before(&books.user).map_or(plan.form, |before| before.max(plan.form));
        let wrong = |error| GateError::Inconsistent(format!("a count: {error}"));
        let span = plan.ground.show(form, count, bits).map_err(wrong)?;
        let charge =
            accounting.ask(&books, &plan.ground).charge(books.cell, form, span, &books.crowds, &books.record);
        tell(answer, variant, (form, span), plan);
        let crowd = shown.numbered(tx, &accounting.crowd).await?;
        let (contig, position) = (u32::from(variant.contig.index()), variant.position.get());
        shown.rows(tx, &Payer::Anybody, &region).await?;
        shown.add_places(&Payer::Anybody, (contig, crowd), [(position, position, ALL)].into_iter());
        Ok(ShownCell {
            user: accounting.user.clone(),
            institution: accounting.institution.clone(),
            crowd,
            contig,
            position,
            variant: text,
            form: number_of(form),
            charge: charge.billionths(),
        })
    }
}

/// Puts a count into the answer as its form tells it.
fn tell(answer: &mut FrequencyAnswer, variant: &Variant, (form, span): (Form, Span), plan: &Plan) {
    let rarer_than_floor = span.from == 0;
    if !rarer_than_floor {
        let ac = (form == Form::Exact && span.from == span.to).then_some(span.from);
        let groups = BTreeMap::from([("all".to_owned(), Cells { ac, ..Cells::default() })]);
        answer.sites.push(SiteFrequency { variant: variant.clone(), groups });
    }
    answer.ledger.guarded = Some(GuardedCount {
        variant: variant.to_string(),
        form: form.into(),
        from: span.from,
        to: span.to,
        alleles: (plan.ground.alleles() + 50) / 100 * 100,
        rarer_than_floor,
        floor: plan.floor,
    });
}
