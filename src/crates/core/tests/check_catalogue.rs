//! The catalogue that ships: it loads, its own tests pass, and lint finds nothing.
use arpenteur_core::check::Catalogue;

fn files() -> Vec<(String, Vec<u8>)> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../checks");
    let mut files = Vec::new();
    for family in std::fs::read_dir(root).unwrap() {
        for file in std::fs::read_dir(family.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let name = path.strip_prefix(root).unwrap().display();
            files.push((format!("checks/{name}"), std::fs::read(&path).unwrap()));
        }
    }
    files
}

fn catalogue() -> Catalogue {
    Catalogue::load(&files()).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn every_embedded_test_passes() {
    let results = catalogue().test(&|_, _| Err("no parser here".to_owned()));
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
