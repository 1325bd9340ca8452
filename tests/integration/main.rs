//! The real program, seen from outside: one binary, one module a subject.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]
mod command_line;
mod demo;
mod lab;
mod periodic;
mod proof;
mod replay;
mod scenarios;
mod secrets;
mod shell;
mod support;
mod wall;
