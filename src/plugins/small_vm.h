/* A small eBPF machine, as an example of one that is put behind a plug-in: an interpreter for the conformance groups
   base32, base64, divmul32 and divmul64 of RFC 9669, with a check of what it is given and of every memory access. */
#ifndef SMALL_VM_H
#define SMALL_VM_H

#include <stdint.h>

struct small_vm;

struct small_vm_error {
  const char *reason; /* in the words of conformance/README.md */
  uint32_t pc;
};

enum small_vm_end { SMALL_VM_RETURNED, SMALL_VM_FAULTED, SMALL_VM_OUT_OF_BUDGET };

struct small_vm_result {
  enum small_vm_end end;
  const char *fault;     /* why it faulted, in the words of conformance/README.md */
  uint32_t fault_pc;
  uint64_t instructions; /* that were executed */
  uint64_t registers[11];
};

/* Loads a program of `count` slots, whose maps are arrays of one entry with values of so many bytes. NULL: `error` says why. */
struct small_vm *small_vm_load(const uint8_t *slots, uint32_t count, const uint32_t *value_bytes, uint32_t maps,
                               struct small_vm_error *error);

/* Runs it from the beginning, over memory that it may change. */
void small_vm_run(struct small_vm *vm, uint8_t *memory, uint32_t bytes, uint64_t budget, struct small_vm_result *result);

void small_vm_free(struct small_vm *vm);

#endif
