// What LLVM 14 makes of many small functions, and how llvm-objdump 14 writes it: our disassembler is held to the same
// text. Nobody runs these. The last functions are assembly, for forms that clang has no reason to choose.
// regenerate.sh makes functions.hex and functions.objdump.txt from this file.
#include <stdint.h>

#pragma clang section text = "prog" // one section, so that both files count instructions from the same start

#define NOINLINE static __attribute__((noinline))
#define NAKED __attribute__((naked))

struct pair { uint64_t first, second; };
struct fields { uint8_t byte; uint8_t pad; uint16_t half; uint32_t word; uint64_t wide; };

// Arithmetic.
uint64_t arithmetic64(uint64_t a, uint64_t b) { return ((a + b) * 7 - (a ^ b)) | (b & 0xff); }
uint32_t arithmetic32(uint32_t a, uint32_t b) { return ((a + b) * 7 - (a ^ b)) | (b & 0xff); }
uint64_t negate64(uint64_t a) { return -a; }
uint32_t negate32(uint32_t a) { return -a; }
uint64_t complement(uint64_t a, uint32_t b) { return ~a + ~b; }
uint64_t divide64(uint64_t a, uint64_t b) { return a / b + a / 1000; }
uint32_t divide32(uint32_t a, uint32_t b) { return a / b + a / 1000; }
uint64_t shift64(uint64_t a, uint64_t n) { return (a << n) + (a >> n) + (uint64_t)((int64_t)a >> n) + (a << 63); }
uint32_t shift32(uint32_t a, uint32_t n) { return (a << n) + (a >> n) + (uint32_t)((int32_t)a >> n) + (a >> 31); }
int64_t shift_right_signed(int64_t a, int32_t b) { return (a >> 17) + (b >> 5); }
int64_t sign_extend(int8_t *a, int16_t *b, int32_t *c) { return (int64_t)*a + *b + *c; }
uint64_t truncate(uint64_t a, uint64_t b) { return (uint32_t)a + (uint64_t)(uint16_t)b + (uint8_t)(a >> 8); }

// Constants.
uint64_t wide_constant(void) { return 0x0123456789abcdef; }
uint64_t wide_constants(uint64_t a) { return (a ^ 0x8000000000000000) + 0xffffffff00000000 + 0x80000000; }
int64_t negative_constants(int64_t a) { return (a & -4096) + -2147483648LL; }
uint64_t small_constants(uint64_t a) { return a + 0x7fffffff; }

// Loads and stores of each size, at either side of a pointer.
uint64_t load_fields(const struct fields *f) { return f->byte + f->half + f->word + f->wide; }
void store_fields(struct fields *f, uint64_t a) { f->byte = a; f->half = a; f->word = a; f->wide = a; }
uint64_t load_before(const uint64_t *p) { return p[-1] + *((const uint8_t *)p - 32768) + p[4095]; }
void store_before(uint32_t *p, uint32_t a) { p[-1] = a; *((uint16_t *)p - 3) = a; }
void store_immediates(volatile struct fields *f) { f->byte = 1; f->half = 0x7fff; f->word = -1; f->wide = -2; }
void copy_struct(struct pair *to, const struct pair *from) { *to = *from; }
void copy_bytes(char *to, const char *from) { __builtin_memcpy(to, from, 7); }
uint64_t stack_slots(uint64_t a, uint32_t b)
{
    volatile uint64_t wide = a;
    volatile uint32_t word = b;
    volatile uint8_t byte = b;

    return wide + word + byte;
}

// Byte swaps. Of a little-endian target clang makes be16, be32 and be64 only.
uint16_t swap16(uint16_t a) { return __builtin_bswap16(a); }
uint32_t swap32(uint32_t a) { return __builtin_bswap32(a); }
uint64_t swap64(uint64_t a) { return __builtin_bswap64(a); }

// Atomics.
void atomic_adds(uint64_t *p, uint32_t *q, uint64_t a) { __sync_fetch_and_add(p, a); __sync_fetch_and_add(q, a); }
uint64_t atomic_fetch64(uint64_t *p, uint64_t a)
{
    a ^= __sync_fetch_and_add(p + 1, a);
    a ^= __sync_fetch_and_sub(p - 1, a);
    a ^= __sync_fetch_and_or(p, a);
    a ^= __sync_fetch_and_and(p, a);
    return a ^ __sync_fetch_and_xor(p, a);
}
uint32_t atomic_fetch32(uint32_t *p, uint32_t a)
{
    a ^= __sync_fetch_and_add(p + 1, a);
    a ^= __sync_fetch_and_sub(p - 1, a);
    a ^= __sync_fetch_and_or(p, a);
    a ^= __sync_fetch_and_and(p, a);
    return a ^ __sync_fetch_and_xor(p, a);
}
uint64_t atomic_exchange64(uint64_t *p, uint64_t a) { return __atomic_exchange_n(p + 2, a, __ATOMIC_SEQ_CST); }
uint32_t atomic_exchange32(uint32_t *p, uint32_t a) { return __atomic_exchange_n(p - 2, a, __ATOMIC_SEQ_CST); }
uint64_t compare_exchange64(uint64_t *p, uint64_t a, uint64_t b) { return __sync_val_compare_and_swap(p + 3, a, b); }
uint32_t compare_exchange32(uint32_t *p, uint32_t a, uint32_t b) { return __sync_val_compare_and_swap(p - 3, a, b); }

// Branches.
uint64_t maximum_unsigned64(uint64_t a, uint64_t b) { return a > b ? a : b; }
int64_t minimum_signed64(int64_t a, int64_t b) { return a < b ? a : b; }
uint32_t maximum_unsigned32(uint32_t a, uint32_t b) { return a > b ? a : b; }
int32_t minimum_signed32(int32_t a, int32_t b) { return a < b ? a : b; }
uint64_t clamp64(int64_t a) { return a < -5 ? 1 : a > 1000 ? 2 : a == 7 ? 3 : 4; }
uint32_t clamp32(uint32_t a) { return a < 10 ? 1 : a >= 0x80000001 ? 2 : a != 77 ? 3 : 4; }
uint64_t equal_wide(uint64_t a, uint64_t b) { return a == 0x123456789 ? b : a == b; }
uint64_t sum_loop(const uint32_t *p, uint64_t n)
{
    uint64_t sum = 0;

    for (uint64_t i = 0; i < n; i++)
        sum += p[i];
    return sum;
}
int32_t search_loop(const int8_t *p, int32_t n)
{
    for (int32_t i = n; i >= 0; i--)
        if (p[i] == 10)
            return i;
    return -1;
}
uint64_t switch_sparse(uint32_t a, uint64_t b)
{
    switch (a) {
    case 1: return b + 3;
    case 17: return b * 5;
    case 400: return b - 1;
    case 0xfffffff0: return b >> 2;
    default: return 0;
    }
}
void switch_effects(uint32_t a, volatile uint32_t *p)
{
    switch (a) {
    case 0: p[0] = 1; break;
    case 1: p[1] = 20; // and on
    case 2: p[2] = 300; break;
    case 3: p[3] = p[4]; break;
    case 4: p[5]++; break;
    }
}

// Calls: program-local, forward and backward, and of helpers by number.
NOINLINE uint64_t callee_before(uint64_t a, uint64_t *p) { *p = a; return a * *(p + 1); }
NOINLINE uint64_t callee_after(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t *e);
uint64_t calls_local(uint64_t *p) { return callee_before(p[0], p) + callee_after(1, p[1], p[2], -4, p); }
static uint64_t callee_after(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t *e) { *e = a + b; return c * d; }

static void *(*const map_lookup_elem)(void *map, const void *key) = (void *)1;
static uint64_t (*const ktime_get_ns)(void) = (void *)5;
uint64_t calls_helpers(void *map)
{
    uint32_t key = 3;
    uint64_t *value = map_lookup_elem(map, &key);

    return value ? *value + ktime_get_ns() : 0;
}

// Packet access of the socket filters.
uint64_t load_byte(void *skb, uint64_t offset) __asm__("llvm.bpf.load.byte");
uint64_t load_half(void *skb, uint64_t offset) __asm__("llvm.bpf.load.half");
uint64_t load_word(void *skb, uint64_t offset) __asm__("llvm.bpf.load.word");
uint64_t packet_loads(void *skb)
{
    uint64_t length = (load_byte(skb, 14) & 15) * 4;

    return load_half(skb, 12) + load_word(skb, 26) + load_byte(skb, length) + load_half(skb, length + 2) +
           load_word(skb, length + 4);
}

NAKED void every_alu64(void)
{
    __asm__ volatile(
        "r0 += r1; r0 -= r2; r0 *= r3; r0 /= r4; r0 |= r5; r0 &= r6; r0 <<= r7; r0 >>= r8; r0 ^= r9; r0 = r10;"
        "r9 += 1; r8 -= 2; r7 *= -3; r6 /= 4; r5 |= 5; r4 &= -6; r3 <<= 63; r2 >>= 32; r1 ^= 2147483647; r0 = -1;"
        "r1 s>>= r2; r3 s>>= 63; r4 = -r4; r5 = 0x7fffffff; r6 = -2147483648; r7 -= -2147483648; r8 = r8; exit");
}
NAKED void every_alu32(void)
{
    __asm__ volatile(
        "w0 += w1; w0 -= w2; w0 *= w3; w0 /= w4; w0 |= w5; w0 &= w6; w0 <<= w7; w0 >>= w8; w0 ^= w9; w0 = w9;"
        "w9 += 1; w8 -= 2; w7 *= -3; w6 /= 4; w5 |= 5; w4 &= -6; w3 <<= 31; w2 >>= 16; w1 ^= 2147483647; w0 = -1;"
        "w1 s>>= w2; w3 s>>= 31; w4 = -w4; w5 = 0x7fffffff; w6 = -2147483648; w7 -= -2147483648; w8 = w8; exit");
}
NAKED void every_swap(void)
{
    __asm__ volatile("r1 = le16 r1; r2 = le32 r2; r3 = le64 r3; r4 = be16 r4; r5 = be32 r5; r6 = be64 r6; exit");
}
NAKED void every_jump64(void)
{
    __asm__ volatile(
        "r0 = 0; start%=:"
        "if r1 == r2 goto end%=; if r1 != r2 goto end%=; if r1 > r2 goto end%=; if r1 >= r2 goto end%=;"
        "if r1 < r2 goto end%=; if r1 <= r2 goto end%=; if r1 s> r2 goto end%=; if r1 s>= r2 goto end%=;"
        "if r1 s< r2 goto end%=; if r1 s<= r2 goto end%=; if r3 == 0 goto start%=; if r3 != -1 goto start%=;"
        "if r3 > 10 goto start%=; if r3 >= -10 goto start%=; if r3 < 2147483647 goto start%=;"
        "if r3 <= 1 goto start%=; if r3 s> -1 goto start%=; if r3 s>= 0 goto start%=;"
        "if r3 s< -2147483648 goto start%=; if r3 s<= 9 goto start%=;"
        "goto end%=; goto start%=; end%=: exit" ::);
}
NAKED void every_jump32(void)
{
    __asm__ volatile(
        "r0 = 0; start%=:"
        "if w1 == w2 goto end%=; if w1 != w2 goto end%=; if w1 > w2 goto end%=; if w1 >= w2 goto end%=;"
        "if w1 < w2 goto end%=; if w1 <= w2 goto end%=; if w1 s> w2 goto end%=; if w1 s>= w2 goto end%=;"
        "if w1 s< w2 goto end%=; if w1 s<= w2 goto end%=; if w3 == 0 goto start%=; if w3 != -1 goto start%=;"
        "if w3 > 10 goto start%=; if w3 >= -10 goto start%=; if w3 < 2147483647 goto start%=;"
        "if w3 <= 1 goto start%=; if w3 s> -1 goto start%=; if w3 s>= 0 goto start%=;"
        "if w3 s< -2147483648 goto start%=; if w3 s<= 9 goto start%=;"
        "end%=: exit" ::);
}
NAKED void every_lock(void)
{
    __asm__ volatile(
        "lock *(u64 *)(r1 + 0) += r2; lock *(u64 *)(r1 + 8) |= r2;"
        "lock *(u64 *)(r1 - 8) &= r2; lock *(u64 *)(r10 - 16) ^= r2;"
        "lock *(u32 *)(r1 + 0) += w2; lock *(u32 *)(r1 + 8) |= w2;"
        "lock *(u32 *)(r1 - 8) &= w2; lock *(u32 *)(r10 - 16) ^= w2; exit");
}
NAKED void every_wide(void)
{
    __asm__ volatile(
        "r0 = 0 ll; r1 = -1 ll; r9 = 0x8000000000000000 ll; r2 = 0xffffffff ll; r3 = -4294967296 ll; exit");
}
