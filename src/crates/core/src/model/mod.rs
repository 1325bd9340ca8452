//! Names what we know and how we know it. Imports no other room.
//!
//! [`Exchange`] is evidence: a question, and what came back. A [`FactSheet`] is what
//! evidence says of one device, each fact known, absent or unread and never anything
//! in between. [`Inventory`], [`Finding`] and [`Estimate`](estimate) are what the pure
//! half of the program makes of it.

mod asset;
pub mod class;
mod command;
pub mod estimate;
mod evidence;
mod fact;
mod facts;
mod finding;
mod known;
mod language;
mod ledger;
mod locator;
mod probe;
mod recording;
mod redact;
mod results;
mod schema;

pub use asset::{
    Asset, AssetState, Comparison, Identity, Inventory, Link, LinkEnd, MergeReason, Neighbour,
    Observation, SiteAsset, same_port,
};
pub use command::only_shows;
pub use evidence::{
    Answer, EvidenceId, Exchange, Failure, Question, SnmpVersion, TlsAnswer, TlsVersion, WalkEnd,
    WeakCipher,
};
pub use fact::{
    Confidence, Dissent, Fact, FactPath, FactSheet, FactState, PathError, Provenance, UnreadReason,
};
pub use facts::*;
pub use finding::{Finding, ItemOutcome, Outcome, Severity, Text, Waived, WaiverState};
pub use known::KnownAsset;
pub use language::Language;
pub use ledger::{LedgerProtocol, LedgerRow};
pub use locator::{Locator, SiteId, Target};
pub(crate) use probe::NUMBER;
pub use probe::{TcpProbe, UdpProbe};
pub use recording::{
    FORMAT, FORMAT_VERSION, Recording, RecordingError, RecordingHeader, RecordingLine,
};
pub use redact::{Redactor, WELL_KNOWN_COMMUNITIES};
pub use results::*;
pub use schema::{FactSchema, FactSpec, FactType, Tier};
