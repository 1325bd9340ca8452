//! Turns bytes into messages and back: no I/O, no clock.
