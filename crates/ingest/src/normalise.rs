//! The one spelling of a variant: trimmed and moved as far left as the reference allows.
//!
//! The algorithm of Tan, Abecasis and Kang (Bioinformatics 2015, 31:2202): drop a shared last base,
//! take in a base from the left whenever an allele runs empty, and at the end drop shared first bases.
//! Works on one pair of alleles; splitting records comes before.

use serde::{Deserialize, Serialize};
use smallvec::{SmallVec, ToSmallVec};
use std::collections::VecDeque;

/// Few bytes without a heap: alleles are mostly one base, and millions pass in a minute.
pub(crate) type Bases = SmallVec<[u8; 16]>;

/// A place and two alleles in upper case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Spelling {
    pub(crate) position: u32,
    pub(crate) reference: Bases,
    pub(crate) alternate: Bases,
}

impl Spelling {
    /// [`Spelling::trimmed`], if that is another spelling.
    pub(crate) fn shorter(&self) -> Option<Spelling> {
        let is_shortest = self.reference.len() == 1 || self.alternate.len() == 1;
        let shares_an_end = self.reference.last() == self.alternate.last()
            || self.reference.first() == self.alternate.first();
        (!is_shortest && shares_an_end).then(|| self.trimmed())
    }

    /// Drops shared bases at both ends, keeping one base of each allele. Needs no reference.
    pub(crate) fn trimmed(&self) -> Spelling {
        let (reference, alternate) = (&self.reference[..], &self.alternate[..]);
        let shorter = reference.len().min(alternate.len());
        let tail = reference.iter().rev().zip(alternate.iter().rev()).take(shorter - 1);
        let tail = tail.take_while(|(a, b)| a == b).count();
        let (reference, alternate) =
            (&reference[..reference.len() - tail], &alternate[..alternate.len() - tail]);
        let head = reference.iter().zip(alternate).take(shorter - tail - 1);
        let head = head.take_while(|(a, b)| a == b).count();
        Spelling {
            position: self.position + head as u32,
            reference: reference[head..].to_smallvec(),
            alternate: alternate[head..].to_smallvec(),
        }
    }

    /// Trims and moves to the left. `base(p)` gives the reference base at `p`, asked for from right to
    /// left. `None` when more than `shift_max` bases would be passed.
    pub(crate) fn left_aligned<E>(
        &self,
        shift_max: u32,
        mut base: impl FnMut(u32) -> Result<u8, E>,
    ) -> Result<Option<Spelling>, E> {
        let mut position = self.position;
        let mut reference: VecDeque<u8> = self.reference.iter().copied().collect();
        let mut alternate: VecDeque<u8> = self.alternate.iter().copied().collect();
        while reference.back() == alternate.back() {
            // At the first base of a contig there is nothing to the left to take in.
            if position == 1 && (reference.len() == 1 || alternate.len() == 1) {
                break;
            }
            reference.pop_back();
            alternate.pop_back();
            if reference.is_empty() || alternate.is_empty() {
                if self.position - position >= shift_max {
                    return Ok(None);
                }
                position -= 1;
                let left = base(position)?;
                reference.push_front(left);
                alternate.push_front(left);
            }
        }
        let aligned = Spelling {
            position,
            reference: reference.into_iter().collect(),
            alternate: alternate.into_iter().collect(),
        };
        Ok(Some(aligned.trimmed()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spelling(position: u32, reference: &str, alternate: &str) -> Spelling {
        Spelling { position, reference: reference.as_bytes().into(), alternate: alternate.as_bytes().into() }
    }

    fn aligned(genome: &str, spelling: &Spelling) -> Option<Spelling> {
        let base = |position: u32| Ok::<u8, ()>(genome.as_bytes()[position as usize - 1]);
        spelling.left_aligned(10_000, base).unwrap()
    }

    #[test]
    fn the_paper_s_example_has_one_spelling() {
        // Figure 2 of the paper: a deletion of CA from GGGCACACACAGGG.
        let genome = "GGGCACACACAGGG";
        let expected = spelling(3, "GCA", "G");
        for other in [
            spelling(8, "CAC", "C"),
            spelling(7, "ACA", "A"),
            spelling(2, "GGCA", "GG"),
            spelling(3, "GCACA", "GCA"),
            expected.clone(),
        ] {
            assert_eq!(aligned(genome, &other), Some(expected.clone()), "{other:?}");
        }
    }

    #[test]
    fn the_first_base_of_a_contig_keeps_its_anchor_to_the_right() {
        assert_eq!(aligned("AACG", &spelling(1, "AA", "A")), Some(spelling(1, "AA", "A")));
        assert_eq!(aligned("ACG", &spelling(1, "AC", "C")), Some(spelling(1, "AC", "C")));
    }

    #[test]
    fn a_shift_beyond_the_bound_is_told() {
        let genome = "A".repeat(50);
        let base = |position: u32| Ok::<u8, ()>(genome.as_bytes()[position as usize - 1]);
        assert_eq!(spelling(40, "AA", "A").left_aligned(10, base), Ok(None));
    }

    /// The haplotype that a spelling makes of a genome.
    fn haplotype(genome: &[u8], spelling: &Spelling) -> Vec<u8> {
        let start = spelling.position as usize - 1;
        assert_eq!(&genome[start..start + spelling.reference.len()], &spelling.reference[..]);
        [&genome[..start], &spelling.alternate, &genome[start + spelling.reference.len()..]].concat()
    }

    proptest! {
        #[test]
        fn the_haplotype_stays_and_no_shorter_or_lefter_spelling_exists(
            genome in proptest::collection::vec(prop::sample::select(b"AC".to_vec()), 4..24),
            start in 1usize..20,
            length in 1usize..5,
            alternate in proptest::collection::vec(prop::sample::select(b"AC".to_vec()), 1..6),
        ) {
            let start = start.min(genome.len() - 1);
            let reference = genome[start..(start + length).min(genome.len())].to_vec();
            prop_assume!(reference != alternate);
            let given = Spelling {
                position: start as u32 + 1,
                reference: reference.into(),
                alternate: alternate.into(),
            };
            let base = |position: u32| Ok::<u8, ()>(genome[position as usize - 1]);
            let found = given.left_aligned(10_000, base).unwrap().unwrap();
            let wanted = haplotype(&genome, &given);
            prop_assert_eq!(haplotype(&genome, &found), wanted.clone());
            // Every spelling of the same haplotype, by brute force.
            for position in 1..=genome.len() {
                for end in position..=genome.len() {
                    let kept = genome.len() - (end - position + 1);
                    if wanted.len() <= kept || wanted[..position - 1] != genome[..position - 1] { continue; }
                    if wanted[wanted.len() - (genome.len() - end)..] != genome[end..] { continue; }
                    let reference = genome[position - 1..end].to_vec();
                    let alternate = wanted[position - 1..wanted.len() - (genome.len() - end)].to_vec();
                    let other = Spelling {
                        position: position as u32,
                        reference: reference.into(),
                        alternate: alternate.into(),
                    };
                    let size = |s: &Spelling| s.reference.len() + s.alternate.len();
                    prop_assert!(size(&found) <= size(&other), "{:?} {:?}", found, other);
                    if size(&found) == size(&other) {
                        prop_assert!(found.position <= other.position, "{:?} {:?}", found, other);
                    }
                }
            }
        }
    }
}
