#!/bin/sh
# The main job on a spool that is thrown away: send, balance, list, read, alarm, verify. The tools are found on PATH.
set -eu
MSG_SPOOL=$(mktemp -d) && export MSG_SPOOL
trap 'rm -rf "$MSG_SPOOL"' EXIT
LOG=$MSG_SPOOL/alarm.log

say() { printf '\n$ %s\n' "$*"; }

# Shows a command as one would type it, and runs it.
try() {
  line=
  for word; do
    case $word in *' '*) word="\"$word\"" ;; esac
    line="$line $word"
  done
  say "${line# }"
  "$@"
}

say 'echo "저녁 7시에 만나요" | msg-send --from alice bob'
echo "저녁 7시에 만나요" | msg-send --from alice bob
try msg-send --from alice --subject "Re: 저녁" bob,carol "Seven it is. Bring an umbrella."
try msg-pay balance
try msg-read --user bob
try msg-read --user bob 1
try msg-read --user bob --count

say 'a hook that writes each alarm into a file; then what happened meanwhile is caught up with'
mkdir -p "$MSG_SPOOL/alarms/hooks"
cat > "$MSG_SPOOL/alarms/hooks/log" <<EOF
#!/bin/sh
echo "\$1 for \$2: \$MSG_ALARM_PREVIEW" >> '$LOG'
EOF
chmod 755 "$MSG_SPOOL/alarms/hooks/log"
try msg-alarmd --once
try cat "$LOG"

try msg-pay history alice
try msg-pay verify
say 'nothing was printed: the book balances'
test "$(msg-read --user bob --count)" = 1
test "$(msg-pay balance alice)" = 97
test "$(grep -c . "$LOG")" = 5
