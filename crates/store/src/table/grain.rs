//! How finely a table is cut.

use crate::sums;
use parquet::basic::{Compression, Encoding};
use parquet::file::properties::{EnabledStatistics, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;

/// What one lookup has to read, to check and to decode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grain {
    /// For tables that are scanned: long pages are small.
    Coarse,
    /// For tables of which single rows are looked up over and over.
    Fine,
}

impl Grain {
    /// Rows of a page at most.
    pub(super) fn page_rows(self) -> usize {
        match self {
            Grain::Coarse => 1024,
            Grain::Fine => 256,
        }
    }

    /// Bytes of the file with a digest of their own.
    pub(super) fn stretch(self) -> u64 {
        match self {
            Grain::Coarse => sums::STRETCH,
            Grain::Fine => 8192,
        }
    }

    /// How the columns of sites are written, and what is said of their pages. Where pages are short they stand as they are: a dictionary would
    /// be read for every page, and nothing is left for a compressor, which costs more to set up than a page.
    pub(super) fn of_sites(self, mut properties: WriterPropertiesBuilder) -> WriterPropertiesBuilder {
        if self == Grain::Coarse {
            return properties;
        }
        // A page index of positions alone: nothing is sought by the others.
        for column in ["contig", "reference", "alternate", "ac", "an", "hom", "hemi", "people"] {
            let column = ColumnPath::from(column);
            properties = properties.set_column_statistics_enabled(column, EnabledStatistics::Chunk);
        }
        for column in ["position", "reference", "alternate"].map(ColumnPath::from) {
            properties = properties.set_column_compression(column, Compression::UNCOMPRESSED);
        }
        for column in ["reference", "alternate"].map(ColumnPath::from) {
            properties = properties
                .set_column_dictionary_enabled(column.clone(), false)
                .set_column_encoding(column, Encoding::DELTA_LENGTH_BYTE_ARRAY);
        }
        properties
    }
}
