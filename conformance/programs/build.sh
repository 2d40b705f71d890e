#!/usr/bin/env bash
# Compiles every program here to NAME.hex: one 8-byte instruction per line, 16 hex digits in memory order (little
# endian). The committed .hex files are what is run and measured; another compiler makes other instructions.
# Environment: CLANG (default: clang-14, else clang), LLVM_OBJCOPY and LLVM_READELF (default: of the same version).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

CLANG=${CLANG:-$(command -v clang-14 || command -v clang)} || { echo "clang is not installed" >&2; exit 1; }
case $CLANG in *clang-[0-9]*) version=-${CLANG##*clang-} ;; *) version= ;; esac
OBJCOPY=${LLVM_OBJCOPY:-llvm-objcopy$version}
READELF=${LLVM_READELF:-llvm-readelf$version}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for source in *.c; do
    name=${source%.c}
    object=$work/$name.o
    # freestanding: no header of the host, and no loop becomes a call of memcpy or memset
    "$CLANG" -O2 -target bpfel -mcpu=v3 -ffreestanding -Wall -Wextra -Werror -c "$source" -o "$object"

    # clang itself resolves a call of a static function in the same section. Anything else (a call to another
    # section, data, a map) leaves a relocation, which a .hex file could not hold.
    [[ $("$READELF" --relocations "$object") != *R_BPF_* ]] || { echo "$source: relocations remain" >&2; exit 1; }
    [[ $("$READELF" --symbols "$object") =~ :\ 0{16}\ [^$'\n']*\ GLOBAL\ [^$'\n']*\ entry($|$'\n') ]] ||
        { echo "$source: entry is not the first function of its section" >&2; exit 1; }

    "$OBJCOPY" -O binary --only-section=prog "$object" "$work/$name.bin"
    od -An -v -tx1 -w8 "$work/$name.bin" | tr -d ' ' > "$name.hex"
    echo "$name.hex: $(wc -l < "$name.hex") instructions"
done
