//! In which capacity somebody acts on one application.

use crate::named::named;

named! {
    /// A capacity towards one application. An applicant or collaborator has no other on their own.
    Role: "a role in an application" {
        Applicant = "applicant", "申請者", "applicant";
        Collaborator = "collaborator", "共同利用者", "collaborator";
        Secretariat = "secretariat", "事務局", "secretariat";
        Reviewer = "reviewer", "審査委員", "reviewer";
        Chair = "chair", "委員長", "committee chair";
        Head = "head", "代表者", "head";
        Finance = "finance", "経理", "finance officer";
        Contributor = "contributor", "提供機関", "contributor";
        Auditor = "auditor", "監査人", "auditor";
        System = "system", "システム", "system";
        Other = "other", "その他", "anybody else";
    }
}

impl Role {
    /// The right of the programme's roles that somebody needs to hold this one; `None`: nobody can.
    pub fn right(self) -> Option<&'static str> {
        match self {
            Role::Applicant | Role::Collaborator => Some("application.apply"),
            Role::Secretariat => Some("application.handle"),
            Role::Reviewer => Some("application.review"),
            Role::Chair => Some("application.opine"),
            Role::Head => Some("application.decide"),
            Role::Finance => Some("application.bill"),
            Role::Contributor => Some("application.agree"),
            Role::Auditor => Some("application.read"),
            Role::System | Role::Other => None,
        }
    }
}
