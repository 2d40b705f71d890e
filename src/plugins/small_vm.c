/* See small_vm.h. Addresses of a program are `region << 32 | offset`, so that no access can leave its region unseen. */
#include "small_vm.h"

#include <stdlib.h>
#include <string.h>

enum { FRAMES = 8, STACK_BYTES = 512, STACK = 1, MEMORY = STACK + FRAMES, MAPS = MEMORY + 1, MAX_MAPS = 64, REGIONS = MAPS + MAX_MAPS };
enum { LDDW = 0x18, CALL = 0x85, EXIT = 0x95 };
enum { LD, LDX, ST, STX, ALU, JMP, JMP32, ALU64 };

/* Beyond every region: the addresses of maps, and of functions, are only compared. */
#define MAP_ADDRESS(map) ((uint64_t)(1u << 28 | (map)) << 32)
#define CODE_ADDRESS(pc) ((uint64_t)(1u << 29) << 32 | (uint32_t)(pc) << 3)

struct instruction {
  uint8_t opcode, dst, src;
  int16_t offset;
  int32_t imm;
};

struct small_vm {
  uint32_t count, maps;
  struct instruction *program;
  uint32_t value_bytes[MAX_MAPS];
  uint8_t *base[REGIONS];
  uint32_t length[REGIONS];
  uint8_t stack[FRAMES][STACK_BYTES];
};

static int class_of(const struct instruction *i) { return i->opcode & 7; }

static int is_jump(const struct instruction *i) {
  return (class_of(i) == JMP || class_of(i) == JMP32) && i->opcode != CALL && i->opcode != EXIT;
}

static int is_local_call(const struct instruction *i) { return i->opcode == CALL && i->src == 1; }

static int is_code_address(const struct instruction *i) { return i->opcode == LDDW && i->src == 4; }

static int64_t target_of(const struct instruction *i, uint32_t pc) {
  int has_imm = i->opcode == (JMP32 | 0x00) || is_local_call(i) || is_code_address(i); /* ja32 counts by its immediate */
  return (int64_t)pc + 1 + (has_imm ? i->imm : i->offset);
}

/* ------------------------------------------------------------------ what can be said of the fields (RFC 9669 sections 3 to 5) */

static const char *fields(const struct instruction *i, int writes, int reads_dst, int reads_src, int offset_is_free, int imm_is_free) {
  if (writes && i->dst == 10) return "ReadOnlyRegister";
  if (writes || reads_dst ? i->dst > 10 : i->dst != 0) return writes || reads_dst ? "InvalidRegister" : "ReservedField";
  if (reads_src ? i->src > 10 : i->src != 0) return reads_src ? "InvalidRegister" : "ReservedField";
  return (!offset_is_free && i->offset != 0) || (!imm_is_free && i->imm != 0) ? "ReservedField" : NULL;
}

static const char *alu_fields(const struct instruction *i) {
  int code = i->opcode >> 4, reg = i->opcode & 8, wide = class_of(i) == ALU64;
  switch (code) {
  case 0x8: return reg ? "UnknownOpcode" : fields(i, 1, 1, 0, 0, 0);
  case 0xd:
    if (wide && reg) return "UnknownOpcode";
    if (i->imm != 16 && i->imm != 32 && i->imm != 64) return "ReservedField";
    return fields(i, 1, 1, 0, 0, 1);
  case 0x3: case 0x9: return i->offset < 0 || i->offset > 1 ? "ReservedField" : fields(i, 1, 1, reg, 1, !reg);
  case 0xb: {
    int extends = reg && (i->offset == 8 || i->offset == 16 || (wide && i->offset == 32));
    return fields(i, 1, 1, reg, extends, !reg);
  }
  default: return code > 0xd ? "UnknownOpcode" : fields(i, 1, 1, reg, 0, !reg);
  }
}

static const char *jump_fields(const struct instruction *i) {
  int code = i->opcode >> 4, reg = i->opcode & 8, narrow = class_of(i) == JMP32;
  switch (code) {
  case 0x0: return reg ? "UnknownOpcode" : fields(i, 0, 0, 0, !narrow, narrow);
  case 0x8:
    if (narrow || reg) return "UnknownOpcode";
    if (i->src > 2) return "ReservedField";
    if (i->dst != 0 || i->offset != 0) return "ReservedField";
    return i->src == 0 ? "UnknownHelper" : i->src == 2 ? "UnknownKernelFunction" : NULL;
  case 0x9: return narrow || reg ? "UnknownOpcode" : fields(i, 0, 0, 0, 0, 0);
  default: return code > 0xd ? "UnknownOpcode" : fields(i, 0, 1, reg, 1, !reg);
  }
}

static const char *wide_fields(const struct small_vm *vm, uint32_t pc) {
  const struct instruction *i = &vm->program[pc], *next = i + 1;
  int is_map = i->src == 1 || i->src == 5, is_value = i->src == 2 || i->src == 6;
  if (i->dst >= 10) return i->dst == 10 ? "ReadOnlyRegister" : "InvalidRegister";
  if (i->src > 6 || i->offset != 0) return "ReservedField";
  if (pc + 1 >= vm->count || next->opcode != 0) return "IncompleteWideInstruction";
  if (next->dst != 0 || next->src != 0 || next->offset != 0) return "ReservedField";
  if (i->src != 0 && !is_value && next->imm != 0) return "ReservedField";
  if (i->src == 3) return "InvalidVariableReference";
  if ((is_map || is_value) && (uint32_t)i->imm >= vm->maps) return "InvalidMapReference";
  return is_value && (uint32_t)next->imm >= vm->value_bytes[i->imm] ? "InvalidMapReference" : NULL;
}

static const char *instruction_error(const struct small_vm *vm, uint32_t pc) {
  const struct instruction *i = &vm->program[pc];
  int mode = i->opcode >> 5, is_double = (i->opcode >> 3 & 3) == 3;
  switch (class_of(i)) {
  case LD: return i->opcode == LDDW ? wide_fields(vm, pc) : "UnknownOpcode";
  case LDX: return mode == 3 || (mode == 4 && !is_double) ? fields(i, 1, 1, 1, 1, 0) : "UnknownOpcode";
  case ST: return mode == 3 ? fields(i, 0, 1, 0, 1, 1) : "UnknownOpcode";
  case STX: return mode == 3 ? fields(i, 0, 1, 1, 1, 0) : "UnknownOpcode";
  case JMP: case JMP32: return jump_fields(i);
  default: return alu_fields(i);
  }
}

static uint32_t slots_of(const struct instruction *i) { return i->opcode == LDDW ? 2 : 1; }

/* Follows every path from the first slot: each must end, and lead everywhere. */
static const char *flow_error(const struct small_vm *vm, uint8_t *seen, uint32_t *pending, uint32_t *at) {
  uint32_t waiting = 0;
  pending[waiting++] = 0;
  while (waiting > 0) {
    uint32_t pc = pending[--waiting];
    while (!seen[pc]) {
      const struct instruction *i = &vm->program[pc];
      seen[pc] = 1;
      if (is_jump(i) || is_local_call(i) || is_code_address(i)) pending[waiting++] = (uint32_t)target_of(i, pc);
      if (i->opcode == EXIT || (is_jump(i) && i->opcode >> 4 == 0)) break;
      *at = pc;
      pc += slots_of(i);
      if (pc >= vm->count) return "FallsOffEnd";
    }
  }
  for (*at = 0; *at < vm->count; *at += slots_of(&vm->program[*at]))
    if (!seen[*at]) return "UnreachableCode";
  return NULL;
}

static const char *program_error(const struct small_vm *vm, uint8_t *starts, uint32_t *pending, uint32_t *at) {
  const char *error = NULL;
  *at = 0;
  if (vm->count == 0) return "EmptyProgram";
  for (*at = 0; *at < vm->count; *at += slots_of(&vm->program[*at])) {
    if ((error = instruction_error(vm, *at)) != NULL) return error;
    starts[*at] = 1;
  }
  for (*at = 0; *at < vm->count; *at += slots_of(&vm->program[*at])) {
    const struct instruction *i = &vm->program[*at];
    int is_call = is_local_call(i) || is_code_address(i);
    int64_t target = target_of(i, *at);
    if (!is_jump(i) && !is_call) continue;
    if (target < 0 || target >= vm->count) return is_call ? "InvalidCallTarget" : "JumpOutOfRange";
    if (!starts[target]) return "JumpIntoWideInstruction";
  }
  memset(starts, 0, vm->count);
  return flow_error(vm, starts, pending, at);
}

struct small_vm *small_vm_load(const uint8_t *slots, uint32_t count, const uint32_t *value_bytes, uint32_t maps,
                               struct small_vm_error *error) {
  struct small_vm *vm = calloc(1, sizeof *vm);
  uint8_t *starts = calloc(count + 1, 1);
  uint32_t *pending = calloc(count + 1, sizeof *pending);
  vm->program = calloc(count + 1, sizeof *vm->program);
  vm->count = count;
  vm->maps = maps <= MAX_MAPS ? maps : MAX_MAPS;
  for (uint32_t pc = 0; pc < count; pc++) {
    const uint8_t *s = slots + (size_t)pc * 8;
    vm->program[pc] = (struct instruction){s[0], s[1] & 15, s[1] >> 4, (int16_t)(s[2] | s[3] << 8),
                                           (int32_t)(s[4] | s[5] << 8 | s[6] << 16 | (uint32_t)s[7] << 24)};
  }
  for (uint32_t map = 0; map < vm->maps; map++) {
    vm->value_bytes[map] = vm->length[MAPS + map] = value_bytes[map];
    vm->base[MAPS + map] = calloc(value_bytes[map] + 1, 1);
  }
  error->reason = program_error(vm, starts, pending, &error->pc);
  free(starts);
  free(pending);
  if (error->reason == NULL) return vm;
  small_vm_free(vm);
  return NULL;
}

void small_vm_free(struct small_vm *vm) {
  for (uint32_t map = 0; map < vm->maps; map++) free(vm->base[MAPS + map]);
  free(vm->program);
  free(vm);
}

/* ---------------------------------------------------------------------------------------------------- what instructions do */

static uint64_t divided(int is_modulo, int is_signed, int bits, uint64_t a, uint64_t b) {
  int64_t sa = bits == 32 ? (int32_t)a : (int64_t)a, sb = bits == 32 ? (int32_t)b : (int64_t)b;
  if (b == 0) return is_modulo ? a : 0;
  if (!is_signed) return is_modulo ? a % b : a / b;
  if (sb == -1) return is_modulo ? 0 : (uint64_t)0 - (uint64_t)sa; /* the one overflow, which wraps */
  return (uint64_t)(is_modulo ? sa % sb : sa / sb);
}

static uint64_t swapped(uint64_t value, int bits) {
  uint64_t result = 0;
  for (int done = 0; done < bits; done += 8) result = result << 8 | (value >> done & 0xff);
  return result;
}

static uint64_t extended(uint64_t value, int bits) {
  return bits == 8 ? (uint64_t)(int8_t)value : bits == 16 ? (uint64_t)(int16_t)value : bits == 32 ? (uint64_t)(int32_t)value : value;
}

static uint64_t alu(const struct instruction *i, uint64_t a, uint64_t b) {
  int bits = class_of(i) == ALU64 ? 64 : 32, code = i->opcode >> 4;
  uint64_t result;
  if (code == 0xd) {
    int is_swap = bits == 64 || (i->opcode & 8); /* this host is little-endian: le only cuts off */
    return is_swap ? swapped(a, i->imm) : i->imm == 64 ? a : a & (((uint64_t)1 << i->imm) - 1);
  }
  if (bits == 32) a = (uint32_t)a, b = (uint32_t)b;
  switch (code) {
  case 0x0: result = a + b; break;
  case 0x1: result = a - b; break;
  case 0x2: result = a * b; break;
  case 0x3: case 0x9: result = divided(code == 0x9, i->offset != 0, bits, a, b); break;
  case 0x4: result = a | b; break;
  case 0x5: result = a & b; break;
  case 0x6: result = a << (b & (bits - 1)); break;
  case 0x7: result = a >> (b & (bits - 1)); break;
  case 0x8: result = 0 - a; break;
  case 0xa: result = a ^ b; break;
  case 0xb: result = extended(b, i->offset); break;
  default: result = (uint64_t)((bits == 32 ? (int64_t)(int32_t)a : (int64_t)a) >> (b & (bits - 1))); break;
  }
  return bits == 32 ? (uint32_t)result : result;
}

static int jumps(const struct instruction *i, uint64_t a, uint64_t b) {
  int is_narrow = class_of(i) == JMP32;
  int64_t sa = is_narrow ? (int32_t)a : (int64_t)a, sb = is_narrow ? (int32_t)b : (int64_t)b;
  if (is_narrow) a = (uint32_t)a, b = (uint32_t)b;
  switch (i->opcode >> 4) {
  case 0x1: return a == b;
  case 0x2: return a > b;
  case 0x3: return a >= b;
  case 0x4: return (a & b) != 0;
  case 0x5: return a != b;
  case 0x6: return sa > sb;
  case 0x7: return sa >= sb;
  case 0xa: return a < b;
  case 0xb: return a <= b;
  case 0xc: return sa < sb;
  case 0xd: return sa <= sb;
  default: return 1;
  }
}

static uint8_t *place(const struct small_vm *vm, uint64_t address, uint32_t bytes) {
  uint32_t region = (uint32_t)(address >> 32), offset = (uint32_t)address;
  return region < REGIONS && offset <= vm->length[region] && bytes <= vm->length[region] - offset ? vm->base[region] + offset : NULL;
}

static uint64_t wide_value(const struct instruction *i, uint32_t pc) {
  uint32_t next = (uint32_t)i[1].imm;
  switch (i->src) {
  case 0: return (uint64_t)next << 32 | (uint32_t)i->imm;
  case 4: return CODE_ADDRESS(target_of(i, pc));
  case 2: case 6: return (uint64_t)(MAPS + i->imm) << 32 | next;
  default: return MAP_ADDRESS((uint32_t)i->imm);
  }
}

static const char *access_memory(const struct small_vm *vm, const struct instruction *i, uint64_t *r) {
  static const uint32_t sizes[] = {4, 2, 1, 8};
  uint32_t bytes = sizes[i->opcode >> 3 & 3];
  int is_load = class_of(i) == LDX;
  uint8_t *at = place(vm, (is_load ? r[i->src] : r[i->dst]) + (uint64_t)(int64_t)i->offset, bytes);
  uint64_t value = class_of(i) == ST ? (uint64_t)(int64_t)i->imm : r[i->src];
  if (at == NULL) return is_load ? "OutOfBoundsLoad" : "OutOfBoundsStore";
  if (is_load) {
    value = 0;
    memcpy(&value, at, bytes);
    r[i->dst] = i->opcode >> 5 == 4 ? extended(value, (int)bytes * 8) : value;
  } else {
    memcpy(at, &value, bytes);
  }
  return NULL;
}

static void prepare(struct small_vm *vm, uint8_t *memory, uint32_t bytes, uint64_t *r) {
  for (uint32_t map = 0; map < vm->maps; map++) memset(vm->base[MAPS + map], 0, vm->value_bytes[map]);
  memset(vm->stack, 0, sizeof vm->stack);
  memset(vm->length + STACK, 0, FRAMES * sizeof *vm->length);
  for (int frame = 0; frame < FRAMES; frame++) vm->base[STACK + frame] = vm->stack[frame];
  vm->length[STACK] = STACK_BYTES;
  vm->base[MEMORY] = memory;
  vm->length[MEMORY] = bytes;
  memset(r, 0, 11 * sizeof *r);
  r[1] = bytes == 0 ? 0 : (uint64_t)MEMORY << 32;
  r[2] = bytes;
  r[10] = (uint64_t)STACK << 32 | STACK_BYTES;
}

void small_vm_run(struct small_vm *vm, uint8_t *memory, uint32_t bytes, uint64_t budget, struct small_vm_result *result) {
  uint64_t *r = result->registers, kept[FRAMES][4];
  uint32_t pc = 0, frame = 0, back[FRAMES];
  memset(result, 0, sizeof *result);
  prepare(vm, memory, bytes, r);
  for (;; result->instructions++) {
    const struct instruction *i = &vm->program[pc];
    if (result->instructions == budget) {
      result->end = SMALL_VM_OUT_OF_BUDGET;
      return;
    }
    uint64_t operand = i->opcode & 8 ? r[i->src < 11 ? i->src : 0] : (uint64_t)(int64_t)i->imm;
    uint32_t next = pc + slots_of(i);
    if (i->opcode == LDDW) {
      r[i->dst] = wide_value(i, pc);
    } else if (i->opcode == EXIT) {
      if (frame == 0) {
        result->instructions++;
        return;
      }
      vm->length[STACK + frame] = 0;
      memcpy(r + 6, kept[--frame], sizeof kept[0]);
      r[10] = (uint64_t)(STACK + frame) << 32 | STACK_BYTES;
      next = back[frame];
    } else if (i->opcode == CALL) {
      if (frame + 1 == FRAMES) {
        result->fault = "TooManyFrames";
      } else {
        memcpy(kept[frame], r + 6, sizeof kept[0]);
        back[frame++] = next;
        vm->length[STACK + frame] = STACK_BYTES;
        r[10] = (uint64_t)(STACK + frame) << 32 | STACK_BYTES;
        next = (uint32_t)target_of(i, pc);
      }
    } else if (class_of(i) == ALU || class_of(i) == ALU64) {
      r[i->dst] = alu(i, r[i->dst], operand);
    } else if (is_jump(i)) {
      if (jumps(i, r[i->dst], operand)) next = (uint32_t)target_of(i, pc);
    } else {
      result->fault = access_memory(vm, i, r);
    }
    if (result->fault != NULL) {
      result->end = SMALL_VM_FAULTED;
      result->fault_pc = pc;
      result->instructions++;
      return;
    }
    pc = next;
  }
}
