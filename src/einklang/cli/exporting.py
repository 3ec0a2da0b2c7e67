"""Which figures a steward may take out of the store: accepted ones of one delivery, or released ones."""

from __future__ import annotations

import pyarrow as pa

from einklang.errors import UnknownName, UnusableInput
from einklang.publication import read_latest, read_manifest, released_observations
from einklang.store import ACCEPTED, Store


def figures_of(store: Store, delivery: str, dataset: str) -> pa.Table:
    """The accepted observations of a delivery, or those of a data set in the latest release.

    Raises:
        UnusableInput: both or none are named, the delivery is not accepted, or nothing is released.
        UnknownName: there is no such delivery, or the release has no such data set.
    """
    if bool(delivery) == bool(dataset):
        raise UnusableInput("Name a delivery or a data set.", "For example `ni/auslaender/0002`, or `-d auslaender`.")
    if delivery:
        if store.delivery(delivery).verdict not in ACCEPTED:
            raise UnusableInput(f"The delivery `{delivery}` is not accepted.", "Its report says what is open.")
        return store.observations(delivery)
    releases = store.root / "releases"
    latest = read_latest(releases)
    if latest is None:
        raise UnusableInput("Nothing is released yet.", "Run `einklang release`.")
    table = released_observations(releases, dataset)
    if table is None:
        raise UnknownName("released data set", dataset, read_manifest(releases / latest.version).deliveries)
    return table
