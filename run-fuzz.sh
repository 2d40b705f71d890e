#!/usr/bin/env bash
# Coverage-guided fuzzing of this project's own code: ./run-fuzz.sh [managed|libfuzzer|afl] [HARNESS] [FILE…] [options], or --help.
set -euo pipefail
cd "$(dirname "$0")"
dotnet build -c Release -v q --nologo -clp:ErrorsOnly src/BpfConformance.Harnesses >&2
exec artifacts/bin/BpfConformance.Harnesses/release/bpfconf-fuzz "$@"
