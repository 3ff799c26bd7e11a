//! What belongs to a destination: what its bucket asks for, the customer's dates, the codes of its device.

use super::*;
use daypass::model::destination::{Destination, Encryption};
use daypass::time::Utc;
use daypass::words::accounts;
use daypass::words::ask;
use daypass::words::labels;

#[test]
fn the_form_keeps_what_the_bucket_asks_for() {
    let mut to = demo::destination();
    (to.acl_full_control, to.encryption) = (true, Encryption::SseKms(Some("alias/uploads".into())));
    (to.terms.not_before, to.terms.not_after) = (Some(Utc(1)), Some(Utc(4_000_000_000)));
    let change = |to: &Destination| {
        let mut seen = demo::ready();
        seen.destinations[0].destination = Arc::new(to.clone());
        let mut shown = open(seen);
        press(&mut shown, "Switch destination: Important Project");
        press(&mut shown, labels::pass::CHANGE);
        shown
    };
    let opened = |shown: &mut Shown| match wishes(shown).pop() {
        Some(Action::Request(Request::Command(Command::Change(_, to)))) => *to,
        other => panic!("{other:?}"),
    };
    let mut shown = change(&to);
    press(&mut shown, "Get access");
    assert_eq!(opened(&mut shown), to);

    let mut shown = change(&to);
    press(&mut shown, labels::welcome::MORE);
    enter(&mut shown, Role::TextInput, accounts::form::KMS_KEY, " not a key ");
    press(&mut shown, "Get access");
    assert!(says(&shown, accounts::form::KMS_KEY_FORM));
    assert_eq!(wishes(&mut shown), []);
    let boxes = accounts::form::ACL;
    shown.get_by_role_and_label(Role::CheckBox, boxes).click();
    shown.run_steps(FRAMES);
    shown.get_by_label_contains("Encryption: With a KMS key").click();
    shown.run_steps(FRAMES);
    press(&mut shown, accounts::form::SSE_S3);
    press(&mut shown, "Get access");
    let plain = Destination { acl_full_control: false, encryption: Encryption::SseS3, ..to };
    assert_eq!(opened(&mut shown), plain);
}

#[test]
fn a_window_of_dates_is_said_before_it_bites() {
    // 22 Nov 2026 14:32 in Berlin, a Sunday.
    const TODAY: i64 = 1_795_354_320;
    let with = |from: Option<i64>, until: Option<i64>, mut seen: Snapshot| {
        let to = Arc::make_mut(&mut seen.destinations[0].destination);
        (to.terms.not_before, to.terms.not_after) = (from.map(Utc), until.map(Utc));
        show(seen, |window, _| window.tell_time(Utc(TODAY)))
    };
    let monday = TODAY + 18 * 3600 + 28 * 60;
    let lasts = |at| ask::lasts(Utc(at), Utc(TODAY), &demo::about().zone);
    let signed_out = || {
        let mut seen = demo::ready();
        seen.destinations[0].session = Session::SignedOut;
        seen
    };
    assert!(says(&with(Some(monday), None, signed_out()), "Your access starts Monday 09:00"));
    let denied = demo::denied(DeniedBy::Unknown);
    assert!(says(&with(Some(monday), None, denied), "Your access starts Monday 09:00."));
    assert!(says(&with(None, Some(monday), demo::ready()), lasts(monday).trim_end_matches('.')));
    let friday = monday + 4 * 86_400;
    assert!(says(&with(None, Some(friday), demo::ready()), &lasts(friday)));
    assert!(says(&with(None, Some(TODAY - 60), signed_out()), "Your access ended today at 14:31"));
    assert!(!says(&with(None, None, demo::ready()), "Your access "));
    assert!(!says(&with(Some(monday), None, demo::ready()), "Your access "), "there is access all the same");
}

fn with_device(mut seen: Snapshot) -> Snapshot {
    Arc::make_mut(&mut seen.destinations[0].destination).mfa_serial = Some(SERIAL.parse().expect("a serial"));
    seen
}

#[test]
fn a_code_that_was_not_taken_is_said_each_time_anew() {
    let mut shown = open(with_device(demo::refused(Kind::CodeNeeded)));
    for text in ["Important Project asks for it", "importantproject-contractorA-bucket-put", SERIAL] {
        assert!(says(&shown, text), "{text}");
    }
    let refused = said(Kind::CodeWrong);
    let refused = format!("{}. {}", refused.title, refused.body);
    assert!(!says(&shown, &refused));
    for code in ["111111", "222 222"] {
        // The field has the focus: the digits come by paste, and Enter sends them.
        shown.event(Event::Paste(code.to_owned()));
        shown.run_steps(FRAMES);
        shown.key_press(Key::Enter);
        shown.run_steps(FRAMES);
        let digits = Zeroizing::new(code.replace(' ', ""));
        let expected = [Action::Request(Request::EnterCode(DestinationId(0), digits))];
        assert_eq!(wishes(&mut shown), expected);
        assert!(!says(&shown, "Six digits"));
        // The refusal of the next attempt, without a frame in between.
        shown.state_mut().seen = with_device(demo::refused(Kind::CodeWrong));
        shown.run_steps(FRAMES);
        assert!(says(&shown, &refused));
    }
}

#[test]
fn the_next_code_is_asked_for_before_the_end() {
    let mut shown = open(with_device(demo::ending_soon()));
    assert!(says(&shown, accounts::WITH_NEXT_CODE));
    shown.key_press(Key::Escape);
    shown.run_steps(FRAMES);
    assert!(!says(&shown, "Six digits"), "it is asked once");
    assert!(!says(&open(demo::ending_soon()), "Six digits"), "without a device there is no code");
}

#[test]
fn the_next_code_is_asked_for_where_nobody_looks() {
    // Three destinations whose access ends soon, and none of them on view but the last, where no code is wanted.
    let mut seen = with_device(demo::ending_soon());
    let first = seen.destinations[0].clone();
    for name in ["Second", "Third"] {
        let mut place = first.clone();
        let mut to = (*place.destination).clone();
        name.clone_into(&mut to.name);
        place.destination = Arc::new(to);
        seen.destinations.push(place);
    }
    let last = demo::ending_soon().destinations.remove(0);
    seen.destinations.push(last);
    let mut shown = open(seen);
    for name in ["Important Project", "Second", "Third"] {
        assert!(says(&shown, &format!("{name} asks for it")), "{name}");
        assert!(says(&shown, accounts::WITH_NEXT_CODE));
        shown.key_press(Key::Escape);
        shown.run_steps(FRAMES);
    }
    assert!(!says(&shown, "Six digits"), "each asks once");
}

#[test]
fn a_users_arn_is_no_device_and_that_is_explained() {
    let mut seen = demo::denied(DeniedBy::Unknown);
    seen.identities = Arc::default();
    let mut shown = open(seen);
    press(&mut shown, "Enter a code…");
    enter(&mut shown, Role::TextInput, labels::dialog::SERIAL, "arn:aws:iam::111122223333:user/Richard");
    enter(&mut shown, Role::TextInput, "Six digits", "123456");
    press(&mut shown, "Continue");
    assert!(says(&shown, SERIAL), "the device that may be meant is named");
    assert_eq!(wishes(&mut shown), [], "nothing is sent without a device");
}
