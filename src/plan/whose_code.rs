//! What is said of code that is not the program's own, and of functions that leave their time to it.

use super::catalog::{Entry, Kind};
use super::judge::{Evidence, Judgement, because, percent};
use super::libraries::package;
use super::replacement::replacements_of;
use super::{Code, Verdict};
use crate::source::Origin;

/// A function's time is the standard library's when less than this part of it is its own code's.
const OWN_CODE_PART: f64 = 1.0 / 3.0;

pub(super) fn whose_code(evidence: &Evidence<'_>) -> Judgement {
    if evidence.entry.kind == Kind::Import {
        return because(Verdict::ImportTime, Code::Import, "it imports modules");
    }
    match evidence.entry.origin {
        Origin::FirstParty => None,
        Origin::ThirdParty => because(Verdict::NotFirstParty, Code::ThirdParty, foreign(evidence)),
        Origin::Stdlib => because(
            Verdict::NotFirstParty,
            Code::Stdlib,
            counted("Python's own code", evidence),
        ),
        Origin::Builtin => because(
            Verdict::TooDynamic,
            Code::NoSource,
            counted("code that is in no file", evidence),
        ),
    }
}

/// Whose code it is, who asks for it, and what helps.
fn foreign(evidence: &Evidence<'_>) -> String {
    let asked = match &evidence.asked_by {
        Some(place) => format!(", asked for by {place}"),
        None => String::new(),
    };
    match faster(evidence.entry) {
        Some(faster) => {
            let package = package(&evidence.entry.name.module);
            format!("code of {package}{asked}: {faster}")
        }
        None => format!(
            "outside the source roots, installed or not{asked}: call it less often, or look for a newer version or a \
             faster library"
        ),
    }
}

/// What is known to be faster than library code.
fn faster(entry: &Entry) -> Option<String> {
    let first = replacements_of(&entry.name, entry.origin).first();
    first.map(|it| format!("faster is {}", it.phrase()))
}

/// What it is, and whom its time counts for.
fn counted(what: &str, evidence: &Evidence<'_>) -> String {
    match &evidence.passed_to {
        Some(caller) => format!("{what}: its time counts for {caller}"),
        None => what.to_owned(),
    }
}

/// A rewrite replaces the function's own code; what serves it would have to be replaced by a crate.
pub(super) fn whose_time(evidence: &Evidence<'_>) -> Judgement {
    let time = evidence.credit.time.working.0 as f64;
    let served = evidence.credit.served.0 as f64;
    let server = evidence
        .served_by
        .filter(|_| time - served < OWN_CODE_PART * time)?;
    let (share, name) = (percent(served / time), &server.name);
    if server.origin == Origin::Builtin {
        let message = format!(
            "{share} of its time is in code that is in no file, most of it in {name}: Rust can't have it"
        );
        return because(Verdict::TooDynamic, Code::NoSource, message);
    }
    let advice = faster(server).unwrap_or_else(|| "a faster library is what would help".to_owned());
    let message =
        format!("{share} of its time is in the standard library, most of it in {name}: {advice}");
    because(Verdict::NotFirstParty, Code::Stdlib, message)
}
