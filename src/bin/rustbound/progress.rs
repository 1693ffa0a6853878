//! What a recording tells while it goes on, as lines on stderr.

use crate::terminal::Terminal;
use rustbound::record::{Event, Progress};

/// Says what a waiting person wants to know, and all the rest with `--verbose`.
pub(crate) struct Lines(pub(crate) Terminal);

impl Progress for Lines {
    fn tell(&mut self, event: &Event) {
        match event {
            Event::WaitingForPython => self.0.say(&event.to_string()),
            _ => self.0.detail(&event.to_string()),
        }
    }
}
