"""From the training files to the list of suspects, ready to store as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from training import nlu_files
from training.files import write_json
from training.nlu_files import Example, NluFolder
from training.suspects.confident import SMALL, Suspect, Unseen, Vectors, nearest, suspects, unseen
from training.suspects.vectors import Encodes, KeptVectors
from understanding.intents import DECIDED_ELSEWHERE

#: Raised when the same data would give another list.
FORMAT = 1
#: So many are worth a look before the next training changes the list.
LISTED = 300


def fingerprint(examples: Iterable[Example]) -> str:
    """Return what two states of the training files have in common when the same list is found in them."""
    return nlu_files.fingerprint(examples, f"suspects {FORMAT}")


def find(examples: Sequence[Example], kept: KeptVectors) -> dict[str, Any]:
    """Return the suspects among the examples, the clearest first::

    {"fingerprint": str, "examples": int, "intents": int, "left_out": [intent],     too few to judge
     "suspects": [{"text", "intent", "likely", "probability", "likely_probability",
                   "near": [text], "likely_near": [text]}]}
    """
    rows = sorted(
        {(one.intent, one.text) for one in examples if one.intent not in DECIDED_ELSEWHERE}
    )
    intents, texts = [intent for intent, _ in rows], [text for _, text in rows]
    sizes = Counter(intents)
    found: dict[str, Any] = {
        "fingerprint": fingerprint(examples),
        "examples": len(rows),
        "intents": len(sizes),
        "left_out": sorted(intent for intent, size in sizes.items() if size < SMALL),
        "suspects": [],
    }
    if sum(size >= SMALL for size in sizes.values()) < 2:
        return found
    vectors = kept.of(texts)
    judged = unseen(texts, vectors, intents)
    found["suspects"] = [_shown(one, judged, texts, vectors) for one in suspects(judged)[:LISTED]]
    return found


def write_found(nlu: Path, out: Path, encoder: Encodes) -> None:
    """Write the list that `find` returns; the vectors are kept beside it."""
    folder = NluFolder(nlu, out.parent / "nlu.lock")
    write_json(out, find(folder.examples(), KeptVectors(encoder, out.parent)))


def _shown(one: Suspect, judged: Unseen, texts: Sequence[str], vectors: Vectors) -> dict[str, Any]:
    def near(intent: int) -> list[str]:
        places = nearest(vectors, judged.labels, one.place, intent)
        return [texts[place] for place in places]

    return {
        "text": texts[one.place],
        "intent": judged.intents[one.given],
        "likely": judged.intents[one.likely],
        "probability": round(one.of_given, 4),
        "likely_probability": round(one.of_likely, 4),
        "near": near(one.given),
        "likely_near": near(one.likely),
    }
