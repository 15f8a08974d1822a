//! The rules of the smaller header lines: ALT, contig, SAMPLE, META, PEDIGREE and addresses.
//!
//! Sources: VCF specification 4.1 to 4.5, sections 1.4.5 to 1.4.9. Each function checks one line; none
//! keeps anything.

use super::Minor;
use super::definition::{Kind, Number, described, identified, is_word, kind, number};
use super::meta_line::{Field, Value, value};
use crate::error::{Fault, clip};

/// ALT: the types of structural variants are DEL, INS, DUP, INV and CNV, subtypes follow a colon; any
/// other name must be whole. Writers do put Number and Type there; then they must make sense.
pub(crate) fn alternate(fields: &[Field<'_>]) -> Result<(), Fault> {
    // An ID may hold `=` and `;` here, unlike elsewhere.
    let id = fields.first().filter(|field| field.key == "ID").map_or("", |field| field.value);
    if id.is_empty() || id.contains([' ', '\t', '<', '>']) {
        return Err(Fault::header(
            format!("the ALT ID `{}`", clip(id.as_bytes())),
            "an ID without spaces or angle brackets, first in its line",
        ));
    }
    if let Some((first, _)) = id.split_once(':')
        && !["DEL", "INS", "DUP", "INV", "CNV", "BND", "*"].contains(&first)
    {
        return Err(Fault::header(
            format!("the structural type `{}` in an ALT ID", clip(first.as_bytes())),
            "DEL, INS, DUP, INV or CNV before the colon",
        ));
    }
    let mut plain = fields.to_vec();
    plain[0].value = "ALT";
    described(&plain)?;
    value(fields, "Number").map_or(Ok(Number::Unknown), number)?;
    value(fields, "Type").map_or(Ok(Kind::String), kind)?;
    Ok(())
}

/// The name of a contig line.
pub(crate) fn contig_name<'a>(fields: &[Field<'a>]) -> Result<&'a str, Fault> {
    identified(fields)?;
    let name = fields[0].value;
    if is_contig_name(name.as_bytes()) {
        return Ok(name);
    }
    Err(Fault::header(format!("the contig ID `{}`", clip(name.as_bytes())), CONTIG_NAME))
}

/// What a contig's name is made of, for messages.
pub(crate) const CONTIG_NAME: &str =
    "a name of printable characters without spaces, commas, quotation marks, brackets or backslashes";

/// Version 4.3, section 1.4.7.
pub(crate) fn is_contig_name(name: &[u8]) -> bool {
    !name.is_empty()
        && !matches!(name[0], b'*' | b'=')
        && name.iter().all(|byte| byte.is_ascii_graphic() && !b"\\,\"'`()[]{}<>".contains(byte))
}

/// SAMPLE: an ID first. It names somebody, so no message repeats it.
pub(crate) fn sample(fields: &[Field<'_>]) -> Result<(), Fault> {
    match fields.first() {
        Some(field) if field.key == "ID" && is_word(field.value) && !field.value.contains('*') => Ok(()),
        _ => Err(Fault::header(
            "a SAMPLE line whose ID is missing or holds a space, bracket or `*`",
            "`##SAMPLE=<ID=…`, an ID of letters, digits and punctuation",
        )),
    }
}

/// META: what SAMPLE lines may say (version 4.3).
pub(crate) fn meta(fields: &[Field<'_>]) -> Result<(), Fault> {
    identified(fields)?;
    value(fields, "Number").map_or(Ok(Number::Unknown), number)?;
    value(fields, "Type").map_or(Ok(Kind::String), kind)?;
    match value(fields, "Values") {
        Some(values) if !values.starts_with('[') => {
            Err(Fault::header("META Values without square brackets", "`Values=[…, …]`"))
        }
        _ => Ok(()),
    }
}

/// Version 4.3 asks for an ID first; earlier versions name the relatives at once.
pub(crate) fn pedigree(fields: &[Field<'_>], minor: Minor) -> Result<(), Fault> {
    match fields.first() {
        Some(field) if minor < 3 || (field.key == "ID" && is_word(field.value)) => Ok(()),
        _ => Err(Fault::header("a PEDIGREE line whose first key is not an ID", "`##PEDIGREE=<ID=…`")),
    }
}

/// An address: `scheme://host/…` needs a host that is a name or four numbers.
pub(crate) fn url(key: &str, address: &Value<'_>) -> Result<(), Fault> {
    let fault = |found: &str| Fault::header(format!("`{}` as {key}", clip(found.as_bytes())), "an address");
    let Value::Plain(address) = address else { return Err(fault("<…>")) };
    let bare = address.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(address);
    let Some((scheme, rest)) = bare.split_once("://") else {
        return if bare.is_empty() { Err(fault(address)) } else { Ok(()) };
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let is_numbers = host.split('.').count() == 4 && host.split('.').all(|part| part.parse::<u8>().is_ok());
    let is_name = host.contains(|c: char| c.is_alphabetic());
    if scheme == "file" || is_numbers || is_name { Ok(()) } else { Err(fault(address)) }
}
