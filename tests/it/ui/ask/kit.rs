//! What the kit takes: codes of those who can give one, their age, and no secret.

use super::*;
use daypass::grant::RequestProblem;
use daypass::grant::words::ask_problem;
use daypass::words::ask;
use daypass::words::names;

/// The example secret of Amazon's own pages, which opens nothing.
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

#[test]
fn a_session_is_asked_for_no_code() {
    let mut seen = richard();
    let arn = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Dev_0123456789abcdef/richard@example.com";
    let who = Identity { account: "111122223333".into(), arn: arn.into(), name: "richard@example.com".into() };
    seen.identities = Arc::new(vec![("importantproject".to_owned(), Ok(who))]);
    let mut page = asking(seen);
    enter(&mut page, "Bucket", "importantprojectbucket");
    assert!(says(&page, ask::MFA_SESSION));
    assert!(text(&page).contains(arn) && !text(&page).contains("aws:MultiFactorAuthPresent"));
    assert!(page.get_by_role_and_label(Role::CheckBox, "Require MFA").accesskit_node().is_disabled());
    press(&mut page, "More options…");
    assert!(!says(&page, ask::MFA_AGE));
    // A user is asked, and nothing is said of it.
    let page = ready();
    assert!(!says(&page, ask::MFA_SESSION) && text(&page).contains("aws:MultiFactorAuthPresent"));
    assert!(!page.get_by_role_and_label(Role::CheckBox, "Require MFA").accesskit_node().is_disabled());
    // The customer who pastes such a request sees the same.
    let mut customer = giving(None);
    enter(&mut customer, ask::THEIR_WHO, arn);
    enter(&mut customer, "Bucket", "acme-in");
    assert!(says(&customer, ask::MFA_SESSION) && !text(&customer).contains("aws:MultiFactorAuthPresent"));
}

#[test]
fn the_age_of_a_code_has_a_field() {
    let mut page = ready();
    press(&mut page, "More options…");
    for (typed, seconds) in [("30", 1800), ("90 s", 90), ("8 h", 28_800), ("15 min", 900)] {
        enter(&mut page, ask::MFA_AGE, typed);
        assert!(text(&page).contains("aws:MultiFactorAuthAge"), "{typed}");
        assert!(text(&page).contains(&format!("\"{seconds}\"")), "{typed}: {}", text(&page));
    }
    for odd in ["soon", "0", "2161", "-5", "1 day", "99999999999"] {
        enter(&mut page, ask::MFA_AGE, odd);
        assert!(says(&page, &ask_problem(RequestProblem::MfaAge)), "{odd}");
    }
    enter(&mut page, ask::MFA_AGE, "30");
    tick(&mut page, "Require MFA");
    assert!(!says(&page, ask::MFA_AGE) && !text(&page).contains("aws:MultiFactorAuthAge"));
    // What a request says is shown as it is typed.
    let mut ask = RoleRequest::from_text(&{
        let mut other = ready();
        press(&mut other, ask::COPY_ALL);
        copied(&mut other)
    })
    .expect("a request");
    for (seconds, shown) in [(5400, "90"), (90, "90 s")] {
        ask.mfa_max_age = Some(seconds);
        let customer = giving(Some(&ask));
        let field = customer.query_all_by_label(ask::MFA_AGE);
        let values: Vec<_> = field.filter_map(|node| node.accesskit_node().value()).collect();
        assert!(values.iter().any(|value| value == shown), "{values:?}");
        assert!(text(&customer).contains(&format!("\"{seconds}\"")));
    }
}

#[test]
fn what_a_request_asks_for_is_listed_and_nothing_of_it_is_folded_away() {
    let mut page = ready();
    press(&mut page, ask::COPY_ALL);
    let ask = RoleRequest::from_text(&copied(&mut page)).expect("a request");
    let plain = giving(Some(&ask));
    let said = |page: &Shown, ask: &RoleRequest| {
        let zone = about().zone;
        let list = daypass::grant::terms::wishes(ask, |at| daypass::words::format::date_and_time(at, &zone));
        list.iter().all(|wish| says(page, &wish.text))
    };
    assert!(says(&plain, daypass::grant::terms::THEY_ASK) && said(&plain, &ask));
    assert!(says(&plain, daypass::words::ask::MORE), "what is usual stays folded away");
    for other in [
        RoleRequest { seconds: 43_200, ..ask.clone() },
        RoleRequest { kms: daypass::grant::Kms::Any, ..ask.clone() },
        RoleRequest { clean_up: true, ..ask.clone() },
        RoleRequest { create_only: false, ..ask.clone() },
        RoleRequest { role_name: "Administrator".parse().expect("a name"), ..ask.clone() },
        RoleRequest { session_is_user: true, ..ask.clone() },
    ] {
        let page = giving(Some(&other));
        assert!(says(&page, daypass::words::ask::LESS) && said(&page, &other), "{other:?}");
    }
}

#[test]
fn a_secret_is_masked_and_taken_nowhere() {
    let mut page = ready();
    press(&mut page, "More options…");
    enter(&mut page, "Your customer’s name", SECRET);
    assert!(says(&page, names::SECRET));
    assert!(!heard(&page).contains(SECRET), "it is shown");
    press(&mut page, ask::COPY_ALL);
    assert_eq!(wishes(&mut page), []);
    let mut customer = giving(None);
    enter(&mut customer, ask::THEIR_WHO, "1111 2222 3333 Richard");
    enter(&mut customer, "Bucket", "acme-in");
    enter(&mut customer, ask::ROLE, "arn:aws:iam::444455556666:role/daypass-acme-in");
    for field in [ask::NOTE, ask::CONTACT] {
        enter(&mut customer, field, &format!("Your key: {SECRET}"));
        assert!(says(&customer, names::SECRET), "{field}");
        assert!(!heard(&customer).contains(SECRET), "{field}: it is shown");
        press(&mut customer, "Copy link");
        assert_eq!(wishes(&mut customer), [], "{field}");
        enter(&mut customer, field, "Welcome");
    }
    press(&mut customer, "Copy link");
    assert!(copied(&mut customer).contains("Welcome"));
}

/// Everything that a screen reader is told.
fn heard(page: &Shown) -> String {
    let nodes = page.root().children_recursive();
    nodes.map(|node| format!("{:?}", node.accesskit_node().data())).collect::<Vec<_>>().join("\n")
}
