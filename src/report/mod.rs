//! What people read, and programs: the plan as tables, Markdown and JSON, the profile as a flame
//! graph. Also what was found out about the machine, and the lessons on codes.
//!
//! Everything here is pure: a plan or a profile in, a text out, equal input in equal bytes. Text that
//! comes from the profiled program passes [`visible`] first, or an escape of its own kind, in whatever it is written to.

mod calibration;
mod colors;
mod columns;
mod diagnosis;
mod escape;
#[cfg(test)]
mod example;
mod explain;
mod figures;
mod fit;
mod flamegraph;
mod folded;
mod frames;
mod json;
mod lesson;
mod markdown;
mod paint;
mod seen;
mod signature;
mod split;
pub mod table;
mod words;

pub use calibration::{calibration, calibration_json};
pub use diagnosis::{diagnosis, diagnosis_json};
pub use escape::visible;
pub use explain::{explanation, lesson_list, lessons_json};
pub use flamegraph::{FlamegraphError, flamegraph};
pub use json::json;
pub use lesson::{Lesson, Series, lesson_on, lessons, nearest_code};
pub use markdown::markdown;
