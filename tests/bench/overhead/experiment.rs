//! One program on one Python: windows without and with each sampler, in turn.

use crate::attachment::{Attachment, AttachmentError};
use crate::cost::{Row, Turn};
use crate::left_out;
use crate::program::{Program, ProgramError, Running};
use crate::pythons::Python;
use crate::sampler::{Outcome, Sampler};
use crate::window::{Window, Windows};
use std::thread;
use std::time::Duration;

/// Cut off at the beginning of each window: a sampler may read more at first, and write when it ends.
const SETTLING: Duration = Duration::from_millis(150);

/// What one sampled window tells, beside the window itself.
pub(crate) struct Sampled {
    pub(crate) window: Window,
    /// Processors' worth of time that the sampler took within the window.
    pub(crate) cores: f64,
    pub(crate) outcome: Option<Outcome>,
}

/// What came of a sampler's windows.
#[derive(Default)]
struct Turns {
    measured: Vec<Turn>,
    failed: Vec<AttachmentError>,
}

/// A row for each sampler. Each round has them in another order.
pub(crate) fn run(
    python: &Python,
    program: Program,
    samplers: &[Sampler],
    windows: &Windows,
) -> Result<Vec<Row>, ProgramError> {
    let running = Running::start(program, python)?;
    let all = take_turns(&running, samplers, windows)?;
    let progress = running.progress()?;
    let mut rows = Vec::new();
    for (sampler, turns) in samplers.iter().zip(&all) {
        let (setting, done) = (sampler.setting, &turns.measured);
        rows.extend(Row::new(python.minor, program, setting, done, &progress));
        if let Some(error) = turns.failed.first() {
            let (failed, all) = (turns.failed.len(), windows.rounds);
            left_out(&format!("{setting} in {failed} of {all} windows"), error);
        }
    }
    Ok(rows)
}

fn take_turns(
    running: &Running,
    samplers: &[Sampler],
    windows: &Windows,
) -> Result<Vec<Turns>, ProgramError> {
    let mut all: Vec<Turns> = samplers.iter().map(|_| Turns::default()).collect();
    let mut before = bare(windows.length);
    for turn in 0..samplers.len() * windows.rounds as usize {
        let place = (turn + turn / samplers.len()) % samplers.len();
        let sampled = sampled(&samplers[place], running.pid(), windows.length);
        running.check()?;
        let after = bare(windows.length);
        match sampled {
            Ok(sampled) => all[place].measured.push(Turn {
                before,
                sampled,
                after,
            }),
            Err(error) => all[place].failed.push(error),
        }
        before = after;
    }
    Ok(all)
}

/// A window in which nothing samples.
fn bare(length: Duration) -> Window {
    thread::sleep(SETTLING);
    Window::pass(length)
}

fn sampled(sampler: &Sampler, pid: u32, length: Duration) -> Result<Sampled, AttachmentError> {
    let (Some(tool), Some(rate)) = (sampler.tool.as_deref(), sampler.setting.rate) else {
        return Ok(Sampled {
            window: bare(length),
            cores: 0.0,
            outcome: None,
        });
    };
    let attachment = Attachment::begin(tool, pid, rate)?;
    thread::sleep(SETTLING);
    let before = attachment.cpu();
    let window = Window::pass(length);
    let cpu = attachment.cpu().saturating_sub(before);
    Ok(Sampled {
        window,
        cores: cpu.as_secs_f64() / window.length().as_secs_f64(),
        outcome: Some(attachment.end()?),
    })
}
