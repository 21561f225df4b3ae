"""Names of files (annex 1.9, section 9): ``{code}{NIT, 10}{provider, 3}{year, 2}{sequence, 8 hex}``."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..errors import InvalidInput
from ..families.spec import FileNames

_MAX_SEQUENCE = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True)
class FileName:
    """The name of a file of DIAN's.

    ``sequence`` is the consecutive of files sent in the year, written in eight hexadecimal digits, lower-case unless
    the kind has capitals (the annex's rule; one of its examples writes it in decimal). Raises ``InvalidInput`` when
    sequence or NIT do not fit.
    """

    files: FileNames
    """How its kind names files."""
    nit: str
    """NIT of the issuer, without digit."""
    provider: str
    """Three digits: 000 own software, else the technology provider's code."""
    year: int
    sequence: int

    def __post_init__(self) -> None:
        """Refuse a sequence or a NIT that does not fit in the name."""
        if not 1 <= self.sequence <= _MAX_SEQUENCE:
            raise InvalidInput.of(
                "ubl.sequence_too_large", field="sequence", found=self.sequence, MAX_SEQUENCE=_MAX_SEQUENCE
            )
        if not self.nit.isascii() or not self.nit.isdigit() or len(self.nit) > 10:
            raise InvalidInput.of("ubl.nit_too_long", field="nit", found=self.nit)

    @property
    def _rest(self) -> str:
        provider = self.provider if self.files.with_provider else ""
        sequence = format(self.sequence, "08X" if self.files.upper else "08x")
        return f"{self.nit.zfill(10)}{provider}{self.year % 100:02d}{sequence}"

    @property
    def stem(self) -> str:
        """The name without ending."""
        return f"{self.files.prefix}{self._rest}"

    @property
    def xml(self) -> str:
        """Name of the XML file."""
        return f"{self.stem}.xml"

    @property
    def zip(self) -> str:
        """Name of the ZIP file that carries it."""
        return f"{self.files.zip_prefix}{self._rest}.zip"

    def of(self, files: FileNames) -> FileName:
        """Return the name of a file of another kind with the same numbers."""
        return replace(self, files=files)
