//! What can be done to an application.

use crate::named::named;

named! {
    /// One step somebody takes.
    Act: "an act on an application" {
        Edit = "edit", "申請書を編集する", "edit the application";
        Submit = "submit", "提出する", "submit";
        Discard = "discard", "下書きを破棄する", "discard the draft";
        Withdraw = "withdraw", "申請を取り下げる", "withdraw the application";
        CopyAsNew = "copy-as-new", "新しい申請として写す", "copy as a new application";
        Remark = "remark", "コメントする", "make a remark";
        AcceptTerms = "accept-terms", "利用条件に同意して参加する", "accept the terms and take part";
        Correct = "correct", "事務局として申請内容を補正する", "correct the application as secretariat";
        Return = "return", "補正のため差し戻す", "return for completion";
        Pass = "pass", "形式を確認済みとする", "pass the completeness check";
        Match = "match", "自動で照合する", "match automatically";
        Agree = "agree", "提供機関として同意する", "agree as contributor";
        Object = "object", "提供機関として異議を述べる", "object as contributor";
        Assign = "assign", "審査委員を選任する", "name a reviewer";
        Release = "release", "審査委員を解任する", "release a reviewer";
        DeclareNone = "declare-none", "利益相反がないと申告する", "declare no conflict of interest";
        DeclareConflict = "declare-conflict", "利益相反を申告する", "declare a conflict of interest";
        Review = "review", "審査意見を提出する", "hand in a review";
        Consolidate = "consolidate", "審査結果を取りまとめる", "consolidate the reviews";
        Opine = "opine", "委員会の意見を記録する", "record the committee's opinion";
        AskAgain = "ask-again", "委員会に再度意見を求める", "ask the committee again";
        Approve = "approve", "承認する", "decide to approve";
        Refuse = "refuse", "不承認とする", "decide to refuse";
        Sign = "sign", "申請者として契約に署名する", "sign the agreement as applicant";
        Countersign = "countersign", "代表者として契約に署名する", "sign the agreement as head";
        Invoice = "invoice", "請求書を発行する", "issue the invoice";
        RecordPayment = "record-payment", "入金を記録する", "record the payment";
        Grant = "grant", "利用を許可する", "grant";
        BeginUse = "begin-use", "利用を開始する", "begin use";
        AddCollaborator = "add-collaborator", "共同利用者を加える", "add a collaborator";
        RemoveCollaborator = "remove-collaborator", "共同利用者を外す", "remove a collaborator";
        ChangeScope = "change-scope", "利用範囲を変更する", "change the scope";
        KeepGrant = "keep-grant", "変更をやめ、元の許可に戻る", "give up the change and keep the grant";
        ReportYearly = "report-yearly", "年次報告を提出する", "file the yearly report";
        ReportFinal = "report-final", "最終報告を提出する", "file the final report";
        ReportDeletion = "report-deletion", "データ消去を報告する", "report the deletion of data";
        ProposePublication = "propose-publication", "公表前の審査を求める", "ask for the review before publication";
        ClearPublication = "clear-publication", "公表を認める", "allow the publication";
        StopPublication = "stop-publication", "公表を認めない", "not allow the publication";
        Publish = "publish", "論文・特許を登録する", "register a paper or patent";
        Renew = "renew", "期間の更新を申請する", "apply for renewal";
        Finish = "finish", "期間の途中で利用を終える", "end use early";
        Expire = "expire", "期間満了とする", "let the grant expire";
        Lapse = "lapse", "期限切れとする", "let a missed deadline end the application";
        Warn = "warn", "注意を通知する", "notify of a breach";
        Suspend = "suspend", "利用を停止する", "suspend use";
        Resume = "resume", "利用を再開する", "let use resume";
        Revoke = "revoke", "許可を取り消す", "revoke the grant";
        Sanction = "sanction", "以後の申請を制限する", "bar from later applications";
        Close = "close", "終了する", "close";
        Appeal = "appeal", "不服を申し立てる", "appeal";
        AdmitAppeal = "admit-appeal", "不服申立てを認める", "admit the appeal";
        DismissAppeal = "dismiss-appeal", "不服申立てを退ける", "dismiss the appeal";
    }
}
