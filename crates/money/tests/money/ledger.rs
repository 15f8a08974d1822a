//! A million acts at random in one ledger: the trial balance stays zero, every discount has its contribution.

use crate::{day, request, tariff};
use chrono::{Days, NaiveDate};
use gj_model::Bilingual;
use gj_money::account::Account;
use gj_money::{
    Contribution, ContributionKind, CreditNote, Gift, Invoice, InvoiceTerms, Ledger, MoneyError, Recipient,
    Request, Tariff, Yen, booking, credit, quote,
};
use std::collections::HashMap;

/// Acts, unless `GJ_MONEY_ACTS` says how many.
const ACTS: usize = 1_000_000;
const COMPANIES: u64 = 40;
const BUDGET_LINES: u64 = 12;

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

/// What the books are compared with: kept apart from them, in the plainest way.
#[derive(Default)]
struct World {
    ledger: Ledger,
    contributions: HashMap<String, Contribution>,
    by_company: HashMap<u64, Vec<String>>,
    used: HashMap<String, i64>,
    invoices: Vec<Invoice>,
    notes: HashMap<String, Vec<CreditNote>>,
    invoiced: i64,
    received: i64,
    repaid: i64,
    taken_back: i64,
    given_up: i64,
    allotted: HashMap<String, i64>,
    spent: HashMap<String, i64>,
    discounts: usize,
    set_off: usize,
    refused: usize,
    reversals: usize,
}

impl World {
    fn act(&mut self, dice: &mut Dice, tariff: &Tariff, today: NaiveDate) {
        match dice.roll(100) {
            0..6 => self.contribute(dice, tariff, today),
            6..36 => self.issue(dice, tariff, today),
            36..60 => self.pay(dice, today),
            60..66 => self.credit(dice, today),
            66..72 => self.refund(dice, today),
            72..74 => self.write_off(dice, today),
            74..80 => self.allot(dice, today),
            80..97 => self.spend(dice, today),
            _ => self.reverse(dice, today),
        }
    }

    fn contribute(&mut self, dice: &mut Dice, tariff: &Tariff, today: NaiveDate) {
        let company = dice.roll(COMPANIES);
        let gift = Gift {
            id: format!("C{}", self.contributions.len()),
            institution: format!("company-{company}"),
            kind: ContributionKind::ALL[dice.roll(4) as usize],
            value: Yen::new(1 + dice.roll(9_000_000) as i64),
            given_on: today,
            datasets: vec![format!("D{}", dice.roll(9))],
            agreement: "agreement".to_owned(),
        };
        let contribution = Contribution::of(gift, &tariff.incentives).unwrap();
        self.ledger.book(booking::contributed(&contribution).unwrap()).unwrap();
        let window = &contribution.windows()[0];
        assert!(window.valid_from <= window.valid_to && window.valid_to < today + Days::new(366));
        self.by_company.entry(company).or_default().push(contribution.id.clone());
        self.contributions.insert(contribution.id.clone(), contribution);
    }

    fn issue(&mut self, dice: &mut Dice, tariff: &Tariff, today: NaiveDate) {
        let company = dice.roll(COMPANIES);
        let items = ["base", "dna", "serum", "ebv-line", "extraction"];
        let (item, quantity) = (items[dice.roll(5) as usize], 1 + dice.roll(40) as u32);
        let class = ["university", "company"][dice.roll(2) as usize];
        let request = Request { date: today, ..request("tohoku", &[class], &[(item, quantity)]) };
        let own = self.by_company.get(&company).map(Vec::as_slice).unwrap_or_default();
        let recent = own.iter().rev().take(3);
        let discounts: Vec<_> = recent
            .map(|id| {
                let used = Yen::new(self.used.get(id).copied().unwrap_or(0));
                self.contributions[id].discount(used).unwrap()
            })
            .collect();
        let made = quote(&request, tariff, &discounts).unwrap();
        let institution = format!("company-{company}");
        for given in made.lines.iter().flat_map(|line| &line.discounts) {
            // Traced: the contribution exists, is the payer's own, in force, and not used beyond its limit.
            let from = &self.contributions[&given.contribution];
            assert_eq!(from.institution, institution);
            assert!(from.given_on <= today && today <= from.discount_to);
            let used = self.used.entry(given.contribution.clone()).or_default();
            *used += given.amount.get();
            assert!(*used <= from.discount_limit.get() && given.amount > Yen::ZERO);
            self.discounts += 1;
        }
        let name = Bilingual { ja: institution.clone(), en: institution.clone() };
        let terms = InvoiceTerms {
            number: format!("I{}", self.invoices.len()),
            issued_on: today,
            covers_from: today,
            covers_to: today,
            subject: String::new(),
            recipient: Recipient { institution, name },
        };
        let invoice = Invoice::new(made, tariff.issuer_on(today).unwrap().clone(), terms);
        invoice.check().unwrap();
        self.invoiced += invoice.totals.total.get();
        if let Some(entry) = booking::invoiced(&invoice).unwrap() {
            self.ledger.book(entry).unwrap();
        }
        self.invoices.push(invoice);
    }

    /// One of the latest invoices, and what is owed on it.
    fn some_invoice(&self, dice: &mut Dice) -> Option<(usize, Yen)> {
        let back = dice.roll(200.min(self.invoices.len() as u64).max(1)) as usize;
        let index = self.invoices.len().checked_sub(back + 1)?;
        Some((index, self.ledger.balance(Account::Receivable, &self.invoices[index].number)))
    }

    fn pay(&mut self, dice: &mut Dice, today: NaiveDate) {
        let Some((index, owed)) = self.some_invoice(dice) else { return };
        let invoice = &self.invoices[index];
        // As invoiced, too little, too much, or again.
        let amount = match dice.roll(10) {
            0 => Yen::new(1 + dice.roll(5_000) as i64),
            1 => owed.plus(Yen::new(dice.roll(3_000) as i64)).unwrap(),
            _ => owed,
        };
        let settlement = match booking::settle(owed, amount) {
            Ok(settlement) => settlement,
            Err(MoneyError::NotPositive(_)) => return self.refused += 1,
            Err(other) => panic!("{other}"),
        };
        let entry =
            booking::paid(today, &invoice.number, &invoice.recipient.institution, settlement).unwrap();
        self.ledger.book(entry).unwrap();
        self.received += amount.get();
    }

    fn credit(&mut self, dice: &mut Dice, today: NaiveDate) {
        let Some((index, owed)) = self.some_invoice(dice) else { return };
        let invoice = &self.invoices[index];
        let earlier = self.notes.entry(invoice.number.clone()).or_default();
        let some = [(1, Yen::new(1 + dice.roll(20_000) as i64))];
        let wanted: &[(usize, Yen)] = if dice.roll(2) == 0 { &some } else { &[] };
        let Ok((lines, totals)) = credit(invoice, earlier, wanted) else { return self.refused += 1 };
        let note = CreditNote {
            number: "N".to_owned(),
            invoice: invoice.number.clone(),
            invoiced_on: invoice.issued_on,
            issued_on: today,
            issuer: invoice.issuer.clone(),
            recipient: invoice.recipient.clone(),
            reason: String::new(),
            lines,
            rounding: invoice.rounding,
            totals,
        };
        self.taken_back += note.totals.total.get();
        if let Some(entry) = booking::credited(&note, owed).unwrap() {
            self.ledger.book(entry).unwrap();
        }
        earlier.push(note);
    }

    /// Counts what is owed back against an invoice: what is owed in all stays the same.
    fn set_off(&mut self, dice: &mut Dice, today: NaiveDate) {
        let Some((index, owed)) = self.some_invoice(dice) else { return };
        let invoice = &self.invoices[index];
        let institution = invoice.recipient.institution.as_str();
        let owed_back = self.ledger.balance(Account::Owed, institution).opposite().unwrap();
        let amount = Yen::new(1 + dice.roll(4_000) as i64);
        match booking::set_off(today, (institution, owed_back), (&invoice.number, owed), amount) {
            Ok(entry) => {
                self.ledger.book(entry).unwrap();
                self.set_off += 1;
            }
            Err(_) => {
                assert!(amount > owed_back.min(owed));
                self.refused += 1;
            }
        }
    }

    fn refund(&mut self, dice: &mut Dice, today: NaiveDate) {
        if dice.roll(2) == 0 {
            return self.set_off(dice, today);
        }
        let institution = format!("company-{}", dice.roll(COMPANIES));
        let owed = self.ledger.balance(Account::Owed, &institution).opposite().unwrap();
        let amount = Yen::new(1 + dice.roll(4_000) as i64);
        match booking::refunded(today, &institution, owed, amount) {
            Ok(entry) => {
                self.ledger.book(entry).unwrap();
                self.repaid += amount.get();
            }
            Err(_) => {
                assert!(amount > owed);
                self.refused += 1;
            }
        }
    }

    fn write_off(&mut self, dice: &mut Dice, today: NaiveDate) {
        let Some((index, owed)) = self.some_invoice(dice) else { return };
        match booking::written_off(today, &self.invoices[index].number, owed) {
            Ok(entry) => {
                self.ledger.book(entry).unwrap();
                self.given_up += owed.get();
            }
            Err(_) => self.refused += 1,
        }
    }

    fn allot(&mut self, dice: &mut Dice, today: NaiveDate) {
        let (line, amount) = (format!("B{}", dice.roll(BUDGET_LINES)), 1 + dice.roll(1_000_000) as i64);
        self.ledger.book(booking::allotted(today, &line, Yen::new(amount)).unwrap()).unwrap();
        *self.allotted.entry(line).or_default() += amount;
    }

    fn spend(&mut self, dice: &mut Dice, today: NaiveDate) {
        let (line, amount) = (format!("B{}", dice.roll(BUDGET_LINES)), 1 + dice.roll(400_000) as i64);
        let left = self.ledger.balance(Account::BudgetLeft, &line);
        match booking::spent(today, &line, left, Yen::new(amount), "sequencing") {
            Ok(entry) => {
                self.ledger.book(entry).unwrap();
                *self.spent.entry(line).or_default() += amount;
            }
            Err(_) => {
                assert!(amount > left.get());
                self.refused += 1;
            }
        }
    }

    /// A contribution booked by mistake is undone by its opposite, once.
    fn reverse(&mut self, dice: &mut Dice, today: NaiveDate) {
        let number = 1 + dice.roll(self.ledger.len().max(1) as u64);
        let Some(entry) = self.ledger.entry(number) else { return };
        if entry.act() != "contribute" {
            return;
        }
        let why = Bilingual { ja: "誤記帳".into(), en: "booked by mistake".into() };
        match entry.reversal(number, today, why).and_then(|entry| self.ledger.book(entry)) {
            Ok(_) => self.reversals += 1,
            Err(MoneyError::Reversed(_)) => self.refused += 1,
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn after_a_million_acts_the_trial_balance_is_zero_and_every_discount_has_its_contribution() {
    let acts = std::env::var("GJ_MONEY_ACTS").map_or(ACTS, |text| text.parse().unwrap());
    let (mut world, mut dice) = (World::default(), Dice(0x9e37_79b9_7f4a_7c15));
    let mut tariff = tariff();
    tariff.fees.retain(|fee| fee.book == "tohoku");
    let first = day("2026-04-01");
    for number in 0..acts {
        let today = first + Days::new((number * 365 / acts) as u64);
        world.act(&mut dice, &tariff, today);
        if number % (acts / 50).max(1) == 0 {
            assert_eq!(world.ledger.trial_balance().unwrap().difference, Yen::ZERO);
        }
    }
    let balance = world.ledger.trial_balance().unwrap();
    assert_eq!(balance.difference, Yen::ZERO);
    let total = |account: Account| {
        let found = balance.lines.iter().find(|line| line.code == account.code());
        found.map_or(0, |line| line.balance.get())
    };
    // The books against what was kept apart: what is owed to us less what we owe.
    let open = total(Account::Receivable) + total(Account::Owed);
    let expected = world.invoiced - world.taken_back - world.received + world.repaid - world.given_up;
    assert_eq!(open, expected);
    for (line, allotted) in &world.allotted {
        let left = allotted - world.spent.get(line).copied().unwrap_or(0);
        assert_eq!(world.ledger.balance(Account::BudgetLeft, line), Yen::new(left));
    }
    for (contribution, used) in &world.used {
        assert!(*used <= world.contributions[contribution].discount_limit.get());
    }
    eprintln!(
        "{acts} acts: {} entries, {} invoices, {} discounts of {} contributions, {} reversals, {} refused; debits {} = credits {}",
        world.ledger.len(),
        world.invoices.len(),
        world.discounts,
        world.contributions.len(),
        world.reversals,
        world.refused,
        balance.debits,
        balance.credits
    );
    assert!(world.set_off > acts / 1_000, "{} set off", world.set_off);
    assert!(world.discounts > acts / 50 && world.ledger.len() > acts / 2);
}
