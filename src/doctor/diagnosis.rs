//! All findings, and what follows for the commands.

use super::facts::Facts;
use super::finding::{Ability, Finding};
use super::judgement;

/// All findings of one look at the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The process that was asked about.
    pub process: Option<u32>,
    /// What was found, in an order that doesn't change.
    pub findings: Vec<Finding>,
}

/// What the facts mean. Nothing is asked here.
pub fn diagnose(facts: &Facts) -> Diagnosis {
    let findings = [
        judgement::access(facts),
        judgement::process(facts),
        judgement::pythons(&facts.pythons),
        judgement::tools(facts),
        judgement::disks(facts),
    ];
    Diagnosis {
        process: facts.process.as_ref().map(|process| process.pid),
        findings: findings.into_iter().flatten().collect(),
    }
}

impl Diagnosis {
    /// What keeps a command from working.
    pub fn obstacles(&self, ability: Ability) -> Vec<&Finding> {
        let findings = self.findings.iter();
        findings
            .filter(|finding| finding.blocks.contains(&ability))
            .collect()
    }

    /// Whether a command would work.
    pub fn works(&self, ability: Ability) -> bool {
        self.obstacles(ability).is_empty()
    }

    /// Whether all commands would work.
    pub fn is_well(&self) -> bool {
        Ability::ALL.iter().all(|&ability| self.works(ability))
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::{Check, Status};
    use super::super::judgement::example;
    use super::*;

    #[test]
    fn a_machine_that_has_everything_is_well() {
        let diagnosis = diagnose(&example::facts());
        assert!(diagnosis.is_well(), "{diagnosis:#?}");
        let is_ok = |finding: &Finding| finding.status == Status::Ok;
        assert!(diagnosis.findings.iter().all(is_ok), "{diagnosis:#?}");
    }

    #[test]
    fn what_is_not_as_it_should_be_has_a_remedy() {
        for facts in example::troubles() {
            for finding in diagnose(&facts).findings {
                let is_ok = finding.status == Status::Ok;
                assert_eq!(finding.remedy.is_none(), is_ok, "{finding:?}");
                assert_eq!(
                    finding.blocks.is_empty(),
                    finding.status != Status::Missing,
                    "{finding:?}"
                );
            }
        }
    }

    #[test]
    fn every_text_is_one_sentence_of_one_line() {
        for facts in example::troubles() {
            for finding in diagnose(&facts).findings {
                for text in [Some(&finding.found), finding.remedy.as_ref()]
                    .into_iter()
                    .flatten()
                {
                    assert!(!text.is_empty() && !text.ends_with('.'), "{text}");
                    assert!(!text.contains('\n'), "{text}");
                }
            }
        }
    }

    #[test]
    fn only_what_needs_a_tool_is_kept_from_working() {
        let mut facts = example::facts();
        facts.tools.cargo = super::super::Tool::Missing;
        let diagnosis = diagnose(&facts);
        let works = Ability::ALL.map(|ability| diagnosis.works(ability));
        assert_eq!(works, [true, true, false]);
        assert_eq!(diagnosis.obstacles(Ability::Verify)[0].check, Check::Cargo);
    }
}
