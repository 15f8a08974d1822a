//! Progress on standard error: a bar on a terminal, a line now and then elsewhere.

use gj_gate::acts::submit::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// A bar for one ingest.
pub struct IngestBar {
    bar: ProgressBar,
}

impl IngestBar {
    /// Draws on standard error, if it is a terminal.
    pub fn new(label: &str) -> IngestBar {
        let bar = ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stderr());
        let style = "{prefix:24} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} {msg} {eta}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(label.to_owned());
        IngestBar { bar }
    }
}

impl Progress for IngestBar {
    fn reading(&self, done: u64, total: u64, rows: u64) {
        self.bar.set_length(total.max(1));
        self.bar.set_position(done.min(total));
        self.bar.set_message(format!("{rows} variants"));
    }

    fn merging(&self) {
        self.bar.set_message("writing the batch");
        self.bar.enable_steady_tick(Duration::from_millis(200));
    }
}

impl Drop for IngestBar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A spinner for work without a known length.
pub fn spinner(message: &'static str) -> ProgressBar {
    let spinner = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    spinner.set_message(message);
    spinner.enable_steady_tick(Duration::from_millis(200));
    spinner
}
