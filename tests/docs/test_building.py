"""The builder of the manual: its last look at links sees what leads nowhere; what CI follows is all that it needs."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

pytestmark = pytest.mark.docs


@pytest.fixture(autouse=True)
def _scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "scripts")


def _broken_links(folder: Path) -> list[str]:
    spec = importlib.util.spec_from_file_location("build_manual", ROOT / "scripts" / "build_manual.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return list(module.broken_links(folder))


def test_links_that_lead_nowhere_are_seen(tmp_path: Path) -> None:
    (tmp_path / "b.html").write_text('<h2 id="aquí">x</h2>', encoding="utf-8")
    (tmp_path / "a.html").write_text(
        '<p id="yo"><a href="b.html#aquí"></a><a href="#yo"></a><a href="https://example.com/x"></a>'
        '<a href="c.html"></a><a href="b.html#otro"></a><a href="#nadie"></a></p>',
        encoding="utf-8",
    )
    assert _broken_links(tmp_path) == ["a.html: c.html", "a.html: b.html#otro", "a.html: #nadie"]


def test_ci_builds_the_manual_and_follows_the_first_page() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "scripts/build_manual.py" in script
    assert "tests/docs/follow.py docs/guias/primeros-pasos.md" in script
    assert "jupyter-execute" in script
    copied = re.search(r'^ *cp -r (.*) "\$scratch/newcomer"$', script, re.MULTILINE)
    assert copied is not None
    assert [name for name in copied[1].split() if not (ROOT / name).exists()] == []
