//! Who is counted in which answer, as parts: what sums and differences of answers can set apart.
//!
//! A part is a set of people that no release, split, dataset or consent divides: joined and left together, of one stratum,
//! sex and contributor. The caller names them. A crowd is a union of parts: a release, a stratum of it, the release without
//! the one who left. Whatever somebody computes from counts of crowds, linear or not, is a function of the counts of
//! the parts that the crowds tell apart, so the smallest of these parts bounds what anybody in it suffers.

use crate::error::ExposureError;
use std::collections::BTreeMap;

/// The number of a crowd.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Crowd(pub u32);

/// All crowds there are, each from parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crowds {
    /// People of each part.
    people: BTreeMap<u32, u32>,
    /// Parts of each crowd, ascending.
    parts: Vec<Vec<u32>>,
}

impl Crowds {
    /// A crowd of parts, each with its people; the one that has these parts already, if there is.
    ///
    /// # Errors
    /// [`ExposureError::Part`] where a part is empty, named twice, or had another size before.
    pub fn add(&mut self, parts: &[(u32, u32)]) -> Result<Crowd, ExposureError> {
        let mut sorted = parts.to_vec();
        sorted.sort_unstable();
        for (index, (part, people)) in sorted.iter().copied().enumerate() {
            let twice = index > 0 && sorted[index - 1].0 == part;
            let changed = self.people.get(&part).is_some_and(|before| *before != people);
            if people == 0 || twice || changed {
                return Err(ExposureError::Part { part, people });
            }
        }
        self.people.extend(sorted.iter().copied());
        let parts: Vec<u32> = sorted.into_iter().map(|(part, _)| part).collect();
        let index = self.parts.iter().position(|known| *known == parts).unwrap_or_else(|| {
            self.parts.push(parts);
            self.parts.len() - 1
        });
        Ok(Crowd(index as u32))
    }

    /// People of the smallest part that counts of `crowds`, put side by side, tell apart. `None` without a crowd.
    pub fn smallest_part(&self, crowds: &[Crowd]) -> Option<u32> {
        let mut by_membership: BTreeMap<Vec<bool>, u32> = BTreeMap::new();
        for (part, people) in &self.people {
            let holds = |crowd: &Crowd| {
                self.parts.get(crowd.0 as usize).is_some_and(|parts| parts.binary_search(part).is_ok())
            };
            let membership: Vec<bool> = crowds.iter().map(holds).collect();
            // Whom no answer counts is not concerned.
            if membership.contains(&true) {
                *by_membership.entry(membership).or_default() += people;
            }
        }
        by_membership.into_values().min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_found_through_any_number_of_crowds() {
        let mut crowds = Crowds::default();
        let one = crowds.add(&[(1, 500), (2, 400)]).unwrap();
        let two = crowds.add(&[(3, 300)]).unwrap();
        let sum = crowds.add(&[(1, 500), (2, 400), (3, 300), (4, 1)]).unwrap();
        assert_eq!(crowds.smallest_part(&[one]), Some(900));
        assert_eq!(crowds.smallest_part(&[one, two]), Some(300));
        // Any two of them differ by hundreds; all three set one person apart.
        assert_eq!(crowds.smallest_part(&[one, sum]), Some(301));
        assert_eq!(crowds.smallest_part(&[two, sum]), Some(300));
        assert_eq!(crowds.smallest_part(&[one, two, sum]), Some(1));
        assert_eq!(crowds.smallest_part(&[]), None);
        assert_eq!(crowds.add(&[(3, 300)]), Ok(two));
        for bad in [&[(3, 299)][..], &[(9, 0)], &[(8, 2), (8, 2)]] {
            assert!(crowds.add(bad).is_err());
        }
    }
}
