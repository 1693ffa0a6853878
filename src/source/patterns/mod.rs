//! Places in a function whose fix in Python may beat a rewrite. One file per family.
//!
//! A false alarm costs more than a miss: a place counts only where the source says what it works on, or
//! where values that were seen can.

mod body;
mod concatenation;
mod constant;
mod elements;
mod front;
mod growth;
mod key;
mod kinds;
mod loops;
mod membership;
mod pattern;
mod recursion;
mod regex;
mod rescan;
mod rows;
mod search;
mod slice;
#[cfg(test)]
mod testing;
mod values;

pub use pattern::{Extent, Pattern, PatternKind, Proof};
pub(super) use values::Values;

use super::scope::ScopeId;
use super::symbols::Node;
use super::text::Text;
use body::Body;

/// What a family finds at a place in the code.
type Family = for<'b, 't, 'a> fn(&'b Body<'t, 'a>, ScopeId, Node<'a>) -> Option<Pattern>;

const FAMILIES: [Family; 17] = [
    membership::in_list,
    membership::in_copy,
    membership::in_view,
    membership::in_dir,
    front::find,
    search::find,
    concatenation::of_text,
    concatenation::of_bytes,
    concatenation::of_list,
    slice::find,
    rescan::find,
    regex::find,
    constant::same_text,
    constant::iso_date,
    rows::find,
    growth::find,
    elements::find,
];

/// A function of more places (some thousand lines) is not looked through: it was generated, and each place would be
/// held against all others.
const MOST_CODE: usize = 10_000;

/// The patterns of a function, in order of place; without those of functions that are defined in it.
pub(super) fn patterns(values: &Values<'_, '_>, text: Text<'_>, function: ScopeId) -> Vec<Pattern> {
    let body = Body::new(values, text, function);
    if body.code.len() > MOST_CODE {
        return Vec::new();
    }
    let code = body.code.iter();
    let found = code.flat_map(|&(scope, node)| {
        FAMILIES.iter().filter_map({
            let body = &body;
            move |find| find(body, scope, node)
        })
    });
    let mut patterns: Vec<Pattern> = found.chain(recursion::find(&body)).collect();
    patterns.sort_by_key(|it| (it.position, it.kind));
    patterns
}

#[cfg(test)]
mod tests {
    use super::testing::{check, check_none};

    #[test]
    fn what_depends_on_itself_in_all_orders_is_given_up() {
        let names: Vec<String> = (0..12).map(|number| format!("v{number}")).collect();
        let pairs = names
            .iter()
            .flat_map(|one| names.iter().map(move |other| (one, other)));
        let lines: Vec<String> = pairs
            .map(|(one, other)| format!("  {one} = {other}\n"))
            .collect();
        let lines = lines.concat();
        check(
            &format!("def f(xs):\n{lines}  return [x for x in xs if x in v0]\n"),
            "ListMembership? 146 v0",
        );
    }

    #[test]
    fn generated_code_is_not_looked_through() {
        let lines = "    if x in ys: pass\n".repeat(5_000);
        check_none(&format!("def f(xs):\n  ys = []\n  for x in xs:\n{lines}"));
    }
}
