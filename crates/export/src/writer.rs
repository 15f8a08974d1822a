//! Writing an extract: rows are encoded on all cores, and written in their order.

use crate::bgzf::Bgzf;
use crate::index::{Index, Place};
use crate::losses::Losses;
use crate::pgen::Spooled;
use crate::{Column, Format, Heading, Row, bcf, bed, header, pgen, plink, vcf};
use rayon::prelude::*;
use std::io::{self, Read, Seek, Write};

/// Calls encoded together at most: bounds memory however many columns there are, and keeps it in cache.
const CALLS_AT_ONCE: usize = 1 << 20;

/// An extract being written into `W`s; `S` is a temporary file, used for PGEN only.
pub struct Writer<W, S: Write> {
    columns: Vec<Column>,
    losses: Losses,
    body: Body<W, S>,
}

enum Body<W, S: Write> {
    Vcf(W),
    VcfGz(Bgzf<W>, W),
    Bcf(Bgzf<W>, W),
    Pgen { rows: Spooled<S>, pgen: W, pvar: W },
    Bed { bed: W, bim: W },
}

impl<W: Write, S: Read + Write + Seek> Writer<W, S> {
    /// Begins an extract: `files` are empty, one for each of [`Format::suffixes`] and in their order.
    ///
    /// # Errors
    /// When the number of files is another, or the disk refuses.
    pub fn open(format: Format, heading: Heading, files: Vec<W>, spool: S) -> io::Result<Writer<W, S>> {
        let mut files = files.into_iter();
        let mut next = || {
            let given = files.next();
            given.ok_or_else(|| io::Error::other(format!("`{format}` is made of more files")))
        };
        let body = match format {
            Format::Vcf => {
                let mut out = next()?;
                out.write_all(header::text(&heading).as_bytes())?;
                Body::Vcf(out)
            }
            Format::VcfGz => {
                let mut out = Bgzf::new(next()?, Index::tabix());
                out.append(header::text(&heading).as_bytes())?;
                Body::VcfGz(out, next()?)
            }
            Format::Bcf => {
                let mut out = Bgzf::new(next()?, Index::csi());
                out.append(&bcf::head(&heading))?;
                Body::Bcf(out, next()?)
            }
            Format::Pgen => {
                let (pgen, mut pvar, mut psam) = (next()?, next()?, next()?);
                pvar.write_all(&plink::pvar_head(&heading.notes))?;
                psam.write_all(&plink::psam(&heading.columns))?;
                psam.flush()?;
                Body::Pgen { rows: Spooled::new(spool), pgen, pvar }
            }
            Format::Bed => {
                let (mut bed, bim, mut fam) = (next()?, next()?, next()?);
                bed.write_all(&bed::HEAD)?;
                fam.write_all(&plink::fam(&heading.columns))?;
                fam.flush()?;
                Body::Bed { bed, bim }
            }
        };
        Ok(Writer { columns: heading.columns, losses: Losses::default(), body })
    }

    /// Appends rows: ascending by contig and position, one call for each column.
    ///
    /// # Errors
    /// When a row has another number of calls, or the disk refuses.
    pub fn write(&mut self, rows: &[Row]) -> io::Result<()> {
        if rows.iter().any(|row| row.calls.len() != self.columns.len()) {
            return Err(io::Error::other("a row has another number of calls than there are columns"));
        }
        let at_once = (CALLS_AT_ONCE / self.columns.len().max(1)).max(1);
        rows.chunks(at_once).try_for_each(|rows| self.write_some(rows))
    }

    fn write_some(&mut self, rows: &[Row]) -> io::Result<()> {
        let columns = &self.columns;
        match &mut self.body {
            Body::Vcf(out) => {
                for (line, losses) in encoded(rows, vcf::line) {
                    self.losses += losses;
                    line.parts().iter().try_for_each(|part| out.write_all(part))?;
                }
            }
            Body::VcfGz(out, _) => {
                for ((line, losses), row) in encoded(rows, vcf::line).iter().zip(rows) {
                    self.losses += *losses;
                    out.append_record(Place::of(&row.variant), line)?;
                }
            }
            Body::Bcf(out, _) => {
                for ((record, losses), row) in encoded(rows, bcf::record).iter().zip(rows) {
                    self.losses += *losses;
                    out.append_record(Place::of(&row.variant), record)?;
                }
            }
            Body::Pgen { rows: spooled, pvar, .. } => {
                for (record, losses) in encoded(rows, |row| pgen::record(row, columns)) {
                    self.losses += losses;
                    spooled.push(&record)?;
                }
                let mut lines = Vec::new();
                rows.iter().for_each(|row| plink::pvar_line(&mut lines, &row.variant));
                pvar.write_all(&lines)?;
            }
            Body::Bed { bed, bim } => {
                for (bytes, losses) in encoded(rows, |row| bed::row(row, columns)) {
                    self.losses += losses;
                    bed.write_all(&bytes)?;
                }
                let mut lines = Vec::new();
                rows.iter().for_each(|row| plink::bim_line(&mut lines, &row.variant));
                bim.write_all(&lines)?;
            }
        }
        Ok(())
    }

    /// Ends every file; what is left to be done is to make them durable. Returns what was not said.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(self) -> io::Result<Losses> {
        match self.body {
            Body::Vcf(mut out) => out.flush()?,
            Body::VcfGz(out, index) | Body::Bcf(out, index) => out.finish(index)?,
            Body::Pgen { rows, pgen, mut pvar } => {
                pvar.flush()?;
                rows.write(self.columns.len(), pgen)?;
            }
            Body::Bed { mut bed, mut bim } => {
                bed.flush()?;
                bim.flush()?;
            }
        }
        Ok(self.losses)
    }
}

fn encoded<T: Send>(rows: &[Row], encode: impl Fn(&Row) -> T + Sync + Send) -> Vec<T> {
    rows.par_iter().map(encode).collect()
}
