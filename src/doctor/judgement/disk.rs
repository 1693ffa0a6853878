//! Whether there is room for reports and for what cargo builds.

use super::super::facts::{Bytes, Disk, Facts};
use super::super::finding::{Ability, Check, Finding};

/// The report of a long run, with its samples.
const REPORT: Bytes = Bytes::megabytes(100);

/// What cargo writes for a report's crates: `PyO3` and its macros once in debug and once in release take about 400 MB.
const BUILD: Bytes = Bytes::megabytes(1_000);

/// The findings on folders that will be written.
pub(in crate::doctor) fn disks(facts: &Facts) -> Vec<Finding> {
    let reports = Need {
        check: Check::ReportFolder,
        what: "reports",
        room: REPORT,
        blocks: &[Ability::Run, Ability::Attach],
        elsewhere: "name a folder elsewhere with `rustbound run --output DIR`",
    };
    let builds = Need {
        check: Check::BuildFolder,
        what: "builds of crates",
        room: BUILD,
        blocks: &[Ability::Verify],
        elsewhere: "name a folder elsewhere with the environment variable CARGO_TARGET_DIR",
    };
    vec![reports.judge(&facts.reports), builds.judge(&facts.builds)]
}

/// What a folder has to have.
struct Need {
    check: Check,
    what: &'static str,
    room: Bytes,
    blocks: &'static [Ability],
    elsewhere: &'static str,
}

impl Need {
    fn judge(&self, disk: &Disk) -> Finding {
        let (what, room, folder) = (self.what, self.room, disk.folder.display());
        match disk.free {
            _ if !disk.writable => Finding::missing(
                self.check,
                self.blocks,
                format!("{folder}, where {what} go, may not be written"),
                self.elsewhere,
            ),
            None => Finding::warning(
                self.check,
                format!("how much room there is for {what} in {folder} is not known"),
                format!("see that there are {room}"),
            ),
            Some(free) if free < room => Finding::missing(
                self.check,
                self.blocks,
                format!("{free} are free for {what} in {folder}, which may take {room}"),
                format!("make room, or {}", self.elsewhere),
            ),
            Some(free) => Finding::ok(
                self.check,
                format!("{free} are free for {what} in {folder}"),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::{self, check};
    use super::*;

    fn findings(change: impl Fn(&mut Disk)) -> Vec<Finding> {
        let mut facts = example::facts();
        change(&mut facts.reports);
        change(&mut facts.builds);
        disks(&facts)
    }

    const RUN_AND_ATTACH: [Ability; 2] = [Ability::Run, Ability::Attach];

    #[test]
    fn a_full_disk_is_no_place_for_either() {
        let findings = findings(|disk| disk.free = Some(Bytes::megabytes(99)));
        check(
            &findings,
            Check::ReportFolder,
            "--output DIR",
            &RUN_AND_ATTACH,
        );
        check(
            &findings,
            Check::BuildFolder,
            "CARGO_TARGET_DIR",
            &[Ability::Verify],
        );
    }

    #[test]
    fn builds_need_more_room_than_reports() {
        let findings = findings(|disk| disk.free = Some(Bytes::megabytes(300)));
        check(&findings, Check::ReportFolder, "", &[]);
        check(
            &findings,
            Check::BuildFolder,
            "make room",
            &[Ability::Verify],
        );
    }

    #[test]
    fn a_folder_that_may_not_be_written_is_no_place_for_either() {
        let findings = findings(|disk| disk.writable = false);
        check(
            &findings,
            Check::ReportFolder,
            "--output DIR",
            &RUN_AND_ATTACH,
        );
        check(
            &findings,
            Check::BuildFolder,
            "CARGO_TARGET_DIR",
            &[Ability::Verify],
        );
    }

    #[test]
    fn room_that_is_not_known_is_in_doubt() {
        let findings = findings(|disk| disk.free = None);
        check(
            &findings,
            Check::ReportFolder,
            "see that there are 100 MB",
            &[],
        );
        check(
            &findings,
            Check::BuildFolder,
            "see that there are 1.0 GB",
            &[],
        );
    }
}
