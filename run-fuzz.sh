#!/usr/bin/env bash
# Starts the differential fuzzer. Its engines (managed, libFuzzer, AFL++) are behind `bpfconf fuzz`.
set -euo pipefail
cd "$(dirname "$0")"
exec dotnet run -c Release --project src/BpfConformance.Cli -- fuzz "$@"
