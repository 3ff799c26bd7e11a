//! The card of an invitation: what is said of one that is new, known, changed or of another's name, and which answer is first.

use super::*;
use crate::ui::demo;
use daypass::words::accounts;
use daypass::words::ask::{self as words, invited as labels};
use daypass::words::untrusted_text::look_alike;

/// The wish that an invitation need not be kept.
fn dismissed(text: &str) -> Action {
    Action::Request(Request::DismissInvitation(Box::new(Invitation::parse(text).expect("an invitation"))))
}

/// Richard's computer, on which these are remembered.
fn knowing(known: &[Destination]) -> Snapshot {
    Snapshot { remembered: Arc::new(known.to_vec()), ..richard() }
}

#[test]
fn an_invitation_is_shown_before_it_is_taken() {
    let mut card = invited(richard(), PLAIN);
    for said in ["Acme", "4444 5555 6666", "daypass-acme", "acme-in / incoming", "Welcome", "Dana", "Richard"] {
        assert!(says(&card, said), "{said}");
    }
    assert_eq!(wishes(&mut card), [], "nothing happens by itself");
    press(&mut card, "Get access");
    assert_eq!(*opened(&wishes(&mut card)), acme());
    assert!(!says(&card, "Invitation from"));
}

#[test]
fn nobody_says_yes_to_somebody_new_by_enter_alone() {
    let first = labels::FIRST;
    let mut card = invited(richard(), PLAIN);
    assert!(says(&card, first));
    assert_eq!(focused(&card).as_deref(), Some("Not now"));
    card.key_press(Key::Enter);
    card.run();
    assert_eq!(wishes(&mut card), [dismissed(PLAIN)]);
    // Who is known is greeted as before.
    let mut card = invited(knowing(&[acme()]), PLAIN);
    assert!(!says(&card, first) && says(&card, labels::KNOWN));
    assert_eq!(focused(&card).as_deref(), Some("Get access"));
    card.key_press(Key::Enter);
    card.run();
    assert_eq!(*opened(&wishes(&mut card)), acme());
}

#[test]
fn a_name_that_may_be_read_as_another_is_said() {
    let alike = &words::look_alike("\u{410}cme");
    // A Cyrillic А, in a known customer's invitation too.
    let fake = PLAIN.replace("\"Acme\"", "\"\u{410}cme\"");
    let card = invited(richard(), &fake);
    assert!(says(&card, alike));
    let card = invited(knowing(&[acme()]), &fake);
    assert!(says(&card, "Acme  →  \u{410}cme") && says(&card, alike));
    assert_eq!(focused(&card).as_deref(), Some("Not now"));
    // Of another account, it is the red card.
    let card = invited(knowing(&[acme()]), &fake.replace("444455556666", "999900001111"));
    assert!(says(&card, &words::looks_like("Acme")));
    assert_eq!(focused(&card).as_deref(), Some("Not now"));
    for plain in ["Acme", "Müller & Söhne", "Газпром", "Ωμέγα", "株式会社ABC", "São Paulo 2026", "Вместе с нами"]
    {
        assert_eq!(look_alike(plain), None, "{plain}");
    }
    for (odd, word) in [
        ("The \u{410}cme Co", "\u{410}cme"),
        ("\u{410}\u{421}\u{415}", "\u{410}\u{421}\u{415}"),
        ("Ｂank", "Ｂank"),
        ("ɡoogle", "ɡoogle"),
    ] {
        assert_eq!(look_alike(odd), Some(word), "{odd}");
    }
}

#[test]
fn not_now_leaves_everything_as_it_is() {
    let mut card = invited(richard(), PLAIN);
    press(&mut card, "Not now");
    assert_eq!(wishes(&mut card), [dismissed(PLAIN)]);
    assert!(!says(&card, "Invitation from"));
}

#[test]
fn a_customer_who_changed_is_shown_and_the_answer_is_no() {
    let seen = knowing(&[acme()]);
    let other = PLAIN.replace("444455556666", "999900001111").replace("acme-in", "acme-inn");
    let mut card = invited(seen.clone(), &other);
    assert!(says(&card, &words::changed("Acme")));
    assert_eq!(card.query_all_by_label_contains("4444 5555 6666  →  9999 0000 1111").count(), 1);
    assert!(!says(&card, "daypass-acme  →"), "the role's name is the same");
    assert!(says(&card, "acme-in  →  acme-inn"));
    assert_eq!(focused(&card).as_deref(), Some("Not now"));
    card.key_press(Key::Enter);
    card.run();
    assert_eq!(wishes(&mut card), [dismissed(&other)]);
    let mut card = invited(seen.clone(), &other);
    press(&mut card, labels::TAKE_NEW);
    assert_eq!(opened(&wishes(&mut card)).bucket.as_str(), "acme-inn");
    // Another folder of the same bucket is no reason to say no.
    let card = invited(seen.clone(), &PLAIN.replace("incoming/", "later/"));
    assert!(says(&card, "incoming/  →  later/") && !says(&card, "This is not"));
    assert_eq!(focused(&card).as_deref(), Some("Get access"));
    // Neither is the same invitation again.
    let card = invited(seen, PLAIN);
    assert!(says(&card, labels::KNOWN));
}

#[test]
fn a_customer_who_is_known_takes_no_other_ones_name() {
    let plain = |customer: &str| PLAIN.replace("\"Acme\"", &format!("\"{customer}\""));
    let beta = plain("Beta").replace("444455556666", "999900001111").replace("acme-in", "beta-in");
    let to = Invitation::parse(&beta).expect("an invitation").to_destination("importantproject");
    let seen = knowing(&[to.clone(), acme()]);
    // Beta's own role and bucket, under Acme's name.
    let taken = beta.replace("\"Beta\"", "\"ACME\"");
    let mut card = invited(seen.clone(), &taken);
    assert!(says(&card, &words::changed("ACME")));
    assert!(says(&card, "4444 5555 6666  →  9999 0000 1111") && says(&card, "acme-in  →  beta-in"));
    assert_eq!(focused(&card).as_deref(), Some("Not now"));
    card.key_press(Key::Enter);
    card.run();
    assert_eq!(wishes(&mut card), [dismissed(&taken)]);
    // A name that is nobody's is a new name and no more, and each invitation is known beside the other.
    let card = invited(seen.clone(), &beta.replace("\"Beta\"", "\"Beta & Sons\""));
    assert!(says(&card, "Beta  →  Beta & Sons") && !says(&card, "This is not"));
    // Two places of one customer are both known.
    let mut second = acme();
    second.bucket = "acme-two".parse().expect("a bucket");
    let card = invited(knowing(&[second, acme(), to]), PLAIN);
    assert!(says(&card, labels::KNOWN));
}

#[test]
fn other_dates_codes_and_networks_are_changes_too() {
    let terms = "not_after = \"2026-12-15T23:00:00Z\"\nmfa = true\nmfa_max_age = 1800\n\
                 source_ips = [\"203.0.113.0/24\"]\nsession_is_user = true\n";
    let card = invited(knowing(&[acme()]), &format!("{PLAIN}{terms}"));
    assert!(!says(&card, "Nothing has changed") && !says(&card, "This is not"));
    for said in [
        "none  →  16 Dec 2026 00:00",
        "none  →  required",
        "none  →  30 min",
        "none  →  203.0.113.0/24",
        "none  →  your user name",
    ] {
        assert!(says(&card, said), "{said}");
    }
    let with = Invitation::parse(&format!("{PLAIN}{terms}")).expect("an invitation").to_destination("importantproject");
    let card = invited(knowing(std::slice::from_ref(&with)), &format!("{PLAIN}{terms}"));
    assert!(says(&card, labels::KNOWN));
    let card = invited(knowing(&[with]), PLAIN);
    assert!(says(&card, "required  →  none") && says(&card, "203.0.113.0/24  →  none"));
}

#[test]
fn an_hour_is_said_where_more_is_asked_for() {
    let long = format!("{PLAIN}duration = 28800\n");
    let says_hour = |source: Source, arn: Option<&str>, text: &str| {
        let mut seen = richard();
        let mut profiles = (*seen.profiles).clone();
        profiles.list[0].source = source;
        seen.profiles = Arc::new(profiles);
        let who = |arn: &str| Identity { account: "111122223333".into(), arn: arn.into(), name: "Richard".into() };
        seen.identities = Arc::new(arn.map(|arn| ("importantproject".to_owned(), Ok(who(arn)))).into_iter().collect());
        says(&invited(seen, text), accounts::ONE_HOUR)
    };
    let (user, role) = ("arn:aws:iam::111122223333:user/Richard", "arn:aws:sts::111122223333:assumed-role/Dev/Richard");
    for (source, arn, hour) in [
        (Source::Key, Some(user), false),
        (Source::SignIn, Some(role), true),
        (Source::Login, Some(user), true),
        (Source::Process, None, true),
        (Source::Process, Some(role), true),
        (Source::Process, Some(user), false),
        (Source::TemporaryKey, Some(role), true),
        (Source::TemporaryKey, Some(user), false),
    ] {
        assert_eq!(says_hour(source, arn, &long), hour, "{source:?} {arn:?}");
        assert!(!says_hour(source, arn, PLAIN), "an hour is what it asks for");
    }
}

#[test]
fn the_hour_of_a_role_is_that_of_the_profile_behind_it() {
    let mut seen = richard();
    let mut profiles = (*seen.profiles).clone();
    let mut base = profiles.list[0].clone();
    (base.name, base.source) = ("sso".to_owned(), Source::SignIn);
    profiles.list[0].source = Source::Role;
    profiles.list[0].source_profile = Some("sso".to_owned());
    profiles.list.push(base);
    seen.profiles = Arc::new(profiles);
    let long = format!("{PLAIN}duration = 28800\n");
    assert!(says(&invited(seen, &long), accounts::ONE_HOUR));
}

#[test]
fn a_bucket_of_another_account_is_asked_about_twice() {
    let mut card = invited(richard(), &format!("{PLAIN}owner = \"777788889999\"\n"));
    assert!(says(&card, "7777 8888 9999"));
    press(&mut card, "Get access");
    assert_eq!(wishes(&mut card), []);
    assert!(says(&card, words::OTHER_OWNER));
    assert_eq!(focused(&card).as_deref(), Some("Not now"));
    press(&mut card, labels::YES_OTHER);
    assert_eq!(opened(&wishes(&mut card)).owner().as_str(), "777788889999");
}

#[test]
fn it_is_asked_twice_before_there_is_a_key_too() {
    let mut card = invited(Snapshot::default(), &format!("{PLAIN}owner = \"777788889999\"\n"));
    press(&mut card, labels::TO_FORM);
    assert!(says(&card, words::OTHER_OWNER) && !says(&card, "From your invitation"));
    assert_eq!(focused(&card).as_deref(), Some("Not now"));
    press(&mut card, labels::YES_OTHER);
    assert!(says(&card, "From your invitation"));
}

#[test]
fn a_device_is_asked_for_where_the_customer_wants_codes() {
    let mut card = invited(richard(), &format!("{PLAIN}mfa = true\n"));
    assert_eq!(focused(&card).as_deref(), Some(labels::MFA));
    press(&mut card, "Get access");
    assert!(says(&card, labels::MFA_NEEDED));
    enter(&mut card, labels::MFA, "arn:aws:iam::111122223333:mfa/Richard");
    press(&mut card, "Get access");
    assert_eq!(wishes(&mut card), [], "first the code");
    assert!(says(&card, daypass::words::labels::dialog::CODE_TITLE));
}

#[test]
fn dates_are_said_before_they_bite() {
    let card = invited(richard(), &format!("{PLAIN}not_before = \"2026-11-23T08:00:00Z\"\n"));
    assert!(says(&card, "Your access starts Monday 09:00."));
    assert_eq!(focused(&card).as_deref(), Some("Not now"));
    let card = invited(richard(), &format!("{PLAIN}not_after = \"2026-11-20T08:00:00Z\"\n"));
    assert!(says(&card, "Your access ended Friday 09:00."));
    let card = invited(knowing(&[acme()]), &format!("{PLAIN}not_after = \"2026-12-15T23:00:00Z\"\n"));
    assert!(says(&card, &words::lasts(Utc(1_797_375_600), demo::TODAY, &demo::about().zone)));
    assert_eq!(focused(&card).as_deref(), Some("Get access"));
}

#[test]
fn without_a_key_the_form_keeps_the_invitation() {
    let mut card = invited(Snapshot::default(), PLAIN);
    assert!(says(&card, labels::NO_KEY));
    press(&mut card, labels::TO_FORM);
    assert!(says(&card, "From your invitation"));
    assert_eq!(wishes(&mut card), []);
}

#[test]
fn free_texts_stay_plain_and_inside_the_window() {
    let hostile = format!(
        "daypass = 1\ncustomer = \"\\u202Eemca {}\"\nrole = \"arn:aws:iam::444455556666:role/daypass-acme\"\n\
         bucket = \"acme-in\"\nnote = \"<b>Run</b> https://example.invalid {}\"\n",
        "x".repeat(300),
        "y ".repeat(400)
    );
    let card = invited(richard(), &hostile);
    let window = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(960.0, 680.0));
    for label in ["Get access", "Not now"] {
        assert!(window.contains_rect(card.get_by_role_and_label(Role::Button, label).rect()), "{label}");
    }
    assert!(says(&card, "<b>Run</b> https://example.invalid"));
    assert_eq!(card.query_all_by_role(Role::Link).count(), 0);
    assert!(!says(&card, "\u{202e}"));
}

#[test]
fn a_name_that_looks_like_a_known_one_is_the_red_card() {
    let mueller = PLAIN.replace("\"Acme\"", "\"Müller GmbH\"");
    let known = Invitation::parse(&mueller).expect("an invitation").to_destination("importantproject");
    let other = |name: &str| {
        let text = PLAIN.replace("\"Acme\"", &format!("\"{name}\"")).replace("444455556666", "999900001111");
        invited(knowing(std::slice::from_ref(&known)), &text.replace("acme-in", "other-in"))
    };
    for twin in ["MüIIer GmbH", "Mü\u{1c0}\u{1c0}er GmbH", "Müller GmbH.", "M\u{1e73}ller GmbH", "Mueller GmbH"] {
        let card = other(twin);
        assert!(says(&card, &words::looks_like("Müller GmbH")), "{twin}");
        assert!(!says(&card, labels::FIRST) && says(&card, "4444 5555 6666  →  9999 0000 1111"), "{twin}");
        assert_eq!(focused(&card).as_deref(), Some(labels::NOT_NOW), "{twin}");
    }
    // The same name in Unicode's other spelling is the same name.
    let card = other("Mu\u{308}ller GmbH");
    assert!(says(&card, &words::changed("Müller GmbH")));
    let card = other("Schmidt AG");
    assert!(says(&card, labels::FIRST));
}

#[test]
fn no_yes_counts_in_the_first_moment_of_a_card() {
    let mut card = invited_now(richard(), PLAIN);
    press_at_once(&mut card, labels::GET_ACCESS);
    assert_eq!(wishes(&mut card), [], "the card has just appeared");
    press(&mut card, labels::GET_ACCESS);
    assert_eq!(*opened(&wishes(&mut card)), acme());
    // The second question has a moment of its own.
    let mut card = invited(richard(), &format!("{PLAIN}owner = \"777788889999\"\n"));
    press_at_once(&mut card, labels::GET_ACCESS);
    press_at_once(&mut card, labels::YES_OTHER);
    assert_eq!(wishes(&mut card), []);
    press(&mut card, labels::YES_OTHER);
    assert_eq!(opened(&wishes(&mut card)).owner().as_str(), "777788889999");
    // So has a card that changes under the pointer, and a window that comes to the front.
    let mut card = invited(richard(), PLAIN);
    card.state_mut().seen = knowing(&[acme()]);
    press_at_once(&mut card, labels::GET_ACCESS);
    assert_eq!(wishes(&mut card), [], "the card has just changed");
    let focus = |card: &mut Shown, focused: bool| {
        let id = egui::ViewportId::ROOT;
        card.input_mut().viewports.entry(id).or_default().focused = Some(focused);
        card.run_steps(CALM);
    };
    focus(&mut card, false);
    press(&mut card, labels::GET_ACCESS);
    assert_eq!(wishes(&mut card), [], "the window is behind another");
    card.input_mut().viewports.entry(egui::ViewportId::ROOT).or_default().focused = Some(true);
    press_at_once(&mut card, labels::GET_ACCESS);
    assert_eq!(wishes(&mut card), [], "the window has just come to the front");
    press(&mut card, labels::GET_ACCESS);
    assert_eq!(*opened(&wishes(&mut card)), acme());
}

/// Whether the notice says that something waits.
fn held(card: &Shown) -> bool {
    card.query_by_role_and_label(Role::Button, labels::SHOW).is_some()
}

#[test]
fn a_second_arrival_never_takes_the_place_of_the_first() {
    let other = PLAIN.replace("\"Acme\"", "\"Beta\"").replace("444455556666", "999900001111");
    let second = Invitation::parse(&other).expect("an invitation");
    let mut card = invited(richard(), PLAIN);
    card.state_mut().window.invited(Invitation::parse(PLAIN).expect("an invitation"), TODAY);
    card.run();
    assert!(!held(&card), "it is the one on view");
    card.state_mut().window.invited(second, TODAY);
    card.run();
    assert!(says(&card, "4444 5555 6666") && !says(&card, "9999 0000 1111"));
    assert!(held(&card));
    press(&mut card, labels::NOT_NOW);
    assert!(
        matches!(wishes(&mut card).as_slice(), [Action::Request(Request::DismissInvitation(left))] if left.name() == "Acme")
    );
    assert!(held(&card), "it waits until the person looks at it");
    press(&mut card, labels::SHOW);
    assert!(says(&card, "9999 0000 1111") && !held(&card));
    press_at_once(&mut card, labels::GET_ACCESS);
    assert_eq!(wishes(&mut card), [], "the card has just appeared");
}

#[test]
fn what_was_on_view_is_held_when_the_other_is_looked_at() {
    let other = PLAIN.replace("\"Acme\"", "\"Beta\"").replace("444455556666", "999900001111");
    let mut card = invited(richard(), PLAIN);
    card.state_mut().window.invited(Invitation::parse(&other).expect("an invitation"), TODAY);
    card.run();
    press(&mut card, labels::SHOW);
    assert!(says(&card, "9999 0000 1111") && held(&card));
    press(&mut card, labels::SHOW);
    assert!(says(&card, "4444 5555 6666") && !says(&card, "9999 0000 1111"));
    press(&mut card, labels::DISMISS);
    assert!(says(&card, "4444 5555 6666") && !held(&card));
    // A request waits in the same way.
    let who = "arn:aws:iam::111122223333:user/Richard".parse().expect("a user");
    let ask = RoleRequest::new(who, "acme-in".parse().expect("a bucket"), "incoming/".parse().expect("a folder"));
    let about = about();
    card.state_mut().window.requested(ask, TODAY, &about);
    card.run();
    assert!(says(&card, labels::ANOTHER_REQUEST) && says(&card, "4444 5555 6666"));
    press(&mut card, labels::SHOW);
    assert!(says(&card, words::CUSTOMER_TITLE) && !says(&card, "4444 5555 6666"));
}

#[test]
fn what_the_sender_wrote_is_marked_as_theirs() {
    let text = PLAIN.replace("\"Welcome\"", "\"✓ Verified by Daypass ✔☑⚠🔒\"");
    let card = invited(richard(), &text.replace("\"Dana\"", "\"+1 555 0100 (Security desk)\""));
    assert!(says(&card, labels::UNCHECKED) && says(&card, labels::NOT_TO_CHECK));
    assert!(says(&card, &words::quoted("Verified by Daypass")) && !says(&card, "✓"));
    assert!(says(&card, &words::quoted("+1 555 0100 (Security desk)")));
    let top = |label: &str| card.query_all_by_label_contains(label).next().expect("a line").rect().top();
    assert!(top(labels::UNCHECKED) > top(labels::FIRST), "below what Daypass says");
}
