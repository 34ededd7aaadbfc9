//! The machine in words, for records: cores, memory, kind of processor. Nothing that names this one machine.

use std::fs;

/// `2 cores of an AMD EPYC, 24 GB of memory, Linux`.
pub fn described() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let model = after(&fs::read_to_string("/proc/cpuinfo").unwrap_or_default(), "model name");
    let model = model.unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let memory = after(&fs::read_to_string("/proc/meminfo").unwrap_or_default(), "MemTotal")
        .and_then(|m| m.split_whitespace().next()?.parse::<f64>().ok())
        .map(|kib| format!(", {:.0} GB of memory", kib * 1024.0 / 1e9));
    let system = match std::env::consts::OS {
        "linux" => "Linux",
        "macos" => "macOS",
        "windows" => "Windows",
        other => other,
    };
    format!("{cores} cores ({model}){}, {system}", memory.unwrap_or_default())
}

/// The value of `NAME : VALUE`.
fn after(text: &str, name: &str) -> Option<String> {
    let line = text.lines().find(|l| l.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
