//! Order for what is put in order once.

use std::cmp::Ordering;

/// Puts few things in order, those that are alike in the order they had.
///
/// As `sort` does, which is quicker, and is five kilobytes of code for every type and every order. Here all of them share one.
pub trait InOrder<T> {
    /// By an order of its own.
    fn in_order_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);

    /// By what each has.
    fn in_order_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        self.in_order_by(|a, b| key(a).cmp(&key(b)));
    }

    /// By their own order.
    fn in_order(&mut self)
    where
        T: Ord,
    {
        self.in_order_by(T::cmp);
    }
}

impl<T> InOrder<T> for [T] {
    fn in_order_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        let mut places = places(self.len(), &mut |a, b| compare(&self[a], &self[b]));
        for at in 0..places.len() {
            // What is here goes where it belongs, until what belongs here has come.
            while places[at] != at {
                let to = places[at];
                self.swap(at, to);
                places.swap(at, to);
            }
        }
    }
}

/// Where each of some things belongs.
fn places(count: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| compare(*a, *b));
    let mut places = vec![0; count];
    order.iter().enumerate().for_each(|(place, thing)| places[*thing] = place);
    places
}

#[cfg(test)]
mod tests {
    use super::InOrder;

    #[test]
    fn it_is_the_order_of_sort() {
        let mut seed = 7u64;
        for count in [0, 1, 2, 3, 20, 21, 500] {
            let mut next = || {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (seed >> 33) % 40
            };
            let things: Vec<(u64, usize)> = (0..count).map(|i| (next(), i)).collect();
            let (mut ours, mut theirs) = (things.clone(), things.clone());
            ours.in_order_by_key(|t| t.0);
            theirs.sort_by_key(|t| t.0);
            assert_eq!(ours, theirs);
            ours.in_order_by(|a, b| b.cmp(a));
            theirs.sort_by(|a, b| b.cmp(a));
            assert_eq!(ours, theirs);
            ours.in_order();
            assert_eq!(ours, {
                theirs.sort();
                theirs
            });
        }
    }
}
