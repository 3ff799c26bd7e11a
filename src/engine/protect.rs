//! Protects this process's memory from core dumps and from other programs of the same user.

/// Disables core dumps of this process, which would contain the session's credentials.
pub fn no_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let _kept = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
}

/// Keeps other programs of this user from reading this process's memory or tracing it (Linux). The window does not call
/// this: the desktop's portals inspect their caller's files in `/proc`, and refuse one whose files they can't open.
pub fn not_traced() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _kept = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
