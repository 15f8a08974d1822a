//! Indexes of BGZF files: tabix for VCF, CSI for BCF, as `noodles` writes them.

use gj_model::{Contig, Variant};
use noodles_bgzf::VirtualPosition;
use noodles_core::Position;
use noodles_csi::binning_index::Indexer;
use noodles_csi::binning_index::index::Header;
use noodles_csi::binning_index::index::header::Builder;
use noodles_csi::binning_index::index::reference_sequence::bin::Chunk;
use noodles_csi::binning_index::index::reference_sequence::index::{BinnedIndex, LinearIndex};
use std::io::{self, Write};

/// The reference bases a record covers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    contig: Contig,
    /// First and last base, 1-based.
    start: u32,
    end: u32,
}

impl Place {
    pub(crate) fn of(variant: &Variant) -> Place {
        let start = variant.position.get();
        Place { contig: variant.contig, start, end: start + variant.reference.len() as u32 - 1 }
    }
}

/// An index being built.
pub(crate) enum Index {
    Tabix(Indexer<LinearIndex>),
    Csi(Indexer<BinnedIndex>),
}

impl Index {
    pub(crate) fn tabix() -> Index {
        let names = Contig::all().map(|contig| contig.name().into()).collect();
        let header: Header = Builder::vcf().set_reference_sequence_names(names).build();
        Index::Tabix(Indexer::default().set_header(header))
    }

    pub(crate) fn csi() -> Index {
        Index::Csi(Indexer::default())
    }

    /// Adds a record between two virtual positions; records ascend.
    pub(crate) fn add(&mut self, place: &Place, start: u64, end: u64) -> io::Result<()> {
        let chunk = Chunk::new(VirtualPosition::from(start), VirtualPosition::from(end));
        let base = |position: u32| Position::try_from(position as usize).map_err(io::Error::other);
        let context = Some((usize::from(place.contig.index()), base(place.start)?, base(place.end)?, true));
        match self {
            Index::Tabix(indexer) => indexer.add_record(context, chunk),
            Index::Csi(indexer) => indexer.add_record(context, chunk),
        }
        .map_err(io::Error::other)
    }

    pub(crate) fn write(self, out: impl Write) -> io::Result<()> {
        let contigs = Contig::all().count();
        let mut out = match self {
            Index::Tabix(indexer) => {
                let mut writer = noodles_tabix::io::Writer::new(out);
                writer.write_index(&indexer.build(contigs))?;
                writer.into_inner()
            }
            Index::Csi(indexer) => {
                let mut writer = noodles_csi::io::Writer::new(out);
                writer.write_index(&indexer.build(contigs))?;
                writer.into_inner()
            }
        }
        .finish()?;
        out.flush()
    }
}
