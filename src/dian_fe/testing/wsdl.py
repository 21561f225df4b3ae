"""The service's WSDL 1.1, written from the contract's tables."""

from __future__ import annotations

from typing import Final

from ..transport.contract import CONTRACT, NEVER_NIL, OPERATIONS, SERVICE_NS, SIMPLE, TYPES, DataType, Member
from ..transport.wsse import WSA, WSU
from ..ubl.codecs import attribute, text

_XS: Final = "http://www.w3.org/2001/XMLSchema"
_SP: Final = "http://schemas.xmlsoap.org/ws/2005/07/securitypolicy"
_HTTP: Final = "http://schemas.xmlsoap.org/soap/http"
_NAMES: Final = (
    ("wsdl", "http://schemas.xmlsoap.org/wsdl/"),
    ("soap12", "http://schemas.xmlsoap.org/wsdl/soap12/"),
    ("wsp", "http://schemas.xmlsoap.org/ws/2004/09/policy"),
    ("wsaw", "http://www.w3.org/2006/05/addressing/wsdl"),
    ("wsa10", WSA),
    ("wsu", WSU),
    ("xs", _XS),
    ("tns", SERVICE_NS),
)
_BINDING: Final = f"WSHttpBinding_{CONTRACT}"
_SERVICE: Final = "WcfDianCustomerServices"
_POLICY: Final = f"{_BINDING}_policy"
_ALWAYS: Final = f"{_SP}/IncludeToken/AlwaysToRecipient"


def wsdl(url: str) -> bytes:
    """Return the WSDL of a service at ``url`` in one file: types, messages, port type, binding with policy, service."""
    declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in _NAMES)
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
    bound = "".join(
        f'<wsdl:operation name="{operation.name}">'
        f'<soap12:operation soapAction="{operation.action}" style="document"/>'
        '<wsdl:input><soap12:body use="literal"/></wsdl:input><wsdl:output><soap12:body use="literal"/></wsdl:output>'
        "</wsdl:operation>"
        for operation in OPERATIONS.values()
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><wsdl:definitions name="{_SERVICE}" targetNamespace="{SERVICE_NS}"'
        f"{declared}>{_policy()}<wsdl:types>{''.join(schemas().values())}</wsdl:types>{messages}"
        f'<wsdl:portType name="{CONTRACT}">{port_type}</wsdl:portType>'
        f'<wsdl:binding name="{_BINDING}" type="tns:{CONTRACT}"><wsp:PolicyReference URI="#{_POLICY}"/>'
        f'<soap12:binding transport="{_HTTP}" style="document"/>{bound}</wsdl:binding>'
        f'<wsdl:service name="{_SERVICE}"><wsdl:port name="{_BINDING}" binding="tns:{_BINDING}">'
        f'<soap12:address location="{attribute(url)}"/><wsa10:EndpointReference><wsa10:Address>{text(url)}'
        "</wsa10:Address></wsa10:EndpointReference></wsdl:port></wsdl:service></wsdl:definitions>"
    ).encode()


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


def _policy() -> str:
    """Write the binding's policy: TLS, a timestamp, and an endorsing X.509 token that signs ``wsa:To``."""
    algorithms = "<sp:AlgorithmSuite><wsp:Policy><sp:Basic256Sha256Rsa15/></wsp:Policy></sp:AlgorithmSuite>"
    transport = (
        "<sp:TransportBinding><wsp:Policy><sp:TransportToken><wsp:Policy>"
        '<sp:HttpsToken RequireClientCertificate="false"/></wsp:Policy></sp:TransportToken>'
        f"{algorithms}<sp:Layout><wsp:Policy><sp:Strict/></wsp:Policy></sp:Layout><sp:IncludeTimestamp/>"
        "</wsp:Policy></sp:TransportBinding>"
    )
    token = (
        f'<sp:EndorsingSupportingTokens><wsp:Policy><sp:X509Token sp:IncludeToken="{_ALWAYS}"><wsp:Policy>'
        "<sp:RequireThumbprintReference/><sp:WssX509V3Token10/></wsp:Policy></sp:X509Token>"
        f'<sp:SignedParts><sp:Header Name="To" Namespace="{WSA}"/></sp:SignedParts></wsp:Policy>'
        "</sp:EndorsingSupportingTokens>"
    )
    options = (
        "<sp:Wss11><wsp:Policy><sp:MustSupportRefThumbprint/></wsp:Policy></sp:Wss11>"
        "<sp:Trust10><wsp:Policy><sp:MustSupportIssuedTokens/><sp:RequireClientEntropy/><sp:RequireServerEntropy/>"
        "</wsp:Policy></sp:Trust10>"
    )
    return (
        f'<wsp:Policy wsu:Id="{_POLICY}" xmlns:sp="{_SP}"><wsp:ExactlyOne><wsp:All>{transport}{token}{options}'
        "<wsaw:UsingAddressing/></wsp:All></wsp:ExactlyOne></wsp:Policy>"
    )
