#![doc = include_str!("ARCHITECTURE.md")]

pub mod generate;
pub mod plan;
pub mod profile;
pub mod source;
