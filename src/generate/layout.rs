//! Generated Rust in the layout of rustfmt, so that formatting a crate changes nothing in it.

/// The widths after which rustfmt breaks a line, the arguments of a call, a chain of methods, an attribute.
const LINE: usize = 100;
const ARGUMENTS: usize = 60;
const CHAIN: usize = 60;
const ATTRIBUTE: usize = 70;

/// Arguments up to this width share lines.
const SHORT_ARGUMENT: usize = 10;

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
            filled(arguments, indent + 4)
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

/// An attribute that allows lints, for a reason.
pub(super) fn allowance(lints: &[&str], reason: &str) -> String {
    let mut parts: Vec<String> = lints.iter().map(|&lint| lint.to_owned()).collect();
    parts.push(format!("reason = \"{reason}\""));
    attribute("allow", &parts)
}

/// `#[name(parts)]`.
pub(super) fn attribute(name: &str, parts: &[String]) -> String {
    let joined = parts.join(", ");
    let line = format!("#[{name}({joined})]");
    let longest = if parts.len() == 1 {
        LINE
    } else {
        ATTRIBUTE + name.len() + "#[()]".len()
    };
    if line.len() <= longest {
        return line;
    }
    let lines: Vec<String> = parts.iter().map(|part| format!("    {part}")).collect();
    format!("#[{name}(\n{}\n)]", lines.join(",\n"))
}

/// Short arguments share lines, long ones get a line each.
fn filled(arguments: &[String], indent: usize) -> String {
    if arguments
        .iter()
        .any(|argument| argument.len() > SHORT_ARGUMENT)
    {
        return indented(arguments, indent);
    }
    let mut lines: Vec<String> = Vec::new();
    for argument in arguments {
        match lines.last_mut() {
            Some(line) if indent + line.len() + argument.len() + ", ,".len() < LINE => {
                line.extend([", ", argument]);
            }
            _ => lines.push(argument.clone()),
        }
    }
    indented(&lines, indent)
}

fn indented(parts: &[String], indent: usize) -> String {
    let margin = " ".repeat(indent);
    let lines: Vec<String> = parts
        .iter()
        .map(|part| format!("{margin}{part},\n"))
        .collect();
    lines.concat()
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
    fn short_arguments_share_lines() {
        let short = words(&["argument"; 12]);
        let lines = call(4, "let x = f", &short, "?;");
        assert_eq!(lines.lines().count(), 4);
        assert!(lines.lines().all(|line| line.len() <= LINE));
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
