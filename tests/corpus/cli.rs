//! How well the families read the output of network devices' commands: the cases of the
//! collection that `cli-commands.txt` names, compared as `cli-keys.yaml` says.
use super::support::{corpus, json_lines};
use arpenteur::data::Knowledge;
use arpenteur_core::data::parse;
use arpenteur_core::model::{Answer, Exchange, Locator, Question, SiteId, Target};
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Cases in which every value of a mapped key must be right, per hundred.
const BOUND: f64 = 85.0;

/// A line of `cli-commands.txt`.
struct Command {
    source: String,
    platforms: String,
    command: String,
    family: String,
    /// The command as the family asks it.
    asked: String,
}

/// An entry of `cli-keys.yaml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    source: String,
    platform: String,
    command: Names,
    #[serde(default)]
    facts: Vec<Section>,
    #[serde(default)]
    rows: Vec<Section>,
    #[serde(default, rename = "unmapped")]
    _unmapped: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Names {
    One(String),
    Several(Vec<String>),
}

/// Keys below every place of the expected tree, and the facts that they are.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    list: Option<String>,
    each: Option<String>,
    keys: BTreeMap<String, String>,
    #[serde(default)]
    needs: Vec<String>,
    #[serde(default)]
    without: Vec<String>,
    #[serde(default)]
    unless: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    least: usize,
}

/// A place in the expected tree.
#[derive(Clone)]
struct Place<'v> {
    node: &'v Value,
    above: Vec<&'v Value>,
    stars: Vec<String>,
}

#[derive(Default)]
struct Tally {
    cases: usize,
    right: usize,
    unmapped: BTreeSet<String>,
}

/// What came of one case.
struct Outcome {
    row: (String, String, String),
    file: String,
    compared: usize,
    wrong: Vec<String>,
    unmapped: BTreeSet<String>,
}

#[test]
fn commands_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let commands = commands(&folder.join("cli-commands.txt"));
    let keys = std::fs::read(folder.join("cli-keys.yaml")).unwrap();
    let entries: Vec<Entry> = parse("cli-keys.yaml", &keys).unwrap();
    let knowledge = Knowledge::load(None).unwrap();
    let outcomes: Vec<Outcome> = json_lines(&corpus().join("cli/truth.jsonl"))
        .par_iter()
        .filter_map(|case| judge(case, &commands, &entries, &knowledge))
        .filter(|outcome| outcome.compared > 0)
        .collect();
    let mut tallies: BTreeMap<_, Tally> = BTreeMap::new();
    for outcome in &outcomes {
        let tally = tallies.entry(outcome.row.clone()).or_default();
        tally.cases += 1;
        tally.right += usize::from(outcome.wrong.is_empty());
        tally.unmapped.extend(outcome.unmapped.iter().cloned());
        if let Some(first) = outcome.wrong.first() {
            println!("{}: {} wrong: {first}", outcome.file, outcome.wrong.len());
        }
    }
    println!("cases right unmapped keys");
    for ((source, platforms, command), tally) in &tallies {
        println!(
            "{:>5} {:>5} {:>8}  {source} {platforms}: {command}",
            tally.cases,
            tally.right,
            tally.unmapped.len()
        );
    }
    let right = outcomes.iter().filter(|case| case.wrong.is_empty()).count();
    let share = 100.0 * right as f64 / outcomes.len().max(1) as f64;
    println!("{right} of {} cases right: {share:.1} %", outcomes.len());
    assert!(!outcomes.is_empty(), "no case");
    assert!(share >= BOUND, "{share:.1} % of the cases are read right");
}

fn commands(path: &Path) -> Vec<Command> {
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let commands = lines.map(|line| {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let [source, platforms, command, family, asked] = parts[..] else {
            panic!("not five columns: {line}");
        };
        let asked = if asked.is_empty() { command } else { asked };
        Command {
            source: source.to_owned(),
            platforms: platforms.to_owned(),
            command: command.to_owned(),
            family: family.to_owned(),
            asked: asked.to_owned(),
        }
    });
    commands.collect()
}

/// Whether a platform is among those of a line, `name*` being all that begin so.
fn among(platform: &str, patterns: &str) -> bool {
    let mut patterns = patterns.split_whitespace();
    patterns.any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => platform.starts_with(start),
        None => platform == pattern,
    })
}

/// Reads a case as the family does and compares; nothing where the case does not count.
fn judge(
    case: &Value,
    commands: &[Command],
    entries: &[Entry],
    knowledge: &Knowledge,
) -> Option<Outcome> {
    let text = |key: &str| case[key].as_str().unwrap_or_default();
    let (source, platform, command) = (text("source"), text("platform"), text("command"));
    if !matches!(text("kind"), "show" | "getter") {
        return None;
    }
    let line = commands.iter().find(|line| {
        line.source == source && line.command == command && among(platform, &line.platforms)
    })?;
    let file = output(case, &line.asked)?;
    let entry = entries.iter().find(|entry| {
        let named = match &entry.command {
            Names::One(name) => name == command,
            Names::Several(names) => names.iter().any(|name| name == command),
        };
        named && entry.source == source && among(platform, &entry.platform)
    });
    let entry = entry.unwrap_or_else(|| panic!("no keys of {source} {platform} {command}"));
    let facts = facts(knowledge, line, &corpus().join("cli").join(&file));
    let expected = &case["expected"];
    let mut outcome = Outcome {
        row: (
            source.to_owned(),
            line.platforms.clone(),
            command.to_owned(),
        ),
        file: file.to_string_lossy().into_owned(),
        compared: 0,
        wrong: Vec::new(),
        unmapped: BTreeSet::new(),
    };
    for section in &entry.rows {
        compare_rows(section, expected, &facts, &mut outcome);
    }
    for section in &entry.facts {
        compare_facts(section, expected, &facts, &mut outcome);
    }
    leaves(expected, &mut outcome.unmapped);
    for key in entry
        .rows
        .iter()
        .chain(&entry.facts)
        .flat_map(|s| s.keys.keys())
    {
        let last = key.trim_start_matches('^').rsplit('.').next();
        outcome.unmapped.remove(last.unwrap_or_default());
    }
    Some(outcome)
}

/// The file of a case; of a getter's several that of the command.
fn output(case: &Value, asked: &str) -> Option<PathBuf> {
    if let Some(file) = case["file"].as_str() {
        return Some(PathBuf::from(file));
    }
    let files = case["files"].as_array()?.iter().filter_map(Value::as_str);
    let mut files = files.map(PathBuf::from);
    files.find(|file| {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        stem.replace('_', " ").trim() == asked
    })
}

fn facts(knowledge: &Knowledge, line: &Command, file: &Path) -> Map<String, Value> {
    let bytes = std::fs::read(file).unwrap();
    let target = Target {
        site: SiteId(String::new()),
        locator: Locator::File("output".to_owned()),
    };
    let exchange = Exchange {
        target: target.clone(),
        question: Question::SshShell {
            port: 22,
            credential: "file".to_owned(),
            command: line.asked.clone(),
        },
        answer: Answer::Exec {
            status: None,
            stdout: String::from_utf8_lossy(&bytes).into_owned(),
            stderr: String::new(),
            truncated: false,
        },
        at: None,
        elapsed_us: 0,
    };
    let Knowledge {
        families, classes, ..
    } = knowledge;
    let observation = families.observe_as(&line.family, &target, &[exchange], classes);
    let observation = observation.unwrap_or_else(|| panic!("no family {}", line.family));
    observation.sheet.values().clone()
}

/// Every row expected must be an item of ours.
fn compare_rows(
    section: &Section,
    expected: &Value,
    facts: &Map<String, Value>,
    outcome: &mut Outcome,
) {
    let list = section.list.as_deref().expect("rows of a list");
    let ours = fact(facts, list).and_then(Value::as_array);
    let ours = ours.map(Vec::as_slice).unwrap_or_default();
    let places = places(expected, section.each.as_deref().unwrap_or("*"));
    if places.len() < section.least {
        return;
    }
    for place in &places {
        let told = |key: &String| at(place, key).is_some_and(|value| !nothing(&value));
        let excepted = section.unless.iter().any(|(key, values)| {
            let value = at(place, key)
                .map(|value| words(&value))
                .unwrap_or_default();
            values.contains(&value)
        });
        if excepted || !section.needs.iter().all(told) || section.without.iter().any(told) {
            continue;
        }
        let wanted: Vec<(Value, &str, &str)> = section
            .keys
            .iter()
            .filter_map(|(key, fact)| {
                let value = at(place, key).filter(|value| !nothing(value))?;
                let (field, kind) = split(fact);
                Some((value, field, kind))
            })
            .collect();
        if wanted.is_empty() {
            continue;
        }
        outcome.compared += wanted.len();
        let has = |item: &Value| {
            wanted
                .iter()
                .all(|(value, field, kind)| agree(value, item.get(*field), kind))
        };
        if !ours.iter().any(has) {
            let wanted: Vec<String> = wanted
                .iter()
                .map(|(value, field, _)| format!("{field}={}", words(value)))
                .collect();
            outcome.wrong.push(format!("{list}: {}", wanted.join(" ")));
        }
    }
}

fn compare_facts(
    section: &Section,
    expected: &Value,
    facts: &Map<String, Value>,
    outcome: &mut Outcome,
) {
    for place in places(expected, section.each.as_deref().unwrap_or_default()) {
        for (key, wanted) in &section.keys {
            let Some(value) = at(&place, key).filter(|value| !nothing(value)) else {
                continue;
            };
            outcome.compared += 1;
            let (paths, kind) = split(wanted);
            let right = paths
                .split(" or ")
                .any(|path| match path.split_once("[].") {
                    Some((list, field)) => {
                        let items = fact(facts, list).and_then(Value::as_array);
                        let items = items.into_iter().flatten();
                        let values: Vec<Value> =
                            items.filter_map(|item| item.get(field)).cloned().collect();
                        !values.is_empty() && agree(&value, Some(&Value::Array(values)), kind)
                    }
                    None => agree(&value, fact(facts, path), kind),
                });
            if !right {
                let wrong = format!("{paths}: {key}={}", words(&value));
                outcome.wrong.push(wrong);
            }
        }
    }
}

/// `fact as KIND`.
fn split(fact: &str) -> (&str, &str) {
    fact.split_once(" as ").unwrap_or((fact, ""))
}

fn fact<'f>(facts: &'f Map<String, Value>, path: &str) -> Option<&'f Value> {
    let mut names = path.split('.');
    let first = facts.get(names.next()?)?;
    names.try_fold(first, |node, name| node.get(name))
}

/// The places that a path of names, `*` and `**` leads to.
fn places<'v>(tree: &'v Value, path: &str) -> Vec<Place<'v>> {
    let mut places = vec![Place {
        node: tree,
        above: Vec::new(),
        stars: Vec::new(),
    }];
    for part in path.split('.').filter(|part| !part.is_empty()) {
        places = match part {
            "*" => places.iter().flat_map(|place| below(place, true)).collect(),
            "**" => {
                let mut at = 0;
                while let Some(place) = places.get(at) {
                    let more = below(place, false);
                    places.extend(more);
                    at += 1;
                }
                places
            }
            name => places
                .iter()
                .filter_map(|place| {
                    let mut above = place.above.clone();
                    above.push(place.node);
                    Some(Place {
                        node: place.node.get(name)?,
                        above,
                        stars: place.stars.clone(),
                    })
                })
                .collect(),
        };
    }
    places
}

fn below<'v>(place: &Place<'v>, star: bool) -> Vec<Place<'v>> {
    let children: Vec<(String, &'v Value)> = match place.node {
        Value::Object(object) => object
            .iter()
            .map(|(key, node)| (key.clone(), node))
            .collect(),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.map(|(at, node)| (at.to_string(), node)).collect()
        }
        _ => Vec::new(),
    };
    let children = children.into_iter().map(|(key, node)| {
        let mut child = place.clone();
        child.above.push(place.node);
        child.node = node;
        if star {
            child.stars.push(key);
        }
        child
    });
    children.collect()
}

/// The value that a key names from a place.
fn at(place: &Place<'_>, key: &str) -> Option<Value> {
    if let Some(number) = key.strip_prefix('$').filter(|number| !number.is_empty()) {
        let number: usize = number.parse().ok()?;
        return place.stars.get(number - 1).cloned().map(Value::String);
    }
    let name = key.trim_start_matches('^');
    let node = match key.len() - name.len() {
        0 => place.node,
        up => *place.above.get(place.above.len().checked_sub(up)?)?,
    };
    let name = name.trim_start_matches('.');
    if name == "$" {
        return Some(node.clone());
    }
    let mut node = node.clone();
    for part in name.split('.') {
        node = match (part, &node) {
            ("#", Value::Object(object)) => object.keys().cloned().map(Value::String).collect(),
            (name, Value::Object(object)) => object.get(name)?.clone(),
            _ => return None,
        };
    }
    Some(node)
}

/// Names of the keys that hold a value.
fn leaves(node: &Value, names: &mut BTreeSet<String>) {
    match node {
        Value::Object(object) => {
            for (key, node) in object {
                if !node.is_object() {
                    names.insert(key.clone());
                }
                leaves(node, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| leaves(item, names)),
        _ => {}
    }
}

/// A value as text, white space joined.
fn words(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether an expected value says nothing.
fn nothing(value: &Value) -> bool {
    const WORDS: [&str; 9] = [
        "n/a",
        "not advertised",
        "unassigned",
        "none",
        "null",
        "not configured",
        "unlimited",
        "--",
        "-",
    ];
    match value {
        Value::Object(_) | Value::Null => true,
        Value::Array(items) => items.iter().all(nothing),
        other => {
            let text = words(other).to_lowercase();
            let mut letters = text.chars().filter(char::is_ascii_alphanumeric);
            let count = letters.clone().count();
            let first = letters.next();
            let masked = count > 4 && letters.all(|letter| Some(letter) == first);
            count == 0 || masked || WORDS.contains(&text.as_str())
        }
    }
}

/// Whether our fact is what is expected.
fn agree(expected: &Value, ours: Option<&Value>, kind: &str) -> bool {
    let Some(ours) = ours.filter(|ours| !ours.is_null()) else {
        return false;
    };
    let expected: Vec<&Value> = match expected {
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    };
    let mut expected: Vec<&Value> = expected
        .into_iter()
        .filter(|value| !nothing(value))
        .collect();
    if kind == "anyport" {
        return expected.iter().any(|value| same(value, ours, "port"));
    }
    if kind == "first" {
        expected.truncate(1);
    }
    match ours {
        Value::Array(ours) => expected
            .iter()
            .all(|value| ours.iter().any(|ours| same(value, ours, kind))),
        ours => expected.iter().all(|value| same(value, ours, kind)),
    }
}

fn same(expected: &Value, ours: &Value, kind: &str) -> bool {
    let (wanted, got) = (words(expected), words(ours));
    let times = |factor: f64| number(&wanted).map(|number| number * factor) == number(&got);
    let folded = wanted.to_lowercase();
    match kind {
        "" | "first" => wanted == got,
        "fold" => folded == got.to_lowercase(),
        "mac" => {
            hardware_address(&wanted).is_some_and(|wanted| Some(wanted) == hardware_address(&got))
        }
        "id" => wanted == got || same(expected, ours, "mac"),
        "number" => number(&wanted).is_some() && times(1.0),
        "kilo" => number(&wanted).is_some() && times(1e3),
        "mega" => number(&wanted).is_some() && times(1e6),
        "rate" => {
            let unit =
                folded.trim_start_matches(|c: char| c.is_ascii_digit() || ".,  ".contains(c));
            let factor = match unit.chars().next() {
                Some('k') => 1e3,
                Some('m') => 1e6,
                Some('g') => 1e9,
                _ => 1.0,
            };
            number(&wanted).is_some() && times(factor)
        }
        "port" => same(expected, ours, "mac") || same_port(&wanted, &got),
        "line" => {
            let text = expected.as_str().unwrap_or_default().trim();
            words(&Value::from(text.lines().next().unwrap_or_default())) == got
        }
        "firstword" => wanted.split(' ').next() == Some(got.as_str()),
        "begins" => wanted.starts_with(&got),
        "holds" => wanted.contains(&got),
        "within" => wanted
            .rsplit(' ')
            .next()
            .is_some_and(|word| got.contains(word)),
        "ip" => folded.split('/').next() == Some(got.to_lowercase().as_str()),
        "length" => wanted.split('/').nth(1) == Some(got.as_str()),
        "mask" => {
            let mask = wanted.parse::<std::net::Ipv4Addr>().map(u32::from);
            mask.is_ok_and(|mask| mask.count_ones().to_string() == got)
        }
        "admin" => {
            let down = ["admin", "disab", "false"];
            let down = down.iter().any(|word| folded.contains(word));
            got == if down { "down" } else { "up" }
        }
        "oper" => {
            let up = ["up", "true", "connected", "yes", "en"];
            let up = up.iter().any(|word| folded.starts_with(word));
            got == if up { "up" } else { "down" }
        }
        other => panic!("no comparison {other}"),
    }
}

/// The number that a text begins with.
fn number(text: &str) -> Option<f64> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',');
    let digits = &text[..end.unwrap_or(text.len())];
    digits.replace(',', "").parse().ok()
}

fn hardware_address(text: &str) -> Option<String> {
    let letters = text.chars().filter(|letter| !":-. ".contains(*letter));
    let digits: String = letters.collect::<String>().to_lowercase();
    let right = digits.len() == 12 && digits.chars().all(|digit| digit.is_ascii_hexdigit());
    right.then_some(digits)
}

/// `Gi1/0/1` is `GigabitEthernet1/0/1`.
fn same_port(a: &str, b: &str) -> bool {
    let parts = |text: &str| -> Option<(String, String)> {
        let text = text.replace(' ', "").to_lowercase();
        let end = text.find(|c: char| !c.is_ascii_alphabetic() && c != '-');
        let (name, place) = text.split_at(end.unwrap_or(text.len()));
        let well_formed =
            !name.is_empty() && place.chars().next().is_none_or(|c| c.is_ascii_digit());
        well_formed.then(|| (name.to_owned(), place.to_owned()))
    };
    match (parts(a), parts(b)) {
        (Some((a, at)), Some((b, there))) => {
            let alike = a.starts_with(&b) || b.starts_with(&a) || a.get(..2) == b.get(..2);
            at == there && alike
        }
        _ => a.replace(' ', "").eq_ignore_ascii_case(&b.replace(' ', "")),
    }
}
