/* A plug-in of the bpf_conformance protocol that takes every word of its description literally, and refuses what is written otherwise.
   older_plugin [MEMORY] [--option…]; exit code 2 when the host does not follow the protocol. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "small_vm.h"

static int digit(char c) { return isdigit((unsigned char)c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

static void refuse(const char *why) {
  printf("host: %s\n", why);
  exit(2);
}

/* Two lower-case digits and two spaces for each byte. */
static uint8_t *bytes_of(const char *text, size_t length, uint32_t *count) {
  uint8_t *bytes = malloc(length / 4 + 1);
  if (length % 4 != 0) refuse("not four characters for each byte");
  *count = (uint32_t)(length / 4);
  for (uint32_t i = 0; i < *count; i++) {
    const char *four = text + (size_t)i * 4;
    if (digit(four[0]) < 0 || digit(four[1]) < 0 || four[2] != ' ' || four[3] != ' ') refuse("not two digits and two spaces");
    bytes[i] = (uint8_t)(digit(four[0]) << 4 | digit(four[1]));
  }
  return bytes;
}

static char *line_of_input(size_t *length) {
  size_t room = 1 << 16;
  char *text = malloc(room);
  int c;
  *length = 0;
  while ((c = getchar()) != EOF && c != '\n') {
    if (*length == room) text = realloc(text, room *= 2);
    text[(*length)++] = (char)c;
  }
  if (c != '\n' || getchar() != EOF) refuse("not one line");
  return text;
}

int main(int argc, char **argv) {
  struct small_vm_error error;
  struct small_vm_result result;
  int has_memory = argc > 1 && argv[1][0] != '-';
  uint32_t memory_bytes = 0, program_bytes;
  uint8_t *memory = has_memory ? bytes_of(argv[1], strlen(argv[1]), &memory_bytes) : NULL;
  size_t length;
  char *line = line_of_input(&length);
  uint8_t *program = bytes_of(line, length, &program_bytes);
  struct small_vm *vm;
  for (int i = 1 + has_memory; i < argc; i++) {
    if (argv[i][0] != '-') refuse("two memories");
    if (strcmp(argv[i], "--abort") == 0) abort();
    if (strcmp(argv[i], "--words") == 0) {
      puts("hello world");
      return 0;
    }
    if (strcmp(argv[i], "--errors") == 0) {
      fputs("only on standard error\n", stderr);
      return 1;
    }
    if (strcmp(argv[i], "--hang") == 0)
      for (;;) getchar();
    if (strcmp(argv[i], "--much") == 0)
      for (;;) puts("0123456789abcdef");
  }
  if (program_bytes % 8 != 0) refuse("not whole instructions");
  vm = small_vm_load(program, program_bytes / 8, NULL, 0, &error);
  if (vm == NULL) {
    printf("rejected: %s at %u\n", error.reason, error.pc);
    return 1;
  }
  small_vm_run(vm, memory, memory_bytes, UINT64_C(1) << 24, &result);
  if (result.end != SMALL_VM_RETURNED) {
    printf("ended: %s\n", result.fault != NULL ? result.fault : "budget");
    return 1;
  }
  printf("%s%" PRIx64 "\n", argc > 1 + has_memory ? "0x" : "", result.registers[0]);
  return 0;
}
