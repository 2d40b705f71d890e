// What a campaign on the kernel costs at least: the same system calls for the same programs, and nothing else. Two loads, a run for each
// input from memory that is mapped, and what was left compared with what the first pass left.
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct program {
    const void *given, *twin;
    uint32_t given_slots, twin_slots;
};

struct loop {
    const struct program *programs;
    const uint8_t *inputs; // of each program as many as input_count, memory_bytes each
    uint8_t *left;         // as many; results behind each
    uint8_t *memory, *results;
    const int *fds;
    uint32_t program_count, input_count, memory_bytes, results_bytes, type, flags;
};

static int load(const struct loop *loop, const void *slots, uint32_t count) {
    static const char license[] = "GPL";
    union bpf_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.prog_type = loop->type;
    attr.insns = (uint64_t)(uintptr_t)slots;
    attr.insn_cnt = count;
    attr.license = (uint64_t)(uintptr_t)license;
    attr.prog_flags = loop->flags;
    attr.fd_array = (uint64_t)(uintptr_t)loop->fds;
    return (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof attr);
}

static int run(const struct loop *loop, int program, const uint8_t *input, uint8_t *left, int records) {
    union bpf_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.test.prog_fd = (uint32_t)program;
    memcpy(loop->memory, input, loop->memory_bytes);
    memset(loop->results, 0, loop->results_bytes);
    if (syscall(SYS_bpf, BPF_PROG_TEST_RUN, &attr, sizeof attr) < 0) return -errno;
    if (records) {
        memcpy(left, loop->memory, loop->memory_bytes);
        memcpy(left + loop->memory_bytes, loop->results, loop->results_bytes);
    }

    int differs = memcmp(left, loop->memory, loop->memory_bytes) | memcmp(left + loop->memory_bytes, loop->results, loop->results_bytes);
    return differs ? -EBADMSG : 0;
}

// Does so with programs first to first + count − 1, from the beginning again behind the last; 0, or a negated errno.
int bare_kernel_loop(const struct loop *loop, uint32_t first, uint32_t count, int records) {
    for (uint32_t i = first; i < first + count; i++) {
        uint32_t at = i % loop->program_count;
        const struct program *program = &loop->programs[at];
        int given = load(loop, program->given, program->given_slots);
        if (given < 0) return -errno;
        close(given);
        int twin = load(loop, program->twin, program->twin_slots);
        if (twin < 0) return -errno;
        int error = 0;
        for (uint32_t input = 0; input < loop->input_count && error == 0; input++) {
            size_t place = (size_t)at * loop->input_count + input;
            error = run(loop, twin, loop->inputs + place * loop->memory_bytes, loop->left + place * (loop->memory_bytes + loop->results_bytes), records);
        }

        close(twin);
        if (error) return error;
    }

    return 0;
}
