//! The chart of accounts. The table `accounts` of the registry holds the same rows; a test compares.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountKind {
    /// What is there or owed to us.
    Asset,
    /// What we owe.
    Liability,
    /// Where it came from.
    Revenue,
    /// What it was used for.
    Expense,
    /// What may be spent: beside the books proper, balanced in itself.
    Memorandum,
}

macro_rules! accounts {
    ($($(#[$doc:meta])* $name:ident $code:literal $kind:ident $ja:literal $en:literal;)+) => {
        /// An account.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Account { $($(#[$doc])* $name,)+ }

        impl Account {
            /// Every account, by code.
            pub const ALL: &[Account] = &[$(Account::$name),+];

            /// Its number in the chart.
            pub fn code(self) -> &'static str {
                match self { $(Account::$name => $code,)+ }
            }

            /// What it is.
            pub fn kind(self) -> AccountKind {
                match self { $(Account::$name => AccountKind::$kind,)+ }
            }

            /// Its name in Japanese.
            pub fn ja(self) -> &'static str {
                match self { $(Account::$name => $ja,)+ }
            }

            /// Its name in English.
            pub fn en(self) -> &'static str {
                match self { $(Account::$name => $en,)+ }
            }
        }
    };
}

accounts! {
    /// Money in the bank.
    Cash "1100" Asset "現金預金" "Cash at bank";
    /// Owed by institutions; about: the invoice.
    Receivable "1200" Asset "未収利用料" "Fees receivable";
    /// Paid too much, or taken back after payment; about: the institution.
    Owed "2100" Liability "預り金（過入金）" "Owed to institutions";
    /// Owed to the state.
    TaxPayable "2200" Liability "仮受消費税" "Consumption tax received";
    /// Fees invoiced; about: the invoice.
    FeeRevenue "4100" Revenue "利用料収入" "Fees";
    /// Given as money; about: the contribution.
    CashGifts "4200" Revenue "拠出金収入" "Contributions in cash";
    /// Given otherwise; about: the contribution.
    OtherGifts "4300" Revenue "受贈収入（現物・人員・技術）" "Contributions in kind, staff, technology";
    /// Paid for by a ministry; about: the budget line.
    StateFunds "4400" Revenue "国費収入" "State funds";
    /// Spent; about: the budget line.
    Cost "5100" Expense "事業費" "Cost";
    /// Used as it was given; about: the contribution.
    GiftsUsed "5200" Expense "受贈物品・役務費" "Contributions used";
    /// Given up; about: the invoice.
    BadDebt "5300" Expense "貸倒損失" "Written off";
    /// What may still be spent; about: the budget line.
    BudgetLeft "9100" Memorandum "予算残額" "Budget left";
    /// What was allotted and not yet spent, as the ministry sees it; about: the budget line.
    BudgetAllotted "9200" Memorandum "予算配賦（未執行）" "Budget allotted, not spent";
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Account {
    type Err = String;

    fn from_str(text: &str) -> Result<Account, String> {
        let found = Account::ALL.iter().copied().find(|account| account.code() == text);
        found.ok_or_else(|| format!("`{}` is not an account", text.escape_debug()))
    }
}
