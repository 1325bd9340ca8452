//! Arpenteur walks a client's network, draws the inventory, judges it, and measures how
//! much work it is to run.
//!
//! The newcomer's first page; `docs/architecture.md` has the whole plan.
//!
//! ```text
//! scope ─▶ discover ─▶ collect ─▶ inventory ─▶ check ─▶ size ─▶ report
//! └──── talks to the network ────┘└──── pure: arpenteur_core ────┘
//! ```
//!
//! * [`pipeline`] is the program on one page.
//! * [`transport`] carries all traffic, through one seam (`Session`) and one gate.
//! * [`discover`] and [`collect`] ask; they interpret nothing.
//! * `arpenteur_core` judges; it cannot do I/O.
//! * [`seal`] encrypts files and opens them.
//! * [`store`] keeps runs on disk, [`data`] loads the data files, [`cli`] talks to people.
pub mod cli;
pub mod cmdb;
pub mod collect;
pub mod data;
pub mod discover;
pub mod pipeline;
pub mod seal;
pub mod store;
pub mod transport;
