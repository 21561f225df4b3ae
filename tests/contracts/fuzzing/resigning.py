"""Damaged documents with a signature that fits them, in all forms of other signers: so what is behind it is reached."""

from __future__ import annotations

import random
from collections.abc import Sequence

from lxml import etree

from tests.contracts.fuzzing.mutations import restructure, tree
from tests.signing.support import NS, PKI
from tests.verifying.foreign import DIGESTS, EXCLUSIVE, INCLUSIVE, Foreign

_EXT = NS["ext"]


def resigned(data: bytes, dice: random.Random, others: Sequence[bytes]) -> bytes | None:
    """Damage a document, then sign what came of it; None when that cannot be."""
    root = tree(data)
    if root is None:
        return None
    if dice.random() < 0.7:
        restructure(root, dice, others)
    for signature in list(root.iter(f"{{{NS['ds']}}}Signature")):
        if signature.getparent() is None:
            return None
        signature.getparent().remove(signature)
    extensions = root.find(f"{{{_EXT}}}UBLExtensions")
    if extensions is None:
        extensions = etree.Element(f"{{{_EXT}}}UBLExtensions")
        root.insert(0, extensions)
    for name in ("UBLExtension", "ExtensionContent"):
        extensions = etree.SubElement(extensions, f"{{{_EXT}}}{name}")

    def change(signature: etree._Element) -> None:
        if dice.random() < 0.5:
            restructure(signature, dice, others)

    order = dice.choice(
        (("document", "key_info", "signed_properties"), ("document", "signed_properties"), ("key_info",))
    )
    signer = Foreign(
        c14n=dice.choice((INCLUSIVE, EXCLUSIVE)),
        transforms=dice.random() < 0.5,
        prefixes=dice.choice(("", "ds xades", "#default")),
        hash=dice.choice(tuple(DIGESTS)),
        digest=dice.choice(tuple(DIGESTS)),
        order=order,
        typed=dice.random() < 0.8,
        pretty=dice.random() < 0.3,
        time=dice.choice(
            ("2026-03-02T10:15:30-05:00", "2026-03-02T10:15:30Z", "2026-03-02", "", "9999-12-31T23:59:59Z")
        ),
        role=dice.choice(("supplier", "third party", "", "x")),
        detached=dice.random() < 0.1,
        early=dice.random() < 0.1,
        change=change,
        identity=PKI.identity(dice.choice(("700085371", "800197268"))),
    )
    try:
        return signer.sign(etree.tostring(root))
    except Exception:  # the changed signature lacks what signing needs
        return None
