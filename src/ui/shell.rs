//! The window's frame on the desktop: eframe, the file dialogs, the clipboard, the window's place.

use super::access_request::{AccessReply, AccessRequest};
use super::history::{HistoryReply, HistoryRequest as AskHistory};
use super::paths::PathFor;
use super::{About, Action, Window, theme};
use crate::grant::{Invitation, RoleRequest};
use crate::model::destination::Destination;
use crate::model::snapshot::{Command, Snapshot};
use crate::model::upload::DestinationId;
use crate::time::{Time, Utc};
use crate::words::accounts::key;
use crate::words::paths::Choice;
use crate::words::problem::Message;
use crate::words::ui::{DAYPASS, intake, shell as words};
use egui::{Context, ViewportBuilder, ViewportCommand, vec2};
use rfd::{AsyncFileDialog, FileHandle};
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;
use zeroize::Zeroizing;

/// Work that is awaited elsewhere, never on the window's thread.
pub type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Something that is found out elsewhere.
pub type Answered<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What came of a wish, for the window to show.
#[derive(Clone, Debug)]
pub enum Reply {
    /// An invitation was read.
    Invitation(Box<Invitation>),
    /// A request was read, which is for the customer's page.
    Request(Box<RoleRequest>),
    /// What came of something that a sheet wanted.
    Access(AccessReply),
    Said(Message),
    /// The desktop is dark, or light.
    Dark(bool),
    /// What the journal answered.
    History(HistoryReply),
    /// Another Daypass was started: this window is wanted.
    Called,
    /// The receipt of a destination's current delivery was sent, or was not; and the sentence.
    ReceiptSent(DestinationId, bool, Message),
    /// A text for the clipboard.
    Copy(String),
}

/// Texts to be written, and where.
#[derive(Clone, Debug)]
pub enum Texts {
    /// One, to the file that was chosen.
    File(PathBuf, String),
    /// Several, into the folder that was chosen; a name that is taken gets a number.
    Folder(PathBuf, Vec<(&'static str, String)>),
}

/// The window's place on the screen, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WindowPlace {
    /// The left upper corner; none to let the desktop choose.
    pub at: Option<(f32, f32)>,
    /// Width and height of what is inside the frame.
    pub size: (f32, f32),
    /// Whether it fills the screen.
    pub maximized: bool,
}

/// The window's only way to the rest of Daypass. None of these may wait.
pub trait Link: Send + Sync {
    /// The newest copy of the model.
    fn seen(&self) -> Arc<Snapshot>;
    /// The engine's clock.
    fn now(&self) -> Time;
    /// What the window knows besides the model.
    fn about(&self) -> Arc<About>;
    /// Tells the model.
    fn send(&self, command: Command);
    /// Hands a code to the vault for the next AssumeRole of this destination.
    fn code(&self, place: DestinationId, code: Zeroizing<String>);
    /// Opens this destination with this code.
    fn open_with_code(&self, to: Box<Destination>, code: Zeroizing<String>);
    /// Reads an invitation from a file; what comes of it is told.
    fn invitation_file(&self, path: PathBuf);
    /// Reads an invitation from a text; what comes of it is told.
    fn invitation_text(&self, text: String);
    /// Starts the practice server and opens its destination.
    fn start_practice(&self);
    /// Leaves practice, and drops all of it.
    fn end_practice(&self);
    /// Keeps this invitation no longer.
    fn dismiss_invitation(&self, invitation: Box<Invitation>);
    /// Writes the receipt of the current delivery there; what comes of it is told.
    fn save_receipt(&self, place: DestinationId, path: PathBuf);
    /// Sends the receipt of the current delivery beside its files; what comes of it is told.
    fn send_receipt(&self, place: DestinationId);
    /// Writes these texts there, the second kind without replacing anything; what comes of it is told.
    fn save_texts(&self, texts: Texts);
    /// Asks the journal; what comes of it is told.
    fn history(&self, ask: AskHistory);
    /// The wall clock's time.
    fn utc(&self) -> Utc;
    /// Does what a sheet about keys, profiles, signing in or access wants; what comes of it is told.
    fn access(&self, wanted: AccessRequest);
    /// Something to be told, once.
    fn told(&self) -> Option<Reply>;
    /// Awaits this elsewhere.
    fn spawn(&self, work: Work);
    /// Whether the desktop can show a dialog for files.
    fn can_choose(&self) -> Answered<bool>;
    /// This path, or one beside it with a number if its name is taken.
    fn free_name(&self, path: PathBuf) -> Answered<PathBuf>;
    /// Tells whether the window has the keyboard: what happens in front of a person needs no notification.
    fn in_front(&self, in_front: bool);
    /// Calls this whenever there is something new to be seen.
    fn on_wake(&self, wake: Arc<dyn Fn() + Send + Sync>);
    /// Keeps the window's place for the next time.
    fn keep_window_place(&self, place: WindowPlace);
}

/// How the window starts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Where it was the last time.
    pub place: Option<WindowPlace>,
}

const SIZE: (f32, f32) = (960.0, 680.0);
const LEAST: (f32, f32) = (640.0, 480.0);

/// Opens the window and runs it until it is closed.
///
/// # Errors
/// One sentence that says why there can be no window here.
pub fn run(link: Arc<dyn Link>, options: Options) -> Result<(), String> {
    let place = options.place.filter(|place| place.size.0 >= LEAST.0 && place.size.1 >= LEAST.1);
    let (width, height) = place.map_or(SIZE, |place| place.size);
    let mut viewport = ViewportBuilder::default()
        .with_title(DAYPASS)
        .with_app_id("daypass")
        .with_inner_size(vec2(width, height))
        .with_min_inner_size(vec2(LEAST.0, LEAST.1))
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
    eframe::run_native("daypass", native, Box::new(|creation| Ok(Box::new(App::new(&creation.egui_ctx, link)))))
        .map_err(|why| no_window(&why).to_owned())
}

/// The sentence for a window that can't be: no screen to be on, or nothing to draw with.
fn no_window(why: &eframe::Error) -> &'static str {
    if matches!(why, eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_)) {
        words::NO_SCREEN
    } else {
        words::NO_DRIVER
    }
}

enum Chosen {
    Paths(PathFor, Vec<PathBuf>),
    Nothing,
    /// The desktop has no dialog.
    NoDialog(PathFor),
}

struct App {
    window: Window,
    link: Arc<dyn Link>,
    wishes: Vec<Action>,
    chosen: Receiver<Chosen>,
    choose: SyncSender<Chosen>,
    choosing: bool,
    place: Option<WindowPlace>,
    /// How often more the window is asked to come to the front: a minimized one has to come back first.
    calls: u8,
}

/// How often that is, and how long it takes between two times.
const CALLS: u8 = 10;
const CALL: Duration = Duration::from_millis(100);

impl App {
    fn new(ctx: &Context, link: Arc<dyn Link>) -> Self {
        theme::install(ctx);
        let wake = ctx.clone();
        link.on_wake(Arc::new(move || wake.request_repaint()));
        let (choose, chosen) = sync_channel(1);
        Self {
            window: Window::default(),
            link,
            wishes: Vec::new(),
            chosen,
            choose,
            choosing: false,
            place: None,
            calls: 0,
        }
    }

    fn carry_out(&mut self, wish: Action, ctx: &Context) {
        match wish {
            Action::Command(command) => self.link.send(command),
            Action::ChooseFiles(id) => self.choose(PathFor::Files(id), ctx),
            Action::ChooseFolder(id) => self.choose(PathFor::Folder(id), ctx),
            Action::OpenInvitation => self.choose(PathFor::Invitation, ctx),
            Action::SaveReceipt(id) => self.choose(PathFor::Receipt(id), ctx),
            Action::SaveReceipts(ids, name) => self.choose(PathFor::Receipts(ids, name), ctx),
            Action::SaveReceiptsEach(each) => self.choose(PathFor::ReceiptsEach(each), ctx),
            Action::PathTyped(what, path) => self.typed(what, path, ctx),
            Action::SendReceipt(id) => self.link.send_receipt(id),
            Action::OpenHistory => self.window.open_history(self.link.utc(), &self.link.about()),
            Action::History(ask) => self.link.history(ask),
            Action::DroppedInvitation(path) => self.link.invitation_file(path),
            Action::PastedInvitation(text) => self.link.invitation_text(text),
            Action::Code(id, code) => self.link.code(id, code),
            Action::OpenWithCode(to, code) => self.link.open_with_code(to, code),
            Action::StartPractice => self.link.start_practice(),
            Action::EndPractice => self.link.end_practice(),
            Action::DismissInvitation(invitation) => self.link.dismiss_invitation(invitation),
            Action::Copy(text) => ctx.copy_text(text),
            Action::OpenKeyFile => self.choose(PathFor::Key, ctx),
            Action::Access(wanted) => self.link.access(wanted),
            Action::OpenProfiles => self.window.open_profiles(),
            Action::OpenAsk => self.window.open_ask(self.link.utc(), &self.link.about()),
            Action::OpenCustomer => self.window.open_customer(self.link.utc(), &self.link.about(), None),
            Action::SaveText(name, text) => self.choose(PathFor::Text(name, text), ctx),
            Action::SaveTexts(texts) => self.choose(PathFor::Texts(texts), ctx),
            Action::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
        }
    }

    /// Builds a dialog here, on the main thread, and awaits it elsewhere; one at a time.
    fn choose(&mut self, what: PathFor, ctx: &Context) {
        if self.choosing {
            self.window.tell(Message { title: intake::DIALOG_OPEN.to_owned(), body: String::new() });
            return;
        }
        self.choosing = true;
        let shown = dialog(&what);
        let (send, ctx, possible) = (self.choose.clone(), ctx.clone(), self.link.can_choose());
        self.link.spawn(Box::pin(async move {
            // On Linux an empty list is a cancelled dialog for what is there already, and no answer means that none could
            // be shown; a dialog for saving gives no answer either way. Elsewhere no answer is a cancel.
            let unclear = !cfg!(target_os = "linux") || what.choice() == Choice::Save;
            let answer = match shown.await {
                Some(paths) if paths.is_empty() => Chosen::Nothing,
                Some(paths) => Chosen::Paths(what, paths),
                None => {
                    if unclear && possible.await {
                        Chosen::Nothing
                    } else {
                        Chosen::NoDialog(what)
                    }
                }
            };
            // One dialog at a time, and the channel holds one answer: there is always room.
            let _ = send.try_send(answer);
            ctx.request_repaint();
        }));
    }

    /// Goes on with a path that was typed, as if it had been chosen; a file that is there is not replaced.
    fn typed(&mut self, what: PathFor, path: PathBuf, ctx: &Context) {
        self.choosing = true;
        let free = (what.choice() == Choice::Save).then(|| self.link.free_name(path.clone()));
        let (send, ctx) = (self.choose.clone(), ctx.clone());
        self.link.spawn(Box::pin(async move {
            let path = if let Some(free) = free { free.await } else { path };
            let _ = send.try_send(Chosen::Paths(what, vec![path]));
            ctx.request_repaint();
        }));
    }

    /// Takes in what was told, also while the window is hidden.
    fn take_told(&mut self, ctx: &Context) {
        while let Some(told) = self.link.told() {
            // What is told belongs to the world that is on now.
            self.window.follow_world(&self.link.about());
            match told {
                Reply::Invitation(invitation) => self.window.invited(*invitation, self.link.utc()),
                Reply::Request(ask) => self.window.requested(*ask, self.link.utc(), &self.link.about()),
                Reply::Access(came) => self.window.came(came, &mut self.wishes),
                Reply::Said(said) => self.window.tell(said),
                Reply::ReceiptSent(id, done, said) => self.window.receipt_sent(id, done, said),
                Reply::History(answer) => self.window.history_says(answer),
                Reply::Copy(text) => {
                    ctx.copy_text(text);
                    self.window.copied();
                }
                Reply::Called => {
                    self.calls = CALLS;
                }
                Reply::Dark(dark) => ctx.set_theme(if dark { egui::Theme::Dark } else { egui::Theme::Light }),
            }
        }
    }

    /// Brings the window to the front where it was called, and shows that it is wanted where the desktop keeps it back.
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

    fn take_chosen(&mut self) {
        while let Ok(chosen) = self.chosen.try_recv() {
            self.choosing = false;
            match chosen {
                Chosen::Paths(what, paths) => self.chosen(what, paths),
                Chosen::Nothing => {}
                Chosen::NoDialog(what) => self.window.type_path(what, &self.link.about()),
            }
        }
    }

    fn chosen(&mut self, what: PathFor, mut paths: Vec<PathBuf>) {
        if let PathFor::Files(id) | PathFor::Folder(id) = what {
            return self.link.send(Command::Add(id, paths));
        }
        let path = paths.swap_remove(0);
        match what {
            PathFor::Files(_) | PathFor::Folder(_) => {}
            PathFor::Invitation => self.link.invitation_file(path),
            PathFor::Key => self.window.key_file(path, &mut self.wishes),
            PathFor::Receipt(id) => self.link.save_receipt(id, path),
            PathFor::Receipts(ids, _) => self.link.history(AskHistory::Save(ids, path)),
            PathFor::ReceiptsEach(each) => self.link.history(AskHistory::SaveEach(each, path)),
            PathFor::Text(_, text) => self.link.save_texts(Texts::File(path, text)),
            PathFor::Texts(texts) => self.link.save_texts(Texts::Folder(path, texts)),
        }
    }
}

/// The paths chosen in the desktop's dialog for this, empty where a cancel is told; none where there is no answer.
fn dialog(what: &PathFor) -> Answered<Option<Vec<PathBuf>>> {
    let dialog = AsyncFileDialog::new().set_title(what.title());
    let dialog = match what {
        PathFor::Invitation => dialog.add_filter(words::INVITATIONS, &["daypass"]),
        PathFor::Key => dialog.add_filter(key::FILES, &["csv"]),
        PathFor::Files(_)
        | PathFor::Folder(_)
        | PathFor::Receipt(_)
        | PathFor::Receipts(..)
        | PathFor::ReceiptsEach(_)
        | PathFor::Text(..)
        | PathFor::Texts(_) => dialog,
    };
    let all = |files: Option<Vec<FileHandle>>| {
        files.map(|files| files.iter().map(|file| file.path().to_path_buf()).collect::<Vec<_>>())
    };
    match what.choice() {
        Choice::Open => {
            let shown = dialog.pick_files();
            Box::pin(async move { all(shown.await) })
        }
        Choice::OpenFolder | Choice::SaveInto => {
            let shown = dialog.pick_folders();
            Box::pin(async move { all(shown.await) })
        }
        Choice::Save => {
            let shown = dialog.set_file_name(what.name()).save_file();
            Box::pin(async move { shown.await.map(|file| vec![file.path().to_path_buf()]) })
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.take_told(ctx);
        self.come(ctx);
        self.link.in_front(ctx.input(|input| input.viewport().focused.unwrap_or(true)));
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        self.take_chosen();
        self.window.tell_time(self.link.utc());
        let (seen, about) = (self.link.seen(), self.link.about());
        self.window.show(ui, &seen, &about, self.link.now(), &mut self.wishes);
        for wish in std::mem::take(&mut self.wishes) {
            self.carry_out(wish, &ctx);
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
            self.link.keep_window_place(place);
        }
    }
}
