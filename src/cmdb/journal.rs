//! The journal of one plan: an intent before each write, its outcome after, on disk before the
//! program goes on. A line that was cut by a crash is no line.
use arpenteur_core::cmdb::{Object, Written};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

/// Ending of a journal's name.
const ENDING: &str = ".journal.jsonl";

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// Something will be written.
    Intent(Intent),
    /// It was written, or not.
    Outcome(Outcome),
    /// It was taken back.
    Undone {
        /// Key of the operation.
        key: String,
    },
    /// A run of `apply` or `rollback` came to its end.
    Ended {
        /// Which.
        what: String,
    },
}

/// What will be written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    /// Key of the operation.
    pub key: String,
    /// Kind of object.
    pub collection: String,
    /// What people call it.
    pub label: String,
    /// The server's id; null for a new object.
    pub id: Value,
    /// Values that were there.
    pub before: BTreeMap<String, Value>,
    /// Values to write.
    pub after: BTreeMap<String, Value>,
    /// What we wrote there last.
    pub last: BTreeMap<String, Value>,
    /// What is as it should be already.
    pub agreed: BTreeMap<String, Value>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Key of the operation.
    pub key: String,
    /// The server's id.
    pub id: Value,
    /// Whether we wrote it; it was as wanted already where not.
    pub ours: bool,
    /// The object afterwards.
    pub answer: BTreeMap<String, Value>,
}

/// State of one operation by its lines.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What was to be written.
    pub intent: Intent,
    /// What became of it; nothing where the program was cut off, or the server refused.
    pub outcome: Option<Outcome>,
}

/// A journal, open for more lines.
pub struct Journal {
    file: File,
    /// Operations by key, in the order of their first outcome.
    pub entries: BTreeMap<String, Entry>,
    /// Keys in the order of writing.
    pub order: Vec<String>,
}

impl Journal {
    /// Opens the journal of a plan, with what it holds.
    ///
    /// # Errors
    /// Where the file cannot be read or written.
    pub fn open(folder: &Path, plan: &str) -> io::Result<Self> {
        let path = folder.join(format!("{plan}{ENDING}"));
        let lines = read(&path)?;
        let (entries, order) = entries(&lines);
        let mut file = File::options().create(true).append(true).open(&path)?;
        // A line that was cut stands alone.
        if file.metadata()?.len() > 0 {
            writeln!(file)?;
        }
        Ok(Self {
            file,
            entries,
            order,
        })
    }

    /// Writes lines, and waits for the disk.
    ///
    /// # Errors
    /// Where that fails.
    pub fn write(&mut self, lines: &[Line]) -> io::Result<()> {
        let mut bytes = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut bytes, line)?;
            bytes.push(b'\n');
        }
        self.file.write_all(&bytes)?;
        self.file.sync_data()
    }
}

fn read(path: &Path) -> io::Result<Vec<Line>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut lines = Vec::new();
    for line in BufReader::new(file).lines() {
        if let Ok(line) = serde_json::from_str(&line?) {
            lines.push(line);
        }
    }
    Ok(lines)
}

fn entries(lines: &[Line]) -> (BTreeMap<String, Entry>, Vec<String>) {
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    let mut order = Vec::new();
    for line in lines {
        match line {
            Line::Intent(intent) => {
                let entry = Entry {
                    intent: intent.clone(),
                    outcome: None,
                };
                entries.insert(intent.key.clone(), entry);
            }
            Line::Outcome(outcome) => {
                if let Some(entry) = entries.get_mut(&outcome.key) {
                    entry.outcome = Some(outcome.clone());
                    order.retain(|key| *key != outcome.key);
                    order.push(outcome.key.clone());
                }
            }
            Line::Undone { key } => {
                entries.remove(key);
                order.retain(|other| other != key);
            }
            Line::Ended { .. } => {}
        }
    }
    (entries, order)
}

/// Every journal of a target, oldest first.
fn journals(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut all: Vec<_> = files
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().ends_with(ENDING))
        .filter_map(|path| Some((fs::metadata(&path).ok()?.modified().ok()?, path)))
        .collect();
    all.sort();
    all.into_iter().map(|(_, path)| path).collect()
}

/// The plan whose journal is the newest that holds something to take back.
///
/// # Errors
/// Where a journal cannot be read.
pub fn newest(folder: &Path) -> io::Result<Option<String>> {
    for path in journals(folder).iter().rev() {
        let (_, order) = entries(&read(path)?);
        let name = path.file_name().map(|name| name.to_string_lossy());
        let plan = name.as_deref().and_then(|name| name.strip_suffix(ENDING));
        if let (false, Some(plan)) = (order.is_empty(), plan) {
            return Ok(Some(plan.to_owned()));
        }
    }
    Ok(None)
}

/// What we wrote last, by every journal; and how many of their runs came to an end.
///
/// # Errors
/// Where a journal cannot be read.
pub fn written(folder: &Path) -> io::Result<(Written, usize)> {
    let mut written = Written::default();
    let mut ended = 0;
    for path in journals(folder) {
        fold(&read(&path)?, &mut written, &mut ended);
        written.journals.extend(
            path.file_name()
                .map(|name| name.to_string_lossy().into_owned()),
        );
    }
    Ok((written, ended))
}

fn fold(lines: &[Line], written: &mut Written, ended: &mut usize) {
    let mut intents: BTreeMap<&str, (&Intent, Option<&Outcome>)> = BTreeMap::new();
    for line in lines {
        match line {
            Line::Intent(intent) => {
                intents.insert(&intent.key, (intent, None));
            }
            Line::Outcome(outcome) => {
                let Some((intent, told)) = intents.get_mut(outcome.key.as_str()) else {
                    continue;
                };
                *told = Some(outcome);
                for (field, value) in intent.after.iter().chain(&intent.agreed) {
                    written.set(&intent.collection, &outcome.id, field, Some(value.clone()));
                }
            }
            Line::Undone { key } => {
                let Some((intent, Some(outcome))) = intents.remove(key.as_str()) else {
                    continue;
                };
                if intent.id.is_null() {
                    written.forget(&intent.collection, &outcome.id);
                    continue;
                }
                for field in intent.after.keys().chain(intent.agreed.keys()) {
                    let last = intent.last.get(field).cloned();
                    written.set(&intent.collection, &outcome.id, field, last);
                }
            }
            Line::Ended { .. } => *ended += 1,
        }
    }
}

/// Sums up what we wrote, beside the journals.
///
/// # Errors
/// Where the file cannot be written.
pub fn sum_up(folder: &Path) -> io::Result<()> {
    let (written, _) = written(folder)?;
    let part = folder.join("written.json.part");
    fs::write(&part, serde_json::to_vec_pretty(&written)?)?;
    fs::rename(part, folder.join("written.json"))
}

/// The lines for a step that was written.
#[must_use]
pub fn outcome(key: &str, object: &Object, ours: bool) -> Line {
    Line::Outcome(Outcome {
        key: key.to_owned(),
        id: object.id.clone(),
        ours,
        answer: object.fields.clone(),
    })
}
