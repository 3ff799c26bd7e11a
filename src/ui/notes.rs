//! The strips below the pass: what ends, what holds the queue, what was delivered.

use super::icons::{self, Icon};
use super::theme::{self, Face, Tokens, size};
use super::trouble::Page;
use super::widgets::{self, Button};
use super::{Action, Scene, Window, pass};
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
/// Below this height one strip is enough: the rows must be seen.
const LOW: f32 = 400.0;
/// With less room than this for the words beside its buttons, a strip has the buttons below them.
const BESIDE: f32 = 260.0;
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

#[derive(Clone, Copy, PartialEq)]
enum Act {
    Renew,
    RetryJournal,
    Release,
    RetryLine,
    Trouble,
    Hold,
    Retry,
    Receipt,
    SendReceipt,
    Message,
    SendAgain,
    Resume,
    Dismiss,
    DismissWarnings,
}

/// How far the receipt of a delivery is that is sent beside its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Receipt {
    Sending,
    Sent,
}

struct Note {
    tone: Tone,
    icon: Icon,
    said: Message,
    /// A link behind the second text, or a word that is none.
    link: Option<(&'static str, Option<Act>)>,
    buttons: Vec<(&'static str, Option<Icon>, Act)>,
}

/// What is called the way to more about what holds the queue.
fn held(hold: &Problem, scene: &Scene<'_>) -> &'static str {
    let causes = diagnose::explain(hold, &Evidence::of(scene.place, scene.seen));
    if causes.is_empty() { words::notes::DETAILS } else { words::notes::WHAT_NOW }
}

impl Window {
    /// Draws the strips and says where what follows begins.
    pub(crate) fn notes(&mut self, ui: &mut Ui, rect: Rect, scene: &Scene<'_>, out: &mut Vec<Action>) -> f32 {
        let mut y = rect.top();
        let most = if rect.height() < LOW { 1 } else { MOST };
        for note in self.standing(scene).into_iter().take(most) {
            let (height, act) = strip(ui, Rect::from_min_max(pos2(rect.left(), y), rect.max), &note);
            y += height + size::NEAR;
            if let Some(act) = act {
                self.act(act, scene, out);
            }
        }
        y
    }

    fn standing(&self, scene: &Scene<'_>) -> Vec<Note> {
        let place = scene.place;
        let open = place.totals.open();
        let mut notes = Vec::new();
        if let Some(journal) = &scene.seen.journal {
            let by_itself = journal.kind.turn() == Turn::Nobody;
            let (tone, icon) = if by_itself { (Tone::Info, icons::INFO) } else { (Tone::Bad, icons::STOPPED) };
            let button = (!by_itself).then_some((words::notes::TRY_NOW, None, Act::RetryJournal));
            notes.push(Note {
                tone,
                icon,
                said: problem::said(journal.kind),
                link: None,
                buttons: button.into_iter().collect(),
            });
        }
        if let Some(told) = &self.told {
            notes.push(Note {
                tone: Tone::Info,
                icon: icons::INFO,
                said: told.clone(),
                link: None,
                buttons: vec![(words::notes::DISMISS, None, Act::Dismiss)],
            });
        }
        if let Some(hold) = &place.hold {
            notes.push(Note {
                tone: Tone::Bad,
                icon: icons::STOPPED,
                said: match &place.retry {
                    Some(retry) if retry.what == Retried::Denied => {
                        retries::held(problem::said(hold.kind), retry, scene.now)
                    }
                    Some(_) | None => problem::said(hold.kind),
                },
                link: None,
                buttons: vec![(held(hold, scene), None, Act::Hold), (words::notes::TRY_NOW, None, Act::Release)],
            });
        }
        if let Network::Down { next, why, .. } = &scene.seen.line {
            notes.push(Note {
                tone: Tone::Warn,
                icon: icons::OFFLINE,
                said: words::offline(problem::said(why.kind), next.since(scene.now)),
                link: None,
                buttons: vec![(words::notes::TRY_NOW, None, Act::RetryLine)],
            });
        }
        if let Some(retry) = retrying(scene) {
            notes.push(Note {
                tone: Tone::Warn,
                icon: icons::LATER,
                said: retries::note(retry, scene.now),
                link: None,
                buttons: vec![(held(&retry.why, scene), None, Act::Retry)],
            });
        }
        if let Some(refused) = &place.renew_problem {
            notes.push(Note {
                tone: Tone::Bad,
                icon: icons::LOCK,
                said: words::renew_problem(problem::said(refused.kind)),
                link: None,
                buttons: vec![(words::notes::WHAT_NOW, None, Act::Trouble), (words::notes::RENEW, None, Act::Renew)],
            });
        } else {
            notes.extend(ending(scene));
        }
        if let Some(dates) = self.dates(scene).filter(|dates| dates.warn) {
            let said = crate::words::accounts::dates(&dates.text);
            notes.push(Note { tone: Tone::Warn, icon: icons::CLOCK, said, buttons: Vec::new(), link: None });
        }
        if place.paused && open > 0 {
            notes.push(Note {
                tone: Tone::Info,
                icon: icons::PAUSED,
                said: words::all_paused(open),
                link: None,
                buttons: vec![(words::notes::RESUME, Some(icons::PLAY), Act::Resume)],
            });
        }
        if place.totals.done() {
            let (whole, said) = words::finished(&place.totals, &place.destination, scene.about.test_server.is_some());
            // What no checksum vouches for is not green, here as in its row.
            let proved = whole && place.totals.no_checksum == 0;
            notes.push(Note {
                tone: if proved { Tone::Ok } else { Tone::Warn },
                icon: if whole { icons::DONE } else { icons::WARNING },
                said,
                link: self.receipt_link(scene),
                buttons: vec![
                    (words::notes::RECEIPT, Some(icons::RECEIPT), Act::Receipt),
                    (words::notes::COPY_MESSAGE, Some(icons::COPY), Act::Message),
                ],
            });
        }
        let earlier = place.left_out_count.earlier();
        if earlier > 0 && place.totals.files == 0 && place.walking == 0 {
            let again = if earlier == 1 { words::dialog::SEND_AGAIN } else { words::dialog::SEND_ALL_AGAIN };
            notes.push(Note {
                tone: Tone::Info,
                icon: icons::INFO,
                said: words::nothing_new(earlier),
                link: None,
                buttons: vec![(again, None, Act::SendAgain)],
            });
        }
        if !self.warnings_seen {
            notes.extend(scene.about.warnings.first().map(|warning| Note {
                tone: Tone::Info,
                icon: icons::INFO,
                said: Message { title: warning.clone(), body: scene.about.warnings[1..].join(" ") },
                link: None,
                buttons: vec![(words::notes::DISMISS, None, Act::DismissWarnings)],
            }));
        }
        notes
    }

    fn act(&mut self, act: Act, scene: &Scene<'_>, out: &mut Vec<Action>) {
        let id = scene.id;
        match act {
            Act::Renew => self.renew(id, scene.place, out),
            Act::RetryJournal => out.push(Action::Command(Command::RetryJournal)),
            Act::Release | Act::RetryLine => out.push(Action::Command(Command::Release(id))),
            Act::Trouble => self.look_into(Page::Renewal, scene),
            Act::Hold => self.look_into(Page::Hold, scene),
            Act::Retry => self.look_into(Page::Retry, scene),
            Act::Receipt => out.push(Action::SaveReceipt(id)),
            Act::SendReceipt => {
                self.receipts.push((id, scene.place.totals.first, Receipt::Sending));
                out.push(Action::SendReceipt(id));
            }
            Act::Message => {
                let (to, totals) = (&scene.place.destination, &scene.place.totals);
                out.push(Action::Copy(messages::delivered(to, totals, scene.about.test_server.is_some())));
                super::says(&mut self.says, words::trouble::COPIED);
            }
            Act::SendAgain => out.push(Action::Command(Command::SendAgain(id, None))),
            Act::Resume => out.push(Action::Command(Command::Resume(Which::All(id)))),
            Act::Dismiss => self.told = None,
            Act::DismissWarnings => self.warnings_seen = true,
        }
    }

    fn receipt_link(&self, scene: &Scene<'_>) -> Option<(&'static str, Option<Act>)> {
        let totals = &scene.place.totals;
        let this = |(id, first, _): &&(_, u32, _)| (*id, *first) == (scene.id, totals.first);
        match self.receipts.iter().find(this) {
            Some((.., Receipt::Sending)) => Some((words::notes::SENDING_RECEIPT, None)),
            Some((.., Receipt::Sent)) => Some((words::notes::RECEIPT_SENT, None)),
            None => (totals.delivered > 0).then_some((words::notes::SEND_RECEIPT, Some(Act::SendReceipt))),
        }
    }

    /// Says what came of sending a receipt; one that was not sent may be sent again.
    pub fn receipt_sent(&mut self, id: DestinationId, done: bool, said: Message) {
        for (_, _, how) in self.receipts.iter_mut().filter(|(place, ..)| *place == id && done) {
            *how = Receipt::Sent;
        }
        if !done {
            self.receipts.retain(|(place, _, how)| *place != id || *how == Receipt::Sent);
        }
        self.tell(said);
    }

    /// What is told on the first screen, above everything.
    pub(crate) fn welcome_notes(&mut self, ui: &mut Ui, rect: Rect, warnings: &[String]) -> f32 {
        let mut y = rect.top();
        let told = self.told.clone().map(|said| (said, Act::Dismiss));
        let warned = (!self.warnings_seen)
            .then(|| warnings.first())
            .flatten()
            .map(|first| (Message { title: first.clone(), body: warnings[1..].join(" ") }, Act::DismissWarnings));
        for (said, act) in told.into_iter().chain(warned) {
            let buttons = vec![(words::notes::DISMISS, None, act)];
            let note = Note { tone: Tone::Info, icon: icons::INFO, said, link: None, buttons };
            let (height, done) = strip(ui, Rect::from_min_max(pos2(rect.left(), y), rect.max), &note);
            y += height + size::NEAR;
            match done {
                Some(Act::Dismiss) => self.told = None,
                Some(_) => self.warnings_seen = true,
                None => {}
            }
        }
        y - rect.top()
    }
}

/// A note about what can be tried again: its height with the room below, and whether it is to be tried.
pub(crate) fn try_again(ui: &mut Ui, rect: Rect, said: Message) -> (f32, bool) {
    let buttons = vec![(words::notes::TRY_NOW, None, Act::RetryJournal)];
    let note = Note { tone: Tone::Bad, icon: icons::STOPPED, said, link: None, buttons };
    let (height, done) = strip(ui, rect, &note);
    (height + size::NEAR, done.is_some())
}

/// The retry that is worth a note: it has gone on for a while, and nothing else says so already.
fn retrying<'a>(scene: &Scene<'a>) -> Option<&'a RetryStatus> {
    let place = scene.place;
    let said_elsewhere = scene.seen.line != Network::Up || place.hold.is_some() || place.renew_problem.is_some();
    let retry = place.retry.as_ref().filter(|_| !said_elsewhere && !place.paused && place.session.grant().is_some())?;
    (scene.now.since(retry.since) >= RETRY_SHOWN).then_some(retry)
}

fn ending(scene: &Scene<'_>) -> Option<Note> {
    let place = scene.place;
    let open = place.totals.open();
    let renew = vec![(words::notes::RENEW, None, Act::Renew)];
    match &place.session {
        Session::Expired(_) => {
            Some(Note { tone: Tone::Warn, icon: icons::WARNING, said: words::ended(open), link: None, buttons: renew })
        }
        Session::Active(_) if open > 0 && pass::ends_soon(scene) => {
            let by_itself = scene.seen.settings.renew && place.destination.mfa_serial.is_none();
            let said = words::ending_soon(place.session.left(scene.now), pass::needs_more(scene), by_itself);
            Some(Note { tone: Tone::Warn, icon: icons::WARNING, said, link: None, buttons: renew })
        }
        Session::Active(_) | Session::SignedOut | Session::Assuming(_) | Session::Denied(_) => None,
    }
}

/// Draws one strip at the top of the rectangle; its height, and what was pressed.
fn strip(ui: &mut Ui, rect: Rect, note: &Note) -> (f32, Option<Act>) {
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
    let left = rect.left() + 46.0;
    let below = !buttons.is_empty() && rect.right() - 14.0 - taken - left < BESIDE;
    let room = if below { rect.right() - 14.0 - left } else { rect.right() - 14.0 - taken - left };
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
    let behind =
        link.as_ref().is_some_and(|(galley, ..)| body_size.y < 20.0 && body_size.x + 16.0 + galley.size().x <= room);
    let link_height = link.as_ref().filter(|_| !behind).map_or(0.0, |(galley, ..)| galley.size().y);
    let text_height = title.size().y + if body.is_some() { body_size.y + 1.5 } else { 0.0 } + link_height;
    let for_text = (text_height + 22.0).max(if below { 0.0 } else { 62.0 });
    let height = for_text + if below { size::CONTROL + 11.0 } else { 0.0 };
    let all = Rect::from_min_size(rect.min, vec2(rect.width(), height));
    ui.painter().rect_filled(all, CornerRadius::same(size::NOTE), soft);
    let said = format!("{} {}", note.said.title, note.said.body);
    let response = ui.allocate_rect(Rect::from_min_size(pos2(left, all.top()), vec2(room, for_text)), Sense::empty());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, said.trim()));
    let mut y = all.top() + (for_text - text_height) / 2.0;
    let first = y + title.size().y.min(20.0) / 2.0;
    widgets::icon_at(ui.painter(), pos2(all.left() + 24.0, first + 1.5), note.icon, 20.0, ink);
    let title_height = title.size().y;
    ui.painter().galley(pos2(left, y), title, t.ink);
    y += title_height + 1.5;
    if let Some(body) = body {
        ui.painter().galley(pos2(left, y), body, t.muted);
    }
    let mut pressed = None;
    if let Some((galley, text, act)) = link {
        let at = if behind { pos2(left + body_size.x + 16.0, y) } else { pos2(left, y + body_size.y) };
        if linked(ui, at, galley, text, act.is_some()) {
            pressed = act;
        }
    }
    let (mut x, top) = if below {
        (left, all.top() + for_text)
    } else {
        (all.right() - 14.0 - taken + size::NEAR, all.top() + (height.min(62.0) - size::CONTROL) / 2.0 - 0.5)
    };
    for ((button, width), (_, _, act)) in buttons.into_iter().zip(widths).zip(&note.buttons) {
        if ui.put(Rect::from_min_size(pos2(x, top), vec2(width, size::CONTROL)), button).clicked() {
            pressed = Some(*act);
        }
        x += width + size::NEAR;
    }
    (height, pressed)
}

/// A link within a strip, or a word that is none; whether it was pressed.
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
