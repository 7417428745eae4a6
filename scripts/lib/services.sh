# What a private stack consists of and how each part is run; every part is kept
# by cron/keeper.  Sourced by bash; needs the variables of `load_stack`.

programs='interview actions webhooks twilio api campaigns voice console'
# What cron starts every minute.
runners='screening-runner campaign-runner'

# The parts in the order of their start.
services() {
	[ "$redis" != private ] || echo redis
	[ "$sandbox" != yes ] || echo sandbox
	printf '%s\n' $programs nginx cron-loop
}

keeper() { # VERB NAME: runs cron/keeper with the part's own command
	local verb=$1 name=$2
	local -a command=()
	case "$verb" in
	start | ensure)
		case "$name" in
		redis) command=(-- redis-server "$state/redis/redis.conf") ;;
		sandbox) command=(-- node "$source/sandbox/main.mjs" --env "$state/parley.env" --state "$state/sandbox" --ports-file "$state/sandbox/ports.json") ;;
		nginx) command=(-- "$source/scripts/run-nginx" "$state") ;;
		# Outlives its keeper, or nobody would be left to start that one again.
		cron-loop) command=(--outlive -- "$source/scripts/cron-loop" "$state") ;;
		esac
		;;
	esac
	(close_inherited; clean_environment "$source/cron/keeper" "$verb" "$name" ${command[@]+"${command[@]}"})
}

# A pipe of the caller's that a background process holds would keep the caller
# waiting for its end.  255 is bash's own.
close_inherited() {
	local fd
	for fd in /proc/"$BASHPID"/fd/*; do
		fd=${fd##*/}
		case "$fd" in 0 | 1 | 2 | 255) ;; *) eval "exec $fd>&-" ;; esac
	done
}

# Runs a command with nothing but what the programs may know: their settings are
# in the file, and no exported key or proxy of a developer's shell gets in.
clean_environment() {
	local name
	local -a keep=()
	for name in ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS MALLOC_PERTURB_ SSL_CERT_FILE SSL_CERT_DIR PARLEY_WORKERS TMPDIR; do
		[ -z "${!name-}" ] || keep+=("$name=${!name}")
	done
	env -i PATH="$PATH" HOME="${HOME:-/}" LANG=C.UTF-8 TZ=UTC ${keep[@]+"${keep[@]}"} \
		PARLEY_ENV_FILE="$state/parley.env" PARLEY_RUN_DIR="$run" PARLEY_LOG_DIR="$state/log" \
		PARLEY_CGI_DIR="$stage/libexec/parley/cgi-bin" "$@"
}

write_redis_conf() {
	mkdir -p "$state/redis"
	cat >"$state/redis/redis.conf" <<END
# Made by quickstart.  The store of record: every write is on disk before it is
# answered, and nothing is thrown away when memory runs out.
port 0
unixsocket "$run/redis.sock"
unixsocketperm 600
dir "$state/redis"
daemonize no
appendonly yes
appendfsync always
maxmemory-policy noeviction
save ""
logfile ""
END
}
