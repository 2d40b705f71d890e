// FNV-1a, 64 bit, over every byte of the buffer: a chain of byte load, xor and 64-bit multiplication, the shape of
// the hashes that BPF programs key their maps with.
#include <stdint.h>

#define MEMORY_BYTES 4096
#define FNV_OFFSET_BASIS 0xcbf29ce484222325ull
#define FNV_PRIME 0x100000001b3ull

__attribute__((section("prog")))
uint64_t entry(uint8_t *memory, uint64_t length)
{
    uint64_t hash = FNV_OFFSET_BASIS;

    (void)length;
    for (uint32_t i = 0; i < MEMORY_BYTES; i++)
        hash = (hash ^ memory[i]) * FNV_PRIME;
    return hash;
}
