//! Invitations and requests: changes by mail programs are undone, and anything invalid or unknown is refused.

use super::kit::{HOSTILE, ask, full};
use daypass::grant::fields::{LONGEST, MessageKind, TextProblem, clean, decode};
use daypass::grant::invitation::{Change, ChangedField};
use daypass::grant::terms::{NO_REPLACING, REPLACING};
use daypass::grant::{Invitation, KitFormat, RoleRequest, Validity, message, print};
use daypass::time::{Day, Utc};
use proptest::prelude::*;

const GOOD: &str = "daypass = 1\ncustomer = \"Acme\"\nrole = \"arn:aws:iam::222233334444:role/up\"\nbucket = \
                    \"acme-upload\"\nprefix = \"incoming/\"\n";

fn good() -> Invitation {
    Invitation::parse(GOOD).expect("an invitation")
}

fn rich() -> Invitation {
    Invitation {
        owner: Some("333344445555".parse().expect("an account")),
        note: "Naïve \u{1f600} \"note\" & more = 100 % \\u0001".to_owned(),
        contact: "Ann <ann@example.com>, +44 1".to_owned(),
        ..full().invitation("arn:aws:iam::222233334444:role/a/b/up+=,.@-".parse().expect("a role"))
    }
}

#[test]
fn text_and_link_are_equivalent() {
    for invitation in [good(), rich()] {
        assert!(invitation.to_text().is_ascii() && invitation.to_link().is_ascii());
        assert_eq!(Invitation::parse(&invitation.to_text()), Ok(invitation.clone()));
        assert_eq!(Invitation::parse(&invitation.to_link()), Ok(invitation));
    }
    let link = "daypass:v1?customer=Acme&role=arn:aws:iam::222233334444:role/up&bucket=acme-upload&prefix=incoming/&duration=3600";
    assert_eq!(good().to_link(), link);
}

#[test]
fn changes_made_by_mail_programs_are_undone() {
    let quoted = format!("> > {}\r\n", GOOD.lines().collect::<Vec<_>>().join("\r\n> > "));
    let round = GOOD.replacen('"', "\u{201c}", 1).replacen('"', "\u{201d}", 1);
    let link = good().to_link();
    for text in [
        format!("\u{feff}\r\n\r\n{}\r\n\r\n", GOOD.replace('\n', "\r\n")),
        GOOD.replace('\n', "\r"),
        quoted.clone(),
        format!("```toml\n{GOOD}```\n"),
        format!("Hi Richard,\n\nhere it is:\n\n{GOOD}\n-- \nAnn\nAcme Ltd.\n"),
        format!("Am 1. Dez. schrieb Ann:\n{quoted}> \n> Gruß = schön\n"),
        GOOD.replace("role = ", "role =\n"),
        GOOD.replace(":role/up\"", ":role/up\"\n\n"),
        format!("Hello\n{}", GOOD.replace("customer = \"Acme\"", "customer = \"Ac\nme\"")),
        format!("Dear R.\n{round}"),
        format!("Hello\n{}", GOOD.replace(" = ", "\u{a0}=\u{a0}")),
        link.clone(),
        format!("Your link:\n<{link}>\nBye"),
        link.replace("daypass:v1?", "DAYPASS://v1/?"),
        link.replace('&', "&amp;"),
    ] {
        let read = Invitation::parse(&text).unwrap_or_else(|why| panic!("{why:?} of {text:?}"));
        let name = if text.contains("Ac\n") { "Ac me" } else { "Acme" };
        assert_eq!(read, Invitation { customer: name.to_owned(), ..good() }, "{text:?}");
    }
    let wide = |bytes: Vec<[u8; 2]>, mark: [u8; 2]| [mark.to_vec(), bytes.concat()].concat();
    let little = wide(GOOD.encode_utf16().map(u16::to_le_bytes).collect(), [0xff, 0xfe]);
    let big = wide(GOOD.encode_utf16().map(u16::to_be_bytes).collect(), [0xfe, 0xff]);
    assert_eq!(Invitation::read(&little), Ok(good()));
    assert_eq!(Invitation::read(&big), Ok(good()));
}

#[test]
fn invalid_and_unknown_contents_are_refused() {
    let with = |line: &str| format!("{GOOD}{line}\n");
    let role = |role: &str| GOOD.replace("arn:aws:iam::222233334444:role/up", role);
    let bucket = |bucket: &str| GOOD.replace("acme-upload", bucket);
    for (text, why) in [
        (String::new(), TextProblem::Empty),
        (" \r\n\u{feff}".to_owned(), TextProblem::Empty),
        ("#".repeat(LONGEST + 1), TextProblem::TooLarge),
        ("<html><body>Hello</body></html>".to_owned(), TextProblem::NotOurs),
        ("x = 1".to_owned(), TextProblem::NotOurs),
        (ask("").to_text(), TextProblem::Other(MessageKind::Request)),
        (GOOD.replace("daypass = 1", "daypass = 2"), TextProblem::Newer),
        (GOOD.replace("daypass = 1", "daypass = \"1\""), TextProblem::Wrong("daypass")),
        (with("path = \"../../.ssh/id_rsa\""), TextProblem::Unknown("path".to_owned())),
        (with("endpoint = \"https://evil.example\""), TextProblem::Unknown("endpoint".to_owned())),
        (with("host = \"evil\""), TextProblem::Unknown("host".to_owned())),
        (with("command = \"calc.exe\""), TextProblem::Unknown("command".to_owned())),
        (with("credential_process = \"x\""), TextProblem::Unknown("credential_process".to_owned())),
        (with("mfa_serial = \"x\""), TextProblem::Unknown("mfa_serial".to_owned())),
        (with("[hosts]\nx = 1"), TextProblem::Unknown("hosts".to_owned())),
        (with("note.x = 1"), TextProblem::Wrong("note")),
        (with("\"\\u202Eabc\\u0007\" = 1"), TextProblem::Unknown("abc".to_owned())),
        (with("bucket = \"other\""), TextProblem::Broken),
        (with("mfa = \"true\""), TextProblem::Wrong("mfa")),
        (with("mfa = 1"), TextProblem::Wrong("mfa")),
        (with("duration = 899"), TextProblem::Wrong("duration")),
        (with("duration = 43201"), TextProblem::Wrong("duration")),
        (with("duration = -1"), TextProblem::Wrong("duration")),
        (with("duration = 9223372036854775807"), TextProblem::Wrong("duration")),
        (with("duration = 3600.0"), TextProblem::Wrong("duration")),
        (with("not_before = \"soon\""), TextProblem::Wrong("not_before")),
        (with("not_before = 2026-12-01T09:00:00"), TextProblem::Wrong("not_before")),
        (with("not_before = \"2027-01-01\"\nnot_after = \"2026-01-01\""), TextProblem::Wrong("not_after")),
        (with("note = [\"x\"]"), TextProblem::Wrong("note")),
        (with("region = \"evil.example/\""), TextProblem::Wrong("region")),
        (with("external_id = \"a b\""), TextProblem::Wrong("external_id")),
        (with("owner = \"12345678901\""), TextProblem::Wrong("owner")),
        (GOOD.replace("role =", "rolle ="), TextProblem::Missing("role")),
        (GOOD.replace("\"acme-upload\"", "[\"a\", \"b\"]"), TextProblem::Wrong("bucket")),
        (bucket(""), TextProblem::Missing("bucket")),
        (bucket("acme-up\u{406}oad"), TextProblem::Wrong("bucket")),
        (bucket("асme-upload"), TextProblem::Wrong("bucket")),
        (bucket("acme-upload\u{202e}"), TextProblem::Wrong("bucket")),
        (bucket("acme..upload"), TextProblem::Wrong("bucket")),
        (bucket("evil.example/acme"), TextProblem::Wrong("bucket")),
        (bucket("acme@evil"), TextProblem::Wrong("bucket")),
        (role("arn:aws:iam::222233334444:user/up"), TextProblem::Wrong("role")),
        (role("arn:aws:iam::2222333344\u{664}4:role/up"), TextProblem::Wrong("role")),
        (role("arn:aws:iam::222233334444:role/u\u{440}"), TextProblem::Wrong("role")),
        (role("arn:aws:iam::222233334444:role/up\u{200b}"), TextProblem::Wrong("role")),
        (role("https://evil.example/role"), TextProblem::Wrong("role")),
        (GOOD.replace("incoming/", "../../etc"), TextProblem::Wrong("prefix")),
        (GOOD.replace("incoming/", "/abs"), TextProblem::Wrong("prefix")),
        (GOOD.replace("incoming/", "a\\u0000b"), TextProblem::Wrong("prefix")),
        ("daypass:v2?role=x".to_owned(), TextProblem::Newer),
        ("daypass:v1?role".to_owned(), TextProblem::Broken),
        ("daypass:v1?role=%ff".to_owned(), TextProblem::Broken),
        (format!("{}&bucket=other", good().to_link()), TextProblem::Broken),
        (format!("{}&endpoint=evil", good().to_link()), TextProblem::Unknown("endpoint".to_owned())),
        (format!("{}&daypass=1", good().to_link()), TextProblem::Unknown("daypass".to_owned())),
    ] {
        let read = Invitation::parse(&text);
        let why = if text.contains("rolle") { Err(TextProblem::Missing("role")) } else { Err(why) };
        assert_eq!(read, why, "{:?}", text.chars().take(300).collect::<String>());
        if let Err(why) = read {
            for kind in [MessageKind::Invitation, MessageKind::Request] {
                let sentence = daypass::grant::words::text_problem(kind, &why);
                let plain = sentence.to_lowercase();
                let named = matches!(why, TextProblem::Unknown(_));
                assert!(sentence.ends_with('.') && (named || !sentence.contains('_')), "{sentence}");
                assert!(!["error", "invalid", "failed"].iter().any(|word| plain.contains(word)), "{sentence}");
            }
        }
    }
    assert_eq!(decode(b"PK\x03\x04\0\0\xff"), Err(TextProblem::NotText));
    assert_eq!(decode(b"\x1f\x8b\x08"), Err(TextProblem::NotText));
    assert_eq!(decode(&vec![b'x'; LONGEST + 1]), Err(TextProblem::TooLarge));
}

#[test]
fn deep_and_long_texts_are_refused() {
    for text in [
        "[".repeat(LONGEST),
        format!("daypass = {}", "[".repeat(LONGEST - 20)),
        format!("daypass = {}", "{a=".repeat(LONGEST / 4)),
        format!("daypass = 1\n{}=1", "a.".repeat(LONGEST / 2 - 20)),
        format!("daypass = 1\nx = \"{}", "\n".repeat(LONGEST - 30)),
        format!("daypass = 1\n{}", "x = \"\n".repeat(LONGEST / 7)),
        format!("daypass:v1?{}", "a=1&".repeat(LONGEST / 5)),
        ">".repeat(LONGEST),
    ] {
        assert!(Invitation::parse(&text).is_err());
        assert!(RoleRequest::from_text(&text).is_err());
    }
}

#[test]
fn free_text_is_cleaned_to_one_line() {
    for (text, expected) in [
        ("  Acme \u{202e}lairt\u{202c}\n\tLtd\u{7}. ", "Acme lairt Ltd ."),
        ("\u{1b}[2J\u{feff}x\u{200b}y\u{2028}z", "[2Jxy z"),
        ("abcdefghijk", "abcdefghij"),
        ("\u{e0041}\u{202e}", ""),
    ] {
        assert_eq!(clean(text, 10 + usize::from(text.starts_with(' ')) * 30), expected);
    }
    let long = GOOD.replace("Acme", &"é".repeat(200));
    assert_eq!(Invitation::parse(&long).map(|read| read.customer), Ok("é".repeat(80)));
}

#[test]
fn dates_are_parsed_and_compared() {
    assert_eq!(Utc::from_rfc3339("2026-12-01T10:00:00+01:00", Day::Start), Some(Utc(1_796_115_600)));
    assert_eq!(Utc::from_rfc3339("2026-12-01", Day::Start), Some(Utc(1_796_083_200)));
    assert_eq!(Utc::from_rfc3339("2026-12-01", Day::End), Utc::from_rfc3339("2026-12-02", Day::Start));
    for odd in ["", "1 Dec", "2026-13-01", "2026-12-01T10:00:00", "1999-01-01", "9999-12-31", "-000001-01"] {
        assert_eq!(Utc::from_rfc3339(odd, Day::End), None, "{odd}");
    }
    let text = format!("{GOOD}not_before = 2026-12-01T09:00:00Z\nnot_after = 2026-12-15\n");
    let read = Invitation::parse(&text).expect("an invitation");
    let (starts, ends) = (Utc(1_796_115_600), Utc(1_797_379_200));
    assert_eq!(read.window(Utc(starts.0 - 1)), Validity::NotYet(starts));
    assert_eq!(read.window(starts), Validity::Open { until: Some(ends) });
    assert_eq!(read.window(Utc(ends.0 - 1)), Validity::Open { until: Some(ends) });
    assert_eq!(read.window(ends), Validity::Over(ends));
    assert_eq!(good().window(starts), Validity::Open { until: None });
}

#[test]
fn a_change_of_account_role_bucket_or_owner_is_grave() {
    let known = good().to_destination("Richard");
    assert_eq!(good().diff(&known), []);
    let moved = Invitation { role: "arn:aws:iam::999988887777:role/up".parse().expect("a role"), ..good() };
    let changes = moved.diff(&known);
    let whats: Vec<ChangedField> = changes.iter().map(|change| change.what).collect();
    assert_eq!(whats, [ChangedField::Account, ChangedField::Role, ChangedField::Owner]);
    let account = Change { what: ChangedField::Account, before: "222233334444".into(), after: "999988887777".into() };
    assert_eq!(changes[0], account);
    assert!(whats.into_iter().all(ChangedField::grave));
    let bucket = Invitation { bucket: "acme-upload2".parse().expect("a bucket"), ..good() };
    assert!(bucket.diff(&known).iter().any(|change| change.what == ChangedField::Bucket && change.what.grave()));
    let other = Invitation { owner: Some("999988887777".parse().expect("an account")), ..good() };
    assert_eq!(other.diff(&known).iter().map(|change| change.what).collect::<Vec<_>>(), [ChangedField::Owner]);
    let own = Invitation { owner: Some("222233334444".parse().expect("an account")), ..good() };
    assert_eq!((own.diff(&known), own.to_destination("x").owner), (vec![], None));
    let renamed = Invitation { customer: String::new(), seconds: 900, ..good() }.diff(&known);
    assert_eq!(renamed.len(), 2);
    assert!(!renamed.iter().any(|change| change.what.grave()));
}

#[test]
fn a_message_claims_only_what_the_role_enforces() {
    let message = |ask: &RoleRequest| print(ask, KitFormat::Message, None).expect("a message");
    let never = NO_REPLACING;
    assert!(message(&ask("in/")).contains(never) && message(&full()).contains(never));
    let may = RoleRequest { create_only: false, ..ask("in/") };
    assert!(!message(&may).contains(never) && message(&may).contains(REPLACING));
    assert!(message(&full()).contains("VPC endpoint") && !message(&ask("in/")).contains("VPC endpoint"));
    // A request from an earlier version lacks the field, and gets the safer value.
    let older = may.to_text().replace("create_only = false\n", "");
    assert_eq!(RoleRequest::from_text(&older), Ok(ask("in/")));
}

#[test]
fn requests_and_invitations_allow_at_most_64_networks() {
    let nets =
        |count: u8| -> Vec<_> { (0..count).map(|n| format!("203.0.113.{n}/32").parse().expect("a network")).collect() };
    for (count, taken) in [(64, true), (65, false)] {
        let asked = RoleRequest { source_ips: nets(count), ..ask("") };
        assert_eq!(asked.check().is_ok(), taken);
        let invitation = Invitation { source_ips: nets(count), ..good() };
        assert_eq!(Invitation::parse(&invitation.to_text()).is_ok(), taken, "{count}");
        assert_eq!(Invitation::parse(&invitation.to_link()).is_ok(), taken, "{count}");
    }
}

#[test]
fn messages_contain_their_request_or_invitation() {
    for ask in [
        ask("incoming/"),
        ask(HOSTILE),
        full(),
        RoleRequest { only_me: false, ..full() },
        RoleRequest { create_only: false, ..ask("") },
    ] {
        let text = print(&ask, KitFormat::Message, None).expect("a message");
        assert_eq!(RoleRequest::from_text(&text), Ok(ask.clone()));
        assert_eq!(RoleRequest::from_text(&ask.to_text()), Ok(ask));
        assert_eq!(Invitation::parse(&text), Err(TextProblem::Other(MessageKind::Request)));
    }
    for invitation in [good(), rich()] {
        let text = message::to_contractor(&invitation);
        assert_eq!(Invitation::parse(&text), Ok(invitation));
        assert_eq!(RoleRequest::from_text(&text), Err(TextProblem::Other(MessageKind::Invitation)));
    }
}

proptest! {
    #[test]
    fn free_texts_round_trip(customer in any::<String>(), note in any::<String>(), seconds in 900_u32..=43_200) {
        let invitation = Invitation { customer: clean(&customer, 80), note: clean(&note, 500), seconds, ..rich() };
        prop_assert_eq!(Invitation::parse(&invitation.to_text()), Ok(invitation.clone()));
        prop_assert_eq!(Invitation::parse(&invitation.to_link()), Ok(invitation.clone()));
        prop_assert_eq!(Invitation::parse(&message::to_contractor(&invitation)), Ok(invitation));
    }

    #[test]
    fn no_input_makes_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), text in any::<String>()) {
        let _ = Invitation::read(&bytes);
        let _ = Invitation::parse(&text);
        let _ = RoleRequest::from_text(&text);
    }

    #[test]
    fn a_mutated_invitation_is_refused_or_valid(
        at in any::<prop::sample::Index>(), cut in 0_usize..40, put in "\\PC{0,12}|[\\n\"=\\[\\]#>.]{0,6}", link in any::<bool>()
    ) {
        let text = if link { rich().to_link() } else { rich().to_text() };
        let at = at.index(text.len());
        let mutated = format!("{}{put}{}", &text[..at], &text[(at + cut).min(text.len())..]);
        if let Ok(read) = Invitation::parse(&mutated) {
            let ids = format!("{}{}{}", read.role, read.bucket, read.to_destination("x").owner());
            prop_assert!(ids.is_ascii() && !ids.contains(char::is_whitespace));
            prop_assert!(read.customer.chars().count() <= 80 && read.note.chars().count() <= 500);
            prop_assert!(!read.note.contains(char::is_control));
            prop_assert_eq!(Invitation::parse(&read.to_text()), Ok(read));
        }
    }
}
