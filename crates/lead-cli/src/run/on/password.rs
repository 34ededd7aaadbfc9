//! Passwords: where they come from, and that nobody sees them.

use std::path::{Path, PathBuf};

use crate::terminal::{Failure, plain};

/// An address without the password in it.
pub fn masked(address: &str) -> String {
    let (head, rest) = address.split_once("://").map_or(("", address), |(h, r)| (h, r));
    // A password may hold `@` and `/`: all up to the last `@` belongs to it.
    let (who, behind) = rest.rfind('@').map_or(("", rest), |at| rest.split_at(at));
    let who = who.split_once(':').map_or(who.to_owned(), |(user, _)| format!("{user}:***"));
    let behind = match behind.split_once('?') {
        Some((before, query)) => {
            let parts = query.split('&').map(|p| match p.split_once('=') {
                Some((key, _)) if key.to_lowercase().contains("pass") => format!("{key}=***"),
                _ => p.to_owned(),
            });
            format!("{before}?{}", parts.collect::<Vec<_>>().join("&"))
        }
        None => behind.to_owned(),
    };
    let head = if head.is_empty() { String::new() } else { format!("{head}://") };
    format!("{head}{who}{behind}")
}

/// The password for a server from a file of them: that of `PGPASSFILE`, else `~/.pgpass`.
pub fn of_file(host: &str, port: u16, database: &str, user: &str) -> Result<Option<String>, Failure> {
    let named = std::env::var_os("PGPASSFILE").filter(|p| !p.is_empty()).map(PathBuf::from);
    let home = || {
        if cfg!(windows) {
            return std::env::var_os("APPDATA").map(|d| PathBuf::from(d).join("postgresql").join("pgpass.conf"));
        }
        std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".pgpass"))
    };
    let was_named = named.is_some();
    let Some(path) = named.or_else(home) else { return Ok(None) };
    if !path.is_file() {
        if was_named {
            return Err(Failure::data(format!("`{}` is no file", path.display())).help("PGPASSFILE names it"));
        }
        return Ok(None);
    }
    refuse_open(&path)?;
    let text = std::fs::read_to_string(&path)
        .map_err(|e| Failure::data(format!("`{}` cannot be read: {}", path.display(), plain(&e))))?;
    Ok(find(&text, [host, &port.to_string(), database, user]))
}

/// A file of passwords is for its owner alone.
fn refuse_open(path: &Path) -> Result<(), Failure> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if std::fs::metadata(path).is_ok_and(|m| m.permissions().mode() & 0o077 != 0) {
            return Err(Failure::data(format!("`{}` holds passwords, and others may read it", path.display()))
                .help(format!("chmod 600 {}", path.display())));
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// The password in the first line that fits: `host:port:database:user:password`, `*` for any.
fn find(text: &str, wanted: [&str; 4]) -> Option<String> {
    text.lines().filter(|l| !l.starts_with('#')).find_map(|line| {
        let mut parts = vec![String::new()];
        let mut signs = line.chars();
        while let Some(sign) = signs.next() {
            match sign {
                '\\' => parts.last_mut()?.extend(signs.next()),
                ':' if parts.len() < 5 => parts.push(String::new()),
                other => parts.last_mut()?.push(other),
            }
        }
        let fits = parts.len() == 5 && parts.iter().zip(wanted).all(|(p, w)| p == "*" || p == w);
        if fits { parts.pop() } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::{find, masked};

    #[test]
    fn passwords_are_masked_wherever_they_stand() {
        assert_eq!(
            masked("postgres://ann:se:c@ret@house/db?sslmode=require"),
            "postgres://ann:***@house/db?sslmode=require"
        );
        assert_eq!(masked("postgres://ann:a/b?c@house/db"), "postgres://ann:***@house/db");
        assert_eq!(masked("postgres://house/db?password=x&user=ann"), "postgres://house/db?password=***&user=ann");
        assert_eq!(masked("mysql://ann:x@house"), "mysql://ann:***@house");
        assert_eq!(masked("postgres://ann@house:5432/db"), "postgres://ann@house:5432/db");
        assert_eq!(masked("house.duckdb"), "house.duckdb");
    }

    #[test]
    fn a_file_of_passwords_is_read_as_others_read_it() {
        let text = "# mine\nother:*:*:*:no\nhouse:5432:db:ann:a\\:b\\\\c\n*:*:*:*:last\n";
        assert_eq!(find(text, ["house", "5432", "db", "ann"]).as_deref(), Some("a:b\\c"));
        assert_eq!(find(text, ["house", "5433", "db", "ann"]).as_deref(), Some("last"));
        assert_eq!(find("house:1:db:ann", ["house", "1", "db", "ann"]), None);
    }
}
