//! The samples, as changes to the stacks of their threads.

use super::bytes::Bytes;
use super::header::Header;
use super::tables::Entry;
use crate::formats::ReadError;
use crate::profile::{
    Activity, FrameId, InstructionId, Nanoseconds, Profile, RawFrame, Sample, Stack, StackId,
    Thread, ThreadId, Weight,
};
use rustc_hash::FxHashMap;
use std::io::BufRead;

/// More than a gigabyte of samples, or of stacks, is no recording.
const MOST: usize = 50_000_000;

/// The frame that stands for a collection of garbage.
const COLLECTING: &str = "<GC>";

/// How a record tells its stack.
const REPEAT: u8 = 0;
const FULL: u8 = 1;
const SUFFIX: u8 = 2;
const POP_PUSH: u8 = 3;

/// Bits of a thread's status.
const HAS_GIL: u8 = 1;
const ON_CPU: u8 = 2;
const UNKNOWN: u8 = 4;
const GIL_REQUESTED: u8 = 8;
const MAIN_THREAD: u8 = 32;

/// Adds the samples to the profile, in the order of their times. How many are of threads without the lock of which
/// it is not known whether they ran.
pub(super) fn read(
    source: &mut dyn BufRead,
    header: &Header,
    entries: &[Entry],
    profile: &mut Profile,
) -> Result<usize, ReadError> {
    let mut reader = Reader {
        bytes: Bytes::new(source, header.big_endian, "sample byte", 0),
        header,
        entries,
        profile,
        threads: Vec::new(),
        places: FxHashMap::default(),
        unknown: 0,
    };
    while !reader.bytes.is_empty()? {
        reader.record()?;
    }
    let unknown = reader.unknown;
    let read = profile.samples.len();
    if read as u64 != header.samples {
        let problem = format!("{read} samples of {}", header.samples);
        return Err(ReadError::damaged("byte 28", problem));
    }
    profile.samples.sort_by_key(|sample| sample.time);
    tell_collections(profile);
    Ok(unknown)
}

/// Garbage is collected where the file has the innermost frame for it, which is of no function of Python's.
fn tell_collections(profile: &mut Profile) {
    let is_collecting = |frame: FrameId| {
        let RawFrame { name, file, .. } = profile.raw_frame(frame);
        name == COLLECTING && file.is_none()
    };
    let frames = (0..profile.frames().len()).map(FrameId::from_index);
    let collecting: Vec<bool> = frames.map(is_collecting).collect();
    let innermost: Vec<FrameId> = profile.stacks().iter().map(|stack| stack.frame).collect();
    for sample in &mut profile.samples {
        let frame = sample.stack.map(|stack| innermost[stack.index()]);
        if sample.activity == Activity::HoldingGil
            && frame.is_some_and(|frame| collecting[frame.index()])
        {
            sample.activity = Activity::Collecting;
        }
    }
}

struct Reader<'r> {
    bytes: Bytes<'r>,
    header: &'r Header,
    entries: &'r [Entry],
    profile: &'r mut Profile,
    threads: Vec<State>,
    /// Of a thread's id and its interpreter's.
    places: FxHashMap<(u64, u32), usize>,
    unknown: usize,
}

/// A thread at its last sample.
struct State {
    id: u64,
    /// None before the first sample.
    thread: Option<ThreadId>,
    /// Microseconds of the sampler's clock.
    time: u64,
    /// The stack and the stacks below it, outermost first, each with its innermost instruction. What is no code adds
    /// nothing to the stack below it.
    levels: Vec<(Option<StackId>, Option<InstructionId>)>,
}

impl Reader<'_> {
    fn record(&mut self) -> Result<(), ReadError> {
        let (thread, interpreter) = (self.bytes.u64()?, self.bytes.u32()?);
        let place = self.place(thread, interpreter);
        let encoding = self.bytes.byte()?;
        if encoding == REPEAT {
            let count = self.bytes.varint_u32()?;
            if count == 0 {
                // Without an end of such, a small packed file would take hours.
                return Err(self.bytes.damaged("a stack that is repeated no time"));
            }
            for _ in 0..count {
                let (delta, status) = (self.bytes.varint()?, self.bytes.byte()?);
                self.sample(place, delta, status)?;
            }
            return Ok(());
        }
        let (delta, status) = (self.bytes.varint()?, self.bytes.byte()?);
        let depth = self.threads[place].levels.len();
        let kept = match encoding {
            FULL => 0,
            SUFFIX => self.bytes.varint_u32()? as usize,
            POP_PUSH => depth.saturating_sub(self.bytes.varint_u32()? as usize),
            _ => {
                return Err(self
                    .bytes
                    .damaged("a stack told in a way that is not known"));
            }
        };
        if kept > depth {
            let problem = format!("keeps {kept} frames of {depth}");
            return Err(self.bytes.damaged(problem));
        }
        self.push(place, kept)?;
        self.sample(place, delta, status)
    }

    fn place(&mut self, id: u64, interpreter: u32) -> usize {
        *self.places.entry((id, interpreter)).or_insert_with(|| {
            self.threads.push(State {
                id,
                thread: None,
                time: self.header.start,
                levels: Vec::new(),
            });
            self.threads.len() - 1
        })
    }

    /// Puts the frames that follow on those that are kept. They are told innermost first.
    fn push(&mut self, place: usize, kept: usize) -> Result<(), ReadError> {
        let mut entries = Vec::new();
        for _ in 0..self.bytes.varint_u32()? {
            let index = self.bytes.varint_u32()?;
            let entry = self.entries.get(index as usize);
            let problem = || format!("frame {index} of {}", self.entries.len());
            entries.push(*entry.ok_or_else(|| self.bytes.damaged(problem()))?);
        }
        let levels = &mut self.threads[place].levels;
        levels.truncate(kept);
        for Entry { frame, instruction } in entries.into_iter().rev() {
            let below = levels.last().copied().unwrap_or_default();
            levels.push(match frame {
                None => below,
                Some(frame) => {
                    let parent = below.0;
                    let stack = self.profile.intern_stack(Stack { frame, parent });
                    (Some(stack), instruction)
                }
            });
        }
        if self.profile.stacks().len() > MOST {
            return Err(self.bytes.damaged("more stacks than a recording has"));
        }
        Ok(())
    }

    fn sample(&mut self, place: usize, delta: u64, status: u8) -> Result<(), ReadError> {
        let read = self.profile.samples.len();
        if read >= MOST || read as u64 >= self.header.samples {
            let problem = format!("more samples than {}", self.header.samples.min(MOST as u64));
            return Err(self.bytes.damaged(problem));
        }
        let thread = self.thread(place, status);
        let state = &mut self.threads[place];
        state.time = state.time.saturating_add(delta);
        let innermost = state.levels.last();
        let activity = activity(status);
        let since_start = state.time.saturating_sub(self.header.start);
        let may_have_run = status & (UNKNOWN | GIL_REQUESTED) == UNKNOWN;
        self.unknown += usize::from(activity == Activity::Idle && may_have_run);
        self.profile.samples.push(Sample {
            time: Nanoseconds(since_start.saturating_mul(1_000)),
            weight: Weight(self.header.weight()),
            thread,
            stack: innermost.and_then(|(stack, _)| *stack),
            activity,
            instruction: innermost.and_then(|(_, instruction)| *instruction),
        });
        Ok(())
    }

    fn thread(&mut self, place: usize, status: u8) -> ThreadId {
        let State { id, thread, .. } = self.threads[place];
        thread.unwrap_or_else(|| {
            let name = (status & MAIN_THREAD != 0).then_some("MainThread");
            let name = name.map(|name| self.profile.strings.intern(name));
            let thread = self.profile.intern_thread(Thread {
                process: 0,
                id,
                name,
            });
            self.threads[place].thread = Some(thread);
            thread
        })
    }
}

/// What a thread did. Without the lock, and not seen on a processor, it waited as far as the file tells.
fn activity(status: u8) -> Activity {
    let has = |bit| status & bit != 0;
    if has(HAS_GIL) {
        Activity::HoldingGil
    } else if has(GIL_REQUESTED) {
        Activity::WantsGil
    } else if has(ON_CPU) {
        Activity::Running
    } else {
        Activity::Idle
    }
}
