//! A `profile.json` as a test reads it: by what its format says, not by rustbound's own reader.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A recorded profile.
pub(crate) struct Recorded(Value);

/// A frame of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) name: String,
    pub(crate) file: String,
    /// 0 where it is not known.
    pub(crate) line: u32,
    /// Likewise.
    pub(crate) first_line: u32,
}

impl Recorded {
    /// That of a report folder.
    pub(crate) fn read(report: &Path) -> Self {
        let text =
            fs::read_to_string(report.join("profile.json")).expect("the report has a profile");
        Self::of(&text)
    }

    /// That of a file's text.
    pub(crate) fn of(text: &str) -> Self {
        Self(serde_json::from_str(text).expect("it is JSON"))
    }

    /// How often the sampler looked, and how many looks were lost.
    pub(crate) fn looks(&self) -> (u64, u64) {
        let count = |name: &str| self.0["run"][name].as_u64().expect("a count");
        (count("ticks"), count("lost_ticks"))
    }

    /// The stacks that samples have, outermost frame first, each once.
    pub(crate) fn stacks(&self) -> Vec<Vec<Frame>> {
        let mut sampled: Vec<usize> = numbers(&self.0["samples"]["stack"])
            .into_iter()
            .flatten()
            .collect();
        sampled.sort_unstable();
        sampled.dedup();
        sampled.into_iter().map(|stack| self.stack(stack)).collect()
    }

    fn stack(&self, stack: usize) -> Vec<Frame> {
        let (frames, parents) = (&self.0["stacks"]["frame"], &self.0["stacks"]["parent"]);
        let place = |value: &Value| usize::try_from(value.as_u64()?).ok();
        let chain = std::iter::successors(Some(stack), |&stack| place(&parents[stack]));
        let mut stack: Vec<Frame> = chain
            .map(|stack| self.frame(place(&frames[stack]).expect("an id")))
            .collect();
        stack.reverse();
        stack
    }

    fn frame(&self, frame: usize) -> Frame {
        let number = |value: &Value| {
            value
                .as_u64()
                .and_then(|number| u32::try_from(number).ok())
                .unwrap_or(0)
        };
        let text = |value: &Value| {
            let place = usize::try_from(value.as_u64().expect("an id")).expect("it fits");
            self.0["strings"][place]
                .as_str()
                .expect("a text")
                .to_owned()
        };
        let (frames, functions) = (&self.0["frames"], &self.0["functions"]);
        let function =
            usize::try_from(frames["function"][frame].as_u64().expect("an id")).expect("it fits");
        Frame {
            name: text(&functions["name"][function]),
            file: text(&functions["file"][function]),
            line: number(&frames["line"][frame]),
            first_line: number(&functions["first_line"][function]),
        }
    }

    /// What the threads did in whose stacks a function is, as the two letters of each sample, and how often.
    pub(crate) fn details(&self, function: &str) -> BTreeMap<(char, char), usize> {
        let samples = &self.0["samples"];
        let letters = |name: &str| samples[name].as_str().unwrap_or_default().chars();
        let details = letters("detail").chain(std::iter::repeat('-'));
        let stacks = numbers(&samples["stack"]).into_iter();
        let mut is_in: BTreeMap<usize, bool> = BTreeMap::new();
        let mut counted = BTreeMap::new();
        for ((stack, letter), detail) in stacks.zip(letters("activity")).zip(details) {
            let Some(stack) = stack else { continue };
            let calls_it = || self.stack(stack).iter().any(|frame| frame.name == function);
            if *is_in.entry(stack).or_insert_with(calls_it) {
                *counted.entry((letter, detail)).or_default() += 1;
            }
        }
        counted
    }

    /// For each sample with an instruction: its opcode and the text of its position, `line:start-end_line:end`.
    pub(crate) fn instructions(&self) -> BTreeMap<(String, String), usize> {
        let table = &self.0["instructions"];
        let column = |name: &str, id: usize| {
            table[name][id]
                .as_u64()
                .map_or("?".to_owned(), |it| it.to_string())
        };
        let mut counted = BTreeMap::new();
        for id in numbers(&self.0["samples"]["instruction"])
            .into_iter()
            .flatten()
        {
            let opcode = table["opcode"][id]
                .as_u64()
                .and_then(|place| usize::try_from(place).ok());
            let opcode = opcode
                .and_then(|place| self.0["strings"][place].as_str())
                .unwrap_or("?");
            let [line, start, end_line, end] =
                ["line", "start", "end_line", "end"].map(|name| column(name, id));
            *counted
                .entry((
                    opcode.to_owned(),
                    format!("{line}:{start}-{end_line}:{end}"),
                ))
                .or_default() += 1;
        }
        counted
    }

    /// The types that the variables of a function were seen to have: `xs` → `{"list":["int"]}` and how often.
    pub(crate) fn seen(&self, function: &str) -> BTreeMap<String, Vec<(String, u64)>> {
        let functions = self.0["observation"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let is_it = |entry: &&Value| {
            entry["name"]
                .as_str()
                .is_some_and(|name| name.rsplit('.').next() == Some(function))
        };
        let variables = functions
            .iter()
            .filter(is_it)
            .filter_map(|entry| entry["variables"].as_array())
            .flatten();
        let types = |variable: &Value| {
            let seen = variable["seen"].as_array().expect("a list").iter();
            seen.map(|seen| {
                (
                    seen["type"].to_string(),
                    seen["count"].as_u64().expect("a count"),
                )
            })
            .collect()
        };
        let named = |variable: &Value| {
            (
                variable["name"].as_str().expect("a name").to_owned(),
                types(variable),
            )
        };
        variables.map(named).collect()
    }
}

fn numbers(column: &Value) -> Vec<Option<usize>> {
    let values = column.as_array().map(Vec::as_slice).unwrap_or_default();
    values
        .iter()
        .map(|value| usize::try_from(value.as_u64()?).ok())
        .collect()
}
