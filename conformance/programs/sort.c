// Insertion sort of signed 64-bit values in a stack array: stack loads and stores at computed offsets, and branches
// that data decide. The buffer stays as it was, so every run costs the same.
// The value is stored at each step, not once at its final place: an index that outlives the loop makes Linux's verifier
// follow every place it can have apart, and for some sizes it gave up after 1,000,000 instructions. So it did with a second
// pointer for the other place, where r6 to r9 were looked at after the end.
#include <stdint.h>

#define VALUES 32 // 256 of the 512 bytes of stack
#define WINDOWS 8 // Linux lets 8,192 branches wait for their other side, and a window has 32 * 31 / 2 of them

__attribute__((section("prog")))
uint64_t entry(uint8_t *memory, uint64_t length)
{
    uint64_t digest = length;

    for (uint64_t window = 0; window < WINDOWS; window++) {
        const int64_t *source = (const int64_t *)memory + window * VALUES;
        int64_t values[VALUES];

        for (uint64_t i = 0; i < VALUES; i++)
            values[i] = source[i];

        for (uint64_t i = 1; i < VALUES; i++) {
            int64_t value = values[i];

            for (uint64_t j = i; j > 0; j--) {
                int64_t *place = &values[j];

                if (place[-1] <= value) break;
                place[0] = place[-1];
                place[-1] = value;
            }
        }

        for (uint64_t i = 0; i < VALUES; i++)
            digest = digest * 31 + (uint64_t)values[i]; // the order counts
    }
    return digest;
}
