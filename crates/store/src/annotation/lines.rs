//! Lines of JSON, compressed: gene models and tables by gene, read whole into memory when a set is opened.

use super::{AnnotationFiles, sealed};
use crate::error::StoreError;
use crate::manifest::Section;
use parquet::file::reader::ChunkReader;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

pub(super) const FILE: &str = "lines.jsonl.zst";
pub(super) const SUMS: &str = "lines.sums";
const LEVEL: i32 = 9;

pub(super) fn write(dir: &Path, all: impl Iterator<Item = String>) -> Result<Section, StoreError> {
    let path = dir.join(FILE);
    let failed = || StoreError::io(&path);
    let file = File::create_new(&path).map_err(failed())?;
    let mut out = zstd::Encoder::new(BufWriter::new(file), LEVEL).map_err(failed())?;
    let mut rows = 0;
    for line in all {
        out.write_all(line.as_bytes()).and_then(|()| out.write_all(b"\n")).map_err(failed())?;
        rows += 1;
    }
    out.finish().and_then(|mut out| out.flush()).map_err(failed())?;
    sealed(dir, FILE, SUMS, rows)
}

impl AnnotationFiles {
    /// Hands over each line; what it cannot read is damage.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn each_line(&self, mut take: impl FnMut(&str) -> Result<(), String>) -> Result<(), StoreError> {
        let Some(file) = &self.lines else { return Ok(()) };
        let damaged = |what: String| StoreError::damaged(file.path(), what);
        let bytes = file.get_read(0).map_err(|e| damaged(e.to_string()))?;
        let text = zstd::Decoder::new(bytes).map_err(|e| damaged(e.to_string()))?;
        for line in BufReader::new(text).lines() {
            take(&line.map_err(|e| damaged(e.to_string()))?).map_err(damaged)?;
        }
        Ok(())
    }
}
