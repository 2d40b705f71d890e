#!/bin/sh
# Builds the C plug-ins into a folder (default: artifacts/plugins, which git ignores). CC and CFLAGS are heeded.
set -eu
here=$(dirname "$0")
out=${1:-$here/../../artifacts/plugins}
mkdir -p "$out"
${CC:-gcc} -std=c99 -O2 -Wall -Wextra -Werror ${CFLAGS:-} -o "$out/example_vm" "$here/example_vm.c" "$here/small_vm.c"
