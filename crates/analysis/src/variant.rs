//! Everything the counts of one variant say: each group of every split with its statistics, and the group in
//! which it is most surely common.

use crate::frequency;
use crate::statistics::{GroupMax, Statistics, group_max};
use gj_gate::{Asker, Citation, FrequencyAnswer, Gate, GateError, Ledgered, Question};
use gj_model::{Cells, Grouping, Variant};
use serde::Serialize;
use std::collections::BTreeMap;

/// The split whose groups [`GroupMax`] is one of.
const STRATUM: &str = "stratum:";

/// One variant of one release.
#[derive(Debug, Clone, Serialize)]
pub struct VariantAnswer {
    /// What was read.
    pub citation: Citation,
    /// Counts from 1 up to one less than this are hidden.
    pub smallest_cell: u32,
    /// Hidden cells of this answer.
    pub hidden_cells: usize,
    /// The variant, `chr22-42127941-G-A`.
    #[serde(serialize_with = "as_text")]
    pub variant: Variant,
    /// `all`, then `stratum:`, `contributor:` and `sex:` with a group's name. Empty: not in the release, or not
    /// told (`ledger`).
    pub groups: BTreeMap<String, Measured>,
    /// The stratum in which it is most surely common, of those that show it.
    pub group_max: Option<GroupMax>,
    /// What the ledger of privacy changed: what is withheld, and until when; a count in a band.
    #[serde(flatten)]
    pub ledger: Ledgered,
}

/// One group.
#[derive(Debug, Clone, Serialize)]
pub struct Measured {
    /// Its counts.
    #[serde(flatten)]
    pub cells: Cells,
    /// What they say.
    #[serde(flatten)]
    pub statistics: Statistics,
}

fn as_text<S: serde::Serializer>(variant: &Variant, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(variant)
}

impl VariantAnswer {
    /// From a released answer split by [`Grouping::Every`].
    pub fn of(answer: &FrequencyAnswer, variant: Variant) -> VariantAnswer {
        let site = answer.sites.iter().find(|site| site.variant == variant);
        let groups = site.map(|site| &site.groups);
        let pairs = || groups.into_iter().flatten();
        let strata = pairs().filter_map(|(name, cells)| Some((name.strip_prefix(STRATUM)?, cells)));
        VariantAnswer {
            citation: answer.citation.clone(),
            smallest_cell: answer.smallest_cell,
            hidden_cells: answer.hidden_cells,
            variant,
            group_max: group_max(strata),
            ledger: answer.ledger.clone(),
            groups: pairs()
                .map(|(name, cells)| {
                    (name.clone(), Measured { cells: *cells, statistics: Statistics::of(cells) })
                })
                .collect(),
        }
    }
}

/// Answers for one variant; a question of a region is answered for none.
///
/// # Errors
/// As [`frequency::answer`].
pub async fn answer(
    gate: &Gate,
    asker: &Asker,
    question: Question,
    variant: Variant,
) -> Result<VariantAnswer, GateError> {
    let question = Question { by: Grouping::Every, ..question };
    let answer = frequency::answer(gate, asker, &question).await?;
    Ok(VariantAnswer::of(answer.get(), variant))
}
