/* Calls every function of levels.graph, and prints the bits of what it gives. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

enum { N = 1003, M = 37, K = 83, L = 29 };

static double numbers[N], others[N];
static float singles[N], slopes[N];
static uint16_t halves[N], twice[N];
static float a[M * K], b[K * L], c[M * L];

/* Numbers in -1 to 1 with all their digits. */
static double draw(void) {
  static uint64_t state = 88172645463325252u;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (double)(int64_t)state * 0x1p-63;
}

static void print(const char *name, const void *bytes, size_t size) {
  uint64_t hash = 14695981039346656037u;
  for (size_t i = 0; i < size; ++i) hash = (hash ^ ((const unsigned char *)bytes)[i]) * 1099511628211u;
  printf("%s %016" PRIx64 "\n", name, hash);
}

static void require(int status) {
  if (status == 0) return;
  printf("%s\n", model_message(status));
  exit(1);
}

int main(void) {
  for (int i = 0; i < N; ++i) {
    numbers[i] = draw();
    others[i] = draw();
    singles[i] = (float)draw();
    halves[i] = (uint16_t)(0x3000 + i);
  }
  for (int i = 0; i < M * K; ++i) a[i] = (float)draw();
  for (int i = 0; i < K * L; ++i) b[i] = (float)draw();
  /* With a workspace of exactly the size that is asked for, and without one. */
  size_t size = product_workspace_size(M, K, L);
  void *workspace = aligned_alloc(64, (size + 63) / 64 * 64);
  for (int turn = 0; turn < 2; ++turn) {
    double s = 0, gx = 0;
    float y = 0;
    require(dot(N, numbers, others, &s, NULL, 0));
    print("dot", &s, sizeof s);
    require(waves(N, singles, &y, slopes, NULL, 0));
    print("waves", &y, sizeof y);
    print("slopes", slopes, sizeof slopes);
    require(waves(N, singles, &y, NULL, NULL, 0));
    print("primal", &y, sizeof y);
    memset(c, 0, sizeof c);
    require(product(M, K, L, a, b, c, turn ? workspace : NULL, turn ? size : 0));
    print("product", c, sizeof c);
    require(scaled(N, halves, twice, NULL, 0));
    print("scaled", twice, sizeof twice);
    require(square(3, &gx, NULL, 0));
    print("square", &gx, sizeof gx);
  }
  int status = product(-1, K, L, a, b, c, NULL, 0);
  printf("%d %s\n", status, model_message(status));
  free(workspace);
  return 0;
}
