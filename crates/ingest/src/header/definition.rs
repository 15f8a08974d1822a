//! What INFO and FORMAT lines define: the number and the type of a field's values.
//!
//! Sources: VCF specification 4.1 to 4.5, sections 1.4.2 and 1.4.4. A field defined twice alike is accepted, a
//! contradiction is not.

use super::Minor;
use super::meta_line::{Field, value};
use super::reserved::{Place, Reserved};
use crate::error::{Fault, clip};
use std::collections::HashMap;

/// How many values a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    Fixed(u32),
    /// One for each alternate allele.
    Alternates,
    /// One for each allele.
    Alleles,
    /// One for each possible genotype.
    Genotypes,
    Unknown,
}

/// What the values of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Integer,
    Float,
    Flag,
    Character,
    String,
}

/// An INFO or FORMAT field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Definition {
    pub(crate) id: String,
    pub(crate) number: Number,
    pub(crate) kind: Kind,
    /// The specification's own field of this name.
    pub(crate) reserved: Option<&'static Reserved>,
}

/// INFO or FORMAT fields by name.
#[derive(Debug, Default)]
pub(crate) struct Definitions(HashMap<Vec<u8>, Definition>);

impl Definitions {
    /// The field of this name, as the header or else the specification defines it.
    pub(crate) fn get(&self, id: &[u8]) -> Option<&Definition> {
        self.0.get(id)
    }

    pub(crate) fn add(&mut self, definition: Definition) -> Result<(), Fault> {
        if let Some(first) = self.0.get(definition.id.as_bytes()) {
            if (first.number, first.kind) != (definition.number, definition.kind) {
                return Err(Fault::header(
                    format!("a second, different definition of `{}`", clip(definition.id.as_bytes())),
                    "one definition a field",
                ));
            }
            return Ok(());
        }
        self.0.insert(definition.id.clone().into_bytes(), definition);
        Ok(())
    }

    /// Fills in the specification's own fields where the header does not define them.
    pub(crate) fn add_reserved(&mut self, place: Place, minor: Minor) {
        for reserved in place.reserved().iter().filter(|reserved| reserved.since <= minor) {
            self.0.entry(reserved.id.as_bytes().to_vec()).or_insert_with(|| Definition {
                id: reserved.id.to_owned(),
                number: reserved.number,
                kind: reserved.kinds[0],
                reserved: Some(reserved),
            });
        }
    }
}

impl Definition {
    /// Reads the fields of an INFO or FORMAT line.
    pub(crate) fn parse(fields: &[Field<'_>], place: Place, minor: Minor) -> Result<Definition, Fault> {
        described(fields)?;
        let id = fields[0].value;
        let missing = |key: &str| Fault::header(format!("`{}` without {key}", clip(id.as_bytes())), key);
        let number = number(value(fields, "Number").ok_or_else(|| missing("Number"))?)?;
        let kind = kind(value(fields, "Type").ok_or_else(|| missing("Type"))?)?;
        if place == Place::Format && kind == Kind::Flag {
            return Err(Fault::header("a FORMAT field of Type=Flag", "Integer, Float, Character or String"));
        }
        // GATK separates the alleles of its allele-specific fields by `|`, against its own definitions,
        // and some of its versions define such a field twice.
        if id.starts_with("AS_") {
            let (number, kind) = (Number::Unknown, Kind::String);
            return Ok(Definition { id: id.to_owned(), number, kind, reserved: None });
        }
        let reserved = place.reserved().iter().find(|reserved| reserved.id == id && reserved.since <= minor);
        if let Some(reserved) = reserved {
            reserved.check(number, kind)?;
        }
        Ok(Definition { id: id.to_owned(), number, kind, reserved })
    }
}

pub(crate) fn number(text: &str) -> Result<Number, Fault> {
    Ok(match text {
        "A" => Number::Alternates,
        "R" => Number::Alleles,
        "G" => Number::Genotypes,
        // LA, LR, LG, P and M are of version 4.5: local alleles, ploidy and base modifications.
        "." | "LA" | "LR" | "LG" | "P" | "M" => Number::Unknown,
        _ => Number::Fixed(text.parse().map_err(|_| {
            Fault::header(
                format!("Number=`{}`", clip(text.as_bytes())),
                "a whole number, `A`, `R`, `G` or `.`",
            )
        })?),
    })
}

pub(crate) fn kind(text: &str) -> Result<Kind, Fault> {
    Ok(match text {
        "Integer" => Kind::Integer,
        "Float" => Kind::Float,
        "Flag" => Kind::Flag,
        "Character" => Kind::Character,
        "String" => Kind::String,
        _ => {
            return Err(Fault::header(
                format!("Type=`{}`", clip(text.as_bytes())),
                "Integer, Float, Flag, Character or String",
            ));
        }
    })
}

/// An ID first, a Description in quotation marks, and the known keys in the order of the specification.
pub(crate) fn described(fields: &[Field<'_>]) -> Result<(), Fault> {
    identified(fields)?;
    let id = clip(fields[0].value.as_bytes());
    match fields.iter().find(|field| field.key == "Description") {
        Some(description) if description.quoted => {}
        Some(_) => {
            return Err(Fault::header(
                format!("the Description of `{id}` without quotation marks"),
                "Description=\"…\"",
            ));
        }
        None => return Err(Fault::header(format!("`{id}` without a Description"), "Description=\"…\"")),
    }
    let order = ["ID", "Number", "Type", "Description"];
    let ranks: Vec<usize> =
        fields.iter().filter_map(|field| order.iter().position(|key| *key == field.key)).collect();
    if ranks.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(Fault::header(
            format!("the keys of `{id}` repeated or out of order"),
            "ID, Number, Type, Description, in this order",
        ));
    }
    Ok(())
}

pub(crate) fn identified(fields: &[Field<'_>]) -> Result<(), Fault> {
    match fields.first() {
        Some(field) if field.key == "ID" && is_word(field.value) => Ok(()),
        Some(field) if field.key == "ID" => Err(Fault::header(
            format!("the ID `{}`", clip(field.value.as_bytes())),
            "an ID without spaces, angle brackets, semicolons or equals signs",
        )),
        _ => Err(Fault::header("a line whose first key is not ID", "`<ID=…`")),
    }
}

pub(crate) fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.contains([' ', '\t', '<', '>', ';', '='])
}
