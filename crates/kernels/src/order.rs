//! The order of haplotypes that the rows of a block share, and how each sample's calls are written.
//!
//! A sample has two haplotypes, `2s` and `2s + 1`. Its *style* says how its calls are written through
//! the block (phased, unphased, haploid, absent); a call that its style and two bits cannot say is an
//! exception of the row.
//!
//! An order is written whole, or as the difference from that of a neighbouring block: people who stood
//! together there mostly stand together here, so the new order is a few stretches of the old one.
//!
//! ```text
//! order       0 samples styles haplotypes
//! difference  1 samples styles ( jump  length - 1 )*
//! styles      ( style  length )*          until every sample has one
//! ```
//!
//! `haplotypes` are in the fewest bits that hold them all, little-endian. A stretch begins `jump` places
//! after the end of the one before (zigzag: even forwards, odd backwards) and ends with all places used.

use crate::bytes::{Bytes, put_varint};
use crate::call::Call;
use crate::row::RowError;

const WHOLE: u8 = 0;
const DIFFERENCE: u8 = 1;

/// How a sample's calls are written through a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Style {
    Phased = 0,
    Unphased = 1,
    Haploid = 2,
    Absent = 3,
}

impl Style {
    pub(crate) const ALL: [Style; 4] = [Style::Phased, Style::Unphased, Style::Haploid, Style::Absent];

    /// The call of the two alleles; `true` is the alternate one. A haploid call reads the first only.
    pub(crate) fn call(self, first: bool, second: bool) -> Call {
        // By style, then first and second allele: looked up, since no processor could guess the way
        // through a choice.
        const CALLS: [[Call; 4]; 4] = {
            let mut calls = [[Call::Absent; 4]; 4];
            let mut at = 0;
            while at < 4 {
                let (first, second) = (Some(at & 1 == 1), Some(at & 2 == 2));
                calls[Style::Phased as usize][at] = Call::diploid(first, second, true);
                calls[Style::Unphased as usize][at] = Call::diploid(first, second, false);
                calls[Style::Haploid as usize][at] = Call::haploid(first);
                at += 1;
            }
            calls
        };
        CALLS[self as usize][usize::from(first) | usize::from(second) << 1]
    }

    /// The alleles of a call in this style; `None` when it takes an exception.
    pub(crate) fn alleles(self, call: Call) -> Option<(bool, bool)> {
        let pairs = [(false, false), (false, true), (true, false), (true, true)];
        pairs.into_iter().find(|(first, second)| self.call(*first, *second) == call)
    }

    /// How many of a sample's two haplotypes are there.
    pub(crate) fn haplotypes(self) -> u32 {
        match self {
            Style::Phased | Style::Unphased => 2,
            Style::Haploid => 1,
            Style::Absent => 0,
        }
    }
}

/// The order of the haplotypes of a block, and how each sample's calls are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Order {
    /// Haplotype at each place.
    pub(crate) haplotypes: Vec<u32>,
    pub(crate) styles: Vec<Style>,
}

impl Order {
    /// Number of samples.
    pub fn samples(&self) -> usize {
        self.styles.len()
    }

    /// The place of each haplotype.
    pub fn places(&self) -> Vec<u32> {
        let mut places = vec![0; self.haplotypes.len()];
        for (place, haplotype) in self.haplotypes.iter().enumerate() {
            places[*haplotype as usize] = place as u32;
        }
        places
    }

    /// The call of a sample that a row does not mention.
    pub(crate) fn silent(&self, sample: usize, flip: bool) -> Call {
        self.styles[sample].call(flip, flip)
    }

    fn bits(haplotypes: usize) -> u32 {
        usize::BITS - haplotypes.saturating_sub(1).leading_zeros()
    }

    fn put_styles(&self, out: &mut Vec<u8>) {
        put_varint(out, self.styles.len() as u32);
        for run in self.styles.chunk_by(|a, b| a == b) {
            out.push(run[0] as u8);
            put_varint(out, run.len() as u32);
        }
    }

    /// Writes the order whole.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![WHOLE];
        self.put_styles(&mut out);
        let width = Order::bits(self.haplotypes.len());
        let (mut word, mut filled) = (0u64, 0);
        for haplotype in &self.haplotypes {
            word |= u64::from(*haplotype) << filled;
            filled += width;
            while filled >= 8 {
                out.push(word as u8);
                word >>= 8;
                filled -= 8;
            }
        }
        if filled > 0 {
            out.push(word as u8);
        }
        out
    }

    /// Writes the order as the difference from `other`, an order of the same samples.
    pub fn encode_from(&self, other: &Order) -> Vec<u8> {
        let mut out = vec![DIFFERENCE];
        self.put_styles(&mut out);
        let there = other.places();
        let mut stretch: Option<(u32, u32)> = None;
        let mut last_end = 0u32;
        let mut put = |start: u32, length: u32| {
            let jump = i64::from(start) - i64::from(last_end);
            put_varint(&mut out, ((jump << 1) ^ (jump >> 63)) as u32);
            put_varint(&mut out, length - 1);
            last_end = start + length;
        };
        for haplotype in &self.haplotypes {
            let place = there[*haplotype as usize];
            stretch = match stretch {
                Some((start, length)) if start + length == place => Some((start, length + 1)),
                Some((start, length)) => {
                    put(start, length);
                    Some((place, 1))
                }
                None => Some((place, 1)),
            };
        }
        if let Some((start, length)) = stretch {
            put(start, length);
        }
        out
    }

    /// Reads an order back; `base` is the one that a difference is from.
    ///
    /// # Errors
    /// When the bytes are not an order of exactly `samples` samples, or its base is not given.
    pub fn decode(bytes: &[u8], samples: usize, base: Option<&Order>) -> Result<Order, RowError> {
        let mut order = Order::default();
        order.read(bytes, samples, base)?;
        Ok(order)
    }

    /// [`Order::decode`] in place of this order, whose memory is used again: for one block after another.
    /// After an error the order is to be read again, or dropped.
    ///
    /// # Errors
    /// As [`Order::decode`].
    pub fn read(&mut self, bytes: &[u8], samples: usize, base: Option<&Order>) -> Result<(), RowError> {
        let mut bytes = Bytes::new(bytes);
        let kind = bytes.byte()?;
        self.take_styles(&mut bytes, samples)?;
        match kind {
            WHOLE => self.take_whole(&mut bytes)?,
            DIFFERENCE => {
                let base = base.filter(|base| base.samples() == samples);
                self.take_difference(
                    &mut bytes,
                    base.ok_or(RowError::new("the order before it is missing"))?,
                )?;
            }
            _ => return Err(RowError::new("an unknown kind of order")),
        }
        bytes.end()
    }

    /// Reads an order of format 2, which says no kind and is always whole.
    ///
    /// # Errors
    /// When the bytes are not an order of exactly `samples` samples.
    pub fn decode_format_2(bytes: &[u8], samples: usize) -> Result<Order, RowError> {
        let (mut bytes, mut order) = (Bytes::new(bytes), Order::default());
        order.take_styles(&mut bytes, samples)?;
        order.take_whole(&mut bytes)?;
        bytes.end()?;
        Ok(order)
    }

    fn take_styles(&mut self, bytes: &mut Bytes<'_>, samples: usize) -> Result<(), RowError> {
        if bytes.varint()? as usize != samples {
            return Err(RowError::new("its order is of other samples"));
        }
        self.styles.clear();
        while self.styles.len() < samples {
            let style = *Style::ALL.get(bytes.byte()? as usize).ok_or(RowError::new("an unknown style"))?;
            let length = bytes.varint()? as usize;
            if length == 0 || length > samples - self.styles.len() {
                return Err(RowError::new("its styles are too long"));
            }
            self.styles.resize(self.styles.len() + length, style);
        }
        Ok(())
    }

    fn take_whole(&mut self, bytes: &mut Bytes<'_>) -> Result<(), RowError> {
        let count = self.styles.len() * 2;
        let width = Order::bits(count);
        let packed = bytes.take((count * width as usize).div_ceil(8))?;
        let mut packed = packed.iter();
        let mut seen = vec![false; count];
        self.haplotypes.clear();
        let (mut word, mut filled) = (0u64, 0);
        for _ in 0..count {
            while filled < width {
                word |= u64::from(*packed.next().ok_or(RowError::new("it ends early"))?) << filled;
                filled += 8;
            }
            let haplotype = (word & ((1 << width) - 1)) as u32;
            word >>= width;
            filled -= width;
            match seen.get_mut(haplotype as usize) {
                Some(seen) if !*seen => *seen = true,
                _ => return Err(TWICE),
            }
            self.haplotypes.push(haplotype);
        }
        Ok(())
    }

    fn take_difference(&mut self, bytes: &mut Bytes<'_>, base: &Order) -> Result<(), RowError> {
        let (from, count) = (&base.haplotypes[..], base.haplotypes.len());
        let mut seen = Places::none(count);
        self.haplotypes.resize(count, 0);
        let (mut filled, mut last_end) = (0, 0i64);
        while filled < count {
            let zigzag = bytes.varint()?;
            let start = last_end + (i64::from(zigzag >> 1) ^ -i64::from(zigzag & 1));
            let end = start + i64::from(bytes.varint()?) + 1;
            last_end = end;
            let (Ok(start), Ok(end)) = (usize::try_from(start), usize::try_from(end)) else {
                return Err(OUTSIDE);
            };
            let length = end - start;
            if end > count {
                return Err(OUTSIDE);
            }
            // Stretches are disjoint, so that together they never outgrow the base.
            if !seen.add(start, end) || length > count - filled {
                return Err(TWICE);
            }
            // Most stretches are short: a copy of one length needs no call. What it copies too many is
            // written over by the next stretch.
            match (from.get(start..start + SHORT), self.haplotypes.get_mut(filled..filled + SHORT)) {
                (Some(from), Some(to)) if length <= SHORT => to.copy_from_slice(from),
                _ => self.haplotypes[filled..filled + length].copy_from_slice(&from[start..end]),
            }
            filled += length;
        }
        Ok(())
    }
}

/// Places copied at once.
const SHORT: usize = 16;
const TWICE: RowError = RowError::new("its order names a haplotype twice");
const OUTSIDE: RowError = RowError::new("its order leaves the one before");

/// A set of places, a bit each.
struct Places(Vec<u64>);

impl Places {
    fn none(count: usize) -> Places {
        Places(vec![0; count.div_ceil(64)])
    }

    /// Adds `start..end`; whether none of them was there.
    fn add(&mut self, start: usize, end: usize) -> bool {
        let (first, last) = (start / 64, (end - 1) / 64);
        let (head, tail) = (u64::MAX << (start % 64), u64::MAX >> (63 - (end - 1) % 64));
        let mut is_new = true;
        for (word, at) in self.0[first..=last].iter_mut().zip(first..) {
            let bits = match (at == first, at == last) {
                (true, true) => head & tail,
                (true, false) => head,
                (false, true) => tail,
                (false, false) => u64::MAX,
            };
            is_new &= *word & bits == 0;
            *word |= bits;
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Two orders of the same samples, the second made of shuffled stretches of the first.
    fn orders() -> impl Strategy<Value = (Order, Order)> {
        (1usize..90).prop_flat_map(|samples| {
            let styles = proptest::collection::vec((0usize..4).prop_map(|s| Style::ALL[s]), samples);
            let first = Just((0..samples as u32 * 2).collect::<Vec<u32>>()).prop_shuffle();
            let cuts = proptest::collection::btree_set(0..samples * 2, 0..8);
            (styles.clone(), styles, first, cuts, any::<u64>()).prop_map(|(a, b, first, cuts, seed)| {
                let mut stretches = Vec::new();
                let mut rest = &first[..];
                for cut in cuts.iter().rev() {
                    let (head, tail) = rest.split_at((*cut).min(rest.len()));
                    stretches.push(tail.to_vec());
                    rest = head;
                }
                stretches.push(rest.to_vec());
                let turn = seed as usize % stretches.len();
                stretches.rotate_left(turn);
                let second = stretches.concat();
                (Order { haplotypes: first, styles: a }, Order { haplotypes: second, styles: b })
            })
        })
    }

    proptest! {
        #[test]
        fn an_order_comes_back_whole_and_as_a_difference((first, second) in orders()) {
            let samples = first.samples();
            prop_assert_eq!(&Order::decode(&first.encode(), samples, None).unwrap(), &first);
            let difference = second.encode_from(&first);
            prop_assert_eq!(&Order::decode(&difference, samples, Some(&first)).unwrap(), &second);
            prop_assert!(Order::decode(&difference, samples, None).is_err());
            for (place, haplotype) in first.haplotypes.iter().enumerate() {
                prop_assert_eq!(first.places()[*haplotype as usize], place as u32);
            }
        }

        #[test]
        fn damaged_orders_never_panic_and_are_orders_if_read(
            (first, second) in orders(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
        ) {
            let samples = first.samples();
            for mut bytes in [first.encode(), second.encode_from(&first)] {
                let at = at.index(bytes.len());
                bytes[at] = byte;
                if let Ok(order) = Order::decode(&bytes, samples, Some(&first)) {
                    let mut haplotypes = order.haplotypes.clone();
                    haplotypes.sort_unstable();
                    prop_assert_eq!(haplotypes, (0..samples as u32 * 2).collect::<Vec<_>>());
                }
            }
        }
    }

    #[test]
    fn a_like_order_costs_few_bytes() {
        let first = Order { haplotypes: (0..20_000).collect(), styles: vec![Style::Phased; 10_000] };
        let mut second = first.clone();
        second.haplotypes.rotate_left(7_000);
        assert!(second.encode_from(&first).len() < 20);
        assert!(second.encode().len() > 37_000);
    }
}
