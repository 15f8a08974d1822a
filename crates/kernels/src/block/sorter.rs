//! Keeps the haplotypes in the order of the positional Burrows–Wheeler transform while rows pass by.

use crate::call::Call;
use crate::order::Style;
use crate::row::RowError;
use crate::sparse::Sparse;

/// Neighbours looked at on each side to choose the haplotype of an unphased heterozygote.
const NEIGHBOURS: usize = 3;
/// How far they may be.
const NEIGHBOURS_REACH: usize = 40;

/// The minor haplotypes and exceptions of one row.
pub(super) struct Minor {
    pub(super) flip: bool,
    /// Haplotypes carrying the minor allele, in any order.
    pub(super) haplotypes: Vec<u32>,
    /// Ascending by sample.
    pub(super) exceptions: Vec<(u32, Call)>,
}

#[derive(Debug)]
pub(super) struct Sorter {
    /// Haplotype at each place.
    places: Vec<u32>,
    /// Place of each haplotype, as of the last time somebody asked.
    at: Vec<u32>,
    is_at_old: bool,
    carries: Vec<bool>,
    spare: Vec<u32>,
    /// Minor haplotypes from which a row takes part in the order: rarer ones only stir it.
    sorting_min: usize,
}

impl Sorter {
    pub(super) fn new(samples: usize) -> Sorter {
        let places: Vec<u32> = (0..samples as u32 * 2).collect();
        Sorter {
            at: places.clone(),
            is_at_old: false,
            carries: vec![false; places.len()],
            spare: Vec::new(),
            places,
            sorting_min: (samples / 256).clamp(4, 32),
        }
    }

    /// Haplotype at each place.
    pub(super) fn places(&self) -> &[u32] {
        &self.places
    }

    /// Splits a row into minor haplotypes and exceptions, and sorts by it. `same` is the style of all
    /// samples, if they have one.
    pub(super) fn take(
        &mut self,
        payload: &[u8],
        styles: &[Style],
        same: Option<Style>,
    ) -> Result<Minor, RowError> {
        let row = Sparse::read(payload, styles.len())?;
        // If one homozygous call is everybody's unless named, only the named ones are looked at.
        let silent = same.and_then(|style| style.alleles(row.common).map(|alleles| (style, alleles)));
        let minor = match silent {
            Some((style, (first, second))) if first == second && style.haplotypes() == 2 => {
                self.split_named(&row, style, first)
            }
            _ => self.split_all(&row, styles),
        };
        if minor.haplotypes.len() >= self.sorting_min {
            self.sort_by(&minor.haplotypes);
        }
        Ok(minor)
    }

    /// `base` is the allele of everybody who is not named.
    fn split_named(&mut self, row: &Sparse, style: Style, base: bool) -> Minor {
        let (mut haplotypes, mut exceptions, mut undecided) = (Vec::new(), Vec::new(), Vec::new());
        for (sample, call) in &row.others {
            match style.alleles(*call) {
                None => exceptions.push((*sample, *call)),
                Some(_) if *call == Call::Het => undecided.push(*sample),
                Some((first, second)) => {
                    haplotypes.extend((first != base).then_some(sample * 2));
                    haplotypes.extend((second != base).then_some(sample * 2 + 1));
                }
            }
        }
        self.decide(&mut haplotypes, &undecided);
        Minor { flip: base, haplotypes, exceptions }
    }

    fn split_all(&mut self, row: &Sparse, styles: &[Style]) -> Minor {
        let calls = row.calls();
        let (mut alternate, mut known) = (0, 0);
        let (mut carriers, mut exceptions, mut undecided) = (Vec::new(), Vec::new(), Vec::new());
        let mut written = vec![0; calls.len()];
        for (sample, (call, style)) in calls.iter().zip(styles).enumerate() {
            let Some((first, second)) = style.alleles(*call) else {
                exceptions.push((sample as u32, *call));
                continue;
            };
            written[sample] = style.haplotypes();
            if *style == Style::Absent {
                continue;
            }
            known += style.haplotypes();
            alternate += u32::from(first) + u32::from(second);
            if *call == Call::Het {
                undecided.push(sample as u32);
            } else {
                carriers.extend(first.then_some(sample as u32 * 2));
                carriers.extend(second.then_some(sample as u32 * 2 + 1));
            }
        }
        self.decide(&mut carriers, &undecided);
        let flip = alternate * 2 > known;
        let haplotypes = if flip { complement(&carriers, &written) } else { carriers };
        Minor { flip, haplotypes, exceptions }
    }

    /// Chooses a haplotype for each unphased heterozygote: the one among carriers, if either is.
    fn decide(&mut self, carriers: &mut Vec<u32>, undecided: &[u32]) {
        if undecided.is_empty() {
            return;
        }
        if std::mem::take(&mut self.is_at_old) {
            for (place, haplotype) in self.places.iter().enumerate() {
                self.at[*haplotype as usize] = place as u32;
            }
        }
        for haplotype in carriers.iter() {
            self.carries[*haplotype as usize] = true;
        }
        for sample in undecided {
            let (first, second) = (sample * 2, sample * 2 + 1);
            let chosen = if self.company(second) > self.company(first) { second } else { first };
            self.carries[chosen as usize] = true;
            carriers.push(chosen);
        }
        for haplotype in carriers.iter() {
            self.carries[*haplotype as usize] = false;
        }
    }

    /// How much the neighbours of a haplotype carry, nearer ones counting more.
    fn company(&self, haplotype: u32) -> f32 {
        let at = self.at[haplotype as usize] as usize;
        let near = |distance: usize, place: Option<usize>| {
            let other = place.and_then(|place| self.places.get(place))?;
            (other / 2 != haplotype / 2)
                .then(|| if self.carries[*other as usize] { 1.0 / distance as f32 } else { 0.0 })
        };
        let reach = 1..=NEIGHBOURS_REACH;
        let left: f32 = reach.clone().filter_map(|d| near(d, at.checked_sub(d))).take(NEIGHBOURS).sum();
        let right: f32 = reach.filter_map(|d| near(d, at.checked_add(d))).take(NEIGHBOURS).sum();
        left + right
    }

    /// Moves the haplotypes of a row behind the others, both in their order.
    fn sort_by(&mut self, haplotypes: &[u32]) {
        self.is_at_old = true;
        for haplotype in haplotypes {
            self.carries[*haplotype as usize] = true;
        }
        self.spare.clear();
        let mut kept = 0;
        for place in 0..self.places.len() {
            let haplotype = self.places[place];
            if self.carries[haplotype as usize] {
                self.spare.push(haplotype);
            } else {
                self.places[kept] = haplotype;
                kept += 1;
            }
        }
        self.places[kept..].copy_from_slice(&self.spare);
        for haplotype in haplotypes {
            self.carries[*haplotype as usize] = false;
        }
    }
}

/// The haplotypes that are written and do not carry.
fn complement(carriers: &[u32], written: &[u32]) -> Vec<u32> {
    let mut carries = vec![false; written.len() * 2];
    carriers.iter().for_each(|haplotype| carries[*haplotype as usize] = true);
    let is_written = |haplotype: u32| haplotype % 2 < written[(haplotype / 2) as usize];
    (0..carries.len() as u32).filter(|h| is_written(*h) && !carries[*h as usize]).collect()
}
