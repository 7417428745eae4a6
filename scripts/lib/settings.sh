# The settings of one stack: $STATE/parley.env (0600), made of the caller's file,
# the caller's environment (which wins, contract 2) and what a private stack
# knows by itself.  Sourced by bash; needs dotenv.sh, $state, $run, $port and
# a umask of 077.

# What the environment may set.  The programs are started with a clean
# environment, so what counts is in one file that can be read and compared.
setting_names='PUBLIC_BASE_URL WEBHOOK_BASE_URL REDIS_URL
	ELEVENLABS_API_KEY ELEVENLABS_VOICE_ID ELEVENLABS_AGENT_ID ELEVENLABS_WEBHOOK_SECRET ELEVENLABS_BASE_URL
	TWILIO_ACCOUNT_SID TWILIO_AUTH_TOKEN TWILIO_CALLER_ID TWILIO_CALLS_PER_SECOND TWILIO_BASE_URL
	LINEAR_API_KEY LINEAR_WEBHOOK_SECRET LINEAR_SCREENING_STATE LINEAR_PASS_STATE LINEAR_FAIL_STATE
	LINEAR_WEBHOOK_TOLERANCE_SECONDS LINEAR_BASE_URL
	CEREBRAS_API_KEY CEREBRAS_MODEL CEREBRAS_BASE_URL
	RESEND_API_KEY RESEND_WEBHOOK_SECRET RESEND_BASE_URL EMAIL_FROM ADMIN_EMAIL
	SUPABASE_URL SUPABASE_SERVICE_ROLE_KEY SUPABASE_BUCKET
	ORCHESTRATOR_API_KEY ORCHESTRATOR_URL SESSION_TTL_SECONDS
	ORG_DAILY_INVITATIONS ORG_DAILY_CONVERSATIONS CONTACT_MIN_GAP_SECONDS CONTACT_MAX_PER_DAY
	SPEECH_PRICE_PER_1000_CHARACTERS CALL_PRICE_PER_MINUTE PRICE_CURRENCY
	PARLEY_SWEEP_AFTER_SECONDS PARLEY_JOB_LEASE_SECONDS PARLEY_VENDOR_TIMEOUT_SECONDS PARLEY_TRUSTED_PROXIES PARLEY_REDIS_CA'

random_hex() { openssl rand -hex "$1"; }

# Prints a secret that is made once for a state directory and kept in
# $state/secrets.env (0600), so that links and webhooks survive a restart.
kept_secret() { # NAME COMMAND...
	local file=$state/secrets.env name=$1 value
	shift
	if ! value=$(dotenv_get "$file" "$name"); then
		value=$("$@")
		dotenv_line "$name" "$value" >>"$file"
	fi
	printf '%s\n' "$value"
}

keep_line() { # NAME COMMAND...: the same as a settings line
	local value
	value=$(kept_secret "$@")
	dotenv_line "$1" "$value"
}

elevenlabs_secret() { printf 'wsec_%s\n' "$(random_hex 32)"; }
resend_secret() { printf 'whsec_%s\n' "$(openssl rand -base64 24)"; }
twilio_account() { printf 'AC%s\n' "$(random_hex 16)"; }
prefixed() { printf '%s%s\n' "$1" "$(random_hex 20)"; }

# The sandbox's own keys: whatever a caller's file says, no real vendor is asked.
sandbox_settings() {
	keep_line ELEVENLABS_API_KEY prefixed sk_
	dotenv_line ELEVENLABS_VOICE_ID 21m00Tcm4TlvDq8ikWAM
	dotenv_line ELEVENLABS_AGENT_ID agent_sandbox_interviewer
	keep_line ELEVENLABS_WEBHOOK_SECRET elevenlabs_secret
	keep_line TWILIO_ACCOUNT_SID twilio_account
	keep_line TWILIO_AUTH_TOKEN random_hex 16
	dotenv_line TWILIO_CALLER_ID +14155550100
	keep_line LINEAR_API_KEY prefixed lin_api_
	keep_line LINEAR_WEBHOOK_SECRET prefixed lin_wh_
	dotenv_line LINEAR_SCREENING_STATE Screening
	dotenv_line LINEAR_PASS_STATE Done
	dotenv_line LINEAR_FAIL_STATE Declined
	keep_line CEREBRAS_API_KEY prefixed csk-
	keep_line RESEND_API_KEY prefixed re_
	keep_line RESEND_WEBHOOK_SECRET resend_secret
	dotenv_line EMAIL_FROM 'Acme Hiring <hiring@acme.example>'
	dotenv_line ADMIN_EMAIL admin@acme.example
}

# Where the sandbox listens, from the file it writes when it is ready.
sandbox_addresses() { # SANDBOX_JSON
	local vendor url
	for vendor in elevenlabs linear cerebras resend twilio; do
		url=$(sandbox_url "$1" "$vendor") || { echo "the sandbox names no address of $vendor" >&2; return 1; }
		dotenv_line "${vendor^^}_BASE_URL" "$url"
	done
}

sandbox_url() { # SANDBOX_JSON VENDOR
	grep -o "\"$2\": *\"http://[^\"]*\"" "$1" 2>/dev/null | sed 's/.*"\(http[^"]*\)"$/\1/' | grep .
}

environment_settings() {
	local name
	for name in $setting_names; do
		[ -z "${!name-}" ] || dotenv_line "$name" "${!name}"
	done
}

# What stays unset in DRAFT gets what a private stack can know.  Sets `redis`
# (private: ours, or given) and `redis_origin`, the rediss:// URL behind the tunnel.
default_settings() { # DRAFT
	dotenv_get "$1" PUBLIC_BASE_URL >/dev/null || dotenv_line PUBLIC_BASE_URL "http://127.0.0.1:$port"
	dotenv_get "$1" ORCHESTRATOR_API_KEY >/dev/null || keep_line ORCHESTRATOR_API_KEY random_hex 32
	dotenv_get "$1" ORCHESTRATOR_URL >/dev/null || dotenv_line ORCHESTRATOR_URL "http://127.0.0.1:$port"
	redis=given redis_origin=
	case "$(dotenv_get "$1" REDIS_URL)" in
	'')
		redis=private
		dotenv_line REDIS_URL "unix://$run/redis.sock"
		;;
	rediss://*)
		redis_origin=$(dotenv_get "$1" REDIS_URL)
		dotenv_line REDIS_URL "$(redis_over_tunnel "$redis_origin")"
		;;
	esac
	dotenv_line PARLEY_STATE_DIR "$state/data"
}

# The programs speak plain Redis; nginx carries it through TLS.
#   rediss://user:pass@host:port/db -> unix:///run/redis-tls.sock?db=db&user=user&password=pass
redis_over_tunnel() { # URL
	local rest=${1#rediss://} login='' user='' password='' db='' query=''
	case "$rest" in *@*) login=${rest%@*} rest=${rest##*@} ;; esac
	case "$login" in *:*) user=${login%%:*} password=${login#*:} ;; *) user=$login ;; esac
	case "$rest" in */*) db=${rest#*/} ;; esac
	[ -z "$db" ] || query+="&db=$db"
	[ -z "$user" ] || query+="&user=${user//&/%26}"
	[ -z "$password" ] || query+="&password=${password//&/%26}"
	printf 'unix://%s%s\n' "$run/redis-tls.sock" "${query:+?${query#&}}"
}

# Sets `redis_host` and `redis_port` of a rediss:// URL.
redis_target() { # URL
	local rest=${1#rediss://}
	rest=${rest##*@}
	rest=${rest%%/*}
	redis_port=6379
	redis_host=$rest
	case "$rest" in
	*]:*) redis_port=${rest##*:} redis_host=${rest%:*} ;;
	*]) ;;
	*:*) redis_port=${rest##*:} redis_host=${rest%:*} ;;
	esac
}

# Writes the settings to FILE, the given ones first: a problem is told by the
# number of its line, which must be that of the file which the user wrote.  With
# the sandbox, only the file's settings that concern no vendor count
# (`address_file` is where the sandbox says it listens, empty before it does), and
# the environment's do not: a developer's exported key must not turn a trial into
# a real call.
write_settings() { # FILE GIVEN ADDRESS_FILE
	local draft=$1.draft
	{
		[ -z "$2" ] || { sed '1s/^\xef\xbb\xbf//' "$2"; echo; }
		echo '# Made by quickstart: what the programs of this stack read.'
		if [ "$sandbox" = yes ]; then
			sandbox_settings
			[ -z "$3" ] || sandbox_addresses "$3"
			dotenv_line WEBHOOK_BASE_URL "http://127.0.0.1:$port"
		else
			environment_settings
		fi
	} >"$draft" || return 1
	default_settings "$draft" >"$draft.more"
	cat "$draft" "$draft.more" >"$1.new"
	rm -f "$draft" "$draft.more"
	mv "$1.new" "$1"
}
