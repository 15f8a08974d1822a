//! One writer at a time for a data directory, whichever process it is, and how long to wait for it.

use crate::error::GateError;
use crate::gate::Gate;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

/// Between two looks at the lock.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// After this long somebody who waits is told what for.
const TELL_AFTER: Duration = Duration::from_secs(1);

/// Held while genotype files are written or swept. The system releases it when the process dies.
#[derive(Debug)]
pub(crate) struct WriterLock {
    _file: File,
}

impl WriterLock {
    /// Takes the lock, or says at once that another process holds it.
    pub(crate) fn take(dir: &Path) -> Result<WriterLock, GateError> {
        let path = dir.join("writer.lock");
        let file = File::create(&path).map_err(GateError::io(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(WriterLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(GateError::Busy(dir.to_owned())),
            Err(TryLockError::Error(error)) => Err(GateError::io(&path)(error)),
        }
    }

    /// Takes the lock as soon as it is free; [`GateError::Busy`] when it is not within `wait_max`.
    pub(crate) async fn wait(dir: &Path, wait_max: Duration) -> Result<WriterLock, GateError> {
        let started = Instant::now();
        let mut told = false;
        loop {
            match WriterLock::take(dir) {
                Err(GateError::Busy(_)) if started.elapsed() < wait_max => {}
                taken => return taken,
            }
            if !told && started.elapsed() >= TELL_AFTER {
                told = true;
                tracing::warn!(
                    "another `gj` is writing to this data directory; waiting up to {} s for it",
                    wait_max.as_secs()
                );
            }
            // Not a blocking lock: answers go on meanwhile, and who waits can be interrupted.
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

impl Gate {
    /// Does `work` as the only writer, after finishing what withdrawals and crashes left to do.
    pub(crate) async fn as_writer<T>(
        &self,
        wait_max: Duration,
        work: impl Future<Output = Result<T, GateError>>,
    ) -> Result<T, GateError> {
        let lock = WriterLock::wait(&self.inner.dir, wait_max).await?;
        let worked = match self.repair_locked().await {
            Ok(()) => work.await,
            Err(error) => Err(error),
        };
        drop(lock);
        // Who withdrew while we held the lock may have given up waiting for it: their erasure is ours.
        if let Err(error) = self.repair_waiting().await {
            tracing::warn!(%error, "a withdrawal waits for `gj repair`; answers leave it out already");
        }
        worked
    }

    /// How long an act waits for the writer before it.
    pub(crate) fn writer_wait_max(&self) -> Duration {
        Duration::from_secs(self.inner.config.limits.writer_wait_seconds_max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_waits_no_longer_than_told_and_no_longer_than_needed() {
        let folder = tempfile::tempdir().unwrap();
        let held = WriterLock::take(folder.path()).unwrap();
        let busy = WriterLock::wait(folder.path(), Duration::ZERO).await;
        assert!(matches!(busy, Err(GateError::Busy(_))));
        let release = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            drop(held);
        });
        WriterLock::wait(folder.path(), Duration::from_secs(60)).await.unwrap();
        release.await.unwrap();
    }
}
