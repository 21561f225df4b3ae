"""The published test vectors of CUFE, CUDE and SoftwareSecurityCode, and what is known about each."""

from __future__ import annotations

from typing import NamedTuple


class KeyVector(NamedTuple):
    """The fields of a CUFE or CUDE, as published, and the hash that they give."""

    source: str
    number: str
    date: str
    time: str
    line_extension: str
    iva: str
    inc: str
    ica: str
    payable: str
    supplier: str
    customer: str
    secret: str
    environment: str
    key: str


ANNEX_CUFE = KeyVector(
    "annex FE 1.9, section 11.2, CUFE", "323200000129", "2019-01-16", "10:53:10-05:00",
    "1500000.00", "285000.00", "0.00", "0.00", "1785000.00",
    "700085371", "800199436", "693ff6f2a553c3646a063436fd4dd9ded0311471", "1",
    "8bb918b19ba22a694f1da11c643b5e9de39adf60311cf179179e9b33381030bcd4c3c3f156c506ed5908f9276f5bd9b4",
)  # fmt: skip
ANNEX_CUFE_WITH_ICA = KeyVector(
    "annex FE 1.9, section 11.2, second CUFE (the split of its tail is inferred)", "8110007871", "2019-02-20",
    "16:46:55-05:00", "235.28", "19.00", "0.00", "8.28", "262.56", "900373076", "8355990", "12345", "2",
    "955327eb55f8bdf16d069358a063d87e1577a292cb088ec186ed60bbc38e750b7b3980659b278ead789b95f9c51a9ef7",
)  # fmt: skip
ANNEX_CUDE_CREDIT_NOTE = KeyVector(
    "annex FE 1.9, section 11.4, CUDE of a credit note", "8110007871", "2019-01-12", "07:00:00-05:00",
    "5000.00", "950.00", "0.00", "0.00", "5950.00", "900373076", "8355990", "12301", "1",
    "907e4444decc9e59c160a2fb3b6659b33dc5b632a5008922b9a62f83f757b1c448e47f5867f2b50dbdb96f48c7681168",
)  # fmt: skip
ANNEX_CUDE_DEBIT_NOTE = KeyVector(
    "annex FE 1.9, section 11.4.5, CUDE of a debit note: its fields, with the hash that they really give", "ND1001",
    "2019-01-18", "10:58:00-05:00", "30000.00", "0.00", "2400.00", "0.00", "32400.00", "900197264", "10254102", "10201",
    "2", "3fa73a86d57d9341c536afde1f85c4efd9d4591c2c22bce4dfb0e6b0d2e83b8f047a8bde7098292e9d2493e60d1c31da",
)  # fmt: skip
MISPRINTED_DEBIT_NOTE = (
    "b9483dc2a17167feedf37b6bd67c4204e7b601933e0e389cffbd545e4d0ec370b403cbb41ff656776cb6cb5d8348ecd4"
)
"""What the annex prints for the debit note: a misprint, no composition gives it."""

EQUIVALENT_CUDE = KeyVector(
    "public vector of an equivalent document", "0000000001", "2020-10-24", "14:04:35-05:00",
    "15000.00", "0.00", "0.00", "0.00", "17000.00", "900373076", "8355990", "12345", "1",
    "92c29e6b17a584f7a67ea53e5666980bde27bc1c2b2aefbc8ba42366ff11a246982ad27075e623429efd5ed1fbcbb57b",
)  # fmt: skip
POS_CUDE = KeyVector(
    "DIAN toolbox, POS sample: INC Bolsas is in the total but not in the composition", "EPOS002", "2022-09-07",
    "16:31:02-05:00", "100100.00", "19000.00", "0.00", "0.00", "119150.00", "2022516216", "222222222222", "12345", "2",
    "63586429c4577b7461150bdc28ed35cbee4edb3fe8872d4ef55d74f7b7a9ecd062419600290208fc869ca94c47e895ca",
)  # fmt: skip
POS_NOTE_CUDE = KeyVector(
    "DIAN toolbox, POS sample that an adjustment note refers to", "EPOS001", "2024-03-01", "16:40:02-05:00",
    "100100.00", "19000.00", "0.00", "0.00", "119150.00", "2024022902", "222222222222", "12345", "2",
    "ae964d2796d112b6c431f46f2245dc84c6b707f7961189f3d5be299bdb0370b43662c9930d2d095e50bec7d34a90ce73",
)  # fmt: skip
KEY_VECTORS = (
    ANNEX_CUFE, ANNEX_CUFE_WITH_ICA, ANNEX_CUDE_CREDIT_NOTE, ANNEX_CUDE_DEBIT_NOTE, EQUIVALENT_CUDE, POS_CUDE,
    POS_NOTE_CUDE,
)  # fmt: skip


class EventVector(NamedTuple):
    """The fields of an event's CUDE and the hash that they give."""

    source: str
    number: str
    date: str
    time: str
    sender: str
    receiver: str
    code: str
    reference: str
    reference_type: str
    pin: str
    key: str


EVENT_VECTORS = (
    EventVector(
        "annex RADIAN 1.1, section 12.1.1.1", "1", "2019-04-30", "19:48:50-05:00", "99998888", "800197268", "030",
        "FE123", "01", "11111",
        "0d91ba25b01f5e7dbda870a11b274501d3a62a73e91932c473c86c93f12a142a2ac45876efcde3e679024a01c0be41f9",
    ),
    EventVector(
        "DIAN toolbox, sample 030: the composition in its note (the sample's own UUID is another)", "ACR0021",
        "2020-12-12", "18:30:37-05:00", "900373979", "900373972", "030", "SETG980000358", "01", "20191",
        "db7423c4913452b80b94745ac89ec0e72ee97ff436e9a2e47f6df414c16c599dc7854d210fc5fe23962895eb7b423c1d",
    ),
)  # fmt: skip


class SecurityVector(NamedTuple):
    """A SoftwareSecurityCode."""

    source: str
    software_id: str
    pin: str
    number: str
    code: str


SECURITY_VECTORS = (
    SecurityVector(
        "DIAN toolbox, support document", "963a4c64-d2a8-4edd-ada9-331eb47be323", "12345", "DS236000009",
        "2c2bed0519cf958999123e70026624dfe95f26272cde9b4e89ef9d62a2246bb452790a975b4f90d34f44648e9f446b39",
    ),
    SecurityVector(
        "DIAN toolbox, event 030", "fa326ca7-c1f8-40d3-a6fc-24d7c1040607", "20191", "ACR0021",
        "55dfb0384c1d47d41568fbf9b5a5b92151b13490ea4d6cfc45d6b6b4256b81cd1987b188daa53d5f7211fd758eaa4a14",
    ),
    SecurityVector(
        "DIAN toolbox, POS", "710d99d0-6d49-4e18-bb70-196d1b17785f", "12345", "EPOS002",
        "cfb3e564f5660585cd0ba4f23090242a73d3f4f298110d2eaa3976ce03cba4c6f980f6fa9a41b68a072d8e7decbd53a8",
    ),
    SecurityVector(
        "DIAN toolbox, POS with an adjustment note", "e19ec220-eafb-4d7e-864f-9f7261264bf7", "12345", "EPOS001",
        "6d8657d3ec704ad10dd054a5c77be2d917315698b1a2d97390362cf7af74a644cc83027cec31fe0e33c446bbe10bdf52",
    ),
    SecurityVector(
        "computed by hand from the formula, not published", "00000000-0000-0000-0000-000000000001", "12345",
        "SETP990000001",
        "1a39a1d343eb83307419d3fbc0f917a422c949271ba6442a99cd39e67dd113a43109c44dcf5f83f66fa77788bd0057cd",
    ),
)  # fmt: skip
