// Every atomic instruction, 64 bit on the lower half of the buffer and 32 bit on the upper: the lock prefix, the old
// value that the fetching forms return, and a compare-and-exchange that meets its expectation every other time.
// No branch depends on memory, so a second run costs the same.
#include <stdint.h>

#define MEMORY_BYTES 4096
#define CELLS64 (MEMORY_BYTES / 2 / sizeof(uint64_t))
#define CELLS32 (MEMORY_BYTES / 2 / sizeof(uint32_t))

__attribute__((section("prog")))
uint64_t entry(uint8_t *memory, uint64_t length)
{
    uint64_t *cells64 = (uint64_t *)memory;
    uint32_t *cells32 = (uint32_t *)(memory + MEMORY_BYTES / 2);
    uint64_t old = length;

    for (uint32_t i = 0; i < CELLS64; i++) {
        uint64_t *cell = &cells64[i];

        __sync_fetch_and_add(cell, i + 1); // result unused: lock add, without fetch
        old += __sync_fetch_and_add(cell, old);
        old ^= __atomic_exchange_n(cell, old, __ATOMIC_SEQ_CST);
        old += __sync_fetch_and_or(cell, old << 8);
        old ^= __sync_fetch_and_and(cell, ~(old >> 4));
        old += __sync_fetch_and_xor(cell, old);
        old += __sync_val_compare_and_swap(cell, *cell + (i & 1), old);
    }

    for (uint32_t i = 0; i < CELLS32; i++) {
        uint32_t *cell = &cells32[i];

        __sync_fetch_and_add(cell, i + 1);
        old += __sync_fetch_and_add(cell, (uint32_t)old);
        old += __atomic_exchange_n(cell, (uint32_t)(old >> 16), __ATOMIC_SEQ_CST);
        old ^= __sync_fetch_and_or(cell, (uint32_t)old << 8);
        old += __sync_fetch_and_and(cell, ~(uint32_t)(old >> 4));
        old ^= __sync_fetch_and_xor(cell, (uint32_t)old);
        old += (uint64_t)__sync_val_compare_and_swap(cell, *cell + (i & 1), (uint32_t)old) << 32;
    }
    return old;
}
