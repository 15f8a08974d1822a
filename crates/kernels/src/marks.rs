//! Scratch for reading one sorted row: which haplotypes of which samples are in its runs.

/// Which haplotypes of which samples were in a run.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    bits: Vec<u8>,
    touched: Vec<u32>,
}

/// The sample has an exception: its bits are not read.
const SETTLED: u8 = 4;

impl Marks {
    pub(crate) fn clear(&mut self, samples: usize) {
        self.touched.drain(..).for_each(|sample| self.bits[sample as usize] = 0);
        self.bits.resize(samples, 0);
    }

    pub(crate) fn add(&mut self, haplotype: u32) {
        let sample = haplotype / 2;
        let bits = &mut self.bits[sample as usize];
        if *bits == 0 {
            self.touched.push(sample);
        }
        *bits |= 1 << (haplotype % 2);
    }

    /// Whether the sample was in no run and had no exception so far; it has one from now on.
    pub(crate) fn settle(&mut self, sample: usize) -> bool {
        let bits = &mut self.bits[sample];
        if *bits != 0 {
            return false;
        }
        self.touched.push(sample as u32);
        *bits = SETTLED;
        true
    }

    /// Every sample in a run without an exception, and which of its two haplotypes are.
    pub(crate) fn each(&self, mut visit: impl FnMut(usize, bool, bool)) {
        for sample in &self.touched {
            let bits = self.bits[*sample as usize];
            if bits & SETTLED == 0 {
                visit(*sample as usize, bits & 1 == 1, bits & 2 == 2);
            }
        }
    }
}
