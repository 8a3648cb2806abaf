"""What all tests share: drawn examples that nobody times, and a Spark session where one is wanted."""

import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("claimrules", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("claimrules")


@pytest.fixture(autouse=True)
def _by_itself(request: pytest.FixtureRequest) -> Iterator[None]:
    """PyArrow works as where Polars is not installed; what pandas holds is judged with it, as where it is."""
    callspec = getattr(request.node, "callspec", None)
    if callspec is None or callspec.params.get("engine") != "pyarrow":
        yield
        return
    from claimrules.engine.frame import door  # noqa: PLC0415 (not every test needs frames)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(door, "find_spec", lambda name: None if name == "polars" else find_spec(name))
        yield


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A local Spark session of two threads, tuned for tiny frames."""
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    # Its workers are of the python3 on the path, which may be another than runs the tests.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    options = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.default.parallelism": "1",
        # Generated code costs more than it saves on a dozen lines.
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.autoBroadcastJoinThreshold": "-1",
        "spark.sql.constraintPropagation.enabled": "false",
        # Otherwise each step of an expression looks at the stack, here and in Java: half of the time.
        "spark.python.sql.dataFrameDebugging.enabled": "false",
        "spark.sql.dataFrameQueryContext.enabled": "false",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": "3g",
    }
    builder = sql.SparkSession.builder.master("local[2]").appName("claimrules tests")
    for name, value in options.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
