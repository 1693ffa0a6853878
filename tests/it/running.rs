//! A process that a test has started, and that ends with it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A process that is ended with the test.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    /// Starts the command; what it says is nobody's.
    pub(crate) fn start(command: &mut Command) -> Self {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        Self(child.expect("it starts"))
    }

    /// Starts the command, and waits until it says that it is ready.
    pub(crate) fn ready(command: &mut Command) -> Self {
        let child = command.stdout(Stdio::piped()).spawn();
        let mut running = Self(child.expect("it starts"));
        wait_until_ready(&mut running.0);
        running
    }

    /// Its number, as a word of a command.
    pub(crate) fn pid(&self) -> String {
        self.0.id().to_string()
    }
}

/// Waits until a process whose output is a pipe says that it is ready.
pub(crate) fn wait_until_ready(process: &mut Child) {
    let stdout = process.stdout.take().expect("stdout is a pipe");
    let mut line = String::new();
    let read = BufReader::new(stdout).read_line(&mut line);
    read.expect("it says something");
    assert_eq!(line, "ready\n");
}
