//! Our table beside what REMS permits (its `docs/application-permissions.md`, read 2026-11): the same
//! starting vocabulary, with the reason for each command we do not have.
#![allow(clippy::unwrap_used, clippy::panic)]

use gj_casework::{Act, Role, State, is_possible};

/// What REMS permits, by its state and role.
const REMS: &str = "
approved applicant: accept-licenses copy-as-new remove-member uninvite-member
approved decider: see-everything decide remark
approved everyone-else: accept-invitation
approved handler: see-everything add-member change-resources close invite-member remark remove-member revoke uninvite-member
approved member: accept-licenses copy-as-new
approved past-decider: see-everything remark
approved past-reviewer: see-everything remark
approved reporter: see-everything
approved reviewer: see-everything remark review
draft applicant: accept-licenses change-resources copy-as-new delete invite-member remove-member save-draft submit uninvite-member
draft everyone-else: accept-invitation
draft member: accept-licenses copy-as-new
draft reporter: see-everything
returned applicant: accept-licenses change-resources close copy-as-new invite-member remove-member save-draft submit uninvite-member
returned handler: see-everything add-licenses add-member assign-external-id change-resources close invite-decider invite-member invite-reviewer remark remove-member request-review uninvite-member
submitted applicant: accept-licenses copy-as-new remove-member uninvite-member
submitted decider: see-everything approve decide reject remark
submitted handler: see-everything add-licenses add-member approve assign-external-id change-resources close invite-decider invite-member invite-reviewer reject remark remove-member request-decision request-review return uninvite-member
submitted reviewer: see-everything remark review
rejected applicant: copy-as-new
rejected handler: see-everything remark
revoked applicant: copy-as-new
revoked handler: see-everything remark
closed applicant: copy-as-new
closed handler: see-everything remark
";

/// Each command of REMS with our acts, or with why there is none.
const OURS: &[(&str, Result<&[Act], &str>)] = &[
    ("save-draft", Ok(&[Act::Edit])),
    ("submit", Ok(&[Act::Submit])),
    ("delete", Ok(&[Act::Discard])),
    ("copy-as-new", Ok(&[Act::CopyAsNew])),
    ("remark", Ok(&[Act::Remark])),
    ("return", Ok(&[Act::Return])),
    ("change-resources", Ok(&[Act::Edit, Act::ChangeScope])),
    ("add-member", Ok(&[Act::AddCollaborator])),
    ("remove-member", Ok(&[Act::RemoveCollaborator])),
    ("accept-licenses", Ok(&[Act::Sign])),
    ("add-licenses", Ok(&[Act::Countersign])),
    ("request-review", Ok(&[Act::Assign])),
    ("invite-reviewer", Ok(&[Act::Assign])),
    ("review", Ok(&[Act::Review])),
    ("request-decision", Ok(&[Act::Consolidate])),
    ("decide", Ok(&[Act::Opine])),
    ("approve", Ok(&[Act::Approve])),
    ("reject", Ok(&[Act::Refuse])),
    ("close", Ok(&[Act::Close, Act::Withdraw])),
    ("revoke", Ok(&[Act::Revoke])),
    ("see-everything", Err("reading is no act: see `sees`")),
    ("invite-member", Err("collaborators have accounts; there is no mail")),
    ("uninvite-member", Err("nobody is invited")),
    ("accept-invitation", Err("nobody is invited")),
    ("invite-decider", Err("chair and head are offices, not invited")),
    ("assign-external-id", Err("the number of the application is the only one")),
];

#[test]
fn every_command_of_rems_has_an_act_of_ours_or_a_reason() {
    let mut cells = 0;
    for line in REMS.lines().filter(|line| !line.is_empty()) {
        let (_, commands) = line.split_once(": ").unwrap();
        for command in commands.split(' ') {
            cells += 1;
            let (_, ours) =
                OURS.iter().find(|(name, _)| *name == command).unwrap_or_else(|| panic!("{command}"));
            match ours {
                Ok(acts) => {
                    for act in *acts {
                        let somewhere = State::ALL
                            .iter()
                            .any(|state| Role::ALL.iter().any(|role| is_possible(*state, *act, *role)));
                        assert!(somewhere, "{act}");
                    }
                }
                Err(reason) => assert!(!reason.is_empty()),
            }
        }
    }
    println!("{cells} permitted cells of REMS looked at");
    assert!(OURS.iter().all(|(name, _)| REMS.contains(name)));
}

/// Where REMS lets an approver act on a submission at once, ours cannot: the steps between are there.
#[test]
fn what_rems_allows_early_is_refused_here() {
    for role in Role::ALL {
        assert!(!is_possible(State::Submitted, Act::Approve, *role));
        assert!(!is_possible(State::Review, Act::Approve, *role));
        assert!(!is_possible(State::Granted, Act::Review, *role), "a review after the grant");
        assert_eq!(is_possible(State::Decision, Act::Approve, *role), *role == Role::Head);
    }
}
