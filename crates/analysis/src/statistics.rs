//! What the shown counts of a group say beyond themselves: genotypes, equilibrium, filtering allele
//! frequency. From shown cells only, so that it can tell nothing that they do not.

use gj_kernels::{hardy, poisson};
use gj_model::Cells;
use serde::Serialize;
use std::collections::BTreeMap;

/// Statistics of one group; `None` where a count they need is hidden, or they do not apply.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Statistics {
    /// Alternate alleles by called alleles.
    pub frequency: Option<f64>,
    /// Filtering allele frequency with 95 % confidence.
    pub faf95: Option<f64>,
    /// With 99 % confidence.
    pub faf99: Option<f64>,
    /// People by genotype.
    pub genotypes: Option<Genotypes>,
    /// Probability of genotypes as unlikely as these under Hardy–Weinberg equilibrium, by the exact test.
    pub hardy_weinberg: Option<f64>,
}

/// People by genotype, where every called person has two called alleles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Genotypes {
    /// Two alleles that are not this alternate one.
    pub without: u32,
    /// One of it.
    pub het: u32,
    /// Two of it.
    pub hom: u32,
}

/// The group in which a variant passes as common most surely.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupMax {
    /// Its name.
    pub group: String,
    /// Its allele frequency.
    pub frequency: f64,
    /// Its filtering allele frequency with 95 % confidence.
    pub faf95: f64,
    /// With 99 % confidence.
    pub faf99: f64,
}

impl Statistics {
    /// Of a group's shown counts.
    pub fn of(cells: &Cells) -> Statistics {
        let genotypes = genotypes(cells);
        Statistics {
            frequency: cells.frequency(),
            faf95: filtering(cells, 0.95),
            faf99: filtering(cells, 0.99),
            genotypes,
            hardy_weinberg: genotypes.map(|people| hardy::exact(people.het, people.hom, people.without)),
        }
    }
}

/// The largest frequency at which so many alternate alleles would still be unlikely. As gnomAD has it, a
/// single allele is no evidence of any frequency.
fn filtering(cells: &Cells, confidence: f64) -> Option<f64> {
    match (cells.ac?, cells.an?) {
        (_, 0) => None,
        (0 | 1, _) => Some(0.0),
        (ac, an) => Some(poisson::lower_limit(ac, confidence) / f64::from(an)),
    }
}

/// Only of diploid people, all of them called in full: elsewhere counts of alleles do not tell genotypes.
fn genotypes(cells: &Cells) -> Option<Genotypes> {
    let (ac, an, hom, people) = (cells.ac?, cells.an?, cells.hom?, cells.people?);
    if people == 0 || cells.hemi != Some(0) || an != people.checked_mul(2)? {
        return None;
    }
    let het = ac.checked_sub(hom.checked_mul(2)?)?;
    Some(Genotypes { without: people.checked_sub(het.checked_add(hom)?)?, het, hom })
}

/// The group with the highest filtering frequency, by 95 % confidence; of those that are the same, the first
/// by name. `None` where none is above zero.
pub fn group_max<'a>(groups: impl IntoIterator<Item = (&'a str, &'a Cells)>) -> Option<GroupMax> {
    let of_group = |(group, cells): (&str, &Cells)| {
        let found = Statistics::of(cells);
        let (frequency, faf95, faf99) = (found.frequency?, found.faf95?, found.faf99?);
        Some(GroupMax { group: group.to_owned(), frequency, faf95, faf99 })
    };
    let by_name: BTreeMap<&str, &Cells> = groups.into_iter().collect();
    let ranked = by_name.into_iter().rev().filter_map(of_group).filter(|found| found.faf95 > 0.0);
    ranked.max_by(|a, b| a.faf95.total_cmp(&b.faf95))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(ac: u32, an: u32, hom: u32) -> Cells {
        Cells { ac: Some(ac), an: Some(an), hom: Some(hom), hemi: Some(0), people: Some(an / 2) }
    }

    #[test]
    fn genotypes_add_up_and_equilibrium_is_tested_on_them() {
        let found = Statistics::of(&cells(40, 200, 4));
        assert_eq!(found.genotypes, Some(Genotypes { without: 64, het: 32, hom: 4 }));
        assert!(found.hardy_weinberg.is_some_and(|p| p > 0.9));
        let inbred = Statistics::of(&cells(40, 200, 20));
        assert!(inbred.hardy_weinberg.is_some_and(|p| p < 1e-6));
    }

    #[test]
    fn nothing_is_said_of_hidden_counts_or_half_calls() {
        let whole = cells(40, 200, 4);
        let half = Cells { people: Some(101), ..whole };
        let hidden = [
            Cells { hom: None, ..whole },
            Cells { hemi: None, ..whole },
            Cells { people: None, ..whole },
            Cells { hemi: Some(3), ..whole },
            half,
            cells(0, 0, 0),
        ];
        for cells in hidden {
            assert_eq!(Statistics::of(&cells).genotypes, None, "{cells:?}");
        }
        let hidden = Statistics::of(&Cells { ac: None, ..whole });
        assert!(hidden.frequency.is_none() && hidden.faf95.is_none() && hidden.faf99.is_none());
    }

    #[test]
    fn a_filtering_frequency_lies_below_the_frequency_and_falls_with_confidence() {
        for ac in [2, 10, 100, 1_601] {
            let found = Statistics::of(&cells(ac, 6_404, 0));
            let (f, f95, f99) = (found.frequency.unwrap(), found.faf95.unwrap(), found.faf99.unwrap());
            assert!(0.0 < f99 && f99 < f95 && f95 < f, "{ac}: {f99} {f95} {f}");
        }
        // Whiffin et al.: one allele of 121,412 filters nothing; the limit of three is 0.818 alleles.
        assert_eq!(Statistics::of(&cells(1, 121_412, 0)).faf95, Some(0.0));
        let three = Statistics::of(&cells(3, 121_412, 0)).faf95.unwrap();
        assert!((three * 121_412.0 - 0.817_691).abs() < 1e-6, "{three}");
    }

    #[test]
    fn the_highest_filtering_frequency_wins_not_the_highest_frequency() {
        let (few, many, none) = (cells(2, 20, 0), cells(90, 1_000, 0), Cells::default());
        let found = group_max([("few", &few), ("many", &many), ("none", &none)]).unwrap();
        assert_eq!(found.group, "many");
        assert_eq!(group_max([("a", &many), ("b", &many)]).unwrap().group, "a");
        assert_eq!(group_max([("zero", &cells(0, 100, 0))]), None);
    }
}
