"""Processes and their times."""

import json
import os
import subprocess
import tempfile
import time


class Unmeasured(Exception):
    """A row cannot be measured; its text says why."""


def build(command, what):
    """Runs a command that has to work."""
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode != 0:
        raise Unmeasured("%s failed: %s" % (what, (done.stderr or done.stdout).strip()[-400:]))
    return done.stdout


def pinned(command):
    """The command on the last core that this process may use."""
    return ["taskset", "-c", str(max(os.sched_getaffinity(0)))] + command


def report(command, **environment):
    """What a pinned program prints as its last line, read as JSON."""
    done = subprocess.run(
        pinned(command), capture_output=True, text=True, env=dict(os.environ, **environment))
    if done.returncode != 0:
        raise Unmeasured(
            "%s ended with %d: %s" % (command[0], done.returncode, done.stderr.strip()[-400:]))
    return json.loads(done.stdout.strip().splitlines()[-1])


def report_here(call, seconds=1.0):
    """The least CPU time of a call in this process, which is pinned meanwhile."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    best, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.process_time_ns()
        for _ in range(4):
            call()
        best = min(best, (time.process_time_ns() - start) / 4e9)
    os.sched_setaffinity(0, cores)
    return best


class Process:
    """CPU and wall time in seconds, and peak memory in bytes, of one run of a command."""

    def __init__(self, command, limit=600):
        core = max(os.sched_getaffinity(0))
        start = time.perf_counter()
        with tempfile.TemporaryFile() as errors:
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
                preexec_fn=lambda: os.sched_setaffinity(0, {core}))
            status, usage = _wait(child, start + limit)
            errors.seek(0)
            message = errors.read().decode(errors="replace").strip()
        self.wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status) if status is not None else -9
        if status is None:
            raise Unmeasured("more than %g s" % limit)
        if child.returncode != 0:
            raise Unmeasured("exit %d: %s" % (child.returncode, message[-400:]))
        self.cpu = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss * 1024


def _wait(child, deadline):
    """Status and usage of a child; (None, None) for one that had to be ended."""
    pause = 0.0005
    while time.perf_counter() < deadline:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid:
            return status, usage
        time.sleep(pause)
        pause = min(pause * 1.2, 0.05)
    child.kill()
    os.wait4(child.pid, 0)
    return None, None


def least(command, times, limit=600):
    """The least CPU and wall time, and the greatest memory, of many runs of a command."""
    runs = [Process(command, limit) for _ in range(times)]
    best = min(runs, key=lambda run: run.cpu)
    best.wall = min(run.wall for run in runs)
    best.memory = max(run.memory for run in runs)
    return best


def seconds(value):
    """A time in a unit that fits."""
    for unit, scale in ("s", 1), ("ms", 1e3), ("us", 1e6):
        if value * scale >= 0.9995:
            return "%.3g %s" % (value * scale, unit)
    return "%.3g ns" % (value * 1e9)
