//! SNMP messages: v1 (RFC 1157) and v2c (RFC 1901) here, v3 in [`v3`] with its
//! security in [`usm`].

mod message;
mod oid;
mod pdu;
pub mod usm;
pub mod v3;
mod value;

pub use message::{Message, Version, version_number};
pub use oid::Oid;
pub use pdu::{ErrorStatus, Pdu, PduKind, VarBind};
pub use value::Value;
