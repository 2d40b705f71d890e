/* The small machine as a plug-in: bpfconf run --target plugin:example_vm */
#include "bpfconf_plugin.h"
#include "small_vm.h"

struct loaded {
  struct small_vm *vm;
  uint64_t budget;
};

static void *load(const struct bpfconf_program *program, struct bpfconf_verdict *verdict) {
  struct small_vm_error error = {NULL, 0};
  struct loaded *loaded = malloc(sizeof *loaded);
  uint32_t value_bytes[BPFCONF_MAX_MAPS];
  for (uint32_t i = 0; i < program->map_count; i++) {
    value_bytes[i] = program->maps[i].value_bytes;
    if (program->maps[i].type == 2 && program->maps[i].max_entries == 1 && value_bytes[i] <= BPFCONF_MAX_MEMORY) continue;
    verdict->decision = BPFCONF_UNSUPPORTED;
    verdict->message = "maps are arrays of one entry here, of at most 16 MiB";
  }
  loaded->budget = program->budget;
  loaded->vm = verdict->decision == BPFCONF_ACCEPTED
                   ? small_vm_load(program->slots, program->slot_count, value_bytes, program->map_count, &error)
                   : NULL;
  if (loaded->vm != NULL) return loaded;
  free(loaded);
  if (error.reason != NULL) {
    verdict->decision = BPFCONF_REJECTED;
    verdict->reason = error.reason;
    verdict->pc = error.pc;
  }
  return NULL;
}

static void run(void *machine, uint8_t *memory, uint32_t bytes, struct bpfconf_outcome *outcome) {
  struct loaded *loaded = machine;
  struct small_vm_result result;
  small_vm_run(loaded->vm, memory, bytes, loaded->budget, &result);
  outcome->instructions = result.instructions;
  switch (result.end) {
  case SMALL_VM_RETURNED:
    outcome->end = BPFCONF_RETURNED;
    outcome->r0 = result.registers[0];
    outcome->r0_mask = UINT64_MAX;
    outcome->registers_mask = 0x3c0; /* r6 to r9: the others mean nothing after a return */
    memcpy(outcome->registers, result.registers, sizeof outcome->registers);
    outcome->shows_memory = 1;
    break;
  case SMALL_VM_FAULTED:
    outcome->end = BPFCONF_FAULTED;
    outcome->fault = result.fault;
    outcome->fault_pc = result.fault_pc;
    break;
  case SMALL_VM_OUT_OF_BUDGET:
    outcome->end = BPFCONF_TIMED_OUT;
    break;
  }
}

static void unload(void *machine) {
  struct loaded *loaded = machine;
  small_vm_free(loaded->vm);
  free(loaded);
}

int main(void) {
  static const char *const groups[] = {"base32", "base64", "divmul32", "divmul64", NULL};
  static const uint32_t types[] = {0};
  static const struct bpfconf_machine machine = {
      .name = "small_vm", .version = "1", .cpu = 4, .max_memory = BPFCONF_MAX_MEMORY, .groups = groups,
      .types = types, .type_count = 1, .load = load, .run = run, .unload = unload,
  };
  return bpfconf_serve(&machine);
}
