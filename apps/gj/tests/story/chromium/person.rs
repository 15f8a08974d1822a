//! One person at the browser: finds what they act on by the words they see, clicks and types as a hand
//! would, and looks at every page on a wide screen and on a telephone.

use super::Chromium;
use super::controls::{SCRIPT, by_tab};
use serde_json::{Value, json};
use std::fs;
use std::time::{Duration, Instant};

/// A screen on a desk and one in a hand, in CSS pixels.
const SCREENS: [(&str, u32, u32); 2] = [("wide", 1280, 900), ("phone", 390, 844)];

pub struct Person<'b> {
    pub browser: &'b Chromium,
    session: String,
    address: String,
    name: String,
    looked: usize,
}

impl<'b> Person<'b> {
    /// Somebody with a profile of their own: cookies of nobody else.
    pub fn new(browser: &'b Chromium, address: &str, name: &str) -> Person<'b> {
        let text = |value: Value| value.as_str().unwrap().to_owned();
        let own = browser.call(None, "Target.createBrowserContext", json!({})).unwrap();
        let target = json!({ "url": "about:blank", "browserContextId": own["browserContextId"] });
        let target = browser.call(None, "Target.createTarget", target).unwrap();
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = text(browser.call(None, "Target.attachToTarget", attach).unwrap()["sessionId"].clone());
        let person =
            Person { browser, session, address: address.to_owned(), name: name.to_owned(), looked: 0 };
        for domain in ["Page", "Network", "Log", "Runtime"] {
            person.call(&format!("{domain}.enable"), json!({}));
        }
        // What pages are asked with stands ready on each of them.
        person.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": SCRIPT }));
        person.screen(0);
        person
    }

    fn call(&self, method: &str, parameters: Value) -> Value {
        self.browser.call(Some(&self.session), method, parameters).unwrap_or_else(|e| self.fail(&e))
    }

    fn fail(&self, what: &str) -> ! {
        let page = self.try_script("location.href + '\\n' + document.body.innerText").unwrap_or_default();
        panic!("{}: {what}, on this page:\n{}", self.name, page.as_str().unwrap_or_default())
    }

    /// The value of an expression on the page.
    pub fn script(&self, expression: &str) -> Value {
        self.try_script(expression).unwrap_or_else(|e| self.fail(&e))
    }

    fn try_script(&self, expression: &str) -> Result<Value, String> {
        let parameters = json!({ "expression": expression, "returnByValue": true });
        let done = self.browser.call(Some(&self.session), "Runtime.evaluate", parameters)?;
        match &done["exceptionDetails"] {
            Value::Null => Ok(done["result"]["value"].clone()),
            wrong => Err(wrong.to_string()),
        }
    }

    fn screen(&self, which: usize) {
        let (_, width, height) = SCREENS[which];
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": which > 0 });
        self.call("Emulation.setDeviceMetricsOverride", screen);
    }

    /// Types an address.
    pub fn go(&self, path: &str) {
        self.leaving(|| {
            self.call("Page.navigate", json!({ "url": format!("http://{}{path}", self.address) }));
        });
    }

    /// Does something that leads to another page, and waits until that is there.
    fn leaving(&self, act: impl FnOnce()) {
        self.script("window.left = false");
        act();
        let began = Instant::now();
        let there = "window.left === undefined && document.readyState === 'complete'";
        // While one page gives way to the next there is none to ask.
        while self.try_script(there) != Ok(Value::Bool(true)) {
            if began.elapsed() > Duration::from_secs(60) {
                self.fail("nothing came after this");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// What one reads on the page.
    pub fn text(&self) -> String {
        self.script("document.body.innerText").as_str().unwrap().to_owned()
    }

    pub fn sees(&self, words: &str) {
        if !self.text().contains(words) {
            self.fail(&format!("does not see “{words}”"));
        }
    }

    pub fn sees_no(&self, words: &str) {
        if self.text().contains(words) {
            self.fail(&format!("sees “{words}”"));
        }
    }

    /// The path of the page.
    pub fn path(&self) -> String {
        self.script("location.pathname").as_str().unwrap().to_owned()
    }

    /// Clicks a link or button by its words, which leads to another page.
    pub fn click(&self, words: &str) {
        self.leaving(|| self.press(&format!("gjFind('a, button', {})", json!(words)), words));
    }

    /// Opens what is folded away under these words, unless it is open; what follows happens inside it.
    pub fn unfold(&self, words: &str) {
        let summary = format!("gjFind('summary', {})", json!(words));
        if self.script(&format!("{summary}?.parentElement.open ?? null")) != Value::Bool(true) {
            self.press(&summary, words);
        }
        self.script(&format!("window.gjInside = {summary}.parentElement; true"));
    }

    /// Presses the mouse in the middle of what an expression finds.
    fn press(&self, element: &str, words: &str) {
        let found = self.script(&format!("gjPoint({element})"));
        let (Some(x), Some(y)) = (found["x"].as_f64(), found["y"].as_f64()) else {
            self.fail(&format!("cannot click “{words}”: {found}"))
        };
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            let mouse = json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", mouse);
        }
    }

    /// Presses a key that is named as the protocol names it.
    pub fn key(&self, key: &str, code: u32) {
        for kind in ["rawKeyDown", "keyUp"] {
            let event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// Clicks the label of a field and fills the field: types, or chooses by the words of an option.
    pub fn fill(&self, label: &str, value: &str) {
        let field = format!("gjField({})", json!(label));
        self.press(&format!("{field}?.labels[0]"), label);
        self.script(&format!("window.gjInside = {field}.form; true"));
        match self.script(&format!("{field}.type")).as_str().unwrap() {
            "select-one" => {
                let steps = self.script(&format!("gjSteps({field}, {})", json!(value)));
                let Some(steps) = steps.as_i64() else {
                    self.fail(&format!("“{label}” offers no “{value}”: {steps}"))
                };
                for _ in 0..steps.abs() {
                    if steps > 0 { self.key("ArrowDown", 40) } else { self.key("ArrowUp", 38) }
                }
                assert_eq!(self.script(&format!("gjSteps({field}, {})", json!(value))), 0, "{label}");
            }
            // A checkbox is set by the click on its label.
            "checkbox" | "radio" => {
                assert_eq!(self.script(&format!("{field}.checked")), value == "yes", "{label}")
            }
            kind => {
                if kind == "date" {
                    self.date(&field, label, value);
                } else {
                    self.script(&format!("{field}.select()"));
                    self.call("Input.insertText", json!({ "text": value }));
                }
                assert_eq!(self.script(&format!("{field}.value")), value, "{label}");
            }
        }
    }

    /// Types a day, year first, or month first where the installed browser speaks no Japanese itself.
    fn date(&self, field: &str, label: &str, value: &str) {
        let [year, month, day] = value.split('-').collect::<Vec<_>>()[..] else { panic!("{value}") };
        for parts in [[year, month, day], [month, day, year]] {
            self.press(&format!("{field}?.labels[0]"), label);
            for part in parts {
                for digit in part.chars() {
                    let event =
                        json!({ "type": "keyDown", "key": digit.to_string(), "text": digit.to_string() });
                    self.call("Input.dispatchKeyEvent", event);
                }
                // A year may have more digits; month and day go on by themselves.
                if part == year {
                    self.key("ArrowRight", 39);
                }
            }
            if self.script(&format!("{field}.value")) == value {
                return;
            }
        }
    }

    /// Looks at the page as it is, on both screens: pictures for the album, and what must hold of every page.
    pub fn look(&mut self, what: &str) {
        self.looked += 1;
        let what = &format!("{}-{:02}-{what}", self.name, self.looked);
        for wrong in self.script("gjWrong()").as_array().unwrap() {
            self.browser.complain(format!("{what}: {wrong}"));
        }
        by_tab(self, what);
        for (which, (screen, width, _)) in SCREENS.into_iter().enumerate() {
            self.screen(which);
            self.script("document.activeElement.blur(); window.scrollTo(0, 0)");
            let wide = self.script("document.documentElement.scrollWidth").as_u64().unwrap();
            if wide > u64::from(width) {
                self.browser.complain(format!("{what}: {wide} pixels wide on a {screen} screen"));
            }
            let shot = json!({ "format": "png", "captureBeyondViewport": true });
            let shot = self.call("Page.captureScreenshot", shot);
            let picture = base64(shot["data"].as_str().unwrap());
            fs::write(self.browser.album.join(format!("{what}-{screen}.png")), picture).unwrap();
        }
        self.screen(0);
    }

    /// The same page in both languages; it must be one that an address gives.
    pub fn look_in_both(&mut self, what: &str) {
        self.look(what);
        self.click("English");
        self.look(&format!("{what}-en"));
        self.click("日本語");
    }
}

/// The bytes of a base64 text.
fn base64(text: &str) -> Vec<u8> {
    let digit = |b: u8| match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let digits: Vec<u8> = text.bytes().filter(|b| *b != b'=').map(digit).collect();
    let four = |four: &[u8]| {
        let bits =
            four.iter().fold(0_u32, |bits, digit| bits << 6 | u32::from(*digit)) << (6 * (4 - four.len()));
        bits.to_be_bytes()[1..four.len()].to_vec()
    };
    digits.chunks(4).flat_map(four).collect()
}
