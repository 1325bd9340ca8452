//! Every stable check notices, by its own tests, that it was broken.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#[path = "check_files/mod.rs"]
mod check_files;

use arpenteur_core::check::{Catalogue, mutate};
use check_files::{files, read_raw};

#[test]
fn every_mutant_of_a_stable_check_is_noticed_by_its_own_tests() {
    let files = files();
    let catalogue = Catalogue::load(&files).unwrap();
    let mutation = mutate(&catalogue, &files, &|_| true, &read_raw).unwrap();
    assert_eq!(mutation.survivors, [], "of {} mutants", mutation.made);
    let checks = catalogue.checks().len();
    assert!(mutation.made > checks * 5, "{} mutants", mutation.made);
}

/// The mutation finds what it is for: a check whose tests hold whatever its verdict.
#[test]
fn a_check_with_blind_tests_has_survivors() {
    let (path, bytes) = files()
        .into_iter()
        .find(|(path, _)| path.ends_with("SSH-001.yaml"))
        .unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (before, _) = text.split_once("tests:").unwrap();
    let blind = format!(
        "{before}tests:\n  - {{name: silent, unread: {{ssh: timeout}}, expect: unknown}}\n"
    );
    let files = [(path, blind.into_bytes())];
    let catalogue = Catalogue::load(&files).unwrap();
    let mutation = mutate(&catalogue, &files, &|_| true, &read_raw).unwrap();
    let survived = |change: &str| mutation.survivors.iter().any(|(_, name)| name == change);
    assert!(survived("pass negated") && survived("pass always true"));
}
