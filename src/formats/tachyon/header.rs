//! What the file says of itself, at its start and at its end.

use super::bytes::Bytes;
use crate::formats::ReadError;
use crate::profile::Nanoseconds;

/// The bytes before the samples.
pub(super) const SIZE: usize = 64;

/// The bytes at the end.
pub(super) const FOOTER: usize = 32;

const MAGIC: u32 = u32::from_be_bytes(*b"TACH");
const VERSION: u32 = 1;

/// The end of the figures of the run: their signature, version and size.
const TRAILER: usize = 16;
const SIGNATURE: &[u8] = b"TACHSTAT";

/// The sampler's measured figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Figures {
    /// In seconds.
    pub(super) duration: f64,
    /// Looks per second, with those that failed.
    pub(super) rate: f64,
    /// The fraction of the looks that failed.
    pub(super) failed: f64,
}

/// Which samples were taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// All; which threads ran was not asked.
    Wall,
    /// Those of threads that ran, that held the lock, or that had an exception.
    Other,
}

/// The header, the footer and the figures.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Header {
    pub(super) big_endian: bool,
    pub(super) python: [u8; 3],
    /// When the recording began, in microseconds of some clock.
    pub(super) start: u64,
    /// Between two looks, as asked for.
    pub(super) interval: Nanoseconds,
    pub(super) samples: u64,
    /// Where the texts begin, behind the samples.
    pub(super) texts_at: usize,
    /// Where the frames begin, behind the texts.
    pub(super) frames_at: usize,
    pub(super) is_packed: bool,
    pub(super) mode: Option<Mode>,
    pub(super) texts: u32,
    pub(super) frames: u32,
    pub(super) figures: Option<Figures>,
}

impl Header {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let big_endian = is_big_endian(bytes)
            .ok_or_else(|| ReadError::damaged("byte 0", "it does not begin as such a file does"))?;
        let mut source = bytes;
        let mut fields = Bytes::new(&mut source, big_endian, "byte", 0);
        let _magic = fields.u32()?;
        let version = fields.u32()?;
        let [major, minor, micro, _] = [
            fields.byte()?,
            fields.byte()?,
            fields.byte()?,
            fields.byte()?,
        ];
        if version != VERSION {
            let python = format!("{major}.{minor}.{micro}");
            return Err(ReadError::Version { version, python });
        }
        let start = fields.u64()?;
        let interval = fields.u64()?;
        let samples = fields.u64()?;
        let _threads = fields.u32()?;
        let (texts_at, frames_at) = (fields.u64()?, fields.u64()?);
        let compression = fields.u32()?;
        let captured = fields.u32()?;
        let (texts, frames) = footer(bytes, big_endian)?;
        let end = (bytes.len() - FOOTER) as u64;
        let [texts_at, frames_at] = sections([SIZE as u64, texts_at, frames_at, end])?;
        Ok(Self {
            big_endian,
            python: [major, minor, micro],
            start,
            interval: Nanoseconds(interval.saturating_mul(1_000).max(1)),
            samples,
            texts_at,
            frames_at,
            is_packed: is_packed(compression)?,
            mode: mode(captured),
            texts,
            frames,
            figures: figures(bytes, big_endian),
        })
    }

    /// What a sample weighs.
    pub(super) fn weight(&self) -> u64 {
        let measured = self.figures.map(|figures| super::whole(1e9 / figures.rate));
        measured.unwrap_or(self.interval.0)
    }
}

/// In which order bytes stand in the file; none if it is no such file.
pub(super) fn is_big_endian(bytes: &[u8]) -> Option<bool> {
    let magic = bytes.first_chunk()?;
    if u32::from_be_bytes(*magic) == MAGIC {
        Some(true)
    } else {
        (u32::from_le_bytes(*magic) == MAGIC).then_some(false)
    }
}

/// How many texts and frames there are.
fn footer(bytes: &[u8], big_endian: bool) -> Result<(u32, u32), ReadError> {
    let cut_off = || ReadError::damaged(format!("byte {}", bytes.len()), "the file ends there");
    let at = bytes.len().checked_sub(FOOTER).filter(|at| *at >= SIZE);
    let at = at.ok_or_else(cut_off)?;
    let mut source = &bytes[at..];
    let mut fields = Bytes::new(&mut source, big_endian, "byte", at);
    let counts = (fields.u32()?, fields.u32()?);
    let size = fields.u64()?;
    if size == bytes.len() as u64 {
        Ok(counts)
    } else {
        Err(cut_off())
    }
}

/// Where the texts and the frames begin, if the sections follow each other.
fn sections(starts: [u64; 4]) -> Result<[usize; 2], ReadError> {
    let [_, texts, frames, _] = starts;
    let places = usize::try_from(texts)
        .ok()
        .zip(usize::try_from(frames).ok());
    let places = places.filter(|_| starts.is_sorted());
    let (texts, frames) = places
        .ok_or_else(|| ReadError::damaged("byte 40", "the tables are not where they can be"))?;
    Ok([texts, frames])
}

fn is_packed(compression: u32) -> Result<bool, ReadError> {
    match compression {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(ReadError::damaged(
            "byte 56",
            "packed in a way that is not known",
        )),
    }
}

/// The lowest three bits are the mode, from 1; above stands what was captured.
fn mode(captured: u32) -> Option<Mode> {
    match captured & 7 {
        0 => None,
        1 => Some(Mode::Wall),
        _ => Some(Mode::Other),
    }
}

/// The figures before the footer, where they are there and make sense.
fn figures(bytes: &[u8], big_endian: bool) -> Option<Figures> {
    let end = bytes.len().checked_sub(FOOTER)?;
    let mut trailer = bytes
        .get(end.checked_sub(TRAILER)?..end)?
        .strip_prefix(SIGNATURE)?;
    let mut trailer = Bytes::new(&mut trailer, big_endian, "byte", 0);
    let _version = trailer.u32().ok()?;
    let size = usize::try_from(trailer.u32().ok()?).ok()?;
    let mut fields = bytes.get(end.checked_sub(size)?..end)?;
    let mut fields = Bytes::new(&mut fields, big_endian, "byte", 0);
    let (duration, rate) = (fields.f64().ok()?, fields.f64().ok()?);
    // The first version ended here.
    let percent = if size >= 56 { fields.f64().ok()? } else { 0.0 };
    let make_sense = duration.is_finite() && duration >= 0.0 && (1e-3..=1e9).contains(&rate);
    make_sense.then(|| Figures {
        duration,
        rate,
        failed: (percent / 100.0).clamp(0.0, 1.0),
    })
}
