#!/usr/bin/env python3
"""Holds code for aarch64, run by qemu, or for another x86-64 CPU to the errors in values.txt.

Usage: GRADC=gradc python3 elsewhere.py [--target=TRIPLE] [-mcpu=CPU]

Without options it is aarch64. Needs numpy, for aarch64 qemu-user and gcc-aarch64-linux-gnu.
"""
import os
import subprocess
import sys
import tempfile

import numpy as np

TYPES = {"f32": (np.float32, np.uint32, "float"), "f64": (np.float64, np.uint64, "double")}


class Family:
    """Arguments of a function in a type, with their values."""

    def __init__(self, function, dtype, bound):
        self.function, self.bound, self.rows = function, float(bound), []
        self.dtype, (self.number, self.bits, self.in_c) = dtype, TYPES[dtype]
        self.name = function + "_" + dtype

    def column(self, place):
        return np.array([int(row[place], 16) for row in self.rows], self.bits).view(self.number)

    @property
    def operands(self):
        return "xy"[:len(self.rows[0]) - 2]

    def graph(self):
        inputs = ", ".join("%s: %s[n]" % (o, self.dtype) for o in self.operands)
        return "graph %s(%s) -> (r: %s[n]) {\n  r = %s(%s)\n}\n" % (
            self.name, inputs, self.dtype, self.function, ", ".join(self.operands))

    def call(self):
        """C that reads the arguments and writes what the function gives."""
        count = len(self.rows)
        reads = ["if (!fread(%s, sizeof %s, 1, stdin)) return 2;" % (o, o) for o in self.operands]
        arrays = ", ".join("%s[%d]" % (o, count) for o in self.operands + "r")
        return "\n".join(
            ["{ static %s %s;" % (self.in_c, arrays)] + reads
            + ["if (%s(%d, %s, r, 0, 0)) return 1;" % (
                self.name, count, ", ".join(self.operands)),
               "fwrite(r, sizeof r, 1, stdout); }"])

    def error(self, values):
        """The greatest error in ulp, infinite where NaN, an infinity or a zero's sign is wrong."""
        exact, rest = self.column(-2), np.array([int(row[-1]) / 1000 for row in self.rows])
        with np.errstate(all="ignore"):
            off = np.abs((values.astype(float) - exact) / np.spacing(np.abs(exact)) - rest)
        same = (values == exact) & (np.signbit(values) == np.signbit(exact))
        same &= ~np.isfinite(exact) | (exact == 0)
        off = np.where(np.isfinite(off) & ((values != 0) | (exact != 0)), off, np.inf)
        return float(np.max(np.where(same | (np.isnan(values) & np.isnan(exact)), 0, off)))


def families():
    found = []
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "values.txt")) as file:
        for words in map(str.split, file):
            if words[0] == "#":
                found.append(Family(*words[1:]))
            else:
                found[-1].rows.append(words)
    return found


def outputs(found, options):
    """What the functions give, as bytes."""
    is_foreign = any("aarch64" in option for option in options)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "all")
        with open(path + ".graph", "w") as file:
            file.write("\n".join(family.graph() for family in found))
        gradc = os.environ.get("GRADC", "gradc")
        subprocess.run([gradc, path + ".graph", "-o", path + ".o"] + options, check=True)
        with open(path + ".c", "w") as file:
            file.write("#include <stdio.h>\n#include \"all.h\"\nint main(void) {\n%s\n}\n" % (
                "\n".join(family.call() for family in found)))
        compiler = ["aarch64-linux-gnu-gcc", "-static"] if is_foreign else ["cc"]
        subprocess.run(compiler + [path + ".c", path + ".o", "-o", path, "-lm"], check=True)
        given = b"".join(family.column(place).tobytes() for family in found
                         for place in range(len(family.operands)))
        command = ["qemu-aarch64", path] if is_foreign else [path]
        return subprocess.run(command, input=given, stdout=subprocess.PIPE, check=True).stdout


def main():
    found, place, bad = families(), 0, 0
    data = outputs(found, sys.argv[1:] or ["--target=aarch64-linux-gnu"])
    for family in found:
        values = np.frombuffer(data, family.number, len(family.rows), place)
        place += values.nbytes
        error = family.error(values)
        if error > family.bound + 0.002:
            bad += 1
            print("%s in %s is off by %.2f ulp, not %.1f" % (
                family.function, family.dtype, error, family.bound))
    print("%d functions and types, %d wrong" % (len(found), bad))
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
