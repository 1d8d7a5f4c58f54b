#!/bin/bash
# Three hosts with one spool on CephFS, all on this machine: a monitor, three OSDs in memory, two metadata servers, and for each host
# namespaces of its own with its own host name, processes, /etc/machine-id, boot id and ceph-fuse mount. A fourth mount is for the caller.
# For root; needs /dev/fuse and Debian's ceph packages (Tests/packages), and less than 3 GiB of memory.
#
#   Tests/hosts.sh can                  status 0 where it can be done; else 1, and says what is missing
#   Tests/hosts.sh with COMMAND [ARG]   brings all up, runs the command, takes all down again; the status is the command's
#   Tests/hosts.sh up FOLDER            the cluster and the hosts; FOLDER is new, or empty
#   Tests/hosts.sh fault FOLDER WHAT    osd, mds (the active one) or host (the third): killed; heal: all started again
#   Tests/hosts.sh down FOLDER          everything is gone afterwards, FOLDER too
#
# The command finds in its environment:
#   MSGSPOOL_HOSTS        a line for each host: the words that run a command there. Killing what was started so kills the command.
#   MSGSPOOL_HOSTS_MOUNT  the folder that is the same on each host and for the command
#   MSGSPOOL_HOSTS_OTHER  another mount of the same, for the command only
#   MSGSPOOL_HOSTS_FAULT  what to put in front of WHAT
#
# The hosts are as like each other as hosts can be: all have one name and the same process numbers, and the boot ids of the first two are
# the same, as of two machines made from one image of a running one.
set -euo pipefail
self=$(readlink -f "$0")
hosts=(one two three)

say() { echo "hosts: $*" >&2; }

missing() {
  [ "$(id -u)" = 0 ] || echo 'it is for root'
  # It may be there and forbidden.
  (: <> /dev/fuse) 2> /dev/null || echo '/dev/fuse cannot be opened'
  unshare --mount --uts --pid --fork true 2> /dev/null || echo 'no namespaces can be made'
  for program in ceph ceph-mon ceph-osd ceph-mds ceph-fuse nsenter setpriv; do
    command -v "$program" > /dev/null || echo "$program is not installed"
  done
}

configuration() {
  local fsid=$1 port=$2
  cat << END
[global]
fsid = $fsid
mon initial members = a
mon host = v2:127.0.0.1:$port
ms bind ipv4 = true
ms bind msgr1 = false
public addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 3
osd pool default min size = 2
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd heartbeat interval = 1
osd heartbeat grace = 5
mon osd min down reporters = 1
mon osd down out interval = 3600
mon osd adjust heartbeat grace = false
mds beacon interval = 1
mds beacon grace = 4
mds reconnect timeout = 5
# A monitor that ticks more slowly than a beacon may be late never finds out that a metadata server is dead.
mon tick interval = 1
osd crush update on start = false
mds session blocklist on timeout = true
log file = $folder/log/\$name.log
admin socket = $folder/run/\$name.\$pid
pid file = $folder/run/\$name.pid
run dir = $folder/run
crash dir = $folder/run
[mon]
mon data = $folder/mon
mon data avail crit = 1
mon data avail warn = 2
[osd]
osd data = $folder/osd\$id
osd objectstore = memstore
memstore device bytes = 536870912
osd memory target = 402653184
osd memory cache min = 67108864
[mds]
mds data = $folder/mds.\$id
mds cache memory limit = 134217728
[client]
keyring = $folder/none
fuse set user groups = false
client mount timeout = 60
END
}

cluster() { ceph --conf "$folder/ceph.conf" --connect-timeout 20 "$@"; }

# Waits until the command succeeds; what it says goes to the log.
until_true() {
  local what=$1 tries=$2
  shift 2
  until "$@" >> "$folder/log/up" 2>&1; do
    ((tries-- > 0)) || { say "in vain: $what"; return 1; }
    sleep 0.2
  done
}

# Runs an action of this script as the first process of new namespaces, which end with it, and waits until that says that it is up.
start_place() {
  local name=$1 action=$2 place=$folder/place.$1
  mkdir -p "$place"
  rm -f "$place/is-up"
  # In a session of its own: what ends the caller's terminal does not end it.
  setsid unshare --mount --uts --pid --fork --kill-child --propagation private "$self" "$action" "$folder" "$name" \
    > "$folder/log/place.$name" 2>&1 < /dev/null &
  local outer=$!
  echo $outer > "$place/outer"
  until [ -e "$place/is-up" ]; do
    kill -0 $outer 2> /dev/null || { say "$name does not come up"; tail "$folder"/log/{up,place."$name"} >&2; return 1; }
    sleep 0.1
  done
  pgrep -P $outer > "$place/first"
}

# Number 1 there takes all other processes along.
end_place() {
  local place=$folder/place.$1
  [ ! -s "$place/first" ] || kill -9 "$(< "$place/first")" || true
  [ ! -s "$place/outer" ] || kill -9 "$(< "$place/outer")" || true
}

entry() { echo "$(command -v nsenter) --target $(< "$folder/place.$1/first") --mount --uts --pid --"; }

# Runs a command where the servers are.
among_servers() {
  # shellcheck disable=SC2046
  $(entry servers) "$@"
}

start_osd() { ceph-osd --conf "$folder/ceph.conf" -i "$1" > /dev/null; }

# An empty one: what was in its memory is gone, and it gets it back from the others.
make_osd() {
  rm -rf "$folder/osd$1"
  mkdir "$folder/osd$1"
  ceph-osd --conf "$folder/ceph.conf" -i "$1" --mkfs --osd-uuid "$2" 2> /dev/null
}

start_mds() { ceph-mds --conf "$folder/ceph.conf" -i "$1" > /dev/null; }

is_active() { cluster mds stat | grep -q up:active; }

# A port on which no process listens.
free_port() {
  local port=$((20000 + RANDOM % 10000))
  while (: < "/dev/tcp/127.0.0.1/$port") 2> /dev/null; do port=$((port + 1)); done
  echo $port
}

start_servers() {
  local fsid port id uuid
  fsid=$(< /proc/sys/kernel/random/uuid)
  port=$(free_port)
  configuration "$fsid" "$port" > "$folder/ceph.conf"
  monmaptool --create --addv a "[v2:127.0.0.1:$port]" --fsid "$fsid" "$folder/monmap"
  ceph-mon --conf "$folder/ceph.conf" -i a --mkfs --monmap "$folder/monmap"
  ceph-mon --conf "$folder/ceph.conf" -i a
  for id in 0 1 2; do
    uuid=$(< /proc/sys/kernel/random/uuid)
    echo "$uuid" > "$folder/uuid$id"
    cluster osd new "$uuid" $id
    make_osd $id "$uuid"
    start_osd $id
    cluster osd crush add osd.$id 1.0 root=default host=osd$id
  done
  cluster osd pool create meta 4 4
  cluster osd pool create data 8 8
  cluster fs new spool meta data
  # A client that does not answer is evicted after so many seconds, and what it had locked is free.
  cluster fs set spool session_timeout 30
  cluster fs set spool session_autoclose 30
  for id in a b; do start_mds $id; done
}

be_servers() {
  mount -t proc proc /proc
  start_servers > "$folder/log/up" 2>&1
  until_true 'an active metadata server' 150 is_active
  touch "$folder/place.$1/is-up"
  exec sleep infinity
}

is_mounted() { grep -q " $folder/$1 " /proc/self/mountinfo; }

mount_as() {
  # With its page cache bytes that another host has changed under the lock are seen late: see msgspool-hosts(7).
  setsid ceph-fuse -f --fuse_disable_pagecache=true --conf "$folder/ceph.conf" --id "$1" "$folder/$2" > "$folder/log/mount.$1" 2>&1 < /dev/null &
  echo $! > "$folder/run/mount.$1.pid"
  until_true "the mount of $1" 300 is_mounted "$2"
}

be_host() {
  local place=$folder/place.$1
  hostname host
  mount -t proc proc /proc
  if [ "$1" = three ]; then cat /proc/sys/kernel/random/uuid; else cat "$folder/boot_id"; fi > "$place/boot_id"
  [ -e "$place/machine-id" ] || tr -d - < /proc/sys/kernel/random/uuid > "$place/machine-id"
  mount --bind "$place/boot_id" /proc/sys/kernel/random/boot_id
  [ ! -e /etc/machine-id ] || mount --bind "$place/machine-id" /etc/machine-id
  mount_as "$1" mnt
  touch "$place/is-up"
  exec sleep infinity
}

kill_server() { among_servers kill -9 "$(< "$folder/run/$1.pid")"; }

active_mds() {
  cluster mds stat --format json | python3 -c '
import json, sys
servers = json.load(sys.stdin)["fsmap"]["filesystems"][0]["mdsmap"]["info"].values()
print(*[server["name"] for server in servers if server["state"] == "up:active"])'
}

fault() {
  case $1 in
    osd)
      kill_server osd.2
      touch "$folder/killed-osd"
      say 'osd.2 is killed' ;;
    mds)
      active_mds > "$folder/killed-mds"
      kill_server "mds.$(< "$folder/killed-mds")"
      say "mds.$(< "$folder/killed-mds") is killed, which was active" ;;
    host)
      end_place three
      say 'host three is killed' ;;
    heal)
      if [ -e "$folder/killed-osd" ]; then
        among_servers "$self" be-osd "$folder" 2
        rm "$folder/killed-osd"
      fi
      if [ -e "$folder/killed-mds" ]; then
        among_servers ceph-mds --conf "$folder/ceph.conf" -i "$(< "$folder/killed-mds")" > /dev/null
        rm "$folder/killed-mds"
      fi
      say 'all servers are back' ;;
    *) usage ;;
  esac
}

up() {
  [ ! -e "$folder" ] || [ -z "$(ls -A "$folder")" ] || { say "$folder is not empty"; exit 1; }
  mkdir -p "$folder"/{log,run,mon,mds.a,mds.b,mnt,other}
  cat /proc/sys/kernel/random/uuid > "$folder/boot_id"
  trap down ERR
  start_place servers be-servers
  mount_as caller mnt
  mount_as other other
  local name
  for name in "${hosts[@]}"; do
    start_place "$name" be-host
    echo "$(entry "$name") $(command -v setpriv) --pdeathsig KILL --" >> "$folder/hosts"
  done
  trap - ERR
}

# The caller's mount goes while there is somebody to answer it.
down() {
  local name place
  trap - ERR
  # The shell would tell of each that it was killed.
  exec 2> /dev/null
  for place in mnt other; do
    if is_mounted $place; then timeout 20 umount "$folder/$place" || umount -l "$folder/$place" || true; fi
  done
  for name in caller other; do
    [ ! -s "$folder/run/mount.$name.pid" ] || kill -9 "$(< "$folder/run/mount.$name.pid")" || true
  done
  for name in "${hosts[@]}" servers; do end_place "$name"; done
  wait
  rm -rf "$folder"
}

with() {
  local status=0
  folder=$(mktemp -d /tmp/hosts.XXXXXX)
  chmod 755 "$folder"
  trap down EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  up
  say "up after $SECONDS s"
  MSGSPOOL_HOSTS=$(< "$folder/hosts") MSGSPOOL_HOSTS_MOUNT=$folder/mnt MSGSPOOL_HOSTS_OTHER=$folder/other MSGSPOOL_HOSTS_FAULT="$self fault $folder" "$@" || status=$?
  return $status
}

usage() { sed -n 's/^#   Tests/usage: Tests/p' "$self" >&2; exit 64; }

case ${1:-} in
  can)
    lacks=$(missing)
    [ -z "$lacks" ] || { echo "${lacks//$'\n'/; }"; exit 1; } ;;
  with)
    (($# > 1)) || usage
    shift
    with "$@" ;;
  up | down | fault | be-servers | be-host | be-osd)
    (($# > 1)) || usage
    action=$1 folder=$(readlink -m "$2")
    shift 2
    case $action in
      up) up ;;
      down) down ;;
      fault) fault "${1:-}" ;;
      be-servers) be_servers "$1" ;;
      be-host) be_host "$1" ;;
      be-osd) make_osd "$1" "$(< "$folder/uuid$1")" && start_osd "$1" ;;
    esac ;;
  *) usage ;;
esac
