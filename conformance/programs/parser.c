// Walks the headers of packets in the buffer: Ethernet, up to two VLAN tags, IPv4 with options or IPv6 with extension
// headers, TCP with options, UDP or ICMP. Branches that data decide and loads at computed offsets are what most BPF
// programs are made of. A type or length is two bits of its field: any buffer holds packets of many kinds, and none can
// leave it. Packets start every 32 bytes and overlap. Nothing is written: every run costs the same.
#include <stdint.h>

#define MEMORY_BYTES 4096
#define STRIDE_BYTES 32
#define PACKET_BYTES 128 // longest: 14 + 2 * 4 + 40 + 2 * 16 + 32 = 126
#define PACKETS ((MEMORY_BYTES - PACKET_BYTES) / STRIDE_BYTES + 1)
#define TYPE(byte) ((byte) >> 6)
#define PROTOCOL(byte) ((byte) >> 2 & 3)
#define LENGTH(byte) ((byte) & 3)
#define PROG __attribute__((section("prog")))
#define INLINE static inline __attribute__((always_inline)) PROG

enum { IPV4, IPV6, VLAN, ARP };
enum { TCP, UDP, ICMP, EXTENSION };

INLINE uint16_t be16(const uint8_t *field)
{
    return __builtin_bswap16(*(const uint16_t *)field);
}

INLINE uint64_t mix(uint64_t hash, uint64_t value)
{
    return (hash ^ value) * 0x100000001b3;
}

PROG
uint64_t entry(uint8_t *memory, uint64_t length)
{
    uint64_t hash = length;

    for (uint32_t n = 0; n < PACKETS; n++) {
        const uint8_t *header = memory + n * STRIDE_BYTES;
        uint32_t type = TYPE(header[13]), protocol = EXTENSION;

        header += 14;
        for (uint32_t tag = 0; tag < 2 && type == VLAN; tag++) {
            hash = mix(hash, be16(header) & 0xfff);
            type = TYPE(header[2]);
            header += 4;
        }

        if (type == IPV4) {
            uint32_t sum = 0;

            for (uint32_t i = 0; i < 20; i += 2)
                sum += be16(header + i);
            hash = mix(hash, (sum & 0xffff) + (sum >> 16));
            protocol = PROTOCOL(header[9]);
            header += 20 + LENGTH(header[0]) * 4;
        } else if (type == IPV6) {
            for (uint32_t i = 8; i < 40; i += 2)
                hash = mix(hash, be16(header + i));
            protocol = PROTOCOL(header[6]);
            header += 40;
            for (uint32_t i = 0; i < 2 && protocol == EXTENSION; i++) {
                protocol = PROTOCOL(header[0]);
                header += 8 + (LENGTH(header[1]) & 1) * 8;
            }
        }

        if (protocol == TCP || protocol == UDP)
            hash = mix(hash, (uint32_t)be16(header) << 16 | be16(header + 2));
        if (protocol == TCP) {
            uint32_t options = LENGTH(header[12]); // words

            for (uint32_t i = 0; i < 3 && i < options; i++)
                hash = mix(hash, be16(header + 20 + i * 4));
        }
        hash = mix(hash, type << 2 | protocol);
    }
    return hash;
}
