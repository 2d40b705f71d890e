/* Why DPDK's validator refused a program, from the lines that it logs: rte_bpf_load itself says EINVAL. */
#ifndef DPDK_REASON_H
#define DPDK_REASON_H

#include <stdint.h>

struct dpdk_reason {
  const char *word; /* of conformance/README.md; NULL: none of them fits, or DPDK does not say */
  uint32_t pc;      /* UINT32_MAX: not told */
};

/* From the log of lib/bpf/bpf_validate.c (22.11), about a program of `count` slots of which the first `prologue` are not the
   program's own. `pc` is then counted without them. */
struct dpdk_reason dpdk_reason_of(const char *log, const uint8_t *slots, uint32_t count, uint32_t prologue);

#endif
