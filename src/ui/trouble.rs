//! A denial as a page: whose turn it is, the likeliest cause first, each with its own action.

use super::code::Code;
use super::explanations::{Explanation, ProblemDetails, technical};
use super::theme::{self, Face, Tokens, gap, icon_size, size};
use super::widgets::{self, Button};
use super::{Action, Scene, Window, form, icons, layout, pass};
use crate::diagnose::{self, Cause, CauseAction, Evidence, Piece};
use crate::model::problem::{Kind, Problem};
use crate::model::snapshot::{Command, OpenDestination};
use crate::words::format;
use crate::words::problem as said;
use crate::words::ui::{dialog as dialog_words, notes, trouble as words};
use egui::{Align, Rect, Role, ScrollArea, Sense, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2};
use std::sync::Arc;

/// Which page is open over the files, and whether its technical details are unfolded.
#[derive(Clone, Debug, Default)]
pub struct Fold {
    open: bool,
    page: ProblemPage,
}

/// What a page over the files is about.
#[derive(Clone, Debug, Default)]
pub(crate) enum ProblemPage {
    /// A renewal that was refused.
    #[default]
    Renewal,
    /// What holds the queue.
    Hold,
    /// What is tried again while nothing goes well.
    Retry,
    /// What stopped one file.
    File(Arc<Problem>),
}

impl ProblemPage {
    fn problem(&self, place: &OpenDestination) -> Option<Arc<Problem>> {
        match self {
            Self::Renewal => place.renew_problem.clone(),
            Self::Hold => place.hold.clone(),
            Self::Retry => place.retry.as_ref().map(|retry| Arc::clone(&retry.why)),
            Self::File(problem) => Some(Arc::clone(problem)),
        }
    }
}

impl Fold {
    /// Returns the problem of the page that is open over the files; none once it is over.
    pub(crate) fn problem(&self, place: &OpenDestination) -> Option<Arc<Problem>> {
        self.page.problem(place)
    }
}

impl Window {
    /// Opens the page about a problem where something can be done about it, and its details otherwise.
    pub(crate) fn look_into(&mut self, page: ProblemPage, scene: &Scene<'_>) {
        let Some(problem) = page.problem(scene.place) else { return };
        if diagnose::explain(&problem, &Evidence::of(scene.place, scene.seen)).is_empty() {
            self.open_sheet(ProblemDetails { problem, ended: matches!(page, ProblemPage::File(_)) });
        } else {
            self.trouble.page = page;
            self.trouble_open = true;
        }
    }

    pub(crate) fn trouble(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        scene: &Scene<'_>,
        problem: &Problem,
        over: bool,
        out: &mut Vec<Action>,
    ) {
        let t = theme::of(ui);
        ui.painter().add(widgets::card(ui.painter(), t, 0).paint(rect.shrink(1.0 / ui.pixels_per_point())));
        let mut inner = ui.new_child(UiBuilder::new().max_rect(rect.shrink2(vec2(1.0, 1.0))));
        let margin = size::trouble::PADDING;
        ScrollArea::vertical().auto_shrink(false).show(&mut inner, |ui| {
            egui::Frame::new().inner_margin(margin).show(ui, |ui| {
                ui.spacing_mut().item_spacing = Vec2::ZERO;
                ui.set_width(ui.available_width());
                let causes = diagnose::explain(problem, &Evidence::of(scene.place, scene.seen));
                let ended = matches!(self.trouble.page, ProblemPage::File(_));
                let spoken = if ended { said::said_of_ended(problem) } else { said::said(problem.kind) };
                head(ui, &spoken, diagnose::turn(problem, &causes), t);
                if let Some(dates) = self.dates(scene).filter(|dates| dates.warn) {
                    super::invited::note(ui, &dates.text, true);
                }
                ui.add_space(gap::EDGE);
                for (at, cause) in causes.iter().enumerate() {
                    rule(ui, t);
                    self.cause(ui, at + 1, cause, scene, out);
                }
                if causes.is_empty() {
                    rule(ui, t);
                    self.turn(ui, problem, scene, out);
                }
                rule(ui, t);
                ui.add_space(gap::PARAGRAPH);
                details(ui, problem, scene, &mut self.trouble.open, out);
                if over {
                    ui.add_space(gap::NEAR);
                    ui.horizontal(|ui| {
                        ui.spacing_mut().item_spacing.x = size::NEAR;
                        if ui.add(Button::plain(words::BACK)).clicked() {
                            self.trouble_open = false;
                        }
                        let held = matches!(self.trouble.page, ProblemPage::Hold);
                        if held && ui.add(Button::plain(notes::TRY_NOW)).clicked() {
                            out.push(Command::Release(scene.id).into());
                            self.trouble_open = false;
                        }
                    });
                }
            });
        });
    }

    fn cause(&mut self, ui: &mut Ui, number: usize, cause: &Cause, scene: &Scene<'_>, out: &mut Vec<Action>) {
        let label = match &cause.action {
            CauseAction::CopyForCustomer(_) => words::COPY_CUSTOMER,
            CauseAction::CopyForAdministrator(_) => words::COPY_ADMINISTRATOR,
            CauseAction::EnterCode => words::ENTER_CODE,
            CauseAction::EditDestination => words::CHANGE,
            CauseAction::Details(_) => words::DETAILS,
        };
        if entry(ui, &number.to_string(), &cause.title, &cause.body, Button::plain(label)) {
            match &cause.action {
                CauseAction::CopyForCustomer(text) | CauseAction::CopyForAdministrator(text) => {
                    out.push(Action::Copy(text.clone()));
                    super::says(&mut self.says, words::COPIED);
                }
                CauseAction::EnterCode => self.enter_code(scene),
                CauseAction::EditDestination => self.change(scene),
                CauseAction::Details(text) => {
                    self.open_sheet(Explanation { title: cause.title.clone(), body: text.clone() });
                }
            }
        }
    }

    /// Draws the one action beside a problem that has one cause.
    fn turn(&mut self, ui: &mut Ui, problem: &Problem, scene: &Scene<'_>, out: &mut Vec<Action>) {
        let kind = problem.kind;
        ui.add_space(gap::PART);
        let profile = &scene.place.destination.profile;
        if let Some(remedy) = super::remedy::remedy(problem, profile, scene.seen) {
            if ui.add(Button::main(remedy.label())).clicked() {
                self.help(remedy, profile, Some(scene.id), out);
            }
        } else if matches!(kind, Kind::CodeNeeded | Kind::CodeWrong) {
            if ui.add(Button::plain(words::ENTER_CODE)).clicked() {
                self.enter_code(scene);
            }
        } else if matches!(kind, Kind::PolicyTooLarge | Kind::PolicyRefused) {
            if ui.add(Button::plain(words::UNNARROWED)).clicked() {
                out.push(Command::GetAccessUnnarrowed(scene.id).into());
            }
        } else if ui.add(Button::plain(words::CHANGE)).clicked() {
            self.change(scene);
        }
        ui.add_space(gap::PART);
    }

    fn change(&mut self, scene: &Scene<'_>) {
        self.form.fill(&scene.place.destination, form::From::Change(scene.id));
        self.form.open_rest();
        self.on_view = None;
    }

    fn enter_code(&mut self, scene: &Scene<'_>) {
        if scene.place.destination.mfa_serial.is_some() {
            self.ask_code(scene.id, scene.place);
        } else {
            let to = Box::new((*scene.place.destination).clone());
            let guess = scene.identity().map(|who| who.arn.replacen(":user/", ":mfa/", 1)).unwrap_or_default();
            self.open_sheet(Code::with_device(to, guess));
        }
    }
}

/// Draws what is so, and whose turn it is: beside the title if there is room, below the text otherwise, and below all of it
/// in the narrowest window.
fn head(ui: &mut Ui, spoken: &said::Message, turn: Option<&str>, t: &Tokens) {
    let colors = (t.muted, t.sunken);
    let below = |ui: &mut Ui, turn: &str, wide: f32| {
        let (_, row) = ui.allocate_space(vec2(wide.min(ui.available_width()), size::trouble::TURN));
        pass::pill_at(ui, row.left_center() + vec2(0.0, gap::CLOSE), turn, colors);
    };
    let left = ui.horizontal_top(|ui| {
        let (_, tile) = ui.allocate_space(vec2(size::TILE, size::TILE + 1.0));
        let tile = Rect::from_min_size(tile.min + vec2(0.0, 1.0), Vec2::splat(size::TILE));
        widgets::tile_at(ui.painter(), tile, icons::LOCK, t.bad, t.bad_soft);
        ui.add_space(gap::PART);
        ui.vertical(|ui| {
            let right = ui.cursor().left() + ui.available_width();
            let title = widgets::text(ui, &[(&spoken.title, Face::Heading, t.ink)]).rect;
            let wide = turn.map_or(0.0, |turn| pass::pill_width(ui, turn) + gap::WIDE);
            let beside = title.right() + gap::WIDE + wide <= right && title.height() < 2.0 * Face::Heading.line();
            if let Some(turn) = turn.filter(|_| beside) {
                pass::pill_at(ui, pos2(right - wide, title.center().y), turn, colors);
            }
            ui.add_space(gap::TIGHT);
            widgets::text(ui, &[(&spoken.body, Face::Body, t.muted)]);
            let turn = turn.filter(|_| !beside)?;
            if wide > ui.available_width() {
                return Some((turn, wide));
            }
            below(ui, turn, wide);
            None
        })
        .inner
    });
    if let Some((turn, wide)) = left.inner {
        below(ui, turn, wide);
    }
}

fn rule(ui: &mut Ui, t: &Tokens) {
    let (_, line) = ui.allocate_space(vec2(ui.available_width(), 1.0));
    widgets::rule(ui.painter(), line.x_range(), line.center().y, t);
}

/// Draws one numbered cause with its button on the right.
fn entry(ui: &mut Ui, number: &str, title: &str, body: &[Piece], button: Button<'_>) -> bool {
    let t = theme::of(ui);
    let width = button.width(ui);
    let full = ui.available_width();
    let beside = full > width + size::trouble::BESIDE;
    let room =
        if beside { full - size::trouble::TEXT - width - size::trouble::TEXT } else { full - size::trouble::TEXT };
    ui.add_space(gap::FIELD);
    let pressed;
    let top = ui.cursor().top();
    let left = ui.cursor().left();
    let mut column = layout::column_at(ui, pos2(left + size::trouble::TEXT, top), room);
    column.spacing_mut().item_spacing = Vec2::ZERO;
    widgets::text(&mut column, &[(title, Face::Strong, t.ink)]);
    let runs: Vec<widgets::TextRun<'_>> = body
        .iter()
        .map(|piece| match piece {
            Piece::Plain(text) => (text.as_str(), Face::Small, t.muted),
            Piece::Code(text) => (text.as_str(), Face::MonoSmall, t.muted),
        })
        .collect();
    column.add_space(1.0);
    widgets::text(&mut column, &runs);
    let mut height = column.min_rect().height();
    let middle = if beside {
        let middle = top + height / 2.0 - 1.0;
        let place = Rect::from_min_size(
            egui::pos2(left + full - width, middle - size::CONTROL / 2.0),
            vec2(width, size::CONTROL),
        );
        pressed = ui.put(place, button).clicked();
        middle
    } else {
        column.add_space(gap::TEXT);
        pressed = column.add(button).clicked();
        height = column.min_rect().height();
        top + Face::Body.line() / 2.0
    };
    let number = [(number, Face::Strong, t.muted)];
    widgets::text_at(ui, egui::Align2::LEFT_CENTER, egui::pos2(left + 1.0, middle), &number, size::trouble::TEXT);
    let used = Rect::from_min_size(egui::pos2(left, top), vec2(full, height + gap::NEAR));
    ui.advance_cursor_after_rect(used);
    pressed
}

/// Draws the folded details: code, request id, status, time; to be copied, without a secret.
fn details(ui: &mut Ui, problem: &Problem, scene: &Scene<'_>, open: &mut bool, out: &mut Vec<Action>) {
    let t = theme::of(ui);
    let Some(detail) = &problem.detail else { return };
    let mut short = vec![dialog_words::DETAILS.to_owned()];
    if !detail.code.is_empty() {
        short.push(detail.code.to_string());
    }
    let request = (!detail.request_id.is_empty()).then(|| format!("request {}", format::cut(&detail.request_id)));
    let mut line = short.join("  ·  ");
    if let Some(request) = request {
        line.push_str(" · ");
        line.push_str(&request);
    }
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::trouble::DETAILS), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, *open, &line));
    let icon = if *open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
    widgets::icon_at(
        ui.painter(),
        egui::pos2(rect.left() + size::trouble::CARET, rect.center().y),
        icon,
        icon_size::CARET,
        t.muted,
    );
    let galley = widgets::one_line(ui, &[(&line, Face::Small, t.muted)], rect.width() - gap::EDGE);
    let at = egui::pos2(rect.left() + size::trouble::DETAILS_TEXT, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, t.muted);
    widgets::focus_ring(ui, &response, rect, t);
    let unfolded = response.clicked() && !*open;
    if response.clicked() {
        *open = !*open;
    }
    if *open {
        let all = technical(problem, &scene.about.zone);
        ui.add_space(gap::SMALL);
        egui::Frame::new().inner_margin(size::trouble::UNFOLDED).show(ui, |ui| {
            widgets::selectable(ui, &[(&all, Face::MonoSmall, t.muted)]);
            ui.add_space(gap::TEXT);
            if ui.add(Button::plain(dialog_words::COPY).icon(icons::COPY)).clicked() {
                out.push(Action::Copy(all.clone()));
            }
        });
        if unfolded {
            ui.scroll_to_cursor(Some(Align::BOTTOM));
        }
    }
}
