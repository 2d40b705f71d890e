#!/usr/bin/env bash
# Coverage-guided fuzzing of this project's own code: ./run-fuzz.sh [managed|libfuzzer|afl] [HARNESS] [FILE…] [options], or --help.
set -euo pipefail
cd "$(dirname "$0")"
echo 'run-fuzz.sh: building' >&2
log=$(dotnet build -c Release -v q --nologo src/BpfConformance.Harnesses 2>&1) || { printf '%s\n' "$log" >&2; exit 2; }
exec artifacts/bin/BpfConformance.Harnesses/release/bpfconf-fuzz "$@"
