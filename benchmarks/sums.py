"""Sums of a Poisson number of lognormal claims, as the reference workload's creators sell."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FINE, FINEST, COARSER = 128, 16, 4
"""Cells of a lattice for each claim expected, at least as many times as many; cells of the finest in a claim
two standard deviations below the median; how much coarser the next one is.
"""
DAMPING = 16.0
"""The log of what is left of a sum that wraps once around its lattice."""


def lognormal_sums(log_sd: float, rates: Floats, z: Floats) -> Floats:
    """What Poisson numbers of claims with means ``rates`` add up to, at normals ``z``: rates x normals.

    Claims are lognormal of ``log_sd``, in units of their median. Sums up to each of several reaches are
    found on a lattice of their own, so that a small sum is as exact as a large one; what is larger does not
    enter. Claims keep their mean between lattice points (local moment matching, Gerber 1982), and sums
    beyond a lattice are damped before they wrap around it (Gruebel and Hermesmeier 1999). The largest sums
    read are those within 5.2 standard deviations of a single claim.

    >>> lognormal_sums(0.01, np.array([0.0, 100.0]), np.array([-2.0, 0.0])).round(0)
    array([[  0.,   0.],
           [ 81., 100.]])
    """
    from scipy.special import ndtr

    sd, most = max(log_sd, 1e-6), float(np.max(rates, initial=0.0))
    mean, square = math.exp(sd * sd / 2), math.exp(2 * sd * sd)
    reach = most * mean + 8.0 * math.sqrt(most * square) + math.exp(5.2 * sd)
    cells = 2 ** math.ceil(math.log2(FINE * max(most, FINE)))
    damped = np.exp(-np.arange(cells) * (DAMPING / cells))
    places, spectra, further = [np.zeros(1)], [], []
    step = math.exp(-2.0 * sd) / FINEST
    while places[-1][-1] < reach:
        edges = np.arange(cells + 1) * step
        logs = np.log(np.maximum(edges, 1e-300)) / sd
        limited = mean * ndtr(logs - sd) + edges * ndtr(-logs)
        mass = np.empty(cells)
        mass[0] = 1.0 - limited[1] / step
        mass[1:] = (2.0 * limited[1:-1] - limited[:-2] - limited[2:]) / step
        spectra.append(np.fft.rfft(mass * damped) - 1.0)
        middles = edges[: cells // 2] + step / 2
        further.append(slice(int(np.searchsorted(middles, places[-1][-1], side="right")), cells // 2))
        places.append(middles[further[-1]])
        step *= COARSER
    at, chances = np.concatenate(places), ndtr(z)
    found = np.empty((len(rates), len(z)))
    for row, rate in zip(found, rates):
        sums = (np.fft.irfft(np.exp(rate * spectrum), cells) / damped for spectrum in spectra)
        below = [np.cumsum(each)[part] for each, part in zip(sums, further)]
        known = np.concatenate([[math.exp(-rate)], *below])
        row[:] = np.interp(chances, np.maximum.accumulate(np.clip(known, 0.0, 1.0)), at, left=0.0)
    return found
