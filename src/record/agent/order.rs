//! What the agent is told, as a line of text.

use crate::observation::Subject;
use std::fmt::Write as _;

/// What a window is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Counting calls.
    Calls,
    /// Looking at returned values.
    Values,
}

/// A window to be opened.
#[derive(Clone, Debug)]
pub(super) struct Order<'f> {
    /// Which functions from now on, if others than before.
    pub(super) functions: Option<Vec<&'f Subject>>,
    pub(super) kind: Kind,
    pub(super) number: u32,
}

/// How long a window is open, in microseconds: some thousand calls of a fast function. Before Python 3.12 the thread that
/// shuts it may have to wait for the interpreter lock, up to 5 ms more.
const LENGTH: u32 = 2000;

impl Order<'_> {
    /// A line for the functions, if they are told, and one for the window. Names are in hexadecimal: a name may hold
    /// anything.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        if let Some(functions) = &self.functions {
            text.push_str("functions");
            for function in functions {
                let (line, file, name) = (
                    function.first_line,
                    hex(function.file.as_bytes()),
                    hex(function.name.as_bytes()),
                );
                write!(text, " {line}:{file}:{name}").expect("a text takes more text");
            }
            text.push('\n');
        }
        let kind = match self.kind {
            Kind::Calls => "calls",
            Kind::Values => "values",
        };
        writeln!(text, "{kind} {} {LENGTH}", self.number).expect("a text takes more text");
        text
    }
}

/// Bytes as plain letters.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        write!(digits, "{byte:02x}").expect("a text takes more text");
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Line;

    #[test]
    fn an_order_is_told_in_plain_letters() {
        let function = Subject {
            file: "é \n".into(),
            first_line: Line::new(7).expect("not 0"),
            name: "f".into(),
        };
        let order = |functions, kind| Order {
            functions,
            kind,
            number: 3,
        };
        let text = order(Some(vec![&function]), Kind::Values).text();
        assert_eq!(text, "functions 7:c3a9200a:66\nvalues 3 2000\n");
        assert_eq!(order(None, Kind::Calls).text(), "calls 3 2000\n");
    }
}
