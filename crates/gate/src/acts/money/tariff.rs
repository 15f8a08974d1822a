//! The tariff: shown to anybody, changed as one file, all of it or nothing.

use super::EDIT;
use crate::ask::Asker;
use crate::error::GateError;
use crate::gate::Gate;
use chrono::NaiveDate;
use gj_money::{FeeRule, Tariff};
use serde_json::json;

impl Gate {
    /// The fee rules in force on a day (absent: today), which the programme publishes of itself.
    ///
    /// # Errors
    /// When the registry cannot be read.
    pub async fn fees(&self, on: Option<NaiveDate>) -> Result<Vec<FeeRule>, GateError> {
        let day = on.unwrap_or_else(|| self.inner.clock.today());
        let tariff = self.inner.registry.read().await?.tariff().await?;
        Ok(tariff.fees.into_iter().filter(|fee| fee.is_valid(day)).collect())
    }

    /// The whole tariff as a file that [`Gate::apply_tariff`] reads back.
    ///
    /// # Errors
    /// A refusal; when the registry cannot be read.
    pub async fn export_tariff(&self, asker: &Asker) -> Result<String, GateError> {
        self.read_books(asker, "tariff").await?;
        Ok(self.inner.registry.read().await?.tariff().await?.to_toml()?)
    }

    /// Makes the tariff that of a file; `name` is what messages call it. Invoices stay as they are.
    ///
    /// # Errors
    /// A refusal; every mistake of the file.
    pub async fn apply_tariff(&self, asker: &Asker, text: &str, name: &str) -> Result<Tariff, GateError> {
        self.authorise(asker, EDIT, "tariff").await?;
        let tariff = Tariff::parse(text, name)?;
        let mut tx = self.inner.registry.begin().await?;
        let before: Vec<FeeRule> = tx.tariff().await?.fees;
        tx.put_tariff(&tariff).await?;
        let ids = |from: &[FeeRule], without: &[FeeRule]| -> Vec<String> {
            let changed = from.iter().filter(|fee| !without.contains(fee));
            changed.map(|fee| format!("{} {}", fee.id, fee.valid_from)).collect()
        };
        let detail = json!({
            "fees": tariff.fees.len(),
            "put": ids(&tariff.fees, &before),
            "removed": ids(&before, &tariff.fees),
        });
        self.note_money(&mut tx, (asker, EDIT), ("tariff", "done"), detail).await?;
        self.commit(tx).await?;
        Ok(tariff)
    }
}
