/* Memory that shows every access out of bounds, for the programs that BoundsTests makes.

   A block stands between two pages that nobody may touch, at the end of one or at the start of the
   other; what is left of its own pages is checked for writes. Parameters cannot be written at all.
   With ADDRESSES, AddressSanitizer watches blocks of malloc instead. */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, CANARY = 0xA5, ALIGNMENT = 64 };

/* A block of memory, and what it stands in. */
typedef struct {
    unsigned char *data, *pages, *saved;
    size_t size, length;
} Block;

/* What is being called, for what goes wrong. */
static char current[256];
static int faults;

static void complain(const char *what)
{
    printf("%s: %s\n", current, what);
    faults++;
}

static void on_signal(int number)
{
    char text[300];
    int length = snprintf(text, sizeof text, "%s: signal %d\n", current, number);
    if (write(1, text, (size_t)length) < 0) _exit(2);
    _exit(1);
}

/* A block of so many bytes, at a multiple of `alignment`. */
static Block place(size_t size, int at_end, size_t alignment)
{
    Block block = {0};
    block.size = size;
#ifdef ADDRESSES
    (void)at_end;
    block.data = alignment > 16 ? aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment)
                                : malloc(size);
#else
    size_t padded = (size + alignment - 1) / alignment * alignment;
    block.length = (padded + PAGE - 1) / PAGE * PAGE;
    unsigned char *all = mmap(NULL, block.length + 2 * PAGE, PROT_NONE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (all == MAP_FAILED) exit(3);
    block.pages = all + PAGE;
    if (block.length && mprotect(block.pages, block.length, PROT_READ | PROT_WRITE)) exit(3);
    memset(block.pages, CANARY, block.length);
    block.data = block.pages + (at_end ? block.length - padded : 0);
#endif
    return block;
}

/* Keeps what a block holds, for comparison. */
static void save(Block *block)
{
    block->saved = malloc(block->size + 1);
    memcpy(block->saved, block->data, block->size);
}

/* Lets nobody write to a block. */
static void protect(Block *block)
{
#ifndef ADDRESSES
    if (block->length && mprotect(block->pages, block->length, PROT_READ)) exit(3);
#else
    (void)block;
#endif
}

/* Whether a block holds what it held. */
static int is_unchanged(const Block *block)
{
    return memcmp(block->saved, block->data, block->size) == 0;
}

/* Gives a block back; complains of what was written around it. */
static void discard(Block *block)
{
#ifndef ADDRESSES
    for (unsigned char *p = block->pages; p < block->pages + block->length; p++)
        if ((p < block->data || p >= block->data + block->size) && *p != CANARY) {
            complain("written out of bounds");
            break;
        }
    munmap(block->pages - PAGE, block->length + 2 * PAGE);
#else
    free(block->data);
#endif
    free(block->saved);
}

/* Whatever stands on the stack below the caller of a function, of so many bytes. */
enum { DEPTH = 1 << 18, PAINT = 0x5A };

/* The most bytes of stack that calls have taken, and what the header says of them. */
static long most_stack, stated_stack;

/* How often calls have been measured, each time with the stack at another place. */
static unsigned measured;

/* Where the stack of the function ends that this stands in. */
#if defined(__x86_64__)
#define READ_STACK(end) __asm__ volatile("mov %%rsp, %0" : "=r"(end))
#elif defined(__aarch64__)
#define READ_STACK(end) __asm__ volatile("mov %0, sp" : "=r"(end))
#else
#define READ_STACK(end) (end) = NULL
#endif

/* Runs a call, and complains where it takes more stack than `bytes`; `slack` is what is passed on the
   stack and what memcpy and its likes take. No bound is known where `bytes` is negative. Names of
   the call may be any but these. */
#define MEASURING(bytes, slack, call) \
    do { \
        volatile unsigned char *gradc_end, *gradc_at; \
        *(volatile char *)__builtin_alloca(16 * (measured++ % 4) + 1) = 0; \
        READ_STACK(gradc_end); \
        if ((bytes) < 0) gradc_end = NULL; \
        for (gradc_at = gradc_end ? gradc_end - DEPTH : NULL; gradc_at < gradc_end; gradc_at++) \
            *gradc_at = PAINT; \
        call; \
        if (!gradc_end) break; \
        for (gradc_at = gradc_end - DEPTH; gradc_at < gradc_end; gradc_at++) \
            if (*gradc_at != PAINT) break; \
        if (gradc_end - gradc_at > (bytes) + (slack)) complain("takes more stack than is stated"); \
        if (gradc_end - gradc_at > most_stack) \
            most_stack = gradc_end - gradc_at, stated_stack = (bytes); \
    } while (0)

/* The hash of some bytes behind others. */
static uint64_t hash(uint64_t before, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++) before = (before ^ bytes[i]) * 0x100000001B3;
    return before;
}

static uint64_t state = 1;

/* The next random number of splitmix64. */
static uint64_t draw(void)
{
    uint64_t z = state += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

/* Random elements: floats of 0.1 to 0.9, small integers. */
#define FILL_FLOATS(type, data, count) \
    for (int64_t i = 0; i < (count); i++) ((type *)(data))[i] = (type)(0.1 + 0.8 * (double)(draw() >> 11) * 0x1p-53)
#define FILL_INTEGERS(type, data, count) \
    for (int64_t i = 0; i < (count); i++) ((type *)(data))[i] = (type)(draw() % 3)
#define FILL_HALVES(type, data, count) \
    for (int64_t i = 0; i < (count); i++) ((type *)(data))[i] = (type)(0x3000 + draw() % 0x800)
#define FILL_TRUTHS(type, data, count) \
    for (int64_t i = 0; i < (count); i++) ((type *)(data))[i] = (type)(draw() % 2)
