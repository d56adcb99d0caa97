#!/usr/bin/env python3
"""Holds objects for aarch64, run by qemu, or made with other options to the values of the cases.

Usage: GRADC=gradc python3 elsewhere.py [--cases=REGEX] [--every=N] [OPTION OF gradc ...]

Without options of gradc it is `--target=aarch64-linux-gnu`. `--cases` takes those whose `folder/name`
has a match, `--every` one of so many. Each is called from a C program of its own. Needs numpy, for
aarch64 qemu-user and gcc-aarch64-linux-gnu.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

import numpy as np

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "Cases")
TYPES = {"bool": ("bool", "uint8_t"), "f16": ("f2", "uint16_t"), "f32": ("f4", "float"),
         "f64": ("f8", "double"), "i8": ("i1", "int8_t"), "i16": ("i2", "int16_t"),
         "i32": ("i4", "int32_t"), "i64": ("i8", "int64_t"), "u8": ("u1", "uint8_t"),
         "u16": ("u2", "uint16_t"), "u32": ("u4", "uint32_t"), "u64": ("u8", "uint64_t")}
TOLERANCE = {"f64": 1e-9, "f32": 2e-5, "f16": 5e-3}


class Wrong(Exception):
    """A case gives something else than is expected."""


def array(entry):
    """The array of {dtype, shape, data}; non-finite numbers are strings."""
    data = np.array(entry["data"], dtype=object)
    kind = np.dtype(TYPES[entry["dtype"]][0])
    if kind.kind == "f":
        data = data.astype(np.float64)
    return np.ascontiguousarray(data.astype(kind).reshape(entry["shape"]))


def sizes(function, inputs):
    """A size for each symbol, from the inputs that are called so and from shapes."""
    found = {s: int(inputs[s]) for s in function["symbols"] if s in inputs and not inputs[s].ndim}
    dims = [(str(dim).replace(" / ", " // "), size) for formal in function["parameters"]
            for dim, size in zip(formal["shape"], inputs[formal["name"]].shape)]
    for dim, size in dims:
        if dim in function["symbols"]:
            found.setdefault(dim, size)
    for dim, size in dims:
        unknown = {name for name in re.findall(r"[A-Za-z_]\w*", dim) if name not in found}
        if len(unknown) == 1:
            name = unknown.pop()
            found[name] = next(
                guess for guess in range(100000) if eval(dim, {}, {**found, name: guess}) == size)
    return [found[s] for s in function["symbols"]]


def caller(function, inputs, expected, header):
    """C that reads the inputs, calls the function, and writes its status and what it gives."""
    lines, arguments, writes = [], [], ["fwrite(&status, sizeof status, 1, stdout);"]
    for formal in function["parameters"]:
        name, kind = "p_" + formal["name"], TYPES[formal["dtype"]][1]
        lines += array_of(kind, name, inputs[formal["name"]].size)
        lines.append("if (!fread(%s, sizeof %s, 1, stdin)) return 1;" % (name, name))
        arguments.append(name + "[0]" if formal.get("passedByValue") else name)
        if formal.get("inout") and formal["name"] in expected:
            writes.append("fwrite(%s, sizeof %s, 1, stdout);" % (name, name))
    for formal in function["results"]:
        name, kind = "r_" + formal["name"], TYPES[formal["dtype"]][1]
        entry = expected.get(formal["name"])
        lines += array_of(kind, name, int(np.prod(entry["shape"])) if entry else 1 << 16)
        arguments.append(name)
        if entry:
            writes.append("fwrite(%s, sizeof %s, 1, stdout);" % (name, name))
    arguments = [str(s) for s in sizes(function, inputs)] + arguments + ["NULL", "0"]
    return "#include <stdio.h>\n#include \"%s\"\nint main(void) {\n%s\n}\n" % (header, "\n".join(
        lines + ["int status = %s(%s);" % (function["name"], ", ".join(arguments))] + writes
        + ["return 0;"]))


def array_of(kind, name, count):
    """An array of at least one element."""
    return ["static _Alignas(64) %s %s[%d];" % (kind, name, max(count, 1))]


def check(case, source, options):
    """Raises `Wrong` for a case that does not give what is expected; False for one without calls."""
    is_foreign = any("aarch64" in option for option in options)
    inputs = {name: array(entry) for name, entry in case["inputs"].items()}
    expected = case.get("expect", {})
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model")
        made = subprocess.run(
            [os.environ.get("GRADC", "gradc"), source, "-o", path + ".o",
             "--emit=obj,header,manifest"] + options, capture_output=True, text=True)
        if made.returncode:
            raise Wrong(made.stderr.strip() or "gradc ends with %d" % made.returncode)
        with open(path + ".json") as file:
            manifest = json.load(file)
        if manifest["externals"]:
            return False
        function = next(f for f in manifest["functions"] if f["name"] == case["graph"])
        with open(path + ".c", "w") as file:
            file.write(caller(function, inputs, expected, "model.h"))
        compiler = ["aarch64-linux-gnu-gcc", "-static"] if is_foreign else ["gcc"]
        threads = ["-fopenmp"] if any("openmp" in option for option in options) else []
        subprocess.run(compiler + ["-w", path + ".c", path + ".o", "-o", path] + threads + ["-lm"],
                       check=True)
        given = b"".join(
            np.resize(inputs[formal["name"]], max(inputs[formal["name"]].size, 1)).tobytes()
            for formal in function["parameters"])
        called = subprocess.run((["qemu-aarch64"] if is_foreign else []) + [path], input=given,
                                stdout=subprocess.PIPE)
        if called.returncode:
            raise Wrong("the caller ends with %d" % called.returncode)
        compare(called.stdout, function, expected, case)
    return True


def compare(data, function, expected, case):
    """Raises `Wrong` where what a call has written is not what is expected."""
    status, place = int(np.frombuffer(data, "i4", 1)[0]), 4
    if (status != 0) != ("expect_error" in case):
        raise Wrong("the status is %#x" % status)
    if status:
        return
    tolerance = case.get("tolerance", {})
    states = [formal for formal in function["parameters"] if formal.get("inout")]
    for formal in states + function["results"]:
        if formal["name"] not in expected:
            continue
        want = array(expected[formal["name"]])
        got = np.frombuffer(data, want.dtype, max(want.size, 1), place)
        place += got.nbytes
        got = got[:want.size].reshape(want.shape)
        relative = tolerance.get("rel", 0) or TOLERANCE.get(formal["dtype"], 0)
        with np.errstate(all="ignore"):
            fine = np.isclose(got.astype(float), want.astype(float), rtol=relative,
                              atol=tolerance.get("abs", 0), equal_nan=True) | (got == want)
        if not fine.all():
            at = tuple(int(i) for i in np.argwhere(~fine)[0])
            raise Wrong("%s%s is %r, not %r" % (
                formal["name"], list(at), float(got[at]), float(want[at])))


def main():
    options, pattern, every = [], "", 1
    for argument in sys.argv[1:]:
        if argument.startswith("--cases="):
            pattern = argument[8:]
        elif argument.startswith("--every="):
            every = int(argument[8:])
        else:
            options.append(argument)
    options = options or ["--target=aarch64-linux-gnu"]
    files = sorted(os.path.join(folder, name)[len(CASES) + 1:-5]
                   for folder, _, names in os.walk(CASES) for name in names
                   if name.endswith(".json"))
    called, bad = 0, 0
    for name in [file for file in files if re.search(pattern, file)][::every]:
        with open(os.path.join(CASES, name + ".json")) as file:
            case = json.load(file)
        if case.get("stage") == "compile" or "expect_error" in case and "stage" not in case:
            continue
        source = case.get("graph_file", os.path.basename(name) + ".graph")
        try:
            called += check(case, os.path.join(CASES, os.path.dirname(name), source), options)
        except Wrong as reason:
            called, bad = called + 1, bad + 1
            print("%s: %s" % (name, reason))
    print("%d cases, %d wrong" % (called, bad))
    sys.exit(1 if bad or not called else 0)


if __name__ == "__main__":
    main()
