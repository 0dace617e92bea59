"""The digest as the API and `handrail digest --json` give it."""

from __future__ import annotations

from pydantic import BaseModel

from insights.digest.found import Change, Digest, Item, Section


class ItemView(BaseModel):
    text: str
    """Masked where a customer wrote it."""
    said: str
    path: str | None
    """The screen where it is mended; null: others than the reader mend it."""
    now: int | None
    before: int | None

    @classmethod
    def of(cls, one: Item) -> ItemView:
        return cls(text=one.text, said=one.said, path=one.path or None, **_counts(one.change))


class SectionView(BaseModel):
    key: str
    room: str
    title: str
    now: int | None
    before: int | None
    note: str
    empty: str
    items: list[ItemView]

    @classmethod
    def of(cls, one: Section) -> SectionView:
        return cls(
            key=one.key, room=one.room.value, title=one.title, note=one.note, empty=one.empty,
            items=[ItemView.of(item) for item in one.items], **_counts(one.change),
        )  # fmt: skip


class DigestView(BaseModel):
    week: str
    over: bool
    """False: the week goes on, and these are its figures so far."""
    sections: list[SectionView]

    @classmethod
    def of(cls, found: Digest) -> DigestView:
        return cls(
            week=str(found.week),
            over=found.over,
            sections=[SectionView.of(one) for one in found.sections],
        )


def _counts(change: Change | None) -> dict[str, int | None]:
    return {"now": change.now if change else None, "before": change.before if change else None}
