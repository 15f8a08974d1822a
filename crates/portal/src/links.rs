//! The same question in its other forms: JSON, VCF and Beacon, and back to pages.

use gj_gate::Place;
use gj_model::variant::ALLELE_BASES_MAX;
use gj_model::{ApplicationId, FreezeName, Grouping, Variant};

/// A question as a page asks it.
#[derive(Debug, Clone)]
pub(crate) struct Links {
    pub(crate) freeze: FreezeName,
    pub(crate) place: Place,
    pub(crate) purpose: String,
    pub(crate) by: Grouping,
    /// The granted project it is asked under.
    pub(crate) project: Option<ApplicationId>,
}

impl Links {
    /// The query string of `/api/frequency`.
    pub(crate) fn query(&self) -> String {
        let place = match &self.place {
            Place::Region(region) => ("region", region.to_string()),
            Place::Variant(variant) => ("variant", variant.to_string()),
        };
        joined([("freeze", self.freeze.to_string()), place, self.purpose(), self.by(), self.project()])
    }

    /// The page that asks it.
    pub(crate) fn here(&self) -> String {
        match &self.place {
            Place::Variant(variant) => self.variant(variant),
            Place::Region(_) => self.around(0),
        }
    }

    pub(crate) fn json(&self) -> String {
        format!("/api/frequency?{}", self.query())
    }

    pub(crate) fn vcf(&self) -> String {
        format!("/api/frequency.vcf?{}", self.query())
    }

    /// Beacon counts from 0 and leaves the end out.
    pub(crate) fn beacon(&self) -> String {
        let region = self.place.region();
        let text = |name: &'static str, value: &str| (name, value.to_owned());
        let mut parts = vec![
            text("assemblyId", "GRCh38"),
            text("referenceName", region.contig.name()),
            ("start", (region.start.get() - 1).to_string()),
        ];
        match &self.place {
            Place::Region(region) => parts.extend([("end", region.end.to_string()), text("limit", "1000")]),
            Place::Variant(variant) => parts.extend([
                text("referenceBases", &variant.reference),
                text("alternateBases", &variant.alternate),
            ]),
        }
        parts.extend([("datasets", self.freeze.to_string()), self.purpose(), self.by(), self.project()]);
        format!("/api/beacon/v2/g_variants?{}", joined(parts))
    }

    /// The page of a variant, asked for the same purpose. One too long to be asked for by its alleles
    /// has the page of its place.
    pub(crate) fn variant(&self, variant: &Variant) -> String {
        if variant.reference.len().max(variant.alternate.len()) > ALLELE_BASES_MAX {
            let (contig, at) = (variant.contig, variant.position);
            return format!(
                "/region/{}/{contig}:{at}-{at}?{}",
                self.freeze,
                joined([self.purpose(), self.project()])
            );
        }
        format!("/variant/{}/{variant}?{}", self.freeze, joined([self.purpose(), self.project()]))
    }

    /// The page of a gene, by its id.
    pub(crate) fn gene(&self, gene: &str) -> String {
        let gene: String = form_urlencoded::byte_serialize(gene.as_bytes()).collect();
        format!("/gene/{}/{gene}?{}", self.freeze, joined([self.purpose(), self.project()]))
    }

    /// The page of the bases around a place.
    pub(crate) fn around(&self, bases: u32) -> String {
        let region = self.place.region();
        let start = region.start.get().saturating_sub(bases).max(1);
        let end = region.end.get().saturating_add(bases).min(region.contig.length());
        format!(
            "/region/{}/{}:{start}-{end}?{}",
            self.freeze,
            region.contig,
            joined([self.purpose(), self.project()])
        )
    }

    fn purpose(&self) -> (&'static str, String) {
        ("purpose", self.purpose.clone())
    }

    fn project(&self) -> (&'static str, String) {
        ("project", self.project.as_ref().map(ToString::to_string).unwrap_or_default())
    }

    fn by(&self) -> (&'static str, String) {
        ("by", self.by.name().to_owned())
    }
}

/// A query string of the parts that are not empty.
fn joined(parts: impl IntoIterator<Item = (&'static str, String)>) -> String {
    let parts = parts.into_iter().filter(|(_, value)| !value.is_empty());
    form_urlencoded::Serializer::new(String::new()).extend_pairs(parts).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(place: Place) -> Links {
        Links {
            freeze: "2026.1".parse().unwrap(),
            place,
            purpose: "DS:MONDO:1".into(),
            by: Grouping::Sex,
            project: None,
        }
    }

    #[test]
    fn beacon_counts_from_zero() {
        let variant = links(Place::Variant("chr22-42127941-G-A".parse().unwrap()));
        assert!(
            variant.beacon().contains("start=42127940&referenceBases=G&alternateBases=A&datasets=2026.1")
        );
        let region = links(Place::Region("chr22:11-20".parse().unwrap()));
        assert!(region.beacon().contains("start=10&end=20&"), "{}", region.beacon());
        assert_eq!(
            region.json(),
            "/api/frequency?freeze=2026.1&region=chr22%3A11-20&purpose=DS%3AMONDO%3A1&by=sex"
        );
    }

    #[test]
    fn no_link_asks_for_more_than_may_be_asked() {
        let mut variant: Variant = "chr22-5-G-A".parse().unwrap();
        let links = links(Place::Region("chr22".parse().unwrap()));
        assert!(links.variant(&variant).starts_with("/variant/2026.1/chr22-5-G-A?"));
        variant.alternate = "A".repeat(ALLELE_BASES_MAX + 1);
        assert!(links.variant(&variant).starts_with("/region/2026.1/chr22:5-5?"));
    }

    #[test]
    fn surroundings_stay_on_the_contig() {
        let edge = links(Place::Region("chrM:5-9".parse().unwrap()));
        assert!(edge.around(1_000).starts_with("/region/2026.1/chrM:1-1009?"));
    }
}
