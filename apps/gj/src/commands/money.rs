//! `gj money`: prices, invoices, contributions, budgets and the ledger.

mod print;

use crate::cli::Format;
use crate::cli::money::{
    Allot, Because, Contribute, Cost, Credit, ExpectedArguments, Fees, ForecastArguments, InvoiceArguments,
    LedgerArguments, Listing, Money, Paper, Pay, QuoteArguments, Reading, Refund, Reverse, SetOff,
    StatementArguments, TariffApply, TariffArguments,
};
use crate::output;
use anyhow::{Context, bail};
use gj_gate::acts::money::{
    Allotment, BudgetLine, ContributionRequest, CostRequest, CreditRequest, EXAMPLE_TARIFF, FiscalYear,
    InvoiceRequest, PaymentRequest, QuoteRequest, html, pdf, text,
};
use gj_gate::{Asker, Gate, GateError};
use std::path::Path;

pub async fn run(command: Money) -> anyhow::Result<()> {
    match command {
        Money::Fees(arguments) => fees(arguments).await,
        Money::Quote(arguments) => quote(arguments).await,
        Money::Invoice(arguments) => invoice(arguments).await,
        Money::Paper(arguments) => paper(arguments).await,
        Money::Pay(arguments) => pay(arguments).await,
        Money::Credit(arguments) => credit(arguments).await,
        Money::Refund(arguments) => refund(arguments).await,
        Money::SetOff(arguments) => set_off(arguments).await,
        Money::WriteOff(arguments) => write_off(arguments).await,
        Money::Reverse(arguments) => reverse(arguments).await,
        Money::Contribute(arguments) => contribute(arguments).await,
        Money::Windows(arguments) => windows(arguments).await,
        Money::Allot(arguments) => allot(arguments).await,
        Money::Budget(arguments) => budget(arguments).await,
        Money::Cost(arguments) => cost(arguments).await,
        Money::Balance(arguments) => balance(arguments).await,
        Money::Receivables(arguments) => receivables(arguments).await,
        Money::Ledger(arguments) => ledger(arguments).await,
        Money::Statement(arguments) => statement(arguments).await,
        Money::GenomeCost(arguments) => genome_cost(arguments).await,
        Money::Forecast(arguments) => forecast(arguments).await,
        Money::Expected(arguments) => expected(arguments).await,
        Money::Tariff(arguments) => tariff(arguments).await,
        Money::TariffApply(arguments) => tariff_apply(arguments).await,
    }
}

async fn at(reading: &Reading) -> Result<(Gate, Asker), GateError> {
    let gate = super::open(&reading.place).await?;
    let asker = gate.local(&reading.finance.user);
    Ok((gate, asker))
}

/// The answer as JSON, or as `print` words it.
async fn show<T: serde::Serialize>(
    gate: Gate,
    format: &Format,
    answer: Result<T, GateError>,
    print: impl FnOnce(&T),
) -> anyhow::Result<()> {
    let answer = answer.map_err(|error| output::refusal_as_json(error, format.json))?;
    gate.close().await;
    if format.json {
        return output::json(&answer);
    }
    print(&answer);
    Ok(())
}

/// The answer of an act that returns an entry of the ledger.
async fn booked(gate: Gate, format: &Format, entry: Result<u64, GateError>) -> anyhow::Result<()> {
    let entry = entry.map(|entry| serde_json::json!({ "entry": entry }));
    show(gate, format, entry, |entry| println!("entry {} / 仕訳 {0}", entry["entry"])).await
}

async fn fees(arguments: Fees) -> anyhow::Result<()> {
    let gate = super::open(&arguments.listing.place).await?;
    let fees = gate.fees(arguments.as_of).await;
    show(gate, &arguments.listing.format, fees, |fees| fees.iter().for_each(print::fee)).await
}

async fn quote(arguments: QuoteArguments) -> anyhow::Result<()> {
    let (gate, asker) = at(&arguments.reading).await?;
    let request = QuoteRequest {
        institution: arguments.institution,
        with: arguments.with,
        book: arguments.list,
        purpose: arguments.purpose,
        tier: arguments.tier,
        funding: arguments.funding.into(),
        lines: arguments.items,
    };
    let quote = gate.quote(&asker, &request).await;
    show(gate, &arguments.reading.format, quote, print::quote).await
}

async fn invoice(arguments: InvoiceArguments) -> anyhow::Result<()> {
    let (gate, asker) = at(&arguments.reading).await?;
    let request = InvoiceRequest {
        quote: arguments.quote,
        covers_from: arguments.from,
        covers_to: arguments.to,
        subject: arguments.subject,
    };
    let invoice = gate.invoice(&asker, &request).await;
    show(gate, &arguments.reading.format, invoice, |invoice| {
        println!("{}", invoice.number);
        eprintln!("{} yen with tax, due on {}", invoice.totals.total, invoice.due_on);
    })
    .await
}

async fn paper(arguments: Paper) -> anyhow::Result<()> {
    let (gate, asker) = at(&arguments.reading).await?;
    let json = arguments.reading.format.json;
    let paper = gate.paper(&asker, &arguments.number).await;
    let paper = paper.map_err(|error| output::refusal_as_json(error, json))?;
    gate.close().await;
    if let Some(file) = &arguments.pdf {
        return write(file, &pdf(&paper));
    }
    if let Some(file) = &arguments.html {
        return write(file, html(&paper).as_bytes());
    }
    if json {
        return output::json(&serde_json::json!({ "text": text(&paper) }));
    }
    print!("{}", text(&paper));
    Ok(())
}

/// Writes a new file: a paper replaces nothing.
fn write(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    use std::io::Write;
    let name = || format!("`{}`", file.display());
    let mut out = std::fs::File::create_new(file).with_context(name)?;
    out.write_all(bytes).with_context(name)
}

async fn pay(arguments: Pay) -> anyhow::Result<()> {
    let (gate, asker) = at(&arguments.reading).await?;
    let request = PaymentRequest {
        invoice: arguments.invoice,
        amount: arguments.amount,
        received_on: arguments.on,
        reference: arguments.reference,
    };
    let report = gate.pay(&asker, &request).await;
    show(gate, &arguments.reading.format, report, |report| {
        println!(
            "{}: {} yen counted, {} too much, {} still owed",
            report.invoice, report.applied, report.over, report.left
        );
    })
    .await
}

async fn credit(arguments: Credit) -> anyhow::Result<()> {
    let Because { reading, invoice, because } = arguments.because;
    let (gate, asker) = at(&reading).await?;
    let request = CreditRequest { invoice, lines: arguments.lines, reason: because };
    let note = gate.credit(&asker, &request).await;
    show(gate, &reading.format, note, |note| {
        println!("{}", note.number);
        eprintln!("{} yen with tax taken back of {}", note.totals.total, note.invoice);
    })
    .await
}

async fn refund(arguments: Refund) -> anyhow::Result<()> {
    let (gate, asker) = at(&arguments.reading).await?;
    let entry = gate.refund(&asker, &arguments.institution, arguments.amount).await;
    booked(gate, &arguments.reading.format, entry).await
}

async fn set_off(arguments: SetOff) -> anyhow::Result<()> {
    let (gate, asker) = at(&arguments.reading).await?;
    let entry = gate.set_off(&asker, &arguments.invoice, arguments.amount).await;
    booked(gate, &arguments.reading.format, entry).await
}

async fn receivables(arguments: Reading) -> anyhow::Result<()> {
    let (gate, asker) = at(&arguments).await?;
    let found = gate.receivables(&asker).await;
    show(gate, &arguments.format, found, print::receivables).await
}

async fn ledger(arguments: LedgerArguments) -> anyhow::Result<()> {
    let (gate, asker) = at(&arguments.reading).await?;
    let wanted = (arguments.account, arguments.about.as_str());
    let page = gate.account_page(&asker, wanted, arguments.from).await;
    show(gate, &arguments.reading.format, page, print::account).await
}

async fn expected(arguments: ExpectedArguments) -> anyhow::Result<()> {
    let mut other = None;
    if let Some(file) = &arguments.fees {
        let name = file.display().to_string();
        other = Some((std::fs::read_to_string(file).with_context(|| format!("`{name}`"))?, name));
    }
    let (gate, asker) = at(&arguments.reading).await?;
    let other = other.as_ref().map(|(text, name)| (text.as_str(), name.as_str()));
    let expected = gate.expected_income(&asker, other).await;
    show(gate, &arguments.reading.format, expected, print::expected).await
}

async fn write_off(arguments: Because) -> anyhow::Result<()> {
    let (gate, asker) = at(&arguments.reading).await?;
    let entry = gate.write_off(&asker, &arguments.invoice, &arguments.because).await;
    booked(gate, &arguments.reading.format, entry).await
}

async fn reverse(arguments: Reverse) -> anyhow::Result<()> {
    let (gate, asker) = at(&arguments.reading).await?;
    let entry = gate.reverse(&asker, arguments.entry, &arguments.because).await;
    booked(gate, &arguments.reading.format, entry).await
}

async fn contribute(arguments: Contribute) -> anyhow::Result<()> {
    let (gate, asker) = at(&arguments.reading).await?;
    let request = ContributionRequest {
        id: arguments.id,
        institution: arguments.institution,
        kind: arguments.kind,
        value: arguments.value,
        given_on: arguments.on,
        datasets: arguments.datasets,
        agreement: arguments.agreement,
    };
    let contribution = gate.contribute(&asker, request).await;
    show(gate, &arguments.reading.format, contribution, print::contribution).await
}

async fn windows(arguments: Listing) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let windows = gate.priority_windows().await;
    show(gate, &arguments.format, windows, |windows| windows.iter().for_each(print::window)).await
}

async fn allot(arguments: Allot) -> anyhow::Result<()> {
    let (gate, asker) = at(&arguments.reading).await?;
    let line = BudgetLine {
        id: arguments.line,
        ministry: arguments.ministry,
        fiscal_year: arguments.year,
        name_ja: arguments.ja,
        name_en: arguments.en,
        source: arguments.source,
    };
    let entry = gate.allot(&asker, &Allotment { line, amount: arguments.amount }).await;
    booked(gate, &arguments.reading.format, entry).await
}

async fn budget(arguments: Reading) -> anyhow::Result<()> {
    let (gate, asker) = at(&arguments).await?;
    let budgets = gate.budgets(&asker).await;
    show(gate, &arguments.format, budgets, |budgets| budgets.iter().for_each(print::budget)).await
}

async fn cost(arguments: Cost) -> anyhow::Result<()> {
    let (gate, asker) = at(&arguments.reading).await?;
    let cost = CostRequest {
        line: arguments.line,
        category: arguments.category,
        amount: arguments.amount,
        what: arguments.what,
        source: arguments.voucher,
    };
    let entry = gate.spend(&asker, &cost).await;
    booked(gate, &arguments.reading.format, entry).await
}

async fn balance(arguments: Reading) -> anyhow::Result<()> {
    let (gate, asker) = at(&arguments).await?;
    let balance = gate.trial_balance(&asker).await;
    show(gate, &arguments.format, balance, print::balance).await
}

async fn statement(arguments: StatementArguments) -> anyhow::Result<()> {
    let (gate, asker) = at(&arguments.reading).await?;
    let statement = gate.statement(&asker, Some(&arguments.institution)).await;
    show(gate, &arguments.reading.format, statement, print::statement).await
}

async fn genome_cost(arguments: Reading) -> anyhow::Result<()> {
    let (gate, asker) = at(&arguments).await?;
    let cost = gate.genome_cost(&asker).await;
    show(gate, &arguments.format, cost, print::genome_cost).await
}

async fn forecast(arguments: ForecastArguments) -> anyhow::Result<()> {
    let Some(year) = FiscalYear::beginning_in(arguments.year) else {
        bail!("`{}` is not a fiscal year", arguments.year);
    };
    let name = arguments.fees.display().to_string();
    let file = std::fs::read_to_string(&arguments.fees).with_context(|| format!("`{name}`"))?;
    let (gate, asker) = at(&arguments.reading).await?;
    let forecast = gate.forecast(&asker, year, (&file, &name), arguments.on).await;
    show(gate, &arguments.reading.format, forecast, print::forecast).await
}

async fn tariff(arguments: TariffArguments) -> anyhow::Result<()> {
    if arguments.builtin {
        print!("{EXAMPLE_TARIFF}");
        return Ok(());
    }
    let gate = super::open(&arguments.place).await?;
    let text = gate.export_tariff(&gate.local(&arguments.finance.user)).await?;
    gate.close().await;
    print!("{text}");
    Ok(())
}

async fn tariff_apply(arguments: TariffApply) -> anyhow::Result<()> {
    let name = arguments.file.display().to_string();
    let text = std::fs::read_to_string(&arguments.file).with_context(|| format!("`{name}`"))?;
    let (gate, asker) = at(&arguments.reading).await?;
    let applied = gate.apply_tariff(&asker, &text, &name).await;
    show(gate, &arguments.reading.format, applied, |tariff| println!("{} fee rules", tariff.fees.len())).await
}
