#![doc = include_str!("ARCHITECTURE.md")]

pub mod analysis;
pub mod plan;
pub mod profile;
pub mod report;
pub mod source;
