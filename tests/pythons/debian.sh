#!/usr/bin/env bash
# Makes a folder with Debian's newest Pythons, which tests start by `chroot`: debian.sh [FOLDER].
# Debian is not installed in it: its packages are unpacked, and only those that Python needs.
set -euo pipefail

readonly PYTHONS=(python3.13 python3.14 python3.15)
# What the folder was made of: another text makes it anew.
readonly STAMP="${PYTHONS[*]} unpacked"

fail() {
    printf 'error: %s\n' "$1" >&2
    exit 2
}

check() {
    [[ $(id -u) == 0 ]] || fail 'only root can make a folder that chroot enters'
    local command
    for command in debootstrap dpkg-deb flock; do
        command -v "$command" >/dev/null || fail "$command is missing: apt-get install debootstrap dpkg util-linux"
    done
}

# From the mirror that debootstrap knows; its many words are for when it fails.
download() {
    local folder=$1 include
    include=$(IFS=, && printf '%s' "${PYTHONS[*]}")
    debootstrap --variant=minbase --download-only --include="$include" sid "$folder" >"$folder.log" 2>&1 && return
    tail -n 5 "$folder.log" >&2
    fail "debootstrap couldn't download Debian's Pythons: see $folder.log"
}

# `base-files` has the links `lib` and `lib64`, through which everything else is found.
unpack() {
    local packages=$1/var/cache/apt/archives folder=$2 package
    for package in "$packages"/{base-files,lib,python3,tzdata,zlib1g}*.deb; do
        dpkg-deb --extract "$package" "$folder" || fail "$package can't be unpacked"
    done
    rm -rf "$folder"/usr/share/{doc,locale,man}
}

make() {
    local folder=$1
    rm -rf "$folder" "$folder.packages"
    mkdir -p "$folder"
    download "$folder.packages"
    unpack "$folder.packages" "$folder"
    rm -rf "$folder.packages" "$folder.packages.log"
    local python
    for python in "${PYTHONS[@]}"; do
        chroot "$folder" "/usr/bin/$python" -c 'import ctypes, ssl, threading' || fail "$python in $folder doesn't start"
    done
    printf '%s\n' "$STAMP" >"$folder/stamp.txt"
}

here=$(dirname "${BASH_SOURCE[0]}")
folder=${1:-${CARGO_TARGET_DIR:-$here/../../target}/debian-sid}
check
mkdir -p "$(dirname "$folder")"
# Whoever comes second finds the folder made.
exec 9>"$folder.lock"
flock 9
[[ $(cat "$folder/stamp.txt" 2>/dev/null) == "$STAMP" ]] || make "$folder"
