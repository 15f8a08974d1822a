//! Finding a term by a name, however it is typed: full or half width, either kana, capitals or not.

use crate::library::Library;
use crate::term::Term;
use unicode_normalization::UnicodeNormalization;

/// A name without what spellings differ in: compatibility forms (NFKC), case, the two kana, spaces and signs.
pub fn fold(name: &str) -> String {
    let wide = name.nfkc().flat_map(char::to_lowercase);
    let hiragana = wide.map(|c| match c {
        // The block of katakana lies 0x60 above the one of hiragana.
        'ァ'..='ヶ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        other => other,
    });
    hiragana.filter(|c| c.is_alphanumeric()).collect()
}

/// Every name of a library's terms, folded and in order.
#[derive(Debug)]
pub struct Spellings {
    names: Vec<(String, u32)>,
}

impl Spellings {
    /// The names of every term that is in use.
    pub fn of(library: &Library) -> Spellings {
        let terms = library.terms().enumerate().filter(|(_, term)| !term.obsolete);
        let names = terms.flat_map(|(place, term)| {
            let place = u32::try_from(place).unwrap_or(u32::MAX);
            std::iter::once(term.id.as_str()).chain(term.every_name()).map(move |name| (fold(name), place))
        });
        let mut names: Vec<(String, u32)> = names.filter(|(name, _)| !name.is_empty()).collect();
        names.sort();
        names.dedup();
        Spellings { names }
    }

    /// Terms of the library they were made of whose name is the text, begins with it, or holds it: in this
    /// order, each once, at most `limit`.
    pub fn find<'a>(&self, library: &'a Library, text: &str, limit: usize) -> Vec<&'a Term> {
        let wanted = fold(text);
        let mut found: Vec<u32> = Vec::new();
        if wanted.is_empty() {
            return Vec::new();
        }
        let from = self.names.partition_point(|(name, _)| *name < wanted);
        // In order: the text itself comes before what begins with it.
        let begin = self.names[from..].iter().take_while(|(name, _)| name.starts_with(&wanted));
        let hold = self.names.iter().filter(|(name, _)| name.contains(&wanted));
        for (_, place) in begin.chain(hold) {
            if found.len() == limit {
                break;
            }
            if !found.contains(place) {
                found.push(*place);
            }
        }
        found.into_iter().filter_map(|place| library.terms().nth(place as usize)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_are_one() {
        for same in ["べーちぇっとびょう", "ベーチェットびょう", "ﾍﾞｰﾁｪｯﾄびょう", "べーちぇっと びょう"]
        {
            assert_eq!(fold(same), "べーちぇっとびょう", "{same}");
        }
        assert_eq!(fold("Behçet's  Disease"), fold("ＢＥＨÇＥＴ'Ｓ disease"));
        assert_eq!(fold("肝型糖原病Ⅰ型"), fold("肝型糖原病I型"));
        assert_eq!(fold("NANDO:1200286"), "nando1200286");
    }
}
