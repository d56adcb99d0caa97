/* Compares what gradc's own factorisations give with what LAPACK's give in the same graphs, and
   counts what the objects and LAPACKE allocate; a BLAS may have its own needs. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lapack/lapack.h"
#include "own/own.h"

static int is_watched;
static long allocations;
extern void *__libc_malloc(size_t);
void *malloc(size_t size)
{
    Dl_info caller;
    if (is_watched && dladdr(__builtin_return_address(0), &caller) && caller.dli_fname
        && (strstr(caller.dli_fname, "lapacke") || strstr(caller.dli_fname, "main")))
        ++allocations;
    return __libc_malloc(size);
}

/* N(n) is what stands for the size in an argument list: nothing where it is known. */
typedef int Function(int64_t, N(int64_t) int64_t, const REAL *, REAL *, REAL *, void *, size_t);
typedef size_t Size(int64_t, N(int64_t) int64_t);

static const struct {
    const char *name;
    Function *own, *lapack;
    Size *size;
} cases[] = {
#define CASE(name) {#name, own_##name, lapack_##name, lapack_##name##_workspace_size},
#include "cases.h"
};

enum { STACK = 3, MORE = 5, LIMIT = STACK * 64 * 64 };
static REAL a[LIMIT], g[2][LIMIT];

static void fill(int64_t rows, int64_t columns)
{
    unsigned long long state = 17;
    for (int64_t i = 0; i < STACK * rows * columns; ++i) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        int64_t row = i / columns % rows, column = i % columns;
        a[i] = (REAL)((double)(state >> 40) / (1 << 24) * 0.1);
        if (row == column) a[i] += (REAL)(2 + 0.25 * (double)row);
    }
}

/* The greatest difference of two arrays, to the greatest element or 1; NaN only meets NaN. */
static double distance(const REAL *x, const REAL *y, int64_t count)
{
    double scale = 1, worst = 0;
    for (int64_t i = 0; i < count; ++i) {
        if (isnan(x[i]) != isnan(y[i])) return INFINITY;
        if (!isnan(x[i])) scale = fmax(scale, fabs(x[i]));
    }
    for (int64_t i = 0; i < count; ++i) {
        if (!isnan(x[i])) worst = fmax(worst, fabs((double)x[i] - (double)y[i]));
    }
    return worst / scale;
}

/* Runs one case both ways; gives whether they agree. */
static int agree(unsigned number, int64_t n, int64_t count)
{
    REAL y[2] = {0, 0};
    size_t size = cases[number].size(STACK, N(n) MORE);
    void *workspace = aligned_alloc(64, (size + 127) / 64 * 64);
    int own = cases[number].own(STACK, N(n) MORE, a, &y[0], g[0], NULL, 0);
    is_watched = 1;
    int lapack = cases[number].lapack(STACK, N(n) MORE, a, &y[1], g[1], workspace, size);
    is_watched = 0;
    free(workspace);
    const char *name = cases[number].name;
    if (allocations) return printf("%s, n = %d: allocates\n", name, (int)n), 0;
    if (strcmp(own_message(own), lapack_message(lapack)) || (own & 255) != (lapack & 255)) {
        printf("%s, n = %d: '%s', LAPACK '%s'\n", name, (int)n, own_message(own),
               lapack_message(lapack));
        return 0;
    }
    if (own) return 1;
    double dy = distance(&y[0], &y[1], 1), dg = distance(g[0], g[1], count);
    if (!(dy <= TOLERANCE && dg <= TOLERANCE)) {
        printf("%s, n = %d: values differ by %g, derivatives by %g\n", name, (int)n, dy, dg);
        return 0;
    }
    return 1;
}

int main(void)
{
    int good = 1;
    for (unsigned number = 0; number < sizeof cases / sizeof *cases; ++number) {
        const char *name = cases[number].name;
        int isTall = !strncmp(name, "tall", 4), isWide = !strncmp(name, "wide", 4);
        const int64_t sizes[] = {SIZES};
        for (unsigned s = 0; s < sizeof sizes / sizeof *sizes; ++s) {
            int64_t n = sizes[s], rows = n + MORE * isTall, columns = n + MORE * isWide;
            int64_t count = STACK * rows * columns;
            fill(rows, columns);
            good &= agree(number, n, count);
            /* The second matrix of the stack fails: no number, then of no rank. */
            if (n == 0) continue;
            a[rows * columns] = (REAL)NAN;
            good &= agree(number, n, count);
            for (int64_t i = 0; i < rows * columns; ++i) a[rows * columns + i] = 0;
            good &= agree(number, n, count);
        }
    }
    return !good;
}
