//! Whole processes, measured from their start to their end.

use std::fs::File;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use wait4::Wait4;

use crate::generate::Failure;

/// What a process took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Measured {
    /// Seconds by the clock on the wall.
    pub wall: f64,
    /// Seconds of processor time, all threads, in the program and in the system on its behalf.
    pub processor: f64,
    /// Most memory in use at a time, in MiB.
    pub memory: f64,
}

/// Runs a command to its end. What it prints is thrown away, unless it fails.
pub fn measure(command: &mut Command) -> Result<Measured, Failure> {
    let said = tempfile::NamedTempFile::new()?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(said.path())?);
    let start = Instant::now();
    let mut child = command.spawn()?;
    let ended = child.wait4()?;
    let wall = start.elapsed();
    if !ended.status.success() {
        let said = std::fs::read_to_string(said.path()).unwrap_or_default();
        let last: Vec<&str> = said.lines().rev().take(12).collect();
        let last: Vec<&str> = last.into_iter().rev().collect();
        return Err(format!("{:?} failed, {}\n{}", command.get_program(), ended.status, last.join("\n")).into());
    }
    let seconds = |d: Duration| d.as_secs_f64();
    Ok(Measured {
        wall: seconds(wall),
        processor: seconds(ended.rusage.utime) + seconds(ended.rusage.stime),
        memory: ended.rusage.maxrss as f64 / f64::from(1 << 20),
    })
}

/// Likewise of a command that starts others: the most memory that all of them have in use together, looked at ten times a second.
pub fn measure_tree(command: &mut Command) -> Result<Measured, Failure> {
    let done = Arc::new(AtomicBool::new(false));
    let own = std::process::id();
    let watcher = std::thread::spawn({
        let done = done.clone();
        move || {
            let mut most = 0.0_f64;
            while !done.load(Ordering::Relaxed) {
                most = most.max(below(own));
                std::thread::sleep(Duration::from_millis(100));
            }
            most
        }
    });
    let measured = measure(command);
    done.store(true, Ordering::Relaxed);
    let most = watcher.join().unwrap_or(0.0);
    let measured = measured?;
    Ok(Measured { memory: measured.memory.max(most), ..measured })
}

/// MiB in use by all processes that a process has started, and those that they have; none where the system does not tell.
fn below(process: u32) -> f64 {
    let mut parents: Vec<(u32, u32, f64)> = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|n| n.parse().ok()) else { continue };
        let Ok(status) = std::fs::read_to_string(entry.path().join("status")) else { continue };
        let number = |name: &str| {
            let line = status.lines().find_map(|l| l.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        let parent = number("PPid:").and_then(|p| u32::try_from(p).ok()).unwrap_or(0);
        parents.push((id, parent, number("VmRSS:").unwrap_or(0) as f64 / 1024.0));
    }
    let mut found = vec![process];
    let mut sum = 0.0;
    while let Some(of) = found.pop() {
        for (id, _, memory) in parents.iter().filter(|(_, parent, _)| *parent == of) {
            sum += memory;
            found.push(*id);
        }
    }
    sum
}

/// The middle one; of an even number the mean of the two in the middle.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_in_the_middle() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < 1e-12);
        assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-12);
        assert!(median(Vec::new()).is_nan());
    }
}
