//! A file of an access key that is dropped or pasted: it becomes a profile and is never delivered.

use super::*;

#[test]
fn a_key_from_the_console_is_not_delivered_to_the_customer() {
    let mut shown = open(demo::ready());
    drop_file(&mut shown, "/keys/Richard_accessKeys.csv");
    assert!(matches!(wanted(&mut shown), Request::TestKeyFile(..)));
    let mut shown = open(demo::ready());
    drop_file(&mut shown, "/survey/points.csv");
    let sent = wishes(&mut shown);
    assert!(matches!(sent.as_slice(), [Action::Request(Request::Command(Command::Add(..)))]), "{sent:?}");
}

#[test]
fn a_csv_dropped_or_pasted_anywhere_is_a_key() {
    let mut shown = open(demo::welcome());
    let file = egui::HoveredFile { path: Some(PathBuf::from("/bob_accessKeys.CSV")), mime: String::new() };
    shown.input_mut().hovered_files = vec![file];
    shown.run_steps(FRAMES);
    assert!(says(&shown, words::key::DROP));
    shown.input_mut().hovered_files.clear();
    drop_file(&mut shown, "/bob_accessKeys.CSV");
    let Request::TestKeyFile(round, path) = wanted(&mut shown) else { panic!("a file") };
    assert_eq!(path, PathBuf::from("/bob_accessKeys.CSV"));
    let root = key_problem(KeyProblem::RootKey);
    came(&mut shown, (round, SheetReply::KeyTested(Err(root.to_owned()))));
    assert!(says(&shown, "root user") && says(&shown, "Secret access key"));
    drop_file(&mut shown, "/other.csv");
    assert!(matches!(wanted(&mut shown), Request::TestKeyFile(_, path) if path == Path::new("/other.csv")));
    press(&mut shown, "Cancel");
    for text in [
        format!("Access key ID,Secret access key\n{ID},{SECRET}\n"),
        format!("export AWS_ACCESS_KEY_ID={ID}\nexport AWS_SECRET_ACCESS_KEY={SECRET}"),
    ] {
        // On the first screen, and in the field of the sheet.
        shown.event(Event::Paste(text.clone()));
        shown.run_steps(FRAMES);
        assert!(matches!(wanted(&mut shown), Request::TestKey(..)));
        press(&mut shown, "Cancel");
        press(&mut shown, labels::welcome::ADD_KEY);
        shown.get_by_role_and_label(Role::TextInput, "Access key ID").focus();
        shown.run_steps(FRAMES);
        shown.event(Event::Paste(text));
        shown.run_steps(FRAMES);
        assert!(matches!(wanted(&mut shown), Request::TestKey(..)));
        assert!(!heard(&shown).contains(&SECRET[..8]));
        press(&mut shown, "Cancel");
    }
}
