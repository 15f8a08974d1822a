//! How acts and reports of money read in a terminal, in Japanese and English.

use gj_gate::acts::money::{
    AccountPage, BudgetReport, Expected, FeeRule, GenomeCost, Receivables, Statement, StoredQuote, Yen,
};
use gj_gate::acts::money::{Contribution, Forecast, PriorityWindow, TrialBalance};

pub fn fee(fee: &FeeRule) {
    let until = fee.valid_to.map_or(String::new(), |to| format!(" to {to}"));
    let example = if fee.illustrative { " 例示/illustrative" } else { "" };
    let whom = if fee.classes.is_empty() { "all".to_owned() } else { fee.classes.join(",") };
    println!(
        "{} {} {}: {} {} / {} ({}; {whom}){example}",
        fee.book,
        fee.id,
        fee.item,
        fee.currency,
        Yen::new(fee.amount),
        fee.unit_en,
        fee.name_ja
    );
    println!("  from {}{until}; {}", fee.valid_from, fee.source);
}

pub fn quote(stored: &StoredQuote) {
    let quote = &stored.quote;
    println!("{} {} ({})", stored.number, stored.institution, quote.class);
    for line in &quote.lines {
        println!(
            "  {} × {} = {}  {} / {}",
            line.unit_price, line.quantity, line.amount, line.name.ja, line.name.en
        );
        println!("    {}\n    {}", line.reason.ja, line.reason.en);
        for discount in &line.discounts {
            println!("    {}\n    {}", discount.reason.ja, discount.reason.en);
        }
        if let (Some(academic), Some(company)) = (line.academic_unit_price, line.company_unit_price) {
            println!(
                "    学術 {academic}円、企業 {company}円 / academic {academic} yen, company {company} yen"
            );
        }
    }
    for rate in &quote.totals.rates {
        println!("  {}%: {} + 消費税/tax {}", rate.percent, rate.net, rate.tax);
    }
    println!("  合計/total {}", quote.totals.total);
}

pub fn contribution(contribution: &Contribution) {
    println!(
        "{}: {} yen ({}), discount up to {} yen until {}",
        contribution.id,
        contribution.value,
        contribution.kind,
        contribution.discount_limit,
        contribution.discount_to
    );
    contribution.windows().iter().for_each(window);
}

pub fn window(window: &PriorityWindow) {
    println!(
        "  {}: {} from {} to {} ({}; {})",
        window.dataset,
        window.institution,
        window.valid_from,
        window.valid_to,
        window.contribution,
        window.source
    );
}

pub fn budget(report: &BudgetReport) {
    let line = &report.line;
    println!(
        "{} FY{} {} {} / {}: spent {}, left {} ({})",
        line.id,
        line.fiscal_year,
        line.ministry,
        line.name_ja,
        line.name_en,
        report.spent,
        report.left,
        line.source
    );
}

pub fn balance(balance: &TrialBalance) {
    for line in &balance.lines {
        println!(
            "{} {:>20} {:>20} {:>20}  {} / {}",
            line.code, line.debits, line.credits, line.balance, line.ja, line.en
        );
    }
    println!("     {:>20} {:>20} {:>20}  合計 / total", balance.debits, balance.credits, balance.difference);
}

pub fn statement(statement: &Statement) {
    println!("{}: owed {}, owed back {}", statement.institution, statement.owed, statement.owed_back);
    for card in &statement.invoices {
        println!(
            "  {} of {} due {}: {}; total {}, credited {}, owed {}",
            card.invoice, card.issued_on, card.due_on, card.state, card.total, card.credited, card.owed
        );
        for received in &card.received {
            println!("    {} on {} ({})", received.amount, received.received_on, received.reference);
        }
    }
    for given in &statement.contributions {
        let one = &given.contribution;
        let left = given.discount_left;
        println!("  {} {} {} on {}; discount left {left}", one.id, one.kind, one.value, one.given_on);
    }
}

pub fn genome_cost(cost: &GenomeCost) {
    let each = cost.per_genome.map_or("-".to_owned(), |per| per.each.to_string());
    println!("{} genomes, {} yen, {each} yen each", cost.genomes, cost.spent);
    for category in &cost.categories {
        let each = category.per_genome.map_or("-".to_owned(), |per| per.each.to_string());
        println!("  {}: {} yen, {each} each", category.category, category.spent);
    }
}

pub fn forecast(forecast: &Forecast) {
    for line in &forecast.lines {
        println!(
            "{} {} ({}) × {}: {} → {}",
            line.book, line.item, line.class, line.units, line.now, line.then
        );
    }
    println!(
        "{} invoices: {} → {} ({} yen)",
        forecast.requests, forecast.now, forecast.then, forecast.difference
    );
    forecast.unpriced.iter().for_each(|why| println!("  unpriced: {why}"));
}

pub fn receivables(found: &Receivables) {
    for one in &found.invoices {
        let invoice = &one.invoice;
        println!(
            "{} {} due {}: owed {} ({} days overdue)",
            invoice.invoice, invoice.institution, invoice.due_on, invoice.owed, one.days_overdue
        );
    }
    println!("owed in all / 未収合計 {}", found.owed);
}

pub fn account(page: &AccountPage) {
    println!("{} {} / {}: before {}", page.code, page.account.ja(), page.account.en(), page.before);
    for line in &page.lines {
        println!("  {} {} {} {}: {}", line.entry, line.day, line.words.en, line.about, line.amount);
    }
    println!("after {}", page.after);
    if let Some(next) = page.next {
        println!("more from entry {next}");
    }
}

pub fn expected(expected: &Expected) {
    for month in &expected.months {
        println!(
            "{}: invoiced {}, decided {}, under review {}; by the other tariff {}",
            month.month, month.invoiced, month.decided, month.pending, month.then
        );
    }
    expected.unpriced.iter().for_each(|why| println!("  unpriced: {why}"));
}
