// Marsaglia's xorshift64 generator, one dependent chain: what plain 64-bit shifts, xors, adds and a loop cost when
// hardly any memory is touched. The seed comes from memory, so that no verifier or compiler can fold the chain.
#include <stdint.h>

#define STEPS 4096

__attribute__((section("prog")))
uint64_t entry(uint8_t *memory, uint64_t length)
{
    uint64_t state = *(uint64_t *)memory | 1; // zero is the generator's fixed point
    uint64_t sum = length;

    for (uint32_t step = 0; step < STEPS; step++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        sum += state;
    }
    return sum;
}
