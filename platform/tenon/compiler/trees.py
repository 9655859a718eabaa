"""In charge of the folded tree of a workspace, or of the lower part of its layers, without checking what is in it."""

from tenon.compiler.folding import fold
from tenon.compiler.layering import read_files
from tenon.compiler.nodes import Node
from tenon.compiler.sleeping import awake
from tenon.compiler.sources import BUILDER, COMPANY, Sources
from tenon.problems import Problems


def whole_tree(sources: Sources) -> Node:
    return fold(awake(read_files(sources, Problems()).files).values(), Problems(), adjustments=sources.adjustments)


def tree_below(sources: Sources, layer: str) -> Node:
    """What everything under a layer of the company's folds to: the modules, and under the builder its files as well."""
    above = COMPANY if layer != BUILDER else (BUILDER,)
    layers = awake(read_files(sources, Problems()).files)
    under = [files for name, files in layers.items() if name not in above]
    return fold(under, Problems(), adjustments=sources.adjustments)
