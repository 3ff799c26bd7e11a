//! The window's frame on the desktop: eframe, the clipboard, the window's place.

use super::backend::{Backend, Chosen, Reply, Request, Texts, WindowPlace};
use super::history::query::HistoryRequest;
use super::paths::PathFor;
use super::theme::{self, size};
use super::{Action, Window};
use crate::model::snapshot::Command;
use crate::words::problem::Message;
use crate::words::ui::{DAYPASS, intake, shell as words};
use egui::{Context, ViewportBuilder, ViewportCommand};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Requests a frame because something has changed.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// How the window starts.
#[derive(Clone, Copy, Debug, Default)]
pub struct ShellOptions {
    /// The place of the last run.
    pub place: Option<WindowPlace>,
}

/// Opens the window and runs it until it is closed. `connect` returns its backend, which calls the given function whenever
/// there is something new to be seen.
///
/// # Errors
/// One sentence that says why there can be no window here.
pub fn run(connect: impl FnOnce(Wake) -> Arc<dyn Backend> + 'static, options: ShellOptions) -> Result<(), String> {
    let place =
        options.place.filter(|place| place.size.0 >= size::LEAST_WINDOW.x && place.size.1 >= size::LEAST_WINDOW.y);
    let inner = place.map_or(size::WINDOW, |place| place.size.into());
    let mut viewport = ViewportBuilder::default()
        .with_title(DAYPASS)
        .with_app_id("daypass")
        .with_inner_size(inner)
        .with_min_inner_size(size::LEAST_WINDOW)
        .with_drag_and_drop(true)
        .with_maximized(place.is_some_and(|place| place.maximized));
    if let Some((x, y)) = place.and_then(|place| place.at) {
        viewport = viewport.with_position(egui::pos2(x, y));
    }
    if let Ok(icon) = eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icon.png")) {
        viewport = viewport.with_icon(icon);
    }
    let native = eframe::NativeOptions {
        viewport,
        persist_window: false,
        #[cfg(target_os = "linux")]
        event_loop_builder: Some(Box::new(|builder| {
            use winit::platform::x11::EventLoopBuilderExtX11 as _;
            builder.with_x11();
        })),
        ..eframe::NativeOptions::default()
    };
    eframe::run_native("daypass", native, Box::new(|creation| Ok(Box::new(Shell::new(&creation.egui_ctx, connect)))))
        .map_err(|why| no_window(&why).to_owned())
}

/// Returns the sentence for a window that can't be: no screen to be on, or nothing to draw with.
fn no_window(why: &eframe::Error) -> &'static str {
    if matches!(why, eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_)) {
        words::NO_SCREEN
    } else {
        words::NO_DRIVER
    }
}

struct Shell {
    window: Window,
    backend: Arc<dyn Backend>,
    actions: Vec<Action>,
    /// Whether the desktop shows a dialog for files.
    choosing: bool,
    /// Whether the window had the keyboard in the last frame.
    focused: Option<bool>,
    place: Option<WindowPlace>,
    /// How many more times to ask the window to the front: a minimized one has to be restored first.
    calls: u8,
}

/// How many times that is, and the time between two.
const CALLS: u8 = 10;
const CALL: Duration = Duration::from_millis(100);

impl Shell {
    fn new(ctx: &Context, connect: impl FnOnce(Wake) -> Arc<dyn Backend>) -> Self {
        theme::install(ctx);
        let wake = ctx.clone();
        Self {
            window: Window::default(),
            backend: connect(Arc::new(move || wake.request_repaint())),
            actions: Vec::new(),
            choosing: false,
            focused: None,
            place: None,
            calls: 0,
        }
    }

    fn carry_out(&mut self, action: Action, ctx: &Context) {
        match action {
            Action::Request(request) => self.backend.request(request),
            Action::Choose(what) => self.choose(what),
            Action::PathTyped(what, path) => {
                self.choosing = true;
                self.backend.request(Request::UsePath(what, path));
            }
            Action::Copy(text) => ctx.copy_text(text),
            Action::OpenHistory => {
                let current = self.backend.snapshot();
                self.window.open_history(current.utc, &current.about);
            }
            Action::OpenProfiles => self.window.open_profiles(),
            Action::OpenAsk => {
                let current = self.backend.snapshot();
                self.window.open_ask(current.utc, &current.about);
            }
            Action::OpenCustomer => {
                let current = self.backend.snapshot();
                self.window.open_customer(current.utc, &current.about, None);
            }
            Action::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
        }
    }

    /// Asks for the desktop's dialog for files; one at a time.
    fn choose(&mut self, what: PathFor) {
        if self.choosing {
            self.window.tell(Message { title: intake::DIALOG_OPEN.to_owned(), body: String::new() });
            return;
        }
        self.choosing = true;
        self.backend.request(Request::Choose(what));
    }

    /// Takes in the replies, also while the window is hidden.
    fn take_replies(&mut self, ctx: &Context) {
        while let Some(reply) = self.backend.poll() {
            let current = self.backend.snapshot();
            // A reply belongs to the world that is on now.
            self.window.follow_world(&current.about);
            match reply {
                Reply::Invitation(invitation) => self.window.invited(*invitation, current.utc),
                Reply::RoleRequest(request) => self.window.requested(*request, current.utc, &current.about),
                Reply::Sheet(round, reply) => self.window.sheet_reply(round, reply, &mut self.actions),
                Reply::Message(message) => self.window.tell(message),
                Reply::ReceiptSent { id, sent, message } => self.window.receipt_sent(id, sent, message),
                Reply::History(reply) => self.window.history_reply(reply),
                Reply::Copy(text) => {
                    ctx.copy_text(text);
                    self.window.copied();
                }
                Reply::Chosen(what, chosen) => {
                    self.choosing = false;
                    match chosen {
                        Chosen::Paths(paths) => self.chosen(what, paths),
                        Chosen::Nothing => {}
                        Chosen::NoDialog => self.window.type_path(what, &current.about),
                    }
                }
                Reply::Raise => self.calls = CALLS,
                Reply::Dark(dark) => ctx.set_theme(if dark { egui::Theme::Dark } else { egui::Theme::Light }),
            }
        }
    }

    /// Brings the window to the front if it was called, and shows that it is wanted where the desktop keeps it back.
    fn come(&mut self, ctx: &Context) {
        if self.calls == 0 {
            return;
        }
        self.calls -= 1;
        let (focused, minimized) =
            ctx.input(|input| (input.viewport().focused.unwrap_or(false), input.viewport().minimized.unwrap_or(false)));
        if focused && !minimized && self.calls + 1 < CALLS {
            self.calls = 0;
            return;
        }
        if minimized {
            ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
        }
        ctx.send_viewport_cmd(ViewportCommand::Visible(true));
        ctx.send_viewport_cmd(ViewportCommand::Focus);
        if self.calls == 0 {
            ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(egui::UserAttentionType::Informational));
        }
        ctx.request_repaint_after(CALL);
    }

    fn chosen(&mut self, what: PathFor, paths: Vec<PathBuf>) {
        let first = |mut paths: Vec<PathBuf>| paths.swap_remove(0);
        self.backend.request(match what {
            PathFor::Files(id) | PathFor::Folder(id) => Request::Command(Command::Add(id, paths)),
            PathFor::Key => return self.window.key_file(first(paths), &mut self.actions),
            PathFor::Invitation => Request::ReadInvitation(first(paths)),
            PathFor::Receipt(id) => Request::SaveReceipt(id, first(paths)),
            PathFor::Receipts(ids, _) => Request::History(HistoryRequest::Save(ids, first(paths))),
            PathFor::ReceiptsEach(each) => Request::History(HistoryRequest::SaveEach(each, first(paths))),
            PathFor::Text(_, text) => Request::SaveTexts(Texts::File(first(paths), text)),
            PathFor::Texts(texts) => Request::SaveTexts(Texts::Folder(first(paths), texts)),
        });
    }
}

impl eframe::App for Shell {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.take_replies(ctx);
        self.come(ctx);
        let focused = ctx.input(|input| input.viewport().focused.unwrap_or(true));
        if self.focused.replace(focused) != Some(focused) {
            self.backend.request(Request::Focused(focused));
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        let current = self.backend.snapshot();
        self.window.tell_time(current.utc);
        self.window.show(ui, &current.snapshot, &current.about, current.now, &mut self.actions);
        for action in std::mem::take(&mut self.actions) {
            self.carry_out(action, &ctx);
        }
        self.place = ctx.input(|input| {
            let view = input.viewport();
            let inner = view.inner_rect?;
            Some(WindowPlace {
                at: view.outer_rect.map(|outer| (outer.left(), outer.top())),
                size: (inner.width(), inner.height()),
                maximized: view.maximized.unwrap_or(false),
            })
        });
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }

    fn persist_egui_memory(&self) -> bool {
        false
    }

    fn on_exit(&mut self, #[cfg(target_os = "linux")] _gl: Option<&eframe::glow::Context>) {
        if let Some(place) = self.place {
            self.backend.request(Request::KeepWindowPlace(place));
        }
    }
}
