"""What a date looks like in a text, and which words around it tell its tense."""

from __future__ import annotations

import re

from understanding.calendar_words import COUNTS, MONTHS, UNITS, WEEKDAYS

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_WEEKDAY = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
_COUNT = "[0-9]{1,3}|" + "|".join(sorted(COUNTS, key=len, reverse=True)).replace(" ", "[ ]")
_UNIT = "|".join(UNITS)
_DAY = r"[0-3]?[0-9]"
_TH = r"(?:st|nd|rd|th)"
_YEAR = r"(?:19|20)[0-9]{2}"

# One place is read by the first that fits. May and march are verbs, too, sat and sun are words: those need
# a number or a preposition beside them.
DATE = re.compile(
    rf"""(?<![\w/.,€£$-])(?:
      (?P<iso>{_YEAR}-[01]?[0-9]-{_DAY})
    | (?P<numeric>{_DAY}(?P<mark>[/.-])[0-3]?[0-9](?P=mark)(?:{_YEAR}|[0-9]{{2}}))
    | (?:(?:on|since|from|until|till|by|before|after|dated|of)[ ](?:the[ ])?(?P<short>{_DAY}[/.][0-3]?[0-9]))
    | (?P<day>{_DAY}){_TH}?(?:[ ]of)?[ ]?(?P<month>{_MONTH})\.?(?:,?[ ](?P<year>{_YEAR}))?
    | (?P<month2>{_MONTH})\.?[ ](?:the[ ])?(?P<day2>{_DAY}){_TH}?(?![:0-9])(?:,?[ ](?P<year2>{_YEAR}))?
    | (?:(?:in|since|from|until|till|by|before|after|during|of|last|next|this)[ ])
      (?P<month3>{_MONTH})(?:[ ](?P<year3>{_YEAR})|[ ](?P<shift>last|this|next)[ ]year)?
    | (?:(?:on|since|from|until|till|by|before|after)[ ]the[ ])(?P<nth>{_DAY}{_TH})
      (?![ ](?:of[ ])?(?:{_MONTH}))
    | (?P<near>the[ ]day[ ]before[ ]yesterday|day[ ]before[ ]yesterday|the[ ]day[ ]after[ ]tomorrow
        |day[ ]after[ ]tomorrow|yesterday|today|tonight|tomorrow|tomorow|tommorow|tommorrow
        |this[ ](?:morning|afternoon|evening))
    | (?P<ago>{_COUNT})[ ](?P<ago_unit>{_UNIT})[ ](?:ago|back)
    | (?:in[ ](?:about[ ])?)(?P<ahead>{_COUNT})[ ](?P<ahead_unit>{_UNIT})
    | (?P<from_now>{_COUNT})[ ](?P<from_unit>{_UNIT})[ ]from[ ](?:now|today)
    | (?P<which>last|past|previous|this|next|coming)[ ](?P<whole>{_WEEKDAY}|weekend|week|month|year)
    | (?P<weekday_before>on|since|from|until|till|by|before|after)[ ](?P<weekday>{_WEEKDAY})
    | (?P<bare>{"|".join(name for name in WEEKDAYS if len(name) > 5)})
    )(?![\w/€£$%-])(?![.,][0-9])""",
    re.IGNORECASE | re.ASCII | re.VERBOSE,
)
#: What stands before a date without being part of it.
PREPOSITION = re.compile(
    r"(?:on|since|from|until|till|by|before|after|dated|of|in|during) (?:the )?", re.IGNORECASE
)
# Words beside a date that say whether it has been ("arrived on 3 March") or will be ("need it by 3 March").
_FUTURE = re.compile(
    r"\b(?:can|could|when|needs?|want|would|wanna|please|pls|expected|due|arriving|coming|moving|by|until|till"
    r"|deliver|arrive|starting)\b",
    re.IGNORECASE | re.ASCII,
)
_PAST = re.compile(
    r"\b(?:was|were|did|didn'?t|had|ha(?:s|ve) been|ordered|bought|paid|received|arrived|came|got|sent|returned"
    r"|delivered|shipped|cancelled|charged|placed|since|ago|last|promised|said|told|wrote|called|broke|stopped"
    r"|dated|purchased)\b",
    re.IGNORECASE | re.ASCII,
)
# "It will be charged": stronger than the participle after it.
_WILL = re.compile(
    r"\b(?:will|won['’]?t|shall|going to|gonna)\b|['’]ll\b", re.IGNORECASE | re.ASCII
)
#: Characters around a date that may tell its tense; a long message costs no more for it.
_NEIGHBOURS = 80


def tense(text: str, start: int, end: int) -> int:
    """Return 1 when the words around speak of what will be, -1 of what was, 0 when neither or both.

    What stands before the date counts first: "you got it on Monday, when will I hear from you?"
    """
    before = _tense(text[max(0, start - _NEIGHBOURS) : end])
    return before or _tense(text[end : end + _NEIGHBOURS])


def _tense(words: str) -> int:
    if _WILL.search(words):
        return 1
    return bool(_FUTURE.search(words)) - bool(_PAST.search(words))
