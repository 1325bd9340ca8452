//! The real program, seen from outside: one binary, one module a subject.
mod command_line;
mod lab;
mod replay;
mod support;
mod wall;
