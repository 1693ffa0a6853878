//! The shape of a speedscope file, as its file-format-spec.ts says it.

use serde::{Deserialize, Serialize};

/// The address that says that a file is of this format.
pub(super) const SCHEMA: &str = "https://www.speedscope.app/file-format-schema.json";

/// `Stack` is a list of positions in the frames, outermost first.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct File<Stack> {
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub(super) schema: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) exporter: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) active_profile_index: Option<Number>,
    pub(super) profiles: Vec<Profile<Stack>>,
    pub(super) shared: Shared,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Shared {
    pub(super) frames: Vec<Frame>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Frame {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<Number>,
}

/// A sampled or an evented profile; each has its own columns.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Profile<Stack> {
    #[serde(rename = "type")]
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) unit: Unit,
    pub(super) start_value: Number,
    pub(super) end_value: Number,
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub(super) samples: Vec<Stack>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) weights: Vec<Number>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) events: Vec<Event>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Kind {
    Sampled,
    Evented,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Unit {
    None,
    Nanoseconds,
    Microseconds,
    Milliseconds,
    Seconds,
    Bytes,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Event {
    #[serde(rename = "type")]
    pub(super) kind: EventKind,
    pub(super) at: Number,
    pub(super) frame: u32,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) enum EventKind {
    #[serde(rename = "O")]
    Open,
    #[serde(rename = "C")]
    Close,
}

/// A JSON number: whole ones keep all their digits.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Number {
    Whole(u64),
    Real(f64),
}

impl Number {
    /// The nearest whole number of so many times this one, held within 2^95 so that sums of what a
    /// file can hold stay within 128 bits.
    pub(super) fn times(self, factor: u32) -> i128 {
        match self {
            Self::Whole(number) => i128::from(number) * i128::from(factor),
            #[expect(clippy::cast_possible_truncation, reason = "held within 2^95")]
            Self::Real(number) => {
                let limit = 2_f64.powi(95);
                (number * f64::from(factor)).round().clamp(-limit, limit) as i128
            }
        }
    }
}

impl Unit {
    /// How many nanoseconds one is; none where it isn't time.
    pub(super) fn nanoseconds(self) -> Option<u32> {
        match self {
            Self::None | Self::Bytes => None,
            Self::Nanoseconds => Some(1),
            Self::Microseconds => Some(1_000),
            Self::Milliseconds => Some(1_000_000),
            Self::Seconds => Some(1_000_000_000),
        }
    }
}
