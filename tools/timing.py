"""Whole processes timed side by side: CPU seconds of the process tree, wall seconds, peak resident memory."""

import os
import pathlib
import statistics
import subprocess
import sys
import time


def run(command, **kwargs):
    """Runs a shell command; returns CPU seconds, wall seconds and peak MiB of its process tree."""
    started = time.monotonic()
    child = subprocess.Popen(["bash", "-c", "exec " + command if "|" not in command and "&&" not in command else command],
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **kwargs)
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{command}: {errors.decode()}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - started, usage.ru_maxrss / 1024


def median(samples):
    return [statistics.median(column) for column in zip(*samples)]


def side_by_side(title, commands, runs, prepare=None):
    """Runs each labelled command in turn, so that a noisy machine is noisy for all; prints a table.

    Ratios are those of CPU time to the first command's. Returns the medians by label."""
    results = {label: [] for label in commands}
    for _ in range(runs):
        for label, command in commands.items():
            if prepare:
                prepare(label)
            results[label].append(run(command))
    medians = {label: median(samples) for label, samples in results.items()}
    first = next(iter(medians.values()))[0]
    print(f"\n### {title}\n\n| what | CPU s | times ours | wall s | peak MiB |\n|---|---|---|---|---|")
    for label, (cpu, wall, memory) in medians.items():
        print(f"| {label} | {cpu:.3f} | {cpu / max(first, 0.001):.1f} | {wall:.3f} | {memory:.0f} |", flush=True)
    return medians


def size(path):
    """Bytes of a file, or of all files under a folder."""
    path = pathlib.Path(path)
    return sum(f.stat().st_size for f in path.rglob("*") if f.is_file()) if path.is_dir() else path.stat().st_size


def drop_caches():
    """Empties the page cache where that is permitted."""
    subprocess.run(["sync"])
    try:
        pathlib.Path("/proc/sys/vm/drop_caches").write_text("3\n")
    except OSError:
        pass
