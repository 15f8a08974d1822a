//! Stretches that were read and checked a short while ago, over all open files of the process.
//!
//! A page is smaller than a stretch, or crosses into the next: without this each page would cost reading and
//! checking whole ones again. Bounded, whatever the number of files.

use bytes::Bytes;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

/// Bytes kept at most.
const KEPT_BYTES_MAX: usize = 32 << 20;

static NEXT: AtomicU64 = AtomicU64::new(0);
static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Kept {
    stretches: HashMap<(u64, u64), Bytes>,
    /// In the order of arrival; the first one goes first.
    order: VecDeque<(u64, u64)>,
    bytes: usize,
}

/// A number for a file that is opened now: no two opened files share one.
pub(super) fn number() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A stretch of a file, if it is kept.
pub(super) fn get(file: u64, index: u64) -> Option<Bytes> {
    kept().stretches.get(&(file, index)).cloned()
}

/// Whether a stretch is kept just now.
pub(super) fn has(file: u64, index: u64) -> bool {
    kept().stretches.contains_key(&(file, index))
}

/// Keeps a stretch that was checked.
pub(super) fn put(file: u64, index: u64, stretch: Bytes) {
    let mut kept = kept();
    let bytes = stretch.len();
    // A second reader of the same stretch brings the same bytes.
    if kept.stretches.insert((file, index), stretch).is_some() {
        return;
    }
    kept.order.push_back((file, index));
    kept.bytes += bytes;
    while kept.bytes > KEPT_BYTES_MAX {
        let Some(oldest) = kept.order.pop_front() else { return };
        kept.bytes -= kept.stretches.remove(&oldest).map_or(0, |gone| gone.len());
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
        let stretch = Bytes::from(vec![7; 1 << 16]);
        let last = 2 * (KEPT_BYTES_MAX as u64 >> 16);
        for index in 0..=last {
            put(file, index, stretch.clone());
        }
        let all = kept();
        let bytes: usize = all.stretches.values().map(Bytes::len).sum();
        assert!(bytes <= KEPT_BYTES_MAX && bytes == all.bytes && all.order.len() == all.stretches.len());
        drop(all);
        assert_eq!((get(file, 0), has(file, 0)), (None, false));
        if let Some(kept) = get(file, last) {
            assert_eq!(kept, stretch);
        }
        assert_eq!(get(number(), last), None);
    }
}
