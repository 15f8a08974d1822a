//! A document as plain text, for a terminal and for comparing.

use super::Document;
use super::width::columns;
use std::fmt::Write;

/// Columns of the table: what, how many, price of one, price of all, rate.
const COLUMNS: [usize; 5] = [40, 14, 14, 14, 7];

/// A document as text.
pub fn text(document: &Document) -> String {
    let mut out = String::new();
    let mut line = |text: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{}", text.trim_end());
    };
    line(&format!("{} / {}", document.title, document.title_en));
    line("");
    line(&document.recipient);
    for (label, value) in &document.facts {
        line(&format!("{label}：{value}"));
    }
    line("");
    document.issuer.iter().for_each(|text| line(&format!("発行者：{text}")));
    line("");
    line(&format!("件名：{}", document.subject));
    line(&format!("{}：¥{}", document.due_label, document.due));
    line("");
    line(&row(&["項目", "数量", "単価", "金額", "税率"].map(str::to_owned)));
    line(&"-".repeat(COLUMNS.iter().sum()));
    for item in &document.rows {
        let price = item.unit_price.map_or(String::new(), |price| price.to_string());
        let (name, quantity) = (item.name.clone(), item.quantity.clone());
        line(&row(&[name, quantity, price, item.amount.to_string(), item.rate.clone()]));
    }
    line(&"-".repeat(COLUMNS.iter().sum()));
    for (what, net, tax) in &document.rates {
        line(&format!("{what}　{net}円　消費税 {tax}円"));
    }
    for (what, sum) in &document.sums {
        line(&format!("{what}　{sum}円"));
    }
    line("");
    document.notes.iter().for_each(|note| line(note));
    out
}

/// The first column to the left, the others to the right.
fn row(cells: &[String; 5]) -> String {
    let mut out = String::new();
    for (index, (cell, width)) in cells.iter().zip(COLUMNS).enumerate() {
        let blank = " ".repeat(width.saturating_sub(columns(cell)));
        let (before, after) = if index == 0 { ("", blank.as_str()) } else { (blank.as_str(), "") };
        out.push_str(before);
        out.push_str(cell);
        out.push_str(after);
    }
    out
}
