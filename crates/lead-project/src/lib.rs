//! A lexicon on disk.
