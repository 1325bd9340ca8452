//! Wraps another session and writes down what passes, so that a crash loses nothing.
use super::{Boxed, Gate, Session};
use crate::seal::{self, Recipients};
use arpenteur_core::model::{
    Answer, Exchange, Failure, Question, RecordingHeader, RecordingLine, Target,
};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

/// The journal of a run: one JSON line each, written out whole, in the order of events; or, where
/// it is encrypted, one sealed piece each.
pub struct Journal {
    file: Mutex<BufWriter<File>>,
    recipients: Recipients,
    /// What was written, in clear, where the file is sealed: who writes need not hold a key that
    /// opens it.
    kept: Mutex<Vec<u8>>,
}

impl Journal {
    /// Starts a journal with its header.
    ///
    /// # Errors
    /// Where the file cannot be created or written.
    pub fn create(
        path: &Path,
        header: RecordingHeader,
        recipients: Recipients,
    ) -> std::io::Result<Self> {
        let journal = Self {
            file: Mutex::new(BufWriter::new(File::create_new(path)?)),
            recipients,
            kept: Mutex::default(),
        };
        journal.write(&[RecordingLine::Header(header)])?;
        Ok(journal)
    }

    /// Goes on with the journal of an interrupted run, encrypted as it was.
    ///
    /// # Errors
    /// Where the file cannot be opened or written, or it is encrypted and no key opens it.
    pub fn append(path: &Path, recipients: Recipients) -> std::io::Result<Self> {
        let before = std::fs::read(path)?;
        // A line that a crash cut short is no line: what follows would make it a damaged one.
        let end = before.iter().rposition(|byte| *byte == b'\n');
        let whole = end.map_or(0, |end| end + 1);
        let file = File::options().append(true).open(path)?;
        file.set_len(whole as u64)?;
        let kept = if recipients.is_empty() {
            Vec::new()
        } else {
            let whole = before.get(..whole).unwrap_or_default().to_vec();
            seal::open(whole).map_err(std::io::Error::other)?
        };
        Ok(Self {
            file: Mutex::new(BufWriter::new(file)),
            recipients,
            kept: Mutex::new(kept),
        })
    }

    fn raw(&self, bytes: &[u8]) -> std::io::Result<()> {
        let mut file = self
            .file
            .lock()
            .map_err(|_| std::io::Error::other("journal poisoned"))?;
        file.write_all(bytes)?;
        file.flush()
    }

    /// Writes lines and hands them to the system before it returns.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn write(&self, lines: &[RecordingLine]) -> std::io::Result<()> {
        let mut bytes = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut bytes, line)?;
            bytes.push(b'\n');
        }
        if self.recipients.is_empty() {
            return self.raw(&bytes);
        }
        if let Ok(mut kept) = self.kept.lock() {
            kept.extend(&bytes);
        }
        let line = self.recipients.seal_line(bytes);
        self.raw(&line.map_err(std::io::Error::other)?)
    }

    /// What an encrypted journal holds, in clear; nothing where its file can be read.
    pub fn kept(&self) -> Option<Vec<u8>> {
        if self.recipients.is_empty() {
            return None;
        }
        self.kept.lock().ok().map(|kept| kept.clone())
    }

    /// Writes what the system still holds to the disk.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn sync(&self) -> std::io::Result<()> {
        self.file
            .lock()
            .map_err(|_| std::io::Error::other("journal poisoned"))?
            .get_ref()
            .sync_all()
    }
}

/// Records whatever passes. Of an address that never answers nothing is kept but that it
/// is done: a swept /16 would drown the evidence.
pub struct Recorder<S> {
    inner: S,
    journal: Arc<Journal>,
    gate: Option<Arc<Gate>>,
    held: Mutex<HashMap<Target, Held>>,
    failure: Mutex<Option<std::io::Error>>,
}

/// What is kept of a target while it is worked on.
enum Held {
    /// Questions without an answer so far: written once the host shows itself.
    Waiting(Vec<Exchange>),
    /// A host: whatever passes is written at once.
    Shown,
}

impl<S: Session> Recorder<S> {
    /// Records `inner` in `journal`, with the ledger of `gate`.
    pub fn new(inner: S, journal: Arc<Journal>, gate: Option<Arc<Gate>>) -> Self {
        Self {
            inner,
            journal,
            gate,
            held: Mutex::default(),
            failure: Mutex::default(),
        }
    }

    /// Goes on where a journal ends: hosts that showed themselves in it are written through.
    #[must_use]
    pub fn going_on(self, before: &[Exchange]) -> Self {
        if let Ok(mut held) = self.held.lock() {
            let shown = before
                .iter()
                .filter(|exchange| exchange.answer.shows_host());
            held.extend(shown.map(|exchange| (exchange.target.clone(), Held::Shown)));
        }
        self
    }

    /// The first write that failed, if one did.
    pub fn failure(&self) -> Option<std::io::Error> {
        self.failure
            .lock()
            .ok()
            .and_then(|mut failure| failure.take())
    }

    fn note(&self, exchange: &Exchange) {
        // What a replay does not hold is no evidence of anything.
        if matches!(
            exchange.answer,
            Answer::Failed {
                failure: Failure::NotRecorded,
                ..
            }
        ) {
            return;
        }
        let Ok(mut held) = self.held.lock() else {
            return;
        };
        let state = held
            .entry(exchange.target.clone())
            .or_insert_with(|| Held::Waiting(Vec::new()));
        let exchanges = match state {
            Held::Shown => vec![exchange.clone()],
            Held::Waiting(waiting) => {
                waiting.push(exchange.clone());
                if !exchange.answer.shows_host() {
                    return;
                }
                let exchanges = std::mem::take(waiting);
                *state = Held::Shown;
                exchanges
            }
        };
        drop(held);
        let lines: Vec<RecordingLine> =
            exchanges.into_iter().map(RecordingLine::Exchange).collect();
        self.keep(self.journal.write(&lines));
    }

    fn keep(&self, result: std::io::Result<()>) {
        if let (Err(error), Ok(mut failure)) = (result, self.failure.lock()) {
            failure.get_or_insert(error);
        }
    }
}

impl<S: Session> Session for Recorder<S> {
    fn ask<'a>(&'a self, target: &'a Target, question: Question) -> Boxed<'a, Exchange> {
        Box::pin(async move {
            let exchange = self.inner.ask(target, question).await;
            self.note(&exchange);
            exchange
        })
    }

    fn done<'a>(&'a self, target: &'a Target) -> Boxed<'a, ()> {
        Box::pin(async move {
            self.inner.done(target).await;
            if let Ok(mut held) = self.held.lock() {
                held.remove(target);
            }
            let mut lines: Vec<RecordingLine> = self
                .gate
                .iter()
                .flat_map(|gate| gate.ledger_of(target))
                .map(RecordingLine::Ledger)
                .collect();
            lines.push(RecordingLine::Done(target.clone()));
            self.keep(self.journal.write(&lines));
        })
    }

    fn targets(&self) -> Option<Vec<Target>> {
        self.inner.targets()
    }

    fn foreign(&self, target: &Target) -> bool {
        self.inner.foreign(target)
    }

    fn privileged(&self) -> bool {
        self.inner.privileged()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arpenteur_core::model::{FORMAT, FORMAT_VERSION, Recording};

    #[test]
    fn a_journal_whose_last_line_was_cut_goes_on_and_is_read_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let header = RecordingHeader {
            format: FORMAT.to_owned(),
            version: FORMAT_VERSION,
            tool_version: "0".to_owned(),
            audit_id: uuid::Uuid::nil(),
            started: jiff::Timestamp::UNIX_EPOCH,
            source_addresses: Vec::new(),
            privileged: false,
        };
        let done = |last: u8| RecordingLine::Done(Target::new("a", [10, 0, 0, last].into()));
        let journal = Journal::create(&path, header, Recipients::default()).unwrap();
        journal.write(&[done(1), done(2)]).unwrap();
        drop(journal);
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 5]).unwrap();
        let journal = Journal::append(&path, Recipients::default()).unwrap();
        journal.write(&[done(3)]).unwrap();
        let recording = Recording::parse(&std::fs::read(&path).unwrap()).unwrap();
        let done: Vec<String> = recording.done.iter().map(ToString::to_string).collect();
        assert_eq!(done.len(), 2, "{done:?}");
        assert!(done[1].contains("10.0.0.3"), "{done:?}");
    }
}
