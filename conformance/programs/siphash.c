// SipHash-2-4 of the buffer (Aumasson and Bernstein, 2012) with the key 00 01 ... 0f of its paper: adds, xors and
// rotations of four words that want to stay in registers, and BPF, which has no rotation.
#include <stdint.h>

#define MEMORY_BYTES 4096
#define WORDS (MEMORY_BYTES / sizeof(uint64_t))
#define KEY0 0x0706050403020100ull
#define KEY1 0x0f0e0d0c0b0a0908ull
#define ROTATE(value, count) ((value) << (count) | (value) >> (64 - (count)))

#define ROUND                                                      \
    do {                                                           \
        v0 += v1; v1 = ROTATE(v1, 13) ^ v0; v0 = ROTATE(v0, 32);   \
        v2 += v3; v3 = ROTATE(v3, 16) ^ v2;                        \
        v0 += v3; v3 = ROTATE(v3, 21) ^ v0;                        \
        v2 += v1; v1 = ROTATE(v1, 17) ^ v2; v2 = ROTATE(v2, 32);   \
    } while (0)

__attribute__((section("prog")))
uint64_t entry(uint8_t *memory, uint64_t length)
{
    const uint64_t *words = (const uint64_t *)memory;
    uint64_t v0 = KEY0 ^ 0x736f6d6570736575; // "somepseudorandomlygeneratedbytes"
    uint64_t v1 = KEY1 ^ 0x646f72616e646f6d;
    uint64_t v2 = KEY0 ^ 0x6c7967656e657261;
    uint64_t v3 = KEY1 ^ 0x7465646279746573;
    uint64_t last = length << 56; // the low byte of the length, and no bytes left over

    for (uint32_t i = 0; i < WORDS; i++) {
        uint64_t word = words[i];

        v3 ^= word;
        ROUND;
        ROUND;
        v0 ^= word;
    }

    v3 ^= last;
    ROUND;
    ROUND;
    v0 ^= last;
    v2 ^= 0xff;
    ROUND;
    ROUND;
    ROUND;
    ROUND;
    return v0 ^ v1 ^ v2 ^ v3;
}
