"""A second process that makes itself ready while this one does other things, and then answers its questions.

It is forked, so that what is imported already need not be imported again. Belongs here: the life of such a
process. Does not belong here: what it is asked.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

_PATIENCE = 120.0


class Companion:
    """The process: `prepare` is called in it at once, `answer` with each question. To be asked by one thread."""

    def __init__(self, prepare: Callable[[], object], answer: Callable[[Any], object]) -> None:
        self._prepare = prepare
        self._answer = answer
        self._owner = 0
        self._line: Connection | None = None

    def start(self) -> bool:
        """Forks; tells whether it did. A process with several threads, or on one core, is not forked."""
        is_able = hasattr(os, "fork") and (os.cpu_count() or 1) > 1 and threading.active_count() == 1
        if not is_able or self.is_there:
            return False
        context = multiprocessing.get_context("fork")
        self._line, theirs = context.Pipe()
        self._owner = os.getpid()
        process = context.Process(target=self._serve, args=(theirs,), daemon=True)
        with warnings.catch_warnings():
            # Later versions of Python warn of forks beside the threads of libraries, which sleep here.
            warnings.simplefilter("ignore", DeprecationWarning)
            process.start()
        theirs.close()
        return True

    @property
    def is_there(self) -> bool:
        """Whether this process has started it, and it has not been lost."""
        return self._line is not None and self._owner == os.getpid()

    def ask(self, question: object) -> Any:
        """The answer.

        Raises:
            EOFError: it has ended or says nothing; it is not asked again.
        """
        assert self._line is not None
        try:
            self._line.send(question)
            if self._line.poll(_PATIENCE):
                return self._line.recv()
        except OSError as error:
            self._line = None
            raise EOFError from error
        except EOFError:
            self._line = None
            raise
        self._line = None
        raise EOFError

    def _serve(self, line: Connection) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # Without this end of its own it sees that the other one is gone.
        if self._line is not None:
            self._line.close()
        # What libraries print is no output of the command.
        with contextlib.suppress(OSError):
            os.dup2(2, 1)
        self._prepare()
        while True:
            try:
                question = line.recv()
            except EOFError:
                return
            line.send(self._answer(question))
