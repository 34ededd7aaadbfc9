//! Tables that are made and thrown away by the thousand.

use std::collections::HashMap;

/// A map by a quick hash; nobody outside chooses keys that could slow it down but for their own lexicon.
pub type Table<K, V> = HashMap<K, V, foldhash::fast::FixedState>;
