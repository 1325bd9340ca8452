//! The families of the repository: they load, and each file's examples hold.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use arpenteur_core::family::Families;
use arpenteur_core::model::class::ClassTable;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

fn classes() -> ClassTable {
    let bytes = fs::read(root().join("models/classes.yaml")).unwrap();
    ClassTable::load("models/classes.yaml", &bytes).unwrap()
}

fn files() -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for vendor in fs::read_dir(root().join("families")).unwrap() {
        let vendor = vendor.unwrap();
        for file in fs::read_dir(vendor.path()).unwrap() {
            let file = file.unwrap();
            let name = format!(
                "families/{}/{}",
                vendor.file_name().to_string_lossy(),
                file.file_name().to_string_lossy()
            );
            files.push((name, fs::read(file.path()).unwrap()));
        }
    }
    files.sort();
    files
}

#[test]
fn the_pages_in_docs_are_those_of_the_families() {
    let classes = classes();
    let families = Families::load(&files(), &classes).unwrap_or_else(|errors| panic!("{errors}"));
    let pages = families.pages(&classes);
    let stale: Vec<&String> = pages
        .iter()
        .filter(|(name, text)| {
            let file = root().join("docs/families").join(name);
            fs::read_to_string(file).ok().as_ref() != Some(*text)
        })
        .map(|(name, _)| name)
        .collect();
    let help = "run `arpenteur families docs --out docs/families`";
    assert!(stale.is_empty(), "{help}: {stale:?}");
}

#[test]
fn every_family_loads_and_keeps_its_examples() {
    let classes = classes();
    let files = files();
    let families = Families::load(&files, &classes).unwrap_or_else(|errors| panic!("{errors}"));
    let own = files.iter().filter(|(name, _)| name.ends_with(".yaml"));
    assert_eq!(families.list().len(), own.count());
    let failures: Vec<_> = families
        .test(&classes)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let objections = families.lint();
    let objections: Vec<_> = objections.iter().map(ToString::to_string).collect();
    assert!(objections.is_empty(), "{}", objections.join("\n"));
}
