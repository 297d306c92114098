//! The `crossbrief` command.

mod allocator;

fn main() -> std::process::ExitCode {
    crossbrief::cli::main()
}
