#!/bin/sh
# Runs one fuzz target for a bounded time over its seeds.  More, by hand:
# tests/fuzz/fuzz_form.fuzz -max_total_time=600 CORPUS tests/fuzz/corpus/form
set -eu
program=$1
name=$(basename "$program" .fuzz)
seeds=${srcdir:-.}/tests/fuzz/corpus/${name#fuzz_}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/found"
case $program in /*) ;; *) program=$PWD/$program ;; esac
seeds=$(cd "$seeds" && pwd)
cd "$work"
# A finding is printed with its bytes, so that it can become a seed and a row of a unit test.
"$program" -runs=20000 -max_total_time=5 -max_len=4096 -timeout=10 -rss_limit_mb=1024 "$work/found" "$seeds" >log 2>&1 || {
	tail -n 60 log
	for finding in crash-* timeout-* oom-* leak-*; do
		[ ! -e "$finding" ] || { echo "$finding:"; od -An -c "$finding"; }
	done
	exit 1
}
grep -E '^seed|^INFO: Seed|^Done' log
