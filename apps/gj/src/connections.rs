//! Connections of the server: how many at once, how long one may stay silent, how long it may live.
//!
//! A client that opens sockets and sends nothing must not keep others out: every connection ends by
//! itself, and when none is free the next one waits in the system's queue. Reads no request.

use axum::{Extension, Router};
use gj_portal::Peer;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};

/// Connections at once at most, whatever the system allows.
const CONNECTIONS_MAX: usize = 1_000;
/// File descriptors left to the registry, panels and batches.
const FILES_RESERVED: usize = 96;
/// Descriptors assumed where the system does not say: the default of the meanest one.
const FILES_ASSUMED: usize = 256;
/// Seconds a client has to send the head of a request. The time counts from the end of the answer
/// before, too, so that it is also how long a connection kept alive may be idle.
const HEAD_SECONDS_MAX: u64 = 10;
/// Seconds until a connection is asked to end after the request under way, however busy it is.
const LIFE_SECONDS_MAX: u64 = 600;
/// Seconds that last request has to be sent, besides the time it may take to be answered.
const SENDING_SECONDS_MAX: u64 = 30;
/// Milliseconds without accepting after the system could not give another descriptor.
const BACK_OFF_MS: u64 = 200;

/// What a connection may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at once.
    pub connections_max: usize,
    /// Time to send a request's head; also the time between two requests.
    pub head_max: Duration,
    /// Time until a connection is asked to end.
    pub life_max: Duration,
    /// Time for the request under way when a connection, or the server, is asked to end.
    pub last_request_max: Duration,
}

impl Limits {
    /// The limits of a server that answers a request within `request_seconds_max`.
    pub fn of(request_seconds_max: u64) -> Limits {
        let last_seconds = request_seconds_max.saturating_add(SENDING_SECONDS_MAX);
        Limits {
            connections_max: connections_of(files_max()),
            head_max: Duration::from_secs(HEAD_SECONDS_MAX),
            life_max: Duration::from_secs(LIFE_SECONDS_MAX),
            last_request_max: Duration::from_secs(last_seconds),
        }
    }
}

/// Serves until `stop` is done. Then nothing is accepted any more, requests under way are finished,
/// and what is still open after [`Limits::last_request_max`] is cut off.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: impl Future<Output = ()>) {
    let free = Arc::new(Semaphore::new(limits.connections_max));
    let (end, ending) = watch::channel(());
    let mut stop = pin!(stop);
    loop {
        let next = async {
            // The place comes before the connection: what has none is not accepted yet.
            let place = free.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            () = stop.as_mut() => break,
            next = next => next,
        };
        match (place, accepted) {
            (Ok(place), Ok((stream, peer))) => {
                let router = router.clone().layer(Extension(Peer(peer.ip())));
                let ending = ending.clone();
                tokio::spawn(async move {
                    attend(stream, router, limits, ending).await;
                    drop(place);
                });
            }
            // Never closed; and a client that left while it was accepted is no reason to wait.
            (Err(_), _) => break,
            (_, Err(error)) if is_clients_own(&error) => {}
            (_, Err(error)) => {
                // Connections that end free their descriptors: accepting goes on.
                tracing::warn!(%error, "no connection can be accepted");
                sleep(Duration::from_millis(BACK_OFF_MS)).await;
            }
        }
    }
    drop((listener, ending));
    // Whoever attends a connection hears that the sender is gone.
    drop(end);
    let all = u32::try_from(limits.connections_max).unwrap_or(u32::MAX);
    let _ = timeout(limits.last_request_max, free.acquire_many(all)).await;
}

async fn attend(stream: TcpStream, router: Router, limits: Limits, mut ending: watch::Receiver<()>) {
    // Without `http1_only` the builder first waits, without end, for bytes that tell the version.
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.head_max);
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = pin!(connection);
    // How a connection ended is the client's affair: nothing is left to be told to it.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = ending.changed() => {}
        () = sleep(limits.life_max) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(limits.last_request_max, connection).await;
}

/// Whether accepting failed because of the one client, not for want of something here.
fn is_clients_own(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// How many connections fit into `files` descriptors, with enough left for data.
fn connections_of(files: usize) -> usize {
    files.saturating_sub(FILES_RESERVED).clamp(8, CONNECTIONS_MAX)
}

/// Descriptors this process may have open: the soft limit, where Linux tells it.
fn files_max() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let soft = limits.lines().find_map(|line| line.strip_prefix("Max open files")?.split_whitespace().next());
    match soft {
        Some("unlimited") => usize::MAX,
        Some(number) => number.parse().unwrap_or(FILES_ASSUMED),
        None => FILES_ASSUMED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use std::net::SocketAddr;
    use std::time::Instant;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::oneshot;
    use tokio::task::JoinHandle;

    const HALF: &[u8] = b"GET / HTTP/1.1\r\nHost: gj.example\r\n";
    const SOON: Duration = Duration::from_secs(20);

    struct Running {
        address: SocketAddr,
        stop: oneshot::Sender<()>,
        server: JoinHandle<()>,
    }

    async fn start(limits: Limits) -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let slow = || async {
            sleep(Duration::from_millis(600)).await;
            "done"
        };
        let router = Router::new().route("/", get(|| async { "here" })).route("/slow", get(slow));
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(async move {
            serve(listener, router, limits, async { drop(stopped.await) }).await;
        });
        Running { address, stop, server }
    }

    fn limits(head_ms: u64, life_ms: u64) -> Limits {
        Limits {
            connections_max: 30,
            head_max: Duration::from_millis(head_ms),
            life_max: Duration::from_millis(life_ms),
            last_request_max: Duration::from_secs(5),
        }
    }

    async fn sent(address: SocketAddr, bytes: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream
    }

    /// Everything the server says until it closes.
    async fn heard(mut stream: TcpStream) -> String {
        let mut bytes = Vec::new();
        // A reset is an end, too.
        let _ = timeout(SOON, stream.read_to_end(&mut bytes)).await.expect("the server closes");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    #[tokio::test]
    async fn a_hundred_silent_clients_keep_nobody_out() {
        let running = start(limits(200, 60_000)).await;
        let mut silent = Vec::new();
        // Some begin a request, some say nothing at all; there are more than there are places.
        for i in 0..100 {
            silent.push(sent(running.address, if i % 2 == 0 { HALF } else { b"" }).await);
        }
        let whole = [HALF, b"Connection: close\r\n\r\n"].concat();
        let answer = heard(sent(running.address, &whole).await).await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("here"), "{answer}");
        for stream in silent {
            assert!(!heard(stream).await.contains("here"));
        }
    }

    #[tokio::test]
    async fn a_connection_kept_alive_ends_when_idle_and_when_old() {
        for limits in [limits(200, 60_000), limits(60_000, 200)] {
            let running = start(limits).await;
            let began = Instant::now();
            let answer = heard(sent(running.address, &[HALF, b"\r\n"].concat()).await).await;
            assert!(answer.ends_with("here") && began.elapsed() >= Duration::from_millis(150), "{answer}");
        }
    }

    #[tokio::test]
    async fn stopping_finishes_what_is_under_way() {
        let running = start(limits(300, 60_000)).await;
        let silent = sent(running.address, HALF).await;
        let asking = sent(running.address, b"GET /slow HTTP/1.1\r\nHost: gj.example\r\n\r\n").await;
        sleep(Duration::from_millis(150)).await;
        running.stop.send(()).unwrap();
        assert!(heard(asking).await.ends_with("done"));
        heard(silent).await;
        timeout(SOON, running.server).await.expect("the server ends").unwrap();
        assert!(TcpStream::connect(running.address).await.is_err());
    }

    #[test]
    fn files_are_left_for_data() {
        assert_eq!(connections_of(256), 160);
        assert_eq!(connections_of(1024), 928);
        assert_eq!(connections_of(usize::MAX), CONNECTIONS_MAX);
        assert_eq!(connections_of(20), 8);
        assert!(files_max() > 0);
    }
}
