//! Feeds the frame reader an interpreter whose memory the input spoils, before and while it is read.
//!
//! `cargo install cargo-fuzz`, then from the repository's top:
//! `cargo +nightly fuzz run --fuzz-dir tests/fuzz reader -- -max_total_time=1800`.
//! With a stable compiler, put `RUSTC_BOOTSTRAP=1` before it and leave out `+nightly`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rustbound::record::reader::read_spoiled;

fuzz_target!(|input: &[u8]| read_spoiled(input));
