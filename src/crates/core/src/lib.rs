//! All of Arpenteur's judgement: a pure function of evidence, data files and a date.
//! No I/O, no async, no clock: this crate could not link them.
pub mod check;
pub mod cmdb;
pub mod data;
pub mod export;
pub mod family;
pub mod history;
pub mod inventory;
pub mod model;
pub mod report;
pub mod results;
pub mod scope;
pub mod size;
