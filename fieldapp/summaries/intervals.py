"""Exact intervals of shares and rates. Pure."""

ALPHA = 0.05


def clopper_pearson(hits: int, trials: int) -> tuple[float, float] | None:
    """Return the exact 95 % interval of a share, None without trials.

    Source: Clopper and Pearson, Biometrika 26 (1934), by quantiles of the beta distribution.
    """
    from scipy.special import betaincinv  # noqa: PLC0415 - scipy is slow to load, and most requests need none

    if trials == 0:
        return None
    low = betaincinv(hits, trials - hits + 1, ALPHA / 2) if hits else 0.0
    high = betaincinv(hits + 1, trials - hits, 1 - ALPHA / 2) if hits < trials else 1.0
    return float(low), float(high)


def poisson_rate(events: int, exposure: int) -> tuple[float, float] | None:
    """Return the exact 95 % interval of events per unit of exposure, None without exposure.

    Source: Garwood, Biometrika 28 (1936), by quantiles of the gamma distribution.
    """
    from scipy.special import gammaincinv  # noqa: PLC0415 - as above

    if exposure == 0:
        return None
    low = gammaincinv(events, ALPHA / 2) if events else 0.0
    return float(low) / exposure, float(gammaincinv(events + 1, 1 - ALPHA / 2)) / exposure
