"""What stands above an answer: texts that it does without, and facts that were told as a range."""

from __future__ import annotations

from estimator.presentation import frame, told
from estimator.presentation.words import Words
from estimator.screens import current, markup
from estimator.screens.reading import Answers


def goals(words: Words) -> tuple[str, str, str]:
    """What the goals are called."""
    chrome = frame.chrome(words, 0, 0)
    return chrome.first_goal, chrome.second_goal, chrome.third_goal


def above(answers: Answers, words: Words) -> None:
    """Draw what could not be read, then ranges and a past start; nothing where there is none."""
    brief = answers.brief
    unread = told.unread_said(answers.unread, goals(words), words)
    said = (*told.ranges_said(brief, words), told.start_said(brief, current.rules().on, words))
    markup.put(markup.above(unread, " ".join(filter(None, said))), words)
