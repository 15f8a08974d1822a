//! Every operation of the Beacon: what it says of itself, and each address of the entry types, by GET and by POST.

use super::{endpoints, service};
use crate::operations::{JSON, Operation, Parameter, Verb, optional, public};
use crate::who::Counter;
use axum::routing::{MethodFilter, MethodRouter, on};

const FORM: [Parameter; 7] = [
    optional("requestedGranularity", "boolean, count or record; default: record, as far as it may be told"),
    optional("skip", "pages to skip; default: 0"),
    optional("limit", "records a page, at most 1000; 0: the most; default: 10"),
    optional("purpose", "GRU, HMB, POA, DS:MONDO:0005148; default: GRU"),
    optional("project", "granted project asked under: its data, for its purpose; default: none"),
    optional("filters", "comma separated, joined by and: SO:0001583, sex=female; see filtering_terms"),
    optional("testMode", "true: an answer of the right form without data"),
];

const VARIANT: [Parameter; 18] = [
    optional("assemblyId", "GRCh38 or a synonym; default: GRCh38"),
    optional("referenceName", "chr22, 22, NC_000022.11 or a refget id; with `start`"),
    optional("start", "0-based, included; two of a bracket query"),
    optional("end", "0-based, excluded: makes it a range query; two of a bracket query"),
    optional("referenceBases", "reference allele, at most 1000 bases"),
    optional("alternateBases", "alternate allele, at most 1000 bases; required with `start` alone"),
    optional("variantType", "SNP, MNP, INS, DEL or DELINS"),
    optional("variantMinLength", "bases changed, at least"),
    optional("variantMaxLength", "bases changed, at most"),
    optional("geneId", "symbol, alias or id of a gene"),
    optional("aminoacidChange", "V600E or p.Val600Glu, with a gene or a place"),
    optional("genomicAlleleShortForm", "a name of HGVS or SPDI, or a number of dbSNP"),
    optional("includeResultsetResponses", "ALL, HIT, MISS or NONE; default: HIT"),
    optional("datasets", "releases, comma separated; default: the newest"),
    optional("cohorts", "the same"),
    optional("by", "stratum, contributor or sex: populations beside the total"),
    optional("nextPage", "token of the last page: the page behind it, as quick as the first"),
    optional("previousPage", "token of the last page: the page before it"),
];

const COLLECTIONS: &[Parameter] = &FORM;
const VARIANTS: &[Parameter] = &both();

const fn both() -> [Parameter; 25] {
    let mut all = [FORM[0]; 25];
    let mut at = 0;
    while at < 25 {
        all[at] = if at < 18 { VARIANT[at] } else { FORM[at - 18] };
        at += 1;
    }
    all
}

const fn entry(
    verb: Verb,
    path: &'static str,
    summary_en: &'static str,
    summary_ja: &'static str,
    parameters: &'static [Parameter],
) -> Operation {
    let build: fn(MethodFilter) -> MethodRouter<Counter> = |verb| on(verb, endpoints::answer);
    Operation { verb, path, summary_en, summary_ja, public: false, media: JSON, parameters, build }
}

/// What the Beacon says of itself, then two operations an address.
macro_rules! operations {
    ($([$($own:expr),* $(,)?])? $($path:literal, $en:literal, $ja:literal, $parameters:ident;)*) => {
        &[
            $($($own,)*)?
            $(
                entry(
                    Verb::Get,
                    concat!("/api/beacon/v2/", $path),
                    concat!("Beacon v2: ", $en),
                    concat!("Beacon v2：", $ja),
                    $parameters,
                ),
                entry(
                    Verb::Post,
                    concat!("/api/beacon/v2/", $path),
                    concat!("Beacon v2: ", $en, ", with the question in a JSON body"),
                    concat!("Beacon v2：", $ja, "（質問を JSON で送る）"),
                    &[],
                ),
            )*
        ]
    };
}

/// Every operation of the Beacon.
pub(crate) const BEACON: &[Operation] = operations! {
    [
        public("/api/beacon/v2", "Beacon v2: who answers here", "Beacon v2：このビーコンの情報", |verb| on(verb, service::info)),
        public("/api/beacon/v2/", "Beacon v2: who answers here", "Beacon v2：このビーコンの情報", |verb| on(verb, service::info)),
        public("/api/beacon/v2/info", "Beacon v2: who answers here", "Beacon v2：このビーコンの情報", |verb| on(verb, service::info)),
        public("/api/beacon/v2/service-info", "GA4GH service info", "GA4GH サービス情報", |verb| on(verb, service::service_info)),
        public("/api/beacon/v2/map", "Beacon v2: its endpoints", "Beacon v2：エンドポイント一覧", |verb| on(verb, service::map)),
        public("/api/beacon/v2/configuration", "Beacon v2: its settings", "Beacon v2：設定", |verb| on(verb, service::configuration)),
        public("/api/beacon/v2/entry_types", "Beacon v2: what it answers about", "Beacon v2：回答できる対象", |verb| on(verb, service::entry_types)),
        public("/api/beacon/v2/filtering_terms", "Beacon v2: filters", "Beacon v2：絞り込み条件", |verb| on(verb, service::filtering_terms)),
    ]
    "g_variants", "genomic variants", "バリアントの検索", VARIANTS;
    "g_variants/{id}", "one variant by id or name", "バリアントひとつ", VARIANTS;
    "g_variants/{id}/analyses", "analyses of its carriers, counted", "保有者の解析数", VARIANTS;
    "g_variants/{id}/biosamples", "samples of its carriers, counted", "保有者の検体数", VARIANTS;
    "g_variants/{id}/individuals", "its carriers, counted", "保有者数", VARIANTS;
    "g_variants/{id}/runs", "runs of its carriers, counted", "保有者のラン数", VARIANTS;
    "datasets", "contributed datasets with their terms", "提供データセットと利用条件", COLLECTIONS;
    "datasets/{id}", "one dataset", "データセットひとつ", COLLECTIONS;
    "datasets/{id}/analyses", "its analyses, counted", "データセットの解析数", VARIANTS;
    "datasets/{id}/biosamples", "its samples, counted", "データセットの検体数", VARIANTS;
    "datasets/{id}/filtering_terms", "filters below it", "データセットの絞り込み条件", COLLECTIONS;
    "datasets/{id}/g_variants", "variants of its people", "データセットのバリアント", VARIANTS;
    "datasets/{id}/individuals", "its people, counted", "データセットの人数", VARIANTS;
    "datasets/{id}/runs", "its runs, counted", "データセットのラン数", VARIANTS;
    "cohorts", "releases", "リリース一覧", COLLECTIONS;
    "cohorts/{id}", "one release", "リリースひとつ", COLLECTIONS;
    "cohorts/{id}/analyses", "analyses of a release, counted", "リリースの解析数", VARIANTS;
    "cohorts/{id}/biosamples", "samples of a release, counted", "リリースの検体数", VARIANTS;
    "cohorts/{id}/filtering_terms", "filters below a release", "リリースの絞り込み条件", COLLECTIONS;
    "cohorts/{id}/g_variants", "variants of a release", "リリースのバリアント", VARIANTS;
    "cohorts/{id}/individuals", "people of a release, counted", "リリースの人数", VARIANTS;
    "cohorts/{id}/runs", "runs of a release, counted", "リリースのラン数", VARIANTS;
    "individuals", "people, counted", "人数", VARIANTS;
    "individuals/filtering_terms", "filters of people", "人の絞り込み条件", COLLECTIONS;
    "individuals/{id}", "one person: refused to everybody", "個人（誰にも示しません）", COLLECTIONS;
    "individuals/{id}/analyses", "a person's analyses: refused", "個人の解析（示しません）", COLLECTIONS;
    "individuals/{id}/biosamples", "a person's samples: refused", "個人の検体（示しません）", COLLECTIONS;
    "individuals/{id}/filtering_terms", "filters of a person: refused", "個人の絞り込み条件（示しません）", COLLECTIONS;
    "individuals/{id}/g_variants", "a person's variants: refused", "個人のバリアント（示しません）", COLLECTIONS;
    "individuals/{id}/runs", "a person's runs: refused", "個人のラン（示しません）", COLLECTIONS;
    "biosamples", "samples, counted", "検体数", VARIANTS;
    "biosamples/{id}", "one sample: refused to everybody", "検体ひとつ（誰にも示しません）", COLLECTIONS;
    "biosamples/{id}/analyses", "a sample's analyses: refused", "検体の解析（示しません）", COLLECTIONS;
    "biosamples/{id}/g_variants", "a sample's variants: refused", "検体のバリアント（示しません）", COLLECTIONS;
    "biosamples/{id}/runs", "a sample's runs: refused", "検体のラン（示しません）", COLLECTIONS;
    "runs", "sequencing runs, counted", "ラン数", VARIANTS;
    "runs/{id}", "one run: refused to everybody", "ランひとつ（誰にも示しません）", COLLECTIONS;
    "runs/{id}/analyses", "a run's analyses: refused", "ランの解析（示しません）", COLLECTIONS;
    "runs/{id}/g_variants", "a run's variants: refused", "ランのバリアント（示しません）", COLLECTIONS;
    "analyses", "analyses, counted", "解析数", VARIANTS;
    "analyses/{id}", "one analysis: refused to everybody", "解析ひとつ（誰にも示しません）", COLLECTIONS;
    "analyses/{id}/g_variants", "an analysis' variants: refused", "解析のバリアント（示しません）", COLLECTIONS;
};

#[cfg(test)]
mod tests {
    use super::super::entry_type::ENTRY_TYPES;
    use super::super::route::{FILTERING_TERMS, Route};
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_address_of_the_entry_types_is_served_by_both_methods_and_no_other() {
        let mut expected = BTreeSet::new();
        for entry in &ENTRY_TYPES {
            let terms = entry.has_filtering_terms.then_some(FILTERING_TERMS);
            let below = entry.below.iter().copied().chain(terms);
            expected.insert(entry.path.to_owned());
            expected.insert(format!("{}/{{id}}", entry.path));
            expected.extend(below.map(|below| format!("{}/{{id}}/{below}", entry.path)));
        }
        expected.insert("individuals/filtering_terms".to_owned());
        for verb in [Verb::Get, Verb::Post] {
            let served = BEACON.iter().filter(|one| one.verb == verb && !one.public);
            let served: BTreeSet<String> =
                served.map(|one| one.path.strip_prefix("/api/beacon/v2/").unwrap().to_owned()).collect();
            assert_eq!(served, expected);
        }
        for operation in BEACON.iter().filter(|one| !one.public) {
            assert!(Route::of(&operation.path.replace("{id}", "x")).is_some(), "{}", operation.path);
        }
    }
}
