//! The catalogue that ships: it loads, its own tests pass, lint finds nothing, and the
//! reference pages are those of the files.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed"
)]
#[path = "check_files/mod.rs"]
mod check_files;

use arpenteur_core::check::{Catalogue, Status, reference};
use arpenteur_core::model::Language;
use check_files::{files, read_raw};

fn catalogue() -> Catalogue {
    Catalogue::load(&files()).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn every_embedded_test_passes() {
    let results = catalogue().test(&read_raw);
    let failed: Vec<_> = results
        .iter()
        .filter(|result| result.failure.is_some())
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn lint_finds_nothing() {
    assert_eq!(catalogue().lint(), []);
}

#[test]
fn the_whole_catalogue_is_there_and_stable() {
    let families = [
        ("AVL", 6),
        ("BAK", 5),
        ("CAP", 7),
        ("CLR", 5),
        ("EXP", 8),
        ("HYP", 5),
        ("INV", 8),
        ("LIC", 3),
        ("LIN", 9),
        ("MAL", 2),
        ("NET", 35),
        ("PAT", 7),
        ("PRN", 4),
        ("SNMP", 8),
        ("SSH", 9),
        ("TIM", 4),
        ("TLS", 6),
        ("WEB", 4),
    ];
    let expected: Vec<String> = families
        .into_iter()
        .flat_map(|(family, count)| (1..=count).map(move |n| format!("{family}-{n:03}")))
        .collect();
    assert_eq!(expected.len(), 135);
    let catalogue = catalogue();
    let ids: Vec<&str> = catalogue
        .checks()
        .iter()
        .map(|check| check.id.as_str())
        .collect();
    assert_eq!(ids, expected);
    assert!(
        catalogue
            .checks()
            .iter()
            .all(|check| check.status == Status::Stable)
    );
    for (path, _) in files() {
        let family = path.split('/').nth(1).unwrap();
        let name = path.rsplit('/').next().unwrap().to_lowercase();
        assert!(
            name.starts_with(&format!("{family}-")),
            "{path} stands in another family"
        );
    }
}

/// `ARPENTEUR_WRITE_DOCS=1 cargo test` writes the pages.
#[test]
fn reference_pages_are_current() {
    let catalogue = catalogue();
    for (language, name) in [
        (Language::Fr, "checks.fr.md"),
        (Language::En, "checks.en.md"),
    ] {
        let page = reference(&catalogue, language);
        let path = format!("{}/../../../docs/{name}", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("ARPENTEUR_WRITE_DOCS").is_some() {
            std::fs::write(&path, &page).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == page,
            "docs/{name} is not what the files give: see this test"
        );
    }
}

#[test]
fn explanations_hold_the_texts_of_their_language_alone() {
    let catalogue = catalogue();
    let french = catalogue.explain("SSH-006", Language::Fr).unwrap();
    let english = catalogue.explain("SSH-006", Language::En).unwrap();
    let check = catalogue.get("SSH-006").unwrap();
    for (page, own, other) in [
        (&french, Language::Fr, Language::En),
        (&english, Language::En, Language::Fr),
    ] {
        for text in [&check.title, &check.why, &check.fix] {
            assert!(page.contains(own.of(text)), "{page}");
            assert!(!page.contains(other.of(text)), "{page}");
        }
    }
    assert!(catalogue.explain("SSH-999", Language::En).is_none());
}

#[test]
fn the_catalogue_is_named_by_its_bytes() {
    let mut files = files();
    let hash = |files: &[(String, Vec<u8>)]| Catalogue::load(files).unwrap().sha256().to_owned();
    let first = hash(&files);
    files.reverse();
    assert_eq!(first, hash(&files), "the order of reading does not matter");
    files[0].1.extend(b"# a comment\n");
    assert_ne!(first, hash(&files));
}

#[test]
fn the_example_of_the_guide_is_a_good_check() {
    let guide = include_str!("../../../../docs/writing-a-check.md");
    let example = guide
        .split("```yaml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let files = [(
        "checks/cap/CAP-001.yaml".to_owned(),
        example.as_bytes().to_vec(),
    )];
    let catalogue = Catalogue::load(&files).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(catalogue.lint(), []);
    let results = catalogue.test(&read_raw);
    assert!(
        results.len() == 3 && results.iter().all(|result| result.failure.is_none()),
        "{results:?}"
    );
}
