// Runs libFuzzer in the process of its caller: counters for it to read, and its driver by a name of our own.
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));

// libFuzzer takes all that is in this section for counters beside those of instrumented C, and clears it before each run.
__attribute__((section("__libfuzzer_extra_counters"), aligned(64))) static uint8_t counters[1 << 16];

uint8_t *bpfconf_counters(void) { return counters; }

int bpfconf_run(int argc, char **argv, int (*callback)(const uint8_t *data, size_t size)) {
    return LLVMFuzzerRunDriver(&argc, &argv, callback);
}
