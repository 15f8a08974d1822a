//! `gj money …`, as typed.

use super::{Format, Place};
use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};
use gj_gate::acts::money::{Account, ContributionKind, Funding, Wanted, Yen};
use gj_model::{InstitutionId, UserId};
use std::path::PathBuf;

/// `gj money …`
#[derive(Debug, Subcommand)]
pub enum Money {
    /// The fee rules in force, with their sources
    Fees(Fees),
    /// Price items for an institution, with the reason of every line
    Quote(QuoteArguments),
    /// Issue the invoice for a quote
    Invoice(InvoiceArguments),
    /// Show an invoice or credit note: as text, HTML or PDF
    Paper(Paper),
    /// Book money that arrived for an invoice
    Pay(Pay),
    /// Take back part of an invoice, or all of it
    Credit(Credit),
    /// Pay back what is owed to an institution
    Refund(Refund),
    /// Count what is owed to an institution against an open invoice of its own
    SetOff(SetOff),
    /// Give up what is owed on an invoice
    WriteOff(Because),
    /// Undo an entry of the ledger by its opposite
    Reverse(Reverse),
    /// Book a contribution: cash, in kind, staff or technology
    Contribute(Contribute),
    /// Head starts on datasets, with their hard ends
    Windows(Listing),
    /// Allot money to a budget line
    Allot(Allot),
    /// Budget lines: allotted, spent, left
    Budget(Reading),
    /// Book a cost to a budget line
    Cost(Cost),
    /// The trial balance
    Balance(Reading),
    /// What is owed to the programme, by age
    Receivables(Reading),
    /// The lines of one account of the ledger
    Ledger(LedgerArguments),
    /// An institution's invoices, debts and contributions
    Statement(StatementArguments),
    /// What was spent for each genome
    GenomeCost(Reading),
    /// What a year's invoices would have brought under another tariff
    Forecast(ForecastArguments),
    /// Expected income by month, of open invoices and applications under way
    Expected(ExpectedArguments),
    /// Print the tariff as a file that `tariff-apply` reads back
    Tariff(TariffArguments),
    /// Make the tariff what a file says, all of it or nothing
    TariffApply(TariffApply),
}

/// As whom an act of money is done.
#[derive(Debug, Args)]
pub struct Finance {
    /// User who acts
    #[arg(long = "as", value_name = "USER", default_value = "finance")]
    pub user: UserId,
}

/// What every act of money takes.
#[derive(Debug, Args)]
pub struct Reading {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub finance: Finance,
    #[command(flatten)]
    pub format: Format,
}

/// What a public listing takes.
#[derive(Debug, Args)]
pub struct Listing {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub format: Format,
}

/// `gj money fees`
#[derive(Debug, Args)]
pub struct Fees {
    #[command(flatten)]
    pub listing: Listing,
    /// In force on this day; absent: today
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub as_of: Option<NaiveDate>,
}

/// What pays for a project.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum FundingWord {
    /// The institution's own or private money
    Own,
    /// A public grant
    Public,
}

impl From<FundingWord> for Funding {
    fn from(word: FundingWord) -> Funding {
        match word {
            FundingWord::Own => Funding::Own,
            FundingWord::Public => Funding::Public,
        }
    }
}

fn wanted(text: &str) -> Result<Wanted, String> {
    let (item, quantity) = text.split_once('=').unwrap_or((text, "1"));
    let quantity = quantity.parse().map_err(|_| format!("expected ITEM or ITEM=COUNT, found `{text}`"))?;
    Ok(Wanted::new(item, quantity))
}

fn yen(text: &str) -> Result<Yen, String> {
    text.parse().map(Yen::new).map_err(|_| format!("expected whole yen, as in 7800000, found `{text}`"))
}

fn of_line(text: &str) -> Result<(usize, Yen), String> {
    let parts = text.split_once('=').and_then(|(line, yen)| Some((line.parse().ok()?, yen.parse().ok()?)));
    parts.map(|(line, yen)| (line, Yen::new(yen))).ok_or_else(|| format!("expected LINE=YEN, found `{text}`"))
}

/// `gj money quote`
#[derive(Debug, Args)]
pub struct QuoteArguments {
    #[command(flatten)]
    pub reading: Reading,
    /// Who would pay
    #[arg(long = "for", value_name = "INSTITUTION")]
    pub institution: InstitutionId,
    /// Who else takes part; may be repeated
    #[arg(long = "with", value_name = "INSTITUTION")]
    pub with: Vec<InstitutionId>,
    /// Price list; absent: the programme's own
    #[arg(long, value_name = "LIST")]
    pub list: Option<String>,
    /// Why: the code of a purpose
    #[arg(long, value_name = "CODE")]
    pub purpose: Option<String>,
    /// Tier of data
    #[arg(long, value_name = "TIER")]
    pub tier: Option<String>,
    /// What pays for the project
    #[arg(long, value_enum, default_value = "own")]
    pub funding: FundingWord,
    /// Items of the price list: dna=20
    #[arg(value_name = "ITEM[=COUNT]", required = true, value_parser = wanted)]
    pub items: Vec<Wanted>,
}

/// `gj money invoice`
#[derive(Debug, Args)]
pub struct InvoiceArguments {
    #[command(flatten)]
    pub reading: Reading,
    /// Number of the quote
    #[arg(value_name = "QUOTE")]
    pub quote: String,
    /// First day of use it is for
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: NaiveDate,
    /// Last day of use it is for
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub to: NaiveDate,
    /// What it is about, as printed
    #[arg(long, value_name = "TEXT")]
    pub subject: String,
}

/// `gj money paper`
#[derive(Debug, Args)]
pub struct Paper {
    #[command(flatten)]
    pub reading: Reading,
    /// Number of the invoice or credit note
    #[arg(value_name = "NUMBER")]
    pub number: String,
    /// Write it as PDF
    #[arg(long, value_name = "FILE", conflicts_with = "html")]
    pub pdf: Option<PathBuf>,
    /// Write it as HTML
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

/// `gj money pay`
#[derive(Debug, Args)]
pub struct Pay {
    #[command(flatten)]
    pub reading: Reading,
    /// Number of the invoice
    #[arg(value_name = "INVOICE")]
    pub invoice: String,
    /// Whole yen that arrived
    #[arg(long, value_name = "YEN", value_parser = yen)]
    pub amount: Yen,
    /// The day; absent: today
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub on: Option<NaiveDate>,
    /// The bank's reference: the same one is booked once
    #[arg(long, value_name = "TEXT")]
    pub reference: String,
}

/// `gj money credit`
#[derive(Debug, Args)]
pub struct Credit {
    #[command(flatten)]
    pub because: Because,
    /// Line of the invoice and yen without tax; may be repeated; none: all that is left
    #[arg(long = "line", value_name = "LINE=YEN", value_parser = of_line)]
    pub lines: Vec<(usize, Yen)>,
}

/// An act on an invoice, with its reason.
#[derive(Debug, Args)]
pub struct Because {
    #[command(flatten)]
    pub reading: Reading,
    /// Number of the invoice
    #[arg(value_name = "INVOICE")]
    pub invoice: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub because: String,
}

/// `gj money refund`
#[derive(Debug, Args)]
pub struct Refund {
    #[command(flatten)]
    pub reading: Reading,
    /// To whom
    #[arg(value_name = "INSTITUTION")]
    pub institution: InstitutionId,
    /// Whole yen
    #[arg(long, value_name = "YEN", value_parser = yen)]
    pub amount: Yen,
}

/// `gj money set-off`
#[derive(Debug, Args)]
pub struct SetOff {
    #[command(flatten)]
    pub reading: Reading,
    /// Number of the invoice
    #[arg(value_name = "INVOICE")]
    pub invoice: String,
    /// Whole yen
    #[arg(long, value_name = "YEN", value_parser = yen)]
    pub amount: Yen,
}

/// `gj money ledger`
#[derive(Debug, Args)]
pub struct LedgerArguments {
    #[command(flatten)]
    pub reading: Reading,
    /// Number of the account: 1100, 1200 …
    #[arg(value_name = "ACCOUNT")]
    pub account: Account,
    /// About one invoice, institution, contribution or budget line; absent: all
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub about: String,
    /// The entry to begin with
    #[arg(long, value_name = "ENTRY", default_value_t = 0)]
    pub from: u64,
}

/// `gj money expected`
#[derive(Debug, Args)]
pub struct ExpectedArguments {
    #[command(flatten)]
    pub reading: Reading,
    /// Another tariff to compare with
    #[arg(long, value_name = "FILE.toml")]
    pub fees: Option<PathBuf>,
}

/// `gj money reverse`
#[derive(Debug, Args)]
pub struct Reverse {
    #[command(flatten)]
    pub reading: Reading,
    /// Number of the entry
    #[arg(value_name = "ENTRY")]
    pub entry: u64,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub because: String,
}

/// `gj money contribute`
#[derive(Debug, Args)]
pub struct Contribute {
    #[command(flatten)]
    pub reading: Reading,
    /// Its number
    #[arg(value_name = "NUMBER")]
    pub id: String,
    /// Who gave
    #[arg(long = "from", value_name = "INSTITUTION")]
    pub institution: InstitutionId,
    /// cash, in-kind, staff or technology
    #[arg(long, value_name = "KIND")]
    pub kind: ContributionKind,
    /// Whole yen it is worth
    #[arg(long, value_name = "YEN", value_parser = yen)]
    pub value: Yen,
    /// The day; absent: today
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub on: Option<NaiveDate>,
    /// Dataset it is tied to; may be repeated
    #[arg(long = "dataset", value_name = "ID")]
    pub datasets: Vec<String>,
    /// The agreement it was given under
    #[arg(long, value_name = "TEXT")]
    pub agreement: String,
}

/// `gj money allot`
#[derive(Debug, Args)]
pub struct Allot {
    #[command(flatten)]
    pub reading: Reading,
    /// Budget line; a new id makes a new one
    #[arg(value_name = "LINE")]
    pub line: String,
    /// Whose budget
    #[arg(long, value_name = "MINISTRY")]
    pub ministry: String,
    /// Fiscal year (April to March), by the year it begins in
    #[arg(long, value_name = "YYYY")]
    pub year: i32,
    /// Whole yen
    #[arg(long, value_name = "YEN", value_parser = yen)]
    pub amount: Yen,
    /// Name in Japanese
    #[arg(long, value_name = "TEXT")]
    pub ja: String,
    /// Name in English
    #[arg(long, value_name = "TEXT")]
    pub en: String,
    /// The budget it stands in
    #[arg(long, value_name = "TEXT")]
    pub source: String,
}

/// `gj money cost`
#[derive(Debug, Args)]
pub struct Cost {
    #[command(flatten)]
    pub reading: Reading,
    /// Budget line
    #[arg(value_name = "LINE")]
    pub line: String,
    /// Kind of cost: sequencing, storage …
    #[arg(long, value_name = "WORD")]
    pub category: String,
    /// Whole yen
    #[arg(long, value_name = "YEN", value_parser = yen)]
    pub amount: Yen,
    /// For what
    #[arg(long, value_name = "TEXT")]
    pub what: String,
    /// The voucher
    #[arg(long, value_name = "TEXT")]
    pub voucher: String,
}

/// `gj money statement`
#[derive(Debug, Args)]
pub struct StatementArguments {
    #[command(flatten)]
    pub reading: Reading,
    /// Whose
    #[arg(value_name = "INSTITUTION")]
    pub institution: InstitutionId,
}

/// `gj money forecast`
#[derive(Debug, Args)]
pub struct ForecastArguments {
    #[command(flatten)]
    pub reading: Reading,
    /// The other tariff
    #[arg(long, value_name = "FILE.toml")]
    pub fees: PathBuf,
    /// Fiscal year whose invoices are priced anew, by the year it begins in
    #[arg(long, value_name = "YYYY")]
    pub year: i32,
    /// Price all of them by the rules of this day; absent: each on its own
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub on: Option<NaiveDate>,
}

/// `gj money tariff`
#[derive(Debug, Args)]
pub struct TariffArguments {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub finance: Finance,
    /// The one `gj init` starts from, with its comments
    #[arg(long)]
    pub builtin: bool,
}

/// `gj money tariff-apply`
#[derive(Debug, Args)]
pub struct TariffApply {
    #[command(flatten)]
    pub reading: Reading,
    /// Tariff file
    #[arg(value_name = "FILE.toml")]
    pub file: PathBuf,
}
