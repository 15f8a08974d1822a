//! The words of Turtle, with the line each stands on and the prefixes declared so far.

use crate::read::Wrong;
use std::collections::HashMap;

/// One word.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// `<http://…>`, without the brackets.
    Address(String),
    /// `obo:MONDO_0005045`, `a`, `true`, `@prefix`, a number.
    Word(String),
    /// A text in quotes, with its language where it has one.
    Literal { text: String, language: String },
    /// One of `. ; , [ ] ( )`.
    Mark(u8),
}

pub(super) struct Tokens<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    prefixes: HashMap<String, String>,
}

impl<'a> Tokens<'a> {
    pub(super) fn of(text: &'a str) -> Tokens<'a> {
        Tokens { text, at: 0, line: 1, prefixes: HashMap::new() }
    }

    /// The line reached, from 1.
    pub(super) fn line(&self) -> usize {
        self.line
    }

    fn wrong<T>(&self, what: &str) -> Result<T, Wrong> {
        Err((self.line, what.to_owned()))
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Takes bytes and counts the lines in them.
    fn take(&mut self, bytes: usize) -> &'a str {
        let taken = &self.rest()[..bytes];
        self.line += taken.bytes().filter(|byte| *byte == b'\n').count();
        self.at += bytes;
        taken
    }

    pub(super) fn next(&mut self) -> Result<Option<Token>, Wrong> {
        loop {
            let rest = self.rest();
            let space = rest.len() - rest.trim_start().len();
            self.take(space);
            if !self.rest().starts_with('#') {
                break;
            }
            let end = self.rest().find('\n').unwrap_or(self.rest().len());
            self.take(end);
        }
        let Some(first) = self.rest().bytes().next() else { return Ok(None) };
        Ok(Some(match first {
            b'<' => {
                let Some(end) =
                    self.rest().find(['>', '\n']).filter(|end| self.rest()[*end..].starts_with('>'))
                else {
                    return self.wrong("an address without its closing `>`");
                };
                Token::Address(self.take(end + 1)[1..end].to_owned())
            }
            b'"' | b'\'' => self.literal()?,
            b'.' | b';' | b',' | b'[' | b']' | b'(' | b')' => {
                self.take(1);
                Token::Mark(first)
            }
            _ => {
                let stop = |c: char| c.is_whitespace() || "<>\"';,[]()#".contains(c);
                let end = self.rest().find(stop).unwrap_or(self.rest().len());
                // A full stop ends the statement, not the name.
                let word = self.rest()[..end].trim_end_matches('.');
                if word.is_empty() {
                    return self
                        .wrong(&format!("`{}` begins no word of Turtle", char::from(first).escape_debug()));
                }
                Token::Word(self.take(word.len()).to_owned())
            }
        }))
    }

    /// The next word, which must be there.
    pub(super) fn expect(&mut self, what: &str) -> Result<Token, Wrong> {
        match self.next()? {
            Some(token) => Ok(token),
            None => self.wrong(&format!("the file ends; expected {what}")),
        }
    }

    fn literal(&mut self) -> Result<Token, Wrong> {
        let quote = &self.rest()[..1];
        let long = quote.repeat(3);
        let quotes = if self.rest().starts_with(&long) { long.as_str() } else { quote }.to_owned();
        let (from, bytes) = (quotes.len(), self.rest().as_bytes());
        let mut end = from;
        loop {
            match bytes.get(end) {
                None => return self.wrong("a text without its closing quote"),
                Some(b'\n') if quotes.len() == 1 => return self.wrong("a text without its closing quote"),
                Some(b'\\') => end += 2,
                Some(_) if bytes[end..].starts_with(quotes.as_bytes()) => break,
                Some(_) => end += 1,
            }
        }
        let text = self.unescaped(&self.rest()[from..end])?;
        self.take(end + quotes.len());
        let mut language = String::new();
        if self.rest().starts_with('@') {
            let tag = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
            let end = self.rest()[1..].find(tag).map_or(self.rest().len(), |end| end + 1);
            language = self.take(end)[1..].to_owned();
        } else if self.rest().starts_with("^^") {
            self.take(2);
            self.expect("the type of a text")?;
        }
        Ok(Token::Literal { text, language })
    }

    fn unescaped(&self, text: &str) -> Result<String, Wrong> {
        let mut plain = String::with_capacity(text.len());
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            if c != '\\' {
                plain.push(c);
                continue;
            }
            let escape = chars.next();
            let digits = match escape {
                Some('u') => 4,
                Some('U') => 8,
                _ => 0,
            };
            let coded =
                || u32::from_str_radix(chars.as_str().get(..digits)?, 16).ok().and_then(char::from_u32);
            let meant = match escape {
                Some('t') => Some('\t'),
                Some('n') => Some('\n'),
                Some('r') => Some('\r'),
                Some(same @ ('"' | '\'' | '\\')) => Some(same),
                Some('u' | 'U') => coded(),
                _ => None,
            };
            let Some(meant) = meant else { return self.wrong("`\\` before what it cannot stand before") };
            plain.push(meant);
            if digits > 0 {
                chars.by_ref().take(digits).for_each(drop);
            }
        }
        Ok(plain)
    }

    /// Whether a word began a declaration, which is then read.
    pub(super) fn directive(&mut self, token: &Token) -> Result<bool, Wrong> {
        let Token::Word(word) = token else { return Ok(false) };
        let name = match word.to_ascii_lowercase().as_str() {
            "@prefix" | "prefix" => match self.expect("a prefix")? {
                Token::Word(name) if name.ends_with(':') => name,
                _ => return self.wrong("expected a prefix such as `obo:`"),
            },
            "@base" | "base" => String::new(),
            _ => return Ok(false),
        };
        let Token::Address(address) = self.expect("an address")? else {
            return self.wrong("expected an address in `<` and `>`");
        };
        self.prefixes.insert(name, address);
        if word.starts_with('@') && self.expect("`.`")? != Token::Mark(b'.') {
            return self.wrong("expected `.`");
        }
        Ok(true)
    }

    /// The whole address that a word stands for; blank nodes, numbers and truths stay as they are.
    pub(super) fn address(&self, token: Token) -> Result<String, Wrong> {
        match token {
            Token::Address(address) => Ok(address),
            Token::Word(word) => match word.split_once(':') {
                Some(("_", _)) | None => Ok(word),
                Some((prefix, local)) => match self.prefixes.get(&format!("{prefix}:")) {
                    Some(space) => Ok(format!("{space}{local}")),
                    None => self.wrong(&format!("the prefix `{}:` is not declared", prefix.escape_debug())),
                },
            },
            _ => self.wrong("expected an address"),
        }
    }

    /// Passes over what stands between brackets.
    pub(super) fn skip(&mut self, open: u8) -> Result<(), Wrong> {
        let mut depth = 1;
        let from = self.line;
        while depth > 0 {
            match self.next()? {
                Some(Token::Mark(b'[' | b'(')) => depth += 1,
                Some(Token::Mark(b']' | b')')) => depth -= 1,
                Some(_) => {}
                None => return Err((from, format!("`{}` is never closed", char::from(open)))),
            }
        }
        Ok(())
    }
}
