//! A Beacon request, understood: which entries, the variants meant, the filters, how much is to be told, which page
//! of it, which releases, and why. Never asks the gate.

use super::entry_type::EntryType;
use super::fields::Fields;
use super::filter::Filter;
use super::granularity::WORDS;
use super::page::Page;
use super::query::VariantQuery;
use super::route::Route;
use crate::frequency::ask::{PURPOSE_DEFAULT, parsed};
use crate::status::BadParameter;
use gj_gate::Granularity;
use gj_model::{ApplicationId, FreezeName, Grouping, Purpose};
use serde_json::{Map, Value};

/// Releases in one request at most.
const DATASETS_MAX: usize = 10;

/// Which releases are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Include {
    All,
    Hit,
    Miss,
    None,
}

/// A request.
#[derive(Debug)]
pub(crate) struct Request {
    /// The entry type that is returned.
    pub(crate) entry: &'static EntryType,
    /// The variants meant; `None` where none are named.
    pub(crate) query: Option<VariantQuery>,
    pub(crate) filters: Vec<Filter>,
    /// As asked for.
    pub(crate) requested: Granularity,
    /// As told: at most what was asked for.
    pub(crate) granularity: Granularity,
    pub(crate) include: Include,
    pub(crate) page: Page,
    /// A token of the page before or behind this one.
    pub(crate) token: Option<String>,
    /// Empty: the newest.
    pub(crate) datasets: Vec<FreezeName>,
    pub(crate) purpose: Purpose,
    pub(crate) by: Grouping,
    /// The granted project it is asked under.
    pub(crate) project: Option<ApplicationId>,
    /// Whether the form of an answer is wanted, not its content.
    pub(crate) test: bool,
    /// Parameters as received.
    pub(crate) echo: Map<String, Value>,
}

impl Include {
    const ALL: [(&str, Include); 4] =
        [("ALL", Include::All), ("HIT", Include::Hit), ("MISS", Include::Miss), ("NONE", Include::None)];

    pub(crate) fn name(self) -> &'static str {
        Include::ALL.iter().find(|(_, one)| *one == self).map_or("HIT", |(name, _)| name)
    }

    /// Whether a release is listed, given whether it has a hit.
    pub(crate) fn lists(self, hit: bool) -> bool {
        match self {
            Include::All => true,
            Include::Hit => hit,
            Include::Miss => !hit,
            Include::None => false,
        }
    }
}

impl Request {
    /// Reads a request to an address. An id in it names a variant where the address is about variants.
    ///
    /// # Errors
    /// The first parameter that cannot be understood.
    pub(crate) fn read(route: &Route, fields: &Fields) -> Result<Request, BadParameter> {
        let releases = [fields.get("datasets"), fields.get("cohorts")].into_iter().flatten();
        let datasets = releases.flat_map(|list| list.split(',')).map(str::trim);
        let datasets: Vec<FreezeName> = datasets
            .filter(|name| !name.is_empty())
            .map(|name| parsed("datasets", name))
            .collect::<Result<_, _>>()?;
        if datasets.len() > DATASETS_MAX {
            return Err(BadParameter::new("datasets", "", format!("at most {DATASETS_MAX} releases")));
        }
        let id = route.id.as_deref().filter(|_| route.entry().id == EntryType::variants().id);
        let requested = word(fields, "requestedGranularity", &WORDS)?.unwrap_or(Granularity::Record);
        let tokens: Vec<&str> =
            ["nextPage", "previousPage", "currentPage"].iter().filter_map(|name| fields.get(name)).collect();
        if tokens.len() > 1 {
            return Err(BadParameter::new("previousPage", tokens[1], "one token of a page"));
        }
        Ok(Request {
            entry: route.returned(),
            query: VariantQuery::read(fields, id)?,
            filters: fields.filters().to_vec(),
            requested,
            granularity: requested.min(route.returned().ceiling),
            include: word(fields, "includeResultsetResponses", &Include::ALL)?.unwrap_or(Include::Hit),
            page: Page::read(fields)?,
            token: tokens.first().map(|token| (*token).to_owned()),
            datasets,
            purpose: parsed("purpose", fields.get("purpose").unwrap_or(PURPOSE_DEFAULT))?,
            by: parsed("by", fields.get("by").unwrap_or_default())?,
            project: fields.get("project").map(|project| parsed("project", project)).transpose()?,
            test: word(fields, "testMode", &[("true", true), ("false", false)])?.unwrap_or(false),
            echo: fields.echo(),
        })
    }
}

fn word<T: Copy>(fields: &Fields, name: &str, words: &[(&str, T)]) -> Result<Option<T>, BadParameter> {
    let Some(text) = fields.get(name) else { return Ok(None) };
    let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
    found.map(|(_, meaning)| Some(*meaning)).ok_or_else(|| {
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        BadParameter::new(name, text, format!("one of {}", names.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(more: &str) -> Result<Request, BadParameter> {
        let route = Route::of("/api/beacon/v2/g_variants").unwrap();
        Request::read(&route, &Fields::from_query(&format!("referenceName=22&start=5&end=9{more}")).unwrap())
    }

    #[test]
    fn skip_counts_pages_and_zero_is_the_most() {
        let records: Vec<usize> = (0..2_500).collect();
        let page = |more: &str| request(more).unwrap().page.of(&records).to_vec();
        assert_eq!(page(""), (0..10).collect::<Vec<_>>());
        assert_eq!(page("&skip=2&limit=100"), (200..300).collect::<Vec<_>>());
        assert_eq!(page("&limit=0"), (0..1_000).collect::<Vec<_>>());
        assert_eq!(page("&limit=5000&skip=2"), (2_000..2_500).collect::<Vec<_>>());
        assert!(page("&skip=9999999999999999999&limit=1000").is_empty());
        assert!(request("&limit=-1").is_err());
    }

    #[test]
    fn words_are_read_or_refused() {
        let read =
            request("&requestedGranularity=count&includeResultsetResponses=ALL&datasets=a,b&testMode=true")
                .unwrap();
        assert_eq!(
            (read.granularity, read.include, read.datasets.len(), read.test),
            (Granularity::Count, Include::All, 2, true)
        );
        assert_eq!(request("").unwrap().granularity, Granularity::Record);
        assert!(request("&requestedGranularity=aggregated").is_err());
        assert!(request("&datasets=..").is_err());
    }
}
