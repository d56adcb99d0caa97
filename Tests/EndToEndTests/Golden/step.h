/* step.h: made by gradc from step.graph. Changes will be lost.

   Compiled for x86_64-unknown-linux-gnu, CPU x86-64-v3. */
#ifndef GRADC_STEP_H
#define GRADC_STEP_H

#include <stddef.h>
#include <stdint.h>

#if defined(__cplusplus)
#define GRADC_RESTRICT __restrict
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 199901L
#define GRADC_RESTRICT restrict
#else
#define GRADC_RESTRICT
#endif
/* Functions are linked by names with a hash of their signature, so that a header that does not
   belong to the object does not link. */
#if defined(__GNUC__)
#define GRADC_SYMBOL(name) __asm__(name)
#else
#define GRADC_SYMBOL(name)
#endif
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wnullability-extension"
#define GRADC_NONNULL _Nonnull
#define GRADC_NULLABLE _Nullable
#if __has_feature(bounds_attributes) || __has_feature(bounds_safety_attributes)
#define GRADC_COUNT(n) __attribute__((__counted_by__(n)))
#define GRADC_COUNT_OR_NULL(n) __attribute__((__counted_by_or_null__(n)))
#endif
#else
#define GRADC_NONNULL
#define GRADC_NULLABLE
#endif
#if !defined(GRADC_COUNT)
#define GRADC_COUNT(n)
#define GRADC_COUNT_OR_NULL(n)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Why a call failed: the low byte of what it returned. 0 is success. */
enum {
  STEP_NEGATIVE_SIZE = 1,
  STEP_SIZE_MISMATCH = 2,
  STEP_OVERFLOW = 3,
  STEP_NULL_POINTER = 4,
  STEP_WORKSPACE = 5,
  STEP_OUT_OF_MEMORY = 6,
  STEP_INDEX_OUT_OF_RANGE = 7,
  STEP_SINGULAR = 8,
  STEP_NO_CONVERGENCE = 9,
  STEP_ASSERTION = 10,
  STEP_EXTERNAL = 11
};

/* What went wrong, and where in the source: a static text for what a function here returned. */
const char *GRADC_NONNULL step_message(int status)
    GRADC_SYMBOL("step_message__header_and_object_differ_c0debf8ed26bb883");

/* step(x: f64[n, d], y: f64[n], rate: f64, inout w: f64[d], inout b: f64) -> (loss: f64)  step.graph:4
   One step of descent; `rate` must be positive.
   x: Rows of features.
   A call takes at most N bytes of stack, besides what C functions that it calls take. */
int step(int64_t n, int64_t d, const double *GRADC_NONNULL GRADC_RESTRICT GRADC_COUNT(n * d) x,
    const double *GRADC_NONNULL GRADC_RESTRICT GRADC_COUNT(n) y, double rate,
    double *GRADC_NONNULL GRADC_RESTRICT GRADC_COUNT(d) w, double *GRADC_NONNULL GRADC_RESTRICT b,
    double *GRADC_NULLABLE GRADC_RESTRICT loss, void *GRADC_NULLABLE GRADC_RESTRICT workspace,
    size_t workspace_size)
    GRADC_SYMBOL("step__header_and_object_differ_9a4130227095226f");
size_t step_workspace_size(int64_t n, int64_t d)
    GRADC_SYMBOL("step_workspace_size__header_and_object_differ_9a4130227095226f");

#ifdef __cplusplus
}
#endif

#if defined(__clang__)
#pragma clang diagnostic pop
#endif
#undef GRADC_RESTRICT
#undef GRADC_SYMBOL
#undef GRADC_NONNULL
#undef GRADC_NULLABLE
#undef GRADC_COUNT
#undef GRADC_COUNT_OR_NULL

#endif
