//! The real program, seen from outside: one binary, one module a subject.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]
mod cmdb;
mod command_line;
mod company;
mod demo;
mod fake_itop;
mod fake_netbox;
mod glpi;
mod itop;
mod lab;
mod periodic;
mod proof;
mod replay;
mod scenarios;
mod secrets;
mod server;
mod shell;
mod store;
mod support;
mod wall;
