#!/bin/sh
# Functions that cannot be used safely, or that keep their answer in memory shared
# by the whole process; also marks of unfinished work, and files too long to read.
. "${srcdir:-.}/tests/lint/lib.sh"

sources() {
	find "$1" \( -path "$1/src/*" -o -path "$1/cgi-bin/*" -o -path "$1/cron/*" -o -path "$1/cli/*" -o -path "$1/tests/*" \) \
		\( -name '*.c' -o -name '*.cc' -o -name '*.h' \)
}

# uses TREE REGEX: "file:line:text".
uses() {
	sources "$1" | tr '\n' '\0' | xargs -0 grep -nE "$2" /dev/null
}

# Tests may be a little longer: their tables of cases are read row by row.
too_long() {
	sources "$1" | while read -r file; do
		case $file in "$1"/tests/*) most=700 ;; *) most=600 ;; esac
		[ "$(wc -l <"$file")" -lt $most ] || echo "${file#"$1"/}"
	done
}

check() {
	faults=0
	uses "$1" '(^|[^A-Za-z0-9_])(strcpy|strcat|sprintf|vsprintf|strtok|gets|atoi|atol|gmtime|localtime|ctime|asctime|tmpnam|mktemp)[[:space:]]*\(' |
		refuse 'banned function' || faults=1
	uses "$1" '(TODO|FIXME|XXX[^X])' | grep -v 'XXXXXX' | refuse 'unfinished' || faults=1
	too_long "$1" | refuse 'too long' || faults=1
	return $faults
}

passes src/a.c 'snprintf(s, n, "x"); vsnprintf(s, n, f, a); gmtime_r(&t, &tm); buf_puts(b, "gets"); mkstemp(path);'
passes src/a.c 'targets(x); my_atoi(x); fgets(s, n, f); static char path[] = "/tmp/x-XXXXXX";'
sees src/a.c 'strcpy(a, b);'
sees src/a.c 'x = strcat (a, b);'
sees src/a.h '	sprintf(a, b);'
sees src/a.cc 'return vsprintf(a, b, c);'
sees cli/a.c '(void)strtok(a, b);'
sees tests/unit/a.c 'gets(a);'
sees cron/a.c 'n=atoi(a);'
sees cgi-bin/a.c 'tm = gmtime(&t);'
sees src/a.c 'tm = *localtime(&t);'
sees src/a.c '/* TODO: more */'
sees src/a.c "$(yes '/* line */' | head -n 600)"
finish
