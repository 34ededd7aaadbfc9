//! Markdown as plain text.

use insta::assert_snapshot;
use lead_ide::plain_text;

use crate::fixture::Fixture;

#[test]
fn marks_go_and_what_they_mean_stays() {
    assert_snapshot!(plain_text("\
# Lead

Somebody **worth** a _call_, as\nagreed on in [the workshop](https://example.com/w).

- asked for an `anonymous offer`
- or came *back*
  - twice

1. first
2. then

```lead
lead when pages > 5
    or when asked
```

---

<b>See</b> <https://example.com> and [this](command:lead.explain)

| a | b |
|---|---|
| 1 | 2 |
"), @"
    Lead

    Somebody worth a call, as
    agreed on in the workshop (https://example.com/w).

    - asked for an `anonymous offer`
    - or came back
      - twice

    1. first
    2. then

    lead when pages > 5
        or when asked

    See https://example.com and this

    a | b
    1 | 2
    ");
}

#[test]
fn a_hover_reads_well_without_marks() {
    let fixture = Fixture::new(
        "\
for contact

## Reads **a lot**.
hot reader when pages > 5 within 90d
pages = count(page view)
lead when hot$0 reader
",
    );
    let hover = fixture.snapshot.hover(fixture.at()).unwrap();
    let text = plain_text(&hover.text);
    for said in
        ["hot reader when pages > 5 within 90d\n\nA term of `contact`\n\nReads a lot.\n\n", "\n\nUsed by `lead`"]
    {
        assert!(text.contains(said), "{said} in {text}");
    }
    assert!(!text.contains("```") && !text.contains("**") && !text.contains("\n\n\n"), "{text}");
}

#[test]
fn any_text_has_a_plain_one() {
    for text in ["", "`", "- ", "1. ", "[", "> > >", "|", "```", "\\", "<a", "- - - x\n\n  y", "é**\u{0}"] {
        assert!(plain_text(text).len() <= 4 * text.len() + 8, "{text}");
    }
}
