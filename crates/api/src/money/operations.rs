//! The operations of fees and accounts.

use crate::money;
use crate::operations::{Operation, Parameter, Verb, closed, optional, public};
use axum::routing::on;

const PRICE: &[Parameter] = &[
    optional("institution", "who would pay; default: one's own"),
    optional("with", "institutions that take part, comma separated: a company makes it a company's price"),
    optional("purpose", "GRU, HMB, POA, DS"),
    optional("tier", "overview or detailed; default: overview"),
    optional("months", "default: 12; the fee is by the years begun"),
    optional("funding", "own or public; default: own"),
];

const OF_INSTITUTION: &[Parameter] = &[optional("institution", "default: one's own")];

const NUMBERED: &[Parameter] = &[Parameter {
    name: "number",
    required: true,
    summary: "of the invoice or credit note: GJ-2026-000001, CN-2026-000001",
}];

const ACCOUNT: &[Parameter] = &[
    optional("account", "its number: 1100, 1200 …; default: 1100"),
    optional("about", "an invoice, institution, contribution or budget line; default: all"),
    optional("from", "the entry to begin with; default: the first"),
];

/// Every one of them.
pub(crate) const MONEY: &[Operation] = &[
    public(
        "/api/money/fees",
        "What use costs today, and who says so",
        "現在の料金表と出典",
        |verb| on(verb, money::fees),
    ),
    public(
        "/api/money/windows",
        "Head starts on datasets, each with its hard end",
        "先行利用の期間（必ず終了日があります）",
        |verb| on(verb, money::windows),
    ),
    closed(
        Verb::Get,
        "/api/money/price",
        "What a project would cost, with the reason of every line",
        "申請前の概算と、その理由",
        PRICE,
        |verb| on(verb, money::price),
    ),
    closed(
        Verb::Get,
        "/api/money/statement",
        "An institution's invoices, debts, contributions and head starts",
        "機関の請求・未払い・拠出・先行利用",
        OF_INSTITUTION,
        |verb| on(verb, money::statement),
    ),
    closed(
        Verb::Get,
        "/api/money/invoice",
        "One invoice with everything that became of it",
        "請求書とその後の動き",
        NUMBERED,
        |verb| on(verb, money::invoice),
    ),
    Operation {
        verb: Verb::Get,
        path: "/api/money/paper.pdf",
        summary_en: "The qualified invoice or credit note as PDF",
        summary_ja: "適格請求書・適格返還請求書（PDF）",
        public: false,
        media: money::PDF,
        parameters: NUMBERED,
        build: |verb| on(verb, money::paper),
    },
    closed(
        Verb::Get,
        "/api/money/receivables",
        "What is owed to the programme, by age",
        "未収金の年齢表",
        &[],
        |verb| on(verb, money::receivables),
    ),
    closed(Verb::Get, "/api/money/balance", "The trial balance", "試算表", &[], |verb| {
        on(verb, money::balance)
    }),
    closed(
        Verb::Get,
        "/api/money/account",
        "The lines of one account of the ledger",
        "勘定の明細",
        ACCOUNT,
        |verb| on(verb, money::account),
    ),
    closed(
        Verb::Get,
        "/api/money/budgets",
        "Budgets by ministry and fiscal year, with costs",
        "府省別・年度別の予算と執行",
        &[],
        |verb| on(verb, money::budgets),
    ),
    closed(
        Verb::Get,
        "/api/money/genome-cost",
        "What was spent for each genome",
        "1ゲノムあたりの費用",
        &[],
        |verb| on(verb, money::genome_cost),
    ),
    closed(
        Verb::Get,
        "/api/money/expected",
        "Expected income by month, of invoices and applications",
        "月別の収入見込み（請求書と申請から）",
        &[],
        |verb| on(verb, money::expected),
    ),
    closed(
        Verb::Post,
        "/api/money/forecast",
        "A year's invoices and the applications under way by another tariff",
        "別の料金表による試算",
        &[],
        |verb| on(verb, money::forecast),
    ),
    closed(
        Verb::Post,
        "/api/money/pay",
        "Book money that arrived for an invoice",
        "入金を記録する",
        &[],
        |verb| on(verb, money::pay),
    ),
    closed(
        Verb::Post,
        "/api/money/credit",
        "Take back part of an invoice, or all of it",
        "請求の全部または一部を取り消す",
        &[],
        |verb| on(verb, money::credit),
    ),
    closed(
        Verb::Post,
        "/api/money/set-off",
        "Count what is owed to an institution against its invoice",
        "過入金を請求書に充当する",
        &[],
        |verb| on(verb, money::set_off),
    ),
    closed(
        Verb::Post,
        "/api/money/refund",
        "Pay back what is owed to an institution",
        "過入金を返金する",
        &[],
        |verb| on(verb, money::refund),
    ),
];
