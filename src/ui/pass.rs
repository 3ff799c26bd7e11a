//! The pass at the top: who delivers where, and behind a dashed tear line the time left and Renew.

use super::remedy::remedy;
use super::theme::{self, Face, Tokens, gap, icon_size, size};
use super::widgets::{self, Button, ButtonLook};
use super::{Action, Scene, Window, icons, layout};
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

struct StubLook {
    clock: Option<String>,
    caption: String,
    share: f32,
    color: Color32,
    button: &'static str,
    look: ButtonLook,
    enabled: bool,
    code: bool,
}

fn faces(scene: &Scene<'_>, t: &Tokens) -> StubLook {
    let asking = scene.place.is_asking();
    match &scene.place.session {
        Session::Active(grant) => {
            let left = grant.ends.since(scene.now);
            let soon = scene.place.ends_soon(scene.now);
            let ends =
                scene.utc_now().map(|(now, ends)| format::time(ends, now, &scene.about.zone)).unwrap_or_default();
            StubLook {
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
        Session::Expired(_) => StubLook {
            clock: Some(format::clock(Duration::ZERO)),
            caption: words::ENDED.to_owned(),
            share: 0.0,
            color: t.warn,
            button: if asking { words::RENEWING } else { words::RENEW },
            look: ButtonLook::Main,
            enabled: !asking,
            code: false,
        },
        Session::SignedOut => StubLook {
            clock: None,
            caption: words::NO_ACCESS.to_owned(),
            share: 0.0,
            color: t.muted,
            button: words::GET_ACCESS,
            look: ButtonLook::Main,
            enabled: !asking,
            code: false,
        },
        Session::Assuming(_) => StubLook {
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
            StubLook {
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

    /// Draws the pass at the top of a rectangle, and returns its height: the stub stands right of the rest, or below it if
    /// there is too little room.
    pub(crate) fn pass(&mut self, ui: &mut Ui, rect: Rect, scene: &Scene<'_>, out: &mut Vec<Action>) -> f32 {
        let t = theme::of(ui);
        let face = faces(scene, t);
        let narrow = rect.width() < size::pass::NARROW;
        let needed = stub_width(ui, &face, narrow);
        let stub = needed.max(if narrow { size::STUB - size::pass::NARROWER } else { size::STUB });
        if stub + size::pass::HOLDER <= rect.width() {
            let pass = rect.with_max_y(rect.top() + size::PASS);
            let tear = pass.right() - stub;
            ticket(ui.painter(), pass, [pos2(tear, pass.top()), pos2(tear, pass.bottom())], t);
            self.holder(ui, pass.with_max_x(tear), scene, out);
            self.stub(ui, pass.with_min_x(tear), &face, !narrow, scene, out);
            return size::PASS;
        }
        let pass = rect.with_max_y(rect.top() + 2.0 * size::PASS);
        let tear = pass.top() + size::PASS;
        ticket(ui.painter(), pass, [pos2(pass.left(), tear), pos2(pass.right(), tear)], t);
        self.holder(ui, pass.with_max_y(tear), scene, out);
        let ring = needed + size::pass::STUB_RING <= pass.width();
        self.stub(ui, pass.with_min_y(tear), &face, ring, scene, out);
        2.0 * size::PASS
    }

    /// Draws the time left and the button that renews it.
    fn stub(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        face: &StubLook,
        with_ring: bool,
        scene: &Scene<'_>,
        out: &mut Vec<Action>,
    ) {
        let t = theme::of(ui);
        let button = Button::of(face.look, face.button).icon(icons::RENEW).enabled(face.enabled);
        let width = button.width(ui).min(rect.width() / 2.0);
        let beside = gap::TEXT + width + size::pass::BUTTON;
        layout::cells(ui, rect, |ui| {
            layout::cell(ui, rect.width() - beside, rect.height(), |ui| {
                ui.add_space(size::pass::STUB_TEXT);
                if with_ring {
                    let (_, place) = ui.allocate_space(Vec2::splat(2.0 * size::pass::RING_CENTER));
                    let refused = face.clock.is_none() && face.color == t.bad;
                    ring(ui.painter(), place.center(), face.share, face.color, t, refused);
                    ui.add_space(gap::WIDE);
                }
                let width = ui.available_width();
                layout::column_cell(ui, width, rect.height(), |ui| {
                    ui.add_space(size::pass::CLOCK);
                    clock(ui, face.clock.as_deref(), face.color, t);
                    ui.add_space(size::pass::BELOW_CLOCK);
                    let caption = widgets::line(ui, &[(face.caption.as_str(), Face::Small, t.muted)]);
                    if scene.place.session.grant().is_some_and(|grant| grant.shortened) {
                        ui.interact(caption.rect, ui.scope_id().with("shortened"), Sense::hover())
                            .on_hover_text(words::SHORTENED);
                    }
                });
            });
            ui.add_space(gap::TEXT);
            layout::cell(ui, width, rect.height(), |ui| {
                if ui.add(button).clicked() {
                    if face.code {
                        self.ask_code(scene.id, scene.place);
                    } else {
                        self.renew(scene.id, scene.place, out);
                    }
                }
            });
        });
    }

    /// Draws who delivers where, with the buttons beside it.
    fn holder(&mut self, ui: &mut Ui, rect: Rect, scene: &Scene<'_>, out: &mut Vec<Action>) {
        let t = theme::of(ui);
        // Where there is little room the name goes first; the menu below it leads there too.
        let with_history = rect.width() > size::pass::WITH_HISTORY;
        let buttons = size::pass::BUTTONS + if with_history { size::pass::HISTORY } else { 0.0 };
        layout::cells(ui, rect, |ui| {
            layout::cell(ui, size::pass::TILE + size::TILE + gap::PART, rect.height(), |ui| {
                ui.add_space(size::pass::TILE);
                let (_, tile) = ui.allocate_space(Vec2::splat(size::TILE));
                widgets::tile_at(ui.painter(), tile, icons::PLACE, t.accent, t.accent_soft);
            });
            let width = ui.available_width() - buttons;
            layout::column_cell(ui, width, rect.height(), |ui| {
                ui.add_space(size::pass::NAME);
                let (badged, height) = (with_history || !scene.place.destination.practice, Face::Name.line() + 2.0);
                layout::cell(ui, width, height, |ui| self.name(ui, badged, scene, out));
                ui.add_space(size::pass::BELOW_NAME);
                let place = scene.where_to();
                let mut runs = vec![(place.as_str(), Face::Small, t.muted)];
                if let Some(who) = scene.identity() {
                    runs.push(("  ·  uploading as ", Face::Small, t.muted));
                    runs.push((&who.name, Face::SmallStrong, t.muted));
                }
                widgets::line(ui, &runs);
            });
            layout::cell(ui, buttons, rect.height(), |ui| {
                ui.add_space(size::pass::BEFORE_BUTTONS);
                if with_history {
                    let past = widgets::icon_button(ui, icons::HISTORY, crate::words::history::TITLE, t.muted);
                    if past.clicked() {
                        out.push(Action::OpenHistory);
                    }
                    ui.add_space(size::pass::HISTORY - size::ICON_BUTTON.x);
                }
                if widgets::icon_button(ui, icons::SETTINGS, words::SETTINGS, t.muted).clicked() {
                    self.open_settings(&scene.seen.settings, scene.about);
                }
            });
        });
    }

    /// Draws the name, which opens the menu of destinations, and behind it what is special about this one.
    fn name(&mut self, ui: &mut Ui, badged: bool, scene: &Scene<'_>, out: &mut Vec<Action>) {
        let t = theme::of(ui);
        let badge = badge(scene).filter(|_| badged);
        let badge_width = badge.map_or(0.0, |(text, _)| gap::FACTS + pill_width(ui, text));
        let name = scene.place.destination.name.as_str();
        let room = ui.available_width() - size::pass::AROUND_NAME - badge_width;
        let galley = widgets::one_line(ui, &[(name, Face::Name, t.ink)], room);
        // Its ground begins left of the text below it.
        let (_, place) = ui.allocate_space(galley.size() + vec2(size::pass::AROUND_NAME, 2.0));
        let hit = place.with_min_x(place.left() - gap::CLOSE).with_max_x(place.right() + 2.0);
        let response = ui.interact(hit, ui.scope_id().with("name"), Sense::click());
        let label = format!("{}: {name}", words::SWITCH);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
        if response.hovered() {
            ui.painter().rect_filled(hit, CornerRadius::same(size::HOVERED), t.sunken);
        }
        widgets::focus_ring(ui, &response, hit.shrink(2.0), t);
        let named = Rect::from_min_size(place.min + vec2(gap::WIDE, 1.0), galley.size());
        let y = named.center().y + 1.0;
        ui.painter().galley(named.min, galley, t.ink);
        widgets::dot_at(ui, pos2(place.left() + size::DOT / 2.0, y), scene.place.destination.role.account().as_str());
        let caret = pos2(named.right() + gap::NEAR, y);
        widgets::icon_at(ui.painter(), caret, icons::CARET_DOWN, icon_size::CARET, t.muted);
        self.switcher(&response, scene, out);
        if let Some((text, hint)) = badge {
            let warn = !scene.place.destination.practice;
            ui.add_space(2.0 + gap::SMALL);
            pill(ui, text, hint, if warn { (t.warn, t.warn_soft) } else { (t.accent, t.accent_soft) });
        }
    }
}

/// Returns the width that the stub needs, without its ring if it is `narrow`.
fn stub_width(ui: &Ui, face: &StubLook, narrow: bool) -> f32 {
    let wide = |text: &str, face| widgets::one_line(ui, &[(text, face, Color32::PLACEHOLDER)], f32::INFINITY).size().x;
    let text = wide(&face.caption, Face::Small).max(face.clock.as_deref().map_or(0.0, |time| wide(time, Face::Clock)));
    let ring = if narrow { 0.0 } else { size::pass::STUB_RING };
    let button = Button::of(face.look, face.button).icon(icons::RENEW).width(ui);
    size::pass::STUB_TEXT + ring + text + 2.0 * gap::TEXT + button + size::pass::BUTTON
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
pub(crate) fn pill(ui: &mut Ui, text: &str, hint: &str, colors: (Color32, Color32)) {
    let (_, rect) = ui.allocate_space(vec2(pill_width(ui, text) + gap::WIDE, size::pass::PILL));
    pill_in(ui, rect, text, colors).on_hover_text(hint);
}

/// Draws a badge, beginning at this point of its middle line.
pub(crate) fn pill_at(ui: &mut Ui, left: Pos2, text: &str, colors: (Color32, Color32)) -> Response {
    let size = vec2(pill_width(ui, text) + gap::WIDE, size::pass::PILL);
    let rect = Rect::from_min_size(pos2(left.x, left.y - size::pass::PILL / 2.0), size);
    pill_in(ui, rect, text, colors)
}

fn pill_in(ui: &mut Ui, rect: Rect, text: &str, (ink, soft): (Color32, Color32)) -> Response {
    let galley = widgets::one_line(ui, &[(text, Face::SmallStrong, ink)], f32::INFINITY);
    let response = ui.allocate_rect(rect, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    ui.painter().rect_filled(rect, CornerRadius::same(size::PILL), soft);
    ui.painter().galley(rect.min + vec2(gap::TEXT, size::pass::PILL / 2.0 - galley.size().y / 2.0), galley, ink);
    response
}

/// Paints the ground of the pass with its two notches, and the dashed line between them where the stub is torn off.
fn ticket(painter: &Painter, rect: Rect, notches: [Pos2; 2], t: &Tokens) {
    painter.rect(
        rect,
        CornerRadius::same(size::CARD + 2),
        t.surface,
        widgets::hairline(painter, t.line),
        StrokeKind::Inside,
    );
    let [one, other] = notches;
    let inwards = (other - one).normalized();
    for (center, inwards) in [(one, inwards), (other, -inwards)] {
        painter.circle_filled(center, size::NOTCH, t.bg);
        // Only the half of the notch inside the ticket has an edge.
        let from = inwards.angle() - TAU * size::pass::QUARTER;
        let arc = arc(center, size::NOTCH - 0.5, from, from + TAU / 2.0);
        painter.add(Shape::line(arc, widgets::hairline(painter, t.line)));
        let across = size::NOTCH * inwards.rot90();
        let outside = Rect::from_two_pos(center + across, center - across - size::NOTCH * inwards);
        painter.rect_filled(outside, 0.0, t.bg);
    }
    let line = [one + size::NOTCH * inwards, other - size::NOTCH * inwards];
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
fn clock(ui: &mut Ui, text: Option<&str>, color: Color32, t: &Tokens) {
    let ink = if color == t.ok { t.ink } else { color };
    let (_, place) = ui.allocate_space(vec2(ui.available_width(), Face::Clock.line()));
    let Some(text) = text else {
        let dash = Rect::from_min_size(place.left_center() + vec2(0.0, 0.5), size::pass::NO_TIME);
        ui.painter().rect_filled(dash, 0.0, ink);
        return;
    };
    let galley = widgets::one_line(ui, &[(text, Face::Clock, ink)], place.width());
    let rect = Align2::LEFT_CENTER.anchor_size(place.left_center(), galley.size());
    let response = ui.allocate_rect(rect, Sense::empty());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Timer, true, words::TIME_LEFT);
        info.current_text_value = Some(text.to_owned());
        info
    });
    ui.painter().galley(rect.min, galley, ink);
}
