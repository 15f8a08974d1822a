//! What a batch or a panel says about itself. Content only: no time, no host, no path, no name of a person.

use crate::durable;
use crate::error::StoreError;
use gj_model::{BatchId, InstitutionId, ReleaseClass};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::path::Path;

/// The format of panels of counts as lists, one number a class; read, not written any more.
pub(crate) const PANEL_LISTS: u32 = 1;
/// The format of panels and censuses of counts as cells; panels are read, not written any more.
pub(crate) const PANEL_CELLS: u32 = 2;
/// The format of a census of a batch of gVCFs, which is read together with the batch's callability; the
/// newest of censuses.
pub(crate) const CENSUS_ROWS: u32 = 3;
/// The format of panels of counts as cells in short pages, and the newest of panels.
pub(crate) const PANEL_FINE: u32 = 4;
/// The format of batches. Formats 1 (level 0) and 2 (level 1) are read, too.
pub(crate) const FORMAT_BATCH: u32 = 3;

/// Manifest of a batch of genotypes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchManifest {
    /// Format version.
    pub format: u32,
    /// Program that wrote it.
    pub tool: String,
    /// Who submitted it.
    pub institution: InstitutionId,
    /// Registry keys of the samples in column order; 0 where the person has left.
    pub samples: Vec<i64>,
    /// BLAKE3 digests of the submitted files.
    pub sources: Vec<String>,
    /// Rows of the genotype table.
    pub rows: u64,
    /// Bytes of the genotype table.
    pub bytes: u64,
    /// BLAKE3 digest of the table's sums file.
    pub sums: String,
    /// The orders of its blocks; level 0 has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orders: Option<Orders>,
    /// What an absent row means for each person; only batches of gVCFs have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callability: Option<Section>,
    /// Depths and qualities of carriers' calls, where the files gave any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Section>,
}

/// A further table of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Rows of the table.
    pub rows: u64,
    /// Bytes of the table.
    pub bytes: u64,
    /// BLAKE3 digest of the table's sums file.
    pub sums: String,
}

/// The orders of a batch of level 1, one after the other in `orders.bin`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Orders {
    /// Bytes of each order.
    pub lengths: Vec<u32>,
    /// BLAKE3 digest of the sums file.
    pub sums: String,
}

impl BatchManifest {
    /// Bytes of the genotype table and of the orders it needs.
    pub fn genotype_bytes(&self) -> u64 {
        let orders = self.orders.iter().flat_map(|orders| &orders.lengths).map(|length| u64::from(*length));
        orders.fold(self.bytes, u64::saturating_add)
    }
}

/// Manifest of a counted panel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanelManifest {
    /// Format version.
    pub format: u32,
    /// Program that wrote it.
    pub tool: String,
    /// The classes, in the order of the table's lists.
    pub classes: Vec<ReleaseClass>,
    /// People in each class.
    pub people: Vec<u32>,
    /// Rows of the table.
    pub rows: u64,
    /// Bytes of the table.
    pub bytes: u64,
    /// BLAKE3 digest of the table's sums file.
    pub sums: String,
}

/// Manifest of a census: the counts of one batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CensusManifest {
    /// Format version, as of panels.
    pub format: u32,
    /// Program that wrote it.
    pub tool: String,
    /// The batch that is counted.
    pub batch: BatchId,
    /// Digest of which sample was counted in which class.
    pub assignment: String,
    /// The classes with somebody of the batch, ascending.
    pub classes: Vec<ReleaseClass>,
    /// People of the batch in each class.
    pub people: Vec<u32>,
    /// Rows of the table.
    pub rows: u64,
    /// Bytes of the table.
    pub bytes: u64,
    /// BLAKE3 digest of the table's sums file.
    pub sums: String,
}

/// The name and version that goes into manifests.
pub(crate) fn tool() -> String {
    format!("gj {}", env!("CARGO_PKG_VERSION"))
}

/// Writes a manifest; returns its digest in hex.
pub(crate) fn write<M: Serialize>(dir: &Path, manifest: &M) -> Result<String, StoreError> {
    let path = dir.join("manifest.json");
    let mut text = serde_json::to_vec_pretty(manifest).map_err(|e| StoreError::damaged(&path, e))?;
    text.push(b'\n');
    durable::write(&path, &text)?;
    Ok(blake3::hash(&text).to_hex().to_string())
}

/// Reads a manifest of format `known` or older whose digest must start with `id`.
///
/// The folder is named after the digest, so a changed manifest cannot pass for the named one.
pub(crate) fn read<M: DeserializeOwned>(dir: &Path, id: &str, known: u32) -> Result<(M, String), StoreError> {
    let path = dir.join("manifest.json");
    let text = std::fs::read(&path).map_err(StoreError::io(&path))?;
    let digest = blake3::hash(&text).to_hex().to_string();
    if !digest.starts_with(id) {
        return Err(StoreError::damaged(&path, "its digest differs from its name"));
    }
    #[derive(Deserialize)]
    struct Version {
        format: u32,
    }
    let version: Version = serde_json::from_slice(&text).map_err(|e| StoreError::damaged(&path, e))?;
    if version.format > known {
        return Err(StoreError::Newer { path, found: version.format, known });
    }
    let manifest = serde_json::from_slice(&text).map_err(|e| StoreError::damaged(&path, e))?;
    Ok((manifest, digest))
}

/// How many hex digits of the digest make an id.
pub(crate) const ID_DIGITS: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_that_no_disk_holds_do_not_overflow() {
        let text = r#"{"format": 3, "tool": "gj", "institution": "centre", "samples": [], "sources": [], "rows": 1,
            "bytes": 18446744073709551615, "sums": "", "orders": {"lengths": [4], "sums": ""}}"#;
        let manifest: BatchManifest = serde_json::from_str(text).unwrap();
        assert_eq!(manifest.genotype_bytes(), u64::MAX);
    }
}
