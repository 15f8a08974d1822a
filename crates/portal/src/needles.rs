//! The picture of a region: one needle a variant along the bases, as high as its frequency on a
//! logarithmic scale; hidden frequencies are hollow marks in a lane of their own below it, and below that
//! tracks of genes or transcripts. Pure.

use crate::number;
use gj_api::table::{Row, Severity};
use gj_gate::annotations::Segment;
use gj_model::Region;
use std::collections::BTreeMap;
use std::fmt::Write;

const WIDTH: f64 = 800.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 14.0;
const GROUND: f64 = 204.0;
/// Where hidden frequencies are marked: below the scale, so that no height is read from them.
const LANE: f64 = 222.0;
/// Frequencies of the scale's lines; the lowest is the ground.
const LINES: [f64; 5] = [1.0, 0.1, 0.01, 0.001, 0.0001];
/// Up to this many sites each base has its own column; with more, only as many as can be told apart.
const SITES_APART: usize = 300;
const COLUMNS: u32 = 360;

/// Where tracks begin, and how far they are apart.
const TRACKS: f64 = 262.0;
const TRACK: f64 = 26.0;

/// A gene or transcript below the needles.
pub(crate) struct Track {
    pub(crate) label: String,
    /// From the first base to the last.
    pub(crate) whole: Segment,
    pub(crate) exons: Vec<Segment>,
    pub(crate) coding: Vec<Segment>,
}

/// A picture.
pub(crate) struct Needles {
    pub(crate) svg: String,
    /// Whether neighbours were drawn as one.
    pub(crate) thinned: bool,
}

#[derive(Clone, Copy, Default)]
struct Column {
    highest: Option<f64>,
    /// Of the most frequent, or of a hidden one alone.
    severity: Option<Severity>,
    hidden: bool,
}

/// What a picture says in words.
pub(crate) struct Labels<'a> {
    /// What is seen, for who cannot see it.
    pub(crate) about: &'a str,
    /// Name of the lane of hidden frequencies.
    pub(crate) hidden: &'a str,
}

/// Draws the sites of a region.
pub(crate) fn draw(region: &Region, sites: &[Row], labels: &Labels, tracks: &[Track]) -> Needles {
    let width = if sites.len() > SITES_APART { COLUMNS.min(region.span()) } else { region.span() };
    let mut columns: BTreeMap<u64, Column> = BTreeMap::new();
    for site in sites {
        let offset = site.variant.position.get().saturating_sub(region.start.get());
        let index = u64::from(offset) * u64::from(width) / u64::from(region.span());
        let column = columns.entry(index).or_default();
        match site.cells.frequency() {
            Some(frequency) if column.highest.is_none_or(|highest| frequency > highest) => {
                (column.highest, column.severity) = (Some(frequency), Some(site.severity()));
            }
            Some(_) => {}
            None => column.hidden = true,
        }
    }
    let drawn: usize = columns
        .values()
        .map(|column| usize::from(column.highest.is_some()) + usize::from(column.hidden))
        .sum();
    let mut svg = String::new();
    // Writing to a String cannot fail.
    let _ = write_frame(&mut svg, region, labels, tracks.len())
        .and_then(|()| write_marks(&mut svg, &columns, width))
        .and_then(|()| {
            tracks.iter().enumerate().try_for_each(|(at, track)| write_track(&mut svg, region, at, track))
        });
    svg.push_str("</svg>");
    Needles { svg, thinned: drawn < sites.len() }
}

fn write_frame(svg: &mut String, region: &Region, labels: &Labels, tracks: usize) -> std::fmt::Result {
    let bottom = TRACKS + TRACK * tracks as f64;
    write!(
        svg,
        "<svg class=\"needles\" viewBox=\"0 0 {WIDTH} {bottom}\" role=\"img\" aria-label=\"{0}\"><title>{0}</title>",
        escaped(labels.about)
    )?;
    for line in LINES {
        let y = height(line);
        let x = WIDTH - RIGHT;
        write!(svg, "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{x}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>")?;
        let (x, y, text) = (LEFT - 8.0, y + 4.0, number::percent(line));
        write!(svg, "<text class=\"scale\" x=\"{x}\" y=\"{y:.1}\" text-anchor=\"end\">{text}</text>")?;
    }
    let (x, y, text) = (LEFT - 8.0, LANE + 4.0, escaped(labels.hidden));
    write!(svg, "<text class=\"scale\" x=\"{x}\" y=\"{y}\" text-anchor=\"end\">{text}</text>")?;
    for (share, anchor) in [(0.0, "start"), (0.5, "middle"), (1.0, "end")] {
        let position = region.start.get() + (f64::from(region.span() - 1) * share) as u32;
        let x = LEFT + (WIDTH - LEFT - RIGHT) * share;
        let text = number::count(u64::from(position));
        write!(svg, "<text class=\"scale\" x=\"{x:.1}\" y=\"250\" text-anchor=\"{anchor}\">{text}</text>")?;
        // One base has one position.
        if region.span() == 1 {
            break;
        }
    }
    Ok(())
}

/// The head of a needle: sorts differ by form, not only by colour.
fn head(severity: Option<Severity>, x: f64, y: f64) -> String {
    match severity {
        Some(Severity::Lof) => {
            format!("<path class=\"head lof\" d=\"M{x:.1} {:.1}l5 5l-5 5l-5 -5z\"/>", y - 5.0)
        }
        Some(Severity::Missense) => {
            format!("<path class=\"head missense\" d=\"M{x:.1} {:.1}l4.5 8h-9z\"/>", y - 5.0)
        }
        Some(Severity::Synonymous) => format!(
            "<rect class=\"head synonymous\" x=\"{:.1}\" y=\"{:.1}\" width=\"6\" height=\"6\"/>",
            x - 3.0,
            y - 3.0
        ),
        _ => format!("<circle class=\"head\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>"),
    }
}

/// A gene or transcript: a thin line, its exons as boxes, thick where translated.
fn write_track(svg: &mut String, region: &Region, at: usize, track: &Track) -> std::fmt::Result {
    let middle = TRACKS + TRACK * at as f64 + 16.0;
    // What lies outside of the region is cut at its edges.
    let place = |base: u32| {
        let offset = f64::from(base) - f64::from(region.start.get());
        LEFT + (offset / f64::from(region.span())).clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT)
    };
    let mut part = |class: &str, segment: &Segment, height: f64| {
        let (from, to) = (place(segment.start), place(segment.end.saturating_add(1)));
        let outside = segment.end < region.start.get() || segment.start > region.end.get();
        if outside {
            return Ok(());
        }
        let (y, width) = (middle - height / 2.0, (to - from).max(1.0));
        write!(
            svg,
            "<rect class=\"{class}\" x=\"{from:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height}\"/>"
        )
    };
    part("intron", &track.whole, 1.5)?;
    track.exons.iter().try_for_each(|exon| part("exon", exon, 8.0))?;
    track.coding.iter().try_for_each(|coding| part("coding", coding, 14.0))?;
    let label = escaped(&track.label);
    let x = place(track.whole.start);
    // A name stands above the end of what it names that has more room.
    let (x, anchor) = if x > WIDTH * 0.7 { (place(track.whole.end), "end") } else { (x, "start") };
    let y = middle - 8.5;
    write!(svg, "<text class=\"scale\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{label}</text>")
}

/// The marks.
fn write_marks(svg: &mut String, columns: &BTreeMap<u64, Column>, width: u32) -> std::fmt::Result {
    for (index, column) in columns {
        let x = LEFT + (*index as f64 + 0.5) / f64::from(width) * (WIDTH - LEFT - RIGHT);
        if let Some(frequency) = column.highest {
            let y = height(frequency);
            write!(svg, "<line class=\"stem\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{GROUND}\" y2=\"{y:.1}\"/>")?;
            svg.push_str(&head(column.severity, x, y));
        }
        if column.hidden {
            write!(svg, "<circle class=\"hollow\" cx=\"{x:.1}\" cy=\"{LANE}\" r=\"3.5\"/>")?;
        }
    }
    Ok(())
}

/// Height of a frequency; what is below the scale, zero too, lies on the ground.
fn height(frequency: f64) -> f64 {
    let decades = LINES.len() as f64 - 1.0;
    let above = (frequency.max(1e-12).log10() + decades).clamp(0.0, decades);
    GROUND - above / decades * (GROUND - TOP)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use gj_gate::annotations::Known;
    use gj_model::Cells;

    fn site(variant: &str, ac: Option<u32>) -> Row {
        let cells = Cells { ac, an: Some(200), ..Cells::default() };
        Row { variant: variant.parse().unwrap(), cells, told: None, known: Known::default() }
    }

    fn track() -> Track {
        let of = |start, end| Segment { start, end };
        let label = "<T>".to_owned();
        Track { label, whole: of(1, 5_000), exons: vec![of(1, 50), of(200, 300)], coding: vec![of(250, 300)] }
    }

    fn labels(about: &str) -> Labels<'_> {
        Labels { about, hidden: "hidden" }
    }

    /// Whether every element is closed in order and every attribute quoted.
    fn is_well_formed(xml: &str) -> bool {
        let mut open = Vec::new();
        for part in xml.split('<').skip(1) {
            let Some((tag, _)) = part.split_once('>') else { return false };
            if tag.matches('"').count() % 2 != 0 {
                return false;
            }
            match tag.strip_prefix('/') {
                Some(name) if open.pop() != Some(name) => return false,
                Some(_) => {}
                None if tag.ends_with('/') => {}
                None => open.push(tag.split(' ').next().unwrap_or_default()),
            }
        }
        open.is_empty()
    }

    #[test]
    fn pictures_are_well_formed_and_hollow_where_hidden() {
        let region: Region = "chr22:100-1099".parse().unwrap();
        let sites = [site("chr22-100-G-A", Some(20)), site("chr22-1099-G-A", None)];
        let picture = draw(&region, &sites, &labels("a \"picture\" <script>"), &[track()]);
        assert!(is_well_formed(&picture.svg), "{}", picture.svg);
        assert!(!picture.svg.contains("<script>"));
        assert_eq!(picture.svg.matches("class=\"stem\"").count(), 1);
        assert_eq!(picture.svg.matches("class=\"hollow\"").count(), 1);
        assert!(!picture.thinned);
        // An exon outside of the region is not drawn, one across its edge is cut.
        assert_eq!(picture.svg.matches("class=\"exon\"").count(), 1);
        assert!(!picture.svg.contains("<T>") && picture.svg.contains("x=\"64.0\""));
    }

    #[test]
    fn neighbours_share_a_needle_only_where_there_are_many() {
        let region: Region = "chr22:1-1000000".parse().unwrap();
        let many: Vec<Row> = (1..=1_000).map(|at| site(&format!("chr22-{at}-G-A"), Some(20))).collect();
        let picture = draw(&region, &many, &labels(""), &[]);
        assert!(picture.thinned && picture.svg.matches("class=\"stem\"").count() == 1);
        let picture = draw(&region, &many[..10], &labels(""), &[]);
        assert!(!picture.thinned && picture.svg.matches("class=\"stem\"").count() == 10);
        assert!(is_well_formed(&draw(&"chrM:5-5".parse().unwrap(), &[], &labels(""), &[]).svg));
    }
}
