"""Which sentences of a solved chat belong into an article, and into which part: a score, not a model."""

from __future__ import annotations

import re
from dataclasses import dataclass

CONTEXT, ACTION, OUTCOME = "context", "action", "outcome"
#: From here on a sentence is taken: one clear sign, and nothing against it.
TAKEN = 1.0

# Customers begin sentences with small letters, so only the usual abbreviations hold one together.
_BREAK = re.compile(r"(?<!e\.g\.)(?<!i\.e\.)(?<!approx\.)(?<=[.!?])\s+")
_MARK = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
_HAIL = re.compile(
    r"^(?i:hi|hello|hey|dear|good (?:morning|afternoon|evening|day))\b(?i: there)?"
    r"(?:[ ,]{1,2}(?:\[name\]|[A-Z][\w'’-]+)){0,2}\s*[,!.:-]*\s*"
)
_ADDRESSED = re.compile(r"^\[name\],\s*|,\s*\[name\],(?=\s)|,\s*\[name\](?=[.!?,]|$)")
_CHATTER = re.compile(
    r"\b(?:sorry|apolog|thank(?:s| you)|you['’]?re welcome|happy to help|glad|no problem|my pleasure"
    r"|my name is|this is \[name\]|how (?:can|may) i help|anything else|have a (?:nice|great|good|lovely)"
    r"|bye|goodbye|take care|bear with|one (?:moment|minute|second)|just a (?:moment|minute|second|sec)"
    r"|let me (?:check|look|see|have)|i understand|that must be|frustrating|hold on|still there)\b",
    re.I,
)
_VERBS = (
    "open|go|click|choose|select|press|tap|enter|type|send|bring|put|print|attach|check|reset|restart|hold"
    "|unplug|plug|remove|turn|switch|sign|log|wait|use|follow|call|contact|fill|scroll|download|install"
    "|update|make|keep|return|pack|drop|take|add|change|clean|empty|rinse|charge|pair|connect|disconnect"
    "|delete|set|find|look|write|reply|show|ask|give|leave|insert|push|pull|lift|place|try|upload|confirm"
    "|cancel|pay|order|note|visit|pick|stick|cover|swap|replace|move|clear|allow|accept"
)
_LEAD = r"(?:(?:first|then|next|now|after that|finally|also|and|please|just|simply|so|instead)[ ,]+){0,3}"
_IMPERATIVE = re.compile(rf"^{_LEAD}(?:{_VERBS})\b", re.I)
_YOU_CAN = re.compile(
    r"\byou (?:can|could|need to|have to|should|may|must|['’]?ll need to|will need to)\b"
    r"|\b(?:to do (?:this|that|so)|it is (?:also )?possible to|the way to)\b",
    re.I,
)
_LINK = re.compile(r"https://\S+|\s[>→]\s")
_TIME = re.compile(
    r"\b(?:\d{1,3}|one|two|three|four|five|six|seven|ten|a few)(?:\s*(?:to|-|–|or)\s*\d{1,3})?"
    r"\s+(?:working |business |calendar )?(?:second|minute|hour|day|week|month|year)s?\b",
    re.I,
)
_RULE = re.compile(
    r"\b(?:free|always|only|until|within|before|after|as long as|unless|if you|warranty|covered|costs?"
    r"|happens? when|because|means|every|any|customers?)\b",
    re.I,
)
_NEXT = re.compile(
    r"\b(?:you(?:['’]ll| will| should) (?:get|receive|see|hear|have)|it (?:will|takes|should)|takes up to"
    r"|(?:the|your) (?:money|refund|parcel|replacement|label|e-?mail|order|change|account|payment|light)"
    r" (?:will|is then|arrives|comes|goes|should|turns)"
    r"|will (?:be|arrive|come|receive|send|refund)|arrives?|after that|once (?:we|you|it)|then (?:we|the|your))\b",
    re.I,
)
# What was done for this one customer says nothing to the next.
_ONE_CASE = re.compile(
    r"\b(?:i['’]?(?:ve| have| see|['’]?m| am| just| did|['’]?ll| will| can see| found| checked| looked)"
    r"|we['’]?ve|we have (?:just|now|already)|for you now|in your case|this time|as an exception|goodwill"
    r"|as i said|you (?:wrote|said|mentioned|told|ordered|bought|paid))\b",
    re.I,
)
_MONEY = re.compile(
    r"[€£$]\s?\d|\d\s?(?:€|£|\$|eur\b|euros?\b|gbp\b|pounds?\b|usd\b|dollars?\b)", re.I
)
_BLANK = re.compile(r"\[[a-z ]{3,20}\]")


@dataclass(frozen=True)
class Scored:
    """A sentence with the part that it fits and how well."""

    text: str
    part: str
    score: float
    imperative: bool
    flags: tuple[str, ...]
    """money: an amount of that one case, perhaps. personal: something was masked in it."""

    @property
    def taken(self) -> bool:
        """Whether it stands in the draft unless the editor says otherwise."""
        return self.score >= TAKEN and not self.flags


def sentences(text: str) -> list[str]:
    """The sentences of a masked message, without greetings, list marks and who is addressed.

    >>> sentences("Hi [name], no worries. Then:\\n1. Open My orders.\\n2. Press Return.")
    ['no worries.', 'Then:', 'Open My orders.', 'Press Return.']
    """
    found = []
    for row in text.splitlines():
        for piece in _BREAK.split(_MARK.sub("", row)):
            line = " ".join(_ADDRESSED.sub("", _HAIL.sub("", piece.strip())).split())
            if any(sign.isalnum() for sign in line):
                found.append(line)
    return found


def flags_of(sentence: str) -> tuple[str, ...]:
    """What an editor must look at before it is published."""
    personal = ("personal",) if _BLANK.search(sentence) else ()
    return (*personal, *(("money",) if _MONEY.search(sentence) else ()))


def score(sentence: str) -> Scored:
    """What an agent's sentence is worth to the next customer.

    >>> score("Open My orders and choose Return.").part
    'action'
    >>> score("Sorry to hear that!").taken
    False
    """
    imperative = _IMPERATIVE.search(sentence) is not None
    timed = _TIME.search(sentence) is not None
    action = 2.0 * imperative + 1.5 * (_YOU_CAN.search(sentence) is not None)
    action += 1.5 * (_LINK.search(sentence) is not None) + 0.6 * (
        _RULE.search(sentence) is not None
    )
    outcome = 1.0 * (_NEXT.search(sentence) is not None) + 1.0 * timed
    value = action + outcome
    value -= 4.0 * (_CHATTER.search(sentence) is not None)
    value -= 2.0 * (_ONE_CASE.search(sentence) is not None)
    value -= 2.0 * sentence.endswith("?")
    value -= 1.0 * (not 3 <= len(sentence.split()) <= 45)
    part = (
        OUTCOME
        if outcome > action or (outcome >= 1.0 and not imperative and action <= 0.6)
        else ACTION
    )
    return Scored(sentence, part, round(value, 2), imperative, flags_of(sentence))
