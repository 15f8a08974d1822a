//! Where an application can be, and what is then asked of whom.

use crate::named::named;
use crate::role::Role;
use gj_model::Bilingual;

named! {
    /// A stage of the life cycle.
    State: "a state of an application" {
        Draft = "draft", "下書き", "draft";
        Submitted = "submitted", "提出済み・形式確認待ち", "submitted, waiting for the completeness check";
        Returned = "returned", "補正のため差し戻し", "returned for completion";
        Matching = "matching", "自動照合", "automatic match";
        Contributor = "contributor", "提供機関の同意待ち", "waiting for the contributor's agreement";
        Conflicts = "conflicts", "審査委員の選任・利益相反の申告", "reviewers are named and declare conflicts of interest";
        Review = "review", "独立した二名による審査", "two independent reviews";
        Consolidation = "consolidation", "審査結果の取りまとめ", "consolidation of the reviews";
        Committee = "committee", "委員会の意見", "opinion of the committee";
        Decision = "decision", "代表者の決定", "decision of the head";
        Refused = "refused", "不承認", "refused";
        Appeal = "appeal", "不服申立て", "appeal";
        Agreement = "agreement", "利用契約の署名", "agreement to be signed by both";
        Payment = "payment", "請求・入金", "invoice and payment";
        Granted = "granted", "利用許可", "granted";
        InUse = "in-use", "利用中", "in use";
        Suspended = "suspended", "利用停止", "suspended";
        Expired = "expired", "期間満了・利用終了", "expired or ended";
        Revoked = "revoked", "許可取消し", "revoked";
        Closed = "closed", "終了", "closed";
        Withdrawn = "withdrawn", "取下げ・打切り", "withdrawn, or ended without a decision";
        Discarded = "discarded", "下書き破棄", "draft discarded";
    }
}

impl State {
    /// Whom the application waits for; empty: for nobody.
    pub fn awaits(self) -> &'static [Role] {
        use Role::{Applicant, Chair, Contributor, Finance, Head, Reviewer, Secretariat, System};
        match self {
            State::Draft | State::Returned | State::Granted | State::InUse => &[Applicant],
            State::Submitted | State::Consolidation => &[Secretariat],
            State::Matching => &[System],
            State::Contributor => &[Contributor],
            State::Conflicts => &[Secretariat, Reviewer],
            State::Review => &[Reviewer],
            State::Committee | State::Appeal => &[Chair],
            State::Decision | State::Suspended => &[Head],
            State::Agreement => &[Applicant, Head],
            State::Payment => &[Finance],
            State::Expired | State::Revoked => &[Applicant, Secretariat],
            State::Refused | State::Closed | State::Withdrawn | State::Discarded => &[],
        }
    }

    /// What is asked of them.
    pub fn asks(self) -> Bilingual {
        let (ja, en) = match self {
            State::Draft => {
                ("申請書を完成させて提出してください。", "Complete the application and submit it.")
            }
            State::Submitted => ("記載に漏れがないか確認してください。", "Check that nothing is missing."),
            State::Returned => {
                ("指摘された点を直し、再提出してください。", "Mend what was pointed out and submit again.")
            }
            State::Matching => (
                "同意・目的・所属・日付を自動で照合しています。",
                "Consent, purpose, institutions and dates are matched automatically.",
            ),
            State::Contributor => (
                "データの提供機関として、利用への同意または異議を述べてください。",
                "As the contributor of the data, agree or object.",
            ),
            State::Conflicts => (
                "審査委員を二名選任し、各委員は利益相反の有無を申告してください。",
                "Name two reviewers; each declares whether there is a conflict of interest.",
            ),
            State::Review => (
                "互いの意見を見ずに、それぞれ審査してください。",
                "Review independently, without seeing the other's review.",
            ),
            State::Consolidation => {
                ("二名の審査結果を一つにまとめてください。", "Consolidate the two reviews into one text.")
            }
            State::Committee => ("委員会の意見を記録してください。", "Record the committee's opinion."),
            State::Decision => (
                "承認するか決定してください。意見と異なる場合は理由が必要です。",
                "Decide. If the decision differs from the opinion, reasons are required.",
            ),
            State::Appeal => {
                ("不服申立てを認めるか判断してください。", "Decide whether the appeal is admitted.")
            }
            State::Agreement => (
                "利用範囲のダイジェストに結び付いた契約に、双方が署名してください。",
                "Both sign the agreement, which is bound to the digest of the scope.",
            ),
            State::Payment => {
                ("請求書を発行し、入金を確認してください。", "Issue the invoice and confirm the payment.")
            }
            State::Granted => ("利用を開始できます。", "Use may begin."),
            State::InUse => (
                "期限までに報告し、論文・特許を登録してください。",
                "Report by the due dates; register papers and patents.",
            ),
            State::Suspended => {
                ("再開または取消しを決定してください。", "Decide whether use resumes or ends.")
            }
            State::Expired | State::Revoked => (
                "最終報告とデータ消去の報告を提出してください。",
                "File the final report and the report of deletion.",
            ),
            State::Refused => (
                "理由を確認のうえ、不服申立て、または新しい申請ができます。",
                "See the reasons; an appeal or a new application is possible.",
            ),
            State::Closed | State::Withdrawn | State::Discarded => {
                ("することはありません。", "There is nothing to do.")
            }
        };
        Bilingual { ja: ja.to_owned(), en: en.to_owned() }
    }

    /// Whether the case is over for good.
    pub fn is_over(self) -> bool {
        matches!(self, State::Closed | State::Withdrawn | State::Discarded)
    }

    /// Whether nobody has been asked to judge the application yet.
    pub fn is_with_applicant(self) -> bool {
        matches!(self, State::Draft | State::Returned)
    }
}
