//! Configuration databases: reads them, executes plans, keeps journals. What is to be written is
//! decided in `arpenteur_core::cmdb`; each kind of target has one file here.
mod apply;
pub mod glpi;
pub mod http;
pub mod itop;
pub mod journal;
pub mod netbox;
mod rollback;

pub use apply::{Failed, Report, apply};
pub use rollback::{Undone, rollback};

use arpenteur_core::cmdb::{Find, Object, Operation};
use http::HttpError;
use serde_json::Value;
use std::collections::BTreeMap;

/// An operation whose references are ids: what a target can be sent.
#[derive(Debug, Clone)]
pub struct Step<'a> {
    /// The operation.
    pub operation: &'a Operation,
    /// The server's id of the object that is changed; null for one to be made. An object that is
    /// to be made may be there already, where the server made it along with another of ours.
    pub object: Value,
    /// Values that are there.
    pub before: BTreeMap<String, Value>,
    /// Values to write.
    pub values: BTreeMap<String, Value>,
    /// How the object is looked up.
    pub find: Option<Find>,
}

/// What became of one step.
#[derive(Debug)]
pub enum Answer {
    /// Written; the object as it is now.
    Done(Object),
    /// The server refuses it, in its own words.
    Refused(String),
    /// Somebody changed the object in the meantime.
    Changed,
    /// It cannot be known whether it was written: it is looked up.
    Unknown(HttpError),
}

/// What became of a deletion.
#[derive(Debug)]
pub enum Deletion {
    /// It is gone.
    Done,
    /// Others depend on it, or the server refuses; in its words.
    Refused(String),
}

/// A kind of target.
pub trait Target {
    /// Most steps of one write.
    fn batch(&self) -> usize;

    /// Whether an object that the server made along with another keeps its own value of a field.
    fn keeps(&self, _field: &str) -> bool {
        false
    }

    /// The object of each step as it is now: by id, else by its natural key.
    ///
    /// # Errors
    /// Where the server cannot be asked.
    fn current(&mut self, steps: &[Step<'_>]) -> Result<Vec<Option<Object>>, HttpError>;

    /// Writes steps of one kind and action; an answer for each.
    fn write(&mut self, steps: &[Step<'_>]) -> Vec<Answer>;

    /// An object by id.
    ///
    /// # Errors
    /// Where the server cannot be asked.
    fn read(&mut self, collection: &str, id: &Value) -> Result<Option<Object>, HttpError>;

    /// Deletes an object that we made.
    ///
    /// # Errors
    /// Where the server cannot be asked.
    fn delete(&mut self, collection: &str, id: &Value) -> Result<Deletion, HttpError>;
}
