//! Work done side by side on several threads, its results in the order of the work.

use std::sync::{Mutex, PoisonError};

/// Does each piece of work; which thread does which is not fixed. What takes longest should come first.
pub fn side_by_side<W: Send, T: Send>(threads: usize, work: Vec<W>, f: impl Fn(W) -> T + Sync) -> Vec<T> {
    let pieces = work.len();
    let threads = threads.min(pieces);
    if threads < 2 {
        return work.into_iter().map(f).collect();
    }
    let left = Mutex::new(work.into_iter().enumerate());
    let go = || {
        let mut done = Vec::new();
        loop {
            let next = left.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((at, piece)) = next else { return done };
            done.push((at, f(piece)));
        }
    };
    let done = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(go)).collect();
        let mut done = go();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    let mut places: Vec<Option<T>> = (0..pieces).map(|_| None).collect();
    done.into_iter().for_each(|(at, result)| places[at] = Some(result));
    places.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::side_by_side;

    #[test]
    fn results_come_in_the_order_of_the_work() {
        for threads in [0, 1, 2, 7] {
            let squares = side_by_side(threads, (0..100u64).collect(), |n| n * n);
            assert_eq!(squares, (0..100).map(|n| n * n).collect::<Vec<_>>());
        }
        assert!(side_by_side(3, Vec::<u8>::new(), |n| n).is_empty());
    }
}
