//! Tiles of a contig, and how what several sources say of a tile becomes one.

use super::Stretch;
use gj_kernels::Call;
use gj_model::Contig;

/// Bases of a tile: no stretch crosses its border.
pub const TILE: u32 = 1 << 18;

/// A stretch of one sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Piece {
    /// Sample column.
    pub sample: u32,
    /// First base, 1-based.
    pub start: u32,
    /// Last base, included.
    pub end: u32,
    /// What the sample reads as, other than `0/0`.
    pub call: Call,
}

/// First and last base of the tile that holds a base.
pub(crate) fn around(contig: Contig, position: u32) -> (u32, u32) {
    let start = position.saturating_sub(1) / TILE * TILE + 1;
    (start, (start + TILE - 1).min(contig.length()))
}

/// First and last base of every tile of a contig.
pub fn tiles(contig: Contig) -> impl Iterator<Item = (u32, u32)> {
    (1..=contig.length()).step_by(TILE as usize).map(move |start| around(contig, start))
}

/// What holds over a tile, ascending, from what each source says of it.
///
/// `sources[s]` is how many sources speak of sample `s`; each gives ascending pieces without overlap. A
/// base is called if one of them calls it; where none does, the most that one of them says holds. A
/// sample without a source reads [`Call::Absent`].
pub fn settle(contig: Contig, tile: (u32, u32), mut pieces: Vec<Piece>, sources: &[u32]) -> Vec<Stretch> {
    let gone = (0u32..).zip(sources).filter(|(_, sources)| **sources == 0).map(|(sample, _)| sample);
    let gone = gone.map(|sample| Piece { sample, start: tile.0, end: tile.1, call: Call::Absent });
    if sources.iter().any(|sources| *sources > 1) {
        pieces = agreed(pieces, sources);
    }
    pieces.extend(gone);
    pieces.sort_unstable_by_key(|piece| (piece.start, piece.end, piece.call, piece.sample));
    let mut stretches: Vec<Stretch> = Vec::new();
    for Piece { sample, start, end, call } in pieces {
        match stretches.last_mut() {
            Some(last) if (last.start, last.end, last.call, last.last + 1) == (start, end, call, sample) => {
                last.last = sample;
            }
            _ => stretches.push(Stretch { contig, start, end, call, first: sample, last: sample }),
        }
    }
    stretches
}

/// The parts of pieces on which all sources of their sample agree that it is not `0/0`.
fn agreed(mut pieces: Vec<Piece>, sources: &[u32]) -> Vec<Piece> {
    pieces.sort_unstable();
    let mut kept: Vec<Piece> = Vec::with_capacity(pieces.len());
    for of_one in pieces.chunk_by(|a, b| a.sample == b.sample) {
        let needed = sources.get(of_one[0].sample as usize).copied().unwrap_or(0) as usize;
        if needed == 1 {
            kept.extend_from_slice(of_one);
            continue;
        }
        let mut borders: Vec<u32> = of_one.iter().flat_map(|piece| [piece.start, piece.end + 1]).collect();
        borders.sort_unstable();
        borders.dedup();
        for border in borders.windows(2) {
            let (start, end) = (border[0], border[1] - 1);
            let over = of_one.iter().filter(|piece| piece.start <= start && piece.end >= end);
            let calls: Vec<Call> = over.map(|piece| piece.call).collect();
            // Absent < Missing < Ref: whoever knows more is right.
            let Some(call) = calls.iter().max().copied().filter(|_| calls.len() >= needed) else { continue };
            match kept.last_mut() {
                Some(last) if (last.sample, last.end + 1, last.call) == (of_one[0].sample, start, call) => {
                    last.end = end;
                }
                _ => kept.push(Piece { sample: of_one[0].sample, start, end, call }),
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What one source says base by base, 0/0 where it says nothing.
    fn spread(pieces: &[Piece], sample: u32, length: u32) -> Vec<Call> {
        let at = |base: u32| {
            let found = pieces.iter().find(|p| p.sample == sample && (p.start..=p.end).contains(&base));
            found.map_or(Call::RefRef, |piece| piece.call)
        };
        (1..=length).map(at).collect()
    }

    fn source(sample: u32) -> impl Strategy<Value = Vec<Piece>> {
        let call = prop::sample::select(vec![Call::Missing, Call::Ref, Call::Absent]);
        proptest::collection::vec((0u32..6, 1u32..6, call), 0..6).prop_map(move |parts| {
            let mut at = 1;
            let piece = |(gap, length, call)| {
                let start = at + gap;
                at = start + length;
                Piece { sample, start, end: at - 1, call }
            };
            parts.into_iter().map(piece).collect()
        })
    }

    proptest! {
        #[test]
        fn sources_agree_base_by_base(one in source(0), other in source(0), single in source(1)) {
            let contig: Contig = "chr1".parse().unwrap();
            let pieces = [one.clone(), other.clone(), single.clone()].concat();
            let stretches = settle(contig, (1, 64), pieces, &[2, 1, 0]);
            prop_assert!(stretches.is_sorted_by_key(|s| (s.start, s.end, s.call, s.first)));
            let of = |sample: u32| -> Vec<Piece> {
                let own = stretches.iter().filter(|s| (s.first..=s.last).contains(&sample));
                own.map(|s| Piece { sample, start: s.start, end: s.end, call: s.call }).collect()
            };
            let naive: Vec<Call> = spread(&one, 0, 64).iter().zip(spread(&other, 0, 64))
                .map(|(a, b)| (*a).max(b)).collect();
            prop_assert_eq!(spread(&of(0), 0, 64), naive);
            prop_assert_eq!(spread(&of(1), 1, 64), spread(&single, 1, 64));
            prop_assert_eq!(spread(&of(2), 2, 64), vec![Call::Absent; 64]);
        }
    }

    #[test]
    fn tiles_fill_a_contig() {
        let contig: Contig = "chr21".parse().unwrap();
        let mut next = 1;
        for (start, end) in tiles(contig) {
            assert_eq!((start, around(contig, end)), (next, (start, end)));
            next = end + 1;
        }
        assert_eq!(next, contig.length() + 1);
    }
}
