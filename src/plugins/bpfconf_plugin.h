/* The plug-in side of conformance/PROTOCOL.md, version 1, in one header: C99 and the standard library alone.

   Fill in a `struct bpfconf_machine` and call `bpfconf_serve`; example_vm.c is one. Include this in one file only. Everything that
   comes from the host is checked before it is used, and nothing is allocated before its size is known to be allowed. */
#ifndef BPFCONF_PLUGIN_H
#define BPFCONF_PLUGIN_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#endif

/* A map of a program, which names it by its place in the list. */
struct bpfconf_map {
  uint32_t type; /* kernel enum bpf_map_type; 2 is an array */
  uint32_t key_bytes, value_bytes, max_entries, flags;
};

/* What is to be loaded. It is there until the next load. */
struct bpfconf_program {
  uint32_t type;         /* kernel enum bpf_prog_type; 0: no hook, r1 is the memory, r2 its length */
  uint32_t memory_bytes; /* of every run; for a type with packets, of the longest */
  uint64_t budget;       /* instructions after which a run may be ended */
  uint32_t map_count;
  const struct bpfconf_map *maps;
  uint32_t slot_count;
  const uint8_t *slots; /* eight bytes each, little-endian */
};

enum bpfconf_decision { BPFCONF_ACCEPTED, BPFCONF_REJECTED, BPFCONF_UNSUPPORTED, BPFCONF_INCONCLUSIVE };

/* The answer to a load; accepted, unless it says otherwise. */
struct bpfconf_verdict {
  enum bpfconf_decision decision;
  const char *reason;  /* a word from conformance/README.md, such as "ReservedField"; NULL: not told */
  const char *message; /* the machine's own words, or NULL */
  uint32_t pc;         /* the slot that it is about; BPFCONF_UNKNOWN: not known */
  uint32_t error;      /* errno, or 0 */
};

#define BPFCONF_UNKNOWN 0xffffffffu

enum bpfconf_end { BPFCONF_RETURNED, BPFCONF_FAULTED, BPFCONF_TIMED_OUT, BPFCONF_BROKE, BPFCONF_NOTHING_FOLLOWS };

/* What a run has shown. All is "not seen" at first: set what the machine can show, and nothing else. */
struct bpfconf_outcome {
  enum bpfconf_end end;
  uint64_t r0, r0_mask;         /* the bits of r0 that were seen */
  uint16_t registers_mask;      /* bit n: register n was seen; bits 11 to 15 are 0 */
  uint64_t registers[11];
  int shows_memory;             /* whether the memory that the run was given now holds what the program left there */
  const uint8_t *memory_mask;   /* the bits of it that were seen; NULL: all */
  const char *fault;            /* a word from conformance/README.md, such as "OutOfBoundsLoad", or NULL */
  uint32_t fault_pc;            /* BPFCONF_UNKNOWN: not known */
  uint64_t instructions;        /* that were executed; UINT64_MAX: not counted */
  const char *reason;           /* why nothing follows, or how the machine broke; or NULL */
};

struct bpfconf_machine {
  const char *name, *version;
  unsigned cpu;                 /* 1 to 4 */
  uint32_t max_memory;          /* in bytes; the host gives at most 16 MiB */
  const char *const *groups;    /* conformance groups, and NULL */
  const uint32_t *types;        /* program types that load */
  uint16_t type_count;
  const uint32_t *helpers;      /* Linux's helpers that are there, by number */
  uint16_t helper_count;

  /* Returns what the other functions are given; NULL when the verdict is not "accepted". */
  void *(*load)(const struct bpfconf_program *program, struct bpfconf_verdict *verdict);

  /* Runs once, from the beginning, over this memory, or packet, which is at a multiple of 16. */
  void (*run)(void *loaded, uint8_t *memory, uint32_t bytes, struct bpfconf_outcome *outcome);

  void (*unload)(void *loaded);

  /* NULL, or: runs all at the same time, a thread each, over the same maps, and returns the first eight bytes of the value of one. */
  uint64_t (*run_together)(void *loaded, uint32_t map, uint32_t count, uint8_t *const *memories, const uint32_t *bytes,
                           struct bpfconf_outcome *outcomes);
};

enum {
  BPFCONF_VERSION = 1,
  BPFCONF_HEADER = 9,
  BPFCONF_MAX_BODY = 64 << 20,
  BPFCONF_MAX_MEMORY = 16 << 20,
  BPFCONF_MAX_INPUTS = 4096,
  BPFCONF_MAX_THREADS = 8,
  BPFCONF_MAX_MAPS = 64,
  BPFCONF_MAX_SLOTS = 1000000,
  BPFCONF_ALIGNMENT = 16,
  BPFCONF_REGISTERS = 11
};

/* A frame that is read or written. A read beyond its end gives zeros, and is remembered. */
struct bpfconf_frame {
  uint8_t *bytes;
  size_t size, at, room;
  int is_short;
};

static const uint8_t *bpfconf_take(struct bpfconf_frame *frame, size_t count) {
  const uint8_t *start = frame->bytes + frame->at;
  if (count > frame->size - frame->at) {
    frame->is_short = 1;
    return NULL;
  }
  frame->at += count;
  return start;
}

static uint64_t bpfconf_get(struct bpfconf_frame *frame, int bytes) {
  const uint8_t *start = bpfconf_take(frame, (size_t)bytes);
  uint64_t value = 0;
  for (int i = bytes; start != NULL && i-- > 0;) value = value << 8 | start[i];
  return value;
}

static uint32_t bpfconf_u32(struct bpfconf_frame *frame) { return (uint32_t)bpfconf_get(frame, 4); }

static void *bpfconf_allocate(void *old, size_t bytes) {
  void *memory = realloc(old, bytes > 0 ? bytes : 1);
  if (memory == NULL) {
    fprintf(stderr, "bpfconf_plugin: no memory for %lu bytes\n", (unsigned long)bytes);
    exit(70);
  }
  return memory;
}

static void bpfconf_put_bytes(struct bpfconf_frame *frame, const void *bytes, size_t count) {
  if (frame->room - frame->size < count) {
    frame->room = (frame->size + count) * 2;
    frame->bytes = (uint8_t *)bpfconf_allocate(frame->bytes, frame->room);
  }
  if (count > 0) memcpy(frame->bytes + frame->size, bytes, count);
  frame->size += count;
}

static void bpfconf_put(struct bpfconf_frame *frame, int bytes, uint64_t value) {
  uint8_t little[8];
  for (int i = 0; i < bytes; i++) little[i] = (uint8_t)(value >> (8 * i));
  bpfconf_put_bytes(frame, little, (size_t)bytes);
}

static void bpfconf_put_text(struct bpfconf_frame *frame, const char *text) {
  size_t length = text == NULL ? 0 : strlen(text);
  if (length > 0xffff) /* not within a character */
    for (length = 0xffff; length > 0 && (text[length] & 0xc0) == 0x80; length--) continue;
  bpfconf_put(frame, 2, length);
  bpfconf_put_bytes(frame, text, length);
}

static void bpfconf_fill(struct bpfconf_frame *frame, size_t at, uint64_t value) {
  for (int i = 0; i < 4; i++) frame->bytes[at + (size_t)i] = (uint8_t)(value >> (8 * i));
}

static void bpfconf_begin(struct bpfconf_frame *answer, uint32_t request, int kind) {
  answer->size = 0;
  bpfconf_put(answer, 4, 0);
  bpfconf_put(answer, 4, request);
  bpfconf_put(answer, 1, (uint64_t)kind);
}

static int bpfconf_trouble(struct bpfconf_frame *answer, uint32_t request, const char *what) {
  bpfconf_begin(answer, request, 0xff);
  bpfconf_put(answer, 1, 0);
  bpfconf_put_text(answer, what);
  return 1;
}

static void bpfconf_put_outcome(struct bpfconf_frame *answer, const struct bpfconf_outcome *o, const uint8_t *memory, uint32_t bytes) {
  size_t start = answer->size;
  int shown = (o->r0_mask != 0) | (o->registers_mask != 0) << 1 | (o->shows_memory != 0) << 2 |
              (o->shows_memory && o->memory_mask != NULL) << 3 | (o->fault != NULL) << 4 | (o->fault_pc != BPFCONF_UNKNOWN) << 5 |
              (o->instructions != UINT64_MAX) << 6 | (o->reason != NULL) << 7;
  bpfconf_put(answer, 4, 0);
  bpfconf_put(answer, 1, (uint64_t)o->end);
  bpfconf_put(answer, 1, (uint64_t)shown);
  if (shown & 0x01) {
    bpfconf_put(answer, 8, o->r0);
    bpfconf_put(answer, 8, o->r0_mask);
  }
  if (shown & 0x02) bpfconf_put(answer, 2, o->registers_mask);
  for (int r = 0; r < BPFCONF_REGISTERS; r++)
    if (o->registers_mask >> r & 1) bpfconf_put(answer, 8, o->registers[r]);
  if (shown & 0x04) {
    bpfconf_put(answer, 4, bytes);
    bpfconf_put_bytes(answer, memory, bytes);
  }
  if (shown & 0x08) bpfconf_put_bytes(answer, o->memory_mask, bytes);
  if (shown & 0x10) bpfconf_put_text(answer, o->fault);
  if (shown & 0x20) bpfconf_put(answer, 4, o->fault_pc);
  if (shown & 0x40) bpfconf_put(answer, 8, o->instructions);
  if (shown & 0x80) bpfconf_put_text(answer, o->reason);
  bpfconf_fill(answer, start, answer->size - start - 4);
}

static int bpfconf_hello(const struct bpfconf_machine *machine, struct bpfconf_frame *body, struct bpfconf_frame *answer, uint32_t request) {
  const uint8_t *magic = bpfconf_take(body, 4);
  uint64_t lowest = bpfconf_get(body, 2), highest = bpfconf_get(body, 2);
  uint16_t groups = 0;
  if (body->is_short || memcmp(magic, "bpfc", 4) != 0) return bpfconf_trouble(answer, request, "no hello of this protocol");
  if (lowest > BPFCONF_VERSION || highest < BPFCONF_VERSION) return bpfconf_trouble(answer, request, "only version 1 is spoken here");
  bpfconf_begin(answer, request, 0x81);
  bpfconf_put(answer, 2, BPFCONF_VERSION);
  bpfconf_put_text(answer, machine->name);
  bpfconf_put_text(answer, machine->version);
  bpfconf_put(answer, 1, machine->cpu);
  bpfconf_put(answer, 4, machine->max_memory);
  bpfconf_put(answer, 1, machine->run_together != NULL);
  while (machine->groups[groups] != NULL) groups++;
  bpfconf_put(answer, 2, groups);
  for (uint16_t i = 0; i < groups; i++) bpfconf_put_text(answer, machine->groups[i]);
  bpfconf_put(answer, 2, machine->type_count);
  for (uint16_t i = 0; i < machine->type_count; i++) bpfconf_put(answer, 4, machine->types[i]);
  bpfconf_put(answer, 2, machine->helper_count);
  for (uint16_t i = 0; i < machine->helper_count; i++) bpfconf_put(answer, 4, machine->helpers[i]);
  bpfconf_put(answer, 2, 0);
  return 1;
}

/* What is loaded, and what it points into. */
struct bpfconf_state {
  void *loaded;
  uint32_t memory_bytes, map_count;
  struct bpfconf_map maps[BPFCONF_MAX_MAPS];
  uint8_t *slots, *memories;
  size_t memories_room;
};

static void bpfconf_unload(const struct bpfconf_machine *machine, struct bpfconf_state *state) {
  if (state->loaded != NULL) machine->unload(state->loaded);
  state->loaded = NULL;
}

static int bpfconf_load(const struct bpfconf_machine *machine, struct bpfconf_state *state, struct bpfconf_frame *body,
                        struct bpfconf_frame *answer, uint32_t request) {
  struct bpfconf_verdict verdict = {BPFCONF_ACCEPTED, NULL, NULL, BPFCONF_UNKNOWN, 0};
  struct bpfconf_program program = {0, 0, 0, 0, NULL, 0, NULL};
  const uint8_t *slots;
  bpfconf_unload(machine, state);
  program.type = bpfconf_u32(body);
  program.memory_bytes = bpfconf_u32(body);
  program.budget = bpfconf_get(body, 8);
  program.map_count = bpfconf_u32(body);
  if (program.map_count > BPFCONF_MAX_MAPS || program.memory_bytes > BPFCONF_MAX_MEMORY) return bpfconf_trouble(answer, request, "a load is too large");
  for (uint32_t i = 0; i < program.map_count; i++) {
    struct bpfconf_map *map = &state->maps[i];
    map->type = bpfconf_u32(body);
    map->key_bytes = bpfconf_u32(body);
    map->value_bytes = bpfconf_u32(body);
    map->max_entries = bpfconf_u32(body);
    map->flags = bpfconf_u32(body);
    bpfconf_take(body, (size_t)bpfconf_get(body, 2)); /* its name */
  }
  program.slot_count = bpfconf_u32(body);
  if (program.slot_count > BPFCONF_MAX_SLOTS) return bpfconf_trouble(answer, request, "a program is too long");
  slots = bpfconf_take(body, (size_t)program.slot_count * 8);
  if (body->is_short) return bpfconf_trouble(answer, request, "a load ends early");
  state->slots = (uint8_t *)bpfconf_allocate(state->slots, (size_t)program.slot_count * 8);
  if (program.slot_count > 0) memcpy(state->slots, slots, (size_t)program.slot_count * 8);
  program.maps = state->maps;
  program.slots = state->slots;
  state->memory_bytes = program.memory_bytes;
  state->map_count = program.map_count;
  state->loaded = machine->load(&program, &verdict);
  if (state->loaded == NULL && verdict.decision == BPFCONF_ACCEPTED) verdict.decision = BPFCONF_REJECTED;
  bpfconf_begin(answer, request, 0x82);
  bpfconf_put(answer, 1, (uint64_t)verdict.decision);
  bpfconf_put_text(answer, verdict.reason);
  bpfconf_put(answer, 4, verdict.pc);
  bpfconf_put(answer, 4, verdict.error);
  bpfconf_put_text(answer, verdict.message);
  return 1;
}

static size_t bpfconf_aligned(size_t bytes) { return (bytes + BPFCONF_ALIGNMENT - 1) / BPFCONF_ALIGNMENT * BPFCONF_ALIGNMENT; }

/* Copies the memories from where they stand in the request, which is anywhere: a machine whose programs see its own addresses would
   let them find other alignments from run to run. */
static void bpfconf_align(struct bpfconf_state *state, uint32_t count, uint8_t **memories, const uint32_t *bytes) {
  size_t room = BPFCONF_ALIGNMENT;
  uint8_t *place;
  for (uint32_t i = 0; i < count; i++) room += bpfconf_aligned(bytes[i]);
  if (state->memories_room < room) state->memories = (uint8_t *)bpfconf_allocate(state->memories, state->memories_room = room);
  place = state->memories + (bpfconf_aligned((uintptr_t)state->memories) - (uintptr_t)state->memories);
  for (uint32_t i = 0; i < count; i++) {
    memcpy(place, memories[i], bytes[i]);
    memories[i] = place;
    place += bpfconf_aligned(bytes[i]);
  }
}

static int bpfconf_has_cell(const struct bpfconf_state *state, uint32_t map) {
  return map < state->map_count && state->maps[map].type == 2 && state->maps[map].max_entries == 1 && state->maps[map].value_bytes >= 8;
}

static int bpfconf_run(const struct bpfconf_machine *machine, struct bpfconf_state *state, struct bpfconf_frame *body,
                       struct bpfconf_frame *answer, uint32_t request, int is_together) {
  const struct bpfconf_outcome nothing = {BPFCONF_RETURNED, 0, 0, 0, {0}, 0, NULL, NULL, BPFCONF_UNKNOWN, UINT64_MAX, NULL};
  uint32_t map = is_together ? bpfconf_u32(body) : 0, count = bpfconf_u32(body), *bytes;
  struct bpfconf_outcome *outcomes;
  uint8_t **memories;
  uint64_t cell = 0;
  const char *problem = NULL;
  if (count > (is_together ? BPFCONF_MAX_THREADS : BPFCONF_MAX_INPUTS)) return bpfconf_trouble(answer, request, "too many inputs");
  if (state->loaded == NULL) return bpfconf_trouble(answer, request, "no program is loaded");
  if (is_together && machine->run_together == NULL) return bpfconf_trouble(answer, request, "there are no threads here");
  if (is_together && !bpfconf_has_cell(state, map)) return bpfconf_trouble(answer, request, "no array of one entry with eight bytes has this number");
  outcomes = (struct bpfconf_outcome *)bpfconf_allocate(NULL, count * sizeof *outcomes);
  memories = (uint8_t **)bpfconf_allocate(NULL, count * sizeof *memories);
  bytes = (uint32_t *)bpfconf_allocate(NULL, count * sizeof *bytes);
  for (uint32_t i = 0; i < count; i++) {
    outcomes[i] = nothing;
    bytes[i] = bpfconf_u32(body);
    memories[i] = (uint8_t *)(uintptr_t)bpfconf_take(body, bytes[i]); /* only read */
    if (bytes[i] > state->memory_bytes) body->is_short = 1;
  }
  if (body->is_short) {
    problem = "inputs end early";
  } else {
    bpfconf_align(state, count, memories, bytes);
    if (is_together) cell = machine->run_together(state->loaded, map, count, memories, bytes, outcomes);
    bpfconf_begin(answer, request, is_together ? 0x84 : 0x83);
    if (is_together) bpfconf_put(answer, 8, cell);
    bpfconf_put_text(answer, NULL);
    bpfconf_put(answer, 4, count);
    for (uint32_t i = 0; i < count; i++) {
      if (!is_together) machine->run(state->loaded, memories[i], bytes[i], &outcomes[i]);
      if (outcomes[i].registers_mask >> BPFCONF_REGISTERS != 0) problem = "the machine shows registers behind r10";
      bpfconf_put_outcome(answer, &outcomes[i], memories[i], bytes[i]);
    }
  }
  free(outcomes);
  free(memories);
  free(bytes);
  return problem != NULL ? bpfconf_trouble(answer, request, problem) : 1;
}

/* Whether there is an answer; -1: the host says bye. */
static int bpfconf_answer(const struct bpfconf_machine *machine, struct bpfconf_state *state, int kind, struct bpfconf_frame *body,
                          struct bpfconf_frame *answer, uint32_t request) {
  switch (kind) {
  case 0x01: return bpfconf_hello(machine, body, answer, request);
  case 0x02: return bpfconf_load(machine, state, body, answer, request);
  case 0x03: return bpfconf_run(machine, state, body, answer, request, 0);
  case 0x04: return bpfconf_run(machine, state, body, answer, request, 1);
  case 0x05: bpfconf_unload(machine, state); return 0;
  case 0x06: return -1;
  default: return bpfconf_trouble(answer, request, "requests of this kind are not known here");
  }
}

/* Serves the machine on standard input and output until the host ends it; what `main` should return. */
static int bpfconf_serve(const struct bpfconf_machine *machine) {
  struct bpfconf_frame body = {NULL, 0, 0, 0, 0}, answer = {NULL, 0, 0, 0, 0};
  struct bpfconf_state state;
  uint8_t header[BPFCONF_HEADER];
  int result = 0;
  memset(&state, 0, sizeof state);
#ifdef _WIN32
  _setmode(0, _O_BINARY);
  _setmode(1, _O_BINARY);
#endif
  while (fread(header, 1, sizeof header, stdin) == sizeof header) {
    uint32_t length = header[0] | header[1] << 8 | header[2] << 16 | (uint32_t)header[3] << 24;
    uint32_t request = header[4] | header[5] << 8 | header[6] << 16 | (uint32_t)header[7] << 24;
    int answers;
    if (length < 5 || length > BPFCONF_MAX_BODY + 5) {
      fprintf(stderr, "bpfconf_plugin: a frame of %lu bytes\n", (unsigned long)length);
      result = 2;
      break;
    }
    body.size = length - 5;
    body.at = 0;
    body.is_short = 0;
    if (body.room < body.size) body.bytes = (uint8_t *)bpfconf_allocate(body.bytes, body.room = body.size);
    if (fread(body.bytes, 1, body.size, stdin) != body.size) break;
    answers = bpfconf_answer(machine, &state, header[8], &body, &answer, request);
    if (answers < 0) break;
    if (answers == 0) continue;
    bpfconf_fill(&answer, 0, answer.size - 4);
    if (fwrite(answer.bytes, 1, answer.size, stdout) != answer.size || fflush(stdout) != 0) break;
  }
  bpfconf_unload(machine, &state);
  free(state.slots);
  free(state.memories);
  free(body.bytes);
  free(answer.bytes);
  return result;
}

#endif
