//! The list of past deliveries, day by day, with what was chosen of it.

use super::{Cache, ClearHistory, FoundDeliveries, HistoryPage, HistoryRequest, Open, Period, Row, field_id};
use crate::model::history::Delivery;
use crate::ui::icons::{self, Icon};
use crate::ui::paths::PathFor;
use crate::ui::theme::{self, Face, Tokens, gap, icon_size, size};
use crate::ui::widgets::{self, Button};
use crate::ui::{About, Action, Window, picker};
use crate::words::history::{self as words, Standing};
use crate::words::untrusted_text::visible;
use egui::{
    Align, Align2, Color32, CornerRadius, Key, Layout, Modifiers, Popup, Rect, Role, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};
use egui_extras::{Column, TableBuilder};
use jiff::tz::TimeZone;

/// The horizontal positions of a row's columns.
struct DeliveryColumns {
    check: f32,
    icon: f32,
    time: f32,
    name: f32,
    amount: f32,
    state: f32,
    end: f32,
}

impl DeliveryColumns {
    fn of(rect: Rect) -> Self {
        let end = rect.right() - gap::EDGE;
        let state = end - (rect.width() * size::past::STATE).clamp(size::past::STATE_LEAST, size::past::STATE_MOST);
        Self {
            check: rect.left() + size::past::CHECK,
            icon: rect.left() + size::past::ICON,
            time: rect.left() + size::past::TIME,
            name: rect.left() + size::past::NAME,
            amount: state - gap::PAGE,
            state,
            end,
        }
    }
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
        let all = ui.max_rect();
        let (left, right) = (all.left() + size::EDGE, all.right() - size::EDGE);
        let mut y = all.top() + size::TOP;
        y += self.welcome_notes(ui, Rect::from_min_max(pos2(left, y), pos2(right, all.bottom())), &[]);
        y += page.in_the_way(ui, Rect::from_min_max(pos2(left, y), pos2(right, all.bottom())));
        let back = heading(ui, Rect::from_min_max(pos2(left, y), pos2(right, y + size::past::HEADING)));
        y += size::past::HEADING + size::NEAR;
        y = bar(ui, page, Rect::from_min_max(pos2(left, y), pos2(right, all.bottom())));
        let footer = if page.chosen.is_empty() { 0.0 } else { size::FOOTER };
        let table = Rect::from_min_max(pos2(left, y + size::NEAR), pos2(right, all.bottom() - footer - size::GAP));
        self.history_table(ui, page, table, about, out);
        if !page.chosen.is_empty() {
            let rect = Rect::from_min_max(pos2(all.left(), all.bottom() - size::FOOTER), all.max);
            chosen(ui, page, rect, out);
        }
        !back
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
    let at = DeliveryColumns::of(rect);
    let y = rect.center().y;
    let label = |ui: &mut Ui, align: Align2, x: f32, text: &str| {
        widgets::text_at(ui, align, pos2(x, y), &[(text, Face::SmallStrong, t.muted)], size::past::HEAD);
    };
    label(ui, Align2::LEFT_CENTER, at.name, words::TO);
    label(ui, Align2::RIGHT_CENTER, at.amount, words::FILES);
    label(ui, Align2::LEFT_CENTER, at.state, words::STATE);
    let mut clear = false;
    let more = widgets::icon_button_at(ui, pos2(at.end - gap::CLOSE, y), icons::MORE, words::MORE, t.muted);
    Popup::menu(&more).gap(gap::CLOSE).show(|ui| {
        ui.set_min_width(size::SMALLEST_MENU);
        clear = widgets::menu_item(ui, words::CLEAR);
    });
    clear
}

fn heading(ui: &mut Ui, rect: Rect) -> bool {
    let t = theme::of(ui);
    let back = Button::link(words::BACK);
    let width = back.width(ui);
    let room = rect.width() - width - gap::WIDE;
    let title = [(words::TITLE, Face::Heading, t.ink)];
    widgets::text_at(ui, Align2::LEFT_CENTER, pos2(rect.left(), rect.top() + size::past::TITLE), &title, room);
    let below = [(words::SUBTITLE, Face::Body, t.muted)];
    widgets::text_at(ui, Align2::LEFT_CENTER, pos2(rect.left(), rect.top() + size::past::BELOW_TITLE), &below, room);
    let place = Rect::from_min_size(pos2(rect.right() - width, rect.top() - size::BACK), vec2(width, size::CONTROL));
    picker::at(ui, place, back).clicked()
}

/// Draws the search and the choice of a time. Returns where what follows begins.
fn bar(ui: &mut Ui, page: &mut HistoryPage, rect: Rect) -> f32 {
    let t = theme::of(ui);
    let id = field_id("search");
    if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::F)) {
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    let search = Rect::from_min_size(rect.min, vec2(rect.width() - size::past::PERIOD - size::NEAR, size::FIELD));
    search_field(ui, page, search, t);
    let place =
        Rect::from_min_size(pos2(search.right() + size::NEAR, rect.top()), vec2(size::past::PERIOD, size::FIELD));
    period(ui, page, place, t);
    let mut y = rect.top() + size::FIELD;
    if page.period == Period::Days {
        y += size::NEAR;
        let width = (rect.width() - size::NEAR) / 2.0;
        let today = page.today;
        for (at, name) in [words::FROM, words::UNTIL].into_iter().enumerate() {
            let x = if at == 0 { rect.left() } else { rect.left() + width + size::NEAR };
            let place = Rect::from_min_size(pos2(x, y), vec2(width, size::FIELD));
            let mut column = ui.new_child(UiBuilder::new().max_rect(place).layout(Layout::top_down(Align::Min)));
            let value = if at == 0 { &mut page.from } else { &mut page.until };
            let wrong = !value.trim().is_empty() && crate::ui::kit_times::day_read(value, today).is_none();
            let response = picker::named_field(&mut column, field_id(name), name, value, width, wrong);
            if wrong && !response.has_focus() {
                picker::below(&mut column, words::DAY_FORM);
            }
        }
        let wrong = [&page.from, &page.until]
            .iter()
            .any(|text| !text.trim().is_empty() && crate::ui::kit_times::day_read(text, today).is_none());
        y += size::FIELD + if wrong { size::past::WRONG } else { 0.0 };
    }
    y
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
    let middle = rect.center();
    let icon = if all { icons::HISTORY } else { icons::SEARCH };
    let tile = Rect::from_center_size(pos2(middle.x, middle.y - size::past::EMPTY_TILE), Vec2::splat(size::TILE));
    widgets::tile_at(ui.painter(), tile, icon, t.accent, t.accent_soft);
    let room = rect.width() - 2.0 * gap::EDGE;
    widgets::text_at(
        ui,
        Align2::CENTER_CENTER,
        pos2(middle.x, middle.y - size::past::EMPTY_TITLE),
        &[(title, Face::Name, t.ink)],
        room,
    );
    let said = [(body, Face::Body, t.muted)];
    widgets::text_at(ui, Align2::CENTER_CENTER, pos2(middle.x, middle.y + size::past::EMPTY_TEXT), &said, room);
    if !all {
        let button = Button::plain(words::SHOW_ALL);
        let width = button.width(ui);
        let place =
            Rect::from_center_size(pos2(middle.x, middle.y + size::past::EMPTY_BUTTON), vec2(width, size::CONTROL));
        if picker::at(ui, place, button).clicked() {
            page.search.clear();
            page.period = Period::Any;
        }
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
    let at = DeliveryColumns::of(rect);
    let y = rect.center().y;
    let delivery = match page.deliveries.get(id) {
        Some(Some(delivery)) => delivery.clone(),
        Some(None) => {
            let said = [(words::UNREADABLE, Face::Body, t.muted)];
            widgets::text_at(ui, Align2::LEFT_CENTER, pos2(at.name, y), &said, at.end - at.name);
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
    let (icon, tint, ink) = looks(words::standing(&delivery), t);
    widgets::icon_at(ui.painter(), pos2(at.icon, y + 0.5), icon, icon_size::ROW, tint);
    paint(
        ui,
        Align2::LEFT_CENTER,
        pos2(at.time, y),
        &[(&words::time(delivery.began, zone), Face::Body, t.muted)],
        size::past::CLOCK,
    );
    let amount =
        paint(ui, Align2::RIGHT_CENTER, pos2(at.amount, y), &[(&amount, Face::Body, t.muted)], size::past::AMOUNT);
    paint(ui, Align2::LEFT_CENTER, pos2(at.state, y), &[(&state, Face::Body, ink)], at.end - at.state);
    widgets::dot_at(ui, pos2(at.name + size::DOT / 2.0, y + 1.0), delivery.destination.role.account().as_str());
    let to = &delivery.destination;
    let place = crate::words::known::bucket(to);
    // Where nobody gave it another name, the bucket is the name.
    let place = place.strip_prefix(&*name).map_or_else(|| format!("  {place}"), str::to_owned);
    let runs = [(name.as_str(), Face::Body, t.ink), (place.as_str(), Face::Body, t.faint)];
    paint(
        ui,
        Align2::LEFT_CENTER,
        pos2(at.name + size::BEHIND_DOT, y),
        &runs,
        amount.left() - at.name - size::BEHIND_DOT - gap::NEAR,
    );
    choice(ui, page, pos2(at.check, y), &delivery, zone, t);
    if response.has_focus() {
        let inner = rect.shrink2(Vec2::splat(size::FOCUS_RING));
        let ring = Stroke::new(2.0, t.accent);
        ui.painter().rect_stroke(inner, CornerRadius::same(size::RADIUS), ring, StrokeKind::Inside);
    }
    response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked()
}

/// Paints a text that the row already names.
fn paint(ui: &Ui, align: Align2, at: egui::Pos2, runs: &[widgets::TextRun<'_>], width: f32) -> Rect {
    let galley = widgets::one_line(ui, runs, width);
    let rect = align.anchor_size(pos2(at.x, at.y - 0.5), galley.size());
    ui.painter().galley(rect.min, galley, Color32::PLACEHOLDER);
    rect
}

/// Draws the box that chooses a delivery.
fn choice(ui: &mut Ui, page: &mut HistoryPage, center: egui::Pos2, delivery: &Delivery, zone: &TimeZone, t: &Tokens) {
    let mut on = page.chosen.contains_key(&delivery.id);
    let hit = Rect::from_center_size(center, vec2(size::past::CHECK_HIT, size::ROW - 2.0));
    let response = ui.allocate_rect(hit, Sense::click());
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

/// Draws the bar for what was chosen.
fn chosen(ui: &mut Ui, page: &mut HistoryPage, rect: Rect, out: &mut Vec<Action>) {
    let t = theme::of(ui);
    ui.painter().rect_filled(rect, 0.0, t.surface);
    widgets::rule(ui.painter(), rect.x_range(), rect.top() + 0.5, t);
    // Each customer's deliveries, with the file's name and the customer's.
    let customers: Vec<(Vec<i64>, String, String)> = page
        .customers()
        .iter()
        .map(|list| {
            let name = list.first().map(|one| visible(&one.destination.name)).unwrap_or_default();
            let file = crate::receipt::receipt_file(list.first().copied(), list.len());
            (list.iter().map(|one| one.id).collect(), file, name)
        })
        .collect();
    let inner = rect.shrink2(vec2(size::EDGE, gap::NEAR));
    let mut buttons = ui.new_child(UiBuilder::new().max_rect(inner).layout(Layout::right_to_left(Align::Center)));
    buttons.spacing_mut().item_spacing.x = size::NEAR;
    let save = if page.chosen.len() == 1 { words::RECEIPT } else { words::RECEIPTS };
    let saves = buttons.add(Button::main(save).icon(icons::RECEIPT)).clicked();
    if let [(ids, file, _)] = customers.as_slice() {
        if saves {
            out.push(Action::Choose(PathFor::Receipts(ids.clone(), file.clone())));
        }
        page.message_button(&mut buttons, ids, out);
    } else {
        if saves {
            let each = customers.iter().map(|(ids, file, _)| (ids.clone(), file.clone()));
            out.push(Action::Choose(PathFor::ReceiptsEach(each.collect())));
        }
        let message = buttons.add(Button::plain(words::MESSAGES).icon(icons::COPY));
        Popup::menu(&message).gap(gap::CLOSE).show(|ui| {
            ui.set_min_width(size::MENU_WIDTH);
            for (ids, _, name) in &customers {
                if widgets::menu_item(ui, words::message_for(name)) {
                    page.copied = (ids.clone(), false);
                    out.push(HistoryRequest::Message(ids.clone()).into());
                }
            }
        });
    }
    buttons.add_space(gap::SMALL);
    if buttons.add(Button::link(words::NONE)).clicked() {
        page.chosen.clear();
    }
    let room = buttons.min_rect().left() - inner.left() - gap::NEAR;
    let said = words::chosen(page.chosen.len(), customers.len());
    let strong = [(said.as_str(), Face::Strong, t.ink)];
    if widgets::one_line(ui, &strong, f32::INFINITY).size().x <= room {
        widgets::text_at(ui, Align2::LEFT_CENTER, inner.left_center(), &strong, room);
    } else {
        // Two rows in small letters hold the long sentence or, at twice the size, the short one.
        let small = [(said.as_str(), Face::Small, t.ink)];
        let fits = widgets::one_line(ui, &small, f32::INFINITY).size().x < room * size::past::TWO_LINES;
        let said = if fits { said } else { words::chosen_briefly(page.chosen.len(), customers.len()) };
        widgets::two_lines_at(ui, inner.left_center(), &said, t.ink, room);
    }
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
