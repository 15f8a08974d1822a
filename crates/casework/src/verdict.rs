//! What a reviewer or the committee recommends.

use crate::named::named;

named! {
    /// A recommendation.
    Verdict: "a judgement" {
        Approve = "approve", "承認", "approve";
        Conditional = "conditional", "条件付き承認", "approve with conditions";
        Reject = "reject", "不承認", "reject";
    }
}
