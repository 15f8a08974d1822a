//! The box that explains what an answer hides, and why.

use crate::words::{Words, fill};

pub(crate) struct WhyHidden {
    /// A count is hidden because it is small …
    pub(crate) small: String,
    /// … or because it would give a small one away.
    pub(crate) subtraction: String,
}

impl WhyHidden {
    /// Nothing, where nothing is hidden.
    pub(crate) fn of(smallest_cell: u32, hidden_cells: usize, words: &Words) -> Option<WhyHidden> {
        let smallest = smallest_cell.to_string();
        let most = smallest_cell.saturating_sub(1).to_string();
        let values = [("smallest", smallest.as_str()), ("most", &most)];
        let filled = |sentence| fill(sentence, &values);
        (hidden_cells > 0)
            .then(|| WhyHidden { small: filled(words.why_small), subtraction: filled(words.why_subtraction) })
    }
}
