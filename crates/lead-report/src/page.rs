//! The frame of every page: head, style, skip link, navigation, theme.

use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = concat!(
    include_str!("style/base.css"),
    include_str!("style/parts.css"),
    include_str!("style/charts.css"),
    include_str!("style/print.css")
);

/// A section of a page, as the navigation shows it.
pub(crate) struct Section {
    pub id: &'static str,
    pub title: &'static str,
    pub body: Markup,
    /// Places within, for the navigation.
    pub within: Vec<(String, String)>,
}

/// What stands at the head of a page.
pub(crate) struct Front<'a> {
    /// What kind of page.
    pub what: &'a str,
    pub title: &'a str,
    pub lines: Vec<Markup>,
}

/// A whole page.
pub(crate) fn page(front: &Front, sections: &[Section]) -> String {
    let contents = html! {
        @for section in sections {
            li {
                a href={ "#" (section.id) } { (section.title) }
                @if !section.within.is_empty() {
                    details {
                        summary { (section.within.len()) " in all" span class="hidden" { " under " (section.title) } }
                        ul { @for (id, name) in &section.within { li { a href={ "#" (id) } { (name) } } } }
                    }
                }
            }
        }
    };
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                // Nothing is fetched and nothing runs, whatever stands on the page.
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:";
                meta name="color-scheme" content="light dark";
                link rel="icon" href="data:,";
                title { (front.title) " · " (front.what) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a class="skip" href="#content" { "Skip to the content" }
                header class="top" {
                    div class="inner" {
                        div class="heading" {
                            p class="what" { (front.what) }
                            h1 { (front.title) }
                            @for line in &front.lines { p class="sub" { (line) } }
                        }
                        fieldset class="theme" {
                            legend { "Colours" }
                            @for (id, name, on) in [("auto", "Auto", true), ("light", "Light", false), ("dark", "Dark", false)] {
                                label { input type="radio" name="theme" id={ "theme-" (id) } checked[on]; span { (name) } }
                            }
                        }
                    }
                }
                div class="frame" {
                    nav class="side" aria-label="Contents" {
                        ul { (contents) }
                    }
                    main id="content" tabindex="-1" {
                        @for section in sections {
                            section id=(section.id) aria-labelledby={ "h-" (section.id) } class="part" {
                                h2 id={ "h-" (section.id) } { (section.title) }
                                (section.body)
                            }
                        }
                    }
                }
                footer class="bottom" { p { "Made by " code { "lead" } " from the definitions themselves." } }
            }
        }
    };
    page.into_string()
}
