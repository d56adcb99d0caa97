/* Finds the minimum of Rosenbrock's function with NLopt's L-BFGS; value and gradient come from the
   object that gradc has made. */
#include "rosenbrock.h"

#include <math.h>
#include <nlopt.h>
#include <stdio.h>
#include <stdlib.h>

enum { N = 10 };

static int evaluations;

static double objective(unsigned n, const double *x, double *gradient, void *data)
{
    double value;
    /* NLopt passes NULL where it needs no gradient, and so may we. */
    int status = rosenbrock((int64_t)n, x, &value, gradient, NULL, 0);
    (void)data;
    if (status != 0) {
        fprintf(stderr, "%s\n", rosenbrock_message(status));
        exit(1);
    }
    evaluations++;
    return value;
}

int main(void)
{
    double x[N], least = 0, distance = 0;
    int i, result;
    nlopt_opt optimizer = nlopt_create(NLOPT_LD_LBFGS, N);
    for (i = 0; i < N; i++)
        x[i] = i % 2 == 0 ? -1.2 : 1.0;
    nlopt_set_min_objective(optimizer, objective, NULL);
    nlopt_set_xtol_rel(optimizer, 1e-10);
    nlopt_set_maxeval(optimizer, 10000);
    result = nlopt_optimize(optimizer, x, &least);
    nlopt_destroy(optimizer);
    if (result < 0) {
        fprintf(stderr, "NLopt ends with %d\n", result);
        return 1;
    }
    for (i = 0; i < N; i++)
        distance = fmax(distance, fabs(x[i] - 1));
    printf("minimum %.3g after %d evaluations, at most %.1g from ones\n", least, evaluations, distance);
    return distance < 1e-4 ? 0 : 1;
}
