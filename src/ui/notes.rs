//! The strips below the pass: what ends, what holds the queue, what was delivered.

use super::backend::Request;
use super::icons::{self, Icon};
use super::paths::PathFor;
use super::theme::{self, Face, Tokens, gap, icon_size, size};
use super::trouble::ProblemPage;
use super::widgets::{self, Button};
use super::{Action, Scene, Window, layout};
use crate::diagnose::{self, Evidence, messages};
use crate::model::problem::{Problem, Turn};
use crate::model::session::Session;
use crate::model::snapshot::{Command, Network, Retried, RetryStatus, Which};
use crate::model::upload::DestinationId;
use crate::words::problem::{self, Message};
use crate::words::retries;
use crate::words::ui as words;
use egui::text::TextWrapping;
use egui::{Color32, CornerRadius, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use std::time::Duration;

/// Strips shown at once at most, in a window that is high enough; the rest waits behind them.
const MOST: usize = 2;
/// A retry that has gone on for this long, with nothing going well, has a note.
const RETRY_SHOWN: Duration = Duration::from_secs(5);

#[derive(Clone, Copy)]
enum Tone {
    Ok,
    Warn,
    Bad,
    Info,
}

impl Tone {
    const fn colors(self, t: &Tokens) -> (Color32, Color32) {
        match self {
            Self::Ok => (t.ok, t.ok_soft),
            Self::Warn => (t.warn, t.warn_soft),
            Self::Bad => (t.bad, t.bad_soft),
            Self::Info => (t.accent, t.accent_soft),
        }
    }
}

/// The state of a receipt that is sent beside its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReceiptState {
    Sending,
    Sent,
}

/// What a press on the first screen does.
type Dismiss = fn(&mut Window);

/// What a press over a destination does.
type Press = fn(&mut Window, &Scene<'_>, &mut Vec<Action>);

/// A link behind a strip's second text, or a word that is none.
type StripLink<P> = (&'static str, Option<P>);

/// A strip. `P` is what a press of its buttons means.
struct Strip<P> {
    tone: Tone,
    icon: Icon,
    said: Message,
    link: Option<StripLink<P>>,
    buttons: Vec<(&'static str, Option<Icon>, P)>,
}

impl<P> Strip<P> {
    const fn new(tone: Tone, icon: Icon, said: Message) -> Self {
        Self { tone, icon, said, link: None, buttons: Vec::new() }
    }

    fn button(mut self, text: &'static str, press: P) -> Self {
        self.buttons.push((text, None, press));
        self
    }

    fn icon_button(mut self, icon: Icon, text: &'static str, press: P) -> Self {
        self.buttons.push((text, Some(icon), press));
        self
    }
}

/// Returns what is called the way to more about what holds the queue.
fn held(hold: &Problem, scene: &Scene<'_>) -> &'static str {
    let causes = diagnose::explain(hold, &Evidence::of(scene.place, scene.seen));
    if causes.is_empty() { words::notes::DETAILS } else { words::notes::WHAT_NOW }
}

impl Window {
    /// Draws the strips and says where what follows begins.
    pub(crate) fn notes(&mut self, ui: &mut Ui, rect: Rect, scene: &Scene<'_>, out: &mut Vec<Action>) -> f32 {
        let mut y = rect.top();
        let most = if rect.height() < size::note::LOW { 1 } else { MOST };
        for note in self.standing(scene).into_iter().take(most) {
            let (height, press) = draw(ui, Rect::from_min_max(pos2(rect.left(), y), rect.max), &note);
            y += height + size::NEAR;
            if let Some(press) = press {
                press(self, scene, out);
            }
        }
        y
    }

    fn standing(&self, scene: &Scene<'_>) -> Vec<Strip<Press>> {
        let place = scene.place;
        let open = place.totals.open();
        let mut notes: Vec<Strip<Press>> = Vec::new();
        if let Some(journal) = &scene.seen.journal {
            let said = problem::said(journal.kind);
            notes.push(if journal.kind.turn() == Turn::Nobody {
                Strip::<Press>::new(Tone::Info, icons::INFO, said)
            } else {
                Strip::<Press>::new(Tone::Bad, icons::STOPPED, said)
                    .button(words::notes::TRY_NOW, |_, _, out| out.push(Command::RetryJournal.into()))
            });
        }
        if let Some(message) = &self.message {
            let note = Strip::<Press>::new(Tone::Info, icons::INFO, message.clone());
            notes.push(note.button(words::notes::DISMISS, |window, _, _| window.message = None));
        }
        if let Some(hold) = &place.hold {
            let said = match &place.retry {
                Some(retry) if retry.what == Retried::Denied => {
                    retries::held(problem::said(hold.kind), retry, scene.now)
                }
                Some(_) | None => problem::said(hold.kind),
            };
            let note = Strip::<Press>::new(Tone::Bad, icons::STOPPED, said)
                .button(held(hold, scene), |window, scene, _| window.look_into(ProblemPage::Hold, scene));
            notes.push(note.button(words::notes::TRY_NOW, release));
        }
        if let Network::Down { next, why, .. } = &scene.seen.line {
            let said = words::offline(problem::said(why.kind), next.since(scene.now));
            notes.push(Strip::<Press>::new(Tone::Warn, icons::OFFLINE, said).button(words::notes::TRY_NOW, release));
        }
        if let Some(retry) = retrying(scene) {
            let note = Strip::<Press>::new(Tone::Warn, icons::LATER, retries::note(retry, scene.now));
            notes.push(
                note.button(held(&retry.why, scene), |window, scene, _| window.look_into(ProblemPage::Retry, scene)),
            );
        }
        if let Some(refused) = &place.renew_problem {
            let note = Strip::<Press>::new(Tone::Bad, icons::LOCK, words::renew_problem(problem::said(refused.kind)))
                .button(words::notes::WHAT_NOW, |window, scene, _| window.look_into(ProblemPage::Renewal, scene));
            notes.push(note.button(words::notes::RENEW, renew));
        } else {
            notes.extend(ending(scene));
        }
        if let Some(dates) = self.dates(scene).filter(|dates| dates.warn) {
            notes.push(Strip::<Press>::new(Tone::Warn, icons::CLOCK, crate::words::accounts::dates(&dates.text)));
        }
        if place.paused && open > 0 {
            let note = Strip::<Press>::new(Tone::Info, icons::PAUSED, words::all_paused(open));
            notes.push(note.icon_button(icons::PLAY, words::notes::RESUME, |_, scene, out| {
                out.push(Command::Resume(Which::All(scene.id)).into());
            }));
        }
        if place.totals.done() {
            notes.push(self.finished(scene));
        }
        let earlier = place.left_out_count.earlier();
        if earlier > 0 && place.totals.files == 0 && place.walking == 0 {
            let again = if earlier == 1 { words::dialog::SEND_AGAIN } else { words::dialog::SEND_ALL_AGAIN };
            let note = Strip::<Press>::new(Tone::Info, icons::INFO, words::nothing_new(earlier));
            notes.push(note.button(again, |_, scene, out| out.push(Command::SendAgain(scene.id, None).into())));
        }
        if let Some(warnings) = self.warnings(&scene.about.warnings) {
            let note = Strip::<Press>::new(Tone::Info, icons::INFO, warnings);
            notes.push(note.button(words::notes::DISMISS, |window, _, _| window.warnings_seen = true));
        }
        notes
    }

    /// Returns the strip for a delivery that has ended.
    fn finished(&self, scene: &Scene<'_>) -> Strip<Press> {
        let totals = &scene.place.totals;
        let (whole, said) = words::finished(totals, &scene.place.destination, scene.about.test_server.is_some());
        // What no checksum vouches for is not green, here as in its row.
        let tone = if whole && totals.no_checksum == 0 { Tone::Ok } else { Tone::Warn };
        let mut note = Strip::<Press>::new(tone, if whole { icons::DONE } else { icons::WARNING }, said);
        note.link = self.receipt_link(scene);
        let note = note.icon_button(icons::RECEIPT, words::notes::RECEIPT, |_, scene, out| {
            out.push(Action::Choose(PathFor::Receipt(scene.id)));
        });
        note.icon_button(icons::COPY, words::notes::COPY_MESSAGE, |window, scene, out| {
            let (to, totals) = (&scene.place.destination, &scene.place.totals);
            out.push(Action::Copy(messages::delivered(to, totals, scene.about.test_server.is_some())));
            super::says(&mut window.says, words::trouble::COPIED);
        })
    }

    /// Returns what was found at the start that a person should know, until it is dismissed.
    fn warnings(&self, warnings: &[String]) -> Option<Message> {
        let (first, rest) = warnings.split_first().filter(|_| !self.warnings_seen)?;
        Some(Message { title: first.clone(), body: rest.join(" ") })
    }

    fn receipt_link(&self, scene: &Scene<'_>) -> Option<StripLink<Press>> {
        let totals = &scene.place.totals;
        let this = |(id, first, _): &&(_, u32, _)| (*id, *first) == (scene.id, totals.first);
        match self.receipts.iter().find(this) {
            Some((.., ReceiptState::Sending)) => Some((words::notes::SENDING_RECEIPT, None)),
            Some((.., ReceiptState::Sent)) => Some((words::notes::RECEIPT_SENT, None)),
            None if totals.delivered == 0 => None,
            None => Some((
                words::notes::SEND_RECEIPT,
                Some(|window, scene, out| {
                    window.receipts.push((scene.id, scene.place.totals.first, ReceiptState::Sending));
                    out.push(Request::SendReceipt(scene.id).into());
                }),
            )),
        }
    }

    /// Says what came of sending a receipt; one that was not sent may be sent again.
    pub fn receipt_sent(&mut self, id: DestinationId, done: bool, said: Message) {
        for (_, _, how) in self.receipts.iter_mut().filter(|(place, ..)| *place == id && done) {
            *how = ReceiptState::Sent;
        }
        if !done {
            self.receipts.retain(|(place, _, how)| *place != id || *how == ReceiptState::Sent);
        }
        self.tell(said);
    }

    /// Draws the strips of the first screen, above everything else, and returns their height.
    pub(crate) fn welcome_notes(&mut self, ui: &mut Ui, rect: Rect, warnings: &[String]) -> f32 {
        let mut y = rect.top();
        let message: Option<(Message, Dismiss)> = self.message.clone().map(|said| (said, Self::dismiss as _));
        let warned = self.warnings(warnings).map(|said| (said, Self::dismiss_warnings as _));
        for (said, dismiss) in message.into_iter().chain(warned) {
            let note = Strip::new(Tone::Info, icons::INFO, said).button(words::notes::DISMISS, dismiss);
            let (height, pressed) = draw(ui, Rect::from_min_max(pos2(rect.left(), y), rect.max), &note);
            y += height + size::NEAR;
            if let Some(dismiss) = pressed {
                dismiss(self);
            }
        }
        y - rect.top()
    }

    fn dismiss(&mut self) {
        self.message = None;
    }

    const fn dismiss_warnings(&mut self) {
        self.warnings_seen = true;
    }
}

fn release(_: &mut Window, scene: &Scene<'_>, out: &mut Vec<Action>) {
    out.push(Command::Release(scene.id).into());
}

fn renew(window: &mut Window, scene: &Scene<'_>, out: &mut Vec<Action>) {
    window.renew(scene.id, scene.place, out);
}

/// Draws a note about what can be tried again. Returns its height with the room below, and whether it is to be tried.
pub(crate) fn try_again(ui: &mut Ui, rect: Rect, said: Message) -> (f32, bool) {
    let note = Strip::new(Tone::Bad, icons::STOPPED, said).button(words::notes::TRY_NOW, ());
    let (height, pressed) = draw(ui, rect, &note);
    (height + size::NEAR, pressed.is_some())
}

/// Returns the retry that is worth a note: it has gone on for a while, and nothing else says so already.
fn retrying<'a>(scene: &Scene<'a>) -> Option<&'a RetryStatus> {
    let place = scene.place;
    let said_elsewhere = scene.seen.line != Network::Up || place.hold.is_some() || place.renew_problem.is_some();
    let retry = place.retry.as_ref().filter(|_| !said_elsewhere && !place.paused && place.session.grant().is_some())?;
    (scene.now.since(retry.since) >= RETRY_SHOWN).then_some(retry)
}

fn ending(scene: &Scene<'_>) -> Option<Strip<Press>> {
    let place = scene.place;
    let open = place.totals.open();
    let said = match &place.session {
        Session::Expired(_) => words::ended(open),
        Session::Active(_) if open > 0 && scene.place.ends_soon(scene.now) => {
            let by_itself = scene.seen.settings.renew && place.destination.mfa_serial.is_none();
            words::ending_soon(place.session.left(scene.now), scene.place.needs_more(scene.now), by_itself)
        }
        Session::Active(_) | Session::SignedOut | Session::Assuming(_) | Session::Denied(_) => return None,
    };
    Some(Strip::new(Tone::Warn, icons::WARNING, said).button(words::notes::RENEW, renew as Press))
}

/// Draws one strip at the top of the rectangle; its height, and what was pressed.
fn draw<P: Copy>(ui: &mut Ui, rect: Rect, note: &Strip<P>) -> (f32, Option<P>) {
    let t = theme::of(ui);
    let (ink, soft) = note.tone.colors(t);
    let buttons: Vec<Button<'_>> = note
        .buttons
        .iter()
        .map(|&(text, icon, _)| {
            let button = Button::plain(text);
            icon.map_or(button, |icon| Button::plain(text).icon(icon))
        })
        .collect();
    let widths: Vec<f32> = buttons.iter().map(|button| button.width(ui)).collect();
    #[expect(clippy::cast_precision_loss, reason = "a strip has two buttons")]
    let taken = widths.iter().sum::<f32>() + size::NEAR * widths.len() as f32;
    let left = rect.left() + size::note::TEXT;
    let below = !buttons.is_empty() && rect.right() - gap::PART - taken - left < size::note::BESIDE;
    let room = if below { rect.right() - gap::PART - left } else { rect.right() - gap::PART - taken - left };
    let wrap = |ui: &Ui, text: &str, face: Face, color: Color32| {
        let mut job = widgets::job(ui, &[(text, face, color)]);
        job.wrap = TextWrapping::wrap_at_width(room);
        ui.fonts_mut(|fonts| fonts.layout_job(job))
    };
    let title = wrap(ui, &note.said.title, Face::Strong, t.ink);
    let body = (!note.said.body.is_empty()).then(|| wrap(ui, &note.said.body, Face::Small, t.muted));
    let link = note.link.map(|(text, act)| {
        let face = if act.is_some() { Face::SmallStrong } else { Face::Small };
        let color = if act.is_some() { t.accent } else { t.muted };
        (widgets::one_line(ui, &[(text, face, color)], room), text, act)
    });
    let body_size = body.as_ref().map_or(egui::Vec2::ZERO, |body| body.size());
    // Behind the second text where that is one line with room left, otherwise on a line of its own.
    let behind = link.as_ref().is_some_and(|(galley, ..)| {
        body_size.y < Face::Body.line() && body_size.x + gap::WIDE + galley.size().x <= room
    });
    let link_height = link.as_ref().filter(|_| !behind).map_or(0.0, |(galley, ..)| galley.size().y);
    let text_height = title.size().y + if body.is_some() { body_size.y + 1.5 } else { 0.0 } + link_height;
    let for_text = (text_height + gap::PAGE).max(if below { 0.0 } else { size::note::HEIGHT });
    let apart = egui::Vec2::splat(size::NEAR);
    let rows = if below { layout::wrapped_height(&widths, size::CONTROL, apart, room) } else { size::CONTROL };
    let height = for_text + if below { rows + size::note::BELOW } else { 0.0 };
    let all = Rect::from_min_size(rect.min, vec2(rect.width(), height));
    ui.painter().rect_filled(all, CornerRadius::same(size::NOTE), soft);
    let said = format!("{} {}", note.said.title, note.said.body);
    let response = ui.allocate_rect(Rect::from_min_size(pos2(left, all.top()), vec2(room, for_text)), Sense::empty());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, said.trim()));
    let mut y = all.top() + (for_text - text_height) / 2.0;
    let first = y + title.size().y.min(Face::Body.line()) / 2.0;
    widgets::icon_at(ui.painter(), pos2(all.left() + size::note::ICON, first + 1.5), note.icon, icon_size::ROW, ink);
    let title_height = title.size().y;
    ui.painter().galley(pos2(left, y), title, t.ink);
    y += title_height + 1.5;
    if let Some(body) = body {
        ui.painter().galley(pos2(left, y), body, t.muted);
    }
    let mut pressed = None;
    if let Some((galley, text, act)) = link {
        let at = if behind { pos2(left + body_size.x + gap::WIDE, y) } else { pos2(left, y + body_size.y) };
        if linked(ui, at, galley, text, act.is_some()) {
            pressed = act;
        }
    }
    let (at, width) = if below {
        (pos2(left, all.top() + for_text), room)
    } else {
        let top = all.top() + (height.min(size::note::HEIGHT) - size::CONTROL) / 2.0 - 0.5;
        (pos2(all.right() - gap::PART - taken + size::NEAR, top), taken)
    };
    let mut column = layout::column_at(ui, at, width);
    layout::wrapping(&mut column, size::CONTROL, apart, |ui| {
        for (button, (_, _, act)) in buttons.into_iter().zip(&note.buttons) {
            if ui.add(button).clicked() {
                pressed = Some(*act);
            }
        }
    });
    (height, pressed)
}

/// Draws a link within a strip, or a word that is none. Returns whether it was pressed.
fn linked(ui: &mut Ui, at: egui::Pos2, galley: std::sync::Arc<egui::Galley>, text: &str, active: bool) -> bool {
    let t = theme::of(ui);
    let rect = Rect::from_min_size(at, galley.size());
    let response = ui.allocate_rect(rect, if active { Sense::click() } else { Sense::empty() });
    response.widget_info(|| WidgetInfo::labeled(if active { Role::Button } else { Role::Label }, true, text));
    if active && response.hovered() {
        ui.painter().hline(rect.x_range(), rect.bottom() - 2.0, egui::Stroke::new(1.0, t.accent));
    }
    ui.painter().galley(rect.min, galley, t.accent);
    widgets::focus_ring(ui, &response, rect, t);
    if active { response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() } else { false }
}
