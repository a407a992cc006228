"""Whether a case passes: an answer, or faults with place and remedy in both languages, soon and in little."""

from __future__ import annotations

import re
import resource
import signal
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from estimator.values.errors import Fault, QuotecastError
from fuzz.edges import Edge

SECONDS = 10.0
"""Of the processor, so that a busy machine finds nothing."""
MOST_KILOBYTES = 1_000_000
ENGLISH = re.compile(r"(?:\b[A-Za-z]{2,} ){2,}[A-Za-z]{2,}")
"""Three English words in a row; names of fields and files are single words, and lists of them have commas."""
WORKBOOK = b"PK"
"""How a workbook begins, whose texts are packed."""
COMMANDS = re.compile(r"quotecast [a-z]+( --\w+)*|CSV UTF-8")
"""What has no Chinese."""


class TooLong(BaseException):
    """A case that takes longer; no ``except Exception`` of the product catches it."""


@contextmanager
def _limited() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def judged(edge: Edge, case: bytes, *, deep: bool) -> str:
    """What is wrong with how a case ends; empty where it is answered, or rightly refused."""
    held = _held()
    try:
        with warnings.catch_warnings(), _limited():
            warnings.simplefilter("error", RuntimeWarning)
            said = edge.answer(case, deep)
    except QuotecastError as error:
        wrong = next(filter(None, (_of_fault(fault, case) for fault in error.faults)), "")
        return wrong or ("" if error.faults else "no fault")
    except (Exception, TooLong) as error:
        return _where(error)
    if _held() - held > MOST_KILOBYTES:
        return "more than 1 GB"
    return "" if not said else _of_text(said, case)


def _held() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _of_fault(fault: Fault, case: bytes) -> str:
    english, chinese = fault.text("en"), fault.text("zh")
    if not fault.line("en").isprintable() or not fault.line("zh").isprintable():
        return f"{fault.code}: not on one line"
    if ";" not in english or "；" not in chinese:
        return f"{fault.code}: no remedy"
    left = _english(chinese, case)
    return f"{fault.code}: English in Chinese: {left}" if left else ""


def _of_text(said: str, case: bytes) -> str:
    for wrong in re.finditer(r"\b(?:nan|inf|NaN|Infinity|None)\b|\d{22,}|e\+\d\d", said):
        if wrong[0] not in case.decode(errors="replace"):
            return f"says {wrong[0][:30]}"
    return ""


def _english(chinese: str, case: bytes) -> str:
    """An English sentence in Chinese that does not stand in the case itself."""
    if case.startswith(WORKBOOK):
        return ""
    text = "".join(case.decode(encoding, "replace") for encoding in ("utf-8", "gb18030", "utf-16")).lower()
    sentences = (found[0] for found in ENGLISH.finditer(COMMANDS.sub("", chinese)))
    return next((sentence[:60] for sentence in sentences if sentence.lower() not in text), "")


def _where(error: BaseException) -> str:
    """An exception by its kind and the innermost line of ours."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/estimator/" in frame.filename]
    last = frames[-1] if frames else traceback.extract_tb(error.__traceback__)[-1]
    file = last.filename.rpartition("/estimator/")[2]
    return f"{type(error).__name__} {str(error)[:80]!r} in {file}:{last.name}:{last.lineno}"
