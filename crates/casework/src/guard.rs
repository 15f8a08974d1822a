//! What must be the case for a step: facts, and the conditions that rows of the table place on them.

use crate::named::named;
use crate::verdict::Verdict;

/// The facts of one step, gathered before the table is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Whether the scope says all it must.
    pub scope_whole: bool,
    /// Whether the applicant or a collaborator is barred from applications.
    pub sanctioned: bool,
    /// Obligations of the applicant that are overdue.
    pub obligations_overdue: u32,
    /// What the automatic match found.
    pub matched: Option<Outcome>,
    /// Whether an earlier review and decision also cover this version of the scope.
    pub review_stands: bool,
    /// Contributors whose answer is still awaited after this step.
    pub contributors_awaited: u32,
    /// Whether who acts applies, collaborates or has declared a conflict.
    pub actor_conflicted: bool,
    /// Whether who acts handed in a review or declared before.
    pub actor_done: bool,
    /// Whether who is to be named applies, collaborates, is of an applicant's institution, has declared a
    /// conflict, or is named already.
    pub candidate_barred: bool,
    /// Reviewers named before this step.
    pub reviewers: u32,
    /// Reviewers who have declared no conflict, after this step.
    pub reviewers_cleared: u32,
    /// Reviews of such reviewers that are in, after this step.
    pub reviews_in: u32,
    /// The committee's opinion.
    pub opinion: Option<Verdict>,
    /// Whether the head decided to approve.
    pub approved: bool,
    /// Whether the step comes with a text.
    pub text_given: bool,
    /// Whether the step comes with a judgement.
    pub verdict_given: bool,
    /// Whether the digest signed is the one of the scope as it stands.
    pub digest_current: bool,
    /// Whether the applicant has signed that digest.
    pub signed_by_applicant: bool,
    /// Whether the head has signed that digest.
    pub signed_by_head: bool,
    /// Whether a fee is due for this version of the scope.
    pub fee_due: bool,
    /// Whether the invoice for it is out.
    pub invoiced: bool,
    /// Whether it is paid.
    pub paid: bool,
    /// Whether an earlier grant is in force today.
    pub grant_in_force: bool,
    /// Whether the period of the grant is over.
    pub period_over: bool,
    /// Whether the deadline of this state has passed.
    pub deadline_passed: bool,
    /// Whether the final report is in.
    pub final_report_in: bool,
    /// Whether the report of deletion is in.
    pub deletion_report_in: bool,
    /// Whether what the project was granted is so detailed that a result could identify a person.
    pub could_identify: bool,
    /// The publication that was last proposed and is not out yet.
    pub proposed: Option<Proposed>,
    /// Whether an appeal is against a revocation, and not a refusal.
    pub appeals_revocation: bool,
}

named! {
    /// What the automatic match can find. A denial dominates, then what is still to be asked.
    Outcome: "an outcome of the match" {
        Allow = "allow", "適合", "fits";
        Ask = "ask", "要確認", "somebody must be asked";
        Deny = "deny", "不適合", "does not fit";
    }
}

named! {
    /// Where a proposed publication is.
    Proposed: "a standing of a publication" {
        Waiting = "waiting", "審査待ち", "waits for its review";
        Cleared = "cleared", "公表可", "may be published";
        Stopped = "stopped", "公表不可", "may not be published";
    }
}

named! {
    /// A condition of a row.
    Guard: "a condition" {
        ScopeWhole = "scope-whole", "目的・データ・利用者・期間・計画がすべて記載されていること",
            "purpose, datasets, people, period and plan are all stated";
        NotSanctioned = "not-sanctioned", "申請者・共同利用者が申請を制限されていないこと",
            "neither the applicant nor a collaborator is barred from applications";
        NothingOverdue = "nothing-overdue", "申請者に期限を過ぎた報告がなく、所属機関に期限を過ぎたデータ消去の報告もないこと",
            "no report of the applicant is overdue, and no report of deletion of the institution";
        MatchAllows = "match-allows", "自動照合で適合すること", "the automatic match finds that everything fits";
        MatchAsks = "match-asks", "自動照合で提供機関への確認が必要とされること",
            "the automatic match finds that a contributor must be asked";
        MatchDenies = "match-denies", "自動照合で不適合となること", "the automatic match finds what does not fit";
        ReviewStands = "review-stands", "以前の審査と決定がこの範囲にも及ぶこと",
            "the earlier review and decision cover this scope too";
        ReviewNeeded = "review-needed", "新たな審査が必要なこと", "a new review is needed";
        ContributorsAwaited = "contributors-awaited", "ほかの提供機関の回答を待っていること",
            "another contributor's answer is awaited";
        ContributorsAgreed = "contributors-agreed", "すべての提供機関が同意したこと", "every contributor has agreed";
        ActorFree = "actor-free", "行為者に利益相反がないこと",
            "who acts neither applies nor collaborates nor has declared a conflict of interest";
        ActorFirst = "actor-first", "行為者がまだ行っていないこと", "who acts has not done so before";
        CandidateFree = "candidate-free",
            "候補者が申請者・共同利用者・その所属機関の者でなく、利益相反もなく、未選任であること",
            "the candidate neither applies nor collaborates, is of no applicant's institution, has no conflict and is not named yet";
        PlaceFree = "place-free", "審査委員が二名に満たないこと", "fewer than two reviewers are named";
        OneCleared = "one-cleared", "利益相反のない委員がまだ二名に満たないこと",
            "fewer than two reviewers have declared no conflict";
        TwoCleared = "two-cleared", "二名の委員が利益相反なしと申告したこと", "two reviewers have declared no conflict";
        OneReviewIn = "one-review-in", "審査意見がまだ二つそろっていないこと", "fewer than two reviews are in";
        TwoReviewsIn = "two-reviews-in", "利益相反のない二名の審査意見がそろったこと",
            "two reviews of reviewers without conflict are in";
        TextGiven = "text-given", "理由または本文が記載されていること", "reasons are given";
        VerdictGiven = "verdict-given", "判断（承認・条件付き・不承認）が記載されていること",
            "a judgement is given: approve, conditional or reject";
        FollowsOpinionToApprove = "follows-opinion-to-approve", "委員会の意見が承認または条件付き承認であること",
            "the committee's opinion is to approve, with or without conditions";
        Approved = "approved", "代表者が承認していること", "the head has approved";
        DigestCurrent = "digest-current", "現在の利用範囲のダイジェストに署名すること",
            "the digest signed is that of the scope as it stands";
        OtherSigned = "other-signed", "相手方が署名済みであること", "the other party has signed";
        OtherNotSigned = "other-not-signed", "相手方がまだ署名していないこと", "the other party has not signed yet";
        SignedByBoth = "signed-by-both", "双方が署名していること", "both have signed";
        FeeDue = "fee-due", "利用料がかかること", "a fee is due";
        NotInvoiced = "not-invoiced", "請求書が未発行であること", "no invoice is out yet";
        Invoiced = "invoiced", "請求書が発行済みであること", "the invoice is out";
        NotPaid = "not-paid", "入金がまだないこと", "it is not paid yet";
        Settled = "settled", "利用料が支払われたか、かからないこと", "the fee is paid, or none is due";
        GrantInForce = "grant-in-force", "以前の許可が有効であること", "an earlier grant is in force";
        NoGrant = "no-grant", "有効な許可がないこと", "no earlier grant is in force";
        PeriodOver = "period-over", "許可の期間が終わったこと", "the period of the grant is over";
        DeadlinePassed = "deadline-passed", "期限を過ぎたこと", "the deadline has passed";
        ReportsIn = "reports-in", "最終報告とデータ消去の報告が提出されたこと",
            "the final report and the report of deletion are in";
        NothingProposed = "nothing-proposed", "審査待ちの公表がないこと", "no publication waits for its review";
        PublicationProposed = "publication-proposed", "審査待ちの公表があること", "a publication waits for its review";
        PublicationFree = "publication-free",
            "公表前の審査で認められたこと、または結果が個人を識別し得ない概要利用であること",
            "the review before publication allowed it, or use was an overview, whose results cannot identify a person";
        AppealsRefusal = "appeals-refusal", "不承認に対する申立てであること", "the appeal is against a refusal";
        AppealsRevocation = "appeals-revocation", "許可取消しに対する申立てであること",
            "the appeal is against a revocation";
    }
}

impl Guard {
    /// Whether the facts meet it.
    pub fn holds(self, facts: &Facts) -> bool {
        let f = facts;
        match self {
            Guard::ScopeWhole => f.scope_whole,
            Guard::NotSanctioned => !f.sanctioned,
            Guard::NothingOverdue => f.obligations_overdue == 0,
            Guard::MatchAllows => f.matched == Some(Outcome::Allow),
            Guard::MatchAsks => f.matched == Some(Outcome::Ask),
            Guard::MatchDenies => f.matched == Some(Outcome::Deny),
            Guard::ReviewStands => f.review_stands,
            Guard::ReviewNeeded => !f.review_stands,
            Guard::ContributorsAwaited => f.contributors_awaited > 0,
            Guard::ContributorsAgreed => f.contributors_awaited == 0,
            Guard::ActorFree => !f.actor_conflicted,
            Guard::ActorFirst => !f.actor_done,
            Guard::CandidateFree => !f.candidate_barred,
            Guard::PlaceFree => f.reviewers < crate::REVIEWS,
            Guard::OneCleared => f.reviewers_cleared < crate::REVIEWS,
            Guard::TwoCleared => f.reviewers_cleared >= crate::REVIEWS,
            Guard::OneReviewIn => f.reviews_in < crate::REVIEWS,
            Guard::TwoReviewsIn => f.reviews_in >= crate::REVIEWS,
            Guard::TextGiven => f.text_given,
            Guard::VerdictGiven => f.verdict_given,
            Guard::FollowsOpinionToApprove => {
                matches!(f.opinion, Some(Verdict::Approve | Verdict::Conditional))
            }
            Guard::Approved => f.approved,
            Guard::DigestCurrent => f.digest_current,
            Guard::OtherSigned => f.signed_by_applicant || f.signed_by_head,
            Guard::OtherNotSigned => !f.signed_by_applicant && !f.signed_by_head,
            Guard::SignedByBoth => f.signed_by_applicant && f.signed_by_head,
            Guard::FeeDue => f.fee_due,
            Guard::NotInvoiced => !f.invoiced,
            Guard::Invoiced => f.invoiced,
            Guard::NotPaid => !f.paid,
            Guard::Settled => f.paid || !f.fee_due,
            Guard::GrantInForce => f.grant_in_force,
            Guard::NoGrant => !f.grant_in_force,
            Guard::PeriodOver => f.period_over,
            Guard::DeadlinePassed => f.deadline_passed,
            Guard::ReportsIn => f.final_report_in && f.deletion_report_in,
            Guard::NothingProposed => f.proposed != Some(Proposed::Waiting),
            Guard::PublicationProposed => f.proposed == Some(Proposed::Waiting),
            Guard::PublicationFree => f.proposed.map_or(!f.could_identify, |it| it == Proposed::Cleared),
            Guard::AppealsRefusal => !f.appeals_revocation,
            Guard::AppealsRevocation => f.appeals_revocation,
        }
    }
}
