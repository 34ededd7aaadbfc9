//! Passwords in addresses, which nobody sees.

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

#[cfg(test)]
mod tests {
    use super::masked;

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
}
