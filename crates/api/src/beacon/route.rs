//! Which entries an address of the Beacon is about: `g_variants`, `datasets/{id}/g_variants`. Pure.

use super::BASE;
use super::entry_type::EntryType;

/// An address below the beacon's own, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    /// The entry type of the first part, by its path.
    pub(crate) entry: &'static str,
    /// `{id}`, decoded.
    pub(crate) id: Option<String>,
    /// What is asked of it: the path of an entry type, or `filtering_terms`.
    pub(crate) below: Option<&'static str>,
}

/// The part of an address that lists filters.
pub(crate) const FILTERING_TERMS: &str = "filtering_terms";

impl Route {
    /// Reads the path of a request; `None` for an address that the router does not have.
    pub(crate) fn of(path: &str) -> Option<Route> {
        let parts: Vec<&str> = path.strip_prefix(BASE)?.trim_matches('/').split('/').collect();
        let entry = EntryType::at(parts[0])?;
        let below = |part: &str| {
            let listed = entry.below.iter().find(|path| **path == part).copied();
            listed.or((part == FILTERING_TERMS && entry.has_filtering_terms).then_some(FILTERING_TERMS))
        };
        let (id, below) = match parts[1..] {
            [] => (None, None),
            [FILTERING_TERMS] if entry.id == "individual" => (None, Some(FILTERING_TERMS)),
            [id] => (Some(decoded(id)), None),
            [id, part] => (Some(decoded(id)), Some(below(part)?)),
            _ => return None,
        };
        Some(Route { entry: entry.path, id, below })
    }

    /// The entry type that the first part names.
    pub(crate) fn entry(&self) -> &'static EntryType {
        EntryType::at(self.entry).unwrap_or_else(EntryType::variants)
    }

    /// The entry type that is returned.
    pub(crate) fn returned(&self) -> &'static EntryType {
        self.below.and_then(EntryType::at).unwrap_or_else(|| self.entry())
    }

    /// Whether it is about one person, or one of a person's samples.
    pub(crate) fn is_personal(&self) -> bool {
        self.id.is_some() && self.entry().is_personal()
    }
}

/// A part of a path without its percent signs.
fn decoded(part: &str) -> String {
    // A plus sign is itself in a path.
    let query = format!("part={}", part.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(query.as_bytes()).next().map_or_else(String::new, |(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        let of = |path: &str| Route::of(&format!("{BASE}{path}"));
        let route = of("/g_variants/NC_000022.11%3Ag.42127941G%3EA/individuals").unwrap();
        assert_eq!(route.id.as_deref(), Some("NC_000022.11:g.42127941G>A"));
        assert_eq!((route.entry().id, route.returned().id), ("genomicVariant", "individual"));
        assert!(!route.is_personal());
        assert!(of("/individuals/x/runs").unwrap().is_personal());
        assert_eq!(of("/individuals/filtering_terms").unwrap().below, Some(FILTERING_TERMS));
        for none in ["/persons", "/runs/x/individuals", "/runs/x/filtering_terms", "/runs/x/analyses/y"] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
