//! flint reads the configuration of Apache Flink deployments, says what is wrong, writes the patch.
//!
//! One straight line, with no second loop anywhere:
//!
//! ```text
//! paths -> discover -> Source -> syntax -> Document(Setting...) -> Deployment -> rules -> Finding -> report
//!                                                                      |
//!                                              fix: Fix -> Edit -> Source again -> patch | write
//! ```
//!
//! A source may hold several documents: a manifest holds one for each map of options, block, variable
//! and resource in it. `project` joins documents into deployments, in Flink's order of precedence.
//!
//! `flint memory` leaves it at `Deployment`: `report::memory` shows what `Deployment::memory` computes,
//! the same numbers that rules ask for. `migrate` stands beside it: the text of one file in, the text of
//! another out.
//!
//! What rules say stands on pages, which `page` reads: those of `rules/` as a table that a test writes, an
//! organisation's own (`policies` of flint.toml) when flint starts.
//!
//! `flint check --since` goes the line a second time for the tree before a change; `since` takes what it
//! finds there from what is found here. It knows nothing of git, which `cli` asks.
//!
//! Who may use whom is kept by `tests/layers.rs`. Invariants: parsing never fails, it gives a
//! document and its problems; rules do no I/O; only `syntax` and `fix` replace bytes; only `report`
//! knows output formats; only `flink` and `linux` hold facts of the outside world; findings are plain
//! owned data in a fixed order; the same input gives the same output for any number of threads (`parallel`).

pub mod baseline;
pub mod cli;
pub mod config;
pub mod date;
pub mod deployment;
pub mod discover;
pub mod finding;
pub mod fingerprint;
pub mod fix;
pub mod flink;
pub mod lint;
pub mod linux;
pub mod migrate;
pub mod page;
pub mod parallel;
pub mod project;
#[cfg(test)]
mod random;
pub mod recognise;
pub mod report;
pub mod rules;
pub mod since;
pub mod suppress;
pub mod syntax;
pub mod text;
pub mod typed;
pub mod words;
