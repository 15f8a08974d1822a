//! The one table: who may do what in which state, under which conditions, and where that leads.
//!
//! Everything that is not in a row is refused, for every role in every state.

use crate::act::Act;
use crate::guard::Guard;
use crate::role::Role;
use crate::state::State;

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// In these states …
    pub from: &'static [State],
    /// … these roles …
    pub by: &'static [Role],
    /// … may do this …
    pub act: Act,
    /// … if all of this is the case …
    pub when: &'static [Guard],
    /// … which leads here; `None`: the state stays.
    pub to: Option<State>,
}

macro_rules! rows {
    ($([$($from:ident)*] $($by:ident)|+: $act:ident if [$($when:ident)*] => $to:ident;)*) => {
        &[$(Row {
            from: &[$(State::$from),*],
            by: &[$(Role::$by),+],
            act: Act::$act,
            when: &[$(Guard::$when),*],
            to: rows!(@to $to),
        }),*]
    };
    (@to Stay) => { None };
    (@to $to:ident) => { Some(State::$to) };
}

/// The life cycle.
#[rustfmt::skip]
pub const TABLE: &[Row] = rows! {
    // The applicant writes, submits, takes back.
    [Draft Returned] Applicant: Edit if [] => Stay;
    [Draft Returned] Applicant: Submit if [ScopeWhole NotSanctioned NothingOverdue] => Submitted;
    [Submitted] Applicant: RemoveCollaborator if [] => Stay;
    [Draft Submitted Returned Matching Contributor Conflicts Review Consolidation Committee Decision Agreement Payment Granted InUse]
        Collaborator: AcceptTerms if [ActorFirst DigestCurrent] => Stay;
    [Draft] Applicant: Discard if [] => Discarded;
    [Submitted Returned Matching Contributor Conflicts Review Consolidation Committee Decision Agreement Payment Appeal]
        Applicant: Withdraw if [NoGrant] => Withdrawn;
    [Draft Submitted Returned Matching Contributor Conflicts Review Consolidation Committee Decision Refused Appeal
        Agreement Payment Granted InUse Suspended Expired Revoked Closed Withdrawn]
        Applicant | Collaborator: CopyAsNew if [] => Stay;
    [Submitted Returned Matching Contributor Conflicts Review Consolidation Committee Decision Refused Appeal
        Agreement Payment Granted InUse Suspended Expired Revoked Closed]
        Applicant | Secretariat | Reviewer | Chair | Head | Finance: Remark if [TextGiven] => Stay;

    // Completeness and the automatic match, with its three outcomes.
    [Submitted] Secretariat: Return if [TextGiven] => Returned;
    [Submitted Returned] Secretariat: Correct if [TextGiven] => Stay;
    [Submitted Returned] Secretariat: Close if [TextGiven NoGrant] => Withdrawn;
    [Submitted] Secretariat: Pass if [] => Matching;
    [Matching] System: Match if [MatchAllows ReviewNeeded] => Conflicts;
    [Matching] System: Match if [MatchAllows ReviewStands] => Agreement;
    [Matching] System: Match if [MatchAsks] => Contributor;
    [Matching] System: Match if [MatchDenies] => Refused;
    [Contributor] Contributor: Agree if [ContributorsAwaited] => Stay;
    [Contributor] Contributor: Agree if [ContributorsAgreed ReviewNeeded] => Conflicts;
    [Contributor] Contributor: Agree if [ContributorsAgreed ReviewStands] => Agreement;
    [Contributor] Contributor: Object if [TextGiven] => Refused;

    // Conflicts of interest, two blind reviews, consolidation.
    [Conflicts] Secretariat: Assign if [CandidateFree PlaceFree] => Stay;
    [Conflicts Review] Secretariat: Release if [TextGiven] => Conflicts;
    [Conflicts] Reviewer: DeclareNone if [ActorFree ActorFirst OneCleared] => Stay;
    [Conflicts] Reviewer: DeclareNone if [ActorFree ActorFirst TwoCleared] => Review;
    [Conflicts Review] Reviewer: DeclareConflict if [] => Conflicts;
    [Conflicts Review Consolidation Committee Decision Agreement Appeal] Chair | Head: DeclareConflict if [] => Stay;
    [Review] Reviewer: Review if [ActorFree ActorFirst VerdictGiven TextGiven OneReviewIn] => Stay;
    [Review] Reviewer: Review if [ActorFree ActorFirst VerdictGiven TextGiven TwoReviewsIn] => Consolidation;
    [Consolidation] Secretariat: Return if [TextGiven] => Returned;
    [Consolidation] Secretariat: Consolidate if [TextGiven TwoReviewsIn] => Committee;

    // Opinion and decision.
    [Committee] Chair: Opine if [ActorFree TwoReviewsIn VerdictGiven TextGiven] => Decision;
    [Decision] Head: AskAgain if [ActorFree TextGiven] => Committee;
    [Decision] Head: Approve if [ActorFree TwoReviewsIn FollowsOpinionToApprove] => Agreement;
    [Decision] Head: Approve if [ActorFree TwoReviewsIn TextGiven] => Agreement;
    [Decision] Head: Refuse if [ActorFree TextGiven] => Refused;

    // Agreement, payment, grant.
    [Agreement] Applicant: Sign if [DigestCurrent OtherNotSigned] => Stay;
    [Agreement] Applicant: Sign if [DigestCurrent OtherSigned] => Payment;
    [Agreement] Head: Countersign if [ActorFree DigestCurrent OtherNotSigned] => Stay;
    [Agreement] Head: Countersign if [ActorFree DigestCurrent OtherSigned] => Payment;
    [Payment] Finance: Invoice if [FeeDue NotInvoiced] => Stay;
    [Payment] Finance: RecordPayment if [FeeDue Invoiced NotPaid TextGiven] => Stay;
    [Payment] System: Grant if [TwoReviewsIn Approved SignedByBoth Settled] => Granted;

    // Use, changes, reports.
    [Granted] Applicant | Collaborator: BeginUse if [] => InUse;
    [Granted InUse] Applicant: AddCollaborator if [NotSanctioned NothingOverdue] => Matching;
    [Granted InUse] Applicant: RemoveCollaborator if [] => Matching;
    [Granted InUse] Applicant: ChangeScope if [ScopeWhole NotSanctioned NothingOverdue] => Submitted;
    [InUse Expired] Applicant: Renew if [ScopeWhole NotSanctioned NothingOverdue] => Submitted;
    [Submitted Returned Matching Contributor Conflicts Review Consolidation Committee Decision Agreement Payment Refused]
        Applicant: KeepGrant if [GrantInForce] => InUse;
    [InUse] Applicant: ReportYearly if [TextGiven] => Stay;
    [InUse Expired Revoked] Applicant: ReportFinal if [TextGiven] => Stay;
    [Expired Revoked] Applicant: ReportDeletion if [TextGiven] => Stay;
    [InUse Suspended Expired Revoked Closed] Applicant | Collaborator: ProposePublication if [NothingProposed TextGiven] => Stay;
    [InUse Suspended Expired Revoked Closed] Chair: ClearPublication if [ActorFree PublicationProposed TextGiven] => Stay;
    [InUse Suspended Expired Revoked Closed] Chair: StopPublication if [ActorFree PublicationProposed TextGiven] => Stay;
    [InUse Suspended Expired Revoked Closed] Applicant | Collaborator: Publish if [TextGiven PublicationFree] => Stay;

    // Ends.
    [Granted InUse] Applicant: Finish if [TextGiven] => Expired;
    [Granted InUse Suspended] System: Expire if [PeriodOver] => Expired;
    [Returned Agreement Payment] System: Lapse if [DeadlinePassed NoGrant] => Withdrawn;
    [Returned Agreement Payment] System: Lapse if [DeadlinePassed GrantInForce] => InUse;
    [Granted InUse Suspended Expired] Secretariat | Head: Warn if [TextGiven] => Stay;
    [Granted InUse] Head: Suspend if [TextGiven] => Suspended;
    [Suspended] Head: Resume if [TextGiven] => InUse;
    [Granted InUse Suspended] Head: Revoke if [TextGiven] => Revoked;
    [Suspended Revoked Expired] Head: Sanction if [TextGiven] => Stay;
    [Expired Revoked] Secretariat: Close if [ReportsIn] => Closed;
    [Refused Revoked] Applicant: Appeal if [TextGiven] => Appeal;
    [Appeal] Chair: AdmitAppeal if [ActorFree TextGiven] => Matching;
    [Appeal] Chair: DismissAppeal if [ActorFree TextGiven AppealsRefusal] => Refused;
    [Appeal] Chair: DismissAppeal if [ActorFree TextGiven AppealsRevocation] => Revoked;
};
