#!/bin/sh
# Makes a Debian package of what is built.
#
#   .packaging/deb.sh BUILD TO    BUILD is the folder of the built programs, TO where the package is put
#
# The maintainer is who builds it: DEBFULLNAME and DEBEMAIL as with Debian's own tools. Two runs on one commit make the same bytes.
set -eu
cd "$(dirname "$0")/.."
build=$1 to=$2
for program in dpkg-deb strip gzip; do
  command -v $program > /dev/null || { echo "$program is missing: apt-get install dpkg binutils gzip" >&2; exit 1; }
done
version=$("$build/msg-send" --version | cut -d ' ' -f 2)
architecture=$(dpkg --print-architecture)
maintainer="${DEBFULLNAME:-msgspool developers} <${DEBEMAIL:-msgspool@$(hostname -f 2> /dev/null || hostname)}>"
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2> /dev/null || date +%s)}
export SOURCE_DATE_EPOCH
umask 022
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
doc=$stage/usr/share/doc/msgspool

# The list of the files is dpkg's own.
DESTDIR=$stage PREFIX=/usr ZSH_COMPLETIONS=share/zsh/vendor-completions .packaging/install.sh "$build"
rm "$stage/usr/share/msgspool/installed"
find "$stage/usr/share/man" -type f -exec gzip -9n {} +

install -d "$doc" "$stage/DEBIAN" "$stage/usr/share/lintian/overrides"
install -m 644 .packaging/lintian-overrides "$stage/usr/share/lintian/overrides/msgspool"
{
  echo 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/'
  echo
  echo 'Files: *'
  sed -n 's/^Copyright (c) /Copyright: /p' LICENSE
  echo 'License: Expat'
  sed '1,/^Copyright/d; /./!s/^/./; s/^/ /' LICENSE | sed '1{/^ \.$/d}'
} > "$doc/copyright"
{
  echo "msgspool ($version) unstable; urgency=medium"
  echo
  echo '  * What changed for users is in NEWS.gz.'
  echo
  echo " -- $maintainer  $(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")"
} | gzip -9n > "$doc/changelog.gz"
gzip -9nc CHANGELOG.md > "$doc/NEWS.gz"
gzip -9nc README.md > "$doc/README.gz"

cat > "$stage/DEBIAN/control" << END
Package: msgspool
Version: $version
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $(du -sk --apparent-size "$stage/usr" | cut -f 1)
Section: mail
Priority: optional
Suggests: bash-completion, curl, hledger | ledger, libnotify-bin, mutt | mblaze
Description: paid text-message mailbox for the Unix shell
 Four small programs over one folder: msg-send sends a text that is paid for
 before it is delivered, msg-read reads the mailbox, an ordinary Maildir,
 msg-alarmd tells senders and receivers through hooks (KakaoTalk, SMS, mail,
 webhooks), and msg-pay keeps prepaid accounts in a double-entry ledger or
 hands the payment to a gateway outside.
 .
 No server and no database: files, atomic renames and locks, for shells, cron
 and pipes.
END
(cd "$stage" && find usr -type f | LC_ALL=C sort | xargs md5sum) > "$stage/DEBIAN/md5sums"

mkdir -p "$to"
dpkg-deb --build --root-owner-group "$stage" "$to/msgspool_${version}_$architecture.deb"
