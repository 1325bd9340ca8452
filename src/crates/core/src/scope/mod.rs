//! Says what may be touched, how fast, when, and with which credential names.
//!
//! [`AuditFile`] is `audit.yaml` as written; [`Scope`] is the same, checked, with the
//! one question that the guard in `transport` asks: [`Scope::verdict`].

mod cmdb;
mod file;
mod guard;
mod notify;
mod plan;
mod template;
mod validate;

pub use cmdb::{
    BasicAuth, ClientCredentials, CmdbTarget, Connection, GlpiTarget, ItopTarget, NetboxTarget,
    RetirePolicy,
};
pub use file::*;
pub use guard::{Denial, Scope, Verdict};
pub use notify::{MailFile, Notify, Webhook};
pub use plan::{Plan, PlannedSite, ProbeCost};
pub use template::audit_template;
pub use validate::load;

#[cfg(test)]
mod tests;
