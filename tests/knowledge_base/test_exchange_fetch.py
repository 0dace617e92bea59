"""Pages of other hosts: only those that are listed, only public addresses, and never too much."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import pytest

from knowledge_base.exchange import fetch, sitemap
from knowledge_base.exchange.fetch import Fetcher, is_public
from knowledge_base.exchange.portable import Portable
from knowledge_base.exchange.sitemap import read_sitemap
from server.errors import HandrailError

Answer = tuple[int, Mapping[str, str], bytes]


class Site:
    """A small web server on loopback that notes what it was asked."""

    def __init__(self, pages: Mapping[str, Answer]) -> None:
        self.pages = dict(pages)
        self.asked: list[tuple[str, str]] = []
        self.port = 0
        self.open: set[asyncio.StreamWriter] = set()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.add(writer)
        try:
            request = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return  # a connection that was refused after all
        lines = request.decode().split("\r\n")
        path = lines[0].split()[1]
        host = next(line[6:] for line in lines if line.lower().startswith("host: "))
        self.asked.append((host, path))
        status, headers, body = self.pages.get(path, (404, {}, b""))
        said = {"Content-Type": "text/html", "Content-Length": str(len(body)), **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
        writer.write(f"HTTP/1.1 {status} x\r\n{head}Connection: close\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def serving(pages: Mapping[str, Answer]) -> AsyncIterator[Site]:
    site = Site(pages)
    server = await asyncio.start_server(site.answer, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()
        await server.wait_closed()
        for writer in site.open:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


async def on_loopback(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def fetcher(
    site: Site, *, public: Callable[[str], bool] = lambda _: True, extra: tuple[str, ...] = ()
) -> Fetcher:
    return Fetcher([f"help.example:{site.port}", *extra], resolve=on_loopback, public=public)


def article(title: str) -> Answer:
    text = f"<title>{title}</title><main><h1>{title}</h1><p>Do it.</p><a href='/x'>More</a></main>"
    return 200, {}, text.encode()


def urlset(*addresses: str) -> bytes:
    places = "".join(f"<url><loc>{one}</loc></url>" for one in addresses)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>'.encode()


async def code_of(asked: Fetcher, url: str, limit: int = 1000) -> str:
    with pytest.raises(HandrailError) as caught:
        async with asked:
            await asked.get(url, limit)
    return caught.value.code


INSIDE = """
127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.1 224.0.0.1 255.255.255.255
::1 :: fe80::1 fe80::1%eth0 fc00::1 fec0::1 ff02::1 ::ffff:10.0.0.1 2002:7f00:1:: 64:ff9b::7f00:1
::127.0.0.1 ::10.0.0.1 ::ffff:0:127.0.0.1
"""


@pytest.mark.parametrize("address", INSIDE.split())
def test_addresses_of_houses_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_addresses_of_the_internet_are() -> None:
    assert all(map(is_public, ("93.184.215.14", "2606:4700::1111", "::ffff:93.184.215.14")))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://help.example/x",
        "https://elsewhere.example/x",
        "https://help.example.elsewhere.example/x",
        "https://user:word@help.example/x",
        "https://help.example:22/x",
        "https:///x",
        "https://[::1/x",
        "x",
        "",
    ],
)
async def test_only_listed_hosts_are_asked(url: str) -> None:
    async with Fetcher(["help.example"]) as asked:
        with pytest.raises(HandrailError) as caught:
            await asked.get(url, 1000)
    assert caught.value.code == "fetch_refused"


async def test_without_a_list_nobody_is_asked_and_the_setting_is_named() -> None:
    async with Fetcher([]) as asked:
        with pytest.raises(HandrailError, match="HANDRAIL_IMPORT_HOSTS"):
            await asked.get("https://help.example/", 1000)


async def test_a_listed_host_that_is_in_the_house_is_refused_before_anything_is_sent() -> None:
    async with serving({"/": article("Inside")}) as site:
        asked = fetcher(site, public=is_public)
        assert await code_of(asked, f"http://help.example:{site.port}/") == "fetch_refused"
        literal = Fetcher([f"127.0.0.1:{site.port}"])
        assert await code_of(literal, f"http://127.0.0.1:{site.port}/") == "fetch_refused"
        mixed = Fetcher([f"help.example:{site.port}"], resolve=_both_ways)
        assert await code_of(mixed, f"http://help.example:{site.port}/") == "fetch_refused"
        assert site.asked == []


async def _both_ways(host: str, port: int) -> list[str]:
    return ["93.184.215.14", "127.0.0.1"]


async def test_a_name_is_resolved_once_and_the_checked_address_is_the_one_asked() -> None:
    """A name that answers otherwise the second time (rebinding) is never asked a second time."""
    answers = [["127.0.0.1"], ["127.0.0.2"]]
    checked: list[str] = []

    async def changing(host: str, port: int) -> list[str]:
        return answers.pop(0)

    def public(address: str) -> bool:
        checked.append(address)
        return True

    async with serving({"/": article("Open")}) as site:
        hosts = [f"help.example:{site.port}"]
        async with Fetcher(hosts, resolve=changing, public=public) as asked:
            page = await asked.get(f"http://help.example:{site.port}/", 1000)
        assert b"Open" in page.content
        assert (checked, len(answers)) == (["127.0.0.1"], 1)
        assert site.asked == [(f"help.example:{site.port}", "/")]


async def test_redirects_are_followed_within_the_list_and_not_out_of_it() -> None:
    pages: dict[str, Answer] = {
        "/old": (301, {"Location": "/new"}, b""),
        "/new": article("Moved"),
        "/out": (302, {"Location": "http://169.254.169.254/latest"}, b""),
        "/file": (302, {"Location": "file:///etc/passwd"}, b""),
        "/loop": (302, {"Location": "/loop"}, b""),
    }
    async with serving(pages) as site:
        base = f"http://help.example:{site.port}"
        async with fetcher(site) as asked:
            assert (await asked.get(f"{base}/old", 1000)).address == f"{base}/new"
        assert await code_of(fetcher(site), f"{base}/out") == "fetch_refused"
        assert await code_of(fetcher(site), f"{base}/file") == "fetch_refused"
        assert await code_of(fetcher(site), f"{base}/loop") == "fetch_failed"
        assert len([path for _, path in site.asked if path == "/loop"]) == fetch.REDIRECTS + 1


async def test_too_much_too_slow_and_packed_answers_end_early(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pages: dict[str, Answer] = {
        "/large": (200, {}, b"x" * 1001),
        "/packed": (200, {"Content-Encoding": "gzip"}, gzip.compress(b"x")),
        "/short": (200, {"Content-Length": "500"}, b"x"),
        "/gone": (410, {}, b""),
    }
    async with serving(pages) as site:
        base = f"http://help.example:{site.port}"
        assert await code_of(fetcher(site), f"{base}/large") == "too_large"
        assert await code_of(fetcher(site), f"{base}/packed") == "fetch_failed"
        assert await code_of(fetcher(site), f"{base}/short") == "fetch_failed"
        assert await code_of(fetcher(site), f"{base}/gone") == "fetch_failed"
        monkeypatch.setattr(fetch, "TOTAL_LIMIT", 1500)
        async with fetcher(site) as asked:
            await asked.get(f"{base}/large", 2000)
            with pytest.raises(HandrailError):
                await asked.get(f"{base}/large", 2000)

    gone = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        gone.set()

    monkeypatch.setattr(fetch, "PAGE_SECONDS", 0.05)
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        site = Site({})
        site.port = server.sockets[0].getsockname()[1]
        assert await code_of(fetcher(site), f"http://help.example:{site.port}/") == "fetch_failed"
        await gone.wait()


async def test_a_sitemap_gives_an_article_for_each_page_and_says_which_are_none() -> None:
    async with serving({}) as site:
        base = f"http://help.example:{site.port}"
        index = f"<sitemapindex><sitemap><loc>{base}/one.xml.gz</loc></sitemap></sitemapindex>"
        site.pages |= {
            "/sitemap.xml": (200, {"Content-Type": "text/xml"}, index.encode()),
            "/one.xml.gz": (
                200,
                {},
                gzip.compress(
                    urlset(
                        f"{base}/hc/articles/12-Wash-wool",
                        f"{base}/returns/overview",
                        f"{base}/delivery/overview",
                        f"{base}/gone",
                        f"{base}/label.pdf",
                        "http://10.0.0.1/secret",
                        f"{base}/returns/overview",
                    )
                ),
            ),
            "/hc/articles/12-Wash-wool": article("Wash wool"),
            "/returns/overview": article("Returning"),
            "/delivery/overview": article("Delivery"),
            "/label.pdf": (200, {"Content-Type": "application/pdf"}, b"%PDF-1.4"),
        }
        seen: list[tuple[int, int]] = []
        async with fetcher(site) as asked:
            found = await read_sitemap(
                asked, f"{base}/sitemap.xml", progress=lambda *step: seen.append(step)
            )
        told = [one.slug if isinstance(one, Portable) else one.code for _, one in found]
        assert told == [
            "12-wash-wool",
            "overview",
            "delivery-overview",
            "fetch_failed",
            "invalid",
            "fetch_refused",
        ]
        assert seen == [(4, 6), (6, 6)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<html></html>", "invalid"),
        (b"", "invalid"),
        (urlset(), "invalid"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]>' + urlset("http://help.example/&a;"), "invalid"),
        (gzip.compress(b"x" * (sitemap.MAP_LIMIT + 1)), "too_large"),
        (gzip.compress(b"x", mtime=0)[:8] + b"xxxx", "invalid"),
        (urlset(*(f"http://help.example/{at}" for at in range(sitemap.PAGES + 1))), "too_large"),
    ],
)
async def test_what_is_no_honest_sitemap_is_refused(content: bytes, code: str) -> None:
    async with serving({"/sitemap.xml": (200, {}, content)}) as site, fetcher(site) as asked:
        with pytest.raises(HandrailError) as caught:
            await read_sitemap(asked, f"http://help.example:{site.port}/sitemap.xml")
        assert caught.value.code == code


async def test_pages_that_are_not_reached_in_time_are_named() -> None:
    times = iter([0.0, 1.0, sitemap.TOTAL_SECONDS + 1])
    async with serving({}) as site, fetcher(site) as asked:
        base = f"http://help.example:{site.port}"
        pages = [f"{base}/{at}" for at in range(sitemap.AT_ONCE + 2)]
        site.pages |= {f"/{at}": article(f"Page {at}") for at in range(len(pages))}
        site.pages["/sitemap.xml"] = (200, {}, urlset(*pages))
        found = await read_sitemap(asked, f"{base}/sitemap.xml", now=lambda: next(times))
    late = [str(one) for _, one in found if isinstance(one, HandrailError)]
    assert late == ["Not reached within 15 minutes; import again."] * 2
