//! Whose identity is used when: of a profile that was picked, or after a click.

use super::{demo, open, press, wishes};
use daypass::model::snapshot::{Command, Snapshot, Source};
use daypass::ui::Action;
use daypass::ui::backend::Request;
use daypass::words::ui::welcome;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use std::sync::Arc;

fn unknown(sources: &[Source]) -> Snapshot {
    let mut seen = demo::welcome();
    seen.identities = Arc::default();
    let list = &mut Arc::make_mut(&mut seen.profiles).list;
    list.clear();
    for (at, source) in sources.iter().enumerate() {
        let mut profile = demo::profile(&format!("p{at}"));
        profile.source = *source;
        list.push(profile);
    }
    seen
}

fn asked(name: &str) -> Action {
    Action::Request(Request::Command(Command::Identify(name.to_owned())))
}

#[test]
fn a_profile_is_asked_about_once_it_is_picked() {
    let mut harness = open(unknown(&[Source::Key, Source::Key]));
    harness.run();
    assert_eq!(wishes(&mut harness), [], "the first one stands there, and nobody picked it");
    harness.get_by_role(Role::ComboBox).click();
    harness.run();
    harness.query_all_by_label_contains("p1").next().expect("p1 is listed").click();
    harness.run();
    assert_eq!(wishes(&mut harness), [asked("p1")]);
    harness.run();
    assert_eq!(wishes(&mut harness), [], "once");
}

#[test]
fn one_that_signs_in_or_runs_a_command_is_asked_about_after_a_click() {
    for source in [Source::SignIn, Source::Process, Source::Login, Source::Role] {
        let mut harness = open(unknown(&[source]));
        harness.run();
        assert_eq!(wishes(&mut harness), [], "{source:?}");
        press(&mut harness, welcome::WHO_IS_THIS);
        assert_eq!(wishes(&mut harness), [asked("p0")], "{source:?}");
        assert!(harness.query_by_role_and_label(Role::Button, welcome::WHO_IS_THIS).is_none(), "it is being asked");
    }
}

#[test]
fn what_a_profile_filled_in_for_its_role_goes_with_the_role() {
    use daypass::model::destination::Destination;
    use daypass::ui::form::{Form, From};
    let mut seen = demo::welcome();
    let list = &mut Arc::make_mut(&mut seen.profiles).list;
    let role = "arn:aws:iam::444455556666:role/importantproject-contractorA-bucket-put";
    let mut profile = demo::profile("as-role");
    (profile.source, profile.source_profile) = (Source::Role, Some("importantproject".to_owned()));
    profile.role_arn = Some(role.to_owned());
    profile.external_id = Some("acme-42".to_owned());
    profile.mfa_serial = Some("arn:aws:iam::111122223333:mfa/Richard".to_owned());
    profile.role_session_name = Some("richard".to_owned());
    (profile.region, profile.duration_seconds) = (Some("eu-west-1".to_owned()), Some(7200));
    list.push(profile.clone());
    let plain = list[0].clone();
    let start = || {
        let mut form = Form::default();
        form.fill(&demo::destination(), From::Hand);
        form.pick(&profile);
        form
    };
    let of = |form: &Form| form.destination(&seen.profiles).expect("a destination");
    let hers = |to: &Destination| {
        (to.external_id.is_some(), to.mfa_serial.is_some(), to.session_name.is_some(), to.region.is_some(), to.seconds)
    };
    let mut form = start();
    form.role_left();
    assert_eq!(hers(&of(&form)), (true, true, true, true, 7200), "it is the profile's own role");
    form.enter_role("arn:aws:iam::999988887777:role/another");
    form.role_left();
    assert_eq!(hers(&of(&form)), (false, false, false, false, 3600));
    // Another profile takes the role along that the first one had brought.
    let mut form = start();
    form.pick(&plain);
    assert!(form.destination(&seen.profiles).is_err(), "there is no role any more");
    form.enter_role(role);
    assert_eq!(hers(&of(&form)), (false, false, false, false, 3600));
}
