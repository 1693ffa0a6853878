//! How much a risk endangers a move.

use super::{Code, UnitRisk};

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
pub(super) fn above(risks: &[UnitRisk], limit: Severity) -> Option<&UnitRisk> {
    let severity = |it: &UnitRisk| it.risk.code.severity();
    let worst = risks.iter().rev().max_by_key(|it| severity(it));
    worst.filter(|it| severity(it) > limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{FunctionName, Risk};

    #[test]
    fn the_worst_risk_decides() {
        let risk = |code| UnitRisk {
            function: FunctionName {
                module: "job".to_owned(),
                qualname: "work".to_owned(),
            },
            file: "job.py".to_owned(),
            risk: Risk {
                code,
                message: String::new(),
                line: None,
            },
        };
        let risks = [
            risk(Code::BigInt),
            risk(Code::Suspends),
            risk(Code::UsesObject),
        ];
        assert_eq!(above(&risks, Severity::High), None);
        assert_eq!(
            above(&risks, Severity::Low).map(|it| it.risk.code),
            Some(Code::Suspends)
        );
        assert_eq!(above(&risks[..1], Severity::Low), None);
    }
}
