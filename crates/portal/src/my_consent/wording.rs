//! The sentences of a participant's own page, in plain words, both languages side by side.

use crate::words::words;

words! {
    title: "わたしの同意", "My consent";
    intro: "あなたが何に同意しているか、データが何に使われたかを確かめ、いつでも変えることができます。", "See what you have agreed to and what your data were used for. You can change your mind at any time.";
    nobody: "このアカウントは、まだどなたにも結びつけられていません。参加者窓口にご連絡ください。", "This account is not linked to anybody yet. Please ask the participant desk.";
    own: "ご自身の同意", "Your own consent";
    of_another: "代理人としての同意（続柄：{relation}）", "Consent that you give for another ({relation})";
    until_adult: "成人になる日", "Becomes an adult on";
    withdrawn: "同意は撤回されています。撤回日", "Consent was withdrawn on";
    what: "同意していること", "What is allowed";
    yes: "はい", "yes";
    no: "いいえ", "no";
    since: "この内容になった日", "Since";
    form: "同意した文書", "Form";
    form_version: "{form}（第{version}版）", "{form} (version {version})";
    form_unknown: "参加した医療機関の同意書", "the form of the institution where you joined";
    history: "これまでの同意", "Earlier versions";
    nothing: "なし", "nothing";
    comma: "、", ", ";
    uses: "データの利用", "What your data were used for";
    no_uses: "利用はまだありません。", "They have not been used so far.";
    institution: "利用した機関", "Institution";
    purpose: "目的", "Purpose";
    days: "利用日", "Days";
    how: "使われ方", "How";
    counted: "多くの人と合わせた人数の集計", "counted together with many others";
    extracted: "承認された研究への提供：{project}", "given to an approved project: {project}";
    register: "許可された研究の一覧（公開）", "All approved projects (public register)";
    change: "同意の内容を変える", "Change what is allowed";
    change_hint: "認めることだけに印を付けてください。次の画面で影響を確かめてから決められます。", "Tick only what you allow. The next page shows the effects before anything is decided.";
    research_stays: "「研究利用」をやめることは、同意の撤回にあたります。下の「撤回する」をお使いください。", "To stop research use altogether is a withdrawal: use the form below.";
    check: "影響を確かめる", "See the effects";
    withdraw: "同意を撤回する", "Withdraw consent";
    withdraw_hint: "すべての新しい利用から除かれ、保存されたゲノムデータは消去されます。元には戻せません。", "No new use will include the data, and stored genomes are erased. This cannot be undone.";
    check_title: "確認", "Please check";
    not_yet: "まだ何も変わっていません。", "Nothing has changed yet.";
    effect: "どうなるか", "What happens";
    stops: "やめること", "What stops";
    begins: "新たに認めること", "What begins";
    cannot: "取り戻せないもの", "What cannot be called back";
    answers: "すでに渡された集計（回数）", "Counts already given (times)";
    extracts: "すでに渡された研究用データ（件数）", "Data sets already given to projects";
    agree: "上の内容を読み、理解しました。", "I have read and understood this.";
    must_agree: "確認の欄に印を付けてください", "a tick in the box of confirmation";
    confirm_change: "変更を確定する", "Confirm the change";
    confirm_withdraw: "撤回を確定する", "Confirm the withdrawal";
    back: "やめて戻る", "Go back, change nothing";
    receipt_title: "受領書", "Receipt";
    receipts: "受領書", "Receipts";
    receipt_number: "受領番号", "Number";
    receipt_day: "受領日", "Received on";
    kind: "種類", "Kind";
    kind_change: "意思変更", "Change of mind";
    kind_withdrawal: "同意撤回", "Withdrawal of consent";
    state: "処理の状況", "State";
    state_masked: "新しい利用からは、すでに除かれています。保存データの書き直しは、まもなく終わります。", "No new use includes the data from now on. Stored data are being rewritten.";
    state_done: "すべて終わりました。", "All is done.";
    print: "この画面は印刷して保管できます。", "You can print this page and keep it.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_there_in_both_languages() {
        assert!(BOTH.iter().all(|(_, ja, en)| !ja.is_empty() && !en.is_empty()));
        assert_eq!((JA.title, EN.title), ("わたしの同意", "My consent"));
    }
}
