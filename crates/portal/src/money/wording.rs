//! The sentences of the pages about money, both languages side by side.

use crate::words::words;

words! {
    pages: "料金と会計のページ", "Pages about money";
    none: "ありません。", "None.";
    receivables: "未収金", "Receivables";
    balance: "試算表", "Trial balance";
    balance_lead: "すべての仕訳は借方と貸方が等しく、合計の差は常に 0 です。", "Every entry has equal debits and credits, so that the difference of all is always 0.";
    budgets: "予算と費用", "Budgets and costs";
    expected: "収入見込み", "Expected income";
    expected_lead: "発行済みの請求書は支払期限の月、審査中・契約手続中の申請は許可された場合の支払期限の月に計上します。金額は税込みです。",
        "Open invoices in the month they are due; applications under way, if they are granted, in the month their invoice would be due. Amounts include tax.";
    account: "自機関の請求と拠出", "Your institution's account";
    account_of: "機関の請求と拠出", "Account of an institution";
    price: "利用料の概算", "What it would cost";
    price_lead: "申請の前に、自機関の利用料とその理由を確認できます。", "What your institution would pay, and why, before anybody applies.";
    price_rule: "年額の利用料は、始まった年ごとに計算します（民法第140条・第143条）。利用の途中で変更する場合は、残りの月数の月割りで、支払い済みの額との差額だけを請求します。",
        "Yearly fees are for years begun (Civil Code, Articles 140 and 143). A change on the way is charged in proportion to the months left, and only the difference to what was paid.";
    fees: "料金表と先行利用", "Fees and head starts";
    fees_lead: "利用料と出典、拠出に対する先行利用の期間を公表しています。先行利用には必ず終了日があります。",
        "What use costs and who says so, and the head starts that contributions brought. Each has a hard end.";
    windows: "先行利用", "Head starts";
    dataset: "データ", "Dataset";
    hard_end: "終了日", "Hard end";
    from: "開始日", "From";
    source: "出典", "Source";
    for_whom: "対象", "For";
    everybody: "すべて", "everybody";
    illustrative: "例示", "illustrative";
    owed: "未払いの合計", "Owed in all";
    owed_back: "過入金（返金・充当できる額）", "Owed back to it";
    invoices: "請求書", "Invoices";
    invoice: "請求書", "Invoice";
    number: "番号", "Number";
    issued: "発行日", "Issued";
    due: "支払期限", "Due";
    total: "合計（税込）", "Total with tax";
    open: "未払い", "Still owed";
    is_open: "支払い待ち", "open";
    is_overdue: "期限超過", "overdue";
    is_written_off: "貸倒れ", "written off";
    is_settled: "精算済み", "settled";
    contributions: "拠出", "Contributions";
    kind: "種類", "Kind";
    given_on: "拠出日", "Given";
    value: "評価額", "Value";
    discount_left: "減額の残り", "Discount left";
    discount_to: "減額の期限", "Discount until";
    institution: "機関", "Institution";
    covers: "利用期間", "Days of use";
    issuer: "発行者", "Issuer";
    bank: "振込先", "Pay to";
    download: "PDF をダウンロード", "Download the PDF";
    movements: "入金などの動き", "What became of it";
    entry: "仕訳", "Entry";
    day: "日付", "Day";
    what: "内容", "What";
    amount: "金額（円）", "Amount (yen)";
    fee: "料金", "Fee";
    national_centre: "国立センター", "national centre";
    hospital: "病院", "hospital";
    university: "大学", "university";
    research_institute: "研究機関", "research institute";
    company: "企業", "company";
    state_body: "国の機関", "state body";
    and: "、", ", ";
    credit_notes: "返還請求書", "Credit notes";
    reason: "理由", "Reason";
    lines: "明細", "Lines";
    item: "項目", "Item";
    quantity: "数量", "Quantity";
    unit_price: "単価（円）", "Price of one (yen)";
    rate: "税率", "Tax rate";
    net: "小計（税抜）", "Without tax";
    tax: "消費税", "Tax";
    months: "か月", "months";
    book: "記帳", "Book";
    yen: "金額（円）", "Whole yen";
    reference: "銀行の照会番号（二重の記帳を防ぎます）", "The bank's reference (booked once)";
    received_on: "入金日（空欄は今日）", "Received on (empty: today)";
    pay: "入金を記録する", "Record a payment";
    set_off: "過入金から充当する", "Set off what is owed back";
    credit: "返還請求書を発行する", "Issue a credit note";
    credit_lines: "明細と金額（1=5000 の形、空欄は全額）", "Lines and yen (as in 1=5000; empty: all of it)";
    refund: "過入金を返金する", "Pay back what is owed";
    tier: "利用の詳しさ", "Level of detail";
    purpose: "利用目的", "Purpose";
    any: "指定しない", "any";
    how_long: "利用する月数", "Months of use";
    funding: "研究費", "Paid by";
    own_money: "自己資金・民間資金", "own or private money";
    public_money: "公的研究費", "a public grant";
    with: "一緒に利用する機関（ID、空白区切り）", "Institutions that take part (ids, separated by spaces)";
    show_price: "概算を見る", "Show the price";
    academic_price: "学術の単価", "Price of one for academia";
    company_price: "企業の単価", "for a company";
    by_age: "期限からの経過", "By age";
    not_due: "期限前", "not due";
    overdue_30: "超過 30日以内", "overdue up to 30 days";
    overdue_60: "超過 31〜60日", "overdue 31 to 60 days";
    overdue_90: "超過 61〜90日", "overdue 61 to 90 days";
    overdue_longer: "超過 91日以上", "overdue more than 90 days";
    sum: "合計", "Sum";
    open_invoices: "未払いの請求書", "Open invoices";
    ledger: "勘定", "Account";
    debits: "借方（円）", "Debits (yen)";
    credits: "貸方（円）", "Credits (yen)";
    stands_at: "残高（円）", "Balance (yen)";
    about: "対象", "About";
    before: "前頁までの残高", "Balance before";
    next_page: "次の頁", "Next page";
    genome_cost: "1ゲノムあたりの費用", "Cost per genome";
    genomes: "保有するゲノム", "Genomes held";
    spent: "支出", "Spent";
    per_genome: "1ゲノムあたり", "For each genome";
    category: "費目", "Category";
    fiscal_year: "年度", "Fiscal year";
    year: "{year}年度", "Fiscal year {year}";
    line: "予算", "Budget line";
    ministry: "府省", "Ministry";
    allotted: "配賦額", "Allotted";
    left: "残額", "Left";
    costs: "最近の支出", "newest costs";
    by_month: "月別（税込、円）", "By month (yen with tax)";
    month: "月", "Month";
    invoiced: "請求済み", "Invoiced";
    decided: "決定済み", "Decided";
    pending: "審査中", "Under review";
    expected_on: "見込み日", "Expected on";
    of: "請求書・申請", "Invoice or application";
    what_if: "別の料金表で試算する", "Try another fee table";
    what_if_lead: "年度の請求と手続中の申請を、別の料金表で計算し直した結果です。発行済みの請求書は変わりません。",
        "The year's invoices and the applications under way, priced by another fee table. Invoices that are out stay as they are.";
    fee_table: "料金表（TOML、`gj money tariff` の形式）", "Fee table (TOML, as `gj money tariff` prints it)";
    now: "現在の料金表", "As it is";
    then: "別の料金表", "By the other";
    difference: "差", "Difference";
    class: "機関の種類", "Class of institution";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_say_something() {
        assert!(BOTH.iter().all(|(_, ja, en)| !ja.is_empty() && !en.is_empty()));
        assert_eq!((JA.receivables, EN.receivables), ("未収金", "Receivables"));
    }
}
