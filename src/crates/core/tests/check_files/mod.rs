//! The catalogue that ships, as the root crate hands it over.

/// (path, bytes) of every file of `checks/`.
pub(crate) fn files() -> Vec<(String, Vec<u8>)> {
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

#[allow(
    dead_code,
    reason = "not every test that shares this file reads raw texts"
)]
/// The raw texts of the checks' own tests; commands are read by the root crate's tests.
pub(crate) fn read_raw(
    parser: &str,
    text: &str,
) -> Result<arpenteur_core::model::FactSheet, String> {
    arpenteur_core::family::config::raw(parser, text)
        .ok_or_else(|| format!("no configuration language `{parser}`"))
}
