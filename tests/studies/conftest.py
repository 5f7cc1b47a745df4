"""What a small study finds, carried out without a break."""

from __future__ import annotations

import pytest
from small_study import PLAN, saved, slow_plan

from robustkit.studies.plan import read
from robustkit.studies.run import run


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """Return the results of PLAN, carried out in this process without a break."""
    return run(PLAN, tmp_path_factory.mktemp("whole") / "store", jobs=1)


@pytest.fixture(scope="session")
def unbroken(tmp_path_factory):
    """Return the bytes of the slow plan's results without any interruption."""
    folder = tmp_path_factory.mktemp("unbroken")
    results = run(read(slow_plan(folder)), folder / "store", jobs=2)
    return saved(results, folder)


@pytest.fixture
def cluster(request, tmp_path):
    """Yield a Dask cluster of as many processes as a file says, of one thread each."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=request.module.WORKERS,
        threads_per_worker=1,
        dashboard_address=None,
        local_directory=tmp_path,
    ) as cluster:
        yield cluster
