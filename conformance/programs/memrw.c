// Reads, changes and writes back every word of the buffer, 16 times: loads and stores that wait for nothing before them, and
// that a compiler for a machine with wide registers does several of at once.
// The keys depend on the length alone, and a second run takes them off again: every run costs the same.
#include <stdint.h>

#define MEMORY_BYTES 4096
#define WORDS (MEMORY_BYTES / sizeof(uint64_t))
#define PASSES 16
#define STEP 0x9e3779b97f4a7c15

__attribute__((section("prog")))
uint64_t entry(uint8_t *memory, uint64_t length)
{
    uint64_t *words = (uint64_t *)memory;
    uint64_t key = length, sum = 0;

    for (uint32_t pass = 0; pass < PASSES; pass++) {
        for (uint32_t i = 0; i < WORDS; i++) {
            uint64_t word = words[i] ^ key;

            words[i] = word;
            sum += word;
            key += STEP;
        }
    }
    return sum;
}
