"""A refusal crosses from one process to another, also as Dask sends it: with what was being handled."""

from __future__ import annotations

import copyreg
import pickle

import pytest

from dian_fe import read
from dian_fe.errors import DianFeError, InvalidInput, MalformedXml


def test_what_lxml_refused_can_be_sent_by_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    support = pytest.importorskip("tblib.pickling_support")
    with pytest.raises(MalformedXml) as caught:
        read(b"<a>")
    monkeypatch.setitem(copyreg.dispatch_table, MalformedXml, lambda error: error.__reduce__())  # restored afterwards
    support.install(caught.value)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again), again.__context__) == (MalformedXml, str(caught.value), None)


def _refused(*, hidden: bool) -> None:
    try:
        raise KeyError("x")
    except KeyError:
        refusal = InvalidInput("No sirve.")
        if hidden:
            raise refusal from None
        raise refusal  # noqa: B904


@pytest.mark.parametrize("hidden", [False, True])
def test_what_was_being_handled_is_kept_unless_hidden(*, hidden: bool) -> None:
    with pytest.raises(DianFeError) as caught:
        _refused(hidden=hidden)
    assert isinstance(caught.value.__context__, type(None) if hidden else KeyError)
