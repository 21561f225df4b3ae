"""The service's WSDL 1.1, written from the contract's tables."""

from __future__ import annotations

from importlib.resources import files
from string import Template
from typing import Final

from ..transport.contract import CONTRACT, NEVER_NIL, OPERATIONS, SERVICE_NS, SIMPLE, TYPES, DataType, Member
from ..transport.wsse import WSA, WSU
from ..ubl.codecs import attribute, text

_XS: Final = "http://www.w3.org/2001/XMLSchema"


def wsdl(url: str) -> bytes:
    """Return the WSDL of a service at ``url`` in one file: ``data/service.wsdl`` with types and operations."""
    messages = "".join(
        f'<wsdl:message name="{CONTRACT}_{name}{way}"><wsdl:part name="parameters" element="tns:{element}"/>'
        "</wsdl:message>"
        for operation in OPERATIONS
        for name, way, element in (
            (operation, "_InputMessage", operation),
            (operation, "_OutputMessage", f"{operation}Response"),
        )
    )
    port_type = "".join(
        f'<wsdl:operation name="{operation.name}">'
        f'<wsdl:input wsaw:Action="{operation.action}" message="tns:{CONTRACT}_{operation.name}_InputMessage"/>'
        f'<wsdl:output wsaw:Action="{operation.reply_action}" message="tns:{CONTRACT}_{operation.name}_OutputMessage"/>'
        "</wsdl:operation>"
        for operation in OPERATIONS.values()
    )
    operations = "".join(
        f'<wsdl:operation name="{operation.name}">'
        f'<soap12:operation soapAction="{operation.action}" style="document"/>'
        '<wsdl:input><soap12:body use="literal"/></wsdl:input><wsdl:output><soap12:body use="literal"/></wsdl:output>'
        "</wsdl:operation>"
        for operation in OPERATIONS.values()
    )
    template = files(__package__).joinpath("data", "service.wsdl").read_text(encoding="utf-8")
    written = Template(template).substitute(
        service_ns=SERVICE_NS,
        wsa=WSA,
        wsu=WSU,
        contract=CONTRACT,
        types="".join(schemas().values()),
        messages=messages,
        port_type=port_type,
        operations=operations,
        location=attribute(url),
        address=text(url),
    )
    return written.encode()


def schemas() -> dict[str, str]:
    """Return the XSDs of the contract by namespace: one for the messages, one for each namespace of data."""
    spaces = {data_type.namespace for data_type in TYPES.values()}
    prefixes = {space: f"q{number}" for number, space in enumerate(sorted(spaces), 1)}
    written = {
        space: _schema(
            space, prefixes, "".join(_complex(each, prefixes) for each in TYPES.values() if each.namespace == space)
        )
        for space in sorted(spaces)
    }
    elements = "".join(
        f'<xs:element name="{operation.name}"><xs:complexType><xs:sequence>'
        f"{''.join(_element(parameter, prefixes) for parameter in operation.parameters)}"
        "</xs:sequence></xs:complexType></xs:element>"
        f'<xs:element name="{operation.name}Response"><xs:complexType><xs:sequence>'
        f"{_element(Member(f'{operation.name}Result', operation.result), prefixes)}"
        "</xs:sequence></xs:complexType></xs:element>"
        for operation in OPERATIONS.values()
    )
    return written | {SERVICE_NS: _schema(SERVICE_NS, prefixes, elements)}


def _schema(space: str, prefixes: dict[str, str], content: str) -> str:
    declared = "".join(f' xmlns:{prefix}="{uri}"' for uri, prefix in prefixes.items())
    imports = "".join(f'<xs:import namespace="{other}"/>' for other in prefixes if other != space)
    return (
        f'<xs:schema xmlns:xs="{_XS}"{declared} targetNamespace="{space}" elementFormDefault="qualified">'
        f"{imports}{content}</xs:schema>"
    )


def _complex(data_type: DataType, prefixes: dict[str, str]) -> str:
    members = "".join(_element(member, prefixes) for member in data_type.members)
    return (
        f'<xs:complexType name="{data_type.name}"><xs:sequence>{members}</xs:sequence></xs:complexType>'
        f'<xs:element name="{data_type.name}" nillable="true" type="{prefixes[data_type.namespace]}:{data_type.name}"/>'
    )


def _element(member: Member, prefixes: dict[str, str]) -> str:
    simple = member.type in SIMPLE
    name = f"xs:{member.type}" if simple else f"{prefixes[TYPES[member.type].namespace]}:{member.type}"
    many = ' maxOccurs="unbounded"' if member.many else ""
    nillable = "" if member.type in NEVER_NIL else ' nillable="true"'
    return f'<xs:element minOccurs="0"{many} name="{member.name}"{nillable} type="{name}"/>'
