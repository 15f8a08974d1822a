//! One release's counts as they may be shown, and the price of what was shown.
//!
//! A band is a true statement, "between 8,123 and 8,702 alleles". Its edges lie a fixed number of standard deviations of the
//! count apart (on the scale `2√n·asin√(k/n)`, where the deviation is 1 at every frequency), from an offset that is
//! secret, the same for everybody, and drawn anew for each cell and crowd. An attacker who knows the frequency learns
//! something only if an edge happens to lie within the count's own chance variation, which he cannot arrange. Averaged over
//! the offset a band of `w` deviations tells `1.81/w` of the exact count: `∫ φ²/(Φ(1−Φ)) = 1.806`; 2 is charged. Bands
//! with known edges (whole percents, say) would save nothing: he would pick cells whose frequency is an edge.

use crate::charge::Charge;
use crate::error::ExposureError;
use crate::moment;

/// How much of a count is shown, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// Bands of 40 standard deviations.
    Broad,
    /// Bands of 10 standard deviations.
    Fine,
    /// The count.
    Exact,
}

impl Form {
    /// From the most telling.
    pub const ALL: [Form; 3] = [Form::Exact, Form::Fine, Form::Broad];

    /// Share of the exact count's price.
    fn share(self) -> f64 {
        match self {
            Form::Exact => 1.0,
            Form::Fine => 2.0 / 10.0,
            Form::Broad => 2.0 / 40.0,
        }
    }

    /// Steps of [`TICK`] between edges.
    fn step(self) -> u32 {
        match self {
            Form::Exact => 1,
            Form::Fine => OFFSETS / 4,
            Form::Broad => OFFSETS,
        }
    }
}

/// What users ask for, and the form by which it is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// An allele count.
    Count,
    /// A frequency of so many digits. Its edges are known to all, so it is charged as the count.
    Digits(u8),
    /// "At least so many copies", the first edge of the broad band: what a Beacon's `exists` may say.
    Common,
    /// A range of frequency, as in a browser's list.
    Band,
    /// "At least one copy", or a list of the sites that somebody carries.
    Presence,
    /// Counts below a limit hidden, but zero shown: tells presence.
    HiddenWithZeroShown,
    /// Homozygous and heterozygous people. Few are homozygous for most alleles, whatever the allele's count.
    Genotypes,
}

impl Style {
    /// The form that tells at least as much, or `None` where what is told has no bound: the first carrier of an allele of
    /// frequency `p` is betrayed by `−ln(1 − (1 − p)²ᴺ)`, which grows without limit as `p` falls (Raisaro et al. 2017).
    pub fn form(self) -> Option<Form> {
        match self {
            Style::Count | Style::Digits(_) => Some(Form::Exact),
            Style::Band => Some(Form::Fine),
            Style::Common => Some(Form::Broad),
            Style::Presence | Style::HiddenWithZeroShown | Style::Genotypes => None,
        }
    }
}

/// What was shown: the count is at least `from` and at most `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Alleles, included.
    pub from: u32,
    /// Alleles, included.
    pub to: u32,
}

/// Alleles called in the people counted, and the smallest count of either allele that is told from none at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground {
    alleles: u32,
    floor: u32,
}

/// Offsets to draw from.
const OFFSETS: u32 = 1 << 16;
/// Standard deviations a step of the offset is.
const TICK: f64 = 40.0 / OFFSETS as f64;

impl Ground {
    /// The smallest floor, in alleles, for which the prices are proven.
    pub const FLOOR_MIN: u32 = 50;

    /// For `alleles`, two a person on autosomes, and a floor that is at most a quarter of them.
    ///
    /// # Errors
    /// [`ExposureError::Floor`].
    pub fn new(alleles: u32, floor: u32) -> Result<Ground, ExposureError> {
        if floor < Ground::FLOOR_MIN || floor > alleles / 4 {
            return Err(ExposureError::Floor { floor, alleles, least: Ground::FLOOR_MIN });
        }
        Ok(Ground { alleles, floor })
    }

    /// Alleles of the people counted.
    pub fn alleles(&self) -> u32 {
        self.alleles
    }

    /// The count as shown. A count under the floor, zero and a variant nobody ever saw look the same.
    ///
    /// `secret` comes from a keyed hash of cell and crowd. Each width of band takes its offset from bits of its own: were they
    /// nested, a broad band would betray where the edges of the fine ones lie, and whether one is worth asking for.
    ///
    /// # Errors
    /// [`ExposureError::Count`].
    pub fn show(&self, form: Form, count: u32, secret: u32) -> Result<Span, ExposureError> {
        if count > self.alleles {
            return Err(ExposureError::Count { count, alleles: self.alleles });
        }
        let last = self.alleles - self.floor;
        if form == Form::Exact {
            return Ok(match count {
                _ if count < self.floor => Span { from: 0, to: self.floor - 1 },
                _ if count > last => Span { from: last + 1, to: self.alleles },
                _ => Span { from: count, to: count },
            });
        }
        let offset = if form == Form::Fine { secret >> 16 } else { secret & (OFFSETS - 1) };
        let first = offset % form.step();
        // Edges ascend, so the band is found by halving; those beyond the last allowed are not there.
        let edge = |index: u32| Some(self.at(first + index * form.step())).filter(|edge| *edge <= last);
        let (mut low, mut high) = (0, self.scale(last).max(1.0) as u32);
        while low < high {
            let middle = low.midpoint(high);
            if edge(middle).is_some_and(|edge| edge <= count) { low = middle + 1 } else { high = middle }
        }
        let from = low.checked_sub(1).and_then(edge).unwrap_or(0);
        Ok(Span { from, to: edge(low).map_or(self.alleles, |edge| edge - 1) })
    }

    /// What showing `span` in `form` told, at most, about any one person.
    pub fn price(&self, form: Form, span: Span) -> Charge {
        Charge::of(form.share() * moment::exact(f64::from(self.alleles), self.rarest(span)))
    }

    /// The largest price of a cell in this form, whatever its count: what must be left before it is looked at.
    pub fn worst(&self, form: Form) -> Charge {
        self.price(form, Span { from: 0, to: self.alleles })
    }

    /// What `span` and all other answers on the cell told of `people`, the smallest part of people that these set apart.
    ///
    /// As if the part's own count had been shown exactly, which says more than any sums or differences of which it is part.
    pub fn price_of_part(&self, people: u32, span: Span) -> Charge {
        Charge::of(moment::exact(2.0 * f64::from(people), self.rarest(span)))
    }

    /// [`Ground::price_of_part`], whatever the count.
    pub fn worst_of_part(&self, people: u32) -> Charge {
        self.price_of_part(people, Span { from: 0, to: self.alleles })
    }

    /// The lowest frequency of the rarer allele that goes with a span, two deviations below what is shown. Under the floor
    /// the floor counts: frequencies near it tell most, smaller ones less.
    fn rarest(&self, span: Span) -> f64 {
        let open = span.from == 0 || span.to >= self.alleles;
        let count = if open { self.floor } else { span.from.min(self.alleles - span.to).max(self.floor) };
        let count = f64::from(count);
        (count - 2.0 * count.sqrt()) / f64::from(self.alleles)
    }

    /// Standard deviations from count zero.
    fn scale(&self, count: u32) -> f64 {
        let alleles = f64::from(self.alleles);
        2.0 * alleles.sqrt() * (f64::from(count) / alleles).sqrt().asin()
    }

    /// The first count that is so many ticks above the floor. More than there are alleles beyond the scale's end.
    fn at(&self, ticks: u32) -> u32 {
        let alleles = f64::from(self.alleles);
        let angle = (self.scale(self.floor) + f64::from(ticks) * TICK) / (2.0 * alleles.sqrt());
        if angle >= std::f64::consts::FRAC_PI_2 {
            return u32::MAX;
        }
        ((alleles * angle.sin().powi(2)).ceil() as u32).max(self.floor)
    }
}
