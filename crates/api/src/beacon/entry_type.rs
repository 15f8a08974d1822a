//! The entry types of the default model: their names, addresses and schemas, and how much is told of each at most.
//! What the Beacon says of itself, the router and the answers are made from this table.

use gj_gate::Granularity;

/// One entry type.
#[derive(Debug)]
pub(crate) struct EntryType {
    /// As the default model names it: `genomicVariant`.
    pub(crate) id: &'static str,
    /// Its address below the beacon's: `g_variants`.
    pub(crate) path: &'static str,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    /// Ontology term: id and label.
    pub(crate) term: (&'static str, &'static str),
    /// Folder of its schema in the specification.
    pub(crate) folder: &'static str,
    /// Version of its schema.
    pub(crate) schema_version: &'static str,
    /// The most that anybody is told.
    pub(crate) ceiling: Granularity,
    /// Addresses of the entry types below `{id}`.
    pub(crate) below: &'static [&'static str],
    /// Whether there is `{id}/filtering_terms`.
    pub(crate) has_filtering_terms: bool,
    /// For a collection, what of.
    pub(crate) collects: Option<&'static str>,
    /// Whether it may be asked for without any condition.
    pub(crate) unfiltered: bool,
}

/// All entry types.
pub(crate) const ENTRY_TYPES: [EntryType; 7] = [
    EntryType {
        id: "analysis",
        path: "analyses",
        name: "Bioinformatics analysis",
        description: "One for each sample: how its genome was called. Counted, never shown.",
        term: ("EDAM:operation_2945", "Analysis"),
        folder: "analyses",
        schema_version: "v2.0.0",
        ceiling: Granularity::Count,
        below: &["g_variants"],
        has_filtering_terms: false,
        collects: None,
        unfiltered: true,
    },
    EntryType {
        id: "biosample",
        path: "biosamples",
        name: "Biological Sample",
        description: "One for each person of a release. Counted, never shown.",
        term: ("NCIT:C70699", "Biospecimen"),
        folder: "biosamples",
        schema_version: "v2.0.0",
        ceiling: Granularity::Count,
        below: &["analyses", "g_variants", "runs"],
        has_filtering_terms: false,
        collects: None,
        unfiltered: true,
    },
    EntryType {
        id: "cohort",
        path: "cohorts",
        name: "Cohort",
        description: "A release: people counted together on a day, under a name and a digest to cite.",
        term: ("NCIT:C61512", "Cohort"),
        folder: "cohorts",
        schema_version: "v2.0.0",
        ceiling: Granularity::Record,
        below: &["analyses", "biosamples", "g_variants", "individuals", "runs"],
        has_filtering_terms: true,
        collects: Some("individual"),
        unfiltered: true,
    },
    EntryType {
        id: "dataset",
        path: "datasets",
        name: "Dataset",
        description: "What one institution contributed, with its terms of use.",
        term: ("NCIT:C47824", "Data set"),
        folder: "datasets",
        schema_version: "v2.0.0",
        ceiling: Granularity::Record,
        below: &["analyses", "biosamples", "g_variants", "individuals", "runs"],
        has_filtering_terms: true,
        collects: Some("genomicVariant"),
        unfiltered: true,
    },
    EntryType {
        id: "genomicVariant",
        path: "g_variants",
        name: "Genomic Variants",
        description: "Variants of a release with their allele frequencies; nothing about a single person.",
        term: ("ENSGLOSSARY:0000092", "Variant"),
        folder: "genomicVariations",
        schema_version: "v2.1.0",
        ceiling: Granularity::Record,
        below: &["analyses", "biosamples", "individuals", "runs"],
        has_filtering_terms: false,
        collects: None,
        // A query must name a place, a gene or a variant.
        unfiltered: false,
    },
    EntryType {
        id: "individual",
        path: "individuals",
        name: "Individual",
        description: "People of a release. Counted, never shown.",
        term: ("NCIT:C25190", "Person"),
        folder: "individuals",
        schema_version: "v2.0.0",
        ceiling: Granularity::Count,
        below: &["analyses", "biosamples", "g_variants", "runs"],
        has_filtering_terms: true,
        collects: None,
        unfiltered: true,
    },
    EntryType {
        id: "run",
        path: "runs",
        name: "Sequencing run",
        description: "One for each sample. Counted, never shown.",
        term: ("NCIT:C148088", "Sequencing run"),
        folder: "runs",
        schema_version: "v2.0.0",
        ceiling: Granularity::Count,
        below: &["analyses", "g_variants"],
        has_filtering_terms: false,
        collects: None,
        unfiltered: true,
    },
];

impl EntryType {
    /// The entry type at an address.
    pub(crate) fn at(path: &str) -> Option<&'static EntryType> {
        ENTRY_TYPES.iter().find(|entry| entry.path == path)
    }

    /// The entry type of an id; also of the names that clients write instead: `individuals`, `g_variant`,
    /// `genomicVariation`.
    pub(crate) fn named(text: &str) -> Option<&'static EntryType> {
        let text = match text {
            "g_variant" | "genomicVariation" | "genomicVariations" | "genomicVariants" => "genomicVariant",
            other => other,
        };
        ENTRY_TYPES.iter().find(|entry| entry.id == text || entry.path == text)
    }

    /// The one of genomic variants.
    pub(crate) fn variants() -> &'static EntryType {
        EntryType::named("genomicVariant").expect("the table has genomic variants")
    }

    /// Id of its schema: `ga4gh-beacon-individual-v2.0.0`.
    pub(crate) fn schema(&self) -> String {
        let noun = if self.id == "genomicVariant" { "variant" } else { self.id };
        format!("ga4gh-beacon-{noun}-{}", self.schema_version)
    }

    /// Whether its entries are single people, or what is as good as one.
    pub(crate) fn is_personal(&self) -> bool {
        matches!(self.id, "analysis" | "biosample" | "individual" | "run")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_below_is_an_entry_type() {
        for entry in &ENTRY_TYPES {
            assert!(entry.below.iter().all(|path| EntryType::at(path).is_some()), "{}", entry.id);
            assert!(entry.is_personal() == (entry.ceiling == Granularity::Count), "{}", entry.id);
        }
        assert_eq!(EntryType::variants().schema(), "ga4gh-beacon-variant-v2.1.0");
        assert_eq!(EntryType::named("individuals").unwrap().id, "individual");
    }
}
