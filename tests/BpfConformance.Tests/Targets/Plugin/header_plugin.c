/* A plug-in that shows what bpfconf_plugin.h makes of what it is given. A run returns the remainder of its memory's address by 16, and
   adds 1 to each byte of the memory; memory that begins with 0xee makes it show a register 11. A program of no slots is rejected with a
   long text. Runs together return the number of their map as its value. */
#include "bpfconf_plugin.h"

static void *load(const struct bpfconf_program *program, struct bpfconf_verdict *verdict) {
  static char text[0x10000 + 8];
  static int loaded;
  if (program->slot_count > 0) return &loaded;
  for (size_t i = 0; i + 2 < sizeof text; i += 2) /* a text ends after 65,535 bytes, which is within an é */
    memcpy(text + i, "\xc3\xa9", 2);
  verdict->decision = BPFCONF_REJECTED;
  verdict->message = text;
  return NULL;
}

static void run(void *loaded, uint8_t *memory, uint32_t bytes, struct bpfconf_outcome *outcome) {
  (void)loaded;
  if (bytes > 0 && memory[0] == 0xee) outcome->registers_mask = 1 << 11;
  for (uint32_t i = 0; i < bytes; i++) memory[i]++;
  outcome->r0 = (uintptr_t)memory % 16;
  outcome->r0_mask = UINT64_MAX;
  outcome->shows_memory = 1;
}

static uint64_t run_together(void *loaded, uint32_t map, uint32_t count, uint8_t *const *memories, const uint32_t *bytes,
                             struct bpfconf_outcome *outcomes) {
  for (uint32_t i = 0; i < count; i++) run(loaded, memories[i], bytes[i], &outcomes[i]);
  return map;
}

static void unload(void *loaded) { (void)loaded; }

int main(void) {
  static const char *const groups[] = {"base32", NULL};
  static const uint32_t types[] = {0};
  static const struct bpfconf_machine machine = {
      .name = "header", .version = "1", .cpu = 4, .max_memory = BPFCONF_MAX_MEMORY, .groups = groups, .types = types, .type_count = 1,
      .load = load, .run = run, .unload = unload, .run_together = run_together,
  };
  return bpfconf_serve(&machine);
}
