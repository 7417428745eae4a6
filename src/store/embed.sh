#!/bin/sh
# Writes the Lua scripts named on the command line as C: one `struct script`
# each, with the SHA-1 by which Redis knows it.  The name is the file's.
set -eu
echo '/* Made by embed.sh from the Lua scripts. */'
echo '#include "store/scripts.h"'
for file in "$@"; do
	name=$(basename "$file" .lua)
	sha=$(sha1sum "$file" | cut -c 1-40)
	echo
	echo "const struct script script_$name = {"
	echo "	.name = \"$name\","
	echo "	.sha1 = \"$sha\","
	echo "	.text ="
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/	"/' -e 's/$/\\n"/' "$file"
	echo '};'
done
