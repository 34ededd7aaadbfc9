//! Numbers, percentages and money as exports write them.

/// A number; `12%` is 0.12. `comma`: `1.234,5` is written for 1234.5.
#[inline]
pub(crate) fn number(text: &str, comma: bool) -> Option<f64> {
    let bytes = text.as_bytes();
    if (1..=15).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_digit) {
        return Some(bytes.iter().fold(0u64, |n, b| n * 10 + u64::from(b - b'0')) as f64);
    }
    let mut plain = Plain::default();
    plain.read(text, comma)?;
    let value: f64 = plain.text.parse().ok()?;
    let value = if plain.percent { value / 100.0 } else { value };
    value.is_finite().then_some(value)
}

/// Money in 1/10000, further places rounded half away from zero; `None` also if it does not fit.
pub(crate) fn money(text: &str, comma: bool) -> Option<i64> {
    let mut plain = Plain::default();
    plain.read(text, comma)?;
    if plain.percent {
        return None;
    }
    if plain.exponent {
        let value: f64 = plain.text.parse().ok()?;
        return money_of_float(value);
    }
    let (negative, digits) = match plain.text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, plain.text.as_str()),
    };
    let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
    let mut size: i128 = 0;
    for byte in whole.bytes().chain((0..4).map(|i| *places.as_bytes().get(i).unwrap_or(&b'0'))) {
        size = size.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
    }
    if places.as_bytes().get(4).is_some_and(|b| *b >= b'5') {
        size += 1;
    }
    i64::try_from(if negative { -size } else { size }).ok()
}

/// A float as money, rounded half away from zero.
pub(crate) fn money_of_float(value: f64) -> Option<i64> {
    let scaled = (value * 10_000.0).round();
    (scaled.is_finite() && scaled.abs() < 9.2e18).then_some(scaled as i64)
}

/// A number without what people add to it: `-1234.5`, perhaps with an exponent.
#[derive(Default)]
struct Plain {
    text: String,
    percent: bool,
    exponent: bool,
}

impl Plain {
    fn read(&mut self, text: &str, comma: bool) -> Option<()> {
        let mut rest = text.trim();
        let mut negative = false;
        if let Some(inner) = rest.strip_prefix('(').and_then(|r| r.strip_suffix(')')) {
            (rest, negative) = (inner.trim(), true);
        }
        // Signs, currencies and the percent sign may stand on either side.
        loop {
            let before = rest.len();
            rest = rest.trim();
            if let Some(more) = rest.strip_prefix(['-', '\u{2212}']) {
                if negative {
                    return None;
                }
                (rest, negative) = (more, true);
            } else if let Some(more) = rest.strip_prefix('+') {
                rest = more;
            }
            rest = without_currency(rest);
            if let Some(more) = rest.strip_suffix('%') {
                if self.percent {
                    return None;
                }
                (rest, self.percent) = (more, true);
            }
            if rest.len() == before {
                break;
            }
        }
        if negative {
            self.text.push('-');
        }
        self.digits(rest, comma)
    }

    /// Groups, decimal sign, exponent.
    fn digits(&mut self, text: &str, comma: bool) -> Option<()> {
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(i) => (&text[..i], Some(&text[i + 1..])),
            None => (text, None),
        };
        let point = if comma { ',' } else { '.' };
        let (whole, places) = match mantissa.split_once(point) {
            Some((whole, places)) => (whole, Some(places)),
            None => (mantissa, None),
        };
        self.groups(whole, if comma { '.' } else { ',' })?;
        if let Some(places) = places {
            if !places.bytes().all(|b| b.is_ascii_digit()) || whole.is_empty() && places.is_empty() {
                return None;
            }
            if whole.is_empty() {
                self.text.push('0');
            }
            if !places.is_empty() {
                self.text.push('.');
                self.text.push_str(places);
            }
        } else if whole.is_empty() {
            return None;
        }
        if let Some(exponent) = exponent {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            self.exponent = true;
            self.text.push('e');
            self.text.push_str(exponent);
        }
        Some(())
    }

    /// `1234`, or groups `1,234,567`; apostrophes and blanks group too.
    fn groups(&mut self, whole: &str, sign: char) -> Option<()> {
        if whole.bytes().all(|b| b.is_ascii_digit()) {
            self.text.push_str(whole);
            return Some(());
        }
        let used = whole.chars().find(|c| !c.is_ascii_digit())?;
        if used != sign && !['\'', '\u{2019}', ' ', '\u{a0}', '\u{202f}', '\u{2009}'].contains(&used) {
            return None;
        }
        let groups: Vec<&str> = whole.split(used).collect();
        let last = groups.len() - 1;
        for (i, group) in groups.iter().enumerate() {
            let right = match i {
                0 => (1..=3).contains(&group.len()),
                _ if i == last => group.len() == 3,
                // Two to a group as well, as in India.
                _ => group.len() == 3 || group.len() == 2,
            };
            if !right || !group.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            self.text.push_str(group);
        }
        Some(())
    }
}

/// Without one currency sign or code at either end.
fn without_currency(text: &str) -> &str {
    const SIGNS: [&str; 10] = ["$", "€", "£", "¥", "₹", "₽", "₩", "₺", "฿", "zł"];
    for sign in SIGNS {
        if let Some(rest) = text.strip_prefix(sign).or(text.strip_suffix(sign)) {
            return rest;
        }
    }
    let bytes = text.as_bytes();
    let code = |part: &[u8]| part.len() == 3 && part.iter().all(u8::is_ascii_uppercase);
    let edge = |b: u8| b.is_ascii_digit() || b" .,-(+".contains(&b) || b >= 0x80;
    if bytes.len() > 3 {
        if code(&bytes[..3]) && edge(bytes[3]) {
            return &text[3..];
        }
        let cut = bytes.len() - 3;
        if code(&bytes[cut..]) && edge(bytes[cut - 1]) {
            return &text[..cut];
        }
        // `US$`, `A$`
        if bytes[..2].iter().all(u8::is_ascii_uppercase) && bytes[2] == b'$' {
            return &text[3..];
        }
        if bytes[0].is_ascii_uppercase() && bytes[1] == b'$' {
            return &text[2..];
        }
    }
    if let Some(rest) = text.strip_prefix("Fr.") { rest } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_exports_write_them() {
        let cases = [
            ("5", 5.0),
            ("-5", -5.0),
            ("+5", 5.0),
            ("007", 7.0),
            ("1,234.5", 1234.5),
            ("1234.50", 1234.5),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e3", 1000.0),
            ("1.5E-3", 0.0015),
            ("12%", 0.12),
            ("12.5 %", 0.125),
            ("$1,200.00", 1200.0),
            ("€ 1 200", 1200.0),
            ("1'234", 1234.0),
            ("12,34,567", 1_234_567.0),
            ("(1,200)", -1200.0),
            ("USD 5", 5.0),
            ("5 EUR", 5.0),
            ("-$5", -5.0),
            ("$-5", -5.0),
            ("1000000000000000000000", 1e21),
            ("US$12", 12.0),
            ("\u{2212}3", -3.0),
        ];
        for (text, want) in cases {
            assert_eq!(number(text, false), Some(want), "{text}");
        }
        for text in [
            "", "-", ".", "1,5", "1,2345", "12k", "about 5", "1.2.3", "inf", "nan", "1e", "--5", "5%%", "e5", "1e999",
            "0x1f",
        ] {
            assert_eq!(number(text, false), None, "{text}");
        }
    }

    #[test]
    fn a_decimal_comma_is_read_where_it_is_declared() {
        for (text, want) in [
            ("1.234,5", 1234.5),
            ("1,5", 1.5),
            ("1.234", 1234.0),
            ("12 %", 0.12),
            ("1 234,5", 1234.5),
            ("1000", 1000.0),
        ] {
            assert_eq!(number(text, true), Some(want), "{text}");
        }
        assert_eq!(number("1,234.5", true), None);
        assert_eq!(money("€ 1.200,00", true), Some(12_000_000));
    }

    #[test]
    fn money_is_exact_to_four_places() {
        let cases = [
            ("$1,200.00", 12_000_000),
            ("0.1", 1000),
            ("0.00005", 1),
            ("-0.00005", -1),
            ("0.00004999", 0),
            ("(3.5)", -35_000),
            ("922337203685477.5807", i64::MAX),
            ("1.5e3", 15_000_000),
            ("17", 170_000),
        ];
        for (text, want) in cases {
            assert_eq!(money(text, false), Some(want), "{text}");
        }
        for text in ["922337203685477.5808", "5%", "", "1e300", "twelve"] {
            assert_eq!(money(text, false), None, "{text}");
        }
    }
}
