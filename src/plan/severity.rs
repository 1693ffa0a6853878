//! How much a risk endangers a move.

use super::{Code, Risk};

/// How much a risk endangers a move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A test shows it, and a guard or an annotation deals with it.
    Low,
    /// It changes what others see of the function: its callers have to be read.
    Medium,
    /// What it does has no direct counterpart in Rust: it has to be designed anew.
    #[default]
    High,
}

impl Code {
    /// Of a risk's code; a reason's is none.
    pub fn severity(self) -> Severity {
        match self {
            Self::Suspends
            | Self::DynamicFeature
            | Self::ForwardsArguments
            | Self::MakesClosure
            | Self::Replaced
            | Self::Pickles
            | Self::HasRelatives
            | Self::SharedByThreads => Severity::High,
            Self::MutatesArgument
            | Self::KeepsArgument
            | Self::RebindsGlobals
            | Self::ReadsGlobals
            | Self::Decorated
            | Self::UsesObject
            | Self::CatchesExceptions
            | Self::TakesOrder
            | Self::CallsBack
            | Self::Contradicted => Severity::Medium,
            _ => Severity::Low,
        }
    }
}

/// The risk that endangers a move most, if it is above the limit.
pub(super) fn above(risks: &[Risk], limit: Severity) -> Option<&Risk> {
    let worst = risks.iter().rev().max_by_key(|risk| risk.code.severity());
    worst.filter(|risk| risk.code.severity() > limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_risk_decides() {
        let risk = |code| Risk {
            code,
            message: String::new(),
            line: None,
        };
        let risks = [
            risk(Code::BigInt),
            risk(Code::Suspends),
            risk(Code::UsesObject),
        ];
        assert_eq!(above(&risks, Severity::High), None);
        assert_eq!(
            above(&risks, Severity::Low).map(|it| it.code),
            Some(Code::Suspends)
        );
        assert_eq!(above(&risks[..1], Severity::Low), None);
    }
}
