//! Generated Rust in the layout of rustfmt, so that formatting a crate changes nothing in it.

/// The widths after which rustfmt breaks a line, the arguments of a call, and a chain of methods.
const LINE: usize = 100;
const ARGUMENTS: usize = 60;
const CHAIN: usize = 60;

/// `fn name(parameters) -> Result {`, with a line for each parameter where one line is too short.
pub(super) fn declaration(head: &str, parameters: &[String], tail: &str) -> String {
    let line = format!("{head}({}){tail}", parameters.join(", "));
    if line.len() <= LINE {
        line
    } else {
        format!("{head}(\n{}){tail}", indented(parameters, 4))
    }
}

/// A statement whose end is a call: `let result = f(arguments)?;`.
pub(super) fn call(indent: usize, head: &str, arguments: &[String], tail: &str) -> String {
    let joined = arguments.join(", ");
    let line = format!("{}{head}({joined}){tail}", " ".repeat(indent));
    if joined.len() <= ARGUMENTS && line.len() <= LINE {
        line
    } else {
        let margin = " ".repeat(indent);
        format!(
            "{margin}{head}(\n{}{margin}){tail}",
            indented(arguments, indent + 4)
        )
    }
}

/// `head.link().link()`.
pub(super) fn chain(indent: usize, head: &str, links: &[String]) -> String {
    let margin = " ".repeat(indent);
    let line = format!("{head}.{}", links.join("."));
    if line.len() <= CHAIN {
        return format!("{margin}{line}");
    }
    let links: Vec<String> = links
        .iter()
        .map(|link| format!("\n{margin}    .{link}"))
        .collect();
    format!("{margin}{head}{}", links.concat())
}

/// Attributes that allow lints, for a reason.
pub(super) fn allowance(lints: &[&str], reason: &str) -> String {
    let mut parts: Vec<String> = lints.iter().map(|&lint| lint.to_owned()).collect();
    parts.push(format!("reason = \"{reason}\""));
    let line = format!("#[allow({})]", parts.join(", "));
    if line.len() <= 70 {
        return line;
    }
    let lines: Vec<String> = parts.iter().map(|part| format!("    {part}")).collect();
    format!("#[allow(\n{}\n)]", lines.join(",\n"))
}

fn indented(parts: &[String], indent: usize) -> String {
    let margin = " ".repeat(indent);
    parts
        .iter()
        .map(|part| format!("{margin}{part},\n"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn what_fits_stays_on_a_line() {
        let two = words(&["a: i64", "b: f64"]);
        assert_eq!(declaration("fn f", &two, " {"), "fn f(a: i64, b: f64) {");
        assert_eq!(call(4, "f", &words(&["a", "b"]), "?;"), "    f(a, b)?;");
        assert_eq!(chain(4, "a", &words(&["b()", "c()"])), "    a.b().c()");
    }

    #[test]
    fn what_does_not_fit_gets_a_line_each() {
        let long = words(&["a_long_parameter: PyResult<i64>"; 3]);
        assert_eq!(declaration("fn f", &long, ") {").lines().count(), 5);
        let arguments = words(&["an_argument_of_some_length"; 3]);
        assert_eq!(call(4, "let x = f", &arguments, "?;").lines().count(), 5);
        let links = words(&[
            "positional(first)",
            "positional(second)",
            "positional(third)",
            "original()",
        ]);
        assert_eq!(chain(4, "a", &links).lines().count(), 5);
    }
}
