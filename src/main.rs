//! The `crossbrief` command.

fn main() -> std::process::ExitCode {
    crossbrief::cli::main()
}
