//! What must hold of every page for people who cannot see it well or use no mouse: labels, headings,
//! contrast, and a way by the tab key through every control, each with a visible focus.

use super::person::Person;

/// What the pages are asked, in their own language; see there.
pub const SCRIPT: &str = include_str!("page.js");

/// Goes through the page by the tab key: every control is reached, in the order of the page, and shows it.
pub fn by_tab(person: &Person, what: &str) {
    let count = person.script("gjStart()").as_u64().unwrap();
    let mut seen = vec![0];
    // Some controls, such as a date, take several strokes.
    for _ in 0..count * 5 {
        person.key("Tab", 9);
        let at = person.script("gjFocus()");
        let Some(place) = at["place"].as_u64() else { continue };
        if at["shown"] != true {
            person.browser.complain(format!("{what}: no visible focus on {}", at["words"]));
        }
        if seen.last() != Some(&place) {
            seen.push(place);
        }
        if place + 1 == count {
            break;
        }
    }
    let all: Vec<u64> = (0..count).collect();
    if seen != all {
        let names = person.script("gjControls.map(e => e.outerHTML.slice(0, 80))");
        person.browser.complain(format!("{what}: the tab key goes {seen:?} through {names}"));
    }
}
