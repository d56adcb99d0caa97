/* Nanoseconds for one call of d(x^2)/dx: gradc's function, and the one written by hand.
   Both stand in objects of their own, so that neither is inlined. Prints JSON. */
#include <stdio.h>

#include "square.h"
#include "timing.h"

int slope_by_hand(double x, double *restrict gy, void *restrict workspace, size_t workspace_size);

COUNT_ALLOCATIONS

typedef int (*slope_function)(double, double *, void *, size_t);

enum { CALLS = 2000000, REPEATS = 60 };

/* One loop for both, so that they are called from the same place. */
static __attribute__((noinline)) double seconds(slope_function function, double *sum)
{
    double start = cpu_seconds(), total = 0, gy;
    for (int i = 0; i < CALLS; i++) {
        if (function((double)i, &gy, NULL, 0))
            exit(1);
        total += gy;
    }
    *sum = total;
    return cpu_seconds() - start;
}

int main(void)
{
    double gy = 0, ours = 1e9, hand = 1e9, sum;
    if (slope(4, &gy, NULL, 0) != 0 || gy != 8 || slope(4, NULL, NULL, 0) != 0)
        return 1;
    for (int i = 0; i < REPEATS; i++) {
        double time = seconds(slope, &sum);
        ours = time < ours ? time : ours;
        if (sum != (double)CALLS * (CALLS - 1))
            return 2;
        time = seconds(slope_by_hand, &sum);
        hand = time < hand ? time : hand;
    }
    printf("{\"ours\": %.6e, \"by hand\": %.6e, \"allocations\": %ld, \"workspace\": %zu}\n",
           ours / CALLS, hand / CALLS, allocations, slope_workspace_size());
    return 0;
}
