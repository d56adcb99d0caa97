"""JAX beside gradc: jax_dlogistic.py DTYPE ROWS COLUMNS IN REPEATS, times as JSON.

One thread, process CPU time, minimum: as in dlogistic.c. The first line checks that the values agree.
"""

import json
import os
import sys
import time

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "") + " --xla_cpu_multi_thread_eigen=false"

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)


def seconds(function, x, repeats):
    """The least CPU time of one call."""
    inner = 1 + 200000 // x.size
    jax.block_until_ready(function(x))
    best = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        for _ in range(inner):
            jax.block_until_ready(function(x))
        best = min(best, (time.process_time() - start) / inner)
    return best


def main():
    dtype, rows, columns, path, repeats = sys.argv[1:]
    x = np.fromfile(path, dtype={"f32": np.float32, "f64": np.float64}[dtype])
    x = jnp.asarray(x.reshape(int(rows), int(columns)))
    primal = jax.jit(lambda x: (1 / (1 + jnp.exp(-x))).sum())
    every = jax.jit(jax.value_and_grad(lambda x: (1 / (1 + jnp.exp(-x))).sum()))
    gradient = jax.jit(jax.grad(lambda x: (1 / (1 + jnp.exp(-x))).sum()))
    s, _ = every(x)
    count = int(repeats)
    print(json.dumps({
        "version": jax.__version__, "s": float(s), "all": seconds(every, x, count),
        "gradient": seconds(gradient, x, count), "primal": seconds(primal, x, count)}))


main()
