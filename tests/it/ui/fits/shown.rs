//! The screens that are measured, drawn in a window without a desktop.

use super::super::scenes;
use super::super::{Bench, demo, past, rare};
use daypass::grant::Invitation;
use daypass::model::snapshot::Snapshot;
use daypass::model::upload::DestinationId;
use daypass::ui::backend::{Reply, Request, SheetReply};
use daypass::ui::history::{FoundDeliveries, HistoryReply, HistoryRequest};
use daypass::ui::paths::PathFor;
use daypass::ui::theme::{self, DARK, LIGHT, Tokens};
use daypass::ui::{About, Action, Window};
use egui::accesskit::Role;
use egui::{Theme, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{By, NodeT as _, Queryable as _};
use std::sync::Arc;

/// The sheets, one a line: its name, the screen below it, and what opens it: buttons, or a field and its text.
const SHEETS: &str = include_str!("../../../desktop/sheets.txt");

/// What opens a sheet, step by step.
#[derive(Clone, Copy)]
pub enum Step {
    Press(&'static str),
    /// The name of a field, and what is typed into it.
    Fill(&'static str, &'static str),
}

pub type Shown = Harness<'static, Bench>;
pub type Begin = Box<dyn Fn(&mut Window, &About)>;

/// How a screen is drawn.
#[derive(Clone, Copy)]
pub struct Look {
    pub name: &'static str,
    /// The window's size in points.
    pub size: (f32, f32),
    /// Pixels per point.
    pub scale: f32,
    pub theme: Theme,
    pub colors: &'static Tokens,
    pub install: fn(&egui::Context),
}

/// The narrowest window.
pub const LEAST: (f32, f32) = (640.0, 480.0);

const fn look(name: &'static str, size: (f32, f32), scale: f32) -> Look {
    let (theme, colors) = if scale > 1.0 { (Theme::Dark, &DARK) } else { (Theme::Light, &LIGHT) };
    Look { name, size, scale, theme, colors, install: theme::install }
}

pub const AT_100: Look = look("at 100 %", LEAST, 1.0);
pub const AT_200: Look = look("at 200 %", LEAST, 2.0);
/// In windows of 640 × 480 and 800 × 600 that a person zoomed to twice the size.
pub const ZOOMED: [Look; 2] =
    [look("zoomed in 640 × 480", (320.0, 240.0), 2.0), look("zoomed in 800 × 600", (400.0, 300.0), 2.0)];

impl Look {
    /// Returns the same with letters that are 40 % wider and higher, in lines of the same height: a stand-in for a
    /// language with longer words.
    pub const fn longer(self) -> Self {
        Self { install: longer, ..self }
    }
}

fn longer(ctx: &egui::Context) {
    theme::install(ctx);
    let mut fonts = theme::fonts();
    for (_, font) in fonts.font_data.iter_mut().filter(|(name, _)| !name.starts_with("Phosphor")) {
        Arc::make_mut(font).tweak.scale = 1.4;
    }
    ctx.set_fonts(fonts);
}

/// A screen with what opens it.
pub struct Screen {
    pub name: &'static str,
    pub seen: Snapshot,
    pub about: About,
    pub begin: Begin,
    pub steps: Vec<Step>,
}

pub fn as_it_opens() -> Begin {
    Box::new(|_, _| {})
}

fn replied(replies: Vec<Reply>) -> Begin {
    Box::new(move |window, about| {
        for reply in &replies {
            match reply.clone() {
                Reply::Invitation(invitation) => window.invited(*invitation, demo::TODAY),
                Reply::RoleRequest(request) => window.requested(*request, demo::TODAY, about),
                other => panic!("no screen of the gallery receives {other:?}"),
            }
        }
    })
}

fn invitation(name: &str) -> Invitation {
    let text = format!(
        "daypass = 1\ncustomer = \"{name}\"\nrole = \"arn:aws:iam::444455556666:role/importantproject-put\"\nbucket = \
         \"importantprojectbucket\"\nnote = \"Thank you! Please send the survey and the photos.\"\n"
    );
    Invitation::parse(&text).expect("an invitation")
}

/// Returns every screen of the gallery with its sheets, and screens that only a reply leads to.
pub fn screens() -> Vec<Screen> {
    let with = |name, scene: &scenes::Scene, steps| Screen {
        name,
        seen: scene.seen.clone(),
        about: scene.about.clone(),
        begin: replied(scene.replies.clone()),
        steps,
    };
    let scenes = scenes::scenes();
    let mut all: Vec<Screen> = scenes.iter().map(|scene| with(scene.name, scene, Vec::new())).collect();
    for (name, below, steps) in sheets() {
        let scene = scenes.iter().find(|scene| scene.name == below).expect("the screen below a sheet");
        all.push(with(name, scene, steps));
    }
    let then = |name, seen, begin: Begin| Screen { name, seen, about: demo::about(), begin, steps: Vec::new() };
    all.extend([
        then("a short invitation", demo::welcome(), Box::new(|window, _| window.invited(invitation("A"), demo::TODAY))),
        then(
            "a path to open",
            demo::delivered(),
            Box::new(|window, about| window.type_path(PathFor::Files(DestinationId::default()), about)),
        ),
        then(
            "a path to save",
            demo::delivered(),
            Box::new(|window, about| window.type_path(PathFor::Receipt(DestinationId::default()), about)),
        ),
        then("past deliveries", rare::remembered(), Box::new(|window, about| window.open_history(demo::TODAY, about))),
    ]);
    all
}

/// The size of a window in which every control of a screen is there.
const ROOMY: egui::Vec2 = vec2(960.0, 680.0);

/// Draws a screen and goes through its steps.
pub fn draw(screen: &Screen, look: Look) -> Shown {
    let mut window = Window::default();
    (screen.begin)(&mut window, &screen.about);
    let bench = Bench { window, seen: screen.seen.clone(), about: screen.about.clone(), out: Vec::new() };
    // Rows below the end of a small window are not there to be pressed.
    let size = if screen.steps.is_empty() { vec2(look.size.0, look.size.1) } else { ROOMY };
    let builder = Harness::builder().with_size(size).with_pixels_per_point(look.scale);
    let mut shown = builder.with_theme(look.theme).with_context_setup(look.install).build_ui_state(
        |ui, bench: &mut Bench| {
            let (seen, about) = (bench.seen.clone(), bench.about.clone());
            bench.window.show(ui, &seen, &about, demo::NOW, &mut bench.out);
            for action in std::mem::take(&mut bench.out) {
                if carry_out(&mut bench.window, action, &about) {
                    ui.ctx().request_repaint();
                }
            }
        },
        bench,
    );
    shown.run_steps(4);
    for step in &screen.steps {
        take(&mut shown, *step);
        // What is asked of the journal is answered a frame later, and asks again.
        shown.run_steps(5);
    }
    change(&mut shown, look);
    shown
}

/// Gives a window that is drawn at this scale already another size.
pub fn change(shown: &mut Shown, look: Look) {
    let size = vec2(look.size.0, look.size.1);
    if shown.ctx.content_rect().size() != size {
        shown.set_size(size);
        shown.run_steps(3);
    }
}

/// Carries out what leads to another page or another state of it. Returns whether there is something new to draw.
fn carry_out(window: &mut Window, action: Action, about: &About) -> bool {
    match action {
        Action::Request(Request::History(request)) => match answer(request, about) {
            Some(reply) => window.history_reply(reply),
            None => return false,
        },
        Action::Request(Request::GatherReport(round)) => {
            window.sheet_reply(round, SheetReply::Report(scenes::REPORT.into()), &mut Vec::new());
        }
        Action::Choose(what) => window.type_path(what, about),
        Action::OpenHistory => window.open_history(demo::TODAY, about),
        Action::OpenProfiles => window.open_profiles(),
        Action::OpenAsk => window.open_ask(demo::TODAY, about),
        Action::OpenCustomer => window.open_customer(demo::TODAY, about, None),
        Action::Request(_) | Action::PathTyped(..) | Action::Copy(_) | Action::Quit => return false,
    }
    true
}

/// Answers a request like a journal with the made-up deliveries.
fn answer(ask: HistoryRequest, about: &About) -> Option<HistoryReply> {
    let (deliveries, lines) = (past::deliveries(), past::lines());
    Some(match ask {
        HistoryRequest::Find(number, _) => {
            let list: Vec<_> = deliveries.iter().map(|one| (one.id, one.began)).collect();
            HistoryReply::Found(number, Arc::new(FoundDeliveries::new(&list, &about.zone)))
        }
        HistoryRequest::Deliveries(ids) => {
            let one = |id| deliveries.iter().find(|one| one.id == id).cloned();
            HistoryReply::Deliveries(ids.into_iter().map(|id| (id, one(id))).collect())
        }
        HistoryRequest::Files(id) => HistoryReply::Files(id, lines.iter().map(|line| line.row).collect()),
        HistoryRequest::Lines(id, rows) => {
            let one = |row| lines.iter().find(|line| line.row == row).cloned();
            HistoryReply::Lines(id, rows.into_iter().map(|row| (row, one(row))).collect())
        }
        HistoryRequest::Message(_)
        | HistoryRequest::Save(..)
        | HistoryRequest::SaveEach(..)
        | HistoryRequest::Clear => return None,
    })
}

/// Presses the first control whose name contains these words, or fills the field of this name.
fn take(shown: &mut Shown, step: Step) {
    match step {
        Step::Press(words) => {
            let plain = [Role::Label, Role::ListItem, Role::Heading, Role::Status, Role::TextInput];
            let mut named = shown.get_all(By::new().label_contains(words));
            let control = named.find(|node| !plain.contains(&node.accesskit_node().role()));
            control.unwrap_or_else(|| panic!("nothing called {words:?}")).click_accesskit();
        }
        Step::Fill(name, text) => {
            let field = shown.get_by_role_and_label(Role::TextInput, name);
            field.focus();
            field.type_text(text);
        }
    }
}

/// Returns the sheets: the name of each, the screen below it, and what opens it.
fn sheets() -> Vec<(&'static str, &'static str, Vec<Step>)> {
    let sheet = |line: &'static str| {
        let mut parts = line.split(" | ");
        let (name, scene) = (parts.next()?, parts.next()?);
        let steps =
            parts.map(|part| part.split_once(" = ").map_or(Step::Press(part), |(name, text)| Step::Fill(name, text)));
        Some((name, scene, steps.collect()))
    };
    SHEETS.lines().filter_map(sheet).collect()
}
