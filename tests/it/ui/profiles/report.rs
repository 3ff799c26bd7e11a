//! The report for support: it is read on its sheet before it is saved or copied.

use super::{came, open, press, says, wanted, wishes};
use crate::ui::demo;
use daypass::ui::Action;
use daypass::ui::backend::{Request, SheetReply};
use daypass::ui::paths::PathFor;
use daypass::words::report as words;
use daypass::words::ui::{dialog, pass};

/// A report without problems and without a log.
fn report() -> String {
    format!("{}\n\n{}\n{}\n", words::made("2026-11-28T02:40:12Z"), words::PROBLEMS, words::NO_PROBLEMS)
}

#[test]
fn a_report_is_shown_before_it_is_saved() {
    let mut shown = open(demo::ready());
    press(&mut shown, pass::SETTINGS);
    press(&mut shown, words::OPEN);
    let Request::GatherReport(round) = wanted(&mut shown) else { panic!("the report is asked for") };
    assert!(says(&shown, words::GATHERING) && says(&shown, words::ABOUT[2]) && !says(&shown, words::SAVE));
    came(&mut shown, (round.wrapping_add(1), SheetReply::Report("another".into())));
    assert!(says(&shown, words::GATHERING), "another sheet's answer is dropped");
    came(&mut shown, (round, SheetReply::Report(report().into())));
    assert!(says(&shown, words::NO_PROBLEMS), "the whole text is there to be read");
    press(&mut shown, dialog::COPY);
    assert_eq!(wishes(&mut shown), [Action::Copy(report())]);
    press(&mut shown, words::SAVE);
    let save = PathFor::Text(words::FILE, report());
    assert_eq!(wishes(&mut shown), [Action::Choose(save)]);
    assert!(!says(&shown, words::TITLE), "the sheet is closed");
}
