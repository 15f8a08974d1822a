//! Chunks that were read and checked a short while ago, over all open files of the process.
//!
//! A page is a few kilobytes, a chunk 64: without this each page would cost reading and checking a whole
//! chunk. Bounded, whatever the number of files.

use bytes::Bytes;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

/// Chunks kept at most: 32 MiB.
const KEPT_MAX: usize = 512;

static NEXT: AtomicU64 = AtomicU64::new(0);
static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Kept {
    chunks: HashMap<(u64, u64), Bytes>,
    /// In the order of arrival; the first one goes first.
    order: VecDeque<(u64, u64)>,
}

/// A number for a file that is opened now: no two opened files share one.
pub(super) fn number() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A chunk of a file, if it is kept.
pub(super) fn get(file: u64, index: u64) -> Option<Bytes> {
    kept().chunks.get(&(file, index)).cloned()
}

/// Keeps a chunk that was checked.
pub(super) fn put(file: u64, index: u64, chunk: Bytes) {
    let mut kept = kept();
    if kept.chunks.insert((file, index), chunk).is_none() {
        kept.order.push_back((file, index));
        if kept.order.len() > KEPT_MAX
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.chunks.remove(&oldest);
        }
    }
}

fn kept() -> MutexGuard<'static, Kept> {
    // Entries are inserted whole: what a panicking thread left is a cache like any other.
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_bounded_and_gives_back_what_was_kept() {
        let file = number();
        for index in 0..2 * KEPT_MAX as u64 {
            put(file, index, Bytes::from(index.to_le_bytes().to_vec()));
        }
        assert!(kept().chunks.len() <= KEPT_MAX && kept().order.len() <= KEPT_MAX);
        assert_eq!(get(file, 0), None);
        let last = 2 * KEPT_MAX as u64 - 1;
        if let Some(chunk) = get(file, last) {
            assert_eq!(chunk, last.to_le_bytes()[..]);
        }
        assert_eq!(get(number(), last), None);
    }
}
