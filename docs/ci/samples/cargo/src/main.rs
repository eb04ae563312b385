//! words -- counts the words of a file.
//!
//! SPDX-License-Identifier: MIT
use std::collections::BTreeMap;

const REPEAT: usize = 50;
const PAGE: usize = 4096;
const SPARE_PAGES: usize = 0; // touched, and of no use

fn count(text: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word.to_lowercase()).or_insert(0) += 1;
    }
    counts
}

fn main() {
    let path = std::env::args().nth(1).expect("usage: words FILE");
    let text = std::fs::read_to_string(path).expect("a text");
    let mut spare = vec![0u8; SPARE_PAGES * PAGE];
    for page in spare.chunks_mut(PAGE) {
        unsafe { std::ptr::write_volatile(&mut page[0], 1) };
    }
    let mut words = 0;
    for _ in 0..REPEAT {
        words = count(&text).len();
    }
    println!("{} words, {} of them different", text.split_whitespace().count(), words);
}
