//! Progress on standard error: a bar on a terminal, a line now and then elsewhere.

use gj_gate::acts::submit::Progress;
use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Between two lines where standard error is no terminal: an overnight log stays readable.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// How one ingest goes on.
pub struct IngestProgress {
    bar: ProgressBar,
    pace: Mutex<Pace>,
}

impl IngestProgress {
    /// Tells about the ingest of an institution's files on standard error.
    pub fn new(institution: &str) -> IngestProgress {
        let bar = ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stderr());
        let style = "{prefix:24} [{bar:30}] {msg}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(institution.to_owned());
        IngestProgress { bar, pace: Mutex::new(Pace::new(Instant::now())) }
    }

    /// Tells how far it is: on a terminal always, elsewhere if the last line is old enough.
    fn tell(&self, what: impl FnOnce(&mut Pace, Instant) -> String) {
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if !self.bar.is_hidden() {
            let message = what(&mut pace, now);
            self.bar.set_message(message);
        } else if pace.is_due(now) {
            let line = what(&mut pace, now);
            eprintln!("{}: {line}", self.bar.prefix());
        }
    }
}

impl Progress for IngestProgress {
    fn resuming(&self, done: u64, total: u64, rows: u64) {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner).begin(done, rows);
        let at = format!("{} of {} read, {rows} variants", HumanBytes(done), HumanBytes(total));
        let line =
            format!("{}: goes on where an interrupted ingest of these files stood: {at}", self.bar.prefix());
        self.bar.suspend(|| eprintln!("{line}"));
    }

    fn reading(&self, done: u64, total: u64, rows: u64) {
        self.bar.set_length(total.max(1));
        self.bar.set_position(done.min(total));
        self.tell(|pace, now| pace.reading(done, total, rows, now));
    }

    fn writing(&self, rows: u64, total: u64) {
        self.bar.set_length(total.max(1));
        self.bar.set_position(rows.min(total));
        self.tell(|_, _| format!("writing the batch: {rows} of {total} variants"));
    }
}

impl Drop for IngestProgress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// How fast it goes, and when a line was written last.
struct Pace {
    /// When reading began: digests and waiting for another writer come before.
    started: Option<Instant>,
    told: Instant,
    /// Bytes and rows that an earlier process had read.
    before: (u64, u64),
}

impl Pace {
    fn new(now: Instant) -> Pace {
        Pace { started: None, told: now, before: (0, 0) }
    }

    fn begin(&mut self, done: u64, rows: u64) {
        self.before = (done, rows);
    }

    /// Whether a line may be written; if so, it is taken as written.
    fn is_due(&mut self, now: Instant) -> bool {
        let is_due = now.duration_since(self.told) >= LINE_EVERY;
        if is_due {
            self.told = now;
        }
        is_due
    }

    fn reading(&mut self, done: u64, total: u64, rows: u64, now: Instant) -> String {
        let seconds = now.duration_since(*self.started.get_or_insert(now)).as_secs_f64();
        let here = done.saturating_sub(self.before.0);
        let (bytes_a_second, rows_a_second) =
            (here as f64 / seconds, rows.saturating_sub(self.before.1) as f64 / seconds);
        let mut text = format!("{} of {} read, {rows} variants", HumanBytes(done), HumanBytes(total));
        if seconds > 0.0 && here > 0 {
            let left = Duration::from_secs_f64((total.saturating_sub(done) as f64 / bytes_a_second).min(1e9));
            let rate = format!("{:.1} MB/s, {rows_a_second:.0} variants/s", bytes_a_second / 1e6);
            text.push_str(&format!("; {rate}, {} left", HumanDuration(left)));
        }
        text
    }
}

/// A spinner for work without a known length.
pub fn spinner(message: &'static str) -> ProgressBar {
    let spinner = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    spinner.set_message(message);
    spinner.enable_steady_tick(Duration::from_millis(200));
    spinner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_rate_and_time_left_of_this_process() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        assert_eq!(pace.reading(0, 100_000_000, 0, start), "0 B of 95.37 MiB read, 0 variants");
        let soon = start + Duration::from_secs(20);
        let line = pace.reading(40_000_000, 100_000_000, 5_000, soon);
        assert_eq!(
            line,
            "38.15 MiB of 95.37 MiB read, 5000 variants; 2.0 MB/s, 250 variants/s, 30 seconds left"
        );
        // What another process had read before does not make this one faster.
        pace.begin(20_000_000, 1_000);
        let line = pace.reading(40_000_000, 100_000_000, 5_000, soon);
        assert!(line.ends_with("; 1.0 MB/s, 200 variants/s, 60 seconds left"), "{line}");
        assert!(pace.reading(20_000_000, 100_000_000, 1_000, start).ends_with("1000 variants"));
    }

    #[test]
    fn lines_keep_their_distance() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let due: Vec<u64> = (0..45).filter(|s| pace.is_due(start + Duration::from_secs(*s))).collect();
        assert_eq!(due, [10, 20, 30, 40]);
    }
}
