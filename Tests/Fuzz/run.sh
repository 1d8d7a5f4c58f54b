#!/bin/sh
# Fuzzes the decoders of mail and of the view with libFuzzer: Tests/Fuzz/run.sh [RUNS] [MORE OPTIONS OF LIBFUZZER].
# The modules are pure, so the compiler is called directly; what is built goes to a folder that is thrown away.
# With the seed fixed the runs are the same each time. A crash prints the input's name and exits with another status than 0.
set -eu
cd "$(dirname "$0")/../.."
runs=${1:-200000}
[ $# -eq 0 ] || shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

flags="-O -wmo -sanitize=fuzzer -parse-as-library -package-name msgspool -swift-version 6 -I $work
  -enable-upcoming-feature ExistentialAny -enable-upcoming-feature InternalImportsByDefault"

# compile MODULE SOURCE...
compile() {
  module=$1
  shift
  # shellcheck disable=SC2086
  swiftc $flags -module-name "$module" -emit-module -emit-module-path "$work/$module.swiftmodule" -c "$@" -o "$work/$module.o"
}

compile SharedKernel Sources/Kernel/SharedKernel/*.swift
compile MessageFormat Sources/Kernel/MessageFormat/*.swift
compile Mailbox Sources/Contexts/Mailbox/*.swift
# shellcheck disable=SC2086
swiftc $flags -module-name Fuzz -o "$work/fuzz" Tests/Fuzz/Harness.swift Sources/Adapters/ViewStore/ViewRecord.swift \
  Sources/Adapters/ViewStore/ViewHeader.swift Sources/Adapters/ViewStore/ViewRecordCheck.swift Sources/Adapters/ViewStore/MergedOrder.swift \
  "$work"/SharedKernel.o "$work"/MessageFormat.o "$work"/Mailbox.o

mkdir "$work/corpus"
cp Tests/Fuzz/corpus/* "$work/corpus/"
"$work/fuzz" -seed=1 -runs="$runs" -max_len=8192 -timeout=10 -rss_limit_mb=512 -verbosity=0 -print_final_stats=1 \
  -artifact_prefix="${TMPDIR:-/tmp}/fuzz-" "$@" "$work/corpus"
