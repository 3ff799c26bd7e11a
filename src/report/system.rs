//! What program and what system a report is from.

/// The most characters of a name that the system tells of itself.
const MOST: usize = 80;

/// Returns the program and the system, a name and a value each.
pub(super) fn facts() -> Vec<(&'static str, String)> {
    let build = if cfg!(debug_assertions) { "debug build" } else { "release build" };
    let mut facts = vec![
        ("Daypass", format!("{} ({build})", env!("CARGO_PKG_VERSION"))),
        ("system", format!("{} on {}", std::env::consts::OS, std::env::consts::ARCH)),
    ];
    facts.extend(distribution().map(|name| ("distribution", name)));
    facts.extend(read("/proc/sys/kernel/osrelease").map(|release| ("kernel", plain(&release))));
    let desktop = std::env::var("XDG_CURRENT_DESKTOP").ok().map(|name| plain(&name));
    facts.extend(desktop.filter(|name| !name.is_empty()).map(|name| ("desktop", name)));
    facts
}

/// The name of a Linux distribution (os-release(5), `PRETTY_NAME`).
fn distribution() -> Option<String> {
    let text = read("/etc/os-release")?;
    let name = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(plain(name.trim_matches('"')))
}

fn read(path: &str) -> Option<String> {
    if cfg!(target_os = "linux") { std::fs::read_to_string(path).ok() } else { None }
}

/// One short line without characters of control.
fn plain(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(MOST).collect()
}
