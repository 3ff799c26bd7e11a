//! Practice is isolated, and a start uses no identity: which hosts are called, what runs and what is written.

use daypass::engine::clock::Clock;
use daypass::engine::credentials::Caches;
use daypass::engine::handle::EngineOptions;
use daypass::engine::http::HttpOptions;
use daypass::engine::profiles::Paths;
use daypass::engine::task::TaskKind;
use daypass::grant::Invitation;
use daypass::model::session::Session;
use daypass::model::snapshot::{AllowedCommand, Command};
use daypass::ui::backend::{Backend as _, Reply, Request};
use daypass::window::{App, Start};
use daypass::words::window as words;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

const INVITATION: &str = "daypass:v1?customer=Harbour%20Bridge&role=arn:aws:iam::222233334444:role/daypass-bridge\
                          &bucket=harbour-bridge-intake&prefix=in";

/// Listens in place of AWS or a proxy and counts connections.
struct Elsewhere {
    url: String,
    listener: TcpListener,
    calls: AtomicUsize,
}

impl Elsewhere {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("set");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        Self { url, listener, calls: AtomicUsize::new(0) }
    }

    /// Returns the number of connections so far. Closes each as it is counted.
    fn calls(&self) -> usize {
        while self.listener.accept().is_ok() {
            self.calls.fetch_add(1, Ordering::SeqCst);
        }
        self.calls.load(Ordering::SeqCst)
    }
}

/// A home folder with nine profiles of every kind, one of which runs a command.
struct Home {
    dir: TempDir,
    ran: PathBuf,
    clock: Clock,
}

impl Home {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let ran = dir.path().join("ran");
        std::fs::create_dir_all(dir.path().join(".aws/sso/cache")).expect("made");
        let mut credentials = String::new();
        for name in ["default", "work", "other", "prod", "old"] {
            credentials.push_str(&format!(
                "[{name}]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n\
                 aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
            ));
        }
        let config = format!(
            "[profile through]\nrole_arn = arn:aws:iam::111122223333:role/Dev\nsource_profile = work\n\
             [profile corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n\
             sso_account_id = 111122223333\nsso_role_name = Admin\n\
             [profile vault]\ncredential_process = touch {}\n\
             [profile login]\nlogin_session = arn:aws:iam::111122223333:user/Richard\n",
            ran.display()
        );
        std::fs::write(dir.path().join(".aws/credentials"), credentials).expect("written");
        std::fs::write(dir.path().join(".aws/config"), config).expect("written");
        // The cache's name is the SHA-1 of the start URL, as the AWS CLI writes it.
        let token = r#"{"startUrl":"https://corp.awsapps.com/start","region":"eu-west-1","accessToken":"T","expiresAt":"2099-01-01T00:00:00Z"}"#;
        std::fs::write(dir.path().join(".aws/sso/cache/a51746d4aa793ae07b25e90c3a5db96fc7832bd7.json"), token)
            .expect("written");
        Self { dir, ran, clock: Clock::start() }
    }

    fn aws(&self) -> PathBuf {
        self.dir.path().join(".aws")
    }

    /// Returns every file below `.aws` with its content and modification time.
    fn files(&self) -> Vec<(PathBuf, Vec<u8>, std::time::SystemTime)> {
        let mut found = Vec::new();
        let mut folders = vec![self.aws()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
                let about = entry.metadata().expect("an entry");
                if about.is_dir() {
                    folders.push(entry.path());
                } else {
                    let content = std::fs::read(entry.path()).expect("read");
                    found.push((entry.path(), content, about.modified().expect("a time")));
                }
            }
        }
        found.sort();
        found
    }

    fn options(&self) -> EngineOptions {
        EngineOptions {
            home: Some(self.dir.path().join("daypass")),
            profiles: Paths { credentials: self.aws().join("credentials"), config: self.aws().join("config") },
            caches: Caches { sso: self.aws().join("sso/cache") },
            clock: self.clock.clone(),
            ..EngineOptions::new()
        }
    }

    fn desk(&self, elsewhere: &Elsewhere, practice: bool) -> (Arc<App>, Arc<Mutex<Vec<String>>>) {
        let errands = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&errands);
        let hook = move |errand: &TaskKind| noted.lock().expect("free").push(format!("{errand:?}"));
        let wire = HttpOptions { endpoint_url: Some(elsewhere.url.clone()), ..HttpOptions::default() };
        let options = EngineOptions { hook: Some(Arc::new(hook)), ..self.options() };
        let start = Start { wire, practice, ..Start::default() };
        let desk = App::start_with(start, options).expect("a desk").expect("no other window");
        (desk, errands)
    }
}

fn wait(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..1500 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("never: {what}");
}

fn told(desk: &App) -> Vec<Reply> {
    std::iter::from_fn(|| desk.poll()).filter(|told| !matches!(told, Reply::Dark(_))).collect()
}

fn invited(told: &[Reply]) -> usize {
    told.iter().filter(|told| matches!(told, Reply::Invitation(_))).count()
}

#[test]
fn starting_with_nine_profiles_calls_no_host() {
    let (home, elsewhere) = (Home::new(), Elsewhere::new());
    let before = home.files();
    let (desk, errands) = home.desk(&elsewhere, false);
    // The profile's command is allowed, but still runs only on request.
    let command = format!("touch {}", home.ran.display());
    let mut settings = desk.snapshot().snapshot.settings.clone();
    let sha256 = daypass::engine::credentials::fingerprint(&command);
    settings.allowed_commands.push(AllowedCommand { sha256, profile: String::new(), since: None });
    desk.request(Request::Command(Command::Set(settings)));
    desk.stop();
    drop(desk);
    let (desk, again) = home.desk(&elsewhere, false);
    assert_eq!(desk.snapshot().snapshot.profiles.list.len(), 9);
    home.clock.advance(Duration::from_mins(10));
    assert_eq!(elsewhere.calls(), 0);
    assert_eq!(home.files(), before);
    // Anything already due would come before this request.
    desk.request(Request::Command(Command::Identify("work".to_owned())));
    wait("the one that was picked is asked about", || elsewhere.calls() > 0);
    desk.stop();
    assert_eq!(*errands.lock().expect("free"), Vec::<String>::new());
    assert_eq!(*again.lock().expect("free"), ["Identify(\"work\")"]);
    assert!(!home.ran.exists(), "a command ran");
}

#[test]
fn practice_calls_runs_and_writes_nothing_outside_itself() {
    let (home, elsewhere) = (Home::new(), Elsewhere::new());
    let before = home.files();
    let (desk, errands) = home.desk(&elsewhere, true);
    wait("practice lets Richard in", || {
        desk.snapshot().snapshot.destinations.first().is_some_and(|place| matches!(place.session, Session::Active(_)))
    });
    assert!(desk.snapshot().about.practice);
    let file = home.dir.path().join("a.txt");
    std::fs::write(&file, "hello").expect("written");
    desk.request(Request::Command(Command::Add(daypass::model::upload::DestinationId(0), vec![file])));
    wait("the file arrives", || desk.snapshot().about.arrived.as_ref().is_some_and(|list| list.len() == 1));
    let names: Vec<String> =
        desk.snapshot().snapshot.profiles.list.iter().map(|profile| profile.name.clone()).collect();
    assert_eq!(names, ["importantproject", "mallory"], "the person's own profiles are not listed");
    assert_eq!(elsewhere.calls(), 0);
    assert!(errands.lock().expect("free").is_empty(), "the person's own engine does nothing");
    assert!(!home.ran.exists());
    assert_eq!(home.files(), before);
    desk.stop();
}

#[test]
fn a_real_invitation_ends_practice_and_leaves_nothing_of_it() {
    let (home, elsewhere) = (Home::new(), Elsewhere::new());
    let (desk, _) = home.desk(&elsewhere, true);
    wait("practice", || desk.snapshot().about.practice && !desk.snapshot().snapshot.destinations.is_empty());
    desk.request(Request::ReadInvitationText(INVITATION.to_owned()));
    let mut heard = Vec::new();
    wait("the invitation", || {
        heard.extend(told(&desk));
        invited(&heard) == 1
    });
    let (about, seen) = (desk.snapshot().about, desk.snapshot().snapshot);
    assert!(!about.practice && about.arrived.is_none() && about.code_practice.is_none());
    assert!(seen.destinations.is_empty() && seen.remembered.is_empty(), "no customer of practice is left");
    assert_eq!(seen.profiles.list.len(), 9, "the person's own profiles are back");
    let ended = words::practice_ended();
    let at = |wanted: &dyn Fn(&Reply) -> bool| heard.iter().position(wanted);
    let said = at(&|told| matches!(told, Reply::Message(said) if *said == ended)).expect("it is said");
    assert!(said < at(&|told| matches!(told, Reply::Invitation(_))).expect("it is shown"));
    assert_eq!(elsewhere.calls(), 0);
    // Practice can start again and be ended by its button.
    desk.request(Request::StartPractice);
    wait("practice again", || desk.snapshot().about.practice);
    desk.request(Request::EndPractice);
    assert!(!desk.snapshot().about.practice && desk.snapshot().snapshot.destinations.is_empty());
    desk.stop();
}

#[test]
fn an_opened_invitation_is_kept_until_it_is_used_or_dismissed() {
    let (home, elsewhere) = (Home::new(), Elsewhere::new());
    let run = |act: &dyn Fn(&App)| {
        // Kept invitations are read before the start returns.
        let (desk, _) = home.desk(&elsewhere, false);
        let count = invited(&told(&desk));
        act(&desk);
        desk.stop();
        count
    };
    let open = |desk: &App| {
        desk.request(Request::ReadInvitationText(INVITATION.to_owned()));
        wait("it is shown", || invited(&told(desk)) == 1);
    };
    let invitation = Invitation::parse(INVITATION).expect("an invitation");
    assert_eq!(run(&open), 0);
    assert_eq!(run(&|_| {}), 1, "it survives a restart");
    assert_eq!(run(&|desk| desk.request(Request::DismissInvitation(Box::new(invitation.clone())))), 1, "and another");
    assert_eq!(run(&open), 0, "it was dismissed");
    assert_eq!(
        run(&|desk| desk.request(Request::Command(Command::Open(Box::new(invitation.to_destination("work")))))),
        1
    );
    assert_eq!(run(&|_| {}), 0, "it was used");
    let kept = home.dir.path().join("daypass").join("invitations.json");
    assert!(!kept.exists(), "nothing is left of it");
    // During practice it waits until practice ends.
    assert_eq!(run(&open), 0);
    let (desk, _) = home.desk(&elsewhere, true);
    wait("practice", || desk.snapshot().about.practice);
    assert_eq!(invited(&told(&desk)), 0);
    desk.stop();
}

/// Starts the window's program without a display, behind a proxy that counts connections.
#[cfg(target_os = "linux")]
#[test]
fn the_program_in_practice_uses_no_proxy_and_runs_no_other_program() {
    let (home, proxy) = (Home::new(), Elsewhere::new());
    let before = home.files();
    let program = env!("CARGO_BIN_EXE_daypass");
    let traced = home.dir.path().join("trace");
    let strace = std::process::Command::new("strace").arg("-V").output().is_ok();
    let mut command = if strace {
        let mut command = std::process::Command::new("strace");
        command.args(["-f", "-e", "trace=execve,connect", "-o"]).arg(&traced).arg(program);
        command
    } else {
        std::process::Command::new(program)
    };
    let output = command
        .arg("--practice")
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home.dir.path())
        .env("HTTPS_PROXY", &proxy.url)
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(2), "there is no display: {output:?}");
    assert_eq!(proxy.calls(), 0);
    assert!(!home.ran.exists());
    assert_eq!(home.files(), before);
    if strace {
        let trace = read(&traced);
        let lines =
            |call: &str| trace.lines().filter(|line| line.contains(call)).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(lines("execve(").len(), 1, "{:?}", lines("execve("));
        let away: Vec<_> = lines("AF_INET").into_iter().filter(|line| !line.contains("127.0.0.1")).collect();
        assert!(away.is_empty(), "{away:?}");
    }
}

#[cfg(target_os = "linux")]
fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("read")
}

#[test]
fn practice_help_names_the_mfa_code_and_serial() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_daypass-cli"));
    let help = command.args(["practice", "--help"]).output().expect("it runs");
    let help = String::from_utf8(help.stdout).expect("text");
    for named in [daypass::practice::MFA_CODE, daypass::practice::MFA_SERIAL] {
        assert!(help.contains(named), "{named}: {help}");
    }
}
