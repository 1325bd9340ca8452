//! The page and the exports of one audit with every kind of content, hostile names included.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at its first surprise"
)]

#[path = "report/fixture.rs"]
mod fixture;

use arpenteur_core::export;
use arpenteur_core::model::RunResults;
use arpenteur_core::report::Reports;
use arpenteur_core::scope::Language::{self, En, Fr};
use fixture::{HOSTILE, classes, empty, files, full};
use std::collections::BTreeSet;

fn reports() -> Reports {
    Reports::load(&files()).unwrap_or_else(|errors| panic!("{errors}"))
}

fn page(results: &RunResults, language: Language) -> String {
    let page = reports().html(results, &classes(), language);
    page.unwrap_or_else(|error| panic!("{error}"))
}

/// Writes the pages for whoever wants to look at them.
#[test]
fn pages_are_written_where_asked() {
    let Ok(folder) = std::env::var("ARPENTEUR_REPORT_OUT") else {
        return;
    };
    for (name, results) in [
        ("full", full(20)),
        ("empty", empty()),
        ("large", full(1000)),
    ] {
        for language in Language::ALL {
            let path = format!("{folder}/{name}.{}.html", language.code());
            std::fs::write(path, page(&results, language)).unwrap();
        }
    }
}

#[test]
fn no_message_is_missing() {
    for results in [full(20), empty()] {
        for language in Language::ALL {
            assert!(!page(&results, language).contains('⟦'));
        }
    }
}

#[test]
fn both_languages_have_the_same_messages() {
    let mut files = files();
    let french = files.iter_mut().find(|(path, _)| path.ends_with("fr.ftl"));
    french
        .unwrap()
        .1
        .extend_from_slice(b"\nonly-here = seulement\n");
    let errors = Reports::load(&files).unwrap_err().to_string();
    assert!(
        errors.contains("`only-here` is missing in i18n/en.ftl"),
        "{errors}"
    );
}
