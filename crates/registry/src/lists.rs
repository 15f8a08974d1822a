//! Lists too long for one statement: cut into pieces, with numbered placeholders for each.
//!
//! A million names must not become one statement of a million parameters. Never holds values.

/// Rows or items of one statement. SQLite looks numbered parameters up in a list, so a statement's cost
/// grows with the square of their number: 100 is near the best for rows of one to seven columns.
pub(crate) const ITEMS_A_STATEMENT_MAX: usize = 100;

/// `$3, $4, $5` for three items from the third parameter on.
pub(crate) fn items(first: usize, count: usize) -> String {
    let items: Vec<String> = (first..first + count).map(|number| format!("${number}")).collect();
    items.join(", ")
}

/// `($1, $2), ($3, $4)` for two rows of two columns.
pub(crate) fn rows(count: usize, columns: usize) -> String {
    let rows: Vec<String> =
        (0..count).map(|row| format!("({})", items(row * columns + 1, columns))).collect();
    rows.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_count_on() {
        assert_eq!(items(3, 3), "$3, $4, $5");
        assert_eq!(rows(2, 2), "($1, $2), ($3, $4)");
    }
}
