#![doc = include_str!("ARCHITECTURE.md")]

pub mod formats;
pub mod plan;
pub mod profile;
pub mod source;
