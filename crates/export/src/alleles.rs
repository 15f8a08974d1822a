//! How often each call occurs in a row, and the allele counts that follow.

use gj_kernels::Call;

/// Times of each of the 16 calls.
pub(crate) struct Times(pub(crate) [u32; 16]);

impl Times {
    pub(crate) fn of(calls: &[Call]) -> Times {
        // Four tables side by side: neighbours are mostly equal, and one counter would wait for itself.
        let mut parts = [[0u32; 16]; 4];
        let mut quads = calls.chunks_exact(4);
        for quad in &mut quads {
            for (part, call) in parts.iter_mut().zip(quad) {
                part[call.code() as usize] += 1;
            }
        }
        for call in quads.remainder() {
            parts[0][call.code() as usize] += 1;
        }
        Times(std::array::from_fn(|code| parts.iter().map(|part| part[code]).sum()))
    }

    pub(crate) fn get(&self, call: Call) -> u32 {
        self.0[call.code() as usize]
    }

    /// Alternate and called alleles, as the calls are spelled: AC and AN of the VCF specification.
    pub(crate) fn ac_an(&self) -> (u64, u64) {
        let mut sums = (0, 0);
        for call in Call::ALL {
            let (called, alternate) = spelled(call);
            sums.0 += u64::from(self.get(call)) * alternate;
            sums.1 += u64::from(self.get(call)) * called;
        }
        sums
    }

    /// Whether any call has one allele only.
    pub(crate) fn has_haploid(&self) -> bool {
        [Call::MissingHaploid, Call::Ref, Call::Alt].into_iter().any(|call| self.get(call) > 0)
    }

    /// Whether every call has one allele only.
    pub(crate) fn is_haploid(&self, samples: usize) -> bool {
        let calls = [Call::MissingHaploid, Call::Ref, Call::Alt].map(|call| self.get(call) as usize);
        calls.iter().sum::<usize>() == samples
    }
}

/// Called alleles of a call and alternate ones among them.
fn spelled(call: Call) -> (u64, u64) {
    match call {
        Call::Absent | Call::Missing | Call::MissingHaploid => (0, 0),
        Call::Ref | Call::HalfRef => (1, 0),
        Call::Alt | Call::HalfAlt | Call::MissingAltPhased | Call::AltMissingPhased => (1, 1),
        Call::RefRef | Call::RefRefPhased => (2, 0),
        Call::Het | Call::RefAltPhased | Call::AltRefPhased => (2, 1),
        Call::AltAlt | Call::AltAltPhased => (2, 2),
    }
}
