//! A document as one page of HTML, without scripts and without anything from elsewhere.

use super::Document;

const STYLE: &str = "body{font-family:sans-serif;max-width:46rem;margin:2rem auto;line-height:1.6}\
    table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #999;padding:.3rem .5rem;text-align:right}\
    th:first-child,td:first-child{text-align:left}.due{font-size:1.4rem;border-bottom:2px solid #333}\
    dl{display:grid;grid-template-columns:max-content auto;gap:.1rem 1rem}dd{margin:0}.notes{font-size:.85rem}";

/// A document as a page.
pub fn html(document: &Document) -> String {
    let mut body = format!(
        "<h1>{} <small lang=\"en\">{}</small></h1>\n<p><strong>{}</strong></p>\n<dl>\n",
        escaped(document.title),
        escaped(document.title_en),
        escaped(&document.recipient)
    );
    for (label, value) in &document.facts {
        body.push_str(&format!("<dt>{}</dt><dd>{}</dd>\n", escaped(label), escaped(value)));
    }
    for line in &document.issuer {
        body.push_str(&format!("<dt>発行者</dt><dd>{}</dd>\n", escaped(line)));
    }
    body.push_str(&format!(
        "</dl>\n<p>件名：{}</p>\n<p class=\"due\">{}　¥{}</p>\n<table>\n\
         <thead><tr><th>項目</th><th>数量</th><th>単価</th><th>金額</th><th>税率</th></tr></thead>\n<tbody>\n",
        escaped(&document.subject),
        escaped(document.due_label),
        document.due
    ));
    for row in &document.rows {
        let price = row.unit_price.map_or(String::new(), |price| price.to_string());
        body.push_str(&format!(
            "<tr><td>{}</td><td>{}</td><td>{price}</td><td>{}</td><td>{}</td></tr>\n",
            escaped(&row.name),
            escaped(&row.quantity),
            row.amount,
            escaped(&row.rate)
        ));
    }
    body.push_str("</tbody>\n</table>\n<table>\n<tbody>\n");
    for (what, net, tax) in &document.rates {
        body.push_str(&format!(
            "<tr><td>{}</td><td>{net}円</td><td>消費税 {tax}円</td></tr>\n",
            escaped(what)
        ));
    }
    for (what, sum) in &document.sums {
        body.push_str(&format!("<tr><td>{}</td><td></td><td>{sum}円</td></tr>\n", escaped(what)));
    }
    body.push_str("</tbody>\n</table>\n<ul class=\"notes\">\n");
    for note in &document.notes {
        body.push_str(&format!("<li>{}</li>\n", escaped(note)));
    }
    let number = document.facts.first().map_or("", |(_, number)| number.as_str());
    format!(
        "<!DOCTYPE html>\n<html lang=\"ja\">\n<head><meta charset=\"utf-8\"><title>{} {}</title>\n\
         <style>{STYLE}</style></head>\n<body>\n{body}</ul>\n</body>\n</html>\n",
        escaped(document.title),
        escaped(number)
    )
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}
