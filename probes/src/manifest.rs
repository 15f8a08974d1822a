//! Manifests of batches, panels and censuses: what can be read is written again as the same.

use gj_store::{BatchManifest, CensusManifest, PanelManifest};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// The text of a manifest.
pub fn probe(bytes: &[u8]) {
    if let Some(manifest) = read::<BatchManifest>(bytes) {
        let orders = manifest.orders.iter().flat_map(|orders| &orders.lengths);
        let naive = orders.map(|length| u128::from(*length)).sum::<u128>() + u128::from(manifest.bytes);
        assert_eq!(u128::from(manifest.genotype_bytes()), naive.min(u128::from(u64::MAX)));
    }
    read::<PanelManifest>(bytes);
    read::<CensusManifest>(bytes);
}

fn read<M: Serialize + DeserializeOwned + PartialEq + Debug>(bytes: &[u8]) -> Option<M> {
    let manifest = serde_json::from_slice::<M>(bytes).ok()?;
    let text = serde_json::to_vec_pretty(&manifest).expect("what was read can be written");
    let back = serde_json::from_slice::<M>(&text).expect("what was written can be read");
    assert_eq!(back, manifest, "written and read again");
    Some(manifest)
}
