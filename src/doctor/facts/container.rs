//! Whether we are in a container, by the signs that engines leave.

use std::env;
use std::fs;
use std::path::Path;

/// The first namespaces of a kernel have numbers of their own; see `include/linux/proc_ns.h`.
const FIRST_PROCESSES: &str = "pid:[4026531836]";
const FIRST_USERS: &str = "user:[4026531837]";

/// Files that engines leave in a container.
const MARKS: [(&str, &str); 3] = [
    ("/.dockerenv", "Docker"),
    ("/run/.containerenv", "Podman"),
    ("/run/secrets/kubernetes.io", "Kubernetes"),
];

/// Words in the names of control groups that engines make.
const GROUPS: [(&str, &str); 5] = [
    ("kubepods", "Kubernetes"),
    ("docker", "Docker"),
    ("libpod", "Podman"),
    ("containerd", "containerd"),
    ("lxc", "LXC"),
];

/// What we are in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    /// The engine, where it left a sign: `Docker`.
    pub engine: Option<String>,
    /// Whether only some of the machine's processes can be seen.
    pub own_processes: bool,
    /// Whether users are numbered anew, so that root here is nobody outside.
    pub own_users: bool,
}

impl Container {
    pub(super) fn read() -> Self {
        let is_another = |space: &str, first: &str| {
            fs::read_link(format!("/proc/self/ns/{space}")).is_ok_and(|it| it != Path::new(first))
        };
        Self {
            engine: engine(),
            own_processes: is_another("pid", FIRST_PROCESSES),
            own_users: is_another("user", FIRST_USERS),
        }
    }

    /// Whether there is any sign of one.
    pub(in crate::doctor) fn is_one(&self) -> bool {
        self.engine.is_some() || self.own_processes || self.own_users
    }
}

fn engine() -> Option<String> {
    let mark = MARKS.iter().find(|(path, _)| Path::new(path).exists());
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let named = || env::var("container").ok().filter(|name| !name.is_empty());
    (mark.map(|&(_, engine)| engine.to_owned()))
        .or_else(|| engine_of_groups(&groups).map(str::to_owned))
        .or_else(named)
}

/// The engine that made a control group, in the text of `/proc/PID/cgroup`: each part of a path counts.
fn engine_of_groups(groups: &str) -> Option<&'static str> {
    let paths = || groups.lines().filter_map(|line| line.splitn(3, ':').nth(2));
    let begins =
        |word: &str| paths().any(|path| path.split('/').any(|part| part.starts_with(word)));
    let known = GROUPS.iter().find(|(word, _)| begins(word));
    known.map(|&(_, engine)| engine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_groups_name_their_engine() {
        let check = |groups: &str, expected| assert_eq!(engine_of_groups(groups), expected);
        check("0::/docker/0123abcd\n", Some("Docker"));
        check("0::/system.slice/docker-0123.scope\n", Some("Docker"));
        check(
            "1:cpu:/\n0::/kubepods.slice/x/cri-containerd-9.scope",
            Some("Kubernetes"),
        );
        check("0::/machine.slice/libpod-9.scope", Some("Podman"));
        check("0::/user.slice/user-1000.slice/session-2.scope\n", None);
        check("0::/srv/my-docker-tools", None);
        check("", None);
    }
}
