//! What holds for every price: against rules of thumb written apart from the code.

use crate::{gift, request, tariff};
use gj_money::{
    ContributionKind, Discount, Entry, MoneyError, Posting, Rounding, Tariff, Yen, account::Account, quote,
};
use proptest::prelude::*;

const ITEMS: [&str; 7] = ["base", "dna", "serum", "plasma", "urine", "ebv-line", "extraction"];

/// The hand rule: write the exact tax in hundredths of a yen, then round the last two digits.
fn by_hand(net: i64, percent: i64, rounding: Rounding) -> i64 {
    let exact = net * percent;
    let (yen, part) = (exact / 100, exact % 100);
    match rounding {
        Rounding::Down => yen,
        Rounding::HalfUp => yen + i64::from(part >= 50),
        Rounding::Up => yen + i64::from(part > 0),
    }
}

/// A price list of made-up prices: items `0` to `n`, some reduced, some untaxed.
fn list(prices: &[(u32, u8)], rounding: Rounding) -> Tariff {
    let mut tariff = tariff();
    tariff.issuers[0].rounding = rounding;
    let template = tariff.fees[0].clone();
    tariff.fees = (0..)
        .zip(prices)
        .map(|(n, (price, class))| {
            let mut fee = template.clone();
            (fee.id, fee.item, fee.amount) = (format!("R{n}"), n.to_string(), i64::from(*price));
            fee.tax =
                [gj_money::TaxClass::Standard, gj_money::TaxClass::Reduced, gj_money::TaxClass::Untaxed]
                    [usize::from(*class)];
            fee.classes.clear();
            fee
        })
        .collect();
    tariff
}

fn roundings() -> impl Strategy<Value = Rounding> {
    prop_oneof![Just(Rounding::Down), Just(Rounding::HalfUp), Just(Rounding::Up)]
}

fn gifts(count: usize) -> Vec<Discount> {
    let kinds = ContributionKind::ALL;
    let one = |n: usize| {
        gift(&format!("C{n}"), kinds[n % 4], 40_000 + 7 * n as i64, &[]).discount(Yen::ZERO).unwrap()
    };
    (0..count).map(one).collect()
}

proptest! {
    #[test]
    fn tax_never_differs_from_the_hand_rule(
        prices in prop::collection::vec((0u32..20_000_000, 0u8..3), 1..12),
        quantities in prop::collection::vec(1u32..50, 12),
        rounding in roundings(),
    ) {
        let tariff = list(&prices, rounding);
        let names: Vec<String> = (0..prices.len()).map(|n| n.to_string()).collect();
        let lines: Vec<(&str, u32)> = names.iter().map(String::as_str).zip(quantities.iter().copied()).collect();
        let quote = quote(&request("tohoku", &["hospital"], &lines), &tariff, &[]).unwrap();
        let mut sums = [0i64; 3];
        for ((price, class), quantity) in prices.iter().zip(&quantities) {
            sums[usize::from(*class)] += i64::from(*price) * i64::from(*quantity);
        }
        let tax = by_hand(sums[0], 10, rounding) + by_hand(sums[1], 8, rounding);
        prop_assert_eq!(quote.totals.tax.get(), tax);
        prop_assert_eq!(quote.totals.net.get(), sums.iter().sum::<i64>());
        // The total is the sum of the lines and of the tax of each rate.
        let lines: i64 = quote.lines.iter().map(|line| line.net.get()).sum();
        let taxes: i64 = quote.totals.rates.iter().map(|rate| rate.tax.get()).sum();
        prop_assert_eq!(quote.totals.total.get(), lines + taxes);
    }

    #[test]
    fn the_order_of_rules_rates_and_discounts_changes_nothing(
        chosen in prop::collection::vec((0usize..7, 1u32..9), 1..6),
        seed in any::<u64>(),
        company in any::<bool>(),
        given in 0usize..6,
    ) {
        let lines: Vec<(&str, u32)> = chosen.iter().map(|(n, quantity)| (ITEMS[*n], *quantity)).collect();
        let request = request("tohoku", &[if company { "company" } else { "university" }], &lines);
        let (mut tariff, mut discounts) = (tariff(), gifts(given));
        let before = quote(&request, &tariff, &discounts).unwrap();
        let key = |n: usize| (n as u64 + 1).wrapping_mul(seed | 1).rotate_left(17);
        let mut order: Vec<usize> = (0..tariff.fees.len()).collect();
        order.sort_by_key(|n| key(*n));
        tariff.fees = order.iter().map(|n| tariff.fees[*n].clone()).collect();
        tariff.rates.reverse();
        discounts.reverse();
        prop_assert_eq!(&quote(&request, &tariff, &discounts).unwrap(), &before);
        // Every discount comes from a contribution that was given, within its share and its limit.
        for discount in gifts(given) {
            let off = before.lines.iter().flat_map(|line| &line.discounts).filter(|d| d.contribution == discount.contribution);
            prop_assert!(off.map(|d| d.amount.get()).sum::<i64>() <= discount.left.get());
        }
        for line in &before.lines {
            let off: i64 = line.discounts.iter().map(|d| d.amount.get()).sum();
            prop_assert_eq!(line.net.get(), line.amount.get() - off);
            prop_assert!(line.net.get() >= 0);
        }
    }

    #[test]
    fn an_unbalanced_entry_cannot_be_made(amounts in prop::collection::vec(-1_000i64..1_000, 0..5)) {
        let postings = amounts.iter().map(|yen| Posting::debit(Account::Cash, "", Yen::new(*yen)));
        let words = gj_model::Bilingual { ja: "試".into(), en: "test".into() };
        let made = Entry::new(crate::day("2026-11-22"), "test", words, postings);
        let sum: i64 = amounts.iter().sum();
        match made {
            Ok(entry) => {
                prop_assert_eq!(sum, 0);
                prop_assert_eq!(entry.postings().iter().map(|p| p.amount.get()).sum::<i64>(), 0);
            }
            Err(MoneyError::Unbalanced(by)) => prop_assert_eq!(by.get(), sum),
            Err(MoneyError::Empty) => prop_assert!(amounts.iter().all(|yen| *yen == 0)),
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}

#[test]
fn the_more_particular_rule_prices_and_two_alike_are_an_error() {
    let mut tariff = tariff();
    let request = request("tohoku", &["company"], &[("dna", 1)]);
    let mut any = tariff.fees.iter().find(|fee| fee.id == "T-DNA-C").unwrap().clone();
    (any.id, any.amount) = ("ANY".into(), 1);
    any.classes.clear();
    tariff.fees.insert(0, any.clone());
    assert_eq!(quote(&request, &tariff, &[]).unwrap().lines[0].rule.id, "T-DNA-C");
    (any.id, any.classes) = ("TWIN".into(), vec!["company".into()]);
    tariff.fees.push(any);
    let why = quote(&request, &tariff, &[]).unwrap_err();
    assert_eq!(why, MoneyError::Ambiguous("T-DNA-C".into(), "TWIN".into(), "dna".into()));
}

#[test]
fn the_tariff_is_read_back_as_it_was_written_and_told_where_it_is_wrong() {
    let tariff = tariff();
    assert_eq!(Tariff::parse(&tariff.to_toml().unwrap(), "again").unwrap(), tariff);
    let twice = Tariff { fees: vec![tariff.fees[0].clone(), tariff.fees[0].clone()], ..tariff.clone() };
    let why = Tariff::parse(&twice.to_toml().unwrap(), "twice.toml").unwrap_err().to_string();
    assert!(why.contains("[[fee]] `T-BASE-A`: is there twice from 2026-04-01 on; keep one"), "{why}");
    let why = Tariff::parse("\n[[fee]]\nid = 3\n", "bad.toml").unwrap_err().to_string();
    assert!(why.contains("`bad.toml` line 3"), "{why}");
    // Whatever is not published is marked.
    for fee in tariff.fees.iter().filter(|fee| fee.book.starts_with("genomics-japan/")) {
        assert!(fee.illustrative && fee.source.starts_with("例示"), "{}", fee.id);
    }
}
