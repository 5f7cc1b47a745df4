"""Matrix products, tanh and exp: NumPy's, or compiled ones where those take long.

In a browser NumPy has neither BLAS nor vector instructions: a network's products take
25 times as long as here. So the site for browsers (`setup/lite`) brings along a package
`robustkit_fast` that holds `setup/lite/fast.c`, compiled. Without it, or where it does
not load, all is NumPy's.
"""

from __future__ import annotations

import ctypes
import importlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .alone import BROWSER

Array = NDArray[Any]
PACKAGE, LIBRARY = "robustkit_fast", "fast.wasm"


class Compiled:
    """What a library made from `fast.c` works out; what it cannot, NumPy does.

    Raises OSError for what is no library that loads.
    """

    def __init__(self, library: Path) -> None:
        held = ctypes.CDLL(str(library))
        kinds = ("float32", held.product_f), ("float64", held.product_d)
        self._products = {np.dtype(kind): function for kind, function in kinds}
        for _, product in kinds:
            product.argtypes = [ctypes.c_void_p] * 3 + [ctypes.c_int] * 3
        self._tanh, self._exp = held.tanh_f, held.exp_f
        for function in (self._tanh, self._exp):
            function.argtypes = [ctypes.c_void_p] * 2 + [ctypes.c_int]

    def matmul(self, a: Array, b: Array, out: Array | None = None) -> Array:
        """Return the product [n, m] of two matrices [n, k] and [k, m]."""
        product = self._products.get(a.dtype)
        if product is None or a.ndim != 2 or b.ndim != 2 or a.dtype != b.dtype:
            return np.matmul(a, b, out=out)
        if out is None and _turned(a) and _turned(b):  # nothing to copy but the result
            return np.ascontiguousarray(self.matmul(b.T, a.T).T)
        shape = len(a), b.shape[1]
        given = np.empty(shape, a.dtype) if out is None else out
        rows, columns = np.ascontiguousarray(a), np.ascontiguousarray(b)
        fits = a.shape[1] == len(b) and max(a.size, b.size) < 2**31
        if not fits or not _plain(given, shape, a.dtype):
            return np.matmul(a, b, out=out)
        product(_at(rows), _at(columns), _at(given), len(a), len(b), shape[1])
        return given

    def tanh(self, x: Array, out: Array) -> Array:
        """Put tanh of x into `out`, to 2e-7, and return it."""
        return self._each(self._tanh, np.tanh, x, out)

    def exp(self, x: Array, out: Array) -> Array:
        """Put exp of x into `out`, to 2e-7 of it, and return it."""
        return self._each(self._exp, np.exp, x, out)

    def _each(self, ours: Any, numpys: np.ufunc, x: Array, out: Array) -> Array:
        single = np.dtype("float32")
        if not (_plain(x, out.shape, single) and _plain(out, x.shape, single)):
            return numpys(x, out=out)
        ours(_at(x), _at(out), x.size)
        return out


def _turned(matrix: Array) -> bool:
    return matrix.flags.f_contiguous and not matrix.flags.c_contiguous


def _plain(array: Array, shape: tuple[int, ...], dtype: np.dtype[Any]) -> bool:
    """Return whether an array is of this form, row by row, as C counts numbers."""
    of_form = array.shape == shape and array.dtype == dtype
    return of_form and array.flags.c_contiguous and array.size < 2**31


def _at(array: Array) -> int:
    address: int = array.__array_interface__["data"][0]  # .ctypes takes 5 times as long
    return address


def compiled() -> Compiled | None:
    """Return what this Python has of it; None outside of browsers."""
    if BROWSER:
        with suppress(ImportError, OSError, AttributeError):
            package = importlib.import_module(PACKAGE)
            return Compiled(Path(str(package.__file__)).with_name(LIBRARY))
    return None


COMPILED = compiled()
matmul: Callable[..., Array] = COMPILED.matmul if COMPILED else np.matmul
tanh: Callable[..., Array] = COMPILED.tanh if COMPILED else np.tanh
exp: Callable[..., Array] = COMPILED.exp if COMPILED else np.exp
