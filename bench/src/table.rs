//! Tables as text, tab-separated.

use anyhow::Result;
use gj_kernels::{Weights, hardy};
use gj_store::{Batch, PersonScan, SiteColumns};
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// Lines of a table, written without the general machinery of formatting.
pub(crate) struct Lines {
    out: File,
    text: Vec<u8>,
}

/// Bytes written together.
const TOGETHER: usize = 1 << 17;

impl Lines {
    pub(crate) fn create(path: &Path, head: &str) -> Result<Lines> {
        let mut text = Vec::with_capacity(TOGETHER + 4096);
        writeln!(text, "{head}")?;
        Ok(Lines { out: File::create(path)?, text })
    }

    pub(crate) fn site(&mut self, sites: &SiteColumns, row: usize) -> &mut Lines {
        self.text.extend_from_slice(sites.contig().name().as_bytes());
        self.number(sites.position(row));
        for bases in [sites.reference(row), sites.alternate(row)] {
            self.text.push(b'\t');
            allele(&mut self.text, bases);
        }
        self
    }

    pub(crate) fn number(&mut self, number: u32) -> &mut Lines {
        self.text.push(b'\t');
        digits(&mut self.text, number, 1);
        self
    }

    /// Six significant digits, in scientific notation.
    pub(crate) fn real(&mut self, real: f64) -> &mut Lines {
        self.text.push(b'\t');
        if real == 0.0 || !real.is_finite() {
            let text: &[u8] = if real == 0.0 { b"0" } else { b"NA" };
            self.text.extend_from_slice(text);
            return self;
        }
        if real < 0.0 {
            self.text.push(b'-');
        }
        let size = real.abs();
        let binary = (size.to_bits() >> 52) as i32 - 1023;
        if binary.abs() > 900 {
            // Powers of ten beyond the range of reals would be needed; this is rare enough to be slow.
            self.text.extend_from_slice(format!("{size:.5e}").as_bytes());
            return self;
        }
        // The decimal exponent, or one less.
        let mut exponent = (binary * 1233) >> 12;
        let mut scaled = (size * ten_to(5 - exponent)).round();
        while scaled >= 1e6 {
            exponent += 1;
            scaled = (size * ten_to(5 - exponent)).round();
        }
        let scaled = scaled as u32;
        digits(&mut self.text, scaled / 100_000, 1);
        self.text.push(b'.');
        digits(&mut self.text, scaled % 100_000, 5);
        self.text.extend_from_slice(if exponent < 0 { b"e-" } else { b"e+" });
        digits(&mut self.text, exponent.unsigned_abs(), 2);
        self
    }

    pub(crate) fn end(&mut self) -> Result<()> {
        self.text.push(b'\n');
        if self.text.len() >= TOGETHER {
            self.out.write_all(&self.text)?;
            self.text.clear();
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<()> {
        Ok(self.out.write_all(&self.text)?)
    }
}

/// A power of ten, from a table where it is not far off.
fn ten_to(power: i32) -> f64 {
    const TABLE: [f64; 16] =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    usize::try_from(power)
        .ok()
        .and_then(|power| TABLE.get(power))
        .copied()
        .unwrap_or_else(|| 10f64.powi(power))
}

fn digits(text: &mut Vec<u8>, mut number: u32, width: usize) {
    if number < 10 && width == 1 {
        text.push(b'0' + number as u8);
        return;
    }
    // Digits to the front of the second half, so that a copy of one length holds them; two at a time.
    let mut digits = [b'0'; 20];
    let mut at = 10;
    while number >= 10 {
        at -= 2;
        digits[at..at + 2].copy_from_slice(&PAIRS[(number % 100) as usize]);
        number /= 100;
    }
    if number > 0 {
        at -= 1;
        digits[at] = b'0' + number as u8;
    }
    at = at.min(10 - width);
    if let Some(ten) = digits[at..].first_chunk::<10>() {
        text.extend_from_slice(ten);
        text.truncate(text.len() - at);
    }
}

/// The numbers below a hundred.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + number as u8 / 10, b'0' + number as u8 % 10];
        number += 1;
    }
    pairs
};

/// Appends an allele: mostly one base, which is no reason for a call.
fn allele(text: &mut Vec<u8>, allele: &str) {
    match allele.as_bytes() {
        [base] => text.push(*base),
        bases => text.extend_from_slice(bases),
    }
}

/// Stored totals and the exact test of everybody.
pub(crate) fn frequencies(batch: &Batch, out: &Path) -> Result<()> {
    let mut lines = Lines::create(out, "CHROM\tPOS\tREF\tALT\tAC\tAN\tHOM\tHET\tHWE_P")?;
    let mut scan = batch.totals(None)?;
    while let Some((sites, totals)) = scan.next_sites()? {
        for (row, t) in totals.iter().enumerate() {
            let het = t.ac - 2 * t.hom;
            let p = hardy::exact(het, t.hom, t.an / 2 - t.hom - het);
            lines.site(&sites, row).number(t.ac).number(t.an).number(t.hom).number(het).real(p).end()?;
        }
    }
    lines.finish()
}

/// Alleles of some people.
pub(crate) fn cohort(batch: &Batch, people: &Weights<i32, 1>, out: &Path) -> Result<()> {
    let mut lines = Lines::create(out, "CHROM\tPOS\tREF\tALT\tAC\tAN")?;
    let mut scan = batch.sums(None, people)?;
    while let Some(rows) = scan.next_rows()? {
        for (row, sums) in rows.sums.iter().enumerate() {
            lines
                .site(&rows.sites, row)
                .number(sums.alternate[0] as u32)
                .number(sums.called[0] as u32)
                .end()?;
        }
    }
    lines.finish()
}

/// What one person carries.
pub(crate) fn person(mut scan: PersonScan<'_>, out: &Path) -> Result<()> {
    let mut lines = Lines::create(out, "CHROM\tPOS\tREF\tALT\tALLELES")?;
    while let Some((sites, found)) = scan.next_rows()? {
        for (row, call) in found {
            lines.site(&sites, row).number(call.known().1).end()?;
        }
    }
    lines.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reals_have_six_digits() {
        let folder = std::env::temp_dir().join(format!("gj-bench-{}", std::process::id()));
        let reals = [1.0, 0.5, -2.5, 999_999.6, 1.234_567_8e-7, 9.999_999e-5, 3e200, 0.0, f64::NAN, 1e-310];
        let mut lines = Lines::create(&folder, "").unwrap();
        reals.iter().for_each(|real| {
            lines.real(*real);
        });
        lines.end().unwrap();
        lines.finish().unwrap();
        let text = std::fs::read_to_string(&folder).unwrap();
        std::fs::remove_file(&folder).unwrap();
        for (text, real) in text.trim().split('\t').zip(reals) {
            match text {
                "NA" => assert!(real.is_nan()),
                text => {
                    let back: f64 = text.parse().unwrap();
                    assert!((back - real).abs() <= 1e-5 * real.abs(), "{text} {real}");
                    assert!(text == "0" || text.trim_start_matches('-').len() >= 11, "{text}");
                }
            }
        }
    }
}
