#!/usr/bin/env python3
"""What `implicit`'s ALS and plain popularity answer to each user of a file of interactions, as one JSON object.

    recommender_peers.py INTERACTIONS

ALS is trained as it comes, and with the settings of a small grid that best find the last item known of each user when
that one is held out of the training. Needs the packages of bench/recommender_requirements.txt.
"""

import itertools
import json
import os
import sys
import time
import warnings

# One thread, as Atelier's training has; and the library warns of a pool of its BLAS otherwise.
os.environ.update(OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", OMP_NUM_THREADS="1")
warnings.filterwarnings("ignore")

import numpy  # noqa: E402
import scipy.sparse  # noqa: E402
from implicit.cpu.als import AlternatingLeastSquares  # noqa: E402

import interactions  # noqa: E402

COUNT = 20
DEFAULTS = dict(factors=100, regularization=0.01, alpha=1.0)
GRID = dict(factors=(20, 50, 100), regularization=(0.01, 0.1), alpha=(1.0, 5.0))


def matrix_of(by_user, users, items):
    pairs = [(users[user], items[item]) for user, taken in by_user.items() for _, item in taken]
    rows, columns = zip(*pairs)
    return scipy.sparse.csr_matrix((numpy.ones(len(pairs), numpy.float32), (rows, columns)),
                                   shape=(len(users), len(items)))


def best(scores, known, users, items):
    """{user: COUNT items}, the highest scores first, without those known; of equal ones the first."""
    names = list(items)
    answers = {}
    for user, taken in known.items():
        own = scores[users[user]].astype(float)
        own[[items[item] for _, item in taken]] = -numpy.inf
        answers[user] = [names[i] for i in numpy.argsort(-own, kind="stable")[:COUNT]]
    return answers


def als(known, users, items, settings):
    """(answers, seconds of training)"""
    model = AlternatingLeastSquares(**settings, iterations=15, random_state=1, num_threads=1)
    begin = time.perf_counter()
    model.fit(matrix_of(known, users, items), show_progress=False)
    took = time.perf_counter() - begin
    return best(model.user_factors @ model.item_factors.T, known, users, items), took


def tuned(by_user, users, items):
    known, wanted = interactions.leave_out(by_user, 1)
    grid = [dict(zip(GRID, values)) for values in itertools.product(*GRID.values())]
    return max(grid, key=lambda settings: interactions.quality(als(known, users, items, settings)[0], wanted)[0])


def main(path):
    by_user = interactions.read(path)
    users = {user: number for number, user in enumerate(by_user)}
    items = {item: number for number, item in
             enumerate(dict.fromkeys(item for taken in by_user.values() for _, item in taken))}
    takers = numpy.asarray(matrix_of(by_user, users, items).sum(axis=0)).ravel()
    popular = best(numpy.tile(takers, (len(users), 1)), by_user, users, items)
    chosen = tuned(by_user, users, items)
    default_answers, default_s = als(by_user, users, items, DEFAULTS)
    tuned_answers, tuned_s = als(by_user, users, items, chosen)
    json.dump({"popular": popular, "als_default": default_answers, "als_default_s": default_s,
               "als_tuned": tuned_answers, "als_tuned_s": tuned_s, "als_settings": chosen}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
