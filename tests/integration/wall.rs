//! The import wall: which room may use which room, and which crates.
use crate::support::root;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Rooms of the core: what each may import of the core.
const CORE: [(&str, &[&str]); 13] = [
    ("data", &[]),
    ("model", &["data"]),
    ("scope", &["model", "data"]),
    ("family", &["model", "data"]),
    ("inventory", &["model"]),
    ("check", &["inventory", "model", "data"]),
    ("history", &["check", "model"]),
    ("size", &["model", "data"]),
    ("results", &["check", "inventory", "model", "scope", "size"]),
    ("report", &["model", "data", "size", "scope"]),
    ("export", &["report", "model", "size", "data"]),
    ("cmdb", &["export", "model", "scope", "data"]),
    ("lib", &[]),
];

/// Rooms of the root crate: what each may import of the root crate.
const ROOT: [(&str, &[&str]); 10] = [
    ("seal", &[]),
    ("transport", &["seal"]),
    ("discover", &["transport"]),
    ("collect", &["transport", "discover"]),
    ("store", &["transport", "seal"]),
    ("cmdb", &[]),
    ("data", &[]),
    ("pipeline", &["transport", "discover", "collect", "data"]),
    (
        "cli",
        &[
            "transport",
            "discover",
            "collect",
            "store",
            "cmdb",
            "data",
            "pipeline",
            "seal",
        ],
    ),
    ("main", &[]),
];

/// Crates that no room of the core, and nothing of wire, may use: they do I/O or wait.
const NO_IO: [&str; 12] = [
    "tokio",
    "socket2",
    "russh",
    "rustls",
    "pnet",
    "clap",
    "indicatif",
    "flate2",
    "rust_embed",
    "tracing",
    "mio",
    "reqwest",
];

/// Third-party crates of each room of the core.
const CRATES: [(&str, &[&str]); 12] = [
    ("data", &["serde", "serde_saphyr", "sha2", "strsim"]),
    (
        "model",
        &[
            "serde",
            "serde_json",
            "schemars",
            "jiff",
            "uuid",
            "sha2",
            "regex",
            "thiserror",
            "rust_decimal",
            "arpenteur_wire",
            "ipnetwork",
        ],
    ),
    ("scope", &["serde", "schemars", "ipnetwork", "jiff", "uuid"]),
    (
        "family",
        &[
            "serde",
            "serde_json",
            "regex",
            "arpenteur_wire",
            "sha2",
            "jiff",
            "thiserror",
            "base64",
        ],
    ),
    ("inventory", &["serde", "serde_json", "uuid", "jiff"]),
    (
        "check",
        &[
            "serde",
            "serde_json",
            "cel",
            "regex",
            "rayon",
            "jiff",
            "uuid",
            "sha2",
            "thiserror",
        ],
    ),
    ("history", &["serde", "serde_json", "jiff", "uuid"]),
    ("size", &["serde", "rust_decimal", "thiserror"]),
    ("results", &["jiff", "ipnetwork"]),
    (
        "report",
        &[
            "serde",
            "serde_json",
            "handlebars",
            "fluent_bundle",
            "unic_langid",
            "rust_decimal",
            "jiff",
            "thiserror",
            "uuid",
        ],
    ),
    (
        "export",
        &[
            "serde",
            "serde_json",
            "schemars",
            "csv",
            "ipnetwork",
            "jiff",
            "quick_xml",
            "rust_xlsxwriter",
            "uuid",
        ],
    ),
    (
        "cmdb",
        &["serde", "serde_json", "sha2", "jiff", "uuid", "ipnetwork"],
    ),
];

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((
                path.to_string_lossy().into_owned(),
                fs::read_to_string(&path).unwrap(),
            ));
        }
    }
}

/// (room, file, text) of a crate, tests left out.
fn rooms(src: &Path) -> Vec<(String, String, String)> {
    let mut files = Vec::new();
    sources(src, &mut files);
    let below = src.to_string_lossy().into_owned();
    files
        .into_iter()
        .filter(|(path, _)| !path.ends_with("tests.rs") && !path.contains("/crates/"))
        .map(|(path, text)| {
            let rest = path.strip_prefix(&below).unwrap().trim_start_matches('/');
            let room = rest
                .split('/')
                .next()
                .unwrap()
                .trim_end_matches(".rs")
                .to_owned();
            let text = text
                .split("#[cfg(test)]\nmod tests {")
                .next()
                .unwrap()
                .to_owned();
            (room, path, text)
        })
        .collect()
}

/// First names after `prefix` in the code's paths (`crate::scope::…` gives `scope`).
fn names_after(text: &str, prefix: &str) -> BTreeSet<String> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let mut names = BTreeSet::new();
    for line in code {
        for (at, _) in line.match_indices(prefix) {
            let before = line[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let rest = &line[at + prefix.len()..];
            let rest = rest.strip_prefix('{').unwrap_or(rest);
            let name: String = rest
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            names.insert(name);
        }
    }
    names
}

fn breaches(src: &Path, table: &[(&str, &[&str])]) -> Vec<String> {
    let allowed: BTreeMap<&str, &[&str]> = table.iter().copied().collect();
    let known: BTreeSet<&str> = allowed.keys().copied().collect();
    let mut breaches = Vec::new();
    for (room, path, text) in rooms(src) {
        let Some(may) = allowed.get(room.as_str()) else {
            breaches.push(format!("{path}: room `{room}` is not in the table"));
            continue;
        };
        for name in names_after(&text, "crate::") {
            if known.contains(name.as_str()) && name != room && !may.contains(&name.as_str()) {
                breaches.push(format!("{path}: {room} imports {name}"));
            }
        }
    }
    breaches
}

#[test]
fn rooms_import_only_what_the_table_allows() {
    let mut found = breaches(&root().join("src/crates/core/src"), &CORE);
    let root_rooms: Vec<(&str, &[&str])> = ROOT
        .iter()
        .copied()
        .chain([("lib", &[] as &[&str])])
        .collect();
    found.extend(
        breaches(&root().join("src"), &root_rooms)
            .into_iter()
            .filter(|breach| !breach.contains("main imports cli")),
    );
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn each_room_uses_only_its_crates() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let crates: BTreeSet<String> = lock
        .lines()
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
        .map(|name| name.replace('-', "_"))
        .collect();
    let allowed: BTreeMap<&str, &[&str]> = CRATES.iter().copied().collect();
    let mut found = Vec::new();
    for (room, path, text) in rooms(&root().join("src/crates/core/src")) {
        let Some(may) = allowed.get(room.as_str()) else {
            continue;
        };
        for line in text
            .lines()
            .filter(|line| line.trim_start().starts_with("use "))
        {
            let name: String = line.trim_start()[4..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if crates.contains(&name) && !may.contains(&name.as_str()) {
                found.push(format!("{path}: {room} uses {name}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn core_and_wire_do_no_io() {
    for manifest in ["src/crates/core/Cargo.toml", "src/crates/wire/Cargo.toml"] {
        let text = fs::read_to_string(root().join(manifest)).unwrap();
        let dependencies = text
            .split("[dependencies]")
            .nth(1)
            .unwrap()
            .split("\n[")
            .next()
            .unwrap();
        for line in dependencies.lines() {
            let name = line.split(['.', ' ', '=']).next().unwrap();
            assert!(
                !NO_IO.contains(&name.replace('-', "_").as_str()),
                "{manifest} depends on {name}"
            );
        }
    }
    let mut found = Vec::new();
    for folder in ["src/crates/core/src", "src/crates/wire/src"] {
        for (_, path, text) in rooms(&root().join(folder)) {
            let code: String = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect::<Vec<_>>()
                .join("\n");
            for banned in [
                "std::fs",
                "std::net::Tcp",
                "std::net::Udp",
                "std::env",
                "std::process",
                "SystemTime::now",
                "Instant::now",
                "Timestamp::now",
                "Zoned::now",
                "new_v4",
            ] {
                if code.contains(banned) {
                    found.push(format!("{path}: {banned}"));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn only_the_command_line_prints_exits_or_reads_the_environment() {
    let mut found = Vec::new();
    for (room, path, text) in rooms(&root().join("src")) {
        if room == "cli" || room == "main" {
            continue;
        }
        for banned in ["println!", "process::exit", "env::var"] {
            if text.contains(banned) {
                found.push(format!("{path}: {banned}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
