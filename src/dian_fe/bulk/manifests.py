"""The manifest of a run: what was asked of which input, with which parts; written before anything is made."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from .._version import __version__
from ..errors import NotAllowed, StoredNewer, StoreError
from .filing import write_json
from .locks import locked
from .values import setting_of_json

NAME: Final = "manifest.json"
INPUT: Final = "input"
"""Folder of the files of the parts that are to be made."""
LOCKS: Final = "locks"
VERSION: Final = 1
_WAIT: Final = 600.0
"""Seconds to wait for another worker that has the part."""

_OTHER: Final = {
    "nit": "bulk.other_nit",
    "environment": "bulk.other_environment",
    "certificate": "bulk.other_certificate",
    "issuer": "bulk.other_issuer",
    "service": "bulk.other_service",
}
"""Refusals by the fact that differs."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a run was asked, as JSON and as values."""

    folder: Path
    data: dict[str, Any]

    @classmethod
    def load(cls, folder: Path) -> Manifest | None:
        """Return the manifest of a folder, None without one. Raise ``StoreError`` if it cannot be read."""
        try:
            data = json.loads((folder / NAME).read_text(encoding="utf-8"))
            if data["version"] > VERSION:
                raise StoredNewer.of(
                    "bulk.newer_manifest", field="folder", folder=folder, version=data["version"], known=VERSION
                )
            if data.get("sha256", made := _digest(data)) != made:  # 0.7.0 wrote none
                raise ValueError
        except FileNotFoundError:
            return None
        except StoredNewer:
            raise
        except (ValueError, TypeError, KeyError, OSError):
            raise StoreError.of("bulk.manifest", field="folder", found=str(folder / NAME)) from None
        return cls(folder, data)

    @classmethod
    def made(
        cls, folder: Path, what: str, settings: Mapping[str, Any], facts: Mapping[str, Any], parts: list[dict[str, Any]]
    ) -> Manifest:
        """Write the manifest of a new run; ``settings`` are JSON already."""
        data = {
            "version": VERSION,
            "library": __version__,
            "what": what,
            "state": "prepared",
            "settings": dict(settings),
            "facts": dict(facts),
            "rows": sum(each["rows"] for each in parts),
            "documents": sum(each.get("documents", 0) for each in parts),
            "parts": parts,
        }
        data["sha256"] = _digest(data)
        manifest = cls(folder, data)
        manifest.write()
        return manifest

    def write(self, state: str | None = None, **more: Any) -> None:
        """Write the manifest, in a new state if it has one."""
        if state is not None:
            self.data["state"] = state
        self.data.update(more)
        write_json(self.folder / NAME, self.data)

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The parts, in the order of the input."""
        parts: list[dict[str, Any]] = self.data["parts"]
        return parts

    def input_of(self, part: int) -> Path:
        """Return the file of the input of a part. Raise ``StoreError`` if it is not as it was written."""
        kept = self.parts[part]
        path: Path = self.folder / INPUT / kept["file"]
        try:
            if sha256(path.read_bytes()).hexdigest() == kept["sha256"]:
                return path
        except FileNotFoundError:
            pass
        raise StoreError.of("bulk.damaged", field="folder", found=str(path))

    @property
    def settings(self) -> dict[str, Any]:
        """The settings as values."""
        return {name: setting_of_json(value) for name, value in self.data["settings"].items()}

    def compare(self, what: str, settings: Mapping[str, Any]) -> None:
        """Raise ``NotAllowed`` unless the run was asked the same; the refusal names what differs."""
        if self.data["what"] != what:
            raise NotAllowed.of("bulk.other_run", field="folder", found=self.data["what"], expected=what)
        kept = self.data["settings"]
        for name in sorted(kept.keys() | settings.keys()):
            differences = list(_differences(name, kept.get(name), settings.get(name)))
            if differences:
                place, before, now = differences[0]
                raise NotAllowed.of("bulk.other_settings", field=place, found=now, expected=before)

    def compare_parts(self, parts: list[dict[str, Any]]) -> None:
        """Raise ``NotAllowed`` unless the input is the same; the refusal names the first part that differs."""
        for index, (before, now) in enumerate(zip(self.parts, parts, strict=False)):
            if before["sha256"] != now["sha256"]:
                first = sum(each["rows"] for each in self.parts[:index]) + 1
                raise NotAllowed.of("bulk.other_input", field="records", part=index, first=first)
        if len(self.parts) != len(parts):
            raise NotAllowed.of("bulk.other_size", field="records", now=len(parts), before=len(self.parts))

    def compare_facts(self, facts: Mapping[str, Mapping[str, Any]]) -> None:
        """Raise ``NotAllowed`` when the documents would be made with another certificate or issuer."""
        for company, kept in self.data["facts"].items():
            for name, value in kept.items():
                now = facts.get(company, {}).get(name)
                if now != value:
                    raise NotAllowed.of(_OTHER[name], field="company", found=now, expected=value)


def _digest(data: Mapping[str, Any]) -> str:
    """Return the digest of what never changes in a run: a number of it edited would shift those of its documents."""
    kept = {name: data[name] for name in ("what", "settings", "facts", "rows", "documents", "parts")}
    return sha256(json.dumps(kept).encode()).hexdigest()


def _differences(place: str, before: Any, now: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(before, dict) and isinstance(now, dict):
        for name in sorted(before.keys() | now.keys()):
            yield from _differences(f"{place}.{name}", before.get(name), now.get(name))
    elif before != now:
        yield place, _shown(before), _shown(now)


def _shown(value: Any) -> str:
    return "nada" if value is None else json.dumps(value, ensure_ascii=False)[:120]


def manifest_of(folder: Path) -> Manifest:
    """Return the manifest that a worker sees. Raise ``StoreError`` when it does not see the folder."""
    manifest = Manifest.load(folder)
    if manifest is None:
        raise StoreError.of("bulk.folder_not_seen", field="folder", found=str(folder))
    return manifest


@contextmanager
def opened_folder(folder: Path) -> Iterator[None]:
    """Hold the folder of a run, which is made if need be.

    Raise ``StoreError`` when another call has it, or it cannot be made.
    """
    with ExitStack() as stack:
        try:
            for name in (LOCKS, INPUT):
                (folder / name).mkdir(parents=True, exist_ok=True)
            lock = stack.enter_context(locked(folder / LOCKS / "run"))
        except OSError as error:
            raise StoreError.of("bulk.folder", field="folder", found=f"{folder}: {error.strerror}") from None
        if lock is None:
            raise StoreError.of("bulk.folder_taken", field="folder", found=str(folder))
        yield


@contextmanager
def opened_part(folder: Path, part: int) -> Iterator[None]:
    """Hold a part, once a worker that Dask believes lost is done with it. Raise ``StoreError`` after a long wait."""
    with locked(folder / LOCKS / f"part-{part:05}", wait=_WAIT) as lock:
        if lock is None:
            raise StoreError.of("bulk.part_taken", field="folder", part=part)
        yield
