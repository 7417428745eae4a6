# Reading and writing settings files (contract 2: NAME=value, # comments, double
# quotes with \" and \\ inside), by the same rules as src/base/dotenv.c: the last
# value of a name counts.  Sourced by bash.

# Prints the value of NAME in FILE; fails when it is not there or empty.
dotenv_get() { # FILE NAME
	local line value='' found='' text
	[ -r "$1" ] || return 1
	while IFS= read -r line || [ -n "$line" ]; do
		line=${line%$'\r'}
		[[ $line =~ ^[[:space:]]*(export[[:space:]]+)?$2[[:space:]]*=[[:space:]]*(.*)$ ]] || continue
		text=${BASH_REMATCH[2]}
		found=1
		if [[ $text =~ ^\"(([^\"\\]|\\.)*)\" ]]; then
			value=$(dotenv_unquote "${BASH_REMATCH[1]}")
		else
			case "$text" in '#'*) text= ;; esac
			text=${text%%[[:space:]]#*}
			value=${text%"${text##*[![:space:]]}"}
		fi
	done <"$1"
	[ -n "$found" ] && [ -n "$value" ] || return 1
	printf '%s\n' "$value"
}

# \" and \\ mean the second character; any other backslash stays.
dotenv_unquote() { # TEXT
	local text=$1 out='' i c
	for ((i = 0; i < ${#text}; i++)); do
		c=${text:i:1}
		if [ "$c" = \\ ]; then
			case "${text:i+1:1}" in [\"\\]) i=$((i + 1)); c=${text:i:1} ;; esac
		fi
		out+=$c
	done
	printf '%s' "$out"
}

# Prints one line NAME="value".
dotenv_line() { # NAME VALUE
	local value=${2//\\/\\\\}
	printf '%s="%s"\n' "$1" "${value//\"/\\\"}"
}
