//! How well devices are identified, measured on the recordings in `ARPENTEUR_CORPUS`: a folder
//! with `snmp/`, `banners/`, `cli/` and `schemas/`, and beside it `tools/score.py`. Built with
//! `--features corpus` alone, so that nobody takes an absent corpus for a passed test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test says what is wrong by failing, and prints its tables"
)]
mod ablation;
mod banners;
mod cli;
mod configs;
mod detail;
mod exports;
mod identification;
mod support;
