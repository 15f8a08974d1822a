//! Numbers nobody can guess, for tokens, receipts and secrets.

use crate::error::GateError;

/// `BYTES` random bytes in hexadecimal.
pub(crate) fn digits<const BYTES: usize>() -> Result<String, GateError> {
    let mut bytes = [0u8; BYTES];
    getrandom::fill(&mut bytes).map_err(|e| GateError::Inconsistent(format!("no random numbers: {e}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
