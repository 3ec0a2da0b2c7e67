"""One attempt at one message that is claimed, and what is written down about it.

waiting   nothing of the message has been passed; a crash here costs nothing
sending   written when the server is ready for the message, before its first byte
sent      written when the server has answered 250 for every mailbox, with its words
failed    the server has refused every remaining mailbox for good (5xx); a steward decides
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from einklang.outbox import box
from einklang.outbox.box import Handed, Message, Status
from einklang.outbox.smtp import Answer, Session, Unanswered, Unreached, addressed
from einklang.report.email_texts import load_email_texts
from einklang.store import Store

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=4)
_MOST_DOUBLINGS = 8

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def wait_after(attempts: int) -> timedelta:
    """How long to wait after that many attempts: a minute, doubled each time, at most four hours."""
    return min(FIRST_WAIT * (1 << min(attempts - 1, _MOST_DOUBLINGS)), LONGEST_WAIT)


class Attempt:
    """One attempt; only for who has claimed the message and read its state since."""

    def __init__(self, message: Message, mailboxes: Sequence[str], store: Store, clock: Clock) -> None:
        self._message = message
        self._mailboxes = mailboxes
        self._store = store
        self._clock = clock

    def run(self, session: Session) -> Message:
        """Tries once; gives the state as it has been written down."""
        content = box.content(self._store, self._message.name)
        self._begin()
        taken = {one.address for one in self._message.handed if one.is_taken}
        remaining = [address for address in self._mailboxes if address not in taken]
        if not remaining:
            return self._keep(status=Status.SENT, next_try_at=None)
        name = load_email_texts().frame.closing.de
        whole = addressed(content, name, session.sender, self._mailboxes)
        try:
            answers = session.hand_over(remaining, whole, self._passing)
        except Unanswered as lost:
            unanswered = self._message.unanswered + 1
            return self._keep(status=Status.WAITING, unanswered=unanswered, problem=lost.problem)
        except Unreached as lost:
            return self._keep(status=Status.WAITING, problem=lost.problem)
        return self._answered(answers)

    def _begin(self) -> None:
        """Counts the attempt; `sending` in the state is what a dead process has left behind."""
        attempts = self._message.attempts + 1
        self._change(
            status=Status.WAITING,
            attempts=attempts,
            unanswered=self._message.unanswered + (self._message.status is Status.SENDING),
            next_try_at=(self._clock() + wait_after(attempts)).isoformat(),
            problem="",
        )

    def _passing(self) -> None:
        self._keep(status=Status.SENDING)

    def _answered(self, answers: Mapping[str, Answer]) -> Message:
        at = self._clock().isoformat()
        new = [Handed(address=one, at=at, code=answer.code, answer=answer.text) for one, answer in answers.items()]
        handed = [one for one in self._message.handed if one.address not in answers] + new
        if all(one.is_taken for one in new):
            return self._keep(status=Status.SENT, handed=handed, next_try_at=None)
        problem = "; ".join(f"{one.address}: {one.code} {one.answer}" for one in new if not one.is_taken)
        if all(one.is_taken or one.is_refused for one in new):
            return self._keep(status=Status.FAILED, handed=handed, next_try_at=None, problem=problem)
        return self._keep(status=Status.WAITING, handed=handed, problem=problem)

    def _change(self, **changes: object) -> None:
        self._message = self._message.model_copy(update=changes)

    def _keep(self, **changes: object) -> Message:
        self._change(**changes)
        box.save(self._store, self._message)
        return self._message
