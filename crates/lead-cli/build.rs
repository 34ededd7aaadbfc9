//! How the command is linked.
//!
//! A program that can be loaded anywhere has a list of the places that move with it: 37,000 of 24 bytes each. As a bitmap they take a fiftieth of
//! that. The C library reads such bitmaps from 2.36 on; where an older one is installed, or the program is built for another machine, the list
//! stays.

use std::env;
use std::io::Write;
use std::process::Command;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "cargo::rerun-if-changed=build.rs")?;
    let target = env::var("TARGET").unwrap_or_default();
    let here = env::var("HOST").is_ok_and(|host| host == target) && target.ends_with("-linux-gnu");
    if here && c_library().is_some_and(|version| version >= (2, 36)) {
        writeln!(out, "cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs")?;
    }
    Ok(())
}

/// The version of the C library: `glibc 2.36`.
fn c_library() -> Option<(u32, u32)> {
    let said = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?.stdout;
    let said = String::from_utf8(said).ok()?;
    let (major, minor) = said.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
}
