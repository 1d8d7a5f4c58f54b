#!/bin/sh
# Sees to what the tests need from Debian; the list is Tests/packages.
#   Tests/requirements.sh check     names what is missing, in one command that installs it; status 1 then
#   Tests/requirements.sh install   installs what is missing; for root
#   Tests/requirements.sh           installs as root or with MSGSPOOL_INSTALL=1, else names it; status 0
set -eu
list=$(dirname "$0")/packages
PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin

is_there() {
  for what; do
    case $what in
      /*) [ -e "$what" ] || return 1 ;;
      *) command -v "$what" > /dev/null || return 1 ;;
    esac
  done
}

missing() {
  while read -r package what; do
    case $package in '' | '#'*) continue ;; esac
    # shellcheck disable=SC2086
    is_there $what || printf ' %s' "$package"
  done < "$list"
}

install_missing() {
  packages=$(missing)
  [ -n "$packages" ] || return 0
  command -v apt-get > /dev/null || { echo "no apt-get here: install$packages by other means" >&2; return 1; }
  echo "installing what the tests need from Debian:$packages"
  # The servers are for the tests to start, not for the system.
  policy=/usr/sbin/policy-rc.d
  if [ -e $policy ]; then
    policy=
  else
    trap 'rm -f "$policy"' EXIT
    trap 'exit 130' INT TERM HUP
    printf '#!/bin/sh\nexit 101\n' > $policy && chmod 755 $policy
  fi
  status=0
  # shellcheck disable=SC2086
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages > /dev/null; } || status=$?
  [ -z "$policy" ] || rm -f "$policy"
  [ $status = 0 ] || return $status
  packages=$(missing)
  [ -z "$packages" ] || { echo "still missing:$packages" >&2; return 1; }
}

name_missing() {
  packages=$(missing)
  [ -n "$packages" ] || return 0
  echo "What the tests need is missing; this installs it:" >&2
  echo "  sudo apt-get install --no-install-recommends$packages" >&2
  return 1
}

case ${1:-} in
  check) name_missing ;;
  install) install_missing ;;
  '')
    if [ "$(id -u)" = 0 ] || [ "${MSGSPOOL_INSTALL:-}" = 1 ]; then install_missing; else name_missing || echo "Tests that need it are left out." >&2; fi
    ;;
  *)
    echo "usage: Tests/requirements.sh [check | install]" >&2
    exit 64
    ;;
esac
