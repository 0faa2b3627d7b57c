"""Somebody with a browser that knows nothing but HTTP: cookies, forms, no JavaScript."""

import re
from dataclasses import dataclass, field
from email.message import Message
from html import unescape
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

EARNED = "You have earned a badge!"
PASSWORD = "badger-demo"


@dataclass(frozen=True)
class Page:
    """What came back."""

    status: int
    url: str
    html: str
    headers: Message

    @property
    def text(self) -> str:
        """What one reads: no tags, no runs of blanks."""
        body = re.sub(r"<(head|svg)\b.*?</\1>", " ", self.html, flags=re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())

    def hidden(self, name: str) -> str:
        found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', self.html)
        assert found, f"no hidden field {name} in {self.url}: {self.text[:200]}"
        return unescape(found.group(1))

    def link(self, text: str) -> str:
        found = re.search(rf'<a [^>]*href="([^"]+)"[^>]*>\s*{re.escape(text)}\s*</a>', self.html)
        assert found, f"no link “{text}” in {self.url}: {self.text[:200]}"
        return unescape(found.group(1))


def opener() -> OpenerDirector:
    return build_opener(HTTPCookieProcessor(CookieJar()))


@dataclass
class Visitor:
    """Visits the site at this address."""

    site: str
    opener: OpenerDirector = field(default_factory=opener)

    def get(self, path: str) -> Page:
        return self._asked(path, None)

    def post(self, path: str, *, form: str | None = None, **fields: str) -> Page:
        """Fill in the form that the page ``form`` (default: the same path) shows, and send it to ``path``."""
        token = self.get(form or path).hidden("csrfmiddlewaretoken")
        return self._asked(path, urlencode({"csrfmiddlewaretoken": token, **fields}).encode())

    def signs_in(self, username: str) -> "Visitor":
        page = self.post("/accounts/login/", username=username, password=PASSWORD, next="/")
        assert "Sign out" in page.text
        return self

    def _asked(self, path: str, body: bytes | None) -> Page:
        try:
            answer = self.opener.open(self.site + path, body, timeout=30)
        except HTTPError as error:
            answer = error
        with answer:
            return Page(answer.status, answer.url, answer.read().decode(), answer.headers)
