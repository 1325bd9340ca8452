//! Keys, and statements over many rows.
use sha2::{Digest, Sha256};
use sqlx::AnyConnection;
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe};
use uuid::Uuid;

/// Rows written by one statement: SQLite allows 32,766 values in one.
const AT_A_TIME: usize = 500;
/// Longest text of an indexed column, in characters: an entry of a PostgreSQL index holds 2,700 bytes.
const LONGEST: usize = 200;

/// One value of a row.
#[derive(Clone)]
pub(super) enum Cell {
    Number(i64),
    Text(String),
}

/// The head of the SHA-256 of the parts, each with its length.
fn head(parts: &[&[u8]]) -> i64 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let whole = hash.finalize();
    let head = whole.iter().take(8);
    head.fold(0, |key: i64, byte| (key << 8) | i64::from(*byte))
}

pub(super) fn audit_key(audit: Uuid) -> i64 {
    head(&[b"audit", audit.as_bytes()])
}

pub(super) fn run_key(audit: Uuid, name: &str) -> i64 {
    head(&[b"run", audit.as_bytes(), name.as_bytes()])
}

pub(super) fn device_key(audit: Uuid, device: Uuid) -> i64 {
    head(&[b"device", audit.as_bytes(), device.as_bytes()])
}

pub(super) fn digest(body: &str) -> i64 {
    head(&[b"snapshot", body.as_bytes()])
}

/// A text as the databases take it: no NUL (PostgreSQL refuses it), and of bounded length.
pub(super) fn bounded(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(LONGEST).collect()
}

/// `INSERT INTO … VALUES …` of all rows, some at a time. `into` is `table (column, …)`; `after`
/// says what becomes of rows that are there already.
pub(super) async fn insert(
    connection: &mut AnyConnection,
    into: &str,
    rows: &[Vec<Cell>],
    after: &str,
) -> sqlx::Result<()> {
    for some in rows.chunks(AT_A_TIME) {
        let mut at = 0;
        let places: Vec<String> = some
            .iter()
            .map(|row| {
                let numbers = row.iter().map(|_| {
                    at += 1;
                    format!("${at}")
                });
                format!("({})", numbers.collect::<Vec<_>>().join(","))
            })
            .collect();
        let sql = format!("INSERT INTO {into} VALUES {} {after}", places.join(","));
        // Only numbers of parameters and our own words are in the text.
        let query = sqlx::query(AssertSqlSafe(sql));
        bound(query, some.iter().flatten())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

fn bound<'q, 'c>(
    query: Query<'q, Any, AnyArguments>,
    cells: impl Iterator<Item = &'c Cell>,
) -> Query<'q, Any, AnyArguments> {
    cells.fold(query, |query, cell| match cell {
        Cell::Number(number) => query.bind(*number),
        Cell::Text(text) => query.bind(text.clone()),
    })
}
