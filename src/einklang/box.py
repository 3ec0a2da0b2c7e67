"""Starts the processes in which files are parsed (`einklang.boxed`), one for each file.

They are copies (forks) of a template, which has everything imported and has opened no file. It is started once for this
process, without its environment, and ends with it. The fork server of the standard library is not used: it would hand
on the environment and the main program. Where a system cannot fork, each process begins anew.

Does not belong here: what a job is, and what an exit code says about a file.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from typing import IO, Any

from einklang.errors import ReaderNotStarted

CAN_FORK = hasattr(os, "fork") and hasattr(socket, "send_fds")
_KEPT = ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "SYSTEMROOT", "TMPDIR")
PROGRAM = "from einklang.boxed.{} import main; main()"
_TRIES = 2
_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class _Template:
    """The process, the socket over which it is given jobs, and what it said of itself."""

    process: subprocess.Popen[bytes]
    line: socket.socket
    said: IO[bytes]


class Box:
    """The template of this process, there when it is first needed. Several threads may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._template: _Template | None = None
        self._retired: list[subprocess.Popen[bytes]] = []
        self._problem = ""

    def run(self, job: bytes, output: IO[bytes], errors: IO[bytes], deadline: float) -> int | None:
        """Exit code of a process with this job; None where it was stopped at the deadline (seconds).

        Raises:
            ReaderNotStarted: it did not start.
        """
        if not CAN_FORK:
            return run_alone(job, output, errors, deadline)
        for _ in range(_TRIES):
            template = self._there()
            try:
                code = _ask(template.line, job, output, errors, deadline)
            except OSError:
                # It was ended from outside. The next one takes the job, of which nothing runs any more.
                self._retire(template)
                output.truncate(output.seek(0))
                continue
            if code is not None and code < 0:
                # Copies share the layout of memory: a file that broke one must learn nothing about the next.
                self._retire(template)
            return code
        raise ReaderNotStarted(self._problem)

    def stop(self) -> None:
        """Ends the template, once the processes that it has begun have ended."""
        if self._template is not None:
            self._retire(self._template)
        for process in self._retired:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_PATIENCE)
        self._retired.clear()

    def forget(self) -> None:
        """In a copy of this process, to which the template does not belong."""
        if self._template is not None:
            self._template.line.close()
            self._template.said.close()
            self._retired.append(self._template.process)
        for process in self._retired:
            process.returncode = 0  # another process waits for it
        self._lock, self._template, self._retired = threading.Lock(), None, []

    def _there(self) -> _Template:
        with self._lock:
            if self._template is None:
                ours, theirs = socket.socketpair()
                said = tempfile.TemporaryFile()  # noqa: SIM115
                with theirs:
                    process = _program("template", stdin=theirs, stdout=subprocess.DEVNULL, stderr=said)
                self._template = _Template(process, ours, said)
            return self._template

    def _retire(self, template: _Template) -> None:
        with self._lock:
            if self._template is template:
                self._problem = last_line(template.said)
                template.line.close()
                template.said.close()
                self._template = None
                self._retired.append(template.process)
            self._retired = [process for process in self._retired if process.poll() is None]


def _ask(line: socket.socket, job: bytes, output: IO[bytes], errors: IO[bytes], deadline: float) -> int | None:
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            socket.send_fds(line, [b"\0"], [theirs.fileno(), output.fileno(), errors.fileno()])
        ours.settimeout(deadline)
        try:
            ours.sendall(job)
            ours.shutdown(socket.SHUT_WR)
            code = ours.recv(4)
        except TimeoutError:
            return None
    if not code:
        raise ConnectionError
    return int.from_bytes(code, "little", signed=True)


def run_alone(job: bytes, output: IO[bytes], errors: IO[bytes], deadline: float) -> int | None:
    """The same as `Box.run` by a process that begins anew."""
    process = _program("child", stdin=subprocess.PIPE, stdout=output, stderr=errors)
    try:
        process.communicate(job, timeout=deadline)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    return process.returncode


def _program(module: str, **files: Any) -> subprocess.Popen[bytes]:
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    # No module `site`: what an installation adds to every start has no place where files are parsed.
    command = [sys.executable, "-P", "-S", "-c", PROGRAM.format(module)]
    return subprocess.Popen(command, env=environment, close_fds=True, **files)


def last_line(errors: IO[bytes]) -> str:
    """What a program said last."""
    errors.seek(0)
    return errors.read(4096).decode("utf-8", "replace").strip().rpartition("\n")[2]


BOX = Box()
atexit.register(BOX.stop)
if CAN_FORK:
    os.register_at_fork(after_in_child=BOX.forget)
