//! What may go wrong with a candidate in `plan.md`: the same of several places is one line.

use crate::plan::{Candidate, UnitRisk};
use crate::report::escape::{code, prose};

/// The risks of a candidate's unit, each with its places; those of the candidate itself are named by their lines alone.
pub(super) fn phrases(candidate: &Candidate) -> Vec<String> {
    let mut groups: Vec<Vec<&UnitRisk>> = Vec::new();
    for it in &candidate.risks {
        let is_same = |group: &&mut Vec<&UnitRisk>| {
            (group[0].risk.code, &group[0].risk.message) == (it.risk.code, &it.risk.message)
        };
        match groups.iter_mut().find(is_same) {
            Some(group) => group.push(it),
            None => groups.push(vec![it]),
        }
    }
    groups
        .iter()
        .map(|group| phrase(group, candidate))
        .collect()
}

fn phrase(group: &[&UnitRisk], candidate: &Candidate) -> String {
    let of_function =
        group.chunk_by(|one, next| (&one.function, &one.file) == (&next.function, &next.file));
    let places: Vec<String> = of_function
        .map(|risks| places(risks, candidate))
        .filter(|places| !places.is_empty())
        .collect();
    let risk = &group[0].risk;
    let places = match &*places.join("; ") {
        "" => String::new(),
        places => format!(" ({places})"),
    };
    format!("{}: {}{places}", risk.code, prose(&risk.message))
}

/// The places in one function: `line 65`, `lines 65, 70`, or with the name of one that moves with the candidate.
fn places(risks: &[&UnitRisk], candidate: &Candidate) -> String {
    let UnitRisk { function, file, .. } = risks[0];
    let mut parts = Vec::new();
    if *function != candidate.name {
        parts.push(code(&function.to_string()));
    }
    if *file != candidate.file {
        parts.push(code(file));
    }
    let lines = risks.iter().filter_map(|it| it.risk.line);
    let lines: Vec<String> = lines.map(|line| line.to_string()).collect();
    match &*lines {
        [] => {}
        [line] => parts.push(format!("line {line}")),
        lines => parts.push(format!("lines {}", lines.join(", "))),
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Line;
    use crate::report::example;

    #[test]
    fn the_same_of_several_places_is_one_line() {
        let mut candidate = example::plan().candidates.remove(0);
        let mut again = candidate.risks[0].clone();
        again.risk.line = Line::new(70);
        candidate.risks.insert(1, again.clone());
        again.file = "shop/other.py".to_owned();
        again.function.qualname = "Basket.add".to_owned();
        candidate.risks.push(again);
        assert_eq!(
            phrases(&candidate),
            [
                "RB108: reads self.rate and writes self.cents (lines 65, 70; `shop.basket.Basket.add` \
                 `shop/other.py` line 70)",
                "RB101: an int of 64 bit may be too small for cents (`shop.basket.Basket.tax` line 97)",
            ]
        );
    }
}
