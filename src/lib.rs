//! Arpenteur.
