//! Reading and writing the parts that rows and orders are made of. Never panics on damaged bytes.

use crate::call::Call;
use crate::row::RowError;

/// Appends a number in groups of seven bits, least significant first (LEB128).
pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends calls of ascending samples by kind: `kinds, (call, varint n, n × varint gap)*`.
pub(crate) fn put_gaps(out: &mut Vec<u8>, calls: impl IntoIterator<Item = (usize, Call)>) {
    let mut lists: [Vec<u8>; 16] = Default::default();
    let mut last = [0usize; 16];
    let mut times = [0u32; 16];
    for (sample, call) in calls {
        let code = call.code() as usize;
        put_varint(&mut lists[code], (sample - last[code]) as u32);
        last[code] = sample;
        times[code] += 1;
    }
    out.push(times.iter().filter(|n| **n > 0).count() as u8);
    for code in (0..16).filter(|code| times[*code] > 0) {
        out.push(code as u8);
        put_varint(out, times[code]);
        out.extend_from_slice(&lists[code]);
    }
}

/// For each kind of call, by its code, the runs `start..end` of samples that have it, ascending and apart.
pub(crate) type CallRuns = [Vec<(u32, u32)>; 16];

/// Adds `start..end` behind the last run, or to it where they touch.
pub(crate) fn push_run(runs: &mut Vec<(u32, u32)>, start: u32, end: u32) {
    match runs.last_mut() {
        Some((_, last)) if *last == start => *last = end,
        _ => runs.push((start, end)),
    }
}

/// Appends runs: `n × (varint gap, varint length - 1)`; the gap counts from the end of the run before.
pub(crate) fn put_runs(out: &mut Vec<u8>, runs: &[(u32, u32)]) {
    put_varint(out, runs.len() as u32);
    let mut last = 0;
    for (start, end) in runs {
        put_varint(out, start - last);
        put_varint(out, end - start - 1);
        last = *end;
    }
}

/// Appends calls by kind, in runs: `kinds, (call, varint n, n × (varint gap, varint length - 1))*`.
pub(crate) fn put_ranges(out: &mut Vec<u8>, calls: &CallRuns) {
    out.push(calls.iter().filter(|runs| !runs.is_empty()).count() as u8);
    for (code, runs) in calls.iter().enumerate().filter(|(_, runs)| !runs.is_empty()) {
        out.push(code as u8);
        put_runs(out, runs);
    }
}

/// Bytes being read.
pub(crate) struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Bytes<'a> {
        Bytes(bytes)
    }

    /// What is left.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.0
    }

    pub(crate) fn byte(&mut self) -> Result<u8, RowError> {
        let (first, rest) = self.0.split_first().ok_or(RowError::new("it ends early"))?;
        self.0 = rest;
        Ok(*first)
    }

    /// The next `count` bytes.
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], RowError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(RowError::new("it ends early"))?;
        self.0 = rest;
        Ok(taken)
    }

    #[inline]
    pub(crate) fn varint(&mut self) -> Result<u32, RowError> {
        // Most numbers are small; those of up to four bytes are found in one look, without a loop.
        match self.0 {
            [first @ 0..0x80, rest @ ..] => {
                self.0 = rest;
                Ok(u32::from(*first))
            }
            [a, b, c, d, ..] => {
                let word = u32::from_le_bytes([*a, *b, *c, *d]);
                let ends = !word & 0x8080_8080;
                if ends == 0 {
                    return self.long_varint();
                }
                let bytes = ends.trailing_zeros() as usize / 8 + 1;
                self.0 = &self.0[bytes..];
                let word = word & (u32::MAX >> (32 - 8 * bytes));
                Ok(word & 0x7f | word >> 1 & 0x3f80 | word >> 2 & 0x1f_c000 | word >> 3 & 0xfe0_0000)
            }
            _ => self.long_varint(),
        }
    }

    /// One of five bytes, or at the end.
    #[cold]
    fn long_varint(&mut self) -> Result<u32, RowError> {
        let mut value = 0u32;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            if shift == 28 && byte > 0x0f {
                break;
            }
            value |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(RowError::new("a number is too long"))
    }

    pub(crate) fn call(&mut self) -> Result<Call, RowError> {
        match self.byte()? {
            code @ 0..=15 => Ok(Call::from_code(code)),
            _ => Err(RowError::new("an unknown call")),
        }
    }

    /// Reads `kinds, (call, varint n, …)*`; `each` reads what follows a call and its number of times.
    fn kinds(
        &mut self,
        mut each: impl FnMut(&mut Bytes<'a>, Call, u32) -> Result<(), RowError>,
    ) -> Result<(), RowError> {
        let mut previous_kind = None;
        for _ in 0..self.byte()? {
            let call = self.call()?;
            if previous_kind >= Some(call) {
                return Err(RowError::new("its calls are out of order"));
            }
            previous_kind = Some(call);
            let times = self.varint()?;
            each(self, call, times)?;
        }
        Ok(())
    }

    /// Reads what [`put_gaps`] wrote over `samples` samples; `each` gets every sample and its call.
    pub(crate) fn gaps(
        &mut self,
        samples: usize,
        mut each: impl FnMut(usize, Call) -> Result<(), RowError>,
    ) -> Result<(), RowError> {
        let mut named = 0usize;
        self.kinds(|bytes, call, times| {
            let mut sample = 0usize;
            for k in 0..times {
                let gap = bytes.varint()? as usize;
                if k > 0 && gap == 0 {
                    return Err(RowError::new("a sample is named twice"));
                }
                sample = sample.saturating_add(gap);
                if sample >= samples {
                    return Err(RowError::new("a sample is out of range"));
                }
                each(sample, call)?;
            }
            named += times as usize;
            Ok(())
        })?;
        if named > samples { Err(RowError::new("it names more calls than samples")) } else { Ok(()) }
    }

    /// Reads what [`put_ranges`] wrote over `samples` samples; `each` gets every run of samples and its
    /// call. Runs of one kind ascend without touching; no more samples are named than there are.
    pub(crate) fn ranges(
        &mut self,
        samples: usize,
        mut each: impl FnMut(usize, usize, Call) -> Result<(), RowError>,
    ) -> Result<(), RowError> {
        let mut named = 0usize;
        self.kinds(|bytes, call, times| {
            let mut last = 0usize;
            for _ in 0..times {
                let start = last + bytes.varint()? as usize;
                last = start + bytes.varint()? as usize + 1;
                named += last - start;
                if last > samples || named > samples {
                    return Err(RowError::new("a sample is out of range"));
                }
                each(start, last, call)?;
            }
            Ok(())
        })
    }

    /// Nothing may be left.
    pub(crate) fn end(&self) -> Result<(), RowError> {
        if self.0.is_empty() { Ok(()) } else { Err(RowError::new("it has trailing bytes")) }
    }
}
