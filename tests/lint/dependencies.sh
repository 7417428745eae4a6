#!/bin/sh
# Calls go down only (design 1): programs -> doctor, console -> screening, campaign -> vendors,
# live -> access -> store, net, web -> base; and each library has one file that knows it.
. "${srcdir:-.}/tests/lint/lib.sh"

# includes TREE: "file header" for every include of the sources and programs.
includes() {
	find "$1" \( -path "$1/src/*" -o -path "$1/cgi-bin/*" -o -path "$1/cron/*" -o -path "$1/cli/*" \) \
		\( -name '*.c' -o -name '*.cc' -o -name '*.h' \) -exec awk -v skip=${#1} '
		/^[[:space:]]*#[[:space:]]*include/ && split($0, part, /[<">]/) > 1 { print substr(FILENAME, skip + 2), part[2] }' {} +
}

# only TREE HEADERS FILE: who includes a library that one file is for.
only() {
	includes "$1" | awk -v headers="^($2)" -v file="$3" '$2 ~ headers && $1 !~ file' | refuse "only ${3#^} may include this"
}

# layer TREE FOLDER ALLOWED: what a folder may include of ours; src/app.h is what handlers are functions of.
layer() {
	includes "$1" | awk -v from="^src/$2/" -v allowed="^($3)/" \
		'$1 ~ from && $2 ~ /^(base|web|net|store|access|vendors|live|screening|campaign|doctor|console|cli|cron|cgi-bin)\// && $2 !~ allowed' |
		refuse "src/$2 may include $3 only"
}

check() {
	faults=0
	only "$1" 'hiredis/' '^src/store/' || faults=1
	only "$1" 'curl/' '^src/net/' || faults=1
	only "$1" 'fcgi' '^src/web/serve\.' || faults=1
	only "$1" 'ctemplate/' '^src/web/view\.' || faults=1
	only "$1" 'simdjson' '^src/base/event\.' || faults=1
	only "$1" 'csv\.h' '^src/base/csv\.' || faults=1
	only "$1" 'openssl/' '^src/base/crypto\.' || faults=1
	only "$1" 'sox\.h' '^src/campaign/recording_convert\.' || faults=1
	layer "$1" base 'base' || faults=1
	layer "$1" web 'web|base' || faults=1
	layer "$1" net 'net|base' || faults=1
	layer "$1" store 'store|base' || faults=1
	layer "$1" access 'access|store|web|base' || faults=1
	layer "$1" vendors 'vendors|net|base' || faults=1
	layer "$1" live 'live|access|store|net|web|base' || faults=1
	layer "$1" screening 'screening|vendors|live|access|store|net|web|base' || faults=1
	layer "$1" campaign 'campaign|vendors|live|access|store|net|web|base' || faults=1
	layer "$1" doctor 'doctor|campaign|screening|vendors|live|access|store|net|web|base' || faults=1
	layer "$1" console 'console|doctor|campaign|screening|vendors|live|access|store|net|web|base' || faults=1
	includes "$1" | awk '$1 ~ /^src\/(base|net|store|vendors)\// && $2 == "app.h"' | refuse 'knows the program' || faults=1
	includes "$1" | awk '$2 ~ /\.c$/' | refuse 'includes a source' || faults=1
	return $faults
}

passes src/screening/a.c '#include "vendors/linear.h"'
passes src/web/a.c '#include "app.h"'
passes src/store/a.c '#include <hiredis/hiredis.h>'
passes cli/a.c '#include "screening/session.h"'
passes src/base/a.c '/* web/request.h says more */'
sees src/base/a.c '#include "web/request.h"'
sees src/base/a.h '  #  include "store/store.h"'
sees src/base/a.c '#include "app.h"'
sees src/web/a.c '#include "store/store.h"'
sees src/net/a.c '#include "web/form.h"'
sees src/store/a.c '#include "net/http.h"'
sees src/vendors/a.c '#include "store/store.h"'
sees src/vendors/a.c '#include "screening/session.h"'
sees src/screening/a.c '#include "campaign/lead.h"'
sees src/campaign/a.c '#include "screening/session.h"'
sees src/campaign/a.c '#include "console/page.h"'
sees src/access/a.c '#include "screening/session.h"'
sees src/doctor/a.c '#include "console/page.h"'
sees src/screening/a.c '#include <hiredis/hiredis.h>'
sees cli/a.c '#include <curl/curl.h>'
sees src/web/route.c '#include <fcgiapp.h>'
sees src/web/form.cc '#include <ctemplate/template.h>'
sees src/vendors/a.c '#include <openssl/evp.h>'
sees src/campaign/a.c '#include <csv.h>'
sees src/base/json.cc '#include <simdjson.h>'
sees src/campaign/audio.c '#include <sox.h>'
sees src/web/a.c '#include "web/form.c"'
finish
