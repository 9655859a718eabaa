"""In charge of looking at a template before anybody gets it: with a record, or with values made up."""

from tenon.exchange.previewing.previews import Preview, Previews
from tenon.exchange.previewing.samples import SampleSight

__all__ = ["Preview", "Previews", "SampleSight"]
