#!/usr/bin/env bash
# Makes functions.hex (one 8-byte instruction per line, 16 hex digits in memory order) and functions.objdump.txt from
# functions.c. Both are of one object: the number before each line of the text counts lines of the .hex from 0.
# Environment: CLANG (default: clang-14, else clang), LLVM_OBJCOPY and LLVM_OBJDUMP (default: of the same version).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

CLANG=${CLANG:-$(command -v clang-14 || command -v clang)} || { echo "clang is not installed" >&2; exit 1; }
case $CLANG in *clang-[0-9]*) version=-${CLANG##*clang-} ;; *) version= ;; esac
OBJCOPY=${LLVM_OBJCOPY:-llvm-objcopy$version}
OBJDUMP=${LLVM_OBJDUMP:-llvm-objdump$version}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$CLANG" -O2 -target bpfel -mcpu=v3 -ffreestanding -Wall -Wextra -Werror -c functions.c -o "$work/functions.o"
"$OBJCOPY" -O binary --only-section=prog "$work/functions.o" "$work/functions.bin"
od -An -v -tx1 -w8 "$work/functions.bin" | tr -d ' ' > functions.hex

# --mcpu=v3 does not make llvm-objdump 14 decode 32-bit loads, stores and atomics; the feature must be named. Without
# it a 32-bit fetching add is written as one that does not fetch, and the other 32-bit atomics as <unknown>.
# The lines before the first section name the object file.
"$OBJDUMP" -d --no-show-raw-insn --mattr=+alu32 "$work/functions.o" | sed -n '/^Disassembly/,$p' > functions.objdump.txt
if grep -n '<unknown>' functions.objdump.txt; then echo "llvm-objdump does not know these" >&2; exit 1; fi
