//! The tariff's rows: issuers, tax rates, incentives, fee rules.

use super::{json, maybe_day, number, spelled, word};
use crate::error::Error;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use gj_money::{FeeRule, Incentive, Issuer, Tariff, TaxRate};
use sqlx::any::AnyRow;

fn issuer(row: &AnyRow) -> Result<Issuer, Error> {
    Ok(Issuer {
        registration_number: row.parsed("registration_number")?,
        name_ja: row.text("name_ja")?,
        name_en: row.text("name_en")?,
        address: row.text("address")?,
        bank: row.text("bank")?,
        due_days: number(row, "due_days")?,
        rounding: word(row, "rounding")?,
        valid_from: row.parsed("valid_from")?,
        valid_to: row.maybe_date("valid_to")?,
        source: row.text("source")?,
    })
}

fn rate(row: &AnyRow) -> Result<TaxRate, Error> {
    Ok(TaxRate {
        class: word(row, "class")?,
        percent: u8::try_from(row.number("percent")?).map_err(|_| Error::Stored("percent"))?,
        valid_from: row.parsed("valid_from")?,
        valid_to: row.maybe_date("valid_to")?,
        source: row.text("source")?,
    })
}

fn incentive(row: &AnyRow) -> Result<Incentive, Error> {
    Ok(Incentive {
        kind: row.parsed("kind")?,
        discount_basis_points: number(row, "discount_basis_points")?,
        limit_basis_points: number(row, "limit_basis_points")?,
        discount_months: number(row, "discount_months")?,
        head_start_months: number(row, "head_start_months")?,
        illustrative: row.flag("illustrative")?,
        valid_from: row.parsed("valid_from")?,
        valid_to: row.maybe_date("valid_to")?,
        source: row.text("source")?,
    })
}

fn fee(row: &AnyRow) -> Result<FeeRule, Error> {
    Ok(FeeRule {
        id: row.text("id")?,
        book: row.text("book")?,
        item: row.text("item")?,
        name_ja: row.text("name_ja")?,
        name_en: row.text("name_en")?,
        unit_ja: row.text("unit_ja")?,
        unit_en: row.text("unit_en")?,
        classes: super::document(row, "classes")?,
        purpose: row.maybe_text("purpose")?,
        tier: row.maybe_text("tier")?,
        funding: match row.maybe_text("funding")? {
            Some(_) => Some(word(row, "funding")?),
            None => None,
        },
        currency: row.text("currency")?,
        amount: row.number("amount")?,
        tax: word(row, "tax")?,
        opens_use: row.flag("opens_use")?,
        illustrative: row.flag("illustrative")?,
        valid_from: row.parsed("valid_from")?,
        valid_to: row.maybe_date("valid_to")?,
        source: row.text("source")?,
    })
}

impl Reads {
    /// Everything that prices, in the order of its ids and days.
    pub async fn tariff(&mut self) -> Result<Tariff, Error> {
        let issuers = sqlx::query(
            "SELECT registration_number, name_ja, name_en, address, bank, due_days, rounding, valid_from, \
            valid_to, source FROM issuers ORDER BY registration_number, valid_from",
        );
        let rates = sqlx::query(
            "SELECT class, percent, valid_from, valid_to, source FROM tax_rates ORDER BY class, valid_from",
        );
        let incentives = sqlx::query(
            "SELECT kind, discount_basis_points, limit_basis_points, discount_months, head_start_months, \
            illustrative, valid_from, valid_to, source FROM incentives ORDER BY kind, valid_from",
        );
        let fees = sqlx::query(
            "SELECT id, book, item, name_ja, name_en, unit_ja, unit_en, classes, purpose, tier, funding, \
            currency, amount, tax, opens_use, illustrative, valid_from, valid_to, source FROM fee_rules \
            ORDER BY book, item, id, valid_from",
        );
        Ok(Tariff {
            issuers: row::all(issuers.fetch_all(self.db()).await?, issuer)?,
            rates: row::all(rates.fetch_all(self.db()).await?, rate)?,
            incentives: row::all(incentives.fetch_all(self.db()).await?, incentive)?,
            fees: row::all(fees.fetch_all(self.db()).await?, fee)?,
        })
    }
}

impl Tx {
    /// Makes the tariff that of a file. Invoices keep what they were made with.
    pub async fn put_tariff(&mut self, tariff: &Tariff) -> Result<(), Error> {
        for table in ["issuers", "tax_rates", "incentives", "fee_rules"] {
            let sql = format!("DELETE FROM {table}");
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(self.db()).await?;
        }
        for issuer in &tariff.issuers {
            self.insert_issuer(issuer).await?;
        }
        for rate in &tariff.rates {
            let sql = "INSERT INTO tax_rates (class, percent, valid_from, valid_to, source) \
                VALUES ($1, $2, $3, $4, $5)";
            sqlx::query(sql)
                .bind(rate.class.name())
                .bind(i64::from(rate.percent))
                .bind(rate.valid_from.to_string())
                .bind(maybe_day(rate.valid_to))
                .bind(rate.source.as_str())
                .execute(self.db())
                .await?;
        }
        for incentive in &tariff.incentives {
            self.insert_incentive(incentive).await?;
        }
        for fee in &tariff.fees {
            self.insert_fee(fee).await?;
        }
        Ok(())
    }

    async fn insert_issuer(&mut self, issuer: &Issuer) -> Result<(), Error> {
        let sql = "INSERT INTO issuers (registration_number, name_ja, name_en, address, bank, due_days, \
            rounding, valid_from, valid_to, source) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        sqlx::query(sql)
            .bind(issuer.registration_number.as_str())
            .bind(issuer.name_ja.as_str())
            .bind(issuer.name_en.as_str())
            .bind(issuer.address.as_str())
            .bind(issuer.bank.as_str())
            .bind(i64::from(issuer.due_days))
            .bind(spelled(&issuer.rounding, "rounding")?)
            .bind(issuer.valid_from.to_string())
            .bind(maybe_day(issuer.valid_to))
            .bind(issuer.source.as_str())
            .execute(self.db())
            .await?;
        Ok(())
    }

    async fn insert_incentive(&mut self, incentive: &Incentive) -> Result<(), Error> {
        let sql = "INSERT INTO incentives (kind, discount_basis_points, limit_basis_points, discount_months, \
            head_start_months, illustrative, valid_from, valid_to, source) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        sqlx::query(sql)
            .bind(incentive.kind.name())
            .bind(i64::from(incentive.discount_basis_points))
            .bind(i64::from(incentive.limit_basis_points))
            .bind(i64::from(incentive.discount_months))
            .bind(i64::from(incentive.head_start_months))
            .bind(i64::from(incentive.illustrative))
            .bind(incentive.valid_from.to_string())
            .bind(maybe_day(incentive.valid_to))
            .bind(incentive.source.as_str())
            .execute(self.db())
            .await?;
        Ok(())
    }

    async fn insert_fee(&mut self, fee: &FeeRule) -> Result<(), Error> {
        let sql = "INSERT INTO fee_rules (id, book, item, name_ja, name_en, unit_ja, unit_en, classes, \
            purpose, tier, funding, currency, amount, tax, opens_use, illustrative, valid_from, valid_to, \
            source) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
            $19)";
        let funding = fee.funding.map(|funding| spelled(&funding, "funding")).transpose()?;
        sqlx::query(sql)
            .bind(fee.id.as_str())
            .bind(fee.book.as_str())
            .bind(fee.item.as_str())
            .bind(fee.name_ja.as_str())
            .bind(fee.name_en.as_str())
            .bind(fee.unit_ja.as_str())
            .bind(fee.unit_en.as_str())
            .bind(json(&fee.classes, "classes")?)
            .bind(fee.purpose.as_deref())
            .bind(fee.tier.as_deref())
            .bind(funding)
            .bind(fee.currency.as_str())
            .bind(fee.amount)
            .bind(fee.tax.name())
            .bind(i64::from(fee.opens_use))
            .bind(i64::from(fee.illustrative))
            .bind(fee.valid_from.to_string())
            .bind(maybe_day(fee.valid_to))
            .bind(fee.source.as_str())
            .execute(self.db())
            .await?;
        Ok(())
    }
}
