//! Examples of a lexicon, run: each is a small world, and what is expected of it.
