//! Whole numbers as people read them.

/// `1,234,567`: the thousands parted.
pub fn grouped(n: i128) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    if n < 0 {
        out.push('-');
    }
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_parted_from_the_right() {
        let all = [0, 999, 1_000, 123_456, 1_234_567, -1_000, -999].map(grouped);
        assert_eq!(all, ["0", "999", "1,000", "123,456", "1,234,567", "-1,000", "-999"]);
    }

    #[test]
    fn the_least_number_has_a_text() {
        assert!(grouped(i128::MIN).starts_with("-170,141,"));
    }
}
