//! How the command is linked.
//!
//! A program that can be loaded anywhere has a list of the places that move with it: 37,000 of 24 bytes each. As a bitmap they take a fiftieth of
//! that. The C library reads such bitmaps from 2.36 on; where an older one is installed, or the program is built for another machine, the list
//! stays.
//!
//! Functions of equal instructions, and texts that end alike, are linked once, where the linker can do that: a hundredth of the program.

use std::env;
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::Command;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "cargo::rerun-if-changed=build.rs")?;
    let target = env::var("TARGET").unwrap_or_default();
    let here = env::var("HOST").is_ok_and(|host| host == target) && target.ends_with("-linux-gnu");
    if here && c_library().is_some_and(|version| version >= (2, 36)) {
        writeln!(out, "cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs")?;
    }
    // A build that is not made small is not kept waiting for the linker's answer.
    if env::var("PROFILE").is_ok_and(|profile| profile == "release") && links(FOLD, &target) {
        writeln!(out, "cargo::rustc-link-arg-bins={FOLD}")?;
    }
    Ok(())
}

/// Links what is equal once.
const FOLD: &str = "-Wl,--icf=all,-O2";

/// Whether the linker takes an argument: an empty program is linked with it.
fn links(argument: &str, target: &str) -> bool {
    let Some(folder) = env::var_os("OUT_DIR") else { return false };
    let (source, program) = (Path::new(&folder).join("empty.rs"), Path::new(&folder).join("empty"));
    if std::fs::write(&source, "fn main() {}\n").is_err() {
        return false;
    }
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc")));
    if let Some(linker) = env::var_os("RUSTC_LINKER") {
        let mut given = OsString::from("linker=");
        given.push(linker);
        rustc.arg("-C").arg(given);
    }
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    rustc.args(flags.split('\x1f').filter(|flag| !flag.is_empty()));
    rustc.args(["--target", target, "-C"]).arg(format!("link-arg={argument}"));
    rustc.arg("-o").arg(program).arg(source).output().is_ok_and(|done| done.status.success())
}

/// The version of the C library: `glibc 2.36`.
fn c_library() -> Option<(u32, u32)> {
    let said = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?.stdout;
    let said = String::from_utf8(said).ok()?;
    let (major, minor) = said.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
}
