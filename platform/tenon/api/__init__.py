"""In charge of the API: JSON over HTTP for every entity of the model, and its description (OpenAPI 3.1).

Nothing is written per entity. Everything read comes through `tenon.query`, everything changed goes through
`tenon.records`; an address decides nothing.
"""

from tenon.api.blueprint import part
from tenon.api.contract import contract_of

__all__ = ["contract_of", "part"]
