// Unsigned division and modulo, 64 and 32 bit, of values from memory: the slowest ALU instructions, and those for
// which a JIT on x86-64 must move registers around (div uses rax and rdx).
// A divisor is never zero, where C and BPF differ; the vectors of the divmul groups hold that case.
#include <stdint.h>

#define MEMORY_BYTES 4096
#define WORDS (MEMORY_BYTES / sizeof(uint64_t))
#define INLINE static inline __attribute__((always_inline, section("prog")))

#ifdef __bpf__
// clang 14 divides, multiplies and subtracts instead of using BPF's modulo, and its assembler does not know it either.
#define MODULO(opcode)                                                             \
    register uint64_t dst __asm__("r3") = value;                                   \
    register uint64_t src __asm__("r4") = divisor;                                 \
    __asm__(".byte " #opcode ", 0x43, 0, 0, 0, 0, 0, 0" : "+r"(dst) : "r"(src));   \
    return dst
#else
#define MODULO(opcode) return value % divisor
#endif

INLINE uint64_t modulo64(uint64_t value, uint64_t divisor) { MODULO(0x9f); }
INLINE uint32_t modulo32(uint32_t value, uint32_t divisor) { MODULO(0x9c); }

__attribute__((section("prog")))
uint64_t entry(uint8_t *memory, uint64_t length)
{
    const uint64_t *words = (const uint64_t *)memory;
    uint64_t sum64 = length, divisor64 = length;
    uint32_t sum32 = 1, divisor32 = 1;

    for (uint32_t i = 0; i < WORDS; i++) {
        uint64_t word = words[i];
        uint32_t half = (uint32_t)(word >> 32);

        sum64 += word / divisor64;
        sum64 ^= modulo64(~word, divisor64);
        sum32 += half / divisor32;
        sum32 ^= modulo32(~half, divisor32);
        divisor64 = word >> (i & 63) | 1; // of every size, so that quotients are not all 0 or 1
        divisor32 = (uint32_t)word >> (i & 31) | 1;
    }
    return sum64 ^ (uint64_t)sum32 << 32;
}
