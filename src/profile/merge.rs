//! Several profiles become one.

use super::{Frame, Function, Profile, Run, Sample, Stack, Thread};

/// Why profiles can't be merged.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MergeError {
    /// One counts time, another counts samples.
    #[error("one profile weighs its samples in nanoseconds, another in counts")]
    Units,
}

impl Profile {
    /// Adds the samples of another profile to this one. What the runs agree on is kept of the run,
    /// and their times and looks are added.
    pub fn merge(&mut self, other: &Self) -> Result<(), MergeError> {
        if self.weight_unit != other.weight_unit {
            return Err(MergeError::Units);
        }
        let strings: Vec<_> = other
            .strings
            .iter()
            .map(|text| self.strings.intern(text))
            .collect();
        let functions: Vec<_> = (other.functions().iter())
            .map(|function| {
                self.intern_function(Function {
                    name: strings[function.name.index()],
                    file: function.file.map(|file| strings[file.index()]),
                    first_line: function.first_line,
                })
            })
            .collect();
        let frames: Vec<_> = (other.frames().iter())
            .map(|frame| {
                let function = functions[frame.function.index()];
                self.intern_frame(Frame {
                    function,
                    line: frame.line,
                })
            })
            .collect();
        let mut stacks = Vec::with_capacity(other.stacks().len());
        for stack in other.stacks() {
            let parent = stack
                .parent
                .map(|parent: super::StackId| stacks[parent.index()]);
            stacks.push(self.intern_stack(Stack {
                frame: frames[stack.frame.index()],
                parent,
            }));
        }
        let threads: Vec<_> = (other.threads().iter())
            .map(|thread| {
                let name = thread.name.map(|name| strings[name.index()]);
                self.intern_thread(Thread { name, ..*thread })
            })
            .collect();
        self.samples
            .extend(other.samples.iter().map(|sample| Sample {
                thread: threads[sample.thread.index()],
                stack: sample.stack.map(|stack| stacks[stack.index()]),
                ..*sample
            }));
        self.run.add(&other.run);
        Ok(())
    }
}

impl Run {
    fn add(&mut self, other: &Self) {
        self.wall.0 = self.wall.0.saturating_add(other.wall.0);
        self.cpu = self
            .cpu
            .zip(other.cpu)
            .map(|(one, two)| super::CpuSeconds(one.0 + two.0));
        self.ticks += other.ticks;
        self.lost_ticks += other.lost_ticks;
        for root in &other.source_roots {
            if !self.source_roots.contains(root) {
                self.source_roots.push(root.clone());
            }
        }
        keep_if_equal(&mut self.command, &other.command);
        keep_if_equal(&mut self.script, &other.script);
        keep_if_equal(&mut self.working_directory, &other.working_directory);
        keep_if_equal(&mut self.python, &other.python);
        keep_if_equal(&mut self.interpreter, &other.interpreter);
        keep_if_equal(&mut self.exit_status, &other.exit_status);
        if self.rate != other.rate {
            self.rate = None;
        }
    }
}

fn keep_if_equal<T: Default + PartialEq>(one: &mut T, other: &T) {
    if one != other {
        *one = T::default();
    }
}
