//! Keeps what this process has in memory from files and from other programs of the same user.

/// No core dump is written of this process: it would hold the session's credentials.
pub fn no_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let _kept = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
}

/// No other program of this user reads this process's memory or follows its steps (Linux). The window does not ask for this:
/// the desktop's portals look at a caller's files in `/proc`, and refuse a caller whose files they can't open.
pub fn not_traced() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _kept = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
