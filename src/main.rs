//! Arguments to runtime to exit code, nothing else.
use std::process::ExitCode;

fn main() -> ExitCode {
    arpenteur::cli::main()
}
