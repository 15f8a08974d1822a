//! Places and names as people type them: regions, variants, contigs, ids.

use gj_model::{Contig, FreezeName, Grouping, InstitutionId, Region, UserId, Variant};
use std::fmt::{Debug, Display};
use std::str::FromStr;

/// The text of a question.
pub fn probe(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(region) = read::<Region>(text) {
        assert!(region.start <= region.end && region.end.get() <= region.contig.length());
        assert!(region.contains(region.contig, region.end.get()));
        assert!(region.span() >= 1 && region.span() <= region.contig.length());
    }
    if let Some(variant) = read::<Variant>(text) {
        assert!(variant.position.get() <= variant.contig.length() && variant.reference != variant.alternate);
    }
    read::<Contig>(text);
    read::<FreezeName>(text);
    read::<InstitutionId>(text);
    read::<UserId>(text);
    let _ = text.parse::<Grouping>();
}

fn read<T: FromStr<Err: Display> + Display + PartialEq + Debug>(text: &str) -> Option<T> {
    match text.parse::<T>() {
        Ok(value) => {
            assert_eq!(value.to_string().parse::<T>().ok().as_ref(), Some(&value), "written and read again");
            Some(value)
        }
        Err(error) => {
            assert!(error.to_string().len() < 1_000, "a message as long as what was typed");
            None
        }
    }
}
