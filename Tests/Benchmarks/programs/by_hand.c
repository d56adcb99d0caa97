/* What square.graph compiles to, as one would write it: same signature, same checks. */
#include <stddef.h>

int slope_by_hand(double x, double *restrict gy, void *restrict workspace, size_t workspace_size);

int slope_by_hand(double x, double *restrict gy, void *restrict workspace, size_t workspace_size)
{
    (void)workspace;
    (void)workspace_size;
    if (gy)
        *gy = 2 * x;
    return 0;
}
