/* CPU time of this process: other load on the machine counts little. */
#ifndef TIMING_H
#define TIMING_H

#include <stdlib.h>
#include <time.h>

static inline double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Calls of malloc from the linked objects, with -Wl,--wrap=malloc. */
extern long allocations;
void *__real_malloc(size_t size);

#define COUNT_ALLOCATIONS                 \
    long allocations;                     \
    void *__wrap_malloc(size_t size);     \
    void *__wrap_malloc(size_t size)      \
    {                                     \
        allocations++;                    \
        return __real_malloc(size);       \
    }

#endif
