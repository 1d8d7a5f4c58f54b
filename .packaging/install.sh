#!/bin/sh
# Installs what is built: the programs, stripped, their completions and manual pages, and in share/msgspool what is there to be linked and
# copied. Nothing is built here: as root that would leave root's files in somebody's checkout.
#
#   .packaging/install.sh BUILD      BUILD is the folder of the built programs
#   .packaging/install.sh --remove   removes what was installed, and nothing else
#
# DESTDIR and PREFIX are as everywhere; ZSH_COMPLETIONS is a folder below PREFIX. What was installed is listed in
# share/msgspool/installed: 'f PATH' for a file, 'd PATH' for a folder that was not there before.
set -eu
cd "$(dirname "$0")/.."
umask 022
root=${DESTDIR:-}
prefix=${PREFIX:-/usr/local}
share=$prefix/share
list=$share/msgspool/installed
tools='msg-send msg-read msg-pay msg-alarmd'

# Files first, then folders from the innermost out, as far as they are empty.
remove() {
  sed -n 's/^f //p' "$1" | while IFS= read -r path; do rm -f "$root$path"; done
  sed -n 's/^d //p' "$1" | sort -r | while IFS= read -r path; do rmdir "$root$path" 2> /dev/null || true; done
}

if [ "$1" = --remove ]; then
  [ -e "$root$list" ] || { echo "nothing to remove: $root$list is not there: give the PREFIX of the installation" >&2; exit 1; }
  copy=$(mktemp)
  trap 'rm -f "$copy"' EXIT
  cp "$root$list" "$copy"
  remove "$copy"
  exit
fi

build=$1
for tool in $tools; do
  [ -x "$build/$tool" ] || { echo "$build/$tool is not built: run 'make' first, as yourself" >&2; exit 1; }
done
command -v strip > /dev/null || { echo "strip is missing: apt-get install binutils" >&2; exit 1; }
new=$(mktemp)
old=$(mktemp)
is_done=
# What was put into place is on the list also where something fails on the way: --remove takes it away.
finish() {
  if [ -z "$is_done" ] && [ -d "$root$share/msgspool" ]; then sort -u "$old" "$new" > "$root$list"; fi
  rm -f "$new" "$old"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP
[ ! -e "$root$list" ] || cp "$root$list" "$old"
sed -n '/^d /p' "$old" > "$new"

make_folder() {
  [ ! -d "$root$1" ] || return 0
  make_folder "$(dirname "$1")"
  mkdir "$root$1"
  echo "d $1" >> "$new"
}

# put MODE FOLDER FILE...
put() {
  mode=$1 to=$prefix/$2
  shift 2
  make_folder "$to"
  for file; do
    install -m "$mode" "$file" "$root$to/"
    echo "f $to/${file##*/}" >> "$new"
  done
}

# The same for text that names places below /usr/local: it names those of this installation.
put_text() {
  put 644 "$@"
  to=$prefix/$1
  shift
  for file; do
    sed -i "s|/usr/local/share|$share|g; s|=/usr/local/bin/|=$prefix/bin/|g; s|/usr/local/lib/|$prefix/lib/|g; \
      s|^\(Environment=\)\{0,1\}PATH=/usr/local/bin:|\1PATH=$prefix/bin:|; s|in /usr/local/bin|in $prefix/bin|" "$root$to/${file##*/}"
  done
}

[ -z "$root" ] || mkdir -p "$root"
make_folder "$share/msgspool"
echo "f $list" >> "$new"
for tool in $tools; do
  put 755 bin "$build/$tool"
  strip "$root$prefix/bin/$tool"
  put 644 share/bash-completion/completions "completions/bash/$tool"
  put 644 "${ZSH_COMPLETIONS:-share/zsh/site-functions}" "completions/zsh/_$tool"
  put 644 share/fish/vendor_completions.d "completions/fish/$tool.fish"
done
find man -name '*.[1-8]' | sort | while IFS= read -r page; do
  folder=$(dirname "$page")
  put_text "share/man${folder#man}/man${page##*.}" "$page"
done
for hook in spool-example/alarms/available/*; do
  mode=755
  case $hook in *.conf) mode=644 ;; esac
  put $mode share/msgspool/hooks "$hook"
done
for gateway in spool-example/pay/gateways/*; do
  mode=755
  case $gateway in *.conf | *.sql | *.service) mode=644 ;; esac
  put $mode share/msgspool/gateways "$gateway"
done
for recipe in spool-example/recipes/*; do
  put_text share/msgspool/recipes "$recipe"
  [ ! -x "$recipe" ] || chmod 755 "$root$share/msgspool/recipes/${recipe##*/}"
done
put_text share/msgspool/systemd/user spool-example/systemd/user/*
put_text share/msgspool/systemd/system spool-example/systemd/system/*
put_text share/msgspool/cron spool-example/cron/*
put 644 share/msgspool spool-example/config spool-example/aliases

# What an earlier version installed and this one does not is removed.
sort -u "$new" -o "$new"
sort -u "$old" -o "$old"
comm -23 "$old" "$new" | sed -n 's/^f //p' | while IFS= read -r path; do rm -f "$root$path"; done
install -m 644 "$new" "$root$list"
is_done=1
