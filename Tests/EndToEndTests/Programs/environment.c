/* What calls do to the floating-point environment, and what they make of subnormal numbers. */
#include "model.h"

#include <errno.h>
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { N = 19 };
static int failures;

static void expect(int holds, const char *what)
{
    if (!holds) {
        printf("failed: %s\n", what);
        failures++;
    }
}

/* The bits that say how to compute, without those that note what has happened. */
static unsigned control(void)
{
#if defined(__x86_64__)
    unsigned mxcsr;
    unsigned short x87;
    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    __asm__ volatile("fnstcw %0" : "=m"(x87));
    return (mxcsr & ~0x3Fu) | (unsigned)x87 << 16;
#else
    unsigned long fpcr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    return (unsigned)fpcr;
#endif
}

/* Has subnormal numbers taken for 0 and flushed to 0, or not. */
static void flush(int on)
{
#if defined(__x86_64__)
    unsigned mxcsr;
    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    mxcsr = on ? mxcsr | 0x8040 : mxcsr & ~0x8040u;
    __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
#else
    unsigned long fpcr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    fpcr = on ? fpcr | 1ul << 24 : fpcr & ~(1ul << 24);
    __asm__ volatile("msr fpcr, %0" : : "r"(fpcr));
#endif
}

static double x[N], y[N], z[N], halves[N], thirds[N], roots[N], logs[N], exps[N], sums[1];
static float f[N], g[N], narrow[N];
static uint16_t h[N];

static int call(int n)
{
    return model(n, x, f, halves, thirds, roots, logs, exps, sums, g, narrow, h, y, z, NULL, 0);
}

static void environment(void)
{
    static const int modes[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
    for (int flushing = 0; flushing < 2; flushing++)
        for (int mode = 0; mode < 4; mode++)
            for (int n = 0; n <= N; n += n < 9 ? 1 : 5) {
                fesetround(modes[mode]);
                flush(flushing);
                feclearexcept(FE_ALL_EXCEPT);
                feraiseexcept(FE_OVERFLOW | FE_DIVBYZERO);
                errno = 77;
                unsigned before = control();
                int status = call(n);
                expect(status == 0, "the call");
                expect(control() == before, "control bits are as they were");
                expect(fegetround() == modes[mode], "the rounding mode is as it was");
                expect(LIBRARY || errno == 77, "errno is as it was");
                expect(fetestexcept(FE_OVERFLOW | FE_DIVBYZERO) == (FE_OVERFLOW | FE_DIVBYZERO),
                       "flags that were set are set");
                /* A call that fails. */
                expect(model(-1, x, f, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                             NULL, NULL, 0) != 0, "an error");
                expect(control() == before, "control bits are as they were after an error");
            }
    flush(0);
    fesetround(FE_TONEAREST);
}

static void subnormals(void)
{
    const double least = 4.9406564584124654e-324;
    for (int i = 0; i < N; i++) {
        x[i] = (i - 4) * 7 * least + (i % 3 == 0 ? 1e-310 : 0);
        f[i] = (float)(i - 4) * 3e-45f;
    }
    expect(call(N) == 0, "the call");
    double sum = 0;
    for (int i = 0; i < N; i++) {
        sum += x[i];
        expect(halves[i] == x[i] * 0.5, "a product");
        expect(thirds[i] == x[i] / 3, "a quotient");
        expect(roots[i] == sqrt(fabs(x[i])), "a root");
        double log_x = log(fabs(x[i]));
        expect(logs[i] == log_x || fabs(logs[i] - log_x) <= 4 * DBL_EPSILON * fabs(log_x), "a logarithm");
        double small = exp(-740 - i / 10.0);
        expect(small < DBL_MIN && fabs(exps[i] - small) <= 2 * least, "an exponential");
        expect(g[i] == f[i] * 0.5f, "a product of floats");
        expect(narrow[i] == (float)(x[i] * 0x1p900 * 0x1p30), "a float of a double");
        expect(y[i] == (double)f[i], "a double of a float");
        expect((h[i] & 0x7fff) == (i < 4 ? 4 - i : i - 4), "a half");
        expect(z[i] == (x[i] > 0 ? x[i] : 0), "a maximum");
    }
    expect(sums[0] == sum, "a sum, which is exact");
}

int main(void)
{
    for (int i = 0; i < N; i++) {
        x[i] = 0.1 * i - 0.7;
        f[i] = 0.3f * (float)i;
    }
    environment();
    subnormals();
    printf("%d failures\n", failures);
    return failures != 0;
}
