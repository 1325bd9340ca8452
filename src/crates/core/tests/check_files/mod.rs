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
