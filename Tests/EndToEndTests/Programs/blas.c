/* Calls products that our own loops compute and those that BLAS does, and compares them. The BLAS
   is sums as they stand, and it checks and counts what it is asked for. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long calls;

#define GEMM(name, real)                                                                          \
    void name(int order, int ta, int tb, int m, int n, int k, real alpha, const real *a, int lda, \
              const real *b, int ldb, real beta, real *c, int ldc)                                \
    {                                                                                             \
        ++calls;                                                                                  \
        if (order != 101 || (ta != 111 && ta != 112) || (tb != 111 && tb != 112) || alpha != 1    \
            || beta != 0 || m < 64 || n < 64 || k < 64 || ldc < n || lda < (ta == 112 ? m : k)    \
            || ldb < (tb == 112 ? k : n)) {                                                       \
            puts("a wrong call");                                                                 \
            exit(1);                                                                              \
        }                                                                                         \
        for (int i = 0; i < m; ++i)                                                               \
            for (int j = 0; j < n; ++j) {                                                         \
                double sum = 0;                                                                   \
                for (int p = 0; p < k; ++p)                                                       \
                    sum += (double)(ta == 112 ? a[p * lda + i] : a[i * lda + p])                  \
                        * (double)(tb == 112 ? b[j * ldb + p] : b[p * ldb + j]);                  \
                c[i * ldc + j] = (real)sum;                                                       \
            }                                                                                     \
    }
GEMM(cblas_dgemm, double)
GEMM(cblas_sgemm, float)

#ifdef LIBRARY
/* Loaded into gradc, it tells at the end how often it was called. */
__attribute__((destructor)) static void tell(void) { fprintf(stderr, "%ld calls\n", calls); }
#else
#include "blas/blas.h"
#include "own/own.h"

typedef int64_t Size;
typedef int Function(Size, Size, Size, const REAL *, const REAL *, REAL *, void *, size_t);
typedef size_t Room(Size, Size, Size);

/* What a case is called with: the elements of its arrays, and the calls that large ones make. */
#define CASE(name, a, b, c, count)                                          \
    static Size name##_a(Size m, Size n, Size k) { (void)(m + n + k); return a; } \
    static Size name##_b(Size m, Size n, Size k) { (void)(m + n + k); return b; } \
    static Size name##_c(Size m, Size n, Size k) { (void)(m + n + k); return c; }
#include "cases.h"
#undef CASE

static const struct {
    const char *name;
    Function *own, *blas;
    Room *room;
    Size (*counts[3])(Size, Size, Size);
    long calls;
} cases[] = {
#define CASE(name, a, b, c, count)                                                           \
    {#name, own_##name, blas_##name, blas_##name##_workspace_size, {name##_a, name##_b, name##_c}, \
     count},
#include "cases.h"
};

static const Size sizes[][3] = {
    {64, 64, 64}, {63, 100, 100}, {100, 63, 100}, {100, 100, 63}, {130, 65, 97},
    {0, 70, 70}, {70, 0, 70}, {70, 70, 0}, {1, 1, 1},
};

/* Numbers between -0.5 and 0.5 in memory of their own, so that AddressSanitizer sees its ends. */
static REAL *numbers(Size count)
{
    static unsigned long long state = 17;
    REAL *result = malloc((size_t)count * sizeof(REAL));
    for (Size i = 0; i < count; ++i) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        result[i] = (REAL)((double)(state >> 40) * 0x1p-24 - 0.5);
    }
    return result;
}

/* Runs one case both ways; gives whether they agree. */
static int agree(unsigned number, const Size *s)
{
    Size counts[3];
    for (int i = 0; i < 3; ++i) counts[i] = cases[number].counts[i](s[0], s[1], s[2]);
    REAL *a = numbers(counts[0]), *b = numbers(counts[1]);
    REAL *own = numbers(counts[2]), *blas = numbers(counts[2]);
    for (Size i = 0; i < counts[2]; ++i) own[i] = blas[i] = (REAL)NAN;
    size_t room = cases[number].room(s[0], s[1], s[2]);
    void *workspace = aligned_alloc(64, (room + 127) / 64 * 64);
    calls = 0;
    int good = cases[number].own(s[0], s[1], s[2], a, b, own, NULL, 0) == 0 && calls == 0
        && cases[number].blas(s[0], s[1], s[2], a, b, blas, workspace, room) == 0;
    long expected = s[0] >= 64 && s[1] >= 64 && s[2] >= 64 ? cases[number].calls : 0;
    if (!good || calls != expected) {
        printf("%s at %d, %d, %d: %ld calls\n", cases[number].name, (int)s[0], (int)s[1], (int)s[2],
               calls);
        good = 0;
    }
    for (Size i = 0; good && i < counts[2]; ++i)
        if (!(fabs((double)own[i] - (double)blas[i]) <= TOLERANCE)) {
            printf("%s at %d, %d, %d: %g is not %g\n", cases[number].name, (int)s[0], (int)s[1],
                   (int)s[2], (double)blas[i], (double)own[i]);
            good = 0;
        }
    free(a), free(b), free(own), free(blas), free(workspace);
    return good;
}

/* Whether each choice of the results of `three` gives what all give, and calls for itself alone. */
static int choices(void)
{
    enum { n = 70 };
    REAL *a = numbers(n * n), *b = numbers(n * n), *all[3], *one[3];
    for (int i = 0; i < 3; ++i) all[i] = numbers(n * n), one[i] = numbers(n * n);
    int good = blas_three(n, n, n, a, b, all[0], all[1], all[2], NULL, 0) == 0;
    for (int wanted = 0; wanted < 8; ++wanted) {
        for (int i = 0; i < 3; ++i) memset(one[i], 0, n * n * sizeof(REAL));
        REAL *c[3];
        for (int i = 0; i < 3; ++i) c[i] = wanted >> i & 1 ? one[i] : NULL;
        calls = 0;
        good = good && blas_three(n, n, n, a, b, c[0], c[1], c[2], NULL, 0) == 0;
        good = good && calls == (wanted & 1) + (wanted >> 1 & 1) + (wanted >> 2 & 1);
        for (int i = 0; i < 3; ++i)
            if (c[i]) good = good && memcmp(c[i], all[i], n * n * sizeof(REAL)) == 0;
    }
    free(a), free(b);
    for (int i = 0; i < 3; ++i) free(all[i]), free(one[i]);
    if (!good) puts("choices of results differ");
    return good;
}

int main(void)
{
    int good = choices();
    for (unsigned number = 0; number < sizeof cases / sizeof *cases; ++number)
        for (unsigned s = 0; s < sizeof sizes / sizeof *sizes; ++s) good &= agree(number, sizes[s]);
    return !good;
}
#endif
