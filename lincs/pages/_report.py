"""The page of `lincs report`: how its numbers are called and shown."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from lincs import io
from lincs._numbers import Enclosure
from lincs.bounds import Bound, Range
from lincs.pages._chart import Chart, Line, chart
from lincs.pages._write import rounded_down, rounded_up, write_page
from lincs.report import Report

#: Interferers that are named for each feature, and entries of the witness that are shown.
NAMED, SHOWN = 3, 40

#: Points of the chart of all features.
POINTS = 160


@dataclass(frozen=True)
class Fact:
    """A number of the page: what it is, its value, what kind of truth it is, and a remark."""

    name: str
    value: str
    kind: str
    remark: str = ""


def write_report(path: io.PathLike, found: Report, title: str) -> None:
    """Write the page of a report: one HTML file that needs nothing else and asks the network for nothing.

    Parameters
    ----------
    path : path of the file
    found : Report
        From `lincs.report.report`.
    title : str
        What the pair is called.

    Raises
    ------
    InputError
        If the file cannot be written.

    Notes
    -----
    **Guarantee**: numbers keep their kind: each is shown as exact, an enclosure, a certified bound, a theorem or an
    estimate, and ends that were shortened are rounded outwards. **Cost**: about 60 bytes a feature.
    """
    write_page(
        path,
        "report.html",
        title=title,
        found=found,
        verdict={True: "holds", False: "fails", None: "undecided"}[found.holds],
        witness=_witness(found),
        left_out=max(0, found.k - SHOWN),
        facts=_facts(found),
        profile=_profile(found),
        spread=_spread(found),
        features=_features(found),
    )


def _kind(value: Enclosure) -> str:
    return "exact" if value.is_exact else "enclosure"


def _named(bound: Bound | None) -> str:
    if bound is None:
        return "trivial"
    # long fractions say little here; they are in the JSON
    params = ", ".join(f"{name} = {value}" for name, value in bound.params.items() if len(str(value)) <= 20)
    return f"{bound.theorem} ({params})" if params else bound.theorem


def _range(answer: Range) -> str:
    if answer.upper is None:
        return f"at least {answer.lower}, without a finite bound"
    if isinstance(answer.lower, Fraction):
        return str(Enclosure(answer.lower, Fraction(answer.upper)))
    return f"{answer.lower}" if answer.lower == answer.upper else f"{answer.lower} to {answer.upper}"


def _facts(found: Report) -> list[Fact]:
    d, m, k, eps = found.d, found.m, found.k, found.eps
    longest = len(found.profile)
    more = " (the profile ends there)" if found.largest_k == longest < m else ""
    facts = [
        Fact(f"worst-case error W_{k} of this pair", str(found.worst.error), _kind(found.worst.error)),
        Fact("W_1 of this pair", str(found.profile[0]), _kind(found.profile[0])),
        Fact(
            f"active features that are read to within eps = {eps}",
            f"{found.largest_k}{more}",
            "certified bound",
            "the largest k at which every feature is",
        ),
        Fact(f"features read to within eps at k = {k}", f"{found.accurate_features} of {m}", "certified bound"),
    ]
    best = found.best
    if best is None:
        facts.append(Fact("best probes for this A", "not computed", "", "left out: --best-seconds 0"))
    else:
        least = best.least_error(k)
        looked = "every feature"
        if not best.is_complete:
            looked = f"{best.count} of {m} features, those that are read worst: the time of {best.seconds:g} s was up"
        facts += [
            Fact("kernel ratio gamma of this A", str(best.gamma), _kind(best.gamma), f"by {looked}"),
            Fact(f"W_{k} of the best probes for this A", str(least), _kind(least), "min(1, k gamma)"),
        ]
        if least.lower > 0:
            low = max(Fraction(1), Fraction(found.worst.error.lower) / Fraction(least.upper))
            excess = Enclosure(low, max(low, Fraction(found.worst.error.upper) / Fraction(least.lower)))
            facts.append(Fact("these probes over the best ones", str(excess), _kind(excess), "ratio of the two errors"))
    dimension = found.dimension
    facts += [
        Fact(
            f"dimensions that {m} features need at k = {k}, eps = {eps}",
            f"{dimension.lower.d}" if dimension.is_exact else f"{dimension.lower.d} to {dimension.upper.d}",
            "theorem",
            f"at least by {_named(dimension.lower)}, enough by {_named(dimension.upper)}; this pair has {d}",
        ),
        Fact(
            f"features that {d} dimensions could hold at k = {k}, eps = {eps}",
            _range(found.capacity),
            "theorem",
            f"attained by {_named(found.capacity.attained_by)}, more excluded by {_named(found.capacity.excluded_by)}",
        ),
        Fact(
            f"least W_{k} of any pair of this shape",
            _range(found.least),
            "theorem",
            f"attained by {_named(found.least.attained_by)}, less excluded by {_named(found.least.excluded_by)}",
        ),
        Fact(
            "lengths of representation vectors",
            f"{found.norms.min():.4g} to {found.norms.max():.4g}",
            "estimate",
            "correct up to rounding",
        ),
    ]
    return facts


def _witness(found: Report) -> list[tuple[int, int, str, str]]:
    """The active features of the witness: number, value, entry of E, and its part of the error."""
    witness = found.worst.witness
    rows = zip(witness.support, witness.signs, found.witness_entries.tolist(), strict=True)
    return [(j, sign, f"{entry:.6g}", f"{sign * entry:.6g}") for j, sign, entry in list(rows)[:SHOWN]]


def _profile(found: Report) -> Chart:
    ks = list(range(1, len(found.profile) + 1))
    least = float(found.least.lower) / found.k
    lines = [Line("this pair", ks, [float(error.upper) for error in found.profile], "certified", 0)]
    if found.best is not None:
        label = "best probes for this A" if found.best.is_complete else "best probes for this A, at least"
        ends = [found.best.least_error(k) for k in ks]
        errors = [float(end.upper if found.best.is_complete else end.lower) for end in ends]
        lines.append(Line(label, ks, errors, "certified", 1))
    lines.append(Line("any pair of this shape, at least", ks, [min(1.0, k * least) for k in ks], "theorem", 2))
    lines.append(Line("eps", [ks[0], ks[-1]], [float(found.eps)] * 2, "tolerance", 3))
    return chart("Worst-case error against the number of active features", "active features k", "W_k", lines, 2.0)


def _spread(found: Report) -> Chart:
    errors = np.sort(found.features.upper)[::-1]
    at = np.unique(np.linspace(0, len(errors) - 1, min(POINTS, len(errors))).astype(int))
    lines = [Line("this pair", (at + 1).tolist(), errors[at].tolist(), "certified", 0)]
    if found.best is not None and found.best.is_complete:
        best = np.sort(np.minimum(1, found.k * found.best.upper))[::-1]
        lines.append(Line("best probes for this A", (at + 1).tolist(), best[at].tolist(), "certified", 1))
    lines.append(Line("eps", [1, len(errors)], [float(found.eps)] * 2, "tolerance", 3))
    return chart(f"Errors of all features at k = {found.k}, the worst first", "features", "error, at most", lines, 2.0)


def _features(found: Report) -> dict[str, Any]:
    """The columns of the table of features; ends of enclosures are rounded outwards to six digits."""
    features = found.features
    named = features.interferers[:, :NAMED].tolist()
    strengths = features.interference[:, :NAMED].tolist()
    columns: list[tuple[str, str, str, list[Any]]] = [
        ("feature", "feature", "number, from 0", list(range(found.m))),
        *_sides("error", f"error at k = {found.k}", features.lower, features.upper),
    ]
    if found.best is not None:
        sides = (np.minimum(1, found.k * side) for side in (found.best.lower, found.best.upper))
        columns += _sides("best", "error of the best probe", *sides)
    columns += [
        ("own", "reads itself as", "estimate of <b_i, a_i>", _short(found.own)),
        ("norm", "length", "estimate of ||a_i||", _short(found.norms)),
        (
            "from",
            "most interference from",
            "estimates of E_ij",
            [
                ", ".join(f"{j} ({value:+.3g})" for j, value in zip(js, values, strict=True) if j >= 0)
                for js, values in zip(named, strengths, strict=True)
            ],
        ),
    ]
    return {
        "columns": [{"key": key, "label": label, "hint": hint} for key, label, hint, _ in columns],
        "data": {key: values for key, _, _, values in columns},
        "sort": ["error", "descending"],
    }


def _sides(key: str, label: str, lower: np.ndarray, upper: np.ndarray) -> list[tuple[str, str, str, list[Any]]]:
    """One column where the two sides agree to six digits or nearly, else one for each, rounded outwards."""
    if np.all(upper - lower <= 1e-9 * upper):
        return [(key, label, "certified, to six digits", _short(upper))]
    high, low = ([turn(x) for x in side.tolist()] for turn, side in ((rounded_up, upper), (rounded_down, lower)))
    return [(key, f"{label}, at most", "certified", high), (key + "_least", "at least", "certified", low)]


def _short(values: np.ndarray) -> list[float]:
    return [float(f"{value:.6g}") for value in values.tolist()]
