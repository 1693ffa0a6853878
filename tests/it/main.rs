//! rustbound from the outside: the whole way with real programs, and the rules that hold the tree.

mod attaching;
mod bad_input;
mod crates;
mod doctor;
mod documented;
mod environment;
mod fixtures;
mod instructions;
mod layers;
mod observed;
mod opcodes;
mod other_samplers;
mod profile_json;
mod pythons;
mod recorded;
mod replay;
mod roots;
mod shares;
mod showcase;
mod soak;
mod stacks;
mod states;
mod statuses;
mod tool;
mod unharmed;
mod versions;
