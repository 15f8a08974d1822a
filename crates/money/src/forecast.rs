//! What if: the requests of a year, priced by another tariff.

use crate::error::MoneyError;
use crate::quote::{Request, quote};
use crate::tariff::Tariff;
use crate::yen::Yen;
use serde::Serialize;
use std::collections::BTreeMap;

/// Revenue of the same requests under two tariffs, without tax and before discounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// Requests that were priced.
    pub requests: usize,
    /// By price list, item and class of institution.
    pub lines: Vec<ForecastLine>,
    /// As it was.
    pub now: Yen,
    /// As it would be.
    pub then: Yen,
    /// The one less the other.
    pub difference: Yen,
    /// Requests the other tariff does not price, with why; they count as nothing there.
    pub unpriced: Vec<String>,
}

/// One item for one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForecastLine {
    /// Price list.
    pub book: String,
    /// Item.
    pub item: String,
    /// Class of institution.
    pub class: String,
    /// Units asked for.
    pub units: u64,
    /// As it was.
    pub now: Yen,
    /// As it would be.
    pub then: Yen,
}

/// Prices each past request by another tariff. `past` gives the request and, line by line, what it came to.
///
/// # Errors
/// [`MoneyError::TooLarge`] when a sum does not fit.
pub fn forecast<'a>(
    past: impl IntoIterator<Item = (&'a Request, &'a str, Vec<Yen>)>,
    other: &Tariff,
) -> Result<Forecast, MoneyError> {
    let mut sums: BTreeMap<(String, String, String), (u64, Yen, Yen)> = BTreeMap::new();
    let (mut requests, mut unpriced) = (0, Vec::new());
    for (request, class, amounts) in past {
        requests += 1;
        let priced = match quote(request, other, &[]) {
            Ok(quote) => quote.lines.iter().map(|line| line.amount).collect(),
            Err(why) => {
                unpriced.push(why.to_string());
                vec![Yen::ZERO; amounts.len()]
            }
        };
        for ((wanted, now), then) in request.lines.iter().zip(amounts).zip(priced) {
            let key = (request.book.clone(), wanted.item.clone(), class.to_owned());
            let sum = sums.entry(key).or_default();
            *sum = (sum.0 + u64::from(wanted.quantity), sum.1.plus(now)?, sum.2.plus(then)?);
        }
    }
    let line =
        |((book, item, class), (units, now, then))| ForecastLine { book, item, class, units, now, then };
    let lines: Vec<ForecastLine> = sums.into_iter().map(line).collect();
    let now = Yen::sum(lines.iter().map(|line| line.now))?;
    let then = Yen::sum(lines.iter().map(|line| line.then))?;
    Ok(Forecast { requests, lines, now, then, difference: then.minus(now)?, unpriced })
}
