#!/bin/sh
# The Debian package, as its users meet it: lintian has nothing to say, it is installed in a fresh root that has nothing else, an ordinary
# user sends and reads there, and when it is purged nothing of it is left. For root; needs lintian and debootstrap.
#
#   Tests/package.sh PACKAGE.deb
set -eu
package=$(readlink -f "$1")
for program in lintian debootstrap; do
  command -v $program > /dev/null || { echo "$program is missing: apt-get install lintian debootstrap" >&2; exit 1; }
done
[ "$(id -u)" = 0 ] || { echo 'a fresh root is made by root' >&2; exit 1; }

lintian --allow-root --fail-on error,warning "$package"

root=$(mktemp -d)
chmod 755 "$root"
trap 'umount -q "$root/proc" || true; rm -rf "$root"' EXIT
mirror=$(sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) .*/\2/p; s/^URIs: *//p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2> /dev/null | head -1)
debootstrap --variant=minbase bookworm "$root" "${mirror:-http://deb.debian.org/debian}" > "$root.log" 2>&1 || { tail "$root.log"; exit 1; }
rm "$root.log"
# The Swift runtime looks for itself in /proc when it starts.
mount -t proc proc "$root/proc"
chroot "$root" useradd --create-home alice
# What dpkg itself writes down is not the package's.
files() { (cd "$root" && find . -path ./var/lib/dpkg -prune -o -path ./var/log -prune -o -path ./proc -prune -o -print | LC_ALL=C sort); }

files > "$root/tmp/before"
cp "$package" "$root/tmp/msgspool.deb"
chroot "$root" dpkg -i /tmp/msgspool.deb
said=$(chroot "$root" su - alice -c 'echo "저녁 7시에 만나요" | msg-send --from bob alice && msg-read 1 --body && msg-pay balance bob && msg-alarmd --once')
[ "$said" = '저녁 7시에 만나요
99' ] || { echo "it said: $said" >&2; exit 1; }
rm -r "$root/home/alice/.local"
chroot "$root" dpkg --purge msgspool
rm "$root/tmp/msgspool.deb"
files > "$root/tmp/after"
diff "$root/tmp/before" "$root/tmp/after" | sed 's/^/left behind: /' > "$root/tmp/left"
grep -v '^left behind: > \./tmp/after$' "$root/tmp/left" | grep '[<>]' && exit 1
echo "the package installs, runs and is purged: ${package##*/}"
