//! The decision table of one day: the rules in force, compiled so that a decision looks at few of them.
//!
//! Each alternative of a rule is a line: bits for what is enumerated, numbers for what is named. Lines are
//! found by act, then by the named fact (dataset, disease, purpose, country) that fewest lines share.

use crate::facts::{Facts, months_after};
use crate::features::{self, Bits, class_bit};
use crate::rule::{Conditions, Rule};
use chrono::NaiveDate;
use gj_model::{Effect, InstitutionClass, Reason, Scope};
use std::collections::{BTreeMap, HashMap};

/// The rules in force on one day.
#[derive(Debug, Clone)]
pub struct Table {
    rules: Vec<Rule>,
    /// Those of one rule stand together.
    lines: Vec<Line>,
    by_code: HashMap<String, usize>,
    symbols: HashMap<String, Symbol>,
    buckets: HashMap<(Act, Key), Vec<u32>>,
    day: NaiveDate,
}

/// A name, as a number.
type Symbol = u32;
/// An act; `None`: every.
type Act = Option<Symbol>;

/// The named fact that a line is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Key {
    Dataset(Symbol),
    Disease(Symbol),
    Purpose(Symbol),
    Country(Symbol),
    Any,
}

/// One alternative of a rule.
#[derive(Debug, Clone)]
struct Line {
    rule: u32,
    /// A request must have no bit but these.
    allowed: Bits,
    collaborators: u8,
    anyone: u8,
    acts: Vec<Symbol>,
    datasets: Vec<Symbol>,
    diseases: Vec<Symbol>,
    purposes: Vec<Symbol>,
    countries: Vec<Symbol>,
    abroad_from: Option<Symbol>,
    months: Option<(i32, i32)>,
    /// Whether the declared period or an open window ends it by itself.
    ends: Ends,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    Never,
    WithMonths(i32),
    WithDeclared(i32),
    WithWindow,
}

/// A request, ready to be compared with lines.
struct Probe {
    bits: Bits,
    collaborators: u8,
    anyone: u8,
    act: Option<Symbol>,
    dataset: Option<Symbol>,
    diseases: Vec<Symbol>,
    purpose: Option<Symbol>,
    /// `None`: a country that no rule names.
    countries: Vec<Option<Symbol>>,
    months: Option<i32>,
}

/// A rule that applies to a request.
pub(crate) struct Applies<'a> {
    pub(crate) rule: &'a Rule,
    /// Last day on which it does, if time alone ends it.
    pub(crate) until: Option<NaiveDate>,
}

impl Table {
    /// Compiles the rules in force on a day. Of rules with one code the first layer's stands, and of one
    /// layer the latest. A row that says no effect words the rule of a later layer.
    pub fn of(layers: &[&[Rule]], day: NaiveDate) -> Table {
        let mut chosen: BTreeMap<&str, Rule> = BTreeMap::new();
        for layer in layers {
            let mut of_layer: BTreeMap<&str, &Rule> = BTreeMap::new();
            for rule in layer.iter().filter(|rule| rule.holds(day)) {
                let latest = of_layer.entry(&rule.code).or_insert(rule);
                if rule.valid_from > latest.valid_from {
                    *latest = rule;
                }
            }
            for (code, rule) in of_layer {
                match chosen.get_mut(code) {
                    None => drop(chosen.insert(code, rule.clone())),
                    Some(worded) if worded.effect.is_none() => {
                        worded.effect = rule.effect;
                        worded.when.clone_from(&rule.when);
                        worded.needs = rule.needs;
                        let remedy = worded.remedy.take();
                        worded.remedy = remedy.or_else(|| rule.remedy.clone());
                    }
                    Some(_) => {}
                }
            }
        }
        Table::compile(chosen.into_values().collect(), day)
    }

    /// The same for rules of which each code stands once.
    fn compile(rules: Vec<Rule>, day: NaiveDate) -> Table {
        let mut table = Table {
            lines: Vec::new(),
            by_code: rules.iter().enumerate().map(|(at, rule)| (rule.code.clone(), at)).collect(),
            symbols: HashMap::new(),
            buckets: HashMap::new(),
            day,
            rules: Vec::new(),
        };
        for (at, rule) in rules.iter().enumerate().filter(|(_, rule)| rule.effect.is_some()) {
            let everywhere = [Conditions::default()];
            let when = if rule.when.is_empty() { &everywhere[..] } else { &rule.when };
            for conditions in when {
                let line = table.line(at as u32, conditions);
                table.lines.push(line);
            }
        }
        table.rules = rules;
        table.index();
        table
    }

    /// The day for which it was compiled.
    pub fn day(&self) -> NaiveDate {
        self.day
    }

    /// The rules in force, by code.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of a code, if it is in force.
    pub fn rule(&self, code: &str) -> Option<&Rule> {
        self.by_code.get(code).map(|at| &self.rules[*at])
    }

    fn symbol(&mut self, name: &str) -> Symbol {
        let next = self.symbols.len() as Symbol;
        *self.symbols.entry(name.to_owned()).or_insert(next)
    }

    fn named(&mut self, names: &[String]) -> Vec<Symbol> {
        names.iter().map(|name| self.symbol(name)).collect()
    }

    fn line(&mut self, rule: u32, conditions: &Conditions) -> Line {
        let c = conditions;
        let classes = |classes: &[InstitutionClass]| classes.iter().fold(0, |all, c| all | class_bit(*c));
        let ends = match (c.months_below, c.declared) {
            (Some(below), Some(true)) => Ends::WithDeclared(below),
            (Some(below), _) => Ends::WithMonths(below),
            (None, _) if !c.window.is_empty() => Ends::WithWindow,
            (None, _) => Ends::Never,
        };
        let months = (c.months_from.unwrap_or(i32::MIN), c.months_below.unwrap_or(i32::MAX));
        Line {
            rule,
            allowed: allowed(c),
            collaborators: classes(&c.collaborator_class),
            anyone: classes(&c.anyone_class),
            acts: self.named(&c.act),
            datasets: self.named(&c.dataset),
            diseases: self.named(&c.disease),
            purposes: self.named(&c.purpose),
            countries: self.named(&c.country),
            abroad_from: c.abroad_from.as_deref().map(|home| self.symbol(home)),
            months: Some(months).filter(|months| *months != (i32::MIN, i32::MAX)),
            ends,
        }
    }

    /// Puts each line where a request that meets it looks.
    fn index(&mut self) {
        let mut shared: HashMap<Key, u32> = HashMap::new();
        for key in self.lines.iter().flat_map(Line::choices).flatten() {
            *shared.entry(key).or_default() += 1;
        }
        for (at, line) in self.lines.iter().enumerate() {
            let crowd = |keys: &Vec<Key>| keys.iter().map(|key| shared[key]).max().unwrap_or(u32::MAX);
            let keys = line.choices().into_iter().filter(|keys| !keys.is_empty()).min_by_key(crowd);
            let keys = keys.unwrap_or_else(|| vec![Key::Any]);
            let acts: Vec<Act> = match line.acts.is_empty() {
                true => vec![None],
                false => line.acts.iter().copied().map(Some).collect(),
            };
            for (act, key) in acts.iter().flat_map(|act| keys.iter().map(move |key| (*act, *key))) {
                self.buckets.entry((act, key)).or_default().push(at as u32);
            }
        }
    }

    fn probe(&self, facts: &Facts) -> Probe {
        let symbol = |name: &str| self.symbols.get(name).copied();
        let classes = facts.collaborators.iter().fold(0, |all, party| all | class_bit(party.class));
        Probe {
            bits: features::bits(facts),
            collaborators: classes,
            anyone: facts.classes().fold(0, |all, class| all | class_bit(class)),
            act: symbol(&facts.act),
            dataset: facts.dataset.as_ref().and_then(|dataset| symbol(&dataset.id)),
            diseases: facts.purpose.iter().flat_map(|p| &p.diseases).filter_map(|id| symbol(id)).collect(),
            purpose: facts.purpose.as_ref().and_then(|purpose| symbol(&purpose.duo)),
            countries: facts.countries().map(symbol).collect(),
            months: facts.months_since_start(),
        }
    }

    /// The rules that apply to a request, by code.
    pub(crate) fn applying(&self, facts: &Facts) -> Vec<Applies<'_>> {
        let probe = self.probe(facts);
        let mut found: BTreeMap<&str, Applies<'_>> = BTreeMap::new();
        let acts = [None, probe.act].into_iter().take(if probe.act.is_some() { 2 } else { 1 });
        for bucket in acts.flat_map(|act| probe.keys().filter_map(move |key| self.buckets.get(&(act, key)))) {
            for line in bucket.iter().map(|at| &self.lines[*at as usize]).filter(|line| line.meets(&probe)) {
                let rule = &self.rules[line.rule as usize];
                let until = line.until(facts);
                let seen = found.entry(&rule.code).or_insert(Applies { rule, until });
                // Several alternatives may apply: the reason stands as long as one of them does.
                seen.until = seen.until.zip(until).map(|(one, other)| one.max(other));
            }
        }
        for applies in found.values_mut() {
            applies.until = applies.until.and_then(|until| self.last_day(applies.rule, facts, until));
        }
        found.into_values().collect()
    }

    /// The last day on which a rule applies by time alone: past the end of one alternative another may begin.
    fn last_day(&self, rule: &Rule, facts: &Facts, until: NaiveDate) -> Option<NaiveDate> {
        let at = *self.by_code.get(&rule.code)? as u32;
        let first = self.lines.partition_point(|line| line.rule < at);
        let own = || self.lines[first..].iter().take_while(|line| line.rule == at);
        let (mut facts, mut until) = (facts.clone(), until);
        loop {
            facts.today = until.succ_opt()?;
            let probe = self.probe(&facts);
            let mut later = own().filter(|line| line.meets(&probe)).map(|line| line.until(&facts)).peekable();
            if later.peek().is_none() {
                return Some(until);
            }
            // One that time does not end: the reason stands for good.
            let ends: Option<Vec<NaiveDate>> = later.collect();
            until = ends?.into_iter().max().filter(|end| *end > until)?;
        }
    }
}

impl Line {
    /// By which named facts a request could find the line.
    fn choices(&self) -> [Vec<Key>; 4] {
        let keys = |names: &[Symbol], key: fn(Symbol) -> Key| names.iter().map(|name| key(*name)).collect();
        [
            keys(&self.datasets, Key::Dataset),
            keys(&self.diseases, Key::Disease),
            keys(&self.purposes, Key::Purpose),
            keys(&self.countries, Key::Country),
        ]
    }

    fn meets(&self, probe: &Probe) -> bool {
        let one_of = |names: &[Symbol], is: Option<Symbol>| {
            names.is_empty() || is.is_some_and(|is| names.contains(&is))
        };
        probe.bits & !self.allowed == 0
            && (self.collaborators == 0 || self.collaborators & probe.collaborators != 0)
            && (self.anyone == 0 || self.anyone & probe.anyone != 0)
            && one_of(&self.acts, probe.act)
            && one_of(&self.datasets, probe.dataset)
            && one_of(&self.purposes, probe.purpose)
            && (self.diseases.is_empty() || probe.diseases.iter().any(|id| self.diseases.contains(id)))
            && (self.countries.is_empty()
                || probe.countries.iter().flatten().any(|country| self.countries.contains(country)))
            && self.abroad_from.is_none_or(|home| probe.countries.iter().any(|is| *is != Some(home)))
            && self.months.is_none_or(|(from, below)| probe.months.is_some_and(|m| from <= m && m < below))
    }

    /// The last day on which the line holds, if time alone ends it.
    fn until(&self, facts: &Facts) -> Option<NaiveDate> {
        let dataset = facts.dataset.as_ref()?;
        let after = |months: u32| months_after(dataset.start, months).and_then(|day| day.pred_opt());
        match self.ends {
            Ends::Never => None,
            Ends::WithMonths(below) => after(u32::try_from(below).ok()?),
            Ends::WithDeclared(below) => after(u32::try_from(below).ok()?.min(dataset.restricted_months)),
            Ends::WithWindow => facts.open_windows().map(|window| window.hard_end).max(),
        }
    }
}

impl Probe {
    fn keys(&self) -> impl Iterator<Item = Key> + '_ {
        let mut countries: Vec<Symbol> = self.countries.iter().flatten().copied().collect();
        countries.sort_unstable();
        countries.dedup();
        let dataset = self.dataset.map(Key::Dataset).into_iter();
        let diseases = self.diseases.iter().map(|id| Key::Disease(*id));
        let purpose = self.purpose.map(Key::Purpose).into_iter();
        let countries = countries.into_iter().map(Key::Country);
        dataset.chain(diseases).chain(purpose).chain(countries).chain([Key::Any])
    }
}

/// The bits that a request may have to meet conditions: all of a feature that is not asked about.
fn allowed(c: &Conditions) -> Bits {
    use features::*;
    let mut allowed = Bits::MAX;
    let mut only = |feature: Feature, values: &mut dyn Iterator<Item = u32>| {
        let mut some = values.map(|value| feature.bit(value)).peekable();
        if some.peek().is_some() {
            allowed &= !feature.all() | some.fold(0, |all, bit| all | bit);
        }
    };
    only(USAGE, &mut c.usage.iter().map(|value| *value as u32));
    only(TIER, &mut c.tier.iter().map(|value| *value as u32));
    only(CLASS, &mut c.class.iter().map(|value| *value as u32 + 1));
    only(COMPOSITION, &mut c.composition.iter().map(|value| *value as u32));
    only(FUNDER, &mut c.funder_tier.iter().map(|value| *value as u32));
    only(WINDOW, &mut c.window.iter().map(|value| *value as u32));
    only(AGREEMENT, &mut c.agreement.iter().map(|value| *value as u32));
    for (feature, truth) in [
        (OWN, c.own),
        (PAID, c.paid),
        (TRAINED, c.trained),
        (SANCTIONED, c.sanctioned),
        (ACADEMIA_ONLY, c.academia_only),
        (PUBLIC_GRANT, c.public_grant),
        (DECLARED, c.declared),
    ] {
        only(feature, &mut truth.map(u32::from).into_iter());
    }
    for lacking in &c.lacks {
        only(step(*lacking), &mut std::iter::once(0));
    }
    allowed
}

impl Applies<'_> {
    /// What people read.
    pub(crate) fn reason(&self) -> Reason {
        reason(self.rule, self.rule.effect.unwrap_or_default(), self.until)
    }

    /// What it adds to the consent that is needed.
    pub(crate) fn needs(&self) -> Scope {
        if self.rule.effect == Some(Effect::Needs) { self.rule.needs } else { Scope::NONE }
    }
}

/// A rule's words as a reason.
pub(crate) fn reason(rule: &Rule, effect: Effect, until: Option<NaiveDate>) -> Reason {
    Reason {
        code: rule.code.clone(),
        ja: rule.ja.clone(),
        en: rule.en.clone(),
        source: rule.source.clone(),
        effect,
        valid_from: Some(rule.valid_from),
        valid_to: rule.valid_to,
        until,
        remedy: rule.remedy.clone(),
    }
}
