//! The secret by which bands are cut: in a file of the data directory, its digest in the registry.
//!
//! Who knew it would know where edges of bands lie. Another secret would cut the same counts elsewhere and so tell more
//! than was charged: a directory whose secret is lost answers no guarded question until it is restored.

use crate::error::GateError;
use crate::gate::Gate;
use crate::random;
use gj_registry::Tx;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

/// Its file, readable by the owner only.
pub(crate) const SECRET: &str = "exposure.key";
const CONTEXT: &str = "gj 2026-11-22 offsets of bands of counts";

/// 32 random bytes.
pub(crate) struct Secret([u8; 32]);

impl Secret {
    /// The secret of a directory, a new one where there is none.
    pub(crate) fn make(dir: &Path) -> Result<Secret, GateError> {
        if let Some(secret) = Secret::read(dir)? {
            return Ok(secret);
        }
        let (path, temporary) = (dir.join(SECRET), dir.join(format!("{SECRET}.new")));
        let text = format!("{}\n", random::digits::<32>()?);
        let write = || -> std::io::Result<()> {
            let mut options = OpenOptions::new();
            options.create(true).truncate(true).write(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&temporary)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&temporary, &path)?;
            File::open(dir)?.sync_all()
        };
        write().map_err(GateError::io(&path))?;
        Secret::read(dir)?.ok_or_else(|| GateError::Inconsistent(format!("`{SECRET}` went away")))
    }

    fn read(dir: &Path) -> Result<Option<Secret>, GateError> {
        let path = dir.join(SECRET);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(GateError::io(&path)(error)),
        };
        let digits = blake3::Hash::from_hex(text.trim()).map_err(|_| broken())?;
        // Long enough and hexadecimal, these are the bytes themselves.
        Ok(Some(Secret(*digits.as_bytes())))
    }

    pub(crate) fn digest(&self) -> String {
        blake3::Hasher::new_derive_key(CONTEXT).update(&self.0).finalize().to_hex().to_string()
    }

    /// Bits from which the offsets of a cell of a crowd are taken.
    pub(crate) fn bits(&self, variant: &str, crowd: &str) -> u32 {
        let hash = blake3::keyed_hash(&self.0, format!("{variant}\n{crowd}").as_bytes());
        let [a, b, c, d, ..] = *hash.as_bytes();
        u32::from_le_bytes([a, b, c, d])
    }
}

fn broken() -> GateError {
    let what = format!(
        "`{SECRET}` is missing or not the one that counts were shown by; restore it from a backup of this directory"
    );
    GateError::Inconsistent(what)
}

impl Gate {
    /// The secret in use; the first question of a directory made by an older program makes it.
    pub(crate) async fn secret(&self, tx: &mut Tx) -> Result<Secret, GateError> {
        match tx.exposure_secret().await? {
            Some(digest) => {
                Secret::read(&self.inner.dir)?.filter(|secret| secret.digest() == digest).ok_or_else(broken)
            }
            None => {
                let secret = Secret::make(&self.inner.dir)?;
                tx.set_exposure_secret(&secret.digest()).await?;
                Ok(secret)
            }
        }
    }
}
