"""The flows: the only place that imports Prefect, and thin. What a flow does stands in `einklang`.

Importing this package prepares the environment; it must therefore be imported before Prefect.
"""

from flows.settings import prepare

prepare()
