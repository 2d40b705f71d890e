// What a campaign on the kernel costs at least: the same system calls for the same programs, and nothing else. A load or two, a run for each
// input from memory that is mapped, and what was left compared with what the reference left, but for what derives from addresses.
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct program {
    const void *given, *twin; // given: 0 where the twin's verdict is enough
    uint32_t given_slots, twin_slots;
};

struct loop {
    const struct program *programs;
    const uint64_t *inputs;              // of each program as many as input_count, memory_words each
    const uint64_t *expected, *compared; // as many, results behind each; and the bits of them that have to be so
    uint64_t *memory, *results;
    const int *fds;
    uint32_t program_count, input_count, memory_words, results_words, type, flags;
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
    int fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof attr);
    if (fd < 0) return fd;

    // What it cost.
    struct bpf_prog_info info;
    memset(&info, 0, sizeof info);
    memset(&attr, 0, sizeof attr);
    attr.info.bpf_fd = (uint32_t)fd;
    attr.info.info = (uint64_t)(uintptr_t)&info;
    attr.info.info_len = sizeof info;
    return syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof attr) < 0 ? -1 : fd;
}

static int differs(const uint64_t *left, const uint64_t *expected, const uint64_t *compared, uint32_t words) {
    uint64_t bits = 0;
    for (uint32_t i = 0; i < words; i++) bits |= (left[i] ^ expected[i]) & compared[i];
    return bits != 0;
}

static int run(const struct loop *loop, int program, size_t place) {
    uint32_t memory_words = loop->memory_words, results_words = loop->results_words;
    union bpf_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.test.prog_fd = (uint32_t)program;
    memcpy(loop->memory, loop->inputs + place * memory_words, memory_words * sizeof *loop->memory);
    memset(loop->results, 0, results_words * sizeof *loop->results);
    if (syscall(SYS_bpf, BPF_PROG_TEST_RUN, &attr, sizeof attr) < 0) return -errno;

    const uint64_t *expected = loop->expected + place * (memory_words + results_words);
    const uint64_t *compared = loop->compared + place * (memory_words + results_words);
    return differs(loop->memory, expected, compared, memory_words) | differs(loop->results, expected + memory_words, compared + memory_words, results_words)
        ? -EBADMSG : 0;
}

// Does so with programs first to first + count − 1, from the beginning again behind the last; 0, or a negated errno.
int bare_kernel_loop(const struct loop *loop, uint32_t first, uint32_t count) {
    for (uint32_t i = first; i < first + count; i++) {
        uint32_t at = i % loop->program_count;
        const struct program *program = &loop->programs[at];
        if (program->given) {
            int given = load(loop, program->given, program->given_slots);
            if (given < 0) return -errno;
            close(given);
        }

        int twin = load(loop, program->twin, program->twin_slots);
        if (twin < 0) return -errno;
        int error = 0;
        for (uint32_t input = 0; input < loop->input_count && error == 0; input++) {
            error = run(loop, twin, (size_t)at * loop->input_count + input);
        }

        close(twin);
        if (error) return error;
    }

    return 0;
}
