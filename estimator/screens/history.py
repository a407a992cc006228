"""History: the states that a session has gone through, to go back to and forth between."""

from __future__ import annotations

from dataclasses import dataclass, replace

MOST_STEPS = 200
"""Steps that can be undone; the oldest are let go."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What the session held: ``state``, which people change, and ``beside``, which follows by itself."""

    state: str
    beside: str = ""


@dataclass(frozen=True, kw_only=True)
class History:
    """The moment now, those before it and those that were undone; the nearest are last.

    >>> history = History(now=Moment(state="a")).then(Moment(state="b"))
    >>> history.back().now.state, history.back().forth() == history
    ('a', True)
    """

    now: Moment
    before: tuple[Moment, ...] = ()
    undone: tuple[Moment, ...] = ()

    def then(self, moment: Moment) -> History:
        """After a change; what was undone is then gone. The same state again is no step."""
        if moment.state == self.now.state:
            return replace(self, now=moment)
        return History(now=moment, before=(*self.before, self.now)[-MOST_STEPS:])

    def amended(self, moment: Moment) -> History:
        """The moment now as the page left it, which is no step of anybody's."""
        return replace(self, now=moment)

    def back(self) -> History:
        """One step back; the same where there is none."""
        if not self.before:
            return self
        return History(now=self.before[-1], before=self.before[:-1], undone=(*self.undone, self.now))

    def forth(self) -> History:
        """One undone step forth; the same where there is none."""
        if not self.undone:
            return self
        return History(now=self.undone[-1], before=(*self.before, self.now), undone=self.undone[:-1])
