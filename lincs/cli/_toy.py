"""`lincs toy`: train toy models of superposition, and say how near they come to what is possible."""

from __future__ import annotations

import argparse
import contextlib
import sys
from typing import Any

import numpy as np

from lincs import bounds, io, probes, toy
from lincs._checks import InputError, check_integer
from lincs._numbers import Enclosure, Fraction, as_fraction
from lincs.cli._common import EXIT_HOLDS, add_command, show

#: A feature counts as stored from this ||W_i||^2 on.
STORED = 0.5


def register(commands: Any) -> None:
    """Add the commands of this module."""
    command = add_command(commands, "toy", _toy, "train toy models of superposition: an experiment")
    command.add_argument("-m", required=True, help="features")
    command.add_argument("-d", required=True, help="dimensions")
    command.add_argument("--sparsity", required=True, metavar="S", help="P(feature = 0), such as 0.9 or 0,0.9,0.99")
    command.add_argument("--importance", default="1", metavar="Q", help="of feature i: Q^i (default 1: all equal)")
    command.add_argument("--model", default="relu", help="relu (default) or linear")
    command.add_argument("--inputs", default="independent", help="independent (default), correlated or anticorrelated")
    command.add_argument("--group", default="2", help="size of the groups of correlated features (default 2)")
    command.add_argument("--runs", default="4", help="models for each S, of which the best is kept (default 4)")
    command.add_argument("--steps", default="3000", help="steps of Adam (default 3000)")
    command.add_argument("--batch", default="1024", help="inputs a step (default 1024)")
    command.add_argument("--seed", default="0", help="root of all randomness (default 0)")
    command.add_argument("--out", metavar="FILE", help="where the best model goes, as A and b (.npz)")


def _toy(arguments: argparse.Namespace) -> int:
    m, d = check_integer(arguments.m, "m"), check_integer(arguments.d, "d")
    sparsity = [_number(text, "--sparsity") for text in arguments.sparsity.split(",")]
    base = _number(arguments.importance, "--importance")
    if arguments.out is not None:
        if len(sparsity) > 1:
            raise InputError(f"--out keeps one model, and --sparsity names {len(sparsity)}; name one")
        if not arguments.out.lower().endswith(".npz"):
            raise InputError(f"{arguments.out} is not the name of an npz file; one that ends in .npz is needed")
    with contextlib.ExitStack() as files:
        # opened before the work, so that a name that cannot be written costs none
        target = None if arguments.out is None else files.enter_context(io.atomic_write(arguments.out))
        models = toy.train(
            m,
            d,
            sparsity,
            importance=base ** np.arange(m),
            model=arguments.model,
            inputs=arguments.inputs,
            group=arguments.group,
            runs=arguments.runs,
            steps=arguments.steps,
            batch=arguments.batch,
            rng=check_integer(arguments.seed, "--seed", 0),
            progress=sys.stderr.isatty(),
        )
        if target is not None:
            best = 0, models.best[0]
            np.savez(target, A=models.W[best], b=models.b[best])
    possible = bounds.best_eps(m, d, 1)
    shown: dict[str, Any] = models.to_dict()
    shown["possible"] = Enclosure(possible.lower, possible.upper or Fraction(1)).to_dict()
    ratios = []
    for n, setting in enumerate(shown["settings"]):
        W = models.W[n, models.best[n]]
        found = toy.superposition(W)
        ratios.append(probes.kernel_ratio(W).gamma)
        setting["stored"] = int((found.norms > STORED).sum())
        setting["dimensions_per_feature"] = float(found.per_feature)
        setting["dimensionality"] = found.dimensionality.tolist()
        setting["gamma"] = ratios[-1].to_dict()
    show(arguments, shown, lambda: _print(shown, ratios, possible, arguments.out))
    return EXIT_HOLDS


def _print(shown: dict[str, Any], ratios: list[Enclosure], possible: bounds.Range, out: str | None) -> None:
    print(f"m = {shown['m']}, d = {shown['d']}, {shown['model']} model, {shown['inputs']} features")
    for setting, gamma in zip(shown["settings"], ratios, strict=True):
        loss, error = (setting[name][setting["best"]] for name in ("loss", "loss_error"))
        print(
            f"S = {setting['sparsity']:g}: expected loss {loss:.4g} +- {error:.1g} (estimate), the best of "
            f"{len(setting['loss'])}"
        )
        print(
            f"  {setting['stored']} features with ||W_i||^2 > {STORED}, d / ||W||_F^2 = "
            f"{setting['dimensions_per_feature']:.3f}"
        )
        print(f"  kernel ratio gamma(W) = {gamma}: the least error of linear probes at k = 1, z in [-1,1]^m")
    print(
        f"any A of this size has gamma >= {float(possible.lower):.4f}, and {float(possible.upper or 1):.4f} is attained"
    )
    if out is not None:
        print(f"wrote {out}")


def _number(text: str, name: str) -> float:
    try:
        return float(as_fraction(text))
    except (ValueError, ZeroDivisionError):
        raise InputError(f"{name} must be a number, got {text!r}") from None
