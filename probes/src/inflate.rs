//! This project's inflater beside libdeflate: the same bytes, or a clean give-up.

use crate::input::Input;
use gj_ingest::probe::Inflate;
use libdeflater::Decompressor;
use std::cell::RefCell;

/// Plain bytes of a BGZF block at most.
pub(crate) const PLAIN_BYTES_MAX: usize = 64 * 1024;

/// Both inflaters, used again as in a reader: what one block leaves in the tables must not show in the next.
struct Both {
    ours: Inflate,
    theirs: Decompressor,
    plain: Vec<u8>,
    expected: Vec<u8>,
}

thread_local! {
    static BOTH: RefCell<Both> = RefCell::new(Both {
        ours: Inflate::default(),
        theirs: Decompressor::new(),
        plain: vec![0; PLAIN_BYTES_MAX],
        expected: vec![0; PLAIN_BYTES_MAX],
    });
}

/// Two bytes of a size, then deflated bytes.
pub fn probe(bytes: &[u8]) {
    let mut input = Input(bytes);
    let (size, deflated) = (input.short(), input.0);
    BOTH.with_borrow_mut(|Both { ours, theirs, plain, expected }| {
        let found = theirs.deflate_decompress(deflated, expected).ok();
        // A block states its size: it may be right, and it may be anything.
        for size in found.into_iter().chain([size]) {
            let plain = &mut plain[..size];
            if ours.fill(deflated, plain).is_some() {
                assert_eq!(found, Some(size), "inflated to a size that libdeflate does not find");
                assert!(*plain == expected[..size], "other bytes than libdeflate's");
            }
        }
    });
}
