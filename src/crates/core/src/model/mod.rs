//! Names what we know and how we know it.
pub mod class;
pub mod estimate;
