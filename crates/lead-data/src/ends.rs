//! Where each of many texts ends that stand one after the other in one: nothing is kept while all have one length, as ids have.

use std::ops::Range;

/// Ends of texts, ascending.
#[derive(Clone, Debug)]
pub(crate) enum Ends {
    /// So many texts of one length.
    Even { length: usize, count: usize },
    /// Within the first 4 GB.
    Small(Vec<u32>),
    /// Anywhere.
    Large(Vec<usize>),
}

impl Default for Ends {
    fn default() -> Ends {
        Ends::Even { length: 0, count: 0 }
    }
}

impl Ends {
    /// How many texts.
    #[inline]
    pub fn len(&self) -> usize {
        match self {
            Ends::Even { count, .. } => *count,
            Ends::Small(ends) => ends.len(),
            Ends::Large(ends) => ends.len(),
        }
    }

    /// Where a text stands. There is none past the last.
    #[inline]
    pub fn range(&self, i: usize) -> Range<usize> {
        match self {
            Ends::Even { length, .. } => i * length..(i + 1) * length,
            Ends::Small(ends) => (if i == 0 { 0 } else { ends[i - 1] as usize })..ends[i] as usize,
            Ends::Large(ends) => (if i == 0 { 0 } else { ends[i - 1] })..ends[i],
        }
    }

    /// Adds a text that ends there.
    #[inline]
    pub fn push(&mut self, end: usize) {
        match self {
            Ends::Even { length, count } if *count == 0 => (*length, *count) = (end, 1),
            Ends::Even { length, count } if (*count + 1) * *length == end => *count += 1,
            Ends::Small(ends) if end <= u32::MAX as usize => ends.push(end as u32),
            Ends::Large(ends) => ends.push(end),
            _ => {
                self.widen(end);
                self.push(end);
            }
        }
    }

    #[cold]
    fn widen(&mut self, end: usize) {
        let ends = (0..self.len()).map(|i| self.range(i).end);
        *self = if end <= u32::MAX as usize {
            let mut small = Vec::with_capacity(self.len() * 2 + 1);
            small.extend(ends.map(|e| e as u32));
            Ends::Small(small)
        } else {
            Ends::Large(ends.collect())
        };
    }

    /// Adds the texts of another that stand `base` further on here.
    pub fn append(&mut self, other: &Ends, base: usize) {
        if let (Ends::Even { length, count }, Ends::Even { length: theirs, count: more }) = (&mut *self, other)
            && length == theirs
            && *count > 0
        {
            *count += more;
            return;
        }
        (0..other.len()).for_each(|i| self.push(base + other.range(i).end));
    }
}

impl FromIterator<usize> for Ends {
    fn from_iter<I: IntoIterator<Item = usize>>(all: I) -> Ends {
        let mut ends = Ends::default();
        all.into_iter().for_each(|end| ends.push(end));
        ends
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_kept_as_narrow_as_they_fit() {
        let wide = u32::MAX as usize;
        for list in [
            vec![],
            vec![0, 0, 0],
            vec![3, 6, 9],
            vec![3, 6, 6],
            vec![0, 2, 4, wide, wide + 7],
            vec![wide + 1, wide + 1],
        ] {
            let ends: Ends = list.iter().copied().collect();
            let mut start = 0;
            for (i, end) in list.iter().enumerate() {
                assert_eq!(ends.range(i), start..*end, "{list:?}");
                start = *end;
            }
            assert_eq!(ends.len(), list.len());
            let mut twice = ends.clone();
            twice.append(&ends, start);
            assert_eq!(twice.len(), 2 * list.len());
            assert!(list.is_empty() || twice.range(twice.len() - 1).end == 2 * start);
        }
        assert!(matches!([3, 6, 9].into_iter().collect(), Ends::Even { length: 3, count: 3 }));
    }
}
