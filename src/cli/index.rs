//! Which database, and an audit's dealings with it: an audit runs without one too.
use super::args::General;
use super::{Failure, Output};
use crate::store::{AuditFolder, Index, IndexError, Place};
use arpenteur_core::model::KnownAsset;
use std::path::PathBuf;
use uuid::Uuid;

/// Names the database where `--store` does not: a password is better kept here.
const VARIABLE: &str = "ARPENTEUR_STORE";

/// The database of `--store`, else of the environment, else of the user
/// (XDG Base Directory Specification).
fn place(general: &General) -> Result<Place, Failure> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let named = general.store.clone();
    let named = named.or_else(|| Some(variable(VARIABLE)?.to_string_lossy().into_owned()));
    if let Some(named) = named {
        return Ok(Place::parse(&named)?);
    }
    let data = variable("XDG_DATA_HOME").map(PathBuf::from);
    let data = data.filter(|path| path.is_absolute());
    let home = || Some(PathBuf::from(variable("HOME")?).join(".local/share"));
    let data = data.or_else(home).ok_or(
        "there is no place for the store: HOME is not set\nhelp: name one: --store sqlite:PATH, or ARPENTEUR_STORE",
    )?;
    Ok(Place::File(data.join("arpenteur/arpenteur.db")))
}

/// The index, which must be there.
pub(crate) fn open(general: &General) -> Result<Index, Failure> {
    Ok(Index::open(&place(general)?)?)
}

/// The index as long as it works; the first trouble is told, and the folder's files serve alone.
pub(crate) struct Books<'a> {
    index: Option<Index>,
    output: &'a Output<'a>,
}

impl<'a> Books<'a> {
    pub(crate) fn open(general: &General, output: &'a Output<'a>) -> Self {
        let mut books = Self {
            index: None,
            output,
        };
        match open(general) {
            Ok(index) => books.index = Some(index),
            Err(error) => books.trouble(&error.to_string()),
        }
        books
    }

    /// What is remembered of the audit's devices: by the index, and by the folder where it knows more.
    pub(crate) fn known(
        &mut self,
        folder: &AuditFolder,
        audit: Uuid,
    ) -> Result<Vec<KnownAsset>, Failure> {
        let own = folder.remembered()?;
        let known = self.with(|index| {
            index.catch_up(folder, audit)?;
            index.known(audit, &own)
        });
        Ok(known.unwrap_or(own))
    }

    /// Indexes what the folder has and the index has not.
    pub(crate) fn record(&mut self, folder: &AuditFolder, audit: Uuid) {
        self.with(|index| index.catch_up(folder, audit));
    }

    fn with<T>(&mut self, work: impl FnOnce(&mut Index) -> Result<T, IndexError>) -> Option<T> {
        match work(self.index.as_mut()?) {
            Ok(done) => Some(done),
            Err(error) => {
                self.index = None;
                self.trouble(&error.to_string());
                None
            }
        }
    }

    fn trouble(&self, reason: &str) {
        self.output.say("cli-store-unusable", &[("reason", reason)]);
    }
}
