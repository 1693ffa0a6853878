//! What the samples say: whose time it was. Pure.
//!
//! Functions are told apart by their ids only; what a function *is* (the user's own, library code,
//! import machinery) comes in as a [`Role`] for each, and names never appear.

mod call_tree;
mod contention;
mod credit;
mod inclusive;
mod sharing;
mod state;
mod tally;
mod waits;
mod work_tree;

pub use call_tree::{CallTree, Total};
pub use contention::lock_competitors;
pub use credit::{Caller, Credits, FunctionCredit, Role, credit};
pub use inclusive::{Inclusive, once_per_stack};
pub use sharing::threads_of;
pub use state::State;
pub use tally::Tally;
pub use waits::Waits;
pub use work_tree::{Call, Covered, Region, WorkTree};
