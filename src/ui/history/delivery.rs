//! One past delivery and its files.

use super::{HistoryPage, HistoryRequest, Open, list};
use crate::model::history::{Delivery, DeliveryFile, Outcome};
use crate::model::upload::Proof;
use crate::ui::explanations::ProblemDetails;
use crate::ui::icons::{self, Icon};
use crate::ui::paths::PathFor;
use crate::ui::theme::{self, Face, Tokens, gap, icon_size, size};
use crate::ui::widgets::{self, Button};
use crate::ui::{About, Action, Window, layout};
use crate::words::format;
use crate::words::history as words;
use crate::words::untrusted_text::visible;
use egui::{
    Align, Color32, CornerRadius, Layout, Popup, Rect, Role, Sense, StrokeKind, Ui, UiBuilder, Vec2, WidgetInfo, pos2,
    vec2,
};
use egui_extras::{Column, TableBuilder};
use std::sync::Arc;

impl Window {
    /// Draws one delivery. Returns false when the person goes back to the list.
    pub(super) fn history_delivery(
        &mut self,
        ui: &mut Ui,
        page: &mut HistoryPage,
        open: &mut Open,
        about: &About,
        out: &mut Vec<Action>,
    ) -> bool {
        if page.problem.is_none() {
            if !open.asked {
                open.asked = true;
                out.push(HistoryRequest::Files(open.id).into());
            }
            out.extend(page.deliveries.want(&[open.id]).map(|ids| HistoryRequest::Deliveries(ids).into()));
        }
        layout::scrolling(ui, "one delivery", |ui, all| {
            let (left, right) = (all.left() + size::EDGE, all.right() - size::EDGE);
            let mut y = all.top() + size::TOP;
            y += self.welcome_notes(ui, Rect::from_min_max(pos2(left, y), pos2(right, all.bottom())), &[]);
            y += page.in_the_way(ui, Rect::from_min_max(pos2(left, y), pos2(right, all.bottom())));
            let known = page.deliveries.get(open.id).cloned();
            let mut column = layout::column_at(ui, pos2(left, y), right - left);
            column.spacing_mut().item_spacing = Vec2::ZERO;
            let delivery = known.clone().flatten();
            let stay = !super::heading(&mut column, words::BACK_TO_LIST, |ui| {
                if let Some(delivery) = &delivery {
                    title(ui, delivery);
                }
            });
            let Some(delivery) = delivery else { return (all.bottom(), stay && known.is_none()) };
            // The facts stand below the title, and below the link beside it.
            column.add_space(y + size::past::BELOW_TITLE - column.cursor().top());
            facts(&mut column, &delivery, about);
            column.add_space(1.0 + size::NEAR);
            summary(&mut column, page, &delivery, out);
            let top = column.min_rect().bottom() + size::NEAR;
            let bottom = (all.bottom() - size::GAP).max(top + size::table::LEAST);
            if let Some(files) = open.files.clone() {
                let table = Rect::from_min_max(pos2(left, top), pos2(right, bottom));
                let view = self.files_of(ui, open, &files, table, out);
                if page.problem.is_none() {
                    out.extend(open.lines.want(&view).map(|rows| HistoryRequest::Lines(open.id, rows).into()));
                }
            }
            (bottom + size::GAP, stay)
        })
    }

    /// Draws the files. Returns which of them are in view.
    fn files_of(&mut self, ui: &mut Ui, open: &Open, files: &[i64], rect: Rect, out: &mut Vec<Action>) -> Vec<i64> {
        let t = theme::of(ui);
        let corners = CornerRadius::same(size::CARD);
        ui.painter().rect_filled(rect, corners, t.surface);
        let head = Rect::from_min_size(rect.min, vec2(rect.width(), size::TABLE_HEAD));
        columns_names(ui, head);
        let body = Rect::from_min_max(pos2(rect.left(), head.bottom()), pos2(rect.right(), rect.bottom() - 1.0));
        let mut inner = ui.new_child(UiBuilder::new().max_rect(body).layout(Layout::top_down(Align::Min)));
        inner.set_clip_rect(body.intersect(ui.clip_rect()));
        inner.spacing_mut().item_spacing = Vec2::ZERO;
        let mut view = Vec::new();
        TableBuilder::new(&mut inner)
            .id_salt(("files of a delivery", open.id))
            .column(Column::exact(body.width()))
            .auto_shrink(false)
            .min_scrolled_height(0.0)
            .max_scroll_height(f32::INFINITY)
            .body(|rows| {
                rows.rows(size::ROW, files.len(), |mut row| {
                    let id = files.get(row.index()).copied();
                    row.col(|ui| {
                        let rect = Rect::from_min_size(ui.max_rect().min, vec2(body.width(), size::ROW));
                        self.work.rows_drawn += 1;
                        let Some(id) = id else { return };
                        view.push(id);
                        if let Some(line) = open.lines.get(id) {
                            let line = line.clone();
                            ui.push_id(id, |ui| self.file(ui, rect, line.as_ref(), out));
                        }
                    });
                });
            });
        ui.painter().rect_stroke(rect, corners, widgets::hairline(ui.painter(), t.line), StrokeKind::Inside);
        view
    }

    fn file(&mut self, ui: &mut Ui, rect: Rect, line: Option<&DeliveryFile>, out: &mut Vec<Action>) {
        let t = theme::of(ui);
        widgets::rule(ui.painter(), rect.x_range(), rect.top() + 0.5, t);
        let height = size::ROW - 1.0;
        let Some(line) = line else {
            let said = [(words::UNREADABLE, Face::Body, t.muted)];
            layout::cells(ui, rect, |ui| {
                ui.add_space(size::table::NAME);
                let room = ui.available_width() - gap::EDGE;
                layout::cell(ui, room, size::ROW, |ui| _ = widgets::line(ui, &said));
            });
            return;
        };
        let (icon, tint, ink) = looks(&line.outcome, t);
        let (amount, state) = (format::size(line.size), words::outcome(&line.outcome));
        let response = ui.interact(rect, ui.scope_id().with("row"), Sense::hover());
        let whole = format!("{}, {amount}, {state}", visible(&line.name));
        response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &whole));
        let (folder, name) = line.name.rsplit_once('/').unwrap_or(("", &line.name));
        let name = visible(name);
        let renamed = line.key.rsplit('/').next().filter(|key| *key != name).map(|key| format!(" as {}", visible(key)));
        let folder =
            if folder.is_empty() { String::new() } else { format!(" {} /", visible(&folder.replace('/', " / "))) };
        let mut runs = vec![(name.as_str(), Face::Body, t.ink)];
        runs.extend(renamed.as_deref().map(|renamed| (renamed, Face::Body, t.faint)));
        runs.push((&folder, Face::Body, t.faint));
        let more = layout::cells(ui, rect, |ui| {
            layout::cell(ui, size::table::NAME, size::ROW + 1.0, |ui| {
                ui.add_space(size::table::ICON - icon_size::ROW / 2.0);
                widgets::icon(ui, icon, icon_size::ROW, tint);
            });
            if super::beside(rect.width()) {
                let sized = [(amount.as_str(), Face::Body, t.muted)];
                let wide = widgets::one_line(ui, &sized, size::table::SIZE).size().x;
                let state_room = state_width(rect.width()) + size::table::MORE;
                let room = ui.available_width() - gap::NEAR - wide - gap::WIDE - state_room;
                layout::cell(ui, room, height, |ui| _ = widgets::line(ui, &runs));
                ui.add_space(gap::NEAR);
                layout::cell(ui, wide, height, |ui| _ = widgets::line(ui, &sized));
                ui.add_space(gap::WIDE);
                let room = ui.available_width() - size::table::CONTROL - gap::LABEL;
                layout::cell(ui, room, height, |ui| _ = widgets::one_or_two_lines(ui, &state, ink));
            } else {
                let room = ui.available_width() - size::table::CONTROL - gap::LABEL;
                layout::column_cell(ui, room, height, |ui| {
                    ui.add_space(size::table::FIRST_LINE);
                    widgets::line(ui, &runs);
                    widgets::line(ui, &[(&state, Face::Small, ink)]);
                });
            }
            ui.add_space(gap::LABEL);
            let named = format!("{}: {name}", words::MORE);
            layout::cell(ui, size::table::CONTROL, size::ROW + 1.0, |ui| {
                widgets::icon_button(ui, icons::MORE, &named, t.muted)
            })
        });
        Popup::menu(&more).gap(gap::CLOSE).show(|ui| {
            ui.set_min_width(size::WIDE_MENU);
            if let Outcome::Failed(problem) = &line.outcome
                && widgets::menu_item(ui, words::WHY)
            {
                self.open_sheet(ProblemDetails { problem: Arc::new(problem.clone()), ended: true });
            }
            if widgets::menu_item(ui, words::COPY_KEY) {
                out.push(Action::Copy(line.key.to_string()));
            }
        });
    }
}

/// Returns the width from where the state begins to the middle of the button behind it, in a table of this width.
fn state_width(width: f32) -> f32 {
    (width * size::past::FILE_STATE).clamp(size::past::FILE_STATE_LEAST, size::past::FILE_STATE_MOST)
}

/// Draws the names of the columns.
fn columns_names(ui: &mut Ui, rect: Rect) {
    let t = theme::of(ui);
    let label = |ui: &mut Ui, text: &str| _ = widgets::line(ui, &[(text, Face::SmallStrong, t.muted)]);
    let height = rect.height();
    layout::cells(ui, rect, |ui| {
        ui.add_space(size::table::NAME);
        if !super::beside(rect.width()) {
            let room = ui.available_width() - gap::EDGE;
            layout::cell(ui, room, height, |ui| label(ui, words::NAME));
            return;
        }
        let state = state_width(rect.width()) + size::table::MORE;
        let room = ui.available_width() - gap::WIDE - state;
        layout::cell(ui, room, height, |ui| {
            label(ui, words::NAME);
            let wide = widgets::one_line(ui, &[(words::SIZE, Face::SmallStrong, t.muted)], f32::INFINITY).size().x;
            ui.add_space(ui.available_width() - wide);
            label(ui, words::SIZE);
        });
        ui.add_space(gap::WIDE);
        layout::cell(ui, state, height, |ui| label(ui, words::STATE));
    });
}

/// Draws the name, behind the customer's color.
fn title(ui: &mut Ui, delivery: &Delivery) {
    let t = theme::of(ui);
    let name = visible(&delivery.destination.name);
    let account = delivery.destination.role.account();
    let width = ui.available_width();
    layout::cell(ui, width, Face::Heading.line(), |ui| {
        let (_, dot) = ui.allocate_space(vec2(size::BEHIND_DOT + 2.0, Face::Heading.line()));
        widgets::dot_at(ui, dot.left_center() + vec2(size::past::DOT, 1.0), account.as_str());
        widgets::line(ui, &[(name.as_str(), Face::Heading, t.ink)]);
    });
}

/// Draws when, where and who.
fn facts(ui: &mut Ui, delivery: &Delivery, about: &About) {
    let t = theme::of(ui);
    let place = format::place(delivery.destination.bucket.as_str(), delivery.destination.prefix.as_str());
    let (span, who) = (words::span(delivery, &about.zone), visible(&delivery.who));
    let mut runs = vec![(span.as_str(), Face::Body, t.muted)];
    for fact in [place.as_str(), who.as_str()].into_iter().filter(|fact| !fact.is_empty()) {
        runs.push(("  ·  ", Face::Body, t.muted));
        runs.push((fact, Face::Body, t.muted));
    }
    widgets::line(ui, &runs);
}

/// Draws what became of the delivery, with its buttons beside it, or below it if there is too little room.
fn summary(ui: &mut Ui, page: &mut HistoryPage, delivery: &Delivery, out: &mut Vec<Action>) {
    let t = theme::of(ui);
    let standing = words::standing(delivery);
    let (icon, tint, _) = list::looks(standing, t);
    let soft = match standing {
        words::Standing::All => t.ok_soft,
        words::Standing::Partly => t.warn_soft,
        words::Standing::Open | words::Standing::Nothing => t.sunken,
    };
    let full = ui.available_width();
    let plain = |text| Button::plain(text).icon(icons::RECEIPT);
    let widths = [words::MESSAGE, words::RECEIPT].map(|text| plain(text).width(ui));
    let taken = layout::width_of(&widths, size::NEAR) + gap::NEAR + gap::PART;
    let beside = full - size::note::TEXT - taken >= size::past::CHOSEN;
    let apart = vec2(size::NEAR, gap::TEXT);
    let inside = full - 2.0 * gap::PART;
    let below = if beside { 0.0 } else { layout::wrapped_height(&widths, size::CONTROL, apart, inside) + gap::NEAR };
    let (_, rect) = ui.allocate_space(vec2(full, size::STRIP + below));
    ui.painter().rect_filled(rect, CornerRadius::same(size::NOTE), soft);
    let mut buttons = |ui: &mut Ui| {
        if beside {
            // From the right, the last one first.
            page.message_button(ui, &[delivery.id], out);
        }
        if ui.add(plain(words::RECEIPT)).clicked() {
            let file = crate::receipt::receipt_file(Some(delivery), 1);
            out.push(Action::Choose(PathFor::Receipts(vec![delivery.id], file)));
        }
        if !beside {
            page.message_button(ui, &[delivery.id], out);
        }
    };
    let strip = rect.with_max_y(rect.top() + size::STRIP);
    layout::cells(ui, strip, |ui| {
        layout::cell(ui, size::note::TEXT, size::STRIP, |ui| {
            ui.add_space(size::note::ICON - icon_size::ROW / 2.0);
            widgets::icon(ui, icon, icon_size::ROW, tint);
        });
        let room = ui.available_width() - if beside { taken } else { gap::PART };
        layout::cell(ui, room, size::STRIP, |ui| {
            let mut job = widgets::job(ui, &[(&words::sentence(delivery), Face::Strong, t.ink)]);
            job.wrap = egui::text::TextWrapping { max_width: room, max_rows: 2, ..Default::default() };
            let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
            ui.add(egui::Label::new(galley));
        });
        if beside {
            ui.add_space(gap::NEAR);
            let place = ui.available_rect_before_wrap().with_max_x(strip.right() - gap::PART);
            let mut row = ui.new_child(UiBuilder::new().max_rect(place).layout(Layout::right_to_left(Align::Center)));
            row.spacing_mut().item_spacing.x = size::NEAR;
            buttons(&mut row);
        }
    });
    if !beside {
        let place = rect.with_min_y(strip.bottom()).shrink2(vec2(gap::PART, 0.0));
        let mut column = layout::column_at(ui, place.min, place.width());
        layout::wrapping(&mut column, size::CONTROL, apart, buttons);
    }
}

/// Returns the icon of a file, its color, and the color of the words beside it.
const fn looks(outcome: &Outcome, t: &Tokens) -> (Icon, Color32, Color32) {
    match outcome {
        Outcome::Delivered(stored) => match stored.proof {
            Proof::Whole | Proof::Parts => (icons::DONE, t.ok, t.ok),
            Proof::NoChecksum => (icons::DONE, t.warn, t.warn),
        },
        Outcome::AlreadyThere => (icons::LOOK, t.warn, t.warn),
        Outcome::NotConfirmed => (icons::QUESTION, t.warn, t.warn),
        Outcome::Failed(_) => (icons::STOPPED, t.bad, t.bad),
        Outcome::Canceled => (icons::TAKEN_OUT, t.faint, t.faint),
        Outcome::Open => (icons::CLOCK, t.muted, t.muted),
    }
}
