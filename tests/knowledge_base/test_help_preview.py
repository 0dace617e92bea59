"""The editor's preview is the help centre's own page, and its links lead nowhere."""

from __future__ import annotations

from knowledge_base.drafts import Draft
from knowledge_base.editor.preview import help_page


def test_a_draft_is_shown_as_its_page_and_leads_nowhere() -> None:
    draft = Draft(title="Clean the lens", context="For all lamps.", action="Use a dry cloth.")
    page = help_page(draft, "http://help.example", {})
    assert "<h1>Clean the lens</h1>" in page
    assert "Use a dry cloth." in page
    assert '<a href="/help' not in page
