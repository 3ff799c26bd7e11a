//! The sheet "Check my access": each step with its result, its time and its sentence, as they arrive.

use super::backend::{Request, SheetReply};
use super::remedy::{remedy, sentence};
use super::sheet::{After, CODE_DIGITS, Sheet, View, buttons, code_field, safe, title};
use super::theme::{self, Face, gap, icon_size, size};
use super::widgets::{self, Button};
use super::{Action, Window, icons, layout};
use crate::diagnose::{self, Evidence};
use crate::model::check::{Fact, Item, Step};
use crate::model::destination::Destination;
use crate::model::problem::Problem;
use crate::model::session::Identity;
use crate::model::snapshot::Snapshot;
use crate::words::accounts::{self as words, check as labels};
use crate::words::ui::dialog;
use crate::words::{access, format};
use egui::{Id, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};
use zeroize::Zeroizing;

const STEPS: [Item; 5] = [Item::Profile, Item::Identity, Item::Role, Item::Bucket, Item::TestObject];

/// Causes that are listed under a step that was refused.
const CAUSES: usize = 4;

/// A check: what is asked, and what was found so far.
pub(crate) struct Checking {
    round: u32,
    to: Destination,
    test: bool,
    code: Zeroizing<String>,
    wrong: bool,
    steps: Vec<Step>,
    runs: bool,
}

impl Checking {
    /// Returns a check that has not begun.
    pub(crate) fn new(to: Destination) -> Self {
        let code = Zeroizing::new(String::with_capacity(16));
        Self { round: 0, to, test: false, code, wrong: false, steps: Vec::new(), runs: false }
    }

    /// Takes in a step. Returns what is announced of it.
    fn took(&mut self, step: Step) -> String {
        let said = words::step_said(access::step(step.item), Some(step.took), &self.found(&step).0);
        self.steps.push(step);
        said
    }

    fn who(&self) -> Option<&Identity> {
        self.steps.iter().find_map(|step| if let Ok(Fact::Identity(who)) = &step.result { Some(who) } else { None })
    }

    /// Returns the sentence for a step, and what may be the cause if it was refused, the likeliest first.
    fn found(&self, step: &Step) -> (String, Vec<String>) {
        match &step.result {
            Ok(fact) => (access::fact(fact), Vec::new()),
            Err(why) => {
                let (_, hints) = diagnose::in_lines(why, &Evidence::new(&self.to, self.who()));
                let hints = hints.iter().take(CAUSES).enumerate();
                (sentence(why), hints.map(|(at, hint)| words::cause(at + 1, hint)).collect())
            }
        }
    }

    fn refused(&self) -> Option<&Problem> {
        self.steps.iter().find_map(|step| step.result.as_ref().err())
    }

    /// Starts the check, or says that its code is missing.
    fn start(&mut self, window: &mut Window, out: &mut Vec<Action>) {
        let wants_code = self.to.mfa_serial.is_some();
        if wants_code && self.code.len() != CODE_DIGITS {
            self.wrong = true;
            return;
        }
        self.round = window.access.next();
        self.steps.clear();
        self.runs = true;
        // Each code works once.
        let code = std::mem::replace(&mut self.code, Zeroizing::new(String::with_capacity(16)));
        out.push(
            Request::CheckAccess {
                round: self.round,
                to: Box::new(self.to.clone()),
                code: wants_code.then_some(code),
                test_object: self.test,
            }
            .into(),
        );
    }

    fn wanted(&self) -> &'static [Item] {
        if self.test { &STEPS } else { &STEPS[..4] }
    }
}

impl Sheet for Checking {
    fn show(&mut self, ui: &mut Ui, window: &mut Window, view: &View<'_>, out: &mut Vec<Action>) -> After {
        let (draft, seen) = (self, view.seen);
        let t = theme::of(ui);
        title(ui, labels::TITLE, t);
        let place = format::place(draft.to.bucket.as_str(), draft.to.prefix.as_str());
        let runs = [
            (draft.to.name.as_str(), Face::SmallStrong, t.muted),
            ("  ·  ", Face::Small, t.muted),
            (&place, Face::Small, t.muted),
        ];
        widgets::line(ui, &runs);
        ui.add_space(gap::NEAR);
        let room = (ui.ctx().content_rect().height() - size::sheet::AROUND_CHECK).max(size::sheet::CHECK_LEAST);
        ScrollArea::vertical().max_height(room).auto_shrink([false, true]).show(ui, |ui| steps(ui, draft));
        let done = !draft.runs && draft.steps.len() == draft.wanted().len() && draft.refused().is_none();
        let help = draft.refused().and_then(|why| remedy(why, &draft.to.profile, seen)).filter(|_| !draft.runs);
        let mut go = false;
        if done {
            ui.add_space(gap::CLOSE);
            let all = if draft.test { labels::ALL_WELL } else { labels::WELL };
            widgets::text(ui, &[(all, Face::Strong, t.ok)]);
        } else if !draft.runs {
            go = ahead(ui, draft);
        }
        let mut after = After::Stay;
        let mut helped = None;
        buttons(ui, |ui| {
            let text = match (draft.runs, draft.steps.is_empty()) {
                (true, _) => labels::RUNNING,
                (false, true) => labels::START,
                (false, false) => labels::AGAIN,
            };
            let start = ui.add(if done { Button::plain(text) } else { Button::main(text).enabled(!draft.runs) });
            if draft.to.mfa_serial.is_none() || draft.runs {
                safe(ui, &start);
            }
            go |= start.clicked();
            if let Some(remedy) = help
                && ui.add(Button::plain(remedy.label())).clicked()
            {
                helped = Some(remedy);
            }
            if ui.add(Button::plain(dialog::CLOSE)).clicked() {
                after = After::Close;
            }
        });
        if let Some(remedy) = helped {
            window.help(remedy, &draft.to.profile, None, out);
            return After::Close;
        }
        if done && go {
            // The person says anew whether a test file is sent.
            (draft.test, draft.steps) = (false, Vec::new());
        } else if go && !draft.runs {
            draft.start(window, out);
        }
        after
    }

    fn round(&self) -> Option<u32> {
        Some(self.round)
    }

    fn reply(&mut self, reply: SheetReply, window: &mut Window, _out: &mut Vec<Action>) -> After {
        match reply {
            SheetReply::CheckStep(step) => window.says = self.took(step),
            SheetReply::CheckEnded => self.runs = false,
            SheetReply::KeyTested(_)
            | SheetReply::ProfilesChanged(_)
            | SheetReply::SignInStep(_)
            | SheetReply::Report(_) => {}
        }
        After::Stay
    }

    fn close(&mut self, out: &mut Vec<Action>) {
        if self.runs {
            out.push(Request::Stop.into());
        }
    }
}

impl Window {
    /// Checks what stands in the form, or says what is missing there.
    pub(crate) fn check_form(&mut self, seen: &Snapshot) {
        self.form.submitted = true;
        match self.form.destination(&seen.profiles) {
            Ok(to) => self.open_sheet(Checking::new(to)),
            Err((_, why)) => self.says = why,
        }
    }
}

/// Draws what the person decides before it starts. Returns whether Enter was pressed in the code's field.
fn ahead(ui: &mut Ui, draft: &mut Checking) -> bool {
    let t = theme::of(ui);
    ui.add_space(gap::CLOSE);
    widgets::checkbox(ui, &mut draft.test, labels::TEST);
    egui::Frame::new().inner_margin(size::BELOW_CHECK).show(ui, |ui| {
        widgets::text(ui, &[(labels::TEST_TEXT, Face::Small, t.muted)]);
    });
    let Some(serial) = &draft.to.mfa_serial else { return false };
    ui.add_space(gap::PARAGRAPH);
    let asks = crate::words::ui::code_for(&draft.to.name, draft.to.role.role_name(), serial.as_str());
    widgets::text(ui, &[(&asks, Face::Small, t.muted)]);
    ui.add_space(gap::SMALL);
    code_field(ui, Id::unique("check code"), &mut draft.code, &mut draft.wrong)
}

fn steps(ui: &mut Ui, draft: &Checking) {
    let t = theme::of(ui);
    for (at, what) in STEPS.iter().enumerate() {
        let step = draft.steps.get(at);
        let running = draft.runs && at == draft.steps.len() && at < draft.wanted().len();
        let (icon, ink) = match step {
            Some(step) if step.result.is_ok() => (icons::DONE, t.ok),
            Some(_) => (icons::REFUSED, t.bad),
            None if running => (icons::HOURGLASS, t.accent),
            None => (icons::AHEAD, t.muted),
        };
        let name = access::step(*what);
        let (text, hints) = step
            .map_or_else(|| (words::step_ahead(*what, draft.test).to_owned(), Vec::new()), |step| draft.found(step));
        let took = step.map(|step| step.took);
        let top = ui.cursor().min;
        let full = ui.available_width();
        let room = full - size::sheet::STEP_TEXT - gap::TEXT;
        let mut column = layout::column_at(ui, pos2(top.x + size::sheet::STEP_TEXT, top.y), room);
        column.spacing_mut().item_spacing = egui::Vec2::ZERO;
        let ends = took.map(words::step_took).unwrap_or_default();
        let head = [(name, Face::Strong, t.ink), ("   ", Face::Small, t.muted), (ends.as_str(), Face::Small, t.muted)];
        let galley = widgets::one_line(&column, &head, full);
        let (place, _) = column.allocate_exact_size(vec2(room, Face::Body.line()), Sense::empty());
        column.painter().galley(place.min, galley, t.ink);
        let face = if step.is_some_and(|step| step.result.is_err()) { t.ink } else { t.muted };
        let mut job = widgets::job(ui, &[(&text, Face::Small, face)]);
        job.wrap = egui::text::TextWrapping::wrap_at_width(room);
        let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
        let (place, _) = column.allocate_exact_size(vec2(room, galley.size().y), Sense::empty());
        column.painter().galley(place.min, galley, face);
        for hint in &hints {
            column.add_space(gap::TIGHT);
            widgets::text(&mut column, &[(hint, Face::Small, t.muted)]);
        }
        let used = Rect::from_min_size(top, vec2(full, column.min_rect().height() + gap::NEAR));
        widgets::icon_at(
            ui.painter(),
            pos2(top.x + size::sheet::STEP_ICON, top.y + Face::Body.line() / 2.0),
            icon,
            icon_size::STEP,
            ink,
        );
        let response = ui.interact(used, ui.scope_id().with(("step", at)), Sense::empty());
        let said = words::step_said(name, took, &text);
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
        ui.advance_cursor_after_rect(used);
    }
}
