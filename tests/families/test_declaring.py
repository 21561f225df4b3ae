"""Declaring a family: clashes and missing facets are told, and threads see each other's."""

from __future__ import annotations

import copy
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from dian_fe.families import registry
from dian_fe.families.registry import declared, find, kind, kinds, kinds_of_root, model_kind
from dian_fe.families.spec import DocumentKind, Family
from dian_fe.rules import book, explain
from dian_fe.rules.registry import register, registered
from tests.families.shapes import payroll


def other(family: Family, **changes: object) -> Family:
    return Family(
        **{name: getattr(family, name) for name in ("title", "norm", "package")}
        | {"name": "others", "kinds": ()}
        | changes
    )


@pytest.fixture
def _clean() -> Iterator[None]:
    before = registry.families()
    yield
    assert registry.families() == before


@pytest.mark.usefixtures("_clean")
def test_two_kinds_of_one_name_are_refused() -> None:
    (pay,) = payroll.FAMILY.kinds
    taken = replace(pay, name="invoice")
    with (
        pytest.raises(ValueError, match=r"called invoice: sales, others"),
        declared(other(payroll.FAMILY, kinds=(taken,))),
    ):
        pass
    assert kind("invoice").family.name == "sales"


@pytest.mark.usefixtures("_clean")
def test_two_families_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="families are called sales"), declared(other(payroll.FAMILY, name="sales")):
        pass
    with declared(payroll.FAMILY), pytest.raises(ValueError, match="pays"), declared(payroll.FAMILY):
        pass


@pytest.mark.parametrize("spelling", [r"F[AB][A-Z]\d\d", "DC02", "FAD06"])
def test_codes_of_two_books_are_refused(spelling: str) -> None:
    clashing = other(payroll.FAMILY, rules=f"{__name__}:CLASHING")
    global CLASHING
    CLASHING = book.RuleBook(__name__, Path(), {spelling: ("pay",)}, (), "")
    code = "DC02" if spelling == "DC02" else "FAD06"
    with declared(clashing), pytest.raises(ValueError, match=f"{code} belong to several rule books.*test_declaring"):
        book.kinds_of(code)


CLASHING: book.RuleBook


def test_a_rule_registered_twice_names_both_places() -> None:
    with declared(payroll.FAMILY):
        explain("PGO001")
        with pytest.raises(ValueError, match=r"PGO001 is registered twice: .*payroll_rules, .*test_declaring"):
            register("PGO001", lambda context: iter(()))


def test_advice_is_shared_by_families_but_not_rewritten() -> None:
    with declared(payroll.FAMILY):
        known = registered()["due_before_issue"]
        assert {"invoice", "support_document"} <= {*known.kinds}
        with pytest.raises(ValueError, match="due_before_issue is registered twice"):
            register("due_before_issue", lambda context: iter(()), kinds=("pay",))
        with pytest.raises(ValueError, match="due_before_issue is registered twice"):
            register("due_before_issue", known.function, kinds=("invoice",))


@pytest.mark.parametrize(
    ("facet", "told"),
    [
        ("nowhere.at.all:BOOK", "there is no module nowhere.at.all"),
        (f"{payroll.__name__}:NOTHING", "has no NOTHING"),
        (f"{payroll.__name__}", "module:NAME"),
    ],
)
def test_a_facet_that_is_not_there_is_named(facet: str, told: str) -> None:
    lacking = other(payroll.FAMILY, presentation=facet)
    with pytest.raises(ValueError, match=re.escape(told)):
        lacking.load(lacking.presentation)


def test_an_error_inside_a_facet_is_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_family.py").write_text("import not_installed_at_all\n")
    monkeypatch.syspath_prepend(tmp_path)
    lacking = other(payroll.FAMILY, presentation="broken_family:PAPER")
    with pytest.raises(ModuleNotFoundError, match="not_installed_at_all"):
        lacking.load(lacking.presentation)


def test_kinds_go_back_to_the_family_declared() -> None:
    copy = replace(payroll.FAMILY, name="copied")
    assert payroll.FAMILY.kinds[0].family is copy
    with declared(payroll.FAMILY):
        assert kind("pay").family is payroll.FAMILY


def test_threads_declare_at_once() -> None:
    def once(number: int) -> bool:
        name = f"kind_{number}"
        made = DocumentKind(name, f"{payroll.__name__}:Pay", f"{payroll.__name__}:PAY", name, root_element=name)
        with declared(other(payroll.FAMILY, name=name, kinds=(made,))):
            seen = find(name) is made and kinds_of_root(name) == (made,) and kinds_of_root("Invoice") != ()
        return seen and find(name) is None and kinds_of_root(name) == ()

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(once, range(200)))
    assert model_kind(payroll.Pay) is None


def test_a_family_of_a_lone_script_is_found(tmp_path: Path) -> None:
    """Its facets name ``__main__``, which is in no package."""
    script = tmp_path / "lone.py"
    text = Path(payroll.__file__).read_text(encoding="utf-8").replace('f"{__name__}_rules"', '"lone_rules"')
    script.write_text(
        f"{text}\n"
        "if __name__ == '__main__':\n"
        "    from dian_fe import check, read\n"
        "    from dian_fe.families.registry import declared\n"
        "    from dian_fe.testing import Simulator\n"
        "    with declared(FAMILY):\n"
        "        signed, issuer = SAMPLES.issued(Simulator(), 'pay', 1)\n"
        "        print(read(signed.xml).kind.label, [f.code for f in check(signed.document.replace(total='1'))])\n"
    )
    home = Path(payroll.__file__).parent
    (tmp_path / "lone_rules.py").write_text((home / "payroll_rules.py").read_text(encoding="utf-8"))
    (tmp_path / "data").symlink_to(home / "data")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert done.stdout == "Pago de ejemplo ['PGO001']\n", done.stderr


@pytest.mark.parametrize("known", [*kinds()], ids=lambda each: each.name)
def test_a_kind_is_itself_in_another_process(known: DocumentKind) -> None:
    assert pickle.loads(pickle.dumps(known)) is known
    assert copy.deepcopy([known]) == [known]
