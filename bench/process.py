"""A command of `rlhf` that runs beside a benchmark."""
import os
import re
import subprocess
import sys
import time
import urllib.request

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Process:
    """A command whose output is read for a line."""

    def __init__(self, work, name, *arguments):
        self.log = os.path.join(work, f"{name}-{time.monotonic_ns()}.log")
        self.process = subprocess.Popen([os.path.join(HOME, "rlhf"), *arguments], stdout=open(self.log, "w"),
                                        stderr=subprocess.STDOUT, cwd=work)

    def line(self, pattern):
        until = time.monotonic() + 120
        while time.monotonic() < until:
            found = re.search(pattern, open(self.log).read())
            if found:
                return found
            if self.process.poll() is not None:
                sys.exit(f"ended without {pattern}:\n{open(self.log).read()[-2000:]}")
            time.sleep(0.1)
        sys.exit(f"no {pattern} in 120 s:\n{open(self.log).read()[-2000:]}")

    def metric(self, name):
        port = self.line(r"health at http://127.0.0.1:(\d+)/").group(1)
        page = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10).read().decode()
        return sum(float(value) for value in re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", page, re.M))

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
