//! Qualities and depths of single samples: `GQ`, `DP`, `MIN_DP` and `AD` out of a record's samples.
//!
//! A second look at a record whose genotypes are decoded, at those samples only that somebody asks for.

use crate::bcf::fields::BinaryFields;
use crate::columns::Columns;
use crate::error::Fault;
use crate::header::Header;
use crate::site::{Body, Site};
use crate::vcf::fields::TextFields;

/// The fields that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    Gq,
    Dp,
    MinDp,
    Ad,
}

impl Name {
    pub(crate) fn parse(text: &[u8]) -> Option<Name> {
        Some(match text {
            b"GQ" => Name::Gq,
            b"DP" => Name::Dp,
            b"MIN_DP" => Name::MinDp,
            b"AD" => Name::Ad,
            _ => return None,
        })
    }

    fn text(self) -> &'static str {
        match self {
            Name::Gq => "GQ",
            Name::Dp => "DP",
            Name::MinDp => "MIN_DP",
            Name::Ad => "AD",
        }
    }
}

/// Where a record's fields stand.
pub(crate) enum Fields<'a> {
    /// None of them.
    Nothing,
    Text(TextFields<'a>),
    Binary(BinaryFields<'a>),
}

/// The fields of one sample; 0-based column of the file.
pub(crate) struct Sample<'f, 'a> {
    column: usize,
    alleles: usize,
    value: Value<'f, 'a>,
}

enum Value<'f, 'a> {
    Text(&'f TextFields<'a>, &'a [u8]),
    Binary(&'f BinaryFields<'a>),
}

/// What a field holds at one index.
pub(crate) enum Number {
    /// `.`, or nothing.
    Missing,
    Known(f64),
    /// No number.
    Wrong,
}

impl<'a> Fields<'a> {
    /// Finds the fields of a record.
    pub(crate) fn find(header: &Header, site: &Site<'a>, columns: &Columns) -> Result<Fields<'a>, Fault> {
        Ok(match site.body {
            Body::Text(text) => TextFields::find(text).map_or(Fields::Nothing, Fields::Text),
            Body::Binary { fields, count } => {
                let found = BinaryFields::find(header, fields, count, columns.total())?;
                found.map_or(Fields::Nothing, Fields::Binary)
            }
        }
        .of_alleles(site.alternate_count() + 1))
    }

    fn of_alleles(mut self, alleles: usize) -> Fields<'a> {
        match &mut self {
            Fields::Nothing => {}
            Fields::Text(fields) => fields.alleles = alleles,
            Fields::Binary(fields) => fields.alleles = alleles,
        }
        self
    }

    /// Whether there is something that supports a carrier's call.
    pub(crate) fn has_evidence(&self) -> bool {
        let names = [Name::Gq, Name::Dp, Name::Ad];
        match self {
            Fields::Nothing => false,
            Fields::Text(fields) => names.iter().any(|name| fields.has(*name)),
            Fields::Binary(fields) => names.iter().any(|name| fields.has(*name)),
        }
    }

    /// Gives the kept samples (by their place among the kept ones) that are `wanted`.
    pub(crate) fn each(
        &self,
        columns: &Columns,
        wanted: impl Fn(usize) -> bool,
        mut give: impl FnMut(usize, &Sample<'_, 'a>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut kept = 0;
        let mut is_next = |column: usize| {
            let place = columns.keeps(column).then_some(kept);
            kept += usize::from(place.is_some());
            place.filter(|place| wanted(*place))
        };
        match self {
            Fields::Nothing => Ok(()),
            Fields::Text(fields) => fields.samples().enumerate().try_for_each(|(column, text)| {
                let Some(place) = is_next(column) else { return Ok(()) };
                let value = Value::Text(fields, text);
                give(place, &Sample { column, alleles: fields.alleles, value })
            }),
            Fields::Binary(fields) => (0..columns.total()).try_for_each(|column| {
                let Some(place) = is_next(column) else { return Ok(()) };
                give(place, &Sample { column, alleles: fields.alleles, value: Value::Binary(fields) })
            }),
        }
    }
}

impl Sample<'_, '_> {
    /// Genotype quality; a fraction, as some callers write, is rounded.
    pub(crate) fn gq(&self) -> Result<Option<u32>, Fault> {
        self.number(Name::Gq, 0)
    }

    /// Read depth.
    pub(crate) fn dp(&self) -> Result<Option<u32>, Fault> {
        self.number(Name::Dp, 0)
    }

    /// Smallest depth of a block.
    pub(crate) fn min_dp(&self) -> Result<Option<u32>, Fault> {
        self.number(Name::MinDp, 0)
    }

    /// Reads of an allele, 0 the reference.
    pub(crate) fn ad(&self, allele: usize) -> Result<Option<u32>, Fault> {
        let count = match &self.value {
            Value::Text(fields, text) => fields.count(text, Name::Ad),
            Value::Binary(fields) => fields.count(self.column, Name::Ad),
        };
        // A single `.` stands for the whole list.
        if count == 0 {
            return Ok(None);
        }
        if count != self.alleles {
            return Err(Fault::sample(
                self.column,
                format!("{count} values of `AD`"),
                "one for REF and for each ALT, or drop the field (`bcftools annotate -x FORMAT/AD`)",
            ));
        }
        self.number(Name::Ad, allele)
    }

    fn number(&self, name: Name, index: usize) -> Result<Option<u32>, Fault> {
        let number = match &self.value {
            Value::Text(fields, text) => fields.number(text, name, index),
            Value::Binary(fields) => fields.number(self.column, name, index),
        };
        match number {
            Number::Missing => Ok(None),
            Number::Known(value) if (0.0..=f64::from(i32::MAX)).contains(&value) => {
                Ok(Some(value.round() as u32))
            }
            Number::Known(_) | Number::Wrong => Err(Fault::sample(
                self.column,
                format!("a value of `{}` that is no whole number from 0", name.text()),
                format!(
                    "such a number or `.`, or drop the field (`bcftools annotate -x FORMAT/{}`)",
                    name.text()
                ),
            )),
        }
    }
}
