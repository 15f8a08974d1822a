//! What may be used today under a project, be it that a change of it is being considered.

use crate::case::Case;
use crate::scope::{ProjectScope, Tier};
use chrono::NaiveDate;

/// The part of a grant that holds on a day: what the granted scope and the scope as it stands have in
/// common. So what a change adds waits for its grant, and what it takes away ends at once. `None` when
/// nothing may be used.
///
/// ```
/// use gj_casework::{Case, Person, ProjectScope, Tier, right};
/// let owner = Person { user: "a".into(), institution: "u".into() };
/// let scope = ProjectScope {
///     title: "t".into(), purpose: "GRU".parse().unwrap(), tier: Tier::Overview,
///     datasets: vec!["d".into()], people: vec![owner.clone()],
///     from: "2026-04-01".parse().unwrap(), until: "2027-03-31".parse().unwrap(), plan: "p".into(),
/// };
/// // A draft gives nobody a right.
/// assert_eq!(right(&Case::new(owner), &scope, &scope, "2026-11-22".parse().unwrap()), None);
/// ```
pub fn right(
    case: &Case,
    granted: &ProjectScope,
    stands: &ProjectScope,
    today: NaiveDate,
) -> Option<ProjectScope> {
    if !case.grant_in_force(today) || today < granted.from {
        return None;
    }
    // Another purpose is another project: until it is granted, what was granted holds.
    let mut common = granted.clone();
    // A collaborator takes part from the day on which the terms of what was granted are accepted.
    let digest = granted.digest();
    let accepted = |user: &str| user == case.owner.user || case.has_accepted(user, &digest);
    common.people.retain(|person| accepted(&person.user));
    common.people.retain(|person| stands.people.contains(person));
    common.datasets.retain(|dataset| stands.datasets.contains(dataset));
    common.until = granted.until.min(stands.until);
    if stands.tier == Tier::Overview {
        common.tier = Tier::Overview;
    }
    (!common.people.is_empty() && !common.datasets.is_empty() && today <= common.until).then_some(common)
}
