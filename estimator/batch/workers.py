"""Workers: local processes, or a Dask cluster, that parts of a batch are handed to."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from multiprocessing import get_context, parent_process
from types import MappingProxyType
from typing import Any

from estimator.values.errors import fail

ALONE = MappingProxyType({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"})
"""What keeps a process to one thread: there are as many processes as are wanted, and threads would fight."""
PATIENCE = "10s"
"""How long a cluster may take to answer."""
ADDRESS = re.compile(r"[a-z]+://[^/\s]+:[0-9]{1,5}")
"""The form of a scheduler's address."""


@contextmanager
def executor_of(jobs: int, scheduler: str | None) -> Iterator[tuple[Executor, int]]:
    """Where parts are worked, and how many at once."""
    if scheduler is not None:
        with _cluster(scheduler) as cluster:
            yield cluster
        return
    before = dict(os.environ)
    os.environ.update(ALONE)
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin)
    try:
        yield pool, jobs
    except BrokenExecutor:
        raise fail("worker_lost", "--jobs") from None
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    finally:
        for name in ALONE:
            os.environ.pop(name)
            if name in before:
                os.environ[name] = before[name]
    pool.shutdown()


@contextmanager
def _cluster(address: str) -> Iterator[tuple[Executor, int]]:
    if find_spec("distributed") is None:
        raise fail("no_cluster", "--scheduler")
    if not ADDRESS.fullmatch(address):
        raise fail("cluster_silent", "--scheduler", found=address)
    from distributed import Client

    connect: Any = Client

    try:
        client = connect(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError):
        raise fail("cluster_silent", "--scheduler", found=address) from None
    with client:
        threads = sum(client.nthreads().values())
        yield client.get_executor(pure=False), max(threads, 1)


def _begin() -> None:
    """A worker leaves interrupts to its parent, and ends when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
