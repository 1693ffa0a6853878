//! The samples of a recording while it lasts: the latest in memory, the rest in a file without a name.
//!
//! A service is sampled for hours: what rustbound keeps of it in memory must not grow with that time.

use crate::profile::{
    Activity, InstructionId, Nanoseconds, Sample, StackId, ThreadId, Wait, Weight,
};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

/// So many samples are kept in memory: half a megabyte.
const RECENT: usize = 1 << 14;
/// A sample in the file.
const ROW: usize = 29;

/// Samples, in the order in which they were taken.
#[derive(Debug, Default)]
pub(super) struct SampleLog {
    recent: Vec<Sample>,
    file: Option<File>,
    /// How many stand in the file.
    filed: u64,
}

impl SampleLog {
    /// A log whose file is in this folder; it has no name there, and is gone with us. Where there can be none, or no
    /// more fits, memory takes what there is.
    pub(super) fn in_folder(folder: &Path) -> Self {
        const O_TMPFILE: i32 = rustix::fs::OFlags::TMPFILE.bits().cast_signed();
        let mut options = OpenOptions::new();
        options.read(true).write(true).custom_flags(O_TMPFILE);
        Self {
            file: options.open(folder).ok(),
            ..Self::default()
        }
    }

    /// Adds one.
    pub(super) fn push(&mut self, sample: Sample) {
        if self.recent.len() >= RECENT && self.recent.len().is_multiple_of(RECENT) {
            self.file_recent();
        }
        self.recent.push(sample);
    }

    /// All of them, in order; and how many could not be read back.
    pub(super) fn finish(self) -> (Vec<Sample>, u64) {
        let mut samples = Vec::with_capacity(self.recent.len());
        let lost = match self.read_back(&mut samples) {
            Ok(()) => 0,
            Err(_) => self.filed - samples.len() as u64,
        };
        samples.extend(self.recent);
        (samples, lost)
    }

    /// If it can't be written, it stays where it is.
    fn file_recent(&mut self) {
        let Some(file) = &self.file else {
            return;
        };
        let rows: Vec<u8> = self.recent.iter().flat_map(row).collect();
        if file.write_all_at(&rows, self.filed * ROW as u64).is_ok() {
            self.filed += self.recent.len() as u64;
            self.recent.clear();
        }
    }

    fn read_back(&self, samples: &mut Vec<Sample>) -> io::Result<()> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let mut rows = vec![0; ROW * RECENT];
        let mut place = 0;
        while place < self.filed {
            let count = usize::try_from(self.filed - place)
                .unwrap_or(RECENT)
                .min(RECENT);
            let part = &mut rows[..count * ROW];
            file.read_exact_at(part, place * ROW as u64)?;
            samples.extend(part.chunks_exact(ROW).map(sample));
            place += count as u64;
        }
        Ok(())
    }
}

fn row(sample: &Sample) -> [u8; ROW] {
    let id = |index: Option<usize>| {
        index.map_or(0, |index| {
            u32::try_from(index + 1).expect("ids have four bytes")
        })
    };
    let mut row = [0; ROW];
    row[..8].copy_from_slice(&sample.time.0.to_le_bytes());
    row[8..16].copy_from_slice(&sample.weight.0.to_le_bytes());
    let ids = [
        id(Some(sample.thread.index())),
        id(sample.stack.map(StackId::index)),
        id(sample.instruction.map(InstructionId::index)),
    ];
    for (place, id) in row[16..28].chunks_exact_mut(4).zip(ids) {
        place.copy_from_slice(&id.to_le_bytes());
    }
    row[28] = number(sample.activity);
    row
}

/// The activities, each at the place that stands for it in a row.
fn activities() -> impl Iterator<Item = Activity> {
    let others = [
        Activity::HoldingGil,
        Activity::Collecting,
        Activity::Running,
        Activity::InKernel,
        Activity::WantsGil,
        Activity::Idle,
        Activity::Unknown,
    ];
    let waits = Wait::ALL.into_iter().map(Activity::Waiting);
    others.into_iter().chain(waits)
}

fn number(activity: Activity) -> u8 {
    let place = activities().position(|other| other == activity);
    u8::try_from(place.expect("all are listed")).expect("there are few")
}

fn activity(number: u8) -> Activity {
    (activities().nth(number.into())).unwrap_or(Activity::Unknown)
}

fn sample(row: &[u8]) -> Sample {
    let long = |at: usize| u64::from_le_bytes(row[at..at + 8].try_into().expect("eight bytes"));
    let id =
        |at: usize| u32::from_le_bytes(row[at..at + 4].try_into().expect("four bytes")) as usize;
    Sample {
        time: Nanoseconds(long(0)),
        weight: Weight(long(8)),
        thread: ThreadId::from_index(id(16).saturating_sub(1)),
        stack: id(20).checked_sub(1).map(StackId::from_index),
        instruction: id(24).checked_sub(1).map(InstructionId::from_index),
        activity: activity(row[28]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample_of(number: u64) -> Sample {
        let index = usize::try_from(number % 7).expect("small");
        Sample {
            time: Nanoseconds(number),
            weight: Weight(number * 3),
            thread: ThreadId::from_index(index),
            stack: (index > 0).then(|| StackId::from_index(index)),
            activity: activity(u8::try_from(number % 13).expect("small")),
            instruction: (index > 2).then(|| InstructionId::from_index(index * 1000)),
        }
    }

    #[test]
    fn each_activity_has_a_number() {
        for (place, expected) in (0..).zip(activities()) {
            assert_eq!((number(expected), activity(place)), (place, expected));
        }
    }

    fn check(mut log: SampleLog, count: u64) {
        (0..count).for_each(|number| log.push(sample_of(number)));
        let (samples, lost) = log.finish();
        assert_eq!(lost, 0);
        assert!(samples.into_iter().eq((0..count).map(sample_of)));
    }

    #[test]
    fn samples_come_back_in_order_from_file_and_memory() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for count in [
            0,
            1,
            RECENT as u64,
            RECENT as u64 + 1,
            5 * RECENT as u64 + 3,
        ] {
            check(SampleLog::in_folder(folder.path()), count);
            check(SampleLog::default(), count);
            check(SampleLog::in_folder(Path::new("/nowhere")), count);
        }
        let mut left = std::fs::read_dir(folder.path()).expect("a folder");
        assert!(left.next().is_none(), "nothing is left there");
    }

    #[test]
    fn memory_does_not_grow_while_there_is_a_file() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut log = SampleLog::in_folder(folder.path());
        (0..100_000).for_each(|number| log.push(sample_of(number)));
        assert!(log.recent.capacity() <= 2 * RECENT);
    }

    #[test]
    fn a_full_disk_loses_nothing() {
        let full = OpenOptions::new().read(true).write(true).open("/dev/full");
        let log = SampleLog {
            file: full.ok(),
            ..SampleLog::default()
        };
        check(log, 3 * RECENT as u64);
    }
}
