"""What pre-commit and prek install for the hooks `flint` and `flint-fix`: the wheel of this version.

It holds no code of its own. The wheel itself is built from `packaging/wheel`.
"""

import pathlib
import re

import setuptools

manifest = (pathlib.Path(__file__).parent / "Cargo.toml").read_text(encoding="utf-8")
version = re.search(r'^version = "(.+)"$', manifest, re.MULTILINE).group(1)

setuptools.setup(
    name="flink-lint-hooks",
    version=version,
    install_requires=[f"flink-lint=={version}"],
    # Else setuptools takes the folders of this repository for packages.
    packages=[],
    py_modules=[],
)
