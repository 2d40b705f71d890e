#!/usr/bin/env bash
# Compiles every program here twice and writes NAME.vector: the instructions are those that clang makes of NAME.c for
# BPF; r0 and memory afterwards are those of the same NAME.c compiled by gcc for this machine and run on the same bytes.
# The committed vectors are what is run and measured; another clang makes other instructions of the same result.
# Environment: CLANG (default: clang-14, else clang), LLVM_OBJCOPY and LLVM_READELF (default: of the same version),
# GCC (default: gcc).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

fail() { echo "build.sh: $*" >&2; exit 1; }

MEMORY_BYTES=4096
CLANG=${CLANG:-$(command -v clang-14 || command -v clang)} || fail "clang is not installed"
GCC=${GCC:-gcc}
case $CLANG in *clang-[0-9]*) version=-${CLANG##*clang-} ;; *) version= ;; esac
OBJCOPY=${LLVM_OBJCOPY:-llvm-objcopy$version}
READELF=${LLVM_READELF:-llvm-readelf$version}
for tool in "$GCC" "$OBJCOPY" "$READELF"; do command -v "$tool" > /dev/null || fail "$tool is not installed"; done
[[ $(printf '\1\0' | od -An -tu2) -eq 1 ]] || fail "a big-endian machine cannot say what a little-endian one does"
compiler=$("$CLANG" -dumpversion)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/main.c" << 'EOF'
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(holds) do { if (!(holds)) { perror(#holds); return EXIT_FAILURE; } } while (0)

uint64_t entry(uint8_t *memory, uint64_t length);
static _Alignas(8) uint8_t memory[MEMORY_BYTES];

static int write_memory(const char *path)
{
    FILE *file = fopen(path, "wb");

    CHECK(file);
    CHECK(fwrite(memory, sizeof memory, 1, file) == 1);
    CHECK(fclose(file) == 0);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv) // BEFORE AFTER
{
    CHECK(argc == 3);
    for (uint32_t i = 0; i < sizeof memory; i++)
        memory[i] = (uint8_t)(i * 167 + (i >> 8) * 13 + 89);
    if (write_memory(argv[1])) return EXIT_FAILURE;
    CHECK(printf("0x%016llx\n", (unsigned long long)entry(memory, sizeof memory)) > 0);
    return write_memory(argv[2]);
}
EOF
"$GCC" -O2 -Wall -Wextra -Werror -DMEMORY_BYTES=$MEMORY_BYTES -c "$work/main.c" -o "$work/main.o"

hex_lines() { od -An -v -tx1 -w"$1" "$2" | tr -d ' '; } # BYTES_A_LINE FILE

compile_bpf() { # SOURCE BINARY
    # freestanding: no header of the host, and no loop becomes a call of memcpy or memset
    "$CLANG" -O2 -target bpfel -mcpu=v3 -ffreestanding -Wall -Wextra -Werror -c "$1" -o "$2.o"

    # clang itself resolves a call of a static function in the same section. Anything else (a call to another
    # section, data, a map) leaves a relocation, which a vector could not hold.
    [[ $("$READELF" --relocations "$2.o") != *R_BPF_* ]] || fail "$1: relocations remain"
    [[ $("$READELF" --symbols "$2.o") =~ :\ 0{16}\ [^$'\n']*\ GLOBAL\ [^$'\n']*\ entry($|$'\n') ]] ||
        fail "$1: entry is not the first function of its section"
    "$OBJCOPY" -O binary --only-section=prog "$2.o" "$2"
    [[ -s $2 && $(($(stat -c %s "$2") % 8)) -eq 0 ]] || fail "$1: no whole instructions came out"
}

write_vector() { # NAME
    echo "# $1.c: written by build.sh, not by hand."
    echo "-- note"
    echo "Instructions: clang $compiler -O2 -target bpfel -mcpu=v3 of $1.c. Result and memory-after: the same C by gcc -O2,"
    echo "run natively. Byte i of memory is (uint8_t)(i * 167 + (i >> 8) * 13 + 89)."
    echo "-- raw"
    hex_lines 8 "$work/$1.bin"
    echo "-- memory"
    hex_lines 32 "$work/$1.before"
    echo "-- result"
    cat "$work/$1.result"
    echo "-- memory-after"
    hex_lines 32 "$work/$1.after"
}

for source in *.c; do
    name=${source%.c}
    compile_bpf "$source" "$work/$name.bin"
    "$GCC" -O2 -Wall -Wextra -Werror "$source" "$work/main.o" -o "$work/$name"
    "$work/$name" "$work/$name.before" "$work/$name.after" > "$work/$name.result"
    write_vector "$name" > "$work/$name.vector"
    mv "$work/$name.vector" "$name.vector"
    echo "$name.vector: $(($(stat -c %s "$work/$name.bin") / 8)) slots, r0 = $(cat "$work/$name.result")"
done
