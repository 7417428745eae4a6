#!/bin/sh
# The programs themselves, as a plain CGI server or a shell calls them (no nginx,
# no Redis): their command line, their exit codes, and answers that depend on
# nothing else.
set -u
templates=$(cd "${srcdir:-.}" && pwd)
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
failed=0

# bare NAME=VALUE... PROGRAM ARGUMENT...: with that environment and no other.
bare() {
	env -i PATH="$PATH" ASAN_OPTIONS="${ASAN_OPTIONS-}" "$@"
}

# cgi PROGRAM METHOD URI [NAME=VALUE...]: one request; the body is standard input.
cgi() {
	program=$1 method=$2 uri=$3
	shift 3
	bare PUBLIC_BASE_URL=https://hire.example.com REDIS_URL="unix://$work/none.sock" PARLEY_DATA_DIR="$templates" \
		PARLEY_STATE_DIR="$work" REQUEST_METHOD="$method" REQUEST_URI="$uri" REQUEST_ID=request-1 "$@" "$program" 2>"$work/log"
}

# expect NAME REGEX TEXT: the text has a line like that.
expect() {
	printf '%s\n' "$3" | tr -d '\r' | grep -qE -- "$2" || {
		printf 'FAIL %s: no line like %s in:\n%s\n' "$1" "$2" "$3"
		failed=1
	}
}

expect_code() {
	[ "$2" -eq "$3" ] || {
		echo "FAIL $1: exit code $3 instead of $2"
		failed=1
	}
}

for program in cgi-bin/interview cgi-bin/actions cgi-bin/webhooks cgi-bin/api; do
	out=$(bare ./$program --help 2>&1 </dev/null)
	expect_code "$program --help" 0 $?
	expect "$program --help" '^PUBLIC_BASE_URL ' "$out"
	out=$(bare ./$program --check-config 2>&1 </dev/null)
	expect_code "$program --check-config without settings" 102 $?
	expect "$program names the first problem" '^PUBLIC_BASE_URL is not set' "$out"
	expect "$program names the other problem" '^REDIS_URL is not set' "$out"
	bare PUBLIC_BASE_URL=https://a.example REDIS_URL=unix:///x ./$program --check-config >/dev/null </dev/null
	expect_code "$program --check-config" 0 $?
	bare PUBLIC_BASE_URL=https://a.example REDIS_URL=unix:///x ./$program --nonsense >/dev/null 2>&1 </dev/null
	expect_code "$program --nonsense" 100 $?
	bare ./$program </dev/null >"$work/out" 2>&1
	expect_code "$program without settings" 102 $?
	out=$(bare LINEAR_API_KEY=hush ./$program --check-config 2>&1 </dev/null)
	expect "$program names the group" '^LINEAR_WEBHOOK_SECRET is not set' "$out"
	case $out in *hush*) echo "FAIL $program tells a secret"; failed=1 ;; esac
	out=$(cgi ./$program GET /nowhere </dev/null)
	expect_code "$program, an unknown page" 0 $?
	expect "$program, an unknown page" '^Status: 404 Not Found$' "$out"
	expect "$program, an unknown page" '^Content-Type: ' "$out"
	expect "$program, an unknown page" '^X-Content-Type-Options: nosniff$' "$out"
done

out=$(cgi ./cgi-bin/api GET /healthz </dev/null)
expect 'healthz' '^Status: 200 OK$' "$out"
out=$(cgi ./cgi-bin/api POST /healthz </dev/null)
expect 'healthz by POST' '^Status: 405 Method Not Allowed$' "$out"
expect 'healthz by POST' '^Allow: GET$' "$out"
out=$(cgi ./cgi-bin/api GET /api/interviews </dev/null)
expect 'the API without a key' '^Status: 401 ' "$out"
length=$(cgi ./cgi-bin/api GET /healthz </dev/null | tr -d '\r' | sed -n 's/^Content-Length: //p')
body=$(cgi ./cgi-bin/api HEAD /healthz </dev/null | tr -d '\r' | sed '1,/^$/d')
expect 'HEAD has the same length' "^Content-Length: $length\$" "$(cgi ./cgi-bin/api HEAD /healthz </dev/null)"
[ -z "$body" ] || { echo "FAIL HEAD has a body: $body"; failed=1; }

out=$(printf '{}' | cgi ./cgi-bin/actions POST /actions/interview/session CONTENT_LENGTH=2 CONTENT_TYPE=text/plain)
expect 'an action that is no JSON' '^Status: 415 ' "$out"
expect 'an action that is no JSON' '"success":false' "$out"
out=$(printf '{' | cgi ./cgi-bin/actions POST /actions/interview/session CONTENT_LENGTH=1 CONTENT_TYPE=application/json)
expect 'a malformed action' '^Status: 400 ' "$out"
out=$(printf 'x' | cgi ./cgi-bin/actions POST /actions/interview/session CONTENT_LENGTH=100000 CONTENT_TYPE=application/json)
expect 'an action that is too large' '^Status: 413 ' "$out"
out=$(printf 'x' | cgi ./cgi-bin/actions POST /actions/interview/session CONTENT_LENGTH=9 CONTENT_TYPE=application/json)
expect 'an action that ends early' '^Status: 400 ' "$out"

# Without Redis a webhook cannot be stored, and a page cannot be made: 503, said once, in one line.
secret=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789_-AbCdE
out=$(cgi ./cgi-bin/interview GET "/interview/$secret" </dev/null)
expect 'a page without Redis' '^Status: 503 ' "$out"
expect 'a page without Redis' '^Content-Type: text/html; charset=utf-8$' "$out"
expect 'a page without Redis' '^Cache-Control: no-store$' "$out"
expect 'a page without Redis' '</html>' "$out"
[ "$(wc -l <"$work/log")" -eq 1 ] || { echo "FAIL not one line:"; cat "$work/log"; failed=1; }
expect 'its log line' '^\{"time":".*","level":"error","program":"interview","event":"[a-z._]+","request_id":"request-1",.*\}$' "$(cat "$work/log")"
case $(cat "$work/log")$out in *"$secret"*) echo 'FAIL the secret is told'; failed=1 ;; esac
exit $failed
