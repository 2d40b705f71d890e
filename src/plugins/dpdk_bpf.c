/* DPDK's librte_bpf as a plug-in: bpfconf run --target plugin:dpdk-interpreter, and likewise dpdk-jit and dpdk-validator.

   Which of the three it is, is its only argument, or else the end of the name that it is called by. All three validate, as
   rte_bpf_load always does; "validator" runs nothing.

   DPDK gives a program one argument, in r1. A program of the suite also has the length of its memory in r2: a prologue sets it, which
   DPDK validates and translates with the program. All jumps are relative, so it changes nothing else; and pcs are told without it.
   A program of type socket_filter gets an rte_mbuf in r1, whose data is the packet from byte 14, and no prologue. */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <unistd.h>

#include <rte_bpf.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <rte_mbuf.h>
#include <rte_version.h>

#include "bpfconf_plugin.h"
#include "dpdk_reason.h"

enum { UNSPECIFIED = 0, SOCKET_FILTER = 1, LINK_HEADER = 14, MAX_PROLOGUE = 2 };

enum mode { VALIDATOR, INTERPRETER, JIT };
static enum mode mode;

struct loaded {
  struct rte_bpf *bpf;
  uint64_t (*native)(void *);
  uint32_t type;
};

/* What DPDK logs; emptied before each load. */
static char *logged;
static size_t logged_bytes;
static FILE *log_stream;

/* Where programs find their memory: it ends, but for up to seven bytes, where nothing can be read or written. */
static uint8_t *memory_end;

static void set_up(void) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  uint8_t *start = mmap(NULL, BPFCONF_MAX_MEMORY + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  log_stream = open_memstream(&logged, &logged_bytes);
  if (start == MAP_FAILED || mprotect(start + page, BPFCONF_MAX_MEMORY, PROT_READ | PROT_WRITE) != 0 || log_stream == NULL) {
    perror("dpdk_bpf");
    exit(70);
  }
  memory_end = start + page + BPFCONF_MAX_MEMORY;
  rte_openlog_stream(log_stream);
}

static const char *log_text(void) {
  long end = ftell(log_stream); /* what was logged before, and was longer, is still behind it */
  fflush(log_stream);
  logged[end > 0 ? end : 0] = '\0';
  return logged;
}

static uint32_t prologue_of(const struct bpfconf_program *program, struct ebpf_insn *into) {
  const struct ebpf_insn no_memory = {.code = EBPF_ALU64 | EBPF_MOV | BPF_K, .dst_reg = EBPF_REG_1};
  const struct ebpf_insn length = {.code = EBPF_ALU64 | EBPF_MOV | BPF_K, .dst_reg = EBPF_REG_2, .imm = (int32_t)program->memory_bytes};
  uint32_t count = 0;
  if (program->type != UNSPECIFIED || program->slot_count == 0) return 0;
  if (program->memory_bytes == 0) into[count++] = no_memory;
  into[count++] = length;
  return count;
}

static struct rte_bpf_arg argument_of(const struct bpfconf_program *program) {
  if (program->type == SOCKET_FILTER)
    return (struct rte_bpf_arg){.type = RTE_BPF_ARG_PTR_MBUF, .size = sizeof(struct rte_mbuf), .buf_size = RTE_MBUF_DEFAULT_BUF_SIZE};
  return (struct rte_bpf_arg){.type = RTE_BPF_ARG_PTR, .size = program->memory_bytes};
}

static void refuse(struct bpfconf_verdict *verdict, enum bpfconf_decision decision, const char *message) {
  verdict->decision = decision;
  verdict->message = message;
}

static struct rte_bpf *validate(const struct bpfconf_program *program, struct bpfconf_verdict *verdict) {
  struct ebpf_insn *slots = bpfconf_allocate(NULL, (program->slot_count + MAX_PROLOGUE) * sizeof *slots);
  uint32_t prologue = prologue_of(program, slots), count = program->slot_count + prologue;
  struct rte_bpf_prm given = {.ins = slots, .nb_ins = count, .prog_arg = argument_of(program)};
  struct rte_bpf *bpf;
  memcpy(slots + prologue, program->slots, (size_t)program->slot_count * sizeof *slots);
  rewind(log_stream);
  bpf = rte_bpf_load(&given);
  if (bpf == NULL) {
    struct dpdk_reason reason;
    verdict->error = (uint32_t)rte_errno;
    refuse(verdict, rte_errno == ENOMEM ? BPFCONF_INCONCLUSIVE : BPFCONF_REJECTED, log_text());
    reason = dpdk_reason_of(logged, (const uint8_t *)slots, count, prologue);
    verdict->reason = reason.word;
    verdict->pc = reason.pc;
  }
  free(slots);
  return bpf;
}

static void *load(const struct bpfconf_program *program, struct bpfconf_verdict *verdict) {
  struct rte_bpf_jit jit = {NULL, 0};
  struct loaded *loaded;
  struct rte_bpf *bpf;
  if (program->map_count > 0) {
    refuse(verdict, BPFCONF_UNSUPPORTED, "librte_bpf has no maps");
    return NULL;
  }
  bpf = validate(program, verdict);
  if (bpf == NULL) return NULL;
  rte_bpf_get_jit(bpf, &jit);
  if (mode == JIT && jit.func == NULL) {
    refuse(verdict, BPFCONF_UNSUPPORTED, log_text());
    rte_bpf_destroy(bpf);
    return NULL;
  }
  loaded = bpfconf_allocate(NULL, sizeof *loaded);
  *loaded = (struct loaded){.bpf = bpf, .native = jit.func, .type = program->type};
  return loaded;
}

static uint64_t execute(const struct loaded *loaded, void *argument) {
  return mode == JIT ? loaded->native(argument) : rte_bpf_exec(loaded->bpf, argument);
}

/* A segment that holds all of the packet, as a driver would hand it over without its link header. */
static uint64_t filter(const struct loaded *loaded, uint8_t *packet, uint32_t bytes) {
  static struct rte_mbuf mbuf;
  uint32_t seen = bytes > LINK_HEADER ? bytes - LINK_HEADER : 0;
  memset(&mbuf, 0, sizeof mbuf);
  mbuf.buf_addr = packet;
  mbuf.data_off = (uint16_t)(bytes - seen);
  mbuf.buf_len = (uint16_t)bytes;
  mbuf.data_len = (uint16_t)seen;
  mbuf.pkt_len = seen;
  mbuf.nb_segs = 1;
  rte_mbuf_refcnt_set(&mbuf, 1);
  return execute(loaded, &mbuf);
}

static void run(void *machine, uint8_t *memory, uint32_t bytes, struct bpfconf_outcome *outcome) {
  const struct loaded *loaded = machine;
  uint8_t *place = memory_end - (bytes + 7) / 8 * 8;
  if (mode == VALIDATOR || (loaded->type == SOCKET_FILTER && bytes > UINT16_MAX)) {
    outcome->end = BPFCONF_NOTHING_FOLLOWS;
    outcome->reason = mode == VALIDATOR ? "the validator runs nothing" : "a segment of an rte_mbuf has at most 65,535 bytes";
    return;
  }
  rewind(log_stream); /* the interpreter logs a division by zero */
  memcpy(place, memory, bytes);
  outcome->r0 = loaded->type == SOCKET_FILTER ? filter(loaded, place, bytes) : execute(loaded, place);
  outcome->r0_mask = UINT64_MAX;
  memcpy(memory, place, bytes);
  outcome->shows_memory = 1;
  outcome->end = BPFCONF_RETURNED;
}

static void unload(void *machine) {
  struct loaded *loaded = machine;
  rte_bpf_destroy(loaded->bpf);
  free(loaded);
}

/* RFC 9669 without JMP32, fetching atomics, signed division, sign extension and byte swaps is version 2: nothing of version 1 or 2 is
   left out here, also not what librte_bpf lacks of it (32-bit arithmetic right shifts, local functions). */
static struct bpfconf_machine machine_of(const char *name) {
  static const char *const groups[] = {"base32", "base64", "divmul32", "divmul64", "atomic32", "atomic64", "packet", NULL};
  static const uint32_t types[] = {UNSPECIFIED, SOCKET_FILTER};
  return (struct bpfconf_machine){
      .name = name, .version = rte_version(), .cpu = 2, .max_memory = BPFCONF_MAX_MEMORY, .groups = groups,
      .types = types, .type_count = 2, .load = load, .run = run, .unload = unload,
  };
}

int main(int argc, char **argv) {
  static const char *const names[] = {"dpdk-validator", "dpdk-interpreter", "dpdk-jit"};
  const char *word = argc > 1 ? argv[1] : strrchr(argv[0], '-');
  word = word != NULL && *word == '-' ? word + 1 : word;
  for (mode = VALIDATOR; mode <= JIT; mode++) {
    struct bpfconf_machine machine = machine_of(names[mode]);
    if (word == NULL || strcmp(word, names[mode] + strlen("dpdk-")) != 0) continue;
    set_up();
    return bpfconf_serve(&machine);
  }
  fprintf(stderr, "usage: dpdk_bpf validator|interpreter|jit\n");
  return 2;
}
