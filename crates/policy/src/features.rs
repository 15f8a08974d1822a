//! Enumerated facts as bits: one bit for each value of each, so that most conditions of a rule are one
//! comparison.

use crate::facts::{Agreement, Composition, Facts, FunderTier, Step, Tier, Usage, Window};
use gj_model::InstitutionClass;

/// A bit for each value of each enumerated fact.
pub(crate) type Bits = u128;

/// An enumerated fact: where its bits begin, and how many values it has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Feature {
    first: u32,
    values: u32,
}

const fn after(before: Feature, values: u32) -> Feature {
    Feature { first: before.first + before.values, values }
}

pub(crate) const USAGE: Feature = Feature { first: 0, values: 4 };
pub(crate) const TIER: Feature = after(USAGE, 4);
/// Value 0: the class is not known.
pub(crate) const CLASS: Feature = after(TIER, 7);
pub(crate) const COMPOSITION: Feature = after(CLASS, 4);
pub(crate) const FUNDER: Feature = after(COMPOSITION, 3);
pub(crate) const WINDOW: Feature = after(FUNDER, 3);
pub(crate) const AGREEMENT: Feature = after(WINDOW, 3);
pub(crate) const OWN: Feature = after(AGREEMENT, 2);
pub(crate) const PAID: Feature = after(OWN, 2);
pub(crate) const TRAINED: Feature = after(PAID, 2);
pub(crate) const SANCTIONED: Feature = after(TRAINED, 2);
pub(crate) const ACADEMIA_ONLY: Feature = after(SANCTIONED, 2);
pub(crate) const PUBLIC_GRANT: Feature = after(ACADEMIA_ONLY, 2);
pub(crate) const DECLARED: Feature = after(PUBLIC_GRANT, 2);
/// The first of two bits for each step: not taken, taken.
const STEPS: Feature = after(DECLARED, 2 * STEP_COUNT);
const STEP_COUNT: u32 = 8;
const _: () = assert!(Step::ALL.len() == STEP_COUNT as usize && STEPS.first + STEPS.values <= Bits::BITS);
const _: () = assert!(InstitutionClass::ALL.len() == 6);

impl Feature {
    /// The bit of one value.
    pub(crate) fn bit(self, value: u32) -> Bits {
        1 << (self.first + value)
    }

    /// The bit of a truth.
    pub(crate) fn of(self, truth: bool) -> Bits {
        self.bit(u32::from(truth))
    }

    /// The bits of all its values.
    pub(crate) fn all(self) -> Bits {
        ((1 << self.values) - 1) << self.first
    }
}

/// The two bits of a step.
pub(crate) fn step(step: Step) -> Feature {
    Feature { first: STEPS.first + 2 * step as u32, values: 2 }
}

/// Classes as bits of a byte.
pub(crate) fn class_bit(class: InstitutionClass) -> u8 {
    1 << class as u8
}

/// The bits of a request: one of each feature.
pub(crate) fn bits(facts: &Facts) -> Bits {
    let tier = facts.dataset.as_ref().map_or(Tier::None, |dataset| dataset.tier);
    let class = facts.applicant.as_ref().and_then(|applicant| applicant.class);
    let (window, funder) = facts.window();
    let usage: Usage = facts.usage();
    let composition: Composition = facts.composition();
    let agreement: Agreement = facts.agreement();
    let (window, funder): (Window, FunderTier) = (window, funder);
    let steps = Step::ALL.iter().map(|one| step(*one).of(facts.has_done(*one)));
    USAGE.bit(usage as u32)
        | TIER.bit(tier as u32)
        | CLASS.bit(class.map_or(0, |class| class as u32 + 1))
        | COMPOSITION.bit(composition as u32)
        | FUNDER.bit(funder as u32)
        | WINDOW.bit(window as u32)
        | AGREEMENT.bit(agreement as u32)
        | OWN.of(facts.own())
        | PAID.of(facts.applicant.as_ref().is_some_and(|applicant| applicant.paid))
        | TRAINED.of(facts.trained())
        | SANCTIONED.of(facts.sanctioned())
        | ACADEMIA_ONLY.of(facts.dataset.as_ref().is_some_and(|dataset| dataset.academia_only))
        | PUBLIC_GRANT.of(facts.public_grant)
        | DECLARED.of(facts.declared())
        | steps.fold(0, |all, bit| all | bit)
}
