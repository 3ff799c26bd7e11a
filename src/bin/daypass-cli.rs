//! The command line: the same engine as the window's, for scripts, tests and benchmarks.

fn main() -> std::process::ExitCode {
    daypass::cli::main()
}
