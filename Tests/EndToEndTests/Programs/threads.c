/* Sixteen threads call one object: with RACE into the same results, else each with data of its own.
   Parameters that are only read are shared. */
#include "model.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 16, N = 67, D = 9, ROUNDS = 8 };

static double x[N * D], y[N], shared;
static double losses[THREADS], means[THREADS], w[THREADS][D];
static int failures;
static pthread_barrier_t start;

static void *run(void *argument)
{
    int number = (int)(size_t)argument;
    size_t size = number % 2 ? step_workspace_size(N, D) : 0;
    void *workspace = size ? aligned_alloc(64, (size + 63) / 64 * 64) : NULL;
    pthread_barrier_wait(&start);
    for (int round = 0; round < ROUNDS; round++) {
#ifdef RACE
        double *loss = &shared;
#else
        double *loss = &losses[number];
#endif
        int status = step(N, D, x, y, 0.01, w[number], loss, &means[number], workspace, size);
        /* One that fails, at the same time. */
        int other = step(N, D, x, y, -1, w[number], loss, NULL, NULL, 0);
        if (status != 0 || !strstr(model_message(other), "the rate must be positive"))
            __atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED);
    }
    free(workspace);
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < N * D; i++) x[i] = i % 7 - 3;
    for (int i = 0; i < N; i++) y[i] = i % 5;
    pthread_barrier_init(&start, NULL, THREADS);
    for (size_t i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, run, (void *)i);
    for (size_t i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    for (int i = 1; i < THREADS; i++)
        if (memcmp(w[i], w[0], sizeof w[0]) || losses[i] != losses[0] || means[i] != means[0])
            failures++;
    printf("%d failures\n", failures);
    return failures != 0;
}
