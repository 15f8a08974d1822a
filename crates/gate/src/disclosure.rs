//! Disclosure control of a frequency: which cells of a site are shown.
//!
//! Rules (Japan's practice, `smallest` = 10): counts from 1 to 9 are hidden, zero is shown, and
//! nothing shown lets a hidden cell be computed. Three steps:
//! 1. inside a group: small counts, and shown counts whose differences are small (`own.rs`);
//! 2. across groups: `all`, every stratum, contributor and sex are judged together, whichever of them
//!    is asked for, so that two questions cannot be subtracted from one another (`span.rs`);
//! 3. measures that stand for one another are hidden together.
//!
//! Pure: sees counts and classes, never a person. What it does not protect against is written in
//! `docs/disclosure.md`.

mod own;
mod span;

use gj_model::{Cells, Counts, Grouping, ReleaseClass};
use own::{AC, AN, HEMI, HOM, PEOPLE};
use span::Span;
use std::collections::BTreeMap;

/// Judges sites of one panel: knows which classes make up which group.
#[derive(Debug)]
pub(crate) struct Disclosure {
    smallest: u32,
    groups: Vec<Group>,
    /// For each class of the panel its atom, or `None` where the grant does not count the class.
    atom_of: Vec<Option<usize>>,
    atoms: usize,
}

#[derive(Debug)]
struct Group {
    split: Grouping,
    name: String,
    atoms: Vec<usize>,
}

/// A site as shown, every group of every split.
pub(crate) struct Shown {
    cells: Vec<Cells>,
}

impl Disclosure {
    /// For a panel's classes, of which `counted` are in the grant.
    pub(crate) fn new(classes: &[ReleaseClass], counted: &[bool], smallest: u32) -> Disclosure {
        // Classes that fall together in every split cannot be told apart by any answer: one atom.
        let mut atoms: BTreeMap<[&str; 3], usize> = BTreeMap::new();
        let mut atom_of = vec![None; classes.len()];
        let mut groups: BTreeMap<(usize, &str), Vec<usize>> = BTreeMap::new();
        for (index, class) in classes.iter().enumerate().filter(|(index, _)| counted[*index]) {
            let key = Grouping::SPLITS.map(|split| split.group_of(class));
            let next = atoms.len();
            let atom = *atoms.entry(key).or_insert(next);
            atom_of[index] = Some(atom);
            if atom == next {
                for (split, name) in key.into_iter().enumerate() {
                    groups.entry((split, name)).or_default().push(atom);
                }
            }
        }
        let all = Group { split: Grouping::None, name: "all".to_owned(), atoms: (0..atoms.len()).collect() };
        let rest = groups.into_iter().map(|((split, name), atoms)| Group {
            split: Grouping::SPLITS[split],
            name: name.to_owned(),
            atoms,
        });
        let groups: Vec<Group> = std::iter::once(all).chain(rest).collect();
        Disclosure { smallest, groups, atom_of, atoms: atoms.len() }
    }

    /// Judges one site from its counts per class of the panel.
    pub(crate) fn judge(&self, per_class: &[Counts]) -> Shown {
        let mut atoms = vec![Counts::default(); self.atoms];
        for (atom, counts) in self.atom_of.iter().zip(per_class) {
            if let Some(atom) = atom {
                atoms[*atom] += *counts;
            }
        }
        let sums: Vec<Counts> = self.groups.iter().map(|g| g.atoms.iter().map(|a| atoms[*a]).sum()).collect();
        let mut hidden: Vec<[bool; 5]> =
            sums.iter().map(|counts| own::hidden(*counts, self.smallest)).collect();
        // Hiding can only grow, so this ends.
        loop {
            let before = hidden.clone();
            // AN is about twice the people: one pattern serves both.
            self.protect(&sums, &mut hidden, PEOPLE, |c| c.people);
            for flags in &mut hidden {
                flags[AN] |= flags[PEOPLE];
                flags[PEOPLE] |= flags[AN];
            }
            self.protect(&sums, &mut hidden, AN, |c| c.an);
            self.protect(&sums, &mut hidden, AC, |c| c.ac);
            self.protect(&sums, &mut hidden, HOM, |c| c.hom);
            self.protect(&sums, &mut hidden, HEMI, |c| c.hemi);
            for (counts, flags) in sums.iter().zip(&mut hidden) {
                own::tie(*counts, flags, self.smallest);
            }
            if hidden == before {
                break;
            }
        }
        Shown { cells: sums.iter().zip(&hidden).map(|(counts, flags)| show(*counts, *flags)).collect() }
    }

    /// The groups of one split, with `all`.
    pub(crate) fn pick(&self, shown: &Shown, split: Grouping) -> BTreeMap<String, Cells> {
        let wanted = |group: &Group| group.split == Grouping::None || group.split == split;
        let pairs = self.groups.iter().zip(&shown.cells).filter(|(group, _)| wanted(group));
        pairs.map(|(group, cells)| (group.name.clone(), *cells)).collect()
    }

    /// Hides more cells of one measure until no hidden one can be computed from those shown.
    fn protect(&self, sums: &[Counts], hidden: &mut [[bool; 5]], measure: usize, value: fn(&Counts) -> u32) {
        let primary: Vec<usize> = (0..sums.len()).filter(|g| hidden[*g][measure]).collect();
        if primary.is_empty() {
            return;
        }
        let values: Vec<u32> = sums.iter().map(value).collect();
        loop {
            let shown = |g: usize| !hidden[g][measure];
            let span = Span::new(
                self.atoms,
                self.groups
                    .iter()
                    .enumerate()
                    .filter(|(g, _)| shown(*g))
                    .map(|(g, group)| (group.atoms.as_slice(), values[g] == 0)),
            );
            let exposed = primary.iter().copied().find(|g| span.determines(&self.groups[*g].atoms));
            let narrow = || primary.iter().copied().find(|g| self.is_narrow(*g, &values, hidden, measure));
            let Some(at_risk) = exposed.or_else(narrow) else { return };
            match self.partner(at_risk, &values, hidden, measure) {
                Some(partner) => hidden[partner][measure] = true,
                None => return,
            }
        }
    }

    /// Whether the hidden cells of a split, all small, sum to so little or so much that each is known
    /// within one: two cells that sum to 18 are both 9.
    fn is_narrow(&self, group: usize, values: &[u32], hidden: &[[bool; 5]], measure: usize) -> bool {
        let split = self.groups[group].split;
        if split == Grouping::None || hidden[0][measure] {
            return false;
        }
        let cells: Vec<u32> = (0..values.len())
            .filter(|g| self.groups[*g].split == split && hidden[*g][measure])
            .map(|g| values[g])
            .collect();
        let (n, sum) = (cells.len() as u32, cells.iter().sum::<u32>());
        let all_small = cells.iter().all(|v| *v < self.smallest);
        all_small && (sum < n + 2 || sum + 2 > n * (self.smallest - 1))
    }

    /// The cell to hide beside one at risk: of the same split the smallest that leaves the full range
    /// open, else the largest; failing that any other split's, and `all` last. Zeros stay shown.
    fn partner(&self, at_risk: usize, values: &[u32], hidden: &[[bool; 5]], measure: usize) -> Option<usize> {
        let split = self.groups[at_risk].split;
        let open = 2 * (self.smallest - 1);
        (0..values.len()).filter(|g| !hidden[*g][measure] && values[*g] > 0).min_by_key(|g| {
            let other_split = u32::from(self.groups[*g].split != split) + u32::from(*g == 0);
            let value = values[*g];
            let rank = if value >= open { value } else { u32::MAX - value };
            (other_split, rank, *g)
        })
    }
}

fn show(counts: Counts, hidden: [bool; 5]) -> Cells {
    let cell = |measure: usize, value: u32| (!hidden[measure]).then_some(value);
    Cells {
        ac: cell(AC, counts.ac),
        an: cell(AN, counts.an),
        hom: cell(HOM, counts.hom),
        hemi: cell(HEMI, counts.hemi),
        people: cell(PEOPLE, counts.people),
    }
}

#[cfg(test)]
mod tests;
