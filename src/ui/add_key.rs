//! The sheet that adds an access key: its file or its two parts, whose it is, and where it is kept.

use super::arrival::Arrival;
use super::backend::{KeyToKeep, Request, SheetReply};
use super::paths::PathFor;
use super::sheet::{After, Sheet, View, buttons, entered, forget_typed, safe, title};
use super::theme::{self, Face, gap, icon_size, size};
use super::widgets::{self, Button};
use super::{Action, Window, icons, picker};
use crate::engine::keys::{NewKey, TestedKey};
use crate::model::access_key::{Keep, KeepProblem};
use crate::model::snapshot::Snapshot;
use crate::words::accounts::{self as words, key as labels};
use crate::words::keys;
use crate::words::ui::dialog;
use egui::{
    Align2, CornerRadius, Event, Frame, Id, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};
use zeroize::Zeroizing;

/// Capacity of the fields: a buffer that never grows leaves no copy of a secret behind.
const ROOM: usize = 512;

/// The draft of a key. The secret is wiped when the sheet is dropped.
pub(crate) struct AddKey {
    round: u32,
    stage: AddKeyStage,
    id: Zeroizing<String>,
    secret: Zeroizing<String>,
    wrong: Option<String>,
}

enum AddKeyStage {
    Enter,
    Testing,
    Name(Box<Name>),
}

struct Name {
    key: TestedKey,
    name: String,
    keep: Keep,
    /// The name of a profile that exists: the next yes replaces its key.
    taken: Option<String>,
    busy: bool,
}

impl AddKey {
    /// Returns an empty sheet.
    pub(crate) fn new() -> Self {
        let empty = || Zeroizing::new(String::with_capacity(ROOM));
        Self { round: 0, stage: AddKeyStage::Enter, id: empty(), secret: empty(), wrong: None }
    }

    /// Returns a sheet whose key is being tested.
    pub(crate) fn testing(round: u32) -> Self {
        Self { round, stage: AddKeyStage::Testing, ..Self::new() }
    }

    /// Takes in whose key it is, or why it can't be used.
    fn tested(&mut self, result: Result<TestedKey, String>) {
        match result {
            Ok(key) => {
                let name = key.proposal();
                self.wrong = None;
                self.stage =
                    AddKeyStage::Name(Box::new(Name { key, name, keep: Keep::InFile, taken: None, busy: false }));
            }
            Err(why) => {
                self.wrong = Some(why);
                self.stage = AddKeyStage::Enter;
            }
        }
    }

    /// Takes in whether the key was kept. Returns its name and where it is kept.
    fn kept(&mut self, result: Result<(), KeepProblem>) -> Option<(String, Keep)> {
        let AddKeyStage::Name(draft) = &mut self.stage else { return None };
        draft.busy = false;
        match result {
            Ok(()) => Some((draft.name.trim().to_owned(), draft.keep)),
            Err(why) => {
                if why == KeepProblem::NameTaken {
                    draft.taken = Some(draft.name.trim().to_owned());
                }
                self.wrong = Some(keys::keep_problem(&why, draft.name.trim()));
                None
            }
        }
    }
}

impl Sheet for AddKey {
    fn show(&mut self, ui: &mut Ui, window: &mut Window, view: &View<'_>, out: &mut Vec<Action>) -> After {
        match &mut self.stage {
            AddKeyStage::Enter => window.enter_key(ui, self, out),
            AddKeyStage::Testing => testing(ui),
            AddKeyStage::Name(name) => match name_key(ui, name, &mut self.wrong, view.seen) {
                Ok(after) => after,
                Err(kept) => {
                    self.round = window.access.next();
                    out.push(Request::KeepKey(self.round, kept).into());
                    After::Stay
                }
            },
        }
    }

    fn round(&self) -> Option<u32> {
        Some(self.round)
    }

    fn reply(&mut self, reply: SheetReply, window: &mut Window, _out: &mut Vec<Action>) -> After {
        match reply {
            SheetReply::KeyTested(result) => self.tested(result),
            SheetReply::ProfilesChanged(result) => {
                if let Some((name, keep)) = self.kept(result) {
                    let message = words::kept(&name, keep);
                    window.form.profile = Some(name);
                    window.tell(message);
                    return After::Close;
                }
            }
            SheetReply::SignInStep(_) | SheetReply::CheckStep(_) | SheetReply::CheckEnded | SheetReply::Report(_) => {}
        }
        After::Stay
    }

    fn is_about(&self, arrival: &Arrival) -> bool {
        matches!(arrival, Arrival::KeyFile(_) | Arrival::Path(PathFor::Key))
    }
}

impl Window {
    fn enter_key(&mut self, ui: &mut Ui, draft: &mut AddKey, out: &mut Vec<Action>) -> After {
        let t = theme::of(ui);
        let mut key = whole_paste(ui).map(Ok);
        title(ui, labels::TITLE, t);
        widgets::text(ui, &[(labels::TEXT, Face::Body, t.muted)]);
        ui.add_space(gap::NEAR);
        if ui.add(Button::plain(labels::OPEN_CSV).icon(icons::FILE)).clicked() {
            out.push(Action::Choose(PathFor::Key));
        }
        ui.add_space(gap::PART);
        let width = ui.available_width();
        widgets::text(ui, &[(labels::ID, Face::SmallStrong, t.ink)]);
        ui.add_space(gap::LABEL);
        let id_of = Id::unique("key id");
        let wrong = draft.wrong.is_some();
        let id = widgets::field(ui, id_of, labels::ID, &mut draft.id, width, Face::Mono, wrong);
        ui.add_space(gap::PARAGRAPH);
        widgets::text(ui, &[(labels::SECRET, Face::SmallStrong, t.ink)]);
        ui.add_space(gap::LABEL);
        let secret = secret_field(ui, Id::unique("key secret"), labels::SECRET, &mut draft.secret, width);
        let entered = entered(ui, &[&id, &secret]);
        safe(ui, &id);
        if id.changed() || secret.changed() {
            draft.wrong = None;
        }
        if let Some(wrong) = &draft.wrong {
            picker::below(ui, wrong);
        } else {
            ui.add_space(gap::TEXT);
            widgets::text(ui, &[(labels::TESTED, Face::Small, t.muted)]);
        }
        let mut after = After::Stay;
        buttons(ui, |ui| {
            if ui.add(Button::main(labels::CONTINUE)).clicked() || entered {
                key = Some(NewKey::from_fields(&draft.id, &draft.secret));
            }
            if ui.add(Button::plain(dialog::CANCEL)).clicked() {
                after = After::Close;
            }
        });
        let dropped: Vec<_> =
            ui.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect());
        let wanted = match (key, dropped.into_iter().next()) {
            (_, Some(path)) => Some(Ok(path)),
            (Some(Ok(key)), None) => Some(Err(key)),
            (Some(Err(why)), None) => {
                draft.wrong = Some(keys::key_problem(why).to_owned());
                None
            }
            (None, None) => None,
        };
        if let Some(wanted) = wanted {
            let round = self.access.next();
            out.push(Action::from(match wanted {
                Ok(path) => Request::TestKeyFile(round, path),
                Err(key) => Request::TestKey(round, key),
            }));
            *draft = AddKey::testing(round);
        }
        after
    }
}

/// Takes a paste that holds a whole key, wherever the cursor stands.
fn whole_paste(ui: &Ui) -> Option<NewKey> {
    ui.input_mut(|input| {
        let mut found = None;
        input.events.retain(|event| {
            let Event::Paste(text) = event else { return true };
            let Ok(key) = NewKey::from_pasted(text) else { return true };
            found = Some(key);
            false
        });
        found
    })
}

fn testing(ui: &mut Ui) -> After {
    let t = theme::of(ui);
    title(ui, labels::TITLE, t);
    ui.horizontal(|ui| {
        widgets::icon(ui, icons::HOURGLASS, icon_size::MEDIUM, t.muted);
        ui.add_space(gap::TEXT);
        widgets::text(ui, &[(labels::TESTING, Face::Body, t.muted)]);
    });
    let mut after = After::Stay;
    buttons(ui, |ui| {
        let cancel = ui.add(Button::plain(dialog::CANCEL));
        safe(ui, &cancel);
        if cancel.clicked() {
            after = After::Close;
        }
    });
    after
}

/// Draws the profile's name and where its key is kept. Returns the key that is to be kept once the person says so.
fn name_key(
    ui: &mut Ui,
    draft: &mut Name,
    wrong: &mut Option<String>,
    seen: &Snapshot,
) -> Result<After, Box<KeyToKeep>> {
    let t = theme::of(ui);
    ui.horizontal_top(|ui| {
        widgets::icon(ui, icons::DONE, icon_size::HEADING, t.ok);
        ui.add_space(gap::TEXT);
        widgets::text(ui, &[(&words::this_is(draft.key.identity()), Face::Name, t.ink)]);
    });
    ui.add_space(gap::PART);
    let width = ui.available_width();
    widgets::text(ui, &[(labels::NAME, Face::SmallStrong, t.ink)]);
    ui.add_space(gap::LABEL);
    let id = Id::unique("key name");
    let name = widgets::field(ui, id, labels::NAME, &mut draft.name, width, Face::Body, wrong.is_some());
    if name.changed() {
        *wrong = None;
        draft.taken = None;
    }
    if let Some(wrong) = wrong {
        picker::below(ui, wrong);
    }
    ui.add_space(gap::PART);
    widgets::text(ui, &[(labels::WHERE, Face::SmallStrong, t.ink)]);
    ui.add_space(gap::SMALL);
    let path = words::in_file(&seen.profiles.credentials_path);
    for (keep, text, below) in
        [(Keep::InFile, labels::IN_FILE, path.as_str()), (Keep::ThisRun, labels::THIS_RUN, labels::THIS_RUN_TEXT)]
    {
        if choice(ui, draft.keep == keep, text, below) {
            draft.keep = keep;
        }
    }
    let entered = entered(ui, &[&name]);
    let (mut after, mut go) = (After::Stay, false);
    buttons(ui, |ui| {
        let replace = draft.taken.as_deref() == Some(draft.name.trim());
        let yes = if replace { labels::REPLACE } else { labels::KEEP };
        let yes = ui.add(Button::main(yes).enabled(!draft.busy));
        if !replace {
            safe(ui, &yes);
        }
        // A name that is taken is not replaced by another Enter.
        go = yes.clicked() || entered && !replace;
        if ui.add(Button::plain(dialog::CANCEL)).clicked() {
            after = After::Close;
        }
    });
    if !go || draft.busy {
        return Ok(after);
    }
    draft.busy = true;
    *wrong = None;
    let name = draft.name.trim().to_owned();
    let replace = draft.taken.as_ref() == Some(&name);
    Err(Box::new(KeyToKeep { key: draft.key.clone(), name, keep: draft.keep, replace }))
}

/// Draws one of several things to choose from, with what it means below it. Returns whether it was chosen.
pub(crate) fn choice(ui: &mut Ui, on: bool, text: &str, below: &str) -> bool {
    let t = theme::of(ui);
    let full = ui.available_width();
    let mut job = widgets::job(ui, &[(below, Face::Small, t.muted)]);
    job.wrap = egui::text::TextWrapping::wrap_at_width(full - size::CHECK_TEXT);
    let below_galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
    let height = Face::Body.line() + 2.0 + below_galley.size().y;
    let (rect, response) = ui.allocate_exact_size(vec2(full, height), Sense::click());
    let said = format!("{text}. {below}");
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), on, &said));
    let center = pos2(rect.left() + size::RADIO, rect.top() + size::LINK / 2.0);
    if on {
        ui.painter().circle_filled(center, size::RADIO, t.accent);
        ui.painter().circle_filled(center, size::RADIO_DOT, t.on_accent);
    } else {
        ui.painter().circle(center, size::RADIO - 0.75, t.surface, Stroke::new(1.5, t.muted));
    }
    let galley = widgets::one_line(ui, &[(text, Face::Body, t.ink)], full - size::CHECK_TEXT);
    ui.painter().galley(pos2(rect.left() + size::CHECK_TEXT, rect.top() + 1.0), galley, t.ink);
    ui.painter().galley(
        pos2(rect.left() + size::CHECK_TEXT, rect.top() + 1.0 + Face::Body.line()),
        below_galley,
        t.muted,
    );
    widgets::focus_ring(ui, &response, rect, t);
    ui.add_space(gap::TEXT);
    response.clicked()
}

/// Draws a field whose text is shown as dots, to eyes and to screen readers.
fn secret_field(ui: &mut Ui, id: Id, name: &str, value: &mut Zeroizing<String>, width: f32) -> Response {
    let t = theme::of(ui);
    let focused = ui.memory(|memory| memory.has_focus(id));
    let stroke = if focused { Stroke::new(2.0, t.accent) } else { widgets::hairline(ui.painter(), t.line) };
    let (_, rect) = ui.allocate_space(vec2(width, size::FIELD));
    ui.painter().rect(rect, CornerRadius::same(size::RADIUS), t.surface, stroke, StrokeKind::Inside);
    let text: &mut String = value;
    let edit = egui::TextEdit::singleline(text)
        .id(id)
        .password(true)
        .frame(Frame::NONE.inner_margin(size::FIELD_PADDING))
        .font(Face::Mono.font())
        .text_color(t.ink)
        .align(Align2::LEFT_CENTER)
        .min_size(rect.size())
        .desired_width(width);
    let response = ui.put(Rect::from_min_size(rect.min, rect.size()), edit);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name));
    forget_typed(ui, id);
    response
}
