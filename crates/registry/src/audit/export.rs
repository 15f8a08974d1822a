//! The audit log as a file an outsider can check with `sha256sum` alone.
//!
//! One line of the file is the text of one line of the log with `,"hash":"…"` put before its closing
//! brace, so it is JSON Lines and holds all that the hash needs. Never holds a line back.
//!
//! ```sh
//! previous=$(printf '%064d' 0)
//! while IFS= read -r line; do
//!   hash=${line##*,\"hash\":\"}; hash=${hash%\"\}}
//!   text="${line%,\"hash\":*}}"
//!   found=$(printf '%s\n%s' "$previous" "$text" | sha256sum | cut -d' ' -f1)
//!   [ "$found" = "$hash" ] || { echo "broken: $text"; exit 1; }
//!   previous=$hash
//! done < audit.jsonl
//! echo "whole, ends in $previous"
//! ```

use super::{GENESIS, Head};
use crate::error::Error;
use crate::registry::Reads;
use std::io::Write;

const LINES_A_PAGE: u32 = 1_000;

impl Reads {
    /// Writes every line in order, in bounded memory, and returns the end of the chain. Does not
    /// check it: that is the reader's right.
    pub async fn export_audit(&mut self, out: &mut (impl Write + Send)) -> Result<Head, Error> {
        let mut head = Head { seq: 0, hash: GENESIS.to_owned() };
        loop {
            let page = self.audit_lines(head.seq, LINES_A_PAGE).await?;
            if page.is_empty() {
                break;
            }
            for line in page {
                let text = line.text();
                let open = text.strip_suffix('}').unwrap_or(&text);
                writeln!(out, r#"{open},"hash":"{}"}}"#, line.hash)
                    .map_err(Error::io("write the audit log"))?;
                head = Head { seq: line.seq, hash: line.hash };
            }
        }
        out.flush().map_err(Error::io("write the audit log"))?;
        Ok(head)
    }
}
