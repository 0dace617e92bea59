"""The help centre over HTTP: what it shows, to whom, and that nothing written there executes."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from knowledge_base import articles
from knowledge_base.help_centre.machines import SITEMAP_LIMIT, sitemap
from knowledge_base.help_centre.shelf import Shelf
from knowledge_base.models import Article
from knowledge_base.search.decision import Candidate, Decision
from knowledge_base.service import KnowledgeBase
from server.database import Database
from tests.knowledge_base.house import BASE, build, reader
from tests.knowledge_base.support import INVOICE, LAMP, RETURN, draft, published
from tests.knowledge_base.test_rendering import XSS, Reader
from tests.support import FakeClock

ATOM = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def app(knowledge: KnowledgeBase, database: Database, clock: FakeClock, tmp_path: Path) -> FastAPI:
    return build(knowledge, database, clock, tmp_path)


@pytest.fixture
async def house(
    database: Database, clock: FakeClock, knowledge: KnowledgeBase
) -> dict[str, Article]:
    """Three public articles and one for staff."""
    drafts = [LAMP, RETURN, INVOICE, draft("For staff", audience="staff")]
    found = {one.slug: await published(database, clock, one) for one in drafts}
    await knowledge.wait_for_revision(max(one.revision for one in found.values()))
    return found


def decided(kind: str, *found: Article, app: FastAPI) -> Decision:
    alive = app.state.services.knowledge.snapshot.alive
    return Decision(kind, 0.9, tuple(Candidate.of(alive[one.id]) for one in found), {}, 1.0)


async def say(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, kind: str, *found: Article
) -> httpx.Response:
    """Search while the decision is this one, as the bot would get it."""

    async def decide(question: str, context: object = None) -> Decision:
        return decided(kind, *found, app=app)

    monkeypatch.setattr(app.state.services.knowledge, "decide", decide)
    return await reader(app).get("/help", params={"q": "my lamp"})


async def test_searches_from_one_address_are_limited_and_reading_is_not(app: FastAPI) -> None:
    public = reader(app)
    answers = [await public.get("/help", params={"q": "wool"}) for _ in range(121)]
    assert {answer.status_code for answer in answers[:120]} == {200}
    assert (answers[120].status_code, "One moment" in answers[120].text) == (429, True)
    assert (await public.get("/help")).status_code == 200


async def test_it_shows_what_is_public_and_published(
    app: FastAPI, house: dict[str, Article]
) -> None:
    public = reader(app)
    home = await public.get("/help")
    assert home.status_code == 200
    assert LAMP.title in home.text
    assert "For staff" not in home.text
    policy = home.headers["content-security-policy"]
    assert "script-src 'none'" in policy
    assert "unsafe" not in policy
    page = await public.get(f"/help/{LAMP.slug}")
    assert page.status_code == 200
    assert "<strong>My orders</strong>" in page.text
    for landmark in ('class="skip"', "<main", "<header", "<footer", 'role="search"', "<h1>"):
        assert landmark in page.text
    for path in ("/help/for-staff", "/help/nowhere", "/help/category/nowhere"):
        assert (await public.get(path)).status_code == 404, path
    style = await public.get("/help/static/help.css")
    assert style.headers["content-type"].startswith("text/css")
    assert (await public.get("/help", params={"q": "x" * 401})).status_code == 422
    assert (await public.head(f"/help/{LAMP.slug}")).status_code == 200


async def test_an_answer_is_opened_first_and_the_others_follow(
    app: FastAPI, house: dict[str, Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await say(app, monkeypatch, "answer", house[LAMP.slug], house[RETURN.slug])
    at = [found.text.index(words) for words in ("<h1>", "What to do", "What happens next")]
    assert at == sorted(at)
    assert LAMP.title in found.text[at[0] : at[1]]
    assert "Did this help?" in found.text
    assert found.text.count(f'href="/help/{LAMP.slug}') == 1
    assert 'name="robots" content="noindex"' in found.text


async def test_a_choice_asks_what_was_meant_and_nothing_says_so(
    app: FastAPI, house: dict[str, Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    choice = await say(app, monkeypatch, "choose", house[LAMP.slug], house[INVOICE.slug])
    assert "Did you mean" in choice.text
    assert choice.text.index(LAMP.title) < choice.text.index(INVOICE.title)
    assert "What to do" not in choice.text
    nothing = await say(app, monkeypatch, "nothing")
    assert "No article answers" in nothing.text
    assert "/help/chat/open?q=my%20lamp" in nothing.text
    assert nothing.text.count("<li>") == 3


async def test_a_real_search_decides_as_the_bot_does(
    app: FastAPI, house: dict[str, Article], knowledge: KnowledgeBase
) -> None:
    for asked in ("my lamp is broken", "zzz qqq"):
        decision = await knowledge.decide(asked)
        found = (await reader(app).get("/help", params={"q": asked})).text
        heading = {"answer": "This answers", "choose": "Did you mean", "nothing": "No article"}
        assert heading[decision.kind] in found
    typo = (await reader(app).get("/help", params={"q": "my lmap is brocken"})).text
    assert f"/help/{LAMP.slug}" in typo


async def test_an_archived_article_is_gone_at_once(
    app: FastAPI, house: dict[str, Article], database: Database, clock: FakeClock
) -> None:
    async with database.write() as db:
        gone = await articles.archive(db, clock, house[LAMP.slug].id)
    await app.state.services.knowledge.wait_for_revision(gone.revision)
    public = reader(app)
    assert (await public.get(f"/help/{LAMP.slug}")).status_code == 404
    for path in ("/help", "/help?q=my+lamp+is+broken", "/help/sitemap.xml"):
        assert f"/help/{LAMP.slug}" not in (await public.get(path)).text, path


async def test_a_category_lists_its_articles_fifty_a_page(
    app: FastAPI, database: Database, clock: FakeClock, knowledge: KnowledgeBase
) -> None:
    for number in range(53):
        last = await published(
            database, clock, draft(f"Way {number:02}", category="VAT & duties/é")
        )
    await knowledge.wait_for_revision(last.revision)
    public = reader(app)
    home = (await public.get("/help")).text
    path = re.findall(r'href="(/help/category/[^"]+)"', home)[0]
    assert home.count("/help/way-") == 5
    assert "All 53" in home
    first, second = (await public.get(path)).text, (await public.get(f"{path}?page=2")).text
    assert [text.count('<a href="/help/way-') for text in (first, second)] == [50, 3]
    assert "VAT &amp; duties/é" in first
    assert f'rel="next" href="{path}?page=2"' in first
    assert f'rel="prev" href="{path}"' in second
    assert (await public.get(f"{path}?page=3")).status_code == 404
    assert (await public.get(f"{path}?page=0")).status_code == 422


async def test_variants_in_other_languages_are_linked(
    app: FastAPI,
    database: Database,
    clock: FakeClock,
    knowledge: KnowledgeBase,
    house: dict[str, Article],
) -> None:
    dutch = await published(database, clock, draft("Iets terugsturen", language="nl"))
    hidden = await published(database, clock, draft("Retour", language="fr", audience="staff"))
    arabic = await published(database, clock, draft("إرجاع", slug="ar-return", language="ar"))
    family = uuid.uuid4()
    async with database.write() as db:
        ids = [house[RETURN.slug].id, dutch.id, hidden.id, arabic.id]
        await db.execute(update(Article).where(Article.id.in_(ids)).values(family=family))
    await knowledge.wait_for_revision(arabic.revision)
    page = (await reader(app).get(f"/help/{RETURN.slug}")).text
    alternates = dict(re.findall(r'rel="alternate" hreflang="(\w+)" href="([^"]+)"', page))
    assert alternates == {
        "en": f"{BASE}/help/{RETURN.slug}",
        "nl": f"{BASE}/help/iets-terugsturen",
        "ar": f"{BASE}/help/ar-return",
    }
    assert '<a href="/help/iets-terugsturen" lang="nl" hreflang="nl">Nederlands</a>' in page
    assert '<article lang="ar" dir="rtl">' in (await reader(app).get("/help/ar-return")).text
    assert "alternate" not in (await reader(app).get(f"/help/{LAMP.slug}")).text


async def test_machines_read_the_page_too(app: FastAPI, house: dict[str, Article]) -> None:
    page = (await reader(app).get(f"/help/{LAMP.slug}")).text
    here = f"{BASE}/help/{LAMP.slug}"
    assert f'<link rel="canonical" href="{here}">' in page
    assert f'<meta property="og:url" content="{here}">' in page
    assert '<meta name="description" content="This is about' in page
    graph = structured(page)["@graph"]
    assert [one["@type"] for one in graph] == ["Article", "BreadcrumbList"]
    assert (graph[0]["headline"], graph[0]["url"]) == (LAMP.title, here)
    assert [one["position"] for one in graph[1]["itemListElement"]] == [1, 2, 3]


async def test_the_sitemap_names_published_public_articles_and_robots_the_sitemap(
    app: FastAPI, house: dict[str, Article]
) -> None:
    public = reader(app)
    answer = await public.get("/help/sitemap.xml")
    assert answer.headers["content-type"].startswith("application/xml")
    root = ElementTree.fromstring(answer.text)  # noqa: S314 - our own
    found = {
        url.findtext(f"{ATOM}loc"): url.findtext(f"{ATOM}lastmod")
        for url in root.iter(f"{ATOM}url")
    }
    assert found == {
        f"{BASE}/help": None,
        **{f"{BASE}/help/{one.slug}": "2026-03-02" for one in (LAMP, RETURN, INVOICE)},
    }
    robots = (await public.get("/robots.txt")).text
    assert f"Sitemap: {BASE}/help/sitemap.xml" in robots
    assert "Disallow: /staff" in robots


def test_a_sitemap_ends_where_the_protocol_says() -> None:
    shelf = Shelf.__new__(Shelf)
    shelf.__dict__["slugs"] = [(f"way-{number}", "2026-03-02") for number in range(60_000)]
    assert sitemap("https://help.example", shelf).count("<loc>") == SITEMAP_LIMIT


async def test_the_chat_opens_with_what_the_page_is_about(
    app: FastAPI, database: Database, clock: FakeClock, knowledge: KnowledgeBase
) -> None:
    odd = await published(database, clock, draft('Say "hi" <b>', slug="odd"))
    await knowledge.wait_for_revision(odd.revision)
    public = reader(app)
    assert 'href="/help/chat/open?article=odd"' in (await public.get("/help/odd")).text
    chat = await public.get("/help/chat/open", params={"article": "odd"})
    assert 'data-draft="About “Say &#34;hi&#34; &lt;b&gt;”: "' in chat.text
    assert "script-src 'self'" in chat.headers["content-security-policy"]
    assert "unsafe" not in chat.headers["content-security-policy"]
    asked = await public.get("/help/chat/open", params={"q": "where is it"})
    assert 'data-draft="where is it"' in asked.text
    assert 'data-draft=""' in (await public.get("/help/chat/open?article=nowhere")).text
    assert (await public.get("/help/static/chat.js")).status_code == 200


async def test_nothing_that_an_editor_or_a_customer_writes_executes(
    app: FastAPI, database: Database, clock: FakeClock, knowledge: KnowledgeBase
) -> None:
    for at, text in enumerate((*XSS, "</script><script>alert(1)</script>", "<!--<script>")):
        evil = draft(
            text[:120],
            slug=f"evil-{at}",
            category=text[:40],
            context=text,
            action=text,
            outcome=text,
        )
        last = await published(database, clock, evil)
    await knowledge.wait_for_revision(last.revision)
    public = reader(app)
    pages = ["/help", *(f"/help/evil-{at}" for at in range(len(XSS) + 2))]
    for page in pages:
        text = (await public.get(page)).text
        check(text)
        if page != "/help":
            assert structured(text)["@context"] == "https://schema.org"
    for text in XSS:
        check((await public.get("/help", params={"q": text})).text)


def structured(html: str) -> dict[str, Any]:
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    data: dict[str, Any] = json.loads(found)
    return data


def check(html: str) -> None:
    """Only our own templates' tags, no event handler, no inline script or style, no foreign address."""
    seen = Reader()
    seen.feed(html)
    own = ("/help", "#content", "https://a.example", f"{BASE}/help", "/staff/assets/mark.svg")
    for tag, attributes in seen.tags:
        assert tag not in {"style", "iframe", "img", "svg", "object", "details", "!--"}, tag
        assert tag != "script" or attributes == {"type": "application/ld+json"}
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name != "style"
            if name in ("href", "src", "action"):
                assert (value or "").startswith(own), value
