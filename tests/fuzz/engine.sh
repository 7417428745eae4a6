#!/bin/sh
# Chooses how the fuzz targets are built, once a build: with clang's libFuzzer
# where it works, else with the ordinary compiler and standalone.c.  Arguments:
# the path of clang or "", the C compiler, the path of standalone.c.
# Writes three lines: how to compile, how to link, what to link besides.
set -eu
clang=$1 cc=$2 standalone=$3
try=$(mktemp -d)
trap 'rm -rf "$try"' EXIT
cat >"$try/target.c" <<'END'
#include <stddef.h>
#include <stdint.h>
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return data && size > 1000000;
}
END
echo 'int main(void) { return 0; }' >"$try/main.c"
checks=address,undefined # less vptr, which needs the C++ runtime of the checks
if [ -n "$clang" ] && "$clang" -fsanitize=fuzzer,$checks "$try/target.c" -o "$try/target" 2>/dev/null &&
	"$try/target" -runs=1 >/dev/null 2>&1; then
	echo "$clang -fsanitize=fuzzer-no-link,$checks -fno-sanitize=vptr -fno-sanitize-recover=all"
	echo "$clang -fsanitize=fuzzer,$checks"
	echo
elif $cc -fsanitize=$checks "$try/main.c" -o "$try/main" 2>/dev/null && "$try/main"; then
	echo "$cc -fsanitize=$checks -fno-sanitize=vptr -fno-sanitize-recover=all"
	echo "$cc -fsanitize=$checks"
	echo "$standalone"
else
	echo "$cc"
	echo "$cc"
	echo "$standalone"
fi
