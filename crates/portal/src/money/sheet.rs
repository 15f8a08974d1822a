//! What a page about money is made of: cards with figures, a table, notes and forms. One template for all.

use super::{Wording, wording};
use crate::frame::{Frame, render};
use crate::language::Language;
use crate::visit::Visit;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use gj_gate::acts::money::{MoneyRights, Yen};

#[derive(Template)]
#[template(path = "money.html")]
struct Page {
    frame: Frame,
    m: &'static Wording,
    crumb: String,
    lead: &'static str,
    tabs: Vec<Tab>,
    sections: Vec<Section>,
}

struct Tab {
    href: &'static str,
    label: &'static str,
    current: bool,
}

/// One card.
#[derive(Default)]
pub(super) struct Section {
    pub(super) title: String,
    /// Beside the title, in the colour of a warning.
    pub(super) flag: Option<&'static str>,
    /// Large figures with their labels.
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) lines: Vec<(&'static str, String)>,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<Cell>>,
    pub(super) notes: Vec<String>,
    pub(super) links: Vec<(String, &'static str)>,
    pub(super) forms: Vec<Form>,
}

pub(super) struct Column {
    label: &'static str,
    number: bool,
}

#[derive(Default)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) href: Option<String>,
    pub(super) flag: Option<&'static str>,
    pub(super) number: bool,
    /// Not broken over lines.
    pub(super) keep: bool,
    /// Below, smaller.
    pub(super) hint: String,
}

/// A form; one that posts holds the token of this browser.
pub(super) struct Form {
    pub(super) id: &'static str,
    pub(super) label: &'static str,
    pub(super) action: String,
    pub(super) posts: bool,
    /// Whether it is opened before it is used.
    pub(super) folded: bool,
    pub(super) hidden: Vec<(&'static str, String)>,
    pub(super) fields: Vec<Field>,
}

pub(super) struct Field {
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    value: String,
    required: bool,
    choices: Vec<(String, String)>,
}

impl Section {
    pub(super) fn new(title: impl Into<String>) -> Section {
        Section { title: title.into(), ..Section::default() }
    }

    /// A table; a column whose label stands in `numbers` is aligned to the right.
    pub(super) fn table(mut self, words: &[&'static str], numbers: &[&'static str]) -> Section {
        let column = |label: &&'static str| Column { label, number: numbers.contains(label) };
        self.columns = words.iter().map(column).collect();
        self
    }
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), ..Cell::default() }
    }

    /// A day or a number of a paper, never broken.
    pub(super) fn keep(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), keep: true, ..Cell::default() }
    }

    pub(super) fn yen(yen: Yen) -> Cell {
        Cell { text: yen.to_string(), number: true, ..Cell::default() }
    }

    pub(super) fn link(text: impl Into<String>, href: String) -> Cell {
        Cell { text: text.into(), href: Some(href), keep: true, ..Cell::default() }
    }

    pub(super) fn under(mut self, hint: impl Into<String>) -> Cell {
        self.hint = hint.into();
        self
    }

    pub(super) fn flagged(mut self, flag: Option<&'static str>) -> Cell {
        self.flag = flag;
        self
    }
}

impl Field {
    /// `kind` is that of the element: `text`, `number`, `date`, or `area` for a long text.
    pub(super) fn new(name: &'static str, label: &'static str, kind: &'static str) -> Field {
        Field { name, label, kind, value: String::new(), required: true, choices: Vec::new() }
    }

    pub(super) fn choice(name: &'static str, label: &'static str, choices: Vec<(String, String)>) -> Field {
        Field { choices, ..Field::new(name, label, "choice") }
    }

    pub(super) fn holding(mut self, value: impl Into<String>) -> Field {
        self.value = value.into();
        self
    }

    pub(super) fn optional(mut self) -> Field {
        self.required = false;
        self
    }
}

/// `7,800,000 円`, `¥7,800,000`.
pub(super) fn said(language: Language, yen: Yen) -> String {
    match language {
        Language::Ja => format!("{yen} 円"),
        Language::En => format!("¥{yen}"),
    }
}

/// The page, with the tabs the reader may open.
pub(super) fn page(
    visit: &Visit,
    rights: MoneyRights,
    (title, crumb, lead): (&str, &str, &'static str),
    sections: Vec<Section>,
) -> Response {
    let m = wording(visit.language);
    let all = [
        ("/money/receivables", m.receivables, rights.read),
        ("/money/balance", m.balance, rights.read),
        ("/money/budgets", m.budgets, rights.read),
        ("/money/expected", m.expected, rights.read),
        ("/money/account", m.account, rights.own && !rights.read),
        ("/money/price", m.price, rights.quote),
        ("/fees", m.fees, true),
    ];
    let tab = |(href, label, _)| Tab { href, label, current: visit.path == href };
    let tabs = all.into_iter().filter(|(_, _, open)| *open).map(tab).collect();
    let (frame, crumb) = (Frame::new(visit, title), crumb.to_owned());
    render(visit, StatusCode::OK, &Page { frame, m, crumb, lead, tabs, sections })
}
