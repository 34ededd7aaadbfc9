//! A lexicon over time: answered as of many times in one pass over the events.
//!
//! A [`Plan`](lead_plan::Plan) holds each wanted term at every time of a series (`series.rs`), so what the times share is read and
//! measured once. `trend.rs` prepares such a plan and reads from its answers how terms and funnels moved, `funnel.rs` who went from
//! which step to which and how long it took, `ageing.rs` who stops being what if nothing more happens. `backtest.rs` asks
//! whether a definition would have found those for whom an outcome came true later. `lean.rs` names what has no history: fields,
//! links and records are the present ones at every time.
//!
//! Invariant *as if run alone*: the answers at a time of a series are those of a run at that time.

mod ageing;
mod backtest;
mod compare;
mod funnel;
mod lean;
mod series;
mod share;
mod trend;
mod tri;

pub use ageing::{Ageing, Decided, Fall};
pub use backtest::{Backtest, BacktestAsk, By, Definition, PreparedBacktest, Tested, check_times};
pub use compare::{Both, Flags, PreparedFlags};
pub use funnel::{FunnelTrend, Move, Wait};
pub use lean::{Lean, Leans, leans};
pub use series::{Every, MOST, before, days_ahead, step, times};
pub use share::{Share, quartiles, wilson};
pub use trend::{Ask, Prepared, Tally, TermTrend, Trend};
