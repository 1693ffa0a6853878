//! The binary file of Python 3.15's own sampling profiler: `python -m profiling.sampling record --binary`.
//!
//! A header, samples that may be packed with zstd, texts, frames, figures of the run and a footer, as `CPython`'s
//! `InternalDocs/profiling_binary_format.md` and `Modules/_remote_debugging/binary_io.h` say it. A stack is told as what
//! differs from the thread's stack before.

mod bytes;
mod header;
mod samples;
mod tables;

use super::{Read, ReadError};
use crate::observation::Observation;
use crate::profile::{Hertz, Nanoseconds, Profile, Run, WeightUnit};
use header::{Figures, Header, Mode};
use std::io::{BufRead, BufReader, Read as _};

/// Packed samples are not unpacked further: `CPython` stops there too.
const MOST_BYTES: u64 = 1 << 30;

/// The profile of these bytes. Each sample weighs the time between two looks, as measured where the file says so.
pub(super) fn read(bytes: &[u8]) -> Result<Read, ReadError> {
    let header = Header::read(bytes)?;
    let mut profile = Profile::default();
    profile.weight_unit = WeightUnit::Nanoseconds;
    let entries = tables::read(bytes, &header, &mut profile)?;
    let packed = &bytes[header::SIZE..header.texts_at];
    let unknown = samples::read(
        &mut *unpacked(packed, &header)?,
        &header,
        &entries,
        &mut profile,
    )?;
    if profile.samples.is_empty() {
        return Err(ReadError::NoSamples);
    }
    profile.run = run(&header);
    let warning = (unknown > 0 && header.mode == Some(Mode::Wall)).then(|| {
        format!(
            "{unknown} samples of threads without the interpreter lock count as waiting: the file doesn't say \
             whether they ran, which a recording with --mode cpu does"
        )
    });
    Ok(Read {
        profile,
        observation: Observation::default(),
        warnings: warning.into_iter().collect(),
    })
}

/// Whether these bytes begin as such a file does. A text may begin with the same letters, and has no zeros in the
/// place of a version.
pub(super) fn is_tachyon(bytes: &[u8]) -> bool {
    let version = bytes.get(4..8).unwrap_or_default();
    header::is_big_endian(bytes).is_some() && version.contains(&0)
}

fn unpacked<'b>(packed: &'b [u8], header: &Header) -> Result<Box<dyn BufRead + 'b>, ReadError> {
    if !header.is_packed {
        return Ok(Box::new(packed));
    }
    let stream = ruzstd::decoding::StreamingDecoder::new(packed)
        .map_err(|error| ReadError::damaged(format!("byte {}", header::SIZE), error.to_string()))?;
    Ok(Box::new(BufReader::new(stream.take(MOST_BYTES))))
}

fn run(header: &Header) -> Run {
    let [major, minor, micro] = header.python;
    let mut run = Run {
        python: Some(format!("{major}.{minor}.{micro}")),
        rate: Some(Hertz(1e9 / header.interval.0 as f64)),
        ..Run::default()
    };
    if let Some(Figures {
        duration,
        rate,
        failed,
    }) = header.figures
    {
        let looks = duration * rate;
        run.wall = Nanoseconds(whole(duration * 1e9));
        run.ticks = whole(looks);
        run.lost_ticks = whole(looks * failed);
    }
    run
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` holds it in range"
)]
fn whole(number: f64) -> u64 {
    number.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing::told;
    use crate::profile::{Activity, Sample};

    fn real(bytes: &[u8]) -> Read {
        assert!(is_tachyon(bytes));
        read(bytes).expect("a profile")
    }

    fn opcodes() -> Read {
        real(include_bytes!(
            "../../fixtures/profiles/tachyon_opcodes.bin"
        ))
    }

    fn plain() -> Read {
        real(include_bytes!("../../fixtures/profiles/tachyon_plain.bin"))
    }

    fn cpu() -> Read {
        real(include_bytes!("../../fixtures/profiles/tachyon_cpu.bin"))
    }

    /// The innermost function of a sample.
    fn leaf<'p>(profile: &'p Profile, sample: &Sample) -> &'p str {
        let stack = sample.stack.expect("all have one");
        profile.raw_frame(profile.stack(stack).frame).name
    }

    fn count(profile: &Profile, is_counted: impl Fn(&Sample) -> bool) -> usize {
        profile
            .samples
            .iter()
            .filter(|sample| is_counted(sample))
            .count()
    }

    #[test]
    fn the_run_is_told_by_what_was_measured() {
        let run = opcodes().profile.run;
        assert_eq!(run.python.as_deref(), Some("3.15.2"));
        assert_eq!(run.rate, Some(Hertz(200.0)));
        assert_eq!((run.ticks, run.lost_ticks), (200, 1));
        assert_eq!(run.wall, Nanoseconds(1_000_025_410));
    }

    #[test]
    fn packed_and_plain_files_give_all_samples() {
        let (packed, plain) = (opcodes().profile, plain().profile);
        assert_eq!((packed.samples.len(), packed.threads().len()), (796, 4));
        assert_eq!((plain.samples.len(), plain.threads().len()), (400, 4));
        // 99.97 looks a second.
        assert_eq!(plain.samples[0].weight.0, 10_002_952);
        assert!(plain.samples.is_sorted_by_key(|sample| sample.time));
        let wait = "Thread._bootstrap@/usr/lib/python3.15/threading.py:1181;\
            Thread._bootstrap_inner@/usr/lib/python3.15/threading.py:1219;\
            Thread.run@/usr/lib/python3.15/threading.py:1161;wait@/srv/hold.py:16;\
            Event.wait@/usr/lib/python3.15/threading.py:665;\
            Condition.wait@/usr/lib/python3.15/threading.py:363";
        let expected = format!("625000: 0/5208/ {wait} = 10002952");
        assert!(told(&plain).contains(&expected));
    }

    #[test]
    fn a_collection_of_garbage_is_a_frame() {
        let profile = plain().profile;
        let gc = |sample: &Sample| leaf(&profile, sample) == "<GC>";
        assert!(count(&profile, gc) > 0);
        let collecting = |sample: &Sample| sample.activity == Activity::Collecting;
        assert_eq!(count(&profile, collecting), count(&profile, gc));
        let frames = (0..profile.frames().len()).map(crate::profile::FrameId::from_index);
        let mut frames = frames.map(|id| profile.raw_frame(id));
        let frame = frames
            .find(|frame| frame.name == "<GC>")
            .expect("it is there");
        assert_eq!((frame.file, frame.line), (None, None));
    }

    #[test]
    fn threads_without_the_lock_wait_unless_they_were_seen_to_run() {
        let Read {
            profile, warnings, ..
        } = plain();
        let of = |activity| count(&profile, |sample| sample.activity == activity);
        let waiting = count(&profile, |sample| sample.activity.is_waiting());
        let holding = of(Activity::HoldingGil) + of(Activity::Collecting);
        assert_eq!(holding + waiting, 400);
        let spinning = |sample: &Sample| profile.threads()[sample.thread.index()].name.is_some();
        let spun = count(&profile, |it| {
            spinning(it) && it.activity == Activity::HoldingGil
        });
        assert_eq!((count(&profile, spinning), spun), (100, 42));
        assert!(warnings[0].contains("--mode cpu"), "{warnings:?}");
        let Read {
            profile, warnings, ..
        } = cpu();
        let of = |activity| count(&profile, |sample| sample.activity == activity);
        assert!(of(Activity::Running) > 0 && of(Activity::HoldingGil) > of(Activity::Running));
        assert_eq!(warnings, Vec::<String>::new());
    }

    #[test]
    fn opcodes_are_the_instructions_of_the_innermost_frames() {
        let profile = opcodes().profile;
        assert!(
            profile.samples.iter().all(|sample| {
                sample.instruction.is_some() == (leaf(&profile, sample) != "<GC>")
            })
        );
        let instruction = |sample: &Sample| Some(profile.raw_instruction(sample.instruction?));
        let collect = profile
            .samples
            .iter()
            .find(|it| leaf(&profile, it) == "collect");
        let collect = instruction(collect.expect("it is there")).expect("an instruction");
        let position = collect.position.expect("a position");
        let columns = position.columns.expect("columns");
        assert_eq!(collect.opcode, Some("CALL"));
        assert_eq!(
            (position.line.number(), columns.start, columns.end),
            (10, 8, 20)
        );
        assert!(
            plain()
                .profile
                .samples
                .iter()
                .all(|sample| sample.instruction.is_none())
        );
    }

    /// A file with the texts `a.py`, `f`, `g` and `__init__` and the frames `f:3`, `g:7`, `~` and that of the
    /// interpreter's own below an `__init__`.
    fn file(big_endian: bool, count: u8, records: &[u8]) -> Vec<u8> {
        let texts = b"\x04a.py\x01f\x01g\x01~\x08__init__";
        let frames: [&[u8]; 4] = [
            b"\x00\x01\x06\x00\x01\x00\xFF",
            b"\x00\x02\x0E\x00\x01\x00\xFF",
            b"\x03\x03\x01\x00\x01\x00\xFF",
            b"\x04\x04\x01\x00\x01\x00\xFF",
        ];
        let frames = frames.concat();
        let texts_at = header::SIZE + records.len();
        let frames_at = texts_at + texts.len();
        let size = frames_at + frames.len() + header::FOOTER;
        let number = |width: usize, number: usize| {
            let bytes = (number as u64).to_le_bytes();
            let mut bytes = bytes[..width].to_vec();
            if big_endian {
                bytes.reverse();
            }
            bytes
        };
        let magic = u32::from_be_bytes(*b"TACH") as usize;
        [
            &number(4, magic)[..],
            &number(4, 1),
            &[3, 15, 0, 0],
            &number(8, 1_000),
            &number(8, 5_000),
            &number(8, count.into()),
            &number(4, 1),
            &number(8, texts_at),
            &number(8, frames_at),
            &number(8, 0),
            records,
            texts,
            &frames,
            &number(4, 5),
            &number(4, 4),
            &number(8, size),
            &[0; 16],
        ]
        .concat()
    }

    fn check(count: u8, records: &[&[u8]], expected: &[&str]) {
        for big_endian in [false, true] {
            let thread: &[u8] = if big_endian {
                &[0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0]
            } else {
                &[9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
            };
            let records: Vec<u8> = records
                .iter()
                .flat_map(|it| [thread, it].concat())
                .collect();
            match read(&file(big_endian, count, &records)) {
                Ok(read) => assert_eq!(told(&read.profile), expected),
                Err(error) => assert_eq!([&*error.to_string()], *expected),
            }
        }
    }

    #[test]
    fn a_stack_is_told_in_every_way() {
        let full = b"\x01\x02\x01\x02\x01\x00"; // after 2 µs: 2 frames, g in f
        let repeated = b"\x00\x02\x03\x01\x04\x01"; // twice, after 3 and 4 µs
        let suffix = b"\x02\x01\x01\x01\x01\x02"; // keeps 1 frame, ~ on it
        let pop_push = b"\x03\x01\x01\x02\x01\x01"; // leaves 2 frames, g instead
        check(
            5,
            &[full, repeated, suffix, pop_push],
            &[
                "2000: 0/9/ f@a.py:3;g@a.py:7 = 5000000",
                "5000: 0/9/ f@a.py:3;g@a.py:7 = 5000000",
                "9000: 0/9/ f@a.py:3;g@a.py:7 = 5000000",
                "10000: 0/9/ f@a.py:3;~ = 5000000",
                "11000: 0/9/ g@a.py:7 = 5000000",
            ],
        );
    }

    #[test]
    fn the_interpreters_own_frame_below_an_init_is_no_function() {
        let between = b"\x01\x02\x01\x03\x01\x03\0"; // g on it on f
        let innermost = b"\x03\x01\x01\x01\0"; // g has left
        check(
            2,
            &[between, innermost],
            &[
                "2000: 0/9/ f@a.py:3;g@a.py:7 = 5000000",
                "3000: 0/9/ f@a.py:3 = 5000000",
            ],
        );
    }

    #[test]
    fn samples_that_contradict_the_file_are_refused() {
        let check = |count, record: &[u8], expected: &str| {
            let expected = format!("{expected}; the file is damaged: record or export it again");
            check(count, &[record], &[&expected]);
        };
        check(1, b"\x01\0\x01\x01\x04", "`sample byte 17`: frame 4 of 4");
        check(
            1,
            b"\x01\0\x01\x02\x01",
            "`sample byte 17`: the file ends there",
        );
        check(
            1,
            b"\x02\0\x01\x01\0",
            "`sample byte 16`: keeps 1 frames of 0",
        );
        check(
            1,
            b"\x07\0\x01",
            "`sample byte 15`: a stack told in a way that is not known",
        );
        check(2, b"\x01\0\x01\0", "`byte 28`: 1 samples of 2");
        check(0, b"\x01\0\x01\0", "`sample byte 16`: more samples than 0");
        check(
            9,
            b"\0\0",
            "`sample byte 14`: a stack that is repeated no time",
        );
    }

    #[test]
    fn a_file_that_is_not_whole_is_refused() {
        let whole = file(false, 1, &[0; 12]);
        for length in 4..whole.len() {
            assert!(read(&whole[..length]).is_err(), "{length}");
        }
        let packed = include_bytes!("../../fixtures/profiles/tachyon_cpu.bin");
        let mut packed = packed.to_vec();
        packed[80..90].fill(0xFF);
        assert!(matches!(read(&packed), Err(ReadError::Damaged { .. })));
    }

    #[test]
    fn a_small_file_that_unpacks_to_much_is_refused_soon() {
        // A thousand blocks, each of 128 kB of the same byte (RFC 8878).
        let zeros = [&b"\x02\0\x10\0"[..]; 1_000].concat();
        let packed = [&b"\x28\xB5\x2F\xFD\0\x58"[..], &zeros].concat();
        let mut file = file(false, 1, &packed);
        file[56] = 1;
        let error = read(&file)
            .expect_err("nothing in it is a sample")
            .to_string();
        assert!(
            error.contains("`sample byte 14`: a stack that is repeated no time"),
            "{error}"
        );
    }

    #[test]
    fn a_later_version_is_refused_with_its_name() {
        let mut later = file(false, 1, &[0; 12]);
        later[4] = 2;
        assert_eq!(
            read(&later).expect_err("version 2").to_string(),
            "Python 3.15.0 wrote version 2 of its binary profile, and this rustbound reads version 1; update \
             rustbound, or record with --collapsed"
        );
    }
}
