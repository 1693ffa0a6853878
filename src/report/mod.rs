//! What people read, and programs: the plan as tables, Markdown and JSON, the profile as a flame
//! graph.
//!
//! Everything here is pure: a plan or a profile in, a text out, equal input in equal bytes. Text that
//! comes from the profiled program passes `escape.rs` first, in whatever it is written to.

mod colors;
mod columns;
mod escape;
#[cfg(test)]
mod example;
mod fit;
mod flamegraph;
mod folded;
mod json;
mod markdown;
mod signature;
pub mod table;
mod words;

pub use flamegraph::{FlamegraphError, FrameName, flamegraph};
pub use json::json;
pub use markdown::markdown;

/// How a text for a terminal is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Write ANSI codes for bold, dim and colour.
    pub color: bool,
}
