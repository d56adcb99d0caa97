/* Calls every graph of model.o in ways that fail: each status once and again, and no inout changed. */
#include "model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { N = 8 };
static double x[N * N], v[N], saved[N], y[N], s;
static float w[3], saved_w[3];
static _Alignas(64) unsigned char memory[1 << 16];
static int failures, calls;

int hat(int64_t k, const double *in, double *out)
{
    for (int64_t i = 0; i < k; i++) {
        if (in[i] < 0) return 5;
        out[i] = in[i];
    }
    return 0;
}

static void prepare(void)
{
    for (int i = 0; i < N * N; i++) x[i] = 1 + i;
    for (int i = 0; i < N; i++) saved[i] = v[i] = 0.5 * i;
    for (int i = 0; i < 3; i++) saved_w[i] = w[i] = 2.5f * i;
}

/* A call gives `wanted`, and has changed `inout` parameters only if that is success. */
static void check(int status, int wanted, const char *text, int line)
{
    int is_unchanged = !memcmp(v, saved, sizeof v) && !memcmp(w, saved_w, sizeof w);
    calls++;
    if ((status & 0xff) != wanted) {
        printf("%d: status %d, not %d (%s): %s\n", line, status & 0xff, wanted,
               model_message(status), text);
        failures++;
    }
    if (is_unchanged != (wanted != 0)) {
        printf("%d: inout is %schanged: %s\n", line, is_unchanged ? "un" : "", text);
        failures++;
    }
    prepare();
}

#define EXPECT(call, wanted) check(call, wanted, #call, __LINE__)

static void sizes(void)
{
    /* Greater than what int64_t or size_t can count in bytes, or in elements. */
    const int64_t large[] = {
        INT64_MAX, INT64_MAX - 1, INT64_MAX / 2, INT64_MAX / 2 + 1, INT64_MAX / 4, INT64_MAX / 8 + 1,
        (int64_t)1 << 62, (int64_t)1 << 61, (int64_t)1 << 60,
    };
    for (size_t i = 0; i < sizeof large / sizeof *large; i++) {
        EXPECT(indices(large[i], N, x, (const int64_t *)x, v, w, y, NULL, 0), MODEL_OVERFLOW);
        EXPECT(matrix(large[i], x, x, v, y, NULL, 0), MODEL_OVERFLOW);
        EXPECT(formula(large[i], x, v, y, NULL, 0), MODEL_OVERFLOW);
        if (matrix_workspace_size(large[i]) != SIZE_MAX) EXPECT(-1, 0);
        if (formula_workspace_size(large[i]) != SIZE_MAX) EXPECT(-1, 0);
    }
    EXPECT(matrix((int64_t)1 << 32, x, x, v, y, NULL, 0), MODEL_OVERFLOW);
    EXPECT(matrix((int64_t)3037000500, x, x, v, y, NULL, 0), MODEL_OVERFLOW);
    const int64_t negative[] = {-1, -8, INT64_MIN, INT64_MIN + 1, INT64_MIN / 2};
    for (size_t i = 0; i < sizeof negative / sizeof *negative; i++) {
        EXPECT(indices(negative[i], N, x, (const int64_t *)x, v, w, y, NULL, 0), MODEL_NEGATIVE_SIZE);
        EXPECT(indices(N, negative[i], x, (const int64_t *)x, v, w, y, NULL, 0), MODEL_NEGATIVE_SIZE);
        EXPECT(matrix(negative[i], x, x, v, y, NULL, 0), MODEL_NEGATIVE_SIZE);
    }
    EXPECT(shapes(3, 8, x, v, y, NULL, 0), MODEL_SIZE_MISMATCH);
    EXPECT(shapes(4, 8, x, v, y, NULL, 0), 0);
    EXPECT(shapes(0, 8, x, v, y, NULL, 0), MODEL_SIZE_MISMATCH);
    EXPECT(formula(1, x, v, y, NULL, 0), MODEL_NEGATIVE_SIZE);
}

static void pointers(void)
{
    const int64_t i[N] = {0, 1, 2, 3, 4, 5, 6, 7};
    EXPECT(indices(N, N, NULL, i, v, w, y, NULL, 0), MODEL_NULL_POINTER);
    EXPECT(indices(N, N, x, NULL, v, w, y, NULL, 0), MODEL_NULL_POINTER);
    EXPECT(indices(N, N, x, i, NULL, w, y, NULL, 0), MODEL_NULL_POINTER);
    EXPECT(indices(N, N, x, i, v, NULL, y, NULL, 0), MODEL_NULL_POINTER);
    EXPECT(indices(N, N, x, i, v, w, NULL, NULL, 0), 0);
}

static void workspaces(void)
{
    size_t needed = matrix_workspace_size(N);
    if (needed == 0 || needed + 64 > sizeof memory) EXPECT(-1, 0);
    for (int i = 0; i < N; i++) x[i * N + i] += 100;
    EXPECT(matrix(N, x, x, v, y, memory, needed), 0);
    EXPECT(matrix(N, x, x, v, y, memory, needed - 1), MODEL_WORKSPACE);
    EXPECT(matrix(N, x, x, v, y, memory, 0), MODEL_WORKSPACE);
    for (int at = 1; at < 64; at++)
        EXPECT(matrix(N, x, x, v, y, memory + at, sizeof memory - 64), MODEL_WORKSPACE);
    /* More memory than the process may have. */
    struct rlimit old, limit;
    getrlimit(RLIMIT_AS, &old);
    limit = old;
    limit.rlim_cur = (rlim_t)1 << 30;
    setrlimit(RLIMIT_AS, &limit);
    EXPECT(matrix(1 << 20, x, x, v, y, NULL, 0), MODEL_OUT_OF_MEMORY);
    setrlimit(RLIMIT_AS, &old);
}

static void values(void)
{
    int64_t i[N] = {0, 1, 2, 3, 4, 5, 6, 7};
    const int64_t wrong[] = {N, -N - 1, INT64_MAX, INT64_MIN};
    EXPECT(indices(N, N, x, i, v, w, y, NULL, 0), 0);
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++)
        for (int at = 0; at < N; at += 3) {
            i[at] = wrong[k];
            EXPECT(indices(N, N, x, i, v, w, y, NULL, 0), MODEL_INDEX_OUT_OF_RANGE);
            i[at] = at;
        }
    memset(x, 0, sizeof x);
    EXPECT(matrix(N, x, x, v, y, NULL, 0), MODEL_SINGULAR);
    for (int k = 0; k < N * N; k++) x[k] = NAN;
    EXPECT(spectrum(N, x, v, y, NULL, 0), MODEL_NO_CONVERGENCE);
    x[3] = -1;
    EXPECT(fails(N, x, v, y, NULL, 0), MODEL_EXTERNAL);
    EXPECT(fails(N, x, v, y, NULL, 0), 0);
    EXPECT(asserts(N, x, 100, v, &s, NULL, 0), 0);
    EXPECT(asserts(N, x, 20, v, &s, NULL, 0), MODEL_ASSERTION);
    EXPECT(asserts(N, x, 0, v, &s, NULL, 0), MODEL_ASSERTION);
    EXPECT(asserts(N, x, 20, v, NULL, NULL, 0), MODEL_ASSERTION);
}

int main(void)
{
    prepare();
    sizes();
    pointers();
    workspaces();
    values();
    printf("%d calls, %d failures\n", calls, failures);
    return failures != 0;
}
