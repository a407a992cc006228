"""The reference workload: its known answer, other files of its form, and files that cannot be used."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtr

from benchmarks import peers, table
from benchmarks.reference import Model, Workload, answer, main, read, renamed
from benchmarks.sums import lognormal_sums
from estimator.market.points import Points

ROOT = Path(__file__).parent.parent
FILE = ROOT / "benchmarks" / "reference.toml"
WORKLOADS = Path(__file__).parent / "workloads"
OTHER = WORKLOADS / "two_platforms.toml"
KNOWN = {"roas": 0.43600, "gmv": 0.41352, "joint": 0.37036}
"""Each to 0.00001; handed down with the workload."""
COUNTED = {
    "two_platforms": {"roas": 0.1359789, "gmv": 0.1118956, "joint": 0.1095727},
    "few_large_creators": {"roas": 0.4512303, "gmv": 0.5240108, "joint": 0.3966624},
}
"""python -m benchmarks.plain tests/workloads/NAME.toml 10000000 SEED, with 20261125 and 20261127"""
QUICK = Points(number=128, scrambles=8)


def test_the_known_answer_is_reproduced_within_the_stated_error() -> None:
    for name, found in answer(read(FILE)).items():
        assert abs(found["probability"] - KNOWN[name]) <= found["error"] + 1e-5
        assert found["error"] < 0.001


@pytest.mark.parametrize("workload", COUNTED)
def test_another_workload_agrees_with_ten_million_plain_draws(workload: str) -> None:
    """Three standard errors of the count, besides the stated error."""
    for name, found in answer(read(WORKLOADS / f"{workload}.toml")).items():
        counted = COUNTED[workload][name]
        noise = 3 * (counted * (1 - counted) / 1e7) ** 0.5
        assert abs(found["probability"] - counted) <= found["error"] + noise


def test_the_command_prints_the_three_probabilities() -> None:
    command = [sys.executable, "-m", "benchmarks.reference", str(OTHER)]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert json.loads(printed) == answer(read(OTHER))


def test_the_stated_error_covers_the_known_answer() -> None:
    """100 scrambles: 95 % within three standard deviations; on average at most 1.3 times the true spread."""
    load, exact = read(FILE), np.array([*KNOWN.values()])
    values, errors = [], []
    for seed in range(100):
        found = Model(load, renamed(load, Points(seed=seed, number=128, scrambles=8))).chances()
        three = (*found.goals, found.joint)
        values.append([chance.value for chance in three])
        errors.append([chance.error for chance in three])
    covered = (np.abs(np.array(values) - exact) <= errors).mean(axis=0)
    assert (covered >= 0.95 - 3 * (0.95 * 0.05 / 100) ** 0.5).all()
    assert (np.mean(errors, axis=0) <= 1.3 * 1.96 * np.std(values, axis=0, ddof=1)).all()


def test_a_moved_spend_gives_what_a_file_with_that_spend_gives() -> None:
    """The direction stays that of the first spend, so the two differ within their errors."""
    load = read(FILE)
    spend = (15000, 7000, 5000, 8000)
    moved = Model(load, renamed(load, QUICK)).chances(spend)
    anew = Workload.model_validate({**load.model_dump(), "spend": spend})
    fresh = Model(anew, renamed(anew, QUICK)).chances()
    for one, other in zip((*moved.goals, moved.joint), (*fresh.goals, fresh.joint)):
        assert abs(one.value - other.value) <= one.error + other.error


def test_spend_far_beyond_saturation_buys_nothing_however_steep() -> None:
    """Steepness 80 or 400: under the median saturation all of the spend buys, above it nothing does."""
    steep = [
        Model(load, renamed(load, QUICK)).chances().joint.value
        for hill in (80.0, 400.0)
        for load in [Workload.model_validate({**read(FILE).model_dump(), "hill": (hill,) * 4})]
    ]
    assert steep[0] == pytest.approx(0.7331, abs=0.006) and steep[1] == pytest.approx(steep[0], abs=0.01)


def test_a_small_move_of_spend_moves_the_answer_evenly() -> None:
    """The effect of 2 % more spend varies over scrambles by 0.02 percentage points at most; both goals at
    once hang on which of them binds, by 0.03."""
    load, effects = read(FILE), []
    for seed in range(12):
        model = Model(load, renamed(load, Points(seed=seed, number=256, scrambles=8)))
        more = model.chances([1.02 * spend for spend in load.spend])
        now = model.chances()
        effects.append(
            [b.value - a.value for a, b in zip((*now.goals, now.joint), (*more.goals, more.joint))]
        )
    roas, gmv, both = np.std(effects, axis=0, ddof=1)
    assert max(roas, gmv) <= 0.0002 and both <= 0.0003


@pytest.mark.parametrize("rate", [0.5, 3.0, 12.0, 80.0, 2000.0])
def test_sums_of_claims_have_the_moments_of_the_formula(rate: float) -> None:
    """Even normals: mean and variance rate x E[X], rate x E[X^2]; the variance hangs on the far tail."""
    sd = 0.8
    z = np.linspace(-8, 8, 32001)
    weight = np.exp(-z * z / 2)
    weight /= weight.sum()
    sums = lognormal_sums(sd, np.array([rate]), z)[0]
    mean = (sums * weight).sum()
    assert mean == pytest.approx(rate * np.exp(sd**2 / 2), rel=2e-3)
    spread = ((sums - mean) ** 2 * weight).sum()
    assert spread == pytest.approx(rate * np.exp(2 * sd**2), rel=0.02)


def test_sums_of_claims_agree_with_brute_force() -> None:
    """Quantiles .1, .5, .9, .99 of 4 million sums of Poisson(8) lognormals of sd 1.5, default_rng(7)."""
    z = np.array([-1.2815515655446004, 0.0, 1.2815515655446004, 2.3263478740408408])
    assert lognormal_sums(1.5, np.array([8.0]), z)[0] == pytest.approx(SUMS, rel=5e-3)


SUMS = [5.6563, 17.895, 49.1317, 121.2527]


@pytest.mark.parametrize("rate", [0.5, 1.0, 2.0, 8.0])
def test_small_sums_of_heavy_claims_are_as_exact_as_large_ones(rate: float) -> None:
    """A sum of sd 3 spans ten powers of ten: 400,000 counted ones lie below each quantile as often as it
    says, within four standard errors."""
    rng, draws = np.random.default_rng(11), 400_000
    claims = rng.poisson(rate, draws)
    sizes = np.exp(3.0 * rng.standard_normal(claims.sum()))
    sums = np.bincount(np.repeat(np.arange(draws), claims), sizes, draws)
    z = np.array([-0.2, 0.0, 0.3, 0.7, 1.3, 2.3])
    chance = ndtr(z)
    asked = chance > np.exp(-rate)  # below, nobody sells
    quantiles = lognormal_sums(3.0, np.array([rate]), z)[0]
    below = (sums[:, None] <= quantiles).mean(axis=0)
    assert (np.abs(below - chance) <= 4 * np.sqrt(chance * (1 - chance) / draws))[asked].all()
    assert (quantiles[~asked] == 0).all()


@pytest.mark.parametrize(
    ("line", "replaced", "words"),
    [
        ("hill = ", "hill = [1, 2]", "hill has 2 entries"),
        ("cvr = ", "cvr = [0.04, 5, 0.037, 0.037]", "cvr.1"),
        ("tau_sigma = ", 'tau_sigma = "0.3"', "tau_sigma"),
        ("roas_goal = ", "roas_gaol = 2.5", "roas_gaol"),
        ("roas_goal = ", "", "roas_goal: Field required"),
        ("roas_months = ", "roas_months = 7", "roas_months"),
        ("creators = ", "creators = [[1, 2]]", "creators has a row of 2 months; write the 6 of pacing"),
        ("returns_total = ", "returns_total = 5", "returns_a"),
        ("spend = ", "spend = [0, 0, 0, 0]", "nothing is spent"),
        ("spend = ", "spend = [", "line"),
    ],
)
def test_a_file_that_cannot_be_used_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, replaced: str, words: str
) -> None:
    text = [replaced if own.startswith(line) else own for own in FILE.read_text("utf-8").splitlines()]
    path = tmp_path / "w.toml"
    path.write_text("\n".join(text), "utf-8")
    assert main([str(path)]) == 2
    message = capsys.readouterr().err
    assert message.startswith(str(path)) and words in message


@pytest.mark.parametrize(("language", "name"), [("en", "measured.md"), ("zh", "measured.zh.md")])
def test_the_tables_of_the_documents_are_those_of_the_last_run(language: str, name: str) -> None:
    document = (ROOT / "docs" / name).read_text("utf-8")
    results = json.loads((ROOT / "benchmarks" / "results.json").read_text("utf-8"))
    assert table.block(results, language) in document
    assert table.written(document, results, language) == document
    with pytest.raises(ValueError, match="no place"):
        table.written("nothing here", results, language)


def test_the_other_tools_are_given_the_same_model() -> None:
    """The arithmetic that they share meets both goals in the known shares of plain draws."""
    load, draws = read(FILE), 20_000
    rng = np.random.default_rng(7)
    shapes = {"market": (1,), "month": (6,), "account": (4,), "cell": (4, 6)}

    def normals(name: str) -> peers.Floats:
        return rng.standard_normal((*shapes[name.split("_")[-1]], draws))

    numbers = rng.poisson(np.array(load.creators)[..., None], (2, 6, draws))
    sales = rng.lognormal(load.creator_log_mean, load.creator_log_sd, numbers.sum())
    where = np.repeat(np.arange(numbers.size), numbers.ravel())
    drawn = peers.mixed(load, normals) | {
        "half": np.array(load.half_saturation)[:, None]
        * np.exp(load.half_saturation_sigma * rng.standard_normal((4, draws))),
        "start": rng.beta(*load.ramp_beta, (4, draws)),
        "tau": load.tau_median * np.exp(load.tau_sigma * rng.standard_normal((4, draws))),
        "returned": rng.beta(
            np.array(load.returns_a)[:, None],
            load.returns_total - np.array(load.returns_a)[:, None],
            (4, draws),
        ),
        "creators": np.bincount(where, sales, numbers.size).reshape(numbers.shape),
    }
    roas, gmv = peers.met(load, drawn)
    # 20,000 draws have a standard error of 0.35 points
    assert (roas >= load.roas_goal).mean() == pytest.approx(0.43600, abs=0.0125)
    assert (gmv >= load.gmv_goal).mean() == pytest.approx(0.41352, abs=0.0125)
