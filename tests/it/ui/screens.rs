//! What each screen says, and what its buttons and fields wish for.

use super::{Bench, demo, kinds, open, open_with, press, says, wishes};
use daypass::diagnose::titles;
use daypass::model::history::Outcome;
use daypass::model::names::NameProblem;
use daypass::model::problem::{DeniedBy, Kind};
use daypass::model::snapshot::{Command, Snapshot};
use daypass::model::upload::{DestinationId, State};
use daypass::ui::backend::Request;
use daypass::ui::{About, Action, Window};
use daypass::words::history::outcome;
use daypass::words::labels;
use daypass::words::names;
use daypass::words::problem as said;
use daypass::words::ui as words;
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::sync::Arc;
use std::time::Duration;

#[test]
fn every_screen_settles_and_says_its_sentence() {
    let (practice, practice_about) = demo::practice();
    let denied = |by| said::said(Kind::AssumeDenied(by));
    let soon = words::ending_soon(Duration::from_mins(5), Some(Duration::from_mins(14)), false);
    let screens: Vec<(Snapshot, About, String)> = vec![
        (demo::welcome(), demo::about(), labels::welcome::TITLE.to_owned()),
        (demo::no_profiles(), demo::about(), labels::welcome::NO_KEY.to_owned()),
        (demo::odd_profile(), demo::about(), ", line 3 (profile".to_owned()),
        (demo::ready(), demo::about(), labels::intake::DROP.to_owned()),
        (demo::uploading(), demo::about(), "14 of 40 files".to_owned()),
        (demo::every_state(), demo::about(), outcome(&Outcome::NotConfirmed)),
        (demo::ending_soon(), demo::about(), soon.title),
        (demo::ended(), demo::about(), words::ended(3).body),
        (demo::denied(DeniedBy::Unknown), demo::about(), denied(DeniedBy::Unknown).title),
        (demo::denied(DeniedBy::YourPolicy), demo::about(), titles::COMPANY_NOT_ALLOWED.to_owned()),
        (demo::delivered(), demo::about(), "All 40 files delivered. Amazon’s checksum matches every one.".to_owned()),
        (demo::mixed(), demo::about(), "38 delivered, 1 already there, 1 failed.".to_owned()),
        (demo::offline(), demo::about(), "No connection".to_owned()),
        (demo::held(), demo::about(), said::said(Kind::JournalFull).title),
        (demo::paused(), demo::about(), "Resume all".to_owned()),
        (demo::renew_refused(), demo::about(), words::renew_problem(denied(DeniedBy::Unknown)).title),
        (demo::left_out(), demo::about(), "3 items were not sent…".to_owned()),
        (practice, practice_about, labels::intake::CUSTOMER_SEES.to_owned()),
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
    seen.destinations[0].hold = Some(Arc::new(denied));
    let mut harness = open(seen);
    press(&mut harness, labels::notes::WHAT_NOW);
    assert!(says(&harness, titles::FOLDER));
    harness.get_all_by_role_and_label(Role::Button, labels::trouble::COPY_CUSTOMER).next().expect("a message").click();
    harness.run();
    let copied = wishes(&mut harness);
    let text = copied.iter().find_map(|wish| if let Action::Copy(text) = wish { Some(text) } else { None });
    assert!(text.expect("a message").contains("arn:aws:s3:::importantprojectbucket/incoming/*"));
    press(&mut harness, "Try now");
    assert!(wishes(&mut harness).contains(&Action::from(Command::Release(DestinationId(0)))));
    assert!(
        says(&harness, &said::said(Kind::AccessDenied(DeniedBy::RolePolicy)).title),
        "back at the files, where it is still held"
    );

    let mut seen = demo::uploading();
    let stopped = Arc::new(demo::denial(Kind::KmsDecrypt));
    let row = seen.rows.iter().next().map(|(id, _)| id).expect("a row");
    seen.rows.get_mut(row).expect("a row").state = State::Failed(stopped);
    let name = seen.rows.get(row).expect("a row").name.to_string();
    let mut harness = open(seen);
    press(&mut harness, &format!("More: {name}"));
    press(&mut harness, "What happened…");
    assert!(says(&harness, titles::KEY_DECRYPT));
    press(&mut harness, labels::trouble::BACK);
    assert!(says(&harness, &name));
}

#[test]
fn a_secret_in_the_wrong_field_is_not_shown() {
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let mut harness = open(demo::welcome());
    let field = labels::welcome::ROLE;
    harness.get_by_role_and_label(Role::TextInput, field).focus();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, field).type_text(secret);
    harness.run();
    harness.get_by_role_and_label(Role::PasswordInput, field);
    press(&mut harness, "Get access");
    assert!(!format!("{harness:?}").contains(secret), "it stands in the tree");
    assert!(says(&harness, names::SECRET) && wishes(&mut harness).is_empty());
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
    seen.destinations[0].destination = Arc::new(to);
    let mut harness = open(seen);
    press(&mut harness, "Renew");
    assert!(says(&harness, "Important Project asks for it"));
    harness.get_by_role_and_label(Role::TextInput, "Six digits").type_text("12a345");
    harness.run();
    press(&mut harness, "Continue");
    assert!(says(&harness, labels::dialog::CODE_FORM));
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
    assert!(says(&harness, labels::dialog::CODE_TITLE));
    harness.key_press(Key::Escape);
    harness.run();
    assert!(!says(&harness, labels::dialog::CODE_TITLE));
}

#[test]
fn a_denial_gives_messages_with_the_policies_filled_in() {
    let mut harness = open(demo::denied(DeniedBy::Unknown));
    press(&mut harness, labels::trouble::COPY_CUSTOMER);
    press(&mut harness, labels::trouble::COPY_ADMINISTRATOR);
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
            titles::NOT_NAMED,
            titles::COMPANY_NOT_ALLOWED,
            titles::CODE_WANTED,
            titles::PLACE_OR_TIME,
            titles::OTHER_ROLE,
            titles::EXTERNAL_ID,
        ]
    );
    assert_eq!(titles(DeniedBy::YourPolicy, false)[0], titles::COMPANY_NOT_ALLOWED);
    assert_eq!(titles(DeniedBy::Unknown, true)[2], titles::CODE_NOT_ENOUGH);
}

#[test]
fn the_form_opens_what_is_typed() {
    let mut harness = open(demo::welcome());
    assert_eq!(wishes(&mut harness), []);
    press(&mut harness, "Get access");
    assert!(says(&harness, &names::name_problem(names::Field::Role, &NameProblem::Empty)));
    let role = "arn:aws:iam::444455556666:role/importantproject-contractorA-bucket-put";
    for (field, text) in [(labels::welcome::ROLE, role), ("Bucket", "importantprojectbucket"), ("Folder", "incoming")] {
        harness.get_by_role_and_label(Role::TextInput, field).focus();
        harness.run();
        harness.get_by_role_and_label(Role::TextInput, field).type_text(text);
        harness.run();
    }
    assert!(says(&harness, &words::role_in("444455556666")));
    press(&mut harness, "Get access");
    let mut expected = demo::destination();
    expected.name = "importantprojectbucket".to_owned();
    assert_eq!(wishes(&mut harness), [Action::from(Command::Open(Box::new(expected)))]);
}

#[test]
fn what_was_changed_is_looked_at_again_also_when_no_new_place_opens() {
    let mut harness = open(demo::denied(DeniedBy::Unknown));
    press(&mut harness, "Switch destination: Important Project");
    press(&mut harness, labels::pass::CHANGE);
    assert!(says(&harness, daypass::words::ui::welcome::CHANGE));
    press(&mut harness, "Get access");
    assert_eq!(wishes(&mut harness), [Action::from(Command::Change(DestinationId(0), Box::new(demo::destination())))]);
    harness.run();
    assert!(says(&harness, &said::said(Kind::AssumeDenied(DeniedBy::Unknown)).title));
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
    assert!(says(&harness, &words::quit(25)));
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
    harness.get_by_role_and_label(Role::CheckBox, labels::settings::SHA256).click();
    harness.step();
    harness.step();
    let mut wanted = demo::ready().settings;
    wanted.sha256 = false;
    assert_eq!(wishes(&mut harness).first(), Some(&Action::from(Command::Set(wanted))));
}
