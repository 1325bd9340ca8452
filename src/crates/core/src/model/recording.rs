//! A run's evidence as a file: JSON lines, one header, then exchanges.
//!
//! The format is versioned: every older version is read, a newer one is refused by name.
use super::{Exchange, LedgerRow, Target};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use thiserror::Error;
use uuid::Uuid;

/// The word that a recording starts with.
pub const FORMAT: &str = "arpenteur-recording";
/// The version written today.
pub const FORMAT_VERSION: u32 = 1;
/// Longest line that is read, bytes: a walk of the largest subtree we take stays below.
const MAX_LINE: usize = 64 << 20;

/// First line of a recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingHeader {
    /// Always [`FORMAT`].
    pub format: String,
    /// [`FORMAT_VERSION`] when written.
    pub version: u32,
    /// Version of the program that wrote it.
    pub tool_version: String,
    /// Id of the audit folder.
    pub audit_id: Uuid,
    /// Start of the run.
    pub started: Timestamp,
    /// Addresses that the scanner sent from.
    #[serde(default)]
    pub source_addresses: Vec<IpAddr>,
    /// Whether raw sockets were there, so that ARP and ICMP were used.
    #[serde(default)]
    pub privileged: bool,
}

/// One line of a recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingLine {
    /// The header, first.
    Header(RecordingHeader),
    /// Evidence.
    Exchange(Exchange),
    /// A target that is finished: a resumed run leaves it alone.
    Done(Target),
    /// A ledger row.
    Ledger(LedgerRow),
    /// The end; a recording without it was interrupted.
    End {
        /// When; nothing where no answer has a date, as in files that a client sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Timestamp>,
        /// Whether every target was finished.
        complete: bool,
        /// Addresses asked, whether they answered or not.
        addresses: u64,
    },
}

/// A recording in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// Header.
    pub header: RecordingHeader,
    /// Evidence, sorted by target and question.
    pub exchanges: Vec<Exchange>,
    /// Finished targets, sorted; written in journals only.
    pub done: Vec<Target>,
    /// What was sent, sorted.
    pub ledger: Vec<LedgerRow>,
    /// End of the run; of an interrupted one, its last answer.
    pub ended: Option<Timestamp>,
    /// Whether every target was finished.
    pub complete: bool,
    /// Addresses asked.
    pub addresses: u64,
}

/// Why a recording cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RecordingError {
    /// The first line is no header.
    #[error("not an {FORMAT}: the first line is no header")]
    NotARecording,
    /// Written by a newer program.
    #[error(
        "{FORMAT} version {found} is newer than {FORMAT_VERSION}, the newest that this program reads"
    )]
    Newer {
        /// Its version.
        found: u32,
    },
    /// A line that cannot be read.
    #[error("line {line}: {reason}")]
    Line {
        /// 1-based.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

impl Recording {
    /// An empty recording.
    pub fn new(header: RecordingHeader) -> Self {
        Self {
            header,
            exchanges: Vec::new(),
            done: Vec::new(),
            ledger: Vec::new(),
            ended: None,
            complete: false,
            addresses: 0,
        }
    }

    /// Reads JSON lines. A last line cut short (a crash while it was written) is dropped.
    ///
    /// # Errors
    /// See [`RecordingError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, RecordingError> {
        let mut lines = bytes.split(|byte| *byte == b'\n').enumerate().peekable();
        let first = lines.next().map(|(_, line)| line).unwrap_or_default();
        let mut recording = Self::new(parse_header(first)?);
        while let Some((index, line)) = lines.next() {
            let last = lines.peek().is_none();
            if line.is_empty() {
                continue;
            }
            match parse_line(line) {
                Ok(line) => recording.push(line),
                Err(_) if last => break,
                Err(reason) => {
                    return Err(RecordingError::Line {
                        line: index + 1,
                        reason,
                    });
                }
            }
        }
        recording.sort();
        Ok(recording)
    }

    /// Adds one line.
    pub fn push(&mut self, line: RecordingLine) {
        match line {
            RecordingLine::Header(_) => {}
            RecordingLine::Exchange(exchange) => self.exchanges.push(exchange),
            RecordingLine::Done(target) => self.done.push(target),
            RecordingLine::Ledger(row) => self.ledger.push(row),
            RecordingLine::End {
                at,
                complete,
                addresses,
            } => {
                self.ended = at;
                self.complete = complete;
                self.addresses = addresses;
            }
        }
    }

    /// Brings the lines into their one order; of two answers to one question the later stays.
    pub fn sort(&mut self) {
        self.exchanges
            .sort_by(|a, b| (&a.target, &a.question, a.at).cmp(&(&b.target, &b.question, b.at)));
        self.exchanges.reverse();
        self.exchanges
            .dedup_by(|a, b| a.target == b.target && a.question == b.question);
        self.exchanges.reverse();
        self.done.sort();
        self.done.dedup();
        self.ledger.sort();
    }

    /// When the evidence ends: the end of the run, else the last answer that has a time.
    pub fn end(&self) -> Option<Timestamp> {
        self.ended.or_else(|| {
            self.exchanges
                .iter()
                .filter_map(|exchange| exchange.at)
                .max()
        })
    }

    /// Every line, in file order: the canonical form of a finished run.
    pub fn lines(&self) -> impl Iterator<Item = RecordingLine> + '_ {
        let header = std::iter::once(RecordingLine::Header(self.header.clone()));
        let exchanges = self.exchanges.iter().cloned().map(RecordingLine::Exchange);
        let ledger = self.ledger.iter().cloned().map(RecordingLine::Ledger);
        let over = self.complete || self.ended.is_some();
        let end = over.then_some(RecordingLine::End {
            at: self.ended,
            complete: self.complete,
            addresses: self.addresses,
        });
        header.chain(exchanges).chain(ledger).chain(end)
    }
}

fn parse_header(line: &[u8]) -> Result<RecordingHeader, RecordingError> {
    // The version is read on its own first: a newer header may have another shape.
    let probe: serde_json::Value =
        serde_json::from_slice(line).map_err(|_| RecordingError::NotARecording)?;
    let header = probe.get("header").ok_or(RecordingError::NotARecording)?;
    if header.get("format").and_then(serde_json::Value::as_str) != Some(FORMAT) {
        return Err(RecordingError::NotARecording);
    }
    let version = header
        .get("version")
        .and_then(serde_json::Value::as_u64)
        .unwrap_or(0);
    if version > u64::from(FORMAT_VERSION) {
        return Err(RecordingError::Newer {
            found: u32::try_from(version).unwrap_or(u32::MAX),
        });
    }
    serde_json::from_value(header.clone()).map_err(|error| RecordingError::Line {
        line: 1,
        reason: error.to_string(),
    })
}

fn parse_line(line: &[u8]) -> Result<RecordingLine, String> {
    if line.len() > MAX_LINE {
        return Err(format!("longer than {MAX_LINE} bytes"));
    }
    serde_json::from_slice(line).map_err(|error| error.to_string())
}
