//! What must be hidden inside one group, whatever other groups show.

use gj_model::Counts;

pub(crate) const AC: usize = 0;
pub(crate) const AN: usize = 1;
pub(crate) const HOM: usize = 2;
pub(crate) const HEMI: usize = 3;
pub(crate) const PEOPLE: usize = 4;

/// Differences of shown counts that count people or alleles themselves: coefficients of
/// `ac, an, hom, hemi, people`.
const DIFFERENCES: [[i64; 5]; 9] = [
    [-1, 1, 0, 0, 0],  // reference alleles
    [1, 0, -2, -1, 0], // heterozygous people
    [-1, 0, 1, 0, 1],  // people without the allele
    [1, 0, -1, 0, 0],  // carriers
    [1, 0, -1, -1, 0], // carriers with a second copy of the chromosome
    [1, 0, 0, -1, 0],  // alternate alleles outside hemizygous people
    [0, 0, -1, 0, 1],  // people not homozygous
    [0, 0, 0, -1, 1],  // people not hemizygous
    [0, 0, -1, -1, 1], // people neither
];

/// Flags by measure: the small counts, and one term of each small difference.
pub(crate) fn hidden(counts: Counts, smallest: u32) -> [bool; 5] {
    let values = [counts.ac, counts.an, counts.hom, counts.hemi, counts.people];
    let small = |value: i64| (1..i64::from(smallest)).contains(&value);
    let mut hidden = values.map(|value| small(i64::from(value)));
    if hidden[PEOPLE] {
        // A group this small shows nothing but zeros.
        return values.map(|value| value > 0);
    }
    tie(counts, &mut hidden, smallest);
    hidden
}

/// Hides what the measures still shown would give away together.
pub(crate) fn tie(counts: Counts, hidden: &mut [bool; 5], smallest: u32) {
    let values = [counts.ac, counts.an, counts.hom, counts.hemi, counts.people];
    let small = |value: i64| (1..i64::from(smallest)).contains(&value);
    for terms in DIFFERENCES {
        let value: i64 = terms.iter().zip(values).map(|(factor, value)| factor * i64::from(value)).sum();
        // A zero is always shown, so only terms that are not zero can keep a difference from being computed.
        let used = |m: usize| terms[m] != 0 && values[m] > 0;
        let computable = (0..5).all(|m| !used(m) || !hidden[m]);
        if small(value)
            && computable
            && let Some(give) = [HOM, HEMI, AC, AN].into_iter().find(|m| used(*m))
        {
            hidden[give] = true;
        }
    }
    // Where every alternate allele is hemizygous the two counts are one number.
    if counts.ac == counts.hemi && counts.ac > 0 {
        let either = hidden[AC] || hidden[HEMI];
        (hidden[AC], hidden[HEMI]) = (either, either);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(ac: u32, an: u32, hom: u32, hemi: u32, people: u32) -> String {
        let hidden = hidden(Counts { ac, an, hom, hemi, people }, 10);
        ["ac", "an", "hom", "hemi", "people"]
            .iter()
            .zip(hidden)
            .filter(|(_, hidden)| *hidden)
            .map(|(name, _)| *name)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn small_counts_and_small_differences_are_hidden_and_zero_is_shown() {
        assert_eq!(flags(0, 208, 0, 0, 104), "");
        assert_eq!(flags(9, 208, 0, 0, 104), "ac");
        assert_eq!(flags(10, 208, 0, 0, 104), "");
        assert_eq!(flags(60, 208, 9, 0, 104), "hom");
        // 204 of 208: four reference alleles, and four people who are not homozygous.
        assert_eq!(flags(204, 208, 100, 0, 104), "ac hom");
        // Two homozygous of ten alleles: heterozygous 25 - 20 = 5.
        assert_eq!(flags(25, 208, 10, 0, 104), "hom");
        // Five people: only zeros.
        assert_eq!(flags(3, 10, 0, 0, 5), "ac an people");
        // Hemizygous only: one number under two names.
        assert_eq!(flags(3, 60, 0, 3, 60), "ac hemi");
    }
}
