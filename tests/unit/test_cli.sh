#!/bin/sh
# The admin command from outside, as an operator's shell sees it: what it prints,
# what it never prints, and its exit codes. Against a private Redis; no vendor is
# asked. PARLEY names the program (default: the one just built).
set -u

parley=${PARLEY:-./cli/parley}
dir=$(mktemp -d) || exit 99
redis_pid=
failed=0 count=0

finish() {
	[ -z "$redis_pid" ] || { kill "$redis_pid" 2>/dev/null; wait "$redis_pid" 2>/dev/null; }
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

PATH=$PATH:/usr/sbin:/sbin
command -v redis-server >/dev/null || { echo "redis-server is missing"; exit 77; }
redis-server --port 0 --unixsocket "$dir/redis.sock" --dir "$dir" --save "" --appendonly no >"$dir/redis.log" 2>&1 &
redis_pid=$!
tries=0
until [ "$(redis-cli -s "$dir/redis.sock" ping 2>/dev/null)" = PONG ]; do
	tries=$((tries + 1))
	[ "$tries" -lt 200 ] || { cat "$dir/redis.log"; exit 99; }
	sleep 0.05
done
redis() { redis-cli -s "$dir/redis.sock" "$@"; }

# Nothing of the caller's environment may decide a case.
for name in $(env | sed -n 's/^\(PARLEY_[A-Z_]*\|LINEAR_[A-Z_]*\|ELEVENLABS_[A-Z_]*\|CEREBRAS_[A-Z_]*\|RESEND_[A-Z_]*\|TWILIO_[A-Z_]*\|SUPABASE_[A-Z_]*\|ADMIN_EMAIL\|EMAIL_FROM\|REDIS_URL\|PUBLIC_BASE_URL\|WEBHOOK_BASE_URL\)=.*/\1/p'); do
	unset "$name"
done
cat >"$dir/env" <<END
PUBLIC_BASE_URL=http://127.0.0.1:9
REDIS_URL=unix://$dir/redis.sock
PARLEY_STATE_DIR=$dir
PARLEY_DATA_DIR=$dir/data
LINEAR_API_KEY=lin_api_never_shown
LINEAR_WEBHOOK_SECRET=lin_wh_never_shown
LINEAR_BASE_URL=http://127.0.0.1:9
END

# Runs parley; leaves $code, $out and $err behind.
run() {
	"$parley" --env "$dir/env" "$@" >"$dir/out" 2>"$dir/err"
	code=$?
	out=$(cat "$dir/out") err=$(cat "$dir/err")
}

tell() { # NAME VERDICT
	count=$((count + 1))
	[ "$2" = 0 ] && return
	failed=$((failed + 1))
	printf 'not ok: %s\n  code %s\n  out: %s\n  err: %s\n' "$1" "$code" "$out" "$err"
}

is() { # NAME HAVE WANT
	[ "$2" = "$3" ]
	tell "$1 (\"$2\" instead of \"$3\")" $?
}

like() { # NAME TEXT EXTENDED-REGEX
	printf '%s\n' "$2" | grep -Eq -- "$3"
	tell "$1" $?
}

unlike() { # NAME TEXT EXTENDED-REGEX
	! printf '%s\n' "$2" | grep -Eq -- "$3"
	tell "$1" $?
}

# ---- help and usage ----
"$parley" --help >"$dir/out" 2>&1
is "help needs no settings" $? 0
like "help lists the commands" "$(cat "$dir/out")" '^  doctor '
"$parley" sessions list --help >"$dir/out" 2>&1
like "a command's help names its options" "$(cat "$dir/out")" '--state STATE'
"$parley" help settings >"$dir/out" 2>&1
like "the settings are told" "$(cat "$dir/out")" '^SESSION_TTL_SECONDS '
"$parley" --version >"$dir/out" 2>&1
like "the version too" "$(cat "$dir/out")" '^parley [0-9]+\.'
"$parley" sessions lsit >"$dir/out" 2>&1
is "a mistyped command is told before missing settings" $? 100
like "with what there is instead" "$(cat "$dir/out")" '^usage: parley sessions list'
"$parley" operator list >"$dir/out" 2>&1
is "missing settings end with 102" $? 102

while read -r want words; do
	# shellcheck disable=SC2086
	run $words
	is "exit code of: parley $words" "$code" "$want"
done <<'END'
100 nothing
100 sessions
100 sessions list --frob
100 sessions list --limit 0
100 sessions list --limit x
100 sessions list --limit
100 sessions list --state asleep
100 sessions list extra
100 sessions show
100 sessions list --json=yes
1 sessions show AAAAAAAAAAAAAAAAAAAAAA
1 sessions show ../../../etc/passwd
1 sessions revoke AAAAAAAAAAAAAAAAAAAAAA
1 jobs show nothing
1 jobs retry nothing
1 jobs discard nothing
100 jobs retry
100 jobs retry one --all
100 operator add nobody --role admin
100 operator add a@b.example
100 operator add a@b.example --role king
1 operator remove a@b.example
1 operator reset a@b.example
1 operator role a@b.example viewer
100 operator role a@b.example king
100 workspaces add acme
100 workspaces add acme --api-key-file - --webhook-secret-file -
1 workspaces add acme --api-key-file /nonexistent --webhook-secret-file /nonexistent
1 workspaces remove acme
1 workspaces remove default
0 sessions list
0 jobs list
0 operator list
0 workspaces list
END

# ---- operators ----
run operator ensure
like "the first operator's login is printed" "$out" '^operator@localhost / [0-9a-z]{5}(-[0-9a-z]{5}){3}$'
first=$out
password=${first#* / }
run operator ensure
is "a second time nothing changes" "$out" "operator@localhost / (unchanged)"
like "the stored password is an argon2id hash" "$(redis hget parley:operator:operator@localhost password)" '^\$argon2id\$'
unlike "the password itself is stored nowhere" "$(redis hgetall parley:operator:operator@localhost)" "$password"
run operator ensure --reset
like "a reset prints a new password" "$out" '^operator@localhost / [0-9a-z-]{23}$'
[ "$out" != "$first" ]
tell "which is another one" $?
run operator add Ada@Example.org --role viewer
like "an added operator's address is lower case" "$out" '^ada@example.org / '
run operator add ada@example.ORG --role admin
is "an operator is not added twice" "$code" 1
run operator list
like "the list has address and role" "$out" '^ada@example.org +viewer +20'
unlike "and no hash" "$out" 'argon2'
run operator remove operator@localhost
is "the last administrator stays" "$code" 1
run operator role operator@localhost viewer
is "and keeps the role" "$code" 1
run operator role ada@example.org admin
run operator list
like "another role is in the list" "$out" '^ada@example.org +admin +20'
run operator remove ada@example.org
run operator list
unlike "a removed operator is gone" "$out" 'ada@'
like "the trail tells what was done from the shell" "$(redis xrevrange parley:audit + - COUNT 1 | tr '\n' ' ')" 'actor shell action operator.remove object ada@example.org'
ADMIN_EMAIL=boss@example.org RESEND_API_KEY=re_1 RESEND_WEBHOOK_SECRET=whsec_MDEyMzQ1 EMAIL_FROM=a@example.org
export ADMIN_EMAIL RESEND_API_KEY RESEND_WEBHOOK_SECRET EMAIL_FROM
run operator ensure
like "ADMIN_EMAIL names the first operator" "$out" '^boss@example.org / '
unset ADMIN_EMAIL RESEND_API_KEY RESEND_WEBHOOK_SECRET EMAIL_FROM

# ---- sessions ----
run sessions demo
like "a demo prints its link and nothing else" "$out" '^http://127.0.0.1:9/interview/[A-Za-z0-9_-]{43}$'
secret=${out##*/}
like "which leads to a session" "$(redis get "screening:secret:$secret")" '"candidateName"'
run sessions list
id=$(printf '%s\n' "$out" | sed -n '2s/ .*//p')
like "the list shows it" "$out" "^$id +invited +Robin Example"
unlike "without its secret" "$out" "$secret"
run sessions show -- "$id"
like "one session is shown" "$out" '^state +invited$'
unlike "without its secret" "$out" "$secret"
unlike "and without an e-mail address" "$out" '@'
run sessions show --json -- "$id"
like "as JSON too" "$out" '"timeline":'
unlike "without its secret" "$out" "$secret"
redis hset "parley:session:$id" candidate_name "$(printf 'Rob\033]0;owned\007in\302\233')" >/dev/null
run sessions list
like "control characters of a name do not reach the terminal" "$out" 'Rob\?\]0;owned\?in\?'
run sessions resend -- "$id"
is "without Resend nothing is mailed" "$code" 1
like "and that is said" "$err" 'Resend is not configured'
run sessions revoke -- "$id"
is "a link is revoked" "$code" 0
is "at once" "$(redis exists "screening:secret:$secret")" 0
run sessions show -- "$id"
like "and its timeline knows" "$out" 'revoked by an operator$'
run sessions revoke -- "$id"
is "once" "$code" 1
run sessions list --state invited
unlike "a state chooses" "$out" "$id"
run sessions list --state revoked --json
like "here too" "$out" "\"id\":\"$id\""

# ---- jobs ----
dead() { # ID
	redis hset "parley:job:$1" id "$1" kind mail payload secret state dead attempts 40 created 1763632800000 \
		reason 'the address is refused' fence 1 serial '' >/dev/null
	redis zadd parley:queue:screening:dead 1763632800000 "$1" >/dev/null
}
for job in mail:1 mail:2 mail:3; do dead "$job"; done
run jobs list --dead
like "dead jobs come with their reason" "$out" '^mail:1 +mail +dead +40 +2025-11-20 10:00:00 +the address is refused$'
run jobs list --due
unlike "only those asked for" "$out" 'mail:'
run jobs retry mail:1
is "a dead job is tried again" "$(redis hget parley:job:mail:1 state)" due
run jobs discard mail:2
is "or dropped" "$(redis hget parley:job:mail:2 state)" discarded
dead mail:4
run jobs retry --all
like "or all are tried again" "$out" '^2 jobs'
is "none is left" "$(redis zcard parley:queue:screening:dead)" 0
run jobs show mail:1 --json
like "one is shown" "$out" '"state":"due"'
unlike "without what it carries" "$out" 'secret'

# ---- workspaces ----
echo lin_api_of_acme >"$dir/key"
run workspaces add acme --api-key-file "$dir/key" --webhook-secret-file "$dir/key"
is "a key that cannot be checked is not stored" "$code" 1
like "and the way around is told" "$err" '--offline'
echo lin_wh_of_acme | "$parley" --env "$dir/env" workspaces add acme --offline --api-key-file "$dir/key" \
	--webhook-secret-file - --fail-state Rejected >"$dir/out" 2>&1
is "secrets come from files and standard input" "$(redis hget parley:workspace:acme webhook_secret)" lin_wh_of_acme
run workspaces list
like "the list has the states" "$out" '^acme +Screening +Done +Rejected$'
unlike "and no secret" "$out" 'lin_'
printf 'two words\n' >"$dir/key2"
run workspaces add other --offline --api-key-file "$dir/key2" --webhook-secret-file "$dir/key"
is "a file that holds no single secret is refused" "$code" 1
run workspaces add 'bad name' --offline --api-key-file "$dir/key" --webhook-secret-file "$dir/key"
is "a name is a plain word" "$code" 100
run workspaces remove acme
is "removed" "$(redis exists parley:workspace:acme)" 0

# ---- doctor ----
run doctor
is "a failed check ends with 1" "$code" 1
like "an address that leads nowhere is told" "$out" '^FAIL +address +PUBLIC_BASE_URL'
like "with what to do" "$out" '^ +-> '
like "missing templates too" "$out" '^FAIL +templates'
like "Redis that forgets" "$out" '^warn +redis_durability +appendonly is no'
like "Linear that is silent" "$out" '^FAIL +linear'
unlike "no key is shown" "$out$err" 'never_shown'
run doctor --json
like "as JSON too" "$out" '"ok":false'

# ---- Redis away ----
redis shutdown nosave >/dev/null 2>&1
wait "$redis_pid"
redis_pid=
run sessions list
is "without Redis a command ends with 111" "$code" 111
run doctor
like "and the doctor says so" "$out" '^FAIL +redis '

echo "$count checks, $failed failed"
[ "$failed" = 0 ]
