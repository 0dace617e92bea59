"""Whether a reply says anything: greetings, thanks, "one moment" and "anything else?" suggest nothing."""

from __future__ import annotations

import re

SUBSTANCE = 4
"""Words that must be left when the courtesies are taken away."""

_SENTENCE = re.compile(r"[.!?;\n–—]+|,(?= )")
_WORD = re.compile(r"\w+")
_COURTESY = re.compile(
    r"""(?:
      (?:hi|hello|hey|dear|welcome|good\ (?:morning|afternoon|evening|day))\b.{0,40}
    | (?:this\ is|my\ name\ is|you(?:'re|\ are)\ (?:speaking|chatting|talking)\ (?:to|with))\ .{1,40}
    | .{0,20}\bhere\ to\ help.{0,10}
    | (?:how|what|can|may)\ (?:can|may|i|could)\ .{0,12}(?:help|assist|do\ for).{0,20}
    | (?:(?:is|was)\ there\ )?any(?:thing|\ other)\ (?:else|question).{0,40}
    | (?:many\ |thanks?|thank\ you)\b.{0,60}
    | (?:i(?:'?m|\ am)|we(?:'re|\ are))?\ ?(?:so\ |very\ |really\ |truly\ )?sorry(?:\ .{0,12})?
      (?:\ (?:to\ hear|about|for\ (?:the|any|that|your|this)).{0,60})?
    | (?:i|we)\ (?:do\ )?apologi[sz]e.{0,60} | (?:my\ |our\ |sincere\ )*apologies.{0,60}
    | (?:please\ )?(?:just\ |give\ me\ )?(?:one|a|1|2|two|a\ few)
      \ (?:moments?|minutes?|mins?|seconds?|secs?)\b.{0,20}
    | (?:let\ me|i(?:'ll|\ will|\ am|'m)(?:\ just)?)\ (?:check|look|see|find\ out|checking|looking)\b.{0,40}
    | (?:please\ )?(?:wait|hold\ on|bear\ with\ me|stay\ with\ me)\b.{0,40}
    | i\ have\ read\ .{0,40} | you(?:'re|\ are)\ (?:very\ |most\ )?welcome.{0,20}
    | (?:have|enjoy)\ (?:a|your)\ .{0,30}(?:day|evening|weekend|afternoon|night|one)
    | (?:bye|goodbye|take\ care|see\ you|(?:best|kind|warm)\ regards|regards|cheers)\b.{0,30}
    | (?:ok|okay|sure|great|perfect|of\ course|no\ problem|all\ ?right|understood|i\ (?:see|understand)|noted|
       certainly|absolutely|got\ it|glad\ (?:to|i|we)|happy\ to)\b.{0,30}
    | (?:are\ you\ )?still\ there | you\ don'?t\ need\ to\ repeat\ .{0,20}
    | (?:does|did)\ (?:this|that)\ .{0,30}(?:help|settle|solve).{0,30}
    | i\ (?:will|'ll)?\ ?stay\ .{0,50}
    )""",
    re.I | re.X,
)


def says_something(reply: str) -> bool:
    """Whether four words or more are left of a reply when its courtesies are taken away.

    >>> says_something("Hello Ann! How can I help you?"), says_something("Hello! Hold the button for 5 seconds.")
    (False, True)
    """
    plain = reply.replace("’", "'")
    kept = [
        part for part in map(str.strip, _SENTENCE.split(plain)) if not _COURTESY.fullmatch(part)
    ]
    return sum(len(_WORD.findall(part)) for part in kept) >= SUBSTANCE
