//! Evented profiles: between two events, the frames that are open are a sample.

use super::file::EventKind;
use super::{Part, Reader};
use crate::formats::ReadError;
use crate::profile::{Stack, StackId, ThreadId};

const LEFT_OPEN: &str = "frames are open at its end; closed there";

/// A frame that was entered and not yet left.
#[derive(Clone, Copy)]
struct Open {
    position: u32,
    /// The stack with this frame on top.
    stack: Option<StackId>,
}

impl Reader<'_> {
    pub(super) fn evented(
        &mut self,
        index: usize,
        part: &Part,
        thread: ThreadId,
    ) -> Result<(), ReadError> {
        let mut open = Vec::<Open>::new();
        let mut since = (part.events.first()).map_or(part.start(), |event| part.scaled(event.at));
        for (row, event) in part.events.iter().enumerate() {
            let damaged =
                |problem| ReadError::damaged(format!("profiles[{index}].events[{row}]"), problem);
            let at = part.scaled(event.at);
            self.interval(open.last().copied(), since, at, thread)
                .ok_or_else(|| {
                    damaged("not after the event before, or centuries after it".to_owned())
                })?;
            since = at;
            match event.kind {
                EventKind::Open => {
                    let opened = self.open(event.frame, open.last().copied());
                    open.push(opened.map_err(damaged)?);
                }
                EventKind::Close => close(event.frame, &mut open).map_err(damaged)?,
            }
        }
        if !open.is_empty() {
            self.warnings
                .add(format_args!("profiles[{index}]"), LEFT_OPEN);
            let end = part.scaled(part.end_value).max(since);
            (self.interval(open.last().copied(), since, end, thread)).ok_or_else(|| {
                let place = format!("profiles[{index}].endValue");
                ReadError::damaged(place, "centuries after the last event")
            })?;
        }
        Ok(())
    }

    /// Adds the time between two events as a sample, unless nothing was open in it. None if time
    /// runs backward or is longer than 64 bits hold.
    fn interval(
        &mut self,
        innermost: Option<Open>,
        since: i128,
        until: i128,
        thread: ThreadId,
    ) -> Option<()> {
        match innermost {
            Some(open) if since < until => self.sample(since, until - since, thread, open.stack),
            _ => (since <= until).then_some(()),
        }
    }

    fn open(&mut self, position: u32, parent: Option<Open>) -> Result<Open, String> {
        let parent = parent.and_then(|open| open.stack);
        let frame = self.frame(position)?;
        let stack = match frame {
            Some(frame) => Some(self.profile.intern_stack(Stack { frame, parent })),
            None => parent,
        };
        Ok(Open { position, stack })
    }
}

fn close(position: u32, open: &mut Vec<Open>) -> Result<(), String> {
    match open.pop() {
        Some(innermost) if innermost.position == position => Ok(()),
        Some(innermost) => {
            let expected = innermost.position;
            Err(format!(
                "closes frame {position}, while frame {expected} is the innermost"
            ))
        }
        None => Err(format!("closes frame {position}, while none is open")),
    }
}
