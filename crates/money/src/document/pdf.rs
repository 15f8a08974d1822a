//! A document as PDF: A4, same bytes each time, no font file.
//!
//! Japanese is set in HeiseiKakuGo-W5 (Adobe-Japan1, which every reader of PDF knows or replaces by a
//! font of the same character collection), Latin in Helvetica. Neither is embedded.

use super::width::{latin, thousandths, wrapped};
use super::{Document, Row};
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo};
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

/// Tenths of a point: places on the page are whole numbers of these.
type Tenths = i32;

const WIDTH: Tenths = 5953;
const HEIGHT: Tenths = 8419;
const LEFT: Tenths = 500;
const RIGHT: Tenths = WIDTH - 500;
const BOTTOM: Tenths = 600;
/// Right ends of the table's columns after the first: how many, price of one, price of all, rate.
const ENDS: [Tenths; 4] = [3550, 4250, 5020, RIGHT];
/// Where the first column's text must end.
const NAME_END: Tenths = 2900;

const HELVETICA: Name<'static> = Name(b"F1");
const HEISEI: Name<'static> = Name(b"F2");

/// A document as PDF.
pub fn pdf(document: &Document) -> Vec<u8> {
    let pages = Pages::of(document);
    let mut pdf = Pdf::new();
    let mut next = Ref::new(1);
    let (catalog, tree) = (next.bump(), next.bump());
    let fonts = Fonts { helvetica: next.bump(), heisei: next.bump(), cid: next.bump(), face: next.bump() };
    let info = next.bump();
    let pages: Vec<(Ref, Ref, Content)> =
        pages.done.into_iter().map(|content| (next.bump(), next.bump(), content)).collect();
    pdf.catalog(catalog).pages(tree).lang(TextStr("ja"));
    pdf.pages(tree).kids(pages.iter().map(|(page, _, _)| *page)).count(pages.len() as i32);
    let number = document.facts.first().map_or("", |(_, number)| number.as_str());
    let title = format!("{} {number}", document.title);
    pdf.document_info(info).title(TextStr(&title)).producer(TextStr("gj"));
    fonts.write(&mut pdf);
    for (page, body, content) in pages {
        let mut written = pdf.page(page);
        written.media_box(Rect::new(0.0, 0.0, points(WIDTH), points(HEIGHT))).parent(tree).contents(body);
        let mut resources = written.resources();
        resources.fonts().pair(HELVETICA, fonts.helvetica).pair(HEISEI, fonts.heisei);
        resources.finish();
        written.finish();
        pdf.stream(body, &content.finish());
    }
    pdf.finish()
}

fn points(tenths: Tenths) -> f32 {
    tenths as f32 / 10.0
}

struct Fonts {
    helvetica: Ref,
    heisei: Ref,
    cid: Ref,
    face: Ref,
}

impl Fonts {
    fn write(&self, pdf: &mut Pdf) {
        pdf.type1_font(self.helvetica)
            .base_font(Name(b"Helvetica"))
            .encoding_predefined(Name(b"WinAnsiEncoding"));
        // UTF-16, so that characters beyond the basic plane, as in some names, are there too.
        pdf.type0_font(self.heisei)
            .base_font(Name(b"HeiseiKakuGo-W5-UniJIS-UTF16-H"))
            .encoding_predefined(Name(b"UniJIS-UTF16-H"))
            .descendant_font(self.cid);
        let collection = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Japan1"), supplement: 5 };
        let mut cid = pdf.cid_font(self.cid);
        cid.subtype(CidFontType::Type0).base_font(Name(b"HeiseiKakuGo-W5")).system_info(collection);
        cid.font_descriptor(self.face).default_width(1000.0);
        // Half-width katakana.
        cid.widths().same(327, 389, 500.0);
        cid.finish();
        pdf.font_descriptor(self.face)
            .name(Name(b"HeiseiKakuGo-W5"))
            .flags(FontFlags::SYMBOLIC)
            .bbox(Rect::new(-92.0, -250.0, 1010.0, 922.0))
            .italic_angle(0.0)
            .ascent(752.0)
            .descent(-221.0)
            .cap_height(737.0)
            .stem_v(114.0);
    }
}

/// Between two texts on one line at least.
const GAP: Tenths = 60;
/// The smallest type a long figure is set in.
const SMALLEST: Tenths = 50;

/// Pages that are full, and the one being written.
struct Pages {
    done: Vec<Content>,
    page: Content,
    /// Height of the line being written.
    at: Tenths,
}

impl Pages {
    fn of(document: &Document) -> Pages {
        let mut pages = Pages { done: Vec::new(), page: Content::new(), at: HEIGHT - 700 };
        pages.head(document);
        pages.table_head();
        for row in &document.rows {
            pages.row(row);
        }
        pages.sums(document);
        pages.notes(document);
        pages.end_page();
        let count = pages.done.len();
        for (index, page) in pages.done.iter_mut().enumerate() {
            let text = format!("{} / {count}", index + 1);
            show(page, (WIDTH - wide(&text, 80)) / 2, 350, 80, &text);
        }
        pages
    }

    fn head(&mut self, document: &Document) {
        let title = self.at;
        let spaced = document.title.chars().map(String::from).collect::<Vec<_>>().join("　");
        self.text(LEFT, 220, &spaced);
        self.right(RIGHT, 100, document.title_en);
        self.rule(LEFT, RIGHT, title - 120, 12);
        self.at = title - 420;
        let recipient = self.at;
        for line in wrapped(&document.recipient, thousandths_in(2500, 130)) {
            self.text(LEFT, 130, &line);
            self.at -= 190;
        }
        self.rule(LEFT, LEFT + 2500, self.at + 130, 5);
        let after_recipient = self.at;
        // Number and days on the right, beside the recipient.
        self.at = recipient;
        for (label, value) in &document.facts {
            self.text(3300, 90, label);
            self.right(RIGHT, 90, value);
            self.at -= 150;
        }
        self.at -= 100;
        for line in &document.issuer {
            for line in wrapped(line, thousandths_in(RIGHT - 3300, 90)) {
                self.text(3300, 90, &line);
                self.at -= 140;
            }
        }
        let after_issuer = self.at;
        self.at = after_recipient - 150;
        for line in wrapped(&format!("件名：{}", document.subject), thousandths_in(2500, 100)) {
            self.text(LEFT, 100, &line);
            self.at -= 160;
        }
        self.at -= 250;
        self.text(LEFT, 110, document.due_label);
        let label_ends = LEFT + wide(document.due_label, 110) + GAP;
        self.right_after(label_ends, LEFT + 2500, 180, &format!("¥{}", document.due));
        self.rule(LEFT, LEFT + 2500, self.at - 80, 12);
        self.at = (self.at - 350).min(after_issuer - 200);
    }

    fn table_head(&mut self) {
        self.text(LEFT, 90, "項目");
        for (end, label) in ENDS.into_iter().zip(["数量", "単価（円）", "金額（円）", "税率"]) {
            self.right(end, 90, label);
        }
        self.rule(LEFT, RIGHT, self.at - 60, 8);
        self.at -= 210;
    }

    fn row(&mut self, row: &Row) {
        let names = wrapped(&row.name, thousandths_in(NAME_END - LEFT, 90));
        if self.room(150 * names.len() as Tenths + 50) {
            self.table_head();
        }
        let price = row.unit_price.map_or(String::new(), |price| price.to_string());
        let cells = [row.quantity.clone(), price, row.amount.to_string(), row.rate.clone()];
        let mut before = NAME_END;
        for (end, cell) in ENDS.into_iter().zip(cells) {
            self.right_after(before + GAP, end, 90, &cell);
            before = end;
        }
        for name in names {
            self.text(LEFT, 90, &name);
            self.at -= 150;
        }
        self.rule(LEFT, RIGHT, self.at + 90, 2);
        self.at -= 30;
    }

    fn sums(&mut self, document: &Document) {
        let lines = document.rates.len() + document.sums.len();
        self.room(170 * lines as Tenths + 200);
        self.at -= 80;
        for (what, net, tax) in &document.rates {
            self.text(2300, 90, what);
            self.right(4250, 90, &format!("{net}円"));
            self.text(4400, 90, "消費税");
            let label_ends = 4400 + wide("消費税", 90) + GAP;
            self.right_after(label_ends, RIGHT, 90, &format!("{tax}円"));
            self.at -= 170;
        }
        self.rule(2300, RIGHT, self.at + 110, 5);
        for (index, (what, sum)) in document.sums.iter().enumerate() {
            let size = if index + 1 == document.sums.len() { 110 } else { 90 };
            self.text(2300, size, what);
            self.right(RIGHT, size, &format!("{sum}円"));
            self.at -= 170;
        }
        self.rule(2300, RIGHT, self.at + 100, 8);
        self.at -= 150;
    }

    fn notes(&mut self, document: &Document) {
        for note in &document.notes {
            for line in wrapped(note, thousandths_in(RIGHT - LEFT, 75)) {
                self.room(120);
                self.text(LEFT, 75, &line);
                self.at -= 120;
            }
            self.at -= 30;
        }
    }

    /// Begins a new page when so much does not fit on this one; tells whether it did.
    fn room(&mut self, height: Tenths) -> bool {
        let full = self.at - height < BOTTOM;
        if full {
            self.end_page();
        }
        full
    }

    fn end_page(&mut self) {
        self.done.push(std::mem::replace(&mut self.page, Content::new()));
        self.at = HEIGHT - 700;
    }

    fn text(&mut self, x: Tenths, size: Tenths, text: &str) {
        show(&mut self.page, x, self.at, size, text);
    }

    /// Text that ends at `x`.
    fn right(&mut self, x: Tenths, size: Tenths, text: &str) {
        show(&mut self.page, x - wide(text, size), self.at, size, text);
    }

    /// The same, smaller where it would begin before `from`: no figure runs into what stands beside it.
    fn right_after(&mut self, from: Tenths, x: Tenths, size: Tenths, text: &str) {
        let fits = |size: &Tenths| wide(text, *size) <= x - from;
        let size = (SMALLEST..=size).rev().find(fits).unwrap_or(SMALLEST);
        self.right(x, size, text);
    }

    fn rule(&mut self, from: Tenths, to: Tenths, y: Tenths, thick: Tenths) {
        self.page.set_line_width(points(thick));
        self.page.move_to(points(from), points(y)).line_to(points(to), points(y)).stroke();
    }
}

/// Thousandths of a type size that fit into a width.
fn thousandths_in(width: Tenths, size: Tenths) -> u32 {
    (width * 1000 / size).unsigned_abs()
}

fn wide(text: &str, size: Tenths) -> Tenths {
    (i64::from(thousandths(text)) * i64::from(size) / 1000) as Tenths
}

/// Shows a text, each run of it in the font that has its characters.
fn show(page: &mut Content, x: Tenths, y: Tenths, size: Tenths, text: &str) {
    page.begin_text();
    page.next_line(points(x), points(y));
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_latin = latin(first).is_some();
        let end = rest.find(|c| latin(c).is_some() != is_latin).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        if is_latin {
            let bytes: Vec<u8> = run.chars().filter_map(latin).collect();
            page.set_font(HELVETICA, points(size)).show(Str(&bytes));
        } else {
            let bytes: Vec<u8> = run.encode_utf16().flat_map(u16::to_be_bytes).collect();
            page.set_font(HEISEI, points(size)).show(Str(&bytes));
        }
        rest = after;
    }
    page.end_text();
}
