//! The operations of a browser: one variant with all that its counts say, and tables of variants.

use super::TSV;
use crate::operations::{FREQUENCY, Operation, Parameter, Verb, closed, optional};
use crate::{table, variant};
use axum::routing::on;

const VARIANT: &[Parameter] = &[
    FREQUENCY[0],
    Parameter {
        name: "variant",
        required: true,
        summary: "chr22-42127941-G-A, alleles of at most 1000 bases",
    },
    FREQUENCY[3],
    FREQUENCY[5],
];

const TABLE: &[Parameter] = &[
    FREQUENCY[0],
    FREQUENCY[1],
    optional("gene", "symbol or id of a gene; this or `region`"),
    FREQUENCY[3],
    FREQUENCY[5],
    optional("severity", "lof, missense, synonymous, other; comma separated; default: all"),
    optional("impact", "HIGH, MODERATE, LOW or MODIFIER"),
    optional("min", "lowest frequency"),
    optional("max", "highest frequency; hidden ones are kept, they may be rarer"),
    optional("clinvar", "any, pathogenic, uncertain or benign"),
    optional("sort", "place, frequency, severity or hom; `-` in front: the other way round"),
];

/// Every one of them.
pub(crate) const BROWSER: &[Operation] = &[
    closed(
        Verb::Get,
        "/api/variant",
        "One variant: every split at once, genotypes, equilibrium, filtering allele frequency",
        "一つのバリアント：すべての内訳、遺伝子型、平衡検定、フィルタリングアレル頻度",
        VARIANT,
        |verb| on(verb, variant::show),
    ),
    closed(
        Verb::Get,
        "/api/table",
        "The variants of a region or a gene with consequences and what is known of them, filtered and ordered",
        "領域または遺伝子のバリアント一覧（影響・ClinVar などの情報つき、絞り込み・並べ替え）",
        TABLE,
        |verb| on(verb, table::show),
    ),
    Operation {
        verb: Verb::Get,
        path: "/api/table.tsv",
        summary_en: "The same table as text with tabs",
        summary_ja: "同じ一覧をタブ区切りテキストで取得",
        public: false,
        media: TSV,
        parameters: TABLE,
        build: |verb| on(verb, table::download),
    },
];
