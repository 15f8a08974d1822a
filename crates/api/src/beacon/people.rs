//! People, their samples, runs and analyses: counted, never listed. There is one sample, one run and one analysis
//! for each person of a release, so that the four counts are one.
//!
//! People of a release, a contributor or a stratum are counted as the public overview shows them; carriers of a
//! variant by the cells of its frequency, which passed disclosure control.

use super::envelope::meta;
use super::narrowing::{Group, counted};
use super::request::Request;
use super::sites::Set;
use crate::status::BadParameter;
use gj_gate::Granularity;
use gj_gate::acts::overview::FreezeCard;
use gj_model::{Cells, Grouping};
use serde_json::{Value, json};

/// How many people there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    /// As many.
    Exact(u32),
    /// At least one; how many is hidden.
    Hidden,
}

/// People of a release.
///
/// # Errors
/// A split by which a release's people are not shown.
pub(crate) fn of_release(card: &FreezeCard, group: Option<&Group>) -> Result<Count, BadParameter> {
    let shown = |people: Option<u32>| people.map_or(Count::Hidden, Count::Exact);
    let Some(group) = group else { return Ok(shown(card.people)) };
    let groups = match group.split {
        Grouping::Stratum => &card.strata,
        Grouping::Contributor => &card.contributors,
        _ => {
            let expected = "with it a variant, whose carriers are counted by sex; the people of a release are shown \
                by stratum and contributor";
            return Err(BadParameter::new("filters", group.split.name(), expected));
        }
    };
    let found = groups.iter().find(|found| found.id == group.name);
    let own = found.map_or(Some(0), |found| found.people);
    Ok(shown(match group.others {
        false => own,
        true => card.people.zip(own).and_then(|(all, own)| all.checked_sub(own)),
    }))
}

/// Carriers of the variant of a set.
///
/// # Errors
/// Where the query means several variants that somebody carries.
pub(crate) fn carriers(set: &Set) -> Result<Count, BadParameter> {
    match &set.sites[..] {
        [] if set.total == 0 => Ok(Count::Exact(0)),
        [site] if set.total == 1 => {
            Ok(counted(site, set.group.as_ref()).map_or(Count::Exact(0), carriers_of))
        }
        _ => {
            let expected = "one variant: its carriers are counted; who carries one of several is not";
            Err(BadParameter::new("referenceName", &format!("{} variants", set.total), expected))
        }
    }
}

/// People with the allele: alternate alleles, less those that are a second one of the same person.
fn carriers_of(cells: Cells) -> Count {
    match (cells.ac, cells.hom) {
        (Some(ac), Some(hom)) => Count::Exact(ac.saturating_sub(hom)),
        _ => Count::Hidden,
    }
}

/// The body of an answer. A hidden count is told as such: the answer falls back to whether there is anybody.
pub(crate) fn body(request: &Request, count: Count) -> Value {
    let mut body =
        json!({ "meta": meta(request), "responseSummary": { "exists": count != Count::Exact(0) } });
    if request.granularity == Granularity::Boolean {
        return body;
    }
    match count {
        Count::Exact(people) => {
            body["responseSummary"]["numTotalResults"] = json!(people);
            body["responseSummary"]["countPrecision"] = json!("exact");
        }
        Count::Hidden => {
            body["meta"]["returnedGranularity"] = json!("boolean");
            body["responseSummary"]["countPrecision"] = json!("imprecise");
            body["responseSummary"]["countAdjustedTo"] = json!(["hidden"]);
        }
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carriers_are_counted_from_shown_cells_only() {
        // 3 homozygous, 4 heterozygous.
        let cells = Cells { ac: Some(10), an: Some(200), hom: Some(3), hemi: Some(0), people: Some(100) };
        assert_eq!(carriers_of(cells), Count::Exact(7));
        assert_eq!(carriers_of(Cells { hom: None, ..cells }), Count::Hidden);
        // On X: 2 women with two, 5 men with one.
        let x = Cells { ac: Some(9), hom: Some(2), hemi: Some(5), ..cells };
        assert_eq!(carriers_of(x), Count::Exact(7));
    }
}
