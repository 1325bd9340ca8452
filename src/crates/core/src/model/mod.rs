//! Names what we know and how we know it.
