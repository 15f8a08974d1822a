//! Inflating one BGZF block (RFC 1951), made for genotypes.
//!
//! A row of genotypes is the same two or four bytes over and over, which deflate stores as matches that
//! overlap themselves at a distance of two or four. General inflaters copy such a match a few bytes at a
//! time; here its pattern is laid out once and written many bytes at a time. Whatever this inflater does
//! not follow it gives back, and it never judges a file: the caller compares the checksum.

/// Bits of a first look into the table of literals and lengths, and of distances.
const LITERAL_BITS: u32 = 10;
const DISTANCE_BITS: u32 = 8;
/// Bytes written at once by a match, and by one that repeats a shorter stretch.
const STEP: usize = 32;
const WORD: usize = 8;

/// Entries of the tables: bits of the code, extra bits, what it is, and its value.
const LITERAL: u32 = 1 << 15;
const END: u32 = 1 << 14;
const LONGER: u32 = 1 << 13;

/// Order in which the lengths of the lengths' codes are written (RFC 1951, section 3.2.7).
const LENGTH_ORDER: [u8; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// Working tables, to be used again for the next block.
#[derive(Debug, Default)]
pub(crate) struct Inflater {
    literals: Vec<u32>,
    distances: Vec<u32>,
    lengths: Vec<u32>,
}

impl Inflater {
    /// Fills `plain` exactly; `None` when `deflated` does not give it.
    pub(crate) fn inflate(&mut self, deflated: &[u8], plain: &mut [u8]) -> Option<()> {
        let mut bits = Bits { bytes: deflated, at: 0, buffer: 0, count: 0 };
        let mut filled = 0;
        loop {
            bits.refill();
            let is_last = bits.take(1) == 1;
            filled = match bits.take(2) {
                0 => bits.stored(plain, filled)?,
                1 => {
                    self.fixed()?;
                    self.matches(&mut bits, plain, filled)?
                }
                2 => {
                    self.described(&mut bits)?;
                    self.matches(&mut bits, plain, filled)?
                }
                _ => return None,
            };
            if is_last {
                return (filled == plain.len() && !bits.is_past_end()).then_some(());
            }
        }
    }

    /// The codes of section 3.2.6.
    fn fixed(&mut self) -> Option<()> {
        let mut lengths = [8; 288];
        lengths[144..256].fill(9);
        lengths[256..280].fill(7);
        build(&mut self.literals, &lengths, LITERAL_BITS, literal)?;
        build(&mut self.distances, &[5; 32], DISTANCE_BITS, distance)
    }

    /// The codes that a block describes (section 3.2.7).
    fn described(&mut self, bits: &mut Bits<'_>) -> Option<()> {
        let literals = bits.take(5) as usize + 257;
        let distances = bits.take(5) as usize + 1;
        let codes = bits.take(4) as usize + 4;
        let mut lengths = [0; 19];
        for place in &LENGTH_ORDER[..codes] {
            bits.refill();
            lengths[usize::from(*place)] = bits.take(3) as u8;
        }
        build(&mut self.lengths, &lengths, 7, |symbol| Some((symbol as u32) << 16))?;
        let mut lengths = [0u8; 320];
        let (mut at, total) = (0, literals + distances);
        while at < total {
            bits.refill();
            let (value, times) = match bits.code(&self.lengths, 7)? >> 16 {
                16 => (*lengths.get(at.checked_sub(1)?)?, bits.take(2) as usize + 3),
                17 => (0, bits.take(3) as usize + 3),
                18 => (0, bits.take(7) as usize + 11),
                length => (length as u8, 1),
            };
            lengths[..total].get_mut(at..at + times)?.fill(value);
            at += times;
        }
        build(&mut self.literals, &lengths[..literals], LITERAL_BITS, literal)?;
        build(&mut self.distances, &lengths[literals..total], DISTANCE_BITS, distance)
    }

    /// Literals and matches up to the end of the block; returns how far `plain` is filled.
    fn matches(&self, bits: &mut Bits<'_>, plain: &mut [u8], mut filled: usize) -> Option<usize> {
        loop {
            // One refill holds the 48 bits of the longest match: 15 and 5, 15 and 13.
            bits.refill();
            let entry = bits.code(&self.literals, LITERAL_BITS)?;
            if entry & LITERAL != 0 {
                *plain.get_mut(filled)? = (entry >> 16) as u8;
                filled += 1;
                continue;
            }
            if entry & END != 0 {
                return Some(filled);
            }
            let length = bits.value(entry);
            let entry = bits.code(&self.distances, DISTANCE_BITS)?;
            let distance = bits.value(entry);
            repeat(plain, filled, distance, length)?;
            filled += length;
            if bits.is_past_end() {
                return None;
            }
        }
    }
}

/// Writes `length` bytes at `at`, each the one `distance` before it.
fn repeat(plain: &mut [u8], at: usize, distance: usize, length: usize) -> Option<()> {
    let from = at.checked_sub(distance)?;
    if at + length + STEP > plain.len() {
        // The end of the block: nothing may be written past it.
        plain.get(at..at + length)?;
        (0..length).for_each(|index| plain[at + index] = plain[from + index]);
        return Some(());
    }
    if distance >= STEP {
        for index in (0..length).step_by(STEP) {
            let part = *plain.get(from + index..)?.first_chunk::<STEP>()?;
            *plain.get_mut(at + index..)?.first_chunk_mut()? = part;
        }
        return Some(());
    }
    if distance > WORD {
        for index in (0..length).step_by(WORD) {
            let part = *plain.get(from + index..)?.first_chunk::<WORD>()?;
            *plain.get_mut(at + index..)?.first_chunk_mut()? = part;
        }
        return Some(());
    }
    let unit = u64::from_le_bytes(*plain.get(from..)?.first_chunk()?) & (u64::MAX >> (64 - 8 * distance));
    let pattern = unit.wrapping_mul(TIMES[distance]).to_le_bytes();
    if WORD.is_multiple_of(distance) {
        let target = plain.get_mut(at..at + length.next_multiple_of(STEP))?;
        target.as_chunks_mut::<WORD>().0.fill(pattern);
        return Some(());
    }
    for index in (0..length).step_by(WORD - WORD % distance) {
        *plain.get_mut(at + index..)?.first_chunk_mut()? = pattern;
    }
    Some(())
}

/// By what a unit of so many bytes is multiplied to stand in a word as often as it fits.
static TIMES: [u64; WORD + 1] = {
    let mut times = [0; WORD + 1];
    let mut unit = 1;
    while unit <= WORD {
        let mut at = 0;
        while at + unit <= WORD {
            times[unit] |= 1 << (8 * at);
            at += unit;
        }
        unit += 1;
    }
    times
};

/// The value of a symbol of the literals' code.
fn literal(symbol: usize) -> Option<u32> {
    Some(match symbol {
        0..=255 => LITERAL | (symbol as u32) << 16,
        256 => END,
        257..=264 => (symbol as u32 - 254) << 16,
        265..=284 => {
            let (group, place) = ((symbol - 261) / 4, (symbol - 261) % 4);
            (group as u32) << 8 | (((4 + place as u32) << group) + 3) << 16
        }
        285 => 258 << 16,
        _ => return None,
    })
}

/// The value of a symbol of the distances' code.
fn distance(symbol: usize) -> Option<u32> {
    Some(match symbol {
        0..=3 => (symbol as u32 + 1) << 16,
        4..=29 => {
            let (group, place) = ((symbol - 2) / 2, symbol % 2);
            (group as u32) << 8 | (((2 + place as u32) << group) + 1) << 16
        }
        _ => return None,
    })
}

/// Builds a table of codes from their lengths: a look of `first` bits, and for longer codes a second.
///
/// `None` for more codes than fit and for gaps, but for a code of one symbol, which leaves half unused.
fn build(
    table: &mut Vec<u32>,
    lengths: &[u8],
    first: u32,
    value: impl Fn(usize) -> Option<u32>,
) -> Option<()> {
    let mut times = [0u32; 16];
    lengths.iter().for_each(|length| times[usize::from(length & 15)] += 1);
    times[0] = 0;
    let longest = (1..16).rev().find(|length| times[*length as usize] > 0).unwrap_or(0);
    let (mut next, mut code, mut room) = ([0u32; 16], 0u32, 1i32);
    for length in 1..16 {
        code = (code + times[length - 1]) << 1;
        next[length] = code;
        room = (room << 1) - times[length] as i32;
        if room < 0 {
            return None;
        }
    }
    let one = times.iter().sum::<u32>() <= 1;
    if room > 0 && !one {
        return None;
    }
    table.clear();
    table.resize(1 << first, 0);
    for (symbol, length) in lengths.iter().map(|length| u32::from(*length)).enumerate() {
        if length == 0 {
            continue;
        }
        let code = next[length as usize].reverse_bits() >> (32 - length);
        next[length as usize] += 1;
        // A symbol that may not be used may still have a code.
        let Some(value) = value(symbol) else { continue };
        if length <= first {
            let entries = table[..1 << first].iter_mut().skip(code as usize).step_by(1 << length);
            entries.for_each(|entry| *entry = value | length);
            continue;
        }
        let (prefix, rest, more) = ((code & ((1 << first) - 1)) as usize, code >> first, longest - first);
        if table[prefix] == 0 {
            table[prefix] = LONGER | (table.len() as u32) << 16 | more << 8 | first;
            table.resize(table.len() + (1 << more), 0);
        }
        let start = (table[prefix] >> 16) as usize;
        let entries = table[start..start + (1 << more)].iter_mut().skip(rest as usize);
        entries.step_by(1 << (length - first)).for_each(|entry| *entry = value | (length - first));
    }
    Some(())
}

/// Deflated bytes as bits, the lowest first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    buffer: u64,
    count: u32,
}

impl Bits<'_> {
    /// Makes at least 56 bits ready; past the end they are zeros.
    #[inline(always)]
    fn refill(&mut self) {
        let ahead = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<8>());
        if let Some(word) = ahead {
            // Bits above `count` are those of the bytes to come, so they may be laid over again.
            self.buffer |= u64::from_le_bytes(*word) << self.count;
            self.at += ((63 - self.count) >> 3) as usize;
            self.count |= 56;
            return;
        }
        while self.count <= 56 {
            let byte = self.bytes.get(self.at).copied().unwrap_or(0);
            self.buffer |= u64::from(byte) << self.count;
            (self.at, self.count) = (self.at + 1, self.count + 8);
        }
    }

    #[inline(always)]
    fn take(&mut self, count: u32) -> u32 {
        let value = self.buffer as u32 & ((1 << count) - 1);
        self.skip(count);
        value
    }

    #[inline(always)]
    fn skip(&mut self, count: u32) {
        self.buffer >>= count;
        self.count -= count;
    }

    /// The entry of the next code.
    #[inline(always)]
    fn code(&mut self, table: &[u32], first: u32) -> Option<u32> {
        let mut entry = *table.get((self.buffer & ((1 << first) - 1)) as usize)?;
        if entry & LONGER != 0 {
            self.skip(first);
            let more = self.buffer & ((1 << (entry >> 8 & 31)) - 1);
            entry = *table.get((entry >> 16) as usize + more as usize)?;
        }
        // An entry that no code has is 0.
        self.skip(entry & 255);
        (entry & 255 != 0).then_some(entry)
    }

    /// An entry's value with its extra bits.
    #[inline(always)]
    fn value(&mut self, entry: u32) -> usize {
        ((entry >> 16) + self.take(entry >> 8 & 31)) as usize
    }

    fn is_past_end(&self) -> bool {
        self.at * 8 > self.bytes.len() * 8 + self.count as usize
    }

    /// Bytes stored as they are, from the next whole byte on.
    fn stored(&mut self, plain: &mut [u8], filled: usize) -> Option<usize> {
        let start = self.at - (self.count / 8) as usize;
        let (head, rest) = self.bytes.get(start..)?.split_first_chunk::<4>()?;
        let [size, inverse] = [[head[0], head[1]], [head[2], head[3]]].map(u16::from_le_bytes);
        if size != !inverse {
            return None;
        }
        let size = usize::from(size);
        plain.get_mut(filled..filled + size)?.copy_from_slice(rest.get(..size)?);
        *self = Bits { bytes: self.bytes, at: start + 4 + size, buffer: 0, count: 0 };
        Some(filled + size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::DeflateEncoder;
    use proptest::prelude::*;
    use std::io::Write;

    fn deflate(plain: &[u8], level: u32) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(level));
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn inflate(deflated: &[u8], size: usize) -> Option<Vec<u8>> {
        let mut plain = vec![0xaa; size];
        Inflater::default().inflate(deflated, &mut plain).map(|()| plain)
    }

    /// Stretches that repeat a unit of any length, with noise between them.
    fn repetitive() -> impl Strategy<Value = Vec<u8>> {
        let stretch = (proptest::collection::vec(any::<u8>(), 1..40), 1usize..200);
        let few = prop::sample::select(b"01|/.\t".to_vec());
        let text = (proptest::collection::vec(few, 1..60), 1usize..20);
        let stretches = prop_oneof![1 => stretch, 3 => text].prop_map(|(unit, times)| unit.repeat(times));
        proptest::collection::vec(stretches, 0..24).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn what_another_deflated_comes_back(plain in repetitive(), level in 0u32..10) {
            prop_assert_eq!(inflate(&deflate(&plain, level), plain.len()), Some(plain));
        }

        #[test]
        fn noise_comes_back(plain in proptest::collection::vec(any::<u8>(), 0..70_000), level in 0u32..10) {
            prop_assert_eq!(inflate(&deflate(&plain, level), plain.len()), Some(plain));
        }

        #[test]
        fn another_size_is_given_back(plain in repetitive(), off in 1usize..40) {
            let deflated = deflate(&plain, 6);
            prop_assert_eq!(inflate(&deflated, plain.len() + off), None);
            prop_assert_eq!(inflate(&deflated, plain.len().saturating_sub(off)), plain.is_empty().then(Vec::new));
        }

        #[test]
        fn damaged_bytes_never_panic(
            plain in repetitive(),
            flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
            cut in any::<prop::sample::Index>(),
        ) {
            let mut deflated = deflate(&plain, 6);
            for (place, mask) in flips {
                let place = place.index(deflated.len());
                deflated[place] ^= mask;
            }
            inflate(&deflated, plain.len());
            deflated.truncate(cut.index(deflated.len()));
            inflate(&deflated, plain.len());
        }

        #[test]
        fn noise_as_input_never_panics(deflated in proptest::collection::vec(any::<u8>(), 0..400), size in 0usize..3_000) {
            inflate(&deflated, size);
        }
    }

    #[test]
    fn fixed_codes_are_known() {
        // Python: `c = zlib.compressobj(9, 8, -15, 9, zlib.Z_FIXED); c.compress(b"0|0\\t" * 8) + c.flush()`.
        let deflated = [0x33, 0xa8, 0x31, 0xe0, 0x34, 0xc0, 0x83, 0x01];
        assert_eq!(inflate(&deflated, 32).as_deref(), Some(&b"0|0\t0|0\t0|0\t0|0\t0|0\t0|0\t0|0\t0|0\t"[..]));
    }
}
