"""Toy models of superposition [EEA]_: small autoencoders whose features outnumber their dimensions.

`train` trains the linear and the ReLU model in batches, `superposition` measures how features share dimensions,
`linear_loss`, `least_linear_loss` and `best_allocation` are losses in closed form. W is a (d, m) array of
representation vectors like any A: `lincs.kernel_ratio` and `lincs.threshold_probes` say what can be read from it, and
`worst_case_error` what the model itself reads. In [EEA]_ there are n features and m hidden dimensions; here m and d.
"""

from lincs.toy._geometry import POLYTOPES, Superposition, plateau, polytope, superposition
from lincs.toy._losses import BLOCKS, Allocation, Loss, best_allocation, least_linear_loss, linear_loss, loss
from lincs.toy._train import Inputs, ToyModels, train
from lincs.toy._worst import worst_case_error

__all__ = [
    "BLOCKS",
    "POLYTOPES",
    "Allocation",
    "Inputs",
    "Loss",
    "Superposition",
    "ToyModels",
    "best_allocation",
    "least_linear_loss",
    "linear_loss",
    "loss",
    "plateau",
    "polytope",
    "superposition",
    "train",
    "worst_case_error",
]
