//! The binary `lead`, run as a person runs it, in folders made for each test.

mod baseline;
mod check;
mod ci;
mod compile;
mod diff;
mod doc;
mod enrich;
mod explain;
mod fix;
mod fmt;
mod help;
mod init;
mod lab;
mod live;
mod measure;
mod output;
mod over_time;
mod report;
mod run;
mod survey;
mod test;
mod update;
mod why;
