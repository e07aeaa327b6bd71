"""Times over a range of sizes, to which the report fits exponents."""

import numpy as np
import pytest
from test_decode_speed import gaussian, vectors

import lincs
from lincs import l1

pytestmark = pytest.mark.usefixtures("one_core")


def verify(measure, m, d, k, growth, size):
    A = np.random.default_rng(0).standard_normal((d, m)) / np.sqrt(d)
    measure(lambda: lincs.worst_case_error(A, k=k), growth, size, rounds=2)


@pytest.mark.blas
@pytest.mark.parametrize("m", [8192, 16384, 32768, 65536])
def test_verify_in_m(measure, m):
    verify(measure, m, 128, 16, "verify-m", m)


@pytest.mark.blas
@pytest.mark.parametrize("d", [256, 512, 1024, 2048])
def test_verify_in_d(measure, d):
    verify(measure, 4096, d, 16, "verify-d", d)


@pytest.mark.blas
@pytest.mark.parametrize("k", [4, 16, 64, 256])
def test_verify_in_k(measure, k):
    verify(measure, 4096, 256, k, "verify-k", k)


@pytest.mark.parametrize("m", [256, 512, 1024, 2048])
def test_kernel_ratio_in_m(measure, m):
    A = gaussian(128, m)
    measure(lambda: lincs.kernel_ratio(A, workers=1), "kernel-m", m, rounds=2)


@pytest.mark.parametrize("d", [64, 128, 256, 512])
def test_kernel_ratio_in_d(measure, d):
    A = gaussian(d, 1024)
    measure(lambda: lincs.kernel_ratio(A, workers=1), "kernel-d", d, rounds=2)


def decode(measure, m, d, k, growth, size):
    A = gaussian(d, m)
    X = A @ vectors(m, k)
    measure(lambda: l1.decode_many(A, X), growth, size, rounds=2)


@pytest.mark.parametrize("m", [256, 512, 1024, 2048])
def test_decode_in_m(measure, m):
    decode(measure, m, 128, 8, "decode-m", m)


@pytest.mark.parametrize("d", [96, 128, 192, 256])
def test_decode_in_d(measure, d):
    decode(measure, 512, d, 8, "decode-d", d)


@pytest.mark.parametrize("k", [2, 4, 8, 16])
def test_decode_in_k(measure, k):
    decode(measure, 512, 128, k, "decode-k", k)
