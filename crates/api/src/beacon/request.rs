//! A Beacon request, understood: the variants meant, how much is to be told, which page of it, which
//! releases, and why. Never asks the gate.

use super::fields::Fields;
use super::query::VariantQuery;
use crate::frequency::ask::{PURPOSE_DEFAULT, parsed};
use crate::status::BadParameter;
use gj_model::{ApplicationId, FreezeName, Grouping, Purpose};
use serde_json::{Map, Value};

/// Records a page, where a request does not say.
const LIMIT_DEFAULT: usize = 10;
/// Records a page at most.
const LIMIT_MAX: usize = 1_000;
/// Releases in one request at most.
const DATASETS_MAX: usize = 10;

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Granularity {
    Boolean,
    Count,
    Record,
}

/// Which releases are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Include {
    All,
    Hit,
    Miss,
    None,
}

/// A page of records. `skip` counts pages, not records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) skip: usize,
    pub(crate) limit: usize,
}

/// A request.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) query: VariantQuery,
    pub(crate) granularity: Granularity,
    pub(crate) include: Include,
    pub(crate) page: Page,
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

impl Granularity {
    const ALL: [(&str, Granularity); 3] =
        [("boolean", Granularity::Boolean), ("count", Granularity::Count), ("record", Granularity::Record)];

    pub(crate) fn name(self) -> &'static str {
        Granularity::ALL.iter().find(|(_, one)| *one == self).map_or("boolean", |(name, _)| name)
    }
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

impl Default for Page {
    fn default() -> Page {
        Page { skip: 0, limit: LIMIT_DEFAULT }
    }
}

impl Page {
    fn read(fields: &Fields) -> Result<Page, BadParameter> {
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

impl Request {
    pub(crate) fn read(fields: &Fields) -> Result<Request, BadParameter> {
        let datasets = fields.get("datasets").unwrap_or_default().split(',').map(str::trim);
        let datasets: Vec<FreezeName> = datasets
            .filter(|name| !name.is_empty())
            .map(|name| parsed("datasets", name))
            .collect::<Result<_, _>>()?;
        if datasets.len() > DATASETS_MAX {
            return Err(BadParameter::new("datasets", "", format!("at most {DATASETS_MAX} releases")));
        }
        Ok(Request {
            query: VariantQuery::read(fields)?,
            granularity: word(fields, "requestedGranularity", &Granularity::ALL)?
                .unwrap_or(Granularity::Record),
            include: word(fields, "includeResultsetResponses", &Include::ALL)?.unwrap_or(Include::Hit),
            page: Page::read(fields)?,
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
        Request::read(&Fields::from_query(&format!("referenceName=22&start=5&end=9{more}")).unwrap())
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
