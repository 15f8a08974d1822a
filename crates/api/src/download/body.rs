//! A part of a file as the body of a response: read a stretch at a time, beside the server's own threads, as
//! fast as the client takes it. What does not match its sums ends the connection.

use axum::body::{Bytes, HttpBody};
use gj_gate::{Download, GateError};
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::task::{JoinHandle, spawn_blocking};

/// Bytes read at once.
const STRETCH: u64 = 256 << 10;

/// A body read from a file.
pub(super) struct FileBody {
    file: Download,
    at: u64,
    end: u64,
    reading: Option<JoinHandle<Result<Bytes, gj_gate::StoreError>>>,
}

impl FileBody {
    /// The bytes from `start` to before `end`.
    pub(super) fn new(file: Download, start: u64, end: u64) -> FileBody {
        FileBody { file, at: start, end, reading: None }
    }
}

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = GateError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, GateError>>> {
        if self.at >= self.end {
            return Poll::Ready(None);
        }
        let mut reading = match self.reading.take() {
            Some(reading) => reading,
            None => {
                let (file, start) = (self.file.clone(), self.at);
                let length = STRETCH.min(self.end - start) as usize;
                spawn_blocking(move || file.read(start, length))
            }
        };
        let read = match Pin::new(&mut reading).poll(context) {
            Poll::Pending => {
                self.reading = Some(reading);
                return Poll::Pending;
            }
            ready => ready!(ready),
        };
        let bytes = match read {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(error)) => {
                tracing::error!(%error, "a file of a release cannot be read; its download is cut off");
                return Poll::Ready(Some(Err(error.into())));
            }
            Err(error) => return Poll::Ready(Some(Err(error.into()))),
        };
        self.at += bytes.len() as u64;
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.end - self.at)
    }
}
