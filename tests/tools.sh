#!/bin/sh
# What pip cannot bring: Python's venv module, and for the tests Debian's Chromium and MariaDB server.
# Says what to install where it may not do so itself.
#   tools.sh venv PYTHON FOLDER | tools.sh browser-and-database
set -eu

install() {
	if [ "$(id -u)" -ne 0 ]; then
		echo "Debian's packages are needed: $*"
		echo "Install them with: sudo apt-get install --no-install-recommends $*"
		exit 1
	fi
	echo "Installing $* ..."
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -qq
	apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

case "$1" in
venv)
	"$2" -c 'import ensurepip, venv' 2>/dev/null || install python3-venv
	[ -x "$3/bin/python" ] || "$2" -m venv "$3"
	;;
browser-and-database)
	missing=""
	command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
	[ -d /usr/share/fonts/opentype/noto ] || missing="$missing fonts-noto-cjk"
	command -v mariadbd >/dev/null 2>&1 || [ -x /usr/sbin/mariadbd ] || missing="$missing mariadb-server"
	# Playwright's own Node.js is linked against it.
	ls /usr/lib/*/libatomic.so.1 >/dev/null 2>&1 || missing="$missing libatomic1"
	# shellcheck disable=SC2086
	[ -z "$missing" ] || install $missing
	;;
*)
	echo "tools.sh: unknown task: $1"
	exit 2
	;;
esac
