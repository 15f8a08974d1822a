//! Invoices computed by hand, as golden text, and the same figures in the PDF.

use crate::{day, gift, invoice, request, tariff};
use gj_money::document::{Document, html, pdf, text};
use gj_money::{ContributionKind, Funding, MoneyError, Request, TaxClass, Wanted, Yen, credit, quote};
use std::path::Path;
use std::process::Command;

/// Everything of the Tohoku list, one of each.
const TOHOKU: [(&str, i64); 7] = [
    ("base", 11_600),
    ("dna", 5_100),
    ("serum", 4_800),
    ("plasma", 4_800),
    ("urine", 4_800),
    ("ebv-line", 19_100),
    ("extraction", 10_400),
];

fn blessed(name: &str, now: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("GJ_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, now).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), now, "{name}");
}

fn tohoku(class: &str) -> Request {
    let lines: Vec<(&str, u32)> = TOHOKU.iter().map(|(item, _)| (*item, 1)).collect();
    request("tohoku", &[class], &lines)
}

#[test]
fn a_company_pays_exactly_twice_the_academic_price_of_tohoku() {
    let tariff = tariff();
    let academic = quote(&tohoku("university"), &tariff, &[]).unwrap();
    let company = quote(&tohoku("company"), &tariff, &[]).unwrap();
    for ((line, double), (item, price)) in academic.lines.iter().zip(&company.lines).zip(TOHOKU) {
        assert_eq!((line.item.as_str(), line.unit_price.get()), (item, price));
        assert_eq!(double.unit_price.get(), 2 * price, "{item}");
        assert_eq!(double.academic_unit_price, Some(line.unit_price));
        assert_eq!(line.company_unit_price, Some(double.unit_price));
    }
    // 11,600 + 5,100 + 3 × 4,800 + 19,100 + 10,400 = 60,600; 10 per cent of it 6,060.
    let sums = |t: &gj_money::Totals| (t.net.get(), t.tax.get(), t.total.get());
    assert_eq!(sums(&academic.totals), (60_600, 6_060, 66_660));
    assert_eq!(sums(&company.totals), (121_200, 12_120, 133_320));
    blessed("tohoku-company.txt", &text(&Document::of_invoice(&invoice(company, &tariff))));
}

#[test]
fn mixed_rates_are_rounded_once_each() {
    let mut tariff = tariff();
    // No fee of the programme is taxed at the reduced rate; the rule is the law's.
    for (id, price, tax) in
        [("a", 105, TaxClass::Standard), ("b", 99, TaxClass::Reduced), ("c", 1_000, TaxClass::Untaxed)]
    {
        let mut fee = tariff.fees[0].clone();
        fee.classes.clear();
        (fee.id, fee.book, fee.item) = (format!("M-{id}"), "mixed".into(), id.into());
        (fee.name_ja, fee.amount, fee.tax) = (format!("品目{id}"), price, tax);
        tariff.fees.push(fee);
    }
    let quote =
        quote(&request("mixed", &["hospital"], &[("a", 3), ("b", 1), ("b", 4), ("c", 1)]), &tariff, &[])
            .unwrap();
    // 10 per cent of 315 is 31.5, 8 per cent of 495 is 39.6: dropped once each.
    let rates: Vec<(i64, i64)> = quote.totals.rates.iter().map(|r| (r.net.get(), r.tax.get())).collect();
    assert_eq!(rates, [(315, 31), (495, 39), (1_000, 0)]);
    assert_eq!(quote.totals.total, Yen::new(315 + 31 + 495 + 39 + 1_000));
    let invoice = invoice(quote, &tariff);
    invoice.check().unwrap();
    blessed("mixed-rates.txt", &text(&Document::of_invoice(&invoice)));
    // Taken back in two steps nothing is left, and no step's tax is off by more than the fraction.
    let note = |number: &str, (lines, totals)| gj_money::CreditNote {
        number: number.to_owned(),
        invoice: invoice.number.clone(),
        invoiced_on: invoice.issued_on,
        issued_on: day("2026-12-24"),
        issuer: invoice.issuer.clone(),
        recipient: invoice.recipient.clone(),
        reason: "数量の誤り".to_owned(),
        lines,
        rounding: invoice.rounding,
        totals,
    };
    let first =
        note("CN-2026-000001", credit(&invoice, &[], &[(1, Yen::new(105)), (3, Yen::new(1))]).unwrap());
    // What remains: 210 → 21 of tax, so 10 are taken back; 494 → 39.52 → 39, so none.
    let taxes: Vec<i64> = first.totals.rates.iter().map(|rate| rate.tax.get()).collect();
    assert_eq!(taxes, [10, 0]);
    blessed("credit-note.txt", &text(&Document::of_credit_note(&first)));
    let too_much = credit(&invoice, std::slice::from_ref(&first), &[(1, Yen::new(211))]);
    assert!(matches!(too_much, Err(MoneyError::CreditTooLarge { line: 1, .. })), "{too_much:?}");
    let rest = note("CN-2026-000002", credit(&invoice, std::slice::from_ref(&first), &[]).unwrap());
    assert_eq!(first.totals.total.plus(rest.totals.total).unwrap(), invoice.totals.total);
    assert_eq!(credit(&invoice, &[first, rest], &[]), Err(MoneyError::NothingAsked));
}

#[test]
fn a_discount_says_which_contribution_it_comes_from_and_ends_with_it() {
    let tariff = tariff();
    let gift = gift("C-2026-0001", ContributionKind::Cash, 3_000_000, &["ncc-hikari"]);
    let year = request("c-cat", &["company"], &[("year", 1)]);
    let made = quote(&year, &tariff, &[gift.discount(Yen::ZERO).unwrap()]).unwrap();
    // Half of 7,800,000 would be 3,900,000; the contribution's value is the limit.
    assert_eq!(made.totals.net, Yen::new(4_800_000));
    assert_eq!(made.lines[0].discounts[0].contribution, "C-2026-0001");
    blessed("discount.txt", &text(&Document::of_invoice(&invoice(made, &tariff))));
    let used_up = quote(&year, &tariff, &[gift.discount(Yen::new(3_000_000)).unwrap()]).unwrap();
    assert_eq!(used_up.totals.net, Yen::new(7_800_000));
    let late = Request { date: day("2029-06-01"), ..year };
    let late = quote(&late, &tariff, &[gift.discount(Yen::ZERO).unwrap()]).unwrap();
    assert!(late.lines[0].discounts.is_empty());
    let windows = gift.windows();
    assert_eq!((windows[0].valid_from, windows[0].valid_to), (day("2026-06-01"), day("2027-02-28")));
}

#[test]
fn a_company_joining_reprices_and_public_money_is_free_where_the_list_says_so() {
    let tariff = tariff();
    let alone = request("c-cat", &["university"], &[("year", 1)]);
    let why = quote(&alone, &tariff, &[]).unwrap_err().to_string();
    assert!(why.starts_with("no rule of price list `c-cat` prices `year` for `university`"), "{why}");
    let public = Request { funding: Funding::Public, ..alone.clone() };
    assert_eq!(quote(&public, &tariff, &[]).unwrap().totals.total, Yen::ZERO);
    let joined = Request { classes: vec!["university".into(), "company".into()], ..public };
    let joined = quote(&joined, &tariff, &[]).unwrap();
    assert_eq!((joined.class.as_str(), joined.totals.net.get()), ("company", 7_800_000));
    assert!(joined.lines[0].reason.ja.ends_with("（企業が参加するため企業価格です）"));
    let abroad = request("uk-biobank", &["company"], &[("access-3-years", 1)]);
    assert!(matches!(quote(&abroad, &tariff, &[]), Err(MoneyError::Currency(..))));
}

/// The text of a PDF without blanks, and its pages, by a reader of another's making.
fn read_back(name: &str, bytes: &[u8]) -> Option<(String, usize)> {
    let file = std::env::temp_dir().join(format!("gj-money-{}-{name}.pdf", std::process::id()));
    std::fs::write(&file, bytes).unwrap();
    if let Some(folder) = std::env::var_os("GJ_KEEP") {
        std::fs::write(Path::new(&folder).join(format!("{name}.pdf")), bytes).unwrap();
    }
    let read = Command::new("pdftotext").args(["-layout", "-enc", "UTF-8"]).arg(&file).arg("-").output();
    let _ = std::fs::remove_file(&file);
    let Ok(read) = read else {
        assert!(std::env::var_os("CI").is_none(), "CI must have pdftotext");
        eprintln!("skipped: pdftotext is not installed");
        return None;
    };
    let text = String::from_utf8(read.stdout).unwrap();
    // A form feed ends each page.
    let pages = text.matches('\u{c}').count();
    Some((text.split_whitespace().collect(), pages))
}

#[test]
fn the_pdf_says_what_the_invoice_says() {
    let tariff = tariff();
    let quote = quote(
        &tohoku("company"),
        &tariff,
        &[gift("C-2026-0001", ContributionKind::Staff, 50_000, &[]).discount(Yen::ZERO).unwrap()],
    )
    .unwrap();
    let document = Document::of_invoice(&invoice(quote, &tariff));
    let bytes = pdf(&document);
    assert_eq!(bytes, pdf(&document));
    assert!(bytes.starts_with(b"%PDF-1.7"));
    assert!(html(&document).contains("<td>DNA分譲</td><td>1検体</td><td>10,200</td>"));
    let Some((read, _)) = read_back("invoice", &bytes) else { return };
    // Every word and figure of the paper, in the order of the table.
    let mut at = 0;
    for row in &document.rows {
        let cells = [
            row.unit_price.map_or(String::new(), |p| p.to_string()),
            row.amount.to_string(),
            row.rate.clone(),
        ];
        let line: String = [row.name.clone(), row.quantity.clone()].into_iter().chain(cells).collect();
        let line: String = line.split_whitespace().collect();
        at += read[at..].find(&line).unwrap_or_else(|| panic!("`{line}` is not in {}", &read[at..]));
    }
    let (what, sum) = document.sums.last().unwrap();
    for wanted in [
        format!("{what}{sum}円"),
        format!("¥{}", document.due),
        "T8000000000001".into(),
        "GJ-2026-000001".into(),
    ] {
        assert!(read.contains(&wanted), "`{wanted}` is not in {read}");
    }
    assert!(
        read.contains("見本製薬B社（例）御中")
            && read.contains("10%対象121,200円") == document.rates[0].1.eq(&Yen::new(121_200))
    );
}

#[test]
fn every_line_of_the_tohoku_list_with_its_tax_by_hand() {
    let tariff = tariff();
    // Without tax and with it, for academia and for companies, as computed on paper.
    for (item, academic, company) in [
        ("base", (11_600, 12_760), (23_200, 25_520)),
        ("dna", (5_100, 5_610), (10_200, 11_220)),
        ("serum", (4_800, 5_280), (9_600, 10_560)),
        ("plasma", (4_800, 5_280), (9_600, 10_560)),
        ("urine", (4_800, 5_280), (9_600, 10_560)),
        ("ebv-line", (19_100, 21_010), (38_200, 42_020)),
        ("extraction", (10_400, 11_440), (20_800, 22_880)),
    ] {
        for (class, (net, total)) in [("university", academic), ("company", company)] {
            let made = quote(&request("tohoku", &[class], &[(item, 1)]), &tariff, &[]).unwrap();
            assert_eq!((made.totals.net.get(), made.totals.total.get()), (net, total), "{item} {class}");
        }
        assert_eq!(company.0, 2 * academic.0, "{item}");
    }
    let listed = tariff.fees.iter().filter(|fee| fee.book == "tohoku").count();
    assert_eq!(listed, 14, "a line of the list is not in this test");
}

#[test]
fn a_change_on_the_way_costs_the_months_left_less_what_was_paid_for_them() {
    let tariff = tariff();
    let part = |months: u32, paid_before: i64| Wanted {
        months: Some(months),
        paid_before: Yen::new(paid_before),
        ..Wanted::new("detailed-year", 1)
    };
    let ask = |book: &str, wanted: Wanted| Request {
        lines: vec![wanted],
        ..request(book, &["company", "university"], &[("detailed-year", 1)])
    };
    // 29 of 12 months of 15,600,000 a year: 1,300,000 × 29.
    let joined = quote(&ask("genomics-japan/proposal", part(29, 0)), &tariff, &[]).unwrap();
    assert_eq!((joined.totals.net.get(), joined.totals.tax.get()), (37_700_000, 3_770_000));
    // The university had paid 2,400,000 a year: 200,000 × 29 = 5,800,000 less.
    let joined = quote(&ask("genomics-japan/action-plan", part(29, 5_800_000)), &tariff, &[]).unwrap();
    assert_eq!((joined.totals.net.get(), joined.totals.tax.get()), (31_900_000, 3_190_000));
    assert!(
        joined.lines[0]
            .reason
            .ja
            .contains("残り29か月分の月割りから、同じ期間についてお支払い済みの5,800,000円")
    );
    let invoice = invoice(joined, &tariff);
    invoice.check().unwrap();
    blessed("difference.txt", &text(&Document::of_invoice(&invoice)));
    // Never less than nothing, and a fraction of a yen is dropped once.
    let paid = quote(&ask("genomics-japan/proposal", part(1, 2_000_000)), &tariff, &[]).unwrap();
    assert_eq!((paid.totals.net, paid.lines[0].paid_before), (Yen::ZERO, Yen::new(1_300_000)));
    assert_eq!(
        Wanted { months: Some(5), ..Wanted::new("x", 1) }.amount(Yen::new(100)).unwrap(),
        Yen::new(41)
    );
    // An invoice whose months were changed afterwards is found.
    let mut forged = invoice;
    forged.lines[0].months = Some(30);
    assert!(forged.check().is_err());
}

#[test]
fn a_long_list_goes_on_over_pages_and_no_figure_is_lost() {
    let tariff = tariff();
    let mut lines: Vec<(&str, u32)> = TOHOKU.iter().map(|(item, _)| (*item, 99_999_999)).collect();
    while lines.len() < 70 {
        let next = 1 + lines.len() as u32;
        lines.extend(TOHOKU.iter().map(|(item, _)| (*item, next)));
    }
    let made = quote(&request("tohoku", &["company"], &lines), &tariff, &[]).unwrap();
    let document = Document::of_invoice(&invoice(made, &tariff));
    let bytes = pdf(&document);
    let Some((read, pages)) = read_back("long", &bytes) else { return };
    assert!(pages >= 2, "{pages} pages");
    let mut at = 0;
    for row in &document.rows {
        let line =
            format!("{}{}{}{}{}", row.name, row.quantity, row.unit_price.unwrap(), row.amount, row.rate);
        at += read[at..].find(&line).unwrap_or_else(|| panic!("`{line}` is not in {}", &read[at..]));
    }
    assert!(read.contains(&format!("合計（税込）{}円", document.due)), "{read}");
}
