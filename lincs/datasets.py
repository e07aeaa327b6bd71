"""Dictionaries learned from real data, as examples to verify."""

from __future__ import annotations

import numpy as np

from lincs._checks import InputError, check_integer


def digits_dictionary(n_atoms: int = 256, seed: int = 0) -> np.ndarray:
    """An overcomplete dictionary for scikit-learn's handwritten digits, learned by sparse coding [Mairal2010].

    The 1797 images of 8 x 8 grey values, centred, are written as sparse combinations of ``n_atoms`` unit vectors.

    Parameters
    ----------
    n_atoms : int in 1..1797
        Number of columns (features) m.
    seed : int in 0..2^32 - 1
        Seed of the learner.

    Returns
    -------
    ndarray of shape (64, n_atoms), float64
        Columns of Euclidean norm 1 up to rounding. Three pixels are blank in all images, and zero here: the rank is
        61.

    Raises
    ------
    InputError
        If scikit-learn is not installed, or a parameter is out of range.

    Notes
    -----
    **Guarantee.** The same array again for the same arguments, on one machine with one version of scikit-learn; others
    may round differently, so what is verified is the array that came. **Cost.** About 5 seconds for 256 atoms.

    Examples
    --------
    >>> digits_dictionary(n_atoms=8).shape
    (64, 8)
    """
    n_atoms = check_integer(n_atoms, "n_atoms", 1, 1797)
    seed = check_integer(seed, "seed", 0, 2**32 - 1)
    try:
        from sklearn.datasets import load_digits
        from sklearn.decomposition import MiniBatchDictionaryLearning
        from threadpoolctl import threadpool_limits
    except ImportError:
        raise InputError(
            "the digits need scikit-learn, in the extra `datasets`: pip install 'linear-compressed-sensing[datasets]'"
        ) from None
    images = load_digits().data / 16
    images -= images.mean(axis=0)
    learner = MiniBatchDictionaryLearning(n_atoms, alpha=0.2, batch_size=64, max_iter=10, n_jobs=1, random_state=seed)
    with threadpool_limits(1):  # the number of threads would change the rounding
        atoms = learner.fit(images).components_
    atoms[:, images.std(axis=0) == 0] = 0  # pixels that are blank in all images, where the learner leaves noise
    return np.ascontiguousarray((atoms / np.linalg.norm(atoms, axis=1, keepdims=True)).T)
