//! Carries questions to hosts and brings answers back: live, recording, replaying, or
//! failing on purpose.
//!
//! One seam, [`Session`]: a target, a question of the closed list
//! [`Question`](arpenteur_core::model::Question), an exchange. Discovery's probes and
//! collection's queries are both questions, so that one recording holds both and one
//! replay serves both. Under the live session sits the [`Gate`]: nothing reaches a
//! socket without it.

mod failing;
mod foreign;
mod gate;
mod http;
mod live;
mod login;
mod pacer;
mod probe;
pub mod raw;
mod recording;
mod replaying;
mod snmp;
mod ssh;
mod tcp;
mod tls;
mod udp;
mod vault;

pub use failing::{Failing, Rule};
pub use foreign::{ForeignError, read_foreign};
pub use gate::{Gate, TcpPermit};
pub use live::{Live, LiveError};
pub use recording::{Journal, Recorder};
pub use replaying::{Replaying, Resuming};
pub use snmp::FACTORY;
pub use vault::{Sources, Vault, VaultError};

use arpenteur_core::model::{Exchange, Question, Target};
use std::future::Future;
use std::pin::Pin;

/// A future that a trait object can return.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Question and answer with one host.
///
/// A session never fails as a whole: what goes wrong is an answer
/// ([`Answer::Failed`](arpenteur_core::model::Answer::Failed)).
pub trait Session: Send + Sync {
    /// Puts one question to one target.
    fn ask<'a>(&'a self, target: &'a Target, question: Question) -> Boxed<'a, Exchange>;

    /// Says that no more questions come for this target in this run.
    fn done<'a>(&'a self, target: &'a Target) -> Boxed<'a, ()>;

    /// The targets that evidence exists of; `None` where the network decides.
    fn targets(&self) -> Option<Vec<Target>> {
        None
    }

    /// Whether a target is a file that a client sent: it answers SNMP questions alone, under
    /// any credential.
    fn foreign(&self, _: &Target) -> bool {
        false
    }

    /// Whether ARP and ICMP are at hand.
    fn privileged(&self) -> bool {
        false
    }
}

/// Random bytes of a hello, or of a client's id.
fn random() -> [u8; 32] {
    let mut random = [0_u8; 32];
    for half in random.chunks_mut(16) {
        half.copy_from_slice(uuid::Uuid::new_v4().as_bytes());
    }
    random
}
