"""What stands for NumPy's products, tanh and exp in a browser, compiled for here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import robustkit
from robustkit import arithmetic

SOURCE = Path(robustkit.__file__).with_name("setup") / "lite" / "fast.c"
pytestmark = pytest.mark.together  # a compiler is a process


@pytest.fixture(scope="module")
def fast(tmp_path_factory):
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler: on Debian and Ubuntu, apt install gcc")
    made = tmp_path_factory.mktemp("fast") / arithmetic.LIBRARY
    flags = "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"
    subprocess.run([compiler, *flags, "-o", str(made), str(SOURCE)], check=True)
    return arithmetic.Compiled(made)


def laid(matrix, order):
    """Return the same numbers, laid in memory by rows, by columns, or with gaps."""
    if order == "gaps":
        return np.repeat(matrix, 2, axis=1)[:, ::2]
    return np.array(matrix, order=order)


SIZES = st.integers(0, 40)
ORDERS = st.sampled_from(["C", "F", "gaps"])


@given(
    st.tuples(SIZES, SIZES, SIZES),
    st.tuples(ORDERS, ORDERS),
    st.sampled_from(["float32", "float64"]),
    st.sampled_from([None, "C", "F"]),
    st.integers(0, 99),
)
def test_a_product_is_numpys_however_it_lies_in_memory(
    fast, sizes, orders, kind, order, seed
):
    n, k, m = sizes
    rng = np.random.default_rng(seed)
    a = laid(rng.standard_normal((n, k)).astype(kind), orders[0])
    b = laid(rng.standard_normal((k, m)).astype(kind), orders[1])
    out = None if order is None else np.full((n, m), np.nan, kind, order=order)
    found = fast.matmul(a, b, out=out)
    assert found is out or out is None
    assert (found.dtype, found.shape) == (np.dtype(kind), (n, m))
    assert found.flags.c_contiguous or out is not None
    exact = a.astype(float) @ b.astype(float)
    size = np.abs(a.astype(float)) @ np.abs(b.astype(float))
    assert (np.abs(found - exact) <= 50 * np.finfo(kind).eps * size).all()


def test_what_it_cannot_is_left_to_numpy(fast):
    whole, three = np.arange(6).reshape(2, 3), np.ones((4, 2, 3), "f")
    assert (fast.matmul(whole, whole.T) == whole @ whole.T).all()
    assert fast.matmul(three, three.swapaxes(1, 2)).shape == (4, 2, 2)
    mixed = fast.matmul(np.ones((2, 3), "f"), np.ones((3, 2)))
    assert mixed.dtype == float
    with pytest.raises(ValueError, match="mismatch"):
        fast.matmul(np.ones((2, 3)), np.ones((2, 3)))
    into = np.zeros((2, 2))
    assert fast.matmul(np.ones((2, 3), "f"), np.ones((3, 2), "f"), out=into) is into
    assert (into == 3).all()


def with_ends(low, high):
    ends = [0, -0.0, 1e-30, 9.4999, 9.5, 9.5001, 87.2, 87.4, 88.7, 88.8, 3e38]
    ends = [*ends, *np.negative(ends), np.inf, -np.inf, np.nan]
    return np.concatenate([np.linspace(low, high, 200_001), ends]).astype("f")


def test_tanh_is_within_its_word_from_end_to_end(fast):
    x = with_ends(-12, 12)
    found = fast.tanh(x, out=np.empty_like(x))
    there = ~np.isnan(x)
    assert np.isnan(found[~there]).all()
    assert np.abs(found - np.tanh(x.astype(float)))[there].max() <= 2e-7
    assert (np.signbit(found) == np.signbit(x))[there].all()
    assert np.abs(found[there]).max() <= 1


def test_exp_is_within_its_word_from_end_to_end(fast):
    x = with_ends(-90, 90)
    found = fast.exp(x, out=np.empty_like(x))
    assert np.isnan(found[np.isnan(x)]).all()
    assert (found[x < -87.34] == 0).all()
    assert (found[x > 88.73] == np.inf).all()
    inside = np.abs(x) <= 87
    exact = np.exp(x[inside].astype(float))
    assert (np.abs(found[inside] - exact) <= 2e-7 * exact).all()


@pytest.mark.parametrize("name", ["tanh", "exp"])
def test_what_does_not_lie_plainly_is_numpys(fast, name):
    ours, numpys = getattr(fast, name), getattr(np, name)
    x = np.linspace(-2, 2, 20)
    single = x.astype("f")
    for given_x in (x, single[::2], single.reshape(4, 5).T):
        out = np.empty(given_x.shape, given_x.dtype)
        assert ours(given_x, out=out) is out
        assert (out == numpys(given_x)).all()


def test_here_all_is_numpys():
    assert arithmetic.COMPILED is None
    ours = arithmetic.matmul, arithmetic.tanh, arithmetic.exp
    assert ours == (np.matmul, np.tanh, np.exp)


def test_where_the_library_does_not_load_all_is_numpys(tmp_path, monkeypatch):
    monkeypatch.setattr(arithmetic, "BROWSER", True)
    assert arithmetic.compiled() is None  # there is no package
    package = tmp_path / arithmetic.PACKAGE
    package.mkdir()
    (package / "__init__.py").touch()
    (package / arithmetic.LIBRARY).write_bytes(b"\0asm of another time")
    monkeypatch.syspath_prepend(tmp_path)
    assert arithmetic.compiled() is None
