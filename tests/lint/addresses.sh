#!/bin/sh
# What a file must not tell of the machine it was made on: directories, and the
# registry that its packages came from.  The words are put together here, or this
# file would be one of the finds.
. "${srcdir:-.}/tests/lint/lib.sh"

machine="(^|[^A-Za-z0-9_.})-])(/wo""rk/|/ro""ot/|/home/[a-z]+/|/tmp/par""ley/|/tmp/ba""sh_jobs)"
registry='https?://[^" ]*(registr''y|nexus|artifactor''y|verdacci''o)'

# In a checkout what is tracked or could be, in a tarball everything but what a build makes.
files() {
	if [ -e "$1/.git" ]; then # a file in a worktree
		(cd "$1" && git ls-files --cached --others --exclude-standard)
	else
		(cd "$1" && find . \( -name node_modules -o -name _build -o -name _inst -o -name autom4te.cache -o -name build-aux \) \
			-prune -o -type f ! -name configure ! -name Makefile.in ! -name aclocal.m4 -print)
	fi
}

# Binary files have no lines to look at; recordings of vendors are theirs.
finds() {
	(cd "$1" && files . | grep -v '^\(\./\)\{0,1\}tests/fixtures/' | tr '\n' '\0' |
		xargs -0 grep -InE "$2" /dev/null 2>/dev/null)
}

check() {
	faults=0
	finds "$1" "$machine" | refuse 'path of a machine' || faults=1
	finds "$1" "$registry" | refuse 'address of a registry' || faults=1
	if [ -f "$1/package-lock.json" ]; then
		grep -n '"resolved"' "$1/package-lock.json" | refuse 'lock file names where a package came from' || faults=1
	fi
	return $faults
}

passes package-lock.json '{"packages":{"node_modules/ws":{"version":"8.0.0","integrity":"sha512-x"}}}'
passes src/a.c '/* see docs/work/plan and /var/lib/parley, /tmp/parley-test-XXXXXX */'
sees package-lock.json '{"resolved":"https://host.example/ws.tgz"}'
sees package-lock.json '{"x":"https://registr''y.example/ws"}'
sees docs/a.md "see /wo""rk/main"
sees src/a.c "/* /ro""ot/x */"
sees a.sh "cd /ho""me/someone/parley"
sees .npmrc "x=http://artifactor""y.example:8080/npm/"
finish
