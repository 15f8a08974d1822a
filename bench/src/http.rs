//! Load on a server over kept connections: how many answers a second, and how long each takes.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What to ask whom.
#[derive(Debug, clap::Args)]
pub(crate) struct Load {
    /// Host and port
    address: String,
    /// File of paths, one a line, asked in their order and then again from the first
    paths: PathBuf,
    /// Bearer token
    #[arg(long, default_value = "")]
    token: String,
    /// Connections, each with one question at a time
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// Seconds
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
}

/// Asks until the time is over; prints answers a second, microseconds (p50, p99, most), bytes a body, and
/// how many were not 200.
pub(crate) fn ask(load: &Load) -> Result<()> {
    let text = std::fs::read_to_string(&load.paths).with_context(|| load.paths.display().to_string())?;
    let paths: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    if paths.is_empty() {
        bail!("`{}` holds no path", load.paths.display());
    }
    let (next, began) = (AtomicUsize::new(0), Instant::now());
    let until = began + Duration::from_secs_f64(load.seconds);
    let work = || -> Result<(Vec<u32>, usize, usize)> {
        let mut client = Client::connect(load)?;
        let (mut times, mut failed, mut bytes) = (Vec::new(), 0, 0);
        while Instant::now() < until {
            let path = paths[next.fetch_add(1, Ordering::Relaxed) % paths.len()];
            let asked = Instant::now();
            let (status, length) = client.get(path)?;
            times.push(asked.elapsed().as_micros() as u32);
            failed += usize::from(status != 200);
            bytes += length;
        }
        Ok((times, failed, bytes))
    };
    let results: Vec<Result<_>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..load.connections).map(|_| scope.spawn(work)).collect();
        let ended = |thread: std::thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|_| bail!("a connection's thread ended early"))
        };
        threads.into_iter().map(ended).collect()
    });
    let wall = began.elapsed().as_secs_f64();
    let (mut times, mut failed, mut bytes) = (Vec::new(), 0, 0);
    for result in results {
        let (own, own_failed, own_bytes) = result?;
        times.extend(own);
        failed += own_failed;
        bytes += own_bytes;
    }
    times.sort_unstable();
    let at = |per_mille: usize| times.get(times.len() * per_mille / 1000).or(times.last()).copied();
    println!(
        "{}\t{:.0}\t{}\t{}\t{}\t{}\t{failed}",
        times.len(),
        times.len() as f64 / wall,
        at(500).unwrap_or(0),
        at(990).unwrap_or(0),
        times.last().unwrap_or(&0),
        bytes / times.len().max(1),
    );
    Ok(())
}

/// One kept connection. Reads what our server sends: a body with its length, or in chunks.
struct Client {
    stream: BufReader<TcpStream>,
    head: String,
    address: String,
    line: String,
    body: Vec<u8>,
}

impl Client {
    fn connect(load: &Load) -> Result<Client> {
        let stream = BufReader::new(open(&load.address)?);
        let head = format!("Host: {}\r\nAuthorization: Bearer {}\r\n\r\n", load.address, load.token);
        Ok(Client { stream, head, address: load.address.clone(), line: String::new(), body: Vec::new() })
    }

    /// Status and bytes of the body.
    fn get(&mut self, path: &str) -> Result<(u16, usize)> {
        let request = format!("GET {path} HTTP/1.1\r\n{}", self.head);
        self.stream.get_mut().write_all(request.as_bytes())?;
        let status = self.next_line()?.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.context("no status line")?;
        let (mut length, mut chunked, mut closes) = (0usize, false, false);
        loop {
            let line = self.next_line()?.to_ascii_lowercase();
            match line.split_once(": ") {
                None => break,
                Some(("content-length", number)) => length = number.parse()?,
                Some(("transfer-encoding", _)) => chunked = true,
                Some(("connection", how)) => closes = how == "close",
                Some(_) => {}
            }
        }
        if chunked {
            loop {
                let size = usize::from_str_radix(self.next_line()?, 16)?;
                length += size;
                self.skip(size)?;
                self.next_line()?;
                if size == 0 {
                    break;
                }
            }
        } else {
            self.skip(length)?;
        }
        if closes {
            self.stream = BufReader::new(open(&self.address)?);
        }
        Ok((status, length))
    }

    fn next_line(&mut self) -> Result<&str> {
        self.line.clear();
        if self.stream.read_line(&mut self.line)? == 0 {
            bail!("the server closed the connection");
        }
        Ok(self.line.trim_end())
    }

    fn skip(&mut self, bytes: usize) -> Result<()> {
        self.body.resize(bytes, 0);
        Ok(self.stream.read_exact(&mut self.body)?)
    }
}

fn open(address: &str) -> Result<TcpStream> {
    let stream = TcpStream::connect(address).with_context(|| address.to_owned())?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
