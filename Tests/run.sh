#!/bin/sh
# Runs every test of a debug build that is there, several programs of tests at a time: most of them wait for other processes, and
# one program of tests runs only as many at once as there are processors. Prints what failed, and how many ran.
set -eu
cd "$(dirname "$0")/.."
at_once=${MSGSPOOL_TESTS_AT_ONCE:-5}
bundle=$(swift build --show-bin-path)/msgspoolPackageTests.xctest
work=$(mktemp -d)
# Everything that a test makes is in its temporary folder, and every process of it has its home there: so what is left behind is found.
chmod 711 "$work"
mkdir -m 1777 "$work/tmp"
left_running() { grep -lsF "$work/tmp" /proc/[0-9]*/environ | sed 's|[^0-9]||g' || true; }
end_all() {
  left_running | xargs -r kill -9 2> /dev/null || true
  rm -rf "$work"
}
trap end_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# A name for each part: a whole target, or one suite of the targets that take longest. The longest come first.
for suite in CrashTests HookTests AlarmCommandTests GatewayScriptTests ModelTests; do
  for file in "$(find Tests -type d -name "$suite")"/*.swift; do
    sed -n 's/^@Suite.*struct \([A-Za-z]*\).*/\1/p; s/^struct \([A-Za-z]*Tests\) .*/\1/p' "$file" | sed "s|^|$suite.|; s|\$|/|"
  done
done > "$work/parts"
find Tests -type d -name '*Tests' -exec sh -c 'for folder; do ls "$folder"/*.swift > /dev/null 2>&1 && basename "$folder"; done' sh {} + |
while read -r target; do
  case $target in
    CrashTests | HookTests | AlarmCommandTests | GatewayScriptTests | ModelTests) ;;
    *) echo "$target\\." ;;
  esac
done >> "$work/parts"

# shellcheck disable=SC2016
xargs -P "$at_once" -I PART env TMPDIR="$work/tmp" sh -c '
  part=PART
  log=$(echo "$part" | tr -cd "A-Za-z.")
  "$1" --testing-library swift-testing --filter "^$part" > "$2/$log.log" 2>&1 || echo "$part" >> "$2/failed"
  echo "$part $(grep -c "passed after" "$2/$log.log") passed after $(grep -o "after [0-9.]* seconds" "$2/$log.log" | tail -1 | tr -d a-z)s"
' sh "$bundle" "$work" < "$work/parts"

# What is left behind when all tests are over.
for process in $(left_running); do
  [ ! -e "/proc/$process/cmdline" ] || printf 'process %s: %s\n' "$process" "$(tr '\0' ' ' < "/proc/$process/cmdline")"
done > "$work/left-behind"
find "$work/tmp" -mindepth 1 -maxdepth 1 >> "$work/left-behind"

# What was left out, and what it lacks.
sed -n 's/^.*Test \([A-Za-z0-9_]*\)(.*was cancelled.*"left out, it lacks \(.*\)".*/\1 lacks \2/p' "$work"/*.log | sort > "$work/left-out"
if [ -s "$work/left-out" ]; then
  echo "== left out:"
  cat "$work/left-out"
  Tests/requirements.sh check || true
fi

# Every test that there is must have run in one part or another.
expected=$("$bundle" --testing-library swift-testing --list-tests 2> /dev/null | grep -c .)
ran=$(sed -n 's/.*Test run with \([0-9]*\) test.*/\1/p' "$work"/*.log | awk '{ sum += $1 } END { print sum + 0 }')
if [ -e "$work/failed" ]; then
  while read -r part; do
    log=$(echo "$part" | tr -cd "A-Za-z.")
    echo "== $part"
    grep -A 6 'recorded an issue' "$work/$log.log" || tail -20 "$work/$log.log"
  done < "$work/failed"
  echo "$ran tests ran, some failed"
  exit 1
fi
if [ -s "$work/left-behind" ]; then
  echo "== left behind:"
  cat "$work/left-behind"
  echo "$ran tests ran, and left something behind"
  exit 1
fi
if [ "$ran" -ne "$expected" ]; then
  echo "$ran tests ran, but there are $expected"
  exit 1
fi
if [ -s "$work/left-out" ]; then
  left_out=$(wc -l < "$work/left-out")
  echo "Test run with $((ran - left_out)) tests passed, $left_out left out"
  [ -z "${MSGSPOOL_ALL_TESTS:-}" ] || exit 1
else
  echo "Test run with $ran tests passed"
fi
