//! Disclosure control of a frequency: which cells of a site are shown.
//!
//! Rules (Japan's practice, `smallest` = 10): counts from 1 to 9 are hidden, zero is shown, and nothing
//! shown gives a hidden one away. What counts as a count is in [`form`]: the five measures, and the
//! differences between them that mean people or alleles. `all`, every stratum, contributor and sex are
//! judged together, whichever is asked for, so that two questions cannot be subtracted from one another.
//! A site is judged by playing its attacker: what follows from the shown cells by sums ([`span`]), and
//! what can be bounded ([`bounds`]); as long as a small count follows, one more cell is hidden.
//!
//! Pure: sees counts and classes, never a person. What it does not protect against is written in
//! `docs/disclosure.md`.

mod bounds;
mod form;
mod span;

use bounds::{Bounds, binding};
use form::{AC, AN, Form, HEMI, HOM, Kinds, MEASURES, PEOPLE, Values};
use gj_model::{Cells, Counts, Grouping, ReleaseClass, Sex, Zone};
use span::{Expression, Span};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Judges sites of one panel: knows which classes make up which group.
#[derive(Debug)]
pub(crate) struct Disclosure {
    smallest: i64,
    groups: Vec<Group>,
    /// For each class of the panel its atom, or `None` where the grant does not count the class.
    atom_of: Vec<Option<usize>>,
    sexes: Vec<Sex>,
    /// Groups of each split.
    splits: Vec<Vec<usize>>,
    /// Pairs of a group and a larger one that holds it.
    inside: Vec<(usize, usize)>,
}

#[derive(Debug)]
struct Group {
    split: Grouping,
    name: String,
    atoms: Vec<usize>,
    /// People of the release in it, called or not: who hides with whom must not change from site to site.
    roster: i64,
}

/// A site as shown, every group of every split.
pub(crate) struct Shown {
    cells: Vec<Cells>,
}

/// Every measure, as bits.
const ALL_MEASURES: u8 = 0b1_1111;

/// Hidden cells by group and measure.
type Hidden = Vec<[bool; 5]>;

/// One site being judged.
struct Site<'a> {
    disclosure: &'a Disclosure,
    zone: Zone,
    values: Vec<Values>,
    /// Kinds of people that the zone and the site's regularity leave to each atom.
    kinds: Vec<Kinds>,
    /// Small counts and small differences: what must not be given away.
    targets: Vec<(usize, Form)>,
}

impl Disclosure {
    /// For a panel's classes with the people in each, of which `counted` are in the grant.
    pub(crate) fn new(
        classes: &[ReleaseClass],
        people: &[u32],
        counted: &[bool],
        smallest: u32,
    ) -> Disclosure {
        // Classes that fall together in every split cannot be told apart by any answer: one atom.
        let mut atoms: BTreeMap<[&str; 3], usize> = BTreeMap::new();
        let mut atom_of = vec![None; classes.len()];
        let (mut sexes, mut rosters) = (Vec::new(), Vec::new());
        let mut groups: BTreeMap<(usize, &str), Vec<usize>> = BTreeMap::new();
        for (index, class) in classes.iter().enumerate().filter(|(index, _)| counted[*index]) {
            let key = Grouping::SPLITS.map(|split| split.group_of(class));
            let next = atoms.len();
            let atom = *atoms.entry(key).or_insert(next);
            atom_of[index] = Some(atom);
            if atom == next {
                sexes.push(class.sex);
                rosters.push(0);
                for (split, name) in key.into_iter().enumerate() {
                    groups.entry((split, name)).or_default().push(atom);
                }
            }
            rosters[atom] += i64::from(people[index]);
        }
        let group = |split: Grouping, name: &str, atoms: Vec<usize>| {
            let roster = atoms.iter().map(|atom| rosters[*atom]).sum();
            Group { split, name: name.to_owned(), atoms, roster }
        };
        let all = group(Grouping::None, "all", (0..sexes.len()).collect());
        let rest =
            groups.into_iter().map(|((split, name), atoms)| group(Grouping::SPLITS[split], name, atoms));
        let groups: Vec<Group> = std::iter::once(all).chain(rest).collect();
        let of_split = |split: Grouping| (0..groups.len()).filter(|g| groups[*g].split == split).collect();
        // Atoms of a group ascend, because they are numbered as they are met.
        let holds = |large: &Group, small: &Group| {
            small.atoms.len() <= large.atoms.len()
                && small.atoms.iter().all(|atom| large.atoms.binary_search(atom).is_ok())
        };
        let pairs = (1..groups.len()).flat_map(|a| (1..groups.len()).map(move |b| (a, b)));
        let inside = pairs.filter(|(a, b)| a != b && holds(&groups[*b], &groups[*a])).collect();
        Disclosure {
            smallest: i64::from(smallest),
            splits: Grouping::SPLITS.map(of_split).to_vec(),
            inside,
            groups,
            atom_of,
            sexes,
        }
    }

    /// Judges one site from its counts per class of the panel.
    pub(crate) fn judge(&self, zone: Zone, per_class: &[Counts]) -> Shown {
        let site = Site::new(self, zone, per_class);
        let hidden = site.hide();
        Shown {
            cells: site.values.iter().zip(&hidden).map(|(values, hidden)| show(values, hidden)).collect(),
        }
    }

    /// Judges how many people each class has: a site at which everybody is called and nobody carries.
    pub(crate) fn judge_people(&self, people: &[u32]) -> Shown {
        let counts = |people: &u32| Counts { people: *people, an: 2 * people, ..Counts::default() };
        self.judge(Zone::Diploid, &people.iter().map(counts).collect::<Vec<_>>())
    }

    /// The groups of one split, or of every split with its name in front; and `all`.
    pub(crate) fn pick(&self, shown: &Shown, split: Grouping) -> BTreeMap<String, Cells> {
        let every = split == Grouping::Every;
        let wanted = |group: &Group| group.split == Grouping::None || every || group.split == split;
        let name = |group: &Group| match group.split {
            own if every && own != Grouping::None => format!("{}:{}", own.name(), group.name),
            _ => group.name.clone(),
        };
        let pairs = self.groups.iter().zip(&shown.cells).filter(|(group, _)| wanted(group));
        pairs.map(|(group, cells)| (name(group), *cells)).collect()
    }

    fn is_small(&self, value: i64) -> bool {
        (1..self.smallest).contains(&value)
    }
}

impl<'a> Site<'a> {
    fn new(disclosure: &'a Disclosure, zone: Zone, per_class: &[Counts]) -> Site<'a> {
        let mut atoms = vec![Counts::default(); disclosure.sexes.len()];
        for (atom, counts) in disclosure.atom_of.iter().zip(per_class) {
            if let Some(atom) = atom {
                atoms[*atom] += *counts;
            }
        }
        let sum = |group: &Group| form::values(group.atoms.iter().map(|atom| atoms[*atom]).sum());
        let values: Vec<Values> = disclosure.groups.iter().map(sum).collect();
        // Whether a person's ploidy is as the zone has it is judged for each atom: what is assumed of
        // the attacker's knowledge must be true.
        let kinds = atoms.iter().zip(&disclosure.sexes).map(|(counts, sex)| {
            form::possible(zone, *sex, counts.an == 2 * counts.people && counts.hemi == 0)
        });
        let forms: Vec<Form> =
            MEASURES.map(form::measure).into_iter().chain(form::sensitive(zone).to_vec()).collect();
        let small = |group: &usize, form: &Form| disclosure.is_small(form::apply(form, &values[*group]));
        let targets = (0..values.len()).flat_map(|group| forms.iter().map(move |form| (group, *form)));
        let targets = targets.filter(|(group, form)| small(group, form)).collect();
        Site { disclosure, zone, kinds: kinds.collect(), targets, values }
    }

    /// Hides cells until no target is given away. Hiding only grows, so this ends.
    fn hide(&self) -> Hidden {
        let mut hidden: Hidden =
            self.values.iter().map(|v| v.map(|value| self.disclosure.is_small(value))).collect();
        for (group, hidden) in hidden.iter_mut().enumerate() {
            let people = self.values[group][PEOPLE];
            if self.disclosure.is_small(people) {
                // A group this small shows nothing but zeros.
                *hidden = self.values[group].map(|value| value > 0);
            }
        }
        loop {
            self.tie(&mut hidden);
            let Some((group, measure)) = self.next_to_hide(&hidden) else { return hidden };
            hidden[group][measure] = true;
        }
    }

    /// Outside X, called alleles and people are one number: hidden together.
    fn tie(&self, hidden: &mut Hidden) {
        if self.zone != Zone::X {
            for (hidden, values) in hidden.iter_mut().zip(&self.values) {
                let either = hidden[AN] || hidden[PEOPLE];
                (hidden[AN], hidden[PEOPLE]) = (either && values[AN] > 0, either && values[PEOPLE] > 0);
            }
        }
    }

    /// A cell to hide, if some target is still given away.
    fn next_to_hide(&self, hidden: &Hidden) -> Option<(usize, usize)> {
        if self.targets.is_empty() {
            return None;
        }
        if let Some(cell) = self.own_gift(hidden) {
            return Some(cell);
        }
        let kinds = self.kinds_left(hidden, None);
        let expressions = expressions(&kinds);
        let linked = self.linked(&expressions);
        let span = self.span(&expressions, hidden, linked);
        let atoms = |group: usize| self.disclosure.groups[group].atoms.as_slice();
        let mut exposed = self.targets.iter().filter(|(group, form)| span.determines(atoms(*group), form));
        let cell = exposed.find_map(|(group, form)| {
            self.partner(*group, form, hidden).or_else(|| self.own_cell(*group, form, hidden))
        });
        if cell.is_some() {
            return cell;
        }
        let bounds = Bounds::new(&self.values, hidden, &self.disclosure.splits, &self.disclosure.inside);
        let narrow = |(group, form): &&(usize, Form)| {
            let (low, high) = bounds.of(*group, form);
            let plain = form.iter().filter(|factor| **factor != 0).count() == 1;
            // A count must stay unknown by more than one, a difference by at least one.
            high - low < if plain { 2 } else { 1 } || self.sum_reaches_the_limit(*group, form, hidden)
        };
        self.targets.iter().filter(narrow).find_map(|(group, form)| {
            self.loosener(*group, form, hidden).or_else(|| self.own_cell(*group, form, hidden))
        })
    }

    /// Whether only small cells of the split are hidden and they sum to so much that each is known within
    /// one, by whoever knows that a larger one would have been hidden only beside a single one.
    fn sum_reaches_the_limit(&self, group: usize, form: &Form, hidden: &Hidden) -> bool {
        let split = self.disclosure.groups[group].split;
        let Some(measure) = MEASURES.into_iter().find(|m| *form == form::measure(*m)) else { return false };
        if split == Grouping::None || hidden[0][measure] {
            return false;
        }
        let of_split =
            (0..hidden.len()).filter(|g| self.disclosure.groups[*g].split == split && hidden[*g][measure]);
        let cells: Vec<i64> = of_split.map(|g| self.values[g][measure]).collect();
        let largest = self.disclosure.smallest - 1;
        cells.iter().all(|value| *value <= largest)
            && cells.iter().sum::<i64>() + 2 > largest * cells.len() as i64
    }

    /// A cell of a group that, with other cells of the same group, gives one of its targets away.
    fn own_gift(&self, hidden: &Hidden) -> Option<(usize, usize)> {
        let mut targets = self.targets.iter().peekable();
        while let Some((group, _)) = targets.peek() {
            let group = *group;
            // To its own cells, atoms of a group that can hold the same kinds of people are one.
            let left = self.kinds_left(hidden, Some(group));
            let mut kinds: Vec<Kinds> =
                self.disclosure.groups[group].atoms.iter().map(|atom| left[*atom]).collect();
            kinds.sort_unstable();
            kinds.dedup();
            let atoms: Vec<usize> = (0..kinds.len()).collect();
            let expressions = expressions(&kinds);
            let mut span = Span::new(&expressions, ALL_MEASURES);
            for measure in MEASURES.into_iter().filter(|m| !hidden[group][*m] && self.values[group][*m] > 0) {
                span.learn(&atoms, &form::measure(measure));
            }
            while let Some((_, form)) = targets.next_if(|(of, _)| *of == group) {
                if span.determines(&atoms, form)
                    && let Some(cell) = self.own_cell(group, form, hidden)
                {
                    return Some(cell);
                }
            }
        }
        None
    }

    /// The kinds of people each atom can hold, as far as shown zeros of all groups, or of one, tell.
    fn kinds_left(&self, hidden: &Hidden, only: Option<usize>) -> Vec<Kinds> {
        let mut kinds = self.kinds.clone();
        let forms: Vec<Form> = MEASURES.map(form::measure).into_iter().chain(form::DIFFERENCES).collect();
        for at in (0..hidden.len()).filter(|at| only.is_none_or(|only| only == *at)) {
            let (group, values, hidden) = (&self.disclosure.groups[at], &self.values[at], &hidden[at]);
            for form in &forms {
                // A zero is always shown, so a term that is zero is known.
                let known = MEASURES.iter().all(|m| form[*m] == 0 || values[*m] == 0 || !hidden[*m]);
                if known && form::apply(form, values) == 0 {
                    let gone = form::counted(form);
                    group.atoms.iter().for_each(|atom| kinds[*atom] &= !gone);
                }
            }
        }
        kinds
    }

    /// The measures that have to do with those of the targets, as bits.
    fn linked(&self, expressions: &[&Expression]) -> u8 {
        let links = expressions.iter().map(|expression| expression.links());
        let links: Vec<[u8; 5]> = links.collect();
        let mut linked: u8 = 0;
        for (_, form) in &self.targets {
            MEASURES.iter().filter(|m| form[**m] != 0).for_each(|m| linked |= 1 << m);
        }
        loop {
            let before = linked;
            for atom in &links {
                for (measure, unknowns) in atom.iter().enumerate() {
                    // Two measures with an unknown in common are linked.
                    let shares = MEASURES.iter().any(|m| linked & 1 << m != 0 && atom[*m] & unknowns != 0);
                    linked |= u8::from(shares) << measure;
                }
            }
            if linked == before {
                return linked;
            }
        }
    }

    /// What the shown cells of all groups tell by sums.
    fn span<'b>(&self, expressions: &'b [&'b Expression], hidden: &Hidden, linked: u8) -> Span<'b> {
        let mut span = Span::new(expressions, linked);
        for measure in MEASURES.into_iter().filter(|m| linked & 1 << m != 0) {
            for (at, group) in self.disclosure.groups.iter().enumerate() {
                if !hidden[at][measure] && self.values[at][measure] > 0 {
                    span.learn(&group.atoms, &form::measure(measure));
                }
            }
        }
        span
    }

    /// A shown cell of the group itself that helps to give the form away.
    fn own_cell(&self, group: usize, form: &Form, hidden: &Hidden) -> Option<(usize, usize)> {
        let order = [HOM, HEMI, AC, AN, PEOPLE];
        let shown = |m: &usize| !hidden[group][*m] && self.values[group][*m] > 0;
        let of_form = order.into_iter().filter(|m| form[*m] != 0).find(shown);
        of_form.or_else(|| order.into_iter().find(shown)).map(|measure| (group, measure))
    }

    /// A cell of another group to hide so that the form cannot be summed up.
    fn partner(&self, at_risk: usize, form: &Form, hidden: &Hidden) -> Option<(usize, usize)> {
        let of_form = MEASURES.into_iter().filter(|m| form[*m] != 0);
        let first = of_form.clone().next().unwrap_or(AC);
        self.partner_in(at_risk, of_form.chain(binding(first)), hidden)
    }

    /// The same so that the form's bounds widen: the measure that holds it down comes first.
    fn loosener(&self, at_risk: usize, form: &Form, hidden: &Hidden) -> Option<(usize, usize)> {
        let of_form = MEASURES.into_iter().filter(|m| form[*m] != 0);
        let first = of_form.clone().next().unwrap_or(AC);
        self.partner_in(at_risk, binding(first).into_iter().chain(of_form), hidden)
    }

    fn partner_in(
        &self,
        at_risk: usize,
        mut measures: impl Iterator<Item = usize>,
        hidden: &Hidden,
    ) -> Option<(usize, usize)> {
        measures.find_map(|m| if hidden[at_risk][m] { self.partner_of(at_risk, m, hidden) } else { None })
    }

    /// The cell of a measure to hide beside one at risk: first of splits in which a single cell is hidden,
    /// the smallest that leaves the full range open, else the largest; `all` last. Zeros stay shown.
    fn partner_of(&self, at_risk: usize, measure: usize, hidden: &Hidden) -> Option<(usize, usize)> {
        let groups = &self.disclosure.groups;
        let open = 2 * (self.disclosure.smallest - 1);
        let size = |g: usize| match measure {
            // By the roster, so that the same groups hide together at every site.
            AN | PEOPLE => groups[g].roster,
            _ => self.values[g][measure],
        };
        let alone = |split: Grouping| {
            (0..groups.len()).filter(|g| groups[*g].split == split && hidden[*g][measure]).count() == 1
        };
        let free = |g: &usize| !hidden[*g][measure] && self.values[*g][measure] > 0;
        let best = (0..groups.len()).filter(free).min_by_key(|g| {
            let split = groups[*g].split;
            let own = split == groups[at_risk].split;
            let distance = match (own, alone(split)) {
                _ if *g == 0 => 4,
                (true, true) => 0,
                (false, true) => 1,
                (true, false) => 2,
                (false, false) => 3,
            };
            let size = size(*g);
            (distance, if size >= open { size } else { i64::MAX - size }, *g)
        });
        best.map(|group| (group, measure))
    }
}

/// Measures as unknowns, for atoms that can hold each set of kinds of people.
fn expressions(kinds: &[Kinds]) -> Vec<&'static Expression> {
    static OF_KINDS: LazyLock<Vec<Expression>> = LazyLock::new(|| (0..64).map(Expression::of).collect());
    kinds.iter().map(|kinds| &OF_KINDS[*kinds as usize]).collect()
}

fn show(values: &Values, hidden: &[bool; 5]) -> Cells {
    let cell = |measure: usize| (!hidden[measure]).then_some(values[measure] as u32);
    Cells { ac: cell(AC), an: cell(AN), hom: cell(HOM), hemi: cell(HEMI), people: cell(PEOPLE) }
}

#[cfg(test)]
mod tests;
