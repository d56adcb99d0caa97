/* Calls everything in model.o: values, gradients, errors, NULL results, workspaces, threads. */
#include "model.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

static void expect(int holds, const char *what)
{
    if (!holds) {
        printf("failed: %s\n", what);
        failures++;
    }
}

static const double x[3][2] = {{1, 2}, {3, 4}, {5, 6}};
static const double y[3] = {1, 2, 3};
/* Compilers that know the header complain of a plain NULL. */
static const double *volatile none = NULL;

/* The loss and its gradient by hand. */
static double reference(const double *w, double *gradient)
{
    double loss = 0;
    int i, j;
    gradient[0] = gradient[1] = 0;
    for (i = 0; i < 3; i++) {
        double z = x[i][0] * w[0] + x[i][1] * w[1] - y[i];
        loss += z * z / 3;
        for (j = 0; j < 2; j++)
            gradient[j] += 2 * z * x[i][j] / 3;
    }
    return loss;
}

static void values(void)
{
    double w[2] = {0.5, -0.25}, g[2], loss, mean, wanted = reference(w, g);
    double next[2];
    int j, status;
    for (j = 0; j < 2; j++)
        next[j] = w[j] - 0.1 * g[j];
    status = step(3, 2, &x[0][0], y, 0.1, w, &loss, &mean, NULL, 0);
    expect(status == 0, "a good call gives 0");
    expect(fabs(loss - wanted) < 1e-12 && fabs(mean - 0.125) < 1e-15, "results");
    expect(fabs(w[0] - next[0]) < 1e-12 && fabs(w[1] - next[1]) < 1e-12, "inout");
    w[0] = 0.5;
    w[1] = -0.25;
    status = step(3, 2, &x[0][0], y, 0.1, w, NULL, &mean, NULL, 0);
    expect(status == 0 && fabs(w[0] - next[0]) < 1e-12, "a NULL result, and the update anyway");
}

static void errors(void)
{
    double w[2] = {0.5, -0.25}, loss = 0, mean = 0;
    int status = step(3, 2, &x[0][0], y, -1, w, &loss, &mean, NULL, 0);
    expect((status & 0xff) == MODEL_ASSERTION, "an assertion has its code");
    expect(strstr(model_message(status), "model.graph:6:12: the rate must be positive") != NULL,
           "an assertion has its message");
    expect(w[0] == 0.5 && w[1] == -0.25, "no inout is changed on an error");
    status = step(-1, 2, &x[0][0], y, 1, w, &loss, &mean, NULL, 0);
    expect((status & 0xff) == MODEL_NEGATIVE_SIZE, "a negative size");
    status = step(3, 2, none, y, 1, w, &loss, &mean, NULL, 0);
    expect((status & 0xff) == MODEL_NULL_POINTER, "a null pointer");
    status = step((int64_t)1 << 40, (int64_t)1 << 40, &x[0][0], y, 1, w, &loss, &mean, NULL, 0);
    expect((status & 0xff) == MODEL_OVERFLOW, "sizes that overflow");
    expect(step_workspace_size((int64_t)1 << 40, (int64_t)1 << 40) == (size_t)-1, "SIZE_MAX");
    expect(w[0] == 0.5 && w[1] == -0.25, "still no inout is changed");
    status = step(0, 2, none, none, 1, w, &loss, &mean, NULL, 0);
    expect(status == 0 && loss != loss, "no rows: NaN, and NULL is allowed");
}

static void workspaces(void)
{
    double w[2] = {0.5, -0.25}, loss, mean;
    size_t size = step_workspace_size(3, 2);
    char *memory = (char *)malloc(size + 256);
    char *aligned = memory + (64 - (size_t)memory % 64) % 64;
    expect(step(3, 2, &x[0][0], y, 0.1, w, &loss, &mean, aligned, size + 64) == 0, "a workspace");
    if (size > 0) {
        int status = step(3, 2, &x[0][0], y, 0.1, w, &loss, &mean, aligned, size - 1);
        expect((status & 0xff) == MODEL_WORKSPACE, "a workspace that is too small");
        status = step(3, 2, &x[0][0], y, 0.1, w, &loss, &mean, aligned + 8, size + 64);
        expect((status & 0xff) == MODEL_WORKSPACE, "a workspace that is not aligned");
    }
    expect(step_workspace_size(4, 2) >= size && step_workspace_size(3, 9) >= size, "sizes grow");
    free(memory);
}

static void *many(void *argument)
{
    double *sum = (double *)argument;
    int i;
    for (i = 0; i < 1000; i++) {
        double w[2] = {0.5, -0.25}, loss = 0, mean = 0;
        if (step(3, 2, &x[0][0], y, 0.1, w, &loss, &mean, NULL, 0) != 0)
            return NULL;
        *sum += loss + w[0] + w[1];
    }
    return NULL;
}

static void threads(void)
{
    double sums[2] = {0, 0};
    pthread_t ids[2];
    int i;
    for (i = 0; i < 2; i++)
        pthread_create(&ids[i], NULL, many, &sums[i]);
    for (i = 0; i < 2; i++)
        pthread_join(ids[i], NULL);
    expect(sums[0] == sums[1] && sums[0] != 0, "two threads compute the same");
}

int main(void)
{
    double value, slope;
    values();
    errors();
    workspaces();
    threads();
    expect(root(4, &value, &slope, NULL, 0) == 0 && value == 2 && slope == 0.25, "root");
    if (failures == 0)
        printf("passed\n");
    return failures != 0;
}
