//! Everybody's calls, or some people's, in a region, as VCF text.

use anyhow::Result;
use gj_export::{Column, Format, Heading, Row, Writer};
use gj_model::{Region, SampleSet, Sex};
use gj_store::Batch;
use std::fs::File;
use std::io::{BufWriter, Cursor};
use std::path::Path;

pub(crate) fn write(batch: &Batch, region: &Region, people: &SampleSet, out: &Path) -> Result<()> {
    let kept: Vec<usize> = people.iter().collect();
    let column = |column: &usize| Column { name: format!("X{column}"), sex: Sex::Unknown };
    let heading = Heading { columns: kept.iter().map(column).collect(), notes: Vec::new() };
    let mut writer = Writer::open(
        Format::Vcf,
        heading,
        vec![BufWriter::with_capacity(1 << 20, File::create(out)?)],
        Cursor::new(Vec::new()),
    )?;
    let mut scan = batch.calls(Some(region), people)?;
    while let Some(rows) = scan.next_rows()? {
        let everybody = kept.len() == batch.samples();
        let rows = rows.into_iter().map(|row| Row {
            variant: row.variant,
            calls: if everybody { row.calls } else { kept.iter().map(|at| row.calls[*at]).collect() },
        });
        writer.write(&rows.collect::<Vec<_>>())?;
    }
    writer.finish()?;
    Ok(())
}
