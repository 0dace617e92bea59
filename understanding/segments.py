"""A message in its clauses, without the politeness around them; by form alone.

Cuts are few on purpose: a clause too many may sound like a second request, one too few only means that
the message is read as a whole, as before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

#: Fewer words than this say nothing alone; they stay with what stands beside them.
LEAST_WORDS = 3
#: A pasted text is no list of requests.
MAX_CHARACTERS = 600
MAX_CLAUSES = 8

# How a request begins: only before these do "and" and "&" part two clauses.
_ASKS: Final = (
    r"(?:how|what|when|where|which|who|why|hows|whats|wheres|whens)\b"
    r"|(?:do|does|did|can|could|is|are|will|would|may|should|has|have)"
    r" (?:i|you|u|ya|we|it|they|there|the|my|your|a|an|someone|somebody|paypal|klarna)\b"
)
_WANTS: Final = (
    r"(?:please|pls|plz|i (?:want|need|would like|wanna|forgot|cant|can['’]?t)|i['’]?d like|id like|tell me"
    r"|let me know|(?:cancel|return|send|change|start|stop|pause|skip|swap|exchange|refund|update|delete"
    r"|close|add|remove|track|check|reset|give|help) (?:me|my|the|this|that|it|an?|order|fw)\b"
    r"|(?:take|opt|count) me (?:off|out)\b|sign me (?:up|in|out)\b|unsubscribe me\b)"
)
# Commands before which "and" parts nothing: "cancel it and get my money back" is one matter. "Got it" is none.
_BIDS: Final = (
    r"(?:(?:just|kindly|now) )?(?:get (?:rid of|me|my|someone|somebody)\b|make sure\b|(?:put|take|turn|switch"
    r"|call|move|book|hold|keep|bring|show|find|fix|resend|replace|block|split|renew|resume|unsubscribe|redeem"
    r"|apply|unlock|activate|deactivate|explain|confirm|write|read|translate|recommend|suggest)"
    r" (?:me|us|my|our|the|this|that|these|those|it|an?|all|order|fw)\b)"
)
_MORE: Final = (
    r"(?:also|besides|another (?:thing|question|one)|one more (?:thing|question)|(?:my )?(?:second|other) question"
    r"|secondly|by the way|btw|apart from that|on another (?:note|matter)|separately)"
)
# A point after a short number is an ordinal's: "the 3. of May".
_MARKS = re.compile(r"(?:(?<=[!?;…])|(?<=\D\.)|(?<=\d{3}\.))[\s)\"'’]+|\s*\n\s*")
# "Also" in the middle of a sentence ("does it also apply") parts nothing.
_JOINED = re.compile(
    rf"[\s,]+(?:oh,? )?(?:and|&|\+|plus|but)[\s,]+(?=(?:{_MORE}\b|{_ASKS}|{_WANTS}))"
    rf"|,\s*(?:oh )?(?={_MORE}\b)|\s+(?!also|besides)(?={_MORE}[\s,:]+(?:{_ASKS}|{_WANTS}))",
    re.I,
)
_REQUEST = re.compile(rf"(?:{_ASKS}|{_WANTS}|{_BIDS})", re.I)
_LEAD = re.compile(rf"^(?:oh,? |and |& |but )*(?:{_MORE}\b[\s,:.-]*)*(?:and |& )?", re.I)

_HELLO: Final = (
    r"(?:hi+|hey+|hello+|hiya|yo|dear|good (?:morning|afternoon|evening|day)|morning|evening|greetings)"
    r"(?: (?:there|all|team|fernway|everyone|everybody|again|folks|guys|you|sir|madam|or|support))*"
)
_WELL: Final = (
    r"(?:i )?(?:hope|trust) (?:that )?(?:you|ur|u|this|all|everything|things)\b[^.!?\n:]{0,40}?"
    r"(?:well|good|great|fine|okay|ok|day|week|weekend|morning|afternoon|evening)"
    r"|how (?:are|r) (?:you|u|things)(?: (?:doing|today|all))*|how['’]?s it going"
)
_QUICK: Final = (
    r"(?:just )?(?:a |one )?(?:quick|small|short|simple|stupid|silly) (?:one|question|q|thing)"
    r"|(?:i have|i['’]?ve got|got)? ?(?:a|one) (?:quick |small |short )?question(?: for you)?"
    r"|sorry (?:to bother(?: you)?|for (?:bothering(?: you)?|the (?:trouble|\w+ question)))|excuse me|sorry"
)
_THANKS: Final = (
    r"(?:thanks|thank you|thankyou|thx|ty|tyvm|cheers|tia|many thanks|much appreciated|ta|thank u)"
    r"(?: (?:a lot|a lot|so much|very much|a million|a bunch|in advance|again|you|mate|guys|all|and"
    r"|for your (?:help|time|patience)(?: so far)?))*"
    r"|(?:kind|best|warm|many)? ?(?:regards|wishes|greetings)(?:,? [A-Z]\w+){0,2}"
    r"|have a (?:nice|good|great|lovely) (?:day|one|weekend|evening)|bye(?: bye)?|xx?"
)
_SOCIAL: Final = rf"(?:{_HELLO}|{_WELL}|{_QUICK}|{_THANKS})"
_STOP: Final = r"[\s,.!?:;–-]"
# "Hi where is it" needs no mark after the greeting; "thanks for looking" is no politeness to be dropped.
_BEFORE = re.compile(
    rf"{_STOP}*(?:{_HELLO}(?={_STOP}|$)|{_SOCIAL}(?=\s?[,.!?:;\n–-]|$)){_STOP}*", re.I
)
# Who thanks may sign: "thanks, Anna Hill".
_SIGNED: Final = r"(?:[\s,–-]{1,3}(?-i:[A-Z][\w'’-]{1,30}(?: [A-Z][\w'’-]{1,30})?))?"
_AFTER = re.compile(
    rf"(?:(?<=[,.!?;\n–-])\s?{_SOCIAL}|(?<!\bno)\s(?=thank|thx|tia|cheers|many thanks){_THANKS})"
    rf"{_SIGNED}[\s.!,]*$",
    re.I,
)
# "My refund arrived, thanks": nothing is asked, and after the good news nothing follows but when and how.
_GLAD: Final = (
    r"(?:(?:just|now|today|yesterday|already|finally|fine|well|safely|again|perfectly|great|through|in time"
    r"|this (?:morning|afternoon|week)|last night|at last|as promised)[\s,.!]*)*"
)
_REPORT = re.compile(
    r"(?:(?:oh|ok|okay|great|good news|just to say|update)[\s,:]+)?(?:my|the|our|it|everything|all of it|i|we)\b"
    r"(?:(?!\b(?:not|no|never|nothing|still|only|yet|half|wrong|broken|empty|late|damaged|old|other|different|used"
    r"|another|when|if|until|before|was|should|but|stopped|stops|quit|hardly|(?:is|are|do|does|did|has|have|was|ca)nt)\b"
    r"|n['’]t\b)[^.!?,;:\n]){0,50}?"
    r"\b(?:arrived|came|has come|got here|is here|works|working|turned up|went through"
    r"|(?:is|are|got|have) (?:all )?(?:fixed|sorted|solved|resolved|received)"
    rf"|(?:received|found|got) (?:it|them|my \w+|the \w+))[\s,.!]*{_GLAD}",
    re.I,
)
_THANKED = re.compile(rf"[\s,.!?;–-]{_THANKS}{_SIGNED}[\s.!,]*$", re.I)
#: Greetings, wishes and excuses before a matter, and thanks and names after it.
POLITE_PARTS = 6
# Runs of marks and spaces would make the expressions above try every way of sharing them out.
_RUNS = re.compile(r"\s*\n\s*|[^\S\n]+|([,.!?:;…–-])(?:\s?\1)+")


def tidy(text: str) -> str:
    """The text with one mark or space for each run of them.

    >>> tidy("  hello ???   \\n\\n where . . . is it!!")
    'hello ?\\nwhere . is it!'
    """
    return _RUNS.sub(_one, text).strip()


def _one(run: re.Match[str]) -> str:
    if run[1]:
        return run[1]
    return "\n" if "\n" in run[0] else " "


def core(text: str) -> str:
    """The message without greetings before and thanks after it; the whole when too little is left.

    >>> core("hi there, hope you're well! quick one: where's my parcel? thanks a lot")
    "where's my parcel?"
    >>> core("thanks a lot!")
    'thanks a lot!'
    """
    if len(text) > MAX_CHARACTERS:
        return text
    left = _bare(text)
    return left if _long_enough(left) else tidy(text)


def short_question(text: str) -> str | None:
    """The question of one or two words that is left without politeness, if there is one.

    >>> short_question("amex ok? thanks, Anna"), short_question("thanks, Anna"), short_question("amex ok?")
    ('amex ok?', None, None)
    """
    if len(text) > MAX_CHARACTERS:
        return None
    left = _bare(text)
    short = left.endswith("?") and not _long_enough(left) and left != tidy(text)
    return left if short else None


def is_thanked_report(text: str) -> bool:
    """Whether it only tells that something went well, and thanks for it.

    >>> is_thanked_report("my refund arrived, thanks"), is_thanked_report("it works now. thank you so much!")
    (True, True)
    >>> is_thanked_report("my lamp arrived damaged, thanks"), is_thanked_report("my refund arrived")
    (False, False)
    """
    if len(text) > MAX_CHARACTERS:
        return False
    said = tidy(text)
    return _THANKED.search(said) is not None and _REPORT.fullmatch(_bare(said)) is not None


def _bare(text: str) -> str:
    left = tidy(text)
    for _ in range(POLITE_PARTS):
        before = _BEFORE.match(left)
        shorter = _AFTER.sub("", left[before.end() :] if before else left).strip(" ,–-\n")
        if shorter == left:
            break
        left = shorter
    return left


@dataclass(frozen=True)
class Clause:
    """One clause; `asks` says whether it has a request's form, `marked` whether "and", "also" … led it in."""

    text: str
    asks: bool
    marked: bool


def clauses(text: str) -> list[Clause]:
    """The message's clauses in order, at least three words each, without politeness.

    >>> [one.text for one in clauses("where is order FW-204411 and how do I return the lamp?")]
    ['where is order FW-204411', 'how do I return the lamp?']
    >>> clauses("hi! my lamp is broken. thanks a lot")
    [Clause(text='my lamp is broken.', asks=False, marked=False)]
    """
    bare = core(text)
    if len(bare) > MAX_CHARACTERS:
        return [_clause(bare)]
    found: list[Clause] = []
    for sentence in _MARKS.split(bare):
        led = _LEAD.match(sentence)
        marked = bool(led and led.group())
        for piece in _JOINED.split(_LEAD.sub("", sentence)):
            said = _LEAD.sub("", piece or "").strip(" ,:-")
            if not said or re.fullmatch(rf"{_SOCIAL}[\s.!?,]*", said, re.I):
                continue
            if found and not (_long_enough(said) and _long_enough(found[-1].text)):
                found[-1] = _clause(f"{found[-1].text} {said}", found[-1].marked)
            else:
                found.append(_clause(said, marked and bool(found)))
            marked = True
    return found[:MAX_CLAUSES] or [_clause(bare)]


def _clause(text: str, marked: bool = False) -> Clause:
    return Clause(text, "?" in text or _REQUEST.match(text) is not None, marked)


def _long_enough(text: str) -> bool:
    words = text.split()
    # "Cancel FW-204411" says all there is to say.
    numbered = len(words) == LEAST_WORDS - 1 and re.search(r"\d{4}", words[-1]) is not None
    return len(words) >= LEAST_WORDS or (numbered and _REQUEST.match(text) is not None)
