//! What happens when it goes wrong: the matrix of faults, each with the exit code and the words that it ends in.
//!
//! `rows.rs` has a test for each row, by its number; `kills.rs` ends the real process at random moments and at each call
//! of the system; `same_bytes.rs` builds one site under many circumstances. What a machine cannot do (mounting, other
//! users, strace) is skipped with a line that begins with `SKIPPED`; with `CROSSBRIEF_NO_SKIPS=1` it fails.

mod kills;
mod place;
mod rows;
mod same_bytes;
mod watched;
