//! What the variables of the innermost frames hold.

use super::frames::{SeenFrame, has_begun};
use super::locals::Local;
use super::memory::{Address, Memory, word_in};
use super::pages::Pages;
use super::text::NotSo;
use super::values::Values;
use super::{Reader, SeenThread};
use crate::observation::{Subject, Type, Value, Variable};

/// So many frames of a stack are looked into: the function that runs, and those that called it.
const FRAMES: usize = 4;
/// So many variables of a frame, parameters first.
const VARIABLES: usize = 24;
/// No farther from the first place of a frame.
const FARTHEST: u64 = 4096;

/// What was seen of the variables of one function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glimpse {
    /// The function.
    pub subject: Subject,
    /// Its variables that had a value.
    pub values: Vec<(Variable, Value)>,
}

impl Reader {
    /// What the variables of a thread's innermost frames hold now, if the frames of the last look are still there.
    /// Reads at most some thousand objects.
    pub fn observe(&mut self, thread: &SeenThread, memory: &dyn Memory) -> Vec<Glimpse> {
        // Before its first instruction a function's arguments may not be in their places yet.
        let begun = |frame: &&SeenFrame| frame.offset.is_some_and(|offset| offset > 0);
        let frames = self.seen(thread).iter().take(FRAMES).filter(begun);
        let frames: Vec<SeenFrame> = frames.copied().collect();
        let pages = Pages::of(memory);
        let glimpses = (frames.into_iter()).map(|frame| self.glimpse(frame, &pages, memory));
        let glimpses = glimpses.filter_map(Result::ok);
        glimpses
            .filter(|glimpse| !glimpse.values.is_empty())
            .collect()
    }

    /// Reads from `pages`, and checks against `memory` as it is now.
    fn glimpse(
        &mut self,
        frame: SeenFrame,
        pages: &dyn Memory,
        memory: &dyn Memory,
    ) -> Result<Glimpse, NotSo> {
        let locals = self.codes.locals(frame.code, pages)?;
        let locals: Vec<Local> = locals.iter().take(VARIABLES).cloned().collect();
        let values = locals.into_iter().filter_map(|local| {
            let value = self.value(frame, &local, pages, memory).ok()?;
            Some((local.variable, value))
        });
        let values = values.collect();
        let code = self.codes.code(frame.code);
        let subject = Subject {
            file: code.file.clone(),
            first_line: code.first_line.ok_or(NotSo::Other)?,
            name: code.name.clone(),
        };
        Ok(Glimpse { subject, values })
    }

    /// The value that a variable holds: true only if it still does once it has been read, since until then it can't
    /// have died. It may even have come back to what it was, the value at the same address: then another look at it finds
    /// another type.
    fn value(
        &mut self,
        frame: SeenFrame,
        local: &Local,
        pages: &dyn Memory,
        memory: &dyn Memory,
    ) -> Result<Value, NotSo> {
        let held = self.held(frame, local, memory)?;
        let marks = self.layout.frame.marks();
        let at = Address(held & !marks);
        let value = if held & marks == TAGGED_INT {
            small_int(held)
        } else {
            let value = self.object(at, local, pages)?;
            let again = self.object(at, local, &Pages::of(memory))?;
            if again.of_type != value.of_type {
                return Err(NotSo::Other);
            }
            value
        };
        if self.held(frame, local, memory)? == held {
            Ok(value)
        } else {
            Err(NotSo::Other)
        }
    }

    /// What is in the place of a variable while the frame is that of its function. Both are read at once: another
    /// function's frame may be there in the next moment, and this one's again in the one after.
    fn held(&self, frame: SeenFrame, local: &Local, memory: &dyn Memory) -> Result<u64, NotSo> {
        if local.place > FARTHEST {
            return Err(NotSo::Other);
        }
        let slot = self.layout.frame.locals + local.place * 8;
        let end = usize::try_from(slot + 8).map_err(|_| NotSo::Other)?;
        let length = end.max(self.layout.frame.head());
        let bytes = frame.at.vector(length, memory)?;
        let is_its = has_begun(&bytes, self.codes.code(frame.code), &self.layout);
        is_its.then(|| word_in(&bytes, slot)).ok_or(NotSo::Other)
    }

    fn object(&mut self, at: Address, local: &Local, memory: &dyn Memory) -> Result<Value, NotSo> {
        let mut values = Values::new(&self.layout, &mut self.types, memory);
        let value = values.value(at)?;
        if local.is_cell && value.of_type == Type::Other("cell".into()) {
            return values.value(at.plus(CELL_CONTENTS).pointer(memory)?);
        }
        Ok(value)
    }
}

/// `PyCellObject.ob_ref`.
const CELL_CONTENTS: u64 = 16;
/// From 3.14 on a frame may hold a small `int` itself instead of an object: above these two bits.
const TAGGED_INT: u64 = 3;

fn small_int(held: u64) -> Value {
    let amount = (held.cast_signed() >> 2).unsigned_abs();
    Value {
        of_type: Type::Int,
        size: Some(u64::from(u64::BITS - amount.leading_zeros())),
    }
}
