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
/// The raw texts of the checks' own tests: configurations, and outputs of commands as the
/// readers that need no family see them.
pub(crate) fn read_raw(
    parser: &str,
    text: &str,
) -> Result<arpenteur_core::model::FactSheet, String> {
    use arpenteur_core::family::{Families, config};
    use arpenteur_core::model::class::ClassTable;
    use arpenteur_core::model::{Answer, Exchange, Question, Target};
    if let Some(sheet) = config::raw(parser, text) {
        return Ok(sheet);
    }
    let classes = include_bytes!("../../../../../models/classes.yaml");
    let classes = ClassTable::load("models/classes.yaml", classes).unwrap();
    let families = Families::load(&[], &classes).unwrap();
    let target = Target::new("test", std::net::Ipv4Addr::LOCALHOST.into());
    let command = parser.strip_prefix("sudo ");
    let exchange = Exchange {
        target: target.clone(),
        question: Question::SshExec {
            port: 22,
            credential: "test".to_owned(),
            command: command.unwrap_or(parser).to_owned(),
            sudo: command.is_some(),
        },
        answer: Answer::Exec {
            status: Some(0),
            stdout: text.to_owned(),
            stderr: String::new(),
            truncated: false,
        },
        at: None,
        elapsed_us: 0,
    };
    let sheet = families.observe(&target, &[exchange], &classes).sheet;
    let read = !sheet.states().is_empty();
    read.then_some(sheet)
        .ok_or_else(|| format!("nobody reads `{parser}`"))
}
