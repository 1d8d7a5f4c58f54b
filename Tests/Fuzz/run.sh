#!/bin/sh
# Fuzzes every decoder with libFuzzer: Tests/Fuzz/run.sh [RUNS] [MORE OPTIONS OF LIBFUZZER].
#   mail    what other programs deliver, and the view of it
#   state   what the tools keep, what people write into settings, and what gateways and hooks answer
# The compiler is called directly; what is built goes to a folder that is thrown away. With the seed fixed the runs are the same each time.
# A crash prints the input's name and exits with another status than 0.
set -eu
cd "$(dirname "$0")/../.."
runs=${1:-200000}
[ $# -eq 0 ] || shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

flags="-O -wmo -enable-testing -sanitize=fuzzer -parse-as-library -package-name msgspool -swift-version 6 -I $work
  -enable-upcoming-feature ExistentialAny -enable-upcoming-feature InternalImportsByDefault"

# compile MODULE SOURCE...
compile() {
  module=$1
  shift
  # shellcheck disable=SC2086
  swiftc $flags -module-name "$module" -emit-module -emit-module-path "$work/$module.swiftmodule" -c "$@" -o "$work/$module.o"
}

# fuzz NAME OPTIONS...: runs a program on a copy of its corpus.
fuzz() {
  name=$1
  shift
  mkdir "$work/corpus-$name" "$work/spool-$name"
  cp Tests/Fuzz/corpus/"$name"/* "$work/corpus-$name/"
  FUZZ_FOLDER="$work/spool-$name" "$work/$name" -seed=1 -runs="$runs" -max_len=8192 -timeout=10 -rss_limit_mb=512 -verbosity=0 -print_final_stats=1 \
    -artifact_prefix="${TMPDIR:-/tmp}/fuzz-$name-" "$@" "$work/corpus-$name"
}

compile SharedKernel Sources/Kernel/SharedKernel/*.swift
compile MessageFormat Sources/Kernel/MessageFormat/*.swift
compile Mailbox Sources/Contexts/Mailbox/*.swift
shims=$PWD/Sources/Platform/CSystemShims
printf 'module CSystemShims { header "%s/include/CSystemShims.h" export * }\n' "$shims" > "$work/module.modulemap"
clang -O2 -I "$shims/include" -c "$shims/shims.c" -o "$work/shims.o"
compile SystemCalls Sources/Platform/SystemCalls/*.swift
compile DurableFiles Sources/Platform/DurableFiles/*.swift
compile SpoolLayout Sources/Adapters/SpoolLayout/*.swift
# shellcheck disable=SC2086
swiftc $flags -module-name Fuzz -o "$work/mail" Tests/Fuzz/MailHarness.swift Sources/Adapters/ViewStore/ViewRecord.swift \
  Sources/Adapters/ViewStore/ViewHeader.swift Sources/Adapters/ViewStore/ViewRecordCheck.swift Sources/Adapters/ViewStore/MergedOrder.swift \
  "$work"/*.o
fuzz mail "$@"

compile JSONText Sources/Kernel/JSONText/*.swift
compile Ledger Sources/Contexts/Ledger/*.swift
compile Gateways Sources/Contexts/Gateways/*.swift
compile Alarms Sources/Contexts/Alarms/*.swift
compile LedgerStore Sources/Adapters/LedgerStore/*.swift
compile GatewayClient Sources/Adapters/GatewayClient/*.swift
compile AlarmStore Sources/Adapters/AlarmStore/*.swift
compile Sending Sources/Contexts/Sending/*.swift
compile FeedStore Sources/Adapters/FeedStore/*.swift
compile CommandLineTool Sources/Commands/CommandLineTool/*.swift
# shellcheck disable=SC2086
swiftc $flags -module-name Fuzz -o "$work/state" Tests/Fuzz/StateHarness.swift Sources/Commands/msg-send/BatchLines.swift \
  Sources/Commands/msg-send/InputLines.swift Sources/Commands/msg-send/MessageWords.swift Sources/Commands/msg-send/SendOptions.swift \
  Sources/Commands/msg-pay/BatchInput.swift "$work"/*.o
fuzz state "$@"
