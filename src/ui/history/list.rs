//! The list of past deliveries, day by day, with what was chosen of it.

use super::chosen::{chosen, chosen_height};
use super::{Cache, ClearHistory, FoundDeliveries, HistoryPage, HistoryRequest, Open, Period, Row, beside, field_id};
use crate::model::history::Delivery;
use crate::ui::icons::{self, Icon};
use crate::ui::theme::{self, Face, Tokens, gap, icon_size, size};
use crate::ui::widgets::{self, Button};
use crate::ui::{About, Action, Window, layout, picker};
use crate::words::history::{self as words, Standing};
use egui::{
    Align, Align2, Color32, CornerRadius, Key, Layout, Modifiers, Popup, Rect, Role, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};
use egui_extras::{Column, TableBuilder};
use jiff::tz::TimeZone;

/// Returns the width of the column for the state in a table of this width.
fn state_width(width: f32) -> f32 {
    (width * size::past::STATE).clamp(size::past::STATE_LEAST, size::past::STATE_MOST)
}

impl Window {
    /// Draws the list. Returns false when the person goes back.
    pub(super) fn history_list(
        &mut self,
        ui: &mut Ui,
        page: &mut HistoryPage,
        about: &About,
        out: &mut Vec<Action>,
    ) -> bool {
        layout::scrolling(ui, "past deliveries", |ui, all| {
            let (left, right) = (all.left() + size::EDGE, all.right() - size::EDGE);
            let mut y = all.top() + size::TOP;
            y += self.welcome_notes(ui, Rect::from_min_max(pos2(left, y), pos2(right, all.bottom())), &[]);
            y += page.in_the_way(ui, Rect::from_min_max(pos2(left, y), pos2(right, all.bottom())));
            let mut column = layout::column_at(ui, pos2(left, y), right - left);
            column.spacing_mut().item_spacing = Vec2::ZERO;
            let back = super::heading(&mut column, words::BACK, |ui| {
                let t = theme::of(ui);
                widgets::text(ui, &[(words::TITLE, Face::Heading, t.ink)]);
                ui.add_space(gap::FINE);
                widgets::text(ui, &[(words::SUBTITLE, Face::Body, t.muted)]);
            });
            column.add_space(size::NEAR);
            bar(&mut column, page);
            let top = column.min_rect().bottom() + size::NEAR;
            let any = !page.chosen.is_empty();
            let footer = if any { chosen_height(ui, page, right - left) } else { 0.0 };
            let bottom = (all.bottom() - footer - size::GAP).max(top + size::table::LEAST);
            self.history_table(ui, page, Rect::from_min_max(pos2(left, top), pos2(right, bottom)), about, out);
            let end = bottom + size::GAP + footer;
            if any && !page.chosen.is_empty() {
                let rect = Rect::from_min_max(pos2(all.left(), bottom + size::GAP), pos2(all.right(), end));
                chosen(ui, page, rect, out);
            }
            (end, !back)
        })
    }

    fn history_table(&mut self, ui: &mut Ui, page: &mut HistoryPage, rect: Rect, about: &About, out: &mut Vec<Action>) {
        let t = theme::of(ui);
        let corners = CornerRadius::same(size::CARD);
        ui.painter().rect_filled(rect, corners, t.surface);
        let edge = widgets::hairline(ui.painter(), t.line);
        let Some(found) = page.found.clone() else {
            ui.painter().rect_stroke(rect, corners, edge, StrokeKind::Inside);
            return;
        };
        if found.is_empty() {
            if page.problem.is_none() {
                nothing(ui, page, rect);
            }
            ui.painter().rect_stroke(rect, corners, edge, StrokeKind::Inside);
            return;
        }
        let top = Rect::from_min_size(rect.min, vec2(rect.width(), size::TABLE_HEAD));
        if head(ui, top) {
            self.open_sheet(ClearHistory);
        }
        let body = Rect::from_min_max(pos2(rect.left(), top.bottom()), pos2(rect.right(), rect.bottom() - 1.0));
        let mut inner = ui.new_child(UiBuilder::new().max_rect(body).layout(Layout::top_down(Align::Min)));
        inner.set_clip_rect(body.intersect(ui.clip_rect()));
        inner.spacing_mut().item_spacing = Vec2::ZERO;
        let mut view = Vec::new();
        let mut opened = None;
        TableBuilder::new(&mut inner)
            .id_salt("past deliveries")
            .column(Column::exact(body.width()))
            .auto_shrink(false)
            .min_scrolled_height(0.0)
            .max_scroll_height(f32::INFINITY)
            .body(|rows| {
                rows.rows(size::ROW, found.rows(), |mut row| {
                    let index = row.index();
                    row.col(|ui| {
                        let rect = Rect::from_min_size(ui.max_rect().min, vec2(body.width(), size::ROW));
                        self.work.rows_drawn += 1;
                        match found.at(index) {
                            Some(Row::Day(date)) => day(ui, rect, &words::day(date, page.today)),
                            Some(Row::Delivery(id)) => {
                                view.push(id);
                                ui.push_id(id, |ui| {
                                    if entry(ui, page, rect, id, &about.zone) {
                                        opened = Some(id);
                                    }
                                });
                            }
                            None => {}
                        }
                    });
                });
            });
        ui.painter().rect_stroke(rect, corners, edge, StrokeKind::Inside);
        if page.problem.is_none() {
            out.extend(page.deliveries.want(&view).map(|ids| HistoryRequest::Deliveries(ids).into()));
        }
        if let Some(id) = opened {
            page.open = Some(Open { id, asked: false, files: None, lines: Cache::default() });
            ui.ctx().request_repaint();
        }
    }
}

/// Draws the columns' names. Returns whether the history is to be cleared.
fn head(ui: &mut Ui, rect: Rect) -> bool {
    let t = theme::of(ui);
    let label = |ui: &mut Ui, text: &str| _ = widgets::line(ui, &[(text, Face::SmallStrong, t.muted)]);
    let mut clear = false;
    layout::cells(ui, rect, |ui| {
        if beside(rect.width()) {
            ui.add_space(size::past::NAME);
            let state = state_width(rect.width());
            let room = ui.available_width() - gap::PAGE - state - gap::EDGE;
            layout::cell(ui, room, rect.height(), |ui| {
                label(ui, words::TO);
                let wide = widgets::one_line(ui, &[(words::FILES, Face::SmallStrong, t.muted)], f32::INFINITY).size().x;
                ui.add_space(ui.available_width() - wide);
                label(ui, words::FILES);
            });
            ui.add_space(gap::PAGE);
            let room = ui.available_width() - size::past::MORE;
            layout::cell(ui, room, rect.height(), |ui| label(ui, words::STATE));
        } else {
            ui.add_space(size::past::TIME);
            let room = ui.available_width() - size::past::MORE;
            layout::cell(ui, room, rect.height(), |ui| label(ui, words::TO));
        }
        layout::cell(ui, size::past::MORE, rect.height(), |ui| {
            let more = widgets::icon_button(ui, icons::MORE, words::MORE, t.muted);
            Popup::menu(&more).gap(gap::CLOSE).show(|ui| {
                ui.set_min_width(size::SMALLEST_MENU);
                clear = widgets::menu_item(ui, words::CLEAR);
            });
        });
    });
    clear
}

/// Draws the search and the choice of a time, beside each other if there is room.
fn bar(ui: &mut Ui, page: &mut HistoryPage) {
    let t = theme::of(ui);
    let id = field_id("search");
    if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::F)) {
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    let full = ui.available_width();
    let search = full - size::past::PERIOD - size::NEAR;
    if search >= size::past::SEARCH_LEAST {
        let (_, row) = ui.allocate_space(vec2(full, size::FIELD));
        search_field(ui, page, row.with_max_x(row.left() + search), t);
        period(ui, page, row.with_min_x(row.right() - size::past::PERIOD), t);
    } else {
        let (_, row) = ui.allocate_space(vec2(full, size::FIELD));
        search_field(ui, page, row, t);
        ui.add_space(gap::TEXT);
        let (_, row) = ui.allocate_space(vec2(full, size::FIELD));
        period(ui, page, row, t);
    }
    if page.period == Period::Days {
        ui.add_space(size::NEAR);
        let half = (full - size::NEAR) / 2.0;
        if half < size::past::PERIOD {
            days(ui, page, full);
        } else {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing = vec2(size::NEAR, 0.0);
                days(ui, page, half);
            });
        }
    }
}

/// Draws the fields for the first and the last day.
fn days(ui: &mut Ui, page: &mut HistoryPage, width: f32) {
    let today = page.today;
    for (name, value) in [(words::FROM, &mut page.from), (words::UNTIL, &mut page.until)] {
        layout::column_cell(ui, width, size::FIELD, |ui| {
            let wrong = !value.trim().is_empty() && crate::ui::kit_times::day_read(value, today).is_none();
            let response = picker::named_field(ui, field_id(name), name, value, width, wrong);
            if wrong && !response.has_focus() {
                picker::below(ui, words::DAY_FORM);
            }
        });
    }
}

fn search_field(ui: &mut Ui, page: &mut HistoryPage, rect: Rect, t: &Tokens) {
    let id = field_id("search");
    let mut inside = ui.new_child(UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::Min)));
    let shown = page.search.clone();
    let response = widgets::field(&mut inside, id, words::SEARCH, &mut page.search, rect.width(), Face::Body, false);
    if shown.is_empty() {
        let runs = [
            (words::SEARCH, Face::Body, t.muted),
            ("  ", Face::Body, t.muted),
            (words::SEARCH_HINT, Face::Body, t.faint),
        ];
        let galley = widgets::one_line(ui, &runs, rect.width() - size::past::SEARCH);
        let x = rect.left() + if response.has_focus() { gap::BUTTONS } else { gap::FIELD };
        ui.painter().galley(pos2(x, rect.center().y - galley.size().y / 2.0 - 0.5), galley, t.muted);
        widgets::icon_at(
            ui.painter(),
            rect.right_center() - vec2(size::COMBO_CARET, 0.0),
            icons::SEARCH,
            icon_size::SMALL,
            t.muted,
        );
    } else {
        let clear = pos2(rect.right() - size::COMBO_CARET, rect.center().y);
        if widgets::icon_button_at(ui, clear, icons::CLOSE, words::SHOW_ALL, t.muted).clicked() {
            page.search.clear();
        }
    }
}

fn period(ui: &mut Ui, page: &mut HistoryPage, rect: Rect, t: &Tokens) {
    let response = ui.allocate_rect(rect, Sense::click());
    let name = |period: Period| words::PERIODS[Period::ALL.iter().position(|one| *one == period).unwrap_or(0)];
    let label = format!("{}: {}", words::WHEN, name(page.period));
    picker::combo_box(ui, rect, &response, None, &[(name(page.period), Face::Body, t.ink)], &label);
    Popup::menu(&response).gap(gap::CLOSE).width(rect.width() - size::MENU_PADDING).show(|ui| {
        for period in Period::ALL {
            if widgets::menu_item(ui, name(period)) {
                page.period = period;
            }
        }
    });
}

fn nothing(ui: &mut Ui, page: &mut HistoryPage, rect: Rect) {
    let t = theme::of(ui);
    let all = page.all();
    let (title, body) = if all { (words::EMPTY, words::EMPTY_TEXT) } else { (words::NOT_FOUND, words::NOT_FOUND_TEXT) };
    let icon = if all { icons::HISTORY } else { icons::SEARCH };
    let top = (rect.center().y - size::past::EMPTY).max(rect.top() + gap::TEXT);
    let place = rect.with_min_y(top).shrink2(vec2(gap::EDGE, 0.0));
    let mut column = ui.new_child(UiBuilder::new().max_rect(place).layout(Layout::top_down(Align::Center)));
    column.spacing_mut().item_spacing = Vec2::ZERO;
    let (_, tile) = column.allocate_space(Vec2::splat(size::TILE));
    widgets::tile_at(column.painter(), tile, icon, t.accent, t.accent_soft);
    column.add_space(gap::FIELD);
    widgets::text(&mut column, &[(title, Face::Name, t.ink)]);
    column.add_space(gap::LABEL);
    widgets::text(&mut column, &[(body, Face::Body, t.muted)]);
    column.add_space(gap::PART);
    if !all && column.add(Button::plain(words::SHOW_ALL)).clicked() {
        page.search.clear();
        page.period = Period::Any;
    }
}

fn day(ui: &mut Ui, rect: Rect, name: &str) {
    let t = theme::of(ui);
    widgets::rule(ui.painter(), rect.x_range(), rect.top() + 0.5, t);
    let at = pos2(rect.left() + gap::WIDE, rect.bottom() - gap::PART);
    let galley = widgets::one_line(ui, &[(name, Face::SmallStrong, t.ink)], rect.width() - 2.0 * gap::WIDE);
    let place = Align2::LEFT_CENTER.anchor_size(at, galley.size());
    let response = ui.allocate_rect(place, Sense::empty());
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, name));
    ui.painter().galley(place.min, galley, t.ink);
}

/// Draws a delivery. Returns whether it is to be opened.
fn entry(ui: &mut Ui, page: &mut HistoryPage, rect: Rect, id: i64, zone: &TimeZone) -> bool {
    let t = theme::of(ui);
    widgets::rule(ui.painter(), rect.x_range(), rect.top() + 0.5, t);
    let delivery = match page.deliveries.get(id) {
        Some(Some(delivery)) => delivery.clone(),
        Some(None) => {
            let left = rect.left() + if beside(rect.width()) { size::past::NAME } else { size::past::TIME };
            let place = rect.with_min_x(left).with_max_x(rect.right() - gap::EDGE);
            let said = [(words::UNREADABLE, Face::Body, t.muted)];
            layout::cells(ui, place, |ui| {
                layout::cell(ui, place.width(), size::ROW, |ui| _ = widgets::line(ui, &said));
            });
            return false;
        }
        None => return false,
    };
    let response = ui.interact(rect, ui.scope_id().with("row"), Sense::click());
    let name = crate::words::untrusted_text::visible(&delivery.destination.name);
    let (amount, state) = (words::amount(&delivery), words::state(&delivery));
    let label = format!("{name}, {}, {amount}, {state}", words::moment(delivery.began, zone));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    if response.hovered() {
        let inside = rect.shrink2(vec2(1.0, 0.0)).with_min_y(rect.top() + 1.0);
        ui.painter().rect_filled(inside, 0.0, widgets::mix(t.surface, t.sunken, 0.5));
    }
    let to = &delivery.destination;
    let place = crate::words::known::bucket(to);
    // Where nobody gave it another name, the bucket is the name.
    let place = place.strip_prefix(&*name).map_or_else(|| format!("  {place}"), str::to_owned);
    let named = [(name.as_str(), Face::Body, t.ink), (place.as_str(), Face::Body, t.faint)];
    let time = words::time(delivery.began, zone);
    let (icon, tint, ink) = looks(words::standing(&delivery), t);
    layout::cells(ui, rect, |ui| {
        layout::cell(ui, size::past::CHECK, size::ROW, |ui| choice(ui, page, &delivery, zone, t));
        layout::cell(ui, size::past::TIME - size::past::CHECK, size::ROW + 1.0, |ui| {
            ui.add_space(gap::TEXT);
            widgets::icon(ui, icon, icon_size::ROW, tint);
        });
        let height = size::ROW - 1.0;
        let name_line = |ui: &mut Ui| {
            let (_, dot) = ui.allocate_space(vec2(size::BEHIND_DOT, Face::Body.line()));
            let center = dot.left_center() + vec2(size::DOT / 2.0, 1.5);
            widgets::dot_at(ui, center, to.role.account().as_str());
            widgets::silent_line(ui, &named);
        };
        if beside(rect.width()) {
            layout::cell(ui, size::past::NAME - size::past::TIME, height, |ui| {
                ui.set_max_width(size::past::CLOCK);
                widgets::silent_line(ui, &[(&time, Face::Body, t.muted)]);
            });
            let (state_room, sized) = (state_width(rect.width()), [(amount.as_str(), Face::Body, t.muted)]);
            let wide = widgets::one_line(ui, &sized, size::past::AMOUNT).size().x;
            let room = ui.available_width() - gap::NEAR - wide - gap::PAGE - state_room - gap::EDGE;
            layout::cell(ui, room, height, name_line);
            ui.add_space(gap::NEAR);
            layout::cell(ui, wide, height, |ui| widgets::silent_line(ui, &sized));
            ui.add_space(gap::PAGE);
            layout::cell(ui, state_room, height, |ui| widgets::silent_line(ui, &[(&state, Face::Body, ink)]));
        } else {
            let room = ui.available_width() - gap::NEAR;
            layout::column_cell(ui, room, height, |ui| {
                ui.add_space(size::table::FIRST_LINE);
                layout::cell(ui, room, Face::Body.line(), name_line);
                let between = ("  ·  ", Face::Small, t.muted);
                let (time, amount) = ((time.as_str(), Face::Small, t.muted), (amount.as_str(), Face::Small, t.muted));
                widgets::silent_line(ui, &[time, between, amount, between, (&state, Face::Small, ink)]);
            });
        }
    });
    if response.has_focus() {
        let inner = rect.shrink2(Vec2::splat(size::FOCUS_RING));
        let ring = Stroke::new(2.0, t.accent);
        ui.painter().rect_stroke(inner, CornerRadius::same(size::RADIUS), ring, StrokeKind::Inside);
    }
    response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked()
}

/// Draws the box that chooses a delivery.
fn choice(ui: &mut Ui, page: &mut HistoryPage, delivery: &Delivery, zone: &TimeZone, t: &Tokens) {
    let mut on = page.chosen.contains_key(&delivery.id);
    ui.add_space(size::past::CHECK - size::past::CHECK_HIT);
    let (hit, response) = ui.allocate_exact_size(vec2(size::past::CHECK_HIT, size::ROW - 2.0), Sense::click());
    let center = hit.center();
    if response.clicked() {
        on = !on;
        if on {
            page.chosen.insert(delivery.id, delivery.clone());
        } else {
            page.chosen.remove(&delivery.id);
        }
    }
    let name = words::choose(delivery, zone);
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, &name));
    let square = Rect::from_center_size(center, Vec2::splat(size::CHECK_BOX));
    let radius = CornerRadius::same(size::TICK);
    if on {
        ui.painter().rect_filled(square, radius, t.accent);
        widgets::icon_at(ui.painter(), square.center(), icons::CHECK, icon_size::TICK, t.on_accent);
    } else {
        let edge = Stroke::new(1.5, if response.hovered() { t.ink } else { t.faint });
        ui.painter().rect(square, radius, t.surface, edge, StrokeKind::Inside);
    }
    widgets::focus_ring(ui, &response, square, t);
}

/// Returns the icon of a delivery, its color, and the color of the words beside it.
pub(super) const fn looks(standing: Standing, t: &Tokens) -> (Icon, Color32, Color32) {
    match standing {
        Standing::All => (icons::DONE, t.ok, t.ok),
        Standing::Partly => (icons::WARNING, t.warn, t.warn),
        Standing::Open => (icons::CLOCK, t.muted, t.muted),
        Standing::Nothing => (icons::TAKEN_OUT, t.faint, t.muted),
    }
}

/// The list as tests see it.
impl HistoryPage {
    /// Returns how many entries it holds.
    #[must_use]
    pub fn held(&self) -> usize {
        self.deliveries.held() + self.open.as_ref().map_or(0, |open| open.lines.held())
    }

    /// Returns what was found.
    #[must_use]
    pub fn found(&self) -> Option<&FoundDeliveries> {
        self.found.as_deref()
    }
}
