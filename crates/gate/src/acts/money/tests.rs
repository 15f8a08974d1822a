//! Two thousand acts of money at random through the registry: the books balance, every discount is traced,
//! who has paid is let in and nobody else.

use super::*;
use crate::acts::init::NewDirectory;
use crate::clock::Clock;
use chrono::{DateTime, NaiveDate, Utc};
use gj_model::InstitutionId;
use gj_money::Account;

/// Acts of one run.
const ACTS: usize = 2_000;

/// xorshift: the same acts every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn clock() -> Clock {
    let noon: DateTime<Utc> = "2026-11-22T03:00:00Z".parse().unwrap();
    Clock::Fixed(noon)
}

fn finance() -> Asker {
    Asker { user: Some("finance".parse().unwrap()) }
}

async fn ready() -> (tempfile::TempDir, Gate) {
    let folder = tempfile::tempdir().unwrap();
    let gate = Gate::init(&folder.path().join("data"), NewDirectory::default(), clock()).await.unwrap();
    (folder, gate)
}

fn request(institution: &str, book: Option<&str>, item: &str, quantity: u32) -> QuoteRequest {
    QuoteRequest {
        institution: institution.parse().unwrap(),
        with: Vec::new(),
        book: book.map(str::to_owned),
        purpose: None,
        tier: None,
        funding: Funding::Own,
        lines: vec![Wanted::new(item, quantity)],
    }
}

async fn invoiced(gate: &Gate, request: &QuoteRequest) -> gj_money::Invoice {
    let quote = gate.quote(&finance(), request).await.unwrap();
    let request = InvoiceRequest {
        quote: quote.number,
        covers_from: day("2026-11-01"),
        covers_to: day("2027-10-31"),
        subject: "利用料".to_owned(),
    };
    gate.invoice(&finance(), &request).await.unwrap()
}

fn payment(invoice: &str, amount: Yen, reference: &str) -> PaymentRequest {
    PaymentRequest { invoice: invoice.to_owned(), amount, received_on: None, reference: reference.to_owned() }
}

async fn covered(gate: &Gate, institution: &str) -> bool {
    let institution: InstitutionId = institution.parse().unwrap();
    let mut reads = gate.inner.registry.read().await.unwrap();
    !reads.payments_covering(&institution, day("2026-11-22")).await.unwrap().is_empty()
}

#[tokio::test]
async fn who_has_paid_in_full_is_let_in_and_let_out_when_it_is_taken_back() {
    let (_folder, gate) = ready().await;
    let invoice = invoiced(&gate, &request("pharma-a", None, "panel-year", 1)).await;
    assert_eq!((invoice.number.as_str(), invoice.totals.total.get()), ("GJ-2026-000001", 8_580_000));
    let pay = |amount, reference| payment(&invoice.number, Yen::new(amount), reference);
    let part = gate.pay(&finance(), &pay(8_000_000, "BANK-1")).await.unwrap();
    assert_eq!(part.left, Yen::new(580_000));
    assert!(!covered(&gate, "pharma-a").await);
    // The same money is not booked twice, and a refused act leaves nothing.
    let again = gate.pay(&finance(), &pay(8_000_000, "BANK-1")).await.unwrap_err().to_string();
    assert_eq!(again, "`BANK-1` was booked before; nothing was changed");
    let rest = gate.pay(&finance(), &pay(600_000, "BANK-2")).await.unwrap();
    assert_eq!((rest.applied, rest.over, rest.left), (Yen::new(580_000), Yen::new(20_000), Yen::ZERO));
    assert!(covered(&gate, "pharma-a").await);
    let company: InstitutionId = "pharma-a".parse().unwrap();
    assert!(gate.refund(&finance(), &company, Yen::new(20_001)).await.is_err());
    let refunded = gate.refund(&finance(), &company, Yen::new(20_000)).await.unwrap();
    // What was paid back cannot be taken back from the payment any more.
    let why = gate.reverse(&finance(), rest.entry, "wrong company").await.unwrap_err().to_string();
    assert!(why.contains("that money was used meanwhile"), "{why}");
    gate.reverse(&finance(), refunded, "bounced").await.unwrap();
    gate.reverse(&finance(), rest.entry, "wrong company").await.unwrap();
    assert!(!covered(&gate, "pharma-a").await);
    gate.pay(&finance(), &pay(580_000, "BANK-3")).await.unwrap();
    assert!(covered(&gate, "pharma-a").await);
    // A programme file that does not know the payment leaves it alone.
    let mut tx = gate.inner.registry.begin().await.unwrap();
    tx.apply_programme(&gj_registry::Programme::example().unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(covered(&gate, "pharma-a").await);
    let whole =
        CreditRequest { invoice: invoice.number.clone(), lines: Vec::new(), reason: "中止".to_owned() };
    let note = gate.credit(&finance(), &whole).await.unwrap();
    assert_eq!(note.totals, invoice.totals);
    assert!(!covered(&gate, "pharma-a").await);
    let statement = gate.statement(&finance(), Some(&company)).await.unwrap();
    assert_eq!((statement.owed, statement.owed_back), (Yen::ZERO, Yen::new(8_580_000)));
    // A sample paid for opens no data.
    let sample = invoiced(&gate, &request("pharma-a", Some("tohoku"), "dna", 1)).await;
    gate.pay(&finance(), &payment(&sample.number, sample.totals.total, "BANK-4")).await.unwrap();
    assert!(!covered(&gate, "pharma-a").await);
    gate.verify().await.unwrap();
}

#[tokio::test]
async fn a_quote_holds_only_while_its_price_does_and_is_invoiced_once() {
    let (_folder, gate) = ready().await;
    let given = |id: &str| ContributionRequest {
        id: id.to_owned(),
        institution: "pharma-b".parse().unwrap(),
        kind: ContributionKind::Cash,
        value: Yen::new(30_000),
        given_on: None,
        datasets: vec!["hikari-cancer".to_owned()],
        agreement: "agreement 7".to_owned(),
    };
    gate.contribute(&finance(), given("C-1")).await.unwrap();
    assert!(gate.contribute(&finance(), given("C-1")).await.is_err());
    let dna = request("pharma-b", Some("tohoku"), "dna", 5);
    let (first, second) =
        (gate.quote(&finance(), &dna).await.unwrap(), gate.quote(&finance(), &dna).await.unwrap());
    let issue = |quote: &StoredQuote| InvoiceRequest {
        quote: quote.number.clone(),
        covers_from: day("2026-12-01"),
        covers_to: day("2026-12-31"),
        subject: "DNA".to_owned(),
    };
    let invoice = gate.invoice(&finance(), &issue(&first)).await.unwrap();
    // Half of 51,000 is 25,500, so 4,500 are left of what was given.
    assert_eq!(invoice.totals.net, Yen::new(25_500));
    let why = gate.invoice(&finance(), &issue(&first)).await.unwrap_err().to_string();
    assert!(why.contains("was invoiced as `GJ-2026-000001`"), "{why}");
    let why = gate.invoice(&finance(), &issue(&second)).await.unwrap_err().to_string();
    assert!(why.contains("the price has changed since the quote was made"), "{why}");
    let windows = gate.priority_windows().await.unwrap();
    assert_eq!((windows[0].dataset.as_str(), windows[0].valid_to), ("hikari-cancer", day("2027-08-21")));
    // Somebody who may ask for a price may not write into the books, nor ask for another institution.
    let researcher = Asker { user: Some("company-unpaid".parse().unwrap()) };
    assert!(matches!(gate.invoice(&researcher, &issue(&second)).await, Err(GateError::Refused(_))));
    assert!(matches!(gate.quote(&researcher, &dna).await, Err(GateError::Refused(_))));
    assert!(gate.quote(&researcher, &request("pharma-a", None, "panel-year", 1)).await.is_ok());
    assert!(matches!(gate.trial_balance(&Asker::nobody()).await, Err(GateError::Refused(_))));
}

/// An act is done, or refused for a reason of the books; nothing else happens.
fn outcome<T>(result: Result<T, GateError>) -> Option<T> {
    match result {
        Ok(done) => Some(done),
        Err(GateError::Books(_)) => None,
        Err(other) => panic!("{other}"),
    }
}

async fn act(gate: &Gate, dice: &mut Dice, invoices: &mut Vec<String>, number: usize) -> bool {
    let who = ["pharma-a", "pharma-b"][dice.roll(2) as usize];
    let some = |dice: &mut Dice, invoices: &[String]| {
        let back = dice.roll(20.min(invoices.len() as u64).max(1)) as usize;
        invoices.len().checked_sub(back + 1).map_or("GJ-0".to_owned(), |index| invoices[index].clone())
    };
    let amount = Yen::new(1 + dice.roll(90_000) as i64);
    match dice.roll(12) {
        0 => {
            let request = ContributionRequest {
                id: format!("C-{number}"),
                institution: who.parse().unwrap(),
                kind: ContributionKind::ALL[dice.roll(4) as usize],
                value: amount,
                given_on: None,
                datasets: vec![format!("D{}", dice.roll(5))],
                agreement: "agreement".to_owned(),
            };
            outcome(gate.contribute(&finance(), request).await).is_some()
        }
        1..4 => {
            let item = ["base", "dna", "serum", "ebv-line"][dice.roll(4) as usize];
            let invoice = invoiced(gate, &request(who, Some("tohoku"), item, 1 + dice.roll(9) as u32)).await;
            invoices.push(invoice.number);
            true
        }
        4..7 => {
            let invoice = some(dice, invoices);
            outcome(gate.pay(&finance(), &payment(&invoice, amount, &format!("B{number}"))).await).is_some()
        }
        7 => {
            let lines = if dice.roll(2) == 0 { Vec::new() } else { vec![(1, amount)] };
            let request = CreditRequest { invoice: some(dice, invoices), lines, reason: "誤り".to_owned() };
            outcome(gate.credit(&finance(), &request).await).is_some()
        }
        8 => outcome(gate.refund(&finance(), &who.parse().unwrap(), amount).await).is_some(),
        9 => {
            let line = BudgetLine {
                id: format!("L{}", dice.roll(3)),
                ministry: "文部科学省".to_owned(),
                fiscal_year: 2026,
                name_ja: "解析費".to_owned(),
                name_en: "Sequencing".to_owned(),
                source: "例示".to_owned(),
            };
            outcome(gate.allot(&finance(), &Allotment { line, amount }).await).is_some()
        }
        10 => {
            let cost = CostRequest {
                line: format!("L{}", dice.roll(3)),
                category: "sequencing".to_owned(),
                amount,
                what: "読取".to_owned(),
                source: format!("V{number}"),
            };
            outcome(gate.spend(&finance(), &cost).await).is_some()
        }
        _ => {
            let entry = 1 + dice.roll(number as u64 + 1);
            let undone = gate.reverse(&finance(), entry, "誤記帳").await;
            outcome(undone).is_some()
        }
    }
}

#[tokio::test]
async fn after_two_thousand_acts_the_books_balance() {
    let (_folder, gate) = ready().await;
    let (mut dice, mut invoices, mut done) = (Dice(0x9e37_79b9_7f4a_7c15), Vec::new(), 0);
    for number in 0..ACTS {
        done += usize::from(act(&gate, &mut dice, &mut invoices, number).await);
    }
    let report = gate.verify().await.unwrap();
    let balance = gate.trial_balance(&finance()).await.unwrap();
    assert_eq!(balance.difference, Yen::ZERO);
    assert_eq!(report.invoices, invoices.len() as u64);
    // Invoices are numbered without gaps, whatever was refused in between.
    let last = invoices.last().unwrap();
    assert_eq!(*last, format!("GJ-2026-{:06}", invoices.len()));
    // The statements of all add up to the accounts.
    let (mut owed, mut owed_back) = (0, 0);
    for who in ["pharma-a", "pharma-b"] {
        let statement = gate.statement(&finance(), Some(&who.parse().unwrap())).await.unwrap();
        owed += statement.owed.get();
        owed_back += statement.owed_back.get();
        assert!(
            statement.owed_back >= Yen::ZERO && statement.invoices.iter().all(|card| card.owed >= Yen::ZERO)
        );
    }
    let total = |account: Account| {
        balance.lines.iter().find(|line| line.code == account.code()).map_or(0, |line| line.balance.get())
    };
    assert_eq!((total(Account::Receivable), -total(Account::Owed)), (owed, owed_back));
    eprintln!("{done} of {ACTS} acts done, {} entries, {} invoices", report.entries, report.invoices);
    assert!(done > ACTS / 2);
}
