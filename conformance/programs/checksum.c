// Checks a table of 16-byte rows with a load of every size, and gives each row its check byte: what loads and stores
// cost, and what a machine's bounds checks add. The check byte is not part of any sum, so a second run over the
// buffer that the first left returns and stores the same.
#include <stdint.h>

#define MEMORY_BYTES 4096

struct row {
    uint64_t wide;
    uint32_t word;
    uint16_t half;
    uint8_t byte;
    uint8_t check;
};

#define ROWS (MEMORY_BYTES / sizeof(struct row))

__attribute__((section("prog")))
uint64_t entry(uint8_t *memory, uint64_t length)
{
    struct row *rows = (struct row *)memory;
    uint64_t internet = length; // one's complement sum with end-around carry (RFC 1071), 64 bits wide
    uint64_t first = 1, second = 0; // Fletcher's two sums: the second makes the order of the rows count

    for (uint32_t i = 0; i < ROWS; i++) {
        struct row *row = &rows[i];
        uint64_t wide = row->wide;
        uint64_t sum = (uint64_t)row->word + row->half + row->byte;

        internet += wide;
        internet += internet < wide;
        first += sum + (wide >> 32) + (uint32_t)wide;
        second += first;

        sum ^= wide ^ wide >> 32;
        sum ^= sum >> 16;
        row->check = (uint8_t)(sum ^ sum >> 8);
    }
    return internet ^ first ^ second << 16;
}
