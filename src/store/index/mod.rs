//! The database: an index of the runs of all audit folders, and the owner of identities. What it
//! holds of runs can be made again from their folders at any time.

mod read;
mod rows;
mod write;

pub use read::{IndexedRun, Past};
pub use write::Indexed;

use super::StoreError;
use sqlx::AnyConnection;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{Connection, SqlSafeStr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;

/// Times that a database is opened again where another process makes it at the same moment.
const ATTEMPTS: u32 = 20;
/// Time between two of them.
const PAUSE: Duration = Duration::from_millis(100);

/// Why the index cannot be used.
#[derive(Debug, Error)]
pub enum IndexError {
    /// A later version of the program wrote it.
    #[error(
        "{place}: written by a newer version of arpenteur (schema {version})\nhelp: update arpenteur, or name another store: --store sqlite:PATH"
    )]
    Newer {
        /// Which database.
        place: String,
        /// Its schema.
        version: i64,
    },
    /// It cannot be opened.
    #[error(
        "cannot open the store {place}: {reason}\nhelp: --store or ARPENTEUR_STORE names another one: sqlite:PATH or postgres://USER@HOST/DATABASE"
    )]
    Open {
        /// Which database, without its password.
        place: String,
        /// Why not.
        reason: String,
    },
    /// A statement failed.
    #[error("the store refuses: {0}")]
    Database(#[from] sqlx::Error),
    /// A file of a run cannot be read.
    #[error(transparent)]
    Files(#[from] StoreError),
    /// The system refuses.
    #[error("cannot start the store: {0}")]
    System(#[from] std::io::Error),
    /// A row cannot be read.
    #[error(
        "the store is damaged: {0}\nhelp: `arpenteur store rebuild` makes it again from the run folders"
    )]
    Damaged(#[from] serde_json::Error),
}

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An SQLite file.
    File(PathBuf),
    /// A PostgreSQL server.
    Server(String),
    /// This process's memory: for encrypted runs, which no file in clear may hold.
    Memory,
}

impl Place {
    /// Reads `sqlite:PATH`, `postgres://…` or `postgresql://…`.
    ///
    /// # Errors
    /// In words, where it is neither.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Server(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite:").map(|path| {
            let rooted = path.strip_prefix("//").filter(|path| path.starts_with('/'));
            rooted.unwrap_or(path)
        });
        match path {
            Some(path) if !path.is_empty() => Ok(Self::File(PathBuf::from(path))),
            // The text may hold a password: it is not repeated.
            _ => Err(
                "this is no store\nhelp: sqlite:PATH or postgres://USER@HOST/DATABASE".to_owned(),
            ),
        }
    }

    /// Its address for messages: no user, no password, no parameters.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Memory => "in memory".to_owned(),
            Self::Server(url) => {
                let rest = url.split_once("://").map_or("", |(_, rest)| rest);
                let rest = rest.split('?').next().unwrap_or_default();
                let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
                format!("postgres://{host}")
            }
        }
    }

    fn url(&self) -> String {
        match self {
            Self::Server(url) => url.clone(),
            Self::Memory => "sqlite::memory:".to_owned(),
            Self::File(path) => {
                use std::os::unix::ffi::OsStrExt;
                let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
                let mut url = "sqlite://".to_owned();
                for byte in path.as_os_str().as_bytes() {
                    if plain(*byte) {
                        url.push(char::from(*byte));
                    } else {
                        url.push_str(&format!("%{byte:02X}"));
                    }
                }
                url + "?mode=rwc"
            }
        }
    }
}

/// The index, open.
pub struct Index {
    runtime: tokio::runtime::Runtime,
    connection: AnyConnection,
    /// Whether encrypted runs may be indexed: nothing of it reaches a disk.
    in_memory: bool,
}

impl Index {
    /// Opens the database, made where it is not there, and brings its schema up to date.
    ///
    /// # Errors
    /// Where it cannot be opened, or a newer version wrote it.
    pub fn open(place: &Place) -> Result<Self, IndexError> {
        if let Place::File(path) = place {
            make_private_folder(path)
                .map_err(|error| failed(place, &format!("cannot make its folder: {error}")))?;
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let connection = runtime.block_on(connect(place))?;
        Ok(Self {
            runtime,
            connection,
            in_memory: *place == Place::Memory,
        })
    }
}

fn failed(place: &Place, reason: &str) -> IndexError {
    IndexError::Open {
        place: place.name(),
        reason: reason.to_owned(),
    }
}

/// The index names every client's devices: its folder is the user's alone.
fn make_private_folder(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() && !parent.is_dir() => {
            std::fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(parent)
        }
        _ => Ok(()),
    }
}

async fn connect(place: &Place) -> Result<AnyConnection, IndexError> {
    sqlx::any::install_default_drivers();
    let url = place.url();
    let mut attempt = 0;
    loop {
        attempt += 1;
        let (error, passing) = match try_connect(place, &url).await {
            Ok(connection) => return Ok(connection),
            Err(MigrateError::VersionMissing(version)) => {
                let place = place.name();
                return Err(IndexError::Newer { place, version });
            }
            Err(error) => {
                let text = error.to_string();
                // Another process makes the same database at this moment.
                let passing = ["locked", "busy", "exists", "UNIQUE"]
                    .iter()
                    .any(|word| text.contains(word));
                (text, passing)
            }
        };
        if !passing || attempt == ATTEMPTS {
            return Err(failed(place, &error));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn try_connect(place: &Place, url: &str) -> Result<AnyConnection, MigrateError> {
    let mut connection = AnyConnection::connect(url).await?;
    if matches!(place, Place::File(_)) {
        for pragma in [
            "PRAGMA busy_timeout = 30000",
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = NORMAL",
            "PRAGMA foreign_keys = ON",
        ] {
            sqlx::raw_sql(pragma).execute(&mut connection).await?;
        }
    }
    let runs = Migration::new(
        1,
        "runs".into(),
        MigrationType::Simple,
        include_str!("migrations/0001_runs.sql").into_sql_str(),
        false,
    );
    Migrator::with_migrations(vec![runs])
        .run(&mut connection)
        .await?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
    use super::*;

    #[test]
    fn a_store_is_a_file_or_a_server_and_its_password_is_never_told() {
        assert_eq!(
            Place::parse("sqlite:a b.db").unwrap(),
            Place::File("a b.db".into())
        );
        assert_eq!(
            Place::parse("sqlite:///x/y.db").unwrap(),
            Place::File("/x/y.db".into())
        );
        let server = Place::parse("postgres://me:se@cret@host:5433/db?password=other").unwrap();
        assert_eq!(server.name(), "postgres://host:5433/db");
        for wrong in ["", "sqlite:", "mysql://u:canary@h/d", "/x.db"] {
            assert!(!Place::parse(wrong).unwrap_err().contains("canary"));
        }
    }

    #[test]
    fn a_file_of_any_name_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a b?c#d%é.db");
        drop(Index::open(&Place::File(file.clone())).unwrap());
        assert!(file.is_file());
    }
}
