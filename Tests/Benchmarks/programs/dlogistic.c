/* Seconds for the slope of the logistic curve: dlogistic ROWS COLUMNS IN OUT REPEATS.
   Reads x from IN, writes s and gs to OUT, where they are checked, and prints times as JSON.
   REAL is double or float; with BY_HAND the kernels written by hand run in turns with ours. */
#include <stdio.h>

#include "dlogistic.h"
#include "timing.h"

COUNT_ALLOCATIONS

enum { ALL, GRADIENT, PRIMAL, COPY, HAND, HAND_PRIMAL, KINDS };
static const char *const names[KINDS] = {
    "all", "gradient", "primal", "copy", "by hand", "by hand primal"};

#ifdef BY_HAND
void dlog64(const double *, double *, size_t);
void dlog32(const float *, float *, size_t);
double log64(const double *, size_t);
float log32(const float *, size_t);
#endif

static volatile double sink;

static void hand(int kind, const REAL *x, REAL *gs, size_t count)
{
#ifdef BY_HAND
    if (sizeof(REAL) == 8) {
        if (kind == HAND)
            dlog64((const void *)x, (void *)gs, count);
        else
            sink = log64((const void *)x, count);
    } else {
        if (kind == HAND)
            dlog32((const void *)x, (void *)gs, count);
        else
            sink = log32((const void *)x, count);
    }
#else
    (void)kind, (void)x, (void)gs, (void)count;
#endif
}

/* Moves what the gradient moves, and computes next to nothing: the limit that memory sets. */
static __attribute__((noinline, optimize("O3"))) void copy(
    const REAL *restrict x, REAL *restrict gs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        gs[i] = 2 * x[i];
}

static void run(int kind, int64_t m, int64_t n, const REAL *x, REAL *s, REAL *gs, void *space,
                size_t size)
{
    int status = 0;
    switch (kind) {
    case ALL: status = dlogistic(m, n, x, s, gs, space, size); break;
    case GRADIENT: status = dlogistic(m, n, x, NULL, gs, space, size); break;
    case PRIMAL: status = dlogistic(m, n, x, s, NULL, space, size); break;
    case COPY: copy(x, gs, (size_t)(m * n)); break;
    default: hand(kind, x, gs, (size_t)(m * n)); break;
    }
    if (status != 0) {
        fprintf(stderr, "%s\n", dlogistic_message(status));
        exit(1);
    }
}

static void *buffer(size_t size)
{
    return aligned_alloc(64, (size + 64) / 64 * 64);
}

int main(int count, char **arguments)
{
    if (count != 6)
        return 2;
    int64_t m = atoll(arguments[1]), n = atoll(arguments[2]);
    size_t elements = (size_t)(m * n), size = dlogistic_workspace_size(m, n);
    REAL *x = buffer(elements * sizeof *x), *gs = buffer(elements * sizeof *gs), s = 0;
    void *space = buffer(size);
    FILE *in = fopen(arguments[3], "rb"), *out = fopen(arguments[4], "wb");
    if (!in || !out || fread(x, sizeof *x, elements, in) != elements)
        return 3;
    long before = allocations;
    run(ALL, m, n, x, &s, gs, space, size);
    long allocated = allocations - before;
    fwrite(&s, sizeof s, 1, out);
    fwrite(gs, sizeof *gs, elements, out);
    run(GRADIENT, m, n, x, &s, gs, space, size);
    fwrite(gs, sizeof *gs, elements, out);
    s = 0;
    run(PRIMAL, m, n, x, &s, gs, space, size);
    fwrite(&s, sizeof s, 1, out);
    fclose(out);

    int repeats = atoi(arguments[5]), inner = 1 + (int)(200000 / elements);
    double best[KINDS];
    for (int repeat = 0; repeat < repeats; repeat++)
        for (int kind = 0; kind < KINDS; kind++) {
            run(kind, m, n, x, &s, gs, space, size);
            double start = cpu_seconds();
            for (int i = 0; i < inner; i++)
                run(kind, m, n, x, &s, gs, space, size);
            double time = (cpu_seconds() - start) / inner;
            if (repeat == 0 || time < best[kind])
                best[kind] = time;
        }
    printf("{");
    for (int kind = 0; kind < KINDS; kind++)
        printf("\"%s\": %.6e, ", names[kind], best[kind]);
    printf("\"allocations\": %ld, \"workspace\": %zu}\n", allocated, size);
    return 0;
}
