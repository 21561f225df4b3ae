"""Headless Chromium, poppler and zbar: what the drawings look like to outsiders. Each is None where it is missing."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape, unescape
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PDFTOTEXT, PDFTOPPM = shutil.which("pdftotext"), shutil.which("pdftoppm")
ZBARIMG = shutil.which("zbarimg")

_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")
_MEASURE = """
<script>
const told = [];
for (const frame of document.querySelectorAll("iframe")) {
  const root = frame.contentDocument.documentElement, room = root.clientWidth;
  const out = [...root.querySelectorAll("body *")].filter(each => {
    const box = each.getBoundingClientRect();
    return box.width && !each.closest("caption, thead") && (box.right > room + 1 || box.left < -1);
  });
  told.push({name: frame.title, room, wide: root.scrollWidth, text: root.innerText,
             out: out.slice(0, 3).map(each => `${each.tagName}.${each.className} ${each.textContent.slice(0, 40)}`)});
}
const result = document.createElement("pre");
result.id = "result";
result.textContent = JSON.stringify(told);
document.body.replaceChildren(result);
</script>
"""


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Chromium with a profile of its own, so that nothing is left behind."""
    command = [str(CHROMIUM), *_FLAGS, f"--user-data-dir={folder / 'profile'}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)


@contextmanager
def start(address: str, *, folder: Path) -> Iterator[None]:
    """Keep Chromium open on a page while the block runs, with no way out of this machine."""
    command = [
        str(CHROMIUM),
        *_FLAGS,
        "--remote-debugging-port=0",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ]
    command += [f"--user-data-dir={folder / 'profile'}", address]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()


def looked_at(pages: Sequence[tuple[str, str, int]], folder: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """Show pages (name, HTML, width in pixels) in one browser; return how each looks, and the console's lines."""
    frames = "".join(
        f'<iframe title="{escape(name)}" width="{width}" height="900" srcdoc="{escape(html)}"></iframe>'
        for name, html, width in pages
    )
    path = folder / "all.html"
    path.write_text(
        f'<!doctype html><meta charset="utf-8"><body>{frames}'
        f"<script>addEventListener('load', () => {{{_MEASURE.split('<script>')[1].split('</script>')[0]}}});</script>",
        encoding="utf-8",
    )
    done = run("--enable-logging=stderr", "--dump-dom", path.as_uri(), folder=folder)
    text = done.stdout.split('<pre id="result">')[1].split("</pre>")[0]
    return json.loads(unescape(text)), [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def printed(html: str, folder: Path) -> Path:
    """Print a page to PDF, as a person would."""
    source, target = folder / "page.html", folder / "page.pdf"
    source.write_text(html, encoding="utf-8")
    run("--no-pdf-header-footer", f"--print-to-pdf={target}", source.as_uri(), folder=folder)
    return target


def text_of_pages(pdf: Path, order: str = "-layout") -> list[str]:
    """Extract the text of each page, as it lies there, or in the order of the file (``-raw``): cells stay whole."""
    done = subprocess.run(
        [str(PDFTOTEXT), order, str(pdf), "-"], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.split("\f")[:-1]


def pictures(pdf: Path, folder: Path, dpi: int = 300) -> list[Path]:
    """Draw each page as a picture."""
    subprocess.run(
        [str(PDFTOPPM), "-r", str(dpi), "-gray", str(pdf), str(folder / "page")],
        capture_output=True,
        check=True,
        timeout=120,
    )
    return sorted(folder.glob("page*.pgm"))


def qr_texts(picture: Path) -> list[str]:
    """Decode the QR codes of a picture."""
    done = subprocess.run(
        [str(ZBARIMG), "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", str(picture)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return [done.stdout.rstrip("\n")] if done.stdout else []
