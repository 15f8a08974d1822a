//! Pages of records: by number, and by tokens that say where the page begins, so that a deep page costs what the
//! first does. A token is signed, bound to its question, its user and its release, and forgotten when the server
//! ends.

use super::fields::Fields;
use crate::status::BadParameter;
use gj_model::Variant;
use std::sync::OnceLock;

/// Records a page, where a request does not say.
const LIMIT_DEFAULT: usize = 10;
/// Records a page at most.
pub(crate) const LIMIT_MAX: usize = 1_000;

/// A page of records. `skip` counts pages, not records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) skip: usize,
    pub(crate) limit: usize,
}

/// Which way a token's page lies from the variant it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Behind it.
    Next,
    /// Before it.
    Previous,
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) way: Way,
    /// Pages before the one it leads to.
    pub(crate) skip: usize,
    /// Records of all pages.
    pub(crate) total: usize,
    /// Bases that a page took so far: how far to look first.
    pub(crate) span: u32,
    /// The last record before the page, or the first behind it.
    pub(crate) edge: Variant,
}

impl Default for Page {
    fn default() -> Page {
        Page { skip: 0, limit: LIMIT_DEFAULT }
    }
}

impl Page {
    pub(crate) fn read(fields: &Fields) -> Result<Page, BadParameter> {
        let number = |name: &str, default: usize| match fields.get(name) {
            Some(text) => text.parse().map_err(|_| BadParameter::new(name, text, "a whole number from 0")),
            None => Ok(default),
        };
        let limit = match number("limit", LIMIT_DEFAULT)? {
            0 => LIMIT_MAX,
            limit => limit.min(LIMIT_MAX),
        };
        Ok(Page { skip: number("skip", 0)?, limit })
    }

    /// The records of this page.
    pub(crate) fn of<T>(self, records: &[T]) -> &[T] {
        let first = self.skip.saturating_mul(self.limit).min(records.len());
        let end = first.saturating_add(self.limit).min(records.len());
        &records[first..end]
    }
}

impl Cursor {
    /// The token. `question` is everything that decides which records there are, in what order.
    pub(crate) fn token(&self, question: &str) -> String {
        let way = if self.way == Way::Next { 'n' } else { 'p' };
        let said = format!("{way}.{}.{}.{}.{}", self.skip, self.total, self.span, self.edge);
        format!("{said}.{}", signature(&said, question))
    }

    /// Reads a token.
    ///
    /// # Errors
    /// One that this server did not give for this question.
    pub(crate) fn read(token: &str, question: &str) -> Result<Cursor, BadParameter> {
        let parsed = token.rsplit_once('.').and_then(|(said, signed)| {
            // Both are digests of ours: what an early difference tells is of no use.
            (signature(said, question) == signed).then_some(())?;
            let mut parts = said.splitn(5, '.');
            let way = if parts.next()? == "n" { Way::Next } else { Way::Previous };
            let mut number = || parts.next()?.parse::<usize>().ok();
            let (skip, total, span) = (number()?, number()?, number()?);
            Some(Cursor {
                way,
                skip,
                total,
                span: u32::try_from(span).ok()?,
                edge: parts.next()?.parse().ok()?,
            })
        });
        parsed.ok_or_else(|| {
            let expected = "a token of this very question from its last page, given since this server started; \
                ask without it for the first page";
            BadParameter::new("nextPage", token, expected)
        })
    }
}

/// A keyed digest; the key is made up when the server starts.
fn signature(said: &str, question: &str) -> String {
    static KEY: OnceLock<[u8; 32]> = OnceLock::new();
    let key = KEY.get_or_init(|| {
        let mut key = [0; 32];
        getrandom::fill(&mut key).expect("the operating system gives random bytes");
        key
    });
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(&(question.len() as u64).to_le_bytes());
    hasher.update(question.as_bytes());
    hasher.update(said.as_bytes());
    hasher.finalize().to_hex()[..32].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_of_one_question_and_cannot_be_made_up() {
        let cursor = Cursor {
            way: Way::Next,
            skip: 7,
            total: 90,
            span: 1_000,
            edge: "chr22-42127941-G-A".parse().unwrap(),
        };
        let token = cursor.token("q");
        assert_eq!(Cursor::read(&token, "q").unwrap(), cursor);
        assert!(Cursor::read(&token, "other").is_err());
        assert!(Cursor::read(&token.replace("n.7", "n.8"), "q").is_err());
        for made_up in
            ["", "n.1.1.1.chr22-5-G-A", "n.1.1.1.chr22-5-G-A.00000000000000000000000000000000", "ä.ö"]
        {
            assert!(Cursor::read(made_up, "q").is_err());
        }
        // What goes into an address needs no escape.
        assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-')));
    }
}
