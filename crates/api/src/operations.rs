//! Every operation of the API: one line each. The router, the OpenAPI document and the page about the
//! API are made from this table, so that they cannot differ.

use crate::beacon;
use crate::who::Counter;
use crate::{
    annotation, applications, download, exposure, frequency, money, openapi, overview, own_consent, people,
    table,
};
use axum::routing::{MethodFilter, MethodRouter, on};

/// The HTTP method of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Reads.
    Get,
    /// Reads too, with its question in the body.
    Post,
}

/// One operation.
#[derive(Debug)]
pub struct Operation {
    /// Method.
    pub verb: Verb,
    /// Path from the root of the server.
    pub path: &'static str,
    /// What it does, in English.
    pub summary_en: &'static str,
    /// What it does, in Japanese.
    pub summary_ja: &'static str,
    /// Whether it answers somebody who is not signed in.
    pub public: bool,
    /// Media type of the answer.
    pub media: &'static str,
    /// Query parameters.
    pub parameters: &'static [Parameter],
    pub(crate) build: fn(MethodFilter) -> MethodRouter<Counter>,
}

/// A query parameter.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Name.
    pub name: &'static str,
    /// Whether a request without it is refused.
    pub required: bool,
    /// Meaning and form, in English.
    pub summary: &'static str,
}

impl Verb {
    /// `GET`, `POST`.
    pub fn name(self) -> &'static str {
        match self {
            Verb::Get => "GET",
            Verb::Post => "POST",
        }
    }
}

impl Operation {
    pub(crate) fn handler(&self) -> MethodRouter<Counter> {
        (self.build)(match self.verb {
            Verb::Get => MethodFilter::GET,
            Verb::Post => MethodFilter::POST,
        })
    }
}

/// Media type of JSON.
pub(crate) const JSON: &str = "application/json";
/// Media type of a VCF file.
pub(crate) const VCF: &str = "text/x-vcf";

pub(crate) const fn optional(name: &'static str, summary: &'static str) -> Parameter {
    Parameter { name, required: false, summary }
}

pub(crate) const FREQUENCY: &[Parameter] = &[
    optional("freeze", "release; default: the newest"),
    optional(
        "region",
        "1-based, both ends included: chr22:42126499-42130865; chr22 is all of it; this or `variant`",
    ),
    optional("variant", "chr22-42127941-G-A, alleles of at most 1000 bases; this or `region`"),
    optional("purpose", "GRU, HMB, POA, DS:MONDO:0005148; default: GRU"),
    optional("by", "stratum, contributor or sex; every: all three; default: only the total"),
    optional("project", "granted project asked under: its data, for its purpose; default: none"),
];

const DOWNLOAD: &[Parameter] = &[
    optional("purpose", "GRU, HMB, POA, DS:MONDO:0005148; default: GRU"),
    optional("by", "stratum, contributor or sex; default: stratum"),
    optional("project", "granted project asked under: its data, for its purpose; default: none"),
];

const OF_LAYER: [Parameter; 2] = [
    optional("freeze", "release; default: the newest"),
    optional("layer", "its layer of annotation, by number; default: the newest"),
];

const ANNOTATION: &[Parameter] = &[
    Parameter {
        name: "variant",
        required: true,
        summary: "chr22-42127941-G-A, alleles of at most 1000 bases",
    },
    OF_LAYER[0],
    OF_LAYER[1],
];

const GENE: &[Parameter] = &[
    Parameter {
        name: "name",
        required: true,
        summary: "symbol, id, alias or name of a gene, English or Japanese",
    },
    OF_LAYER[0],
    OF_LAYER[1],
];

const FIND: &[Parameter] = &[
    Parameter {
        name: "q",
        required: true,
        summary: "rs number, HGVS, SPDI, a variant in any spelling, a gene, a place",
    },
    OF_LAYER[0],
    OF_LAYER[1],
];

const PEOPLE: &[Parameter] = &[
    optional("freeze", "release; default: the newest"),
    optional("variant", "carriers of chr22-42127941-G-A; default: whatever they carry"),
    optional("zygosity", "any, het, hom or hemi; default: any"),
    optional(
        "terms",
        "HP:0001250, comma separated, all of them; =HP:0001250 without its kinds, !HP:0001250 looked for and not found",
    ),
    optional("sex", "female, male or unknown; default: all"),
    optional("stratum", "population stratum; default: all"),
    optional("contributor", "contributing institution; default: all"),
    optional("dataset", "dataset of the catalogue; default: all"),
    optional("entity", "individuals, biosamples, runs or analyses; default: individuals"),
    optional("purpose", "GRU, HMB, POA, DS:MONDO:0005148; default: GRU"),
    optional("by", "stratum, contributor or sex; default: only the total"),
    optional("project", "granted project asked under: its data, for its purpose; default: none"),
];

/// An operation that needs nobody signed in and takes no parameters.
pub(crate) const fn public(
    path: &'static str,
    summary_en: &'static str,
    summary_ja: &'static str,
    build: fn(MethodFilter) -> MethodRouter<Counter>,
) -> Operation {
    let media = JSON;
    Operation { verb: Verb::Get, path, summary_en, summary_ja, public: true, media, parameters: &[], build }
}

/// An operation that needs somebody signed in and answers with JSON.
pub(crate) const fn closed(
    verb: Verb,
    path: &'static str,
    summary_en: &'static str,
    summary_ja: &'static str,
    parameters: &'static [Parameter],
    build: fn(MethodFilter) -> MethodRouter<Counter>,
) -> Operation {
    Operation { verb, path, summary_en, summary_ja, public: false, media: JSON, parameters, build }
}

/// Every operation.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS
        .iter()
        .chain(money::operations::MONEY)
        .chain(table::operations::BROWSER)
        .chain(beacon::operations::BEACON)
}

/// Those that have no list of their own beside what they belong to.
pub const OPERATIONS: &[Operation] = &[
    public(
        "/api/overview",
        "The programme, its releases and their people",
        "事業、リリース、参加者数の概要",
        |verb| on(verb, overview::show),
    ),
    Operation {
        verb: Verb::Get,
        path: "/api/frequency",
        summary_en: "Allele frequencies of a region or a variant",
        summary_ja: "領域またはバリアントのアレル頻度",
        public: false,
        media: JSON,
        parameters: FREQUENCY,
        build: |verb| on(verb, frequency::show),
    },
    Operation {
        verb: Verb::Get,
        path: "/api/frequency.vcf",
        summary_en: "The same frequencies as a sites-only VCF 4.3 file",
        summary_ja: "同じ頻度を VCF 4.3 ファイル（サイトのみ）で取得",
        public: false,
        media: VCF,
        parameters: FREQUENCY,
        build: |verb| on(verb, frequency::download),
    },
    closed(
        Verb::Get,
        "/api/people",
        "How many people carry a variant, have phenotypes, are of a sex, stratum or dataset",
        "バリアント保有、表現型、性別、集団、データセットの条件に合う人数",
        PEOPLE,
        |verb| on(verb, people::show),
    ),
    closed(
        Verb::Get,
        "/api/annotation",
        "What is known of a variant: names, consequences, ClinVar, other panels",
        "バリアントの注釈：名称、影響、ClinVar、他のパネル",
        ANNOTATION,
        |verb| on(verb, annotation::variant),
    ),
    closed(
        Verb::Get,
        "/api/gene",
        "A gene with its transcripts",
        "遺伝子とその転写産物",
        GENE,
        |verb| on(verb, annotation::gene),
    ),
    closed(
        Verb::Get,
        "/api/find",
        "What a text means: a variant, a gene or a place",
        "文字列の検索：バリアント、遺伝子、領域",
        FIND,
        |verb| on(verb, annotation::find),
    ),
    Operation {
        verb: Verb::Get,
        path: "/api/download/{freeze}/{file}",
        summary_en: "A whole release: sites.vcf.gz, sites.vcf.gz.tbi or sites.parquet",
        summary_ja: "リリース全体のファイル（sites.vcf.gz、sites.vcf.gz.tbi、sites.parquet）",
        public: false,
        media: "application/octet-stream",
        parameters: DOWNLOAD,
        build: |verb| on(verb, download::send),
    },
    closed(
        Verb::Get,
        "/api/exposure",
        "One's own account of the ledger of privacy: budget, spent, left",
        "自分の漏れの台帳（予算・使った分・残り）",
        &[],
        |verb| on(verb, exposure::own),
    ),
    closed(
        Verb::Get,
        "/api/exposures",
        "Every account of the ledger, for the committee",
        "全員の漏れの台帳（審査委員会のみ）",
        &[],
        |verb| on(verb, exposure::all),
    ),
    closed(
        Verb::Get,
        "/api/applications",
        "The applications one takes part in or has to judge",
        "自分が関わる申請の一覧",
        &[],
        |verb| on(verb, applications::list),
    ),
    closed(
        Verb::Get,
        "/api/applications/due",
        "What is due of them, soonest first",
        "期限のある手続きと報告",
        &[],
        |verb| on(verb, applications::due),
    ),
    closed(
        Verb::Get,
        "/api/application",
        "One application: timeline, what is awaited, what one may do",
        "申請の経過、待っている手続き、できること",
        &[Parameter { name: "application", required: true, summary: "number: A-0123456789" }],
        |verb| on(verb, applications::show),
    ),
    closed(Verb::Post, "/api/application", "Begin an application", "申請書を作る", &[], |verb| {
        on(verb, applications::begin)
    }),
    closed(
        Verb::Post,
        "/api/application/step",
        "Take a step on an application; 409 when somebody acted on it meanwhile",
        "申請の手続きを進める（他の人が先に進めた場合は 409）",
        &[],
        |verb| on(verb, applications::step),
    ),
    public(
        "/api/register",
        "Every granted project: who, why, which datasets, until when",
        "利用を許可された研究の公開登録簿",
        |verb| on(verb, applications::register),
    ),
    closed(
        Verb::Get,
        "/api/my-consent",
        "A participant's own consent, receipts, and what the data were used for",
        "参加者本人の同意、受領書、データの利用",
        &[],
        |verb| on(verb, own_consent::show),
    ),
    closed(
        Verb::Post,
        "/api/my-consent",
        "Preview a change of mind or withdrawal; with `confirm`, let it take effect",
        "意思変更・同意撤回の影響を見る（`confirm` を付けると確定）",
        &[],
        |verb| on(verb, own_consent::decide),
    ),
    public("/api/openapi.json", "This list, as OpenAPI 3.1", "この一覧（OpenAPI 3.1 形式）", |verb| {
        on(verb, openapi::show)
    }),
];
