#!/bin/sh
# Makes what is published beside the Debian package: the source, the programs as `make install` puts them, and the checksums of all.
#
#   .packaging/dist.sh BUILD TO
#
# The source is that of the last commit; a checkout with changes is refused, since the programs would be of another source.
set -eu
cd "$(dirname "$0")/.."
build=$1 to=$2
[ -z "$(git status --porcelain --untracked-files=no)$(git status --porcelain -- Sources)" ] || { echo "this checkout has changes: commit them first" >&2; exit 1; }
version=$("$build/msg-send" --version | cut -d ' ' -f 2)
name=msgspool-$version
epoch=$(git log -1 --format=%ct)
umask 022
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$to"

git archive --prefix="$name/" HEAD | gzip -9n > "$to/$name.tar.gz"
DESTDIR=$stage/$name-linux-$(uname -m) PREFIX=/usr/local .packaging/install.sh "$build"
tar -C "$stage" --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner -c "$name-linux-$(uname -m)" |
  gzip -9n > "$to/$name-linux-$(uname -m).tar.gz"
(cd "$to" && sha256sum "$name.tar.gz" "$name-linux-$(uname -m).tar.gz" "msgspool_${version}_"*.deb > SHA256SUMS)
cat "$to/SHA256SUMS"
