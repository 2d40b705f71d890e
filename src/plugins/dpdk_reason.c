#include "dpdk_reason.h"

#include <stdio.h>
#include <string.h>

/* Opcodes; classes, and parts of opcodes; the last register. */
enum { WIDE = 0x18, CALL = 0x85, EXIT = 0x95, JA = 0x05 };
enum { LD = 0, ST = 2, ALU32 = 4, ALU64 = 7, FROM_REGISTER = 0x08, MODE = 0xe0, IND = 0x40, OPERATION = 0xf0, DIV = 0x30, MOD = 0x90 };
enum { R10 = 10 };

struct rule {
  const char *words;
  const char *reason;
};

/* What the second pass, which follows the program, says of an instruction. */
static const struct rule evaluated[] = {
    {"undefined return value", "UninitializedRegister"},
    {"dest reg value is undefined", "UninitializedRegister"},
    {"src reg value is undefined", "UninitializedRegister"},
    {"Undefined argument type", "UninitializedRegister"},
    {"undefined value on the stack", "UninitializedStack"},
    {"division by 0", "DivisionByZero"},
    {"destination is not a pointer", "InvalidPointer"},
    {"pointer truncation", "InvalidPointer"},
    {"stack access with variable offset", "InvalidPointer"},
    {"invalid type for implicit ctx register", "InvalidPointer"},
    {"memory boundary violation", "OutOfBoundsAccess"},
    {"mbuf boundary violation", "OutOfBoundsAccess"},
    {"unaligned memory access", "MisalignedAccess"},
    {"mbuf access with variable offset", "InvalidContextAccess"},
    {"store to the read-only mbuf field", "InvalidContextAccess"},
    {"invalid external function index", "UnknownHelper"},
    {"Invalid argument type", "InvalidArgument"},
};

/* "invalid dst-reg field" and "invalid src-reg field" do not say whether there is no such register, or none may be named. */
static const char *of_register(unsigned opcode, unsigned number, int is_destination) {
  unsigned class = opcode & 7;
  int names_none = opcode == CALL || opcode == EXIT || opcode == JA || (class == LD && opcode != WIDE && (is_destination || (opcode & MODE) != IND)) ||
                   (!is_destination && (class == ST || (class >= ALU32 && (opcode & FROM_REGISTER) == 0)));
  if (names_none) return "ReservedField";
  if (number > R10) return "InvalidRegister";
  return is_destination && number == R10 ? "ReadOnlyRegister" : NULL;
}

/* What src says of the immediate of a wide instruction, or of a call; librte_bpf has none of these. */
static const char *of_source(unsigned opcode, unsigned source) {
  static const char *const named[] = {NULL, "InvalidMapReference", "InvalidMapReference", "InvalidVariableReference",
                                      "InvalidCodeAddress", "InvalidMapReference", "InvalidMapReference"};
  if (opcode == WIDE) return source < sizeof named / sizeof *named ? named[source] : "ReservedField";
  if (opcode == CALL && source <= 2) return "NotImplemented";
  return of_register(opcode, source, 0);
}

static const char *of_field(const char *words, const uint8_t *slot) {
  unsigned opcode = slot[0], operation = opcode & OPERATION, class = opcode & 7;
  if (strstr(words, "invalid opcode") != NULL) return "UnknownOpcode";
  if (strstr(words, "invalid dst-reg field") != NULL) return of_register(opcode, slot[1] & 15, 1);
  if (strstr(words, "invalid src-reg field") != NULL) return of_source(opcode, slot[1] >> 4);
  if (strstr(words, "invalid off field") != NULL) return "ReservedField";
  if (strstr(words, "invalid imm field") == NULL) return NULL;
  if ((class == ALU32 || class == ALU64) && (operation == DIV || operation == MOD) && (opcode & FROM_REGISTER) == 0) return "DivisionByZero";
  return "ReservedField";
}

static int is_second_slot(const uint8_t *slots, uint32_t pc) {
  uint32_t at = 0;
  while (at < pc) at += slots[8 * at] == WIDE ? 2 : 1;
  return at != pc;
}

/* One line; "unreachable instructions", which DPDK also says where there are none, gives no reason. */
static int read_line(const char *line, const uint8_t *slots, uint32_t count, uint32_t prologue, struct dpdk_reason *reason) {
  unsigned pc, to;
  const char *at = strstr(line, "at pc: ");
  if (sscanf(line, "loop at pc:%u --> pc:%u", &pc, &to) == 2) {
    reason->word = to < prologue ? "JumpOutOfRange" : "InfiniteLoop";
  } else if (at == NULL || sscanf(at, "at pc: %u", &pc) != 1 || pc >= count) {
    return 0;
  } else if (strncmp(line, "unreachable code", 16) == 0) {
    if (is_second_slot(slots, pc)) return 0; /* DPDK takes it for an instruction when it lists them */
    reason->word = "UnreachableCode";
  } else if (strncmp(line, "validate: ", 10) == 0) {
    reason->word = of_field(line, slots + 8 * (size_t)pc);
  } else if (strncmp(line, "add_edge: program boundary violation", 36) == 0) {
    reason->word = slots[8 * (size_t)pc] == WIDE ? "IncompleteWideInstruction" : "JumpOutOfRange";
  } else if (strncmp(line, "evaluate: ", 10) == 0) {
    for (size_t i = 0; i < sizeof evaluated / sizeof *evaluated; i++)
      if (strstr(line, evaluated[i].words) != NULL) reason->word = evaluated[i].reason;
  }
  reason->pc = pc >= prologue ? pc - prologue : UINT32_MAX;
  return 1;
}

struct dpdk_reason dpdk_reason_of(const char *log, const uint8_t *slots, uint32_t count, uint32_t prologue) {
  struct dpdk_reason reason = {NULL, UINT32_MAX};
  for (const char *line = log; *line != '\0';) {
    const char *end = strchr(line, '\n');
    if (strncmp(line, "BPF: ", 5) == 0) line += 5;
    if (read_line(line, slots, count, prologue, &reason)) break;
    if (end == NULL) break;
    line = end + 1;
  }
  return reason;
}
