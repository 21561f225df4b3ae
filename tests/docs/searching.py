"""The manual's own search in headless Chromium: a page types into the box of the built site and tells the hits."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.graphic.browser import start

_PROBE = """<!doctype html><meta charset="utf-8"><iframe src="/index.html" width="1400" height="900"></iframe>
<script>
const queries = QUERIES, wait = ms => new Promise(done => setTimeout(done, ms));
const frame = document.querySelector("iframe");
const shadows = () => [...frame.contentDocument.querySelectorAll("*")].map(each => each.shadowRoot).filter(Boolean);
const find = what => shadows().map(each => each.querySelector(what)).find(Boolean);
const until = async what => { for (;;) { const found = what(); if (found) return found; await wait(20); } };
const hits = () => shadows().flatMap(each => [...each.querySelectorAll("ol a[href]")]).map(each => each.href);
const settled = async () => {  // the same hits, five looks on end; no hits, for two seconds
  let last = "", same = 0;
  for (let looks = 0; same < (last === "[]" ? 200 : 5) && looks < 400; looks++) {
    await wait(10);
    const now = JSON.stringify(hits());
    same = now === last ? same + 1 : 0;
    last = now;
  }
  return JSON.parse(last);
};
frame.onload = async () => {
  const told = {};
  try {
    frame.contentDocument.querySelector(".md-search__button").click();
    const box = await until(() => find("input[role=combobox]"));
    const type = text => {
      Object.getOwnPropertyDescriptor(frame.contentWindow.HTMLInputElement.prototype, "value").set.call(box, text);
      box.dispatchEvent(new frame.contentWindow.Event("input", {bubbles: true}));
    };
    type("factura");
    await until(() => hits().length);  // the index is read
    for (const query of queries) {
      type("");
      await until(() => !hits().length);
      type(query);
      told[query] = await settled();
    }
  } catch (error) { told.error = String(error); }
  await fetch("/told", {method: "POST", body: JSON.stringify(told)});
};
</script>"""


def searched(site: Path, queries: Iterable[str], folder: Path, seconds: float = 240) -> dict[str, list[str]]:
    """Type each query into the search of ``site``; return its hits: addresses below the site, the best first."""
    told: dict[str, Any] = {}
    arrived = threading.Event()

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != "/probe.html":
                super().do_GET()
                return
            body = _PROBE.replace("QUERIES", json.dumps(list(queries))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            told.update(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()
            arrived.set()

        def log_message(self, *_: object) -> None:
            pass

    queries = list(queries)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        with start(f"{address}probe.html", folder=folder):
            came = arrived.wait(seconds)
        server.shutdown()
    if not came or "error" in told:
        raise AssertionError(told.get("error", "the search never answered"))
    return {query: [hit.removeprefix(address) for hit in told[query]] for query in queries}
