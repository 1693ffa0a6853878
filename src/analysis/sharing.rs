//! In how many threads a function was seen.

use crate::profile::{FunctionId, Profile};
use std::collections::{BTreeMap, BTreeSet};

/// The most threads of one process in which the function stood on the stack, waiting or not: they share what it uses.
pub fn threads_of(profile: &Profile, function: FunctionId) -> usize {
    let mut holds: Vec<bool> = Vec::with_capacity(profile.stacks().len());
    for stack in profile.stacks() {
        let of_parent = stack.parent.is_some_and(|parent| holds[parent.index()]);
        holds.push(of_parent || profile.frame(stack.frame).function == function);
    }
    let mut threads = BTreeSet::new();
    for sample in &profile.samples {
        if sample.stack.is_some_and(|stack| holds[stack.index()]) {
            threads.insert(sample.thread);
        }
    }
    let mut of_process: BTreeMap<u32, usize> = BTreeMap::new();
    for thread in threads {
        let process = profile.threads()[thread.index()].process;
        *of_process.entry(process).or_default() += 1;
    }
    of_process.into_values().max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Thread, folded};

    /// The threads of `f` where each sample is of a thread of this process.
    #[track_caller]
    fn check(stacks: &str, processes: &[u32], expected: usize) {
        let mut profile = folded(stacks);
        for (place, &process) in processes.iter().enumerate() {
            let thread = profile.intern_thread(Thread {
                process,
                id: place as u64,
                name: None,
            });
            profile.samples[place].thread = thread;
        }
        let ids = 0..profile.functions().len();
        let function = ids.map(FunctionId::from_index).find(|id| {
            let name = profile.function(*id).name;
            profile.strings.get(name) == "f"
        });
        let function = function.expect("there is an f");
        assert_eq!(threads_of(&profile, function), expected);
    }

    #[test]
    fn a_thread_counts_wherever_the_function_is_on_its_stack() {
        check("main;f;g 1\nmain;f 1\nmain;g 1", &[1, 1, 1], 2);
        check("main 1\nf 1", &[1, 1], 1);
    }

    #[test]
    fn processes_share_nothing() {
        check("f 1\nf;g 1\nf;h 1", &[1, 2, 2], 2);
    }
}
