#!/bin/sh
# Builds the C plug-ins into a folder (default: artifacts/plugins, which git ignores). CC and CFLAGS are heeded.
set -eu
here=$(dirname "$0")
out=${1:-$here/../../artifacts/plugins}
mkdir -p "$out"
${CC:-gcc} -std=c99 -O2 -Wall -Wextra -Werror ${CFLAGS:-} -o "$out/example_vm" "$here/example_vm.c" "$here/small_vm.c"

# DPDK's librte_bpf, where libdpdk-dev is installed: one program under three names, by which it knows what to be. Static, for dpdk_fence.c.
if pkg-config --exists libdpdk 2>/dev/null && [ "$(uname -m)" = x86_64 ]; then
  ${CC:-gcc} -std=gnu11 -O2 -Wall -Wextra -Werror $(pkg-config --cflags libdpdk) ${CFLAGS:-} -o "$out/dpdk-validator" \
    "$here/dpdk_bpf.c" "$here/dpdk_reason.c" "$here/dpdk_fence.c" -Wl,-z,now,--wrap=calloc,--wrap=free -l:librte_bpf.a -lrte_mbuf -lrte_eal
  ln -f "$out/dpdk-validator" "$out/dpdk-interpreter"
  ln -f "$out/dpdk-validator" "$out/dpdk-jit"
fi
