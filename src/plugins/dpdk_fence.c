/* The arrays that librte_bpf's validator works on, each with its end where nothing can be read or written.

   validate() of 22.11 lets control leave the program at its end: add_edge refuses a next pc that is greater than the number of
   instructions, and not one that is equal. dfs() then works on a node behind its array. On the heap that does this or that to what
   lies there, and a later program pays for it; here it ends the plug-in at once (SIGSEGV), with the program that did it.

   The linker sends the library's calls here (--wrap), so that it is linked statically. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void *__wrap_calloc(size_t count, size_t bytes);
void __wrap_free(void *array);
void __real_free(void *array);

struct fenced {
  uint8_t *array; /* NULL: there is none */
  size_t bytes;   /* of its pages, and of the one behind them */
};

enum { AT_ONCE = 4 }; /* the validator has two */
static struct fenced fenced[AT_ONCE];

void *__wrap_calloc(size_t count, size_t bytes) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE), wanted, room;
  if (__builtin_mul_overflow(count, bytes, &wanted) || wanted > SIZE_MAX / 2) return NULL;
  room = (wanted + page - 1) / page * page;
  for (int i = 0; i < AT_ONCE; i++) {
    uint8_t *pages;
    if (fenced[i].array != NULL) continue;
    pages = mmap(NULL, room + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) return NULL;
    if (room > 0 && mprotect(pages, room, PROT_READ | PROT_WRITE) != 0) abort();
    fenced[i] = (struct fenced){pages + room - (wanted + 7) / 8 * 8, room + page};
    return fenced[i].array;
  }
  abort();
}

void __wrap_free(void *array) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  for (int i = 0; i < AT_ONCE; i++) {
    if (array == NULL || fenced[i].array != array) continue;
    munmap((uint8_t *)((uintptr_t)array / page * page), fenced[i].bytes);
    fenced[i].array = NULL;
    return;
  }
  __real_free(array);
}
