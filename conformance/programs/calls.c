// Program-local calls, four deep, seven for each word of the buffer: what a call costs a machine, which must keep
// r6-r9, give each callee its own stack and pass up to five arguments.
#include <stdint.h>

#define MEMORY_BYTES 4096
#define WORDS (MEMORY_BYTES / sizeof(uint64_t))
#define PROG __attribute__((section("prog")))
#define LOCAL static __attribute__((noinline)) PROG

LOCAL uint64_t absorb(uint64_t state, const uint64_t *word, uint64_t index);
LOCAL uint64_t scramble(uint64_t value, uint64_t salt);
LOCAL uint64_t blend(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t count);
LOCAL uint64_t rotate(uint64_t value, uint64_t count);

PROG
uint64_t entry(uint8_t *memory, uint64_t length)
{
    const uint64_t *words = (const uint64_t *)memory;
    uint64_t state = length;

    for (uint32_t i = 0; i < WORDS; i++)
        state = absorb(state, &words[i], i);
    return state;
}

LOCAL uint64_t absorb(uint64_t state, const uint64_t *word, uint64_t index)
{
    uint64_t mixed = scramble(state ^ *word, index);

    return rotate(mixed + state, 23) + scramble(*word, state); // state lives across two calls, in r6-r9
}

LOCAL uint64_t scramble(uint64_t value, uint64_t salt)
{
    volatile uint64_t kept[2] = { value, salt }; // volatile: a stack of its own, under the caller's
    uint64_t mixed = blend(value, salt, value >> 32, ~salt, value & 63);

    return mixed ^ kept[0] ^ kept[1] << 1;
}

LOCAL uint64_t blend(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t count)
{
    return (rotate(a + c, count) ^ b) * 0x9e3779b1 + d;
}

LOCAL uint64_t rotate(uint64_t value, uint64_t count)
{
    return value << (count & 63) | value >> (-count & 63);
}
