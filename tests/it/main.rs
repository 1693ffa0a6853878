//! rustbound from the outside: the whole way with real programs, and the rules that hold the tree.

mod attaching;
mod bad_input;
mod crates;
mod documented;
mod environment;
mod fixtures;
mod layers;
mod opcodes;
mod profile_json;
mod replay;
mod shares;
mod showcase;
mod statuses;
mod tool;
mod unharmed;
mod versions;
