//! What each screen says, and what its buttons and fields wish for.

use super::{Bench, demo, kinds, open, open_with, press, says, wishes};
use daypass::model::problem::{DeniedBy, Kind};
use daypass::model::snapshot::{Command, Snapshot};
use daypass::model::upload::{DestinationId, State};
use daypass::ui::backend::Request;
use daypass::ui::{About, Action, Window};
use daypass::words::problem as said;
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::sync::Arc;

#[test]
fn every_screen_settles_and_says_its_sentence() {
    let (practice, practice_about) = demo::practice();
    let screens: Vec<(Snapshot, About, &str)> = vec![
        (demo::welcome(), demo::about(), "Deliver files to your customer"),
        (demo::no_profiles(), demo::about(), "There is no access key on this computer yet"),
        (demo::odd_profile(), demo::about(), ", line 3 (profile"),
        (demo::ready(), demo::about(), "Drop files or folders here"),
        (demo::uploading(), demo::about(), "14 of 40 files"),
        (demo::every_state(), demo::about(), "Sent, but not confirmed"),
        (demo::ending_soon(), demo::about(), "These uploads need about 14 more minutes, and your access ends in 5."),
        (demo::ended(), demo::about(), "3 files are waiting; nothing uploaded is lost. Renew and continue."),
        (demo::denied(DeniedBy::Unknown), demo::about(), "Your customer’s account said no"),
        (demo::denied(DeniedBy::YourPolicy), demo::about(), "Your own company has not allowed you to ask"),
        (demo::delivered(), demo::about(), "All 40 files delivered. Amazon’s checksum matches every one."),
        (demo::mixed(), demo::about(), "38 delivered, 1 already there, 1 stopped."),
        (demo::offline(), demo::about(), "No connection"),
        (demo::held(), demo::about(), "The disk is full"),
        (demo::paused(), demo::about(), "Resume all"),
        (demo::renew_refused(), demo::about(), "Renewing did not work"),
        (demo::left_out(), demo::about(), "3 were left out…"),
        (practice, practice_about, "What your customer sees…"),
    ];
    for size in [(960.0, 680.0), (640.0, 480.0)] {
        let mut harness = open_with(demo::welcome(), demo::about(), size);
        for (seen, about, sentence) in &screens {
            let bench = harness.state_mut();
            (bench.seen, bench.about, bench.window) = (seen.clone(), about.clone(), Window::default());
            harness.run();
            assert!(says(&harness, sentence), "{sentence} at {size:?}");
        }
    }
}

#[test]
fn every_problem_settles_as_a_page_and_speaks_calmly() {
    let mut harness = open(demo::welcome());
    for kind in kinds::kinds() {
        let said = said::said(kind);
        for text in [&said.title, &said.body] {
            assert!(!text.is_empty(), "{kind:?}");
            let lower = text.to_lowercase();
            for word in ["error", "invalid", "failed to", "oops", "!"] {
                assert!(!lower.contains(word), "{kind:?} says “{word}”: {text}");
            }
        }
        (harness.state_mut().seen, harness.state_mut().window) = (demo::refused(kind), Window::default());
        harness.run();
        assert!(says(&harness, &said.title), "{kind:?}");
    }
}

#[test]
fn what_holds_the_queue_or_stopped_a_file_has_its_page() {
    let mut seen = demo::ready();
    let denied = demo::denial(Kind::AccessDenied(DeniedBy::RolePolicy));
    seen.places[0].hold = Some(Arc::new(denied));
    let mut harness = open(seen);
    press(&mut harness, "What can I do…");
    assert!(says(&harness, "The role does not allow this folder"));
    harness
        .get_all_by_role_and_label(Role::Button, "Copy message for your customer")
        .next()
        .expect("a message")
        .click();
    harness.run();
    let copied = wishes(&mut harness);
    let text = copied.iter().find_map(|wish| if let Action::Copy(text) = wish { Some(text) } else { None });
    assert!(text.expect("a message").contains("arn:aws:s3:::importantprojectbucket/incoming/*"));
    press(&mut harness, "Try now");
    assert!(wishes(&mut harness).contains(&Action::from(Command::Release(DestinationId(0)))));
    assert!(says(&harness, "The bucket said no"), "back at the files, where it is still held");

    let mut seen = demo::uploading();
    let stopped = Arc::new(demo::denial(Kind::KmsDecrypt));
    let row = seen.rows.iter().next().map(|(id, _)| id).expect("a row");
    seen.rows.get_mut(row).expect("a row").state = State::Failed(stopped);
    let name = seen.rows.get(row).expect("a row").name.to_string();
    let mut harness = open(seen);
    press(&mut harness, &format!("More: {name}"));
    press(&mut harness, "What happened…");
    assert!(says(&harness, "The role may not read the key for large files"));
    press(&mut harness, "Back to the files");
    assert!(says(&harness, &name));
}

#[test]
fn a_secret_in_the_wrong_field_is_not_shown() {
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let mut harness = open(demo::welcome());
    let field = "Role your customer gave you";
    harness.get_by_role_and_label(Role::TextInput, field).focus();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, field).type_text(secret);
    harness.run();
    harness.get_by_role_and_label(Role::PasswordInput, field);
    press(&mut harness, "Get access");
    assert!(!format!("{harness:?}").contains(secret), "it stands in the tree");
    assert!(says(&harness, "looks like a secret key") && wishes(&mut harness).is_empty());
}

#[test]
fn a_changed_form_keeps_what_the_invitation_told_of_the_role() {
    use daypass::ui::form::{Form, From};
    let mut to = demo::destination();
    to.terms.told = true;
    to.terms.session_is_user = true;
    let mut form = Form::default();
    form.fill(&to, From::Change(DestinationId(0)));
    let again = form.destination(&demo::ready().profiles).expect("a destination");
    assert_eq!(again.terms, to.terms);
}

#[test]
fn a_role_with_a_device_asks_for_its_code_first() {
    let mut seen = demo::ready();
    let mut to = demo::destination();
    to.mfa_serial = Some("arn:aws:iam::111122223333:mfa/Richard".parse().expect("a serial"));
    seen.places[0].destination = Arc::new(to);
    let mut harness = open(seen);
    press(&mut harness, "Renew");
    assert!(says(&harness, "Important Project asks for it"));
    harness.get_by_role_and_label(Role::TextInput, "Six digits").type_text("12a345");
    harness.run();
    press(&mut harness, "Continue");
    assert!(says(&harness, "A code has six digits."));
    assert_eq!(wishes(&mut harness), []);
    harness.get_by_role_and_label(Role::TextInput, "Six digits").focus();
    harness.run();
    harness.key_press(Key::End);
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Six digits").type_text("6");
    harness.run();
    press(&mut harness, "Continue");
    let code = zeroize::Zeroizing::new("123456".to_owned());
    let expected = [Action::Request(Request::EnterCode(DestinationId(0), code))];
    assert_eq!(wishes(&mut harness), expected);
    assert!(!format!("{expected:?}").contains("123456"), "what is written down of a wish holds no code");
    assert!(!says(&harness, "Six digits"));
}

#[test]
fn the_prompt_opens_by_itself_when_a_code_is_needed_and_escape_closes_it() {
    let mut harness = open(demo::refused(Kind::CodeNeeded));
    assert!(says(&harness, "Enter the code from your device"));
    harness.key_press(Key::Escape);
    harness.run();
    assert!(!says(&harness, "Enter the code from your device"));
}

#[test]
fn a_denial_gives_messages_with_the_policies_filled_in() {
    let mut harness = open(demo::denied(DeniedBy::Unknown));
    press(&mut harness, "Copy message for your customer");
    press(&mut harness, "Copy message for your administrator");
    let copied: Vec<String> = wishes(&mut harness)
        .into_iter()
        .map(|wish| if let Action::Copy(text) = wish { text } else { panic!("{wish:?}") })
        .collect();
    assert_eq!(copied.len(), 2);
    assert!(copied[0].contains("\"AWS\": \"arn:aws:iam::111122223333:user/Richard\""), "{}", copied[0]);
    let role = "\"Resource\": \"arn:aws:iam::444455556666:role/importantproject-contractorA-bucket-put\"";
    assert!(copied[1].contains(role), "{}", copied[1]);
}

#[test]
fn causes_come_in_the_order_that_is_likeliest() {
    let titles = |by, code: bool| -> Vec<String> {
        let mut to = demo::destination();
        if code {
            to.mfa_serial = Some("arn:aws:iam::111122223333:mfa/Richard".parse().expect("a serial"));
        }
        let problem = demo::denial(Kind::AssumeDenied(by));
        daypass::diagnose::causes(&problem, &to, Some(&demo::richard())).into_iter().map(|cause| cause.title).collect()
    };
    let unknown = titles(DeniedBy::Unknown, false);
    assert_eq!(
        unknown,
        [
            "The role does not name you yet",
            "Your own company has not allowed you to ask",
            "The role wants a code from your phone (MFA)",
            "You are outside the allowed place or time",
            "The role’s ARN may be another one",
            "The external ID is not the one the role expects",
        ]
    );
    assert_eq!(titles(DeniedBy::YourPolicy, false)[0], "Your own company has not allowed you to ask");
    assert_eq!(titles(DeniedBy::Unknown, true)[2], "The code from your phone is not enough (MFA)");
}

#[test]
fn the_form_opens_what_is_typed() {
    let mut harness = open(demo::welcome());
    assert_eq!(wishes(&mut harness), []);
    press(&mut harness, "Get access");
    assert!(says(&harness, "Paste the role’s ARN from your customer."));
    let role = "arn:aws:iam::444455556666:role/importantproject-contractorA-bucket-put";
    for (field, text) in
        [("Role your customer gave you", role), ("Bucket", "importantprojectbucket"), ("Folder", "incoming")]
    {
        harness.get_by_role_and_label(Role::TextInput, field).focus();
        harness.run();
        harness.get_by_role_and_label(Role::TextInput, field).type_text(text);
        harness.run();
    }
    assert!(says(&harness, "A role in account 4444 5555 6666"));
    press(&mut harness, "Get access");
    let mut expected = demo::destination();
    expected.name = "importantprojectbucket".to_owned();
    assert_eq!(wishes(&mut harness), [Action::from(Command::Open(Box::new(expected)))]);
}

#[test]
fn what_was_changed_is_looked_at_again_also_when_no_new_place_opens() {
    let mut harness = open(demo::denied(DeniedBy::Unknown));
    press(&mut harness, "Switch destination: Important Project");
    press(&mut harness, "Change what you entered…");
    assert!(says(&harness, daypass::words::ui::welcome::CHANGE));
    press(&mut harness, "Get access");
    assert_eq!(wishes(&mut harness), [Action::from(Command::Change(DestinationId(0), Box::new(demo::destination())))]);
    harness.run();
    assert!(says(&harness, "Your customer’s account said no"));
}

#[test]
fn quitting_asks_while_uploads_run() {
    let mut harness = open(demo::uploading());
    let root = egui::ViewportId::ROOT;
    let close = |harness: &mut Harness<'static, Bench>| {
        let view = harness.input_mut().viewports.entry(root).or_default();
        view.events.push(egui::ViewportEvent::Close);
        harness.step();
        harness.input_mut().viewports.entry(root).or_default().events.clear();
        harness.run();
    };
    close(&mut harness);
    assert!(says(&harness, "25 uploads are running. They continue from here the next time you open Daypass."));
    press(&mut harness, "Keep uploading");
    assert_eq!(wishes(&mut harness), []);
    close(&mut harness);
    press(&mut harness, "Quit");
    assert_eq!(wishes(&mut harness), [Action::Quit]);

    let mut harness = open(demo::delivered());
    close(&mut harness);
    assert!(!says(&harness, "Quit Daypass?"));
}

#[test]
fn settings_are_wished_for_as_they_are_changed() {
    let mut harness = open(demo::ready());
    press(&mut harness, "Settings");
    harness.get_by_role_and_label(Role::CheckBox, "Work out the SHA-256 of each file for receipts").click();
    harness.step();
    harness.step();
    let mut wanted = demo::ready().settings;
    wanted.sha256 = false;
    assert_eq!(wishes(&mut harness).first(), Some(&Action::from(Command::Set(wanted))));
}
