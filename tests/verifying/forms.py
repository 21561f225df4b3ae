"""Our own documents in the forms that signed documents have: the same content under other prefixes and declarations.

Each form is made from its number alone. xmlsec1 signs it, so that neither canonical form nor digest is ours.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

from lxml import etree

from dian_fe import build
from dian_fe.signing import sign
from dian_fe.testing.random_documents import random_document, sample_issuer
from tests.signing.support import AT, DS, ID_ATTRIBUTES, NIT, NS, PKI, XADES, canonical
from tests.verifying.foreign import EXCLUSIVE, INCLUSIVE

XML = "http://www.w3.org/XML/1998/namespace"
SIGNATURE_PARTS = ("Signature", "SignedInfo", "KeyInfo", "QualifyingProperties", "SignedProperties")
Scope = Mapping[str, str]


@cache
def originals() -> tuple[bytes, ...]:
    """Sign a small document and random ones, as the library does."""
    body = '<cbc:Note>Ñ\n é</cbc:Note><o xmlns="" xml:space="preserve"><cbc:p xml:lang="es">1</cbc:p></o>'
    signer = PKI.signer(NIT)
    random = [random_document(seed, "invoice") for seed in (1, 4)]
    return (
        sign(canonical(body), signer, at=AT).xml,
        *(sign(build(made, sample_issuer()).canonical, signer, at=made.issued_at).xml for made in random),
    )


@dataclass
class Form:
    """One way of writing a signed document. Probabilities are for each element."""

    number: int
    source: Random = field(init=False)
    traits: list[str] = field(init=False, default_factory=list)
    """What was done, so that a failure names itself."""

    def __post_init__(self) -> None:
        self.source = Random(f"form {self.number}")

    def template(self) -> bytes:
        """Write the document without digests and value."""
        pick = self.source
        root = etree.fromstring(pick.choice(originals()))
        signature = root.find(".//ds:Signature", NS)
        self._algorithms(signature)
        for path in ("ds:SignedInfo/ds:Reference/ds:DigestValue", "ds:SignatureValue"):
            for element in signature.findall(path, NS):
                element.text = None
        self.rare = pick.choice((0.0, 0.02, 0.1))
        self.odd = {name: pick.random() < 0.4 for name in SIGNATURE_PARTS}
        self.inherited = pick.random() < 0.3
        text = self._element(root, {"xml": XML})
        if pick.random() < 0.2:
            self.traits.append("beside the root")
            text = f"<?uno  dos ?>\n<!-- c -->{text}<?tres?>\n<!-- d -->"
        encoding = pick.choice(("UTF-8",) * 8 + ("ISO-8859-1", "UTF-16"))
        self.traits.append(encoding)
        return f'<?xml version="1.0" encoding="{encoding}"?>\n{text}'.encode(encoding, "xmlcharrefreplace")

    def _algorithms(self, signature: etree._Element) -> None:
        pick, info = self.source, signature.find("ds:SignedInfo", NS)
        (method,) = info.findall("ds:CanonicalizationMethod", NS)
        own = pick.choice((INCLUSIVE, EXCLUSIVE, f"{INCLUSIVE}#WithComments", f"{EXCLUSIVE}WithComments"))
        self._set(method, own)
        for reference in info.findall("ds:Reference", NS):
            how = pick.choice(("", "", INCLUSIVE, EXCLUSIVE))
            if how:
                transforms = reference.find("ds:Transforms", NS)
                if transforms is None:
                    transforms = etree.Element(f"{{{DS}}}Transforms")
                    reference.insert(0, transforms)
                self._set(etree.SubElement(transforms, f"{{{DS}}}Transform"), how)
        if pick.random() < 0.2:
            self.traits.append("without key info reference")
            info.remove(info.findall("ds:Reference", NS)[1])

    def _set(self, method: etree._Element, uri: str) -> None:
        self.traits.append(uri.rpartition("/")[2])
        method.set("Algorithm", uri)
        if uri.startswith(EXCLUSIVE) and self.source.random() < 0.4:
            listed = " ".join(self.source.sample(("#default", "ds", "xades", "cbc", "zz", "xml"), 3))
            etree.SubElement(method, f"{{{EXCLUSIVE}}}InclusiveNamespaces").set("PrefixList", listed)
            self.traits.append(listed)

    def _element(self, element: etree._Element, scope: Scope) -> str:
        name = etree.QName(element)
        uri, pick = name.namespace or "", self.source
        wild = pick.random() < self.rare or self.odd.get(name.localname, False)
        prefix = self._prefix(element, uri, scope, wild)
        declared = {} if scope.get(prefix, "") == uri else {prefix: uri}
        if element.getparent() is None:
            declared |= {p or "": u for p, u in element.nsmap.items() if (p or "") not in declared}
        if wild:
            declared = self._more(declared, prefix, uri, scope) | declared
        inner = {**scope, **declared}
        attributes = {}
        for key, value in element.attrib.items():
            of = etree.QName(key)
            if of.namespace:
                known = next((p for p, u in inner.items() if u == of.namespace and p), None)
                if known is None:
                    known = "a9"
                    declared[known] = inner[known] = of.namespace
                attributes[f"{known}:{of.localname}"] = value
            else:
                attributes[of.localname] = value
        if self.inherited and pick.random() < (0.5 if name.localname in ("Invoice", "ExtensionContent") else self.rare):
            self.traits.append(f"xml: on {name.localname}")
            extra = {"xml:lang": "es-CO", "xml:space": "preserve", "xml:base": "http://example.com/a/"}
            attributes |= dict(pick.sample(list(extra.items()), 2))
        written = [f' xmlns{":" if p else ""}{p}="{u}"' for p, u in declared.items()]
        written += [f' {key}="{_escaped(value)}"' for key, value in attributes.items()]
        if wild:
            pick.shuffle(written)
        tag = f"{prefix}:{name.localname}" if prefix else name.localname
        self.encoded = name.localname in ("X509Certificate", "SignatureValue", "DigestValue")
        pieces = [self._text(element.text)]
        for child in element:
            pieces += self._element(child, inner), self._text(child.tail)
            if wild and pick.random() < 0.1:
                pieces.append(pick.choice(("<!-- n -->", "<?pi  d?>", "\n  ")))
        content = "".join(pieces)
        return f"<{tag}{''.join(written)}>{content}</{tag}>" if content else f"<{tag}{''.join(written)}/>"

    def _prefix(self, element: etree._Element, uri: str, scope: Scope, wild: bool) -> str:
        if not uri:
            return ""
        own = element.prefix or ""
        if wild and element.getparent() is not None:
            chosen = self.source.choice((own, "", "", f"{own}x", "cbc"))
            self.traits.append(f"{chosen or 'default'} on {etree.QName(element).localname}")
            return chosen
        if scope.get(own, "") == uri:
            return own
        return next((p for p, u in scope.items() if u == uri), own)

    def _more(self, declared: Scope, prefix: str, uri: str, scope: Scope) -> dict[str, str]:
        """Declare what is not needed: again, under two prefixes, for something else, or not any more."""
        how = self.source.choice(("again", "doubled", "rebound", "undone", "all", "nothing"))
        self.traits.append(how)
        again = {p: u for p, u in scope.items() if p not in ("xml", prefix)}
        if how == "again":
            return dict(self.source.sample(sorted(again.items()), min(2, len(again))))
        if how == "doubled":
            return {f"{prefix or 'd'}2": uri, "zz": uri} if uri else {}
        if how == "rebound":
            return {p: u for p, u in {"zz": "urn:example:z", "ext": DS, "xades": XADES}.items() if p != prefix}
        if how == "undone":
            return {"": ""} if prefix else {}
        return again if how == "all" else {}

    def _text(self, text: str | None) -> str:
        if not text:
            return ""
        how = self.source.random()
        if how < 0.03 and "]]>" not in text and not self.encoded:
            return f"<![CDATA[{text}]]>"
        if how < 0.06 and text.strip():
            return f"&#{ord(text[0])};{_escaped(text[1:])}"
        return _escaped(text)


def _escaped(text: str) -> str:
    for char, reference in (("&", "&amp;"), ("<", "&lt;"), ('"', "&quot;"), ("\r", "&#13;"), ("]]>", "]]&gt;")):
        text = text.replace(char, reference)
    return text


def sign_form(form: Form, folder: Path) -> bytes:
    """Have xmlsec1 sign a form."""
    return sign_template(form.template(), folder)


def sign_template(data: bytes, folder: Path) -> bytes:
    """Have xmlsec1 fill in digests and value."""
    template, key, output = folder / "template.xml", folder / "key.pem", folder / "output.xml"
    template.write_bytes(data)
    if not key.exists():
        key.write_bytes(PKI.identity(NIT).pem())
    command = ["xmlsec1", "--sign", "--privkey-pem", str(key), *ID_ATTRIBUTES, "--output", str(output), str(template)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    return output.read_bytes()


# --- one change


TAG = re.compile(rb"<([A-Za-z][^\s/>]*)((?:\s+[^\s=]+=(?:\"[^\"]*\"|'[^']*'))*)\s*(/?)>")
LEAF = re.compile(rb">([^<>&\s][^<>&]*)<")
DECLARATION = re.compile(rb"\sxmlns(?::[\w.]+)?=\"[^\"]*\"")
SIGNED = re.compile(rb"<(?:[\w.]+:)?Signature[\s>].*</(?:[\w.]+:)?Signature>", re.DOTALL)


def _at(pick: Random, pattern: re.Pattern[bytes], data: bytes, change: Callable[[re.Match[bytes]], bytes]) -> bytes:
    """Change one match; half of the time one inside the signature."""
    span = SIGNED.search(data)
    area = span.span() if span is not None and pick.random() < 0.6 else (0, len(data))
    found = list(pattern.finditer(data, *area))
    if not found:
        return data
    match = pick.choice(found)
    return data[: match.start()] + change(match) + data[match.end() :]


def _into_tag(text: bytes) -> Callable[[Random, bytes], bytes]:
    def change(match: re.Match[bytes]) -> bytes:
        return b"<" + match[1] + match[2] + text + match[3] + b">"

    return lambda pick, data: _at(pick, TAG, data, change)


def _swapped(match: re.Match[bytes]) -> bytes:
    attributes = re.findall(rb"\s+[^\s=]+=(?:\"[^\"]*\"|'[^']*')", match[2])
    return b"<" + match[1] + b"".join(reversed(attributes)) + match[3] + b">"


def _quoted(match: re.Match[bytes]) -> bytes:
    return match[0] if b"'" in match[0] else match[0].replace(b'"', b"'")


def _byte(pick: Random, data: bytes) -> bytes:
    def change(match: re.Match[bytes]) -> bytes:
        at = pick.randrange(len(match[1]))
        other = b"B" if match[1][at : at + 1] == b"A" else b"A"
        return b">" + match[1][:at] + other + match[1][at + 1 :] + b"<"

    return _at(pick, LEAF, data, change)


def _into_text(text: bytes) -> Callable[[Random, bytes], bytes]:
    return lambda pick, data: _at(pick, LEAF, data, lambda match: match[0][:2] + text + match[0][2:])


def _by_number(match: re.Match[bytes]) -> bytes:
    first = match[1][0]
    return match[0] if first > 127 else b">&#x%x;%b<" % (first, match[1][1:])


def _renamed(pick: Random, data: bytes) -> bytes:
    found = sorted(set(re.findall(rb"xmlns:([\w.]+)=", data)))
    if not found:
        return data
    old = pick.choice(found)
    data = re.sub(rb"(</?)" + re.escape(old) + rb":", rb"\1q7:", data)
    return re.sub(rb"(\s)" + re.escape(old) + rb":", rb"\1q7:", data.replace(b"xmlns:" + old + b"=", b"xmlns:q7="))


def _doubled_id(pick: Random, data: bytes) -> bytes:
    found = re.findall(rb"\sId=\"[^\"]*\"", data)
    return _into_tag(pick.choice(found))(pick, data) if found else data


def _removed(pick: Random, data: bytes) -> bytes:
    return _at(pick, re.compile(rb"<([\w.:]+)[^<>]*>[^<>]*</\1>"), data, lambda match: b"")


def _repeated(pick: Random, data: bytes) -> bytes:
    return _at(pick, re.compile(rb"<([\w.:]+)[^<>]*>[^<>]*</\1>"), data, lambda match: match[0] * 2)


def _algorithm(pick: Random, data: bytes) -> bytes:
    other = pick.choice((INCLUSIVE, EXCLUSIVE, f"{DS}sha1", f"{DS}enveloped-signature", "urn:example:none")).encode()
    return _at(pick, re.compile(rb"Algorithm=\"[^\"]*\""), data, lambda match: b'Algorithm="' + other + b'"')


def _pointed(pick: Random, data: bytes) -> bytes:
    ids = re.findall(rb"\sId=\"([^\"]*)\"", data)
    other = b"#" + pick.choice(ids) if ids and pick.random() < 0.7 else b""
    return _at(pick, re.compile(rb"\sURI=\"[^\"]*\""), data, lambda match: b' URI="' + other + b'"')


MUTATIONS: dict[str, Callable[[Random, bytes], bytes]] = {
    "character": _byte,
    "declaration": _into_tag(b' xmlns:q="urn:example:q"'),
    "second prefix of ds": _into_tag(f' xmlns:q="{DS}"'.encode()),
    "second prefix of xades": _into_tag(f' xmlns:q="{XADES}"'.encode()),
    "default undone": _into_tag(b' xmlns=""'),
    "cbc rebound": _into_tag(b' xmlns:cbc="urn:example:q"'),
    "declaration removed": lambda pick, data: _at(pick, DECLARATION, data, lambda match: b""),
    "prefix renamed": _renamed,
    "xml:lang": _into_tag(b' xml:lang="en"'),
    "xml:space": _into_tag(b' xml:space="default"'),
    "attribute": _into_tag(b' q="1"'),
    "comment": lambda pick, data: _at(pick, re.compile(rb"><"), data, lambda match: b"><!-- q --><"),
    "instruction": lambda pick, data: _at(pick, re.compile(rb"><"), data, lambda match: b"><?q r?><"),
    "blank": lambda pick, data: _at(pick, re.compile(rb"><"), data, lambda match: b">\n<"),
    "comment in text": lambda pick, data: _at(
        pick, LEAF, data, lambda match: match[0][:2] + b"<!--q-->" + match[0][2:]
    ),
    "blank in text": lambda pick, data: _at(pick, LEAF, data, lambda match: match[0][:2] + b" " + match[0][2:]),
    "CDATA": lambda pick, data: _at(pick, LEAF, data, lambda match: b"><![CDATA[" + match[1] + b"]]><"),
    "character reference": lambda pick, data: _at(
        pick,
        LEAF,
        data,
        lambda match: b">&#x%x;" % match[1][0] + match[1][1:] + b"<" if match[1][0] < 128 else match[0],
    ),
    "quotes": lambda pick, data: _at(pick, TAG, data, _quoted),
    "order of attributes": lambda pick, data: _at(pick, TAG, data, _swapped),
    "blanks in tag": _into_tag(b" \n "),
    "line ends": lambda pick, data: data.replace(b"\n", b"\r\n"),
    "empty tag": lambda pick, data: _at(pick, re.compile(rb"></[\w.:]+>"), data, lambda match: b"/>"),
    "instruction after the root": lambda pick, data: data + b"<?q?>",
    "comment after the root": lambda pick, data: data + b"<!--q-->",
    "byte order mark": lambda pick, data: b"\xef\xbb\xbf" + data,
    "identifier twice": _doubled_id,
    "element removed": _removed,
    "element repeated": _repeated,
    "algorithm": _algorithm,
    "reference elsewhere": _pointed,
}


def mutated(number: int, data: bytes) -> tuple[str, bytes]:
    """Make one change to a signed document in UTF-8; the kinds take turns."""
    kind = list(MUTATIONS)[number % len(MUTATIONS)]
    return kind, MUTATIONS[kind](Random(f"mutation {number}"), data)
