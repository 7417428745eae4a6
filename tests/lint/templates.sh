#!/bin/sh
# Templates escape by themselves, except in the places listed in here, where
# ctemplate does not protect (measured), so those places may not occur.  Plain
# text (mail/*.txt) has no pragma: it may only be rendered as text.
. "${srcdir:-.}/tests/lint/lib.sh"

pragma='{{%AUTOESCAPE context="HTML"}}'

# One line a file, so that tags over several lines are seen whole: "path: text".
flat() {
	find "$1/templates" -type f ! -name '*.txt' | while read -r file; do
		printf '%s: ' "${file#"$1"/}"
		tr '\n\t' '  ' <"$file"
		echo
	done
}

without_pragma() {
	find "$1/templates" -type f ! -name '*.txt' | while read -r file; do
		[ "$(head -c ${#pragma} "$file")" = "$pragma" ] || echo "${file#"$1"/}"
	done
}

# hits TREE REGEX: files and the matching pieces.
hits() {
	flat "$1" | while IFS= read -r line; do
		printf '%s\n' "${line#*: }" | grep -oE "$2" | sed "s|^|${line%%: *}: |"
	done
}

# Scripts are files of ours: an element without src, or with anything in it, is data in a script.
inline_scripts() {
	hits "$1" '<script[^>]*>.{0,9}' | grep -vE '<script( [^>]*)? src="[^"]*"[^>]*></script>'
}

misused_text() {
	find "$1" -path "$1/src/*" -name '*.c' | while read -r file; do
		tr '\n\t' '  ' <"$file" | grep -oE 'view_render *\([^;"]*"[^"]*\.txt"|view_render_text *\([^;"]*"[^"]*\.html"' | sed "s|^|${file#"$1"/}: |"
	done
}

check() {
	faults=0
	if [ -d "$1/templates" ]; then
		without_pragma "$1" | refuse 'does not begin with the pragma' || faults=1
		hits "$1" '\{\{[^}]*:(none|n)[:}]' | refuse 'escaping switched off' || faults=1
		hits "$1" '[[:space:]](formaction|srcdoc|srcset|poster|xlink:href)[[:space:]]*=' | refuse 'attribute that is not protected' || faults=1
		hits "$1" '=[[:space:]]*["'\''][[:space:]]+\{\{[^}]*\}\}' | refuse 'blank before a value' || faults=1
		hits "$1" '[?&;][A-Za-z0-9_.-]+=\{\{[^}:#/!]+\}\}' | refuse 'query value without :u' || faults=1
		hits "$1" '[[:space:]]on[a-z]+[[:space:]]*=' | refuse 'event handler' || faults=1
		hits "$1" '<style[^>]*>|[[:space:]]style[[:space:]]*=' | grep -v '^templates/mail/' | refuse 'inline style' || faults=1
		hits "$1" '[[:space:]]style="[^"]*\{\{' | refuse 'value in a style' || faults=1
		hits "$1" '(keep-lines[^>]*|<textarea[^>]*)>[[:space:]]*\{\{[A-Z_]+\}\}' | refuse 'line breaks of the value are lost without :pre_escape' || faults=1
		inline_scripts "$1" | refuse 'script that is no file' || faults=1
		find "$1/templates" -name '*.txt' ! -path '*/mail/*' | refuse 'plain text that is no mail' || faults=1
	fi
	misused_text "$1" | refuse 'rendered as what it is not' || faults=1
	return $faults
}

passes templates/a/good.html "$pragma"'<!doctype html><script src="/s.js?v={{V:u}}" defer></script><a href="{{LINK}}" title="{{T}}">{{T}}</a>'
passes templates/mail/good.html "$pragma"'<p style="margin:0">{{T}}</p>'
passes templates/mail/good.txt '{{NAME}}'
passes src/a.c 'view_render_text(v, dir, "mail/a.txt", out, err); view_render(v, dir, "a.html", out, err);'
sees templates/a/bad.html '<p>{{T}}</p>'
sees templates/a/bad.html " $pragma<p>{{T}}</p>"
sees templates/a/bad.html '{{! why }}'"$pragma<p>{{T}}</p>"
sees templates/a/bad.html "$pragma"'{{T:none}}'
sees templates/a/bad.html "$pragma"'{{T:h:none}}'
sees templates/a/bad.html "$pragma"'<button formaction="{{T}}">'
sees templates/a/bad.html "$pragma"'<iframe srcdoc="{{T}}">'
sees templates/a/bad.html "$pragma"'<img srcset="{{T}}">'
sees templates/a/bad.html "$pragma"'<video poster="{{T}}">'
sees templates/a/bad.html "$pragma"'<use xlink:href="{{T}}">'
sees templates/a/bad.html "$pragma"'<a href=" {{T}}">'
sees templates/a/bad.html "$pragma"'<a href="
	{{T}}">'
sees templates/a/bad.html "$pragma"'<a href="/x?q={{T}}">'
sees templates/a/bad.html "$pragma"'<a href="/x?a=1&b={{T}}">'
sees templates/a/bad.html "$pragma"'<a href="/x?a=1&amp;b={{T}}">'
sees templates/a/bad.html "$pragma"'<p onclick="f()">'
sees templates/a/bad.html "$pragma"'<p
onclick="f()">'
sees templates/a/bad.html "$pragma"'<p style="color:red">'
sees templates/a/bad.html "$pragma"'<style>p{}</style>'
sees templates/mail/bad.html "$pragma"'<p style="color:{{T}}">'
sees templates/a/bad.html "$pragma"'<script>var x = {{T}}</script>'
sees templates/a/bad.html "$pragma"'<script type="application/json">{{T}}</script>'
sees templates/a/bad.html "$pragma"'<script src="/a.js">var x</script>'
passes templates/a/good.html "$pragma"'<p class="keep-lines">{{T:pre_escape}}</p><textarea>
{{T:pre_escape}}</textarea><p class="keep-lines"></p>{{T}}'
sees templates/a/bad.html "$pragma"'<p class="note keep-lines">{{T}}</p>'
sees templates/a/bad.html "$pragma"'<textarea id="a">
{{T}}</textarea>'
sees templates/a/bad.txt '{{NAME}}'
sees src/a.c 'view_render(v, dir, "mail/a.txt", out, err);'
sees src/a.c 'view_render_text(v, app->cfg.data_dir,
	"a.html", out, err);'
finish
