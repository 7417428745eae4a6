# What the lints share.  A lint is a function `check DIR` that prints what is
# wrong below DIR and returns 1 if anything is.  It first shows on samples that it
# sees each fault (a lint that finds nothing may just be blind), then looks at
# the sources.
set -u
root=${srcdir:-.}
samples=$(mktemp -d) || exit 99
trap 'rm -rf "$samples"' EXIT
blind=0

# sample PATH TEXT: begins a new sample directory with one file of that text.
sample() {
	rm -rf "$samples/tree"
	mkdir -p "$samples/tree/$(dirname "$1")"
	printf '%s\n' "$2" >"$samples/tree/$1"
}

# sees PATH TEXT / passes PATH TEXT: whether the check objects to that file.
sees() {
	sample "$1" "$2"
	if check "$samples/tree" >/dev/null; then
		echo "the lint does not see: $1: $2"
		blind=1
	fi
}

passes() {
	sample "$1" "$2"
	if ! check "$samples/tree"; then
		echo "the lint objects to: $1: $2"
		blind=1
	fi
}

# refuse WHAT: prints the lines of standard input under that heading; 1 if any.
refuse() {
	awk -v what="$1" '{ print what ": " $0; n = 1 } END { exit n ? 1 : 0 }'
}

finish() {
	[ $blind -eq 0 ] || exit 1
	check "$root"
}
