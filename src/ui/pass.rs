//! The pass at the top: who delivers where, and behind a dashed tear line the time left and Renew.

use super::remedy::remedy;
use super::theme::{self, Face, Tokens, gap, icon_size, size};
use super::widgets::{self, Button, ButtonLook};
use super::{Action, Scene, Window, icons};
use crate::model::problem::Kind;
use crate::model::session::Session;
use crate::model::snapshot::OpenDestination;
use crate::model::upload::DestinationId;
use crate::time::Time;
use crate::words::format;
use crate::words::ui::pass as words;
use egui::{
    Align2, Color32, CornerRadius, Painter, Pos2, Rect, Response, Role, Sense, Shape, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};
use std::f32::consts::TAU;
use std::time::Duration;

struct Face2 {
    clock: Option<String>,
    caption: String,
    share: f32,
    color: Color32,
    button: &'static str,
    look: ButtonLook,
    enabled: bool,
    code: bool,
}

fn faces(scene: &Scene<'_>, t: &Tokens) -> Face2 {
    let asking = scene.place.is_asking();
    match &scene.place.session {
        Session::Active(grant) => {
            let left = grant.ends.since(scene.now);
            let soon = scene.place.ends_soon(scene.now);
            let ends =
                scene.utc_now().map(|(now, ends)| format::time(ends, now, &scene.about.zone)).unwrap_or_default();
            Face2 {
                clock: Some(format::clock(left)),
                caption: crate::words::ui::ends_at(&ends),
                share: left.as_secs_f32() / grant.length.as_secs_f32().max(1.0),
                color: if soon { t.warn } else { t.ok },
                button: if asking { words::RENEWING } else { words::RENEW },
                look: if soon { ButtonLook::Main } else { ButtonLook::Plain },
                enabled: !asking,
                code: false,
            }
        }
        Session::Expired(_) => Face2 {
            clock: Some(format::clock(Duration::ZERO)),
            caption: words::ENDED.to_owned(),
            share: 0.0,
            color: t.warn,
            button: if asking { words::RENEWING } else { words::RENEW },
            look: ButtonLook::Main,
            enabled: !asking,
            code: false,
        },
        Session::SignedOut => Face2 {
            clock: None,
            caption: words::NO_ACCESS.to_owned(),
            share: 0.0,
            color: t.muted,
            button: words::GET_ACCESS,
            look: ButtonLook::Main,
            enabled: !asking,
            code: false,
        },
        Session::Assuming(_) => Face2 {
            clock: None,
            caption: words::ASKING_AMAZON.to_owned(),
            share: 0.0,
            color: t.muted,
            button: words::ASKING,
            look: ButtonLook::Plain,
            enabled: false,
            code: false,
        },
        Session::Denied(problem) => {
            let code = matches!(problem.kind, Kind::CodeNeeded | Kind::CodeWrong);
            Face2 {
                clock: None,
                caption: words::NO_ACCESS.to_owned(),
                share: 0.0,
                color: t.bad,
                button: if code { words::ENTER_CODE } else { words::TRY_AGAIN },
                // Where something else helps first, the page below leads there.
                look: if remedy(problem, &scene.place.destination.profile, scene.seen).is_some() {
                    ButtonLook::Plain
                } else {
                    ButtonLook::Main
                },
                enabled: !asking,
                code,
            }
        }
    }
}

/// Returns whether the button of the pass is the main one of the screen.
pub(crate) fn leads(scene: &Scene<'_>) -> bool {
    match &scene.place.session {
        Session::Active(_) => scene.place.ends_soon(scene.now),
        Session::Expired(_) | Session::SignedOut | Session::Denied(_) => true,
        Session::Assuming(_) => false,
    }
}

impl Window {
    /// Says to screen readers how the end of access comes nearer.
    pub(crate) fn announce_end(&mut self, id: DestinationId, place: &OpenDestination, now: Time) {
        let at = match &place.session {
            Session::Active(grant) => {
                let left = grant.ends.since(now);
                [10, 5, 1].into_iter().filter(|m| left <= Duration::from_secs(m * 60)).min()
            }
            Session::Expired(_) => Some(0),
            Session::SignedOut | Session::Assuming(_) | Session::Denied(_) => None,
        };
        match at {
            Some(minutes) if self.announced != Some((id, minutes)) => {
                self.announced = Some((id, minutes));
                let text =
                    if minutes == 0 { words::ENDED.to_owned() } else { crate::words::ui::announce_left(minutes) };
                super::says(&mut self.says, &text);
            }
            Some(_) => {}
            None => self.announced = None,
        }
    }

    pub(crate) fn pass(&mut self, ui: &mut Ui, rect: Rect, scene: &Scene<'_>, out: &mut Vec<Action>) {
        let t = theme::of(ui);
        let narrow = rect.width() < size::pass::NARROW;
        let tear = rect.right() - if narrow { size::STUB - size::pass::NARROWER } else { size::STUB };
        ticket(ui.painter(), rect, tear, t);
        self.holder(ui, Rect::from_min_max(rect.min, pos2(tear, rect.bottom())), scene, out);
        let face = faces(scene, t);
        let mut x = tear + size::pass::STUB_TEXT;
        if !narrow {
            let center = pos2(x + size::pass::RING_CENTER, rect.center().y);
            ring(ui.painter(), center, face.share, face.color, t, face.clock.is_none() && face.color == t.bad);
            x = center.x + size::pass::BEHIND_RING;
        }
        let button = Button::of(face.look, face.button).icon(icons::RENEW).enabled(face.enabled);
        let width = button.width(ui);
        let place = Rect::from_min_size(
            pos2(rect.right() - size::pass::BUTTON - width, rect.center().y - size::CONTROL / 2.0),
            vec2(width, size::CONTROL),
        );
        let room = place.left() - x - gap::TEXT;
        clock(ui, pos2(x, rect.top() + size::pass::CLOCK), face.clock.as_deref(), face.color, t);
        let caption = [(face.caption.as_str(), Face::Small, t.muted)];
        let said =
            widgets::text_at(ui, Align2::LEFT_CENTER, pos2(x, rect.center().y + size::pass::CAPTION), &caption, room);
        if scene.place.session.grant().is_some_and(|grant| grant.shortened) {
            ui.interact(said, ui.scope_id().with("shortened"), Sense::hover()).on_hover_text(words::SHORTENED);
        }
        if ui.put(place, button).clicked() {
            if face.code {
                self.ask_code(scene.id, scene.place);
            } else {
                self.renew(scene.id, scene.place, out);
            }
        }
    }

    fn holder(&mut self, ui: &mut Ui, rect: Rect, scene: &Scene<'_>, out: &mut Vec<Action>) {
        let t = theme::of(ui);
        let tile = Rect::from_min_size(rect.min + size::pass::TILE, Vec2::splat(size::TILE));
        widgets::tile_at(ui.painter(), tile, icons::PLACE, t.accent, t.accent_soft);
        let x = tile.right() + gap::PART;
        let gear = pos2(rect.right() - size::pass::GEAR, rect.center().y);
        // Where there is little room the name goes first; the menu below it leads there too.
        let past = (rect.width() > size::pass::WITH_HISTORY).then(|| gear - vec2(size::pass::HISTORY, 0.0));
        let room = past.unwrap_or(gear).x - gap::EDGE - x;
        let mut y = rect.top() + size::pass::NAME;
        // Where there is little room the name comes first; practice is marked above every page.
        let badge = badge(scene).filter(|_| past.is_some() || !scene.place.destination.practice);
        let badge_width = badge.map_or(0.0, |(text, _)| gap::FACTS + pill_width(ui, text));
        let name = scene.place.destination.name.as_str();
        let galley = widgets::one_line(ui, &[(name, Face::Name, t.ink)], room - size::pass::AROUND_NAME - badge_width);
        let named = Rect::from_min_size(pos2(x + gap::WIDE, y - galley.size().y / 2.0), galley.size());
        let hit = Rect::from_min_max(named.min - vec2(gap::EDGE, 1.0), named.max + vec2(gap::FACTS, 1.0));
        let response = ui.allocate_rect(hit, Sense::click());
        let label = format!("{}: {name}", words::SWITCH);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
        if response.hovered() {
            ui.painter().rect_filled(hit, CornerRadius::same(size::HOVERED), t.sunken);
        }
        widgets::focus_ring(ui, &response, hit.shrink(2.0), t);
        ui.painter().galley(named.min, galley, t.ink);
        widgets::dot_at(ui, pos2(x + size::DOT / 2.0, y + 1.0), scene.place.destination.role.account().as_str());
        widgets::icon_at(
            ui.painter(),
            pos2(named.right() + gap::NEAR, y + 1.0),
            icons::CARET_DOWN,
            icon_size::CARET,
            t.muted,
        );
        self.switcher(&response, scene, out);
        if let Some((text, hint)) = badge {
            let warn = !scene.place.destination.practice;
            let at = pos2(hit.right() + gap::SMALL, y);
            pill(ui, at, text, hint, if warn { (t.warn, t.warn_soft) } else { (t.accent, t.accent_soft) });
        }
        y = rect.center().y + size::pass::PLACE;
        let place = scene.where_to();
        let mut runs = vec![(place.as_str(), Face::Small, t.muted)];
        if let Some(who) = scene.identity() {
            runs.push(("  ·  uploading as ", Face::Small, t.muted));
            runs.push((&who.name, Face::SmallStrong, t.muted));
        }
        widgets::text_at(ui, Align2::LEFT_CENTER, pos2(x, y), &runs, room);
        if let Some(past) = past
            && widgets::icon_button_at(ui, past, icons::HISTORY, crate::words::history::TITLE, t.muted).clicked()
        {
            out.push(Action::OpenHistory);
        }
        if widgets::icon_button_at(ui, gear, icons::SETTINGS, words::SETTINGS, t.muted).clicked() {
            self.open_settings(&scene.seen.settings, scene.about);
        }
    }
}

fn badge<'a>(scene: &'a Scene<'_>) -> Option<(&'static str, &'a str)> {
    if scene.place.destination.practice {
        return Some((words::PRACTICE, words::PRACTICE_HINT));
    }
    let server = scene.about.test_server.as_ref()?;
    Some((words::TEST_SERVER, server))
}

pub(crate) fn pill_width(ui: &Ui, text: &str) -> f32 {
    widgets::one_line(ui, &[(text, Face::SmallStrong, Color32::PLACEHOLDER)], f32::INFINITY).size().x
}

/// Draws a badge: a word on a colored ground, with a hint if it is pointed at.
pub(crate) fn pill(ui: &mut Ui, left: Pos2, text: &str, hint: &str, colors: (Color32, Color32)) {
    pill_at(ui, left, text, colors).on_hover_text(hint);
}

/// Draws a badge, beginning at this point of its middle line.
pub(crate) fn pill_at(ui: &mut Ui, left: Pos2, text: &str, (ink, soft): (Color32, Color32)) -> Response {
    let galley = widgets::one_line(ui, &[(text, Face::SmallStrong, ink)], f32::INFINITY);
    let rect = Rect::from_min_size(
        pos2(left.x, left.y - size::pass::PILL / 2.0),
        vec2(galley.size().x + gap::WIDE, size::pass::PILL),
    );
    let response = ui.allocate_rect(rect, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    ui.painter().rect_filled(rect, CornerRadius::same(size::PILL), soft);
    ui.painter().galley(rect.min + vec2(gap::TEXT, size::pass::PILL / 2.0 - galley.size().y / 2.0), galley, ink);
    response
}

fn ticket(painter: &Painter, rect: Rect, tear: f32, t: &Tokens) {
    painter.rect(
        rect,
        CornerRadius::same(size::CARD + 2),
        t.surface,
        widgets::hairline(painter, t.line),
        StrokeKind::Inside,
    );
    for (y, from) in [(rect.top(), 0.0), (rect.bottom(), TAU / 2.0)] {
        let center = pos2(tear, y);
        painter.circle_filled(center, size::NOTCH, t.bg);
        // Only the half of the notch inside the ticket has an edge.
        let arc = arc(center, size::NOTCH - 0.5, from, from + TAU / 2.0);
        painter.add(Shape::line(arc, widgets::hairline(painter, t.line)));
        let outside = if from == 0.0 {
            Rect::from_min_max(pos2(tear - size::NOTCH, y - size::NOTCH), pos2(tear + size::NOTCH, y))
        } else {
            Rect::from_min_max(pos2(tear - size::NOTCH, y), pos2(tear + size::NOTCH, y + size::NOTCH))
        };
        painter.rect_filled(outside, 0.0, t.bg);
    }
    let line = [pos2(tear, rect.top() + size::NOTCH), pos2(tear, rect.bottom() - size::NOTCH)];
    painter.extend(Shape::dashed_line(&line, Stroke::new(2.0, t.line), size::DASH, 2.0));
}

fn arc(center: Pos2, radius: f32, from: f32, to: f32) -> Vec<Pos2> {
    let steps = 48_u8;
    (0..=steps).map(|n| center + radius * Vec2::angled(from + (to - from) * f32::from(n) / f32::from(steps))).collect()
}

fn ring(painter: &Painter, center: Pos2, share: f32, color: Color32, t: &Tokens, dot: bool) {
    let radius = size::pass::RING;
    painter.add(Shape::closed_line(
        arc(center, radius, 0.0, TAU * size::pass::ALMOST_ROUND),
        Stroke::new(size::pass::RING_WIDTH, t.sunken),
    ));
    let top = -TAU * size::pass::QUARTER;
    if share > 0.0 {
        let end = top + TAU * share.min(1.0);
        painter.add(Shape::line(arc(center, radius, top, end), Stroke::new(size::pass::RING_WIDTH, color)));
        if share < 1.0 {
            for angle in [top, end] {
                painter.circle_filled(center + radius * Vec2::angled(angle), size::pass::RING_WIDTH / 2.0, color);
            }
        }
    } else if dot {
        painter.circle_filled(center + radius * Vec2::angled(top), size::pass::RING_WIDTH / 2.0, color);
    }
}

/// Draws the time left, or a dash; every figure in a cell of its own.
fn clock(ui: &mut Ui, left: Pos2, text: Option<&str>, color: Color32, t: &Tokens) {
    let ink = if color == t.ok { t.ink } else { color };
    let Some(text) = text else {
        let dash = Rect::from_min_size(pos2(left.x, left.y + 0.5), size::pass::NO_TIME);
        ui.painter().rect_filled(dash, 0.0, ink);
        return;
    };
    let galley = widgets::one_line(ui, &[(text, Face::Clock, ink)], f32::INFINITY);
    let rect = Align2::LEFT_CENTER.anchor_size(left, galley.size());
    let response = ui.allocate_rect(rect, Sense::empty());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Timer, true, words::TIME_LEFT);
        info.current_text_value = Some(text.to_owned());
        info
    });
    ui.painter().galley(rect.min, galley, ink);
}
