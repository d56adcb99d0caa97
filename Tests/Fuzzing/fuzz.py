#!/usr/bin/env python3
"""Damages sources, .npy files and command lines, and sees that gradc takes or diagnoses them.

    GRADC=gradc Tests/Fuzzing/fuzz.py [--seed N] [--count N] [--seconds S] [--keep FOLDER]
        [--first N] [--corpus] [--sanitized]

Every case runs in a process of its own with a bound on time and memory. It is a failure if gradc ends
by a signal (also that of too much CPU time) or with 70, if it waits for ever, or leaves other files
than it names: then the case is kept in a folder with the command that repeats it, and the exit status
is 1. The same seed makes the same cases, and --first goes on with a later one.

With --corpus the cases are the programs of the repository as they are. With --sanitized gradc is one
that was built with a sanitizer, whose reports are failures, as leaks are. Optimised code is under it
ten times as fast as debug code:

    swift build -c release --sanitize=address --product gradc --scratch-path .build/asan
    GRADC=.build/asan/release/gradc Tests/Fuzzing/fuzz.py --corpus --sanitized --seconds 7200
"""

import argparse
import glob
import os
import random
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SECONDS = 20
PATIENCE = 60
MEMORY = 4 << 30
TOKEN = re.compile(r"\w+|\s+|.", re.S)
WORDS = """grad hessian jacobian jvp vjp hvp sum max sort einsum svd solve cholesky conv2d where for
while if else emit inout const func graph import assert new true limit with in x y n f64 f32 i64 bool
0 1 -1 2 9223372036854775807 1e308 1e-320 nan inf ** // @ -> <- .. ... : ; , ( ) [ ] { } " # = == &&
1000000000000 wrt: axis: along: stop_gradient reshape transpose concatenate top_k cumsum softmax
random_normal set_at add_at""".split()


def limited(is_sanitized):
    """Bounds what a process may take; a sanitizer maps far more than it takes, and needs its time."""
    if not is_sanitized:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    seconds = 20 * SECONDS if is_sanitized else SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def corpus():
    """The texts of the repository's programs that need no other file."""
    texts = []
    for folder in "Tests/AcceptanceTests/Cases", "Tests/EndToEndTests/Golden", "Examples":
        for path in sorted(glob.glob(os.path.join(ROOT, folder, "**", "*.graph"), recursive=True)):
            with open(path, encoding="utf8") as file:
                text = file.read()
            if len(text) < 4000 and "load(" not in text and "import" not in text:
                texts.append(text)
    return texts


def programs():
    """The paths of all programs of the repository."""
    paths = []
    for folder in "Tests", "Examples":
        paths += glob.glob(os.path.join(ROOT, folder, "**", "*.graph"), recursive=True)
    return sorted(paths)


def mutated(draw, texts):
    """A damaged source."""
    tokens = TOKEN.findall(draw.choice(texts))
    for _ in range(draw.choice([1, 1, 2, 4, 8])):
        at = draw.randrange(len(tokens) + 1)
        kind = draw.randrange(9)
        if kind == 0:
            del tokens[at:at + draw.choice([1, 2, 10])]
        elif kind == 1:
            tokens[at:at] = tokens[at:at + draw.choice([1, 5, 40])]
        elif kind == 2:
            tokens.insert(at, draw.choice(WORDS))
        elif kind == 3 and at < len(tokens):
            tokens[at] = draw.choice(WORDS)
        elif kind == 4:
            other = TOKEN.findall(draw.choice(texts))
            start = draw.randrange(len(other) + 1)
            tokens[at:at] = other[start:start + draw.choice([3, 20, 100])]
        elif kind == 5 and tokens:
            first, second = draw.randrange(len(tokens)), draw.randrange(len(tokens))
            tokens[first], tokens[second] = tokens[second], tokens[first]
        elif kind == 6:
            numbers = [i for i, token in enumerate(tokens) if token.isdigit()]
            if numbers:
                tokens[draw.choice(numbers)] = draw.choice(
                    ["0", "1", "2", "7", "64", "1000", "4294967296", "9223372036854775807"])
        elif kind == 7:
            names = [i for i, token in enumerate(tokens) if token.isidentifier()]
            if len(names) > 1:
                tokens[draw.choice(names)] = tokens[draw.choice(names)]
        elif tokens:
            del tokens[at:]
        tokens = tokens or [" "]
    text = "".join(tokens).encode("utf8", "replace")
    if draw.random() < 0.1:
        data = bytearray(text)
        for _ in range(draw.choice([1, 3, 30])):
            if data:
                data[draw.randrange(len(data))] = draw.randrange(256)
        text = bytes(data)
    return text


def extreme(draw):
    """A source in which something is very large, deep or many."""
    size = draw.choice([10, 1000, 100_000, 1 << 20])
    number = draw.choice(["0", "1", "255", "4294967296", "1000000000000", "9223372036854775807",
                          "9223372036854775808", "1e400", "-1"])
    deep = min(size, 20_000)
    doubling = "".join("func f%d(x) = f%d(x) + f%d(x + 1)\n" % (i + 1, i, i)
                       for i in range(min(size, draw.choice([3, 8, 40]))))
    tower = "".join("  g%d = grad(g%d, wrt: x)\n" % (i + 1, i) for i in range(draw.choice([2, 4, 30])))
    body = draw.choice([
        "y = sum(x)", "y = grad(sum(exp(x)), wrt: x)", "y = hessian(sum(x ** 3), wrt: x)",
        "y = reshape(x, [-1, %s])" % number, "y = x[%s]" % number, "y = x[::%s]" % number,
        "y = tile(x, [%s])" % number, "y = one_hot([1, %s], %s)" % (number, number),
        "y = top_k(x, %s)" % number, "y = pad(x, [[%s, 1]])" % number, "y = zeros([%s, n])" % number])
    return draw.choice([
        "graph g(x: f64[%s]) -> (y) { %s }" % (number, body),
        "graph g[n](x: f64[%s * n + %s]) -> (y) { %s }" % (number, number, body),
        "graph g[n](x: f64[n ** %s]) -> (y) { %s }" % (number, body),
        "graph g[n](x: f64[%s]) -> (y) { %s }" % (" * ".join(["(n + 1)"] * min(size, 3000)), body),
        "graph %s(x: f64) -> (y) { y = x }" % ("a" * size),
        "graph g(%s: f64) -> (y) { y = x }" % ("x" * size),
        "graph g(x: f64) -> (y) { y = %s }" % ("1" * size),
        "graph g(x: f64) -> (y) { y = %sx%s }" % ("sin(" * deep, ")" * deep),
        "graph g(x: f64) -> (y) { y = %s }" % " + ".join(["x"] * deep),
        "graph g(x: f64) -> (y) { y = [%s] }" % ", ".join(["1.5"] * deep),
        "graph g(x: f64) -> (y) {\n%s y = x\n}" % "".join(
            "  for t%d in 0..<3 with h%d = x {\n" % (i, i) for i in range(min(deep, 300))),
        "".join("func f%d(x) = f%d(x)\n" % (i, (i + 1) % deep) for i in range(min(deep, 3000)))
        + "graph g(x: f64) -> (y) { y = f0(x) }",
        "func f0(x) = sin(x)\n%sgraph g(x: f64) -> (y) { y = f%d(x) }" % (
            doubling, doubling.count("func")),
        "graph g(x: f64) -> (y) {\n  g0 = sin(x * x) * exp(x)\n%s  y = g%d\n}" % (
            tower, tower.count("grad")),
        "graph g(x: f64) -> (y) {\n  for t in 0..<%s with h = x { h <- sin(h) }\n"
        "  y = grad(h, wrt: x)\n}" % number,
        "const c = %s\ngraph g(x: f64) -> (y) { y = c * x }" % ("[" * deep + "1" + "]" * deep),
    ]).encode()


def array_file(draw):
    """A damaged .npy file."""
    descr = draw.choice(["<f8", "<f4", "<i8", "|b1", ">f8", "<f2", "|O", "<U3", "<c16", "f8", ""])
    shape = draw.choice(["(3,)", "()", "(2, 2)", "(0,)", "(99999999999,)", "(-1,)", "(3", "(1,)*9",
                         "(4294967296, 4294967296)", "(1, " * 70 + ")", "(3L,)"])
    order = draw.choice(["False", "True", "Maybe"])
    header = "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }" % (descr, order, shape)
    header = header.ljust(draw.choice([0, 64, 118])) + "\n"
    length = draw.choice([len(header)] * 4 + [0, 65535, len(header) + 7])
    body = bytes(draw.randrange(256) for _ in range(draw.choice([24, 24, 24, 32, 0, 5])))
    data = bytearray(b"\x93NUMPY" + bytes([draw.choice([1, 1, 1, 2, 3, 9]), 0])
                     + struct.pack("<H", length) + header.encode() + body)
    for _ in range(draw.choice([0, 0, 1, 5])):
        data[draw.randrange(len(data))] = draw.randrange(256)
    return bytes(data[:draw.choice([len(data)] * 5 + [draw.randrange(len(data))])])


OPTIONS = """-o - -c -S -O0 -O3 -O9 -g --target= --target=aarch64-linux-gnu --target=nonsense -mcpu=
-mcpu=nonsense --emit=obj --emit=asm,header --emit=graph --emit=loops,dot --emit= --emit=x --dim n=3
n=-1 n=99999999999999999999 --dim= --real=f32 --real=f16 --math=strict --sanitize=address -MD
--print-after=all --print-changed --stats --time-passes --rewrite-limit=0 --rewrite-limit=-5
--disable-rule=x --color=always --color=sometimes --max-code=1 --max-stack=1K --max-workspace=0
--lapack --blas --blas=cblas run check pp explain help --help --version --json --graph g --seed 7 x=1
x=[1,2,3] x=[[1],2] x=@a.npy x=@missing x=@. w=nan v=1e999 --output y=@y.npy m.graph:2 /dev/null . missing.graph""".split()


def case(draw, texts):
    """The files and the arguments of a case."""
    kind = draw.random()
    if kind < 0.06:
        return {"m.graph": extreme(draw)}, ["m.graph", "-O0", "-o", "m.o"]
    if kind < 0.75:
        command = draw.choice([["-o", "m.o"]] * 4 + [["-O0", "-o", "m.o"]] + [["--emit=graph,adjoint"]]
                              + [["--emit=manifest,header,modulemap,asm", "-O0"]])
        arguments = ["m.graph"] + command
        if draw.random() < 0.1:
            arguments = [draw.choice(["pp", "check"]), "m.graph"]
        return {"m.graph": mutated(draw, texts)}, arguments
    if kind < 0.9:
        source = draw.choice([
            b'const c = load("a.npy")\ngraph g(x: f64) -> (y) { y = x * c }',
            b'const c: f64[3] = load("a.npy")\ngraph g(x: f64[3]) -> (y) { y = x * c }'])
        if draw.random() < 0.5:
            return {"a.npy": array_file(draw), "m.graph": b"graph g(x: f64[n]) -> (y) { y = 2 * x }"}, [
                "run", "m.graph", "x=@a.npy"]
        return {"a.npy": array_file(draw), "m.graph": source}, ["m.graph", "-o", "m.o"]
    arguments = [draw.choice(OPTIONS) for _ in range(draw.randrange(6))] + ["m.graph"]
    draw.shuffle(arguments)
    return {"a.npy": array_file(draw), "m.graph": draw.choice(texts).encode()}, arguments


def processes(group):
    """What a group of processes is at: for each its number, state and CPU time so far."""
    found = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path) as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            found.append((path.split("/")[2], fields[0], int(fields[11]) + int(fields[12])))
    return sorted(found)


def finish(process):
    """What a process says on standard output and standard error; if it hangs, None and its processes.

    It hangs if it and those that it started use no CPU time. The clock alone tells nothing: on a busy
    machine it runs on, and leaks of a large program take their time to be looked for.
    """
    before = None
    while True:
        try:
            return process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            now = processes(process.pid)
            if now == before:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                return None, now
            before = now


def failure(gradc, files, arguments, folder, is_sanitized=False):
    """What is wrong with how gradc takes a case; None if nothing is."""
    environment = dict(os.environ)
    if is_sanitized:
        environment["ASAN_OPTIONS"] = "detect_leaks=1:exitcode=70:hard_rss_limit_mb=%d" % (
            MEMORY >> 20)
        environment["LSAN_OPTIONS"] = "suppressions=%s:print_suppressions=0" % (
            os.path.join(HERE, "leaks.txt"))
        environment["TSAN_OPTIONS"] = "exitcode=70"
    for name, data in files.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
    process = subprocess.Popen([gradc] + arguments, cwd=folder, env=environment,
                               preexec_fn=lambda: limited(is_sanitized), start_new_session=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    output, errors = finish(process)
    if output is None:
        return "hangs: %s" % ", ".join("%s in state %s" % each[:2] for each in errors)
    status = process.returncode
    if status not in (0, 1, 2):
        return "ends with %d: %s" % (status, errors[-300:].decode("utf8", "replace"))
    if status and not errors and not output:
        return "ends with %d and says nothing" % status
    left = set(os.listdir(folder)) - set(files)
    if any(name.endswith(".tmp") for name in left) or (status and left):
        return "leaves %s" % ", ".join(sorted(left))
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=1 << 60)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--keep", default="fuzz-failures")
    parser.add_argument("--corpus", action="store_true")
    parser.add_argument("--sanitized", action="store_true")
    options = parser.parse_args()
    gradc = os.path.abspath(os.environ.get("GRADC") or shutil.which("gradc"))
    texts = corpus()
    whole = programs() if options.corpus else []
    end = time.monotonic() + options.seconds
    number, failures = options.first, 0
    last = number + options.count
    if options.corpus:
        last = min(last, len(whole))
    while number < last and time.monotonic() < end:
        draw = random.Random("%d %d" % (options.seed, number))
        files, arguments = case(draw, texts)
        if options.corpus:
            files, arguments = {}, [whole[number], draw.choice(["-O0", "-O3"]), "-o", "m.o"]
        with tempfile.TemporaryDirectory() as folder:
            wrong = failure(gradc, files, arguments, folder, options.sanitized)
        if wrong:
            failures += 1
            place = os.path.join(options.keep, "%d-%d" % (options.seed, number))
            os.makedirs(place, exist_ok=True)
            for name, data in files.items():
                with open(os.path.join(place, name), "wb") as file:
                    file.write(data)
            print("%s\n  cd %s && gradc %s" % (wrong, place, " ".join(arguments)), flush=True)
        number += 1
    print("%d cases from %d on, %d failures" % (number - options.first, options.first, failures))
    if number < last and options.corpus:
        print("no time for %d programs; go on with --first %d" % (last - number, number))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
