"""A process beside this one that answers requests, so that a slow import keeps nobody waiting.

It is started at once and makes itself ready while its owner does other things. Requests and answers are
pickled through its standard streams; nothing of a sender is ever unpickled. Belongs here: the life of such a
process. Does not belong here: what it is asked.
"""

from __future__ import annotations

import atexit
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from einklang.errors import CompanionLost


class Companion:
    """The process that runs a module whose main part calls `serve`. One request at a time, from any thread."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._alone = threading.RLock()

    def start(self) -> None:
        """Starts the process unless it runs; returns at once."""
        with self._alone:
            if self._process is not None and self._owner == os.getpid():
                return
            # -P: what lies in the current folder is never imported.
            command = [sys.executable, "-P", "-m", self._module]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self._owner = os.getpid()
            atexit.register(self.stop)

    def ask(self, request: object) -> Any:
        """The answer to a request.

        Raises:
            CompanionLost: the process ended without an answer; the next request starts another.
        """
        with self._alone:
            self.start()
            assert self._process is not None
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            try:
                pickle.dump(request, self._process.stdin, pickle.HIGHEST_PROTOCOL)
                self._process.stdin.flush()
                return pickle.load(self._process.stdout)
            except (OSError, EOFError, pickle.UnpicklingError) as error:
                self.stop()
                raise CompanionLost(self._module) from error

    def stop(self) -> None:
        """Ends the process, if this one started it."""
        with self._alone:
            process, self._process = self._process, None
            if process is None or self._owner != os.getpid():
                return
            atexit.unregister(self.stop)
            process.kill()
            process.communicate()


def serve(prepare: Callable[[], object], answer: Callable[[Any], object]) -> None:
    """Prepares, then answers requests until there are no more. What libraries print goes to the error stream."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    prepare()
    while True:
        try:
            request = pickle.load(requests)
        except EOFError:
            return
        pickle.dump(answer(request), answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()
