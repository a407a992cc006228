"""The points: fixed, named, even, and the same in every process."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from sampled import first
from scipy.stats import norm, qmc

from estimator.market import points
from estimator.market.points import Origin, Points
from estimator.market.register import BY_STORE, SHARED, register
from estimator.values.errors import QuotecastError

POINTS = Points(number=256, scrambles=4)
PRINT = """
import hashlib
from estimator.market.points import Points
points = Points(number=256, scrambles=4)
names = [("market", None, None), ("orders", 3, 11), ("shock_cpc", None, 5)]
columns = [points.normal(n, store=s, month=m) for n, s, m in names]
print(hashlib.sha256(b"".join(column.tobytes() for column in columns)).hexdigest())
"""


@pytest.mark.journey
def test_two_processes_draw_the_same_bytes() -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-c", PRINT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1] != ""


def test_a_column_does_not_depend_on_what_else_is_asked() -> None:
    alone = Points(number=256, scrambles=4, seed=7).normal("orders", store=2, month=4).copy()
    other = Points(number=256, scrambles=4, seed=7)
    for name in reversed(SHARED):
        other.normal(name)
    assert (other.normal("orders", store=2, month=4) == alone).all()


def test_every_dimension_has_its_own_place() -> None:
    places = register()
    assert sorted(places.values()) == list(range(len(places)))
    assert len(places) < 21_201, "Sobol direction numbers end there"


def test_what_matters_most_comes_first() -> None:
    places = register()
    assert places["market", None, None] == 0
    assert max(places[name, 0, None] for name in BY_STORE[:5]) < 20
    assert places["orders", 0, 0] < places["orders", 0, 6] < places["orders", 3, 6]


@pytest.mark.parametrize("name", ["market", "stock_lead"])
def test_each_scramble_is_evenly_spread(name: str) -> None:
    uniforms = POINTS.uniform(name).reshape(POINTS.scrambles, -1)
    for block in uniforms:
        counts = np.histogram(block, bins=POINTS.number, range=(0, 1))[0]
        assert (counts == 1).all()


def test_leading_dimensions_are_a_sobol_net() -> None:
    """Discrepancy of the first dimensions is far below that of random points, in each scramble."""
    names = ("market", "order_value", "stage_roas_effect", "service_cvr_effect")
    uniforms = np.stack([POINTS.uniform(name) for name in names], axis=1).reshape(4, 256, 4)
    random = np.random.default_rng(3).random((256, 4))
    for block in uniforms:
        assert qmc.discrepancy(block) < 0.3 * qmc.discrepancy(random)


def test_no_two_dimensions_run_in_step() -> None:
    points = Points(number=512)
    asked = [("market", None, None), ("landed_cost", None, None)]
    asked += [(name, store, None) for name in BY_STORE for store in (0, 4, 11)]
    asked += [("orders", store, month) for store in (0, 1, 4, 11) for month in (0, 5, 11, 35)]
    columns = np.stack([points.normal(n, store=s, month=m) for n, s, m in asked])
    apart = np.corrcoef(columns) - np.eye(len(columns))
    assert np.abs(apart).max() < 0.08


def test_scrambles_are_independent() -> None:
    blocks = Points(number=256, scrambles=8).normal("market").reshape(8, -1)
    assert len({block.tobytes() for block in blocks}) == 8
    assert (blocks[:4] == Points(number=256, scrambles=4).normal("market").reshape(4, -1)).all()


def test_normals_are_normal_and_finite() -> None:
    column = Points(number=2048).normal("market")
    assert np.isfinite(column).all()
    assert np.quantile(column, (0.05, 0.5, 0.95)) == pytest.approx(norm.ppf((0.05, 0.5, 0.95)), abs=0.01)


def test_points_are_read_only_and_kept() -> None:
    column = POINTS.normal("market")
    assert column is POINTS.normal("market")
    with pytest.raises(ValueError, match="read-only"):
        column[0] = 0.0


def test_an_unknown_name_or_number_is_refused() -> None:
    for bad in (lambda: POINTS.normal("luck"), lambda: POINTS.normal("market", store=0)):
        with pytest.raises(QuotecastError) as error:
            bad()
        assert error.value.faults[0].code == "unknown_reference"
    with pytest.raises(QuotecastError):
        Points(number=1000)


def test_the_origin_is_the_middle_of_everything() -> None:
    assert Origin().normal("orders", store=1, month=2).tolist() == [0.0]
    assert Origin().uniform("interruption_start", store=0).tolist() == [0.5]


def test_another_seed_draws_other_points() -> None:
    digests = {
        hashlib.sha256(Points(number=256, scrambles=2, seed=seed).normal("market").tobytes()).hexdigest()
        for seed in (1, 2, 3)
    }
    assert len(digests) == 3


def test_the_direction_numbers_kept_are_the_librarys() -> None:
    """Of every dimension, read off its public interface; the first powers stand for all."""
    engine = qmc.Sobol(len(register()), scramble=False, bits=points.BITS)
    for power in range(5):
        engine.reset()
        engine.fast_forward(2 ** (power + 1) - 1)
        theirs = (engine.random(1)[0] * 2**points.BITS).astype(np.uint32)
        assert (theirs == points._directions()[:, power]).all()


@pytest.mark.parametrize("command", first(["quote", "promise"], 1))
def test_a_quote_waits_for_no_statistics_library(command: str) -> None:
    """It takes longer to load than a quote to make."""
    code = (
        "import sys; from estimator.cli import main; "
        f"main(['{command}', 'examples/briefs/seed_beauty.toml']); sys.exit('scipy.stats' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
