#![doc = include_str!("ARCHITECTURE.md")]

pub mod plan;
pub mod profile;
pub mod record;
pub mod source;
