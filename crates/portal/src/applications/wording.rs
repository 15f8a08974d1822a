//! The sentences of the pages about applications, both languages side by side.

use crate::words::words;

words! {
    list_title: "利用申請", "Applications";
    waits_for_me: "対応をお待ちしているもの", "Waiting for you";
    all: "すべての申請", "All applications";
    none: "申請はありません。", "There are no applications.";
    new: "新しい申請", "New application";
    number: "番号", "Number";
    title: "研究課題", "Title";
    state: "段階", "Stage";
    content: "申請の内容", "What is applied for";
    due: "期限", "Due";
    overdue: "期限超過", "overdue";
    soon: "まもなく", "soon";
    conflict: "利益相反", "conflict of interest";
    purpose: "利用目的", "Purpose";
    tier: "利用の詳しさ", "Level of detail";
    title_hint: "許可されると、公開登録簿に表示されます。", "Shown in the public register once use is granted.";
    form_lead: "下書きとして保存しても、まだ提出されません。提出の前に、いつでも直せます。利用料は保存の前に確認できます。",
        "A draft is not submitted yet and can be changed until it is. The fee can be looked at before saving.";
    release_whole: "リリース {release} の全体", "the whole of release {release}";
    datasets: "そのほかのデータセットの ID（あれば、空白区切り）", "Ids of other datasets, if any, separated by spaces";
    people: "共同利用者の利用者 ID（いれば、空白区切り）", "Collaborators, if any: user ids, separated by spaces";
    from: "開始日", "First day";
    until: "終了日", "Last day";
    plan: "研究計画", "Plan";
    fee: "利用料", "Fee";
    fee_yen: "{yen} 円（税抜）", "¥{yen} before tax";
    show_fee: "利用料を確認する", "Show the fee";
    save: "下書きとして保存", "Save as a draft";
    save_changes: "保存する", "Save";
    applicant: "申請者・共同利用者", "Applicant and collaborators";
    period: "期間", "Period";
    digest: "利用範囲のダイジェスト", "Digest of the scope";
    now: "現在の段階", "Where it is";
    awaits: "待っている相手", "Waiting for";
    timeline: "経過", "Timeline";
    you_may: "できること", "What you can do";
    your_turn: "あなたの対応が必要です", "This waits for you";
    to_do: "あなたの番です", "What is asked of you";
    also: "そのほかにできること", "What else you can do";
    go_to_form: "手続きへ進む", "Go to the form";
    not_your_turn: "ほかの方の対応を待っています。今、あなたがしなければならないことはありません。",
        "Somebody else is to act. There is nothing you have to do now.";
    nothing: "今できることはありません。", "There is nothing you can do now.";
    text: "理由・本文", "Reasons or text";
    text_review: "審査意見", "Review";
    text_summary: "取りまとめた文", "Consolidated text";
    text_opinion: "委員会の意見とその理由", "Opinion of the committee with its reasons";
    text_approve: "理由（委員会の意見と異なる決定のときは必ず）", "Reasons (required where the decision differs from the opinion)";
    text_payment: "振込の照合番号", "Reference of the bank transfer";
    text_report: "報告の本文", "Report";
    text_paper: "DOI、特許番号など", "DOI or number of the patent";
    text_remark: "コメント", "Remark";
    reviewer: "審査委員", "Reviewer";
    collaborator: "共同利用者", "Collaborator";
    collaborator_id: "共同利用者の利用者 ID", "User id of the collaborator";
    choose: "選んでください", "Please choose";
    verdict: "判断", "Judgement";
    kind: "種類", "Kind";
    paper: "論文", "paper";
    patent: "特許", "patent";
    candidates: "審査委員の候補", "Possible reviewers";
    reports: "報告", "Reports";
    done: "提出済み", "done";
    papers: "論文・特許", "Papers and patents";
    invoices: "請求", "Invoices";
    paid: "入金済み", "paid";
    why_refused: "不承認の理由と、結果が変わる条件", "Why it was refused, and what would change that";
    why_asked: "確認が必要な理由", "Why somebody must be asked";
    source: "根拠", "Source";
    free: "選任できます", "free";
    named: "選任済み・申告待ち", "named, has not declared yet";
    cleared: "利益相反なし", "no conflict";
    reviewed: "審査済み", "review is in";
    register_title: "許可された研究の公開登録簿", "Public register of granted projects";
    register_lead: "ゲノムデータの利用を許可したすべての研究を公表しています。誰が、何のために、どのデータを、いつまで使うかが分かります。",
        "Every project that was granted use of genomes: who uses which data, why, and until when.";
    institutions: "機関", "Institutions";
    data: "データ", "Data";
    register_owes: "データを消去したとの報告が、期限（{due}）を過ぎても提出されていません。",
        "The report that the data are deleted was due on {due} and is missing.";
    register_none: "まだ許可された研究はありません。", "No project has been granted yet.";
    next_report: "次の報告の期限", "Next report due";
    granted_until: "許可の期限", "Granted until";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_say_something() {
        assert!(BOTH.iter().all(|(_, ja, en)| !ja.is_empty() && !en.is_empty()));
        assert_eq!((JA.new, EN.new), ("新しい申請", "New application"));
    }
}
