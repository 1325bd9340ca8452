//! Recognises a device, lists what to ask it, and turns its answers into facts.
//!
//! Two kinds of knowledge meet here. **Readers** are Rust: what a standard says and every
//! device answers alike (MIB-2, LLDP, KEXINIT, X.509, `/etc/os-release`). **Families** are
//! data, `families/<vendor>/<name>.yaml`: what one kind of device says of itself and where.
//! Both offer facts with a confidence; the best offer of each path stands.
mod banners;
pub mod config;
mod docs;
mod draft;
mod example;
mod factory;
mod families;
mod fill;
mod format;
mod lint;
mod makers;
mod names;
mod observe;
mod pattern;
mod readers;
mod recognise;
mod rules;
mod tabular;
mod text;
mod view;

pub use banners::{BannerMatch, Banners, KEYS as BANNER_KEYS};
pub use example::ExampleFailure;
pub use factory::{FactoryLogin, FactoryLogins};
pub use families::{Ask, Explanation, Families, FamilySummary};
pub use lint::Objection;
pub use makers::{Maker, Makers, Tree};
pub use recognise::Recognition;

use crate::model::Answer;

/// The port of the mount daemon that a portmapper's answer names: where exports are asked for.
pub fn mount_port(answer: &Answer) -> Option<u16> {
    readers::mount_port(answer)
}

/// The path of the same server that a page leads on to.
pub fn leads_to(answer: &Answer, port: u16, tls: bool) -> Option<String> {
    match readers::redirect(answer, port, tls)? {
        readers::Lead::Here(path) => Some(path),
        readers::Lead::Elsewhere => None,
    }
}
